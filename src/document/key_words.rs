//! The words of BCP 14 that say what is required.

use super::Inline;
use std::ops::Range;

/// How much a key word demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// `MUST`, `SHALL`, `REQUIRED` and what they deny.
    Must,
    /// `SHOULD`, `RECOMMENDED` and what they deny.
    Should,
    /// `MAY` and `OPTIONAL`.
    May,
}

/// A key word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWord {
    /// The word as RFC 2119 spells it.
    pub name: &'static str,
    /// How much it demands.
    pub strength: Strength,
    /// Whether it forbids or advises against.
    pub is_denied: bool,
}

/// All key words, and `MAY NOT`, which is none of RFC 2119 and in use. The order of those of one strength means nothing.
static ALL: [KeyWord; 12] = [
    KeyWord { name: "MUST", strength: Strength::Must, is_denied: false },
    KeyWord { name: "MUST NOT", strength: Strength::Must, is_denied: true },
    KeyWord { name: "REQUIRED", strength: Strength::Must, is_denied: false },
    KeyWord { name: "SHALL", strength: Strength::Must, is_denied: false },
    KeyWord { name: "SHALL NOT", strength: Strength::Must, is_denied: true },
    KeyWord { name: "SHOULD", strength: Strength::Should, is_denied: false },
    KeyWord { name: "SHOULD NOT", strength: Strength::Should, is_denied: true },
    KeyWord { name: "RECOMMENDED", strength: Strength::Should, is_denied: false },
    KeyWord { name: "NOT RECOMMENDED", strength: Strength::Should, is_denied: true },
    KeyWord { name: "MAY", strength: Strength::May, is_denied: false },
    KeyWord { name: "MAY NOT", strength: Strength::May, is_denied: true },
    KeyWord { name: "OPTIONAL", strength: Strength::May, is_denied: false },
];

impl Strength {
    /// Its name: `must`.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Must => "must",
            Strength::Should => "should",
            Strength::May => "may",
        }
    }
}

impl KeyWord {
    /// The key word that a text is, however its parts are separated.
    pub fn of(text: &str) -> Option<KeyWord> {
        ALL.into_iter().find(|word| word.name.split(' ').eq(text.split_whitespace()))
    }

    /// Whether it describes its subject (`is REQUIRED`) instead of standing before a verb.
    pub fn is_adjective(self) -> bool {
        ["REQUIRED", "RECOMMENDED", "NOT RECOMMENDED", "OPTIONAL"].contains(&self.name)
    }
}

/// The words, in capitals (RFC 2119, RFC 8174). `NOT` may follow those for which it changes the meaning.
const WORDS: [(&str, bool); 7] = [
    ("MUST", true),
    ("SHALL", true),
    ("SHOULD", true),
    ("MAY", false),
    ("REQUIRED", false),
    ("RECOMMENDED", false),
    ("OPTIONAL", false),
];

/// The first of the words in a text from a byte on, with the `NOT` behind or before it.
pub fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(start) = capital(bytes, at) {
        let end = start + bytes.iter().skip(start).take_while(|byte| byte.is_ascii_uppercase()).count();
        at = end;
        let is_word = end - start >= 3 && !is_part(bytes, start.wrapping_sub(1)) && !is_part(bytes, end);
        let Some(word) = text.get(start..end).filter(|_| is_word) else { continue };
        if word == "NOT"
            && let Some(end) = followed(text, end, "RECOMMENDED")
        {
            return Some(start..end);
        }
        if let Some((_, may_be_denied)) = WORDS.iter().find(|(known, _)| *known == word) {
            let denied = followed(text, end, "NOT").filter(|_| *may_be_denied);
            return Some(start..denied.unwrap_or(end));
        }
    }
    None
}

/// The same, with the `NOT` behind `MAY` as well.
pub fn next_or_may_not(text: &str, from: usize) -> Option<Range<usize>> {
    let found = next(text, from)?;
    let denied = followed(text, found.end, "NOT").filter(|_| text.get(found.clone()) == Some("MAY"));
    Some(found.start..denied.unwrap_or(found.end))
}

/// Whether one of the words stands in running text, code and notes aside.
pub fn stands_in(text: &[Inline]) -> bool {
    text.iter().any(|piece| match piece {
        Inline::Text(text) => next(text.as_str(), 0).is_some(),
        Inline::Emphasis(text) | Inline::Strong(text) | Inline::Element { text, .. } => stands_in(text),
        _ => false,
    })
}

fn capital(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(u8::is_ascii_uppercase).map(|at| from + at)
}

fn is_part(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii())
}

/// The end of a word, where that follows behind white space.
fn followed(text: &str, at: usize, word: &str) -> Option<usize> {
    let rest = text.get(at..)?;
    let spaces = rest.len() - rest.trim_ascii_start().len();
    let end = at + spaces + word.len();
    let is_there = spaces > 0 && rest.get(spaces..).is_some_and(|rest| rest.starts_with(word));
    (is_there && !is_part(text.as_bytes(), end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut words = Vec::new();
        let mut at = 0;
        while let Some(range) = next(text, at) {
            at = range.end;
            words.extend(text.get(range));
        }
        words
    }

    #[test]
    fn words_are_found_with_their_negation() {
        assert_eq!(found("A client MUST do, and MUST\n  NOT skip, what it MAY."), ["MUST", "MUST\n  NOT", "MAY"]);
        assert_eq!(found("NOT RECOMMENDED, OPTIONAL; SHOULD NOTE"), ["NOT RECOMMENDED", "OPTIONAL", "SHOULD"]);
        assert_eq!(KeyWord::of("MUST\n  NOT").map(|word| (word.name, word.is_denied)), Some(("MUST NOT", true)));
        assert_eq!(found("MUSTER, must, E-MAY, MAY_1, \u{c4}MUST, NOT, REQUIRED"), ["REQUIRED"]);
    }
}
