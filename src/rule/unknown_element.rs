//! # unknown-element
//!
//! An element is none that a XEP has.
//!
//! ## What it does
//!
//! Looks up every element of XEP-XML in the `xep.dtd` at the root of the checkout, or where there is none in the built-in
//! grammar. What stands inside of an unknown element is not looked at.
//!
//! ## Why it matters
//!
//! The stylesheet shows nothing of such an element, or its text without what it meant. Mostly an example in running text
//! was not escaped.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>A <receipt/> is sent.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>A <tt>&lt;receipt/&gt;</tt> is sent.</p></section1>
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
    name: "unknown-element",
    severity: Severity::Error,
    source: include_str!("unknown_element.rs"),
    check: None,
};
