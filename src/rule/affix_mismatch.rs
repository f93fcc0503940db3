//! # affix-mismatch
//!
//! An affix names another address or another time than the stanza that carries it.
//!
//! ## What it does
//!
//! The stanza is opened as its receiver would open it. Each affix that is verified is compared with what the receiver knows: the
//! stanza's addresses, its own account, its clock. Which affix is compared with what depends on the situation and is said in
//! `profiles.toml`. Addresses are compared bare.
//!
//! ## Why it matters
//!
//! Affixes are inside of what was encrypted or signed, so nobody on the way can change them. A receiver that finds them at odds with
//! the stanza rejects it: it was replayed, held back, or handed to somebody for whom it was not written.
//!
//! ## Wrong
//!
//! The example is sent at three, and its envelope was made at one.
//!
//! ```xml profile=openpgp at="2026-09-14T15:00:00Z"
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Wait for me at the tomb.</body>
//!   </content>
//!   <time stamp='2026-09-14T13:00:00Z'/>
//!   <to jid='juliet@capulet.example'/>
//!   <from jid='romeo@montague.example'/>
//!   <rpad>B6tKu0Xf9Nq</rpad>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml profile=openpgp at="2026-09-14T13:00:04Z"
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Wait for me at the tomb.</body>
//!   </content>
//!   <time stamp='2026-09-14T13:00:00Z'/>
//!   <to jid='juliet@capulet.example'/>
//!   <from jid='romeo@montague.example'/>
//!   <rpad>B6tKu0Xf9Nq</rpad>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-time-check`, `spec/xep-sce/draft.md#req-to-check`, `spec/xep-sce/draft.md#req-from-check`
//! - XEP-0420, Affix Elements: <https://xmpp.org/extensions/xep-0420.html#affix_elements>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "affix-mismatch",
    severity: Severity::Error,
    source: include_str!("affix_mismatch.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::AffixMismatch, context, sink);
}
