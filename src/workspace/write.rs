//! Writing files, all of them: exclusively under a name that nobody can guess, then renamed, so that nothing is ever half written
//! and nothing is written through a link.
//!
//! The boundary of trust is a [`Folder`]: the folder that somebody named, or the root of a workspace. It may itself be reached by
//! a link. What is below it came with a checkout or lay there before, and a link in it is refused with its path. Somebody who can
//! change the folder *while* it is written to can change the files as well, so links are looked for, not locked out.
//!
//! A temporary file is locked for as long as somebody writes it. One that nobody holds was left by a run that was killed: it is
//! removed by the next run that writes to its folder.

use super::{Failure, root_of, shown};
use std::collections::HashSet;
use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// How much it matters that a file outlives a failure of power right after it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It is the author's, or committed: its bytes are on the disk before it takes the place of what was there.
    Synced,
    /// It comes from other files and is written again if it is not as it was: pages and the cache. To wait for the disk for each
    /// of the thousand files of a series takes longer than to build them.
    Regenerable,
}

/// A folder that files are written to, and the boundary of trust: no link below it is followed.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    keep: Keep,
    /// The folders below it, by their relative paths, that are known to be folders, and were swept.
    ready: Mutex<HashSet<PathBuf>>,
}

/// What lies at a path, the last part of which is not followed.
enum Lies {
    Nothing,
    File(Metadata),
    Folder,
    Link,
    /// A pipe, a device, a socket.
    Other,
}

/// How often a temporary file is made again that another run took for one that was left.
const MOST_ATTEMPTS: usize = 8;

impl Folder {
    /// A folder that somebody named. It is made when something is written.
    pub fn new(root: &Path, keep: Keep) -> Folder {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        Folder { root: root.to_path_buf(), keep, ready: Mutex::default() }
    }

    /// Writes a file, by its path from the folder on, unless it holds those bytes already. One that is there keeps its permissions. Answers
    /// whether it was written.
    ///
    /// # Errors
    /// When it or a folder in between is a link, or it cannot be written.
    pub fn write(&self, relative: &Path, bytes: &[u8]) -> Result<bool, Failure> {
        let path = self.path(relative)?;
        self.prepare(relative)?;
        let old = old(&path)?;
        if old.as_ref().is_some_and(|old| holds(&path, old, bytes)) {
            return Ok(false);
        }
        self.put(&path, bytes, old.map(|old| old.permissions())).map(|()| true)
    }

    /// Removes a file that is no longer wanted.
    ///
    /// # Errors
    /// When a folder in between is a link, or it is there and cannot be removed.
    pub fn remove(&self, relative: &Path) -> Result<(), Failure> {
        let path = self.path(relative)?;
        self.check(relative.parent().unwrap_or(Path::new("")))?;
        match std::fs::remove_file(&path) {
            Err(error) if !is_absent(&error) => {
                Err(Failure::new(format!("`{}` cannot be removed: {error}", shown(&path))))
            }
            _ => Ok(()),
        }
    }

    /// Makes sure that no part of a path below the folder is a link. What is not there yet is none.
    ///
    /// # Errors
    /// When one is.
    pub fn check(&self, relative: &Path) -> Result<(), Failure> {
        let mut at = PathBuf::new();
        for part in relative.components() {
            at.push(part);
            let path = self.root.join(&at);
            if let Lies::Link = lies(&path).map_err(|error| failed(&path, &error))? {
                return Err(self.linked(&path));
            }
        }
        Ok(())
    }

    /// The path of a file below the folder.
    fn path(&self, relative: &Path) -> Result<PathBuf, Failure> {
        let is_below = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below || relative.as_os_str().is_empty() {
            let (path, root) = (shown(relative), shown(&self.root));
            return Err(Failure::new(format!("`{path}` is not written: it does not lie below `{root}`")));
        }
        Ok(match self.root == Path::new(".") {
            true => relative.to_path_buf(),
            false => self.root.join(relative),
        })
    }

    /// Makes the folders in which a file lies, and removes what killed runs left in them.
    fn prepare(&self, relative: &Path) -> Result<(), Failure> {
        let folder = relative.parent().unwrap_or(Path::new(""));
        // A folder that somebody panicked over is as it was.
        let mut ready = self.ready.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if ready.contains(folder) {
            return Ok(());
        }
        if ready.is_empty() {
            std::fs::create_dir_all(&self.root).map_err(|error| failed(&self.root, &error))?;
        }
        let mut at = PathBuf::new();
        for part in folder.components() {
            at.push(part);
            if !ready.contains(&at) {
                self.prepare_one(&self.root.join(&at))?;
            }
        }
        sweep(&self.root.join(folder));
        ready.insert(folder.to_path_buf());
        Ok(())
    }

    fn prepare_one(&self, path: &Path) -> Result<(), Failure> {
        match lies(path).map_err(|error| failed(path, &error))? {
            Lies::Folder => Ok(()),
            Lies::Link => Err(self.linked(path)),
            Lies::File(_) | Lies::Other => Err(failed(path, &ErrorKind::NotADirectory.into())),
            Lies::Nothing => match std::fs::create_dir(path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(path, &error)),
                _ => Ok(()),
            },
        }
    }

    fn linked(&self, path: &Path) -> Failure {
        let (link, root) = (shown(path), shown(&self.root));
        Failure::new(format!(
            "`{link}` is a symbolic link, and nothing below `{root}` is written through links; remove it, or name another folder"
        ))
    }

    fn put(&self, path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for _ in 0..MOST_ATTEMPTS {
            outcome = self.put_once(path, bytes, permissions.clone());
            // A run that began to sweep before the file was locked has taken it away.
            if !outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
                break;
            }
        }
        outcome.map_err(|error| failed(path, &error))
    }

    fn put_once(&self, path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
        let mut temporary = Temporary::beside(path)?;
        temporary.file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            temporary.file.set_permissions(permissions)?;
        }
        if self.keep == Keep::Synced {
            temporary.file.sync_all()?;
        }
        temporary.rename(path)
    }
}

/// Writes a file that somebody named, unless it holds those bytes already. Answers whether it was written.
///
/// # Errors
/// When it is a link, or cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    let name = path.file_name().ok_or_else(|| failed(path, &ErrorKind::IsADirectory.into()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    no_links_between(folder)?;
    Folder::new(folder, Keep::Synced).write(Path::new(name), bytes)
}

/// Makes sure that a folder inside of a workspace is not reached through a link that the workspace holds.
fn no_links_between(folder: &Path) -> Result<(), Failure> {
    // The root of a workspace may be reached by links; what is below it came with it.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = std::path::absolute(folder).map_err(|error| failed(folder, &error))?;
    let root = root_of(&super::Disk, &folder);
    match folder.strip_prefix(&root) {
        Ok(below) if !below.as_os_str().is_empty() => Folder::new(&root, Keep::Synced).check(below),
        _ => Ok(()),
    }
}

/// The path of a folder that nobody named, below one that is trusted.
///
/// # Errors
/// When a part of it below that is a link.
pub fn inside(root: &Path, relative: &Path) -> Result<PathBuf, Failure> {
    let folder = Folder::new(root, Keep::Regenerable);
    folder.check(relative)?;
    folder.path(relative)
}

/// Makes sure that no entry of a folder is a link, where what is in it was written by this program alone.
///
/// # Errors
/// When one is.
pub fn no_links_in(folder: &Path) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
    match links.next() {
        Some(link) => Err(Folder::new(folder, Keep::Regenerable).linked(&link.path())),
        None => Ok(()),
    }
}

/// The bytes of a regular file; nothing of a link or a pipe.
pub fn regular(path: &Path) -> Option<Vec<u8>> {
    let is_regular = matches!(lies(path), Ok(Lies::File(_)));
    is_regular.then(|| std::fs::read(path).ok()).flatten()
}

/// A file that is being written. It is locked, and goes away unless it is renamed.
struct Temporary {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl Temporary {
    fn beside(path: &Path) -> io::Result<Temporary> {
        let path = path.with_file_name(Temporary::name()?);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        // Where a file system has no locks nobody can take one to tell that the file was left, so it stays.
        let _ = file.lock();
        Ok(Temporary { path, file, is_renamed: false })
    }

    /// A name that nobody can guess.
    fn name() -> io::Result<String> {
        let mut random = [0; DIGITS / 2];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(format!("{BEGIN}{}{END}", crate::xmpp::hash::to_hexadecimal(&random)))
    }

    /// Whether a name is one of ours.
    fn is_name(name: &str) -> bool {
        let digits = name.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, path)?;
        self.is_renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_renamed {
            // It is of no use to anybody; that it cannot be removed either changes nothing.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// How the names of temporary files begin and end.
const BEGIN: &str = ".xep-";
const END: &str = ".tmp";

/// How many random digits are between.
const DIGITS: usize = 32;

/// Removes the temporary files in a folder that nobody is writing.
fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(Temporary::is_name);
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            sweep_one(&entry.path());
        }
    }
}

fn sweep_one(path: &Path) {
    let Ok(file) = File::open(path) else { return };
    if file.try_lock().is_ok() {
        // If it cannot be removed, the next run tries again.
        let _ = std::fs::remove_file(path);
    }
}

fn lies(path: &Path) -> io::Result<Lies> {
    match std::fs::symlink_metadata(path) {
        Err(error) if is_absent(&error) => Ok(Lies::Nothing),
        Err(error) => Err(error),
        Ok(data) if data.is_symlink() => Ok(Lies::Link),
        Ok(data) if data.is_dir() => Ok(Lies::Folder),
        Ok(data) if data.is_file() => Ok(Lies::File(data)),
        Ok(_) => Ok(Lies::Other),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What is known of the file that is to be written; nothing where there is none.
fn old(path: &Path) -> Result<Option<Metadata>, Failure> {
    match lies(path).map_err(|error| failed(path, &error))? {
        Lies::Nothing => Ok(None),
        Lies::File(data) => Ok(Some(data)),
        Lies::Folder => Err(failed(path, &ErrorKind::IsADirectory.into())),
        Lies::Link => Err(led_elsewhere(path)),
        Lies::Other => Err(Failure::new(format!("`{}` cannot be written: it is no regular file", shown(path)))),
    }
}

fn led_elsewhere(path: &Path) -> Failure {
    let target = std::fs::canonicalize(path).or_else(|_| std::fs::read_link(path)).unwrap_or_default();
    let (link, target) = (shown(path), shown(&target));
    Failure::new(format!(
        "`{link}` is a symbolic link, and nothing is written through links; remove it, or name the file that it leads to: `{target}`"
    ))
}

fn holds(path: &Path, old: &Metadata, bytes: &[u8]) -> bool {
    old.len() == bytes.len() as u64 && std::fs::read(path).is_ok_and(|old| old == bytes)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be written: {error}", shown(path)))
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    /// An empty folder, with a file elsewhere that nothing may write to.
    fn ground(name: &str) -> PathBuf {
        let ground = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tests/write").join(name);
        let _ = std::fs::remove_dir_all(&ground);
        std::fs::create_dir_all(ground.join("elsewhere")).unwrap();
        std::fs::create_dir_all(ground.join("out")).unwrap();
        std::fs::write(ground.join("elsewhere/file"), "mine").unwrap();
        ground
    }

    fn folder(ground: &Path) -> Folder {
        Folder::new(&ground.join("out"), Keep::Synced)
    }

    fn refused(outcome: Result<bool, Failure>, words: &str) {
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let ground = ground("links");
        symlink(ground.join("elsewhere/file"), ground.join("out/link")).unwrap();
        symlink(ground.join("elsewhere"), ground.join("out/folder")).unwrap();
        symlink(ground.join("nowhere"), ground.join("out/dangling")).unwrap();
        let out = folder(&ground);
        refused(out.write(Path::new("link"), b"theirs"), "out/link` is a symbolic link");
        refused(out.write(Path::new("link"), b"mine"), "is a symbolic link");
        refused(out.write(Path::new("dangling"), b"theirs"), "nowhere`");
        refused(out.write(Path::new("folder/file"), b"theirs"), "out/folder` is a symbolic link");
        refused(out.write(Path::new("folder/new/file"), b"theirs"), "is a symbolic link");
        refused(write(&ground.join("out/folder/file"), b"theirs"), "out/folder` is a symbolic link");
        assert!(out.write(Path::new("link"), b"others").is_err());
        assert!(out.remove(Path::new("folder/file")).is_err());
        assert_eq!(std::fs::read(ground.join("elsewhere/file")).unwrap(), b"mine");
        assert_eq!(std::fs::read_dir(ground.join("elsewhere")).unwrap().count(), 1);
        assert!(!ground.join("nowhere").exists());
    }

    #[test]
    fn the_folder_that_was_named_may_be_a_link_itself() {
        let ground = ground("named");
        symlink(ground.join("out"), ground.join("named")).unwrap();
        let named = Folder::new(&ground.join("named"), Keep::Synced);
        assert!(named.write(Path::new("a/b"), b"text").unwrap());
        assert_eq!(std::fs::read(ground.join("out/a/b")).unwrap(), b"text");
        refused(inside(&ground, Path::new("named/site")).map(|_| true), "named` is a symbolic link");
    }

    #[test]
    fn no_path_leads_outside_and_nothing_but_files_is_replaced() {
        let ground = ground("outside");
        let out = folder(&ground);
        for path in ["../elsewhere/file", "/tmp/file", ""] {
            assert!(out.write(Path::new(path), b"theirs").is_err(), "{path}");
        }
        std::fs::create_dir(ground.join("out/folder")).unwrap();
        assert!(out.write(Path::new("folder"), b"text").is_err());
        assert_eq!(std::fs::read(ground.join("elsewhere/file")).unwrap(), b"mine");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let ground = ground("left");
        let at = |name: &str| ground.join("out").join(name);
        let (left, written) = (format!(".xep-{}.tmp", "a1".repeat(16)), format!(".xep-{}.tmp", "b2".repeat(16)));
        let linked = format!(".xep-{}.tmp", "c3".repeat(16));
        let others = [".xep-abc.tmp", ".file.12.tmp", "file.tmp"];
        others.iter().chain([&left.as_str(), &written.as_str()]).for_each(|name| std::fs::write(at(name), "").unwrap());
        symlink(ground.join("elsewhere/file"), at(&linked)).unwrap();
        let running = File::open(at(&written)).unwrap();
        running.lock().unwrap();
        folder(&ground).write(Path::new("file"), b"text").unwrap();
        assert!(!at(&left).exists());
        assert!(others.iter().all(|name| at(name).exists()) && at(&written).exists());
        assert_eq!(std::fs::read(at(&linked)).unwrap(), b"mine");
        drop(running);
        folder(&ground).write(Path::new("file"), b"text").unwrap();
        assert!(!at(&written).exists(), "nobody writes it any more");
    }

    #[test]
    fn a_file_that_is_replaced_keeps_its_permissions_and_a_hard_link_its_bytes() {
        let ground = ground("replaced");
        let file = ground.join("out/file");
        std::fs::hard_link(ground.join("elsewhere/file"), &file).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        folder(&ground).write(Path::new("file"), b"new").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(std::fs::read(ground.join("elsewhere/file")).unwrap(), b"mine");
    }

    #[test]
    fn runs_that_write_at_once_do_not_take_each_others_files() {
        let ground = ground("at-once");
        std::thread::scope(|scope| {
            for run in 0..4 {
                let ground = &ground;
                scope.spawn(move || {
                    for turn in 0..100 {
                        let text = format!("{run} {turn}");
                        let out = Folder::new(&ground.join("out"), Keep::Regenerable);
                        out.write(Path::new("file"), text.as_bytes()).unwrap();
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(ground.join("out")).unwrap().count(), 1);
    }
}
