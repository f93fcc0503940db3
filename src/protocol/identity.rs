//! People and their keys.

use super::Failure;
use super::openpgp::keys;
use jid::BareJid;
use sequoia_openpgp::Cert;
use std::collections::BTreeMap;
use std::fmt;

/// A person (an account) and the keys that belong to it.
///
/// OpenPGP holds secret keys encrypted in memory and wipes them when they are dropped; the text that a key is read from is the
/// caller's to wipe.
#[derive(Clone)]
pub struct Identity {
    jid: BareJid,
    openpgp: Vec<Cert>,
}

impl Identity {
    /// The person of that address, without keys.
    pub fn new(jid: BareJid) -> Identity {
        Identity { jid, openpgp: Vec::new() }
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

    /// The same person as others know it: without secret keys.
    pub fn public(&self) -> Identity {
        let openpgp = self.openpgp.iter().cloned().map(Cert::strip_secret_key_material).collect();
        Identity { jid: self.jid.clone(), openpgp }
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
        out.debug_struct("Identity").field("jid", &self.jid).field("openpgp", &self.fingerprints()).finish()
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
