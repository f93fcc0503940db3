//! Lists, definitions and tables: blocks made of parts that hold blocks.

use super::Context;
use super::blocks::Loose;
use super::directives::{requirement, speaks_of_next};
use super::inlines::{attributes, is_blank};
use crate::document::{Block, Cell, Definition, Definitions, Directives, Item, List, Row, Span_, Table};
use crate::source::Spanned;
use crate::xml::{Element, Node};

/// What stands between the parts of a list or table and is none: it goes to the front of the part that follows.
struct Strays<'n> {
    nodes: Vec<&'n Node>,
}

impl<'n> Strays<'n> {
    fn new() -> Strays<'n> {
        Strays { nodes: Vec::new() }
    }

    fn push(&mut self, node: &'n Node) {
        if !is_blank([node]) {
            self.nodes.push(node);
        }
    }

    fn take(&mut self, context: &Context<'_>) -> Vec<Block> {
        let nodes: Vec<Node> = self.nodes.drain(..).cloned().collect();
        context.blocks(&nodes, Loose::Mixed)
    }

    /// The strays, and after them the blocks of a part. Instructions stay with the block that they speak of.
    fn before(&mut self, context: &Context<'_>, children: &[Node]) -> Vec<Block> {
        if self.nodes.is_empty() {
            return context.blocks(children, Loose::Mixed);
        }
        let speaks = |node: &&Node| matches!(node, Node::Instruction(target, _) if speaks_of_next(target));
        let mut blocks = Vec::new();
        if !self.nodes.iter().any(speaks) {
            blocks = self.take(context);
            blocks.extend(context.blocks(children, Loose::Mixed));
            return blocks;
        }
        let all: Vec<Node> = self.nodes.drain(..).chain(children).cloned().collect();
        blocks.extend(context.blocks(&all, Loose::Mixed));
        blocks
    }
}

impl<'a> Context<'a> {
    pub(super) fn list(&self, element: &Element, out: &mut Vec<Block>) {
        let mut strays = Strays::new();
        let mut items = Vec::new();
        for node in &element.children {
            match node.element() {
                Some(item) if item.name.local == "li" => items.push(self.within(item).item(item, &mut strays)),
                _ => strays.push(node),
            }
        }
        let left = strays.take(self);
        match items.last_mut() {
            Some(last) => last.blocks.extend(left),
            None => out.extend(left),
        }
        out.push(Block::List(List {
            ordered: element.name.local == "ol",
            attributes: attributes(element, &[]),
            items,
            span: Span_(element.span),
        }));
    }

    fn item(&self, element: &Element, strays: &mut Strays<'_>) -> Item {
        let (requirement, children) = match requirement(&element.children) {
            Some((id, rest)) => (Some(id), rest),
            None => (None, element.children.as_slice()),
        };
        Item {
            attributes: attributes(element, &[]),
            requirement,
            blocks: strays.before(self, children),
            span: Span_(element.span),
        }
    }

    pub(super) fn definitions(&self, element: &Element, out: &mut Vec<Block>) {
        let mut strays = Strays::new();
        let mut items: Vec<Definition> = Vec::new();
        self.definition_parts(&element.children, &mut items, &mut strays);
        let left = strays.take(self);
        match items.last_mut() {
            Some(last) => last.meaning.extend(left),
            None => out.extend(left),
        }
        let (attributes, span) = (attributes(element, &[]), Span_(element.span));
        out.push(Block::Definitions(Definitions { attributes, items, span }));
    }

    /// Terms and meanings; a `<di>` around them is only a bracket.
    fn definition_parts<'n>(&self, nodes: &'n [Node], items: &mut Vec<Definition>, strays: &mut Strays<'n>) {
        let mut has_meaning = true;
        for node in nodes {
            match node.element().map(|element| (element.name.local.as_str(), element)) {
                Some(("di", pair)) => {
                    self.definition_parts(&pair.children, items, strays);
                    has_meaning = true;
                }
                Some(("dt", term)) => {
                    let term = self.within(term).inlines(&term.children);
                    items.push(Definition { term, meaning: Vec::new() });
                    has_meaning = false;
                }
                Some(("dd", meaning)) => {
                    if has_meaning {
                        items.push(Definition { term: Vec::new(), meaning: Vec::new() });
                    }
                    let blocks = strays.before(&self.within(meaning), &meaning.children);
                    if let Some(item) = items.last_mut() {
                        item.meaning = blocks;
                    }
                    has_meaning = true;
                }
                _ => strays.push(node),
            }
        }
    }

    pub(super) fn table(&self, element: &Element, directives: &mut Directives, out: &mut Vec<Block>) {
        let mut strays = Strays::new();
        let mut rows = Vec::new();
        self.rows(&element.children, &mut rows, &mut strays);
        let left = strays.take(self);
        match rows.last_mut().and_then(|row| row.cells.last_mut()) {
            Some(last) => last.blocks.extend(left),
            None => out.extend(left),
        }
        let id = directives.get("id").map(|id| Spanned::new(id.value.to_string(), id.span));
        out.push(Block::Table(Table {
            id,
            caption: element.attribute("caption").map(|caption| caption.value.clone()),
            attributes: attributes(element, &["caption"]),
            directives: without_id(directives),
            rows,
            span: Span_(element.span),
        }));
    }

    /// Rows, also where they stand in `<tbody>` or the like.
    fn rows<'n>(&self, nodes: &'n [Node], rows: &mut Vec<Row>, strays: &mut Strays<'n>) {
        for node in nodes {
            match node.element() {
                Some(row) if row.name.local == "tr" => rows.push(self.within(row).row(row, strays)),
                Some(group) if matches!(group.name.local.as_str(), "thead" | "tbody" | "tfoot") => {
                    self.rows(&group.children, rows, strays);
                }
                _ => strays.push(node),
            }
        }
    }

    fn row<'n>(&self, element: &'n Element, strays: &mut Strays<'n>) -> Row {
        let mut cells = Vec::new();
        for node in &element.children {
            match node.element() {
                Some(cell) if matches!(cell.name.local.as_str(), "td" | "th") => cells.push(Cell {
                    heading: cell.name.local == "th",
                    attributes: attributes(cell, &[]),
                    blocks: strays.before(&self.within(cell), &cell.children),
                }),
                _ => strays.push(node),
            }
        }
        Row { attributes: attributes(element, &[]), cells }
    }
}

fn without_id(directives: &Directives) -> Directives {
    let mut kept = Directives::default();
    for (name, value) in directives.iter().filter(|(name, _)| *name != "id") {
        kept.push(name, value.value.clone(), value.span);
    }
    kept
}
