//! Keys: X25519 pairs, identity keys, signatures.
//!
//! An identity key travels as an Ed25519 public key and takes part in agreements as its Curve25519 equivalent (XEP-0384,
//! section 4.2). Its secret half may be either: a seed of Ed25519, which signs as RFC 8032 says, or a Curve25519 scalar, which
//! signs by XEdDSA (Signal, *The XEdDSA and VXEdDSA Signature Schemes*, section 2.4).

use crate::protocol::Failure;
use crate::random::Random;
pub(super) use crate::xmpp::hash::to_hexadecimal as hex;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};
use std::fmt;
use std::sync::{Arc, OnceLock};
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

/// A public key in either of its forms, as it travels.
pub type PublicBytes = [u8; 32];

/// An Ed25519 signature.
pub type SignatureBytes = [u8; 64];

/// 32 secret bytes. They stand in one place however often this is cloned, and are wiped when the last clone is dropped.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<[u8; 32]>>);

impl Secret {
    /// The secret of these bytes; the caller wipes its own copy.
    pub fn new(bytes: &[u8; 32]) -> Secret {
        Secret(Arc::new(Zeroizing::new(*bytes)))
    }

    /// Fresh bytes.
    pub fn random(random: &mut dyn Random) -> Secret {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut_slice());
        Secret::new(&bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Compares in constant time.
impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.bytes().ct_eq(other.bytes()).into()
    }
}

impl Eq for Secret {}

/// Shows nothing.
impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

/// An X25519 key pair (RFC 7748).
#[derive(Clone, Debug)]
pub struct KeyPair {
    secret: Secret,
    /// Computed when it is first asked for: a device has a hundred prekeys, and uses one at a time.
    public: OnceLock<PublicBytes>,
}

/// The public key follows from the secret one.
impl PartialEq for KeyPair {
    fn eq(&self, other: &KeyPair) -> bool {
        self.secret == other.secret
    }
}

impl Eq for KeyPair {}

impl KeyPair {
    /// A fresh pair.
    pub fn generate(random: &mut dyn Random) -> KeyPair {
        KeyPair::of(Secret::random(random))
    }

    /// The pair of a secret key.
    pub fn of(secret: Secret) -> KeyPair {
        KeyPair { secret, public: OnceLock::new() }
    }

    /// The public key: a u-coordinate, without the prefix that older versions of the protocol have.
    pub fn public(&self) -> &PublicBytes {
        self.public.get_or_init(|| PublicKey::from(&StaticSecret::from(*self.secret.bytes())).to_bytes())
    }

    /// The secret key.
    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What the holder of the other key computes as well.
    ///
    /// # Errors
    /// When the public key is none that anybody generates: its highest bit is set, or it is of small order.
    pub fn agree(&self, other: &PublicBytes) -> Result<Zeroizing<[u8; 32]>, Failure> {
        agree(&self.secret, other)
    }
}

/// The agreement of a secret and a public key.
///
/// # Errors
/// When the public key is none that anybody generates: its highest bit is set, which X25519 would ignore so that two forms of
/// one key passed for different ones, or it is of small order, so that the outcome does not depend on the secret.
fn agree(secret: &Secret, other: &PublicBytes) -> Result<Zeroizing<[u8; 32]>, Failure> {
    check_public(other)?;
    let shared = StaticSecret::from(*secret.bytes()).diffie_hellman(&PublicKey::from(*other));
    match shared.was_contributory() {
        true => Ok(Zeroizing::new(shared.to_bytes())),
        false => Err(Failure::unusable_key("a public key is of small order, so that nothing would be secret", None)),
    }
}

/// Whether a public X25519 key is in the form in which it is made.
///
/// # Errors
/// When its highest bit is set, or it is not below the field's prime: X25519 would take it for another one.
pub fn check_public(key: &PublicBytes) -> Result<(), Failure> {
    if key.last().is_none_or(|last| last & 0x80 != 0) {
        return Err(Failure::unusable_key("the highest bit of a public key is set", None));
    }
    // The prime is 2²⁵⁵ − 19: all bits are set but for those of the lowest byte.
    let (lowest, rest) = key.split_first().unwrap_or((&0, &[]));
    let is_above = *lowest >= 0xed && rest.iter().take(30).all(|byte| *byte == 0xff) && rest.last() == Some(&0x7f);
    match is_above {
        true => Err(Failure::unusable_key("a public key is not written in its one form", None)),
        false => Ok(()),
    }
}

/// Whether a public X25519 key is one that secrets can be agreed with.
///
/// # Errors
/// As [`check_public`], and when it is of small order.
pub fn check_agreeable(key: &PublicBytes) -> Result<(), Failure> {
    agree(&Secret::new(&[0x40; 32]), key).map(|_| ())
}

/// A device's public identity key: an Ed25519 point, with either sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey(PublicBytes);

impl IdentityKey {
    /// Reads the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// When they are no point of the curve, not the one form of it, or a point that nobody's secret leads to: one of small order, or with
    /// a part of small order, of which an agreement knows nothing, so that eight keys would pass for one.
    pub fn new(bytes: PublicBytes) -> Result<IdentityKey, Failure> {
        let refused = |why: &str| Err(Failure::unusable_key(format!("the identity key is {why}"), None));
        match CompressedEdwardsY(bytes).decompress() {
            None => refused("no point of Ed25519"),
            Some(point) if point.compress().to_bytes() != bytes => refused("not written in its one form"),
            Some(point) if point.is_small_order() => refused("of small order"),
            Some(point) if !point.is_torsion_free() => refused("no multiple of the base point"),
            Some(_) => Ok(IdentityKey(bytes)),
        }
    }

    /// The key as it travels.
    pub fn bytes(&self) -> &PublicBytes {
        &self.0
    }

    /// Its Curve25519 equivalent, which loses the sign (RFC 7748, section 4.1).
    pub fn agreement_key(&self) -> PublicBytes {
        let point = CompressedEdwardsY(self.0).decompress();
        point.expect("an identity key was a point when it was read").to_montgomery().to_bytes()
    }

    /// Whether it is the same as another one, or differs from it in the sign alone: both agree on the same secrets.
    pub fn is_equivalent(&self, other: &PublicBytes) -> bool {
        self.0[..31] == other[..31] && (self.0[31] ^ other[31]) & 0x7f == 0
    }

    /// Whether `signature` is this key's over `message` (RFC 8032, section 5.1.7), strictly: its scalar is below the group's order, its
    /// point is written in its one form and not of small order, and the equation holds without the cofactor.
    pub fn has_signed(&self, message: &[u8], signature: &SignatureBytes) -> bool {
        let key = VerifyingKey::from_bytes(&self.0);
        key.is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }

    /// What people compare: the Curve25519 form in hexadecimal, in eight groups (XEP-0384, section 8).
    pub fn fingerprint(&self) -> String {
        let groups: Vec<String> = self.agreement_key().chunks(4).map(hex).collect();
        groups.join(" ")
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "IdentityKey({})", hex(&self.0))
    }
}

/// A signature in the form that [`IdentityKey::has_signed`] refuses: the group's order is added to its scalar, which leaves it the same
/// scalar (RFC 8032, section 5.1).
pub fn with_high_scalar(signature: &SignatureBytes) -> SignatureBytes {
    // The order in little endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut high = *signature;
    let mut carry = 0;
    for (digit, more) in high[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*digit) + u16::from(more) + carry;
        (*digit, carry) = ((sum & 0xff) as u8, sum >> 8);
    }
    high
}

/// A device's identity key with its secret half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPair {
    public: IdentityKey,
    half: Half,
}

/// The secret half of an identity key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// A seed of Ed25519.
    Seed(Secret),
    /// A Curve25519 scalar.
    Scalar(Secret),
}

impl IdentityPair {
    /// A fresh pair.
    pub fn generate(random: &mut dyn Random) -> IdentityPair {
        IdentityPair::from_seed(Secret::random(random))
    }

    /// The pair of a seed of Ed25519 (RFC 8032, section 5.1.5). Its public key has either sign.
    pub fn from_seed(seed: Secret) -> IdentityPair {
        let public = SigningKey::from_bytes(seed.bytes()).verifying_key().to_bytes();
        IdentityPair { public: IdentityKey(public), half: Half::Seed(seed) }
    }

    /// The pair of a Curve25519 scalar, whose public key travels as `public`: of the two points that have the scalar's
    /// u-coordinate, the one that was published.
    ///
    /// # Errors
    /// When `public` is neither of them.
    pub fn from_scalar(scalar: Secret, public: IdentityKey) -> Result<IdentityPair, Failure> {
        match KeyPair::of(scalar.clone()).public() == &public.agreement_key() {
            true => Ok(IdentityPair { public, half: Half::Scalar(scalar) }),
            false => Err(Failure::unusable_key("the secret and the public identity key do not belong together", None)),
        }
    }

    /// The public key.
    pub fn public(&self) -> &IdentityKey {
        &self.public
    }

    pub(super) fn half(&self) -> &Half {
        &self.half
    }

    /// The agreement with a public X25519 key.
    ///
    /// # Errors
    /// As [`KeyPair::agree`].
    pub fn agree(&self, other: &PublicBytes) -> Result<Zeroizing<[u8; 32]>, Failure> {
        match &self.half {
            Half::Scalar(scalar) => agree(scalar, other),
            Half::Seed(seed) => {
                let scalar = Zeroizing::new(SigningKey::from_bytes(seed.bytes()).to_scalar_bytes());
                agree(&Secret::new(&scalar), other)
            }
        }
    }

    /// The signature over `message`, which verifies as one of Ed25519 under the public key.
    ///
    /// XEdDSA needs random bytes; a seed signs without.
    pub fn sign(&self, message: &[u8], random: &mut dyn Random) -> SignatureBytes {
        match &self.half {
            Half::Seed(seed) => SigningKey::from_bytes(seed.bytes()).sign(message).to_bytes(),
            Half::Scalar(scalar) => self.sign_with_scalar(scalar, message, random),
        }
    }

    /// XEdDSA, but for the sign: the original only knows the point with the sign 0, here it is the published one.
    fn sign_with_scalar(&self, scalar: &Secret, message: &[u8], random: &mut dyn Random) -> SignatureBytes {
        let secret = Zeroizing::new(self.signing_scalar(scalar));
        let mut fresh = Zeroizing::new([0; 64]);
        random.fill(fresh.as_mut_slice());
        let mut prefix = [0xff; 32];
        prefix[0] = 0xfe;
        let nonce = Sha512::new()
            .chain_update(prefix)
            .chain_update(Zeroizing::new(secret.to_bytes()).as_slice())
            .chain_update(message)
            .chain_update(fresh.as_slice());
        let nonce = Zeroizing::new(Scalar::from_hash(nonce));
        let commitment = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
        let challenge = Scalar::from_hash(
            Sha512::new().chain_update(commitment).chain_update(self.public.bytes()).chain_update(message),
        );
        let response = *nonce + challenge * *secret;
        Signature::from_components(commitment, response.to_bytes()).to_bytes()
    }

    /// The scalar, negated where the published point has the other sign.
    fn signing_scalar(&self, scalar: &Secret) -> Scalar {
        let clamped = Zeroizing::new(clamp_integer(*scalar.bytes()));
        let scalar = Scalar::from_bytes_mod_order(*clamped);
        match EdwardsPoint::mul_base(&scalar).compress().to_bytes() == *self.public.bytes() {
            true => scalar,
            false => -scalar,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn bytes(hex: &str) -> [u8; 32] {
        let digits: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap()).collect();
        digits.try_into().unwrap()
    }

    #[test]
    fn agreements_are_those_of_rfc_7748() {
        let bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        let bob = KeyPair::of(Secret::new(&bob));
        assert_eq!(hex(bob.public()), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        let alice = bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        let shared = bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(*bob.agree(&alice).unwrap(), shared);
    }

    #[test]
    fn the_first_vector_of_rfc_8032_is_the_identity_of_its_seed() {
        let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let pair = IdentityPair::from_seed(Secret::new(&seed));
        let public = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(pair.public().bytes(), &public);
        let signature = pair.sign(b"", &mut SeededRandom::new("unused"));
        assert_eq!(hex(&signature[..8]), "e5564300c360ac72");
    }

    /// Identities of both kinds and both signs: they sign what verifies, and agree with anybody.
    #[test]
    fn identities_of_either_kind_and_sign_sign_and_agree() {
        let mut random = SeededRandom::new("identities");
        let mut signs = [0, 0];
        for _ in 0..12 {
            let seeded = IdentityPair::generate(&mut random);
            let pair = KeyPair::generate(&mut random);
            let mut point = EdwardsPoint::mul_base_clamped(*pair.secret().bytes()).compress().to_bytes();
            point[31] ^= (signs[1] % 2) << 7;
            let scalar = IdentityPair::from_scalar(pair.secret().clone(), IdentityKey::new(point).unwrap()).unwrap();
            for identity in [seeded, scalar] {
                let signature = identity.sign(b"message", &mut random);
                assert!(identity.public().has_signed(b"message", &signature));
                assert!(!identity.public().has_signed(b"massage", &signature));
                let other = KeyPair::generate(&mut random);
                let agreed = other.agree(&identity.public().agreement_key()).unwrap();
                assert_eq!(*identity.agree(other.public()).unwrap(), *agreed);
                signs[usize::from(identity.public().bytes()[31] >> 7)] += 1;
            }
        }
        assert!(signs[0] > 3 && signs[1] > 3, "{signs:?}");
    }

    #[test]
    fn keys_that_nobody_generates_are_refused() {
        let pair = KeyPair::generate(&mut SeededRandom::new("a"));
        let mut high = *pair.public();
        high[31] |= 0x80;
        assert!(pair.agree(&high).unwrap_err().is_unusable_key());
        assert!(pair.agree(&[0; 32]).unwrap_err().is_unusable_key());
        let mut one = [0; 32];
        one[0] = 1;
        assert!(pair.agree(&one).unwrap_err().is_unusable_key());
        assert!(IdentityKey::new(one).unwrap_err().is_unusable_key(), "the neutral point");
        let mut two = one;
        two[0] = 2;
        assert!(IdentityKey::new(two).unwrap_err().is_unusable_key(), "no point");
        let mut prime = [0xff; 32];
        (prime[0], prime[31]) = (0xed, 0x7f);
        for above in 0..19 {
            let mut key = prime;
            key[0] += above;
            assert!(check_public(&key).unwrap_err().is_unusable_key(), "2²⁵⁵ − 19 + {above}");
        }
        prime[0] -= 1;
        check_public(&prime).unwrap();
        assert!(check_agreeable(&prime).unwrap_err().is_unusable_key(), "−1 is of small order");
        check_agreeable(pair.public()).unwrap();
        let other = IdentityPair::generate(&mut SeededRandom::new("b"));
        assert!(IdentityPair::from_scalar(pair.secret().clone(), *other.public()).is_err());
    }

    /// Each point of small order in each of its forms, and honest keys with such a part.
    #[test]
    fn identity_keys_are_honest_points_in_their_one_form() {
        use curve25519_dalek::constants::EIGHT_TORSION;
        let honest = IdentityPair::generate(&mut SeededRandom::new("c"));
        let point = CompressedEdwardsY(*honest.public().bytes()).decompress().unwrap();
        for (at, torsion) in EIGHT_TORSION.iter().enumerate() {
            let small = torsion.compress().to_bytes();
            assert!(IdentityKey::new(small).unwrap_err().message().contains("small order"), "{at}");
            let mixed = IdentityKey::new((point + torsion).compress().to_bytes());
            assert_eq!(mixed.is_ok(), at == 0, "{at}: {mixed:?}");
        }
        // y = 1 is written as p + 1 as well, and its x = 0 with either sign.
        let mut above = [0xff; 32];
        (above[0], above[31]) = (0xee, 0x7f);
        let mut negative = [0; 32];
        (negative[0], negative[31]) = (1, 0x80);
        for odd in [above, negative] {
            assert!(IdentityKey::new(odd).unwrap_err().message().contains("one form"), "{odd:?}");
        }
    }

    #[test]
    fn signatures_are_verified_strictly() {
        use curve25519_dalek::constants::EIGHT_TORSION;
        let identity = IdentityPair::generate(&mut SeededRandom::new("d"));
        let signature = identity.sign(b"message", &mut SeededRandom::new("unused"));
        assert!(identity.public().has_signed(b"message", &signature));
        let again = with_high_scalar(&signature);
        assert_eq!(Scalar::from_bytes_mod_order(again[32..].try_into().unwrap()).to_bytes(), signature[32..]);
        assert!(!identity.public().has_signed(b"message", &again), "a scalar above the order");
        // The holder of the key can sign with a point of small order, or with such a part in it; others verify that with the cofactor.
        let Half::Seed(seed) = identity.half() else { panic!("made of a seed") };
        let scalar = clamp_integer(SigningKey::from_bytes(seed.bytes()).to_scalar_bytes());
        let secret = Scalar::from_bytes_mod_order(scalar);
        let sign = |commitment: EdwardsPoint, nonce: Scalar| {
            let commitment = commitment.compress().to_bytes();
            let hash = Sha512::new().chain_update(commitment).chain_update(identity.public().bytes());
            let challenge = Scalar::from_hash(hash.chain_update(b"message"));
            Signature::from_components(commitment, (nonce + challenge * secret).to_bytes()).to_bytes()
        };
        let nonce = Scalar::from(7u8);
        assert!(
            identity.public().has_signed(b"message", &sign(EdwardsPoint::mul_base(&nonce), nonce)),
            "as it should be"
        );
        for torsion in EIGHT_TORSION {
            assert!(!identity.public().has_signed(b"message", &sign(torsion, Scalar::ZERO)));
        }
        for torsion in &EIGHT_TORSION[1..] {
            let mixed = EdwardsPoint::mul_base(&nonce) + torsion;
            assert!(!identity.public().has_signed(b"message", &sign(mixed, nonce)));
        }
    }

    #[test]
    fn a_fingerprint_is_the_agreement_key_in_groups() {
        let identity = IdentityPair::generate(&mut SeededRandom::new("a"));
        let fingerprint = identity.public().fingerprint();
        assert_eq!(fingerprint.replace(' ', ""), hex(&identity.public().agreement_key()));
        assert_eq!(fingerprint.split(' ').count(), 8);
        assert_eq!(format!("{:?}", Secret::new(&[7; 32])), "Secret");
    }
}
