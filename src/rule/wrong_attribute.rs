//! # wrong-attribute
//!
//! An element has an attribute that the grammar of XEPs does not allow, or lacks one.
//!
//! ## What it does
//!
//! Looks up every attribute of XEP-XML in the `xep.dtd` at the root of the checkout, or where there is none in the built-in
//! grammar.
//!
//! ## Why it matters
//!
//! An attribute of a wrong name is not read: a section without its topic, a link without its target.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 title='Case'><p>See <link uri='https://xmpp.org/'>there</link>.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>See <link url='https://xmpp.org/'>there</link>.</p></section1>
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
    name: "wrong-attribute",
    severity: Severity::Error,
    source: include_str!("wrong_attribute.rs"),
    check: None,
};
