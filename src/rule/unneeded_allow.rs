//! # unneeded-allow
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
    Rule { name: "unneeded-allow", severity: Severity::Warning, source: include_str!("unneeded_allow.rs"), check: None };
