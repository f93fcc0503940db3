//! Chance that follows from a seed.

use xep::random::{Random, SeededRandom};

/// Throws that are the same for everybody who knows the seed.
pub struct Dice(SeededRandom);

/// How often a slip of the fingers is tried again that makes no mistake.
const TRIES: usize = 24;

impl Dice {
    /// The throws of a seed.
    pub fn new(seed: &str) -> Dice {
        Dice(SeededRandom::new(seed))
    }

    /// A number below a limit; 0 where the limit is.
    pub fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        let number = u64::from_be_bytes(bytes);
        usize::try_from(number % (limit.max(1) as u64)).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// The same in another order.
    pub fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
        all
    }

    /// The word with a slip of the fingers in its letters: one is doubled, lost or another one, or two change places. Nothing
    /// where no slip makes a word that is `wrong`.
    pub fn slip(&mut self, word: &str, wrong: impl Fn(&str) -> bool) -> Option<String> {
        let letters: Vec<usize> =
            word.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()).map(|(at, _)| at).collect();
        (0..TRIES).find_map(|_| {
            let at = *self.pick(&letters)?;
            let slipped = self.slip_at(word, at)?;
            (slipped != word && !slipped.is_empty() && wrong(&slipped)).then_some(slipped)
        })
    }

    fn slip_at(&mut self, word: &str, at: usize) -> Option<String> {
        let (before, letter, after) = (word.get(..at)?, word.get(at..=at)?, word.get(at + 1..)?);
        Some(match self.below(4) {
            0 => format!("{before}{letter}{letter}{after}"),
            1 => format!("{before}{after}"),
            2 => format!("{before}{}{after}", self.neighbour(letter)?),
            _ => {
                let next = after.chars().next().filter(char::is_ascii_alphabetic)?;
                format!("{before}{next}{letter}{}", after.get(1..)?)
            }
        })
    }

    /// The key left or right of a letter.
    fn neighbour(&mut self, letter: &str) -> Option<char> {
        const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
        let lower = letter.to_ascii_lowercase();
        let (row, at) = ROWS.iter().find_map(|row| Some((row, row.find(&lower)?)))?;
        let beside: Vec<char> =
            [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| row.chars().nth(at)).collect();
        let found = *self.pick(&beside)?;
        Some(if letter == lower { found } else { found.to_ascii_uppercase() })
    }
}
