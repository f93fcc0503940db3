//! What is stored of a device, and how it is read again.
//!
//! Version 2. Numbers have the most significant byte first; a *list* is its count and then its parts; an *option* is one byte, 0
//! for nothing or 1, and then what is there; an *address* is the length of its UTF-8 as two bytes, and the text.
//!
//! ```text
//! state     = "xepomemo" version:1 address id:4 identity signed:list(1) prekeys:list(2) next-prekey:4 peers:list(4) sha-256:32
//! identity  = kind:1 secret:32 public:32                 kind 0: seed of Ed25519, 1: scalar of Curve25519
//! signed    = id:4 secret:32 signature:64                the current one first
//! prekey    = id:4 secret:32 uses:list(1)
//! use       = address ephemeral:32                       whose session began with it, and how
//! peer      = address id:4 sessions:list(1)              the session in use first
//! session   = role:1 prekey:4 signed-prekey:4 identity:32 ephemeral:32 associated:64 ratchet
//!                                                        role 0: began, 1: began and answered, 2: accepted
//! ratchet   = root:32 own:32 option(remote:32) option(chain) option(chain) previous:4 long:1 past:list(1) skipped:list(2)
//! chain     = key:32 next:4                              the sending one first, then the receiving one
//! past      = remote:32
//! skipped   = remote:32 number:4 key:32                  the oldest first
//! ```
//!
//! The hash is over all before it. It shows a file that was cut short or damaged, not one that somebody changed: whoever can write
//! the file knows the keys in it. It holds secrets in plain; where they lie is the caller's to guard.

use super::DeviceId;
use super::device::{
    Device, MAXIMUM_PEERS, MAXIMUM_PREKEYS, MAXIMUM_SESSIONS, MAXIMUM_SIGNED_PREKEYS, MAXIMUM_USES, OwnPrekey,
    OwnSignedPrekey, Use,
};
use super::keys::{Half, IdentityKey, IdentityPair, KeyPair, PublicBytes, Secret, check_public};
use super::ratchet::{Chain, MAXIMUM_PAST, MAXIMUM_SKIPPED, Ratchet, Skipped};
use super::session::{Role, Session};
use super::wire::Beginning;
use crate::protocol::Failure;
use crate::xmpp::BareJid;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"xepomemo";

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 2;

impl Device {
    /// The whole state of the device, as [`Device::load`] reads it. It is wiped when it is dropped.
    pub fn stored(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer(Zeroizing::new(Vec::with_capacity(room(self))));
        writer.device(self);
        let hash = Sha256::digest(writer.0.as_slice());
        writer.bytes(&hash);
        writer.0
    }

    /// Reads what was stored.
    ///
    /// # Errors
    /// When it is of another version, damaged, beyond a bound, or holds what does not belong together.
    pub fn load(stored: &[u8]) -> Result<Device, Failure> {
        let mut reader = Reader { rest: stored };
        if reader.array()? != *MAGIC {
            return Err(unusable("it is no such state"));
        }
        let version = reader.byte()?;
        if version != VERSION {
            return Err(unusable(&format!("it is of version {version}; {VERSION} is read")));
        }
        let (content, hash) = stored.split_at_checked(stored.len().saturating_sub(32)).ok_or_else(cut_short)?;
        if Sha256::digest(content).as_slice() != hash {
            return Err(unusable("it is damaged: its hash is another one"));
        }
        let content = content.get(MAGIC.len() + 1..).ok_or_else(cut_short)?;
        let mut reader = Reader { rest: content };
        let device = reader.device()?;
        match reader.rest.is_empty() {
            true => Ok(device),
            false => Err(unusable("something stands behind its end")),
        }
    }
}

/// At least as many bytes as the state needs, so that no copy is left behind by a buffer that grows.
fn room(device: &Device) -> usize {
    let sessions = device.sessions.iter().map(|((address, _), sessions)| {
        let of_each = sessions.iter().map(|one| 400 + one.ratchet.past.len() * 32 + one.ratchet.skipped.len() * 68);
        address.as_str().len() + 16 + of_each.sum::<usize>()
    });
    let prekeys = device.prekeys.values().map(|prekey| {
        let uses = prekey.uses.iter().map(|one| 34 + one.account.as_str().len());
        40 + uses.sum::<usize>()
    });
    512 + device.address.as_str().len() + prekeys.sum::<usize>() + sessions.sum::<usize>()
}

struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn byte(&mut self, byte: u8) {
        self.bytes(&[byte]);
    }

    fn number(&mut self, number: u32) {
        self.bytes(&number.to_be_bytes());
    }

    /// The count of a list, in so many bytes.
    fn count(&mut self, count: usize, width: usize) {
        let bytes = u32::try_from(count).expect("all lists are bounded").to_be_bytes();
        self.bytes(bytes.get(4 - width..).expect("a count has at most four bytes"));
    }

    fn address(&mut self, address: &BareJid) {
        self.count(address.as_str().len(), 2);
        self.bytes(address.as_str().as_bytes());
    }

    fn option<T>(&mut self, option: Option<&T>, write: impl FnOnce(&mut Writer, &T)) {
        self.byte(u8::from(option.is_some()));
        if let Some(value) = option {
            write(self, value);
        }
    }

    fn device(&mut self, device: &Device) {
        self.bytes(MAGIC);
        self.byte(VERSION);
        self.address(&device.address);
        self.number(device.id.number());
        let (kind, secret) = match device.identity.half() {
            Half::Seed(seed) => (0, seed),
            Half::Scalar(scalar) => (1, scalar),
        };
        self.byte(kind);
        self.bytes(secret.bytes());
        self.bytes(device.identity.public().bytes());
        self.count(device.signed_prekeys.len(), 1);
        for signed in &device.signed_prekeys {
            self.number(signed.id);
            self.bytes(signed.pair.secret().bytes());
            self.bytes(&signed.signature);
        }
        self.count(device.prekeys.len(), 2);
        for (id, prekey) in &device.prekeys {
            self.number(*id);
            self.bytes(prekey.pair.secret().bytes());
            self.count(prekey.uses.len(), 1);
            for one in &prekey.uses {
                self.address(&one.account);
                self.bytes(&one.ephemeral);
            }
        }
        self.number(device.next_prekey);
        self.count(device.sessions.len(), 4);
        for ((address, id), sessions) in &device.sessions {
            self.address(address);
            self.number(id.number());
            self.count(sessions.len(), 1);
            sessions.iter().for_each(|session| self.session(session));
        }
    }

    fn session(&mut self, session: &Session) {
        self.byte(match session.role {
            Role::Began { is_answered } => u8::from(is_answered),
            Role::Accepted => 2,
        });
        self.number(session.beginning.prekey);
        self.number(session.beginning.signed_prekey);
        self.bytes(&session.beginning.identity);
        self.bytes(&session.beginning.ephemeral);
        self.bytes(&session.associated);
        self.ratchet(&session.ratchet);
    }

    fn ratchet(&mut self, ratchet: &Ratchet) {
        self.bytes(ratchet.root.bytes());
        self.bytes(ratchet.own.secret().bytes());
        self.option(ratchet.remote.as_ref(), |writer, remote| writer.bytes(remote));
        for chain in [&ratchet.sending, &ratchet.receiving] {
            self.option(chain.as_ref(), |writer, chain| {
                writer.bytes(chain.key.bytes());
                writer.number(chain.next);
            });
        }
        self.number(ratchet.previous);
        self.byte(u8::from(ratchet.is_long));
        self.count(ratchet.past.len(), 1);
        ratchet.past.iter().for_each(|remote| self.bytes(remote));
        self.count(ratchet.skipped.len(), 2);
        for skipped in &ratchet.skipped {
            self.bytes(&skipped.remote);
            self.number(skipped.number);
            self.bytes(skipped.key.bytes());
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Failure> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Failure> {
        self.take(LENGTH)?.try_into().map_err(|_| cut_short())
    }

    fn byte(&mut self) -> Result<u8, Failure> {
        self.array().map(|[byte]| byte)
    }

    fn number(&mut self) -> Result<u32, Failure> {
        self.array().map(u32::from_be_bytes)
    }

    fn secret(&mut self) -> Result<Secret, Failure> {
        self.array().map(|bytes| Secret::new(&Zeroizing::new(bytes)))
    }

    fn flag(&mut self) -> Result<bool, Failure> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(unusable(&format!("{other} stands where 0 or 1 should"))),
        }
    }

    /// The count of a list, in so many bytes, and not more than `most`.
    fn count(&mut self, width: usize, most: usize, what: &str) -> Result<usize, Failure> {
        let digits = self.take(width)?.iter();
        let count = digits.fold(0usize, |count, digit| count << 8 | usize::from(*digit));
        match count <= most {
            true => Ok(count),
            false => Err(unusable(&format!("it has {count} {what}, more than {most}"))),
        }
    }

    fn list<T>(&mut self, count: usize, part: impl Fn(&mut Self) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
        (0..count).map(|_| part(self)).collect()
    }

    fn option<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        match self.flag()? {
            true => part(self).map(Some),
            false => Ok(None),
        }
    }

    fn public(&mut self) -> Result<PublicBytes, Failure> {
        let key = self.array()?;
        check_public(&key).map_err(because)?;
        Ok(key)
    }

    fn address(&mut self) -> Result<BareJid, Failure> {
        let length = self.count(2, 3071, "bytes in an address")?;
        let text = std::str::from_utf8(self.take(length)?).ok();
        let address = text.and_then(|text| BareJid::parse(text).ok().filter(|address| address.as_str() == text));
        address.ok_or_else(|| unusable("an address is none"))
    }

    fn id(&mut self) -> Result<DeviceId, Failure> {
        DeviceId::new(self.number()?).map_err(because)
    }

    fn device(&mut self) -> Result<Device, Failure> {
        let (address, id, identity) = (self.address()?, self.id()?, self.identity()?);
        let count = self.count(1, MAXIMUM_SIGNED_PREKEYS, "signed prekeys")?;
        let signed_prekeys = self.list(count, |reader| reader.signed_prekey(&identity))?;
        if signed_prekeys.is_empty() {
            return Err(unusable("it has no signed prekey"));
        }
        let count = self.count(2, MAXIMUM_PREKEYS, "prekeys")?;
        let prekeys = ascending(self.list(count, Reader::prekey)?, "prekey")?;
        let next_prekey = self.id()?.number();
        let count = self.count(4, MAXIMUM_PEERS, "devices with sessions")?;
        let sessions = ascending(self.list(count, |reader| reader.peer(identity.public()))?, "device with sessions")?;
        Ok(Device { address, id, identity, signed_prekeys, prekeys, next_prekey, sessions })
    }

    fn identity(&mut self) -> Result<IdentityPair, Failure> {
        let (is_scalar, secret) = (self.flag()?, self.secret()?);
        let public = IdentityKey::new(self.array()?).map_err(because)?;
        let pair = match is_scalar {
            true => IdentityPair::from_scalar(secret, public).map_err(because)?,
            false => IdentityPair::from_seed(secret),
        };
        match *pair.public() == public {
            true => Ok(pair),
            false => Err(unusable("the halves of its identity key do not belong together")),
        }
    }

    fn signed_prekey(&mut self, identity: &IdentityPair) -> Result<OwnSignedPrekey, Failure> {
        let id = self.id()?.number();
        let (pair, signature) = (KeyPair::of(self.secret()?), self.array()?);
        match identity.public().has_signed(pair.public(), &signature) {
            true => Ok(OwnSignedPrekey { id, pair, signature }),
            false => Err(unusable("a signed prekey is not signed by its identity key")),
        }
    }

    fn prekey(&mut self) -> Result<(u32, OwnPrekey), Failure> {
        let id = self.id()?.number();
        let mut prekey = OwnPrekey::new(self.secret()?);
        let count = self.count(1, MAXIMUM_USES, "uses of a prekey")?;
        prekey.uses = self.list(count, |reader| Ok(Use { account: reader.address()?, ephemeral: reader.public()? }))?;
        Ok((id, prekey))
    }

    fn peer(&mut self, own: &IdentityKey) -> Result<((BareJid, DeviceId), Vec<Session>), Failure> {
        let place = (self.address()?, self.id()?);
        let count = self.count(1, MAXIMUM_SESSIONS, "sessions with one device")?;
        let sessions = self.list(count, |reader| reader.session(own))?;
        match sessions.is_empty() {
            true => Err(unusable("a device with sessions has none")),
            false => Ok((place, sessions)),
        }
    }

    fn session(&mut self, own: &IdentityKey) -> Result<Session, Failure> {
        let role = match self.byte()? {
            0 => Role::Began { is_answered: false },
            1 => Role::Began { is_answered: true },
            2 => Role::Accepted,
            other => return Err(unusable(&format!("{other} is no role in a session"))),
        };
        let beginning = Beginning {
            prekey: self.id()?.number(),
            signed_prekey: self.id()?.number(),
            identity: self.array()?,
            ephemeral: self.public()?,
        };
        let associated: [u8; 64] = self.array()?;
        let session = Session { ratchet: self.ratchet()?, associated, beginning, role };
        let (first, second) = associated.split_at(32);
        let own_half = if role == Role::Accepted { second } else { first };
        let belongs = own_half == own.bytes() && first == beginning.identity;
        IdentityKey::new(session.other()).map_err(because)?;
        match belongs {
            true => Ok(session),
            false => Err(unusable("a session is not the device's own")),
        }
    }

    fn ratchet(&mut self) -> Result<Ratchet, Failure> {
        let (root, own) = (self.secret()?, KeyPair::of(self.secret()?));
        let remote = self.option(Reader::public)?;
        let (sending, receiving) = (self.option(Reader::chain)?, self.option(Reader::chain)?);
        let (previous, is_long) = (self.number()?, self.flag()?);
        let count = self.count(1, MAXIMUM_PAST, "former ratchet keys")?;
        let past: VecDeque<PublicBytes> = self.list(count, Reader::public)?.into();
        let count = self.count(2, MAXIMUM_SKIPPED, "keys of messages that did not arrive")?;
        let skipped: VecDeque<Skipped> = self.list(count, Reader::skipped)?.into();
        let is_known = |key: &PublicBytes| remote.as_ref() == Some(key) || past.contains(key);
        let fits = remote.is_some() || (sending.is_none() && receiving.is_none() && past.is_empty());
        if !fits || !skipped.iter().all(|skipped| is_known(&skipped.remote)) {
            return Err(unusable("a ratchet has chains without the keys that they belong to"));
        }
        Ok(Ratchet { root, own, remote, sending, receiving, previous, skipped, past, is_long })
    }

    fn chain(&mut self) -> Result<Chain, Failure> {
        Ok(Chain { key: self.secret()?, next: self.number()? })
    }

    fn skipped(&mut self) -> Result<Skipped, Failure> {
        Ok(Skipped { remote: self.public()?, number: self.number()?, key: self.secret()? })
    }
}

/// Parts by their keys, which stand in ascending order, as they are written.
fn ascending<K: Ord, V>(parts: Vec<(K, V)>, what: &str) -> Result<BTreeMap<K, V>, Failure> {
    match parts.is_sorted_by(|(one, _), (next, _)| one < next) {
        true => Ok(parts.into_iter().collect()),
        false => Err(unusable(&format!("a {what} stands twice or out of order"))),
    }
}

fn unusable(why: &str) -> Failure {
    Failure::unusable_state(format!("the stored state of the device cannot be used: {why}"), None)
}

fn because(failure: Failure) -> Failure {
    unusable(failure.message())
}

fn cut_short() -> Failure {
    unusable("it is cut short")
}

#[cfg(test)]
mod tests;
