//! # near-miss-address
//!
//! An address is nearly one that the document uses elsewhere.
//!
//! ## What it does
//!
//! Takes the addresses in the examples: who sends, who receives, who is named. Tells one that stands once or twice where the document
//! has another one at least twice as often that differs in a letter or two of a longer name; and one in a stanza that goes back where
//! the one before it came from, but for such a slip.
//!
//! ## Why it matters
//!
//! Readers follow a story by who speaks. A name with a slip is a new person, and an answer from there goes astray.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>One.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Two.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Three.</body></message>
//!
//! <message from='ingrichard@royalty.england.example' to='henry@lancaster.example'><body>Four.</body></message>
//! ```
//!
//! ```xml
//! <message from='henry@lancaster.example' to='ingrichard@royalty.england.example'><body>One.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Two.</body></message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>One.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Two.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Three.</body></message>
//!
//! <message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>Four.</body></message>
//! ```
//!
//! ## Source
//!
//! - XEP-0143, 3: <https://xmpp.org/extensions/xep-0143.html>

use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::Element;
use crate::xml::parse::slips_at_most;
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "near-miss-address",
    severity: Severity::Warning,
    source: include_str!("near_miss_address.rs"),
    check: Some(check),
};

/// The attributes that hold addresses.
const ATTRIBUTES: [&str; 4] = ["by", "from", "jid", "to"];

/// How often an address may stand that is a slip.
const SELDOM: usize = 2;

/// How much more often the right one stands.
const TIMES: usize = 2;

/// How many addresses a document may have that tells a story; each is held against all others.
const MOST: usize = 1000;

/// The shortest name in which one letter is a slip, and the shortest in which two are.
const SHORT: usize = 5;
const LONG: usize = 10;

/// Where an address stands: the place, and the example.
type Places<'a> = Vec<(Span, &'a str)>;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut addresses: BTreeMap<&str, Places<'_>> = BTreeMap::new();
    for example in context.meant_right() {
        for attribute in example.elements().flat_map(Element::descendants).flat_map(|element| &element.attributes) {
            let value = attribute.value.as_str();
            if ATTRIBUTES.contains(&attribute.name.local.as_str()) && stanzas::is_written_out(value) {
                let bare = value.split('/').next().unwrap_or(value);
                addresses.entry(bare).or_default().push((attribute.value_span, &example.id));
            }
        }
    }
    if addresses.len() <= MOST {
        against_often(&addresses, sink);
    }
    there_and_back(context, &addresses, sink);
}

/// Addresses that stand seldom where another one stands often.
fn against_often(addresses: &BTreeMap<&str, Places<'_>>, sink: &mut Sink) {
    // What is no address at all is told already.
    let told: Vec<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    for (address, places) in addresses.iter().filter(|(_, places)| places.len() <= SELDOM) {
        let often = addresses.iter().filter(|(_, others)| others.len() >= places.len() * TIMES);
        let meant = often.filter(|(other, _)| is_nearly(address, other)).max_by_key(|(_, others)| others.len());
        let Some((meant, others)) = meant else { continue };
        for (span, example) in places.iter().filter(|(span, _)| !told.contains(span)) {
            let finding = Finding::new(RULE.name, *span, format!("`{address}` is nearly `{meant}`"));
            let finding = finding.help(format!("write `{meant}`, if that is meant: it stands {} times", others.len()));
            sink.extend_in(example, [finding]);
        }
    }
}

/// The address of a stanza, without what follows the slash.
fn bare<'a>(stanza: &Stanza<'a>, name: &str) -> Option<&'a str> {
    stanza.value(name)?.split('/').next()
}

/// Stanzas one behind the other that go between two addresses and back, of which one has a slip: it cannot be told in which. Two
/// that stand more often are two.
fn there_and_back(context: &Context<'_>, addresses: &BTreeMap<&str, Places<'_>>, sink: &mut Sink) {
    let told: BTreeSet<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    let shown = stanzas::shown(context);
    for (first, second) in shown.iter().zip(shown.iter().skip(1)) {
        let same_section = first.example.sections.first() == second.example.sections.first();
        for (own, other) in [("from", "to"), ("to", "from")] {
            let is_pair = same_section && bare(first, own).is_some() && bare(first, own) == bare(second, other);
            let (Some(there), Some(back)) = (bare(first, other), bare(second, own)) else { continue };
            let (span, place) = (first.place(other), second.place(own));
            let is_seldom = [there, back].iter().all(|one| addresses.get(one).is_none_or(|all| all.len() <= SELDOM));
            if is_pair && is_seldom && is_nearly(there, back) && !told.contains(&span) && !told.contains(&place) {
                let finding = Finding::new(RULE.name, place, format!("`{back}` is nearly `{there}`"));
                let finding =
                    finding.related(span, "in the stanza before").help("write the same in both, if that is meant");
                sink.extend_in(&second.example.id, [finding]);
            }
        }
    }
}

/// Whether two addresses differ by a slip in one of their parts.
fn is_nearly(one: &str, other: &str) -> bool {
    let (local, domain) = parts(one);
    let (other_local, other_domain) = parts(other);
    match (local == other_local, domain == other_domain) {
        (false, true) => slips(local, other_local),
        (true, false) => slips(domain, other_domain),
        _ => false,
    }
}

fn parts(address: &str) -> (&str, &str) {
    address.split_once('@').unwrap_or(("", address))
}

/// Whether two words are one with a slip. What differs in a number differs on purpose.
fn slips(one: &str, other: &str) -> bool {
    let shortest = one.len().min(other.len());
    let limit = usize::from(shortest >= SHORT) + usize::from(shortest >= LONG);
    let letters = |word: &str| word.replace(|c: char| c.is_ascii_digit(), "");
    limit > 0 && letters(one) != letters(other) && slips_at_most(one, other, limit)
}
