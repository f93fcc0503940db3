//! The one room that touches disk and threads: finds documents, reads what lies beside them, checks and builds.

mod baseline;
pub mod build;
pub mod cache;
mod changes;
mod check;
mod config;
mod contributions;
mod documents;
mod edited;
mod defaults;
pub mod examples;
mod find;
pub mod fix;
mod ignored;
mod index;
mod inbox;
mod load;
mod names;
mod narrow;
mod options;
mod reported;
mod requirements;
mod review;
mod secret_file;
mod session;
mod snapshot;
pub mod trial;
pub mod world;
mod write;

pub use crate::judge::{Examined, Extent, Loaded};
pub use baseline::Baseline;
pub use build::{Built, build};
pub use check::check;
pub use config::{Asked, configured};
pub use contributions::{Contributed, contribute, places_of};
pub use defaults::{ELEMENTS, PROFILES};
pub use find::{Found, expect_documents, find, nothing_known, root_of};
pub use fix::mend;
pub use inbox::{ForInbox, for_inbox};
pub use load::Loader;
pub use narrow::{Narrowed, Narrowing, read_baseline, write_baseline};
pub use options::Options;
pub use requirements::requirements;
pub use secret_file::SecretFile;
pub use session::{Change, Session};
pub use snapshot::{Outcome, Run, Snapshot};
pub use trial::{Trial, Trials};
pub use world::{Disk, Memory, Stamp, World};
pub use write::{inside, write};

use std::path::Path;

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

/// A path as people are shown it: with `/` between its parts.
pub(crate) fn shown(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
        .replacen("//", "/", 1)
}
