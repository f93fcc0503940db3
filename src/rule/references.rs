//! The references of a text to other specifications, and which of them a sentence builds a demand on.

use crate::document::{Block, Inline};
use crate::source::Span;

/// A reference by an entity of the series: `&xep0030;`, `&rfc6120;`, `&xmppcore;`.
pub(super) struct Reference<'a> {
    /// The entity's name.
    pub(super) name: &'a str,
    /// The reference.
    pub(super) span: Span,
    /// Whether its sentence demands something: it has `MUST`, `REQUIRED` or `SHALL`, other than to forbid.
    pub(super) is_normative: bool,
}

/// What all XEPs build on: RFC 6120 and RFC 6121.
const GROUND: [&str; 2] = ["rfc6120", "rfc6121"];

/// Names of specifications that are called otherwise in headers.
const CALLED: [(&str, &str); 2] = [("xmppcore", "rfc6120"), ("xmppim", "rfc6121")];

/// How a demand is written, and how writing about XEPs is done: no protocol depends on these.
const ABOUT_WRITING: [&str; 4] = ["rfc2119", "rfc8174", "xep0001", "xep0143"];

/// The words of demands.
const DEMANDS: [&str; 3] = ["MUST", "REQUIRED", "SHALL"];

/// A specification as one word of small letters and digits, however it is written: `xep0030`, `rfc6120`.
pub(super) fn key(spec: &str) -> String {
    let key: String = spec.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let called = CALLED.iter().find(|(name, _)| *name == key);
    called.map_or(key, |(_, number)| (*number).to_owned())
}

/// Whether a specification is one that all XEPs build on.
pub(super) fn is_ground(key: &str) -> bool {
    GROUND.contains(&key)
}

/// Whether a header may list a specification: a XEP or an RFC that says what programs do.
pub(super) fn is_listable(key: &str) -> bool {
    let number = key.strip_prefix("xep").or(key.strip_prefix("rfc"));
    let is_numbered =
        number.is_some_and(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()));
    is_numbered && !is_ground(key) && !ABOUT_WRITING.contains(&key)
}

/// A specification as headers write it: `XEP-0030`, `RFC 7622`.
pub(super) fn written(key: &str) -> String {
    match (key.strip_prefix("xep"), key.strip_prefix("rfc")) {
        (Some(number), _) => format!("XEP-{number}"),
        (_, Some(number)) => format!("RFC {number}"),
        _ => key.to_owned(),
    }
}

/// The references in blocks, in their order.
pub(super) fn references(blocks: &[Block]) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    in_blocks(blocks, &mut found);
    found
}

fn in_blocks<'a>(blocks: &'a [Block], found: &mut Vec<Reference<'a>>) {
    for block in blocks {
        match block {
            Block::Section(section) => in_blocks(&section.blocks, found),
            Block::Paragraph(paragraph) => in_text(&paragraph.text, found),
            Block::Plain(text) | Block::Vulnerability { text, .. } => in_text(text, found),
            Block::List(list) => list.items.iter().for_each(|item| in_blocks(&item.blocks, found)),
            Block::Definitions(definitions) => {
                for item in &definitions.items {
                    in_text(&item.term, found);
                    in_blocks(&item.meaning, found);
                }
            }
            Block::Table(table) => {
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| in_blocks(&cell.blocks, found));
            }
            Block::Quote(container) | Block::Division(container) => in_blocks(&container.blocks, found),
            Block::Unknown { blocks, .. } => in_blocks(blocks, found),
            Block::Listing(_) | Block::Comment(_) | Block::Instruction(..) => {}
        }
    }
}

fn in_text<'a>(text: &'a [Inline], found: &mut Vec<Reference<'a>>) {
    let mut sentence = Sentence { found, first: 0, words: String::new() };
    sentence.first = sentence.found.len();
    sentence.take(text);
    sentence.end();
}

/// A sentence that is being read.
struct Sentence<'f, 'a> {
    found: &'f mut Vec<Reference<'a>>,
    /// Where its references begin.
    first: usize,
    words: String,
}

impl<'a> Sentence<'_, 'a> {
    fn take(&mut self, text: &'a [Inline]) {
        for piece in text {
            match piece {
                Inline::Text(text) => self.read(text.as_str()),
                Inline::Reference { name, span, .. } => {
                    self.found.push(Reference { name, span: span.0, is_normative: false });
                    self.words.push_str(" it ");
                }
                Inline::Emphasis(text)
                | Inline::Strong(text)
                | Inline::Code(text)
                | Inline::Link { text, .. }
                | Inline::Note(text)
                | Inline::Element { text, .. } => self.take(text),
                Inline::Break | Inline::Image(_) | Inline::Comment(_) | Inline::Instruction(..) => self.words.push(' '),
            }
        }
    }

    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = end_of_sentence(rest) {
            let (sentence, after) = rest.split_at(at);
            self.words.push_str(sentence);
            self.end();
            rest = after;
        }
        self.words.push_str(rest);
    }

    fn end(&mut self) {
        let is_normative = demands(&self.words);
        self.found.iter_mut().skip(self.first).for_each(|reference| reference.is_normative = is_normative);
        self.first = self.found.len();
        self.words.clear();
    }
}

/// Where the first sentence ends in a text: behind a full stop, semicolon or colon that white space follows.
fn end_of_sentence(text: &str) -> Option<usize> {
    let is_end = |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    text.match_indices(['.', ';', ':', '!', '?']).map(|(at, _)| at).find(|at| is_end(*at)).map(|at| at + 1)
}

/// Whether a sentence demands something, other than to forbid it.
fn demands(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let forbids = |at: usize| words.get(at + 1).is_some_and(|next| *next == "NOT");
    words.iter().enumerate().any(|(at, word)| DEMANDS.contains(word) && !forbids(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_have_one_key() {
        let check = |spec: &str, expected: &str| assert_eq!(key(spec), expected, "{spec}");
        check("XEP-0030", "xep0030");
        check("XEP 0361", "xep0361");
        check("RFC6120", "rfc6120");
        check("XMPP Core", "rfc6120");
        assert!(is_listable("xep0030") && !is_listable("rfc2119") && !is_listable("iana") && !is_listable("rfc6121"));
        assert_eq!((written("xep0030"), written("rfc7622")), ("XEP-0030".into(), "RFC 7622".into()));
    }

    #[test]
    fn a_demand_is_no_ban() {
        assert!(demands("A client MUST do it") && demands("It is REQUIRED; it MUST NOT fail"));
        assert!(!demands("A client MUST NOT do it") && !demands("It must be so") && !demands("It SHALL NOT"));
    }
}
