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

use super::misspellings::corrections;
use super::slips::{OwnPlaces, rewritten};
use super::{Context, Rule, places};
use crate::finding::{Finding, Severity, Sink};
use crate::source::MappedText;
use crate::xml::parse::slips_at_most;
use std::collections::HashMap;
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
    let texts = places.prose.iter().copied().chain([&header.title, &header.abstract_]);
    let mut right = Counted::new();
    let mut found: Vec<Misspelt<'_>> = Vec::new();
    for text in texts {
        for (range, word) in words_of(text) {
            if let Some(count) = right.get_mut(word) {
                *count += 1;
                continue;
            }
            match corrections(word) {
                Some(meant) => found.push((text, range, meant)),
                None => _ = right.insert(word, 1),
            }
        }
    }
    found.extend(places.titles.iter().flat_map(|title| of_title(title, &right)));
    let is_shown = |word: &str| places.listings.iter().any(|listing| listing.as_str().contains(word));
    for (text, range, meant) in found {
        let Some(word) = text.as_str().get(range.clone()).filter(|word| !is_shown(word)) else { continue };
        sink.extend(finding(text, range.clone(), word, &meant));
    }
}

/// How often words stand that are in no list.
type Counted<'a> = HashMap<&'a str, usize>;

/// The words of a heading or caption that are nearly words of the document.
fn of_title<'a>(title: &'a MappedText, counted: &Counted<'a>) -> Vec<Misspelt<'a>> {
    let nearly = |(range, word): (Range<usize>, &str)| Some((title, range, vec![nearly(word, counted)?]));
    words_of(title).filter_map(nearly).collect()
}

/// The word that one which stands once is a slip of: a letter is another one, too many or missing, or two changed places.
fn nearly<'a>(word: &str, counted: &Counted<'a>) -> Option<&'a str> {
    let small = word.to_ascii_lowercase();
    let times = |word: &str| counted.get(word).copied().unwrap_or(0);
    let all = times(word) + if small == word { 0 } else { times(&small) };
    if word.len() < LONG || all != 1 {
        return None;
    }
    let ending = small.get(small.len() - ENDING..)?;
    let is_word = |other: &str| other.len() >= LONG && other.starts_with(|c: char| c.is_ascii_lowercase());
    let is_near = |other: &str| is_word(other) && other.ends_with(ending) && slips_at_most(other, &small, 1);
    let mut near = counted.iter().filter(|(other, count)| **count >= OFTEN && is_near(other));
    near.next().map(|(other, _)| *other).filter(|_| near.next().is_none())
}

/// The ordinary words of a text, with their places in it.
fn words_of(text: &MappedText) -> impl Iterator<Item = (Range<usize>, &str)> {
    words(text.as_str()).filter_map(|range| Some((range.clone(), text.as_str().get(range)?)))
}

fn finding(text: &MappedText, range: Range<usize>, word: &str, meant: &[&str]) -> Option<Finding> {
    let meant: Vec<String> = meant.iter().map(|meant| as_written(meant, word)).collect();
    let listed = meant.iter().map(|meant| format!("`{meant}`")).collect::<Vec<_>>().join(" or ");
    let span = text.slice(range).whole()?;
    let finding = Finding::new(RULE.name, span, format!("`{word}` is misspelt")).help(format!("write {listed}"));
    let own = OwnPlaces::of(text, word).within(span);
    Some(match (meant.as_slice(), own) {
        ([meant], Some(place)) => finding.fix(rewritten(place, meant, true)),
        _ => finding,
    })
}

/// A word with the capital letter that another one has.
fn as_written(meant: &str, word: &str) -> String {
    let mut letters = meant.chars();
    match (word.starts_with(|c: char| c.is_ascii_uppercase()), letters.next()) {
        (true, Some(first)) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        _ => meant.to_owned(),
    }
}

/// The words of a text that are ordinary ones: of letters alone, in small letters but for the first one of a sentence, and
/// no parts of names, addresses or code.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at + bytes.iter().skip(at).take_while(|byte| !is_of_word(**byte)).count();
            let end = start + bytes.iter().skip(start).take_while(|byte| is_of_word(**byte)).count();
            at = end;
            let is_possessive = bytes.get(start..end).is_some_and(|word| word.ends_with(b"'s"));
            let end = if is_possessive { end - 2 } else { end };
            if end - start >= SHORTEST && is_ordinary(bytes, start, end) {
                return Some(start..end);
            }
        }
        None
    })
}

/// Whether a byte may belong to a word or a name.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\'') || !byte.is_ascii()
}

fn is_ordinary(bytes: &[u8], start: usize, end: usize) -> bool {
    let around = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied();
    let (before, after) = (around(start.checked_sub(1)), around(Some(end)));
    let is_joined = |byte: Option<u8>| byte.is_some_and(|byte| b"/@#&-<>=\"{}[]$%\\".contains(&byte));
    // A dot or colon within a name has a letter behind it.
    let goes_on =
        matches!(after, Some(b'.' | b':')) && around(Some(end + 1)).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let came_from = matches!(before, Some(b'.' | b':'));
    let Some((first, rest)) = bytes.get(start..end).and_then(<[u8]>::split_first) else { return false };
    let is_word = first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase);
    let is_name = first.is_ascii_uppercase() && !begins_sentence(bytes, start);
    is_word && !is_name && !is_joined(before) && !is_joined(after) && !goes_on && !came_from
}

/// Whether a sentence begins at a place: nothing, or the end of another one, is before it.
fn begins_sentence(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default().trim_ascii_end();
    before.last().is_none_or(|byte| b".!?".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn ordinary_words_are_looked_up() {
        let text = "Sended to Recieved. Recieved, 'acces' and <acces/> or urn:acces:acces, acces-list; \"acces\" it's wether, sended's.";
        let found: Vec<&str> = words(text).filter_map(|range| text.get(range)).collect();
        assert_eq!(found, ["Sended", "Recieved", "wether", "sended"]);
    }
}
