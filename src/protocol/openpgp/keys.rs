//! OpenPGP keys: reading them, and choosing those that serve.

use crate::protocol::{Failure, Identity};
use crate::xmpp::jid;
use sequoia_openpgp as pgp;

use pgp::KeyHandle;
use pgp::cert::amalgamation::ValidAmalgamation;
use pgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use pgp::cert::{Cert, CertParser, ValidCert};
use pgp::packet::key::PublicParts;
use pgp::parse::Parse;
use pgp::policy::StandardPolicy;
use pgp::types::RevocationStatus;
use std::time::SystemTime;

/// A key of a valid certificate.
pub type Key<'a> = ValidErasedKeyAmalgamation<'a, PublicParts>;

/// The certificates in a text, armoured or binary.
pub fn read(text: &[u8]) -> Result<Vec<Cert>, Failure> {
    let unreadable = |error| Failure::unusable_key(format!("the OpenPGP key cannot be read: {error}"), None);
    let certs: Vec<Cert> =
        CertParser::from_bytes(text).and_then(|certs| certs.collect::<pgp::Result<_>>()).map_err(unreadable)?;
    match certs.is_empty() {
        true => Err(Failure::unusable_key("there is no OpenPGP key in the text", None)),
        false => Ok(certs),
    }
}

/// Adds a certificate, or joins it with the copy that is there.
pub fn add(certs: &mut Vec<Cert>, cert: Cert) -> Result<(), Failure> {
    let Some(known) = certs.iter_mut().find(|known| known.fingerprint() == cert.fingerprint()) else {
        certs.push(cert);
        return Ok(());
    };
    let join =
        |error| Failure::unusable_key(format!("two copies of an OpenPGP key do not fit together: {error}"), None);
    *known = known.clone().merge_public_and_secret(cert).map_err(join)?;
    Ok(())
}

/// The certificates that are `person`'s own and valid at `time`.
///
/// Without one, the failure names why the last of them is not.
pub fn valid<'a>(
    person: &'a Identity,
    policy: &'a StandardPolicy<'a>,
    time: SystemTime,
) -> Result<Vec<ValidCert<'a>>, Failure> {
    let (mut certs, mut reason) = (Vec::new(), "none is known".to_owned());
    for cert in person.openpgp() {
        match check(cert, person, policy, time) {
            Ok(cert) => certs.push(cert),
            Err(why) => reason = format!("{} {why}", cert.fingerprint().to_hex()),
        }
    }
    match certs.is_empty() {
        true => Err(Failure::unusable_key(format!("{} has no valid OpenPGP key: {reason}", person.jid()), None)),
        false => Ok(certs),
    }
}

/// The certificate, if it is alive at `time` and `person`'s; else why it is not.
pub fn check<'a>(
    cert: &'a Cert,
    person: &Identity,
    policy: &'a StandardPolicy<'a>,
    time: SystemTime,
) -> Result<ValidCert<'a>, String> {
    let cert = cert.with_policy(policy, time).map_err(|error| format!("is not valid: {error}"))?;
    cert.alive().map_err(|error| format!("is not valid: {error}"))?;
    if is_revoked(&cert.revocation_status()) {
        return Err("is revoked".to_owned());
    }
    let wanted = user_id(person);
    let is_theirs = |id: &[u8]| {
        let address = std::str::from_utf8(id).ok().and_then(|id| id.strip_prefix(SCHEME));
        address.is_some_and(|address| jid::same(address, person.jid().as_str()))
    };
    let named = cert.userids().any(|id| is_theirs(id.userid().value()) && !is_revoked(&id.revocation_status()));
    match named {
        true => Ok(cert),
        false => Err(format!("has no User ID `{wanted}`")),
    }
}

/// Whether the certificate is alive at `time` and `person`'s, and the key of it with that handle could sign then; else why not.
pub fn check_signing(
    cert: &Cert,
    key: &KeyHandle,
    person: &Identity,
    policy: &StandardPolicy<'_>,
    time: SystemTime,
) -> Result<(), String> {
    let cert = check(cert, person, policy, time)?;
    let signing = cert.keys().key_handle(key.clone()).for_signing();
    let key = signing.into_iter().next().ok_or("does not sign")?;
    key.alive().map_err(|error| format!("is not valid: {error}"))?;
    match is_revoked(&key.revocation_status()) {
        true => Err("is revoked".to_owned()),
        false => Ok(()),
    }
}

/// The keys of `person` that messages are encrypted to: all that can be, of all certificates.
pub fn for_encryption<'a>(certs: &'a [ValidCert<'a>]) -> Vec<Key<'a>> {
    certs
        .iter()
        .flat_map(|cert| {
            cert.keys().supported().alive().revoked(false).for_transport_encryption().for_storage_encryption()
        })
        .collect()
}

/// The User ID that says whose a key is (XEP-0373, section 3).
fn user_id(person: &Identity) -> String {
    format!("{SCHEME}{}", person.jid())
}

/// What a User ID begins with that is an address of XMPP.
const SCHEME: &str = "xmpp:";

fn is_revoked(status: &RevocationStatus<'_>) -> bool {
    matches!(status, RevocationStatus::Revoked(_))
}
