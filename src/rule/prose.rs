//! The running text of a document, block by block: what its words speak of together.

use crate::document::walk::{blocks_text, plain_text};
use crate::document::{Block, Cell, Definition, Document};
use std::collections::HashSet;

/// The words of each paragraph, of each row of a table, of each item.
pub(super) struct Prose {
    blocks: Vec<HashSet<String>>,
}

impl Prose {
    /// That of the body.
    pub(super) fn of(document: &Document) -> Prose {
        let mut texts = Vec::new();
        collect(&document.body, &mut texts);
        Prose { blocks: texts.iter().map(|text| words(text)).collect() }
    }

    /// Whether a word stands in it.
    pub(super) fn has(&self, word: &str) -> bool {
        self.blocks.iter().any(|block| block.contains(word))
    }

    /// Whether some block speaks of both.
    pub(super) fn has_together(&self, one: &str, other: &str) -> bool {
        self.blocks.iter().any(|block| block.contains(one) && block.contains(other))
    }
}

fn words(text: &str) -> HashSet<String> {
    let is_between = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_');
    text.split(is_between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn collect(blocks: &[Block], texts: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Section(section) => collect(&section.blocks, texts),
            Block::List(list) => list.items.iter().for_each(|item| collect(&item.blocks, texts)),
            Block::Quote(container) | Block::Division(container) => collect(&container.blocks, texts),
            Block::Definitions(definitions) => {
                let item = |item: &Definition| format!("{} {}", plain_text(&item.term), blocks_text(&item.meaning));
                texts.extend(definitions.items.iter().map(item));
            }
            Block::Table(table) => {
                let cell = |cell: &Cell| blocks_text(&cell.blocks);
                texts.extend(table.rows.iter().map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" ")));
            }
            Block::Listing(_) => {}
            other => texts.push(blocks_text(std::slice::from_ref(other))),
        }
    }
}
