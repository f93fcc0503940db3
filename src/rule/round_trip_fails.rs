//! # round-trip-fails
//!
//! An example does not come back as it was when it is encrypted and decrypted.
//!
//! ## What it does
//!
//! Sends each stanza through the profiles that it goes through: splits it by the policy, encrypts it with the keys of the cast, delivers it
//! to every receiver, decrypts, verifies, puts it together again, and compares what came out with what went in. A lone envelope is
//! encrypted as it stands.
//!
//! ## Why it matters
//!
//! What an example shows must survive the way that the document describes. If it does not, the example, the policy or the profile
//! is wrong.
//!
//! ## Wrong
//!
//! Text of a stanza's own is lost: only elements can be moved into an envelope.
//!
//! ```xml profiles="openpgp"
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   Good morrow.
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml profiles="openpgp"
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example' type='chat'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-send-split`, `spec/xep-sce/draft.md#req-receive-restore`

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule =
    Rule { name: "round-trip-fails", severity: Severity::Error, source: include_str!("round_trip_fails.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, outcome) in &context.round_trips {
        let Some(example) = context.examples.get(*at) else { continue };
        for trouble in &outcome.troubles {
            let message = format!("the round trip through `{}` fails: {}", outcome.profile, trouble.message);
            let mut finding = Finding::new(RULE.name, trouble.span, message);
            finding.notes.extend(trouble.note.clone());
            sink.extend_in(&example.id, [finding]);
        }
    }
}
