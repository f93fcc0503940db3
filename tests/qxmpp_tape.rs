//! A conversation that QXmpp 1.10.2 really had with a device of ours over a server: each stanza that it sent gets the verdict that the
//! draft demands, and comes back in the form that it demands.
//!
//! The sessions that QXmpp began are opened by the device itself, from its published seed. The ratchet keys that our device answered
//! with were random and are not on the tape, so what QXmpp sent after an answer is judged from the text that the device decrypted then.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::rules;
use xep::example::explanation::{Explanation, Outcome, Shows};
use xep::example::receive::{Incoming, stanza};
use xep::example::sealed::{Receiver, open_with};
use xep::protocol::omemo::{Device, DeviceId, Encrypted};
use xep::protocol::{Carrier, Failure, Identity, Keyring, OpenRequest, Opened, Protection, Protocol, SealRequest};
use xep::random::Random;
use xep::sce::Rulebook;
use xep::sce::arrival::{Address, Knowledge};
use xep::source::{MappedText, Sources};
use xep::xml::Element;
use xep::xmpp::BareJid;

const ROMEO: &str = "romeo@montague.example";

/// Gives out the text that was decrypted when the tape was made.
struct Taped {
    plaintext: String,
    signer: BareJid,
}

impl Protocol for Taped {
    fn seal(&mut self, _: &str, _: &SealRequest<'_>, _: &mut dyn Random) -> Result<Element, Failure> {
        unreachable!("the tape is only listened to")
    }

    fn open(&mut self, carrier: &Element, _: &OpenRequest<'_>) -> Result<Opened, Failure> {
        Ok(Opened {
            plaintext: MappedText::standing_for(self.plaintext.clone(), carrier.span),
            signer: Some(self.signer.clone()),
            also: Vec::new(),
            signed_at: None,
            retired: None,
            protection: Protection::FULL,
            layers: Vec::new(),
        })
    }
}

struct Step {
    number: usize,
    stanza: Element,
    now: String,
    occupant: Option<String>,
    plaintext: String,
    began: bool,
}

fn steps() -> Option<Vec<Step>> {
    let text = std::fs::read_to_string(support::shared("the tape of QXmpp")?.join("vectors/qxmpp-tape.jsonl")).ok()?;
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let opened = lines.enumerate().filter(|(_, line)| line["ask"]["op"] == "open");
    let step = |(number, line): (usize, Value)| Step {
        number,
        stanza: stanza(line["ask"]["stanza"].as_str().unwrap(), &mut Sources::default()).unwrap(),
        now: line["ask"]["now"].as_str().unwrap().to_owned(),
        occupant: line["ask"]["occupant"].as_str().map(str::to_owned),
        plaintext: line["answer"]["ok"]["plaintext"].as_str().unwrap().to_owned(),
        began: line["answer"]["ok"]["began"] == true,
    };
    Some(opened.map(step).collect())
}

fn explain(step: &Step, rules: &Rulebook) -> Explanation {
    let clock = step.now.parse().unwrap();
    let knowledge = Knowledge {
        account: Some(Address::known(ROMEO)),
        now: Some(clock),
        rooms: Some(vec!["balcony@rooms.capulet.example".into()]),
        occupant: step.occupant.as_deref().map(Address::known),
        queries: None,
        accounts: Vec::new(),
    };
    let incoming = Incoming::of(&step.stanza, rules, &knowledge, None);
    let from = step.occupant.as_deref().or(incoming.arrived.inner.value("from")).unwrap();
    let signer = BareJid::parse(from.split('/').next().unwrap()).unwrap();
    let identity = Identity::new(ROMEO.parse().unwrap());
    let receiver = Receiver { identity: &identity, known: &Keyring::default(), clock };
    let mut taped = Taped { plaintext: step.plaintext.clone(), signer };
    let result = open_with(&mut taped, &incoming.sealed[0], rules, &incoming.arrived.arrival, &receiver);
    incoming.explain(rules, Some(&result), Shows::default())
}

#[test]
fn each_stanza_gets_its_verdict_and_its_form() {
    let Some(steps) = steps() else { return };
    assert_eq!(steps.len(), 13);
    let rules = rules();
    let mut situations = BTreeMap::<String, usize>::new();
    for step in &steps {
        let explanation = explain(step, &rules);
        let number = step.number;
        *situations.entry(explanation.message.situation.clone()).or_default() += 1;
        // QXmpp writes the error of an IQ without a namespace of its own, so it inherits the envelope's.
        if explanation.message.situation == "iq-error" {
            let faults: Vec<&str> = explanation.faults.iter().map(|fault| fault.kind.as_str()).collect();
            assert_eq!(explanation.outcome, Outcome::Refused);
            assert!(faults.contains(&"unqualified-content"), "{faults:?}");
            continue;
        }
        assert_eq!(explanation.outcome, Outcome::Accepted, "{number}: {:?}", explanation.faults);
        let author = if number == 23 { ROMEO } else { "juliet@capulet.example" };
        assert_eq!(explanation.author.as_deref(), Some(author), "{number}");
        let restored = stanza(explanation.restored.as_deref().unwrap(), &mut Sources::default()).unwrap();
        let origins: Vec<(String, String)> = restored
            .elements()
            .map(|child| child.name.local.clone())
            .zip(explanation.origins.iter().cloned())
            .collect();
        assert_eq!(origins.len(), restored.elements().count(), "{number}");
        let stood = |name: &str, side: &str| origins.iter().any(|(local, origin)| local == name && origin == side);
        // The stand-in text outside and what describes it are gone: nothing can hide the text inside.
        assert!(!stood("body", "outside") && !stood("fallback", "outside"), "{number}: {origins:?}");
        assert!(!stood("geoloc", "outside") && !stood("encryption", "inside"), "{number}: {origins:?}");
    }
    let expected = [
        ("carbon-sent", 1),
        ("group-chat", 1),
        ("iq-error", 1),
        ("iq-request", 1),
        ("iq-result", 1),
        ("one-to-one", 8),
    ];
    assert_eq!(situations, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

/// Until it answers, our device opens what QXmpp sent with nothing but its seed, and gets the same text as then.
#[test]
fn the_device_opens_what_began_a_session() {
    let Some(steps) = steps() else { return };
    let rules = rules();
    let profile = rules.profiles.get("omemo").unwrap();
    let mut device = Device::from_seed("qx", ROMEO.parse().unwrap(), DeviceId::new(4242).unwrap());
    let mut opened = 0;
    for step in steps.iter().filter(|step| step.began || step.number < 7) {
        let incoming = Incoming::of(&step.stanza, &rules, &Knowledge::default(), None);
        let carrier = incoming.sealed[0].carrier;
        assert_eq!(carrier.name, *Carrier::new(profile.carrier.clone(), &profile.payload).name());
        let sender = BareJid::parse(incoming.arrived.inner.value("from").unwrap().split('/').next().unwrap()).unwrap();
        let received = device.open(&Encrypted::read(carrier).unwrap(), &sender).unwrap().commit_in_memory();
        assert_eq!(
            received.plaintext.as_deref().map(Vec::as_slice),
            Some(step.plaintext.as_bytes()),
            "{}",
            step.number
        );
        opened += 1;
    }
    assert_eq!(opened, 3);
}
