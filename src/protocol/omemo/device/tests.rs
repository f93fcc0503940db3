//! Devices with one another.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::protocol::omemo::wire::Message;
use crate::random::SeededRandom;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn address(text: &str) -> BareJid {
    BareJid::parse(text).unwrap()
}

fn id(number: u32) -> DeviceId {
    DeviceId::new(number).unwrap()
}

/// Romeo's two devices, and Juliet's one.
fn three() -> [Device; 3] {
    let romeo = address("romeo@montague.example");
    [
        Device::from_seed("devices", romeo.clone(), id(1001)),
        Device::from_seed("devices", romeo, id(1002)),
        Device::from_seed("devices", address("juliet@capulet.example"), id(2001)),
    ]
}

/// What a device would send to some others, with their bundles.
fn seal<'a>(from: &'a mut Device, to: &[&Device], text: &[u8], random: &mut SeededRandom) -> Pending<'a, Encrypted> {
    let bundles: Vec<Bundle> = to.iter().map(|device| device.bundle().unwrap()).collect();
    let readers: Vec<Reader<'_>> = to
        .iter()
        .zip(&bundles)
        .map(|(device, bundle)| Reader { address: device.address(), device: device.id(), bundle: Some(bundle) })
        .collect();
    match text {
        b"" => from.seal_empty(&readers, random).unwrap(),
        text => from.seal(text, &readers, random).unwrap(),
    }
}

fn send(from: &mut Device, to: &[&Device], text: &[u8], random: &mut SeededRandom) -> Encrypted {
    seal(from, to, text, random).commit_in_memory()
}

fn receive(device: &mut Device, encrypted: &Encrypted, from: &BareJid) -> Result<Received, Failure> {
    device.open(encrypted, from).map(Pending::commit_in_memory)
}

fn opens(device: &mut Device, encrypted: &Encrypted, from: &BareJid, text: &[u8]) -> Received {
    let received = receive(device, encrypted, from).unwrap();
    assert_eq!(received.plaintext.as_ref().unwrap().as_slice(), text);
    received
}

fn is_exchange(encrypted: &Encrypted, to: &Device) -> bool {
    let key = encrypted.key(to.address(), to.id()).unwrap();
    assert_eq!(key.is_exchange, key.bytes[0] == 0x08);
    key.is_exchange
}

#[test]
fn a_key_exchange_is_repeated_until_it_is_answered() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("exchange");
    let sent: Vec<Encrypted> = (0..3).map(|_| send(&mut romeo, &[&juliet], b"hello", &mut random)).collect();
    assert!(sent.iter().all(|encrypted| is_exchange(encrypted, &juliet)));
    let from = romeo.address().clone();
    // The second one arrives first, the third never.
    let first = opens(&mut juliet, &sent[1], &from, b"hello");
    assert!(first.began_session && first.wants_answer && first.identity == *romeo.identity());
    let second = opens(&mut juliet, &sent[0], &from, b"hello");
    assert!(!second.began_session && second.wants_answer);
    let answer = send(&mut juliet, &[&romeo], b"", &mut random);
    assert!(!is_exchange(&answer, &romeo) && answer.payload.is_none());
    let back = receive(&mut romeo, &answer, juliet.address()).unwrap();
    assert!(back.plaintext.is_none() && !back.wants_answer);
    let after = send(&mut romeo, &[&juliet], b"now", &mut random);
    assert!(!is_exchange(&after, &juliet));
    assert!(!opens(&mut juliet, &after, &from, b"now").wants_answer);
    // Late, but it opens.
    assert!(!opens(&mut juliet, &sent[2], &from, b"hello").wants_answer);
    assert!(receive(&mut juliet, &sent[1], &from).unwrap_err().is_replayed());
}

#[test]
fn own_devices_read_as_well_and_the_sending_one_does_not() {
    let [mut romeo, mut phone, mut juliet] = three();
    let mut random = SeededRandom::new("own");
    let sent = send(&mut romeo, &[&juliet, &phone], b"hello", &mut random);
    let from = romeo.address().clone();
    assert_eq!(opens(&mut juliet, &sent, &from, b"hello").readers, 2);
    opens(&mut phone, &sent, &from, b"hello");
    assert!(receive(&mut romeo, &sent, &from).unwrap_err().is_not_for_us());
    let bundle = romeo.bundle().unwrap();
    let (address, device) = (romeo.address().clone(), romeo.id());
    let own = Reader { address: &address, device, bundle: Some(&bundle) };
    assert!(romeo.seal(b"", &[own], &mut random).err().unwrap().message().contains("nothing for itself"));
    assert!(romeo.seal(b"", &[], &mut random).err().unwrap().is_unusable_key());
    let bundle = juliet.bundle().unwrap();
    let twice = Reader { address: juliet.address(), device: juliet.id(), bundle: Some(&bundle) };
    assert!(romeo.seal(b"", &[twice, twice], &mut random).err().unwrap().message().contains("named twice"));
    let unknown = Reader { address: juliet.address(), device: id(5), bundle: None };
    assert!(romeo.seal(b"", &[unknown], &mut random).err().unwrap().message().contains("nor its bundle"));
}

#[test]
fn both_may_begin_at_once() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("both");
    let one = send(&mut romeo, &[&juliet], b"one", &mut random);
    let other = send(&mut juliet, &[&romeo], b"other", &mut random);
    let (r, j) = (romeo.address().clone(), juliet.address().clone());
    opens(&mut juliet, &one, &r, b"one");
    opens(&mut romeo, &other, &j, b"other");
    for _ in 0..3 {
        let (one, other) =
            (send(&mut romeo, &[&juliet], b"one", &mut random), send(&mut juliet, &[&romeo], b"other", &mut random));
        opens(&mut romeo, &other, &j, b"other");
        opens(&mut juliet, &one, &r, b"one");
    }
    let last = send(&mut romeo, &[&juliet], b"last", &mut random);
    assert!(!is_exchange(&last, &juliet));
    opens(&mut juliet, &last, &r, b"last");
}

#[test]
fn used_prekeys_are_replaced_and_forgotten() {
    let [mut romeo, mut phone, mut juliet] = three();
    let mut random = SeededRandom::new("prekeys");
    let from = romeo.address().clone();
    let before = juliet.bundle().unwrap();
    let first = send(&mut romeo, &[&juliet], b"one", &mut random);
    opens(&mut juliet, &first, &from, b"one");
    assert_eq!(juliet.bundle().unwrap().prekeys().len(), PREKEYS - 1);
    juliet.replace_prekeys(&mut random).commit_in_memory();
    let after = juliet.bundle().unwrap();
    assert_eq!(after.prekeys().len(), PREKEYS);
    let used: Vec<u32> = before.prekeys().keys().filter(|id| !after.prekeys().contains_key(id)).copied().collect();
    assert_eq!(used.len(), 1);
    // While it is kept, somebody else who chose the same one gets through as well.
    let only = BTreeMap::from([(used[0], before.prekeys()[&used[0]])]);
    let same = Bundle::new(*before.identity(), *before.signed_prekey(), only).unwrap();
    let address = juliet.address().clone();
    let reader = Reader { address: &address, device: juliet.id(), bundle: Some(&same) };
    let late = phone.seal(b"late", &[reader], &mut random).unwrap().commit_in_memory();
    opens(&mut juliet, &late, &from, b"late");
    juliet.forget_used_prekeys().commit_in_memory();
    // A session that was forgotten does not begin again.
    juliet.forget_sessions(&from, romeo.id()).commit_in_memory();
    assert!(receive(&mut juliet, &first, &from).unwrap_err().is_unknown_session());
    let signed = juliet.bundle().unwrap().signed_prekey().id;
    juliet.rotate_signed_prekey(&mut random).commit_in_memory();
    assert_eq!(juliet.bundle().unwrap().signed_prekey().id, signed + 1);
    assert_eq!(juliet.signed_prekeys.len(), 2);
    juliet.rotate_signed_prekey(&mut random).commit_in_memory();
    assert_eq!(juliet.signed_prekeys.len(), MAXIMUM_SIGNED_PREKEYS);
}

#[test]
fn a_forgotten_session_does_not_begin_again_while_its_prekey_is_kept() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("again");
    let from = romeo.address().clone();
    let first = send(&mut romeo, &[&juliet], b"one", &mut random);
    opens(&mut juliet, &first, &from, b"one");
    juliet.forget_sessions(&from, romeo.id()).commit_in_memory();
    assert!(receive(&mut juliet, &first, &from).unwrap_err().is_replayed());
    romeo.forget_sessions(juliet.address(), juliet.id()).commit_in_memory();
    let second = send(&mut romeo, &[&juliet], b"two", &mut random);
    opens(&mut juliet, &second, &from, b"two");
}

/// A bundle with one prekey alone, so that everybody chooses it.
fn with_one_prekey(device: &Device) -> (u32, Bundle) {
    let bundle = device.bundle().unwrap();
    let (id, key) = bundle.prekeys().iter().next().map(|(id, key)| (*id, *key)).unwrap();
    (id, Bundle::new(*bundle.identity(), *bundle.signed_prekey(), BTreeMap::from([(id, key)])).unwrap())
}

/// What a new device of that account sends to the device of a bundle.
fn sent_by(account: &str, device: u32, to: &Device, bundle: &Bundle) -> (Device, Encrypted) {
    let mut from = Device::from_seed("strangers", address(account), id(device));
    let reader = Reader { address: to.address(), device: to.id(), bundle: Some(bundle) };
    let mut random = SeededRandom::new(&format!("{account}/{device}"));
    let sent = from.seal(b"hello", &[reader], &mut random).unwrap().commit_in_memory();
    (from, sent)
}

#[test]
fn no_account_takes_a_prekey_from_another_and_it_serves_four_at_most() {
    let [.., mut juliet] = three();
    let (prekey, bundle) = with_one_prekey(&juliet);
    let mut open = |account: &str, device: u32| {
        let (_, sent) = sent_by(account, device, &juliet, &bundle);
        receive(&mut juliet, &sent, &address(account)).map(|received| received.began_session)
    };
    // One account with as many devices as it likes gets two sessions of it.
    for device in 1..40 {
        match open("tybalt@capulet.example", device) {
            Ok(began) => assert!(began && device <= 2, "{device}"),
            Err(failure) => assert!(device > 2 && failure.is_unknown_session(), "{device}: {failure}"),
        }
    }
    assert!(open("nurse@capulet.example", 1).unwrap());
    assert!(open("mercutio@verona.example", 1).unwrap());
    assert!(open("paris@verona.example", 1).unwrap_err().is_unknown_session(), "a fifth");
    assert_eq!(juliet.prekeys[&prekey].uses.len(), MAXIMUM_USES);
    assert!(!juliet.bundle().unwrap().prekeys().contains_key(&prekey));
    assert!(Device::load(&juliet.stored()).unwrap() == juliet, "who used it is stored");
    juliet.rotate_signed_prekey(&mut SeededRandom::new("rotate")).commit_in_memory();
    assert!(!juliet.prekeys.contains_key(&prekey), "no longer than its signed prekey was current");
}

#[test]
fn a_prekey_is_forgotten_when_its_session_is_confirmed_and_not_before() {
    let [_, _, mut juliet] = three();
    let mut random = SeededRandom::new("confirmed");
    let (prekey, bundle) = with_one_prekey(&juliet);
    let (mut stranger, first) = sent_by("tybalt@capulet.example", 1, &juliet, &bundle);
    let (mut nurse, second) = sent_by("nurse@capulet.example", 1, &juliet, &bundle);
    let (_, late) = sent_by("mercutio@verona.example", 1, &juliet, &bundle);
    // A stranger whom nobody answers: as many messages as there may be, and the prekey is there for others.
    opens(&mut juliet, &first, stranger.address(), b"hello");
    for _ in 0..5 {
        let more = send(&mut stranger, &[&juliet], b"more", &mut random);
        opens(&mut juliet, &more, stranger.address(), b"more");
    }
    assert!(juliet.prekeys.contains_key(&prekey));
    opens(&mut juliet, &second, nurse.address(), b"hello");
    let answer = send(&mut juliet, &[&nurse], b"", &mut random);
    assert!(juliet.prekeys.contains_key(&prekey), "answered, but not confirmed");
    receive(&mut nurse, &answer, juliet.address()).unwrap();
    let next = send(&mut nurse, &[&juliet], b"next", &mut random);
    let before = juliet.clone();
    let _ = juliet.open(&next, nurse.address()).unwrap();
    assert!(juliet == before, "what is not committed has no effect");
    opens(&mut juliet, &next, nurse.address(), b"next");
    assert!(!juliet.prekeys.contains_key(&prekey));
    assert!(receive(&mut juliet, &late, &address("mercutio@verona.example")).unwrap_err().is_unknown_session());
    let more = send(&mut stranger, &[&juliet], b"more", &mut random);
    opens(&mut juliet, &more, stranger.address(), b"more");
}

/// Tybalt publishes Juliet's bundle as his own.
#[test]
fn an_identity_key_is_of_one_account() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("accounts");
    let (bundle, tybalt) = (juliet.bundle().unwrap(), address("tybalt@capulet.example"));
    let as_tybalts = |device: u32| Reader { address: &tybalt, device: id(device), bundle: Some(&bundle) };
    let _ = send(&mut romeo, &[&juliet], b"hello", &mut random);
    let failure = romeo.seal(b"for Tybalt", &[as_tybalts(1)], &mut random).err().unwrap();
    assert!(failure.is_unusable_key() && failure.message().contains("one of juliet@capulet.example"), "{failure}");
    let failure = juliet.seal(b"for Tybalt", &[as_tybalts(1)], &mut random).err().unwrap();
    assert!(failure.is_unusable_key() && failure.message().contains("one of juliet@capulet.example"), "her own");
    // With the other sign it agrees on the same secrets, but nobody can sign for it.
    let mut negative = *bundle.identity().bytes();
    negative[31] ^= 0x80;
    let negative = IdentityKey::new(negative).unwrap();
    assert!(negative.is_equivalent(bundle.identity().bytes()) && negative != *bundle.identity());
    let forged = Bundle::new(negative, *bundle.signed_prekey(), bundle.prekeys().clone());
    assert!(forged.unwrap_err().is_unusable_key());
    // Who receives: Romeo's device says that it is Tybalt's.
    let first = send(&mut romeo, &[&juliet], b"hello", &mut random);
    opens(&mut juliet, &first, romeo.address(), b"hello");
    romeo.forget_sessions(juliet.address(), juliet.id()).commit_in_memory();
    let second = send(&mut romeo, &[&juliet], b"hello", &mut random);
    let failure = receive(&mut juliet, &second, &tybalt).unwrap_err();
    assert!(failure.is_wrong_signer() && failure.message().contains("romeo@montague.example"), "{failure}");
    opens(&mut juliet, &second, romeo.address(), b"hello");
}

#[test]
fn a_device_with_another_identity_is_not_sealed_for() {
    let [mut romeo, _, juliet] = three();
    let mut random = SeededRandom::new("identity");
    let _ = send(&mut romeo, &[&juliet], b"one", &mut random);
    let impostor = Device::from_seed("impostor", juliet.address().clone(), juliet.id()).bundle().unwrap();
    let reader = Reader { address: juliet.address(), device: juliet.id(), bundle: Some(&impostor) };
    let failure = romeo.seal(b"two", &[reader], &mut random).err().unwrap();
    assert!(failure.message().contains("another identity key"), "{failure}");
}

#[test]
fn a_session_with_another_identity_does_not_begin_beside_the_old_one() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("beside");
    let from = romeo.address().clone();
    let first = send(&mut romeo, &[&juliet], b"one", &mut random);
    opens(&mut juliet, &first, &from, b"one");
    let mut impostor = Device::from_seed("impostor", from.clone(), romeo.id());
    let forged = send(&mut impostor, &[&juliet], b"two", &mut random);
    assert!(receive(&mut juliet, &forged, &from).unwrap_err().is_wrong_signer());
    juliet.forget_sessions(&from, romeo.id()).commit_in_memory();
    opens(&mut juliet, &forged, &from, b"two");
}

/// After the other end lost its state and began anew, what is late of the old session does not bring that one back.
#[test]
fn a_late_message_does_not_bring_an_old_session_back() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("late");
    let (from, back) = (romeo.address().clone(), juliet.address().clone());
    let late = send(&mut romeo, &[&juliet], b"late", &mut random);
    let first = send(&mut romeo, &[&juliet], b"one", &mut random);
    opens(&mut juliet, &first, &from, b"one");
    romeo.forget_sessions(&back, juliet.id()).commit_in_memory();
    let anew = send(&mut romeo, &[&juliet], b"two", &mut random);
    assert!(opens(&mut juliet, &anew, &from, b"two").began_session);
    opens(&mut juliet, &late, &from, b"late");
    let answer = send(&mut juliet, &[&romeo], b"three", &mut random);
    opens(&mut romeo, &answer, &back, b"three");
}

#[test]
fn every_changed_byte_of_a_message_is_refused() {
    let [mut romeo, _, mut juliet] = three();
    let mut random = SeededRandom::new("tamper");
    let from = romeo.address().clone();
    let exchange = send(&mut romeo, &[&juliet], b"hello", &mut random);
    refuses_changes(&mut juliet, &exchange, &from);
    opens(&mut juliet, &exchange, &from, b"hello");
    let repeated = send(&mut romeo, &[&juliet], b"hello", &mut random);
    refuses_changes(&mut juliet, &repeated, &from);
    let answer = send(&mut juliet, &[&romeo], b"", &mut random);
    receive(&mut romeo, &answer, juliet.address()).unwrap();
    let message = send(&mut romeo, &[&juliet], b"hello", &mut random);
    refuses_changes(&mut juliet, &message, &from);
    opens(&mut juliet, &message, &from, b"hello");
    opens(&mut juliet, &repeated, &from, b"hello");
}

/// Changes each byte of the key and of the payload in some ways, cuts them short, and takes the payload away.
fn refuses_changes(device: &mut Device, encrypted: &Encrypted, from: &BareJid) {
    let before = device.clone();
    let place = (device.address().clone(), device.id());
    let key_of = |encrypted: &Encrypted| encrypted.key(&place.0, place.1).unwrap().bytes.clone();
    let with_key = |bytes: Vec<u8>| {
        let mut changed = encrypted.clone();
        changed.keys.get_mut(&place.0).unwrap().get_mut(&place.1).unwrap().bytes = bytes;
        changed
    };
    let with_payload = |payload: Option<Vec<u8>>| Encrypted { payload, ..encrypted.clone() };
    let mut all = vec![with_payload(None), with_payload(Some(Vec::new()))];
    for change in [0x01, 0x80] {
        let flipped = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= change;
            bytes
        };
        let (key, payload) = (key_of(encrypted), encrypted.payload.clone().unwrap());
        all.extend((0..key.len()).map(|at| with_key(flipped(&key, at))));
        all.extend((0..payload.len()).map(|at| with_payload(Some(flipped(&payload, at)))));
        all.extend((0..key.len()).step_by(9).map(|length| with_key(key[..length].to_vec())));
    }
    for (number, changed) in all.iter().enumerate() {
        assert!(receive(device, changed, from).is_err(), "change {number}");
    }
    let mut other_device = encrypted.clone();
    other_device.sender = id(77);
    if !encrypted.key(&place.0, place.1).unwrap().is_exchange {
        assert!(receive(device, &other_device, from).unwrap_err().is_unknown_session());
        assert!(receive(device, encrypted, &address("tybalt@capulet.example")).unwrap_err().is_unknown_session());
    }
    assert!(*device == before, "what is refused changes nothing");
}

/// A device whose state lies on a disk, which may crash around every step.
struct Stored {
    device: Device,
    disk: Vec<u8>,
}

impl Stored {
    fn new(device: Device) -> Stored {
        Stored { disk: device.stored().to_vec(), device }
    }

    fn crash(&mut self) {
        self.device = Device::load(&self.disk).unwrap();
    }
}

fn positions(encrypted: &Encrypted) -> Vec<([u8; 32], u32)> {
    let keys = encrypted.keys.values().flat_map(BTreeMap::values);
    let position = |key: &Key| {
        let inner = match Envelope::read(&key.bytes).unwrap() {
            Envelope::KeyExchange(exchange) => Authenticated::read(exchange.message).unwrap(),
            Envelope::Authenticated(message) => message,
        };
        let message = Message::read(inner.message).unwrap();
        (message.ratchet_key, message.number)
    };
    keys.map(position).collect()
}

/// Where a program stops.
#[derive(Clone, Copy, Debug)]
enum Crash {
    /// The state was not stored: nothing may be sent.
    BeforeStoring,
    /// It was stored, and nothing was sent any more.
    BeforeSending,
    /// Everything went well, then it stops.
    Afterwards,
    Never,
}

fn crash() -> impl Strategy<Value = Crash> {
    prop_oneof![Just(Crash::BeforeStoring), Just(Crash::BeforeSending), Just(Crash::Afterwards), Just(Crash::Never)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However a program crashes, no position of a ratchet is sent twice, and what was sent opens.
    #[test]
    fn no_crash_uses_a_key_twice(steps in proptest::collection::vec((any::<bool>(), crash()), 1..14)) {
        let [romeo, _, juliet] = three();
        let mut random = SeededRandom::new("crash");
        let mut ends = [Stored::new(romeo), Stored::new(juliet)];
        let mut seen = BTreeSet::new();
        for (number, (from_romeo, crash)) in steps.into_iter().enumerate() {
            let text = [b'a', u8::try_from(number).unwrap()];
            let [one, two] = &mut ends;
            let (from, to) = if from_romeo { (one, two) } else { (two, one) };
            let pending = seal(&mut from.device, &[&to.device], &text, &mut random);
            let sent = pending.commit(|state| match crash {
                Crash::BeforeStoring => Err("the disk is full"),
                _ => {
                    from.disk = state.to_vec();
                    Ok(())
                }
            });
            let sent = match (crash, sent) {
                (Crash::BeforeStoring, sent) => {
                    prop_assert_eq!(sent, Err("the disk is full"));
                    from.crash();
                    continue;
                }
                (Crash::BeforeSending, _) => {
                    from.crash();
                    continue;
                }
                (_, sent) => sent.unwrap(),
            };
            for position in positions(&sent) {
                prop_assert!(seen.insert(position), "{:?}", position);
            }
            // The receiver crashes before it stored what came, and gets it again.
            let sender = from.device.address().clone();
            let lost = to.device.open(&sent, &sender).unwrap().commit(|_| Err("no power"));
            prop_assert_eq!(lost.unwrap_err(), "no power");
            to.crash();
            let pending = to.device.open(&sent, &sender).unwrap();
            prop_assert_eq!(pending.received().plaintext.as_ref().unwrap().as_slice(), &text);
            pending.commit(|state| {
                to.disk = state.to_vec();
                Ok::<(), ()>(())
            }).unwrap();
            if matches!(crash, Crash::Afterwards) {
                from.crash();
                to.crash();
            }
            prop_assert!(to.device.open(&sent, &sender).err().unwrap().is_replayed());
        }
    }

    /// Fifty messages between three devices, in any order within what is under way, some lost and some twice, with all states
    /// stored and loaded on the way.
    #[test]
    fn conversations_of_three_devices(seed in any::<u64>()) {
        let mut devices = three();
        let mut random = SeededRandom::new(&format!("conversation {seed}"));
        let mut draw = SeededRandom::new(&format!("events {seed}"));
        let mut pick = |below: usize| {
            let mut bytes = [0; 4];
            draw.fill(&mut bytes);
            u32::from_be_bytes(bytes) as usize % below
        };
        let mut under_way: Vec<(usize, usize, Vec<u8>, Encrypted)> = Vec::new();
        for number in 0..50u8 {
            let from = pick(3);
            let text = vec![number; usize::from(number) + 1];
            let mut sender = devices[from].clone();
            let others: Vec<&Device> = (0..3).filter(|at| *at != from).map(|at| &devices[at]).collect();
            let sent = send(&mut sender, &others, &text, &mut random);
            devices[from] = sender;
            under_way.extend((0..3).filter(|to| *to != from).map(|to| (from, to, text.clone(), sent.clone())));
            while under_way.len() > pick(12) {
                let (from, to, text, sent) = under_way.remove(pick(under_way.len()));
                if pick(10) == 0 {
                    continue;
                }
                let sender = devices[from].address().clone();
                let received = receive(&mut devices[to], &sent, &sender).unwrap();
                prop_assert_eq!(received.plaintext.as_ref().unwrap().as_slice(), text.as_slice());
                prop_assert_eq!(&received.identity, devices[from].identity());
                if pick(3) == 0 {
                    prop_assert!(receive(&mut devices[to], &sent, &sender).unwrap_err().is_replayed());
                }
                if pick(6) == 0 {
                    let stored = devices[to].stored();
                    devices[to] = Device::load(&stored).unwrap();
                    prop_assert_eq!(&stored, &devices[to].stored());
                }
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let [mut romeo, phone, mut juliet] = three();
        let mut random = SeededRandom::new("same");
        let first = send(&mut romeo, &[&juliet, &phone], b"hello", &mut random);
        opens(&mut juliet, &first, romeo.address(), b"hello");
        let second = send(&mut juliet, &[&romeo, &phone], b"hello", &mut random);
        (first, second, juliet.stored())
    };
    assert!(run() == run());
}

#[test]
fn people_have_identity_keys_of_both_signs() {
    let signs: BTreeSet<u8> = (1..12)
        .map(|number| Device::from_seed("s", address("a.example"), id(number)).identity().bytes()[31] >> 7)
        .collect();
    assert_eq!(signs.len(), 2);
    for number in 1..8 {
        let mut one = Device::from_seed("s", address("a.example"), id(number));
        let mut other = Device::from_seed("s", address("b.example"), id(number));
        let mut random = SeededRandom::new("signs");
        let sent = send(&mut one, &[&other], b"hello", &mut random);
        opens(&mut other, &sent, &address("a.example"), b"hello");
        let answer = send(&mut other, &[&one], b"hello", &mut random);
        opens(&mut one, &answer, &address("b.example"), b"hello");
    }
}
