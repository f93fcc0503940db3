//! A file of secrets that is written while others look on: for its owner alone, one program at a time, never half written.
//!
//! Beside the file lie `FILE.lock`, which is empty and stays, and for as long as an outcome has not been delivered a file with what was
//! there before (see [`SecretFile::keep`]).

use super::world::folder_of;
use super::{Failure, shown};
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// How many bytes are read.
const MAXIMUM: u64 = 64 * 1024 * 1024;

/// A file that no other program of ours changes while this value lives.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    /// It is unlocked when it is closed.
    _lock: File,
}

impl SecretFile {
    /// How names end under which bytes are kept beside a file.
    pub const KEPT: &str = ".before";

    /// Makes a file that is not there yet.
    ///
    /// # Errors
    /// When something of that name is there, or it cannot be written.
    pub fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let mut file = create_new(path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::new(format!("`{}` is there already; name another file", shown(path))),
            _ => cannot(path, "written", &error),
        })?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(path))
            .map_err(|error| cannot(path, "written", &error))
    }

    /// Waits until nobody else has the file, and reads it.
    ///
    /// # Errors
    /// When it is a link, or cannot be locked or read.
    pub fn open(path: &Path) -> Result<(SecretFile, Zeroizing<Vec<u8>>), Failure> {
        refuse_link(path)?;
        let data = std::fs::metadata(path).map_err(|error| cannot(path, "read", &error))?;
        if !data.is_file() {
            return Err(Failure::new(format!("`{}` is no file", shown(path))));
        }
        // Locked is a file beside it, since the file itself is replaced.
        let beside = beside(path, "lock");
        refuse_link(&beside)?;
        let lock = private().create(true).truncate(false).open(&beside);
        let lock =
            lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| cannot(&beside, "locked", &error))?;
        remove_left(path);
        let bytes = read(path).map_err(|error| cannot(path, "read", &error))?;
        Ok((SecretFile { path: path.to_path_buf(), _lock: lock }, bytes))
    }

    /// Puts other bytes in its place. When this returns, they are there also after a crash.
    ///
    /// # Errors
    /// When they cannot be written; then it is as it was.
    pub fn replace(&self, bytes: &[u8]) -> Result<(), Failure> {
        put(&self.path, bytes)
    }

    /// Keeps bytes beside it under a name that ends with [`SecretFile::KEPT`], until [`SecretFile::forget`].
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        put(&beside(&self.path, name), bytes)
    }

    /// What is kept beside it under that name.
    ///
    /// # Errors
    /// When it is there, and is a link or cannot be read.
    pub fn kept(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let path = beside(&self.path, name);
        refuse_link(&path)?;
        match read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot(&path, "read", &error)),
        }
    }

    /// Removes what is kept beside it under that name.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn forget(&self, name: &str) -> Result<(), Failure> {
        let path = beside(&self.path, name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(&path, "removed", &error)),
            _ => Ok(()),
        }
    }
}

fn beside(path: &Path, name: &str) -> PathBuf {
    let mut full = path.as_os_str().to_owned();
    full.push(".");
    full.push(name);
    full.into()
}

/// Reads and writes, for the owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_new(path: &Path) -> std::io::Result<File> {
    private().create_new(true).open(path)
}

fn read(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > MAXIMUM {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", MAXIMUM / (1024 * 1024))));
    }
    // Large enough from the start, so that no copy is left behind by a buffer that grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(MAXIMUM).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Removes the temporary files of runs that were killed: of the file itself and of what is kept beside it. Nobody else writes one while
/// the file is locked.
fn remove_left(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    let is_left = |left: &str| {
        let whole = left.strip_prefix(name).and_then(|rest| rest.strip_suffix(".tmp")?.rsplit_once('.'));
        whole.is_some_and(|(of, digits)| {
            let is_random = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_random && (of.is_empty() || (of.starts_with('.') && of.ends_with(SecretFile::KEPT)))
        })
    };
    let entries = std::fs::read_dir(folder_of(path)).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left)) {
        // One that cannot be removed is tried again by the next run.
        let _ = std::fs::remove_file(entry.path());
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    refuse_link(path)?;
    let temporary = beside(path, &format!("{:016x}.tmp", RandomState::new().hash_one(std::process::id())));
    let written = write_new(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // It is of no use to anybody; that it cannot be removed either changes nothing.
        let _ = std::fs::remove_file(&temporary);
    }
    written.and_then(|()| sync_folder(path)).map_err(|error| cannot(path, "written", &error))
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new name is safe when its folder is. Elsewhere than on Unix folders cannot be synced, and need not be.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder_of(path))?.sync_all(),
        false => Ok(()),
    }
}

fn refuse_link(path: &Path) -> Result<(), Failure> {
    match std::fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink()) {
        true => Err(Failure::new(format!("`{}` is a link; name the file itself", shown(path)))),
        false => Ok(()),
    }
}

fn cannot(path: &Path, what: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be {what}: {error}", shown(path)))
}
