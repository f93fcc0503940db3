//! # missing-encryption-hint
//!
//! A sealed stanza does not say in the open how it is encrypted.
//!
//! ## What it does
//!
//! Looks beside the encrypted content for the `<encryption/>` that the profile wants there. Which stanzas need it is said in
//! `profiles.toml`.
//!
//! ## Why it matters
//!
//! A client that does not know the encryption protocol shows nothing at all, or an empty message. With the hint it can tell its user that
//! there is something, and which protocol would open it.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>
//!   <store xmlns='urn:xmpp:hints'/>
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
//! - `spec/xep-sce/draft.md#req-encryption-hint`
//! - XEP-0380, Basic Flow: <https://xmpp.org/extensions/xep-0380.html#flow>

use super::{Context, Rule, fault_rules, places};
use crate::example::Example;
use crate::finding::{Severity, Sink};
use crate::xml::Element;
use std::cell::LazyCell;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-encryption-hint",
    severity: Severity::Warning,
    source: include_str!("missing_encryption_hint.rs"),
    check: Some(check),
};

/// Which hint belongs to which rule is said in `profiles.toml`.
fn check(context: &Context<'_>, sink: &mut Sink) {
    let is_told = LazyCell::new(|| context.yardstick.strict_schema || speaks_of_hint(context));
    fault_rules::tell_if(RULE.name, context, sink, |fault| fault.rule.as_deref() == Some(RULE.name) && *is_told);
}

/// Whether a document says anything of the hint: one that does not leaves it to others.
fn speaks_of_hint(context: &Context<'_>) -> bool {
    let texts = places::of_body(context.document).texts;
    let elements = context.examples.iter().flat_map(Example::elements).flat_map(Element::descendants);
    texts.iter().any(|text| text.as_str().contains("<encryption"))
        || elements.into_iter().any(|element| element.name.local == "encryption")
}
