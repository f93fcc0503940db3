//! Packs the list of misspellings that the crate `typos-dict` holds into a table of bytes.
//!
//! As the crate has it, the list is some hundred thousand references, all of which the system sets right whenever the program
//! starts, whether it checks a text or not. As bytes it costs nothing until somebody looks a word up.

use std::path::PathBuf;
use std::{env, fs, io};

#[path = "src/rule/misspellings/place.rs"]
mod place;

use place::{BITS, SLOT, SLOTS, bit, hash, place};

fn main() -> io::Result<()> {
    let mut words: Vec<(String, &[&str])> = Vec::new();
    for (word, meant) in typos_dict::WORD.map.entries() {
        // A word without a correction is one that nobody means, whatever is meant.
        if !meant.is_empty() {
            words.push((word.into_inner().to_ascii_lowercase(), meant));
        }
    }
    words.sort();
    let mut text = String::new();
    let mut table = vec![0; SLOTS * SLOT];
    let mut filter = vec![0; BITS / 8];
    for (word, meant) in words {
        let hash = hash(word.as_bytes());
        let (byte, bit) = bit(hash);
        filter[byte] |= bit;
        let (mut at, mark) = place(hash);
        while table[at * SLOT..][..SLOT].iter().any(|byte| *byte != 0) {
            at = (at + 1) % SLOTS;
        }
        // One more than the offset, so that no slot in use is all zero.
        let offset = u32::try_from(text.len()).map_err(io::Error::other)? + 1;
        table[at * SLOT..][..4].copy_from_slice(&mark.to_le_bytes());
        table[at * SLOT + 4..][..4].copy_from_slice(&offset.to_le_bytes());
        text.push_str(&format!("{word}\t{}\n", meant.join(" ")));
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?);
    fs::write(out.join("misspellings.filter"), filter)?;
    fs::write(out.join("misspellings.txt"), text)?;
    fs::write(out.join("misspellings.table"), table)
}
