//! Which of the findings of a run count: those that a baseline does not hold, and those that a change touches.

use super::baseline::{Baseline, Paths};
use super::changes::Changes;
use super::find::root_of;
use super::snapshot::Snapshot;
use super::world::World;
use super::world::folder_of;
use super::{Failure, shown, write};
use crate::judge::Extent;
use crate::report::{Judged, Report};
use crate::source::FileId;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Which findings count; by default all of them.
#[derive(Clone, Debug, Default)]
pub struct Narrowing {
    /// Those that are not in it.
    pub baseline: Option<Baseline>,
    /// Those that stand on a line that was touched since this revision.
    pub since: Option<String>,
}

/// What is left of a report.
#[derive(Debug)]
pub struct Narrowed {
    /// The findings that count.
    pub report: Report,
    /// How many the baseline holds.
    pub known: usize,
    /// How many the baseline holds that are there no more, as far as this run can tell.
    pub unneeded: usize,
}

impl Narrowing {
    /// What is left of the findings of a run.
    ///
    /// # Errors
    /// When nobody can tell what changed.
    pub fn apply(&self, world: &dyn World, checked: &Snapshot) -> Result<Narrowed, Failure> {
        let mut narrowed = Narrowed { report: checked.report(), known: 0, unneeded: 0 };
        if let Some(baseline) = &self.baseline {
            let places = Places::of(world, checked, &narrowed.report);
            let findings = std::mem::take(&mut narrowed.report.findings);
            let compared = baseline.clone().compare(findings, &checked.sources, &places.paths);
            narrowed.report.findings = compared.new;
            narrowed.known = compared.known;
            // Where examples were passed over, what is said of them is still true.
            if checked.extent() == Extent::Full {
                narrowed.unneeded = compared.left.about(|path| places.was_checked(world, path)).len();
            }
        }
        if let Some(revision) = &self.since {
            let changes = changes(world, checked, revision, &narrowed.report.findings)?;
            narrowed.report.findings.retain(|judged| changes.touch(&judged.finding, &checked.sources));
        }
        Ok(narrowed)
    }
}

/// Reads a baseline.
///
/// # Errors
/// When it cannot be read or is none.
pub fn read_baseline(world: &dyn World, path: &Path) -> Result<Baseline, Failure> {
    let failed = |why: String| Failure::new(format!("the baseline `{}` cannot be read: {why}", shown(path)));
    let bytes = world.read(path).map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".into()))?;
    Baseline::parse(&text).map_err(failed)
}

/// Writes all findings of a run as a baseline; answers how many they are.
///
/// # Errors
/// When it cannot be written.
pub fn write_baseline(world: &dyn World, checked: &Snapshot, path: &Path) -> Result<usize, Failure> {
    let report = checked.report();
    let places = Places::of(world, checked, &report);
    let baseline = Baseline::of(&report.findings, &checked.sources, &places.paths);
    write::write(path, baseline.text().as_bytes())?;
    Ok(baseline.len())
}

fn changes(world: &dyn World, checked: &Snapshot, revision: &str, findings: &[Judged]) -> Result<Changes, Failure> {
    let mut files: BTreeSet<FileId> = BTreeSet::new();
    for Judged { finding, .. } in findings {
        files.insert(finding.span.file);
        files.extend(finding.related.iter().map(|label| label.span.file));
    }
    // What is built in lies nowhere.
    files.retain(|file| world.is_file(Path::new(checked.sources.get(*file).path())));
    Changes::check(world, revision, checked.documents.iter().map(|run| folder_of(&run.file)))?;
    Changes::since(world, revision, &files, &checked.sources)
}

/// Where the files of a run lie in their workspaces.
struct Places {
    /// The paths of files with findings, from their roots on.
    paths: Paths,
    /// Those of the documents that were checked.
    checked: BTreeSet<String>,
    /// The roots.
    roots: BTreeSet<PathBuf>,
}

impl Places {
    fn of(world: &dyn World, checked: &Snapshot, report: &Report) -> Places {
        let mut roots: HashMap<PathBuf, (PathBuf, PathBuf)> = HashMap::new();
        let mut relative = |path: &Path| {
            let folder = folder_of(path).to_path_buf();
            let (_, real) = roots.entry(folder).or_insert_with_key(|folder| {
                let root = root_of(world, folder);
                let real = world.real(&root);
                (root, real)
            });
            let whole = world.real(path);
            shown(whole.strip_prefix(&*real).unwrap_or(path))
        };
        let documents = checked.documents.iter().map(|run| relative(&run.file)).collect();
        let files: BTreeSet<FileId> = report.findings.iter().map(|judged| judged.finding.span.file).collect();
        let path = |file: FileId| PathBuf::from(checked.sources.get(file).path());
        let paths = files.into_iter().map(|file| (file, relative(&path(file)))).collect();
        Places { paths, checked: documents, roots: roots.into_values().map(|(root, _)| root).collect() }
    }

    /// Whether this run would have found what stands in a file: it was checked, or it is there no more.
    fn was_checked(&self, world: &dyn World, path: &str) -> bool {
        self.checked.contains(path) || !self.roots.iter().any(|root| world.is_file(&root.join(path)))
    }
}
