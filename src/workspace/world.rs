//! What comes from outside: files.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Files, wherever they lie.
pub trait World: Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// As the file system says; also when a file is larger than is read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The beginning of a file of any size: 64 KiB at most.
    ///
    /// # Errors
    /// As the file system says.
    fn start(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether a folder lies at a path.
    fn is_folder(&self, path: &Path) -> bool;

    /// Whether a file lies at a path.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether anything lies at a path: a file, a folder, a link to nowhere.
    fn is_there(&self, path: &Path) -> bool {
        self.is_file(path) || self.is_folder(path)
    }

    /// Whether a link lies at a path, wherever it leads.
    fn is_link(&self, path: &Path) -> bool {
        let _ = path;
        false
    }

    /// The files below a folder and the links there, in the order of their paths. Hidden folders, `target` and what is below linked
    /// folders are passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn entries_below(&self, path: &Path) -> io::Result<Vec<Entry>>;

    /// The files in a folder and the links there, not those in folders of it; none where it cannot be read.
    fn entries_in(&self, path: &Path) -> Vec<Entry>;

    /// The files below a folder without links, in the order of their paths.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn files_below(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(files(self.entries_below(path)?))
    }

    /// The files in a folder without links; none where it cannot be read.
    fn files_in(&self, path: &Path) -> Vec<PathBuf> {
        files(self.entries_in(path))
    }

    /// The path without links, for comparison; the path itself where that is not known.
    fn real(&self, path: &Path) -> PathBuf;

    /// What shows cheaply that a file is still as it was; `None` where that cannot be told.
    fn stamp(&self, path: &Path) -> Option<Stamp>;

    /// What `git` answers in a folder. Where there is no git, or the files are on no disk, it is not found.
    ///
    /// # Errors
    /// When it cannot be run.
    fn git(&self, folder: &Path, arguments: &[&OsStr]) -> io::Result<Answer> {
        let _ = (folder, arguments);
        Err(io::ErrorKind::NotFound.into())
    }
}

/// The folder in which a file lies; `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether no walk goes into a folder of that name: a hidden one, or `target`.
pub fn is_unwalked(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "target"
}

/// A file in a folder, or a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: PathBuf,
    /// Whether it is a link, wherever it leads.
    pub is_link: bool,
}

impl Entry {
    fn new(path: PathBuf, kind: std::fs::FileType) -> Option<Entry> {
        (kind.is_file() || kind.is_symlink()).then_some(Entry { path, is_link: kind.is_symlink() })
    }
}

/// Those of entries that are files.
fn files(entries: Vec<Entry>) -> Vec<PathBuf> {
    entries.into_iter().filter(|entry| !entry.is_link).map(|entry| entry.path).collect()
}

/// What a program answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether it did what it was told.
    pub succeeded: bool,
    /// What it printed.
    pub output: Vec<u8>,
    /// What it complained about.
    pub complaint: String,
}

/// What shows that a file is still as it was, without reading it.
///
/// Length and time of writing alone can be kept by whoever changes a file; the time of the change and the number of the file
/// cannot. The device is left out, as `git` does: it gets other numbers when a system starts again, and tells nothing more.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Stamp {
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub written: u64,
    /// When anything of it was last changed, its times included, in nanoseconds since 1970; 0 where the system does not tell.
    pub changed: u64,
    /// Which file it is on its disk: its number, or where there is none, when it was made.
    pub number: u64,
    /// Whether it was left alone for a while before the stamp was taken. Else it may be written once more within the same tick
    /// of the clock, and the stamp says nothing.
    pub is_settled: bool,
}

impl Stamp {
    /// The stamp of bytes that are in memory alone.
    pub(super) fn of_memory(bytes: &[u8]) -> Stamp {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        // The hash stands for the time: nobody writes these files at any.
        Stamp { length: bytes.len() as u64, written: hasher.finish(), changed: 0, number: 0, is_settled: true }
    }

    /// The stamp of a file of the disk; nothing where it is no regular file, or older than 1970.
    fn of_disk(data: &std::fs::Metadata) -> Option<Stamp> {
        let written = nanoseconds(data.modified().ok()?)?;
        let (changed, number) = if data.is_file() { identity(data) } else { return None };
        let quiet = nanoseconds(SystemTime::now())?.checked_sub(written.max(changed));
        let is_settled = quiet.is_some_and(|quiet| quiet >= COARSEST_TICK);
        Some(Stamp { length: data.len(), written, changed, number, is_settled })
    }

    /// Whether a file with this stamp, which has another one now, holds what it held.
    pub fn still_holds(&self, now: &Stamp) -> bool {
        self.is_settled && self.is_same(now)
    }

    /// Whether two stamps are the same, however long the file was left alone.
    pub fn is_same(&self, other: &Stamp) -> bool {
        let parts = |stamp: &Stamp| [stamp.length, stamp.written, stamp.changed, stamp.number];
        parts(self) == parts(other)
    }
}

/// How far apart two moments are at least that every file system tells apart, in nanoseconds: FAT counts in steps of 2 s.
const COARSEST_TICK: u64 = 2_000_000_000;

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

/// When a file was last changed in any way, and its number.
#[cfg(unix)]
fn identity(data: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    const SECOND: u64 = 1_000_000_000;
    let seconds = u64::try_from(data.ctime()).unwrap_or(0);
    let changed = seconds.saturating_mul(SECOND).saturating_add(u64::try_from(data.ctime_nsec()).unwrap_or(0));
    (changed, data.ino())
}

/// No time of a change and no number is told; when the file was made tells one that took the place of another.
#[cfg(not(unix))]
fn identity(data: &std::fs::Metadata) -> (u64, u64) {
    (0, data.created().ok().and_then(nanoseconds).unwrap_or(0))
}

/// How large a file may be, in bytes: ten times the largest XEP.
pub const MAX_FILE: u64 = 4 * 1024 * 1024;

/// How much of a file tells what it is, in bytes.
pub(super) const START: u64 = 64 * 1024;

/// What is said of a file that is larger than [`MAX_FILE`].
pub fn too_large() -> io::Error {
    let limit = MAX_FILE / (1024 * 1024);
    let message = format!("the file is larger than {limit} MiB, which is the most that is read");
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

/// The disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl World for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if std::fs::metadata(path)?.len() > MAX_FILE {
            return Err(too_large());
        }
        std::fs::read(path)
    }

    fn start(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(START).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_there(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn is_link(&self, path: &Path) -> bool {
        path.is_symlink()
    }

    fn entries_below(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let is_passed_over = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_type().is_dir() && is_unwalked(entry.file_name())
        };
        let mut entries = Vec::new();
        for entry in
            walkdir::WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(|entry| !is_passed_over(entry))
        {
            let entry = entry.map_err(io::Error::from)?;
            let kind = entry.file_type();
            entries.extend(Entry::new(entry.into_path(), kind));
        }
        Ok(entries)
    }

    fn entries_in(&self, path: &Path) -> Vec<Entry> {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let name = |entry: &std::fs::DirEntry| match path == Path::new(".") {
            true => entry.file_name().into(),
            false => entry.path(),
        };
        entries.filter_map(|entry| Entry::new(name(&entry), entry.file_type().ok()?)).collect()
    }

    fn real(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        Stamp::of_disk(&std::fs::metadata(path).ok()?)
    }

    fn git(&self, folder: &Path, arguments: &[&OsStr]) -> io::Result<Answer> {
        let mut git = std::process::Command::new("git");
        // To look changes nothing in the repository, and what it says is not translated.
        git.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").stdin(std::process::Stdio::null());
        let output = git.arg("-C").arg(folder).args(arguments).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Answer { succeeded: output.status.success(), output: output.stdout, complaint })
    }
}

/// Files in memory, for tests.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// The same with one more file.
    pub fn with(mut self, path: &str, text: impl Into<Vec<u8>>) -> Memory {
        self.files.insert(plain(Path::new(path)), text.into());
        self
    }
}

/// A path without `.` in it.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

impl World for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.files.get(&plain(path)).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if bytes.len() as u64 > MAX_FILE { Err(too_large()) } else { Ok(bytes.clone()) }
    }

    fn start(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.files.get(&plain(path)).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(bytes.iter().copied().take(START as usize).collect())
    }

    fn is_folder(&self, path: &Path) -> bool {
        let folder = plain(path);
        self.files.keys().any(|file| *file != folder && file.starts_with(&folder))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(&plain(path))
    }

    fn entries_below(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let folder = plain(path);
        let below = self.files.keys().filter_map(|file| file.strip_prefix(&folder).ok());
        Ok(below.map(|relative| Entry { path: path.join(relative), is_link: false }).collect())
    }

    fn entries_in(&self, path: &Path) -> Vec<Entry> {
        let folder = plain(path);
        let inside = self.files.keys().filter(|file| file.parent() == Some(&folder));
        inside.map(|file| Entry { path: file.clone(), is_link: false }).collect()
    }

    fn real(&self, path: &Path) -> PathBuf {
        Path::new("/").join(plain(path))
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        self.files.get(&plain(path)).map(|bytes| Stamp::of_memory(bytes))
    }
}
