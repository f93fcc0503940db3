//! # mismatched-answer
//!
//! The answer to an IQ does not go back where the request came from.
//!
//! ## What it does
//!
//! Takes each `iq` of type `result` or `error` with the last request of the same `id` before it in the same section. Where both name them,
//! the answer's `from` is the request's `to`, and its `to` is the request's `from`. An answer whose id nobody asked with is told
//! where it follows a request that nobody answers, and no address says that it goes elsewhere.
//!
//! ## Why it matters
//!
//! Who asks takes an answer only from the one who was asked. Readers tell by the addresses who says what.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//!
//! <iq type='result' id='a1' from='romeo@montague.example/orchard' to='capulet.example'/>
//! ```
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//!
//! <iq type='result' id='a2' from='capulet.example' to='romeo@montague.example/orchard'/>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//!
//! <iq type='result' id='a1' from='capulet.example' to='romeo@montague.example/orchard'/>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 8.2.3: <https://www.rfc-editor.org/rfc/rfc6120#section-8.2.3>

use super::slips::{self, OwnPlaces};
use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Fix, Severity, Sink};
use crate::xml::Attribute;
use crate::xml::parse::distance_at_most;
use crate::xmpp::stanza::StanzaKind;
use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mismatched-answer",
    severity: Severity::Warning,
    source: include_str!("mismatched_answer.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut requests: HashMap<&str, Vec<Asked<'_>>> = HashMap::new();
    let times = LazyCell::new(|| slips::times_written(context.document));
    let mut iqs = stanzas::shown(context);
    iqs.retain(|stanza| stanza.kind == StanzaKind::Iq);
    for (request, answer) in misnumbered(&iqs) {
        sink.extend_in(&answer.example.id, [other_id(request, answer)]);
    }
    for iq in iqs {
        let Some(id) = iq.value("id") else { continue };
        let known = requests.entry(id).or_default();
        let is_near = |asked: &&mut Asked<'_>| asked.request.example.sections.first() == iq.example.sections.first();
        if is_request(&iq) {
            // An answer of the wrong type is told by another rule.
            let last = known.iter_mut().rev().find(is_near).map(|asked| asked.request);
            if !last.is_some_and(|request| stanzas::asks_back(&request, &iq)) {
                known.push(Asked { request: iq, is_answered: false });
            }
            continue;
        }
        let near: Vec<&mut Asked<'_>> = known.iter_mut().rev().filter(is_near).take(MOST).collect();
        if let Some((request, finding)) = answer(near, &iq) {
            let fix = fix(&request, &iq, &times);
            sink.extend_in(&iq.example.id, [Finding { fix, ..finding }]);
        }
    }
}

/// A request, and whether it was answered.
struct Asked<'a> {
    request: Stanza<'a>,
    is_answered: bool,
}

/// Whether the addresses of an answer were not turned round.
fn goes_the_same_way(request: &Stanza<'_>, answer: &Stanza<'_>) -> bool {
    let is_same = |name: &str| request.value(name).is_some() && request.value(name) == answer.value(name);
    is_same("from") || is_same("to")
}

/// How many requests with one id an answer is held against.
const MOST: usize = 50;

/// Finds the request that a stanza answers among those with its id, newest first: one that it goes back to, else the newest that
/// nobody answered, or that goes the same way; from that it goes astray. Any other answers what is not shown.
fn answer<'a>(near: Vec<&mut Asked<'a>>, iq: &Stanza<'a>) -> Option<(Stanza<'a>, Finding)> {
    let mut open = None;
    for asked in near {
        match astray(&asked.request, iq) {
            None => {
                asked.is_answered = true;
                return None;
            }
            Some(finding) if open.is_none() && (!asked.is_answered || goes_the_same_way(&asked.request, iq)) => {
                open = Some((asked, finding));
            }
            Some(_) => {}
        }
    }
    let (asked, finding) = open?;
    asked.is_answered = true;
    Some((asked.request, finding))
}

/// Whether an IQ asks.
fn is_request(iq: &Stanza<'_>) -> bool {
    matches!(iq.element.value("type"), Some("get" | "set"))
}

/// Answers with an id that no request has, right behind a request that nobody answers and that they would be the answer to.
fn misnumbered<'s, 'a>(iqs: &'s [Stanza<'a>]) -> impl Iterator<Item = (&'s Stanza<'a>, &'s Stanza<'a>)> {
    let (requests, answers): (Vec<_>, Vec<_>) = iqs.iter().partition(|iq| is_request(iq));
    let ids =
        |all: Vec<&Stanza<'a>>| all.into_iter().filter_map(|iq| iq.element.value("id")).collect::<HashSet<&str>>();
    let (asked, answered) = (ids(requests), ids(answers));
    let pairs = iqs.iter().zip(iqs.iter().skip(1));
    pairs.filter(move |(request, answer)| {
        let (Some(own), Some(other)) = (request.value("id"), answer.value("id")) else { return false };
        let is_pair = is_request(request) && matches!(answer.element.value("type"), Some("result" | "error"));
        let same_section = request.example.sections.first() == answer.example.sections.first();
        is_pair && same_section && mirrors(request, answer) && !answered.contains(own) && !asked.contains(other)
    })
}

/// Whether an answer may go back where a request came from: neither address says otherwise.
fn mirrors(request: &Stanza<'_>, answer: &Stanza<'_>) -> bool {
    let is_other = |own: &str, other: &str| match (request.value(own), answer.value(other)) {
        (Some(one), Some(two)) => one != two,
        _ => false,
    };
    !is_other("from", "to") && !is_other("to", "from")
}

fn other_id(request: &Stanza<'_>, answer: &Stanza<'_>) -> Finding {
    let id = |iq: &Stanza<'_>| iq.value("id").unwrap_or("").to_owned();
    let finding = Finding::new(RULE.name, answer.place("id"), format!("no request has the id `{}`", id(answer)));
    let finding = finding.related(request.place("id"), "the request before it, which nobody answers");
    finding.help(format!("write `{}`, if it answers that", id(request)))
}

/// How often words stand in a document, which is only found out where somebody asks.
type Times<'a, F> = LazyCell<HashMap<&'a str, usize>, F>;

/// The change that mends an address with a slip: one that stands nowhere else and differs in a letter from the one that it should
/// be, which stands elsewhere too.
fn fix<'a, F>(request: &Stanza<'_>, answer: &Stanza<'_>, times: &Times<'a, F>) -> Option<Fix>
where
    F: FnOnce() -> HashMap<&'a str, usize>,
{
    let pairs = [("from", "to"), ("to", "from")].into_iter().filter_map(|(own, other)| {
        let both = (answer.element.attribute(own)?, request.element.attribute(other)?);
        (both.0.value != both.1.value).then_some(both)
    });
    // Where both addresses are others, more than a letter is wrong.
    let [(own, other)] = pairs.collect::<Vec<_>>()[..] else { return None };
    let is_slip = is_one_letter(own.value.as_str(), other.value.as_str());
    is_slip.then(|| slip(own, other, times).or_else(|| slip(other, own, times))).flatten()
}

fn slip<'a, F>(wrong: &Attribute, right: &Attribute, times: &Times<'a, F>) -> Option<Fix>
where
    F: FnOnce() -> HashMap<&'a str, usize>,
{
    let (address, meant) = (bare(wrong.value.as_str()), bare(right.value.as_str()));
    let times = |address: &str| times.get(address).copied().unwrap_or(0);
    let place = OwnPlaces::of(&wrong.value, address).within(wrong.value_span)?;
    (times(address) == 1 && times(meant) > 1).then(|| slips::rewritten(place, meant, true))
}

/// Whether two addresses are of the same resource, and differ in one letter before it.
fn is_one_letter(one: &str, other: &str) -> bool {
    let (bare_one, bare_other) = (bare(one), bare(other));
    let is_same_resource = one.get(bare_one.len()..) == other.get(bare_other.len()..);
    bare_one != bare_other && is_same_resource && distance_at_most(bare_one, bare_other, 1)
}

fn bare(address: &str) -> &str {
    address.split('/').next().unwrap_or(address)
}

/// An answer whose addresses are not those of the request.
fn astray(request: &Stanza<'_>, answer: &Stanza<'_>) -> Option<Finding> {
    let differs = |own: &str, other: &str| {
        let (own_value, other_value) = (answer.value(own)?, request.value(other)?);
        (own_value != other_value).then_some((own_value, other_value))
    };
    let (name, value, other) = match (differs("from", "to"), differs("to", "from")) {
        (Some((_, meant)), _) => ("from", meant, "to"),
        (None, Some((_, meant))) => ("to", meant, "from"),
        (None, None) => return None,
    };
    let message = format!("this answer is not {name} `{value}`");
    let finding = Finding::new(RULE.name, answer.place(name), message);
    Some(finding.related(request.place(other), "the request"))
}
