//! # unknown-header-field
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
    Rule { name: "unknown-header-field", severity: Severity::Warning, source: include_str!("unknown_header_field.rs"), check: None };
