//! Several IQs between two online devices go over one session of OMEMO: request, result and error.

mod support;

use jiff::Timestamp;
use support::rules;
use xep::example::sealed::{Opening, Receiver, open_with, sealed_stanzas};
use xep::protocol::omemo::{DeviceId, Omemo};
use xep::protocol::{Carrier, Identity, Keyring, Protection, Protocol, SealRequest};
use xep::random::SeededRandom;
use xep::sce::Rulebook;
use xep::sce::arrival::{Address, Arrival, situation_of};
use xep::sce::envelope::{self, Attributes, Particulars, serialise};
use xep::sce::seal::{assemble, split};
use xep::source::{MappedText, Sources};
use xep::xml::write::{Style, write};
use xep::xml::{CLIENT, Element, parse};
use xep::xmpp::BareJid;

/// One end of the conversation: an account with one device, which remembers its sessions.
struct End {
    identity: Identity,
    protocol: Omemo,
}

impl End {
    fn new(address: &str, device: u32) -> End {
        let mut identity = Identity::new(BareJid::parse(address).expect("an address"));
        identity.add_omemo_seed("iq session", DeviceId::new(device).expect("an id"));
        End { identity, protocol: Omemo::default() }
    }
}

fn stanza(text: &str) -> Element {
    let mut sources = Sources::default();
    let file = sources.add("stanza", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
    parsed.elements().next().expect("a stanza").clone()
}

fn clock() -> Timestamp {
    "2026-09-14T09:00:00Z".parse().expect("a time")
}

/// Sends an IQ; answers what goes over the wire and what the other end makes of it.
fn send(text: &str, from: &mut End, to: &mut End, rules: &Rulebook, random: &mut SeededRandom) -> (String, Opening) {
    let profile = rules.profiles.get("omemo").expect("a profile");
    let (plain, known) =
        (stanza(text), [from.identity.public(), to.identity.public()].into_iter().collect::<Keyring>());
    let parts = split(&plain, &rules.policy, &rules.profiles);
    let particulars = Particulars {
        recipient: Some(to.identity.jid().to_string()),
        sender: Some(from.identity.jid().to_string()),
        time: clock(),
        situation: situation_of(&plain).to_owned(),
        stanza: Attributes::of(&plain),
    };
    let envelope = envelope::build(parts.inside.clone(), profile, &particulars, random, plain.start_tag);
    let carrier = Carrier::new(profile.carrier.clone(), &profile.payload);
    let request = SealRequest {
        sender: &from.identity,
        recipients: &[&to.identity],
        time: clock(),
        protection: Protection::FULL,
        carrier: &carrier,
        span: plain.start_tag,
    };
    let sealed = from.protocol.seal(&serialise(&envelope, profile), &request, random).expect("it can be sealed");
    let wire = write(&assemble(&parts.outside, &parts.inside, sealed, profile).0, CLIENT, Style::default());
    let arrived = stanza(&wire);
    let sealed = sealed_stanzas(std::iter::once(&arrived), &rules.profiles);
    let mut arrival = Arrival::of_stanza(&arrived, situation_of(&arrived));
    arrival.account = Some(Address { jid: to.identity.jid().to_string(), span: None });
    arrival.now = Some(clock());
    let receiver = Receiver { identity: &to.identity, known: &known, clock: clock() };
    let opening = open_with(&mut to.protocol, &sealed[0], rules, &arrival, &receiver).expect("it opens");
    assert!(opening.is_accepted(), "{:?}", opening.faults);
    (wire, opening)
}

fn restored(opening: &Opening) -> String {
    write(&opening.restored.as_ref().expect("it was accepted").stanza, CLIENT, Style::default())
}

#[test]
fn request_result_and_error_go_over_one_session() {
    let (rules, mut random) = (rules(), SeededRandom::new("iq session"));
    let (mut romeo, mut juliet) = (End::new("romeo@montague.example", 1), End::new("juliet@capulet.example", 2));
    let to_juliet = "from='romeo@montague.example/orchard' to='juliet@capulet.example/balcony'";
    let to_romeo = "from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'";
    let request =
        |id: u32| format!("<iq {to_juliet} id='{id}' type='get'><data xmlns='urn:xmpp:bob' cid='{id}'/></iq>");
    let answer = |id: u32| {
        format!("<iq {to_romeo} id='{id}' type='result'><data xmlns='urn:xmpp:bob' cid='{id}'>aGk=</data></iq>")
    };
    let error = format!(
        "<iq {to_romeo} id='3' type='error'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No such picture.</text></error></iq>"
    );
    let exchange = "kex='true'";

    let (first, opened) = send(&request(1), &mut romeo, &mut juliet, &rules, &mut random);
    assert!(first.contains(exchange), "the first request begins the session");
    assert!(restored(&opened).contains("cid='1'"));
    let (result, opened) = send(&answer(1), &mut juliet, &mut romeo, &rules, &mut random);
    assert!(!result.contains(exchange) && restored(&opened).contains("aGk="), "{result}");
    for id in 2..=3 {
        let (wire, _) = send(&request(id), &mut romeo, &mut juliet, &rules, &mut random);
        assert!(!wire.contains(exchange), "a session is reused: {wire}");
        if id == 2 {
            send(&answer(id), &mut juliet, &mut romeo, &rules, &mut random);
        }
    }

    let (wire, opened) = send(&error, &mut juliet, &mut romeo, &rules, &mut random);
    assert!(!wire.contains(exchange));
    // Outside stands what says nothing, inside what happened.
    assert!(
        wire.contains("undefined-condition") && !wire.contains("item-not-found") && !wire.contains("picture"),
        "{wire}"
    );
    let restored = restored(&opened);
    assert!(restored.contains("item-not-found") && restored.contains("No such picture."), "{restored}");
    assert!(!restored.contains("undefined-condition"), "{restored}");
    // What went over the session cannot come again.
    let arrived = stanza(&wire);
    let sealed = sealed_stanzas(std::iter::once(&arrived), &rules.profiles);
    let known: Keyring = [juliet.identity.public()].into_iter().collect();
    let receiver = Receiver { identity: &romeo.identity, known: &known, clock: clock() };
    let arrival = Arrival::of_stanza(&arrived, "iq-error");
    let again = open_with(&mut romeo.protocol, &sealed[0], &rules, &arrival, &receiver);
    assert!(again.expect_err("its key is used up").is_replayed());
}
