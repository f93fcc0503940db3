//! Contributions on disk: read, applied to a document in memory, and shown as a difference.

use super::fix::difference;
use super::world::World;
use super::{Failure, Trials, shown};
use crate::contribution::{Applied, Contribution, Edit, Listed, Misfit, Revision, apply, places};
use crate::finding::{Finding, Severity};
use crate::source::{FileId, Sources};
use std::collections::BTreeMap;
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
    let outcome = match outcome {
        Ok(applied) => {
            let edits: Vec<&Edit> = contributions.iter().flat_map(|one| &one.edits).collect();
            keeps_right(world, to, applied, &edits, &sources, document)?
        }
        Err(misfits) => Err(misfits),
    };
    let edits = contributions.iter().map(|one| one.edits.len()).sum();
    Ok(Contributed { outcome, contributions: contributions.len(), edits, sources, document })
}

/// The edited document, if it has no error that the document did not have before. What is less than an error is noted.
fn keeps_right(
    world: &dyn World,
    to: &Path,
    mut applied: Applied,
    edits: &[&Edit],
    sources: &Sources,
    document: FileId,
) -> Result<Result<Applied, Vec<Misfit>>, Failure> {
    let trials = Trials::read(world, &[to.to_path_buf()])?;
    let Some(loaded) = trials.documents().first() else {
        return Err(Failure::new(format!("`{}` holds no document that could be checked", shown(to))));
    };
    let told = |finding: &Finding| format!("{}: {}", finding.rule, finding.message);
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (_, finding) in trials.examine(loaded, &trials.text(loaded)).findings() {
        *known.entry(told(finding)).or_default() += 1;
    }
    let trial = trials.examine(loaded, &applied.text);
    let mut misfits = Vec::new();
    for (severity, finding) in trial.findings().filter(|(_, finding)| finding.span.file == trial.file) {
        if let Some(count) = known.get_mut(&told(finding)).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let span = applied.edit_at(finding.span.start).unwrap_or_else(|| sources.whole(document).at_start());
        let line = trial.sources.get(trial.file).position(finding.span.start).line;
        // A revision that is older than the last one is no new revision.
        let is_grave = severity == Severity::Error || finding.rule == "revisions-out-of-order";
        let severity = if is_grave { Severity::Error } else { severity };
        let message = format!("line {line} of the edited document gets a new {}: {}", severity.name(), told(finding));
        let help = finding.help.clone().unwrap_or_else(|| format!("`xep explain {}` says more", finding.rule));
        let misfit = Misfit { span, message, help };
        if is_grave { misfits.push(misfit) } else { applied.notes.push(misfit) }
    }
    if loaded.shared.is_none() {
        applied.notes.extend(unknown_entities(&trials.text(loaded), edits));
    }
    Ok(if misfits.is_empty() { Ok(applied) } else { Err(misfits) })
}

/// Entities of edits that the document neither declares nor uses. Without the series' `xep.ent` nobody knows whether there are such.
fn unknown_entities(document: &str, edits: &[&Edit]) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for edit in edits {
        for name in entities(edit.action.text()) {
            let is_declared =
                ["amp", "lt", "gt", "quot", "apos"].contains(&name) || document.contains(&format!("<!ENTITY {name} "));
            // The series has such an entity for each of its documents, and for RFCs.
            let number = name.strip_prefix("xep").or_else(|| name.strip_prefix("rfc")).unwrap_or_default();
            let is_of_series = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            if !is_declared && !is_of_series && !document.contains(&format!("&{name};")) {
                let message =
                    format!("nothing here declares the entity `&{name};`, which the document does not use yet");
                let help = "put the `xep.ent` of the series beside the document, so that it can be looked up".into();
                misfits.push(Misfit { span: edit.span, message, help });
            }
        }
    }
    misfits
}

/// The names of the entities to which a text refers.
fn entities(text: &str) -> impl Iterator<Item = &str> {
    let name = |rest: &'_ str| rest.split_once(';').map(|(name, _)| name.len());
    let pieces = text.split('&').skip(1);
    pieces
        .filter_map(move |rest| rest.get(..name(rest)?))
        .filter(|name| name.starts_with(|c: char| c.is_alphabetic()) && !name.contains(char::is_whitespace))
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
