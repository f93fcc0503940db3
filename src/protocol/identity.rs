//! People and their keys.

use super::Failure;
use super::omemo::{Bundle, Device, DeviceId, IdentityKey, NextState, OmemoKeys};
use super::openpgp::keys;
use crate::xmpp::BareJid;
use sequoia_openpgp::Cert;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A person (an account) and the keys that belong to it.
///
/// OpenPGP holds secret keys encrypted in memory and wipes them when they are dropped; the text that a key is read from is the
/// caller's to wipe.
#[derive(Clone)]
pub struct Identity {
    jid: BareJid,
    openpgp: Vec<Cert>,
    omemo: Vec<OmemoKeys>,
}

impl Identity {
    /// The person of that address, without keys.
    pub fn new(jid: BareJid) -> Identity {
        Identity { jid, openpgp: Vec::new(), omemo: Vec::new() }
    }

    /// The address.
    pub fn jid(&self) -> &BareJid {
        &self.jid
    }

    /// Reads OpenPGP keys, armoured or binary, public or secret. The secret half of a key that is already there joins it.
    pub fn add_openpgp(&mut self, text: &[u8]) -> Result<(), Failure> {
        for cert in keys::read(text)? {
            keys::add(&mut self.openpgp, cert)?;
        }
        Ok(())
    }

    /// Adds an OMEMO device of one's own. It takes the place of one with the same id.
    ///
    /// # Errors
    /// When it is a device of another account.
    pub fn add_omemo(&mut self, device: Device) -> Result<(), Failure> {
        self.add_omemo_stored(device).map(|_| ())
    }

    /// Adds an OMEMO device of one's own whose state is stored by the caller. Whatever changes it leaves its next state in what is
    /// answered: the caller stores that *before* anything that came of it is sent or shown, and drops the outcome where it cannot.
    ///
    /// # Errors
    /// As [`Identity::add_omemo`].
    pub fn add_omemo_stored(&mut self, device: Device) -> Result<NextState, Failure> {
        if *device.address() != self.jid {
            let message = format!("the OMEMO device {} is of {}, not of {}", device.id(), device.address(), self.jid);
            return Err(Failure::unusable_key(message, None));
        }
        let next = NextState::default();
        self.put_omemo(OmemoKeys::Own(Arc::new(device), next.clone()));
        Ok(next)
    }

    /// Adds an OMEMO device of which the identity key alone is known, as from a session with it. Only who has one can seal for it.
    pub fn add_omemo_identity(&mut self, id: DeviceId, identity: IdentityKey) {
        self.put_omemo(OmemoKeys::Known(id, identity));
    }

    /// Keeps those OMEMO devices alone whose id passes.
    pub fn retain_omemo(&mut self, passes: impl Fn(DeviceId) -> bool) {
        self.omemo.retain(|keys| passes(keys.id()));
    }

    /// Adds an OMEMO device as somebody else knows it. It takes the place of one with the same id.
    pub fn add_omemo_bundle(&mut self, id: DeviceId, bundle: Bundle) {
        self.put_omemo(OmemoKeys::Published(id, Arc::new(bundle)));
    }

    /// Adds the OMEMO device that follows from a published seed, as [`Device::from_seed`] says. Its keys, which protect nothing, are
    /// made when they are first needed.
    pub fn add_omemo_seed(&mut self, seed: &str, id: DeviceId) {
        self.put_omemo(OmemoKeys::seeded(seed, self.jid.clone(), id));
    }

    fn put_omemo(&mut self, keys: OmemoKeys) {
        self.omemo.retain(|known| known.id() != keys.id());
        self.omemo.push(keys);
    }

    /// The same person as others know it: without secret keys.
    pub fn public(&self) -> Identity {
        let openpgp = self.openpgp.iter().cloned().map(Cert::strip_secret_key_material).collect();
        let omemo = self.omemo.iter().filter_map(OmemoKeys::public).collect();
        Identity { jid: self.jid.clone(), openpgp, omemo }
    }

    /// The ids of the OMEMO devices.
    pub fn omemo_devices(&self) -> Vec<DeviceId> {
        self.omemo.iter().map(OmemoKeys::id).collect()
    }

    /// The OMEMO devices.
    pub(super) fn omemo(&self) -> &[OmemoKeys] {
        &self.omemo
    }

    /// The fingerprints of the OpenPGP keys, in hexadecimal.
    pub fn fingerprints(&self) -> Vec<String> {
        self.openpgp.iter().map(|cert| cert.fingerprint().to_hex()).collect()
    }

    /// The OpenPGP keys.
    pub(super) fn openpgp(&self) -> &[Cert] {
        &self.openpgp
    }
}

/// Shows no secrets.
impl fmt::Debug for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Identity")
            .field("jid", &self.jid)
            .field("openpgp", &self.fingerprints())
            .field("omemo", &self.omemo_devices())
            .finish()
    }
}

/// The people whose keys are known.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    people: BTreeMap<BareJid, Identity>,
}

impl Keyring {
    /// Takes a person in, instead of who had that address before.
    pub fn insert(&mut self, person: Identity) {
        self.people.insert(person.jid.clone(), person);
    }

    /// The person of that address.
    pub fn get(&self, jid: &BareJid) -> Option<&Identity> {
        self.people.get(jid)
    }

    /// All people, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Identity> {
        self.people.values()
    }
}

impl FromIterator<Identity> for Keyring {
    fn from_iter<I: IntoIterator<Item = Identity>>(people: I) -> Keyring {
        let mut keyring = Keyring::default();
        people.into_iter().for_each(|person| keyring.insert(person));
        keyring
    }
}
