//! The events of the Markdown parser as a tree.

use pulldown_cmark::{Event, Options, Parser};
use std::ops::Range;

/// Deeper nesting than this is cut: what stands deeper moves up to the deepest node that is kept.
const DEPTH: usize = 48;

/// A node: a container with its start event, or a leaf with its event.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub event: Event<'a>,
    /// The bytes in the text that was parsed.
    pub range: Range<usize>,
    pub children: Vec<Node<'a>>,
}

/// Parses a text.
pub(super) fn parse(text: &str, options: Options) -> Vec<Node<'_>> {
    let mut top = Vec::new();
    let mut open: Vec<Node<'_>> = Vec::new();
    let mut cut = 0_usize;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(_) if open.len() >= DEPTH => cut += 1,
            Event::Start(_) => open.push(Node { event, range, children: Vec::new() }),
            Event::End(_) if cut > 0 => cut -= 1,
            Event::End(_) => close(&mut open, &mut top),
            leaf => attach(Node { event: leaf, range, children: Vec::new() }, &mut open, &mut top),
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    top
}

fn close<'a>(open: &mut Vec<Node<'a>>, top: &mut Vec<Node<'a>>) {
    if let Some(node) = open.pop() {
        attach(node, open, top);
    }
}

fn attach<'a>(node: Node<'a>, open: &mut [Node<'a>], top: &mut Vec<Node<'a>>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None => top.push(node),
    }
}
