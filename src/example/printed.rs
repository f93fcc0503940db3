//! Envelopes that documents print as they are, and what a receiver would make of each: as if the encryption had gone well, and it had
//! come at the time that it says, from whom and to whom it says.

use super::sealed::{Receiver, Sealed, envelopes, is_other_version, open_with};
use super::{Example, Verdict, round_trip};
use crate::protocol::{AlreadyOpen, Identity, Keyring};
use crate::sce::arrival::{Address, Arrival};
use crate::sce::envelope::serialise;
use crate::sce::{Profile, Rulebook};
use crate::source::{MappedText, Span};
use crate::xml::{Element, Node};
use crate::xmpp::{BareJid, jid};
use jiff::Timestamp;

/// An envelope in an example.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Where it begins.
    pub span: Span,
    /// Its name, as written.
    pub name: String,
    /// The profile by which it is judged.
    pub profile: String,
    /// What a receiver does; nothing where parts of it are left out, so that nobody could send it.
    pub verdict: Option<Verdict>,
    /// Everything that is wrong with it: what is fatal first.
    pub reasons: Vec<Reason>,
}

/// Something that is wrong with an envelope.
#[derive(Clone, Debug)]
pub struct Reason {
    /// What, in a sentence.
    pub message: String,
    /// The requirement that says so.
    pub requirement: Option<String>,
    /// Whether a receiver refuses it for that.
    pub is_fatal: bool,
}

/// The envelopes of an example, each under each of the profiles that can carry it; under what is common to all where none can.
pub fn printed(example: &Example, profiles: &[&Profile], rules: &Rulebook) -> Vec<Printed> {
    let mut found = Vec::new();
    for envelope in envelopes(example.elements(), &rules.profiles) {
        let fits = |profile: &&&Profile| profile.form(&envelope.name).is_some();
        let mut by: Vec<&Profile> = profiles.iter().filter(fits).copied().collect();
        if by.is_empty() {
            by.extend(rules.profiles.of_envelope(&envelope.name));
        }
        if by.is_empty() {
            found.extend(of_other_version(envelope, rules));
        }
        found.extend(by.into_iter().map(|profile| judged(example, envelope, profile, rules)));
    }
    found
}

fn of_other_version(envelope: &Element, rules: &Rulebook) -> Option<Printed> {
    let near = rules.profiles.envelopes().find(|name| is_other_version(name, &envelope.name))?;
    Some(Printed {
        span: envelope.start_tag,
        name: envelope.name.to_string(),
        profile: String::new(),
        verdict: Some(Verdict::Reject),
        reasons: vec![Reason {
            message: format!("it is of another version than `{near}`"),
            requirement: None,
            is_fatal: true,
        }],
    })
}

fn judged(example: &Example, envelope: &Element, profile: &Profile, rules: &Rulebook) -> Printed {
    let printed = |verdict, reasons| Printed {
        span: envelope.start_tag,
        name: envelope.name.to_string(),
        profile: profile.id.clone(),
        verdict,
        reasons,
    };
    if example.has_elision_in(envelope.span) || !example.problems.is_empty() {
        return printed(None, Vec::new());
    }
    let mut message = round_trip::message_for(envelope, profile);
    for address in ["from", "to"] {
        if message.value(address).is_none() {
            message.set_attribute(address, "somebody@example.invalid");
        }
    }
    let account = jid::bare(message.value("to").unwrap_or_default());
    let author = message.value("from").and_then(|from| BareJid::parse(&jid::bare(from)).ok());
    let now = round_trip::time_of(envelope, profile).unwrap_or(Timestamp::UNIX_EPOCH);
    let carrier = Element::new(profile.carrier.clone(), envelope.start_tag);
    let stanza = message.with_child(carrier);
    let Some(carrier) = stanza.children.iter().find_map(Node::element) else { return printed(None, Vec::new()) };
    let arrival = Arrival {
        account: Some(Address::known(&account)),
        now: Some(now),
        ..Arrival::of_stanza(&stanza, "one-to-one")
    };
    let plaintext = MappedText::standing_for(serialise(envelope, profile), envelope.span);
    let mut protocol = AlreadyOpen::of(plaintext, round_trip::demanded(profile), author, now);
    let Ok(nobody) = BareJid::parse(&account) else { return printed(None, Vec::new()) };
    let (nobody, known) = (Identity::new(nobody), Keyring::default());
    let receiver = Receiver { identity: &nobody, known: &known, clock: now };
    let sealed = Sealed { stanza: &stanza, carrier, profile };
    let Ok(opening) = open_with(&mut protocol, &sealed, rules, &arrival, &receiver) else {
        return printed(None, Vec::new());
    };
    let verdict = opening.verdict();
    let mut reasons: Vec<Reason> = opening
        .faults
        .into_iter()
        .map(|fault| Reason { message: fault.message, requirement: fault.requirement, is_fatal: fault.fatal })
        .collect();
    reasons.sort_by_key(|reason| !reason.is_fatal);
    printed(Some(verdict), reasons)
}
