//! # unneeded-allow
//!
//! An author allows a finding that does not occur, or gives no reason for it.
//!
//! ## What it does
//!
//! Finds instructions that allow a rule where the rule says nothing, and those without `because`. Without a reason nothing is allowed.
//!
//! ## Why it matters
//!
//! An allowance that has outlived its cause hides the next fault in the same place.
//!
//! ## Wrong
//!
//! ```xml allow=malformed-xml because="The end tag is missing on purpose."
//! <message><body>Good morrow.</body></message>
//! ```
//!
//! ```xml allow=malformed-xml
//! <message><body>Good morrow.</message>
//! ```
//!
//! ## Right
//!
//! ```xml allow=malformed-xml because="The end tag is missing on purpose."
//! <message><body>Good morrow.</message>
//! ```
//!
//! ## Source
//!
//! - The conventions of the drafts here, as `spec/xep-sce/draft.md` uses them; XEP-XML has them as processing instructions:
//!   <https://www.w3.org/TR/xml/#sec-pi>

use super::Rule;
use crate::finding::Severity;

/// The rule. The workspace, which knows all findings, speaks for it.
pub static RULE: Rule = Rule {
    name: "unneeded-allow",
    severity: Severity::Warning,
    source: include_str!("unneeded_allow.rs"),
    check: None,
};
