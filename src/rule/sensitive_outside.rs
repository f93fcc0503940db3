//! # sensitive-outside
//!
//! An element that belongs into the envelope stands in the open beside the encrypted content.
//!
//! ## What it does
//!
//! Looks at the children of each sealed stanza. Those whose row in `elements.toml` says `inside` are found. An element without a row is
//! not told here: it may belong to another specification. A row with a stand-in, such as an error's, may leave that outside.
//!
//! ## Why it matters
//!
//! Whatever stands outside can be read and changed by every server on the way. Receivers ignore it, so it also does not work.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>This message is encrypted.</body>
//!   <openpgp xmlns='urn:xmpp:openpgp:sce:0'>...</openpgp>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:openpgp:sce:0' name='OpenPGP (SCE)'/>
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
//! - `spec/xep-sce/draft.md#req-policy-inside`, `spec/xep-sce/draft.md#req-ignore-outside`
//! - XEP-0420, Business Rules: <https://xmpp.org/extensions/xep-0420.html#rules>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sensitive-outside",
    severity: Severity::Error,
    source: include_str!("sensitive_outside.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::SensitiveOutside, context, sink);
}
