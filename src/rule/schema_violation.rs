//! # schema-violation
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
use crate::schema::{Violation, ViolationKind};

/// The rule.
pub static RULE: Rule =
    Rule { name: "schema-violation", severity: Severity::Error, source: include_str!("schema_violation.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, violation) in &context.violations {
        let Some(example) = context.examples.get(*at) else { continue };
        if context.yardstick.strict_schema || is_precise(violation) {
            sink.extend_in(&example.id, [finding(violation)]);
        }
    }
}

/// Whether a violation is a fault also where examples are abridged, as those of XEPs are.
fn is_precise(violation: &Violation) -> bool {
    use ViolationKind::{InvalidAttributeValue, InvalidText, MissingAttribute, UnknownAttribute, UnknownElement, WildcardExhausted};
    let kept = matches!(violation.kind, UnknownElement | UnknownAttribute | InvalidAttributeValue | InvalidText | MissingAttribute | WildcardExhausted);
    let foreign = violation.foreign && violation.kind != WildcardExhausted;
    kept && !foreign && !violation.beside_elision && !violation.only_white_space
}

fn finding(violation: &Violation) -> Finding {
    let mut finding = Finding::new(RULE.name, violation.span, violation.message.clone()).note(format!("XML Schema: {}", violation.code));
    if let Some(blame) = &violation.blames_schema {
        finding = finding.related(blame.span, blame.message.clone()).note("the schema is probably to blame, not the example");
    } else if let Some(declared) = violation.declared {
        finding = finding.related(declared, "declared here");
    }
    finding
}
