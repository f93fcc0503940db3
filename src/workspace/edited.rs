//! Files, some of them as they are to be: what an editor holds that was not stored, what fixes make of documents.

use super::world::{Answer, Entry, MAX_FILE, START, Stamp, World, is_unwalked, too_large};
use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

/// The files of a world, some of them edited.
pub struct Edited<'w> {
    world: &'w dyn World,
    /// What edited files hold, by their paths without links.
    texts: BTreeMap<PathBuf, Vec<u8>>,
    /// The names of edited files: of most files that alone tells that they are not.
    names: HashSet<OsString>,
}

impl<'w> Edited<'w> {
    /// The files of a world as they are.
    pub fn new(world: &'w dyn World) -> Edited<'w> {
        Edited { world, texts: BTreeMap::new(), names: HashSet::new() }
    }

    /// Says what a file holds; nothing: what the world says of it counts again.
    pub fn apply(&mut self, path: &Path, text: Option<String>) {
        let place = self.place(path);
        match text {
            Some(text) => {
                self.names.extend([&*place, path].into_iter().filter_map(Path::file_name).map(OsStr::to_owned));
                self.texts.insert(place, text.into_bytes());
            }
            None => drop(self.texts.remove(&place)),
        }
    }

    /// The path of a file without links, which need not exist.
    fn place(&self, path: &Path) -> PathBuf {
        if self.world.is_file(path) {
            return self.world.real(path);
        }
        // Of a path that leads to nothing yet, the folders that are there decide.
        let name = path.file_name().unwrap_or_default();
        match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            None => self.world.real(Path::new(".")).join(name),
            Some(folder) if self.world.is_there(folder) => self.world.real(folder).join(name),
            Some(folder) => self.place(folder).join(name),
        }
    }

    fn text(&self, path: &Path) -> Option<&[u8]> {
        let may_be = self.names.contains(path.file_name()?) || !self.texts.is_empty() && self.world.is_link(path);
        may_be.then(|| self.texts.get(&self.place(path)))?.map(Vec::as_slice)
    }

    /// The edited files below a folder that are not in the world, by their paths from it on.
    fn new_below(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let real = if self.texts.is_empty() { PathBuf::new() } else { self.world.real(folder) };
        let below = self.texts.keys().filter_map(move |path| path.strip_prefix(&real).ok());
        let below = below.filter(|relative| !is_passed_over(relative));
        let below = below.map(|relative| folder.join(relative)).collect::<Vec<_>>();
        below.into_iter().filter(|path| !self.world.is_there(path))
    }
}

/// Whether a file lies in a folder below that no walk goes into.
fn is_passed_over(relative: &Path) -> bool {
    relative.parent().into_iter().flat_map(Path::components).any(|folder| is_unwalked(folder.as_os_str()))
}

impl World for Edited<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.text(path) {
            Some(text) if text.len() as u64 > MAX_FILE => Err(too_large()),
            Some(text) => Ok(text.to_vec()),
            None => self.world.read(path),
        }
    }

    fn start(&self, path: &Path) -> io::Result<Vec<u8>> {
        let start = |text: &[u8]| text.iter().copied().take(START as usize).collect();
        self.text(path).map_or_else(|| self.world.start(path), |text| Ok(start(text)))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.world.is_folder(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.world.is_file(path) || self.text(path).is_some()
    }

    fn is_there(&self, path: &Path) -> bool {
        self.world.is_there(path) || self.text(path).is_some()
    }

    fn is_link(&self, path: &Path) -> bool {
        self.world.is_link(path)
    }

    fn entries_below(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = self.world.entries_below(path)?;
        let known = entries.len();
        entries.extend(self.new_below(path).map(|path| Entry { path, is_link: false }));
        if entries.len() > known {
            entries.sort_by(|a, b| a.path.cmp(&b.path));
        }
        Ok(entries)
    }

    fn entries_in(&self, path: &Path) -> Vec<Entry> {
        let mut entries = self.world.entries_in(path);
        let folder = path.to_path_buf();
        let new = self.new_below(path).filter(|file| file.parent() == Some(&folder));
        entries.extend(new.map(|path| Entry { path, is_link: false }));
        entries
    }

    fn real(&self, path: &Path) -> PathBuf {
        match self.texts.is_empty() || self.world.is_there(path) {
            true => self.world.real(path),
            false => self.place(path),
        }
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        self.text(path).map_or_else(|| self.world.stamp(path), |text| Some(Stamp::of_memory(text)))
    }

    fn git(&self, folder: &Path, arguments: &[&OsStr]) -> io::Result<Answer> {
        self.world.git(folder, arguments)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn edited_files_are_what_they_are_to_be_under_every_name() {
        let memory = Memory::default().with("a/x.xml", "old").with("a/b/y.xml", "same");
        let mut world = Edited::new(&memory);
        world.apply(Path::new("./a/x.xml"), Some("new".into()));
        world.apply(Path::new("a/new.xml"), Some("more".into()));
        assert_eq!(world.read(Path::new("a/x.xml")).unwrap(), b"new");
        assert_eq!(world.read(Path::new("a/./x.xml")).unwrap(), b"new");
        assert_eq!(world.read(Path::new("a/new.xml")).unwrap(), b"more");
        let below = world.entries_below(Path::new("a")).unwrap();
        let below: Vec<_> = below.iter().map(|entry| entry.path.to_string_lossy().into_owned()).collect();
        assert_eq!(below, ["a/b/y.xml", "a/new.xml", "a/x.xml"]);
        world.apply(Path::new("a/x.xml"), None);
        assert_eq!(world.read(Path::new("a/x.xml")).unwrap(), b"old");
    }
}
