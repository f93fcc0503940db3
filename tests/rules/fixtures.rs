//! Fixtures: documents with faults, each with the names of the rules that tell it.
//!
//! A comment `<!--~ rule-name -->` on a line of its own (in YAML and TOML `#~ rule-name`) expects a finding in the nearest line
//! above that is neither blank nor such a comment; each caret in `~^^ rule-name` leads one line further up than the comment's own line. A
//! fixture is a Markdown file, which has the tables, keys and schema of the project's draft beside it; an XML file, which
//! has nothing beside it; or a folder with a `draft.md` and files that take the place of those.

use super::{FOLDER, checked, companions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xep::report::human;
use xep::workspace::{Disk, Memory, Snapshot, World};

/// The width of the terminal for snapshots.
const WIDTH: usize = 120;

/// Path, line and rule.
type Place = (String, usize, String);

struct Fixture {
    name: String,
    document: String,
    /// Its own files: the paths in the world, and their text.
    files: Vec<(String, String)>,
    has_companions: bool,
}

impl Fixture {
    fn world(&self) -> Memory {
        let empty = if self.has_companions { companions() } else { Memory::default() };
        self.files.iter().fold(empty, |world, (path, text)| world.with(path, text.as_str()))
    }
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in Disk.files_below(&folder).unwrap() {
        let first = path.strip_prefix(&folder).unwrap().components().next().unwrap();
        all.entry(first.as_os_str().to_string_lossy().into_owned()).or_default().push(path);
    }
    all.into_iter().map(|(name, paths)| fixture(&name, &paths)).collect()
}

fn fixture(name: &str, paths: &[PathBuf]) -> Fixture {
    let file = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let files = paths.iter().map(|path| (format!("{FOLDER}/{}", file(path)), std::fs::read_to_string(path).unwrap()));
    let stem = name.split('.').next().unwrap_or(name);
    let document = if name == stem { "draft.md" } else { name };
    let has_companions = document.ends_with(".md");
    Fixture { name: stem.to_owned(), document: document.to_owned(), files: files.collect(), has_companions }
}

/// The findings that the annotations of a text expect.
fn annotated(path: &str, text: &str) -> Vec<Place> {
    let (mut places, mut last) = (Vec::new(), 0);
    for (at, line) in text.lines().enumerate() {
        let Some(note) = annotation(line) else {
            last = if line.trim().is_empty() { last } else { at + 1 };
            continue;
        };
        let carets = note.len() - note.trim_start_matches('^').len();
        let target = if carets == 0 { last } else { at + 1 - carets };
        places.push((path.to_owned(), target, note[carets..].trim().to_owned()));
    }
    places
}

/// What stands behind the `~` of an annotation.
fn annotation(line: &str) -> Option<&str> {
    let line = line.trim();
    let comment = line.strip_prefix("<!--~").and_then(|rest| rest.strip_suffix("-->"));
    comment.or_else(|| line.strip_prefix("#~")).map(str::trim)
}

fn found(checked: &Snapshot) -> Vec<Place> {
    let place = |judged: &xep::report::Judged| {
        let source = checked.sources.get(judged.finding.span.file);
        let line = source.position(judged.finding.span.start).line;
        (source.path().to_owned(), line, judged.finding.rule.to_owned())
    };
    checked.report().findings.iter().map(place).collect()
}

/// What is told and not annotated, and what is annotated and not told.
fn complaints(fixture: &Fixture, found: &[Place]) -> Vec<String> {
    let mut unmet: Vec<Place> = fixture.files.iter().flat_map(|(path, text)| annotated(path, text)).collect();
    let mut complaints = Vec::new();
    for place in found {
        match unmet.iter().position(|one| one == place) {
            Some(at) => drop(unmet.remove(at)),
            None => complaints.push(complaint(fixture, place, "is told and not annotated")),
        }
    }
    complaints.extend(unmet.iter().map(|place| complaint(fixture, place, "is annotated and not told")));
    complaints
}

fn complaint(fixture: &Fixture, (path, line, rule): &Place, what: &str) -> String {
    format!("{}: {path}:{line}: {rule} {what}", fixture.name)
}

#[test]
fn fixtures_tell_what_they_are_annotated_with() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 12);
    let mut all = Vec::new();
    for fixture in fixtures {
        let checked = checked(&fixture.world(), &fixture.document);
        let told = human(&checked.report(), &checked.sources, false, WIDTH);
        insta::assert_snapshot!(fixture.name.as_str(), told);
        all.extend(complaints(&fixture, &found(&checked)));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
