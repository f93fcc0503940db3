//! # sealed-example-differs
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

/// The rule.
pub static RULE: Rule =
    Rule { name: "sealed-example-differs", severity: Severity::Error, source: include_str!("sealed_example_differs.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for opened in &context.openings {
        let (Some(difference), Some(example)) = (&opened.difference, context.examples.get(opened.example)) else { continue };
        let message = format!("the sealed example opens to something else than it is said to come from: {}", difference.message);
        let finding = Finding::new(RULE.name, difference.actual, message).related(difference.expected, "said to come from here");
        sink.extend_in(&example.id, [finding.help("generate it from its plaintext: `seal=\"#...\"`")]);
    }
}
