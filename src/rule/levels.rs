//! What is wanted of rules in a document: which speak, and how bad what they tell is, where that is not what they are by
//! themselves.

use super::{INBOX, PEDANTIC, Rule};
use crate::finding::Severity;
use std::collections::BTreeMap;

/// What somebody wants of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It says nothing.
    Off,
    /// It speaks, and what it tells is that bad, whatever the document's status.
    On(Severity),
}

impl Level {
    /// The words for levels.
    pub const WORDS: [&str; 4] = ["off", "error", "warning", "info"];

    /// The level that a word names.
    pub fn from_word(word: &str) -> Option<Level> {
        match word {
            "off" => Some(Level::Off),
            "error" => Some(Level::On(Severity::Error)),
            "warning" => Some(Level::On(Severity::Warning)),
            "info" => Some(Level::On(Severity::Info)),
            _ => None,
        }
    }
}

/// What is wanted of the rules in one document. By default nothing is: all rules are as they are by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    named: BTreeMap<&'static str, Level>,
    pedantic: bool,
    for_inbox: bool,
}

impl Levels {
    /// Wants something of a rule; what was wanted of it before does not count any more.
    pub fn set(&mut self, rule: &'static Rule, level: Level) {
        self.named.insert(rule.name, level);
    }

    /// Switches on the rules that are mostly no fault, and lets them all speak of documents that nobody works on.
    pub fn set_pedantic(&mut self) {
        self.pedantic = true;
    }

    /// Switches on the rules about what is written for the inbox.
    pub fn set_for_inbox(&mut self) {
        self.for_inbox = true;
    }

    /// Whether somebody wants to know all.
    pub fn is_pedantic(&self) -> bool {
        self.pedantic
    }

    /// Whether a rule speaks.
    pub fn is_on(&self, rule: &str) -> bool {
        match self.named.get(rule) {
            Some(level) => *level != Level::Off,
            None => (self.pedantic || !PEDANTIC.contains(&rule)) && (self.for_inbox || !INBOX.contains(&rule)),
        }
    }

    /// The severity that is wanted for a rule, if one is.
    pub fn severity(&self, rule: &str) -> Option<Severity> {
        match self.named.get(rule) {
            Some(Level::On(severity)) => Some(*severity),
            Some(Level::Off) | None => None,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rule::find;

    #[test]
    fn what_is_named_counts_more_than_what_is_usual() {
        let (usual, pedantic) = (find("dead-link").unwrap(), find("imprecise-example").unwrap());
        let mut levels = Levels::default();
        assert!(levels.is_on(usual.name) && !levels.is_on(pedantic.name));
        levels.set_pedantic();
        assert!(levels.is_on(pedantic.name));
        levels.set(pedantic, Level::Off);
        levels.set(usual, Level::On(Severity::Info));
        assert!(!levels.is_on(pedantic.name));
        assert_eq!((levels.severity(usual.name), levels.severity(pedantic.name)), (Some(Severity::Info), None));
    }

    #[test]
    fn what_is_for_the_inbox_is_asked_for_by_itself() {
        let rule = find("british-spelling").unwrap();
        let mut levels = Levels::default();
        levels.set_pedantic();
        assert!(!levels.is_on(rule.name));
        levels.set_for_inbox();
        assert!(levels.is_on(rule.name));
        let mut named = Levels::default();
        named.set(rule, Level::On(Severity::Info));
        assert!(named.is_on(rule.name));
    }

    #[test]
    fn every_word_is_a_level() {
        assert!(Level::WORDS.iter().all(|word| Level::from_word(word).is_some()));
        assert_eq!(Level::from_word("fatal"), None);
    }
}
