//! The facts of one document, gathered in one place: all that others can ask of it.

use super::definers;
use super::known::Entry;
use super::mentions;
use super::relations::{DocumentDetails, DocumentFacts};
use crate::document::Document;
use crate::document::number::Numbers;
use crate::example::Example;
use crate::key::Hash;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// What others need to know of a document.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The hash of the `xep.ent` with which it was read.
    pub shared: Hash,
    /// What the pages of others say of it.
    pub document: Arc<DocumentFacts>,
    /// What few runs ask for.
    pub rest: Arc<Rest>,
}

/// What is known of a document and only asked for where the document or one that mentions it is looked at: most of an index,
/// which is taken apart when it is asked for.
#[derive(Debug)]
pub struct Rest {
    known: OnceLock<Particulars>,
    stored: Option<(Arc<[u8]>, Range<usize>)>,
}

/// See [`Rest`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Particulars {
    /// What the lists of its own site tell.
    pub details: Arc<DocumentDetails>,
    /// What the rules ask of it for others.
    pub entry: Arc<Entry>,
    /// All numbers of four digits in its text, one behind the other: it can depend on no other XEPs than those of them.
    pub mentions: String,
    /// The namespaces that its examples declare, one a line.
    pub uses: String,
    /// The namespaces that its schemas import, one a line.
    pub imports: String,
    /// The hash of its examples, schemas among them: all that it says of the namespaces which it defines or uses.
    pub shows: Hash,
}

impl Rest {
    /// One that is known.
    pub fn new(known: Particulars) -> Rest {
        Rest { known: OnceLock::from(known), stored: None }
    }

    /// One that lies in a part of an index which this program wrote.
    pub fn stored_in(index: &Arc<[u8]>, part: Range<usize>) -> Rest {
        Rest { known: OnceLock::new(), stored: Some((index.clone(), part)) }
    }

    /// What it is.
    pub fn get(&self) -> &Particulars {
        // Its checksum was right, so this program wrote these bytes.
        let read = || self.stored().and_then(|bytes| postcard::from_bytes(bytes).ok()).unwrap_or_default();
        self.known.get_or_init(read)
    }

    fn stored(&self) -> Option<&[u8]> {
        let (index, range) = self.stored.as_ref()?;
        index.get(range.clone())
    }

    /// How it is stored.
    pub fn bytes(&self) -> Vec<u8> {
        let anew = || postcard::to_stdvec(self.get()).unwrap_or_default();
        self.stored().map_or_else(anew, <[u8]>::to_vec)
    }
}

impl Facts {
    /// Those of a document, whose text is given. `name` is its name in a site, `shared` the hash of the `xep.ent` with which it was read.
    pub fn of(
        document: &Document,
        numbers: &Numbers,
        examples: &[Example],
        text: &str,
        name: &str,
        shared: Hash,
    ) -> Facts {
        let facts = DocumentFacts::of(document, examples, name);
        let related: Vec<String> = facts.related.iter().map(|(_, number)| format!("{number:04}")).collect();
        let known = Particulars {
            details: facts.details.clone().unwrap_or_default(),
            entry: Arc::new(Entry::of(document, numbers)),
            mentions: mentions(text, related.iter().map(String::as_str)),
            uses: definers::used(examples),
            imports: definers::imported(examples),
            shows: definers::hash_of(examples, text),
        };
        Facts { shared, document: Arc::new(facts), rest: Arc::new(Rest::new(known)) }
    }
}
