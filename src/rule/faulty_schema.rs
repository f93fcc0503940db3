//! # faulty-schema
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
    Rule { name: "faulty-schema", severity: Severity::Error, source: include_str!("faulty_schema.rs"), check: None };
