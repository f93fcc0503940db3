//! # unknown-namespace
//!
//! A namespace in an example is nobody's, and nearly that of a specification.
//!
//! ## What it does
//!
//! Takes the namespaces that examples declare or name (as a feature, the type of a form, ...), and that neither the RFCs nor this
//! document nor any XEP of the series defines. Tells those that differ in a letter or two, in a part like `protocol/`, or in the host or
//! scheme alone, from one that is defined or stands in the document more than once. What the running text of the document names is
//! meant as it stands, unless the document itself defines the other one.
//!
//! ## Why it matters
//!
//! An element in another namespace is another element: who copies the example gets no answer.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanza'/>
//!   </error>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 4.8.4: <https://www.rfc-editor.org/rfc/rfc6120#section-4.8.4>
//! - Registry of namespaces: <https://xmpp.org/registrar/namespaces.html>

use super::namespaces::{self, OF_RFCS, parted, tail};
use super::slips::{self, OwnPlaces, letters};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::parse::slips_at_most;
use std::collections::{BTreeSet, HashMap};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-namespace",
    severity: Severity::Error,
    source: include_str!("unknown_namespace.rs"),
    check: Some(check),
};

/// The shortest end of a name that says by itself which namespace is meant, whatever it begins with.
const LONG_TAIL: usize = 8;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let unknown = namespaces::unknown(context);
    if unknown.is_empty() {
        return;
    }
    let own = namespaces::defined(context);
    let series = context.yardstick.neighbours.series.namespaces();
    let known: Vec<&str> = OF_RFCS.into_iter().chain(own.iter().map(String::as_str)).chain(series).collect();
    let named = namespaces::named(context);
    let names: BTreeSet<&str> = unknown.iter().map(|used| used.name).collect();
    let here = namespaces::meant_here(context);
    let certain = |name| meant(name, &known);
    let likely = |name| meant_here(name, here).or_else(|| begins(name, &known)).map(|meant| (meant, false));
    let meant: HashMap<&str, (&str, bool)> =
        names.into_iter().filter_map(|name| Some((name, certain(name).or_else(|| likely(name))?))).collect();
    let mut places: HashMap<(&str, &str), OwnPlaces> = HashMap::new();
    for used in unknown {
        let Some(&(meant, is_only)) = meant.get(used.name) else { continue };
        // What the text of another document's user names is meant; one that defines the other namespace has a slip in both.
        if named.contains(used.name) && !own.contains(meant) {
            continue;
        }
        let message = format!("`{}` is defined nowhere, and nearly `{meant}`", used.name);
        let mut finding = Finding::new(RULE.name, used.span, message);
        let own = places.entry((&used.example.id, used.name));
        let own = own.or_insert_with(|| OwnPlaces::of(&used.example.text, used.name));
        finding.fix =
            own.within(used.span).map(|place| slips::rewritten(place, meant, is_only && !named.contains(used.name)));
        sink.extend_in(&used.example.id, [finding.help(format!("write `{meant}`, if that is meant"))]);
    }
}

/// The namespace that is nearly the same but for its version: with that version if there is one, else the newest. And whether
/// no other can be meant: none is as near, and it has that version.
fn meant<'k>(name: &str, known: &[&'k str]) -> Option<(&'k str, bool)> {
    let (stem, version) = parted(name);
    // Another version is told by another rule.
    if known.iter().any(|known| parted(known).0 == stem) {
        return None;
    }
    let is_near = |known: &&&str| is_nearly(stem, parted(known).0);
    let near: Vec<&str> = known.iter().filter(is_near).copied().collect();
    let stems: BTreeSet<&str> = near.iter().map(|known| parted(known).0).collect();
    let meant = near.into_iter().max_by_key(|known| (parted(known).1 == version, parted(known).1))?;
    Some((meant, stems.len() == 1 && parted(meant).1 == version))
}

/// The namespace of the same document that is the same but for one slip, however short its words are.
fn meant_here<'k>(name: &str, here: &'k BTreeSet<String>) -> Option<&'k str> {
    let is_near = |known: &&str| letters(known) != letters(name) && slips_at_most(name, known, 1);
    // What stands often itself is meant.
    here.iter().map(String::as_str).find(is_near).filter(|_| !here.contains(name))
}

/// The namespace whose beginning has a slip.
fn begins<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let mended = namespaces::mended_start(name)?;
    known.iter().copied().find(|known| *known == mended)
}

fn is_nearly(one: &str, other: &str) -> bool {
    let (word, other_word) = different(one, other);
    // Short words are near each other by chance.
    let limit = match word.len().min(other_word.len()) {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    let is_slip = limit > 0 && slips_at_most(word, other_word, limit);
    let is_other_start = tail(one) == tail(other) && tail(one).len() >= LONG_TAIL;
    let is_near = is_slip || is_other_start || without_part(one) == without_part(other);
    one != other && is_near && letters(one) != letters(other)
}

/// What is left of two names without the parts that they begin and end with alike.
fn different<'n>(one: &'n str, other: &'n str) -> (&'n str, &'n str) {
    let is_end = |c: char| matches!(c, '/' | ':' | '#');
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let start = one.get(..same).unwrap_or("").rfind(is_end).map_or(0, |at| at + 1);
    let (one, other) = (one.get(start..).unwrap_or(one), other.get(start..).unwrap_or(other));
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let shared = one.get(one.len() - same..).unwrap_or("");
    let behind = shared.find(is_end).map_or(0, |at| shared.len() - at);
    (one.get(..one.len() - behind).unwrap_or(one), other.get(..other.len() - behind).unwrap_or(other))
}

/// The name as where it begins and the rest, without the part that some are written with and some without.
fn without_part(name: &str) -> (&str, &str) {
    for (start, part) in [("http://jabber.org/", "protocol/"), ("urn:xmpp:", "protocol:")] {
        if let Some(rest) = name.strip_prefix(start) {
            return (start, rest.strip_prefix(part).unwrap_or(rest));
        }
    }
    ("", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_or_a_part_may_differ() {
        let known = [
            "http://jabber.org/protocol/sipub",
            "urn:xmpp:sid:0",
            "urn:xmpp:sid:1",
            "urn:xmpp:hash-function:3",
            "urn:xmpp:sticker#presence:0",
        ];
        for (name, expected) in [
            ("http://jabber.org/protocol/si-pub", Some(("http://jabber.org/protocol/sipub", true))),
            ("http://jabber.org/sipub", Some(("http://jabber.org/protocol/sipub", true))),
            ("urn:xmpp:hash-funktion:0", Some(("urn:xmpp:hash-function:3", false))),
            ("urn:xmpp:stickers#presence:0", Some(("urn:xmpp:sticker#presence:0", true))),
            ("http://xmpp.org/protocol/sipub", Some(("http://jabber.org/protocol/sipub", true))),
            ("run:xmpp:hash-function:3", Some(("urn:xmpp:hash-function:3", true))),
            ("urn:xmpphash-function:3", Some(("urn:xmpp:hash-function:3", true))),
            ("urn:xmpp:ssid:0", None),
            ("urn:xmpp:sid:7", None),
            ("urn:xmpp:asyd:0", None),
        ] {
            assert_eq!(meant(name, &known), expected, "{name}");
        }
    }
}
