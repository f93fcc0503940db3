//! # wrong-signer
//!
//! Who signed a sealed stanza is not who is said to have written it.
//!
//! ## What it does
//!
//! Compares the account that the encryption protocol vouches for with the sender that the envelope names; where the profile has no such
//! affix, with the sender of the stanza.
//!
//! ## Why it matters
//!
//! A valid signature says that somebody wrote this, not who. A server could put another name on it, and a sender could claim to be
//! somebody else.
//!
//! ## Wrong
//!
//! Romeo's signature, and the server says that Tybalt wrote it. Under the profile `ox` no affix names the sender.
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-plain caption="What Romeo wrote"}
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ```{.xml .example #ex-sealed caption="What arrives" seal="#ex-plain" profile=ox tamper=readdress from="tybalt@capulet.example"}
//! ```
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-plain caption="What Romeo wrote"}
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ```{.xml .example #ex-sealed caption="What arrives" seal="#ex-plain" profile=ox}
//! ```
//! ````
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-from-identity`, `spec/xep-sce/xep-sce-openpgp.md#req-openpgp-user-id`, `spec/xep-sce/xep-sce-openpgp.md#req-ox-user-id`
//! - XEP-0373, Verification of openpgp Content: <https://xmpp.org/extensions/xep-0373.html#openpgp-verification>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-signer",
    severity: Severity::Error,
    source: include_str!("wrong_signer.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::WrongSigner, context, sink);
}
