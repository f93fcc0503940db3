//! Blocks: sections, paragraphs, lists, listings and what stands between them.

use super::Context;
use super::directives::{Pending, requirement, speaks_of_next};
use super::inlines::{all_text, attributes, is_blank, reference};
use crate::document::{Block, Container, Inline, Listing, ListingKind, Paragraph, Section, Span_};
use crate::source::{MappedText, Span};
use crate::xml::{Element, Node};
use std::ops::Range;

/// Whether unknown elements among blocks are taken for running text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Loose {
    /// Items, cells and the like, where text stands beside blocks.
    Mixed,
    /// Sections, which hold blocks alone.
    Unmixed,
}

/// Elements that stand in running text.
const INLINE: [&str; 11] = ["em", "strong", "tt", "link", "note", "br", "img", "cite", "span", "dfn", "acronym"];

/// Elements that are blocks.
fn is_block(name: &str) -> bool {
    section_level(name).is_some() || is_block_in_text(name) || matches!(name, "code" | "p")
}

/// Blocks that end a paragraph in which an author put them. A `<code>` there stays, as it is meant as running text.
fn is_block_in_text(name: &str) -> bool {
    matches!(name, "example" | "ul" | "ol" | "dl" | "table" | "div" | "blockquote" | "cve" | "p")
        || section_level(name).is_some()
}

/// The level of a section by the name of its element.
pub fn section_level(name: &str) -> Option<u8> {
    name.strip_prefix("section")?.parse().ok().filter(|level| (1..=5).contains(level))
}

/// Blocks in the making.
pub(super) struct Flow<'n> {
    blocks: Vec<Block>,
    /// Running text that was met and is no block yet.
    run: Range<usize>,
    pending: Pending<'n>,
}

impl<'a> Context<'a> {
    /// Nodes as blocks.
    pub(super) fn blocks(&self, nodes: &[Node], loose: Loose) -> Vec<Block> {
        // A cell or an item mostly holds one piece of text.
        let blocks = if nodes.len() == 1 { Vec::with_capacity(1) } else { Vec::new() };
        let mut flow = Flow { blocks, run: 0..0, pending: Pending::default() };
        for (at, node) in nodes.iter().enumerate() {
            let run = nodes.get(flow.run.clone()).unwrap_or_default();
            if self.belongs_to_run(node, run, loose) {
                flow.run.end = at + 1;
                continue;
            }
            self.end_run(nodes, &mut flow);
            flow.run = at + 1..at + 1;
            self.block(node, loose, nodes, &mut flow);
        }
        self.end_run(nodes, &mut flow);
        flow.pending.take(&[], &mut flow.blocks);
        flow.blocks
    }

    /// Whether a node goes on with, or begins, running text.
    fn belongs_to_run(&self, node: &Node, run: &[Node], loose: Loose) -> bool {
        match node {
            Node::Text(_) => true,
            Node::Comment(_) | Node::Instruction(..) => !is_blank(run),
            Node::Element(element) => {
                let name = element.name.local.as_str();
                let is_unknown = !is_block(name) && !INLINE.contains(&name);
                match is_unknown {
                    true => !holds_blocks(element) && (loose == Loose::Mixed || !is_blank(run)),
                    false => !is_block(name),
                }
            }
        }
    }

    fn end_run(&self, nodes: &[Node], flow: &mut Flow<'_>) {
        let run = nodes.get(flow.run.clone()).unwrap_or_default();
        if is_blank(run) {
            return;
        }
        flow.pending.take(&[], &mut flow.blocks);
        flow.blocks.push(Block::Plain(self.inlines(run)));
    }

    fn block<'n>(&self, node: &'n Node, loose: Loose, siblings: &[Node], flow: &mut Flow<'n>) {
        match node {
            Node::Text(_) => {}
            Node::Comment(text) => flow.blocks.push(Block::Comment(text.text.clone())),
            Node::Instruction(target, text) if speaks_of_next(target) => flow.pending.push(target, text),
            Node::Instruction(target, text) => {
                flow.blocks.push(Block::Instruction(target.clone(), text.text.clone()));
            }
            Node::Element(element) => self.element_block(element, loose, siblings, flow),
        }
    }

    fn element_block(&self, element: &Element, loose: Loose, siblings: &[Node], flow: &mut Flow<'_>) {
        let context = self.within(element);
        let (out, pending) = (&mut flow.blocks, &mut flow.pending);
        match element.name.local.as_str() {
            name @ ("example" | "code") => {
                let kind = if name == "code" { ListingKind::Code } else { ListingKind::Example };
                let directives = pending.take(&["example", "generated", "allow"], out);
                out.push(Block::Listing(Box::new(Listing { directives, ..context.listing(element, kind) })));
                return;
            }
            "table" => {
                let mut directives = pending.take(&["generated", "table"], out);
                return context.table(element, &mut directives, out);
            }
            _ => {}
        }
        pending.take(&[], out);
        match element.name.local.as_str() {
            "p" => self.paragraph(element, siblings, out),
            "ul" | "ol" => context.list(element, out),
            "dl" => context.definitions(element, out),
            "div" => out.push(Block::Division(context.container(element))),
            "blockquote" => out.push(Block::Quote(context.container(element))),
            "cve" => out.push(Block::Vulnerability {
                attributes: attributes(element, &[]),
                text: context.inlines(&element.children),
                span: Span_(element.span),
            }),
            name => match section_level(name) {
                Some(level) => out.push(Block::Section(context.section(element, level))),
                None => out.push(context.unknown(element, loose)),
            },
        }
    }

    fn section(&self, element: &Element, level: u8) -> Section {
        let value = |name| element.attribute(name).map(|attribute| attribute.value.clone());
        let empty = || MappedText::standing_for("", element.start_tag);
        Section {
            level,
            topic: value("topic").unwrap_or_else(empty),
            anchor: value("anchor"),
            blocks: self.blocks(&element.children, Loose::Unmixed),
            span: Span_(element.start_tag),
        }
    }

    fn unknown(&self, element: &Element, loose: Loose) -> Block {
        Block::Unknown {
            name: element.written_name(),
            attributes: attributes(element, &[]),
            blocks: self.blocks(&element.children, loose),
            span: Span_(element.span),
        }
    }

    fn container(&self, element: &Element) -> Container {
        Container {
            attributes: attributes(element, &[]),
            blocks: self.blocks(&element.children, Loose::Mixed),
            span: Span_(element.span),
        }
    }

    fn listing(&self, element: &Element, kind: ListingKind) -> Listing {
        let is_plain = |node: &Node| matches!(node, Node::Text(_));
        let markup = match element.children.iter().all(is_plain) {
            true => Vec::new(),
            false => self.inlines(&element.children),
        };
        Listing {
            kind,
            caption: element.attribute("caption").map(|caption| caption.value.clone()),
            attributes: attributes(element, &["caption"]),
            directives: Default::default(),
            language: None,
            text: all_text(element),
            markup,
            span: Span_(element.span),
        }
    }

    /// A paragraph, or several where blocks stand in it.
    fn paragraph(&self, element: &Element, siblings: &[Node], out: &mut Vec<Block>) {
        if let Some(text) = self.whole_reference(element, siblings) {
            let (attributes, span) = (Vec::new(), Span_(element.span));
            out.push(Block::Paragraph(Paragraph { attributes, requirement: None, text: vec![text], span }));
            return;
        }
        let context = self.within(element);
        let (mut requirement, mut rest) = match requirement(&element.children) {
            Some((id, rest)) => (Some(id), rest),
            None => (None, element.children.as_slice()),
        };
        loop {
            let block = |node: &Node| node.element().is_some_and(|inner| is_block_in_text(&inner.name.local));
            let at = rest.iter().position(block);
            let text = rest.get(..at.unwrap_or(rest.len())).unwrap_or_default();
            if at.is_none() && rest.len() == element.children.len() || requirement.is_some() || !is_blank(text) {
                out.push(Block::Paragraph(Paragraph {
                    attributes: attributes(element, &[]),
                    requirement: requirement.take(),
                    text: context.inlines(text),
                    span: Span_(element.span),
                }));
            }
            let Some(at) = at else { return };
            out.extend(context.blocks(rest.get(at..at + 1).unwrap_or_default(), Loose::Mixed));
            rest = rest.get(at + 1..).unwrap_or_default();
        }
    }

    /// The reference that a paragraph came out of, if nothing else did.
    fn whole_reference(&self, element: &Element, siblings: &[Node]) -> Option<Inline> {
        let home = self.home(element.span).filter(|_| element.attributes.is_empty())?;
        let same = siblings.iter().filter(|node| node.element().is_some() && node.span() == element.span).count();
        (same == 1).then(|| reference(home, self.inside().inlines(&element.children)))
    }
}

fn holds_blocks(element: &Element) -> bool {
    element.elements().any(|inner| is_block(&inner.name.local))
}

/// The place right behind a start tag.
pub(super) fn behind_start(element: &Element) -> Span {
    Span { start: element.start_tag.end, ..element.start_tag }
}
