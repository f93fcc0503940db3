//! A receiver without keys, who opens what needs none and refuses the rest.

use jid::BareJid;
use std::sync::LazyLock;
use xep::example::sealed::{Opening, Receiver, open, sealed_stanzas};
use xep::protocol::{Identity, Keyring};
use xep::sce::arrival::{Address, Arrival, situation_of, unwrap};
use xep::sce::{Policy, Profiles, Rulebook};
use xep::source::{MappedText, Sources};
use xep::xml::{CLIENT, parse};

const ELEMENTS: &str = include_str!("../spec/xep-sce/elements.toml");
const PROFILES: &str = include_str!("../spec/xep-sce/profiles.toml");

static RULES: LazyLock<Rulebook> = LazyLock::new(|| {
    let mut sources = Sources::default();
    let (elements, profiles) = (sources.add("elements.toml", ELEMENTS), sources.add("profiles.toml", PROFILES));
    Rulebook {
        policy: Policy::parse(ELEMENTS, elements).expect("our own policy"),
        profiles: Profiles::parse(PROFILES, profiles).expect("our own profiles"),
    }
});

/// Everything that a text carries, opened as Juliet opens it.
pub fn open_all(text: &str) -> Vec<Opening> {
    let mut sources = Sources::default();
    let file = sources.add("a.xml", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
    let identity = Identity::new("juliet@capulet.example".parse::<BareJid>().expect("an address"));
    let keyring = Keyring::default();
    let clock = "2026-09-14T09:12:00Z".parse().expect("a time");
    let receiver = Receiver { identity: &identity, known: &keyring, clock };
    let mut openings = Vec::new();
    for root in parsed.elements() {
        let wrapped = unwrap(root, &RULES.profiles);
        for sealed in sealed_stanzas(std::iter::once(root), &RULES.profiles) {
            let mut arrival = Arrival::of_stanza(sealed.stanza, situation_of(sealed.stanza));
            arrival.account = Some(Address { jid: identity.jid().to_string(), span: None });
            arrival.now = Some(clock);
            if let Some(wrapped) = &wrapped {
                arrival.situation.clone_from(&wrapped.situation);
                arrival.wrapper_from.clone_from(&wrapped.from);
                arrival.delay = wrapped.delay;
            }
            openings.extend(open(&sealed, &RULES, &arrival, &receiver).ok());
        }
    }
    openings
}
