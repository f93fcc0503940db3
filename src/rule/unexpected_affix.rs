//! # unexpected-affix
//!
//! An envelope has an affix that its profile forbids, or one too often.
//!
//! ## What it does
//!
//! Counts the affixes of each envelope and compares with the profile's table: which are forbidden, and how often each may occur.
//!
//! ## Why it matters
//!
//! Deployed clients read the first of two affixes, or the last. One of them would verify what the other ignores.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//!   <time stamp='2026-09-14T15:00:00Z'/>
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
//!   <time stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-receive-affixes`

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unexpected-affix",
    severity: Severity::Error,
    source: include_str!("unexpected_affix.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::UnexpectedAffix, context, sink);
}
