//! # wrong-envelope-namespace
//!
//! The element in place of the envelope is not the one that the profile names.
//!
//! ## What it does
//!
//! Finds envelopes in another version of the namespace, and sealed stanzas whose plaintext has another root than the profile's envelope.
//!
//! ## Why it matters
//!
//! The namespace says which rules hold inside. A receiver that knows `urn:xmpp:sce:1` finds nothing that it knows in an envelope of an
//! earlier version, and rejects it.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:0'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
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
//! - `spec/xep-sce/draft.md#req-namespaces`, `spec/xep-sce/draft.md#req-receive-parse`

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-envelope-namespace",
    severity: Severity::Error,
    source: include_str!("wrong_envelope_namespace.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::WrongEnvelope, context, sink);
}
