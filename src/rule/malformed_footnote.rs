//! # malformed-footnote
//!
//! A footnote holds itself, or is repeated so often that the document would not end.
//!
//! ## What it does
//!
//! A footnote's text is put in wherever the text refers to it. Finds footnotes that refer to themselves, be it through others, and
//! those that are repeated without measure.
//!
//! ## Why it matters
//!
//! A XEP has its notes inside of its paragraphs. A note inside of itself cannot be written there.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! An egg[^egg].
//!
//! [^egg]: Laid by a hen, which came from an egg[^egg].
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
    name: "malformed-footnote",
    severity: Severity::Error,
    source: include_str!("malformed_footnote.rs"),
    check: None,
};
