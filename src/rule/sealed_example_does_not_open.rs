//! # sealed-example-does-not-open
//!
//! A sealed example cannot be opened, or holds no XML.
//!
//! ## What it does
//!
//! Opens the sealed stanzas in examples: with the keys of the cast where they are encrypted, without any where the profile `stub` only
//! encodes. Base64 that is none, ciphertext that was changed, keys that do not fit and plaintext that is not well-formed are found,
//! and so are a second carrier in one stanza, a wrapper from somebody who may not send any, and what was received before.
//! Placeholders such as `...` are passed over.
//!
//! ## Why it matters
//!
//! An example that nobody can open was written by hand, and it cannot be used to test anything.
//!
//! ## Wrong
//!
//! The letters are Base64, but what they say is not XML: `<body>` is not closed.
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'>
//!     <payload>
//!       PGVudmVsb3BlIHhtbG5zPSd1cm46eG1wcDpzY2U6MSc+PGNvbnRlbnQ+PGJvZHkgeG1sbnM9
//!       J2phYmJlcjpjbGllbnQnPkdvb2QgbmlnaHQuPC9jb250ZW50PjwvZW52ZWxvcGU+
//!     </payload>
//!   </encrypted>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:encryption:stub:sce:1'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <encrypted xmlns='urn:xmpp:encryption:stub:sce:1'>
//!     <payload>
//!       PGVudmVsb3BlIHhtbG5zPSd1cm46eG1wcDpzY2U6MSc+PGNvbnRlbnQ+PGJvZHkgeG1sbnM9
//!       J2phYmJlcjpjbGllbnQnPkdvb2QgbmlnaHQuPC9ib2R5PjwvY29udGVudD48L2VudmVsb3Bl
//!       Pg==
//!     </payload>
//!   </encrypted>
//!   <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:encryption:stub:sce:1'/>
//!   <store xmlns='urn:xmpp:hints'/>
//! </message>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-receive-open`, `spec/xep-sce/draft.md#req-receive-parse`
//! - XEP-0420, Receiving an encrypted stanza: <https://xmpp.org/extensions/xep-0420.html#receiving>

use super::fault_rules;
use super::{Context, Rule};
use crate::example::Example;
use crate::finding::{Finding, Severity, Sink};
use crate::sce::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sealed-example-does-not-open",
    severity: Severity::Error,
    source: include_str!("sealed_example_does_not_open.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    const REFUSED: [FaultKind; 13] = [
        FaultKind::MalformedPlaintext,
        FaultKind::CarrierCount,
        FaultKind::ForgedWrapper,
        FaultKind::Repeated,
        FaultKind::IqChildren,
        FaultKind::ReturnedError,
        FaultKind::ContentTwice,
        FaultKind::UnknownRoom,
        FaultKind::WrapperShape,
        FaultKind::UnaskedResult,
        FaultKind::NeverSealed,
        FaultKind::SigningTime,
        FaultKind::ForeignClaim,
    ];
    fault_rules::tell_if(RULE.name, context, sink, |fault| REFUSED.contains(&fault.kind));
    // Of an envelope that an author shows, the schema tells what is wrong with its form.
    let is_sealed = |example: &Example| {
        context
            .openings
            .iter()
            .any(|opened| context.examples.get(opened.example).is_some_and(|one| one.id == example.id))
    };
    fault_rules::tell_in(RULE.name, context, sink, is_sealed, |fault| {
        matches!(fault.kind, FaultKind::TextInEnvelope | FaultKind::EnvelopeForm)
    });
    for opened in &context.openings {
        let (Err(failure), Some(example)) = (&opened.result, context.examples.get(opened.example)) else { continue };
        let span = failure.span().unwrap_or(opened.carrier);
        let mut finding =
            Finding::new(RULE.name, span, format!("the sealed example does not open: {}", failure.message()));
        finding.requirement = context.yardstick.rules.profiles.verdict("not-opened").map(str::to_owned);
        if !example.generated {
            finding = finding.help("generate it from its plaintext: `seal=\"#...\"`");
        }
        sink.extend_in(&example.id, [finding]);
    }
}
