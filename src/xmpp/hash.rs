//! Hashes: the algorithms of XEP-0300, and the content ids of XEP-0231 that carry one.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use std::fmt;

/// A hash function, by the name that XEP-0300 takes from the IANA's registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `sha-1`
    Sha1,
    /// `sha-224`
    Sha224,
    /// `sha-256`
    Sha256,
    /// `sha-384`
    Sha384,
    /// `sha-512`
    Sha512,
}

/// Every algorithm that can be computed here.
pub const ALGORITHMS: &[Algorithm] =
    &[Algorithm::Sha1, Algorithm::Sha224, Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512];

/// What else XEP-0300 and the registries it points to name: known, but not computed here.
pub const NOT_COMPUTED: &[&str] = &[
    "md2",
    "md5",
    "sha3-224",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "shake128",
    "shake256",
    "blake2b-160",
    "blake2b-256",
    "blake2b-384",
    "blake2b-512",
];

impl Algorithm {
    /// The algorithm of that name, if it can be computed here.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        ALGORITHMS.iter().copied().find(|algorithm| algorithm.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha1 => "sha-1",
            Algorithm::Sha224 => "sha-224",
            Algorithm::Sha256 => "sha-256",
            Algorithm::Sha384 => "sha-384",
            Algorithm::Sha512 => "sha-512",
        }
    }

    /// The number of bytes of a hash.
    pub fn length(self) -> usize {
        match self {
            Algorithm::Sha1 => 20,
            Algorithm::Sha224 => 28,
            Algorithm::Sha256 => 32,
            Algorithm::Sha384 => 48,
            Algorithm::Sha512 => 64,
        }
    }

    /// The hash of data.
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Algorithm::Sha1 => Sha1::digest(data).to_vec(),
            Algorithm::Sha224 => Sha224::digest(data).to_vec(),
            Algorithm::Sha256 => Sha256::digest(data).to_vec(),
            Algorithm::Sha384 => Sha384::digest(data).to_vec(),
            Algorithm::Sha512 => Sha512::digest(data).to_vec(),
        }
    }
}

/// The names of all hash functions that are registered, computed here or not.
pub fn registered() -> impl Iterator<Item = &'static str> {
    ALGORITHMS.iter().map(|algorithm| algorithm.name()).chain(NOT_COMPUTED.iter().copied())
}

/// The number of bytes of a hash of the registered function of that name, unless the function has no fixed one.
pub fn length_of(name: &str) -> Option<usize> {
    if let Some(algorithm) = Algorithm::from_name(name) {
        return Some(algorithm.length());
    }
    match name {
        "md2" | "md5" => Some(16),
        _ if NOT_COMPUTED.contains(&name) => {
            let (_, bits) = name.rsplit_once('-')?;
            bits.parse::<usize>().ok().map(|bits| bits / 8)
        }
        _ => None,
    }
}

/// The HMAC of data with SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 64;
    let hashed = if key.len() > BLOCK { Sha256::digest(key).to_vec() } else { key.to_vec() };
    let padded = |with: u8| (0..BLOCK).map(|at| hashed.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(data).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

/// A content id of XEP-0231: `sha1+8f35fef110ffc5df08d579a50083ff9308fb6242@bob.xmpp.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cid {
    /// The hash function.
    pub algorithm: Algorithm,
    /// The hash.
    pub digest: Vec<u8>,
}

/// The domain of content ids.
const BITS_OF_BINARY: &str = "bob.xmpp.org";

/// Why a text is no content id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CidError {
    /// It does not end with `@bob.xmpp.org`.
    Domain,
    /// No `+` between algorithm and hash.
    NoHash,
    /// An algorithm that is known, but cannot be computed here.
    NotComputed,
    /// An algorithm that nobody knows.
    Algorithm,
    /// The hash is not hexadecimal.
    NotHexadecimal,
    /// The hash has another length than those of its algorithm.
    Length,
}

impl fmt::Display for CidError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            CidError::Domain => "it does not end with `@bob.xmpp.org`",
            CidError::NoHash => "it has no `+` between algorithm and hash",
            CidError::NotComputed => "its algorithm cannot be computed here",
            CidError::Algorithm => "its algorithm is not known",
            CidError::NotHexadecimal => "its hash is not hexadecimal",
            CidError::Length => "its hash does not have the length of its algorithm",
        })
    }
}

impl std::error::Error for CidError {}

impl Cid {
    /// Parses a content id; a `cid:` in front, as in a URL, is passed over.
    pub fn parse(text: &str) -> Result<Cid, CidError> {
        let text = text.strip_prefix("cid:").unwrap_or(text);
        let local = text.strip_suffix(BITS_OF_BINARY).and_then(|rest| rest.strip_suffix('@'));
        let (algorithm, hash) = local.ok_or(CidError::Domain)?.split_once('+').ok_or(CidError::NoHash)?;
        let algorithm = algorithm_of_content_id(algorithm)?;
        let digest = from_hexadecimal(hash).ok_or(CidError::NotHexadecimal)?;
        if digest.len() != algorithm.length() {
            return Err(CidError::Length);
        }
        Ok(Cid { algorithm, digest })
    }

    /// The content id of data.
    pub fn of(algorithm: Algorithm, data: &[u8]) -> Cid {
        Cid { algorithm, digest: algorithm.digest(data) }
    }

    /// Whether it is the content id of this data.
    pub fn verify(&self, data: &[u8]) -> bool {
        self.algorithm.digest(data) == self.digest
    }
}

/// The form that stands in stanzas.
impl fmt::Display for Cid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = if self.algorithm == Algorithm::Sha1 { "sha1" } else { self.algorithm.name() };
        write!(out, "{algorithm}+{}@{BITS_OF_BINARY}", to_hexadecimal(&self.digest))
    }
}

/// XEP-0231 writes `sha1` where XEP-0300 writes `sha-1`; both are understood.
fn algorithm_of_content_id(name: &str) -> Result<Algorithm, CidError> {
    let name = match name {
        "sha1" => "sha-1",
        "sha256" => "sha-256",
        "sha512" => "sha-512",
        name => name,
    };
    let reason = if NOT_COMPUTED.contains(&name) { CidError::NotComputed } else { CidError::Algorithm };
    Algorithm::from_name(name).ok_or(reason)
}

/// Bytes as small hexadecimal digits.
pub fn to_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal digits, small or capital, as bytes.
pub fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes() {
        let check = |name, expected: &str| {
            let hash = Algorithm::from_name(name).map(|algorithm| algorithm.digest(b"abc"));
            assert_eq!(hash.map(|hash| to_hexadecimal(&hash)), Some(expected.to_owned()), "{name}");
        };
        check("sha-1", "a9993e364706816aba3e25717850c26c9cd0d89d");
        check("sha-224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        check("sha-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        for algorithm in ALGORITHMS {
            assert_eq!(algorithm.digest(b"").len(), algorithm.length(), "{algorithm:?}");
        }
        assert_eq!(Algorithm::from_name("sha1"), None);
    }

    /// The test cases 2 and 6 of RFC 4231.
    #[test]
    fn keyed_hashes() {
        let check = |key: &[u8], data: &str, expected: &str| {
            assert_eq!(to_hexadecimal(&hmac_sha256(key, data.as_bytes())), expected, "{data}");
        };
        check(
            b"Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            &[0xaa; 131],
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }

    #[test]
    fn content_ids() {
        let check = |text: &str, expected| assert_eq!(Cid::parse(text).map(|id| id.verify(b"abc")), expected, "{text}");
        let good = "sha1+a9993e364706816aba3e25717850c26c9cd0d89d@bob.xmpp.org";
        check(good, Ok(true));
        check(&format!("cid:{good}"), Ok(true));
        check(&good.replace("a9", "a8"), Ok(false));
        check(&good.replace("sha1", "sha-1"), Ok(true));
        check(&good.replace("sha1", "sha9"), Err(CidError::Algorithm));
        check(&good.replace("sha1", "md5"), Err(CidError::NotComputed));
        check(&good.replace("a9", "a"), Err(CidError::NotHexadecimal));
        check(&good.replace("a9", ""), Err(CidError::Length));
        check(&good.replace('+', ""), Err(CidError::NoHash));
        check(&good.replace(".org", ".net"), Err(CidError::Domain));
        check("", Err(CidError::Domain));
        assert_eq!(Cid::of(Algorithm::Sha1, b"abc").to_string(), good);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "(sha1\\+)?\\PC{0,30}(@bob.xmpp.org)?") {
            let _ = Cid::parse(&text);
        }
    }
}
