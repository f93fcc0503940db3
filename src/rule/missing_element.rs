//! # missing-element
//!
//! An element that must stand somewhere does not.
//!
//! ## What it does
//!
//! Holds the elements inside of each element of XEP-XML against the grammar, and names those that lack: fields of the
//! header, parts of a revision, the items of a list.
//!
//! ## Why it matters
//!
//! The page shows them, and the editors' check refuses a document without them.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><ul></ul></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><ul><li>this</li></ul></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - The grammar of XEPs: <https://github.com/xsf/xeps/blob/master/xep.dtd>

use super::Rule;
use crate::finding::Severity;

/// The rule. The reader of XEP-XML speaks for it, by the grammar in `xml::content_model`.
pub static RULE: Rule = Rule {
    name: "missing-element",
    severity: Severity::Error,
    source: include_str!("missing_element.rs"),
    check: None,
};
