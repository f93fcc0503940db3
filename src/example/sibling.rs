//! Other documents in the folder of a document. They share its tables, its cast and its keys; it can seal their examples
//! (`seal="name#ex-greeting"`), show what they require, and link into them (`name.html#req-x`).

use super::{Example, examples};
use crate::document::Document;
use crate::document::number::Numbers;
use std::collections::BTreeSet;

/// Another document in the folder.
#[derive(Debug)]
pub struct Sibling {
    /// Its name in a site, by which this one refers to it.
    pub name: String,
    /// The document as its author wrote it: nothing that is generated is filled in.
    pub document: Document,
    /// The places that can be linked to.
    pub ids: BTreeSet<String>,
    /// Its examples as its author wrote them.
    pub examples: Vec<Example>,
}

impl Sibling {
    /// A document of that name.
    pub fn new(name: String, document: Document) -> Sibling {
        let numbers = Numbers::of(&document);
        let examples = examples(&document, &numbers, &|_| None);
        Sibling { name, ids: numbers.ids().map(str::to_owned).collect(), document, examples }
    }

    /// Whether a link leads to its page, or to a place of it.
    pub fn is_page(&self, url: &str) -> bool {
        let page = url.split_once('#').map_or(url, |(page, _)| page);
        page.strip_prefix(self.name.as_str()) == Some(".html")
    }

    /// The fragment of a link to a place of it: of `name.html#place`.
    pub fn place<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(self.name.as_str())?.strip_prefix(".html#")
    }

    /// The link to a place of it.
    pub fn link(&self, id: &str) -> String {
        format!("{}.html#{id}", self.name)
    }

    /// How another document names an example of it.
    pub fn reference(&self, example: &str) -> String {
        format!("{}#{example}", self.name)
    }
}

/// Whether a text names a document of the folder: an example of it, or a place.
pub fn is_named(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(name) {
        if after.starts_with('#') || after.starts_with(".html") {
            return true;
        }
        rest = after;
    }
    false
}

/// The example that a reference means, one of the document itself (`ex-greeting`) or of a sibling (`name#ex-greeting`), without the `#` in
/// front.
pub fn referred<'a>(reference: &str, own: &'a [Example], siblings: &'a [Sibling]) -> Option<&'a Example> {
    let (among, name) = match reference.split_once('#') {
        Some((sibling, name)) => (siblings.iter().find(|one| one.name == sibling)?.examples.as_slice(), name),
        None => (own, reference),
    };
    among.iter().find(|example| example.name.as_deref() == Some(name))
}
