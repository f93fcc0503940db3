//! # misspelt-word
//!
//! A word of the text is misspelt.
//!
//! ## What it does
//!
//! Looks up the words of running text, headings and captions in a list of misspellings that people are known to make. What is not
//! in that list is not judged, so that names and new words are left alone; so is what stands in an example, in code, or between
//! quotation marks, and what begins with a capital letter within a sentence. In headings and captions also a long word that stands
//! nowhere else and is one letter away from one that the document uses often.
//!
//! ## Why it matters
//!
//! A slip in a caption goes into every table of contents, and one in a requirement makes readers wonder what else was not read
//! twice.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! A server that has recieved the request answers it.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Case {#case}
//!
//! A server that has received the request answers it.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, 3: <https://xmpp.org/extensions/xep-0143.html>

use super::misspellings::{corrections, hash};
use super::slips::rewritten;
use super::{Context, Rule, places};
use crate::finding::{Finding, Severity, Sink};
use crate::source::MappedText;
use crate::xml::parse::slips_at_most;
use std::ops::Range;

/// The rule.
pub static RULE: Rule = Rule {
    name: "misspelt-word",
    severity: Severity::Warning,
    source: include_str!("misspelt_word.rs"),
    check: Some(check),
};

/// The shortest word that is looked up: short ones are names and abbreviations as often as words.
const SHORTEST: usize = 4;

/// How often a word must stand so that one in a heading may be a slip of it, how long it must be, and how many letters at the end
/// both must share: these are what distinguishes `listed` from `lister`.
const OFTEN: usize = 3;
const LONG: usize = 7;
const ENDING: usize = 3;

/// A misspelt word: the text in which it stands, the place in it, and what is meant.
type Misspelt<'a> = (&'a MappedText, Range<usize>, Vec<&'a str>);

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let places = places::of_body(context.document);
    let texts = || places.prose.iter().copied().chain([&header.title, &header.abstract_]);
    let mut heard = Heard::default();
    let mut long: Vec<&str> = Vec::new();
    let mut found: Vec<Misspelt<'_>> = Vec::new();
    for (text, range, word) in texts().flat_map(words_of) {
        let number = hash(word.as_bytes());
        if word.len() >= LONG {
            heard.count(number);
            long.push(word);
        }
        if let Some(meant) = corrections(word, number).filter(|_| is_ordinary(text, &range)) {
            found.push((text, range, meant));
        }
    }
    let titles = places.titles.iter().copied().flat_map(words_of);
    let single = titles.filter(|(text, range, word)| {
        let is_told = || corrections(word, hash(word.as_bytes())).is_some();
        word.len() >= LONG && heard.is_single(word) && is_ordinary(text, range) && !is_told()
    });
    found.extend(single.filter_map(|(text, range, word)| Some((text, range, vec![nearly(word, &long)?]))));
    let is_shown = |word: &str| places.listings.iter().any(|listing| listing.as_str().contains(word));
    for (text, range, meant) in found {
        let Some(word) = text.as_str().get(range.clone()).filter(|word| !is_shown(word)) else { continue };
        sink.extend(finding(text, range.clone(), word, &meant));
    }
}

/// Roughly how often words were heard: those that share a place count together.
struct Heard(Vec<u8>);

impl Default for Heard {
    fn default() -> Heard {
        Heard(vec![0; Heard::PLACES])
    }
}

impl Heard {
    const PLACES: usize = 1 << 14;

    fn count(&mut self, number: u64) {
        if let Some(count) = self.0.get_mut(number as usize % Heard::PLACES) {
            *count = count.saturating_add(1);
        }
    }

    /// Whether a word that was heard certainly was not heard again.
    fn is_single(&self, word: &str) -> bool {
        self.0.get(hash(word.as_bytes()) as usize % Heard::PLACES) == Some(&1)
    }
}

/// The word that one which stands once is a slip of: a letter is another one, too many or missing, or two changed places.
fn nearly<'a>(word: &str, long: &[&'a str]) -> Option<&'a str> {
    let small = word.to_ascii_lowercase();
    let ending = small.as_bytes().last_chunk::<ENDING>()?;
    let is_alike = |other: &str| {
        other.as_bytes().last_chunk() == Some(ending)
            && other.len().abs_diff(small.len()) <= 1
            && other.starts_with(|c: char| c.is_ascii_lowercase())
    };
    let is_near = |other: &str| is_alike(other) && other != small && slips_at_most(other, &small, 1);
    let near: Vec<&str> = long.iter().copied().filter(|other| is_near(other)).collect();
    let (first, rest) = near.split_first()?;
    (near.len() >= OFTEN && rest.iter().all(|other| other == first)).then_some(*first)
}

/// The words of a text, with their places in it.
pub(super) fn words_of(text: &MappedText) -> impl Iterator<Item = (&MappedText, Range<usize>, &str)> {
    words(text.as_str()).filter_map(move |range| Some((text, range.clone(), text.as_str().get(range)?)))
}

fn finding(text: &MappedText, range: Range<usize>, word: &str, meant: &[&str]) -> Option<Finding> {
    let meant: Vec<String> = meant.iter().map(|meant| as_written(meant, word)).collect();
    let listed = meant.iter().map(|meant| format!("`{meant}`")).collect::<Vec<_>>().join(" or ");
    let own = text.own_span(range.clone());
    let span = text.slice(range).whole()?;
    let finding = Finding::new(RULE.name, span, format!("`{word}` is misspelt")).help(format!("write {listed}"));
    Some(match (meant.as_slice(), own) {
        ([meant], Some(place)) => finding.fix(rewritten(place, meant, true)),
        _ => finding,
    })
}

/// A word with the capital letter that another one has.
pub(super) fn as_written(meant: &str, word: &str) -> String {
    let mut letters = meant.chars();
    match (word.starts_with(|c: char| c.is_ascii_uppercase()), letters.next()) {
        (true, Some(first)) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        _ => meant.to_owned(),
    }
}

/// The words of a text that are of letters alone, in small letters but perhaps for the first.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let start = at + rest.iter().position(|byte| sort(*byte) != Sort::Between)?;
            let rest = bytes.get(start..)?;
            let small = rest.iter().skip(1).take_while(|byte| sort(**byte) == Sort::Small).count();
            let end = start + 1 + small;
            let is_possessive = bytes.get(end..).is_some_and(|rest| rest.starts_with(b"'s"));
            let after = if is_possessive { end + 2 } else { end };
            let others = bytes.get(after..).map_or(0, |rest| rest.iter().take_while(|byte| is_of_word(**byte)).count());
            at = after + others;
            if others == 0 && end - start >= SHORTEST {
                return Some(start..end);
            }
        }
    })
}

/// What a byte is for words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A small letter.
    Small,
    /// A capital letter.
    Capital,
    /// What may belong to a name: digits, apostrophes, letters with accents.
    OfName,
    /// What stands between words.
    Between,
}

/// What each byte is.
const SORTS: [Sort; 256] = {
    let mut sorts = [Sort::OfName; 256];
    let mut byte = 0;
    while byte < 128 {
        sorts[byte] = match byte as u8 {
            b'a'..=b'z' => Sort::Small,
            b'A'..=b'Z' => Sort::Capital,
            b'0'..=b'9' | b'_' | b'\'' => Sort::OfName,
            _ => Sort::Between,
        };
        byte += 1;
    }
    sorts
};

fn sort(byte: u8) -> Sort {
    SORTS.get(usize::from(byte)).copied().unwrap_or(Sort::Between)
}

/// Whether a byte may belong to a word or a name.
fn is_of_word(byte: u8) -> bool {
    sort(byte) != Sort::Between
}

/// Whether a word, of small letters but perhaps for the first one of a sentence, is an ordinary one: no part of a name, an
/// address or code.
pub(super) fn is_ordinary(text: &MappedText, word: &Range<usize>) -> bool {
    let (bytes, start, end) = (text.as_str().as_bytes(), word.start, word.end);
    let around = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied();
    let (before, after) = (around(start.checked_sub(1)), around(Some(end)));
    let is_joined = |byte: Option<u8>| byte.is_some_and(|byte| b"/@#&-<>=\"{}[]$%\\".contains(&byte));
    // A dot or colon within a name has a letter behind it.
    let is_within =
        matches!(after, Some(b'.' | b':')) && around(Some(end + 1)).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let came_from = matches!(before, Some(b'.' | b':'));
    let first = around(Some(start)).map_or(Sort::Between, sort);
    let is_word = first == Sort::Small || first == Sort::Capital && begins_sentence(bytes, start);
    is_word && !is_joined(before) && !is_joined(after) && !is_within && !came_from
}

/// Whether a sentence begins at a place: nothing, or the end of another one, is before it.
fn begins_sentence(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default().trim_ascii_end();
    before.last().is_none_or(|byte| b".!?".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{is_ordinary, words_of};
    use crate::source::{MappedText, Sources};

    #[test]
    fn ordinary_words_are_looked_up() {
        let text = "Sended to Recieved. Recieved, 'acces' and <acces/> or urn:acces:acces, acces-list; \"acces\" it's \
                    wether, sended's. Acces2 \u{e4}cces accesX";
        let mut sources = Sources::default();
        let file = sources.add("t", text);
        let text = MappedText::verbatim(&sources, sources.whole(file));
        let ordinary = words_of(&text).filter(|(text, range, _)| is_ordinary(text, range));
        let found: Vec<&str> = ordinary.map(|(.., word)| word).collect();
        assert_eq!(found, ["Sended", "Recieved", "wether", "sended"]);
    }
}
