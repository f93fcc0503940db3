//! Ways through a document: all its places in document order, and its plain text.

use super::{Block, Document, Inline, Listing, Section, Table};
use crate::source::{MappedText, Spanned};

/// Something that a walk passes.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A section begins.
    Enter(&'a Section),
    /// That section ends.
    Leave(&'a Section),
    /// An example or code block.
    Listing(&'a Listing),
    /// A table; what stands in its cells follows.
    Table(&'a Table),
    /// A note; the notes inside it follow.
    Note(&'a [Inline]),
    /// A requirement.
    Requirement(&'a Spanned<String>),
    /// A link: its target. What stands in its text follows.
    Link(&'a MappedText),
}

/// Passes every place of the header's revisions, in the order in which they stand.
pub fn revisions<'a>(document: &'a Document, see: &mut dyn FnMut(Place<'a>)) {
    for revision in &document.header.revisions {
        blocks(&revision.remark, see);
    }
}

/// Passes every place of the body, in document order.
pub fn body<'a>(document: &'a Document, see: &mut dyn FnMut(Place<'a>)) {
    blocks(&document.body, see);
}

/// Passes every place in blocks, in order.
pub fn blocks<'a>(all: &'a [Block], see: &mut dyn FnMut(Place<'a>)) {
    for block in all {
        match block {
            Block::Section(section) => {
                see(Place::Enter(section));
                blocks(&section.blocks, see);
                see(Place::Leave(section));
            }
            Block::Paragraph(paragraph) => {
                requirement(paragraph.requirement.as_ref(), see);
                inlines(&paragraph.text, see);
            }
            Block::Plain(text) | Block::Vulnerability { text, .. } => inlines(text, see),
            Block::List(list) => {
                for item in &list.items {
                    requirement(item.requirement.as_ref(), see);
                    blocks(&item.blocks, see);
                }
            }
            Block::Definitions(definitions) => {
                for item in &definitions.items {
                    inlines(&item.term, see);
                    blocks(&item.meaning, see);
                }
            }
            Block::Table(table) => {
                see(Place::Table(table));
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| blocks(&cell.blocks, see));
            }
            Block::Listing(listing) => {
                see(Place::Listing(listing));
                inlines(&listing.markup, see);
            }
            Block::Quote(container) | Block::Division(container) => blocks(&container.blocks, see),
            Block::Unknown { blocks: inside, .. } => blocks(inside, see),
            Block::Comment(_) | Block::Instruction(..) => {}
        }
    }
}

/// Passes every note in running text.
pub fn inlines<'a>(text: &'a [Inline], see: &mut dyn FnMut(Place<'a>)) {
    for piece in text {
        match piece {
            Inline::Note(text) => {
                see(Place::Note(text));
                inlines(text, see);
            }
            Inline::Link { url, text } => {
                see(Place::Link(url));
                inlines(text, see);
            }
            Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Code(text)
            | Inline::Element { text, .. }
            | Inline::Reference { expansion: text, .. } => inlines(text, see),
            Inline::Text(_) | Inline::Break | Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }
}

fn requirement<'a>(id: Option<&'a Spanned<String>>, see: &mut dyn FnMut(Place<'a>)) {
    if let Some(id) = id {
        see(Place::Requirement(id));
    }
}

/// The characters of running text, without markup; white space as the author wrote it.
pub fn plain_text(text: &[Inline]) -> String {
    let mut all = String::new();
    push_plain(text, &mut all);
    all
}

fn push_plain(text: &[Inline], all: &mut String) {
    for piece in text {
        match piece {
            Inline::Text(text) => all.push_str(text.as_str()),
            Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Code(text)
            | Inline::Link { text, .. }
            | Inline::Note(text)
            | Inline::Element { text, .. }
            | Inline::Reference { expansion: text, .. } => push_plain(text, all),
            Inline::Break | Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }
}

/// The characters of all running text in blocks, without markup.
pub fn blocks_text(blocks: &[Block]) -> String {
    blocks.iter().map(block_text).collect()
}

fn block_text(block: &Block) -> String {
    match block {
        Block::Section(section) => format!("{}{}", section.topic, blocks_text(&section.blocks)),
        Block::Paragraph(paragraph) => plain_text(&paragraph.text),
        Block::Plain(text) | Block::Vulnerability { text, .. } => plain_text(text),
        Block::List(list) => list.items.iter().map(|item| blocks_text(&item.blocks)).collect(),
        Block::Definitions(definitions) => {
            definitions.items.iter().map(|item| plain_text(&item.term) + &blocks_text(&item.meaning)).collect()
        }
        Block::Table(table) => {
            table.rows.iter().flat_map(|row| &row.cells).map(|cell| blocks_text(&cell.blocks)).collect()
        }
        Block::Listing(listing) => listing.text.as_str().to_owned(),
        Block::Quote(container) | Block::Division(container) => blocks_text(&container.blocks),
        Block::Unknown { blocks, .. } => blocks_text(blocks),
        Block::Comment(_) | Block::Instruction(..) => String::new(),
    }
}

/// Passes every block, those inside of others after them, and lets it be changed.
pub fn blocks_mut(all: &mut [Block], change: &mut dyn FnMut(&mut Block)) {
    for block in all {
        change(block);
        match block {
            Block::Section(section) => blocks_mut(&mut section.blocks, change),
            Block::List(list) => list.items.iter_mut().for_each(|item| blocks_mut(&mut item.blocks, change)),
            Block::Definitions(definitions) => {
                definitions.items.iter_mut().for_each(|item| blocks_mut(&mut item.meaning, change));
            }
            Block::Table(table) => {
                let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells);
                cells.for_each(|cell| blocks_mut(&mut cell.blocks, change));
            }
            Block::Quote(container) | Block::Division(container) => blocks_mut(&mut container.blocks, change),
            Block::Unknown { blocks, .. } => blocks_mut(blocks, change),
            Block::Paragraph(_) | Block::Plain(_) | Block::Listing(_) | Block::Vulnerability { .. } => {}
            Block::Comment(_) | Block::Instruction(..) => {}
        }
    }
}
/// Text with white space collapsed, as it reads.
pub fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
