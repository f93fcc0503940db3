//! Test vectors: messages that some software made for a device whose secret keys are published with them.
//!
//! A file is a JSON object:
//!
//! ```text
//! sender           jid, device_id, identity_pub_ed25519
//! receiver         jid, device_id, identity_priv_curve25519, identity_pub_ed25519,
//!                  spk_id, spk_priv, spk_pub, spk_sig, pk_id, pk_priv, pk_pub
//! messages         n, kex, key, payload, key_material, and plaintext or body
//! suggested_order  numbers `n` in an order in which they may arrive
//! ```
//!
//! Keys are in hexadecimal, `key` and `payload` in Base64. `key_material` is what the ratchet carries; `plaintext` is the whole text,
//! `body` the text of the one `<body/>` in it. A message without `payload` is an empty one. Other members are passed over.
//!
//! [`verify`] opens the messages in several orders: as they stand, as suggested, backwards, and with each one first. A message that
//! does not say how its session began waits for one that does. Each must give what the file says; changed in its key or its payload it
//! must be refused, and so it must when it comes again.

use super::cipher::{EMPTY, open_payload};
use super::device::{Device, DeviceKeys, Received};
use super::element::{Encrypted, Key};
use super::keys::{IdentityKey, IdentityPair, KeyPair, PublicBytes, Secret, hex};
use super::wire::{Authenticated, Envelope};
use super::{DeviceId, wire};
use crate::protocol::Failure;
use crate::source::{MappedText, Sources};
use crate::xml::{CLIENT, Element, parse};
use crate::xmpp::BareJid;
use crate::xmpp::hash::from_hexadecimal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use zeroize::Zeroizing;

/// How many messages a file may have.
pub const MAXIMUM_MESSAGES: usize = 2000;

/// In how many orders messages are opened at most.
pub const MAXIMUM_ORDERS: usize = 32;

/// Why a file could not be read: it is no file of vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// What came of verifying a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many messages there are.
    pub messages: usize,
    /// In how many orders they were opened.
    pub orders: usize,
    /// How many checks held: of keys, of messages that open, and of such that have to be refused.
    pub held: usize,
    /// Those that did not.
    pub failures: Vec<Mismatch>,
}

/// A check that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where: a member, or an order and a message, or a case and what of it.
    pub place: String,
    /// What was expected.
    pub expected: String,
    /// What was found instead.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}\n  expected: {}\n  found:    {}", self.place, self.expected, self.found)
    }
}

#[derive(Deserialize)]
struct File {
    sender: Sender,
    receiver: Receiver,
    #[serde(default)]
    suggested_order: Vec<u32>,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Sender {
    jid: String,
    device_id: u32,
    identity_pub_ed25519: String,
}

#[derive(Deserialize)]
struct Receiver {
    jid: String,
    device_id: u32,
    identity_priv_curve25519: String,
    identity_pub_ed25519: String,
    spk_id: u32,
    spk_priv: String,
    spk_pub: String,
    spk_sig: String,
    pk_id: u32,
    pk_priv: String,
    pk_pub: String,
}

#[derive(Deserialize)]
struct Message {
    n: u32,
    kex: bool,
    key: String,
    payload: Option<String>,
    key_material: Option<String>,
    plaintext: Option<String>,
    body: Option<String>,
}

/// Whether a text has the form of these files, and not another one: it has `messages`.
pub fn is_one(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Peek {
        messages: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Peek>(text).is_ok_and(|peek| peek.messages.is_some())
}

/// Holds a file of vectors against this implementation.
///
/// # Errors
/// When the text is no such file: no JSON of this form, or with hexadecimal, Base64, addresses or ids that are none.
pub fn verify(text: &str) -> Result<Report, Unreadable> {
    let file: File = serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
    let vectors = Vectors::read(&file)?;
    let mut report = Report { messages: vectors.messages.len(), ..Report::default() };
    let Some(device) = vectors.device(&file, &mut report)? else { return Ok(report) };
    for (name, order) in vectors.orders(&file)? {
        report.orders += 1;
        vectors.run(device.clone(), &name, &order, &mut report);
    }
    Ok(report)
}

/// The messages of a file, decoded.
struct Vectors {
    sender: BareJid,
    identity: [u8; 32],
    messages: Vec<Step>,
}

struct Step {
    number: u32,
    is_exchange: bool,
    /// Which tells the sessions apart; nothing where the message cannot be read.
    ratchet_key: Option<PublicBytes>,
    encrypted: Encrypted,
    expected: Expected,
}

struct Expected {
    key: Option<Vec<u8>>,
    plaintext: Option<String>,
    body: Option<String>,
}

impl Vectors {
    fn read(file: &File) -> Result<Vectors, Unreadable> {
        if file.messages.is_empty() || file.messages.len() > MAXIMUM_MESSAGES {
            let count = file.messages.len();
            return Err(Unreadable(format!("it has {count} messages; 1 to {MAXIMUM_MESSAGES} are read")));
        }
        let sender = address(&file.sender.jid, "sender.jid")?;
        let receiver = address(&file.receiver.jid, "receiver.jid")?;
        let ids = (
            device_id(file.sender.device_id, "sender.device_id")?,
            device_id(file.receiver.device_id, "receiver.device_id")?,
        );
        let read = |message| Step::read(message, &receiver, ids.0, ids.1);
        let messages: Vec<Step> = file.messages.iter().map(read).collect::<Result<_, _>>()?;
        let identity = array(&file.sender.identity_pub_ed25519, "sender.identity_pub_ed25519")?;
        Ok(Vectors { sender, identity, messages })
    }

    /// The receiver's device; nothing, and what does not fit in the report, where its keys do not belong together.
    fn device(&self, file: &File, report: &mut Report) -> Result<Option<Device>, Unreadable> {
        let from = &file.receiver;
        let secret =
            |text: &str, member: &str| array(text, member).map(|bytes: [u8; 32]| Secret::new(&Zeroizing::new(bytes)));
        let scalar = secret(&from.identity_priv_curve25519, "receiver.identity_priv_curve25519")?;
        let signed_prekey = KeyPair::of(secret(&from.spk_priv, "receiver.spk_priv")?);
        let prekey = KeyPair::of(secret(&from.pk_priv, "receiver.pk_priv")?);
        let signature = array(&from.spk_sig, "receiver.spk_sig")?;
        let public = array(&from.identity_pub_ed25519, "receiver.identity_pub_ed25519")?;
        for (member, pair, stated) in [("spk_pub", &signed_prekey, &from.spk_pub), ("pk_pub", &prekey, &from.pk_pub)] {
            let stated: [u8; 32] = array(stated, &format!("receiver.{member}"))?;
            report.hold(&format!("receiver.{member}"), &hex(pair.public()), &hex(&stated));
        }
        let address = address(&from.jid, "receiver.jid")?;
        let id = device_id(from.device_id, "receiver.device_id")?;
        let made = IdentityKey::new(public).and_then(|public| IdentityPair::from_scalar(scalar, public));
        let made = made.and_then(|identity| {
            let prekeys = BTreeMap::from([(from.pk_id, prekey)]);
            let keys = DeviceKeys { identity, signed_prekey_id: from.spk_id, signed_prekey, signature, prekeys };
            Device::from_keys(address, id, keys)
        });
        Ok(match made {
            Ok(device) => {
                report.held += 1;
                Some(device)
            }
            Err(failure) => {
                report.mismatch("receiver", "keys that make a bundle", failure.message());
                None
            }
        })
    }

    /// In which orders the messages are opened, each with its name.
    fn orders(&self, file: &File) -> Result<Vec<(String, Vec<usize>)>, Unreadable> {
        let count = self.messages.len();
        let mut orders = vec![("in the order of the file".to_owned(), (0..count).collect())];
        if !file.suggested_order.is_empty() {
            orders.push(("in the suggested order".to_owned(), self.suggested(&file.suggested_order)?));
        }
        orders.push(("backwards".to_owned(), (0..count).rev().collect()));
        for first in 1..count.min(MAXIMUM_ORDERS.saturating_sub(2)) {
            let rest = (0..count).filter(|at| *at != first);
            let number = self.messages.get(first).map_or(0, |message| message.number);
            orders.push((format!("with message {number} first"), std::iter::once(first).chain(rest).collect()));
        }
        Ok(orders.into_iter().map(|(name, order)| (name, self.allowed(&order))).collect())
    }

    /// Numbers of messages as their places.
    fn suggested(&self, numbers: &[u32]) -> Result<Vec<usize>, Unreadable> {
        let place = |number: &u32| {
            let at = self.messages.iter().position(|message| message.number == *number);
            at.ok_or_else(|| Unreadable(format!("`suggested_order`: there is no message {number}")))
        };
        numbers.iter().map(place).collect()
    }

    /// The order in which the protocol can open them: a message that does not say how its session began waits for one that does.
    /// As the receiver never answers, all messages of a session have the same ratchet key.
    fn allowed(&self, order: &[usize]) -> Vec<usize> {
        let steps = || order.iter().filter_map(|at| Some((*at, self.messages.get(*at)?)));
        let exchanged: BTreeSet<PublicBytes> =
            steps().filter(|(_, step)| step.is_exchange).filter_map(|(_, step)| step.ratchet_key).collect();
        let (mut allowed, mut begun) = (Vec::new(), BTreeSet::new());
        let mut waiting: BTreeMap<PublicBytes, Vec<usize>> = BTreeMap::new();
        for (at, step) in steps() {
            let key = step.ratchet_key.filter(|key| exchanged.contains(key));
            match key.filter(|key| !step.is_exchange && !begun.contains(key)) {
                Some(key) => waiting.entry(key).or_default().push(at),
                None => {
                    allowed.push(at);
                    begun.extend(key);
                    allowed.extend(key.and_then(|key| waiting.remove(&key)).unwrap_or_default());
                }
            }
        }
        allowed
    }

    fn run(&self, mut device: Device, name: &str, order: &[usize], report: &mut Report) {
        let steps: Vec<&Step> = order.iter().filter_map(|at| self.messages.get(*at)).collect();
        for (at, step) in steps.iter().enumerate() {
            let place = format!("{name}, step {} (message {})", at + 1, step.number);
            for (what, changed) in step.changed() {
                let refused = device.open(&changed, &self.sender).is_err();
                report.refuse(refused, &format!("{place}, with its {what} changed"));
            }
            match device.open(&step.encrypted, &self.sender) {
                Err(failure) => report.mismatch(&place, "a message that opens", failure.message()),
                Ok(pending) => {
                    let received = pending.commit_in_memory();
                    self.compare(step, &received, &place, report);
                }
            }
        }
        for step in steps {
            let refused = device.open(&step.encrypted, &self.sender).is_err_and(|failure| failure.is_replayed());
            report.refuse(refused, &format!("{name}, message {} again", step.number));
        }
    }

    fn compare(&self, step: &Step, received: &Received, place: &str, report: &mut Report) {
        report.hold(&format!("{place}, identity key"), &hex(&self.identity), &hex(received.identity.bytes()));
        let text = received.plaintext.as_ref().map(|plaintext| String::from_utf8_lossy(plaintext).into_owned());
        let shown = text.as_deref().unwrap_or("no payload");
        if let Some(expected) = &step.expected.plaintext {
            report.hold(&format!("{place}, plaintext"), expected, shown);
        }
        if let Some(expected) = &step.expected.body {
            let found = text.as_deref().and_then(body).unwrap_or_else(|| format!("no one body in: {shown}"));
            report.hold(&format!("{place}, body"), expected, &found);
        }
        if let Some(key) = &step.expected.key {
            self.compare_key(step, received, key, place, report);
        }
    }

    /// What the ratchet carried is not given out; that it was this key shows in what it opens.
    fn compare_key(&self, step: &Step, received: &Received, key: &[u8], place: &str, report: &mut Report) {
        let place = format!("{place}, key_material");
        let found = match (&step.encrypted.payload, &received.plaintext) {
            (Some(payload), Some(plaintext)) => match open_payload(payload, key) {
                Ok(opened) if opened == *plaintext => return report.held += 1,
                Ok(_) => "it opens the payload to another text".to_owned(),
                Err(failure) => failure.message().to_owned(),
            },
            _ if key == EMPTY => return report.held += 1,
            _ => "32 zero bytes, as in every empty message".to_owned(),
        };
        report.mismatch(&place, &hex(key), &found);
    }
}

impl Step {
    fn read(message: &Message, receiver: &BareJid, from: DeviceId, to: DeviceId) -> Result<Step, Unreadable> {
        let member = |name: &str| format!("message {}: `{name}`", message.n);
        let bytes = base64(&message.key, &member("key"))?;
        let (is_exchange, ratchet_key) =
            (matches!(Envelope::read(&bytes), Ok(Envelope::KeyExchange(_))), ratchet_key(&bytes));
        let key = Key { is_exchange: message.kex, bytes };
        let payload = message.payload.as_deref().filter(|payload| !payload.trim().is_empty());
        let payload = payload.map(|payload| base64(payload, &member("payload"))).transpose()?;
        let keys = BTreeMap::from([(receiver.clone(), BTreeMap::from([(to, key)]))]);
        // An empty message may have an empty text beside it.
        let is_wanted = |text: &String| payload.is_some() || !text.is_empty();
        let expected = Expected {
            key: message.key_material.as_deref().map(|key| unhex(key, &member("key_material"))).transpose()?,
            plaintext: message.plaintext.clone().filter(is_wanted),
            body: message.body.clone().filter(is_wanted),
        };
        let encrypted = Encrypted { sender: from, keys, payload };
        Ok(Step { number: message.n, is_exchange, ratchet_key, encrypted, expected })
    }

    /// The message with one bit of it changed: in the key, in the payload.
    fn changed(&self) -> Vec<(&'static str, Encrypted)> {
        let mut in_key = self.encrypted.clone();
        for key in in_key.keys.values_mut().flat_map(BTreeMap::values_mut) {
            flip_last(&mut key.bytes);
        }
        let mut changed = vec![("key", in_key)];
        if self.encrypted.payload.is_some() {
            let mut in_payload = self.encrypted.clone();
            in_payload.payload.iter_mut().for_each(|payload| flip_last(payload));
            changed.push(("payload", in_payload));
        }
        changed
    }
}

impl Report {
    fn hold(&mut self, place: &str, expected: &str, found: &str) {
        match expected == found {
            true => self.held += 1,
            false => self.mismatch(place, expected, found),
        }
    }

    fn refuse(&mut self, refused: bool, place: &str) {
        match refused {
            true => self.held += 1,
            false => self.mismatch(place, "a message that is refused", "it opens, or is refused for another reason"),
        }
    }

    fn mismatch(&mut self, place: &str, expected: &str, found: &str) {
        let (place, expected, found) = (place.to_owned(), expected.to_owned(), found.to_owned());
        self.failures.push(Mismatch { place, expected, found });
    }
}

/// The ratchet key of a message, with or without a key exchange.
fn ratchet_key(bytes: &[u8]) -> Option<PublicBytes> {
    let message = match Envelope::read(bytes).ok()? {
        Envelope::KeyExchange(exchange) => Authenticated::read(exchange.message).ok()?,
        Envelope::Authenticated(message) => message,
    };
    wire::Message::read(message.message).ok().map(|message| message.ratchet_key)
}

/// The text of the one body in an envelope.
fn body(text: &str) -> Option<String> {
    let mut sources = Sources::default();
    let file = sources.add("plaintext", text);
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
    let bodies: Vec<&Element> = parsed.elements().flat_map(Element::descendants).collect();
    let mut bodies = bodies.into_iter().filter(|element| element.name.is(CLIENT, "body"));
    match (bodies.next(), bodies.next()) {
        (Some(body), None) => Some(body.text().as_str().to_owned()),
        _ => None,
    }
}

fn flip_last(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

fn address(text: &str, member: &str) -> Result<BareJid, Unreadable> {
    BareJid::parse(text).map_err(|_| Unreadable(format!("`{member}`: `{text}` is no bare address")))
}

fn device_id(number: u32, member: &str) -> Result<DeviceId, Unreadable> {
    DeviceId::new(number).map_err(|failure: Failure| Unreadable(format!("`{member}`: {failure}")))
}

fn array<const LENGTH: usize>(text: &str, member: &str) -> Result<[u8; LENGTH], Unreadable> {
    let bytes = unhex(text, &format!("`{member}`"))?;
    let count = bytes.len();
    bytes.try_into().map_err(|_| Unreadable(format!("`{member}` has {count} bytes, not {LENGTH}")))
}

fn unhex(text: &str, member: &str) -> Result<Vec<u8>, Unreadable> {
    from_hexadecimal(text).ok_or_else(|| Unreadable(format!("{member} is not hexadecimal")))
}

fn base64(text: &str, member: &str) -> Result<Vec<u8>, Unreadable> {
    let text: String = text.split_whitespace().collect();
    STANDARD.decode(text).map_err(|error| Unreadable(format!("{member} is no Base64: {error}")))
}

#[cfg(test)]
mod tests;
