//! A receiver without keys, who opens what needs none and refuses the rest.

use std::sync::LazyLock;
use xep::example::explanation::Shows;
use xep::example::receive::{Incoming, stanza};
use xep::example::sealed::{Occasion, Opening, Receiver};
use xep::protocol::{Identity, Keyring};
use xep::sce::arrival::{Address, Knowledge};
use xep::sce::{Policy, Profiles, Rulebook};
use xep::source::{MappedText, Sources};
use xep::xml::{CLIENT, parse_accepted, strict};
use xep::xmpp::BareJid;

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

/// What a text carries, opened as Juliet opens it. What the strict parser lets through, ours reads without a problem.
pub fn open_all(text: &str) -> Vec<Opening> {
    let mut sources = Sources::default();
    let is_strict = strict::check(text).is_ok();
    let file = sources.add("a.xml", text);
    let parsed = parse_accepted(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
    assert!(!is_strict || parsed.problems.is_empty(), "{:?}", parsed.problems);
    let Ok(outer) = stanza(text, &mut Sources::default()) else { return Vec::new() };
    let identity = Identity::new("juliet@capulet.example".parse::<BareJid>().expect("an address"));
    let keyring = Keyring::default();
    let clock = "2026-09-14T09:12:00Z".parse().expect("a time");
    let knowledge = Knowledge {
        account: Some(Address::known("juliet@capulet.example")),
        now: Some(clock),
        rooms: Some(vec!["balcony@rooms.capulet.example".to_owned()]),
        ..Knowledge::default()
    };
    let incoming = Incoming::of(&outer, &RULES, &knowledge, None);
    let receiver = Receiver { identity: &identity, known: &keyring, clock };
    let result = incoming.open(&RULES, &receiver, Occasion::First);
    let explanation = incoming.explain(&RULES, result.as_ref(), Shows::default());
    assert_eq!(
        explanation.origins.len(),
        explanation.restored.map_or(0, |restored| {
            stanza(&restored, &mut Sources::default()).map_or(0, |restored| restored.elements().count())
        })
    );
    result.and_then(Result::ok).into_iter().collect()
}
