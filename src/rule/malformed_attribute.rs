//! # malformed-attribute
//!
//! What stands in braces behind a fence or a heading cannot be read.
//!
//! ## What it does
//!
//! Reads the attributes of fences and headings: `.class`, `#id`, `name=value`. Finds words that are none of these, quotes and braces
//! that are not closed, names that are given twice, and anchors that cannot be one.
//!
//! ## Why it matters
//!
//! These attributes are how an author speaks to the checker. One that is not understood is not obeyed.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example caption=A greeting}
//! <message><body>Good morrow.</body></message>
//! ```
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example caption="A greeting"}
//! <message><body>Good morrow.</body></message>
//! ```
//! ````
//!
//! ## Source
//!
//! - The conventions of the drafts here, after those of Pandoc:
//!   <https://pandoc.org/MANUAL.html#extension-fenced_code_attributes>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "malformed-attribute",
    severity: Severity::Error,
    source: include_str!("malformed_attribute.rs"),
    check: None,
};
