//! # malformed-attribute
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
    Rule { name: "malformed-attribute", severity: Severity::Error, source: include_str!("malformed_attribute.rs"), check: None };
