//! # missing-store-hint
//!
//! A sealed message does not ask servers to store it.
//!
//! ## What it does
//!
//! Looks beside the encrypted content of a message for the hint `<store/>`, where the profile wants it.
//!
//! ## Why it matters
//!
//! Archives and offline storage commonly keep messages that have a body. The body of a sealed message is inside, so without
//! the hint a server may drop it, and other devices never see it.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:openpgp:sce:0' name='OpenPGP (SCE)'/>
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
//! - `spec/xep-sce/draft.md#req-store-hint`
//! - XEP-0334, Hints: <https://xmpp.org/extensions/xep-0334.html#hints>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-store-hint",
    severity: Severity::Warning,
    source: include_str!("missing_store_hint.rs"),
    check: Some(check),
};

/// Which hint belongs to which rule is said in `profiles.toml`.
fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell_if(RULE.name, context, sink, |fault| fault.rule.as_deref() == Some(RULE.name));
}
