//! # unused-footnote
//!
//! No text refers to a footnote.
//!
//! ## What it does
//!
//! Finds definitions of footnotes that are used nowhere.
//!
//! ## Why it matters
//!
//! A note stands where the text refers to it. One to which nothing refers appears nowhere.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! An egg.
//!
//! [^egg]: Laid by a hen.
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! An egg[^egg].
//!
//! [^egg]: Laid by a hen.
//! ````
//!
//! ## Source
//!
//! - XEP-0143, File Contents: <https://xmpp.org/extensions/xep-0143.html#format-contents>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "unused-footnote",
    severity: Severity::Warning,
    source: include_str!("unused_footnote.rs"),
    check: None,
};
