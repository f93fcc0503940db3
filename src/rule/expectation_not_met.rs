//! # expectation-not-met
//!
//! A counter-example does not do what its author expects of it.
//!
//! ## What it does
//!
//! An author marks an example that is wrong on purpose with `kind=counter-example` and says with `expect` what happens: the name of
//! a rule that finds it, or `reject:` and the requirement because of which a receiver refuses it. If that does not happen, this
//! rule says so. What was expected and happens is no finding.
//!
//! ## Why it matters
//!
//! A counter-example that is not wrong teaches the wrong lesson, and a requirement that nothing holds is none.
//!
//! ## Wrong
//!
//! ```xml kind=counter-example expect=malformed-xml
//! <message><body>Good morrow.</body></message>
//! ```
//!
//! ## Right
//!
//! ```xml kind=counter-example expect=malformed-xml
//! <message><body>Good morrow.</message></body>
//! ```
//!
//! ## Source
//!
//! - The counter-examples of the draft, each with the requirement that it breaks: `spec/xep-sce/draft.md#req-receive-open` and others

use super::Rule;
use crate::finding::Severity;

/// The rule. [`super::expectation`] speaks for it.
pub static RULE: Rule = Rule {
    name: "expectation-not-met",
    severity: Severity::Error,
    source: include_str!("expectation_not_met.rs"),
    check: None,
};
