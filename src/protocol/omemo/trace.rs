//! What a device computes on the way from a message to its text, value by value, for test vectors.
//!
//! All of it is secret. It is given out for keys that are published with the vectors, and for nothing else: nothing here is
//! called when a message is opened.

use super::DeviceId;
use super::cipher::{BoxKeys, TAG};
use super::device::Device;
use super::element::Encrypted;
use super::keys::{PublicBytes, Secret};
use super::protocol::OmemoKeys;
use super::ratchet::Ratchet;
use super::session::Session;
use super::wire::{Authenticated, Beginning, Envelope, Message};
use crate::protocol::Identity;
use crate::xml::Element;
use zeroize::Zeroizing;

/// The values of one device that opens the first message of a session.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The device.
    pub device: DeviceId,
    /// How the session began.
    pub beginning: Beginning,
    /// The four agreements, in the order of X3DH, section 3.3.
    pub agreements: [Secret; 4],
    /// What both devices make of them: `SK`.
    pub shared: Secret,
    /// The associated data: the identity keys of who began and of who accepted.
    pub associated: [u8; 64],
    /// The ratchet key in the message: `dh_pub`.
    pub ratchet_key: PublicBytes,
    /// The number of the message in its chain: `n`.
    pub number: u32,
    /// How many messages the chain before had: `pn`.
    pub previous: u32,
    /// The root key after the step with the ratchet key.
    pub root_key: Secret,
    /// The key with which the receiving chain begins.
    pub chain_key: Secret,
    /// The key of the message.
    pub message_key: Secret,
    /// What follows from it.
    pub message: Derived,
    /// The authentication tag of the message.
    pub tag: [u8; TAG],
    /// What the ratchet carried: the payload's key and its tag.
    pub carried: Zeroizing<Vec<u8>>,
    /// What follows from the payload's key.
    pub payload: Derived,
}

/// The keys of a box (XEP-0384, sections 4.3 and 4.4).
#[derive(Clone, Debug)]
pub struct Derived {
    /// The key of AES-256-CBC.
    pub encryption: Secret,
    /// The key of HMAC-SHA-256.
    pub authentication: Secret,
    /// The initialisation vector.
    pub vector: Zeroizing<[u8; 16]>,
}

impl Derived {
    fn of(keys: &BoxKeys) -> Derived {
        Derived {
            encryption: Secret::new(keys.encryption()),
            authentication: Secret::new(keys.authentication()),
            vector: Zeroizing::new(*keys.vector()),
        }
    }
}

/// The values of every device of a receiver whose secret keys are there, in the order of the devices. A device has none for which
/// the message does not begin a session, and none for which it does not fit its tag.
pub fn traces(receiver: &Identity, carrier: &Element) -> Vec<Trace> {
    let Ok(encrypted) = Encrypted::read(carrier) else { return Vec::new() };
    receiver.omemo().iter().filter_map(OmemoKeys::device).filter_map(|device| trace(device, &encrypted)).collect()
}

fn trace(device: &Device, encrypted: &Encrypted) -> Option<Trace> {
    let key = encrypted.key(device.address(), device.id())?;
    let Ok(Envelope::KeyExchange(exchange)) = Envelope::read(&key.bytes) else { return None };
    let beginning = exchange.opening;
    let sealed = Authenticated::read(exchange.message).ok()?;
    let message = Message::read(sealed.message).ok()?;
    let (signed_prekey, prekey) = device.prekeys_of(&beginning).ok()?;
    let agreements = Session::agreements(&device.identity, &signed_prekey, &prekey, &beginning).ok()?;
    let mut session = Session::accept(&device.identity, &signed_prekey, &prekey, beginning).ok()?;
    let (associated, shared) = (session.associated, session.ratchet.root.clone());
    let mut ratchet: Ratchet = session.ratchet.clone();
    ratchet.turn(&message).ok()?;
    let (root_key, chain_key) = (ratchet.root.clone(), ratchet.receiving.as_ref()?.key.clone());
    let message_key = ratchet.receiving_key(&message).ok()?;
    let carried = session.open(&sealed).ok()?.plaintext;
    Some(Trace {
        device: device.id(),
        beginning,
        agreements: agreements.map(|agreed| Secret::new(&agreed)),
        shared,
        associated,
        ratchet_key: message.ratchet_key,
        number: message.number,
        previous: message.previous,
        root_key,
        chain_key,
        message: Derived::of(&BoxKeys::of_message(&message_key)),
        message_key,
        tag: sealed.tag,
        payload: Derived::of(&BoxKeys::of_payload(carried.get(..32)?)),
        carried,
    })
}
