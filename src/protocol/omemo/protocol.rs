//! The trait [`Protocol`] over the devices of people.

use super::bundle::Bundle;
use super::cipher::payload_length;
use super::device::{Device, Pending, Reader, Received};
use super::element::Encrypted;
use super::{DeviceId, IdentityKey};
use crate::protocol::{Failure, Identity, OpenRequest, Opened, Protection, Protocol, SealRequest, stub};
use crate::random::Random;
use crate::source::{MappedText, Span};
use crate::xml::Element;
use crate::xmpp::BareJid;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use zeroize::Zeroizing;

/// A device of a person, as far as it is known.
#[derive(Clone)]
pub(in crate::protocol) enum OmemoKeys {
    /// One whose keys follow from a published seed. They are made when they are first asked for.
    Seeded {
        /// The device's id.
        id: DeviceId,
        /// Whose it is.
        address: BareJid,
        /// The seed, which everybody knows.
        seed: Arc<str>,
        /// Whether the secret halves are given out.
        has_secrets: bool,
        /// The keys.
        made: Arc<OnceLock<Device>>,
    },
    /// One whose secret keys are there, and where its next states go.
    Own(Arc<Device>, NextState),
    /// One that is known by its bundle.
    Published(DeviceId, Arc<Bundle>),
    /// One that is known by its identity key.
    Known(DeviceId, IdentityKey),
}

/// Where the state of a device is left when it changed, for the caller to store.
#[derive(Clone, Default)]
pub struct NextState(Arc<Mutex<Option<Zeroizing<Vec<u8>>>>>);

impl NextState {
    /// The state after everything that happened, as [`Device::load`] reads it; nothing where nothing has changed.
    pub fn take(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.0.lock().ok()?.take()
    }

    fn put(&self, state: &[u8]) -> Result<(), Failure> {
        let lost = |_| Failure::unusable_state("the state of the device was lost by a failure elsewhere", None);
        *self.0.lock().map_err(lost)? = Some(Zeroizing::new(state.to_vec()));
        Ok(())
    }
}

/// Shows no secrets.
impl fmt::Debug for NextState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("NextState")
    }
}

impl OmemoKeys {
    /// The device that follows from a published seed.
    pub(in crate::protocol) fn seeded(seed: &str, address: BareJid, id: DeviceId) -> OmemoKeys {
        OmemoKeys::Seeded { id, address, seed: seed.into(), has_secrets: true, made: Arc::default() }
    }

    /// The device's id.
    pub(in crate::protocol) fn id(&self) -> DeviceId {
        match self {
            OmemoKeys::Seeded { id, .. } | OmemoKeys::Published(id, _) | OmemoKeys::Known(id, _) => *id,
            OmemoKeys::Own(device, _) => device.id(),
        }
    }

    /// The same as others know it. A device without prekeys to publish is unknown to others.
    pub(in crate::protocol) fn public(&self) -> Option<OmemoKeys> {
        Some(match self {
            OmemoKeys::Seeded { id, address, seed, made, .. } => OmemoKeys::Seeded {
                id: *id,
                address: address.clone(),
                seed: seed.clone(),
                has_secrets: false,
                made: made.clone(),
            },
            OmemoKeys::Own(device, _) => OmemoKeys::Published(device.id(), Arc::new(device.bundle().ok()?)),
            OmemoKeys::Published(..) | OmemoKeys::Known(..) => self.clone(),
        })
    }

    fn any_device(&self) -> Option<&Device> {
        match self {
            OmemoKeys::Seeded { id, address, seed, made, .. } => {
                Some(made.get_or_init(|| Device::from_seed(seed, address.clone(), *id)))
            }
            OmemoKeys::Own(device, _) => Some(device),
            OmemoKeys::Published(..) | OmemoKeys::Known(..) => None,
        }
    }

    pub(super) fn device(&self) -> Option<&Device> {
        match self {
            OmemoKeys::Seeded { has_secrets: false, .. } => None,
            _ => self.any_device(),
        }
    }

    fn has_secrets(&self) -> bool {
        matches!(self, OmemoKeys::Own(..) | OmemoKeys::Seeded { has_secrets: true, .. })
    }

    /// What it publishes; nothing where that is not known, so that only who has a session can go on.
    fn bundle(&self) -> Result<Option<Cow<'_, Bundle>>, Failure> {
        match (self, self.any_device()) {
            (OmemoKeys::Published(_, bundle), _) => Ok(Some(Cow::Borrowed(bundle))),
            (_, Some(device)) => device.bundle().map(|bundle| Some(Cow::Owned(bundle))),
            (_, None) => Ok(None),
        }
    }

    /// Makes a step, and leaves the next state where whoever stores it looks for it.
    fn commit<T>(&self, pending: Pending<'_, T>) -> Result<T, Failure> {
        match self {
            OmemoKeys::Own(_, next) => pending.commit(|state| next.put(state)),
            _ => Ok(pending.commit_in_memory()),
        }
    }

    fn identity(&self) -> Option<&IdentityKey> {
        match self {
            OmemoKeys::Published(_, bundle) => Some(bundle.identity()),
            OmemoKeys::Known(_, identity) => Some(identity),
            _ => self.any_device().map(Device::identity),
        }
    }
}

/// OMEMO between the devices of people.
///
/// A text is sealed by the sender's first device whose secret keys are there, for all devices of the recipients and all other
/// ones of the sender. It is opened by each of the receiver's devices that it is sealed for, and all must find the same. Who
/// signed is who is known to have the device with the identity key that the message was authenticated with.
///
/// It sends nothing by itself: neither an empty message that answers a key exchange, nor a heartbeat.
///
/// Sessions are remembered as long as this value lives. It stores none: for sessions that outlive a program add a device by
/// [`Identity::add_omemo_stored`], or use [`Device`].
#[derive(Debug)]
pub struct Omemo {
    /// The longest payload that is opened or made, in bytes.
    pub maximum: usize,
    devices: BTreeMap<(BareJid, DeviceId), Device>,
}

/// One mebibyte, more than most servers let pass in a stanza.
impl Default for Omemo {
    fn default() -> Omemo {
        Omemo { maximum: 1 << 20, devices: BTreeMap::new() }
    }
}

impl Protocol for Omemo {
    fn seal(
        &mut self,
        plaintext: &str,
        request: &SealRequest<'_>,
        random: &mut dyn Random,
    ) -> Result<Element, Failure> {
        if request.protection != Protection::FULL {
            let message = "OMEMO encrypts and authenticates every message; it cannot do less";
            return Err(Failure::unsupported(message, request.span));
        }
        let length = payload_length(plaintext.len());
        self.hold_against_maximum(length).map_err(|failure| failure.or_at(Some(request.span)))?;
        let sealed = self.seal_for_all(plaintext, request, random);
        let element = sealed.map_err(|failure| failure.or_at(Some(request.span)))?.write(request.span);
        match element.name == *request.carrier.name() {
            true => Ok(element),
            false => {
                let message = format!("OMEMO travels in `{}`, not in `{}`", element.name, request.carrier.name());
                Err(Failure::wrong_carrier(message, request.span))
            }
        }
    }

    fn open(&mut self, carrier: &Element, request: &OpenRequest<'_>) -> Result<Opened, Failure> {
        let encrypted = Encrypted::read(carrier)?;
        let place = Some(carrier.span);
        self.hold_against_maximum(encrypted.payload.as_ref().map_or(0, Vec::len)).map_err(|bad| bad.or_at(place))?;
        let (plaintext, about) = self.open_by_all(&encrypted, request).map_err(|failure| failure.or_at(place))?;
        let carried = request.carrier.unwrap(carrier)?;
        let plaintext = stub::plaintext(plaintext.to_vec(), &carried)?;
        Ok(Opened { plaintext, ..about })
    }

    fn reaches_own_devices(&self, sender: &Identity) -> bool {
        sender.omemo().len() > 1
    }

    /// The fingerprints of all devices, with their ids.
    fn key_names(&self, person: &Identity) -> Vec<String> {
        let name = |keys: &OmemoKeys| keys.identity().map(|key| format!("{} {}", keys.id(), key.fingerprint()));
        person.omemo().iter().filter_map(name).collect()
    }
}

impl Omemo {
    fn hold_against_maximum(&self, length: usize) -> Result<(), Failure> {
        match length > self.maximum {
            true => {
                let message = format!("the payload has {length} bytes, more than {}", self.maximum);
                Err(Failure::too_large(message, None))
            }
            false => Ok(()),
        }
    }

    fn seal_for_all(
        &mut self,
        plaintext: &str,
        request: &SealRequest<'_>,
        random: &mut dyn Random,
    ) -> Result<Encrypted, Failure> {
        let sender = request.sender;
        let own = sender.omemo().iter().find_map(|keys| Some((keys, keys.device()?)));
        let (own_keys, own) = own.ok_or_else(|| {
            Failure::unusable_key(format!("{} has no OMEMO device whose secret keys are known", sender.jid()), None)
        })?;
        let people = readers(request);
        expect_keys_of_one_account(&people)?;
        let mut bundles = Vec::new();
        for person in people {
            if person.omemo().is_empty() {
                return Err(Failure::unusable_key(format!("no OMEMO device of {} is known", person.jid()), None));
            }
            for keys in person.omemo().iter().filter(|keys| keys.id() != own.id() || person.jid() != sender.jid()) {
                bundles.push((person.jid(), keys.id(), keys.bundle()?));
            }
        }
        let readers: Vec<Reader<'_>> = bundles
            .iter()
            .map(|(address, device, bundle)| Reader { address, device: *device, bundle: bundle.as_deref() })
            .collect();
        let device = self.device(own);
        own_keys.commit(device.seal(plaintext.as_bytes(), &readers, random)?)
    }

    fn open_by_all(
        &mut self,
        encrypted: &Encrypted,
        request: &OpenRequest<'_>,
    ) -> Result<(Zeroizing<Vec<u8>>, Opened), Failure> {
        let receiver = request.receiver;
        let is_addressed = |keys: &&OmemoKeys| encrypted.key(receiver.jid(), keys.id()).is_some();
        let mut devices = receiver.omemo().iter().filter(is_addressed).peekable();
        if devices.peek().is_none() {
            let message = format!("the message is not sealed for any known OMEMO device of {}", receiver.jid());
            return Err(Failure::not_for_us(message, None));
        }
        let mut opened: Option<(Zeroizing<Vec<u8>>, Opened)> = None;
        for keys in devices.filter(|keys| keys.has_secrets()) {
            let own = keys.device().ok_or_else(|| no_secret(receiver))?;
            let (sender, received) = self.open_by_one(keys, own, encrypted, request)?;
            let plaintext = received.plaintext.clone().ok_or_else(|| {
                Failure::without_content("the message is empty: it only moves the keys of a session on", None)
            })?;
            match &mut opened {
                None => opened = Some((plaintext, about(own, encrypted, &sender, &received))),
                Some((first, about)) if *first == plaintext && about.signer.as_ref() == Some(&sender) => {
                    about.layers.push(format!("Opened with the device {} as well.", own.id()));
                }
                Some(_) => {
                    let message = "the devices of the receiver do not find the same in the message";
                    return Err(Failure::tampered(message, None));
                }
            }
        }
        let (plaintext, mut about) = opened.ok_or_else(|| no_secret(receiver))?;
        about.layers.push(format!("{} bytes of text.", plaintext.len()));
        Ok((plaintext, about))
    }

    /// Opens a message with one device. Answers whose it is: the one of those who may have sent it whose identity key fits.
    fn open_by_one(
        &mut self,
        own_keys: &OmemoKeys,
        own: &Device,
        encrypted: &Encrypted,
        request: &OpenRequest<'_>,
    ) -> Result<(BareJid, Received), Failure> {
        let device = self.device(own);
        let mut reason = None;
        for person in request.known.iter().filter(|person| request.sender.is_none_or(|sender| sender == person.jid())) {
            let identities = person.omemo().iter().filter(|keys| keys.id() == encrypted.sender);
            for identity in identities.filter_map(OmemoKeys::identity) {
                if let Some(other) = other_owner(identity, person, request.known.iter().chain([request.receiver])) {
                    reason = Some(shared_key(encrypted.sender, person.jid(), other, Failure::wrong_signer));
                    continue;
                }
                match device.open(encrypted, person.jid()) {
                    Ok(pending) if pending.received().identity == *identity => {
                        return Ok((person.jid().clone(), own_keys.commit(pending)?));
                    }
                    Ok(_) => reason = reason.or_else(|| Some(another_identity(encrypted.sender, person.jid()))),
                    Err(failure) => reason = Some(failure),
                }
            }
        }
        Err(reason.unwrap_or_else(|| {
            let message = format!("nobody known has the OMEMO device {}", encrypted.sender);
            Failure::wrong_signer(message, None)
        }))
    }

    /// The device with its sessions; one whose identity key changed begins anew.
    fn device(&mut self, own: &Device) -> &mut Device {
        let device = self.devices.entry((own.address().clone(), own.id())).or_insert_with(|| own.clone());
        if device.identity() != own.identity() {
            *device = own.clone();
        }
        device
    }
}

/// Everybody who is to read the message, once each: recipients as given, then the sender.
fn readers<'a>(request: &SealRequest<'a>) -> Vec<&'a Identity> {
    let mut people: Vec<&Identity> = Vec::new();
    for person in request.recipients.iter().copied().chain([request.sender]) {
        if people.iter().all(|known| known.jid() != person.jid()) {
            people.push(person);
        }
    }
    people
}

/// Who else of some people is known to have that identity key, which is then nobody's: whoever published whose, what is sealed for one
/// of them opens at the other one's device, and what one has sealed may be by the other.
fn other_owner<'a>(
    identity: &IdentityKey,
    owner: &Identity,
    people: impl Iterator<Item = &'a Identity>,
) -> Option<&'a BareJid> {
    let mut others = people.filter(|person| person.jid() != owner.jid());
    let has_it = |keys: &OmemoKeys| keys.identity().is_some_and(|key| key.is_equivalent(identity.bytes()));
    others.find(|person| person.omemo().iter().any(has_it)).map(Identity::jid)
}

/// Checks that no two accounts of these people have the same identity key.
///
/// # Errors
/// When two have.
pub fn expect_keys_of_one_account(people: &[&Identity]) -> Result<(), Failure> {
    for (at, person) in people.iter().enumerate() {
        let before = || people.iter().take(at).copied();
        for keys in person.omemo() {
            let other = keys.identity().and_then(|identity| other_owner(identity, person, before()));
            if let Some(other) = other {
                return Err(shared_key(keys.id(), person.jid(), other, Failure::unusable_key));
            }
        }
    }
    Ok(())
}

fn shared_key(
    device: DeviceId,
    address: &BareJid,
    other: &BareJid,
    failure: fn(String, Option<Span>) -> Failure,
) -> Failure {
    let message = format!("the identity key of the device {device} of {address} is known as one of {other} as well");
    failure(message, None)
}

fn about(own: &Device, encrypted: &Encrypted, sender: &BareJid, received: &Received) -> Opened {
    let devices = if received.readers == 1 { "device" } else { "devices" };
    let how = if received.began_session { "which began a session" } else { "in a session that was there" };
    Opened {
        plaintext: MappedText::new(),
        signer: Some(sender.clone()),
        also: Vec::new(),
        signed_at: None,
        retired: None,
        protection: Protection::FULL,
        layers: vec![
            format!(
                "Encrypted with AES-256-CBC to {} {devices}; opened with the device {} of {}.",
                received.readers,
                own.id(),
                own.address()
            ),
            format!(
                "Authenticated by the device {} of {sender}, {how}; its identity key is {}.",
                encrypted.sender,
                received.identity.fingerprint()
            ),
        ],
    }
}

fn another_identity(device: DeviceId, address: &BareJid) -> Failure {
    let message = format!("the device {device} of {address} has another identity key than the message was sealed with");
    Failure::wrong_signer(message, None)
}

fn no_secret(receiver: &Identity) -> Failure {
    Failure::unusable_key(format!("no secret key of an OMEMO device of {} is known", receiver.jid()), None)
}

#[cfg(test)]
mod tests;
