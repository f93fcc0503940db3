//! How a run is done, and what is kept of it.

use super::cache::{Cache, Stored};
use super::config::Asked;
use crate::example::proven::Proven;
use crate::judge::Extent;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much is done.
    pub extent: Extent,
    /// Whether what earlier runs found out may be used, and kept.
    pub cache: bool,
    /// The folder of the cache; without it, the user's own.
    pub cache_folder: Option<PathBuf>,
    /// The folder of the site that is built afterwards, if one is: a document whose files in it are as they were is not
    /// examined again.
    pub out: Option<PathBuf>,
    /// Which rules speak that are off by default.
    pub asked: Asked,
}

impl Options {
    /// A run that takes nothing from a cache and keeps nothing.
    pub fn fresh(extent: Extent) -> Options {
        Options { extent, cache: false, cache_folder: None, out: None, asked: Asked::default() }
    }
}

/// What was found out and is kept.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) cache: Cache,
    /// The name of the results of runs like this one.
    pub(super) kind: String,
    pub(super) results: HashMap<String, Stored>,
    /// The round trips that went well; where they count, those of earlier runs among them.
    pub(super) proven: Arc<Proven>,
}
