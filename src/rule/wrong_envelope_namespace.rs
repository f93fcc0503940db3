//! # wrong-envelope-namespace
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
    Rule { name: "wrong-envelope-namespace", severity: Severity::Error, source: include_str!("wrong_envelope_namespace.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::WrongEnvelope, context, sink);
}
