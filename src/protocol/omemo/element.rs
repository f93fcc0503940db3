//! Elements: the encrypted message, the list of devices, the bundle (XEP-0384, sections 5.3 and 5.5).
//!
//! The order of children does not matter, and what is unknown is passed over.

use super::bundle::{Bundle, MOST_PREKEYS, SignedPrekey};
use super::device::Device;
use super::keys::{IdentityKey, SignatureBytes};
use super::wire;
use super::{DeviceId, is_stable};
use crate::protocol::{Failure, stub};
use crate::random::Random;
use crate::source::Span;
use crate::xml::{Element, Name};
use crate::xmpp::BareJid;
use crate::xmpp::base64;
use std::collections::BTreeMap;

/// The namespace of all elements.
pub const NAMESPACE: &str = "urn:xmpp:omemo:2";

/// The PEP node with the list of devices; its item has the id `current`. Its access model has to be `open`.
pub const DEVICES_NODE: &str = "urn:xmpp:omemo:2:devices";

/// The PEP node with the bundles; each item has the id of its device. Its access model has to be `open`, `max_items` `max`.
pub const BUNDLES_NODE: &str = "urn:xmpp:omemo:2:bundles";

/// How many devices one message is sealed for at most, and how many a list may have.
pub const MAXIMUM_DEVICES: usize = 1000;

/// How many characters a label should have at most.
pub const LONGEST_LABEL: usize = 53;

/// A message as it travels: `<encrypted/>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// The device that sealed it.
    pub sender: DeviceId,
    /// What each device gets, by account and id.
    pub keys: BTreeMap<BareJid, BTreeMap<DeviceId, Key>>,
    /// The payload's ciphertext; none in an empty message.
    pub payload: Option<Vec<u8>>,
}

/// What one device gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whether it is marked as a key exchange. What it is follows from the bytes.
    pub is_exchange: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Encrypted {
    /// What that device gets.
    pub fn key(&self, address: &BareJid, device: DeviceId) -> Option<&Key> {
        self.keys.get(address)?.get(&device)
    }

    /// The element, made for `span`.
    pub fn write(&self, span: Span) -> Element {
        let mut header = element("header", span).with_attribute("sid", &self.sender.to_string());
        for (address, keys) in &self.keys {
            let mut list = element("keys", span).with_attribute("jid", address.as_str());
            for (device, key) in keys {
                list = list.with_child(key.write(*device, span));
            }
            header = header.with_child(list);
        }
        let encrypted = element("encrypted", span).with_child(header);
        match &self.payload {
            Some(payload) => encrypted.with_child(element("payload", span).with_text(&base64::encode(payload))),
            None => encrypted,
        }
    }

    /// Reads the element.
    ///
    /// # Errors
    /// When it is no such element, something of it is missing, malformed or there twice, or it is for too many devices.
    pub fn read(encrypted: &Element) -> Result<Encrypted, Failure> {
        expect(encrypted, "encrypted")?;
        let header = required(encrypted, "header")?;
        let sender = id(header, "sid")?;
        let mut keys: BTreeMap<BareJid, BTreeMap<DeviceId, Key>> = BTreeMap::new();
        let mut count = 0;
        for list in all(header, "keys") {
            let devices = keys.entry(address(list)?).or_default();
            for key in all(list, "key") {
                count += 1;
                if count > MAXIMUM_DEVICES {
                    let message = format!("the message is for more than {MAXIMUM_DEVICES} devices");
                    return Err(Failure::too_large(message, header.start_tag));
                }
                let device = id(key, "rid")?;
                if devices.insert(device, Key::read(key)?).is_some() {
                    let message = format!("the device {device} has two keys");
                    return Err(Failure::malformed_message(message, key.start_tag));
                }
            }
        }
        let payload = optional(encrypted, "payload")?.map(bytes).transpose()?;
        Ok(Encrypted { sender, keys, payload })
    }
}

impl Key {
    fn write(&self, device: DeviceId, span: Span) -> Element {
        let key = element("key", span).with_attribute("rid", &device.to_string());
        let key = if self.is_exchange { key.with_attribute("kex", "true") } else { key };
        key.with_text(&base64::encode(&self.bytes))
    }

    fn read(key: &Element) -> Result<Key, Failure> {
        let is_exchange = match key.value("kex").map(str::trim) {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(other) => {
                let message = format!("`kex='{other}'` is neither true nor false");
                return Err(Failure::malformed_message(message, key.start_tag));
            }
        };
        let bytes = bytes(key)?;
        match bytes.len() > wire::MAXIMUM {
            true => Err(Failure::too_large(
                format!("a key has {} bytes, more than the {} that are read", bytes.len(), wire::MAXIMUM),
                key.span,
            )),
            false => Ok(Key { is_exchange, bytes }),
        }
    }
}

/// A list of devices: `<devices/>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceList {
    /// The devices by their ids.
    pub devices: BTreeMap<DeviceId, Option<Label>>,
}

/// What people call a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The name.
    pub text: String,
    /// The signature of the device's identity key over its UTF-8.
    pub signature: SignatureBytes,
}

impl Label {
    /// The label of an own device.
    pub fn sign(text: &str, device: &Device, random: &mut dyn Random) -> Label {
        Label { text: text.to_owned(), signature: device.sign(text.as_bytes(), random) }
    }

    /// The name, if the device gave it to itself; else nobody may be shown it.
    pub fn verified(&self, identity: &IdentityKey) -> Option<&str> {
        identity.has_signed(self.text.as_bytes(), &self.signature).then_some(self.text.as_str())
    }
}

impl DeviceList {
    /// The element, made for `span`.
    pub fn write(&self, span: Span) -> Element {
        self.devices.iter().fold(element("devices", span), |list, (id, label)| {
            let device = element("device", span).with_attribute("id", &id.to_string());
            list.with_child(match label {
                Some(label) => device
                    .with_attribute("label", &label.text)
                    .with_attribute("labelsig", &base64::encode(label.signature)),
                None => device,
            })
        })
    }

    /// Reads the element. A label without a signature, or with one that is malformed, is left out, as it must be ignored.
    ///
    /// # Errors
    /// When it is no such element, an id is none or there twice, or there are too many.
    pub fn read(list: &Element) -> Result<DeviceList, Failure> {
        expect(list, "devices")?;
        let mut devices = BTreeMap::new();
        for device in all(list, "device") {
            if devices.len() >= MAXIMUM_DEVICES {
                let message = format!("the list has more than {MAXIMUM_DEVICES} devices");
                return Err(Failure::too_large(message, list.start_tag));
            }
            let id = id(device, "id")?;
            if devices.insert(id, label(device)).is_some() {
                return Err(Failure::malformed_message(format!("the device {id} stands twice"), device.start_tag));
            }
        }
        Ok(DeviceList { devices })
    }
}

fn label(device: &Element) -> Option<Label> {
    let text = device.value("label")?.to_owned();
    let signature = stub::decode(&device.attribute("labelsig")?.value).ok()?.try_into().ok()?;
    Some(Label { text, signature })
}

impl Bundle {
    /// The element `<bundle/>`, made for `span`.
    pub fn write(&self, span: Span) -> Element {
        let text = |name: &str, bytes: &[u8]| element(name, span).with_text(&base64::encode(bytes));
        let signed = self.signed_prekey();
        let prekeys = self.prekeys().iter().fold(element("prekeys", span), |list, (id, key)| {
            list.with_child(text("pk", key).with_attribute("id", &id.to_string()))
        });
        element("bundle", span)
            .with_child(text("spk", &signed.key).with_attribute("id", &signed.id.to_string()))
            .with_child(text("spks", &signed.signature))
            .with_child(text("ik", self.identity().bytes()))
            .with_child(prekeys)
    }

    /// Whether an element is a bundle by its name.
    pub fn is_one(element: &Element) -> bool {
        expect(element, "bundle").is_ok()
    }

    /// Reads the element and verifies its signature.
    ///
    /// # Errors
    /// When it is no such element, something is missing, malformed or there twice, or the keys do not make a bundle.
    pub fn read(bundle: &Element) -> Result<Bundle, Failure> {
        expect(bundle, "bundle")?;
        let spk = required(bundle, "spk")?;
        let identity = IdentityKey::new(array(required(bundle, "ik")?)?).map_err(|bad| bad.or_at(Some(bundle.span)))?;
        let signed = SignedPrekey { id: key_id(spk)?, key: array(spk)?, signature: array(required(bundle, "spks")?)? };
        let mut prekeys = BTreeMap::new();
        for prekey in all(required(bundle, "prekeys")?, "pk").take(MOST_PREKEYS + 1) {
            let id = key_id(prekey)?;
            if prekeys.insert(id, array(prekey)?).is_some() {
                return Err(Failure::malformed_message(format!("the prekey {id} stands twice"), prekey.start_tag));
            }
        }
        Bundle::new(identity, signed, prekeys).map_err(|bad| bad.or_at(Some(bundle.span)))
    }
}

fn element(name: &str, span: Span) -> Element {
    Element::new(Name::new(NAMESPACE, name), span)
}

fn expect(element: &Element, local: &str) -> Result<(), Failure> {
    match element.name.is(NAMESPACE, local) {
        true => Ok(()),
        false => {
            let message = format!("this is `{}`, not `{{{NAMESPACE}}}{local}`", element.name);
            Err(Failure::wrong_carrier(message, element.name_span))
        }
    }
}

fn all<'a>(parent: &'a Element, local: &'a str) -> impl Iterator<Item = &'a Element> {
    parent.elements().filter(move |child| child.name.is(NAMESPACE, local))
}

fn optional<'a>(parent: &'a Element, local: &'a str) -> Result<Option<&'a Element>, Failure> {
    let mut found = all(parent, local);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(second)) => {
            let message = format!("`<{}/>` has a second `<{local}/>`", parent.written_name());
            Err(Failure::malformed_message(message, second.name_span))
        }
    }
}

fn required<'a>(parent: &'a Element, local: &'a str) -> Result<&'a Element, Failure> {
    optional(parent, local)?.ok_or_else(|| {
        let message = format!("`<{}/>` has no `<{local}/>`", parent.written_name());
        Failure::malformed_message(message, parent.start_tag)
    })
}

fn id(element: &Element, attribute: &str) -> Result<DeviceId, Failure> {
    let value = value(element, attribute)?;
    let number = value.trim().parse().ok();
    number.and_then(|number| DeviceId::new(number).ok()).ok_or_else(|| {
        let message = format!("`{attribute}='{value}'` is no id of a device, which is a number from 1 to 2147483647");
        Failure::malformed_message(message, element.start_tag)
    })
}

fn key_id(element: &Element) -> Result<u32, Failure> {
    id(element, "id").map(DeviceId::number)
}

fn value<'a>(element: &'a Element, attribute: &str) -> Result<&'a str, Failure> {
    element.value(attribute).ok_or_else(|| {
        let message = format!("`<{}/>` has no `{attribute}`", element.written_name());
        Failure::malformed_message(message, element.start_tag)
    })
}

fn address(list: &Element) -> Result<BareJid, Failure> {
    let value = value(list, "jid")?;
    BareJid::parse(value)
        .ok()
        .filter(is_stable)
        .ok_or_else(|| Failure::malformed_message(format!("`jid='{value}'` is no bare address"), list.start_tag))
}

fn bytes(element: &Element) -> Result<Vec<u8>, Failure> {
    stub::decode(&element.text()).map_err(|bad| bad.or_at(Some(element.span)))
}

fn array<const LENGTH: usize>(element: &Element) -> Result<[u8; LENGTH], Failure> {
    let bytes = bytes(element)?;
    bytes.try_into().map_err(|bytes: Vec<u8>| {
        let message = format!("`<{}/>` holds {} bytes, not {LENGTH}", element.written_name(), bytes.len());
        Failure::malformed_message(message, element.span)
    })
}

#[cfg(test)]
mod tests;
