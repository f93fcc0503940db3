//! Blocks other than sections and tables.

use super::{Writer, inlines, listing};
use crate::document::{Block, Container, Definitions, Item, List, Paragraph};
use crate::read::xep_xml::directives::pseudo_attributes;
use crate::source::MappedText;

impl Writer<'_> {
    /// Blocks with such an end of lines between them, behind other blocks; lines after the first are indented.
    pub(super) fn joined(
        &mut self,
        blocks: &[Block],
        before: &[Block],
        indent: usize,
        between: &str,
    ) -> Option<String> {
        let mut text = String::new();
        let mut allowed = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            let passed = blocks.get(..at).filter(|passed| !passed.is_empty()).unwrap_or(before);
            if at > 0 {
                text.push_str(between);
                text.extend(std::iter::repeat_n(' ', indent));
            }
            text.push_str(&self.block(block, passed, &allowed, indent)?);
            match block {
                Block::Instruction(target, text) if target == "allow" => allowed.extend(allowances(text)),
                Block::Comment(_) => {}
                _ => allowed.clear(),
            }
        }
        Some(text)
    }

    fn block(
        &mut self,
        block: &Block,
        before: &[Block],
        allowed: &[(String, String)],
        indent: usize,
    ) -> Option<String> {
        match block {
            Block::Paragraph(paragraph) => self.paragraph(paragraph, indent),
            Block::Plain(text) => Some(self.words(text)?.wrapped(indent)),
            Block::List(list) => self.list(list, is_second(before), indent),
            Block::Definitions(definitions) => self.definitions(definitions, indent),
            Block::Table(table) => Some(indented(&self.table(table)?, indent)),
            Block::Listing(listing) => Some(indented(&listing::listing(listing, allowed)?, indent)),
            Block::Division(division) => self.quote(division, indent),
            Block::Comment(text) => Some(indented(&format!("<!--{text}-->"), indent)),
            Block::Instruction(target, text) => Some(inlines::instruction(target, text.as_str())),
            Block::Section(_) | Block::Quote(_) | Block::Vulnerability { .. } | Block::Unknown { .. } => None,
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph, indent: usize) -> Option<String> {
        if !paragraph.attributes.is_empty() {
            return None;
        }
        let text = self.words(&paragraph.text)?.wrapped(indent);
        Some(text + &requirement(paragraph.requirement.as_ref().map(|id| id.value.as_str())))
    }

    /// `second`: whether another list stands right before it, from which other marks tell it apart.
    fn list(&mut self, list: &List, second: bool, indent: usize) -> Option<String> {
        let first = first_number(list)?;
        let is_loose = !list.items.iter().flat_map(|item| &item.blocks).any(|block| matches!(block, Block::Plain(_)))
            && list.items.iter().flat_map(|item| &item.blocks).any(|block| matches!(block, Block::Paragraph(_)));
        let between = if is_loose { "\n\n" } else { "\n" };
        let mut items = Vec::new();
        for (at, item) in list.items.iter().enumerate() {
            let mark = match (list.ordered, second) {
                (true, false) => format!("{}.", first + at),
                (true, true) => format!("{})", first + at),
                (false, false) => "-".to_owned(),
                (false, true) => "*".to_owned(),
            };
            let text = self.item(item, indent + mark.len() + 1, between)?;
            items.push(format!("{mark} {text}").trim_end().to_owned());
        }
        Some(items.join(&format!("{between}{}", " ".repeat(indent))))
    }

    fn item(&mut self, item: &Item, indent: usize, between: &str) -> Option<String> {
        if !item.attributes.is_empty() {
            return None;
        }
        match (&item.requirement, item.blocks.as_slice()) {
            (None, blocks) => self.joined(blocks, &[], indent, between),
            (Some(id), [Block::Plain(text), rest @ ..]) => {
                let mut text = self.words(text)?.wrapped(indent);
                text.push_str(&requirement(Some(&id.value)));
                if !rest.is_empty() {
                    text.push_str(between);
                    text.extend(std::iter::repeat_n(' ', indent));
                    text.push_str(&self.joined(rest, &[], indent, between)?);
                }
                Some(text)
            }
            _ => None,
        }
    }

    fn definitions(&mut self, definitions: &Definitions, indent: usize) -> Option<String> {
        if !definitions.attributes.is_empty() {
            return None;
        }
        let space = " ".repeat(indent);
        let mut items = Vec::new();
        for item in &definitions.items {
            let term = self.words(&item.term)?.one_line()?;
            let is_tight = item.meaning.iter().any(|block| matches!(block, Block::Plain(_)));
            let between = if is_tight { "\n" } else { "\n\n" };
            let meaning = self.joined(&item.meaning, &[], indent + 2, between)?;
            items.push(format!("{term}{between}{space}: {meaning}"));
        }
        Some(items.join(&format!("\n\n{space}")))
    }

    /// A quotation, which Markdown has as `xep.dtd` does: in a `div` of its own.
    fn quote(&mut self, division: &Container, indent: usize) -> Option<String> {
        let [Block::Quote(quote)] = division.blocks.as_slice() else { return None };
        if !division.attributes.is_empty() || !quote.attributes.is_empty() {
            return None;
        }
        let text = self.joined(&quote.blocks, &[], 0, "\n\n")?;
        let lines: Vec<String> = text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
        Some(lines.join(&format!("\n{}", " ".repeat(indent))))
    }
}

/// Whether a list needs other marks than the one right before it.
fn is_second(before: &[Block]) -> bool {
    before.iter().rev().take_while(|block| matches!(block, Block::List(_))).count() % 2 == 1
}

/// The number of a list's first item; none where the list says what Markdown has no place for.
fn first_number(list: &List) -> Option<usize> {
    match list.attributes.as_slice() {
        [] => Some(1),
        [(name, number)] if name == "start" && list.ordered => number.as_str().parse().ok(),
        _ => None,
    }
}

fn requirement(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" {{#{id}}}"))
}

fn indented(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let indent = |(at, line): (usize, &str)| match at == 0 || line.is_empty() {
        true => line.to_owned(),
        false => format!("{space}{line}"),
    };
    let lines: Vec<String> = text.split('\n').enumerate().map(indent).collect();
    lines.join("\n")
}

/// The directives that an `allow` before a listing gives it.
fn allowances(text: &MappedText) -> Vec<(String, String)> {
    let pairs = pseudo_attributes(text).into_iter();
    pairs.map(|(name, value, _)| (if name == "rule" { "allow".to_owned() } else { name }, value.to_string())).collect()
}
