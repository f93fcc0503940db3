//! # server-processed-inside
//!
//! An element that servers have to read stands inside of the envelope.
//!
//! ## What it does
//!
//! Looks at the children of each content. Those whose row in `elements.toml` says `outside` are found.
//!
//! ## Why it matters
//!
//! Inside, no server sees it, so it has no effect. And what only servers may write could be forged there: receivers discard it.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!     <store xmlns='urn:xmpp:hints'/>
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
//! - `spec/xep-sce/draft.md#req-policy-inside`, `spec/xep-sce/draft.md#req-discard-inside`
//! - XEP-0420, Server-processed Elements: <https://xmpp.org/extensions/xep-0420.html#server-processed>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "server-processed-inside",
    severity: Severity::Error,
    source: include_str!("server_processed_inside.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::ServerProcessedInside, context, sink);
}
