//! Tables.

use super::{Writer, listing};
use crate::document::{Block, Cell, Inline, Row, Table, settled};

impl Writer<'_> {
    /// A table with a row of headings and text in its cells.
    pub(super) fn table(&mut self, table: &Table) -> Option<String> {
        if table.is_generated() {
            return listing::generated_table(table);
        }
        let (head, body) = table.rows.split_first()?;
        if !table.attributes.is_empty() || !table.directives.is_empty() || !is_heading(head) {
            return None;
        }
        let columns: Vec<Option<&str>> = (0..head.cells.len()).map(|column| alignment(body, column)).collect();
        let mut rows = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            rows.push(self.row(row)?);
        }
        let widths = widths(&rows);
        let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths)).collect();
        lines.insert(1, rule(&columns, &widths));
        let mut text = lines.join("\n");
        if let Some(caption) = self.caption(table)? {
            text.push_str("\n\n");
            text.push_str(&caption);
        }
        Some(text)
    }

    fn row(&mut self, row: &Row) -> Option<Vec<String>> {
        if !row.attributes.is_empty() {
            return None;
        }
        row.cells.iter().map(|cell| self.cell(cell)).collect()
    }

    fn cell(&mut self, cell: &Cell) -> Option<String> {
        let text = match cell.blocks.as_slice() {
            [] => String::new(),
            [Block::Plain(text)] if !settled(text).is_empty() => self.words(text)?.one_line()?,
            _ => return None,
        };
        Some(text.replace('|', "\\|"))
    }

    /// The paragraph with the caption; nothing where there is none, none where it cannot be said.
    fn caption(&mut self, table: &Table) -> Option<Option<String>> {
        let Some(caption) = &table.caption else {
            return if table.id.is_some() { None } else { Some(None) };
        };
        let words = self.words(&[Inline::Text(caption.clone())])?.one_line()?;
        let id = table.id.as_ref().map_or_else(String::new, |id| format!(" {{#{}}}", id.value));
        Some(Some(format!("Table: {words}{id}")))
    }
}

fn is_heading(row: &Row) -> bool {
    !row.cells.is_empty() && row.cells.iter().all(|cell| cell.heading && cell.attributes.is_empty())
}

/// How the first cell of a column is aligned; that all are so is seen when the table is read again.
fn alignment(body: &[Row], column: usize) -> Option<&str> {
    let cell = body.first()?.cells.get(column)?;
    cell.attributes.iter().find(|(name, _)| name == "align").map(|(_, value)| value.as_str())
}

/// The widest column that is filled up with spaces.
const WIDEST: usize = 40;

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.filter(|width| *width <= WIDEST).max().unwrap_or(0).max(3)
    };
    (0..columns).map(width).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let padded = |(at, cell): (usize, &String)| {
        // The last column is left ragged.
        let width = widths.get(at).copied().filter(|_| at + 1 < widths.len()).unwrap_or(0);
        format!("{cell:width$}")
    };
    let cells: Vec<String> = row.iter().enumerate().map(padded).collect();
    format!("| {} |", cells.join(" | "))
}

fn rule(columns: &[Option<&str>], widths: &[usize]) -> String {
    let column = |(at, alignment): (usize, &Option<&str>)| {
        let width = widths.get(at).copied().filter(|_| at + 1 < widths.len()).unwrap_or(3).max(3);
        match alignment {
            Some("left") => format!(":{}", "-".repeat(width - 1)),
            Some("right") => format!("{}:", "-".repeat(width - 1)),
            Some("center") => format!(":{}:", "-".repeat(width - 2)),
            _ => "-".repeat(width),
        }
    };
    let columns: Vec<String> = columns.iter().enumerate().map(column).collect();
    format!("| {} |", columns.join(" | "))
}
