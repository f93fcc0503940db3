//! XEP-XML from a document.
//!
//! What a document holds that `xep.dtd` has no place for is written as the nearest thing that it has a place for, and no word
//! is lost: code in a term becomes plain text, a table in a list item becomes paragraphs. The result is valid when the document
//! has all the fields that the DTD asks for; the writer invents none.

mod blocks;
mod escape;
mod header;
mod inbox;
mod inlines;
mod published;

use crate::document::{Block, Document, Entity, Header};
use escape::pseudo_attribute;
pub use inbox::{as_proto_xep, for_inbox};
pub use published::{is_inert, published};
use std::borrow::Cow;

/// The document as XEP-XML. The same document gives the same text.
pub fn write(document: &Document) -> String {
    write_with(Writer::default(), document)
}

fn write_with(mut writer: Writer, document: &Document) -> String {
    writer.prologue(document);
    writer.line("<xep>");
    writer.header(&document.header);
    writer.body(&document.body);
    writer.line("</xep>");
    writer.out
}

/// Blocks as XEP-XML, each exactly as it is, whether or not `xep.dtd` has a place for it there.
pub fn fragment(blocks: &[Block]) -> String {
    let mut writer = Writer { exact: true, ..Writer::default() };
    match blocks.iter().any(|block| matches!(block, Block::Plain(_))) {
        true => writer.children(blocks, blocks::Place::Anywhere),
        false => writer.block_lines(blocks, blocks::Place::Anywhere),
    }
    writer.out.trim_matches('\n').to_owned()
}

/// Text that grows, and how deep its next line is indented.
#[derive(Default)]
struct Writer {
    out: String,
    depth: usize,
    /// Whether blocks and text are written where the DTD has no place for them.
    exact: bool,
    /// Whether namespaces are left out, and entities of the document's own.
    inert: bool,
    /// The entities that are left out; what they stand for is written in their place.
    own: Vec<String>,
    /// What the `allow` instructions say that were written just now, as directives of a listing.
    allowed: Vec<(String, String)>,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The name of an element as it is written: without a namespace, a prefix would stand for nothing.
    fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.inert && name.contains(':') { Cow::Owned(name.replace(':', "-")) } else { Cow::Borrowed(name) }
    }

    /// Begins a line; nothing at the very beginning.
    fn new_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn line(&mut self, text: &str) {
        self.new_line();
        self.push(text);
        self.push("\n");
    }

    fn prologue(&mut self, document: &Document) {
        self.line("<?xml version='1.0' encoding='UTF-8'?>");
        self.line("<!DOCTYPE xep SYSTEM 'xep.dtd' [");
        for entity in &document.entities {
            if !self.own.contains(&entity.name) {
                self.line(&declaration(entity));
            }
        }
        self.line("  <!ENTITY % ents SYSTEM 'xep.ent'>");
        self.line("%ents;");
        self.line("]>");
        self.line("<?xml-stylesheet type='text/xsl' href='xep.xsl'?>");
        self.profiles(&document.header);
    }

    fn profiles(&mut self, header: &Header) {
        if let Some(profiles) = &header.profiles {
            self.line(&format!("<?profiles {}?>", pseudo_attribute("names", profiles.as_str())));
        }
    }

    /// The sections. Blocks before the first one get a section without a heading.
    fn body(&mut self, blocks: &[Block]) {
        let is_loose = |block: &Block| !matches!(block, Block::Section(_) | Block::Comment(_) | Block::Instruction(..));
        for chunk in blocks.chunk_by(|a, b| is_loose(a) && is_loose(b)) {
            self.push("\n");
            if chunk.first().is_some_and(is_loose) {
                self.line("<section1 topic=''>");
                self.inside(|writer| writer.block_lines(chunk, blocks::Place::Section(1)));
                self.line("</section1>");
            } else {
                self.block_lines(chunk, blocks::Place::Body);
            }
        }
    }

    fn inside(&mut self, write: impl FnOnce(&mut Writer)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }
}

/// The declaration of an entity, whose value is XML already.
fn declaration(entity: &Entity) -> String {
    let value = entity.value.as_str().replace('%', "&#37;");
    let (quote, value) = match (value.contains('"'), value.contains('\'')) {
        (true, true) => ('"', value.replace('"', "&#34;")),
        (true, false) => ('\'', value),
        _ => ('"', value),
    };
    format!("  <!ENTITY {} {quote}{value}{quote}>", entity.name)
}

#[cfg(test)]
mod tests;
