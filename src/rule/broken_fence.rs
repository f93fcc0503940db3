//! # broken-fence
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
    Rule { name: "broken-fence", severity: Severity::Error, source: include_str!("broken_fence.rs"), check: None };
