//! # misplaced-element
//!
//! An element stands where the grammar of XEPs does not allow it.
//!
//! ## What it does
//!
//! Holds the elements inside of each element of XEP-XML against the `xep.dtd` at the root of the checkout, or where there
//! is none against the built-in grammar: what may never stand there, what stands in the wrong order, what stands once too
//! often.
//!
//! ## Why it matters
//!
//! The stylesheet shows it wrongly or not at all, and the editors' check refuses the document.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Of two:<ul><li>this</li></ul></p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Of two:</p><ul><li>this</li></ul></section1>
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
    name: "misplaced-element",
    severity: Severity::Error,
    source: include_str!("misplaced_element.rs"),
    check: None,
};
