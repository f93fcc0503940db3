//! # british-spelling
//!
//! A word is spelled in British English.
//!
//! ## What it does
//!
//! Looks for common technical words in British spelling in running text, headings and captions, such
//! as `serialise`, `behaviour` and `centre`. Words of a fixed list only, and none in examples, in code, between quotation marks or in names.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! XEPs are written in American English, and the editor changes what is not.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! A client serialises the element.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Case {#case}
//!
//! A client serializes the element.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, XEP Styleguide: <https://xmpp.org/extensions/xep-0143.html#styleguide>

use super::misspelt_word::{as_written, is_ordinary, words_of};

use super::{Context, Rule, places};
use crate::finding::{Edit, Finding, Fix, Severity, Sink};
use crate::source::Span;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "british-spelling",
    severity: Severity::Info,
    source: include_str!("british_spelling.rs"),
    check: Some(check),
};

/// Stems of verbs in `-ize`, with the nouns that come from them. Not here: words that are spelled alike everywhere, such as
/// `advertise`, `exercise` and `revise`.
const IZE: [&str; 43] = [
    "anonym",
    "author",
    "canonical",
    "capital",
    "categor",
    "central",
    "character",
    "custom",
    "decentral",
    "emphas",
    "final",
    "formal",
    "general",
    "global",
    "harmon",
    "initial",
    "item",
    "local",
    "material",
    "maxim",
    "memor",
    "minim",
    "modern",
    "modular",
    "normal",
    "optim",
    "organ",
    "parameter",
    "priorit",
    "pseudonym",
    "random",
    "real",
    "recogn",
    "sanit",
    "serial",
    "special",
    "standard",
    "summar",
    "synchron",
    "token",
    "util",
    "virtual",
    "visual",
];

/// What follows the `s` of such a word.
const AFTER_S: [&str; 11] = ["e", "ed", "es", "er", "ers", "ing", "able", "ation", "ations", "ational", "ationally"];

/// Words in `-or`, without their ending.
const OR: [&str; 8] = ["behavi", "col", "endeav", "fav", "flav", "hon", "neighb", "rum"];

/// What follows such a word.
const AFTER_OR: [&str; 13] = ["", "s", "ed", "ing", "able", "ably", "al", "ally", "ful", "ite", "ites", "hood", "less"];

/// Other words, whole.
const WHOLE: [(&str, &str); 17] = [
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("analysing", "analyzing"),
    ("artefact", "artifact"),
    ("artefacts", "artifacts"),
    ("centre", "center"),
    ("centred", "centered"),
    ("centres", "centers"),
    ("defence", "defense"),
    ("defences", "defenses"),
    ("enrol", "enroll"),
    ("enrolment", "enrollment"),
    ("fulfil", "fulfill"),
    ("fulfils", "fulfills"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("offence", "offense"),
];

/// What stands before a stem in longer words.
const BEFORE: [&str; 7] = ["de", "dis", "mis", "non", "re", "un", "over"];

/// Where a word is written.
struct Place {
    span: Span,
    /// Where the author wrote it letter by letter.
    own: Option<Span>,
    /// The American spelling, with the capital letter of the word.
    meant: String,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let places = places::of_body(context.document);
    let is_shown = |word: &str| places.listings.iter().any(|listing| listing.as_str().contains(word));
    let mut found: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for text in places.prose.iter().copied().chain([&header.title, &header.abstract_]) {
        for (text, range, word) in words_of(text) {
            let small = word.to_ascii_lowercase();
            let Some(meant) = american(&small).filter(|_| is_ordinary(text, &range) && !is_shown(word)) else {
                continue;
            };
            let own = text.own_span(range.clone());
            let Some(span) = text.span(range) else { continue };
            let place = Place { span, own, meant: as_written(&meant, word) };
            found.entry(small).or_default().push(place);
        }
    }
    sink.extend(found.into_iter().filter_map(|(word, places)| told(&word, places)));
}

/// What is told of a word, at the first place where it is written.
fn told(word: &str, mut places: Vec<Place>) -> Option<Finding> {
    places.sort_by_key(|place| (place.span.file, place.span.start));
    let first = places.first()?;
    let message = format!("`{word}` is British spelling");
    let finding = Finding::new(RULE.name, first.span, message).help(format!("write `{}`", first.meant));
    let finding = match places.len() {
        1 => finding,
        number => finding.note(format!("the document has it at {number} places")),
    };
    let edits = places.iter().map(|place| Some(Edit { span: place.own?, text: place.meant.clone() }));
    let edits: Option<Vec<Edit>> = edits.collect();
    Some(match edits {
        Some(edits) => finding.fix(Fix { safe: true, message: format!("write `{}`", first.meant), edits }),
        None => finding,
    })
}

/// The American spelling of a word in small letters, if it is one of ours in British spelling.
fn american(word: &str) -> Option<String> {
    spelled(word).or_else(|| {
        let shorter =
            BEFORE.iter().filter_map(|before| Some((before, word.strip_prefix(before)?.trim_start_matches('-'))));
        shorter.filter_map(|(before, rest)| Some(format!("{before}{}", spelled(rest)?))).next()
    })
}

fn spelled(word: &str) -> Option<String> {
    let whole = WHOLE.iter().find(|(british, _)| *british == word).map(|(_, american)| (*american).to_owned());
    whole.or_else(|| ending(word, &IZE, "is", &AFTER_S, "iz")).or_else(|| ending(word, &OR, "our", &AFTER_OR, "or"))
}

/// A word that is a stem, `british` and an ending, with `american` instead.
fn ending(word: &str, stems: &[&str], british: &str, endings: &[&str], american: &str) -> Option<String> {
    stems.iter().find_map(|stem| {
        let end = word.strip_prefix(stem)?.strip_prefix(british)?;
        endings.contains(&end).then(|| format!("{stem}{american}{end}"))
    })
}

#[cfg(test)]
mod tests {
    use super::american;

    #[test]
    fn british_words_have_an_american_spelling() {
        let check = |word: &str, expected: Option<&str>| assert_eq!(american(word).as_deref(), expected, "{word}");
        check("serialised", Some("serialized"));
        check("deserialisation", Some("deserialization"));
        check("unrecognised", Some("unrecognized"));
        check("recognisable", Some("recognizable"));
        check("behaviours", Some("behaviors"));
        check("unfavourable", Some("unfavorable"));
        check("reanalysed", Some("reanalyzed"));
        check("centre", Some("center"));
        for word in ["analyses", "realist", "advertise", "promise", "optimism", "minimum", "our", "organism", "hours"] {
            check(word, None);
        }
    }
}
