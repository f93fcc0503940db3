//! # misplaced-text
//!
//! Text stands where the grammar of XEPs allows elements alone.
//!
//! ## What it does
//!
//! Finds text right in a section, a list or a table, and anything at all in an element that holds nothing.
//!
//! ## Why it matters
//!
//! The stylesheet shows such text in places where nobody expects it, or drops it.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>Nothing is shown.</section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - The grammar of XEPs: <https://github.com/xsf/xeps/blob/master/xep.dtd>

use super::Rule;
use crate::finding::Severity;

/// The rule. The reader of XEP-XML speaks for it, by the grammar in `xml::content_model`.
pub static RULE: Rule =
    Rule { name: "misplaced-text", severity: Severity::Error, source: include_str!("misplaced_text.rs"), check: None };
