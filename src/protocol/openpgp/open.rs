//! Opening OpenPGP messages.
//!
//! The library reads a message and tells its layers; what they mean for us is judged afterwards, on plain data. Its buffer is
//! larger than any message that gets here, so no plaintext is seen before all of the message was verified.
//!
//! [`shape`] then looks at the packets once more, since the library passes over some that it does not know, and accepts any number of
//! signatures.

use super::{framing, keys, openpgp_time, shape};
use crate::protocol::{Failure, Identity, Keyring, OpenRequest, Opened, Protection};
use crate::source::MappedText;
use sequoia_openpgp as pgp;

use crate::xmpp::BareJid;
use jiff::Timestamp;
use pgp::crypto::{KeyPair, SessionKey};
use pgp::packet::{PKESK, SKESK, Tag};
use pgp::parse::stream::{
    DecryptionHelper, DecryptorBuilder, MessageLayer, MessageStructure, VerificationError, VerificationHelper,
    VerificationResult,
};
use pgp::parse::{PacketParser, PacketParserResult, Parse};
use pgp::policy::StandardPolicy;
use pgp::serialize::Serialize;
use pgp::types::{CompressionAlgorithm, SymmetricAlgorithm};
use pgp::{Cert, Fingerprint, KeyHandle, Packet};
use std::io::Read;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// How far a signature may lie in the future: clocks differ.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(30 * 60);

/// How many packets a message may have, those inside of others included: each recipient's key takes one.
const MAXIMUM_PACKETS: usize = 1000;

/// The key of one message.
pub struct SessionKeyText {
    /// The number of the cipher, where the message tells it with the key, and the key in hexadecimal.
    pub key: Zeroizing<String>,
    /// The receiver's key that it was encrypted to.
    pub opened_with: String,
}

/// What was in a message.
pub struct Content {
    /// The plaintext.
    pub bytes: Vec<u8>,
    /// All that there is to say about it; its `plaintext` is still empty.
    pub about: Opened,
}

/// Opens a binary message and holds it against the demands.
pub fn open(message: &[u8], request: &OpenRequest<'_>) -> Result<Content, Failure> {
    framing::check(message).map_err(|why| malformed(&why))?;
    let time = openpgp_time(request.time)?;
    let policy = StandardPolicy::at(time);
    let found = read(message, request, &policy, time)?;
    shape::check(message, found.session_key.as_ref())?;
    let about = judge(&found.layers, found.bytes.len(), &Judge { request, policy: &policy, time })?;
    Ok(Content { bytes: found.bytes, about })
}

/// The packets inside the encryption of a message as they stand, nothing of them verified.
///
/// # Errors
/// When the message is malformed, is not encrypted, or not for the receiver.
pub fn inner(message: &[u8], request: &OpenRequest<'_>) -> Result<Vec<u8>, Failure> {
    framing::check(message).map_err(|why| malformed(&why))?;
    read_inner(message, request.receiver).map_err(explain)
}

fn read_inner(message: &[u8], receiver: &Identity) -> pgp::Result<Vec<u8>> {
    let mut encrypted_keys = Vec::new();
    let mut bytes = Vec::new();
    let mut result = PacketParser::from_bytes(message)?;
    while let PacketParserResult::Some(mut parser) = result {
        if let Packet::SEIP(_) = &parser.packet {
            let is_open = pairs(&encrypted_keys, receiver).any(|(encrypted, (_, _, mut pair))| {
                let key = encrypted.decrypt(&mut pair, None);
                key.is_some_and(|(algorithm, key)| parser.decrypt(algorithm, &key).is_ok())
            });
            if !is_open {
                return Err(Failure::not_for_us("the message is not encrypted to the receiver", None).into());
            }
        }
        let is_inside = parser.recursion_depth() > 0;
        if is_inside {
            parser.buffer_unread_content()?;
        }
        let (packet, next) = if is_inside { parser.next()? } else { parser.recurse()? };
        match packet {
            Packet::PKESK(key) => encrypted_keys.push(key),
            // The check of integrity belongs to the encryption, which is made anew.
            #[allow(deprecated)]
            Packet::MDC(_) => {}
            packet if is_inside => packet.serialize(&mut bytes)?,
            _ => {}
        }
        result = next;
    }
    match bytes.is_empty() {
        true => Err(malformed("nothing in it is encrypted").into()),
        false => Ok(bytes),
    }
}

/// The key that a message is encrypted with, as `9:` and hexadecimal, and the receiver's key that opens it.
pub fn session_key(message: &[u8], receiver: &Identity) -> Option<SessionKeyText> {
    let mut encrypted_keys = Vec::new();
    let mut result = PacketParser::from_bytes(message).ok()?;
    while let PacketParserResult::Some(mut parser) = result {
        if let Packet::SEIP(_) = &parser.packet {
            return pairs(&encrypted_keys, receiver).find_map(|(encrypted, (_, handle, mut pair))| {
                let (algorithm, key) = encrypted.decrypt(&mut pair, None)?;
                parser.decrypt(algorithm, &key).ok()?;
                let cipher = algorithm.map_or_else(String::new, |cipher| format!("{}:", u8::from(cipher)));
                let key: String = key.iter().map(|byte| format!("{byte:02X}")).collect();
                Some(SessionKeyText { key: Zeroizing::new(format!("{cipher}{key}")), opened_with: handle })
            });
        }
        let (packet, next) = parser.recurse().ok()?;
        if let Packet::PKESK(key) = packet {
            encrypted_keys.push(key);
        }
        result = next;
    }
    None
}

/// A layer as the library found it, from the outside in.
enum Layer {
    Encryption { cipher: String, readers: usize, opened_with: Option<String> },
    Compression,
    Signatures(Vec<Result<Good, Bad>>),
}

/// A signature that fits the text and its key.
struct Good {
    cert: Fingerprint,
    key: KeyHandle,
    time: SystemTime,
}

/// A signature that does not serve.
enum Bad {
    /// Nobody known has the key.
    UnknownKey(String),
    /// It does not fit the text.
    DoesNotFit(String),
    /// It lies in the future or has expired.
    Untimely(String),
    /// Its key was not fit to sign.
    UnfitKey(String),
}

/// What the library found in a message.
struct Found {
    bytes: Vec<u8>,
    layers: Vec<Layer>,
    session_key: Option<shape::MessageKey>,
}

fn read(
    message: &[u8],
    request: &OpenRequest<'_>,
    policy: &StandardPolicy<'_>,
    time: SystemTime,
) -> Result<Found, Failure> {
    let reader = Reader {
        receiver: request.receiver,
        known: request.known,
        packets: 0,
        readers: 0,
        opened_with: None,
        session_key: None,
        layers: Vec::new(),
    };
    let mut decryptor = DecryptorBuilder::from_bytes(message)
        .and_then(|builder| builder.with_policy(policy, time.checked_add(CLOCK_TOLERANCE), reader))
        .map_err(explain)?;
    let mut bytes = Vec::new();
    decryptor.read_to_end(&mut bytes).map_err(|error| explain(error.into()))?;
    if !decryptor.message_processed() {
        return Err(malformed("it does not end"));
    }
    let Reader { layers, session_key, .. } = decryptor.into_helper();
    Ok(Found { bytes, layers, session_key })
}

/// What the library asks us while it reads.
struct Reader<'a> {
    receiver: &'a Identity,
    known: &'a Keyring,
    packets: usize,
    readers: usize,
    opened_with: Option<String>,
    session_key: Option<shape::MessageKey>,
    layers: Vec<Layer>,
}

impl VerificationHelper for Reader<'_> {
    fn inspect(&mut self, parser: &PacketParser<'_>) -> pgp::Result<()> {
        self.packets += 1;
        if self.packets > MAXIMUM_PACKETS {
            return Err(malformed(&format!("it has more than {MAXIMUM_PACKETS} packets")).into());
        }
        // By its tag: one of a version that nobody knows is refused as well.
        if parser.packet.tag() == Tag::SKESK {
            let message = "the message is also encrypted with a passphrase, and whoever knows that reads along";
            return Err(Failure::unsupported(message, None).into());
        }
        match &parser.packet {
            Packet::CompressedData(packet) if packet.algo() != CompressionAlgorithm::Uncompressed => {
                let message = "the message is compressed; ask its sender to send it uncompressed";
                Err(Failure::unsupported(message, None).into())
            }
            // `framing` looked only at the outermost ones.
            Packet::SEIP(_) if parser.recursion_depth() > 0 => Err(inner_encryption().into()),
            _ => Ok(()),
        }
    }

    fn get_certs(&mut self, issuers: &[KeyHandle]) -> pgp::Result<Vec<Cert>> {
        let certs = self.known.iter().flat_map(Identity::openpgp);
        let issued = |cert: &&Cert| cert.keys().key_handles(issuers.iter()).next().is_some();
        Ok(certs.filter(issued).cloned().collect())
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> pgp::Result<()> {
        self.layers = structure.iter().map(|layer| self.layer(layer)).collect();
        Ok(())
    }
}

impl Reader<'_> {
    fn layer(&self, layer: &MessageLayer<'_>) -> Layer {
        match layer {
            MessageLayer::Compression { .. } => Layer::Compression,
            MessageLayer::Encryption { sym_algo, aead_algo } => Layer::Encryption {
                cipher: match aead_algo {
                    Some(mode) => format!("{sym_algo}, {mode}"),
                    None => sym_algo.to_string(),
                },
                readers: self.readers,
                opened_with: self.opened_with.clone(),
            },
            MessageLayer::SignatureGroup { results } => Layer::Signatures(results.iter().map(signature).collect()),
        }
    }
}

impl DecryptionHelper for Reader<'_> {
    fn decrypt(
        &mut self,
        encrypted_keys: &[PKESK],
        _: &[SKESK],
        algorithm: Option<SymmetricAlgorithm>,
        decrypt: &mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool,
    ) -> pgp::Result<Option<Cert>> {
        self.readers = encrypted_keys.len();
        let mut was_for_us = false;
        for (encrypted, (cert, handle, mut pair)) in pairs(encrypted_keys, self.receiver) {
            was_for_us |= encrypted.recipient().is_some();
            let key = encrypted.decrypt(&mut pair, algorithm);
            let opening = key.filter(|(algorithm, key)| decrypt(*algorithm, key));
            if opening.is_some() {
                self.session_key = opening;
                self.opened_with = Some(handle);
                return Ok(Some(cert.clone()));
            }
        }
        Err(self.cannot_decrypt(encrypted_keys, was_for_us).into())
    }
}

impl Reader<'_> {
    fn cannot_decrypt(&self, encrypted_keys: &[PKESK], was_for_us: bool) -> Failure {
        let jid = self.receiver.jid();
        if was_for_us {
            return Failure::tampered(format!("the message names a key of {jid}, but does not open with it"), None);
        }
        let names = encrypted_keys.iter().filter_map(PKESK::recipient).take(8).map(|key| format!("{key:X}"));
        let names: Vec<String> = names.collect();
        let message = match names.is_empty() {
            true => format!("the message does not open with a key of {jid}"),
            false => {
                format!("the message is encrypted to {}, none of which is a secret key of {jid}", names.join(", "))
            }
        };
        Failure::not_for_us(message, None)
    }
}

/// Each encrypted session key with each secret key of `receiver` that it may be for.
fn pairs<'a>(
    encrypted_keys: &'a [PKESK],
    receiver: &'a Identity,
) -> impl Iterator<Item = (&'a PKESK, (&'a Cert, String, KeyPair))> {
    encrypted_keys.iter().flat_map(move |encrypted| {
        let secret = receiver.openpgp().iter().flat_map(|cert| cert.keys().supported().unencrypted_secret());
        let fits = secret.filter(move |key| match encrypted.recipient() {
            Some(handle) => key.key().key_handle().aliases(handle),
            None => key.key().pk_algo().for_encryption(),
        });
        fits.filter_map(move |key| {
            let pair = key.key().clone().into_keypair().ok()?;
            Some((encrypted, (key.cert(), key.key().fingerprint().to_hex(), pair)))
        })
    })
}

fn signature(result: &VerificationResult<'_>) -> Result<Good, Bad> {
    match result {
        Ok(good) => Ok(Good {
            cert: good.ka.cert().fingerprint(),
            key: good.ka.key().key_handle(),
            time: good.sig.signature_creation_time().ok_or_else(|| Bad::DoesNotFit("it has no time".to_owned()))?,
        }),
        Err(VerificationError::MissingKey { sig }) => {
            let issuer = sig.get_issuers().first().map_or_else(|| "no key".to_owned(), |key| format!("{key:X}"));
            Err(Bad::UnknownKey(issuer))
        }
        Err(VerificationError::UnboundKey { error, .. } | VerificationError::BadKey { error, .. }) => {
            Err(Bad::UnfitKey(error.to_string()))
        }
        Err(VerificationError::BadSignature { error, .. }) => Err(match error.downcast_ref() {
            Some(pgp::Error::NotYetLive(_) | pgp::Error::Expired(_)) => Bad::Untimely(error.to_string()),
            _ => Bad::DoesNotFit(error.to_string()),
        }),
        Err(VerificationError::MalformedSignature { error, .. }) => Err(Bad::DoesNotFit(error.to_string())),
        Err(_) => Err(Bad::DoesNotFit("it cannot be read".to_owned())),
    }
}

/// By what the layers are judged.
struct Judge<'a> {
    request: &'a OpenRequest<'a>,
    policy: &'a StandardPolicy<'a>,
    /// The time of the request.
    time: SystemTime,
}

/// Holds the layers against the demands.
fn judge(layers: &[Layer], length: usize, judge: &Judge<'_>) -> Result<Opened, Failure> {
    let request = judge.request;
    let mut about = Opened {
        plaintext: MappedText::new(),
        signer: None,
        also: Vec::new(),
        signed_at: None,
        retired: None,
        protection: Protection::NONE,
        layers: Vec::new(),
    };
    let mut stranger = None;
    let (mut has_encryption, mut has_signatures) = (false, false);
    for layer in layers {
        match layer {
            Layer::Encryption { cipher, readers, opened_with } => {
                if has_encryption || has_signatures {
                    return Err(inner_encryption());
                }
                has_encryption = true;
                about.protection.encrypted = true;
                about.layers.push(encryption_sentence(cipher, *readers, opened_with.as_deref(), request.receiver));
            }
            Layer::Compression => about.layers.push("A compression layer that compresses nothing.".to_owned()),
            Layer::Signatures(signatures) => {
                if has_signatures {
                    return Err(malformed("it has signatures over signatures"));
                }
                has_signatures = true;
                stranger = judge_signatures(signatures, judge, &mut about)?;
            }
        }
    }
    about.layers.push(format!("{length} bytes of text."));
    hold_against_demand(&about, stranger, request)?;
    Ok(about)
}

fn encryption_sentence(cipher: &str, readers: usize, opened_with: Option<&str>, receiver: &Identity) -> String {
    let keys = if readers == 1 { "key" } else { "keys" };
    let by = opened_with.map(|key| format!("; opened with the key {key} of {}", receiver.jid())).unwrap_or_default();
    format!("Encrypted with {cipher} to {readers} {keys}{by}.")
}

/// Records the signature; there is one, as [`shape`] saw. Answers why it does not count, if it does not.
fn judge_signatures(
    signatures: &[Result<Good, Bad>],
    judge: &Judge<'_>,
    about: &mut Opened,
) -> Result<Option<String>, Failure> {
    let [signature] = signatures else { return Err(shape::several_signatures(signatures.len())) };
    let reason = match signature {
        Ok(good) => match owner(good, judge) {
            Ok(mut owners) => {
                let (jid, retired) = owners.remove(0);
                about.also = owners.into_iter().map(|(jid, _)| jid).collect();
                accept(good, jid, retired, about);
                return Ok(None);
            }
            Err(reason) => reason,
        },
        Err(Bad::UnknownKey(issuer)) => format!("nobody known has the key {issuer}"),
        Err(Bad::DoesNotFit(why)) => {
            return Err(Failure::tampered(format!("the signature does not fit the text: {why}"), None));
        }
        Err(Bad::Untimely(why)) => {
            return Err(Failure::untimely(format!("the signature is not valid now: {why}"), None));
        }
        Err(Bad::UnfitKey(why)) => {
            return Err(Failure::untimely(format!("the signature's key was not valid when it signed: {why}"), None));
        }
    };
    about.layers.push(format!("Signed, but {reason}."));
    Ok(Some(reason))
}

fn accept(good: &Good, jid: BareJid, retired: Option<String>, about: &mut Opened) {
    let time = Timestamp::try_from(good.time).ok();
    let at = time.map(|time| format!(" at {time}")).unwrap_or_default();
    about.layers.push(format!("Signed{at} by {jid} with the key {}.", good.cert.to_hex()));
    if let Some(why) = &retired {
        about.layers.push(format!("That key signs no more: it {why}."));
    }
    about.signer = Some(jid);
    about.signed_at = time;
    about.retired = retired;
    about.protection.signed = true;
}

/// Whose signature it can be: all who are known to have the key, the sender of the request first; or why it is nobody's. With each
/// comes why the key would not sign any more at the time of the request. There is one at least.
fn owner(good: &Good, judge: &Judge<'_>) -> Result<Vec<(BareJid, Option<String>)>, String> {
    let mut reason = "nobody known has the key".to_owned();
    let mut owners = Vec::new();
    for person in judge.request.known.iter() {
        for cert in person.openpgp().iter().filter(|cert| cert.fingerprint() == good.cert) {
            let found = || {
                let now = keys::check_signing(cert, &good.key, person, judge.policy, judge.time);
                (person.jid().clone(), now.err())
            };
            match keys::check(cert, person, judge.policy, good.time) {
                Ok(_) if judge.request.sender == Some(person.jid()) => owners.insert(0, found()),
                Ok(_) => owners.push(found()),
                Err(why) => reason = format!("the key {} of {} {why}", good.cert.to_hex(), person.jid()),
            }
        }
    }
    if owners.is_empty() { Err(reason) } else { Ok(owners) }
}

fn hold_against_demand(about: &Opened, stranger: Option<String>, request: &OpenRequest<'_>) -> Result<(), Failure> {
    if request.demand.encrypted && !about.protection.encrypted {
        return Err(Failure::unencrypted("the message is not encrypted", None));
    }
    if request.demand.signed && !about.protection.signed {
        return Err(match stranger {
            Some(reason) => Failure::wrong_signer(format!("the signature does not count: {reason}"), None),
            None => Failure::unsigned("the message is not signed", None),
        });
    }
    match (&about.signer, request.sender) {
        (Some(signer), Some(sender)) if signer != sender => {
            Err(Failure::wrong_signer(format!("the message is signed by {signer}, not by {sender}"), None))
        }
        _ => Ok(()),
    }
}

/// The library's failure as ours.
pub(super) fn explain(error: pgp::anyhow::Error) -> Failure {
    let error = match error.downcast::<Failure>() {
        Ok(failure) => return failure,
        Err(error) => error,
    };
    match error.downcast_ref::<pgp::Error>() {
        Some(pgp::Error::ManipulatedMessage) => Failure::tampered("the message was changed or cut short", None),
        Some(pgp::Error::MissingSessionKey(_) | pgp::Error::InvalidSessionKey(_)) => {
            Failure::tampered("the message does not open with the key that it names", None)
        }
        Some(
            pgp::Error::UnsupportedSymmetricAlgorithm(_)
            | pgp::Error::UnsupportedAEADAlgorithm(_)
            | pgp::Error::UnsupportedCompressionAlgorithm(_)
            | pgp::Error::PolicyViolation(..),
        ) => Failure::unsupported(format!("the message uses what is not supported: {error:#}"), None),
        _ => malformed(&root_cause(&error)),
    }
}

fn root_cause(error: &pgp::anyhow::Error) -> String {
    error.root_cause().to_string()
}

fn inner_encryption() -> Failure {
    malformed("its encryption is not the outermost layer")
}

pub(super) fn malformed(why: &str) -> Failure {
    Failure::malformed_message(format!("this is not one whole OpenPGP message: {why}"), None)
}
