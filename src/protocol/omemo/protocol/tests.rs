//! People who seal and open through the trait.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::protocol::{Carrier, Keyring, by_name};
use crate::random::SeededRandom;
use crate::source::{Sources, Span};
use crate::xml::Name;
use jiff::Timestamp;

const TEXT: &str = "<envelope xmlns='urn:xmpp:sce:1'/>";

fn person(name: &str, devices: &[u32]) -> Identity {
    let mut identity = Identity::new(BareJid::parse(&format!("{name}.example")).unwrap());
    devices.iter().for_each(|id| identity.add_omemo_seed("people", DeviceId::new(*id).unwrap()));
    identity
}

fn carrier() -> Carrier {
    Carrier::new(Name::new("urn:xmpp:omemo:2", "encrypted"), "payload")
}

fn place() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("a", "abc");
    sources.whole(file)
}

fn seal(protocol: &mut dyn Protocol, from: &Identity, to: &[&Identity], how: Protection) -> Result<Element, Failure> {
    seal_with(&mut SeededRandom::new("seal"), protocol, from, to, how)
}

fn seal_with(
    random: &mut SeededRandom,
    protocol: &mut dyn Protocol,
    from: &Identity,
    to: &[&Identity],
    how: Protection,
) -> Result<Element, Failure> {
    let carrier = carrier();
    let request = SealRequest {
        sender: from,
        recipients: to,
        time: Timestamp::UNIX_EPOCH,
        protection: how,
        carrier: &carrier,
        span: place(),
    };
    protocol.seal(TEXT, &request, random)
}

fn open(
    protocol: &mut dyn Protocol,
    element: &Element,
    who: &Identity,
    known: &[&Identity],
    sender: Option<&BareJid>,
) -> Result<Opened, Failure> {
    let known: Keyring = known.iter().map(|person| person.public()).collect();
    let (carrier, time) = (carrier(), Timestamp::UNIX_EPOCH);
    let request =
        OpenRequest { receiver: who, known: &known, sender, time, demand: Protection::FULL, carrier: &carrier };
    protocol.open(element, &request)
}

fn omemo() -> Box<dyn Protocol> {
    by_name("omemo").unwrap()
}

#[test]
fn everybody_who_is_meant_reads_it_with_every_device() {
    let (romeo, juliet, nurse) = (person("romeo", &[1, 2]), person("juliet", &[3, 4]), person("nurse", &[5]));
    let all = [&romeo, &juliet, &nurse];
    let sealed = seal(&mut *omemo(), &romeo, &[&juliet, &nurse], Protection::FULL).unwrap();
    for who in all {
        let opened = open(&mut *omemo(), &sealed, who, &all, None).unwrap();
        assert_eq!((opened.plaintext.as_str(), opened.protection), (TEXT, Protection::FULL));
        assert_eq!(opened.signer.as_ref(), Some(romeo.jid()));
        assert_eq!(opened.plaintext.whole(), Some(place()));
    }
    let layers = open(&mut *omemo(), &sealed, &juliet, &all, Some(romeo.jid())).unwrap().layers;
    assert_eq!(layers.len(), 4, "{layers:?}");
    assert_eq!(layers[0], "Encrypted with AES-256-CBC to 4 devices; opened with the device 3 of juliet.example.");
    assert!(
        layers[1].starts_with("Authenticated by the device 1 of romeo.example, which began a session; its identity")
    );
    assert_eq!(layers[2], "Opened with the device 4 as well.");
    assert_eq!(layers[3], "34 bytes of text.");
    assert!(omemo().reaches_own_devices(&romeo) && !omemo().reaches_own_devices(&nurse));
}

#[test]
fn one_that_remembers_goes_on_in_its_sessions_and_refuses_replays() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let all = [&romeo, &juliet];
    let (mut here, mut there, mut random) = (omemo(), omemo(), SeededRandom::new("both"));
    for _ in 0..3 {
        let sealed = seal_with(&mut random, &mut *here, &romeo, &[&juliet], Protection::FULL).unwrap();
        open(&mut *there, &sealed, &juliet, &all, None).unwrap();
        assert!(open(&mut *there, &sealed, &juliet, &all, None).unwrap_err().is_replayed());
        let sealed = seal_with(&mut random, &mut *there, &juliet, &[&romeo], Protection::FULL).unwrap();
        let opened = open(&mut *here, &sealed, &romeo, &all, None).unwrap();
        assert!(opened.layers[1].contains("in a session that was there"), "{:?}", opened.layers);
    }
}

#[test]
fn whoever_is_not_meant_or_not_known_is_told_so() {
    let (romeo, juliet, nurse) = (person("romeo", &[1]), person("juliet", &[3]), person("nurse", &[5]));
    let sealed = seal(&mut *omemo(), &romeo, &[&juliet], Protection::FULL).unwrap();
    let check = |who: &Identity, known: &[&Identity], sender: Option<&BareJid>, is: fn(&Failure) -> bool| {
        let failure = open(&mut *omemo(), &sealed, who, known, sender).unwrap_err();
        assert!(is(&failure) && failure.span() == Some(place()), "{failure}");
    };
    check(&nurse, &[&romeo], None, Failure::is_not_for_us);
    check(&romeo, &[&romeo], None, Failure::is_not_for_us);
    check(&juliet.public(), &[&romeo], None, Failure::is_unusable_key);
    check(&juliet, &[&nurse], None, Failure::is_wrong_signer);
    check(&juliet, &[&romeo, &nurse], Some(nurse.jid()), Failure::is_wrong_signer);
    let mut impostor = Identity::new(romeo.jid().clone());
    impostor.add_omemo_seed("impostor", DeviceId::new(1).unwrap());
    check(&juliet, &[&impostor], None, Failure::is_wrong_signer);
}

#[test]
fn what_cannot_be_sealed_says_why() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let check = |from: &Identity, to: &[&Identity], how: Protection, is: fn(&Failure) -> bool, part: &str| {
        let failure = seal(&mut *omemo(), from, to, how).unwrap_err();
        assert!(is(&failure) && failure.message().contains(part), "{failure}");
    };
    check(&romeo, &[&juliet], Protection::ENCRYPTED, Failure::is_unsupported, "cannot do less");
    check(&person("romeo", &[]), &[&juliet], Protection::FULL, Failure::is_unusable_key, "romeo.example has no OMEMO");
    check(&romeo, &[&person("juliet", &[])], Protection::FULL, Failure::is_unusable_key, "no OMEMO device of juliet");
    check(&romeo.public(), &[&juliet], Protection::FULL, Failure::is_unusable_key, "secret keys");
    check(&romeo, &[], Protection::FULL, Failure::is_unusable_key, "no device");
}

#[test]
fn devices_of_ones_own_and_bundles_serve_as_well() {
    let address = BareJid::parse("tybalt.example").unwrap();
    let device = Device::generate(address.clone(), DeviceId::new(9).unwrap(), &mut SeededRandom::new("tybalt"));
    let mut tybalt = Identity::new(address.clone());
    tybalt.add_omemo(device.clone()).unwrap();
    let mut known = Identity::new(address);
    known.add_omemo_bundle(device.id(), device.bundle().unwrap());
    let romeo = person("romeo", &[1]);
    assert!(Identity::new(romeo.jid().clone()).add_omemo(device).unwrap_err().is_unusable_key());
    let sealed = seal(&mut *omemo(), &romeo, &[&known], Protection::FULL).unwrap();
    assert_eq!(open(&mut *omemo(), &sealed, &tybalt, &[&romeo], None).unwrap().plaintext.as_str(), TEXT);
    let sealed = seal(&mut *omemo(), &tybalt, &[&romeo], Protection::FULL).unwrap();
    assert_eq!(open(&mut *omemo(), &sealed, &romeo, &[&known], None).unwrap().plaintext.as_str(), TEXT);
    assert!(!format!("{tybalt:?}").contains("Seed"), "{tybalt:?}");
}

/// Tybalt publishes Juliet's bundle as his own.
#[test]
fn one_identity_key_under_two_accounts_is_nobodys() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let bundle = juliet.omemo()[0].bundle().unwrap().unwrap().into_owned();
    let mut tybalt = Identity::new(BareJid::parse("tybalt.example").unwrap());
    tybalt.add_omemo_bundle(DeviceId::new(9).unwrap(), bundle);
    for to in [[&juliet, &tybalt], [&tybalt, &juliet]] {
        let failure = seal(&mut *omemo(), &romeo, &to, Protection::FULL).unwrap_err();
        assert!(failure.is_unusable_key() && failure.message().contains("is known as one of"), "{failure}");
    }
    let failure = seal(&mut *omemo(), &juliet, &[&tybalt], Protection::FULL).unwrap_err();
    assert!(failure.is_unusable_key(), "her own key: {failure}");
    assert!(expect_keys_of_one_account(&[&romeo, &juliet]).is_ok());
    assert!(expect_keys_of_one_account(&[&romeo, &tybalt, &juliet]).unwrap_err().is_unusable_key());
    // One that remembers knows Juliet's key from a session with her.
    let mut remembering = omemo();
    seal(&mut *remembering, &romeo, &[&juliet], Protection::FULL).unwrap();
    assert!(seal(&mut *remembering, &romeo, &[&tybalt], Protection::FULL).unwrap_err().is_unusable_key());

    let sealed = seal(&mut *omemo(), &juliet, &[&romeo], Protection::FULL).unwrap();
    assert!(open(&mut *omemo(), &sealed, &romeo, &[&juliet], None).is_ok());
    for known in [[&juliet, &tybalt], [&tybalt, &juliet]] {
        let failure = open(&mut *omemo(), &sealed, &romeo, &known, None).unwrap_err();
        assert!(failure.is_wrong_signer() && failure.message().contains("tybalt.example"), "{failure}");
    }
}

#[test]
fn empty_and_large_messages_are_told_apart() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let own = romeo.omemo()[0].device().unwrap();
    let bundle = juliet.omemo()[0].bundle().unwrap().unwrap();
    let reader = Reader { address: juliet.jid(), device: juliet.omemo()[0].id(), bundle: Some(&bundle) };
    let mut device = own.clone();
    let empty = device.seal_empty(&[reader], &mut SeededRandom::new("empty")).unwrap().commit_in_memory();
    let failure = open(&mut *omemo(), &empty.write(place()), &juliet, &[&romeo], None).unwrap_err();
    assert!(failure.is_without_content(), "{failure}");
    let mut small = Omemo { maximum: 10, ..Omemo::default() };
    assert!(seal(&mut small, &romeo, &[&juliet], Protection::FULL).unwrap_err().is_too_large());
    let sealed = seal(&mut *omemo(), &romeo, &[&juliet], Protection::FULL).unwrap();
    assert!(open(&mut small, &sealed, &juliet, &[&romeo], None).unwrap_err().is_too_large());
}

/// What is sealed is opened within the same bound: the padding of the cipher counts.
#[test]
fn a_sender_is_bound_as_a_receiver_is() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let sealed = seal(&mut *omemo(), &romeo, &[&juliet], Protection::FULL).unwrap();
    let length = Encrypted::read(&sealed).unwrap().payload.unwrap().len();
    let bounded = |maximum| Omemo { maximum, ..Omemo::default() };
    assert!(seal(&mut bounded(length - 1), &romeo, &[&juliet], Protection::FULL).unwrap_err().is_too_large());
    let sealed = seal(&mut bounded(length), &romeo, &[&juliet], Protection::FULL).unwrap();
    open(&mut bounded(length), &sealed, &juliet, &[&romeo], None).unwrap();
}

#[test]
fn a_text_that_is_none_is_refused() {
    let (romeo, juliet) = (person("romeo", &[1]), person("juliet", &[3]));
    let bundle = juliet.omemo()[0].bundle().unwrap().unwrap();
    let reader = Reader { address: juliet.jid(), device: juliet.omemo()[0].id(), bundle: Some(&bundle) };
    let mut device = romeo.omemo()[0].device().unwrap().clone();
    let sealed = device.seal(&[0xff], &[reader], &mut SeededRandom::new("text")).unwrap().commit_in_memory();
    let failure = open(&mut *omemo(), &sealed.write(place()), &juliet, &[&romeo], None).unwrap_err();
    assert!(failure.is_not_text(), "{failure}");
}
