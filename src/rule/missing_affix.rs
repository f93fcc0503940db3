//! # missing-affix
//!
//! An envelope lacks an affix that its profile requires.
//!
//! ## What it does
//!
//! Looks at the envelopes that travel under a known profile: those inside of sealed stanzas, and examples that name their profile. The
//! profile's table says which affixes are required, in which situation, and why.
//!
//! ## Why it matters
//!
//! Each required affix keeps out one attack. Without it a receiver could not notice, so it rejects the stanza.
//!
//! ## Wrong
//!
//! ```xml profile=openpgp
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//!   <from jid='romeo@montague.example'/>
//!   <rpad>kD8f2</rpad>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml profile=openpgp
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//!   <to jid='juliet@capulet.example'/>
//!   <from jid='romeo@montague.example'/>
//!   <rpad>kD8f2</rpad>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#sending`, `spec/xep-sce/draft.md#req-receive-affixes`
//! - XEP-0420, Encryption Profiles: <https://xmpp.org/extensions/xep-0420.html#security_profiles>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-affix",
    severity: Severity::Error,
    source: include_str!("missing_affix.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::MissingAffix, context, sink);
}
