//! Reading what is needed: the document, and what lies beside it.

use super::find::{Found, is_markdown, seems_document, shared_files};
use super::index::{folder, index};
use super::world::{Stamp, World, folder_of};
use super::{Failure, defaults, shown};
use crate::example::generate::{Kept, Store};
use crate::example::proven::Proven;
use crate::example::sibling::is_named;
use crate::finding::{Finding, Sink};
use crate::judge::{COSTS, Companions, Draft, Loaded, RESULTS};
use crate::read::series::SharedEntities;
use crate::sce::{Policy, Profiles, Rulebook, Rules};
use crate::source::{Sources, Span};
use crate::xml::content_model::ContentModel;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Reads documents; what several of them share is read once.
#[derive(Debug)]
pub struct Loader {
    /// The embedded policy and profiles.
    embedded: Arc<Rules>,
    /// What is known of folders in which documents lie.
    folders: BTreeMap<PathBuf, Folder>,
    shared_at: BTreeMap<PathBuf, (Option<Stamp>, Option<Arc<SharedEntities>>)>,
    grammar_at: BTreeMap<PathBuf, (Option<Stamp>, Option<Arc<ContentModel>>)>,
    /// What sealing and opening has shown.
    proven: Arc<Proven>,
}

/// What is known of a folder in which documents lie.
#[derive(Clone, Debug)]
struct Folder {
    /// Its path without links.
    real: PathBuf,
    shared: Option<Arc<SharedEntities>>,
    grammar: Option<Arc<ContentModel>>,
    /// Whether files in it belong to its documents.
    has_companions: bool,
}

/// Endings of files that a document may include.
const INCLUDABLE: [&str; 6] = ["xsd", "toml", "xml", "txt", "json", "svg"];

/// The files beside a document by which it is judged.
const TABLES: [&str; 5] = ["elements.toml", "profiles.toml", "cast.toml", "schema.xsd", "attacks.toml"];

/// Whether files beside a document belong to it: such documents are examined in every run.
pub fn has_companions(world: &dyn World, folder: &Path) -> bool {
    TABLES.iter().any(|file| world.is_there(&folder.join(file)))
}

impl Loader {
    /// Nothing but the embedded tables.
    pub fn new(sources: &mut Sources) -> Loader {
        Loader {
            embedded: embedded(sources),
            folders: BTreeMap::new(),
            shared_at: BTreeMap::new(),
            grammar_at: BTreeMap::new(),
            proven: Arc::default(),
        }
    }

    /// Forgets every file.
    pub fn forget(&mut self, sources: &mut Sources) {
        *self = Loader { proven: self.proven.clone(), ..Loader::new(sources) };
    }

    /// What sealing and opening has shown.
    pub fn proven(&self) -> &Arc<Proven> {
        &self.proven
    }

    /// The embedded policy and profiles.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.embedded
    }

    /// Forgets what may be another by now.
    pub fn refresh(&mut self, world: &dyn World) {
        self.folders.clear();
        let is_same = |path: &Path, stamp: &Option<Stamp>| {
            let now = stamp.as_ref().and_then(|stamp| Some((stamp, world.stamp(path)?)));
            now.is_some_and(|(stamp, now)| stamp.still_holds(&now))
        };
        self.shared_at.retain(|path, (stamp, _)| is_same(path, stamp));
        self.grammar_at.retain(|path, (stamp, _)| is_same(path, stamp));
    }

    /// Reads what documents share that were found.
    pub fn prepare(&mut self, world: &dyn World, found: &[Found], sources: &mut Sources) {
        for found in found {
            self.folder(world, found, sources);
        }
    }

    /// Reads documents, several at once, and what lies beside them.
    ///
    /// # Errors
    /// When a document cannot be read.
    pub fn load(
        &mut self,
        world: &dyn World,
        found: Vec<Found>,
        sources: &mut Sources,
    ) -> Result<Vec<Loaded>, Failure> {
        let texts: Vec<Result<_, Failure>> = found.into_par_iter().map(|found| text_of(world, found)).collect();
        let mut documents = Vec::with_capacity(texts.len());
        for text in texts {
            let (found, text, first_bad) = text?;
            documents.push(self.document(world, found, text, first_bad, sources)?);
        }
        Ok(documents)
    }

    fn document(
        &mut self,
        world: &dyn World,
        found: Found,
        text: String,
        first_bad: Option<usize>,
        sources: &mut Sources,
    ) -> Result<Loaded, Failure> {
        let path = shown(&found.path);
        let file = sources.add(path.clone(), text);
        let findings =
            first_bad.map(|at| not_utf8(Span::new(file, at, at + '\u{fffd}'.len_utf8()))).into_iter().collect();
        let folder = self.folder(world, &found, sources);
        let name = name(&folder.real.join(found.path.file_name().unwrap_or_default()));
        let is_markdown = is_markdown(&found.path);
        let companions = match (folder.has_companions, is_markdown) {
            (true, _) => companions(world, &found, &name, sources)?,
            (false, true) => {
                let text = sources.get(file).text().clone();
                let drafts = drafts(world, &found, &|name| is_named(&text, name), sources)?;
                Companions { drafts, ..Companions::default() }
            }
            (false, false) => Companions::default(),
        };
        Ok(Loaded {
            path,
            origin: found.origin,
            name,
            file,
            is_markdown,
            shared: folder.shared,
            grammar: folder.grammar,
            embedded: self.embedded.clone(),
            companions,
            findings,
            // Without keys nothing is costly.
            proven: if folder.has_companions { self.proven.clone() } else { Arc::default() },
            root: found.root,
            wanted: found.wanted,
        })
    }

    fn folder(&mut self, world: &dyn World, found: &Found, sources: &mut Sources) -> Folder {
        let path = folder_of(&found.path);
        if let Some(known) = self.folders.get(path) {
            return known.clone();
        }
        let [shared, grammar] = shared_files(world, found);
        let folder = Folder {
            real: world.real(path),
            shared: shared.and_then(|path| self.shared(world, path, sources)),
            grammar: grammar.and_then(|path| self.grammar(world, path)),
            has_companions: has_companions(world, path),
        };
        self.folders.insert(path.to_path_buf(), folder.clone());
        folder
    }

    fn shared(&mut self, world: &dyn World, path: PathBuf, sources: &mut Sources) -> Option<Arc<SharedEntities>> {
        if let Some((_, known)) = self.shared_at.get(&path) {
            return known.clone();
        }
        let stamp = world.stamp(&path);
        let read = world.read(&path).ok().map(|bytes| {
            let file = sources.add(shown(&path), decode(bytes).0);
            Arc::new(SharedEntities::read(sources, file, &mut Sink::default()))
        });
        self.shared_at.insert(path, (stamp, read.clone()));
        read
    }

    /// A grammar that declares no `xep` says nothing about XEPs, and the built-in one is taken.
    fn grammar(&mut self, world: &dyn World, path: PathBuf) -> Option<Arc<ContentModel>> {
        if let Some((_, known)) = self.grammar_at.get(&path) {
            return known.clone();
        }
        let stamp = world.stamp(&path);
        let grammar = world.read(&path).ok().map(|bytes| ContentModel::parse(&String::from_utf8_lossy(&bytes)));
        let read = grammar.filter(|grammar| grammar.element("xep").is_some()).map(Arc::new);
        self.grammar_at.insert(path, (stamp, read.clone()));
        read
    }
}

/// The text of a document, and where its first byte that is no UTF-8 stands, if one does.
fn text_of(world: &dyn World, mut found: Found) -> Result<(Found, String, Option<usize>), Failure> {
    let failed = |error| Failure::new(format!("`{}` cannot be read: {error}", shown(&found.path)));
    let bytes = match found.bytes.take() {
        Some(bytes) => bytes,
        None => world.read(&found.path).map_err(failed)?,
    };
    let (text, first_bad) = decode(bytes);
    Ok((found, text, first_bad))
}

/// The embedded tables.
fn embedded(sources: &mut Sources) -> Arc<Rules> {
    let elements = sources.add("(built in) elements.toml", defaults::ELEMENTS);
    let profiles = sources.add("(built in) profiles.toml", defaults::PROFILES);
    Arc::new(Rules::later(move || {
        let fine = "the embedded tables are held by tests";
        Rulebook {
            policy: Policy::parse(defaults::ELEMENTS, elements).expect(fine),
            profiles: Profiles::parse(defaults::PROFILES, profiles).expect(fine),
        }
    }))
}

/// Two drafts of one name would write each other's examples over.
///
/// # Errors
/// When there are two.
pub fn no_shared_examples<'a>(documents: impl Iterator<Item = &'a Loaded>) -> Result<(), Failure> {
    let mut folders: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for document in documents.filter(|document| document.companions.file("cast.toml").is_some()) {
        let folder = folder(document);
        if let Some(other) = folders.insert(folder.clone(), &document.path) {
            let (folder, path) = (shown(&folder), &document.path);
            return Err(Failure::new(format!(
                "`{other}` and `{path}` both keep their examples in `{folder}`; give one of their folders another name"
            )));
        }
    }
    Ok(())
}

/// The text of a file, and where its first byte that is no UTF-8 stands, if one does.
fn decode(bytes: Vec<u8>) -> (String, Option<usize>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(at))
        }
    }
}

fn not_utf8(span: Span) -> Finding {
    Finding::new("malformed-xml", span, "the file is not UTF-8 from here on")
        .help("save the file as UTF-8; what cannot be read is shown as the replacement character")
}

/// A document's name in a site.
pub fn name(path: &Path) -> String {
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
    let folder = folder_of(&found.path);
    let mut companions = Companions::default();
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
    let passed_over = |name: &&&str| world.is_there(&folder.join(name)) && !companions.files.contains_key(**name);
    if let Some(table) = TABLES.iter().find(passed_over) {
        let why =
            "it is no file in the workspace but a link or something else, and the document cannot be judged without it";
        return Err(Failure::new(format!(
            "`{}` is not read: {why}; put the file itself there",
            shown(&folder.join(table))
        )));
    }
    let examples = found.root.join("examples").join(name);
    companions.store = store(world, &examples)?;
    if companions.files.contains_key("cast.toml") {
        companions.costs = data(world, &examples.join(COSTS))?;
        companions.results = data(world, &found.root.join(RESULTS))?;
    }
    companions.drafts = drafts(world, found, &|_| true, sources)?;
    Ok(companions)
}

/// The other drafts in the folder of a document, as far as their names are wanted. What is no UTF-8 in one is told where that one is read.
fn drafts(
    world: &dyn World,
    found: &Found,
    is_wanted: &dyn Fn(&str) -> bool,
    sources: &mut Sources,
) -> Result<Vec<Draft>, Failure> {
    let own = world.real(&found.path);
    let folder = folder_of(&found.path);
    let mut drafts = Vec::new();
    for path in world.files_in(folder) {
        let is_other = is_markdown(&path) && world.real(&path) != own;
        if !is_other || !world.real(&path).starts_with(world.real(&found.root)) {
            continue;
        }
        let name = name(&world.real(folder).join(path.file_name().unwrap_or_default()));
        if !is_wanted(&name) {
            continue;
        }
        let Some(bytes) = world.read(&path).ok().filter(|bytes| seems_document(&path, bytes)) else { continue };
        let store = store(world, &found.root.join("examples").join(&name))?;
        drafts.push(Draft { file: sources.add(shown(&path), decode(bytes).0), name, store });
    }
    drafts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(drafts)
}

/// What a JSON file holds; nothing where there is none.
fn data<T: serde::de::DeserializeOwned>(world: &dyn World, path: &Path) -> Result<Option<T>, Failure> {
    if !world.is_file(path) {
        return Ok(None);
    }
    let bytes = world.read(path).map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", shown(path))))?;
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|error| Failure::new(format!("`{}` is not what it should be: {error}", shown(path))))
}

fn stays_inside(relative: &Path) -> bool {
    relative.components().all(|part| matches!(part, Component::Normal(_)))
}

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
