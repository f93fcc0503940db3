//! # sensitive-outside
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
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule =
    Rule { name: "sensitive-outside", severity: Severity::Error, source: include_str!("sensitive_outside.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::SensitiveOutside, context, sink);
}
