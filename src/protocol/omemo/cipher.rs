//! The two boxes of the protocol, which differ in their names alone: AES-256-CBC with PKCS #7 padding, and HMAC-SHA-256 cut to
//! 16 bytes (XEP-0384, sections 4.3 and 4.4).

use super::keys::Secret;
use crate::protocol::Failure;
use crate::random::Random;
use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The length of an authentication tag in bytes.
pub const TAG: usize = 16;

/// The length in bytes of what the ratchet carries to each device: the payload's key and its tag.
pub const PAYLOAD_KEY: usize = 32 + TAG;

/// What the ratchet carries in an empty message (XEP-0384, section 5.5.3).
pub const EMPTY: [u8; 32] = [0; 32];

/// An authentication tag.
pub type Tag = [u8; TAG];

/// The keys of one box.
pub struct BoxKeys {
    encryption: Zeroizing<[u8; 32]>,
    authentication: Zeroizing<[u8; 32]>,
    vector: Zeroizing<[u8; 16]>,
}

impl BoxKeys {
    /// The keys of a message of the ratchet.
    pub fn of_message(key: &Secret) -> BoxKeys {
        BoxKeys::derive(key.bytes(), b"OMEMO Message Key Material")
    }

    /// The keys of a payload.
    pub fn of_payload(key: &[u8]) -> BoxKeys {
        BoxKeys::derive(key, b"OMEMO Payload")
    }

    /// The key of AES-256-CBC.
    pub fn encryption(&self) -> &[u8; 32] {
        &self.encryption
    }

    /// The key of HMAC-SHA-256.
    pub fn authentication(&self) -> &[u8; 32] {
        &self.authentication
    }

    /// The initialisation vector.
    pub fn vector(&self) -> &[u8; 16] {
        &self.vector
    }

    fn derive(key: &[u8], info: &[u8]) -> BoxKeys {
        let output: Zeroizing<[u8; 80]> = expand(&[0; 32], key, info);
        let output = output.as_slice();
        BoxKeys { encryption: part(output, 0), authentication: part(output, 32), vector: part(output, 64) }
    }

    /// The ciphertext of `plaintext`.
    pub fn encrypt(&self, plaintext: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<Aes256>::new((&*self.encryption).into(), (&*self.vector).into())
            .encrypt_padded_vec_mut::<Pkcs7>(plaintext)
    }

    /// The plaintext of `ciphertext`, whose tag was verified; nothing where it is no whole number of padded blocks.
    pub fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        cbc::Decryptor::<Aes256>::new((&*self.encryption).into(), (&*self.vector).into())
            .decrypt_padded_vec_mut::<Pkcs7>(ciphertext)
            .ok()
            .map(Zeroizing::new)
    }

    /// The tag over all parts, one after the other.
    pub fn tag(&self, parts: &[&[u8]]) -> Tag {
        let whole = self.authenticator(parts).finalize().into_bytes();
        let mut tag = [0; TAG];
        tag.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        tag
    }

    /// Whether that is the tag over all parts, compared in constant time.
    pub fn has_tagged(&self, parts: &[&[u8]], tag: &Tag) -> bool {
        self.authenticator(parts).verify_truncated_left(tag).is_ok()
    }

    fn authenticator(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut authenticator = keyed(&self.authentication);
        parts.iter().for_each(|part| authenticator.update(part));
        authenticator
    }
}

/// `LENGTH` bytes of HKDF-SHA-256 (RFC 5869).
pub fn expand<const LENGTH: usize>(salt: &[u8; 32], material: &[u8], info: &[u8]) -> Zeroizing<[u8; LENGTH]> {
    let mut output = Zeroizing::new([0; LENGTH]);
    Hkdf::<Sha256>::new(Some(salt), material)
        .expand(info, output.as_mut_slice())
        .expect("less than 255 hashes are asked for");
    output
}

/// HMAC-SHA-256 of one byte: the step of a chain.
pub fn authenticate_byte(key: &Secret, byte: u8) -> Secret {
    let mut authenticator = keyed(key.bytes());
    authenticator.update(&[byte]);
    let output: Zeroizing<[u8; 32]> = Zeroizing::new(authenticator.finalize().into_bytes().into());
    Secret::new(&output)
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// The bytes from `start` on.
pub fn part<const LENGTH: usize>(bytes: &[u8], start: usize) -> Zeroizing<[u8; LENGTH]> {
    let mut part = Zeroizing::new([0; LENGTH]);
    part.iter_mut().zip(bytes.iter().skip(start)).for_each(|(to, from)| *to = *from);
    part
}

/// How many bytes the payload of a plaintext of so many has: the cipher fills up to blocks of 16, with one byte at least.
pub fn payload_length(plaintext: usize) -> usize {
    plaintext - plaintext % 16 + 16
}

/// Encrypts a payload under a fresh key. Answers the ciphertext, and what the ratchet carries to each device.
pub fn seal_payload(plaintext: &[u8], random: &mut dyn Random) -> (Vec<u8>, Zeroizing<Vec<u8>>) {
    let key = Secret::random(random);
    let keys = BoxKeys::of_payload(key.bytes());
    let ciphertext = keys.encrypt(plaintext);
    let tag = keys.tag(&[&ciphertext]);
    let mut carried = Zeroizing::new(Vec::with_capacity(PAYLOAD_KEY));
    carried.extend_from_slice(key.bytes());
    carried.extend_from_slice(&tag);
    (ciphertext, carried)
}

/// Decrypts a payload with what the ratchet carried.
///
/// # Errors
/// When that is no key with a tag, or the payload is another one.
pub fn open_payload(ciphertext: &[u8], carried: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (key, tag) = carried.split_at_checked(32).ok_or_else(|| wrong_length(carried))?;
    let tag: &Tag = tag.try_into().map_err(|_| wrong_length(carried))?;
    let keys = BoxKeys::of_payload(key);
    if !keys.has_tagged(&[ciphertext], tag) {
        return Err(Failure::tampered("the payload is not the one that the message's key was sent for", None));
    }
    keys.decrypt(ciphertext)
        .ok_or_else(|| Failure::malformed_message("the payload is no whole number of padded blocks", None))
}

fn wrong_length(carried: &[u8]) -> Failure {
    let message = format!("the key of the payload has {} bytes, not {PAYLOAD_KEY}", carried.len());
    Failure::malformed_message(message, None)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn a_payload_comes_back() {
        for length in [0, 1, 15, 16, 17, 1000] {
            let text = vec![7; length];
            let (ciphertext, key) = seal_payload(&text, &mut SeededRandom::new("a"));
            assert_eq!(ciphertext.len(), length / 16 * 16 + 16);
            assert_eq!(*open_payload(&ciphertext, &key).unwrap(), text);
        }
    }

    #[test]
    fn every_changed_byte_and_every_length_is_refused() {
        let (ciphertext, key) = seal_payload(b"Good night, good night!", &mut SeededRandom::new("a"));
        for at in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[at] ^= 1;
            assert!(open_payload(&changed, &key).unwrap_err().is_tampered());
        }
        for at in 0..key.len() {
            let mut changed = key.clone();
            changed[at] ^= 1;
            assert!(open_payload(&ciphertext, &changed).unwrap_err().is_tampered());
        }
        assert!(open_payload(&ciphertext[..16], &key).unwrap_err().is_tampered());
        assert!(open_payload(&ciphertext, &EMPTY).unwrap_err().is_malformed_message());
        assert!(open_payload(&ciphertext, &[]).unwrap_err().is_malformed_message());
    }
}
