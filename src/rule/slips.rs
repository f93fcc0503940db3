//! What rules that tell slips of the pen share: the change that mends one.

use super::{Context, places};
use crate::finding::{Edit, Fix};
use crate::source::{MappedText, Span};

/// Writes `meant` where `word` stands within a place of a text, if the author wrote it there letter by letter. A word that
/// comes out of an entity, even in part, is to be mended where that is declared.
pub(super) fn rewritten(text: &MappedText, word: &str, within: Span, meant: &str, is_safe: bool) -> Option<Fix> {
    let span = own_places(text, word).find(|span| within.contains(*span))?;
    let edit = Edit { span, text: meant.to_owned() };
    Some(Fix { safe: is_safe, message: format!("write `{meant}`"), edits: vec![edit] })
}

/// The places where a word stands in a text letter by letter.
pub(super) fn own_places<'t>(text: &'t MappedText, word: &'t str) -> impl Iterator<Item = Span> + use<'t> {
    text.as_str().match_indices(word).filter_map(|(at, _)| text.own_span(at..at + word.len()))
}

/// How often a name stands in the examples and the running text of a document.
pub(super) fn times_named(context: &Context<'_>, name: &str) -> usize {
    let places = places::of_all(context.document);
    let texts = places.texts.iter().chain(&places.listings);
    texts.map(|text| times_in(text.as_str(), name)).sum()
}

fn times_in(text: &str, name: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stands_alone = |(at, _): &(usize, &str)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    text.match_indices(name).filter(stands_alone).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_longer_one_is_another() {
        assert_eq!(times_in("<body>a</body> <bodys/> some-body, body.", "body"), 2);
        assert_eq!(times_in("body", "body"), 1);
    }
}
