//! # unknown-hash-function
//!
//! A hash function has a name that is not registered.
//!
//! ## What it does
//!
//! Takes the names of hash functions in `hash` elements, in entity capabilities and in the features that announce them, and holds them
//! against the registry of the IANA and XEP-0300. Tells names that look like those of a hash function: `sha-11`, `sha1`.
//!
//! ## Why it matters
//!
//! Programs compare the name character by character. A hash whose function nobody knows cannot be verified.
//!
//! ## Wrong
//!
//! ```xml
//! <message to='juliet@capulet.example'>
//!   <hash xmlns='urn:xmpp:hashes:2' algo='sha-11'>2AfMGH8O7UNPTvUVAM9aK13mpCY=</hash>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message to='juliet@capulet.example'>
//!   <hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>2AfMGH8O7UNPTvUVAM9aK13mpCY=</hash>
//! </message>
//! ```
//!
//! ## Source
//!
//! - XEP-0300, 4: <https://xmpp.org/extensions/xep-0300.html#functions>
//! - Hash Function Textual Names: <https://www.iana.org/assignments/hash-function-text-names>

use super::typed::{self, Type};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::Element;
use crate::xml::parse::distance_at_most;
use crate::xmpp::hash;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-hash-function",
    severity: Severity::Warning,
    source: include_str!("unknown_hash_function.rs"),
    check: Some(check),
};

/// The longest name that may be near another one by chance.
const SHORT: usize = 5;

/// What stands before a name in the feature that announces it.
const FEATURE: &str = "urn:xmpp:hash-function-text-names:";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            let named = typed::values(element, Type::HashName);
            let found = named.iter().filter_map(|value| finding(value.text.as_str(), value.span));
            sink.extend_in(&example.id, found);
            let feature = element.attribute("var").filter(|_| element.name.local == "feature");
            let name = feature.and_then(|var| Some((var.value.as_str().strip_prefix(FEATURE)?, var.value_span)));
            sink.extend_in(&example.id, name.and_then(|(name, span)| finding(name, span)));
        }
    }
}

fn finding(name: &str, span: Span) -> Option<Finding> {
    let meant = meant(name)?;
    let finding = Finding::new(RULE.name, span, format!("`{name}` is no registered hash function"));
    Some(finding.help(format!("write `{meant}`, if that is meant")))
}

/// The registered name that is meant by one that is not registered, if it looks like one.
fn meant(name: &str) -> Option<&'static str> {
    let is_registered = name.is_empty() || hash::registered().any(|known| known == name);
    let ways: [&dyn Fn(&str) -> bool; 4] = [
        &|known| plain(known) == plain(name),
        &|known| letters(known) == letters(name),
        &|known| distance_at_most(known, name, 1),
        &|known| distance_at_most(known, name, 2) && (family(known) == family(name) || name.len() > SHORT),
    ];
    let named = |is_meant: &dyn Fn(&str) -> bool| hash::registered().find(|known| is_meant(known));
    ways.into_iter().filter(|_| !is_registered).find_map(named)
}

/// The letters of a name in the order of the alphabet: those of two that were swapped are the same.
fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// A name as people also write it: `SHA1`, `id-blake2b256`.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("id-").unwrap_or(&name).replace(['-', '_', ' '], "")
}

/// The letters that a name begins with.
fn family(name: &str) -> &str {
    name.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_placeholders() {
        for (name, expected) in [
            ("sha-1", None),
            ("sha-11", Some("sha-1")),
            ("sha1", Some("sha-1")),
            ("SHA-256", Some("sha-256")),
            ("sha-265", Some("sha-256")),
            ("sah-256", Some("sha-256")),
            ("id-blake2b256", Some("blake2b-256")),
            ("hash-func", None),
            ("", None),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
    }
}
