//! What is stored is loaded, and nothing else.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::protocol::omemo::Reader as Recipient;
use crate::random::SeededRandom;
use proptest::prelude::*;

/// A device with sessions of all kinds, and with keys that wait.
fn device() -> Device {
    let address = |text: &str| BareJid::parse(text).unwrap();
    let mut random = SeededRandom::new("state");
    let mut one = Device::from_seed("state", address("a@a.example"), DeviceId::new(1).unwrap());
    let mut two = Device::from_seed("state", address("b@b.example"), DeviceId::new(2).unwrap());
    let (of_one, of_two) = (one.bundle().unwrap(), two.bundle().unwrap());
    let (at_one, at_two) = (one.address().clone(), two.address().clone());
    let to_one = [Recipient { address: &at_one, device: one.id(), bundle: Some(&of_one) }];
    let to_two = [Recipient { address: &at_two, device: two.id(), bundle: Some(&of_two) }];
    let _ = two.seal(b"x", &to_one, &mut random).unwrap().commit_in_memory();
    for _ in 0..3 {
        let lost = one.seal(b"x", &to_two, &mut random).unwrap().commit_in_memory();
        let sent = one.seal(b"x", &to_two, &mut random).unwrap().commit_in_memory();
        two.open(&sent, &at_one).unwrap().commit_in_memory();
        drop(lost);
        let answer = two.seal(b"x", &to_one, &mut random).unwrap().commit_in_memory();
        one.open(&answer, &at_two).unwrap().commit_in_memory();
    }
    two
}

/// The state with another hash behind it: only what it says can be wrong.
fn with_hash(mut stored: Vec<u8>) -> Vec<u8> {
    let length = stored.len() - 32;
    let hash = Sha256::digest(&stored[..length]);
    stored[length..].copy_from_slice(&hash);
    stored
}

#[test]
fn what_was_stored_is_loaded() {
    let device = device();
    let stored = device.stored();
    assert!(Device::load(&stored).unwrap() == device);
    assert!(device.sessions.values().flatten().any(|session| session.ratchet.skipped.len() >= 3));
    assert!(stored.len() <= room(&device), "the buffer never grows");
    let scalar = match device.identity.half() {
        Half::Seed(seed) => Secret::new(&ed25519_dalek::SigningKey::from_bytes(seed.bytes()).to_scalar_bytes()),
        Half::Scalar(scalar) => scalar.clone(),
    };
    let identity = IdentityPair::from_scalar(scalar, *device.identity()).unwrap();
    let converted = Device { identity, ..device };
    assert!(Device::load(&converted.stored()).unwrap() == converted);
}

#[test]
fn damage_is_told() {
    let stored = device().stored();
    let check = |bytes: &[u8], part: &str| {
        let failure = Device::load(bytes).unwrap_err();
        assert!(failure.is_unusable_state() && failure.message().contains(part), "{failure}");
    };
    check(b"", "cut short");
    check(b"xepomemo", "cut short");
    check(b"xepomemo\x02", "damaged");
    check(b"somethingelse", "no such state");
    check(&stored[..stored.len() - 1], "damaged");
    let mut other = stored.to_vec();
    other[8] = 1;
    check(&other, "of version 1; 2 is read");
    let mut long = stored.to_vec();
    long.splice(long.len() - 32..long.len() - 32, [0]);
    check(&with_hash(long), "behind its end");
    // The address is 11 bytes long and begins behind its length.
    let mut address = stored.to_vec();
    address[11..22].copy_from_slice(b"B@b.example");
    check(&with_hash(address), "an address is none");
    let mut id = stored.to_vec();
    id[22] = 0x80;
    check(&with_hash(id), "no id");
    let mut identity = stored.to_vec();
    identity[27] ^= 1;
    check(&with_hash(identity), "halves of its identity key");
    let mut signed = stored.to_vec();
    signed[91] = 3;
    check(&with_hash(signed), "3 signed prekeys, more than 2");
    let mut signature = stored.to_vec();
    signature[96] ^= 0x10;
    check(&with_hash(signature), "not signed by its identity key");
}

#[test]
fn every_cut_is_refused() {
    let stored = device().stored();
    for length in (0..stored.len()).step_by(97) {
        let mut cut = stored[..length].to_vec();
        assert!(Device::load(&cut).is_err());
        cut.extend([0; 32]);
        if length > 9 {
            assert!(Device::load(&with_hash(cut)).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_change_is_read_or_refused(at in any::<proptest::sample::Index>(), byte: u8) {
        let mut stored = device_once();
        let at = at.index(stored.len() - 32);
        stored[at] = byte;
        if let Ok(device) = Device::load(&with_hash(stored.clone())) {
            prop_assert_eq!(device.stored().to_vec(), with_hash(stored));
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Device::load(&bytes).is_err());
        let state = [MAGIC.as_slice(), &[VERSION], &bytes, &[0; 32]].concat();
        prop_assert!(Device::load(&with_hash(state)).is_err());
    }
}

fn device_once() -> Vec<u8> {
    static STORED: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    STORED.get_or_init(|| device().stored().to_vec()).clone()
}
