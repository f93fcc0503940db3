//! Hashes of what a result depends on.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The beginning of a hash, in hexadecimal digits, as a name.
pub fn short(hash: &Hash) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of bytes.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A key in the making.
#[derive(Default)]
pub struct Key(Sha256);

impl Key {
    /// Takes something in; where one thing ends is part of the key.
    pub fn and(mut self, bytes: impl AsRef<[u8]>) -> Key {
        self.add(bytes);
        self
    }

    /// The same.
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Takes a list in; where it ends is part of the key.
    pub fn add_all(&mut self, items: impl IntoIterator<Item = impl AsRef<[u8]>>) {
        let mut list = Key::default();
        items.into_iter().for_each(|item| list.add(item));
        self.add(list.done());
    }

    /// The key.
    pub fn done(self) -> Hash {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_where_one_thing_ends() {
        assert_ne!(Key::default().and("ab").and("c").done(), Key::default().and("a").and("bc").done());
        let lists = |one: &[&str], other: &[&str]| {
            let mut key = Key::default();
            key.add_all(one);
            key.add_all(other);
            key.done()
        };
        assert_ne!(lists(&["a", "b"], &[]), lists(&["a"], &["b"]));
    }
}
