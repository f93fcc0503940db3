//! What rules need to know of the other documents. What is not here is unknown, never wrong.

use crate::document::number::Numbers;
use crate::document::{Document, Field};
use crate::example::lexicon::Shown;
use crate::schema::Registry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number that no XEP has.
const NO_NUMBER: u16 = 0;

/// How far above the newest XEP that is known no newer one can be: some twenty a year are published.
const FAR: u16 = 1000;

/// The documents of a run, by their numbers, and the XEPs that exist.
#[derive(Clone, Debug, Default)]
pub struct Series {
    documents: BTreeMap<String, Arc<Entry>>,
    newest: Option<u16>,
    knows_all: bool,
    /// The namespaces that its documents define.
    namespaces: Arc<BTreeSet<String>>,
}

/// What is known of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The number, or what stands in its place.
    pub number: String,
    /// The title.
    pub title: String,
    /// The status.
    pub status: String,
    /// The ids of its page, one a line: the index of a series holds some ten thousand.
    ids: String,
    /// The numbers of the XEPs that it supersedes.
    pub supersedes: Vec<String>,
    /// The numbers of the XEPs that supersede it.
    pub superseded_by: Vec<String>,
}

impl Entry {
    /// The ids of its page.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.split('\n').filter(|id| !id.is_empty())
    }

    /// What others need to know of a document.
    pub fn of(document: &Document, numbers: &Numbers) -> Entry {
        let header = &document.header;
        Entry {
            number: header.number.as_str().trim().to_owned(),
            title: header.title.as_str().trim().to_owned(),
            status: header.status.as_str().trim().to_owned(),
            ids: numbers.ids().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("\n"),
            supersedes: numbers_of(&header.supersedes),
            superseded_by: numbers_of(&header.superseded_by),
        }
    }
}

impl Series {
    /// Takes a document in, if it has a number.
    pub fn add(&mut self, entry: &Arc<Entry>) {
        if is_number(&entry.number) {
            self.know_of(&entry.number);
            self.documents.insert(entry.number.clone(), entry.clone());
        }
    }

    /// Says that the XEP of this number exists, if the text is one.
    pub fn know_of(&mut self, number: &str) {
        self.know(number.parse().ok().filter(|_| is_number(number)));
    }

    /// Says that a XEP of this number exists; there may be others with higher numbers.
    pub fn know(&mut self, number: Option<u16>) {
        self.newest = self.newest.max(number);
    }

    /// Says that a XEP of this number exists, and none with a higher one.
    pub fn know_newest(&mut self, number: Option<u16>) {
        self.know(number);
        self.knows_all |= number.is_some();
    }

    /// Says which namespaces the documents define.
    pub fn know_namespaces(&mut self, namespaces: BTreeSet<String>) {
        self.namespaces = Arc::new(namespaces);
    }

    /// Whether a document defines that namespace.
    pub fn knows_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains(namespace)
    }

    /// The namespaces that the documents define, in order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str)
    }

    /// What is known of the document of that number.
    pub fn get(&self, number: &str) -> Option<&Entry> {
        self.documents.get(number).map(Arc::as_ref)
    }

    /// Whether a XEP of that number exists; `None` where nobody knows the newest ones. Numbers are given one after the other
    /// from 0001 on, so that those below one that exists do too, although `xep.ent` has no names for some old ones.
    pub fn exists(&self, number: &str) -> Option<bool> {
        let newest = self.newest?;
        let number: u16 = number.parse().ok()?;
        if number <= newest {
            return Some(number != NO_NUMBER);
        }
        let is_far = number > newest.saturating_add(FAR);
        (self.knows_all || is_far).then_some(false)
    }
}

/// What the other documents of a series give to one that is examined.
#[derive(Clone, Copy)]
pub struct Neighbours<'a> {
    /// What is known of them.
    pub series: &'a Series,
    /// The schemas of those that define what it uses.
    pub registry: &'a Registry,
    /// What the examples of those show of the elements that they define, and those of the whole series of elements without a
    /// schema.
    pub shown: Shown<'a>,
}

/// What the place of a document says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The number that the name of the file gives: `xep-0420.xml`.
    pub number: Option<String>,
    /// Whether it lies in the inbox.
    pub is_inbox: bool,
}

impl Origin {
    /// That of a file by its path, whose parts are separated by `/`.
    pub fn of(path: &str) -> Origin {
        let mut parts = path.rsplit('/');
        let name = parts.next().unwrap_or("");
        let stem = name.split('.').next().unwrap_or("");
        let number = stem.strip_prefix("xep-").filter(|number| is_number(number)).map(str::to_owned);
        Origin { number, is_inbox: parts.next() == Some("inbox") }
    }
}

/// Whether a text is the number of a XEP.
pub fn is_number(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number that `XEP-0420`, with or without more behind it, names.
pub fn number_of(spec: &str) -> Option<&str> {
    let rest = spec.trim().strip_prefix("XEP-").or_else(|| spec.trim().strip_prefix("XEP "))?;
    let number = rest.get(..4).filter(|number| is_number(number))?;
    let goes_on = rest.get(4..).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    (!goes_on).then_some(number)
}

fn numbers_of(specs: &[Field]) -> Vec<String> {
    specs.iter().filter_map(|spec| number_of(spec.as_str())).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_tell_numbers() {
        let check = |path: &str, number: Option<&str>, is_inbox: bool| {
            assert_eq!(Origin::of(path), Origin { number: number.map(str::to_owned), is_inbox }, "{path}");
        };
        check("a/xep-0420.xml", Some("0420"), false);
        check("xep-0420-draft.xml", None, false);
        check("corpus/inbox/sce.xml", None, true);
        assert_eq!(number_of("XEP-0004 (OPTIONAL)"), Some("0004"));
        assert_eq!(number_of("XEP-00041"), None);
        assert_eq!(Series::default().exists("0001"), None);
    }

    #[test]
    fn numbers_tell_which_xeps_exist() {
        let mut series = Series::default();
        [4, 30].into_iter().for_each(|number| series.know(Some(number)));
        let exist = |series: &Series| ["0000", "0010", "0030", "0031", "9999"].map(|number| series.exists(number));
        assert_eq!(exist(&series), [Some(false), Some(true), Some(true), None, Some(false)]);
        series.know_newest(Some(32));
        assert_eq!(series.exists("0031"), Some(true));
        assert_eq!(series.exists("0033"), Some(false));
    }
}
