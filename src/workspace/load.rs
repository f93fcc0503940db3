//! Reading what is needed: the document, and what lies beside it.

use super::find::Found;
use super::world::World;
use super::{Failure, defaults, shown};
use crate::example::generate::{Kept, Store};
use crate::finding::Finding;
use crate::read::series::SharedEntities;
use crate::sce::{Policy, Profiles, Rulebook};
use crate::source::{FileId, Sources, Span};
use crate::xml::content_model::ContentModel;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A document and what lies beside it, in memory.
#[derive(Debug)]
pub struct Loaded {
    /// The path as given.
    pub path: String,
    /// Its name in a site: the folder's for a `draft`, else the file's.
    pub name: String,
    /// Its text.
    pub file: FileId,
    /// Whether it is Markdown.
    pub is_markdown: bool,
    /// The number of its `xep.ent` in [`Everything::shared`].
    pub shared: Option<usize>,
    /// The number of its `xep.dtd` in [`Everything::grammars`].
    pub grammar: Option<usize>,
    /// What lies beside it.
    pub companions: Companions,
    /// What is wrong with the file itself.
    pub findings: Vec<Finding>,
    /// The folder of the workspace's root.
    pub root: PathBuf,
}

/// Files beside a document.
#[derive(Debug, Default)]
pub struct Companions {
    /// All that the document may include, by the path as it names them.
    pub files: BTreeMap<String, FileId>,
    /// The bytes of key files, wiped when they are dropped, by the path as `cast.toml` names them.
    pub keys: BTreeMap<String, Zeroizing<Vec<u8>>>,
    /// The sealed stanzas that were kept.
    pub store: Store,
}

impl Companions {
    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<FileId> {
        self.files.get(name).copied()
    }
}

/// All documents of a run.
#[derive(Debug)]
pub struct Everything {
    /// The documents.
    pub documents: Vec<Loaded>,
    /// Each `xep.ent`, read once.
    pub shared: Vec<SharedEntities>,
    /// Each `xep.dtd`, read once.
    pub grammars: Vec<ContentModel>,
    /// The embedded policy and profiles.
    pub rules: Arc<Rulebook>,
}

/// The file with what a checkout's documents share.
const SHARED: &str = "xep.ent";

/// The file with the grammar of a checkout's documents.
const GRAMMAR: &str = "xep.dtd";

/// Endings of files that a document may include.
const INCLUDABLE: [&str; 5] = ["xsd", "toml", "xml", "txt", "json"];

/// Reads documents and what lies beside them.
///
/// # Errors
/// When a document cannot be read.
pub fn load(world: &dyn World, found: &[Found], sources: &mut Sources) -> Result<Everything, Failure> {
    let rules = Arc::new(embedded(sources));
    let mut everything = Everything { documents: Vec::new(), shared: Vec::new(), grammars: Vec::new(), rules };
    let mut shared: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
    let mut grammars: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
    for found in found {
        let mut document = document(world, found, sources)?;
        document.shared = path_of(SHARED, world, found).and_then(|path| {
            *shared.entry(path.clone()).or_insert_with(|| read_shared(world, &path, sources, &mut everything))
        });
        document.grammar = path_of(GRAMMAR, world, found).and_then(|path| {
            *grammars.entry(path.clone()).or_insert_with(|| read_grammar(world, &path, &mut everything))
        });
        everything.documents.push(document);
    }
    no_shared_examples(&everything.documents)?;
    Ok(everything)
}

/// The embedded tables.
fn embedded(sources: &mut Sources) -> Rulebook {
    let elements = sources.add("(built in) elements.toml", defaults::ELEMENTS);
    let profiles = sources.add("(built in) profiles.toml", defaults::PROFILES);
    let fine = "the embedded tables are held by tests";
    Rulebook {
        policy: Policy::parse(defaults::ELEMENTS, elements).expect(fine),
        profiles: Profiles::parse(defaults::PROFILES, profiles).expect(fine),
    }
}

/// Two drafts of one name would write each other's examples over.
fn no_shared_examples(documents: &[Loaded]) -> Result<(), Failure> {
    let mut folders: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for document in documents.iter().filter(|document| document.companions.file("cast.toml").is_some()) {
        let folder = super::examples::folder(document);
        if let Some(other) = folders.insert(folder.clone(), &document.path) {
            let (folder, path) = (shown(&folder), &document.path);
            return Err(Failure::new(format!(
                "`{other}` and `{path}` both keep their examples in `{folder}`; give one of their folders another name"
            )));
        }
    }
    Ok(())
}

/// A file that documents share: beside the document, or at the root.
fn path_of(name: &str, world: &dyn World, found: &Found) -> Option<PathBuf> {
    let beside = found.path.with_file_name(name);
    let at_root = found.root.join(name);
    [beside, at_root].into_iter().find(|path| world.is_file(path))
}

/// A grammar that declares no `xep` says nothing about XEPs, and the built-in one is taken.
fn read_grammar(world: &dyn World, path: &Path, everything: &mut Everything) -> Option<usize> {
    let bytes = world.read(path).ok()?;
    let grammar = ContentModel::parse(&String::from_utf8_lossy(&bytes));
    grammar.element("xep")?;
    everything.grammars.push(grammar);
    Some(everything.grammars.len() - 1)
}

fn read_shared(world: &dyn World, path: &Path, sources: &mut Sources, everything: &mut Everything) -> Option<usize> {
    let bytes = world.read(path).ok()?;
    let file = sources.add(shown(path), String::from_utf8_lossy(&bytes).into_owned());
    let mut sink = crate::finding::Sink::default();
    everything.shared.push(SharedEntities::read(sources, file, &mut sink));
    Some(everything.shared.len() - 1)
}

fn document(world: &dyn World, found: &Found, sources: &mut Sources) -> Result<Loaded, Failure> {
    let path = shown(&found.path);
    let bytes = world.read(&found.path).map_err(|error| Failure::new(format!("`{path}` cannot be read: {error}")))?;
    let (text, first_bad) = decode(bytes);
    let file = sources.add(path.clone(), text);
    let findings = first_bad.map(|at| not_utf8(Span::new(file, at, at + '\u{fffd}'.len_utf8()))).into_iter().collect();
    let is_markdown = found.path.extension().is_some_and(|extension| extension == "md");
    let name = name(&world.real(&found.path));
    let companions = companions(world, found, &name, sources)?;
    Ok(Loaded {
        path,
        name,
        file,
        is_markdown,
        shared: None,
        grammar: None,
        companions,
        findings,
        root: found.root.clone(),
    })
}

/// The text of a file, and where its first byte that is no UTF-8 stands, if one does.
fn decode(bytes: Vec<u8>) -> (Arc<str>, Option<usize>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into(), Some(at))
        }
    }
}

fn not_utf8(span: Span) -> Finding {
    Finding::new("malformed-xml", span, "the file is not UTF-8 from here on")
        .help("save the file as UTF-8; what cannot be read is shown as the replacement character")
}

/// A document's name in a site.
fn name(path: &Path) -> String {
    let stem = path.file_stem().map_or_else(|| "document".into(), |stem| stem.to_string_lossy().into_owned());
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
    match (stem.as_str(), folder) {
        ("draft", Some(folder)) => folder,
        _ => stem,
    }
}

/// Files beside a document. A Markdown document's folder is its own; of a folder with many XEPs nothing is taken.
///
/// # Errors
/// When a file is there and cannot be read: to go on without it would judge the document by something else.
fn companions(world: &dyn World, found: &Found, name: &str, sources: &mut Sources) -> Result<Companions, Failure> {
    let folder = found.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut companions = Companions::default();
    let overrides = ["elements.toml", "profiles.toml", "cast.toml", "schema.xsd"];
    if !overrides.iter().any(|file| world.is_file(&folder.join(file))) {
        return Ok(companions);
    }
    let unreadable =
        |path: &Path, error: std::io::Error| Failure::new(format!("`{}` cannot be read: {error}", shown(path)));
    for path in world.files_below(folder).map_err(|error| unreadable(folder, error))? {
        let Some(relative) = path.strip_prefix(folder).ok().filter(|relative| stays_inside(relative)) else { continue };
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        let is_inside = world.real(&path).starts_with(world.real(&found.root));
        let is_wanted = extension == "asc" || INCLUDABLE.contains(&extension);
        if !is_wanted || !is_inside || world.real(&path) == world.real(&found.path) {
            continue;
        }
        let bytes = world.read(&path).map_err(|error| unreadable(&path, error))?;
        if extension == "asc" {
            companions.keys.insert(shown(relative), Zeroizing::new(bytes));
        } else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            companions.files.insert(shown(relative), sources.add(shown(&path), text));
        }
    }
    companions.store = store(world, &found.root.join("examples").join(name))?;
    Ok(companions)
}

fn stays_inside(relative: &Path) -> bool {
    relative.components().all(|part| matches!(part, Component::Normal(_)))
}

/// The name of the file that says what generated examples were made from.
pub const INDEX: &str = "index.json";

/// The sealed stanzas that were kept in `examples/`.
///
/// # Errors
/// When the index is there and cannot be read or is none.
fn store(world: &dyn World, folder: &Path) -> Result<Store, Failure> {
    let mut store = Store::new();
    for entry in index(world, folder)?.map(|index| index.sealed).unwrap_or_default() {
        let is_plain_name = stays_inside(Path::new(&entry.file));
        let wire = world.read(&folder.join(&entry.file)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let (true, Some(wire)) = (is_plain_name, wire) {
            store.insert((entry.example, entry.profile), Kept { lock: entry.lock, wire });
        }
    }
    Ok(store)
}

/// What the index of a folder of examples says, if there is one.
///
/// # Errors
/// When it is there and cannot be read or is none.
pub(super) fn index(world: &dyn World, folder: &Path) -> Result<Option<super::examples::Index>, Failure> {
    let path = folder.join(INDEX);
    if !world.is_file(&path) {
        return Ok(None);
    }
    let failed = |why: String| Failure::new(format!("`{}` cannot be read: {why}", shown(&path)));
    let bytes = world.read(&path).map_err(|error| failed(error.to_string()))?;
    let index = serde_json::from_slice(&bytes);
    index.map(Some).map_err(|error| failed(format!("{error}; remove it and run `xep examples`")))
}
