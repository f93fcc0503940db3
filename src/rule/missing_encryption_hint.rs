//! # missing-encryption-hint
//!
//! TODO
//!
//! ## What it does
//! ## Why it matters
//! ## Wrong
//! ## Right
//! ## Source

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};

/// The rule.
pub static RULE: Rule =
    Rule { name: "missing-encryption-hint", severity: Severity::Warning, source: include_str!("missing_encryption_hint.rs"), check: Some(check) };

/// Which hint belongs to which rule is said in `profiles.toml`.
fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell_if(RULE.name, context, sink, |fault| fault.rule.as_deref() == Some(RULE.name));
}
