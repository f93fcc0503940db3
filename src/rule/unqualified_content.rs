//! # unqualified-content
//!
//! An element in the content has no namespace of its own.
//!
//! ## What it does
//!
//! Finds children of a content that inherit the envelope's namespace, because they do not declare one.
//!
//! ## Why it matters
//!
//! In a stream, `<body/>` inherits the namespace of the stream. In an envelope it inherits the envelope's, and is then an element
//! that nobody knows. Receivers lose the text.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body>Good morrow.</body>
//!   </content>
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
//! - `spec/xep-sce/draft.md#req-qualified`
//! - XEP-0420, Business Rules: <https://xmpp.org/extensions/xep-0420.html#rules>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unqualified-content",
    severity: Severity::Error,
    source: include_str!("unqualified_content.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::UnqualifiedContent, context, sink);
}
