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
//! - `spec/xep-sce/draft.md#sending`, `spec/xep-sce/draft.md#req-receive-restore`

use super::context::round_trips_of;
use super::{Context, Rule};
use crate::example::round_trip::Trouble;
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "round-trip-fails",
    severity: Severity::Error,
    source: include_str!("round_trip_fails.rs"),
    check: Some(check),
};

/// One cause is told once, however many receivers and profiles meet it. What another rule has told of the example is the
/// cause of what happens to it.
fn check(context: &Context<'_>, sink: &mut Sink) {
    let with_cause: HashSet<usize> =
        context.faults.iter().filter(|(_, fault)| fault.fatal).map(|(at, _)| *at).collect();
    for (at, example) in context.examples.iter().enumerate() {
        if !with_cause.contains(&at) {
            sink.extend_in(&example.id, findings(context, at));
        }
    }
}

fn findings(context: &Context<'_>, at: usize) -> Vec<Finding> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for outcome in round_trips_of(&context.round_trips, at) {
        for trouble in &outcome.troubles {
            let number = *known.entry(identity(trouble)).or_insert(causes.len());
            match causes.get_mut(number) {
                Some(cause) => cause.profiles.push(&outcome.profile),
                None => causes.push(Cause { trouble, profiles: vec![&outcome.profile] }),
            }
        }
    }
    causes.into_iter().map(Cause::finding).collect()
}

/// What is the same for another receiver or under another profile: the place, and the reason, else the message.
fn identity(trouble: &Trouble) -> (Span, bool, &str) {
    let note = trouble.note.as_deref();
    (trouble.span, note.is_some(), note.unwrap_or(&trouble.message))
}

/// What went wrong, and under which profiles.
struct Cause<'a> {
    trouble: &'a Trouble,
    profiles: Vec<&'a str>,
}

impl Cause<'_> {
    fn finding(mut self) -> Finding {
        let first = self.profiles.remove(0);
        let message = format!("the round trip through `{first}` fails: {}", self.trouble.message);
        let mut finding = Finding::new(RULE.name, self.trouble.span, message);
        finding.notes.extend(self.trouble.note.clone());
        self.profiles.retain(|profile| *profile != first);
        self.profiles.dedup();
        match self.profiles.join("`, `") {
            others if others.is_empty() => finding,
            others => finding.note(format!("the same happens through `{others}`")),
        }
    }
}
