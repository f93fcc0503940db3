//! Tables and their captions.

use super::tree::Node;
use super::{Reader, inlines};
use crate::document::{Attributes, Block, Cell, Directives, Inline, Paragraph, Row, Span_, Table};
use crate::source::{MappedText, Spanned};
use pulldown_cmark::{Alignment, Event, Tag};

/// What a paragraph begins with that is the caption of the table before it.
const MARK: &str = "Table:";

/// A caption and the table's id.
type Caption = (MappedText, Option<Spanned<String>>);

impl Reader<'_, '_> {
    pub(super) fn table(&mut self, node: &Node<'_>, alignments: &[Alignment]) -> Table {
        let mut rows: Vec<Row> = node.children.iter().map(|row| self.row(row, alignments)).collect();
        let caption = rows.last().and_then(caption_row);
        if caption.is_some() {
            rows.pop();
        }
        let (caption, id) = caption.map_or((None, None), |(caption, id)| (Some(caption), id));
        let directives = Directives::default();
        Table { id, caption, attributes: Vec::new(), directives, rows, span: Span_(self.node_span(node)) }
    }

    fn row(&mut self, node: &Node<'_>, alignments: &[Alignment]) -> Row {
        let heading = matches!(node.event, Event::Start(Tag::TableHead));
        self.check_surplus(node);
        let cells = node.children.iter().enumerate();
        let cells = cells
            .map(|(at, cell)| {
                let alignment = alignments.get(at).copied().filter(|_| !heading);
                let blocks = self.blocks(&cell.children);
                Cell { heading, attributes: self.alignment(alignment, cell), blocks }
            })
            .collect();
        Row { attributes: Vec::new(), cells }
    }

    /// The parser leaves out cells for which the table has no column.
    fn check_surplus(&mut self, node: &Node<'_>) {
        let end = node.children.last().map_or(node.range.end, |cell| cell.range.end);
        let surplus = self.raw(end..node.range.end);
        let text = surplus.trim_matches(['|', ' ', '\t', '\r', '\n']);
        if !text.is_empty() {
            let start = end + surplus.find(text).unwrap_or(0);
            let help = "write `\\|` for a bar inside a cell, also in code";
            self.report_unsupported(start..start + text.len(), "the table has no column for this cell", help);
        }
    }

    /// XEP-XML aligns the cells of the body alone.
    fn alignment(&self, alignment: Option<Alignment>, cell: &Node<'_>) -> Attributes {
        let value = match alignment {
            Some(Alignment::Left) => "left",
            Some(Alignment::Center) => "center",
            Some(Alignment::Right) => "right",
            Some(Alignment::None) | None => return Vec::new(),
        };
        vec![("align".to_owned(), MappedText::standing_for(value, self.node_span(cell)))]
    }
}

/// Gives each table the caption that follows it.
pub(super) fn join_captions(blocks: Vec<Block>) -> Vec<Block> {
    let mut joined: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        if let (Some(Block::Table(table)), Block::Paragraph(paragraph)) = (joined.last_mut(), &block)
            && table.caption.is_none()
            && let Some((caption, id)) = caption(paragraph)
        {
            table.caption = Some(caption);
            table.id = id.or(table.id.take());
            continue;
        }
        joined.push(block);
    }
    joined
}

fn caption(paragraph: &Paragraph) -> Option<Caption> {
    Some((caption_text(&paragraph.text)?, paragraph.requirement.clone()))
}

fn caption_text(text: &[Inline]) -> Option<MappedText> {
    let Some(Inline::Text(first)) = text.first() else { return None };
    first.as_str().starts_with(MARK).then(|| {
        let flat = inlines::flat(text);
        flat.slice(MARK.len()..flat.len()).trimmed()
    })
}

/// The caption in the last row of a table: the parser takes a line without an empty one before it for a row.
fn caption_row(row: &Row) -> Option<Caption> {
    let (first, others) = row.cells.split_first()?;
    if first.heading || others.iter().any(|cell| !cell.blocks.is_empty()) {
        return None;
    }
    match first.blocks.as_slice() {
        [Block::Plain(text)] => Some((caption_text(text)?, None)),
        [Block::Paragraph(paragraph)] => caption(paragraph),
        _ => None,
    }
}
