//! # invalid-time
//!
//! A time is not written as XMPP writes times.
//!
//! ## What it does
//!
//! Parses the time of envelopes, and every attribute that is plainly meant to be a date with a time, as XEP-0082 says: a capital `T`
//! in between, seconds, and a zone. Days and hours that do not exist are found too.
//!
//! ## Why it matters
//!
//! Without a zone nobody knows which moment is meant. A receiver that cannot read the time of an envelope cannot verify it and
//! rejects the stanza.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00'/>
//! </envelope>
//! ```
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Good morrow.</body>
//!   <delay xmlns='urn:xmpp:delay' stamp='2026-02-30T09:00:00Z'/>
//! </message>
//! ```
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Good morrow.</body>
//!   <delay xmlns='urn:xmpp:delay' stamp='2026-2-03T09:00:00Z'/>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#affix-time`
//! - XEP-0082: <https://xmpp.org/extensions/xep-0082.html>

use super::fault_rules;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::sce::FaultKind;
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::time;

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-time",
    severity: Severity::Error,
    source: include_str!("invalid_time.rs"),
    check: Some(check),
};

/// Attributes whose values identify or describe something, whatever they look like.
const NAMES: [&str; 7] = ["node", "name", "var", "label", "desc", "thread", "key"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::InvalidTime, context, sink);
    let told: Vec<Span> =
        sink.findings().iter().filter(|found| found.rule == RULE.name).map(|found| found.span).collect();
    for example in context.examples {
        let values = example.elements().flat_map(Element::descendants).flat_map(values);
        let found = values.filter(|(_, span)| !told.contains(span)).filter_map(|(value, span)| finding(&value, span));
        sink.extend_in(&example.id, found);
    }
}

/// What may be a time: the values of attributes that do not name something, and the text of an element without children.
fn values(element: &Element) -> Vec<(String, Span)> {
    let attributes = element.attributes.iter().filter(|attribute| !is_name(&attribute.name.local));
    let attributes = attributes.map(|attribute| (attribute.value.as_str().to_owned(), attribute.value_span));
    let text = element.text().trimmed();
    let is_leaf = element.elements().next().is_none() && element.name.local != "body";
    let text = text.whole().filter(|_| is_leaf).map(|span| (text.as_str().to_owned(), span));
    attributes.chain(text).collect()
}

fn is_name(attribute: &str) -> bool {
    NAMES.contains(&attribute) || attribute.to_lowercase().ends_with("id")
}

fn finding(value: &str, span: Span) -> Option<Finding> {
    let error = seems_date_time(value).then(|| time::parse_date_time(value).err())??;
    let message = format!("`{value}` is no XEP-0082 DateTime");
    Some(Finding::new(RULE.name, span, message).note(error.to_string()))
}

/// Whether a value is plainly meant to be a DateTime and nothing else: a date with dashes or slashes, then a time with colons. What
/// has neither is of the format that was used before.
fn seems_date_time(value: &str) -> bool {
    let Some((date, time)) = value.split_once(['T', ' ']) else { return false };
    let numbers: Vec<&str> = date.split(['-', '/']).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let digits: usize = numbers.iter().map(|part| part.len()).sum();
    let begins_with_year = numbers.first().is_some_and(|year| matches!(year.len(), 4 | 6));
    let is_date = matches!(numbers.len(), 2 | 3) && numbers.iter().all(is_number) && (6..=8).contains(&digits);
    let shape: String = time.chars().take(5).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let is_time = shape == "00:00" && time.chars().all(|c| c.is_ascii_digit() || ":.+-Zz".contains(c));
    begins_with_year && is_date && is_time
}
