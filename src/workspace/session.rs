//! What lives while documents are worked on: which are meant, what is known of them already, and what they are being changed to.
//!
//! A command opens a session, asks for one snapshot and ends. Who stays applies changes and asks for the next one: what did not change
//! is not examined again.

use super::cache::{self, Cache};
use super::config::configured;
use super::documents::{Documents, GivenBefore, restored};
use super::edited::Edited;
use super::find::{Around, Found, Known as KnownBefore, around, find, nothing_known, root_of};
use super::load::{Loader, no_shared_examples};
use super::options::{Kept, Options};
use super::snapshot::{Snapshot, judged};
use super::world::World;
use super::{Failure, Progress, shown};
use crate::finding::Finding;
use crate::judge::{self, Extent, Loaded, Opened};
use crate::key::{Key, short};
use crate::render;
use crate::report::Judged;
use crate::rule;
use crate::series::{Given, Series, SeriesFacts};
use crate::source::Sources;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How many bytes of text a session keeps of its files. The whole series has 20 million; each edit adds the edited file.
const MOST_KEPT: usize = 256 << 20;

/// Documents that are worked on.
pub struct Session<'w> {
    world: Edited<'w>,
    /// What was named; nothing: the drafts of the workspace.
    paths: Vec<PathBuf>,
    options: Options,
    kept: Arc<Mutex<Kept>>,
    /// What was read for earlier snapshots, and counts in the next one: the files, what reads them, and what documents were given by
    /// others.
    sources: Sources,
    loader: Loader,
    given: GivenBefore,
    /// What was found out while the cache was read, for the first snapshot.
    first: Option<Vec<Found>>,
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// What it holds now; nothing: what lies on the disk counts again.
    pub text: Option<String>,
}

/// Documents that were opened and can be examined, and what their neighbours give them.
pub(super) struct Prepared {
    pub(super) sources: Sources,
    pub(super) documents: Documents,
    pub(super) rules: Vec<Series>,
    pub(super) given: Vec<Arc<Given>>,
}

impl<'w> Session<'w> {
    /// Opens a session on the documents at `paths` (none: the drafts of the workspace). What is in the cache and still holds is
    /// taken from there.
    ///
    /// # Errors
    /// When the cache cannot be used, or what was named cannot be read.
    pub fn open(world: &'w dyn World, paths: &[PathBuf], options: Options) -> Result<Session<'w>, Failure> {
        let mut sources = Sources::default();
        let mut loader = Loader::new(&mut sources);
        // Where documents are named, the cache need not tell which are meant.
        let named = || {
            let is_named = !paths.is_empty() && paths.iter().all(|path| !world.is_folder(path));
            let found = is_named.then(|| find(world, paths, &nothing_known));
            if let Some(Ok(found)) = &found {
                loader.prepare(world, found, &mut sources);
            }
            found
        };
        let folder = cache_folder(world, paths, &options)?;
        let (cache, first) = rayon::join(|| Cache::open(folder), named);
        let (cache, first) = (cache?, first.transpose()?);
        let proven = loader.proven().clone();
        let kept = Arc::new(Mutex::new(Kept { cache, kind: String::new(), results: HashMap::new(), proven }));
        let (world, paths) = (Edited::new(world), paths.to_vec());
        Ok(Session { world, paths, options, kept, sources, loader, given: GivenBefore::default(), first })
    }

    /// Says that more than one snapshot will be asked for: what one finds out is kept in memory for the next.
    pub fn stay(mut self) -> Session<'w> {
        self.given.stay();
        if let Ok(mut kept) = self.kept.lock() {
            kept.cache.stay();
        }
        self
    }

    /// Says what a file holds now, whatever is on the disk.
    pub fn apply(&mut self, change: Change) {
        self.first = None;
        self.world.apply(&change.path, change.text);
    }

    /// The files as they are in the session.
    pub fn world(&self) -> &dyn World {
        &self.world
    }

    /// What comes of the documents as they are now. Several are examined at once; what did not change since an earlier snapshot, or
    /// a run that kept what it found out, is not examined.
    ///
    /// # Errors
    /// When a path cannot be read, or nothing is there to be checked.
    pub fn snapshot(&mut self, progress: &dyn Progress) -> Result<Snapshot, Failure> {
        let snapshot = self.examined(progress);
        if snapshot.is_err() {
            // What was read for it is known to nobody but the loader.
            self.forget();
        }
        snapshot
    }

    fn examined(&mut self, progress: &dyn Progress) -> Result<Snapshot, Failure> {
        let kept = self.kept.clone();
        let mut kept = kept.lock().map_err(|_| Failure::new("an earlier snapshot was not finished"))?;
        let Kept { cache, kind, results, proven } = &mut *kept;
        let mut sources = self.begin();
        let (world, options) = (&self.world, &self.options);
        let meant = self.first.take();
        let (found, unread, around, ahead) = {
            let known = |path: &Path| cache.record(world, path).cloned();
            meant_by(world, &self.paths, options, meant, &known, &mut self.loader, &mut sources)?
        };
        let unread = unread.iter().filter_map(|found| not_read(found, &mut sources)).collect();
        progress.start(found.len());
        let mut documents = Documents::new(world, found, around, cache);
        documents.opened_ahead(ahead);
        documents.open_unknown(world, &mut self.loader, &mut sources)?;
        let rules = documents.rules(options.extent);
        let pages = SeriesFacts::around(documents.facts(), documents.count());
        documents.keep(cache);
        if kind.is_empty() {
            // What a page says is shown in the run that writes it.
            if options.out.is_none() && documents.have_companions() {
                proven.learn(cache.proven());
            }
            *kind = kind_of(options, &self.paths, cache);
            *results = cache.results(kind);
        }
        let stored = documents.recall(options, &rules, &pages, world, (cache, results));
        let missing: Vec<usize> =
            (0..documents.count()).filter(|at| stored.get(*at).is_none_or(Option::is_none)).collect();
        let (loader, before) = (&mut self.loader, &mut self.given);
        let given = documents.prepare(&missing, options.extent, world, loader, &mut sources, before)?;
        let built_in = if options.extent == Extent::Full { documents.used_built_in() } else { Vec::new() };
        no_shared_examples(documents.opened())?;
        let recalled = restored(world, stored, &documents, &mut self.loader, &mut sources)?;
        self.sources = sources.clone();
        let mut documents = documents.examine(recalled, (&rules, &given), options.extent, &sources, progress);
        for (run, facts) in documents.iter_mut().zip(pages.documents()) {
            run.name.clone_from(&facts.name);
        }
        let (options, kept) = (options.clone(), self.kept.clone());
        Ok(Snapshot { sources, documents, series: pages, options, kept, unread, built_in })
    }

    /// The files that are known at the beginning of a snapshot. Those of earlier ones stay known, and so do the places in them, until
    /// they are too many.
    fn begin(&mut self) -> Sources {
        if self.sources.size() > MOST_KEPT {
            self.forget();
        }
        self.loader.refresh(&self.world);
        self.sources.clone()
    }

    /// Forgets what was read.
    fn forget(&mut self) {
        self.sources = Sources::default();
        self.loader.forget(&mut self.sources);
        self.given.forget();
    }

    /// The documents as they are now, opened and not examined, with what their neighbours give them.
    ///
    /// # Errors
    /// As those of [`Session::snapshot`].
    pub(super) fn prepared(&mut self) -> Result<Prepared, Failure> {
        let mut sources = self.begin();
        let (world, options) = (&self.world, &self.options);
        let meant = self.first.take();
        let (found, _, around, _) =
            meant_by(world, &self.paths, options, meant, &nothing_known, &mut self.loader, &mut sources)?;
        let mut documents = Documents::new(world, found, around, &mut Cache::none());
        documents.open_unknown(world, &mut self.loader, &mut sources)?;
        let rules = documents.rules(options.extent);
        let all: Vec<usize> = (0..documents.count()).collect();
        let (loader, before) = (&mut self.loader, &mut self.given);
        let given = documents.prepare(&all, options.extent, world, loader, &mut sources, before)?;
        Ok(Prepared { sources, documents, rules, given })
    }
}

/// The documents that are meant, those that are not read, the series around them, and the one document that was opened on the side.
type Meant = (Vec<Found>, Vec<Found>, Around, Option<(Found, (Loaded, Opened))>);

/// Finds out which documents are meant, and reads what they share.
fn meant_by(
    world: &dyn World,
    paths: &[PathBuf],
    options: &Options,
    found: Option<Vec<Found>>,
    known: &KnownBefore<'_>,
    loader: &mut Loader,
    sources: &mut Sources,
) -> Result<Meant, Failure> {
    let found = found.map_or_else(|| find(world, paths, known), Ok)?;
    let found = configured(world, paths, found, options.asked)?;
    let (found, unread): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.unread.is_none());
    // Asking for several hundred files takes as long as reading what the documents share.
    let rules = loader.rules().clone();
    let waiting = || {
        if options.extent == Extent::Full {
            rayon::spawn(move || _ = &rules.policy);
        }
        if options.out.is_some() {
            rayon::spawn(render::prepare);
        }
        around(world, &found, known)
    };
    let (around, ahead) = rayon::join(waiting, || ahead(world, &found, known, loader, sources));
    Ok((found, unread, around, ahead))
}

/// The name of the results of runs of one kind: what was done, with what, and for which site.
fn kind_of(options: &Options, paths: &[PathBuf], cache: &Cache) -> String {
    let mut key = Key::default().and(options.out.as_ref().map_or_else(String::new, |out| cache.name_of(out)));
    paths.iter().for_each(|path| key.add(cache.name_of(path)));
    format!("{}-{}", format!("{:?}", options.extent).to_lowercase(), short(&key.done()))
}

/// Reads what documents share; and where one document alone was asked for and is not as it was, that as well. That it cannot
/// be read is found out by whoever needs it.
fn ahead(
    world: &dyn World,
    found: &[Found],
    known: &KnownBefore<'_>,
    loader: &mut Loader,
    sources: &mut Sources,
) -> Option<(Found, (Loaded, Opened))> {
    loader.prepare(world, found, sources);
    let [one] = found else { return None };
    if one.unread.is_some() || known(&one.path).is_some() {
        return None;
    }
    let stamp = world.stamp(&one.path);
    let bytes = one.bytes.clone().or_else(|| world.read(&one.path).ok())?;
    let one = Found { bytes: Some(bytes), stamp: one.stamp.or(stamp), ..one.clone() };
    let loaded = loader.load(world, vec![one.clone()], sources).ok()?.pop()?;
    let opened = judge::open(sources, &loaded);
    Some((one, (loaded, opened)))
}

/// What is said of a document that is not read.
fn not_read(found: &Found, sources: &mut Sources) -> Option<Judged> {
    let file = sources.add(shown(&found.path), "");
    let finding = Finding::new("not-a-xep", sources.whole(file), found.unread.clone().unwrap_or_default())
        .help("nothing in it was looked at; make it smaller or readable, or name the other files alone");
    let is_on = found.wanted.levels.is_on(finding.rule);
    is_on.then(|| judged(&finding, rule::Maturity::Current, &found.wanted)).flatten()
}

/// The folder of the cache, if there is to be one.
fn cache_folder(world: &dyn World, paths: &[PathBuf], options: &Options) -> Result<Option<PathBuf>, Failure> {
    if !options.cache || options.cache_folder.is_some() {
        return Ok(options.cache_folder.clone().filter(|_| options.cache));
    }
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let folder = if world.is_folder(first) { first } else { first.parent().unwrap_or(first) };
    cache::default_folder(world, &root_of(world, folder))
}
