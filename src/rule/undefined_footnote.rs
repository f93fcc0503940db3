//! # undefined-footnote
//!
//! A reference names a footnote that nothing defines.
//!
//! ## What it does
//!
//! Finds `[^label]` in Markdown without a definition `[^label]: ...`.
//!
//! ## Why it matters
//!
//! The reference stays in the text as it is typed, and the note that it promises is missing.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! An egg[^egg].
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
    name: "undefined-footnote",
    severity: Severity::Error,
    source: include_str!("undefined_footnote.rs"),
    check: None,
};
