//! # unknown-type
//!
//! The type is none that a XEP can have.
//!
//! ## What it does
//!
//! Looks up the type in the table of those that XEP-0001 defines.
//!
//! ## Why it matters
//!
//! The type decides who approves a XEP and which statuses it goes through; pages and lists go by its exact words.
//!
//! ## Wrong
//!
//! ```yaml
//! type: Standard
//! ```
//!
//! ## Right
//!
//! ```yaml
//! type: Standards Track
//! ```
//!
//! ## Source
//!
//! - XEP-0001, XMPP Extension Protocols: <https://xmpp.org/extensions/xep-0001.html>
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::{TYPES, meant, span};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-type",
    severity: Severity::Error,
    source: include_str!("unknown_type.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let field = &context.document.header.type_;
    let type_ = field.as_str().trim();
    let (Some(span), false) = (span(field), type_.is_empty() || TYPES.contains(&type_)) else { return };
    let help = match meant(type_, TYPES.into_iter()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it can be {}", TYPES.join(", ")),
    };
    sink.push(Finding::new(RULE.name, span, format!("`{type_}` is no type of a XEP")).help(help));
}
