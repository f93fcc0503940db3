//! A document and what lies beside it, as it was read.

use super::Wanted;
use crate::document::Document;
use crate::example::cost::{Costs, Results};
use crate::example::generate::Store;
use crate::example::proven::Proven;
use crate::finding::{Finding, Sink};
use crate::key::{Hash, Key};
use crate::read::markdown;
use crate::read::series::SharedEntities;
use crate::sce::Rules;
use crate::series::Origin;
use crate::source::{FileId, Sources};
use crate::xml::content_model::ContentModel;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A document and what lies beside it, in memory.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The path as given.
    pub path: String,
    /// What its place says about it.
    pub origin: Origin,
    /// Its name in a site: the folder's for a `draft`, else the file's.
    pub name: String,
    /// Its text.
    pub file: FileId,
    /// Whether it is Markdown.
    pub is_markdown: bool,
    /// What the `xep.ent` of its series declares.
    pub shared: Option<Arc<SharedEntities>>,
    /// The grammar of its series; without one, the built-in one.
    pub grammar: Option<Arc<ContentModel>>,
    /// The embedded policy and profiles.
    pub embedded: Arc<Rules>,
    /// What lies beside it.
    pub companions: Companions,
    /// What is wrong with the file itself.
    pub findings: Vec<Finding>,
    /// What sealing and opening has shown in this session.
    pub proven: Arc<Proven>,
    /// The folder of the workspace's root.
    pub root: PathBuf,
    /// What `xep.toml` and the command line want for it.
    pub wanted: Arc<Wanted>,
}

/// The stanzas by which costs are told, in a document's folder of examples.
pub const COSTS: &str = "costs.json";

/// The times of the benchmark, in the workspace.
pub const RESULTS: &str = "benches/results.json";

/// Files beside a document.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// All that the document may include, by the path as it names them.
    pub files: BTreeMap<String, FileId>,
    /// The bytes of key files, wiped when they are dropped, by the path as `cast.toml` names them.
    pub keys: BTreeMap<String, Zeroizing<Vec<u8>>>,
    /// The sealed stanzas that were kept.
    pub store: Store,
    /// What encryption costs, as it was kept.
    pub costs: Option<Costs>,
    /// Times of the benchmark, as they were committed.
    pub results: Option<Results>,
    /// The other drafts in the folder.
    pub drafts: Vec<Draft>,
}

impl Companions {
    /// The hash of the tables, schemas and keys.
    pub fn hash(&self, sources: &Sources) -> Hash {
        let mut files = Key::default();
        let is_judging = |name: &str| name.ends_with(".toml") || name.ends_with(".xsd");
        for (name, file) in self.files.iter().filter(|(name, _)| is_judging(name)) {
            files.add(name);
            files.add(sources.get(*file).text().as_bytes());
        }
        let mut keys = Key::default();
        for (name, bytes) in &self.keys {
            keys.add(name);
            keys.add(bytes);
        }
        Key::default().and(files.done()).and(keys.done()).done()
    }

    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<FileId> {
        self.files.get(name).copied()
    }
}

/// Another draft in the folder of a document, with which it shares tables, cast and keys.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name in a site.
    pub name: String,
    /// Its text.
    pub file: FileId,
    /// The sealed stanzas that were kept of it.
    pub store: Store,
}

impl Draft {
    /// The document as its author wrote it; what is wrong with it is told where it is examined itself.
    pub fn read(&self, sources: &Sources, shared: Option<&SharedEntities>) -> Document {
        markdown::read_in_series(sources, self.file, shared, &mut Sink::default())
    }
}
