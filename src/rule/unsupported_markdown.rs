//! # unsupported-markdown
//!
//! Markdown is used for which a XEP has no form.
//!
//! ## What it does
//!
//! Finds what CommonMark allows and XEP-XML cannot express: titles of links, thematic breaks, headings inside of lists and quotations,
//! text before the first heading. The words are kept, the form is lost.
//!
//! ## Why it matters
//!
//! The page and the XEP-XML come from one document and say the same. What only one of them can show would be lost without a word.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! One part.
//!
//! ***
//!
//! Another part.
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! One part.
//!
//! # Another Case
//!
//! Another part.
//! ````
//!
//! ## Source
//!
//! - XEP-0143, File Contents: <https://xmpp.org/extensions/xep-0143.html#format-contents>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "unsupported-markdown",
    severity: Severity::Error,
    source: include_str!("unsupported_markdown.rs"),
    check: None,
};
