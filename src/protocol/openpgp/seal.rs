//! Making OpenPGP messages.

use super::{keys, openpgp_time};
use crate::protocol::{Breach, Failure, Identity, Protection, SealRequest};
use sequoia_openpgp as pgp;

use jiff::Timestamp;
use pgp::cert::ValidCert;
use pgp::crypto::KeyPair;
use pgp::policy::StandardPolicy;
use pgp::serialize::stream::{Encryptor, LiteralWriter, Message, Recipient, Signer};
use pgp::types::DataFormat;
use std::io::Write;
use std::time::SystemTime;

/// The binary message that holds `plaintext`, against a rule where `breach` names one.
pub fn seal(plaintext: &str, request: &SealRequest<'_>, breach: Option<Breach<'_>>) -> Result<Vec<u8>, Failure> {
    if request.protection == Protection::NONE {
        return Err(Failure::unsupported("OpenPGP encrypts, signs, or does both; nothing of it was asked for", None));
    }
    let time = openpgp_time(request.time)?;
    let policy = StandardPolicy::at(time);
    let readers = match request.protection.encrypted {
        true => readers(request, &policy, time)?,
        false => Vec::new(),
    };
    let mut signers = Vec::new();
    if request.protection.signed {
        signers.push(signing_key(request.sender, &policy, time)?);
    }
    if let Some(Breach::SignedTwice(other)) = breach {
        signers.push(signing_key(other, &policy, time)?);
    }
    let passphrase = match breach {
        Some(Breach::Passphrase(passphrase)) => Some(passphrase),
        _ => None,
    };
    let mut recipients = Vec::new();
    for (person, certs) in &readers {
        let keys = keys::for_encryption(certs);
        if keys.is_empty() {
            return Err(Failure::unusable_key(format!("no OpenPGP key of {} can be encrypted to", person.jid()), None));
        }
        recipients.extend(keys.into_iter().map(Recipient::from));
    }
    let failed = |error| Failure::unusable_key(format!("OpenPGP could not seal the message: {error}"), None);
    let mut message = write(plaintext, Readers { recipients, passphrase }, signers, time).map_err(failed)?;
    if let Some(Breach::Followed(text)) = breach {
        let nobody = Readers { recipients: Vec::new(), passphrase: None };
        message.extend(write(text, nobody, Vec::new(), time).map_err(failed)?);
    }
    Ok(message)
}

/// Who can read a message; everybody where it is neither encrypted to somebody nor with a passphrase.
struct Readers<'a> {
    recipients: Vec<Recipient<'a>>,
    passphrase: Option<&'a str>,
}

/// Everybody who is to read the message, once each, with their certificates: recipients as given, then the sender.
fn readers<'a>(
    request: &SealRequest<'a>,
    policy: &'a StandardPolicy<'a>,
    time: SystemTime,
) -> Result<Vec<(&'a Identity, Vec<ValidCert<'a>>)>, Failure> {
    let mut people: Vec<&Identity> = Vec::new();
    for person in request.recipients.iter().copied().chain([request.sender]) {
        if people.iter().all(|known| known.jid() != person.jid()) {
            people.push(person);
        }
    }
    people.into_iter().map(|person| Ok((person, keys::valid(person, policy, time)?))).collect()
}

/// A key that `sender` signs with.
fn signing_key(sender: &Identity, policy: &StandardPolicy<'_>, time: SystemTime) -> Result<KeyPair, Failure> {
    let certs = keys::valid(sender, policy, time)?;
    let signing = certs.iter().flat_map(|cert| cert.keys().supported().alive().revoked(false).for_signing());
    let pair = signing.filter_map(|key| key.key().clone().parts_into_secret().ok()?.into_keypair().ok()).next();
    pair.ok_or_else(|| {
        let message =
            format!("{} has no secret OpenPGP key to sign with, or only one locked by a password", sender.jid());
        Failure::unusable_key(message, None)
    })
}

/// The binary message that holds `packets`, encrypted to these people.
///
/// # Errors
/// When somebody has no key that can be encrypted to.
pub fn encrypt(packets: &[u8], to: &[&Identity], time: Timestamp) -> Result<Vec<u8>, Failure> {
    let time = openpgp_time(time)?;
    let policy = StandardPolicy::at(time);
    let certs: Vec<Vec<ValidCert<'_>>> =
        to.iter().map(|person| keys::valid(person, &policy, time)).collect::<Result<_, _>>()?;
    let recipients = certs.iter().flat_map(|certs| keys::for_encryption(certs)).map(Recipient::from).collect();
    write_encrypted(packets, recipients)
        .map_err(|error| Failure::unusable_key(format!("OpenPGP could not encrypt the message: {error}"), None))
}

fn write_encrypted(packets: &[u8], recipients: Vec<Recipient<'_>>) -> pgp::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut message = Encryptor::for_recipients(Message::new(&mut bytes), recipients).build()?;
    message.write_all(packets)?;
    message.finalize()?;
    Ok(bytes)
}

fn write(plaintext: &str, readers: Readers<'_>, signers: Vec<KeyPair>, time: SystemTime) -> pgp::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut message = Message::new(&mut bytes);
    if !readers.recipients.is_empty() {
        let encryptor = Encryptor::for_recipients(message, readers.recipients);
        message = encryptor.add_passwords(readers.passphrase).build()?;
    }
    let mut signers = signers.into_iter();
    if let Some(first) = signers.next() {
        let signer = Signer::new(message, first)?.creation_time(time);
        message = signers.try_fold(signer, Signer::add_signer)?.build()?;
    }
    let mut literal = LiteralWriter::new(message).format(DataFormat::Binary).build()?;
    literal.write_all(plaintext.as_bytes())?;
    literal.finalize()?;
    Ok(bytes)
}
