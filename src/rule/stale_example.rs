//! # stale-example
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
    Rule { name: "stale-example", severity: Severity::Error, source: include_str!("stale_example.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, reason) in &context.stale {
        let Some(example) = context.examples.get(*at) else { continue };
        let finding = Finding::new(RULE.name, example.span, format!("the generated example is stale: {reason}"));
        sink.extend_in(&example.id, [finding.help("run `xep examples` and commit what it writes")]);
    }
}
