//! # entity-bound
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
    Rule { name: "entity-bound", severity: Severity::Error, source: include_str!("entity_bound.rs"), check: None };
