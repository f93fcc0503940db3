//! Both sides of every bound that a receiver has, as test vectors: the last one that it accepts, and the first one that it refuses. The
//! long ones are made here and not kept. Depth, attributes and times stand in the draft's own vectors.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use jiff::Timestamp;
use std::collections::BTreeMap;
use support::{root, rules};
use xep::example::Cast;
use xep::example::sealed::Occasion;
use xep::example::vectors::{Case, Circumstances, File, Keys, People, VERSION, Verdict, verify};
use xep::protocol::omemo::Omemo;
use xep::protocol::openpgp::OpenPgp;
use xep::protocol::{Carrier, Identity, Protection, Protocol, SealRequest};
use xep::random::SeededRandom;
use xep::sce::Rulebook;
use xep::source::Sources;
use xep::xml::write::{Style, write};
use xep::xml::{CLIENT, Element, Name};
use zeroize::Zeroizing;

const CLOCK: &str = "2026-09-14T09:12:00Z";

/// The profile, the element that carries it and where the text stands in it.
const PROFILES: [(&str, &str, &str, &str); 3] = [
    ("openpgp", "urn:xmpp:openpgp:sce:0", "openpgp", ""),
    ("omemo", "urn:xmpp:omemo:2", "encrypted", "payload"),
    ("stub", "urn:xmpp:encryption:stub:sce:1", "encrypted", "payload"),
];

/// An envelope with something in its content and so much padding that it has so many bytes.
fn envelope(content: &str, bytes: usize) -> String {
    let made = |padding: &str| {
        format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>{padding}</rpad><time stamp='{CLOCK}'/><to jid='juliet@capulet.example'/>\
             <from jid='romeo@montague.example'/><content><body xmlns='jabber:client'>x</body>{content}</content></envelope>"
        )
    };
    made(&"x".repeat(bytes.saturating_sub(made("").len())))
}

/// Everybody, with a receiver that is never at its bounds while it seals.
struct Ground {
    rules: Rulebook,
    cast: Cast,
    keys: Vec<Keys>,
}

impl Ground {
    fn new() -> Ground {
        let file = std::fs::read_to_string(root().join("examples/xep-sce/vectors/openpgp.json")).unwrap();
        let openpgp: File = serde_json::from_str(&file).unwrap();
        let file = std::fs::read_to_string(root().join("examples/xep-sce/vectors/omemo.json")).unwrap();
        let omemo: File = serde_json::from_str(&file).unwrap();
        let mut keys = openpgp.people;
        for person in &mut keys {
            let same = omemo.people.iter().find(|other| other.jid == person.jid);
            person.omemo = same.map_or_else(Vec::new, |other| other.omemo.clone());
        }
        let folder = root().join("spec/xep-sce");
        let text = std::fs::read_to_string(folder.join("cast.toml")).unwrap();
        let read = |path: &str| std::fs::read(folder.join(path)).ok().map(Zeroizing::new);
        Ground { rules: rules(), cast: Cast::parse(&text, &read).unwrap(), keys }
    }

    fn person(&self, id: &str) -> &Identity {
        &self.cast.person(id).unwrap().identity
    }

    /// The stanza in which Romeo sends a text to Juliet.
    fn stanza(&self, profile: &str, text: &str) -> String {
        let (_, namespace, local, payload) = *PROFILES.iter().find(|(id, ..)| *id == profile).unwrap();
        let mut protocol: Box<dyn Protocol> = match profile {
            "openpgp" => Box::new(OpenPgp { maximum: 8 << 20 }),
            "omemo" => {
                let mut omemo = Omemo::default();
                omemo.maximum = 8 << 20;
                Box::new(omemo)
            }
            _ => xep::protocol::by_name(profile).unwrap(),
        };
        let mut sources = Sources::default();
        let file = sources.add("a", "a");
        let span = sources.whole(file);
        let carrier = Carrier::new(Name::new(namespace, local), payload);
        let request = SealRequest {
            sender: self.person("romeo"),
            recipients: &[self.person("juliet")],
            time: CLOCK.parse::<Timestamp>().unwrap(),
            protection: if profile == "stub" { Protection::NONE } else { Protection::FULL },
            carrier: &carrier,
            span,
        };
        let sealed = protocol.seal(text, &request, &mut SeededRandom::new("bounds")).unwrap();
        let message = Element::new(Name::new(CLIENT, "message"), span)
            .with_attribute("from", "romeo@montague.example/orchard")
            .with_attribute("to", "juliet@capulet.example/balcony")
            .with_attribute("type", "chat")
            .with_attribute("id", "m1")
            .with_child(sealed);
        write(&message, CLIENT, Style::default())
    }

    /// The vectors of both sides hold: the first stanza is accepted, the second refused because of this requirement.
    fn hold(&self, bound: &str, profile: &str, within: &str, beyond: &str, requirement: &str) {
        let people = People::read(&self.keys).unwrap();
        let case = |side: &str, stanza: &str| {
            let circumstances = Circumstances {
                stanza,
                receiver: "juliet@capulet.example",
                clock: CLOCK,
                rooms: &[],
                queries: None,
                occupant: "",
                occasion: Occasion::First,
            };
            let id = format!("{bound}-{profile}-{side}");
            Case::of(id, side.into(), profile.into(), Vec::new(), &circumstances, &people, &self.rules).unwrap()
        };
        let cases = vec![case("within", within), case("beyond", beyond)];
        assert_eq!(cases[0].result, Verdict::Valid, "{bound}, {profile}: {:?}", cases[0].requirements);
        assert_eq!(cases[1].result, Verdict::Invalid, "{bound}, {profile}");
        assert_eq!(cases[1].requirements, [requirement], "{bound}, {profile}");
        let file = File {
            version: VERSION,
            about: "Both sides of a bound.".into(),
            notice: "Test keys.".into(),
            protocol: profile.into(),
            flags: BTreeMap::new(),
            people: self.keys.clone(),
            cases,
            bundles: Vec::new(),
        };
        let report = verify(&serde_json::to_string(&file).unwrap(), &self.rules).unwrap();
        assert_eq!((report.valid, report.invalid, report.failures), (1, 1, Vec::new()), "{bound}, {profile}");
    }
}

/// The longest text that a protocol seals so that the length of something stays within a bound.
fn longest(mut low: usize, mut high: usize, fits: impl Fn(usize) -> bool) -> usize {
    assert!(fits(low) && !fits(high));
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) { low = middle } else { high = middle }
    }
    low
}

fn base64_of(stanza: &str, before: &str) -> usize {
    let (_, rest) = stanza.split_once(before).unwrap();
    rest.find('<').unwrap()
}

/// A mebibyte of Base64 in OpenPGP, of ciphertext in OMEMO.
#[test]
fn length_of_messages() {
    let ground = Ground::new();
    let openpgp = |bytes: usize| ground.stanza("openpgp", &envelope("", bytes));
    let fits = |bytes: usize| base64_of(&openpgp(bytes), "<openpgp xmlns='urn:xmpp:openpgp:sce:0'>") <= 1 << 20;
    let most = longest(785_000, 786_500, fits);
    ground.hold("length", "openpgp", &openpgp(most), &openpgp(most + 4), "req-receive-open");

    // The padding of the cipher fills up to 16 bytes, one at least.
    let omemo = |bytes: usize| ground.stanza("omemo", &envelope("", bytes));
    ground.hold("length", "omemo", &omemo((1 << 20) - 1), &omemo(1 << 20), "req-receive-open");
}

/// How many elements, attributes and texts an envelope holds.
#[test]
fn parts_of_envelopes() {
    let ground = Ground::new();
    let stanza = |parts: usize| ground.stanza("stub", &envelope(&"<x xmlns='urn:example:0'/>".repeat(parts), 0));
    let accepted =
        |parts: usize| xep::xml::strict::check(&envelope(&"<x xmlns='urn:example:0'/>".repeat(parts), 0)).is_ok();
    let most = longest(20_000, 60_000, accepted);
    ground.hold("parts", "stub", &stanza(most), &stanza(most + 1), "req-receive-parse");
}
