//! The misspellings that people are known to make, with what they mean: the list of the crate `typos-dict`, packed by `build.rs`.

mod place;

pub(super) use place::hash;
use place::{SLOT, SLOTS, bit, place};

/// A line a word: the word, a tab, and what it means, with spaces between.
static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/misspellings.txt"));

/// Slots of words: see [`place`].
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/misspellings.table"));

/// A bit for each word: see [`bit`].
static FILTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/misspellings.filter"));

/// How a word should be written, if it is a known misspelling; whatever its capital letters. The number is that of the word.
pub(super) fn corrections(word: &str, number: u64) -> Option<Vec<&'static str>> {
    let (byte, bit) = bit(number);
    FILTER.get(byte).filter(|bits| *bits & bit != 0)?;
    let (start, mark) = place(number);
    let slots = (0..SLOTS).map_while(|step| slot((start + step) % SLOTS));
    let mut lines =
        slots.filter(|(other, _)| *other == mark).filter_map(|(_, offset)| TEXT.get(offset..)?.lines().next());
    lines.find_map(|line| {
        let (known, meant) = line.split_once('\t')?;
        known.eq_ignore_ascii_case(word).then(|| meant.split(' ').collect())
    })
}

/// The mark in a slot, and where the word's line begins; nothing for an empty one.
fn slot(at: usize) -> Option<(u32, usize)> {
    let bytes = TABLE.get(at * SLOT..)?;
    let (mark, rest) = bytes.split_first_chunk()?;
    let offset = u32::from_le_bytes(*rest.first_chunk()?).checked_sub(1)?;
    Some((u32::from_le_bytes(*mark), offset as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrections(word: &str) -> Option<Vec<&'static str>> {
        super::corrections(word, hash(word.as_bytes()))
    }

    #[test]
    fn known_misspellings_are_found_and_words_are_not() {
        assert_eq!(corrections("recieved"), Some(vec!["received"]));
        assert_eq!(corrections("Seperate"), Some(vec!["separate"]));
        for word in ["received", "the", "stanza", "", "zzzz", "Z\u{fc}rich"] {
            assert_eq!(corrections(word), None, "{word}");
        }
    }

    #[test]
    fn every_word_of_the_list_is_found() {
        let lost = TEXT.lines().filter(|line| {
            let (word, meant) = line.split_once('\t').unwrap_or(("", ""));
            corrections(word).is_none_or(|found| found.join(" ") != meant)
        });
        assert_eq!(lost.count(), 0);
        assert!(TEXT.lines().count() > 90_000);
    }
}
