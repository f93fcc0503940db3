//! The names of documents in a site.

use std::collections::BTreeSet;

/// Names that pages of documents cannot have: the site's own files are called so.
const RESERVED: [&str; 4] = ["index", "graph", "rules", "xeplist"];

/// The names that are given to documents in a site; equal ones get a number.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// The name that a document with this plain name gets.
    pub fn take(&mut self, plain: &str) -> String {
        let is_free = |name: &String| !self.taken.contains(name) && !RESERVED.contains(&name.as_str());
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let free = std::iter::once(plain.to_owned()).chain(numbered).find(is_free).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}
