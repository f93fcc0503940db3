//! # near-miss-address
//!
//! An address is nearly one that the document uses elsewhere.
//!
//! ## What it does
//!
//! Takes the addresses in the examples: who sends, who receives, who is named. Tells one that stands once or twice where the document
//! has another one at least twice as often that differs in a letter or two of a longer name. Two addresses with the same resource, or
//! both without one, that differ in one letter are one person, however often each stands; and so are two in a stanza and in the next
//! one, which goes back where that came from, but for such a slip.
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
//! <message from='thirdwitch@moorland.example/cauldron' to='moorland.example'><body>One.</body></message>
//!
//! <message from='moorland.example' to='thirdwitch@moorlnad.example/cauldron'><body>Two.</body></message>
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

use super::slips::{self, OwnPlaces};
use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::{MappedText, Span};
use crate::xml::Element;
use crate::xml::parse::slips_at_most;
use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// Where an address stands: the place, the attribute's value, and the example.
type Places<'a> = Vec<(Span, &'a MappedText, &'a str)>;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut full: BTreeMap<&str, Places<'_>> = BTreeMap::new();
    for example in context.meant_right() {
        for attribute in example.elements().flat_map(Element::descendants).flat_map(|element| &element.attributes) {
            let value = attribute.value.as_str();
            if ATTRIBUTES.contains(&attribute.name.local.as_str()) && stanzas::is_written_out(value) {
                full.entry(value).or_default().push((attribute.value_span, &attribute.value, &example.id));
            }
        }
    }
    if full.len() <= MOST {
        let mut addresses: BTreeMap<&str, Places<'_>> = BTreeMap::new();
        for (address, places) in &full {
            addresses.entry(bare(address)).or_default().extend(places);
        }
        seldom(&addresses, context, sink);
        twins(&full, sink);
        there_and_back(context, &addresses, sink);
    }
}

/// Tells bare addresses that stand seldom and are nearly one that stands often.
fn seldom(addresses: &BTreeMap<&str, Places<'_>>, context: &Context<'_>, sink: &mut Sink) {
    // What is no address at all is told already.
    let told: Vec<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    // What the text speaks of is meant.
    let spoken_of = LazyCell::new(|| slips::words(context.document));
    for (address, places) in addresses.iter().filter(|(_, places)| places.len() <= SELDOM) {
        let often = addresses.iter().filter(|(_, others)| others.len() >= places.len() * TIMES);
        let near: Vec<_> = often.filter(|(other, _)| is_nearly(address, other)).collect();
        let Some((meant, others)) = near.iter().max_by_key(|(_, others)| others.len()) else { continue };
        for (span, value, example) in places.iter().filter(|(span, ..)| !told.contains(span)) {
            let finding = Finding::new(RULE.name, *span, format!("`{address}` is nearly `{meant}`"));
            let mut finding =
                finding.help(format!("write `{meant}`, if that is meant: it stands {} times", others.len()));
            let is_safe = near.len() == 1 && is_one_letter(address, meant) && !spoken_of.contains(address);
            let place = OwnPlaces::of(value, address).within(*span);
            finding.fix = place.map(|place| slips::rewritten(place, meant, is_safe));
            sink.extend_in(example, [finding]);
        }
    }
}

/// An address with its places.
type Shown<'m, 'a> = (&'m str, &'m Places<'a>);

/// Tells addresses that have the resource of another one, or none as well, and differ in one letter.
fn twins(full: &BTreeMap<&str, Places<'_>>, sink: &mut Sink) {
    let mut told: HashSet<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    let mut by_resource: HashMap<&str, Vec<Shown<'_, '_>>> = HashMap::new();
    for (address, places) in full {
        let resource = address.split_once('/').map_or("", |(_, resource)| resource);
        let others = by_resource.entry(resource).or_default();
        for other in others.iter().filter(|other| is_twin(bare(address), bare(other.0))) {
            let (wrong, right) = in_order((address, places), *other);
            for (span, _, example) in wrong.1 {
                let finding = told.insert(*span).then(|| twin(wrong.0, *span, right));
                sink.extend_in(example, finding);
            }
        }
        others.push((address, places));
    }
}

/// Of two addresses first the one that is wrong: it stands less often, or later where both stand alike.
fn in_order<'m, 'a>(one: Shown<'m, 'a>, other: Shown<'m, 'a>) -> (Shown<'m, 'a>, Shown<'m, 'a>) {
    let weight = |(_, places): Shown<'_, '_>| (places.len(), Reverse(places.first().map(|place| place.0.start)));
    if weight(one) < weight(other) { (one, other) } else { (other, one) }
}

fn twin(wrong: &str, span: Span, (right, places): Shown<'_, '_>) -> Finding {
    let finding = Finding::new(RULE.name, span, format!("`{wrong}` is nearly `{right}`"));
    let finding = finding.help(format!("write `{right}`, if that is meant"));
    match places.first() {
        Some((place, ..)) => finding.related(*place, "the other one"),
        None => finding,
    }
}

fn bare(address: &str) -> &str {
    address.split('/').next().unwrap_or(address)
}

/// Whether two addresses differ in one letter of one of their parts, or in two that were swapped.
fn is_twin(one: &str, other: &str) -> bool {
    let ((local, domain), (other_local, other_domain)) = (parts(one), parts(other));
    // A word alone is no address of a story.
    if !domain.contains('.') {
        return false;
    }
    match (local == other_local, domain == other_domain) {
        (false, true) => local.len().min(other_local.len()) >= SHORT && is_one_letter(local, other_local),
        (true, false) => is_twin_domain(domain, other_domain),
        _ => false,
    }
}

/// Whether two domains differ in one letter of a long label, or lack one at the end.
fn is_twin_domain(one: &str, other: &str) -> bool {
    let labels = |domain: &str| domain.split('.').map(str::to_owned).collect::<Vec<String>>();
    let (mine, others) = (labels(one), labels(other));
    let mut different = mine.iter().zip(&others).enumerate().filter(|(_, (one, other))| one != other);
    let (Some((at, (label, other))), None) = (different.next(), different.next()) else { return false };
    let is_last = at + 1 == mine.len() && label.len() != other.len();
    let is_long = label.len().min(other.len()) >= SHORT;
    mine.len() == others.len() && (is_last || is_long) && is_one_letter(label, other)
}

/// The address of a stanza, without what follows the slash.
fn bare_of<'a>(stanza: &Stanza<'a>, name: &str) -> Option<&'a str> {
    stanza.value(name)?.split('/').next()
}

/// Stanzas one behind the other that go between two addresses and back, of which one has a slip: it cannot be told in which. Two
/// that stand more often are two.
fn there_and_back(context: &Context<'_>, addresses: &BTreeMap<&str, Places<'_>>, sink: &mut Sink) {
    let told: HashSet<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    let shown = stanzas::shown(context);
    for (first, second) in shown.iter().zip(shown.iter().skip(1)) {
        let same_section = first.example.sections.first() == second.example.sections.first();
        for (own, other) in [("from", "to"), ("to", "from")] {
            let is_pair =
                same_section && bare_of(first, own).is_some() && bare_of(first, own) == bare_of(second, other);
            let (Some(there), Some(back)) = (bare_of(first, other), bare_of(second, own)) else { continue };
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

/// Whether nothing but a slip of one letter, or two that changed places, explains the difference.
fn is_one_letter(one: &str, other: &str) -> bool {
    letters(one) != letters(other) && slips_at_most(one, other, 1)
}

/// A word without what differs on purpose: numbers, and the last letter of `callA` and `callB`.
fn letters(word: &str) -> String {
    let without = slips::letters(word);
    let counted = without.strip_suffix(|c: char| c.is_ascii_uppercase()).map(str::to_owned);
    counted.filter(|word| word.ends_with(|c: char| c.is_ascii_lowercase())).unwrap_or(without)
}

fn parts(address: &str) -> (&str, &str) {
    address.split_once('@').unwrap_or(("", address))
}

/// Whether two words or domains are one with a slip in one of their labels. Another top-level domain is another place: `montague.lit`
/// and `montague.net`.
fn slips(one: &str, other: &str) -> bool {
    let mut labels = one.split('.').zip(other.split('.')).filter(|(one, other)| one != other);
    let (first, second) = (labels.next(), labels.next());
    let is_last = |label: &str| one.contains('.') && one.rsplit('.').next() == Some(label);
    match (first, second) {
        (Some((label, other_label)), None) if one.split('.').count() == other.split('.').count() => {
            let shortest = label.len().min(other_label.len());
            let limit = usize::from(shortest >= SHORT || is_last(label)) + usize::from(shortest >= LONG);
            limit > 0 && letters(label) != letters(other_label) && slips_at_most(label, other_label, limit)
        }
        // A dot that is missing or too many.
        _ => one.split('.').count() != other.split('.').count() && is_one_letter(one, other),
    }
}
