//! # faulty-table
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
    Rule { name: "faulty-table", severity: Severity::Error, source: include_str!("faulty_table.rs"), check: None };
