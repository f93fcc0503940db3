//! # missing-header-field
//!
//! The header lacks a field that every XEP has.
//!
//! ## What it does
//!
//! Compares the header of a Markdown draft, each of its authors and each of its revisions with the fields that the format demands.
//!
//! ## Why it matters
//!
//! The page shows them, the XEP-XML is not valid without them, and the editor asks for them.
//!
//! ## Wrong
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//! ```
//!
//! ## Right
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule = Rule {
    name: "missing-header-field",
    severity: Severity::Error,
    source: include_str!("missing_header_field.rs"),
    check: None,
};
