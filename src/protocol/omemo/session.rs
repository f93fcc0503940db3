//! Sessions: how they begin (Signal, *The X3DH Key Agreement Protocol*, section 3, with the parameters of XEP-0384, section
//! 4.2), and what goes through them.

use super::bundle::Bundle;
use super::cipher::expand;
use super::keys::{IdentityKey, IdentityPair, KeyPair, PublicBytes, Secret};
use super::ratchet::{Delivered, Ratchet};
use super::wire::{Authenticated, Beginning, KeyExchange};
use crate::protocol::Failure;
use crate::random::Random;
use zeroize::Zeroizing;

/// A session with one other device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub(super) ratchet: Ratchet,
    /// The identity keys of who began and of who accepted, one after the other, in both directions.
    pub(super) associated: [u8; 64],
    pub(super) beginning: Beginning,
    pub(super) role: Role,
}

/// Who began a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// This device did. Until something came back, every message says again how the session began.
    Began {
        /// Whether something came back.
        is_answered: bool,
    },
    /// The other device did.
    Accepted,
}

/// A message sealed for one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// An `OMEMOKeyExchange` or an `OMEMOAuthenticatedMessage`.
    pub bytes: Vec<u8>,
    /// Whether it is the former.
    pub is_exchange: bool,
}

impl Session {
    /// Begins a session with the device of a bundle, with one of its prekeys chosen at random.
    ///
    /// # Errors
    /// When a key of the bundle is not usable.
    pub fn begin(own: &IdentityPair, bundle: &Bundle, random: &mut dyn Random) -> Result<Session, Failure> {
        let (prekey, one_time) = bundle.choose(random)?;
        let ephemeral = KeyPair::generate(random);
        let signed = bundle.signed_prekey();
        let shared = secret([
            own.agree(&signed.key)?,
            ephemeral.agree(&bundle.identity().agreement_key())?,
            ephemeral.agree(&signed.key)?,
            ephemeral.agree(&one_time)?,
        ]);
        let beginning = Beginning {
            prekey,
            signed_prekey: signed.id,
            identity: *own.public().bytes(),
            ephemeral: *ephemeral.public(),
        };
        Ok(Session {
            ratchet: Ratchet::beginning(&shared, &signed.key, random)?,
            associated: joined(own.public(), bundle.identity()),
            beginning,
            role: Role::Began { is_answered: false },
        })
    }

    /// Accepts a session that another device began with the prekeys of this one.
    ///
    /// # Errors
    /// When a key of the other device is not usable. That it holds the identity key only shows when a message opens.
    pub fn accept(
        own: &IdentityPair,
        signed_prekey: &KeyPair,
        prekey: &KeyPair,
        beginning: Beginning,
    ) -> Result<Session, Failure> {
        let other = IdentityKey::new(beginning.identity)?;
        let shared = secret(Session::agreements(own, signed_prekey, prekey, &beginning)?);
        Ok(Session {
            ratchet: Ratchet::accepting(&shared, signed_prekey.clone()),
            associated: joined(&other, own.public()),
            beginning,
            role: Role::Accepted,
        })
    }

    /// The four agreements of who accepts, in the order of X3DH, section 3.3.
    ///
    /// # Errors
    /// When a key of the other device is not usable.
    pub(super) fn agreements(
        own: &IdentityPair,
        signed_prekey: &KeyPair,
        prekey: &KeyPair,
        beginning: &Beginning,
    ) -> Result<[Zeroizing<[u8; 32]>; 4], Failure> {
        let other = IdentityKey::new(beginning.identity)?;
        Ok([
            signed_prekey.agree(&other.agreement_key())?,
            own.agree(&beginning.ephemeral)?,
            signed_prekey.agree(&beginning.ephemeral)?,
            prekey.agree(&beginning.ephemeral)?,
        ])
    }

    /// The identity key of the other device.
    pub fn other(&self) -> PublicBytes {
        let (first, second) = self.associated.split_at(32);
        let half = if matches!(self.role, Role::Accepted) { first } else { second };
        half.try_into().expect("half of 64 bytes are 32")
    }

    /// Whether the other device began it, in exactly this way.
    pub fn was_accepted_from(&self, beginning: &Beginning) -> bool {
        matches!(self.role, Role::Accepted) && self.beginning == *beginning
    }

    /// Whether the other device began it with that ephemeral key, whatever else it says.
    pub fn has_ephemeral(&self, ephemeral: &PublicBytes) -> bool {
        matches!(self.role, Role::Accepted) && self.beginning.ephemeral == *ephemeral
    }

    /// Seals the next message; until the other device answered, with how the session began.
    ///
    /// # Errors
    /// As [`Ratchet::seal`].
    pub fn seal(&mut self, plaintext: &[u8], random: &mut dyn Random) -> Result<SealedKey, Failure> {
        let message = self.ratchet.seal(plaintext, &self.associated, random)?;
        Ok(match self.role {
            Role::Began { is_answered: false } => {
                let exchange = KeyExchange { opening: self.beginning, message: &message };
                SealedKey { bytes: exchange.write(), is_exchange: true }
            }
            _ => SealedKey { bytes: message, is_exchange: false },
        })
    }

    /// Opens a message.
    ///
    /// # Errors
    /// As [`Ratchet::open`].
    pub fn open(&mut self, message: &Authenticated<'_>) -> Result<Delivered, Failure> {
        let delivered = self.ratchet.open(message, &self.associated)?;
        if let Role::Began { is_answered } = &mut self.role {
            *is_answered = true;
        }
        Ok(delivered)
    }

    /// Whether the other device began it, and has since sent something that it could only send after it opened an answer of ours.
    pub fn is_confirmed(&self) -> bool {
        matches!(self.role, Role::Accepted) && !self.ratchet.past.is_empty()
    }

    /// Whether the other device waits for a sign that its key exchange arrived.
    pub fn wants_answer(&self) -> bool {
        matches!(self.role, Role::Accepted) && !self.ratchet.has_answered() && self.ratchet.past.is_empty()
    }
}

/// The secret that both devices come to, from the four agreements in their order.
fn secret(agreements: [Zeroizing<[u8; 32]>; 4]) -> Secret {
    let mut material = Zeroizing::new([0xff; 32 * 5]);
    for (to, agreed) in material.chunks_mut(32).skip(1).zip(&agreements) {
        to.copy_from_slice(agreed.as_slice());
    }
    Secret::new(&expand(&[0; 32], material.as_slice(), b"OMEMO X3DH"))
}

fn joined(began: &IdentityKey, accepted: &IdentityKey) -> [u8; 64] {
    let mut both = [0; 64];
    let (first, second) = both.split_at_mut(32);
    first.copy_from_slice(began.bytes());
    second.copy_from_slice(accepted.bytes());
    both
}
