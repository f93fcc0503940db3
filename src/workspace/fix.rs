//! Mending: the safe fixes of findings, applied to the author's own bytes.
//!
//! Nothing is written before all is settled: what comes of the fixes is checked again in memory, and may allow of more. A fix is
//! applied as a whole or not at all; of two that would change the same place the first one is, and the other one is looked at
//! again when the document was checked anew.

use super::find::root_of;
use super::options::Options;
use super::session::{Change, Session};
use super::snapshot::Snapshot;
use super::world::World;
use super::write::{Folder, Keep};
use super::{Failure, Progress, shown};
use crate::finding::{Edit, Fix};
use crate::report::Report;
use crate::source::Sources;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How often documents are checked again because a fix may have made way for another one.
const MOST_PASSES: usize = 10;

/// Which of the findings of a run count.
pub type Narrow<'a> = dyn Fn(&Snapshot) -> Result<Report, Failure> + 'a;

/// What fixes make of documents.
#[derive(Debug)]
pub struct Mended {
    /// How many findings are mended.
    pub fixed: usize,
    /// The files that change.
    pub files: Vec<MendedFile>,
}

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MendedFile {
    /// Its path.
    pub path: PathBuf,
    /// The folder that somebody named, or the root of the workspace: nothing below it is written through a link.
    pub folder: PathBuf,
    /// What it held when it was read.
    pub before: String,
    /// What it is to hold.
    pub after: String,
}

impl Mended {
    /// Writes the files.
    ///
    /// # Errors
    /// When one cannot be written, or does not hold any more what was read.
    pub fn write(&self, world: &dyn World) -> Result<(), Failure> {
        let is_other = |file: &&MendedFile| world.read(&file.path).ok().as_deref() != Some(file.before.as_bytes());
        if let Some(other) = self.files.iter().find(is_other) {
            let path = shown(&other.path);
            return Err(Failure::new(format!("`{path}` was changed while it was checked; nothing was written")));
        }
        self.files.iter().try_for_each(|file| file.written(|folder, path| folder.check(path)))?;
        let put = |file: &MendedFile| file.written(|folder, path| folder.write(path, file.after.as_bytes()).map(drop));
        self.files.iter().try_for_each(put)
    }

    /// What changes, as a unified difference.
    pub fn difference(&self) -> String {
        self.files.iter().map(|file| difference(&shown(&file.path), &file.before, &file.after)).collect()
    }
}

/// How a file changes, as a unified difference.
pub(super) fn difference(path: &str, before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after).unified_diff().header(path, path).to_string()
}

impl MendedFile {
    /// Does something with the folder that may be written to, and the path of the file in it.
    fn written(&self, with: impl Fn(&Folder, &Path) -> Result<(), Failure>) -> Result<(), Failure> {
        let relative = self.path.strip_prefix(&self.folder).unwrap_or(&self.path);
        with(&Folder::new(&self.folder, Keep::Synced), relative)
    }
}

/// The innermost folder that somebody named in which a file lies; where nothing was named, the root of the workspace.
fn trusted(world: &dyn World, paths: &[PathBuf], file: &Path) -> PathBuf {
    if paths.is_empty() {
        let root = root_of(world, Path::new("."));
        return if root == Path::new(".") { PathBuf::new() } else { root };
    }
    let named = paths.iter().filter(|path| world.is_folder(path) && file.starts_with(path));
    let innermost = named.max_by_key(|path| path.components().count()).cloned();
    innermost.unwrap_or_else(|| file.parent().unwrap_or(Path::new("")).to_path_buf())
}

/// What the safe fixes of findings make of the documents at `paths`, which alone may change. `narrow` tells which findings
/// count; where it looks at the files on disk, one pass must do.
///
/// # Errors
/// When the documents cannot be checked.
pub fn mend(
    world: &dyn World,
    paths: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
    narrow: &Narrow<'_>,
    is_once: bool,
) -> Result<Mended, Failure> {
    let mut session = Session::open(world, paths, options.clone())?;
    let mut mending = Mending::default();
    let mut fixed = 0;
    let mut checked = session.snapshot(progress)?;
    for pass in 1..=MOST_PASSES {
        let report = narrow(&checked)?;
        let done = mending.apply(&report, &checked, session.world());
        fixed += done;
        if done == 0 || is_once || pass == MOST_PASSES {
            break;
        }
        for (path, (_, after)) in &mending.files {
            session.apply(Change { path: path.clone(), text: Some(after.clone()) });
        }
        checked = session.snapshot(&super::Silent)?;
    }
    let files = mending.files.into_iter().map(|(path, (before, after))| {
        let folder = trusted(world, paths, &path);
        MendedFile { path, folder, before, after }
    });
    Ok(Mended { fixed, files: files.filter(|file| file.before != file.after).collect() })
}

/// What files held, and what they are to hold.
#[derive(Default)]
struct Mending {
    files: BTreeMap<PathBuf, (String, String)>,
}

impl Mending {
    /// Applies the safe fixes of a report; answers how many findings are mended by them.
    fn apply(&mut self, report: &Report, checked: &Snapshot, world: &dyn World) -> usize {
        let named: HashMap<&str, &Path> =
            checked.documents.iter().map(|run| (run.path.as_str(), run.file.as_path())).collect();
        let mut plans: BTreeMap<PathBuf, Plan> = BTreeMap::new();
        let mut fixed = 0;
        for fix in report.findings.iter().filter_map(|judged| judged.finding.fix.as_ref()).filter(|fix| fix.safe) {
            fixed += usize::from(self.take(fix, &checked.sources, world, &named, &mut plans).is_some());
        }
        for (path, plan) in plans {
            if let Some((_, after)) = self.files.get_mut(&path) {
                *after = plan.applied(after);
            }
        }
        fixed
    }

    /// Plans a fix, if all of it can be done.
    fn take(
        &mut self,
        fix: &Fix,
        sources: &Sources,
        world: &dyn World,
        named: &HashMap<&str, &Path>,
        plans: &mut BTreeMap<PathBuf, Plan>,
    ) -> Option<()> {
        let mut edits = Vec::with_capacity(fix.edits.len());
        for edit in &fix.edits {
            let path = (*named.get(sources.get(edit.span.file).path())?).to_path_buf();
            let text = self.current(&path, world)?;
            let is_possible = text == sources.get(edit.span.file).text().as_str()
                && text.get(edit.span.start..edit.span.end).is_some()
                && plans.get(&path).is_none_or(|plan| plan.has_room(edit));
            if !is_possible {
                return None;
            }
            edits.push((path, edit));
        }
        for (path, edit) in edits {
            plans.entry(path).or_default().add(edit);
        }
        Some(())
    }

    /// What a file holds as far as it was mended. Bytes that are no UTF-8 are not touched.
    fn current(&mut self, path: &Path, world: &dyn World) -> Option<&str> {
        if !self.files.contains_key(path) {
            let text = String::from_utf8(world.read(path).ok()?).ok()?;
            self.files.insert(path.to_path_buf(), (text.clone(), text));
        }
        self.files.get(path).map(|(_, after)| after.as_str())
    }
}

/// Edits of a file that do not touch one another, by where they begin: where each ends, and what it writes.
#[derive(Debug, Default)]
struct Plan(BTreeMap<usize, (usize, String)>);

impl Plan {
    /// Whether an edit can be done beside those that are planned, or is one of them.
    fn has_room(&self, edit: &Edit) -> bool {
        let (start, end) = (edit.span.start, edit.span.end);
        if let Some((planned_end, text)) = self.0.get(&start) {
            return *planned_end == end && *text == edit.text;
        }
        let before = self.0.range(..start).next_back();
        let after = self.0.range(start..).next();
        before.is_none_or(|(_, (before_end, _))| *before_end <= start) && after.is_none_or(|(next, _)| end <= *next)
    }

    fn add(&mut self, edit: &Edit) {
        self.0.insert(edit.span.start, (edit.span.end, edit.text.clone()));
    }

    fn applied(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        for (start, (end, written)) in &self.0 {
            new.push_str(text.get(at..*start).unwrap_or(""));
            new.push_str(written);
            at = *end;
        }
        new.push_str(text.get(at..).unwrap_or(""));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn edits_that_touch_one_another_are_not_done_together() {
        let mut sources = Sources::default();
        let file = sources.add("a", "0123456789");
        let edit = |start, end, text: &str| Edit { span: Span::new(file, start, end), text: text.to_owned() };
        let mut plan = Plan::default();
        for edit in [edit(2, 4, "x"), edit(6, 6, "y")] {
            assert!(plan.has_room(&edit));
            plan.add(&edit);
        }
        assert!(plan.has_room(&edit(2, 4, "x")), "it is planned already");
        assert!(plan.has_room(&edit(4, 6, "z")) && plan.has_room(&edit(0, 2, "z")));
        for other in [edit(2, 4, "z"), edit(3, 5, ""), edit(1, 3, ""), edit(5, 7, ""), edit(6, 6, "z")] {
            assert!(!plan.has_room(&other), "{other:?}");
        }
        assert_eq!(plan.applied("0123456789"), "01x45y6789");
    }

    #[test]
    fn what_was_changed_in_between_is_left_alone() {
        let world = crate::workspace::Memory::default().with("a", "as it was").with("b", "other");
        let file = |path: &str, before: &str| MendedFile {
            path: path.into(),
            folder: PathBuf::new(),
            before: before.into(),
            after: "mended".into(),
        };
        let mended = Mended { fixed: 2, files: vec![file("a", "as it was"), file("b", "as it was")] };
        let failure = mended.write(&world);
        assert!(failure.is_err_and(|failure| failure.to_string().starts_with("`b` was changed while")));
    }
}
