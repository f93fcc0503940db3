//! # full-jid-in-affix
//!
//! An affix holds an address with a resource, where a bare one is demanded.
//!
//! ## What it does
//!
//! Finds full JIDs in `<to/>` and `<from/>` of envelopes. Receivers compare bare addresses, so nothing is rejected for it.
//!
//! ## Why it matters
//!
//! One envelope serves all devices of an account. A resource in it says more than anybody needs, names one device of
//! several, and changes with every session.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <to jid='juliet@capulet.example/balcony'/>
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
//!   <to jid='juliet@capulet.example'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-to-account`
//! - RFC 7622, section 3.1: <https://www.rfc-editor.org/rfc/rfc7622#section-3.1>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "full-jid-in-affix",
    severity: Severity::Warning,
    source: include_str!("full_jid_in_affix.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::FullJid, context, sink);
}
