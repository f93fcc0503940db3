//! # sealed-example-does-not-open
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
use super::fault_rules;

/// The rule.
pub static RULE: Rule =
    Rule { name: "sealed-example-does-not-open", severity: Severity::Error, source: include_str!("sealed_example_does_not_open.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::MalformedPlaintext, context, sink);
    for opened in &context.openings {
        let (Err(failure), Some(example)) = (&opened.result, context.examples.get(opened.example)) else { continue };
        let span = failure.span().unwrap_or(opened.carrier);
        let mut finding = Finding::new(RULE.name, span, format!("the sealed example does not open: {}", failure.message()));
        finding.requirement = context.yardstick.rules.profiles.verdict("not-opened").map(str::to_owned);
        sink.extend_in(&example.id, [finding.help("generate it from its plaintext: `seal=\"#...\"`")]);
    }
}
