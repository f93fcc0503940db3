//! Which lines a git change touches, uncommitted changes and new files included.

use super::world::World;
use super::world::folder_of;
use super::{Failure, shown};
use crate::finding::Finding;
use crate::source::{FileId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The lines that were touched since a revision, by file.
#[derive(Debug, Default)]
pub struct Changes(HashMap<FileId, Lines>);

/// Lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lines {
    All,
    Some(Vec<RangeInclusive<usize>>),
}

/// What git is told whatever it is asked: to run no program of the repository's, and to take paths as they are.
const CAREFUL: [&str; 3] = ["-c", "core.fsmonitor=false", "--literal-pathspecs"];

impl Changes {
    /// Makes sure that there is something to compare with, whatever is found.
    ///
    /// # Errors
    /// When git is missing, or a folder lies in no repository, or one has no such revision.
    pub fn check<'a>(
        world: &dyn World,
        revision: &str,
        folders: impl Iterator<Item = &'a Path>,
    ) -> Result<(), Failure> {
        let folders: BTreeSet<&Path> = folders.collect();
        let tops: Result<BTreeSet<PathBuf>, Failure> =
            folders.into_iter().map(|folder| top_of(world, folder)).collect();
        tops?.iter().try_for_each(|top| commit_of(world, top, revision).map(drop))
    }

    /// Those of files since a revision of the repositories in which they lie.
    ///
    /// # Errors
    /// When git is missing, or a file lies in no repository, or one has no such revision.
    pub fn since(
        world: &dyn World,
        revision: &str,
        files: &BTreeSet<FileId>,
        sources: &Sources,
    ) -> Result<Changes, Failure> {
        let mut folders: BTreeMap<PathBuf, Vec<(FileId, PathBuf)>> = BTreeMap::new();
        for file in files {
            let path = PathBuf::from(sources.get(*file).path());
            folders.entry(folder_of(&path).to_path_buf()).or_default().push((*file, world.real(&path)));
        }
        let mut repositories: BTreeMap<PathBuf, Repository<'_>> = BTreeMap::new();
        let mut changes = Changes::default();
        for (folder, files) in folders {
            let top = top_of(world, &folder)?;
            if !repositories.contains_key(&top) {
                repositories.insert(top.clone(), Repository::since(world, &top, revision)?);
            }
            let Some(repository) = repositories.get(&top) else { continue };
            for (file, path) in files {
                changes.0.insert(file, repository.touched(&path)?);
            }
        }
        Ok(changes)
    }

    /// Whether a finding, or a place that it refers to, stands on a line that was touched.
    pub fn touch(&self, finding: &Finding, sources: &Sources) -> bool {
        let related = finding.related.iter().map(|label| label.span);
        std::iter::once(finding.span).chain(related).any(|span| self.touch_span(span, sources))
    }

    fn touch_span(&self, span: Span, sources: &Sources) -> bool {
        let source = sources.get(span.file);
        let first = source.position(span.start).line;
        let last = source.position(span.end.saturating_sub(1).max(span.start)).line;
        match self.0.get(&span.file) {
            Some(Lines::All) => true,
            Some(Lines::Some(ranges)) => {
                // They stand in order.
                let before = ranges.partition_point(|range| *range.start() <= last);
                ranges.get(..before).and_then(<[_]>::last).is_some_and(|range| first <= *range.end())
            }
            None => false,
        }
    }
}

/// A repository, compared with a revision of it.
struct Repository<'w> {
    world: &'w dyn World,
    /// Its topmost folder.
    top: PathBuf,
    /// The commit.
    commit: String,
    /// The files that git knows, and those among them that are not as they were.
    tracked: BTreeSet<PathBuf>,
    changed: BTreeSet<PathBuf>,
}

impl<'w> Repository<'w> {
    fn since(world: &'w dyn World, top: &Path, revision: &str) -> Result<Repository<'w>, Failure> {
        let commit = commit_of(world, top, revision)?;
        let changed =
            names(&run(world, top, &["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", &commit, "--"])?);
        let tracked = names(&run(world, top, &["ls-files", "-z"])?);
        Ok(Repository { world, top: top.to_path_buf(), commit, tracked, changed })
    }

    /// The lines of a file that were touched.
    fn touched(&self, path: &Path) -> Result<Lines, Failure> {
        let Ok(name) = path.strip_prefix(&self.top) else { return Ok(Lines::All) };
        if !self.tracked.contains(name) {
            return Ok(Lines::All);
        }
        if !self.changed.contains(name) {
            return Ok(Lines::Some(Vec::new()));
        }
        let options = [
            "diff",
            "-U0",
            "--no-color",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--text",
            &self.commit,
            "--",
        ];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.push(name.as_os_str());
        let difference = git(self.world, &self.top, &arguments)?;
        Ok(Lines::Some(touched(&String::from_utf8_lossy(&difference))))
    }
}

/// The commit that a revision names.
fn commit_of(world: &dyn World, top: &Path, revision: &str) -> Result<String, Failure> {
    let unknown = || {
        let place = shown(top);
        Failure::new(format!("`{revision}` is no revision of the git repository in `{place}`; is it fetched?"))
    };
    // No revision begins with a hyphen; what does would be an option.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(unknown());
    }
    let commit = format!("{revision}^{{commit}}");
    let found = run(world, top, &["rev-parse", "--verify", "--quiet", &commit]);
    let commit = String::from_utf8_lossy(&found.map_err(|_| unknown())?).trim().to_owned();
    let is_hash = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok(commit) } else { Err(unknown()) }
}

/// The topmost folder of the repository in which a folder lies.
fn top_of(world: &dyn World, folder: &Path) -> Result<PathBuf, Failure> {
    let path = run(world, folder, &["rev-parse", "--show-toplevel"])?;
    let end = path.len() - path.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    Ok(world.real(&path_from(path.get(..end).unwrap_or(&path))))
}

fn run(world: &dyn World, folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    git(world, folder, &arguments)
}

/// What git answers.
fn git(world: &dyn World, folder: &Path, arguments: &[&OsStr]) -> Result<Vec<u8>, Failure> {
    let careful: Vec<&OsStr> = CAREFUL.iter().map(OsStr::new).chain(arguments.iter().copied()).collect();
    let answer = world.git(folder, &careful).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new("`--since` asks git what changed, and there is no `git` here"),
        _ => Failure::new(format!("`git` cannot be run: {error}")),
    })?;
    match answer.succeeded {
        true => Ok(answer.output),
        false => {
            let why = answer.complaint.trim().trim_start_matches("fatal: ").to_owned();
            Err(Failure::new(format!("git says of `{}`: {why}", shown(folder))))
        }
    }
}

/// Names with a zero byte behind each.
fn names(list: &[u8]) -> BTreeSet<PathBuf> {
    list.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path_from).collect()
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}

/// The lines that a difference without context says are new; where lines only went, those on both sides of the gap.
fn touched(difference: &str) -> Vec<RangeInclusive<usize>> {
    difference.lines().filter_map(|line| hunk(line.strip_prefix("@@ -")?)).collect()
}

/// The new lines that `1,2 +3,4 @@` names.
fn hunk(rest: &str) -> Option<RangeInclusive<usize>> {
    let new = rest.split_once(" +")?.1.split_once(" @@")?.0;
    let (start, count) = new.split_once(',').unwrap_or((new, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    Some(if count == 0 { start..=start.saturating_add(1) } else { start..=start.saturating_add(count - 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_name_the_lines_that_are_new() {
        let text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@ <p>\n-a\n+@@ -7 +7 @@\n+b\n@@ -9,2 +10,0 @@\n-c\n-d\n@@ -20 +19 @@\n-e\n+f\n";
        assert_eq!(touched(text), [1..=2, 10..=11, 19..=19]);
        assert_eq!(touched("@@ -x +y @@\nBinary files differ"), []);
    }

    #[test]
    fn names_end_with_a_zero_byte() {
        assert_eq!(names(b"a b\0c\nd\0"), BTreeSet::from(["a b".into(), "c\nd".into()]));
    }

    #[test]
    fn without_git_the_failure_says_so() {
        let mut sources = Sources::default();
        let files = BTreeSet::from([sources.add("a.xml", "")]);
        let failure = Changes::since(&crate::workspace::Memory::default(), "HEAD", &files, &sources);
        assert!(failure.is_err_and(|failure| failure.to_string().contains("there is no `git` here")));
    }
}
