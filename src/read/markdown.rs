//! The Markdown of a XEP.
//!
//! CommonMark with tables, footnotes, definition lists and heading attributes, under a YAML header with the names of the XEP
//! header's elements. Whatever Markdown allows and a XEP has no place for is a finding, and its words are kept.

mod align;
mod attributes;
mod blocks;
mod fence;
mod header;
mod html;
mod inlines;
pub(crate) mod outline;
mod tables;
mod tree;
mod yaml;

use super::series::{self, SharedEntities};
use super::xep_xml;
use crate::document::{Block, Document, Entity, Inline};
use crate::finding::{Finding, Sink};
use crate::source::{FileId, MappedText, Sources, Span};
pub(crate) use header::entity_value;
use pulldown_cmark::{Event, Options, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use tree::Node;

/// What a reference stands for (`&xep0384;`), if the series knows it.
pub type References<'a> = &'a dyn Fn(&str, Span) -> Option<Vec<Inline>>;

/// Reads the body markup of XEP-XML, as it stands in a fence of class `xep-xml`, in a document with such entities.
pub type XepXml<'a> = &'a dyn Fn(MappedText, &[Entity], &mut Sink) -> Vec<Block>;

/// Reads a Markdown file. Never fails: what is wrong is left in `sink`.
pub fn read(
    sources: &Sources,
    file: FileId,
    references: References<'_>,
    xep_xml: XepXml<'_>,
    sink: &mut Sink,
) -> Document {
    let text = whole_text(sources, file);
    let nodes = tree::parse(text.as_str(), options() | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);
    let mut context = Context { references, xep_xml, entities: Vec::new(), start: sources.whole(file).at_start() };
    let (header, entities) = header::read(&text, nodes.first(), &mut context, sink);
    let body = Reader::new(&text, &nodes, &context, sink).body(&nodes);
    Document { header, body, entities }
}

/// Reads a Markdown file of a series; without `shared`, the built-in table says what references stand for.
pub fn read_in_series(sources: &Sources, file: FileId, shared: Option<&SharedEntities>, sink: &mut Sink) -> Document {
    let references = |name: &str, span: Span| {
        let own = shared.and_then(|shared| shared.reference(name, span));
        own.or_else(|| series::reference(name, span))
    };
    let markup = |text: MappedText, own: &[Entity], sink: &mut Sink| xep_xml::fragment(&text, own, shared, sink);
    read(sources, file, &references, &markup, sink)
}

/// The text of a file without a byte order mark.
fn whole_text(sources: &Sources, file: FileId) -> MappedText {
    let whole = sources.whole(file);
    let mark = if sources.slice(whole).starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    MappedText::verbatim(sources, Span::new(file, mark, whole.end))
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
}

/// Reads a piece of text as blocks of Markdown, as they stand in the remark of a revision.
fn read_blocks(text: &MappedText, context: &Context<'_>, sink: &mut Sink) -> Vec<Block> {
    let nodes = tree::parse(text.as_str(), options());
    let mut reader = Reader::new(text, &nodes, context, sink);
    let blocks = reader.blocks(&nodes);
    reader.report_unused_notes();
    blocks
}

/// What holds for a whole document.
struct Context<'a> {
    references: References<'a>,
    xep_xml: XepXml<'a>,
    /// The document's own entities, with the characters that each stands for; none for one that holds markup.
    entities: Vec<(Entity, Option<String>)>,
    /// A place for what has no better one.
    start: Span,
}

impl Context<'_> {
    fn own_entities(&self) -> Vec<Entity> {
        self.entities.iter().map(|(entity, _)| entity.clone()).collect()
    }
}

/// Turns the nodes of one text into blocks.
struct Reader<'a, 'n> {
    source: &'a MappedText,
    context: &'a Context<'a>,
    /// The definitions of footnotes, by label.
    notes: BTreeMap<&'n str, &'n Node<'n>>,
    used_notes: BTreeSet<&'n str>,
    /// Labels of the footnotes that are being put in, from the outside to the inside.
    open_notes: Vec<&'n str>,
    /// How many bytes of footnotes may still be put in: footnotes that hold footnotes multiply.
    note_budget: usize,
    broken_fence: bool,
    sink: &'a mut Sink,
}

impl<'a, 'n> Reader<'a, 'n> {
    fn new(
        source: &'a MappedText,
        nodes: &'n [Node<'n>],
        context: &'a Context<'a>,
        sink: &'a mut Sink,
    ) -> Reader<'a, 'n> {
        let mut notes = BTreeMap::new();
        collect_notes(nodes, &mut notes);
        Reader {
            source,
            context,
            notes,
            used_notes: BTreeSet::new(),
            open_notes: Vec::new(),
            note_budget: source.len().saturating_mul(8),
            broken_fence: false,
            sink,
        }
    }

    /// A range of the text, with the way back to the author's file.
    fn part(&self, range: Range<usize>) -> MappedText {
        self.source.slice(range)
    }

    /// The characters of a range.
    fn raw(&self, range: Range<usize>) -> &'a str {
        self.source.as_str().get(range).unwrap_or("")
    }

    fn span(&self, range: Range<usize>) -> Span {
        self.source.span(range).unwrap_or(self.context.start)
    }

    /// The span of a node without the white space at its end.
    fn node_span(&self, node: &Node<'_>) -> Span {
        self.span(self.trimmed(&node.range))
    }

    fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let raw = self.raw(range.clone());
        range.start..range.start + raw.trim_end().len()
    }

    /// The characters of an event, with the way back.
    fn text(&self, text: &str, range: &Range<usize>) -> MappedText {
        align::align(text, &self.part(range.clone()))
    }

    fn report(&mut self, finding: Finding) {
        self.sink.push(finding);
    }

    /// Says that a XEP has no place for something.
    fn report_unsupported(&mut self, range: Range<usize>, message: &str, help: &str) {
        let span = self.span(range);
        self.report(Finding::new("unsupported-markdown", span, message).help(help));
    }

    fn report_unused_notes(&mut self) {
        let unused: Vec<(&str, Range<usize>)> = self
            .notes
            .iter()
            .filter(|(label, _)| !self.used_notes.contains(**label))
            .map(|(label, node)| (*label, self.trimmed(&node.range)))
            .collect();
        for (label, range) in unused {
            let span = self.span(range);
            let message = format!("no text refers to the footnote `{label}`");
            self.report(Finding::new("unused-footnote", span, message).help(format!("refer to it with `[^{label}]`")));
        }
    }
}

fn collect_notes<'n>(nodes: &'n [Node<'n>], notes: &mut BTreeMap<&'n str, &'n Node<'n>>) {
    for node in nodes {
        if let Event::Start(Tag::FootnoteDefinition(label)) = &node.event {
            notes.entry(label).or_insert(node);
        }
        collect_notes(&node.children, notes);
    }
}

#[cfg(test)]
mod tests;
