//! Random bytes that the caller supplies.
//!
//! The rooms below `workspace` take their random bytes from outside. What is published is made from a [`SeededRandom`], whose
//! seed is published too, so that everybody can make it again.

use sha2::{Digest, Sha256};

/// A source of random bytes.
pub trait Random {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Bytes that follow from a named seed: the same for everybody who knows it, hence never for secrets.
///
/// The stream is SHA-256 in counter mode. Block `n`, from 0 on, is the hash of the 32 bytes of SHA-256(seed) followed by `n` as
/// eight bytes, the most significant first; the blocks follow each other without gaps.
#[derive(Clone, Debug)]
pub struct SeededRandom {
    key: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl SeededRandom {
    /// The stream of that seed, from its start.
    pub fn new(seed: &str) -> SeededRandom {
        SeededRandom { key: Sha256::digest(seed).into(), counter: 0, block: [0; 32], used: 32 }
    }

    fn next_byte(&mut self) -> u8 {
        if self.used >= self.block.len() {
            self.block =
                Sha256::new().chain_update(self.key).chain_update(self.counter.to_be_bytes()).finalize().into();
            self.counter = self.counter.wrapping_add(1);
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        byte
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.next_byte());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(random: &mut SeededRandom, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn the_stream_is_the_published_one() {
        let key = Sha256::digest("xep-sce examples 1");
        let block =
            |number: u64| Sha256::new().chain_update(key).chain_update(number.to_be_bytes()).finalize().to_vec();
        let stream = take(&mut SeededRandom::new("xep-sce examples 1"), 64);
        assert_eq!(stream, [block(0), block(1)].concat());
    }

    #[test]
    fn the_stream_does_not_depend_on_how_it_is_taken() {
        let (mut whole, mut parts) = (SeededRandom::new("seed"), SeededRandom::new("seed"));
        let pieces: Vec<u8> = [0, 1, 31, 33, 5].iter().flat_map(|&length| take(&mut parts, length)).collect();
        assert_eq!(take(&mut whole, 70), pieces);
        assert_ne!(take(&mut SeededRandom::new("other"), 70), pieces);
    }
}
