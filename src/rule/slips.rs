//! What rules that tell slips of the pen share: the change that mends one.

use super::{Context, places};
use crate::document::Document;
use crate::finding::{Edit, Fix};
use crate::source::{MappedText, Span};
use std::collections::{HashMap, HashSet};

/// The places where a word stands in a text letter by letter. A word that comes out of an entity, even in part, is to be mended
/// where that is declared, and has none.
pub(super) struct OwnPlaces(Vec<Span>);

impl OwnPlaces {
    /// Those of a word in a text.
    pub(super) fn of(text: &MappedText, word: &str) -> OwnPlaces {
        let found = text.as_str().match_indices(word);
        let mut places: Vec<Span> = found.filter_map(|(at, _)| text.own_span(at..at + word.len())).collect();
        places.sort_by_key(|span| (span.file, span.start));
        OwnPlaces(places)
    }

    /// The first one within a span.
    pub(super) fn within(&self, whole: Span) -> Option<Span> {
        let first = self.0.partition_point(|span| (span.file, span.start) < (whole.file, whole.start));
        self.0.get(first).copied().filter(|span| whole.contains(*span))
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> &[Span] {
        &self.0
    }
}

/// The change that writes `meant` at a place.
pub(super) fn rewritten(place: Span, meant: &str, is_safe: bool) -> Fix {
    let edit = Edit { span: place, text: meant.to_owned() };
    Fix { safe: is_safe, message: format!("write `{meant}`"), edits: vec![edit] }
}

/// A name without its numbers: names that differ in these alone, `sha-256` and `sha-512`, differ on purpose.
pub(super) fn letters(name: &str) -> String {
    name.replace(|c: char| c.is_ascii_digit(), "")
}

/// The words of the running text of a document, addresses without what follows a `/` among them.
pub(super) fn words(document: &Document) -> HashSet<&str> {
    places::of_all(document).texts.into_iter().flat_map(words_of).collect()
}

/// How often each of such words stands in the running text and the examples of a document.
pub(super) fn times_written(document: &Document) -> HashMap<&str, usize> {
    let places = places::of_all(document);
    let mut times = HashMap::new();
    for word in places.texts.into_iter().chain(places.listings).flat_map(words_of) {
        *times.entry(word).or_default() += 1;
    }
    times
}

fn words_of(text: &MappedText) -> impl Iterator<Item = &str> {
    let is_end = |c: char| c.is_whitespace() || "'\"<>(),;/\u{2018}\u{2019}\u{201c}\u{201d}".contains(c);
    text.as_str().split(is_end).map(|word| word.trim_end_matches(['.', ':', '!', '?']))
}

/// How often names of elements stand in the examples of a document, and as tags in its running text, where the names of many are
/// also ordinary words.
pub(super) fn times_named<'n>(context: &Context<'_>, names: impl Iterator<Item = &'n str>) -> HashMap<&'n str, usize> {
    let mut times: HashMap<&str, usize> = names.map(|name| (name, 0)).collect();
    if !times.is_empty() {
        let places = places::of_all(context.document);
        places.listings.iter().for_each(|text| count(words_of_xml(text.as_str()), &mut times));
        places.texts.iter().for_each(|text| count(tags(text.as_str()), &mut times));
    }
    times
}

fn count<'t>(words: impl Iterator<Item = &'t str>, times: &mut HashMap<&str, usize>) {
    for word in words {
        if let Some(count) = times.get_mut(word) {
            *count += 1;
        }
    }
}

fn words_of_xml(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_no_name).map(|word| word.trim_matches(['-', '.', ':']))
}

/// The names behind `<` and `</`.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split('<').skip(1).map(|text| text.strip_prefix('/').unwrap_or(text));
    behind.filter_map(|text| text.split(is_no_name).next())
}

fn is_no_name(c: char) -> bool {
    !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_longer_one_is_another() {
        let mut times = HashMap::from([("body", 0), ("x:y", 0)]);
        count(words_of_xml("<body>a</body> <bodys/> some-body, <x:y/> body. The body: x"), &mut times);
        assert_eq!(times, HashMap::from([("body", 4), ("x:y", 1)]));
        assert_eq!(tags("A body in <body>, </x:y> and <a/>").collect::<Vec<_>>(), ["body", "x:y", "a"]);
    }
}
