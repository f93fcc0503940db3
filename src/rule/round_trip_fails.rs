//! # round-trip-fails
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
    Rule { name: "round-trip-fails", severity: Severity::Error, source: include_str!("round_trip_fails.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, outcome) in &context.round_trips {
        let Some(example) = context.examples.get(*at) else { continue };
        for trouble in &outcome.troubles {
            let message = format!("the round trip through `{}` fails: {}", outcome.profile, trouble.message);
            let mut finding = Finding::new(RULE.name, trouble.span, message);
            finding.notes.extend(trouble.note.clone());
            sink.extend_in(&example.id, [finding]);
        }
    }
}
