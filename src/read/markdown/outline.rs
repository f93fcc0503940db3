//! Sections from headings.

use super::tree::Node;
use super::{Reader, inlines};
use crate::document::{Block, Section, Span_};
use crate::finding::Finding;
use crate::source::MappedText;
use pulldown_cmark::{Event, Tag};

/// The deepest section of a XEP.
const DEEPEST: usize = 5;

/// The comment that ends the section in which it stands: what follows belongs to the section around that one.
pub(crate) const END: &str = "<!-- xep:end-section -->";

/// Sections that are being filled, each with the level that its author gave it.
#[derive(Default)]
struct Outline {
    done: Vec<Block>,
    open: Vec<(usize, Section)>,
}

impl Outline {
    fn add(&mut self, blocks: Vec<Block>) {
        match self.open.last_mut() {
            Some((_, section)) => section.blocks.extend(blocks),
            None => self.done.extend(blocks),
        }
    }

    /// Adds to what holds the section that was begun last.
    fn add_to_parent(&mut self, blocks: Vec<Block>) {
        match self.open.len().checked_sub(2).and_then(|at| self.open.get_mut(at)) {
            Some((_, parent)) => parent.blocks.extend(blocks),
            None => self.done.extend(blocks),
        }
    }

    /// Ends the sections that a heading of that level ends.
    fn close(&mut self, level: usize) {
        while self.open.last().is_some_and(|(open, _)| *open >= level) {
            if let Some((_, section)) = self.open.pop() {
                self.add(vec![Block::Section(section)]);
            }
        }
    }
}

impl Outline {
    /// Ends the innermost section.
    fn close_innermost(&mut self) {
        if let Some((_, section)) = self.open.pop() {
            self.add(vec![Block::Section(section)]);
        }
    }
}

impl Reader<'_, '_> {
    /// The whole body: what stands before the first heading, and the sections.
    pub(super) fn body(mut self, nodes: &[Node<'_>]) -> Vec<Block> {
        let mut outline = Outline::default();
        let mut of_next = Vec::new();
        let source = self.source.as_str();
        for chunk in nodes.chunk_by(|_, next| !is_heading(next) && !is_end(next, source)) {
            let (heading, rest) = match chunk {
                [first, rest @ ..] if is_heading(first) => (Some(first), rest),
                [first, rest @ ..] if is_end(first, source) => {
                    outline.add(std::mem::take(&mut of_next));
                    outline.close_innermost();
                    (None, rest)
                }
                all => (None, all),
            };
            if let Some(heading) = heading {
                self.section(heading, &mut outline);
                outline.add_to_parent(std::mem::take(&mut of_next));
            }
            outline.add(std::mem::take(&mut of_next));
            let mut blocks = self.blocks(rest);
            of_next = take_last_instructions(&mut blocks);
            if outline.open.is_empty() {
                self.report_loose(rest, &blocks);
            }
            outline.add(blocks);
        }
        outline.add(of_next);
        outline.close(0);
        self.report_unused_notes();
        outline.done
    }

    fn report_loose(&mut self, nodes: &[Node<'_>], blocks: &[Block]) {
        let is_text = |block: &&Block| !matches!(block, Block::Comment(_) | Block::Instruction(..));
        let metadata = |node: &&Node<'_>| !matches!(node.event, Event::Start(Tag::MetadataBlock(_)));
        if blocks.iter().find(is_text).is_none() {
            return;
        }
        if let Some(node) = nodes.iter().find(metadata) {
            let range = self.trimmed(&node.range);
            let help = "begin with a heading: `# Introduction {#intro}`";
            self.report_unsupported(range, "text before the first section", help);
        }
    }

    fn section(&mut self, node: &Node<'_>, outline: &mut Outline) {
        let Event::Start(Tag::Heading { level, id, classes, attrs }) = &node.event else { return };
        let written = *level as usize;
        let level = self.checked_level(written, node);
        outline.close(level);
        let nested = outline.open.len() + 1;
        if level > nested {
            self.report_jump(node, written, nested);
        }
        if !classes.is_empty() || !attrs.is_empty() {
            self.report_heading_attributes(node);
        }
        let section = Section {
            level: u8::try_from(nested).unwrap_or(u8::MAX),
            topic: inlines::flat(&self.inlines(&node.children)).trimmed(),
            anchor: id.as_ref().map(|id| self.anchor(node, id)),
            blocks: Vec::new(),
            span: Span_(self.node_span(node)),
        };
        outline.open.push((level, section));
    }

    fn checked_level(&mut self, level: usize, node: &Node<'_>) -> usize {
        if level > DEEPEST {
            let span = self.node_span(node);
            let message = format!("a heading of level {level}, and a XEP has {DEEPEST} levels");
            self.report(Finding::new("heading-level", span, message).help("make it a paragraph or a level higher"));
        }
        level.min(DEEPEST)
    }

    fn report_jump(&mut self, node: &Node<'_>, level: usize, expected: usize) {
        let span = self.node_span(node);
        let message = format!("a heading of level {level} where level {expected} is the deepest that can follow");
        let help = format!("write it with {}", "#".repeat(expected));
        self.report(Finding::new("heading-level", span, message).help(help));
    }

    fn report_heading_attributes(&mut self, node: &Node<'_>) {
        let range = self.trimmed(&node.range);
        let brace = self.raw(range.clone()).rfind('{').unwrap_or(0);
        let span = self.span(range.start + brace..range.end);
        let message = "a heading has an anchor and nothing else";
        self.report(Finding::new("malformed-attribute", span, message).help("write the anchor as `{#anchor}`"));
    }

    fn anchor(&self, node: &Node<'_>, id: &str) -> MappedText {
        match self.raw(node.range.clone()).rfind(&format!("#{id}")) {
            Some(at) => {
                let start = node.range.start + at + 1;
                self.part(start..start + id.len())
            }
            None => MappedText::standing_for(id, self.node_span(node)),
        }
    }
}

/// Takes the instructions at the end: they speak of the section that follows and stand before it.
fn take_last_instructions(blocks: &mut Vec<Block>) -> Vec<Block> {
    let is_instruction = |block: &&Block| matches!(block, Block::Instruction(..));
    let count = blocks.iter().rev().take_while(is_instruction).count();
    blocks.split_off(blocks.len() - count)
}

/// Whether a node is the comment that ends a section.
fn is_end(node: &Node<'_>, source: &str) -> bool {
    matches!(node.event, Event::Start(Tag::HtmlBlock))
        && source.get(node.range.clone()).is_some_and(|text| text.trim() == END)
}

pub(super) fn is_heading(node: &Node<'_>) -> bool {
    matches!(node.event, Event::Start(Tag::Heading { .. }))
}
