//! # invalid-jid
//!
//! An affix holds an address that is no JID.
//!
//! ## What it does
//!
//! Parses the addresses in envelopes as RFC 7622 says: the parts, their length, the characters that each may hold.
//!
//! ## Why it matters
//!
//! A receiver cannot compare an address that it cannot parse, and rejects the stanza.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <to jid='juliet@@capulet.example'/>
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
//! - `spec/xep-sce/draft.md#req-compare-bare`
//! - RFC 7622, section 3: <https://www.rfc-editor.org/rfc/rfc7622#section-3>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule =
    Rule { name: "invalid-jid", severity: Severity::Error, source: include_str!("invalid_jid.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::InvalidJid, context, sink);
}
