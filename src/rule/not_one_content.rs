//! # not-one-content
//!
//! An envelope has no content, or more than one.
//!
//! ## What it does
//!
//! Counts the `<content/>` of each envelope, or what takes its place in the profile.
//!
//! ## Why it matters
//!
//! Deployed clients take the first of two, or the last, so two receivers would see two different messages under one signature.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <content>
//!     <body xmlns='jabber:client'>Good night.</body>
//!   </content>
//! </envelope>
//! ```
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <body xmlns='jabber:client'>Good morrow.</body>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-one-content`, `spec/xep-sce/draft.md#req-receive-schema`

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "not-one-content",
    severity: Severity::Error,
    source: include_str!("not_one_content.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::ContentCount, context, sink);
}
