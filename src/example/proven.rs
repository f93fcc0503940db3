//! What sealing and opening has shown already: a session that stays need not show it again.
//!
//! The random bytes of a round trip follow from the names of example and profile, so what is sealed from the same text with the same tables
//! and keys is the same, and goes the same way. Only what went well is remembered: a failure is told with its places, found out anew.

use crate::key::{Hash, Key};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

/// A round trip, or the opening of what was kept, in which nothing was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// How many receivers opened it.
    pub receivers: usize,
    /// Whether a schema allowed the envelope.
    pub is_valid: bool,
}

/// What went well, by the hash of all that it depends on.
#[derive(Debug, Default)]
pub struct Proven(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    all: HashMap<Hash, Passed>,
    /// How many of them were found out since it was made.
    new: usize,
}

/// How many round trips are remembered: those of ten drafts like ours, each of which has been edited a few times.
const MOST: usize = 1 << 13;

impl Proven {
    /// Takes in what went well in earlier runs.
    pub fn learn(&self, all: BTreeMap<Hash, Passed>) {
        if let Ok(mut known) = self.0.lock() {
            known.all.extend(all);
        }
    }

    /// All of it, if something is new.
    pub fn renewed(&self) -> Option<BTreeMap<Hash, Passed>> {
        let mut known = self.0.lock().ok().filter(|known| known.new > 0)?;
        known.new = 0;
        Some(known.all.iter().map(|(key, passed)| (*key, *passed)).collect())
    }

    /// What is remembered of documents that are judged by tables and keys with this hash.
    pub fn under(&self, base: Hash) -> Proofs<'_> {
        Proofs { proven: self, base }
    }
}

/// What went well under some tables, with some keys.
#[derive(Clone, Copy, Debug)]
pub struct Proofs<'a> {
    proven: &'a Proven,
    base: Hash,
}

impl Proofs<'_> {
    /// What is remembered of something, else what comes of it now. `parts` are all that it depends on beside the tables and keys.
    pub fn recall<T>(
        self,
        parts: &[&str],
        passed: impl FnOnce(Passed) -> T,
        otherwise: impl FnOnce() -> (T, Option<Passed>),
    ) -> T {
        let mut key = Key::default().and(self.base);
        parts.iter().for_each(|part| key.add(part));
        let key = key.done();
        let known = self.proven.0.lock().ok().and_then(|known| known.all.get(&key).copied());
        if let Some(known) = known {
            return passed(known);
        }
        let (new, went_well) = otherwise();
        if let (Some(went_well), Ok(mut known)) = (went_well, self.proven.0.lock()) {
            if known.all.len() >= MOST {
                known.all.clear();
            }
            known.all.insert(key, went_well);
            known.new += 1;
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_well_is_not_tried_again_and_what_failed_is() {
        let proven = Proven::default();
        let passed = Passed { receivers: 2, is_valid: true };
        let ask = |base: u8, text: &str, outcome: Option<Passed>| {
            proven.under([base; 32]).recall(&["trip", text], |_| "known", || ("tried", outcome))
        };
        assert_eq!(ask(1, "a", Some(passed)), "tried");
        assert_eq!(ask(1, "a", None), "known");
        assert_eq!(ask(2, "a", None), "tried", "under other tables");
        assert_eq!(ask(1, "b", None), "tried");
        assert_eq!(ask(1, "b", Some(passed)), "tried", "a failure is not remembered");
        assert_eq!(ask(1, "b", None), "known");
        let kept = proven.renewed().unwrap_or_default();
        assert_eq!((kept.len(), proven.renewed()), (2, None));
        let again = Proven::default();
        again.learn(kept);
        assert_eq!(again.under([1; 32]).recall(&["trip", "a"], |_| "known", || ("tried", None)), "known");
        assert_eq!(again.renewed(), None);
    }
}
