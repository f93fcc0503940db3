//! Which documents are meant.

use super::cache::Record;
use super::ignored::Ignored;
use super::world::{Entry, MAX_FILE, Stamp, World, folder_of, too_large};
use super::{Failure, shown};
use crate::judge::Wanted;
use crate::series::Origin;
use crate::xml::root_name;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A document that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// The root of its workspace: nothing above it is read.
    pub root: PathBuf,
    /// What its place says about it, however it was named.
    pub origin: Origin,
    /// Its bytes, where they had to be read to tell that it is a document.
    pub bytes: Option<Vec<u8>>,
    /// How it was before they were read.
    pub stamp: Option<Stamp>,
    /// What an earlier run found out, if it is as it was.
    pub record: Option<Record>,
    /// Why it is not read, if it is not: it is too large, or the system does not let us.
    pub unread: Option<String>,
    /// What `xep.toml` and the command line want for it.
    pub wanted: Arc<Wanted>,
}

/// What an earlier run found out about a file; nothing of one that is new or has changed.
pub type Known<'a> = dyn Fn(&Path) -> Option<Record> + Sync + 'a;

/// Nothing is known.
pub fn nothing_known(_: &Path) -> Option<Record> {
    None
}

/// What marks the root of a workspace, the strongest first.
const MARKS: [&str; 3] = ["xep.toml", "xep.dtd", ".git"];

/// How far up a root is looked for.
const MAX_UP: usize = 32;

/// The documents at `paths`; without any, those in the folder `spec` of the workspace around the current folder.
///
/// # Errors
/// When a path does not exist or cannot be read, or holds no document.
pub fn find(world: &dyn World, paths: &[PathBuf], known: &Known<'_>) -> Result<Vec<Found>, Failure> {
    let mut found: Vec<Found> = match paths {
        [] => default_documents(world, known)?,
        paths => {
            let all: Result<Vec<_>, _> = paths.iter().map(|path| documents_at(world, path, known)).collect();
            all?.into_iter().flatten().collect()
        }
    };
    found.sort_by(|a, b| a.path.cmp(&b.path));
    // One folder names no file twice, unless by a link.
    let is_link: Vec<bool> = found.iter().map(|one| world.is_link(&one.path)).collect();
    if paths.len() > 1 || is_link.contains(&true) {
        let both = found.iter().zip(&is_link);
        let files = both.filter(|(one, is_link)| !**is_link && one.unread.is_none());
        let files: HashSet<PathBuf> = files.map(|(one, _)| world.real(&one.path)).collect();
        let place = |path: &Path| world.real(folder_of(path)).join(path.file_name().unwrap_or_default());
        let named: HashSet<PathBuf> = paths.iter().filter(|path| world.is_file(path)).map(|path| place(path)).collect();
        let mut is_link = is_link.into_iter();
        let (mut seen, mut reported) = (HashSet::new(), HashSet::new());
        found.retain(|one| {
            let (real, is_link) = (world.real(&one.path), is_link.next() == Some(true));
            match one.unread {
                // Whoever names a link means it.
                Some(_) => !(is_link && named.contains(&place(&one.path))) && reported.insert(place(&one.path)),
                None => !(is_link && files.contains(&real)) && seen.insert(real),
            }
        });
    }
    Ok(found)
}

fn default_documents(world: &dyn World, known: &Known<'_>) -> Result<Vec<Found>, Failure> {
    let here = Path::new(".");
    let root = root_of(world, here);
    let spec = if root == here { PathBuf::from("spec") } else { root.join("spec") };
    match world.is_folder(&spec) {
        true => documents_at(world, &spec, known),
        false => Err(Failure::new(format!(
            "no document is named, and there is no folder `{}`; name a file or folder, as in `xep check xep-0420.xml`",
            shown(&spec)
        ))),
    }
}

fn documents_at(world: &dyn World, path: &Path, known: &Known<'_>) -> Result<Vec<Found>, Failure> {
    if world.is_folder(path) {
        let files = world
            .entries_below(path)
            .map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", shown(path))))?;
        let mut ignored = Ignored::below(world, path, &root_of(world, path));
        let candidates = files.into_iter().filter(|file| has_document_name(&file.path));
        let meant = candidates.filter(|file| !ignored.excludes(&file.path)).collect();
        let documents = documents_among(world, meant, known);
        return match documents.is_empty() {
            true => Err(Failure::new(format!("there is no XEP in `{}`", shown(path)))),
            false => Ok(documents),
        };
    }
    match world.is_file(path) {
        true => Ok(vec![Found {
            root: root_of(world, folder_of(path)),
            origin: Origin::of(&shown(&world.real(path))),
            path: path.to_path_buf(),
            bytes: None,
            stamp: None,
            record: None,
            unread: world.stamp(path).filter(|stamp| stamp.length > MAX_FILE).map(|_| too_large().to_string()),
            wanted: Arc::default(),
        }]),
        false => Err(Failure::new(format!("`{}` does not exist", shown(path)))),
    }
}

/// The series around the documents of a run. Which documents are the series of one follows from its place alone, however it was named:
/// the XEPs in its folder and at the root of its workspace, and what lies in the root's inbox.
#[derive(Debug, Default)]
pub struct Around {
    /// The documents of these series that are not in the run.
    pub beside: Vec<Found>,
    /// Each series, by the places of its documents: those of the run count from 0, those beside follow. Of two with one number the later
    /// one counts.
    pub series: Vec<Vec<usize>>,
    /// The series of each document of the run.
    pub series_of: Vec<usize>,
}

/// Finds the series around the documents of a run.
pub fn around<'r>(world: &dyn World, run: &'r [Found], known: &Known<'_>) -> Around {
    let mut folders = Folders::default();
    let places: Vec<Place> = {
        let mut seen: HashMap<(&'r Path, &'r Path), Place> = HashMap::new();
        let mut of = |found: &Found| {
            let (folder, inbox) = (folder_of(&found.path), found.root.join("inbox"));
            // What is read beside documents lies within their root, also where a folder is a link.
            let root = world.real(&found.root);
            let folders = [inbox.as_path(), found.root.as_path(), folder].map(|one| folders.list(world, one, &root));
            let [shared, _] = shared_files(world, found);
            Place { folders, shared }
        };
        let key = |found: &'r Found| (folder_of(&found.path), found.root.as_path());
        run.iter().map(|found| seen.entry(key(found)).or_insert_with(|| of(found)).clone()).collect()
    };
    let (beside, numbered) = folders.documents(world, run, known);
    let mut series: Vec<(Vec<usize>, Option<PathBuf>)> = Vec::new();
    let mut by_place: HashMap<&Place, usize> = HashMap::new();
    let mut number = |place: &Place| {
        let one = (members(&place.folders, &numbered), place.shared.clone());
        series.iter().position(|known| *known == one).unwrap_or_else(|| {
            series.push(one);
            series.len() - 1
        })
    };
    let series_of = places.iter().map(|place| *by_place.entry(place).or_insert_with(|| number(place))).collect();
    let series = series.into_iter().map(|(members, _)| members).collect();
    Around { beside, series, series_of }
}

/// Where a document lies: the folders of its series, without links, and the `xep.ent` that holds for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    folders: [PathBuf; 3],
    shared: Option<PathBuf>,
}

/// The file with what a checkout's documents share.
const SHARED: &str = "xep.ent";

/// The file with the grammar of a checkout's documents.
const GRAMMAR: &str = "xep.dtd";

/// The paths of the `xep.ent` and `xep.dtd` that hold for a document, as far as there are such.
pub fn shared_files(world: &dyn World, found: &Found) -> [Option<PathBuf>; 2] {
    [SHARED, GRAMMAR].map(|name| path_of(name, world, &found.path, &found.root))
}

/// A file that documents share: beside the document, or at the root.
fn path_of(name: &str, world: &dyn World, document: &Path, root: &Path) -> Option<PathBuf> {
    let beside = document.with_file_name(name);
    let at_root = root.join(name);
    [beside, at_root].into_iter().find(|path| world.is_file(path))
}

/// The documents of three folders, each once; of an inbox that is the folder itself, it is the first place that counts.
fn members(place: &[PathBuf; 3], numbered: &HashMap<&Path, Vec<usize>>) -> Vec<usize> {
    let mut seen = HashSet::new();
    let all = place.iter().filter_map(|folder| numbered.get(folder.as_path())).flatten();
    all.copied().filter(|at| seen.insert(*at)).collect()
}

/// What lies in the folders around documents, by their paths without links.
#[derive(Debug, Default)]
struct Folders(BTreeMap<PathBuf, Vec<Entry>>);

impl Folders {
    /// Lists what may be a document of a series in a folder, if that lies within the root; answers the folder without links.
    fn list(&mut self, world: &dyn World, folder: &Path, root: &Path) -> PathBuf {
        let real = world.real(folder);
        if !self.0.contains_key(&real) && real.starts_with(root) {
            let is_inbox = real.file_name().is_some_and(|folder| folder == "inbox");
            let mut ignored = Ignored::below(world, folder, &root_of(world, folder));
            let is_meant = |file: &Entry| {
                let name = file.path.file_name().map_or(&b""[..], OsStr::as_encoded_bytes);
                name.ends_with(b".xml") && (name.starts_with(b"xep-") || is_inbox)
            };
            let files = world.entries_in(folder).into_iter().filter(is_meant);
            let mut files: Vec<Entry> = files.filter(|file| !ignored.excludes(&file.path)).collect();
            files.sort_by(|a, b| a.path.file_name().cmp(&b.path.file_name()));
            self.0.insert(real.clone(), files);
        }
        real
    }

    /// The documents that are not in the run, and the places of all documents by folder.
    fn documents(
        &self,
        world: &dyn World,
        run: &[Found],
        known: &Known<'_>,
    ) -> (Vec<Found>, HashMap<&Path, Vec<usize>>) {
        let mut places: HashMap<PathBuf, usize> =
            run.iter().enumerate().map(|(at, found)| (world.real(&found.path), at)).collect();
        let real = |folder: &Path, file: &Entry| match file.is_link {
            true => world.real(&file.path),
            false => folder.join(file.path.file_name().unwrap_or_default()),
        };
        let listed = self.0.iter().flat_map(|(folder, files)| files.iter().map(move |file| (folder.as_path(), file)));
        let listed: Vec<_> = listed.map(|(folder, file)| (folder, real(folder, file), file)).collect();
        let others = listed.iter().filter(|(_, real, _)| !places.contains_key(real));
        // A file comes before the links to it.
        let (files, links): (Vec<_>, Vec<_>) = others.partition(|(.., file)| !file.is_link);
        let mut reals: HashMap<PathBuf, &PathBuf> = HashMap::new();
        let mut seen = HashSet::new();
        let mut others = Vec::new();
        for (_, real, file) in files.into_iter().chain(links).filter(|(_, real, _)| seen.insert(real)) {
            reals.insert(file.path.clone(), real);
            others.push(Entry::clone(file));
        }
        let mut beside = documents_among(world, others, known);
        beside.retain(|found| found.unread.is_none());
        let real_of = |found: &Found| reals.get(&found.path).map(|real| (*real).clone());
        places.extend(beside.iter().enumerate().filter_map(|(at, found)| Some((real_of(found)?, run.len() + at))));
        let mut by_folder: HashMap<&Path, Vec<usize>> = HashMap::new();
        for (folder, real, _) in &listed {
            by_folder.entry(folder).or_default().extend(places.get(real));
        }
        (beside, by_folder)
    }
}

/// The documents among files, several of which are looked at at once.
fn documents_among(world: &dyn World, files: Vec<Entry>, known: &Known<'_>) -> Vec<Found> {
    let folders: BTreeMap<PathBuf, (PathBuf, PathBuf)> = {
        let folders: BTreeSet<&Path> = files.iter().map(|file| folder_of(&file.path)).collect();
        let known = |folder: &Path| (folder.to_path_buf(), (root_of(world, folder), world.real(folder)));
        folders.into_iter().map(known).collect()
    };
    let found = |Entry { path, is_link }: Entry| {
        let (root, real) = folders.get(folder_of(&path)).cloned().unwrap_or_default();
        let real = if is_link { world.real(&path) } else { real.join(path.file_name().unwrap_or_default()) };
        let origin = Origin::of(&shown(&real));
        if is_link && let Some(unread) = astray(world, &path, &root) {
            let (wanted, unread) = (Arc::default(), Some(unread));
            return Some(Found { path, root, origin, bytes: None, stamp: None, record: None, unread, wanted });
        }
        if is_link && !world.is_file(&path) {
            return None;
        }
        if let Some(record) = known(&path) {
            let is_document = record.is_document;
            let wanted = Arc::default();
            let found =
                Found { path, root, origin, bytes: None, stamp: None, record: Some(record), unread: None, wanted };
            return is_document.then_some(found);
        }
        let stamp = world.stamp(&path);
        let (bytes, unread) = match world.read(&path) {
            Ok(bytes) => (Some(bytes).filter(|bytes| seems_document(&path, bytes)), None),
            Err(error) => (None, unread(world, &path, &error)),
        };
        let seems_document = bytes.is_some() || unread.is_some();
        let wanted = Arc::default();
        seems_document.then_some(Found { path, root, origin, bytes, stamp, record: None, unread, wanted })
    };
    files.into_par_iter().filter_map(found).collect()
}

/// Why a link is not followed: it leads out of the workspace, or nowhere. An editor's lock is such a link, and hidden.
fn astray(world: &dyn World, link: &Path, root: &Path) -> Option<String> {
    if !world.is_file(link) {
        let is_hidden = link.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let leads_nowhere = !is_hidden && !world.is_folder(link);
        return leads_nowhere.then(|| "the link leads to no file".to_owned());
    }
    let leads_outside = !world.real(link).starts_with(world.real(root));
    leads_outside.then(|| "the link leads out of the workspace, and is not followed".to_owned())
}

/// Why a file is not read that seems to be a document; nothing of one that is no document.
fn unread(world: &dyn World, path: &Path, error: &io::Error) -> Option<String> {
    match error.kind() {
        io::ErrorKind::FileTooLarge => {
            let start = world.start(path).unwrap_or_default();
            seems_document(path, &start).then(|| error.to_string())
        }
        // It went away after it was listed.
        io::ErrorKind::NotFound => None,
        _ => Some(format!("the file cannot be read: {error}")),
    }
}

fn has_document_name(path: &Path) -> bool {
    is_markdown(path) || path.extension().is_some_and(|extension| extension == "xml")
}

/// Whether a file is Markdown by its name.
pub(super) fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// Whether a file of a folder is a XEP: XML whose root is `xep`, or Markdown with a header. Where the beginning of a file is so broken
/// that nobody can tell the root, it is one that holds such an element.
pub(super) fn seems_document(path: &Path, bytes: &[u8]) -> bool {
    let holds = |text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    match is_markdown(path) {
        false => root_name(bytes).map_or_else(|| holds("<xep>") || holds("<xep "), |name| name == b"xep"),
        true => bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii_start().starts_with(b"---") && holds("\ntitle:"),
    }
}

/// Makes sure that files which were named are documents, for commands that would otherwise tell nothing of them.
///
/// # Errors
/// When one cannot be read, or holds no document in UTF-8.
pub fn expect_documents(world: &dyn World, paths: &[PathBuf]) -> Result<(), Failure> {
    for path in paths.iter().filter(|path| world.is_file(path)) {
        let name = shown(path);
        let bytes = world.read(path).map_err(|error| Failure::new(format!("`{name}` cannot be read: {error}")))?;
        if !seems_document(path, &bytes) || std::str::from_utf8(&bytes).is_err() {
            let why =
                "XEP-XML has an element `<xep>`, a draft in Markdown begins with `---` and a `title:`; both are UTF-8";
            return Err(Failure::new(format!("`{name}` holds no document: {why}")));
        }
    }
    Ok(())
}

/// The byte order mark of UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// The root of the workspace that a folder belongs to: the nearest folder, itself or above, with `xep.toml`; else with a `xep.dtd` that is
/// no link, as in an inbox of the series; else with `.git`; else the folder itself.
pub fn root_of(world: &dyn World, folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut marked: [Option<PathBuf>; MARKS.len()] = Default::default();
    let mut at = folder.to_path_buf();
    for _ in 0..MAX_UP {
        for (mark, root) in MARKS.iter().zip(&mut marked) {
            if root.is_none() && is_mark(world, mark, &at.join(mark)) {
                *root = Some(at.clone());
            }
        }
        match up(world, &at).filter(|_| marked[0].is_none()) {
            Some(above) => at = above,
            None => break,
        }
    }
    marked.into_iter().flatten().next().unwrap_or_else(|| folder.to_path_buf())
}

fn is_mark(world: &dyn World, mark: &str, path: &Path) -> bool {
    match mark {
        "xep.dtd" => world.is_file(path) && !world.is_link(path),
        ".git" => world.is_file(path) || world.is_folder(path),
        _ => world.is_file(path),
    }
}

/// The folder above; a relative path that is used up goes on with `..`.
fn up(world: &dyn World, folder: &Path) -> Option<PathBuf> {
    let last = folder.components().next_back()?;
    match last {
        std::path::Component::Normal(_) => {
            let parent = folder.parent()?;
            Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_path_buf() })
        }
        std::path::Component::CurDir => Some(PathBuf::from("..")),
        std::path::Component::ParentDir => {
            let above = folder.join("..");
            (world.real(&above) != world.real(folder)).then_some(above)
        }
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn the_nearest_mark_above_is_the_root() {
        let world = Memory::default().with("a/xep.dtd", "").with("a/inbox/x.xml", "<xep>").with("b/y.xml", "<xep>");
        assert_eq!(root_of(&world, Path::new("a/inbox")), Path::new("a"));
        assert_eq!(root_of(&world, Path::new("b")), Path::new("b"));
    }

    #[test]
    fn what_lies_beside_a_document_is_its_series() {
        let world = Memory::default()
            .with("r/xep.dtd", "")
            .with("r/xep-0001.xml", "<xep>")
            .with("r/xep-0002.xml", "<xep>")
            .with("r/notes.xml", "<xep>")
            .with("r/inbox/x.xml", "<xep>")
            .with("r/other/xep-0003.xml", "<xep>");
        let run = find(&world, &[PathBuf::from("r/xep-0001.xml")], &nothing_known).unwrap();
        let beside = around(&world, &run, &nothing_known).beside;
        assert_eq!(
            beside.iter().map(|found| shown(&found.path)).collect::<Vec<_>>(),
            ["r/xep-0002.xml", "r/inbox/x.xml"]
        );
    }

    #[test]
    fn a_document_that_is_too_large_is_not_passed_over() {
        let large = |start: &str| start.to_owned() + &" ".repeat(MAX_FILE as usize);
        let world = Memory::default()
            .with("s/xep.dtd", "")
            .with("s/a.xml", large("<xep>"))
            .with("s/b.xml", large("<xsl>"))
            .with("s/c.xml", "<xep>");
        let found = find(&world, &[PathBuf::from("s")], &nothing_known).unwrap();
        let told: Vec<_> = found.iter().map(|found| (shown(&found.path), found.unread.is_some())).collect();
        assert_eq!(told, [("s/a.xml".to_owned(), true), ("s/c.xml".to_owned(), false)]);
        assert!(around(&world, &found[1..], &nothing_known).beside.is_empty());
    }

    #[test]
    fn folders_give_their_documents_and_nothing_else() {
        let world =
            Memory::default().with("s/a.md", "---\ntitle: A\n---\n").with("s/b.md", "# b").with("s/c.xml", "<xsl/>");
        let found = find(&world, &[PathBuf::from("s")], &nothing_known).unwrap();
        assert_eq!(found.iter().map(|found| shown(&found.path)).collect::<Vec<_>>(), ["s/a.md"]);
        assert!(find(&world, &[PathBuf::from("nowhere")], &nothing_known).is_err());
    }
}
