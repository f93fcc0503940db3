//! # not-a-xep
//!
//! The root of an XML file is not `<xep>`.
//!
//! ## What it does
//!
//! Finds XML files that were named on the command line and are no XEP, files that hold no element at all, and documents that
//! are larger than is read (4 MiB) or that the system does not let us read.
//!
//! ## Why it matters
//!
//! Nothing in such a file can be checked; silence would look like praise.
//!
//! ## Wrong
//!
//! ```document
//! <article>
//!   <title>A Case</title>
//! </article>
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
//! - XEP-0143, XEP XML Format: <https://xmpp.org/extensions/xep-0143.html#format>

use super::Rule;
use crate::finding::Severity;

/// The rule. The reader of XEP-XML speaks for it.
pub static RULE: Rule =
    Rule { name: "not-a-xep", severity: Severity::Error, source: include_str!("not_a_xep.rs"), check: None };
