// Where a word stands in the packed table of misspellings. Shared by what packs it (`build.rs`) and what looks words up.

/// How many slots the table has: a power of two, well above the number of words.
pub const SLOTS: usize = 1 << 18;

/// How many bytes a slot has: a mark of the word, and where its line begins in the text, plus one; each a number of four bytes.
pub const SLOT: usize = 8;

/// How many bits the filter has, a power of two: one word in ten that is not in the list passes it. It is small enough to stay near
/// the processor, which the table is not.
pub const BITS: usize = 1 << 20;

/// The byte of the filter in which a word with that number has its bit, and the bit.
pub fn bit(hash: u64) -> (usize, u8) {
    let bit = (hash >> 40) as usize % BITS;
    (bit / 8, 1 << (bit % 8))
}

/// A number for a word, whatever its capital letters: FNV-1a of 64 bits.
pub fn hash(word: &[u8]) -> u64 {
    word.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The slot at which to begin to look for a word with that number, and its mark.
pub fn place(hash: u64) -> (usize, u32) {
    ((hash as u32 as usize) % SLOTS, (hash >> 32) as u32)
}
