//! What a document can depend on in its series.

use super::known::Series;
use super::relations::SeriesFacts;
use crate::key::{Hash, Key};
use std::collections::BTreeSet;

/// What the documents of a series can depend on in it, as hashes.
pub struct SeriesHashes<'a> {
    rules: &'a Series,
    pages: &'a SeriesFacts,
    namespaces: Hash,
}

impl<'a> SeriesHashes<'a> {
    /// Those of a series.
    pub fn of(rules: &'a Series, pages: &'a SeriesFacts) -> SeriesHashes<'a> {
        let mut key = Key::default();
        for (namespace, document) in pages.namespaces() {
            key.add(namespace);
            key.add(document.href());
            key.add(document.heading());
        }
        rules.namespaces().for_each(|namespace| key.add(namespace));
        SeriesHashes { rules, pages, namespaces: key.done() }
    }

    /// What the pages say of one another.
    pub fn pages(&self) -> &'a SeriesFacts {
        self.pages
    }

    /// What the document at `at`, which mentions these numbers, can depend on.
    pub fn around(&self, at: usize, mentions: &str) -> Hash {
        let mut key = Key::default().and(self.namespaces).and([u8::from(self.pages.documents().len() > 1)]);
        for number in mentions.split(' ').filter(|number| !number.is_empty()) {
            let entry = self.rules.get(number).and_then(|entry| postcard::to_stdvec(entry).ok());
            key.add(number);
            key.add([self.rules.exists(number).map_or(2, u8::from)]);
            key.add(entry.unwrap_or_default());
        }
        for (relation, document) in self.pages.referrers(at) {
            key.add(relation.name());
            key.add(document.id());
            key.add(&document.title);
            key.add(&document.status);
            key.add(document.href());
        }
        key.done()
    }
}

/// All numbers of four digits in a text, and others that are given, in order, once each.
pub fn mentions<'a>(text: &'a str, others: impl Iterator<Item = &'a str>) -> String {
    const DIGITS: usize = 4;
    let bytes = text.as_bytes();
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    let mut numbers: BTreeSet<&str> = others.collect();
    // Four digits in a row cannot pass by one who looks at each fourth byte.
    let mut at = DIGITS - 1;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            let start = at - bytes.iter().take(at).rev().take_while(is_digit).count();
            let end = at + bytes.iter().skip(at).take_while(is_digit).count();
            if end - start == DIGITS {
                numbers.extend(text.get(start..end));
            }
            at = end;
        }
        at += DIGITS;
    }
    numbers.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_mentioned_once() {
        let text = "xep-0030, &xep0004; 12345 (XEP-0030) 2026-11";
        assert_eq!(mentions(text, ["0001"].into_iter()), "0001 0004 0030 2026");
        assert_eq!(mentions("0001x0002 123456780003 x0004\u{e4}0005", [].into_iter()), "0001 0002 0004 0005");
        for before in 0..8 {
            let text = format!("{}0060", "-".repeat(before));
            assert_eq!(mentions(&text, [].into_iter()), "0060");
        }
    }
}
