//! # unknown-header-field
//!
//! The header has a field that no XEP has.
//!
//! ## What it does
//!
//! Compares the names in the header of a Markdown draft with those of a XEP's header. A name that is near to a known one is suggested.
//!
//! ## Why it matters
//!
//! The field is left out of the page and of the XEP-XML. Mostly a known one is misspelt, and then that one is missing too.
//!
//! ## Wrong
//!
//! ```yaml
//! suprseded: []
//! ```
//!
//! ## Right
//!
//! ```yaml
//! expires: 2027-09-14
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "unknown-header-field",
    severity: Severity::Warning,
    source: include_str!("unknown_header_field.rs"),
    check: None,
};
