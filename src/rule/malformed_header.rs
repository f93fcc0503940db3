//! # malformed-header
//!
//! A field of the header holds what it cannot hold, or the header is no YAML.
//!
//! ## What it does
//!
//! Reads the YAML between the lines `---` at the start of a Markdown draft. Finds what YAML does not allow, and values of
//! another sort than the field: a list where a single text is wanted, a word where `true` or `false` is.
//!
//! ## Why it matters
//!
//! The header says what a document is: its title, its authors, its status. What cannot be read there is missing on the page and in
//! the XEP-XML.
//!
//! ## Wrong
//!
//! ```yaml
//! title:
//!   - One title
//!   - Another title
//! ```
//!
//! ## Right
//!
//! ```yaml
//! title: One title
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>
//! - YAML 1.2: <https://yaml.org/spec/1.2.2/>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "malformed-header",
    severity: Severity::Error,
    source: include_str!("malformed_header.rs"),
    check: None,
};
