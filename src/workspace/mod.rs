//! The one room that touches disk and threads: finds documents, reads what lies beside them, checks and builds.

mod abridge;
pub mod build;
pub mod data;
mod defaults;
pub mod examine;
pub mod examples;
mod find;
mod load;
mod suppress;
pub mod world;
mod write;

pub use build::{BuildOptions, Built, build};
pub use defaults::{ELEMENTS, PROFILES};
pub use examine::{Examined, Extent, examine};
pub use find::{Found, find, root_of};
pub use load::{Companions, Loaded, load};
pub use world::{Disk, Memory, World};
pub use write::write;

use crate::report::Report;
use crate::source::Sources;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Why the work could not be done at all: the input cannot be read or the output not be written.
#[derive(Debug)]
pub struct Failure {
    message: String,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Who is told how far the work is.
pub trait Progress: Sync {
    /// So many documents are to be done.
    fn start(&self, total: usize);
    /// One more is done.
    fn done(&self, path: &str);
}

/// Nobody.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: usize) {}
    fn done(&self, _: &str) {}
}

/// Documents that were read and examined.
#[derive(Debug)]
pub struct Checked {
    /// All files.
    pub sources: Sources,
    /// The documents, in the order of their paths.
    pub documents: Vec<(Loaded, Examined)>,
}

/// Reads the documents at `paths` (none: the drafts of the workspace) and examines them, several at once.
///
/// # Errors
/// When a path cannot be read, or nothing is there to be checked.
pub fn check(
    world: &dyn World,
    paths: &[PathBuf],
    extent: Extent,
    progress: &dyn Progress,
) -> Result<Checked, Failure> {
    let found = find(world, paths)?;
    let mut sources = Sources::default();
    let loaded = load(world, &found, &mut sources)?;
    progress.start(loaded.documents.len());
    let opened: Vec<_> =
        loaded.documents.par_iter().map(|document| examine::open(&sources, document, &loaded)).collect();
    let series = examine::series(&opened, &loaded);
    let examined: Vec<Examined> = loaded
        .documents
        .par_iter()
        .zip(opened)
        .map(|(document, opened)| {
            let examined = examine(&sources, document, opened, &series, extent);
            progress.done(&document.path);
            examined
        })
        .collect();
    Ok(Checked { sources, documents: loaded.documents.into_iter().zip(examined).collect() })
}

impl Checked {
    /// Everything that was found, for the formats of output.
    pub fn report(&self) -> Report {
        examine::report(&self.sources, &self.documents)
    }
}

/// A path as people are shown it: with `/` between its parts.
pub(crate) fn shown(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
        .replacen("//", "/", 1)
}
