//! Vectors made by this implementation hold, and what is wrong with a file is told.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::protocol::omemo::{Encrypted, Reader};
use crate::random::SeededRandom;
use serde_json::{Value, json};

/// A file whose sender and receiver have identity keys of these signs; the last message is an empty one.
fn file(sign: u8, count: u32) -> Value {
    let mut random = SeededRandom::new(&format!("vectors {sign}"));
    let (alice, bob) = (BareJid::parse("alice@a.example").unwrap(), BareJid::parse("bob@b.example").unwrap());
    let (one, two) = (DeviceId::new(1).unwrap(), DeviceId::new(2).unwrap());
    let signed = |device: &Device| device.identity().bytes()[31] >> 7 == sign;
    let mut sender = std::iter::repeat_with(|| Device::generate(alice.clone(), one, &mut random)).find(signed).unwrap();
    let scalar = Secret::random(&mut random);
    let mut point = curve25519_dalek::edwards::EdwardsPoint::mul_base_clamped(*scalar.bytes()).compress().to_bytes();
    point[31] = point[31] & 0x7f | sign << 7;
    let identity = IdentityPair::from_scalar(scalar.clone(), IdentityKey::new(point).unwrap()).unwrap();
    let (spk, pk) = (Secret::random(&mut random), Secret::random(&mut random));
    let (spk_pair, pk_pair) = (KeyPair::of(spk.clone()), KeyPair::of(pk.clone()));
    let signature = identity.sign(spk_pair.public(), &mut random);
    let keys = DeviceKeys {
        identity,
        signed_prekey_id: 7,
        signed_prekey: spk_pair.clone(),
        signature,
        prekeys: BTreeMap::from([(9, pk_pair.clone())]),
    };
    let bundle = Device::from_keys(bob.clone(), two, keys).unwrap().bundle().unwrap();
    let readers = [Reader { address: &bob, device: two, bundle: Some(&bundle) }];
    let text = |n: u32| {
        format!("<envelope xmlns='urn:xmpp:sce:1'><content><body xmlns='jabber:client'>{n}</body></content></envelope>")
    };
    let mut messages = Vec::new();
    for n in 0..count {
        let is_empty = n + 1 == count;
        let sealed: Encrypted = match is_empty {
            true => sender.seal_empty(&readers, &mut random).unwrap().commit_in_memory(),
            false => sender.seal(text(n).as_bytes(), &readers, &mut random).unwrap().commit_in_memory(),
        };
        let key = sealed.key(&bob, two).unwrap();
        let mut message = json!({ "n": n, "kex": key.is_exchange, "key": STANDARD.encode(&key.bytes) });
        if let Some(payload) = &sealed.payload {
            message["payload"] = STANDARD.encode(payload).into();
            message[if n % 2 == 0 { "body" } else { "plaintext" }] =
                if n % 2 == 0 { n.to_string() } else { text(n) }.into();
        } else {
            message["key_material"] = "00".repeat(32).into();
        }
        messages.push(message);
    }
    json!({
        "sender": { "jid": alice.as_str(), "device_id": 1, "identity_pub_ed25519": hex(sender.identity().bytes()) },
        "receiver": {
            "jid": bob.as_str(), "device_id": 2,
            "identity_priv_curve25519": hex(scalar.bytes()), "identity_pub_ed25519": hex(&point),
            "spk_id": 7, "spk_priv": hex(spk.bytes()), "spk_pub": hex(spk_pair.public()), "spk_sig": hex(&signature),
            "pk_id": 9, "pk_priv": hex(pk.bytes()), "pk_pub": hex(pk_pair.public()),
        },
        "suggested_order": (0..count).rev().collect::<Vec<_>>(),
        "messages": messages,
    })
}

#[test]
fn vectors_of_both_signs_hold() {
    for sign in [0, 1] {
        let report = verify(&file(sign, 4).to_string()).unwrap();
        assert_eq!(report.failures, []);
        assert_eq!((report.messages, report.orders), (4, 6));
    }
    assert_eq!(verify(&file(0, 1).to_string()).unwrap().failures, []);
}

/// The file for tests of the command line. `XEP_BLESS=1` writes it anew.
#[test]
fn the_committed_vectors_are_those_of_their_seed() {
    let made = format!("{}\n", serde_json::to_string_pretty(&file(1, 4)).unwrap());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/omemo_vectors/own.json");
    if std::env::var_os("XEP_BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), made);
}

/// Two sessions of one sender, and messages that no longer say how theirs began: each waits for its own.
#[test]
fn messages_wait_for_their_own_session() {
    let mut file = file(0, 4);
    let exchange = |file: &Value, at: usize| STANDARD.decode(file["messages"][at]["key"].as_str().unwrap()).unwrap();
    for at in [1, 3] {
        let bytes = exchange(&file, at);
        let Envelope::KeyExchange(inner) = Envelope::read(&bytes).unwrap() else { unreachable!("all are exchanges") };
        file["messages"][at]["key"] = STANDARD.encode(inner.message).into();
        file["messages"][at]["kex"] = false.into();
    }
    assert_eq!(verify(&file.to_string()).unwrap().failures, []);
}

#[test]
fn what_does_not_hold_is_told_in_full() {
    let check = |change: fn(&mut Value), expected: &str| {
        let mut file = file(0, 3);
        change(&mut file);
        let report = verify(&file.to_string()).unwrap();
        assert!(report.failures[0].to_string().contains(expected), "{}", report.failures[0]);
    };
    check(
        |file| file["messages"][0]["body"] = "x".into(),
        "in the order of the file, step 1 (message 0), body\n  expected: x\n  found:    0",
    );
    check(|file| file["messages"][1]["plaintext"] = "x".into(), "message 1), plaintext\n  expected: x\n");
    check(
        |file| file["messages"][0]["key_material"] = "aa".into(),
        "key_material\n  expected: aa\n  found:    the key of",
    );
    check(
        |file| file["messages"][2]["key_material"] = "aa".into(),
        "key_material\n  expected: aa\n  found:    32 zero",
    );
    check(|file| file["messages"][2]["plaintext"] = "x".into(), "plaintext\n  expected: x\n  found:    no payload");
    check(|file| file["messages"][2]["key_material"] = "".into(), "32 zero bytes");
    check(|file| file["messages"][1]["key"] = file["messages"][0]["key"].clone(), "opened before");
    check(|file| file["receiver"]["spk_pub"] = "00".repeat(32).into(), "receiver.spk_pub\n  expected:");
    check(|file| file["receiver"]["identity_pub_ed25519"] = file["sender"]["identity_pub_ed25519"].clone(), "belong");
    check(|file| file["sender"]["identity_pub_ed25519"] = "00".repeat(32).into(), "identity key\n  expected: 0000");
}

#[test]
fn what_is_no_file_of_vectors_says_why() {
    let check = |change: fn(&mut Value), expected: &str| {
        let mut file = file(0, 2);
        change(&mut file);
        let error = verify(&file.to_string()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(|file| drop(file.as_object_mut().unwrap().remove("sender")), "missing field `sender`");
    check(|file| file["messages"] = json!([]), "0 messages");
    check(|file| file["messages"][0]["key"] = "?".into(), "message 0: `key` is no Base64");
    check(|file| file["receiver"]["pk_priv"] = "0".into(), "`receiver.pk_priv` is not hexadecimal");
    check(|file| file["receiver"]["pk_priv"] = "00".into(), "`receiver.pk_priv` has 1 bytes, not 32");
    check(|file| file["sender"]["jid"] = "@".into(), "`sender.jid`: `@` is no bare address");
    check(|file| file["sender"]["device_id"] = 0.into(), "`sender.device_id`: 0 is no id");
    check(|file| file["suggested_order"] = json!([5]), "there is no message 5");
    assert!(verify("[").is_err());
}
