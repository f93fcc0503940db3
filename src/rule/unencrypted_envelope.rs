//! # unencrypted-envelope
//!
//! An envelope stands in a stanza without encryption.
//!
//! ## What it does
//!
//! Finds stanzas that have an envelope as their child, where only the element of an encryption protocol may carry one.
//!
//! ## Why it matters
//!
//! Anybody on the way can read it, change it or make it up. A receiver that processed it would show as encrypted what never was;
//! so receivers drop it.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <envelope xmlns='urn:xmpp:sce:1'>
//!     <content>
//!       <body xmlns='jabber:client'>Good morrow.</body>
//!     </content>
//!   </envelope>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:openpgp:sce:0' name='OpenPGP (SCE)'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-drop-plain-envelope`

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unencrypted-envelope",
    severity: Severity::Error,
    source: include_str!("unencrypted_envelope.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::UnencryptedEnvelope, context, sink);
}
