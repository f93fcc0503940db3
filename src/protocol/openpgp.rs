//! OpenPGP (RFC 9580, RFC 4880) as XEP-0373 uses it.
//!
//! A message is binary and uncompressed, its Base64 has no armour and stands on one line. It is signed with the sender's key,
//! and encrypted to every usable key of every recipient and of the sender, who wants to read what was sent. A key is usable for
//! a person when it is valid at the time of the request and one of its User IDs is `xmpp:` and the bare address, as RFC 7622 prepares it.
//!
//! Opening accepts what other software makes: any key and cipher that the library's standard policy allows. Only one shape is
//! accepted: encryption, if any, around one signature, if any, around the text. A bad signature of a known person is refused
//! even where no signature is demanded. More than one signature is refused, whoever made them and in whatever order, and so are packets
//! behind the message (`shape` says which are passed over) and a passphrase beside the recipients' keys.
//!
//! # What a signature says, and what not
//!
//! It counts when at the time that it *says itself* the certificate was valid, had the User ID of the person, and its key was valid, not
//! revoked, and for signing. That time is given out as [`Opened::signed_at`], of exactly the signature that counted, from its hashed part;
//! it is not later than the request's time and 30 minutes.
//!
//! - A *hard* revocation (the key is compromised, or no reason is given) of the certificate or of the key that signed kills every
//!   signature, whatever it says of its time: who has stolen a key can say anything.
//! - A *soft* one (retired, superseded) and an expiry leave earlier signatures standing, or archives could not be read any more. Then
//!   [`Opened::retired`] says why the key would not count at the time of the request.
//!
//! Not verified is that a signature was really made at the time that it says. Whoever got hold of a retired key can sign with an old date;
//! so of what is said to arrive *now*, a caller demands that `signed_at` is near the time of the request, or that `retired` is nothing.
//! Of what comes out of an archive nobody can know: a key that leaked has to be revoked as compromised. And revocations count only
//! where the keyring has them: nothing is fetched here.
//!
//! # What to know about the library
//!
//! `sequoia-openpgp` does the work, with one of three backends, chosen by a cargo feature of this crate:
//!
//! - `openpgp-rust` (default): cryptography in pure Rust; nothing to install. Sequoia calls this backend *experimental*: it is
//!   younger than the others and cannot promise the same security. It is also *variable-time*: how long an operation takes may
//!   depend on the secret key, so that somebody who can measure many operations might learn the key. Building with this feature
//!   opts in to both (`allow-experimental-crypto`, `allow-variable-time-crypto`). For checking specifications with published
//!   test keys this does not matter. Do not use it with keys of real people where others can measure.
//! - `openpgp-nettle`, `openpgp-openssl`: the system's Nettle or OpenSSL, which do not have these limits. Build with
//!   `--no-default-features --features openpgp-nettle`; it needs `pkg-config`, libclang and the library's headers (Debian:
//!   `pkg-config libclang-dev`, and `nettle-dev` or `libssl-dev`).
//!
//! The library takes random bytes from the system: session keys, ephemeral keys and signature salts cannot be supplied by the
//! caller. Two messages from the same input therefore differ, and [`Random`] is not used here. Time is the caller's.
//!
//! Decompression is not built in. A compressed message is refused as unsupported, and cannot blow up.

mod framing;
pub(super) mod keys;
mod open;
mod seal;
mod shape;

use super::{Breach, Carrier, Failure, Identity, OpenRequest, Opened, Protocol, SealRequest, stub};
use crate::random::Random;
use crate::xml::Element;
use crate::xmpp::base64;
use jiff::Timestamp;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// OpenPGP, and how much of it is read.
#[derive(Clone, Copy, Debug)]
pub struct OpenPgp {
    /// The longest Base64 text that is opened or made, in bytes. White space counts.
    pub maximum: usize,
}

/// One mebibyte, more than most servers let pass in a stanza.
impl Default for OpenPgp {
    fn default() -> OpenPgp {
        OpenPgp { maximum: 1 << 20 }
    }
}

impl Protocol for OpenPgp {
    fn seal(&mut self, plaintext: &str, request: &SealRequest<'_>, _: &mut dyn Random) -> Result<Element, Failure> {
        self.carry(plaintext, request, None)
    }

    fn seal_against(
        &mut self,
        breach: Breach<'_>,
        plaintext: &str,
        request: &SealRequest<'_>,
        _: &mut dyn Random,
    ) -> Result<Element, Failure> {
        self.carry(plaintext, request, Some(breach))
    }

    fn open(&mut self, carrier: &Element, request: &OpenRequest<'_>) -> Result<Opened, Failure> {
        let text = request.carrier.unwrap(carrier)?;
        let place = text.trimmed().whole();
        if text.len() > self.maximum {
            let message = format!("the message has {} bytes of Base64, more than {}", text.len(), self.maximum);
            return Err(Failure::too_large(message, place));
        }
        let message = stub::decode(&text)?;
        let content = open::open(&message, request).map_err(|failure| failure.or_at(place))?;
        let plaintext = stub::plaintext(content.bytes, &text)?;
        Ok(Opened { plaintext, ..content.about })
    }

    /// OpenPGP signs first and encrypts then, so the signed part can be taken out and encrypted to anybody.
    fn pass_on(&mut self, carrier: &Element, request: &OpenRequest<'_>, to: &[&Identity]) -> Result<Element, Failure> {
        let message = stub::decode(&request.carrier.unwrap(carrier)?)?;
        let place = Some(carrier.span);
        let inner = open::inner(&message, request).map_err(|failure| failure.or_at(place))?;
        let message = seal::encrypt(&inner, to, request.time).map_err(|failure| failure.or_at(place))?;
        Ok(request.carrier.wrap(&base64::encode(message), carrier.span))
    }
}

impl OpenPgp {
    fn carry(
        &self,
        plaintext: &str,
        request: &SealRequest<'_>,
        breach: Option<Breach<'_>>,
    ) -> Result<Element, Failure> {
        let message = seal::seal(plaintext, request, breach).map_err(|failure| failure.or_at(Some(request.span)))?;
        let text = base64::encode(message);
        if text.len() > self.maximum {
            let message = format!(
                "the message has {} bytes of Base64, more than the {} that are opened",
                text.len(),
                self.maximum
            );
            return Err(Failure::too_large(message, request.span));
        }
        Ok(request.carrier.wrap(&text, request.span))
    }
}

/// The session key of the message in an element, for test vectors, and the receiver's key that it was encrypted to: as GnuPG writes
/// it, the number of the cipher and the key in hexadecimal. It is secret unless the receiver's keys are published.
pub fn session_key(element: &Element, carrier: &Carrier, receiver: &Identity) -> Option<(Zeroizing<String>, String)> {
    let message = stub::decode(&carrier.unwrap(element).ok()?).ok()?;
    let found = open::session_key(&message, receiver)?;
    Some((found.key, found.opened_with))
}

/// A time as OpenPGP has it: whole seconds from 1970 to 2106.
fn openpgp_time(time: Timestamp) -> Result<SystemTime, Failure> {
    u32::try_from(time.as_second())
        .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into()))
        .map_err(|_| Failure::untimely(format!("OpenPGP has no time {time}: it begins in 1970 and ends in 2106"), None))
}

#[cfg(test)]
mod tests;
