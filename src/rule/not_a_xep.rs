//! # not-a-xep
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
    Rule { name: "not-a-xep", severity: Severity::Error, source: include_str!("not_a_xep.rs"), check: None };
