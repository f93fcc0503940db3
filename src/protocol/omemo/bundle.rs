//! What a device publishes of its keys (XEP-0384, section 5.3.2).

use super::DeviceId;
use super::keys::{IdentityKey, PublicBytes, SignatureBytes, check_agreeable, check_public, with_high_scalar};
use crate::protocol::Failure;
use crate::random::Random;
use std::collections::BTreeMap;

/// How many prekeys a bundle must have at least. One with fewer is used all the same, while one is left.
pub const FEWEST_PREKEYS: usize = 25;

/// How many prekeys a device publishes.
pub const PREKEYS: usize = 100;

/// How many prekeys of somebody else's bundle are read.
pub const MOST_PREKEYS: usize = 1000;

/// The public keys of a device, whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    identity: IdentityKey,
    signed_prekey: SignedPrekey,
    prekeys: BTreeMap<u32, PublicBytes>,
}

/// A signed prekey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedPrekey {
    /// Its id.
    pub id: u32,
    /// The key.
    pub key: PublicBytes,
    /// The signature of the identity key over its 32 bytes.
    pub signature: SignatureBytes,
}

/// What somebody can make of a bundle, that no sender may use afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// The scalar of the signature is larger by the group's order: the same signature in another form, which careless verifiers take
    /// (RFC 8032, section 5.1.7).
    HighScalar,
    /// Another key stands in the place of the signed prekey.
    OtherPrekey,
}

impl Breach {
    /// All of them.
    pub const ALL: [Breach; 2] = [Breach::HighScalar, Breach::OtherPrekey];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Breach::HighScalar => "high-scalar",
            Breach::OtherPrekey => "other-prekey",
        }
    }

    /// What it does, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Breach::HighScalar => "The group's order was added to the scalar of the signature.",
            Breach::OtherPrekey => "Another key stands in the place of the signed prekey.",
        }
    }
}

impl Bundle {
    /// The bundle of these keys.
    ///
    /// # Errors
    /// When the signature is not the identity key's, as [`IdentityKey::has_signed`] has it, there are no prekeys or too many, an id is
    /// none, a key is not in the form in which keys are made, or the signed prekey is of small order. Of the other prekeys that shows
    /// when a session begins with one.
    pub fn new(
        identity: IdentityKey,
        signed_prekey: SignedPrekey,
        prekeys: BTreeMap<u32, PublicBytes>,
    ) -> Result<Bundle, Failure> {
        if !identity.has_signed(&signed_prekey.key, &signed_prekey.signature) {
            return Err(Failure::unusable_key("the prekey of the bundle is not signed by its identity key", None));
        }
        if prekeys.is_empty() || prekeys.len() > MOST_PREKEYS {
            let message = format!("the bundle has {} prekeys; 1 to {MOST_PREKEYS} can be used", prekeys.len());
            return Err(Failure::unusable_key(message, None));
        }
        for id in prekeys.keys().chain([&signed_prekey.id]) {
            DeviceId::new(*id).map_err(|_| Failure::unusable_key(format!("{id} is no id of a prekey"), None))?;
        }
        check_agreeable(&signed_prekey.key)?;
        prekeys.values().try_for_each(check_public)?;
        Ok(Bundle { identity, signed_prekey, prekeys })
    }

    /// What comes of it when somebody changes it on its way. [`Bundle::new`] refuses these keys.
    pub fn against(&self, breach: Breach) -> Bundle {
        let mut bundle = self.clone();
        let signed = &mut bundle.signed_prekey;
        match breach {
            Breach::HighScalar => signed.signature = with_high_scalar(&signed.signature),
            Breach::OtherPrekey => signed.key = self.prekeys.values().next().copied().unwrap_or_default(),
        }
        bundle
    }

    /// The identity key.
    pub fn identity(&self) -> &IdentityKey {
        &self.identity
    }

    /// The signed prekey.
    pub fn signed_prekey(&self) -> &SignedPrekey {
        &self.signed_prekey
    }

    /// The prekeys by their ids.
    pub fn prekeys(&self) -> &BTreeMap<u32, PublicBytes> {
        &self.prekeys
    }

    /// One of the prekeys at random, with its id.
    ///
    /// # Errors
    /// None that a bundle of [`Bundle::new`] could meet: it has a prekey.
    pub(super) fn choose(&self, random: &mut dyn Random) -> Result<(u32, PublicBytes), Failure> {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let count = u64::try_from(self.prekeys.len()).unwrap_or(u64::MAX).max(1);
        let at = usize::try_from(u64::from_be_bytes(bytes) % count).unwrap_or(0);
        let chosen = self.prekeys.iter().nth(at).map(|(id, key)| (*id, *key));
        chosen.ok_or_else(|| Failure::unusable_key("the bundle has no prekey", None))
    }
}
