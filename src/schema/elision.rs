//! Where an author left something out on purpose.

use crate::xml::{Element, Node};

/// Ways in which XEPs write that something was left out.
const MARKS: &[&str] = &["...", "…", "[..", "[ ..", "[snip", "more item", "[cut", "etc."];

/// Whether what `parent` holds is shown abridged: an ellipsis, a bracketed note or a comment stands among its children, or
/// in an attribute. What is missing there, or stands in the wrong order, says nothing about the specification.
pub fn beside_elision(parent: &Element) -> bool {
    parent.children.iter().any(is_elision)
        || parent.attributes.iter().any(|attribute| is_mark(attribute.value.as_str()))
}

fn is_elision(node: &Node) -> bool {
    match node {
        Node::Comment(_) => true,
        Node::Text(text) => is_mark(text.text.as_str()) || is_bracketed(text.text.as_str()),
        Node::Instruction(..) => false,
        // `<...>` has no name that a parser could read; `<snip/>` has.
        Node::Element(element) => element.name.local == "snip",
    }
}

fn is_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

fn is_bracketed(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']')
}
