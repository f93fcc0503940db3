//! Blocks.

use super::html::Html;
use super::inlines::is_inline_tag;
use super::tables::join_captions;
use super::tree::Node;
use super::{Reader, inlines};
use crate::document::{Block, Container, Definition, Definitions, Inline, Item, List, Paragraph, Span_};
use crate::finding::Finding;
use crate::read::xep_xml::directives::pseudo_attributes;
use crate::source::{MappedText, Spanned};
use pulldown_cmark::{Event, Tag};
use std::ops::Range;

impl Reader<'_, '_> {
    /// Nodes as blocks. Running text without a paragraph around it becomes [`Block::Plain`].
    pub(super) fn blocks(&mut self, nodes: &[Node<'_>]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for chunk in nodes.chunk_by(|a, b| is_inline(a) && is_inline(b)) {
            match chunk {
                [block] if !is_inline(block) => blocks.extend(self.block(block)),
                text => blocks.extend(self.loose_text(text)),
            }
        }
        join_allows(join_captions(blocks))
    }

    fn block(&mut self, node: &Node<'_>) -> Vec<Block> {
        let Event::Start(tag) = &node.event else { return self.rule(node) };
        match tag {
            Tag::Paragraph => vec![self.paragraph(node)],
            Tag::Heading { .. } => vec![self.misplaced_heading(node)],
            Tag::BlockQuote(_) => vec![self.quote(node)],
            Tag::CodeBlock(kind) => self.code_block(node, kind),
            Tag::HtmlBlock => self.html_block(node),
            Tag::List(start) => vec![self.list(node, *start)],
            Tag::DefinitionList => vec![self.definitions(node)],
            Tag::Table(alignments) => vec![Block::Table(self.table(node, alignments))],
            Tag::MetadataBlock(_) => self.metadata(node),
            Tag::FootnoteDefinition(_) => Vec::new(),
            _ => self.blocks(&node.children),
        }
    }

    fn paragraph(&mut self, node: &Node<'_>) -> Block {
        self.check_fence(node.range.clone());
        let mut text = self.inlines(&node.children);
        let requirement = self.take_anchor(&mut text);
        Block::Paragraph(Paragraph { attributes: Vec::new(), requirement, text, span: Span_(self.node_span(node)) })
    }

    /// Running text without a paragraph. One that states a requirement needs a paragraph, which has room for the id.
    fn loose_text(&mut self, nodes: &[Node<'_>]) -> Option<Block> {
        let (first, last) = (nodes.first()?, nodes.last()?);
        let range = first.range.start..last.range.end;
        self.check_fence(range.clone());
        let mut text = self.inlines(nodes);
        let requirement = self.take_anchor(&mut text);
        if text.is_empty() && requirement.is_none() {
            return None;
        }
        if requirement.is_none() {
            return Some(Block::Plain(text));
        }
        let span = Span_(self.span(self.trimmed(&range)));
        Some(Block::Paragraph(Paragraph { attributes: Vec::new(), requirement, text, span }))
    }

    /// A line that looks like a fence and is none: its attributes hold backticks.
    fn check_fence(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for line in self.raw(range).split_inclusive('\n') {
            let text = line.trim();
            if !self.broken_fence && is_broken_fence(text) {
                self.broken_fence = true;
                let start = at + line.len() - line.trim_start().len();
                let span = self.span(start..start + text.len());
                self.report(
                    Finding::new("broken-fence", span, "a fence of backticks cannot have backticks in its attributes")
                        .help("make the fence of tildes: `~~~`"),
                );
            }
            at += line.len();
        }
    }

    fn misplaced_heading(&mut self, node: &Node<'_>) -> Block {
        let help = "end the list or quotation before the heading";
        self.report_unsupported(self.trimmed(&node.range), "a heading inside another block begins no section", help);
        self.paragraph(node)
    }

    /// `xep.dtd` has quotations in a `div` alone.
    fn quote(&mut self, node: &Node<'_>) -> Block {
        let span = Span_(self.node_span(node));
        let blocks = self.blocks(&node.children).into_iter().map(plain).collect();
        let quote = Block::Quote(Container { attributes: Vec::new(), blocks, span });
        Block::Division(Container { attributes: Vec::new(), blocks: vec![quote], span })
    }

    fn html_block(&mut self, node: &Node<'_>) -> Vec<Block> {
        let mut text = MappedText::new();
        for child in &node.children {
            if let Event::Html(piece) | Event::Text(piece) = &child.event {
                let piece = self.text(piece, &child.range);
                text.push_mapped(&piece, 0..piece.len());
            }
        }
        let span = Span_(self.node_span(node));
        let pieces = self.html(&text).into_iter();
        pieces
            .map(|piece| match piece {
                Html::Comment(text) => Block::Comment(text),
                Html::Instruction(target, text) => Block::Instruction(target, text),
                Html::Raw(text) => {
                    let mut words = Vec::new();
                    inlines::push_text(&mut words, text);
                    Block::Paragraph(Paragraph { attributes: Vec::new(), requirement: None, text: words, span })
                }
            })
            .collect()
    }

    fn list(&mut self, node: &Node<'_>, start: Option<u64>) -> Block {
        let number = start.filter(|number| *number != 1);
        let span = self.node_span(node);
        let attribute =
            |number: u64| ("start".to_owned(), MappedText::standing_for(number.to_string(), span.at_start()));
        Block::List(List {
            ordered: start.is_some(),
            attributes: number.map(attribute).into_iter().collect(),
            items: node.children.iter().map(|item| self.item(item)).collect(),
            span: Span_(span),
        })
    }

    fn item(&mut self, node: &Node<'_>) -> Item {
        let mut blocks = self.blocks(&node.children);
        let is_tight = node.children.first().is_some_and(is_inline) && !separate(&mut blocks);
        let requirement = blocks.first_mut().filter(|_| is_tight).and_then(unwrap_requirement);
        Item { attributes: Vec::new(), requirement, blocks, span: Span_(self.node_span(node)) }
    }

    fn definitions(&mut self, node: &Node<'_>) -> Block {
        let mut items: Vec<Definition> = Vec::new();
        for child in &node.children {
            match (&child.event, items.last_mut()) {
                (Event::Start(Tag::DefinitionListDefinition), Some(last)) => {
                    last.meaning.extend(self.blocks(&child.children));
                }
                _ => items.push(Definition { term: self.inlines(&child.children), meaning: Vec::new() }),
            }
        }
        for item in &mut items {
            separate(&mut item.meaning);
        }
        Block::Definitions(Definitions { attributes: Vec::new(), items, span: Span_(self.node_span(node)) })
    }

    fn rule(&mut self, node: &Node<'_>) -> Vec<Block> {
        self.report_unsupported(self.trimmed(&node.range), "a XEP has no rules between blocks", "begin a new section");
        Vec::new()
    }

    /// The header was read before; a later block of metadata is none.
    fn metadata(&mut self, node: &Node<'_>) -> Vec<Block> {
        if node.range.start == 0 {
            return Vec::new();
        }
        let help = "the header stands at the beginning of the file";
        self.report_unsupported(self.trimmed(&node.range), "a second header", help);
        let text = self.inlines(&node.children);
        vec![Block::Paragraph(Paragraph {
            attributes: Vec::new(),
            requirement: None,
            text,
            span: Span_(self.node_span(node)),
        })]
    }
}

/// Tells each listing what the instructions before it allow, as the other reader does.
fn join_allows(mut blocks: Vec<Block>) -> Vec<Block> {
    let mut allows: Vec<MappedText> = Vec::new();
    for block in &mut blocks {
        match block {
            Block::Instruction(target, text) if target == "allow" => allows.push(text.clone()),
            Block::Comment(_) => {}
            Block::Listing(listing) => {
                for (name, value, span) in allows.drain(..).flat_map(|text| pseudo_attributes(&text)) {
                    let name = if name == "rule" { "allow".to_owned() } else { name };
                    listing.directives.push(name, value, span);
                }
            }
            _ => allows.clear(),
        }
    }
    blocks
}

fn is_inline(node: &Node<'_>) -> bool {
    match &node.event {
        Event::Start(tag) => is_inline_tag(tag),
        Event::Rule => false,
        _ => true,
    }
}

/// Whether a line opens like a fence with attributes, but has backticks behind the marks that close no code.
fn is_broken_fence(line: &str) -> bool {
    let rest = line.trim_start_matches('`');
    let marks = line.len() - rest.len();
    let closes = || rest.split(|c| c != '`').any(|run| run.len() == marks);
    marks >= 3 && rest.contains('`') && !closes()
}

/// Text of a quotation, which has no paragraphs in `xep.dtd` when it is a single one.
fn plain(block: Block) -> Block {
    match block {
        Block::Paragraph(Paragraph { requirement: None, attributes, text, .. }) if attributes.is_empty() => {
            Block::Plain(text)
        }
        other => other,
    }
}

/// Takes the requirement of a paragraph that was made for it alone, and the paragraph away.
fn unwrap_requirement(block: &mut Block) -> Option<Spanned<String>> {
    let Block::Paragraph(paragraph) = block else { return None };
    let requirement = paragraph.requirement.take()?;
    *block = Block::Plain(std::mem::take(&mut paragraph.text));
    Some(requirement)
}

/// Gives loose text paragraphs where it would run into what stands beside it; answers whether it did.
///
/// In XEP-XML a second piece of loose text goes on with the first one, and a comment or an instruction behind text is a part
/// of that text.
fn separate(blocks: &mut [Block]) -> bool {
    let is_loose = |block: &Block| matches!(block, Block::Plain(_));
    let sticks = |block: &Block| {
        matches!(block, Block::Listing(_) | Block::Table(_) | Block::Comment(_) | Block::Instruction(..))
    };
    let is_needed = blocks.iter().filter(|block| is_loose(block)).count() > 1 || blocks.iter().any(sticks);
    if !is_needed {
        return false;
    }
    for block in blocks {
        if let Block::Plain(text) = block
            && let Some(span) = text.iter().find_map(inline_span)
        {
            let text = std::mem::take(text);
            *block = Block::Paragraph(Paragraph { attributes: Vec::new(), requirement: None, text, span });
        }
    }
    true
}

/// Where a piece of running text stands.
fn inline_span(inline: &Inline) -> Option<Span_> {
    match inline {
        Inline::Text(text) | Inline::Comment(text) | Inline::Instruction(_, text) => text.whole().map(Span_),
        Inline::Reference { span, .. } => Some(*span),
        Inline::Emphasis(text)
        | Inline::Strong(text)
        | Inline::Code(text)
        | Inline::Link { text, .. }
        | Inline::Note(text)
        | Inline::Element { text, .. } => text.iter().find_map(inline_span),
        Inline::Image(attributes) => attributes.iter().find_map(|(_, value)| value.whole()).map(Span_),
        Inline::Break => None,
    }
}
