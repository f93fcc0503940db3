//! Any bytes as an OMEMO message for a device, and as a stored device: read or refused, and what is read is written as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use xep::protocol::omemo::element::Key;
use xep::protocol::omemo::wire::{Authenticated, Envelope, KeyExchange, Message};
use xep::protocol::omemo::{Device, DeviceId, Encrypted};

/// A device that is made once.
fn device() -> Device {
    static DEVICE: OnceLock<Device> = OnceLock::new();
    let id = DeviceId::new(1).expect("1 is an id");
    let address = "fuzz.example".parse().expect("this is an address");
    DEVICE.get_or_init(|| Device::from_seed("fuzz", address, id)).clone()
}

fuzz_target!(|bytes: &[u8]| {
    match Envelope::read(bytes) {
        Ok(Envelope::KeyExchange(exchange)) => {
            assert_eq!(KeyExchange::read(&exchange.write()).expect("it was just written"), exchange);
        }
        Ok(Envelope::Authenticated(message)) => {
            assert_eq!(Authenticated::read(&message.write()).expect("it was just written"), message);
        }
        Err(_) => {}
    }
    if let Ok(message) = Message::read(bytes) {
        assert_eq!(Message::read(&message.write()).expect("it was just written"), message);
    }
    let mut device = device();
    let (address, id) = (device.address().clone(), device.id());
    let key = Key { is_exchange: false, bytes: bytes.to_vec() };
    let keys = BTreeMap::from([(address.clone(), BTreeMap::from([(id, key)]))]);
    let encrypted = Encrypted { sender: id, keys, payload: None };
    let _ = device.open(&encrypted, &address).map(|pending| pending.commit_in_memory());
    if let Ok(stored) = Device::load(bytes) {
        assert_eq!(stored.stored().as_slice(), bytes, "what is loaded is what was stored");
    }
});
