//! # invalid-time
//!
//! TODO
//!
//! ## What it does
//! ## Why it matters
//! ## Wrong
//! ## Right
//! ## Source

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
