//! The XEP-XML that an author hands to the XMPP Extensions Editor for the inbox: nothing in it is for this program.
//!
//! What other programs do not understand is taken out of the document, and links lead where the XSF's own pages have a place: the
//! name of an example or a table is replaced by its number, a requirement by the section around it. A new document gets the
//! header of the template. Nothing is moved or added otherwise: what is missing is told by rules.

use super::write;
use crate::document::number::Numbers;
use crate::document::walk::{self, Place};
use crate::document::{
    Block, Directives, Document, Field, Header, Inline, Legal, LegalParts, Listing, Paragraph, Section, Table,
};
use crate::source::MappedText;
use std::collections::HashMap;

/// The targets of the instructions that are for this program.
const OURS: [&str; 6] = ["allow", "example", "generated", "profiles", "requirement", "table"];

/// What the template's header says. Source: `xep-template.xml`.
const NUMBER: &str = "XXXX";
const STATUS: &str = "ProtoXEP";
const SHORTNAME: &str = "NOT_YET_ASSIGNED";
const LEGAL: &str = "LEGALNOTICE";

/// The document as XEP-XML for the inbox. What is generated in it must be there already. `siblings` are the other drafts to which it
/// links, with their names.
pub fn for_inbox(document: &Document, numbers: &Numbers, siblings: &[(&str, Document)]) -> String {
    write(&as_proto_xep(document, numbers, siblings))
}

/// The document without what is for this program, and with the header of a new one if it is new.
pub fn as_proto_xep(document: &Document, numbers: &Numbers, siblings: &[(&str, Document)]) -> Document {
    let mut document = document.clone();
    let mut places = places("", &document, numbers);
    for (name, sibling) in siblings {
        places.extend(self::places(&format!("{name}.html"), sibling, &Numbers::of(sibling)));
    }
    header(&mut document.header, &places);
    blocks(&mut document.body, &places);
    document
}

fn header(header: &mut Header, places: &Places) {
    let is_new = !crate::series::is_number(header.number.as_str().trim());
    if is_new {
        put(&mut header.number, NUMBER);
        put(&mut header.status, STATUS);
        put(&mut header.shortname, SHORTNAME);
    }
    if !matches!(header.legal, Legal::Reference { .. }) {
        header.legal = Legal::Reference { entity: LEGAL.into(), parts: LegalParts::default() };
    }
    header.profiles = None;
    header.revisions.iter_mut().for_each(|revision| blocks(&mut revision.remark, places));
}

/// Writes a value into a field, at its place.
fn put(field: &mut Field, value: &str) {
    let mut text = MappedText::new();
    match field.whole() {
        Some(span) => text.push_standing_for(value, span),
        None => return,
    }
    *field = text;
}

/// Where links to names lead on the XSF's pages.
type Places = HashMap<String, String>;

/// The links to the names of a document, which is at `page`, each with the one that takes its place.
fn places(page: &str, document: &Document, numbers: &Numbers) -> Places {
    let mut places = Places::new();
    let link = |name: &str| format!("{page}#{name}");
    let named = numbers.listings.iter().map(|one| (&one.name, &one.id));
    let named = named.chain(numbers.tables.iter().map(|one| (&one.name, &one.id)));
    places.extend(named.filter_map(|(name, id)| Some((link(name.as_ref()?), link(id)))));
    let mut around: Vec<&Section> = Vec::new();
    walk::body(document, &mut |place| match place {
        Place::Enter(section) => around.push(section),
        Place::Leave(_) => drop(around.pop()),
        Place::Requirement(id) => {
            let anchor = around.iter().rev().find_map(|section| section.anchor.as_ref());
            places.extend(anchor.map(|anchor| (link(&id.value), link(anchor.as_str()))));
        }
        _ => {}
    });
    places
}

/// Takes out of blocks what is for this program, and leads their links elsewhere.
fn blocks(all: &mut Vec<Block>, places: &Places) {
    all.retain(is_for_all);
    walk::blocks_mut(all, &mut |block| one_block(block, places));
}

fn is_for_all(block: &Block) -> bool {
    !matches!(block, Block::Instruction(target, _) if OURS.contains(&target.as_str()))
}

/// The same of one block; those in it come after it.
fn one_block(block: &mut Block, places: &Places) {
    match block {
        Block::Section(Section { blocks, .. }) | Block::Unknown { blocks, .. } => blocks.retain(is_for_all),
        Block::Quote(container) | Block::Division(container) => container.blocks.retain(is_for_all),
        Block::Paragraph(Paragraph { requirement, text, .. }) => {
            *requirement = None;
            inlines(text, places);
        }
        Block::Plain(text) | Block::Vulnerability { text, .. } => inlines(text, places),
        Block::List(list) => {
            for item in &mut list.items {
                item.requirement = None;
                item.blocks.retain(is_for_all);
            }
        }
        Block::Definitions(definitions) => {
            for item in &mut definitions.items {
                inlines(&mut item.term, places);
                item.meaning.retain(is_for_all);
            }
        }
        Block::Table(Table { id, directives, rows, .. }) => {
            (*id, *directives) = (None, Directives::default());
            rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| cell.blocks.retain(is_for_all));
        }
        Block::Listing(listing) => {
            let Listing { directives, markup, .. } = &mut **listing;
            *directives = Directives::default();
            inlines(markup, places);
        }
        Block::Comment(_) | Block::Instruction(..) => {}
    }
}

fn inlines(text: &mut Vec<Inline>, places: &Places) {
    text.retain(|piece| !matches!(piece, Inline::Instruction(target, _) if OURS.contains(&target.as_str())));
    for piece in text {
        match piece {
            Inline::Link { url, text } => {
                if let Some(place) = places.get(url.as_str()) {
                    put(url, place);
                }
                inlines(text, places);
            }
            Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Code(text)
            | Inline::Note(text)
            | Inline::Element { text, .. } => inlines(text, places),
            Inline::Text(_) | Inline::Reference { .. } | Inline::Break | Inline::Image(_) => {}
            Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }
}
