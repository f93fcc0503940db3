//! # unprotected-content
//!
//! A sealed stanza opens, but its envelope was not encrypted or not signed as the profile demands.
//!
//! ## What it does
//!
//! Opens sealed stanzas and compares what the encryption protocol found with what the profile says: whether the envelope has to be
//! encrypted, and whether somebody who is known has to have signed it.
//!
//! ## Why it matters
//!
//! OpenPGP also carries messages that are only signed, only encrypted, or neither. Who does not look shows a message as secret
//! that everybody could read, or as Romeo's that anybody could have written.
//!
//! ## Wrong
//!
//! This OpenPGP message holds the envelope as it is: nobody has encrypted it, nobody has signed it.
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <openpgp xmlns='urn:xmpp:openpgp:sce:0'>
//!     y8AwYgAAAAAAPGVudmVsb3BlIHhtbG5zPSd1cm46eG1wcDpzY2U6MSc+PHJwYWQ+a0Q4ZjI8
//!     L3JwYWQ+PHRpbWUgc3RhbXA9JzIwMjYtMDktMTRUMDk6MDA6MDBaJy8+PHRvIGppZD0nanVs
//!     aWV0QGNhcHVsZXQuZXhhbXBsZScvPjxmcm9tIGppZD0ncm9tZW9AbW9udGFndWUuZXhhbXBs
//!     ZScvPjxjb250ZW50Pjxib2R5IHhtbG5zPSdqYWJiZXI6Y2xpZW50Jz5Hb29kIG1vcnJvdy48
//!     L2JvZHk+PC9jb250ZW50PjwvZW52ZWxvcGU+
//!   </openpgp>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:openpgp:sce:0' name='OpenPGP (SCE)'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//!
//! ## Right
//!
//! A sealed example is made from its plaintext, which really encrypts and signs it.
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example #ex-plain caption="Before"}
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ```{.xml .example #ex-sealed caption="After" seal="#ex-plain" profile=openpgp}
//! ```
//! ````
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-receive-open`, `spec/xep-sce/xep-sce-openpgp.md#req-openpgp-signed`, `spec/xep-sce/xep-sce-openpgp.md#req-openpgp-encrypted`
//! - XEP-0373, OpenPGP Encrypted and Signed Data: <https://xmpp.org/extensions/xep-0373.html#signcrypt>

use super::{Context, Rule, fault_rules};
use crate::finding::{Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unprotected-content",
    severity: Severity::Error,
    source: include_str!("unprotected_content.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::NotProtected, context, sink);
}
