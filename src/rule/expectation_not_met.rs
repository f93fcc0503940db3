//! # expectation-not-met
//!
//! TODO
//!
//! ## What it does
//! ## Why it matters
//! ## Wrong
//! ## Right
//! ## Source

use super::Rule;
use crate::finding::Severity;

/// The rule. TODO says it.
pub static RULE: Rule =
    Rule { name: "expectation-not-met", severity: Severity::Error, source: include_str!("expectation_not_met.rs"), check: None };
