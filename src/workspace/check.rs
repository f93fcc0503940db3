//! One run over documents: a session that ends with its first snapshot.

use super::options::Options;
use super::session::Session;
use super::snapshot::Snapshot;
use super::world::World;
use super::{Failure, Progress};
use std::path::PathBuf;

/// Reads the documents at `paths` (none: the drafts of the workspace) and examines them, several at once. What is in the cache
/// and still holds is taken from there.
///
/// # Errors
/// When a path cannot be read, or nothing is there to be checked.
pub fn check(
    world: &dyn World,
    paths: &[PathBuf],
    options: Options,
    progress: &dyn Progress,
) -> Result<Snapshot, Failure> {
    Session::open(world, paths, options)?.snapshot(progress)
}
