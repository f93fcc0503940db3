//! # missing-header-field
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
    Rule { name: "missing-header-field", severity: Severity::Error, source: include_str!("missing_header_field.rs"), check: None };
