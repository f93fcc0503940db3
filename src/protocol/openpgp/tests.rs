//! Sealing and opening among the cast, and everything that must be refused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::protocol::{Carrier, Identity, Keyring, Protection};
use crate::random::SeededRandom;
use crate::source::{FileId, MappedText, Sources, Span};
use crate::xml::Name;
use crate::xmpp::BareJid;
use proptest::prelude::*;
use sequoia_openpgp as pgp;

use pgp::cert::{Cert, CertBuilder};
use pgp::packet::{Signature, Tag};
use pgp::parse::Parse;
use pgp::serialize::SerializeInto;
use pgp::serialize::stream::Recipient;
use pgp::types::KeyFlags;

const TEXT: &str = "<envelope xmlns='urn:xmpp:sce:1'><content>Wherefore art thou, Ω?</content></envelope>";

/// Address, secret and public key. Tybalt comes last.
const CAST: [(&str, &[u8], &[u8]); 5] = [
    (
        "romeo@montague.example",
        include_bytes!("../../../spec/xep-sce/keys/romeo.secret.asc"),
        include_bytes!("../../../spec/xep-sce/keys/romeo.public.asc"),
    ),
    (
        "juliet@capulet.example",
        include_bytes!("../../../spec/xep-sce/keys/juliet.secret.asc"),
        include_bytes!("../../../spec/xep-sce/keys/juliet.public.asc"),
    ),
    (
        "nurse@capulet.example",
        include_bytes!("../../../spec/xep-sce/keys/nurse.secret.asc"),
        include_bytes!("../../../spec/xep-sce/keys/nurse.public.asc"),
    ),
    (
        "mercutio@verona.example",
        include_bytes!("../../../spec/xep-sce/keys/mercutio.secret.asc"),
        include_bytes!("../../../spec/xep-sce/keys/mercutio.public.asc"),
    ),
    (
        "tybalt@capulet.example",
        include_bytes!("../../../spec/xep-sce/keys/tybalt.secret.asc"),
        include_bytes!("../../../spec/xep-sce/keys/tybalt.public.asc"),
    ),
];

fn person(jid: &str, keys: &[&[u8]]) -> Identity {
    let mut person = Identity::new(BareJid::parse(jid).unwrap());
    keys.iter().for_each(|key| person.add_openpgp(key).unwrap());
    person
}

fn own(name: &str) -> Identity {
    let &(jid, secret, public) = CAST.iter().find(|(jid, ..)| jid.starts_with(name)).unwrap();
    person(jid, &[public, secret])
}

fn everybody() -> Keyring {
    CAST.iter().map(|(jid, _, public)| person(jid, &[public])).collect()
}

fn place() -> (FileId, Span) {
    let mut sources = Sources::default();
    let file = sources.add("example.xml", "x".repeat(100));
    (file, Span::new(file, 10, 20))
}

fn carrier() -> Carrier {
    Carrier::new(Name::new("urn:xmpp:openpgp:0", "openpgp"), "")
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn clock() -> Timestamp {
    time("2026-09-14T09:00:00Z")
}

fn seal_as(from: &Identity, to: &[&Identity], protection: Protection) -> Result<Element, Failure> {
    let carrier = carrier();
    let request =
        SealRequest { sender: from, recipients: to, time: clock(), protection, carrier: &carrier, span: place().1 };
    OpenPgp::default().seal(TEXT, &request, &mut SeededRandom::new("none"))
}

fn seal(from: &str, to: &[&str], protection: Protection) -> Element {
    let to: Vec<Identity> = to.iter().map(|name| own(name).public()).collect();
    seal_as(&own(from), &to.iter().collect::<Vec<_>>(), protection).unwrap()
}

/// Who opens and what is demanded; the rest is as in a story.
struct Opener {
    receiver: Identity,
    known: Keyring,
    sender: Option<BareJid>,
    time: Timestamp,
    demand: Protection,
}

fn opener(name: &str) -> Opener {
    Opener { receiver: own(name), known: everybody(), sender: None, time: clock(), demand: Protection::FULL }
}

impl Opener {
    fn open(&self, element: &Element) -> Result<Opened, Failure> {
        let carrier = carrier();
        let request = OpenRequest {
            receiver: &self.receiver,
            known: &self.known,
            sender: self.sender.as_ref(),
            time: self.time,
            demand: self.demand,
            carrier: &carrier,
        };
        OpenPgp::default().open(element, &request)
    }

    fn open_bytes(&self, bytes: &[u8]) -> Result<Opened, Failure> {
        self.open(&carrier().wrap(&base64::encode(bytes), place().1))
    }
}

fn bytes(element: &Element) -> Vec<u8> {
    base64::decode(&element.text()).unwrap()
}

#[test]
fn everybody_reads_what_everybody_writes() {
    for (from, ..) in CAST {
        for (to, ..) in CAST {
            let sealed = seal(from, &[to], Protection::FULL);
            let opened = Opener { sender: Some(BareJid::parse(from).unwrap()), ..opener(to) }.open(&sealed).unwrap();
            assert_eq!(opened.plaintext.as_str(), TEXT);
            assert_eq!(opened.plaintext.whole(), Some(place().1));
            assert_eq!(opened.signer.unwrap().to_string(), from);
            assert_eq!(opened.signed_at, Some(clock()));
            assert_eq!(opened.protection, Protection::FULL);
            assert_eq!(opener(from).open(&sealed).unwrap().plaintext.as_str(), TEXT, "the sender reads it too");
        }
    }
}

#[test]
fn each_form_opens_as_what_it_is() {
    for protection in [Protection::FULL, Protection::SIGNED, Protection::ENCRYPTED] {
        let sealed = seal("romeo", &["juliet", "nurse", "romeo"], protection);
        for name in ["romeo", "juliet", "nurse"] {
            let opened = Opener { demand: protection, ..opener(name) }.open(&sealed).unwrap();
            assert_eq!((opened.plaintext.as_str(), opened.protection), (TEXT, protection));
            assert_eq!(opened.signer.is_some(), protection.signed);
        }
    }
}

#[test]
fn nothing_to_do_is_refused() {
    let failure = seal_as(&own("romeo"), &[&own("juliet")], Protection::NONE).unwrap_err();
    assert!(failure.is_unsupported(), "{failure}");
}

#[test]
fn layers_are_told_in_sentences() {
    let opened = opener("juliet").open(&seal("romeo", &["juliet"], Protection::FULL)).unwrap();
    let key = |person: &Identity, at: usize| {
        person.openpgp().first().unwrap().keys().nth(at).unwrap().key().fingerprint().to_hex()
    };
    assert_eq!(
        opened.layers,
        [
            format!(
                "Encrypted with AES-256 to 2 keys; opened with the key {} of juliet@capulet.example.",
                key(&own("juliet"), 1)
            ),
            format!("Signed at 2026-09-14T09:00:00Z by romeo@montague.example with the key {}.", key(&own("romeo"), 0)),
            format!("{} bytes of text.", TEXT.len()),
        ]
    );
}

#[test]
fn messages_are_bare_and_on_one_line() {
    let element = seal("romeo", &["juliet"], Protection::FULL);
    let text = element.text();
    assert!(text.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
    assert_eq!(element.name, *carrier().name());
    let tags = |bytes: &[u8]| -> Vec<pgp::packet::Tag> {
        pgp::PacketPile::from_bytes(bytes).unwrap().children().map(pgp::Packet::tag).collect()
    };
    assert_eq!(tags(&bytes(&element)), [Tag::PKESK, Tag::PKESK, Tag::SEIP]);
    let signed = seal("romeo", &["juliet"], Protection::SIGNED);
    assert_eq!(tags(&bytes(&signed)), [Tag::OnePassSig, Tag::Literal, Tag::Signature]);
}

#[test]
fn demands_are_held() {
    let check = |protection, demand, is: fn(&Failure) -> bool| {
        let failure = Opener { demand, ..opener("juliet") }.open(&seal("romeo", &["juliet"], protection)).unwrap_err();
        assert!(is(&failure), "{failure}");
        assert_eq!(failure.span(), Some(place().1));
    };
    check(Protection::SIGNED, Protection::FULL, Failure::is_unencrypted);
    check(Protection::ENCRYPTED, Protection::FULL, Failure::is_unsigned);
    check(Protection::ENCRYPTED, Protection::SIGNED, Failure::is_unsigned);
}

#[test]
fn strangers_and_the_wrong_people_are_refused() {
    let sealed = seal("romeo", &["juliet"], Protection::FULL);
    let failure = opener("nurse").open(&sealed).unwrap_err();
    assert!(failure.is_not_for_us(), "{failure}");

    let expected = BareJid::parse("tybalt@capulet.example").unwrap();
    let failure = Opener { sender: Some(expected), ..opener("juliet") }.open(&sealed).unwrap_err();
    assert!(failure.is_wrong_signer(), "{failure}");
    assert_eq!(failure.message(), "the message is signed by romeo@montague.example, not by tybalt@capulet.example");

    let only_nurse: Keyring = [own("nurse")].into_iter().collect();
    let failure = Opener { known: only_nurse, ..opener("juliet") }.open(&sealed).unwrap_err();
    assert!(failure.is_wrong_signer(), "{failure}");

    let only_nurse: Keyring = [own("nurse")].into_iter().collect();
    let opened = Opener { known: only_nurse, demand: Protection::ENCRYPTED, ..opener("juliet") }.open(&sealed).unwrap();
    assert_eq!((opened.signer, opened.protection), (None, Protection::ENCRYPTED));
}

#[test]
fn a_key_counts_only_for_the_address_in_its_user_id() {
    let (_, secret, public) = CAST[4];
    let disguised = person("romeo@montague.example", &[secret]);
    let juliet = own("juliet");
    let failure = seal_as(&disguised, &[&juliet], Protection::FULL).unwrap_err();
    assert!(failure.is_unusable_key(), "{failure}");
    assert!(failure.message().contains("has no User ID `xmpp:romeo@montague.example`"), "{failure}");

    let known: Keyring = [person("romeo@montague.example", &[public])].into_iter().collect();
    let sealed = seal("tybalt", &["juliet"], Protection::FULL);
    let failure = Opener { known, ..opener("juliet") }.open(&sealed).unwrap_err();
    assert!(failure.is_wrong_signer(), "{failure}");
}

#[test]
fn keys_that_do_not_serve_are_named() {
    let check = |from: &Identity, to: &Identity, part: &str| {
        let failure = seal_as(from, &[to], Protection::FULL).unwrap_err();
        assert!(failure.is_unusable_key() && failure.message().contains(part), "{failure}");
    };
    let nobody = Identity::new(BareJid::parse("paris@verona.example").unwrap());
    check(&own("romeo"), &nobody, "paris@verona.example has no valid OpenPGP key: none is known");
    check(&own("romeo").public(), &own("juliet"), "has no secret OpenPGP key to sign with");
    let text = Identity::new(BareJid::parse("a@b.example").unwrap()).add_openpgp(b"no key").unwrap_err();
    assert!(text.is_unusable_key(), "{text}");
}

#[test]
fn times_are_judged_as_of_the_request() {
    let sealed = seal("romeo", &["juliet"], Protection::FULL);
    let at = |text| Opener { time: time(text), ..opener("juliet") }.open(&sealed);
    assert!(at("2099-01-01T00:00:00Z").is_ok());
    assert!(at("2026-09-14T08:45:00Z").is_ok(), "clocks differ");
    assert!(at("2026-09-14T08:00:00Z").unwrap_err().is_untimely());
    assert!(at("1969-12-31T23:59:59Z").unwrap_err().is_untimely());
    assert!(at("9999-01-01T00:00:00Z").unwrap_err().is_untimely());

    let (romeo, juliet, carrier) = (own("romeo"), own("juliet"), carrier());
    let request = SealRequest {
        sender: &romeo,
        recipients: &[&juliet],
        time: time("2026-08-31T00:00:00Z"),
        protection: Protection::FULL,
        carrier: &carrier,
        span: place().1,
    };
    let failure = OpenPgp::default().seal(TEXT, &request, &mut SeededRandom::new("none")).unwrap_err();
    assert!(failure.is_unusable_key(), "keys of September in August: {failure}");
}

#[test]
fn broken_messages_are_refused() {
    let whole = bytes(&seal("romeo", &["juliet"], Protection::FULL));
    let other = bytes(&seal("nurse", &["juliet"], Protection::FULL));
    let signed = bytes(&seal("romeo", &["juliet"], Protection::SIGNED));
    let check = |what: &str, bytes: &[u8], is: fn(&Failure) -> bool| {
        let failure = Opener { demand: Protection::NONE, ..opener("juliet") }.open_bytes(bytes).unwrap_err();
        assert!(is(&failure), "{what}: {failure:?}");
    };
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    check("last byte flipped", &flipped, Failure::is_tampered);
    let mut flipped = whole.clone();
    let middle = flipped.len() - 100;
    flipped[middle] ^= 1;
    check("byte in the middle flipped", &flipped, Failure::is_tampered);
    let mut flipped = signed.clone();
    let at = flipped.windows(9).position(|part| part == b"Wherefore").unwrap();
    flipped[at] ^= 1;
    check("byte of a signed text flipped", &flipped, Failure::is_tampered);

    let broken = |failure: &Failure| failure.is_malformed_message() || failure.is_tampered();
    check("cut short", &whole[..whole.len() - 1], broken);
    check("cut in half", &whole[..whole.len() / 2], broken);
    check("trailing byte", &[&whole[..], b"\x00"].concat(), broken);
    check("trailing packet", &[&whole[..], &[0xd2, 1, 0]].concat(), broken);
    check("two messages", &[&whole[..], &other[..]].concat(), broken);
    check("two signed messages", &[&signed[..], &signed[..]].concat(), broken);
    check("a key", CAST[0].2, Failure::is_malformed_message);
    check("text", TEXT.as_bytes(), Failure::is_malformed_message);
    check("armoured", b"-----BEGIN PGP MESSAGE-----\n\n", Failure::is_malformed_message);
}

#[test]
fn carriers_are_held_to_their_form() {
    let opener = opener("juliet");
    let place = place().1;
    let check = |element: Element, is: fn(&Failure) -> bool| {
        let failure = opener.open(&element).unwrap_err();
        assert!(is(&failure) && failure.span().is_some(), "{failure}");
    };
    check(Element::new(Name::new("urn:other", "openpgp"), place).with_text("aGVs"), Failure::is_wrong_carrier);
    check(carrier().wrap("", place), Failure::is_wrong_carrier);
    check(carrier().wrap("aGVs", place).with_child(Element::new(Name::new("", "a"), place)), Failure::is_wrong_carrier);
    check(carrier().wrap("no*base64", place), Failure::is_malformed_base64);
    check(carrier().wrap(&"A".repeat(OpenPgp::default().maximum + 4), place), Failure::is_too_large);
}

#[test]
fn bad_base64_is_shown_at_its_character() {
    let mut sources = Sources::default();
    let file = sources.add("a", "..aGVs!G8=..");
    let mut element = carrier().wrap("", place().1);
    element.children = vec![crate::xml::Node::Text(crate::xml::Text {
        text: MappedText::verbatim(&sources, Span::new(file, 2, 10)),
        span: Span::new(file, 2, 10),
    })];
    let failure = opener("juliet").open(&element).unwrap_err();
    assert_eq!(failure.span(), Some(Span::new(file, 6, 7)));
}

/// A message that the library's own writer makes, for shapes that we never write.
fn made(build: impl FnOnce(&mut Vec<u8>) -> pgp::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    build(&mut bytes).unwrap();
    bytes
}

#[test]
fn signatures_around_the_encryption_are_refused() {
    use pgp::serialize::stream::{Encryptor, LiteralWriter, Message, Signer};
    use std::io::Write;
    let at = openpgp_time(clock()).unwrap();
    let policy = pgp::policy::StandardPolicy::at(at);
    let (romeo, juliet) = (own("romeo"), own("juliet"));
    let certs = keys::valid(&juliet, &policy, at).unwrap();
    let pair = romeo.openpgp().first().unwrap().primary_key().key().clone().parts_into_secret().unwrap();
    let bytes = made(|bytes| {
        let message = Signer::new(Message::new(bytes), pair.into_keypair()?)?.creation_time(at).build()?;
        let message = Encryptor::for_recipients(message, keys::for_encryption(&certs)).build()?;
        let mut literal = LiteralWriter::new(message).build()?;
        literal.write_all(TEXT.as_bytes())?;
        literal.finalize()
    });
    let failure = opener("juliet").open_bytes(&bytes).unwrap_err();
    assert!(failure.is_malformed_message(), "{failure:?}");
}

#[test]
fn compressed_messages_are_refused_with_the_reason() {
    // A compressed packet (ZIP) of a few bytes.
    let failure = opener("juliet").open_bytes(&[0xc8, 4, 1, 3, 0, 0]).unwrap_err();
    assert!(failure.is_unsupported(), "{failure:?}");
    assert!(failure.message().contains("compressed"), "{failure}");
}

#[test]
fn plaintext_that_is_no_text_is_refused() {
    use pgp::serialize::stream::{LiteralWriter, Message};
    use std::io::Write;
    let bytes = made(|bytes| {
        let mut literal = LiteralWriter::new(Message::new(bytes)).build()?;
        literal.write_all(b"ab\xff")?;
        literal.finalize()
    });
    let failure = Opener { demand: Protection::NONE, ..opener("juliet") }.open_bytes(&bytes).unwrap_err();
    assert!(failure.is_not_text(), "{failure:?}");
}

#[test]
fn floods_of_packets_end_early() {
    let markers = [0xca, 3, b'P', b'G', b'P'].repeat(100_000);
    let failure = opener("juliet").open_bytes(&markers).unwrap_err();
    assert!(failure.is_malformed_message() && failure.message().contains("packets"), "{failure:?}");
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", own("romeo"));
    assert!(shown.starts_with("Identity { jid: ") && shown.len() < 200, "{shown}");
    assert!(own("romeo").public().openpgp().iter().all(|cert| !cert.is_tsk()));
}

/// The same messages for all cases: sealing takes long.
fn samples() -> &'static [Vec<u8>; 3] {
    static SAMPLES: std::sync::OnceLock<[Vec<u8>; 3]> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| {
        [Protection::FULL, Protection::SIGNED, Protection::ENCRYPTED]
            .map(|protection| bytes(&seal("romeo", &["juliet"], protection)))
    })
}

fn everything_or_nothing(opened: Result<Opened, Failure>) {
    if let Ok(opened) = opened {
        assert_eq!(opened.plaintext.as_str(), TEXT);
        assert_eq!(opened.signer.map(|jid| jid.to_string()).as_deref(), Some("romeo@montague.example"));
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), first in 0x80u8..) {
        let opener = Opener { demand: Protection::NONE, ..opener("juliet") };
        let _ = opener.open_bytes(&bytes);
        let _ = opener.open_bytes(&[&[first], &bytes[..]].concat());
    }

    #[test]
    fn changed_messages_open_to_the_truth_or_not_at_all(
        sample in 0usize..3,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut bytes = samples()[sample].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let demand = if sample == 1 { Protection::SIGNED } else { Protection::FULL };
        everything_or_nothing(Opener { demand, ..opener("juliet") }.open_bytes(&bytes));
    }
}

#[test]
fn no_flipped_bit_changes_what_is_read() {
    let opener = Opener { demand: Protection::SIGNED, ..opener("juliet") };
    for sample in &samples()[..2] {
        for at in 0..sample.len() {
            let mut bytes = sample.clone();
            bytes[at] ^= 1 << (at % 8);
            everything_or_nothing(opener.open_bytes(&bytes));
        }
    }
}

/// A key that is made for one test: `change` says how it differs from those of the cast.
fn fresh(jid: &str, change: impl FnOnce(CertBuilder<'_>) -> CertBuilder<'_>) -> (Identity, Cert, Signature) {
    let encrypts = KeyFlags::empty().set_transport_encryption();
    let builder = CertBuilder::new()
        .add_userid(format!("xmpp:{jid}"))
        .set_creation_time(openpgp_time(time("2026-09-01T00:00:00Z")).unwrap())
        .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
        .add_subkey(encrypts, None, None);
    let (cert, revocation) = change(builder).generate().unwrap();
    let identity = person(jid, &[&cert.as_tsk().to_vec().unwrap()]);
    (identity, cert, revocation)
}

/// People with keys of version 6, which get containers of version 2.
fn moderns() -> (Identity, Identity) {
    let modern = |jid| fresh(jid, |builder| builder.set_profile(pgp::Profile::RFC9580).unwrap()).0;
    (modern("paris@verona.example"), modern("rosaline@verona.example"))
}

fn opener_for(receiver: &Identity, known: &[&Identity]) -> Opener {
    let known = known.iter().map(|person| person.public()).collect();
    Opener { receiver: receiver.clone(), known, sender: None, time: clock(), demand: Protection::FULL }
}

#[test]
fn modern_keys_and_messages_are_understood() {
    let (paris, rosaline) = moderns();
    let sealed = seal_as(&paris, &[&rosaline.public()], Protection::FULL).unwrap();
    let rosalines = opener_for(&rosaline, &[&paris]);
    let opened = rosalines.open(&sealed).unwrap();
    assert_eq!((opened.plaintext.as_str(), opened.protection), (TEXT, Protection::FULL));
    assert!(opened.layers.first().is_some_and(|layer| layer.contains("OCB")), "{:?}", opened.layers);

    let whole = bytes(&sealed);
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        if let Ok(opened) = rosalines.open_bytes(&flipped) {
            assert_eq!((opened.plaintext.as_str(), opened.protection), (TEXT, Protection::FULL));
        }
        rosalines.open_bytes(&whole[..at]).unwrap_err();
    }
    for cut in cuts(&whole) {
        rosalines.open_bytes(&cut).unwrap_err();
    }

    let mixed = seal_as(&own("romeo"), &[&rosaline, &own("juliet")], Protection::FULL).unwrap();
    opener_for(&rosaline, &[&own("romeo")]).open(&mixed).unwrap();
    opener("juliet").open(&mixed).unwrap();
}

/// The message with its encrypted part cut to every shorter length, and a header that fits.
fn cuts(message: &[u8]) -> Vec<Vec<u8>> {
    let pile = pgp::PacketPile::from_bytes(message).unwrap();
    let keys = pile.children().filter(|packet| packet.tag() == Tag::PKESK);
    let keys: Vec<u8> = keys.flat_map(|packet| packet.to_vec().unwrap()).collect();
    let (before, container) = message.split_at(keys.len());
    let header = match container[1] {
        0..192 => 2,
        192..224 => 3,
        other => panic!("a long message: {other}"),
    };
    let body = &container[header..];
    let cut = |length: usize| {
        let header = [&[0xd2, 255][..], &u32::try_from(length).unwrap().to_be_bytes()].concat();
        [before, &header, &body[..length]].concat()
    };
    (0..body.len()).map(cut).collect()
}

/// sequoia-openpgp 2.4.2 panics on some of these; see `framing`.
#[test]
fn containers_of_any_length_are_refused() {
    let cuts = cuts(&samples()[0]);
    assert!(cuts.len() > 100);
    for cut in &cuts {
        opener("juliet").open_bytes(cut).unwrap_err();
    }
    // The same inside of a packet that compresses nothing.
    for cut in &cuts {
        let length = u32::try_from(cut.len() + 1).unwrap().to_be_bytes();
        let wrapped = [&[0xc8, 255][..], &length, &[0], cut].concat();
        let failure = opener("juliet").open_bytes(&wrapped).unwrap_err();
        assert!(failure.is_malformed_message() || failure.is_unsupported(), "{failure:?}");
    }
}

#[test]
fn hidden_recipients_find_their_message() {
    use pgp::serialize::stream::{Encryptor, LiteralWriter, Message};
    use std::io::Write;
    let at = openpgp_time(clock()).unwrap();
    let policy = pgp::policy::StandardPolicy::at(at);
    let juliet = own("juliet");
    let certs = keys::valid(&juliet, &policy, at).unwrap();
    let hidden = keys::for_encryption(&certs).into_iter().map(Recipient::from);
    let bytes = made(|bytes| {
        let hidden = hidden.map(|recipient| recipient.set_key_handle(None)).collect::<pgp::Result<Vec<_>>>()?;
        let message = Encryptor::for_recipients(Message::new(bytes), hidden).build()?;
        let mut literal = LiteralWriter::new(message).build()?;
        literal.write_all(TEXT.as_bytes())?;
        literal.finalize()
    });
    let open = |name| Opener { demand: Protection::ENCRYPTED, ..opener(name) }.open_bytes(&bytes);
    assert_eq!(open("juliet").unwrap().plaintext.as_str(), TEXT);
    assert!(open("nurse").unwrap_err().is_not_for_us());
}

#[test]
fn keys_are_judged_as_their_owners_left_them() {
    let paris = "paris@verona.example";
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let (expired, ..) = fresh(paris, |builder| builder.set_validity_period(day));
    let (locked, ..) = fresh(paris, |builder| builder.set_password(Some("secret".into())));
    let (.., cert, revocation) = fresh(paris, |builder| builder);
    let revoked = person(paris, &[&cert.insert_packets(revocation).unwrap().0.as_tsk().to_vec().unwrap()]);
    let (no_encryption, ..) = fresh(paris, |_| {
        let created = openpgp_time(time("2026-09-01T00:00:00Z")).unwrap();
        CertBuilder::new().add_userid(format!("xmpp:{paris}")).set_creation_time(created)
    });
    let check = |from: &Identity, to: &Identity, part: &str| {
        let failure = seal_as(from, &[to], Protection::FULL).unwrap_err();
        assert!(failure.is_unusable_key() && failure.message().contains(part), "{failure}");
    };
    check(&own("romeo"), &expired, "paris@verona.example has no valid OpenPGP key");
    check(&own("romeo"), &revoked, "is revoked");
    check(&locked, &own("romeo"), "locked by a password");
    check(&own("romeo"), &no_encryption, "no OpenPGP key of paris@verona.example can be encrypted to");
    seal_as(&own("romeo"), &[&locked], Protection::FULL).unwrap();

    let mut two = expired.clone();
    two.add_openpgp(&own_cert_bytes(paris)).unwrap();
    assert_eq!(two.fingerprints().len(), 2);
    seal_as(&own("romeo"), &[&two], Protection::FULL).unwrap();
}

fn own_cert_bytes(jid: &str) -> Vec<u8> {
    fresh(jid, |builder| builder).1.to_vec().unwrap()
}

/// As many as fit: session keys for us that do not open, and signatures. A second or so without optimisation.
#[test]
fn floods_of_keys_and_signatures_end() {
    let [full, signed, _] = samples();
    let packets = |message: &[u8]| -> Vec<Vec<u8>> {
        let pile = pgp::PacketPile::from_bytes(message).unwrap();
        pile.children().map(|packet| packet.to_vec().unwrap()).collect()
    };
    let mut key = packets(full).swap_remove(0);
    *key.last_mut().unwrap() ^= 1;
    let flood = [key.repeat(990), packets(full).pop().unwrap()].concat();
    assert!(opener("juliet").open_bytes(&flood).unwrap_err().is_tampered());

    let parts = packets(signed);
    let flood = [parts[0].repeat(490), parts[1].clone(), parts[2].repeat(490)].concat();
    opener("juliet").open_bytes(&flood).unwrap_err();
}

#[test]
fn protocols_and_people_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<OpenPgp>();
    check::<Identity>();
    check::<Keyring>();
    check::<Failure>();
}

fn packets(message: &[u8]) -> Vec<Vec<u8>> {
    let pile = pgp::PacketPile::from_bytes(message).unwrap();
    pile.children().map(|packet| packet.to_vec().unwrap()).collect()
}

/// The packets inside what is sealed to Juliet, and them sealed again.
fn inside(message: &[u8]) -> Vec<Vec<u8>> {
    let (juliet, known, carrier) = (own("juliet"), everybody(), carrier());
    let request = OpenRequest {
        receiver: &juliet,
        known: &known,
        sender: None,
        time: clock(),
        demand: Protection::NONE,
        carrier: &carrier,
    };
    packets(&open::inner(message, &request).unwrap())
}

fn sealed_again(packets: &[Vec<u8>], to: &Identity) -> Vec<u8> {
    seal::encrypt(&packets.concat(), &[to], clock()).unwrap()
}

const MARKER: &[u8] = &[0xca, 3, b'P', b'G', b'P'];
const PADDING: &[u8] = &[0xd5, 4, 1, 2, 3, 4];

/// Every packet that does not belong into a message, at every place of one, in the open and inside the encryption.
#[test]
fn packets_that_do_not_belong_there_are_refused_everywhere() {
    let [full, signed, _] = samples();
    let parts = packets(signed);
    let strange: [(&str, Vec<u8>); 14] = [
        ("private", vec![0xfc, 4, 1, 2, 3, 4]),
        ("unknown, not critical", vec![0xe8, 4, 1, 2, 3, 4]),
        ("unknown, critical", vec![0xe7, 4, 1, 2, 3, 4]),
        ("trust", vec![0xcc, 2, 1, 2]),
        ("user id", vec![0xcd, 1, b'a']),
        ("literal", vec![0xcb, 7, b'b', 0, 0, 0, 0, 0, b'x']),
        ("one-pass signature", parts[0].clone()),
        ("the same signature", parts[2].clone()),
        ("signature of an unknown version", vec![0xc2, 2, 9, 0]),
        ("integrity check", [&[0xd3, 20][..], &[0; 20]].concat()),
        ("AEAD of old", [&[0xd4, 20][..], &[1; 20]].concat()),
        ("passphrase", vec![0xc3, 13, 4, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 96]),
        ("passphrase of an unknown version", vec![0xc3, 3, 9, 0, 0]),
        ("another message", full.clone()),
    ];
    let juliet = opener("juliet");
    let in_the_open = Opener { demand: Protection::NONE, ..opener("juliet") };
    let forms = [("sealed", packets(full)), ("signed", parts), ("inside", inside(full))];
    for (what, extra) in &strange {
        for (form, packets) in &forms {
            for at in 0..=packets.len() {
                let mut packets = packets.clone();
                packets.insert(at, extra.clone());
                let opened = match *form {
                    "inside" => juliet.open_bytes(&sealed_again(&packets, &own("juliet"))),
                    _ => in_the_open.open_bytes(&packets.concat()),
                };
                assert!(opened.is_err(), "{what}, {form}, at {at}: {opened:?}");
            }
        }
    }
}

/// RFC 9580, sections 5.8 and 5.14.
#[test]
fn markers_and_padding_are_passed_over() {
    let [full, signed, _] = samples();
    let juliet = Opener { demand: Protection::SIGNED, ..opener("juliet") };
    for extra in [MARKER, PADDING] {
        for message in [full, signed] {
            for packets in [[extra, message].concat(), [message, extra].concat()] {
                assert_eq!(juliet.open_bytes(&packets).unwrap().plaintext.as_str(), TEXT);
            }
        }
        let inside = inside(full);
        let padded = [inside.clone(), vec![extra.to_vec()]].concat();
        let opened = juliet.open_bytes(&sealed_again(&padded, &own("juliet"))).unwrap();
        assert_eq!((opened.plaintext.as_str(), opened.protection), (TEXT, Protection::FULL));
    }
}

/// A text signed with each of the keys, the first of them outermost.
fn signed_by(keys: Vec<pgp::crypto::KeyPair>, at: &str) -> Vec<u8> {
    use pgp::serialize::stream::{LiteralWriter, Message, Signer};
    use std::io::Write;
    let at = openpgp_time(time(at)).unwrap();
    made(|bytes| {
        let mut keys = keys.into_iter();
        let first = Signer::new(Message::new(bytes), keys.next().unwrap())?.creation_time(at);
        let all = keys.try_fold(first, Signer::add_signer)?;
        let mut literal = LiteralWriter::new(all.build()?).build()?;
        literal.write_all(TEXT.as_bytes())?;
        literal.finalize()
    })
}

fn primary(cert: &Cert) -> pgp::crypto::KeyPair {
    cert.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap()
}

#[test]
fn of_two_signatures_none_counts_whoever_made_them() {
    let key = |name: &str| primary(own(name).openpgp().first().unwrap());
    let (paris, cert, _) = fresh("paris@verona.example", |builder| builder.add_signing_subkey());
    let subkey = || {
        let mut keys = cert.keys().secret().subkeys();
        let key = keys.find(|key| key.key().pk_algo().for_signing()).unwrap();
        key.key().clone().into_keypair().unwrap()
    };
    let stranger = || primary(&fresh("paris@verona.example", |builder| builder).1);
    let known: Keyring = everybody().iter().cloned().chain([paris.public()]).collect();
    let now = "2026-09-14T09:00:00Z";
    let check = |what: &str, keys: Vec<pgp::crypto::KeyPair>| {
        let message = signed_by(keys, now);
        for demand in [Protection::NONE, Protection::SIGNED] {
            let opener = Opener { known: known.clone(), demand, ..opener("juliet") };
            let failure = opener.open_bytes(&message).unwrap_err();
            assert!(failure.is_malformed_message() && failure.message().contains("2 signatures"), "{what}: {failure}");
        }
        let sealed = sealed_again(&packets(&message), &own("juliet"));
        let failure = Opener { known: known.clone(), ..opener("juliet") }.open_bytes(&sealed).unwrap_err();
        assert!(failure.is_malformed_message() && failure.message().contains("2 signatures"), "{what}: {failure}");
    };
    check("Romeo, then Tybalt", vec![key("romeo"), key("tybalt")]);
    check("Tybalt, then Romeo", vec![key("tybalt"), key("romeo")]);
    check("the same key twice", vec![key("romeo"), key("romeo")]);
    check("two keys of one", vec![primary(&cert), subkey()]);
    check("two keys of one, the other way", vec![subkey(), primary(&cert)]);
    check("a stranger, then Romeo", vec![stranger(), key("romeo")]);
    check("Romeo, then a stranger", vec![key("romeo"), stranger()]);
    let alone = signed_by(vec![subkey()], now);
    let opened = Opener { known, demand: Protection::SIGNED, ..opener("juliet") }.open_bytes(&alone).unwrap();
    assert_eq!((opened.signer.as_ref(), opened.retired), (Some(paris.jid()), None));
}

#[test]
fn a_passphrase_beside_the_keys_is_refused() {
    use pgp::serialize::stream::{Encryptor, LiteralWriter, Message};
    use std::io::Write;
    let at = openpgp_time(clock()).unwrap();
    let policy = pgp::policy::StandardPolicy::at(at);
    let juliet = own("juliet");
    let certs = keys::valid(&juliet, &policy, at).unwrap();
    let write = |with_keys: bool| {
        made(|bytes| {
            let message = Encryptor::with_passwords(Message::new(bytes), ["open sesame"]);
            let message = match with_keys {
                true => message.add_recipients(keys::for_encryption(&certs).into_iter().map(Recipient::from)),
                false => message,
            };
            let mut literal = LiteralWriter::new(message.build()?).build()?;
            literal.write_all(TEXT.as_bytes())?;
            literal.finalize()
        })
    };
    for message in [write(true), write(false)] {
        let opener = Opener { demand: Protection::ENCRYPTED, ..opener("juliet") };
        let failure = opener.open_bytes(&message).unwrap_err();
        assert!(failure.is_unsupported() && failure.message().contains("passphrase"), "{failure}");
    }
}

/// The certificate with a revocation of all of it.
fn revoked(cert: &Cert, reason: pgp::types::ReasonForRevocation, at: &str) -> Cert {
    let mut signer = primary(cert);
    let revocation = pgp::cert::CertRevocationBuilder::new()
        .set_signature_creation_time(openpgp_time(time(at)).unwrap())
        .unwrap()
        .set_reason_for_revocation(reason, b"")
        .unwrap()
        .build(&mut signer, cert, None)
        .unwrap();
    cert.clone().insert_packets(revocation).unwrap().0
}

const BEFORE: &str = "2026-09-05T00:00:00Z";
const BETWEEN: &str = "2026-09-10T00:00:00Z";
const AFTER: &str = "2026-09-12T00:00:00Z";

/// What comes of a signature by `key` that says to be of `at`, where the certificate is known as `known`.
fn signature_of(key: pgp::crypto::KeyPair, known: &Cert, at: &str) -> Result<Opened, Failure> {
    let known = [person("paris@verona.example", &[&known.to_vec().unwrap()])].into_iter().collect();
    Opener { known, demand: Protection::SIGNED, ..opener("juliet") }.open_bytes(&signed_by(vec![key], at))
}

#[test]
fn a_stolen_key_says_nothing_any_more_whatever_date_it_writes() {
    use pgp::types::ReasonForRevocation::{KeyCompromised, KeyRetired, KeySuperseded, Unspecified};
    let (_, cert, _) = fresh("paris@verona.example", |builder| builder);
    let open = |known: &Cert, at| signature_of(primary(&cert), known, at);
    assert_eq!(open(&cert, BEFORE).unwrap().retired, None);
    for reason in [KeyCompromised, Unspecified] {
        let known = revoked(&cert, reason, BETWEEN);
        for at in [BEFORE, AFTER] {
            let failure = open(&known, at).unwrap_err();
            assert!(failure.is_untimely() && failure.message().contains("revoked"), "{reason:?}, {at}: {failure}");
        }
    }
    for reason in [KeyRetired, KeySuperseded] {
        let known = revoked(&cert, reason, BETWEEN);
        let opened = open(&known, BEFORE).unwrap();
        assert_eq!((opened.signed_at, opened.retired.as_deref()), (Some(time(BEFORE)), Some("is revoked")));
        assert!(opened.layers.iter().any(|layer| layer == "That key signs no more: it is revoked."));
        let failure = open(&known, AFTER).unwrap_err();
        assert!(failure.is_untimely(), "{reason:?}: {failure}");
    }
}

#[test]
fn an_expired_key_speaks_of_its_time_alone_and_is_told_to_be_retired() {
    let week = std::time::Duration::from_secs(7 * 24 * 60 * 60);
    let (_, cert, _) = fresh("paris@verona.example", |builder| builder.set_validity_period(week));
    let opened = signature_of(primary(&cert), &cert, BEFORE).unwrap();
    assert!(opened.retired.as_deref().is_some_and(|why| why.starts_with("is not valid")), "{:?}", opened.retired);
    assert!(signature_of(primary(&cert), &cert, AFTER).unwrap_err().is_untimely());
}

#[test]
fn subkeys_are_judged_by_their_own_revocations() {
    use pgp::types::ReasonForRevocation::{KeyCompromised, KeyRetired};
    let (_, cert, _) = fresh("paris@verona.example", |builder| builder.add_signing_subkey());
    let subkey = || cert.keys().subkeys().find(|key| key.key().pk_algo().for_signing()).unwrap();
    let revoked = |reason| {
        let mut signer = primary(&cert);
        let revocation = pgp::cert::SubkeyRevocationBuilder::new()
            .set_signature_creation_time(openpgp_time(time(BETWEEN)).unwrap())
            .unwrap()
            .set_reason_for_revocation(reason, b"")
            .unwrap()
            .build(&mut signer, &cert, subkey().key(), None)
            .unwrap();
        cert.clone().insert_packets(revocation).unwrap().0
    };
    let pair = || subkey().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
    let stolen = revoked(KeyCompromised);
    assert!(signature_of(pair(), &stolen, BEFORE).unwrap_err().is_untimely());
    assert_eq!(signature_of(primary(&cert), &stolen, BEFORE).unwrap().retired, None, "the other key serves on");
    let retired = revoked(KeyRetired);
    assert_eq!(signature_of(pair(), &retired, BEFORE).unwrap().retired.as_deref(), Some("is revoked"));
    assert!(signature_of(pair(), &retired, AFTER).unwrap_err().is_untimely());
}
