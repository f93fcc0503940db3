//! Markdown from a document.
//!
//! Each block is written as a person would write it and read again. What does not read as the same data (spanning cells, blocks
//! in cells, attributes that Markdown has no place for) stands as XEP-XML in a fence instead. So the document that is read from
//! the result is the one that was written, as data.

mod blocks;
mod escape;
mod header;
mod inlines;
mod listing;
mod tables;
mod yaml;

use super::xep_xml;
use crate::document::{Block, Document, Entity, Inline, Section};
use crate::finding::Sink;
use crate::read::markdown::{outline::END, read_in_series};
use crate::read::series::SharedEntities;
use crate::source::Sources;

/// The widest line of running text.
const WIDTH: usize = 110;

/// A document as Markdown. The same document gives the same text.
///
/// `shared` is what the document's series declares, as both readers take it.
pub fn write(document: &Document, shared: Option<&SharedEntities>) -> String {
    let mut writer = Writer { shared, entities: entity_header(&document.entities), ..Writer::default() };
    writer.out = writer.header(document);
    writer.blocks(&document.body, 0);
    writer.out
}

/// How many blocks of a text stand in it as XEP-XML.
pub fn count_fences(markdown: &str) -> usize {
    markdown.lines().filter(|line| line.starts_with('`') && line.ends_with("`{.xep-xml}")).count()
}

/// Text that grows, and what has to be known to read it again.
#[derive(Default)]
struct Writer<'a> {
    out: String,
    shared: Option<&'a SharedEntities>,
    /// A header with the entities of the document that text may refer to.
    entities: String,
    /// How many sections are open at the end of the text, as a reader sees it.
    open: usize,
    notes: Notes,
}

/// The footnotes of a text.
#[derive(Clone, Default)]
struct Notes {
    /// How many there were.
    count: usize,
    /// Definitions that have not been written.
    waiting: Vec<String>,
}

impl Writer<'_> {
    /// Blocks that stand `depth` sections deep.
    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        let mut at = 0;
        while let Some((before, rest)) = blocks.split_at_checked(at)
            && let Some(first) = rest.first()
        {
            let (group, others) = rest.split_at(group_length(rest).min(rest.len()));
            let before_section = matches!(first, Block::Instruction(..))
                && matches!(others.iter().find(|block| !is_instruction(block)), Some(Block::Section(_)));
            match first {
                Block::Section(section) => self.section(section, depth),
                _ => {
                    if !before_section {
                        self.close_to(depth);
                    }
                    self.group(group, before);
                }
            }
            at += group.len();
        }
    }

    /// Ends sections until `depth` are open.
    fn close_to(&mut self, depth: usize) {
        while self.open > depth {
            self.paragraph_break();
            self.out.push_str(END);
            self.out.push('\n');
            self.open -= 1;
        }
    }

    fn section(&mut self, section: &Section, depth: usize) {
        let heading = heading(section);
        let is_heading = usize::from(section.level) == depth + 1 && self.reads_as_heading(&heading, section);
        if !is_heading {
            self.close_to(depth);
            return self.fence(&[Block::Section(section.clone())]);
        }
        self.paragraph_break();
        self.out.extend(std::iter::repeat_n('#', depth));
        self.out.push_str(&heading);
        self.out.push('\n');
        self.open = depth + 1;
        self.blocks(&section.blocks, depth + 1);
        if section.blocks.last().is_some_and(is_instruction) {
            self.close_to(depth);
        }
    }

    /// A block with the instructions that speak of it, behind other blocks.
    fn group(&mut self, group: &[Block], before: &[Block]) {
        let notes = self.notes.clone();
        let text = self.group_text(group, before);
        match text.filter(|text| self.reads_as(text, group)) {
            Some(text) => {
                self.paragraph_break();
                self.out.push_str(&text);
            }
            None => {
                self.notes = notes;
                self.fence(group);
            }
        }
    }

    /// The Markdown of blocks with the definitions of their footnotes.
    fn group_text(&mut self, group: &[Block], before: &[Block]) -> Option<String> {
        if let (Some(last), Some(first)) = (before.last(), group.first())
            && runs_into(first, last)
        {
            return None;
        }
        let mut text = self.joined(group, before, 0, "\n\n")?;
        for note in std::mem::take(&mut self.notes.waiting) {
            text.push_str("\n\n");
            text.push_str(&note);
        }
        text.push('\n');
        Some(text)
    }

    fn fence(&mut self, blocks: &[Block]) {
        self.paragraph_break();
        let text = xep_xml::fragment(blocks);
        self.out.push_str(&listing::fenced("{.xep-xml}", &text));
        self.out.push('\n');
    }

    fn paragraph_break(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// Whether a text, read again, is such blocks.
    fn reads_as(&self, text: &str, blocks: &[Block]) -> bool {
        self.read_again(text).body == blocks
    }

    fn reads_as_heading(&self, text: &str, section: &Section) -> bool {
        let bare = Section { level: 1, blocks: Vec::new(), ..section.clone() };
        self.read_again(text).body == [Block::Section(bare)]
    }

    fn read_again(&self, text: &str) -> Document {
        let mut sources = Sources::default();
        let file = sources.add("", format!("{}{text}", self.entities));
        read_in_series(&sources, file, self.shared, &mut Sink::default())
    }
}

/// How many blocks belong together: instructions that allow something, and the block that they speak of.
fn group_length(blocks: &[Block]) -> usize {
    let speaks = |block: &&Block| matches!(block, Block::Instruction(target, _) if target == "allow");
    if !blocks.first().is_some_and(|first| speaks(&first)) {
        return 1;
    }
    let passed = |block: &&Block| speaks(block) || matches!(block, Block::Comment(_));
    let before = blocks.iter().take_while(passed).count();
    match blocks.get(before) {
        Some(Block::Listing(_)) => before + 1,
        _ => 1,
    }
}

fn is_instruction(block: &Block) -> bool {
    matches!(block, Block::Instruction(..))
}

/// Whether a block would be read as a part of the one before it.
fn runs_into(block: &Block, previous: &Block) -> bool {
    match (previous, block) {
        (Block::Table(_), Block::Paragraph(paragraph)) => {
            matches!(paragraph.text.first(), Some(Inline::Text(text)) if text.as_str().trim_start().starts_with("Table:"))
        }
        (Block::Definitions(_), Block::Definitions(_)) => true,
        _ => false,
    }
}

/// The heading of a section, as one of level 1.
fn heading(section: &Section) -> String {
    let topic = escape::heading(section.topic.as_str());
    match &section.anchor {
        Some(anchor) => format!("# {topic} {{#{anchor}}}").replace("#  {", "# {"),
        None => format!("# {topic}"),
    }
}

/// The header that a piece of the document needs to be read alone.
fn entity_header(entities: &[Entity]) -> String {
    match entities.iter().any(header::holds_markup) {
        true => format!("---\n{}---\n\n", header::entities(entities)),
        false => String::new(),
    }
}
