//! One form for all spellings of the same XML: what is equal in this form is the same to a program that reads stanzas.
//!
//! Attributes are sorted, prefixes replaced by namespaces, comments and processing instructions left out, and white space
//! between elements does not count. Text counts as it stands, white space at its ends aside where the element holds Base64 or
//! the author indented it: see [`Whitespace`].

use super::tree::{Element, Node};
use std::fmt::Write;

/// What white space in text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whitespace {
    /// Text counts to the character; only blank text beside elements does not.
    Exact,
    /// Runs of white space count as one space, and none counts at the ends. For XML that a person laid out.
    Folded,
}

/// The canonical form of an element.
pub fn canonical(element: &Element, whitespace: Whitespace) -> String {
    let mut out = String::new();
    write_element(&mut out, element, whitespace);
    out
}

/// Whether two elements have the same canonical form.
pub fn is_same(one: &Element, other: &Element, whitespace: Whitespace) -> bool {
    canonical(one, whitespace) == canonical(other, whitespace)
}

/// The canonical form of a stanza: as [`canonical`], with the child elements of the root sorted by name, since their order
/// between different extensions means nothing. Equal names keep their order.
pub fn canonical_stanza(stanza: &Element, whitespace: Whitespace) -> String {
    let mut stanza = stanza.clone();
    if stanza.elements().next().is_some() {
        stanza.children.retain(|node| node.element().is_some());
        stanza.children.sort_by(|a, b| a.element().map(|e| &e.name).cmp(&b.element().map(|e| &e.name)));
    }
    canonical(&stanza, whitespace)
}

fn write_element(out: &mut String, element: &Element, whitespace: Whitespace) {
    let _ = write!(out, "<{}", element.name);
    let mut attributes: Vec<_> = element.attributes.iter().collect();
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    for attribute in attributes {
        let _ = write!(out, " {}={:?}", attribute.name, attribute.value.as_str());
    }
    out.push('>');
    let mixed = element.elements().next().is_some();
    let mut text = String::new();
    for node in &element.children {
        match node {
            Node::Text(piece) => text.push_str(piece.text.as_str()),
            Node::Element(child) => {
                write_text(out, &std::mem::take(&mut text), mixed, whitespace);
                write_element(out, child, whitespace);
            }
            Node::Comment(_) | Node::Instruction(..) => {}
        }
    }
    write_text(out, &text, mixed, whitespace);
    out.push_str("</>");
}

fn write_text(out: &mut String, text: &str, mixed: bool, whitespace: Whitespace) {
    if mixed && text.trim().is_empty() {
        return;
    }
    match whitespace {
        Whitespace::Exact => {
            let _ = write!(out, "{text:?}");
        }
        Whitespace::Folded => {
            let words: Vec<&str> = text.split_whitespace().collect();
            if !words.is_empty() {
                let _ = write!(out, "{:?}", words.join(" "));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::{MappedText, Sources};
    use crate::xml::parse;
    use crate::xml::write::{Style, write};

    fn tree(text: &str) -> Element {
        let mut sources = Sources::default();
        let file = sources.add("t", text);
        let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "jabber:client");
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        parsed.elements().next().unwrap().clone()
    }

    #[test]
    fn spellings_of_the_same_are_equal() {
        let cases = [
            ("<a b='1' c=\"2\"/>", "<a c='2' b='1'></a>", true),
            ("<a><b xmlns='urn:b'/></a>", "<a xmlns:p='urn:b'>\n  <p:b/><!-- x --></a>", true),
            ("<a>x</a>", "<a>x </a>", false),
            ("<a>&lt;</a>", "<a><![CDATA[<]]></a>", true),
            ("<a><b/></a>", "<a><b xmlns=''/></a>", false),
        ];
        for (one, other, equal) in cases {
            let form = |text| canonical(&tree(text), Whitespace::Exact);
            assert_eq!(form(one) == form(other), equal, "{one} {other}");
        }
    }

    #[test]
    fn what_is_written_reads_as_the_same() {
        for text in [
            "<a b='&lt;&apos;&#10;' xml:lang='en' xmlns:p='urn:p' p:c='1'><b xmlns='urn:b'>x &amp; y<c xmlns=''/></b></a>",
            "<a><b/>\n<c>\n<d/></c></a>",
        ] {
            let element = tree(text);
            for indented in [false, true] {
                let written = write(&element, "jabber:client", Style { indented, redundant_xmlns: indented });
                assert_eq!(canonical(&tree(&written), Whitespace::Exact), canonical(&element, Whitespace::Exact));
            }
        }
    }
}
