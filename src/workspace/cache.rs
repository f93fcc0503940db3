//! What earlier runs found out, so that it need not be found out again.
//!
//! The cache of a workspace is a folder of its own in the user's cache folder, never in the checkout. It holds the *index* of the
//! series (of each file: its stamp, its hash, and what other documents need to know of it) and *results* (of each document:
//! what was found, and which files of a site were written), each under a key that covers everything that it depends on. A
//! cache that cannot be read, or was written by another build of the program, is none. Every part that is read by itself has a
//! checksum; a part that does not have its own is none either, so that a damaged disk costs time and changes no answer. The
//! checksum is no signature: who can write to the cache can write the checksum as well.

mod index;

use super::Failure;
use super::world::{Stamp, World};
use super::write::{Folder, Keep, inside, no_links_in, regular};
use crate::example::proven::{Passed, Proven};
use crate::finding::{Edit, Finding, Fix, Label};
use crate::key::{Hash, hash, short};
use crate::read::series::newest_declared;
use crate::report::DocumentReport;
use crate::rule;
use crate::series::Facts;
use crate::source::{FileId, Span};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What is known of a file.
#[derive(Clone, Debug)]
pub struct Record {
    /// How the file was when it was read.
    pub stamp: Stamp,
    /// The hash of its bytes.
    pub hash: Hash,
    /// Whether it is a document.
    pub is_document: bool,
    /// What others need to know of it, if it is a document that was read.
    pub facts: Option<Facts>,
    /// The highest number of the XEPs that it declares, if it is an `xep.ent`.
    pub newest: Option<u16>,
}

/// What came of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// What it depends on.
    pub key: Hash,
    /// The files of the site that were written, by their names in it.
    pub outputs: Vec<(String, Stamp)>,
    /// What was done with its examples.
    pub report: DocumentReport,
    /// What was found.
    pub findings: Vec<StoredFinding>,
    /// How far its status and age lower severities.
    pub maturity: rule::Maturity,
}

/// A finding without the numbers that files have in a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredFinding {
    rule: String,
    message: String,
    span: StoredSpan,
    label: String,
    related: Vec<(StoredSpan, String)>,
    notes: Vec<String>,
    help: Option<String>,
    fix: Option<StoredFix>,
    example: Option<String>,
    requirement: Option<String>,
}

/// Whether a fix is safe, what it does, and its edits.
type StoredFix = (bool, String, Vec<(StoredSpan, String)>);

/// A place in the document itself or in its `xep.ent`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct StoredSpan {
    is_shared: bool,
    start: usize,
    end: usize,
}

/// The files of a run in which findings about one document may stand.
#[derive(Clone, Copy, Debug)]
pub struct Files {
    /// The document.
    pub document: FileId,
    /// Its `xep.ent`.
    pub shared: Option<FileId>,
}

impl Files {
    fn store(self, span: Span) -> Option<StoredSpan> {
        let is_shared = match span.file {
            file if file == self.document => false,
            file if Some(file) == self.shared => true,
            _ => return None,
        };
        Some(StoredSpan { is_shared, start: span.start, end: span.end })
    }

    fn restore(self, span: StoredSpan) -> Option<Span> {
        let file = if span.is_shared { self.shared? } else { self.document };
        Some(Span::new(file, span.start, span.end))
    }
}

impl StoredFinding {
    /// A finding as it is stored; nothing for one that stands in other files.
    pub fn of(finding: &Finding, files: Files) -> Option<StoredFinding> {
        let labels = |labels: &[Label]| -> Option<Vec<_>> {
            labels.iter().map(|label| Some((files.store(label.span)?, label.message.clone()))).collect()
        };
        let fix = match &finding.fix {
            None => None,
            Some(fix) => {
                let edits: Option<Vec<_>> =
                    fix.edits.iter().map(|edit| Some((files.store(edit.span)?, edit.text.clone()))).collect();
                Some((fix.safe, fix.message.clone(), edits?))
            }
        };
        Some(StoredFinding {
            rule: finding.rule.to_owned(),
            message: finding.message.clone(),
            span: files.store(finding.span)?,
            label: finding.label.clone(),
            related: labels(&finding.related)?,
            notes: finding.notes.clone(),
            help: finding.help.clone(),
            fix,
            example: finding.example.clone(),
            requirement: finding.requirement.clone(),
        })
    }

    /// The finding in the files of this run.
    pub fn restore(&self, files: Files) -> Option<Finding> {
        let mut finding = Finding::new(rule::find(&self.rule)?.name, files.restore(self.span)?, self.message.clone());
        finding.label.clone_from(&self.label);
        for (span, message) in &self.related {
            finding.related.push(Label { span: files.restore(*span)?, message: message.clone() });
        }
        finding.notes.clone_from(&self.notes);
        finding.help.clone_from(&self.help);
        if let Some((safe, message, stored)) = &self.fix {
            let edits =
                stored.iter().map(|(span, text)| Some(Edit { span: files.restore(*span)?, text: text.clone() }));
            finding.fix = Some(Fix { safe: *safe, message: message.clone(), edits: edits.collect::<Option<_>>()? });
        }
        finding.example.clone_from(&self.example);
        finding.requirement.clone_from(&self.requirement);
        Some(finding)
    }
}

/// The cache of one workspace.
#[derive(Debug, Default)]
pub struct Cache {
    folder: Option<PathBuf>,
    /// The current folder.
    here: PathBuf,
    files: HashMap<String, Record>,
    /// The names of the files of which the index on disk does not know, or not as they are.
    newer: BTreeSet<String>,
    is_changed: bool,
    /// Whether it is used again by the one who opened it.
    is_in_memory: bool,
}

/// The file of the index.
const INDEX: &str = "index";

/// The file of what was noted since the index was written.
const NEWER: &str = "index-newer";

/// The file of the round trips that went well.
const PROVEN: &str = "proven";

/// From how many newer records on the whole index is written anew.
const MANY: usize = 32;

impl Cache {
    /// The cache in a folder.
    ///
    /// # Errors
    /// When a file in it is a link: no run wrote that.
    pub fn open(folder: Option<PathBuf>) -> Result<Cache, Failure> {
        folder.as_deref().map_or(Ok(()), no_links_in)?;
        Ok(Cache::read(folder))
    }

    /// One that holds nothing and keeps nothing.
    pub fn none() -> Cache {
        Cache::read(None)
    }

    fn read(folder: Option<PathBuf>) -> Cache {
        let part = |name| folder.as_ref().and_then(|folder| index::read(&folder.join(name))).unwrap_or_default();
        let (mut files, newer) = (part(INDEX), part(NEWER));
        let names = newer.keys().cloned().collect();
        files.extend(newer);
        let here = std::env::current_dir().unwrap_or_default();
        Cache { folder, here, files, newer: names, is_changed: false, is_in_memory: false }
    }

    /// Whether it keeps anything.
    pub fn is_kept(&self) -> bool {
        self.folder.is_some() || self.is_in_memory
    }

    /// Keeps in memory what is found out, for whoever stays.
    pub fn stay(&mut self) {
        self.is_in_memory = true;
    }

    /// A file's name in the cache.
    pub fn name_of(&self, path: &Path) -> String {
        let whole = self.here.join(path);
        let bytes = whole.as_os_str().as_encoded_bytes();
        let may_be_shorter = |pair: &[u8]| matches!(pair, b"/." | b"//");
        let shortest = match bytes.windows(2).any(may_be_shorter) {
            true => std::path::absolute(&whole).unwrap_or(whole),
            false => whole,
        };
        match shortest.into_os_string().into_string() {
            Ok(name) => name,
            Err(name) => name.to_string_lossy().into_owned(),
        }
    }

    /// What is known of a file, if it is still as it was.
    pub fn record(&self, world: &dyn World, path: &Path) -> Option<&Record> {
        let record = self.fresh_record(path)?;
        record.stamp.still_holds(&world.stamp(path)?).then_some(record)
    }

    /// What is known of a file of which somebody found out just now that it is as it was.
    pub fn fresh_record(&self, path: &Path) -> Option<&Record> {
        self.files.get(&self.name_of(path))
    }

    /// The facts of a document with these bytes, however old the file seems.
    pub fn facts_of(&self, path: &Path, hash: &Hash) -> Option<Facts> {
        self.fresh_record(path).filter(|record| record.hash == *hash)?.facts.clone()
    }

    /// Notes what is known of a file.
    pub fn note(&mut self, path: &Path, record: Record) {
        if self.is_kept() {
            let name = self.name_of(path);
            self.newer.insert(name.clone());
            self.files.insert(name, record);
            self.is_changed = true;
        }
    }

    /// What is known of a file that documents share, read anew only if it has changed.
    pub fn shared(&mut self, world: &dyn World, path: &Path) -> Option<Record> {
        if let Some(record) = self.record(world, path) {
            return Some(record.clone());
        }
        let stamp = world.stamp(path);
        let bytes = world.read(path).ok()?;
        let newest = newest_declared(&String::from_utf8_lossy(&bytes));
        // A file without a stamp, older than 1970, is read in every run.
        let record = Record {
            stamp: stamp.unwrap_or(Stamp::of_memory(b"")),
            hash: hash(&bytes),
            is_document: false,
            facts: None,
            newest,
        };
        if stamp.is_some() {
            self.note(path, record.clone());
        }
        Some(record)
    }

    /// The stored results of runs of one kind.
    pub fn results(&self, kind: &str) -> HashMap<String, Stored> {
        let file = self.folder.as_ref().map(|folder| folder.join(kind));
        file.and_then(|file| read(&file)).unwrap_or_default()
    }

    /// The round trips that went well in earlier runs.
    pub fn proven(&self) -> BTreeMap<Hash, Passed> {
        let file = self.folder.as_ref().map(|folder| folder.join(PROVEN));
        file.and_then(|file| read(&file)).unwrap_or_default()
    }

    /// Its folder, if it keeps anything.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Stores the index, if it has changed.
    pub fn close(&mut self) {
        if let (Some(folder), true) = (&self.folder, self.is_changed) {
            if self.newer.len() < MANY {
                let newer = self.newer.iter().filter_map(|name| Some((name.as_str(), self.files.get(name)?)));
                index::save(&folder.join(NEWER), newer.collect());
            } else {
                index::save(
                    &folder.join(INDEX),
                    self.files.iter().map(|(name, record)| (name.as_str(), record)).collect(),
                );
                index::save(&folder.join(NEWER), BTreeMap::new());
                self.newer.clear();
            }
            self.is_changed = false;
        }
    }
}

/// Stores the results of a run of one kind in the folder of a cache.
pub fn store(folder: Option<&Path>, kind: &str, results: &HashMap<String, Stored>) {
    if let Some(folder) = folder {
        save::<BTreeMap<&String, &Stored>>(&folder.join(kind), results.iter().collect());
    }
}

/// Stores the round trips that went well, if there are new ones.
pub fn store_proven(folder: Option<&Path>, proven: &Proven) {
    if let (Some(folder), Some(all)) = (folder, proven.renewed()) {
        save(&folder.join(PROVEN), all);
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = regular(path)?;
    // Entries of another build may be of another form.
    let (program, entries) = postcard::take_from_bytes::<&str>(intact(&bytes)?).ok()?;
    (program == self::program()).then(|| postcard::from_bytes(entries).ok()).flatten()
}

/// Writes a file of the cache. That it cannot be written costs time in the next run and nothing else.
fn save<T: Serialize>(path: &Path, entries: T) {
    if let Ok(bytes) = postcard::to_stdvec(&(program(), entries)) {
        put(path, &sealed(bytes));
    }
}

/// How long a checksum is, in bytes.
const CHECKSUM: usize = 8;

/// What tells that bytes are no longer as they were written: every one of their bits counts.
fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// Bytes with their checksum before them.
fn sealed(bytes: Vec<u8>) -> Vec<u8> {
    let mut all = checksum(&bytes).to_le_bytes().to_vec();
    all.extend(bytes);
    all
}

/// What is behind a checksum, if it is as it was written.
fn intact(all: &[u8]) -> Option<&[u8]> {
    let (sum, bytes) = all.split_first_chunk::<CHECKSUM>()?;
    (u64::from_le_bytes(*sum) == checksum(bytes)).then_some(bytes)
}

fn put(path: &Path, bytes: &[u8]) {
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
        // The next run finds out again what cannot be stored.
        let _ = Folder::new(folder, Keep::Regenerable).write(Path::new(name), bytes);
    }
}

/// What tells one build of the program from another: the version, and how the executable is on disk.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let executable = std::env::current_exe().ok();
        let stamp = executable.and_then(|path| super::Disk.stamp(&path));
        let stamp = stamp.map_or_else(String::new, |stamp| {
            format!("{} {} {} {}", stamp.length, stamp.written, stamp.changed, stamp.number)
        });
        format!("{} {stamp}", env!("CARGO_PKG_VERSION"))
    })
}

/// The folder in which the cache of a workspace lies if nobody says otherwise: `$XDG_CACHE_HOME/xep/` and a hash of the
/// workspace's root.
///
/// # Errors
/// When a part of it below `$XDG_CACHE_HOME` is a link.
pub fn default_folder(world: &dyn World, root: &Path) -> Result<Option<PathBuf>, Failure> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || Some(variable("HOME")?.join(".cache"));
    let caches = variable("XDG_CACHE_HOME").or_else(home).or_else(|| variable("LOCALAPPDATA"));
    let hash = hash(world.real(root).to_string_lossy().as_bytes());
    caches.map(|caches| inside(&caches, &Path::new("xep").join(short(&hash)))).transpose()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn findings_survive_being_stored() {
        let mut sources = Sources::default();
        let document = sources.add("a", "text");
        let shared = sources.add("xep.ent", "text");
        let files = Files { document, shared: Some(shared) };
        let finding = Finding::new("malformed-xml", Span::new(document, 1, 2), "message")
            .related(Span::new(shared, 0, 1), "here")
            .note("note")
            .help("help");
        let stored = StoredFinding::of(&finding, files).unwrap();
        assert_eq!(stored.restore(files), Some(finding));
        assert!(stored.restore(Files { shared: None, ..files }).is_none());
    }
}
