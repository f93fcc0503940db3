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
    /// One that XEP-0300 knows and this program cannot compute: the name and the number of its bytes.
    Other(&'static str, usize),
}

/// Every algorithm that XEP-0300 names.
pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm::Other("md2", 16),
    Algorithm::Other("md5", 16),
    Algorithm::Sha1,
    Algorithm::Sha224,
    Algorithm::Sha256,
    Algorithm::Sha384,
    Algorithm::Sha512,
    Algorithm::Other("sha3-256", 32),
    Algorithm::Other("sha3-512", 64),
    Algorithm::Other("blake2b-256", 32),
    Algorithm::Other("blake2b-512", 64),
];

impl Algorithm {
    /// The algorithm of that name.
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
            Algorithm::Other(name, _) => name,
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
            Algorithm::Other(_, length) => length,
        }
    }

    /// The hash of data, if this program can compute it.
    pub fn hash(self, data: &[u8]) -> Option<Vec<u8>> {
        match self {
            Algorithm::Sha1 => Some(Sha1::digest(data).to_vec()),
            Algorithm::Sha224 => Some(Sha224::digest(data).to_vec()),
            Algorithm::Sha256 => Some(Sha256::digest(data).to_vec()),
            Algorithm::Sha384 => Some(Sha384::digest(data).to_vec()),
            Algorithm::Sha512 => Some(Sha512::digest(data).to_vec()),
            Algorithm::Other(..) => None,
        }
    }
}

/// A content id of XEP-0231: `sha1+8f35fef110ffc5df08d579a50083ff9308fb6242@bob.xmpp.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentId {
    /// The hash function.
    pub algorithm: Algorithm,
    /// The hash.
    pub hash: Vec<u8>,
}

/// The domain of content ids.
const BITS_OF_BINARY: &str = "bob.xmpp.org";

/// Why a text is no content id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentIdError {
    /// It does not end with `@bob.xmpp.org`.
    Domain,
    /// No `+` between algorithm and hash.
    NoHash,
    /// An algorithm that nobody knows.
    Algorithm,
    /// The hash is not hexadecimal.
    NotHexadecimal,
    /// The hash has another length than those of its algorithm.
    Length,
}

impl fmt::Display for ContentIdError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            ContentIdError::Domain => "it does not end with `@bob.xmpp.org`",
            ContentIdError::NoHash => "it has no `+` between algorithm and hash",
            ContentIdError::Algorithm => "its algorithm is not known",
            ContentIdError::NotHexadecimal => "its hash is not hexadecimal",
            ContentIdError::Length => "its hash does not have the length of its algorithm",
        })
    }
}

impl std::error::Error for ContentIdError {}

impl ContentId {
    /// Parses a content id; a `cid:` in front, as in a URL, is passed over.
    pub fn parse(text: &str) -> Result<ContentId, ContentIdError> {
        let text = text.strip_prefix("cid:").unwrap_or(text);
        let local = text.strip_suffix(BITS_OF_BINARY).and_then(|rest| rest.strip_suffix('@'));
        let (algorithm, hash) = local.ok_or(ContentIdError::Domain)?.split_once('+').ok_or(ContentIdError::NoHash)?;
        let algorithm = algorithm_of_content_id(algorithm).ok_or(ContentIdError::Algorithm)?;
        let hash = from_hexadecimal(hash).ok_or(ContentIdError::NotHexadecimal)?;
        if hash.len() != algorithm.length() {
            return Err(ContentIdError::Length);
        }
        Ok(ContentId { algorithm, hash })
    }

    /// The content id of data, if this program can compute the hash.
    pub fn of(algorithm: Algorithm, data: &[u8]) -> Option<ContentId> {
        Some(ContentId { algorithm, hash: algorithm.hash(data)? })
    }

    /// Whether it is the content id of this data; `None` if this program cannot compute the hash.
    pub fn verify(&self, data: &[u8]) -> Option<bool> {
        Some(self.algorithm.hash(data)? == self.hash)
    }
}

/// The form that stands in stanzas.
impl fmt::Display for ContentId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = if self.algorithm == Algorithm::Sha1 { "sha1" } else { self.algorithm.name() };
        write!(out, "{algorithm}+{}@{BITS_OF_BINARY}", to_hexadecimal(&self.hash))
    }
}

/// XEP-0231 writes `sha1` where XEP-0300 writes `sha-1`; both are understood.
fn algorithm_of_content_id(name: &str) -> Option<Algorithm> {
    match name {
        "sha1" => Some(Algorithm::Sha1),
        "sha256" => Some(Algorithm::Sha256),
        "sha512" => Some(Algorithm::Sha512),
        name => Algorithm::from_name(name),
    }
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
            let hash = Algorithm::from_name(name).and_then(|algorithm| algorithm.hash(b"abc"));
            assert_eq!(hash.map(|hash| to_hexadecimal(&hash)), Some(expected.to_owned()), "{name}");
        };
        check("sha-1", "a9993e364706816aba3e25717850c26c9cd0d89d");
        check("sha-224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        check("sha-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        for algorithm in ALGORITHMS {
            assert!(algorithm.hash(b"").is_none_or(|hash| hash.len() == algorithm.length()), "{algorithm:?}");
        }
        assert_eq!(Algorithm::from_name("sha1"), None);
    }

    #[test]
    fn content_ids() {
        let check =
            |text: &str, expected| assert_eq!(ContentId::parse(text).map(|id| id.verify(b"abc")), expected, "{text}");
        let good = "sha1+a9993e364706816aba3e25717850c26c9cd0d89d@bob.xmpp.org";
        check(good, Ok(Some(true)));
        check(&format!("cid:{good}"), Ok(Some(true)));
        check(&good.replace("a9", "a8"), Ok(Some(false)));
        check(&good.replace("sha1", "sha-1"), Ok(Some(true)));
        check(&good.replace("sha1", "sha9"), Err(ContentIdError::Algorithm));
        check(&good.replace("a9", "a"), Err(ContentIdError::NotHexadecimal));
        check(&good.replace("a9", ""), Err(ContentIdError::Length));
        check(&good.replace('+', ""), Err(ContentIdError::NoHash));
        check(&good.replace(".org", ".net"), Err(ContentIdError::Domain));
        check("", Err(ContentIdError::Domain));
        assert_eq!(ContentId::of(Algorithm::Sha1, b"abc").map(|id| id.to_string()), Some(good.to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "(sha1\\+)?\\PC{0,30}(@bob.xmpp.org)?") {
            let _ = ContentId::parse(&text);
        }
    }
}
