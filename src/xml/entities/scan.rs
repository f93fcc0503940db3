//! Where references stand in a piece of XML that may be broken.

use std::ops::Range;

/// What a reference stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Running content.
    Content,
    /// The value of an attribute.
    Attribute,
}

/// A reference to a general entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// From `&` to `;`.
    pub range: Range<usize>,
    /// The entity's name.
    pub name: &'a str,
    /// What it stands in.
    pub place: Place,
}

/// The references to general entities in XML, in order. References to characters and to the five entities that XML knows
/// are left out; so is whatever stands in comments, CDATA sections, instructions and between the attributes of a tag.
///
/// A tag ends at the next `<` at the latest, so that a missing quote spoils no more than its own tag.
pub fn references(text: &str) -> impl Iterator<Item = Found<'_>> {
    Scan { text, at: 0, state: State::Content }
}

/// Replacement text as it may stand in an attribute's value: quotes and `<` escaped.
pub(super) fn in_attribute(text: &str) -> String {
    text.replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&apos;")
}

#[derive(Clone, Copy)]
enum State {
    Content,
    Tag,
    Value(char),
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    state: State,
}

impl<'a> Iterator for Scan<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        while self.at < self.text.len() {
            let found = match self.state {
                State::Content => self.content(),
                State::Tag => self.tag(),
                State::Value(quote) => self.value(quote),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes to the next of some ASCII characters, or to the end.
    fn go_to(&mut self, wanted: &[u8]) -> Option<char> {
        let rest = self.rest().as_bytes();
        let found = match wanted {
            [one, other] => memchr::memchr2(*one, *other, rest),
            several => rest.iter().position(|byte| several.contains(byte)),
        };
        match found {
            Some(offset) => {
                self.at += offset;
                rest.get(offset).map(|&byte| char::from(byte))
            }
            None => {
                self.at = self.text.len();
                None
            }
        }
    }

    fn content(&mut self) -> Option<Found<'a>> {
        match self.go_to(b"<&")? {
            '&' => self.reference(Place::Content),
            _ => {
                self.markup();
                None
            }
        }
    }

    fn markup(&mut self) {
        let rest = self.rest();
        let ends = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((start, end)) = ends.into_iter().find(|(start, _)| rest.starts_with(start)) {
            let inner = rest.get(start.len()..).unwrap_or("");
            self.at += inner.find(end).map_or(rest.len(), |length| start.len() + length + end.len());
            return;
        }
        self.at += 1;
        if self.rest().starts_with(|next: char| next == '/' || next.is_alphabetic() || "_:".contains(next)) {
            self.state = State::Tag;
        }
    }

    fn tag(&mut self) -> Option<Found<'a>> {
        match self.go_to(b"\"'><")? {
            '<' => self.state = State::Content,
            '>' => {
                self.at += 1;
                self.state = State::Content;
            }
            quote => {
                self.at += 1;
                self.state = State::Value(quote);
            }
        }
        None
    }

    fn value(&mut self, quote: char) -> Option<Found<'a>> {
        match self.go_to(&[quote as u8, b'&', b'<'])? {
            '&' => return self.reference(Place::Attribute),
            '<' => self.state = State::Content,
            _ => {
                self.at += 1;
                self.state = State::Tag;
            }
        }
        None
    }

    /// Reads the reference at the current `&`, if it is one, and goes behind it.
    fn reference(&mut self, place: Place) -> Option<Found<'a>> {
        let start = self.at;
        self.at += 1;
        let rest = self.rest();
        let name = rest.get(..name_length(rest)).filter(|name| !name.is_empty())?;
        if !rest.get(name.len()..)?.starts_with(';') {
            return None;
        }
        self.at += name.len() + 1;
        let is_known = matches!(name, "lt" | "gt" | "amp" | "quot" | "apos");
        (!is_known).then_some(Found { range: start..self.at, name, place })
    }
}

/// The length of the name that a text begins with.
pub(super) fn name_length(text: &str) -> usize {
    let is_start = |c: char| c.is_alphabetic() || c == '_' || c == ':';
    let is_inner = |c: char| is_start(c) || c.is_alphanumeric() || matches!(c, '-' | '.' | '\u{b7}');
    if !text.starts_with(is_start) {
        return 0;
    }
    text.find(|c| !is_inner(c)).unwrap_or(text.len())
}
