//! The links and texts of a document, with where they stand. What the series' own entities hold is not the author's and left
//! out.

use crate::document::{Block, Document, Inline};
use crate::source::MappedText;

/// Links and texts.
#[derive(Default)]
pub(super) struct Places<'a> {
    /// The targets of links.
    pub(super) links: Vec<&'a MappedText>,
    /// Pieces of running text, headings and captions.
    pub(super) texts: Vec<&'a MappedText>,
    /// Those of them that are no code.
    pub(super) prose: Vec<&'a MappedText>,
    /// Headings and captions.
    pub(super) titles: Vec<&'a MappedText>,
    /// Texts of examples and code.
    pub(super) listings: Vec<&'a MappedText>,
}

/// All of the body.
pub(super) fn of_body(document: &Document) -> Places<'_> {
    let mut places = Places::default();
    places.blocks(&document.body);
    places
}

/// All of the body and of the remarks on revisions.
pub(super) fn of_all(document: &Document) -> Places<'_> {
    let mut places = Places::default();
    document.header.revisions.iter().for_each(|revision| places.blocks(&revision.remark));
    places.blocks(&document.body);
    places
}

impl<'a> Places<'a> {
    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            match block {
                Block::Section(section) => {
                    self.title(&section.topic);
                    self.blocks(&section.blocks);
                }
                Block::Paragraph(paragraph) => self.inlines(&paragraph.text),
                Block::Plain(text) => self.inlines(text),
                Block::Vulnerability { attributes, text, .. } => {
                    let urls = attributes.iter().filter(|(name, url)| name == "url" && is_written(url));
                    self.links.extend(urls.map(|(_, url)| url));
                    self.inlines(text);
                }
                Block::List(list) => list.items.iter().for_each(|item| self.blocks(&item.blocks)),
                Block::Definitions(definitions) => {
                    for item in &definitions.items {
                        self.inlines(&item.term);
                        self.blocks(&item.meaning);
                    }
                }
                Block::Table(table) => {
                    table.caption.iter().for_each(|caption| self.title(caption));
                    table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| self.blocks(&cell.blocks));
                }
                Block::Listing(listing) => {
                    listing.caption.iter().for_each(|caption| self.title(caption));
                    self.listings.push(&listing.text);
                }
                Block::Quote(container) | Block::Division(container) => self.blocks(&container.blocks),
                Block::Unknown { blocks, .. } => self.blocks(blocks),
                Block::Comment(_) | Block::Instruction(..) => {}
            }
        }
    }

    fn title(&mut self, text: &'a MappedText) {
        self.running(text);
        self.titles.push(text);
    }

    fn running(&mut self, text: &'a MappedText) {
        self.texts.push(text);
        self.prose.push(text);
    }

    fn inlines(&mut self, text: &'a [Inline]) {
        for piece in text {
            match piece {
                Inline::Text(text) => self.running(text),
                Inline::Link { url, text } => {
                    if is_written(url) {
                        self.links.push(url);
                    }
                    self.inlines(text);
                }
                // What is said of code in words is code too.
                Inline::Code(text) => {
                    let before = self.prose.len();
                    self.inlines(text);
                    self.prose.truncate(before);
                }
                Inline::Emphasis(text) | Inline::Strong(text) | Inline::Note(text) | Inline::Element { text, .. } => {
                    self.inlines(text)
                }
                Inline::Reference { .. } | Inline::Break | Inline::Image(_) => {}
                Inline::Comment(_) | Inline::Instruction(..) => {}
            }
        }
    }
}

/// Whether the author wrote a text, or a part of it, at its place. An empty one was written too.
fn is_written(text: &MappedText) -> bool {
    text.is_empty() || text.pieces().iter().any(|(_, _, verbatim)| *verbatim)
}

/// Whether an address begins with a scheme that something follows.
pub(super) fn has_scheme(target: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    target.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_fit) && !rest.is_empty()
    })
}

/// The number of the XEP whose page an address names, on the XSF's site or beside the page.
pub(super) fn xep_of_page(page: &str) -> Option<&str> {
    let absolute = page.strip_prefix("https://").or_else(|| page.strip_prefix("http://"));
    let file = match absolute {
        Some(rest) => rest.strip_prefix("www.").unwrap_or(rest).strip_prefix("xmpp.org/extensions/")?,
        None => page.strip_prefix("./").unwrap_or(page),
    };
    let number = file.strip_prefix("xep-")?.strip_suffix(".html")?;
    (crate::series::is_number(number) && number != "0000").then_some(number)
}
