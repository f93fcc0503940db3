//! # malformed-shortname
//!
//! The short name cannot be used as a name.
//!
//! ## What it does
//!
//! Looks whether the short name holds letters, digits, `-`, `_` and `.` alone. Words that say that none was given yet are
//! understood.
//!
//! ## Why it matters
//!
//! The short name is part of addresses and namespaces.
//!
//! ## Wrong
//!
//! ```yaml
//! shortname: my extension!
//! ```
//!
//! ## Right
//!
//! ```yaml
//! shortname: my-extension
//! ```
//!
//! ```yaml
//! shortname: NOT_YET_ASSIGNED
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{NO_SHORTNAME, span};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-shortname",
    severity: Severity::Warning,
    source: include_str!("malformed_shortname.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let field = &context.document.header.shortname;
    let name = field.as_str().trim();
    let is_none = NO_SHORTNAME.contains(&name.to_ascii_lowercase().replace(['_', '-'], " ").as_str());
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let (Some(span), false) = (span(field), is_none || is_name) else { return };
    let finding = Finding::new(RULE.name, span, format!("`{name}` is no short name"));
    sink.push(finding.help("use lower-case letters, digits and `-`, or `NOT_YET_ASSIGNED`"));
}
