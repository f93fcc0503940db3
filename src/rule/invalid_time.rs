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
//! - `spec/xep-sce/draft.md#req-time-format`
//! - XEP-0082: <https://xmpp.org/extensions/xep-0082.html>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::sce::FaultKind;
use crate::xml::Element;
use crate::xmpp::time;
use super::fault_rules;

/// The rule.
pub static RULE: Rule =
    Rule { name: "invalid-time", severity: Severity::Error, source: include_str!("invalid_time.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::InvalidTime, context, sink);
    let told: Vec<_> = sink.findings().iter().filter(|finding| finding.rule == RULE.name).map(|finding| finding.span).collect();
    for example in context.examples {
        let attributes = example.elements().flat_map(Element::descendants).flat_map(|element| &element.attributes);
        for attribute in attributes.filter(|attribute| !told.contains(&attribute.value_span)) {
            let value = attribute.value.as_str();
            if let (true, Err(error)) = (seems_date_time(value), time::parse_date_time(value)) {
                let finding = Finding::new(RULE.name, attribute.value_span, format!("`{value}` is no XEP-0082 DateTime"));
                sink.extend_in(&example.id, [finding.note(error.to_string())]);
            }
        }
    }
}

/// Whether a value is plainly meant to be a DateTime: a date with dashes, followed by a time with colons.
fn seems_date_time(value: &str) -> bool {
    let shape: String = value.chars().take(16).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape.starts_with("0000-00-00T00:00") || shape.starts_with("0000-00-00 00:00")
}
