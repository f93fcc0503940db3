//! Contributions on disk: read, applied to a document in memory, and shown as a difference.

use super::fix::difference;
use super::world::World;
use super::{Failure, shown};
use crate::contribution::{Applied, Contribution, Listed, Misfit, Revision, apply, places};
use crate::source::{FileId, Sources};
use std::path::{Path, PathBuf};

/// What contributions make of a document. Nothing is written.
#[derive(Debug)]
pub struct Contributed {
    /// The edited document, or every edit that does not fit.
    pub outcome: Result<Applied, Vec<Misfit>>,
    /// How many contributions were read.
    pub contributions: usize,
    /// How many edits they have.
    pub edits: usize,
    sources: Sources,
    document: FileId,
}

/// Applies contributions to a document. A folder stands for all `*.toml` files in it, in the order of their names.
///
/// # Errors
/// When a file cannot be read or is not a contribution. Edits that do not fit are an [outcome](Contributed::outcome).
pub fn contribute(
    world: &dyn World,
    paths: &[PathBuf],
    to: &Path,
    revision: Option<&Revision>,
) -> Result<Contributed, Failure> {
    let mut sources = Sources::default();
    let document = open(world, to, &mut sources)?;
    let mut contributions = Vec::new();
    for path in files(world, paths)? {
        let file = open(world, &path, &mut sources)?;
        let read = Contribution::read(&sources, file);
        contributions.push(read.map_err(|misfit| Failure::new(said(&sources, &misfit)))?);
    }
    let outcome = apply(&sources, document, &contributions, revision);
    let edits = contributions.iter().map(|one| one.edits.len()).sum();
    Ok(Contributed { outcome, contributions: contributions.len(), edits, sources, document })
}

/// The places of a document that an edit can name, as lines `LINE  HASH  SECTION  PATH`.
///
/// # Errors
/// When the document cannot be read or is not a XEP.
pub fn places_of(world: &dyn World, path: &Path) -> Result<String, Failure> {
    let mut sources = Sources::default();
    let file = open(world, path, &mut sources)?;
    let listed = places(&sources, file).map_err(|misfit| Failure::new(said(&sources, &misfit)))?;
    let line = |place: &Listed| {
        let line = sources.get(file).position(place.span.start).line;
        format!("{line:5}  {}  {}  {}\n", place.hash, place.section.as_deref().unwrap_or("-"), place.at)
    };
    Ok(listed.iter().map(|place| line(place).trim_end().to_owned() + "\n").collect())
}

impl Contributed {
    /// What changes, as a unified difference; nothing where an edit does not fit.
    pub fn difference(&self) -> String {
        let Ok(applied) = &self.outcome else { return String::new() };
        let source = self.sources.get(self.document);
        difference(source.path(), source.text().as_str(), &applied.text)
    }

    /// What does not fit, or has to be looked at: a line each, with file, line and remedy.
    pub fn said(&self) -> Vec<String> {
        let misfits = match &self.outcome {
            Ok(applied) => &applied.notes,
            Err(misfits) => misfits,
        };
        misfits.iter().map(|misfit| said(&self.sources, misfit)).collect()
    }
}

fn said(sources: &Sources, misfit: &Misfit) -> String {
    let file = sources.get(misfit.span.file);
    let line = file.position(misfit.span.start).line;
    format!("{}:{line}: {}\n  help: {}", file.path(), misfit.message, misfit.help)
}

fn open(world: &dyn World, path: &Path, sources: &mut Sources) -> Result<FileId, Failure> {
    let name = shown(path);
    let bytes = world.read(path).map_err(|error| Failure::new(format!("`{name}` cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        Failure::new(format!("{name}:{line}: the file is not UTF-8; save it as UTF-8"))
    })?;
    Ok(sources.add(name, text))
}

fn files(world: &dyn World, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !world.is_folder(path) {
            files.push(path.clone());
            continue;
        }
        let mut inside = world.files_in(path);
        inside.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        inside.sort();
        if inside.is_empty() {
            let name = shown(path);
            return Err(Failure::new(format!("there is no `*.toml` in `{name}`; name a folder with contributions")));
        }
        files.extend(inside);
    }
    Ok(files)
}
