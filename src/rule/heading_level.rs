//! # heading-level
//!
//! A heading stands on a level that a XEP does not have there.
//!
//! ## What it does
//!
//! Finds headings that leave out a level, and headings that are deeper than five levels.
//!
//! ## Why it matters
//!
//! A XEP numbers its sections by their level. A level that is left out has no number, and XEP-XML has nowhere to put the section.
//!
//! ## Wrong
//!
//! ````markdown
//! # Use Cases
//!
//! ### A picture
//!
//! Romeo shares a picture.
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Use Cases
//!
//! ## A picture
//!
//! Romeo shares a picture.
//! ````
//!
//! ## Source
//!
//! - XEP-0143, File Contents: <https://xmpp.org/extensions/xep-0143.html#format-contents>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule =
    Rule { name: "heading-level", severity: Severity::Warning, source: include_str!("heading_level.rs"), check: None };
