//! An own device: its keys, its sessions, and what is sealed and opened with them.
//!
//! # Storing before sending
//!
//! A position of a ratchet must never be used twice, also not by a program that crashed in between. Hence whatever changes a
//! device gives a [`Pending`] step, which holds the new state and the outcome; only [`Pending::commit`] gives the outcome out, after
//! the caller's function has stored the new state. A step that is dropped has changed nothing, and nothing of it was sent. While a
//! step is pending the device is borrowed, so that there is only ever one.
//!
//! What this cannot hold: a caller who stores nothing, or goes back to an older copy of what it stored.
//!
//! # How long a prekey serves
//!
//! A server gives every prekey to everybody, so two devices may choose the same one, and nobody can be kept from choosing it on purpose.
//! Were it forgotten with its first use, as X3DH (section 3.4) has it where a server gives it out once, a stranger could take all that are
//! published in as many messages, and what honest people had sent meanwhile would never open. Were it kept, it would protect no more than
//! the signed prekey does. XEP-0384 has a used one replaced in the bundle at once (section 5.5.3) and its secret half deleted "eventually",
//! at the latest after a catch-up (section 7). Here:
//!
//! - With its first use it is out of the bundle. Only what is committed is a use: whoever is not trusted uses nothing.
//! - It serves at most [`MAXIMUM_USES`] sessions, of them at most [`MAXIMUM_USES_OF_ACCOUNT`] of one account, whatever devices that says to
//!   have: one account cannot take it from another. (Its second is for two devices that choose the same.)
//! - It is forgotten when one of these sessions is *confirmed*: when the other device has sent something that only one can send that
//!   opened our answer to it. Whom nobody answers confirms nothing, so a stranger who is not answered burns no prekey.
//! - Without that it is forgotten by [`Device::forget_used_prekeys`] after a catch-up, and with the next
//!   [`Device::rotate_signed_prekey`] at the latest.
//!
//! Who comes with a prekey that is forgotten is told so by no answer, as in XEP-0384: the next message of theirs, to the bundle of then,
//! begins anew.
//!
//! # One key, one account
//!
//! The associated data of a session are keys, not accounts. Somebody can publish another one's bundle as their own; what is sealed for
//! them then opens at the other's device. So no session begins, on either side, with an identity key that this device knows from a
//! session with another account, or that is its own.

use super::bundle::{Bundle, PREKEYS, SignedPrekey};
use super::cipher::{EMPTY, open_payload, seal_payload};
use super::element::{Encrypted, Key};
use super::keys::{IdentityKey, IdentityPair, KeyPair, PublicBytes, Secret, SignatureBytes};
use super::session::Session;
use super::wire::{Authenticated, Beginning, Envelope, KeyExchange};
use super::{DeviceId, MAXIMUM_ID, is_stable};
use crate::protocol::Failure;
use crate::random::Random;
use crate::xmpp::BareJid;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// How many sessions with one other device are kept. The newest that something was opened in is used; the others still open what
/// was sent before both ends agreed on one.
pub const MAXIMUM_SESSIONS: usize = 16;

/// How many signed prekeys are kept: the current one, and the one before it for messages that are late.
pub const MAXIMUM_SIGNED_PREKEYS: usize = 2;

/// How many other devices there may be sessions with.
pub const MAXIMUM_PEERS: usize = 10_000;

/// How many prekeys are kept, used ones included.
pub const MAXIMUM_PREKEYS: usize = 1000;

/// How many sessions may begin with one prekey: by right one, by accident or by malice of strangers some more.
pub const MAXIMUM_USES: usize = 4;

/// How many of them may be of one account.
pub const MAXIMUM_USES_OF_ACCOUNT: usize = 2;

/// A device of one's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    pub(super) address: BareJid,
    pub(super) id: DeviceId,
    pub(super) identity: IdentityPair,
    /// The current one first.
    pub(super) signed_prekeys: Vec<OwnSignedPrekey>,
    pub(super) prekeys: BTreeMap<u32, OwnPrekey>,
    /// The id that the next prekey gets.
    pub(super) next_prekey: u32,
    /// The sessions with each other device, the one in use first.
    pub(super) sessions: BTreeMap<(BareJid, DeviceId), Vec<Session>>,
}

/// A signed prekey with its secret half.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct OwnSignedPrekey {
    pub(super) id: u32,
    pub(super) pair: KeyPair,
    pub(super) signature: SignatureBytes,
}

/// A prekey with its secret half.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct OwnPrekey {
    pub(super) pair: KeyPair,
    /// The sessions that began with it. With one of them it is not published any more, and none of these begins again.
    pub(super) uses: Vec<Use>,
}

/// A session that began with a prekey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Whose device began it.
    pub(super) account: BareJid,
    /// The ephemeral key that it began with.
    pub(super) ephemeral: PublicBytes,
}

impl OwnPrekey {
    pub(super) fn new(secret: Secret) -> OwnPrekey {
        OwnPrekey { pair: KeyPair::of(secret), uses: Vec::new() }
    }

    fn is_used(&self) -> bool {
        !self.uses.is_empty()
    }

    fn is_used_by(&self, ephemeral: &PublicBytes) -> bool {
        self.uses.iter().any(|one| one.ephemeral == *ephemeral)
    }

    /// Whether one more session of that account may begin with it.
    fn serves(&self, account: &BareJid) -> bool {
        let own = self.uses.iter().filter(|one| one.account == *account).count();
        self.uses.len() < MAXIMUM_USES && own < MAXIMUM_USES_OF_ACCOUNT
    }
}

/// The keys that a device was published with, for one that was not made here.
pub struct DeviceKeys {
    /// The identity.
    pub identity: IdentityPair,
    /// The id of the signed prekey.
    pub signed_prekey_id: u32,
    /// The signed prekey.
    pub signed_prekey: KeyPair,
    /// The signature over it.
    pub signature: SignatureBytes,
    /// The prekeys by their ids.
    pub prekeys: BTreeMap<u32, KeyPair>,
}

/// Somebody's device that is to read a message.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The account.
    pub address: &'a BareJid,
    /// The device.
    pub device: DeviceId,
    /// Its published keys; needed where there is no session yet.
    pub bundle: Option<&'a Bundle>,
}

/// What was in a message.
pub struct Received {
    /// The text; nothing in an empty message, which only moves keys on.
    pub plaintext: Option<Zeroizing<Vec<u8>>>,
    /// The identity key of the device that sealed it. Whether it is trusted is for others to say.
    pub identity: IdentityKey,
    /// Whether the message began a session that was not there before.
    pub began_session: bool,
    /// Whether an empty message should go back: the other device waits for one, or its chain has become long.
    pub wants_answer: bool,
    /// How many devices the message was sealed for.
    pub readers: usize,
}

/// Shows no text.
impl fmt::Debug for Received {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Received")
            .field("identity", &self.identity)
            .field("began_session", &self.began_session)
            .field("wants_answer", &self.wants_answer)
            .finish_non_exhaustive()
    }
}

/// A step that was computed and has not happened yet.
#[must_use = "nothing has happened before `commit`"]
pub struct Pending<'a, T> {
    device: &'a mut Device,
    next: Device,
    outcome: T,
}

impl<T> Pending<'_, T> {
    /// Has the new state stored, and only then makes the step and gives out what came of it, as the bytes to send.
    ///
    /// `store` gets the whole state of the device as [`Device::load`] reads it. It returns when that is safe, so that it is still
    /// there after a crash.
    ///
    /// # Errors
    /// That of `store`. The step has then not been made, and nothing of it is given out.
    pub fn commit<E>(self, store: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<T, E> {
        store(&self.next.stored())?;
        *self.device = self.next;
        Ok(self.outcome)
    }

    /// Makes the step where there is nothing that a crash could bring back: the device lives in memory alone.
    pub fn commit_in_memory(self) -> T {
        *self.device = self.next;
        self.outcome
    }
}

impl Pending<'_, Received> {
    /// What was received, to be stored together with the new state in one go: whoever stores the state alone and crashes loses the
    /// message, whose key is gone then.
    pub fn received(&self) -> &Received {
        &self.outcome
    }
}

impl Device {
    /// A new device with fresh keys.
    pub fn generate(address: BareJid, id: DeviceId, random: &mut dyn Random) -> Device {
        let identity = IdentityPair::generate(random);
        Device::with_identity(address, id, identity, random)
    }

    /// A new device with an identity that is there already.
    pub fn with_identity(address: BareJid, id: DeviceId, identity: IdentityPair, random: &mut dyn Random) -> Device {
        let mut device = Device {
            address,
            id,
            identity,
            signed_prekeys: Vec::new(),
            prekeys: BTreeMap::new(),
            next_prekey: 1,
            sessions: BTreeMap::new(),
        };
        device.add_signed_prekey(random);
        device.add_prekeys(random);
        device
    }

    /// A device that was published elsewhere.
    ///
    /// # Errors
    /// When its keys do not make a bundle.
    pub fn from_keys(address: BareJid, id: DeviceId, keys: DeviceKeys) -> Result<Device, Failure> {
        let signed = OwnSignedPrekey { id: keys.signed_prekey_id, pair: keys.signed_prekey, signature: keys.signature };
        let next_prekey = keys.prekeys.keys().next_back().map_or(1, |last| following(*last));
        let prekeys = keys.prekeys.into_iter().map(|(id, pair)| (id, OwnPrekey { pair, uses: Vec::new() })).collect();
        let device = Device {
            address,
            id,
            identity: keys.identity,
            signed_prekeys: vec![signed],
            prekeys,
            next_prekey,
            sessions: BTreeMap::new(),
        };
        device.bundle().map(|_| device)
    }

    /// The account.
    pub fn address(&self) -> &BareJid {
        &self.address
    }

    /// The device's id.
    pub fn id(&self) -> DeviceId {
        self.id
    }

    /// The public identity key.
    pub fn identity(&self) -> &IdentityKey {
        self.identity.public()
    }

    /// What is to be published.
    ///
    /// # Errors
    /// When all prekeys are used: they have to be replaced first.
    pub fn bundle(&self) -> Result<Bundle, Failure> {
        let signed = self.signed_prekeys.first().map(|signed| SignedPrekey {
            id: signed.id,
            key: *signed.pair.public(),
            signature: signed.signature,
        });
        let signed = signed.ok_or_else(|| Failure::unusable_key("the device has no signed prekey", None))?;
        let fresh = self.prekeys.iter().filter(|(_, prekey)| !prekey.is_used());
        Bundle::new(*self.identity(), signed, fresh.map(|(id, prekey)| (*id, *prekey.pair.public())).collect())
    }

    /// Signs something with the identity key, as the label of the device (XEP-0384, section 5.3.1).
    pub fn sign(&self, message: &[u8], random: &mut dyn Random) -> SignatureBytes {
        self.identity.sign(message, random)
    }

    /// Whether there is a session with that device.
    pub fn has_session(&self, address: &BareJid, device: DeviceId) -> bool {
        self.sessions.contains_key(&(address.clone(), device))
    }

    /// The other devices that there are sessions with, and their identity keys.
    pub fn peers(&self) -> impl Iterator<Item = (&BareJid, DeviceId, IdentityKey)> {
        self.sessions.iter().filter_map(|((address, id), sessions)| {
            let identity = IdentityKey::new(sessions.first()?.other()).ok()?;
            Some((address, *id, identity))
        })
    }

    /// Makes new prekeys in place of those that were used. The bundle has to be published anew afterwards.
    pub fn replace_prekeys(&mut self, random: &mut dyn Random) -> Pending<'_, ()> {
        let mut next = self.clone();
        next.add_prekeys(random);
        Pending { device: self, next, outcome: () }
    }

    /// Forgets the secret halves of prekeys that were used. While messages of a time of absence are still coming in, they are
    /// kept, since two devices may have chosen the same prekey (XEP-0384, section 7).
    pub fn forget_used_prekeys(&mut self) -> Pending<'_, ()> {
        let mut next = self.clone();
        next.prekeys.retain(|_, prekey| !prekey.is_used());
        Pending { device: self, next, outcome: () }
    }

    /// Makes a new signed prekey, once a week to once a month. The one before is kept for another such time; prekeys that were used are
    /// forgotten.
    pub fn rotate_signed_prekey(&mut self, random: &mut dyn Random) -> Pending<'_, ()> {
        let mut next = self.clone();
        next.add_signed_prekey(random);
        next.prekeys.retain(|_, prekey| !prekey.is_used());
        Pending { device: self, next, outcome: () }
    }

    /// Forgets the sessions with a device, as people may ask for where they are broken. A new one begins with the next message.
    pub fn forget_sessions(&mut self, address: &BareJid, device: DeviceId) -> Pending<'_, ()> {
        let mut next = self.clone();
        next.sessions.remove(&(address.clone(), device));
        Pending { device: self, next, outcome: () }
    }

    /// Encrypts a text for other devices: those of the recipients, and the other ones of the own account.
    ///
    /// # Errors
    /// When there are no readers, one of them is this device or stands twice, or one has neither a session nor usable keys, or has an
    /// identity key that is known as another account's.
    pub fn seal(
        &mut self,
        plaintext: &[u8],
        readers: &[Reader<'_>],
        random: &mut dyn Random,
    ) -> Result<Pending<'_, Encrypted>, Failure> {
        let (payload, carried) = seal_payload(plaintext, random);
        self.seal_keys(&carried, Some(payload), readers, random)
    }

    /// Makes an empty message, which says that a session is there, or moves its ratchet (XEP-0384, sections 5.5.3 and 7).
    ///
    /// # Errors
    /// As [`Device::seal`].
    pub fn seal_empty(
        &mut self,
        readers: &[Reader<'_>],
        random: &mut dyn Random,
    ) -> Result<Pending<'_, Encrypted>, Failure> {
        self.seal_keys(&EMPTY, None, readers, random)
    }

    fn seal_keys(
        &mut self,
        carried: &[u8],
        payload: Option<Vec<u8>>,
        readers: &[Reader<'_>],
        random: &mut dyn Random,
    ) -> Result<Pending<'_, Encrypted>, Failure> {
        if readers.is_empty() {
            return Err(Failure::unusable_key("there is no device that the message could be sealed for", None));
        }
        let mut next = self.clone();
        let mut encrypted = Encrypted { sender: self.id, keys: BTreeMap::new(), payload };
        for reader in readers {
            let sealed = next.seal_key(carried, reader, random)?;
            let keys = encrypted.keys.entry(reader.address.clone()).or_default();
            if keys.insert(reader.device, sealed).is_some() {
                return Err(Failure::unusable_key(format!("{} is named twice", shown(reader)), None));
            }
        }
        Ok(Pending { device: self, next, outcome: encrypted })
    }

    fn seal_key(&mut self, carried: &[u8], reader: &Reader<'_>, random: &mut dyn Random) -> Result<Key, Failure> {
        if reader.device == self.id && *reader.address == self.address {
            return Err(Failure::unusable_key("a device seals nothing for itself", None));
        }
        let place = (reader.address.clone(), reader.device);
        if !self.sessions.contains_key(&place) {
            self.begin_session(reader, random)?;
        }
        let sessions = self.sessions_with(place)?;
        let session = sessions.first_mut().expect("a session was just begun where there was none");
        if reader.bundle.is_some_and(|bundle| *bundle.identity().bytes() != session.other()) {
            let message = format!("{} publishes another identity key than its session began with", shown(reader));
            return Err(Failure::unusable_key(message, None));
        }
        let sealed = session.seal(carried, random)?;
        Ok(Key { is_exchange: sealed.is_exchange, bytes: sealed.bytes })
    }

    fn begin_session(&mut self, reader: &Reader<'_>, random: &mut dyn Random) -> Result<(), Failure> {
        let bundle = reader.bundle.ok_or_else(|| {
            let message = format!("there is neither a session with {} nor its bundle", shown(reader));
            Failure::unusable_key(message, None)
        })?;
        if let Some(other) = self.other_account_with(bundle.identity(), reader.address) {
            let message = format!("{} publishes an identity key that is known as one of {other}", shown(reader));
            return Err(Failure::unusable_key(message, None));
        }
        let session = Session::begin(&self.identity, bundle, random)?;
        self.sessions_with((reader.address.clone(), reader.device))?.push(session);
        Ok(())
    }

    /// The account other than `address` that an identity key is known to be of: the own one, or that of a session.
    fn other_account_with(&self, identity: &IdentityKey, address: &BareJid) -> Option<&BareJid> {
        if self.address != *address && self.identity().is_equivalent(identity.bytes()) {
            return Some(&self.address);
        }
        let mut others = self.sessions.iter().filter(|((account, _), _)| account != address);
        let (place, _) = others
            .find(|(_, sessions)| sessions.first().is_some_and(|session| identity.is_equivalent(&session.other())))?;
        Some(&place.0)
    }

    /// Opens a message of a device of `sender`.
    ///
    /// Whoever does not trust the identity key that it was sealed with drops the step, and no session begins.
    ///
    /// # Errors
    /// When it is not for this device, was opened before, belongs to no session, is not what was sealed, or begins a session with
    /// another identity key than the device had in those before, or with one that is known as another account's.
    pub fn open(&mut self, encrypted: &Encrypted, sender: &BareJid) -> Result<Pending<'_, Received>, Failure> {
        let key = encrypted.key(&self.address, self.id).ok_or_else(|| {
            let message = format!("the message is not sealed for the device {} of {}", self.id, self.address);
            Failure::not_for_us(message, None)
        })?;
        let mut next = self.clone();
        let place = (sender.clone(), encrypted.sender);
        // The bytes say whether it begins a session. The attribute `kex` does not count: QXmpp 1.10.2 leaves it out of all but the first
        // message of a session that was not answered yet.
        let mut received = match Envelope::read(&key.bytes)? {
            Envelope::KeyExchange(exchange) => next.open_exchange(&exchange, place.clone())?,
            Envelope::Authenticated(message) => next.open_message(&message, place.clone())?,
        };
        next.forget_confirmed_prekeys(&place);
        received.0.readers = encrypted.keys.values().map(BTreeMap::len).sum();
        received.0.plaintext = content(encrypted.payload.as_deref(), &received.1)?;
        Ok(Pending { device: self, next, outcome: received.0 })
    }

    fn open_exchange(
        &mut self,
        exchange: &KeyExchange<'_>,
        place: (BareJid, DeviceId),
    ) -> Result<(Received, Zeroizing<Vec<u8>>), Failure> {
        let message = Authenticated::read(exchange.message)?;
        let beginning = exchange.opening;
        let sessions = self.sessions.get_mut(&place);
        let known = sessions.and_then(|sessions| {
            let at = sessions.iter().position(|session| session.has_ephemeral(&beginning.ephemeral))?;
            Some((sessions, at))
        });
        if let Some((sessions, at)) = known {
            return open_in(sessions, at, &message, Some(&beginning));
        }
        self.expect_identity(&place, &beginning)?;
        self.expect_prekey_for(&place.0, &beginning)?;
        let (signed_prekey, prekey) = self.prekeys_of(&beginning)?;
        let account = place.0.clone();
        let session = Session::accept(&self.identity, &signed_prekey, &prekey, beginning)?;
        let sessions = self.sessions_with(place)?;
        sessions.insert(0, session);
        sessions.truncate(MAXIMUM_SESSIONS);
        let (mut received, carried) = open_in(sessions, 0, &message, Some(&beginning))?;
        received.began_session = true;
        if let Some(prekey) = self.prekeys.get_mut(&beginning.prekey) {
            prekey.uses.push(Use { account, ephemeral: beginning.ephemeral });
        }
        Ok((received, carried))
    }

    /// A device keeps its identity key for life, and shares it with nobody.
    fn expect_identity(&self, place: &(BareJid, DeviceId), beginning: &Beginning) -> Result<(), Failure> {
        let (address, device) = place;
        let known = self.sessions.get(place).and_then(|sessions| sessions.first());
        if known.is_some_and(|session| session.other() != beginning.identity) {
            let message = format!("the device {device} of {address} begins a session with another identity key");
            return Err(Failure::wrong_signer(message, None));
        }
        match self.other_account_with(&IdentityKey::new(beginning.identity)?, address) {
            None => Ok(()),
            Some(other) => {
                let message = format!(
                    "the device {device} of {address} begins a session with an identity key that is known as one of {other}"
                );
                Err(Failure::wrong_signer(message, None))
            }
        }
    }

    /// Whether a session of that account may begin so with its prekey.
    fn expect_prekey_for(&self, account: &BareJid, beginning: &Beginning) -> Result<(), Failure> {
        let prekey = self.prekeys.get(&beginning.prekey).ok_or_else(|| gone("prekey", beginning.prekey))?;
        if prekey.is_used_by(&beginning.ephemeral) {
            return Err(Failure::replayed("the message begins a session that was there and was forgotten", None));
        }
        match prekey.serves(account) {
            true => Ok(()),
            false => Err(gone("prekey", beginning.prekey)),
        }
    }

    /// Forgets the prekeys of sessions that the other device has confirmed.
    fn forget_confirmed_prekeys(&mut self, place: &(BareJid, DeviceId)) {
        let sessions = self.sessions.get(place).map_or(&[][..], Vec::as_slice);
        for beginning in sessions.iter().filter(|session| session.is_confirmed()).map(|session| &session.beginning) {
            if self.prekeys.get(&beginning.prekey).is_some_and(|prekey| prekey.is_used_by(&beginning.ephemeral)) {
                self.prekeys.remove(&beginning.prekey);
            }
        }
    }

    /// The sessions with that device, for one more to be added.
    fn sessions_with(&mut self, place: (BareJid, DeviceId)) -> Result<&mut Vec<Session>, Failure> {
        if !is_stable(&place.0) {
            let message = format!("the address {} changes when it is prepared again, so it cannot be stored", place.0);
            return Err(Failure::unsupported(message, None));
        }
        if self.sessions.len() >= MAXIMUM_PEERS && !self.sessions.contains_key(&place) {
            let message = format!("there are sessions with {MAXIMUM_PEERS} devices, and no more are kept");
            return Err(Failure::unsupported(message, None));
        }
        Ok(self.sessions.entry(place).or_default())
    }

    /// The own prekeys with which the other device began.
    pub(super) fn prekeys_of(&self, beginning: &Beginning) -> Result<(KeyPair, KeyPair), Failure> {
        let signed = self.signed_prekeys.iter().find(|signed| signed.id == beginning.signed_prekey);
        let signed = signed.ok_or_else(|| gone("signed prekey", beginning.signed_prekey))?;
        let prekey = self.prekeys.get(&beginning.prekey).ok_or_else(|| gone("prekey", beginning.prekey))?;
        Ok((signed.pair.clone(), prekey.pair.clone()))
    }

    /// A message that does not say how its session began may be of any that is kept.
    fn open_message(
        &mut self,
        message: &Authenticated<'_>,
        place: (BareJid, DeviceId),
    ) -> Result<(Received, Zeroizing<Vec<u8>>), Failure> {
        let unknown = || {
            let message = format!("there is no session with the device {} of {}", place.1, place.0);
            Failure::unknown_session(message, None)
        };
        let sessions = self.sessions.get_mut(&place).ok_or_else(unknown)?;
        let mut reason = None;
        for at in 0..sessions.len() {
            match open_in(sessions, at, message, None) {
                Ok(outcome) => return Ok(outcome),
                Err(failure) if failure.is_replayed() => return Err(failure),
                Err(failure) => reason = reason.or(Some(failure)),
            }
        }
        Err(reason.unwrap_or_else(unknown))
    }

    fn add_signed_prekey(&mut self, random: &mut dyn Random) {
        let pair = KeyPair::generate(random);
        let signature = self.identity.sign(pair.public(), random);
        let id = self.signed_prekeys.first().map_or(1, |newest| following(newest.id));
        self.signed_prekeys.insert(0, OwnSignedPrekey { id, pair, signature });
        self.signed_prekeys.truncate(MAXIMUM_SIGNED_PREKEYS);
    }

    fn add_prekeys(&mut self, random: &mut dyn Random) {
        let fresh = self.prekeys.values().filter(|prekey| !prekey.is_used()).count();
        for _ in fresh..PREKEYS {
            while self.prekeys.contains_key(&self.next_prekey) {
                self.next_prekey = following(self.next_prekey);
            }
            self.prekeys.insert(self.next_prekey, OwnPrekey::new(Secret::random(random)));
            self.next_prekey = following(self.next_prekey);
        }
        while self.prekeys.len() > MAXIMUM_PREKEYS {
            let Some(oldest) = self.prekeys.iter().find(|(_, prekey)| prekey.is_used()).map(|(id, _)| *id) else {
                break;
            };
            self.prekeys.remove(&oldest);
        }
    }
}

/// Opens a message in one of the sessions. That one is then used for what is sent, unless the message is late.
fn open_in(
    sessions: &mut [Session],
    at: usize,
    message: &Authenticated<'_>,
    beginning: Option<&Beginning>,
) -> Result<(Received, Zeroizing<Vec<u8>>), Failure> {
    let no_session = || Failure::unknown_session("there is no such session", None);
    let session = sessions.get_mut(at).ok_or_else(no_session)?;
    if beginning.is_some_and(|beginning| !session.was_accepted_from(beginning)) {
        return Err(Failure::tampered("the session began in another way than the message says", None));
    }
    let delivered = session.open(message)?;
    let received = Received {
        plaintext: None,
        identity: IdentityKey::new(session.other())?,
        began_session: false,
        wants_answer: session.wants_answer() || delivered.is_first_of_long,
        readers: 0,
    };
    if let Some(used) = sessions.get_mut(..=at).filter(|_| !delivered.is_late) {
        used.rotate_right(1);
    }
    Ok((received, delivered.plaintext))
}

/// The text of a message whose key was `carried`.
fn content(payload: Option<&[u8]>, carried: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    match payload {
        Some(payload) => open_payload(payload, carried).map(Some),
        None if carried == EMPTY => Ok(None),
        None => Err(Failure::tampered("the message has a key for a payload, but no payload", None)),
    }
}

/// The id after that one; after the last comes the first.
fn following(id: u32) -> u32 {
    if id >= MAXIMUM_ID { 1 } else { id + 1 }
}

fn gone(what: &str, id: u32) -> Failure {
    Failure::unknown_session(format!("the {what} {id} with which the message begins a session is not there"), None)
}

fn shown(reader: &Reader<'_>) -> String {
    format!("the device {} of {}", reader.device, reader.address)
}

/// Shows no secrets.
impl fmt::Debug for Device {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Device")
            .field("address", &self.address)
            .field("id", &self.id)
            .field("identity", self.identity())
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

impl Device {
    /// The device that follows from a named seed: the same keys for everybody who knows it, hence never for secrets.
    ///
    /// All its random bytes are those of [`SeededRandom`](crate::random::SeededRandom) for `omemo/`, the seed, `/`, the address,
    /// `/` and the id: 32 for the identity, 32 for the signed prekey, then 32 for each prekey.
    pub fn from_seed(seed: &str, address: BareJid, id: DeviceId) -> Device {
        let mut random = crate::random::SeededRandom::new(&format!("omemo/{seed}/{address}/{id}"));
        Device::generate(address, id, &mut random)
    }
}

#[cfg(test)]
mod tests;
