//! A run over documents: which are meant, what is known of them already, and what comes of the others.

use super::cache::{self, Cache, Files, Record, Stored, StoredFinding};
use super::config::{Asked, configured};
use super::find::{
    Found, Known as KnownBefore, beside, find, folder_of, is_markdown, nothing_known, root_of, seems_document,
};
use super::load::{Loader, has_companions, no_shared_examples, shared_files};
use super::world::{Stamp, World};
use super::{Failure, Progress, reported, shown};
use crate::example::Lexicon;
use crate::finding::Finding;
use crate::judge::{self, Examined, Extent, Loaded, Opened, Wanted};
use crate::read::series::{SharedEntities, newest_known};
use crate::render;
use crate::report::{Judged, Report};
use crate::rule;
use crate::schema::built_in::{self, BuiltIn};
use crate::schema::{Described, Registry, SchemaSource};
use crate::series::definers::{self, RfcFiles};
use crate::series::{
    DocumentFacts, Facts, Hash, Key, Neighbours, Particulars, Rest, Series, SeriesFacts, SeriesHashes, Users,
    Vocabulary, hash, short,
};
use crate::source::{FileId, Sources};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much is done.
    pub extent: Extent,
    /// Whether what earlier runs found out may be used, and kept.
    pub cache: bool,
    /// The folder of the cache; without it, the user's own.
    pub cache_folder: Option<PathBuf>,
    /// The folder of the site that is built afterwards, if one is: a document whose files in it are as they were is not
    /// examined again.
    pub out: Option<PathBuf>,
    /// Which rules speak that are off by default.
    pub asked: Asked,
}

impl Options {
    /// A run that takes nothing from a cache and keeps nothing.
    pub fn fresh(extent: Extent) -> Options {
        Options { extent, cache: false, cache_folder: None, out: None, asked: Asked::default() }
    }
}

/// Documents that were read and examined, or known.
#[derive(Debug)]
pub struct Checked {
    /// All files.
    pub sources: Sources,
    /// The documents, in the order of their paths.
    pub documents: Vec<Run>,
    /// What they and the documents beside them say of one another; the documents of the run come first.
    pub series: SeriesFacts,
    options: Options,
    /// The name of the results of runs like this one.
    kind: String,
    cache: Cache,
    results: HashMap<String, Stored>,
    /// What is said of documents that were not read.
    unread: Vec<Judged>,
    /// The XEPs of which no document was at hand and the program's own schemas were used.
    built_in: Vec<String>,
}

/// A stored result and its findings in the files of this run.
type Known = (Stored, Vec<Finding>);

/// A document of a run.
#[derive(Debug)]
pub struct Run {
    /// Its path as given.
    pub path: String,
    /// Its name in a site.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Its file.
    pub(super) file: PathBuf,
    /// The key of its result; nothing for a document that is examined in every run.
    key: Option<Hash>,
    /// Its `xep.ent` in this run.
    shared: Option<FileId>,
    /// What `xep.toml` and the command line want for it.
    wanted: Arc<Wanted>,
}

/// What came of a document.
#[derive(Debug)]
pub enum Outcome {
    /// It was examined in this run.
    Examined(Box<(Loaded, Examined)>),
    /// It is as it was in an earlier run; what that run found, in the files of this one.
    Known(Box<Known>),
}

impl Run {
    /// What was examined, if it was in this run.
    pub fn examined(&self) -> Option<(&Loaded, &Examined)> {
        match &self.outcome {
            Outcome::Examined(both) => Some((&both.0, &both.1)),
            Outcome::Known(_) => None,
        }
    }

    /// Whether it holds keys, which are wiped when it is dropped.
    pub fn has_secrets(&self) -> bool {
        self.examined().is_some_and(|(loaded, examined)| examined.cast.is_some() || !loaded.companions.keys.is_empty())
    }

    /// What was found and is told, and how bad it is.
    pub fn judged(&self) -> Vec<Judged> {
        let (findings, maturity) = self.findings();
        findings.iter().filter_map(|finding| judged(finding, maturity, &self.wanted)).collect()
    }

    /// How much was found that is not told, because nobody works on the document.
    pub fn left_out(&self) -> usize {
        let (findings, maturity) = self.findings();
        findings.iter().filter(|finding| rule::severity(finding, maturity, &self.wanted.levels).is_none()).count()
    }

    fn findings(&self) -> (&[Finding], rule::Maturity) {
        match &self.outcome {
            Outcome::Examined(both) => (&both.1.findings, both.1.maturity()),
            Outcome::Known(both) => (&both.1, both.0.maturity),
        }
    }
}

fn judged(finding: &Finding, maturity: rule::Maturity, wanted: &Wanted) -> Option<Judged> {
    let severity = rule::severity(finding, maturity, &wanted.levels)?;
    Some(Judged { severity, finding: finding.clone() })
}

impl Checked {
    /// How much was done.
    pub fn extent(&self) -> Extent {
        self.options.extent
    }

    /// The documents that were examined in this run.
    pub fn examined(&self) -> impl Iterator<Item = (&Loaded, &Examined)> {
        self.documents.iter().filter_map(Run::examined)
    }

    /// Leaves the memory to the system, which gets all of it back at once when the program ends: to take some hundred
    /// documents apart would cost a twentieth of a run. Keys of a cast are wiped as ever.
    pub fn leave(mut self) {
        self.documents.retain(|run| !run.has_secrets());
        std::mem::forget(self);
    }

    /// Loader that was found, for the formats of output.
    pub fn report(&self) -> Report {
        let reports = self.documents.iter().map(|run| match &run.outcome {
            Outcome::Examined(both) => reported::document_report(&self.sources, &both.0, &both.1),
            Outcome::Known(both) => both.0.report.clone(),
        });
        let judged = self.documents.iter().flat_map(Run::judged).chain(self.unread.iter().cloned()).collect();
        let left_out = self.documents.iter().map(Run::left_out).sum();
        let built_in = self.built_in.clone();
        Report { left_out, built_in, ..Report::new(reports.collect(), judged, &self.sources) }
    }

    /// Keeps what was found out, and which files of the site were written for which document, for later runs.
    pub fn keep(&mut self, world: &dyn World, outputs: &BTreeMap<usize, Vec<String>>) {
        if !self.cache.is_kept() {
            return;
        }
        let mut results = std::mem::take(&mut self.results);
        let runs = self.documents.par_iter().enumerate();
        let new: Vec<(String, Stored)> = runs
            .filter_map(|(at, run)| {
                let stored = self.stored(world, run, outputs.get(&at).map(Vec::as_slice).unwrap_or_default())?;
                Some((self.cache.name_of(&run.file), stored))
            })
            .collect();
        results.extend(new);
        let (kind, folder) = (&self.kind, self.cache.folder().map(Path::to_path_buf));
        rayon::join(|| cache::store(folder.as_deref(), kind, results), || self.cache.close());
    }

    /// What is kept of a document that was examined in this run and can be taken from the cache in the next one.
    fn stored(&self, world: &dyn World, run: &Run, outputs: &[String]) -> Option<Stored> {
        let key = run.key?;
        let (loaded, examined) = run.examined()?;
        let files = Files { document: loaded.file, shared: run.shared };
        let findings = examined.findings.iter().map(|finding| StoredFinding::of(finding, files));
        let stamped = |name: &String| {
            let out = self.options.out.as_ref()?;
            Some((name.clone(), world.stamp(&out.join(name))?))
        };
        Some(Stored {
            key,
            outputs: outputs.iter().map(stamped).collect::<Option<_>>()?,
            report: reported::document_report(&self.sources, loaded, examined),
            findings: findings.collect::<Option<_>>()?,
            maturity: examined.maturity(),
        })
    }
}

/// The name of the results of runs of one kind: what was done, with what, and for which site.
fn kind_of(options: &Options, paths: &[PathBuf], cache: &Cache) -> String {
    let mut key = Key::default().and(options.out.as_ref().map_or_else(String::new, |out| cache.name_of(out)));
    paths.iter().for_each(|path| key.add(cache.name_of(path)));
    format!("{}-{}", format!("{:?}", options.extent).to_lowercase(), short(&key.done()))
}

/// Reads the documents at `paths` (none: the drafts of the workspace) and examines them, several at once. What is in the cache
/// and still holds is taken from there.
///
/// # Errors
/// When a path cannot be read, or nothing is there to be checked.
pub fn check(
    world: &dyn World,
    paths: &[PathBuf],
    options: Options,
    progress: &dyn Progress,
) -> Result<Checked, Failure> {
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
    let (cache, named) = rayon::join(|| Cache::open(folder), named);
    let mut cache = cache?;
    let known = |path: &Path| cache.record(world, path).cloned();
    let found = named.unwrap_or_else(|| find(world, paths, &known))?;
    let found = configured(world, paths, found, options.asked)?;
    // Asking for several hundred files takes as long as reading what the documents share.
    let rules = loader.rules().clone();
    let waiting = || {
        if options.extent == Extent::Full {
            rayon::spawn(move || _ = &rules.policy);
        }
        if options.out.is_some() {
            rayon::spawn(render::prepare);
        }
        beside(world, &found, &known)
    };
    let (beside, ahead) = rayon::join(waiting, || ahead(world, &found, &known, &mut loader, &mut sources));
    let (mut found, unread): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.unread.is_none());
    let unread = unread.iter().filter_map(|found| not_read(found, &mut sources)).collect();
    let run = found.len();
    progress.start(run);
    let ahead = ahead.and_then(|(one, opened)| Some((std::mem::replace(found.first_mut()?, one), opened)));
    let mut documents = Documents::new(world, found.into_iter().chain(beside).collect(), &mut cache);
    if let (Some((_, opened)), Some(one)) = (ahead, documents.all.first_mut()) {
        one.opened = Some(Box::new(opened));
    }
    documents.open_unknown(world, &mut loader, &mut sources)?;
    let rules = documents.rules(run, options.extent);
    let pages = SeriesFacts::around(documents.facts(run), run);
    documents.keep(&mut cache);
    let kind = kind_of(&options, paths, &cache);
    let results = cache.results(&kind);
    let hashes = SeriesHashes::of(&rules, &pages);
    let stored = documents.known(run, &options, &hashes, world, (&cache, &results));
    let missing: Vec<usize> = (0..run).filter(|at| stored.get(*at).is_none_or(Option::is_none)).collect();
    let definers = documents.definers_of_all(&missing, options.extent, &pages);
    documents.open(&missing, &definers, world, &mut loader, &mut sources)?;
    let (schemas, built_in) = match options.extent {
        Extent::Full => (
            documents.built_in(&missing, &pages, &mut sources),
            documents.used_built_in(0..run, &pages).iter().map(|one| one.name()).collect(),
        ),
        Extent::Read | Extent::Document => Default::default(),
    };
    no_shared_examples(documents.all.iter().filter_map(|one| one.opened.as_ref()).map(|opened| &opened.0))?;
    let known = restored(world, stored, &documents, &mut loader, &mut sources)?;
    let (registry, vocabulary) = documents.told_by(&definers, &pages, schemas, &sources);
    let neighbours = |at| Neighbours { series: &rules, registry: &registry, shown: vocabulary.seen_by(Some(at)) };
    let mut documents = documents.examine(run, known, &neighbours, options.extent, &sources, progress);
    for (run, facts) in documents.iter_mut().zip(pages.documents()) {
        run.name.clone_from(&facts.name);
    }
    Ok(Checked { sources, documents, series: pages, options, kind, cache, results, unread, built_in })
}

/// Documents that were read and not judged, with what they share and what rules can ask of their series.
pub(super) struct Unjudged {
    pub(super) sources: Sources,
    pub(super) documents: Vec<Loaded>,
    pub(super) series: Series,
    pub(super) registry: Registry,
    pub(super) vocabulary: Vocabulary,
}

/// Reads the documents at `paths` and those beside them. Takes nothing from a cache.
///
/// # Errors
/// When a path cannot be read, or nothing is there.
pub(super) fn unjudged(world: &dyn World, paths: &[PathBuf]) -> Result<Unjudged, Failure> {
    let mut sources = Sources::default();
    let mut loader = Loader::new(&mut sources);
    let mut found = find(world, paths, &nothing_known)?;
    let beside = beside(world, &found, &nothing_known);
    found.retain(|found| found.unread.is_none());
    loader.prepare(world, &found, &mut sources);
    let run = found.len();
    let all = found.into_iter().chain(beside).collect();
    let mut documents = Documents::new(world, all, &mut Cache::none());
    documents.open_unknown(world, &mut loader, &mut sources)?;
    let series = documents.rules(run, Extent::Full);
    let pages = SeriesFacts::around(documents.facts(run), run);
    let definers = documents.definers_of_all(&(0..run).collect::<Vec<_>>(), Extent::Full, &pages);
    let built_in = documents.built_in(&(0..run).collect::<Vec<_>>(), &pages, &mut sources);
    let (registry, vocabulary) = documents.told_by(&definers, &pages, built_in, &sources);
    let opened = documents.all.into_iter().take(run).filter_map(|one| one.opened);
    let documents = opened.map(|opened| opened.0).collect();
    Ok(Unjudged { sources, documents, series, registry, vocabulary })
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

/// The documents of a run and those beside them.
struct Documents {
    all: Vec<One>,
    /// The numbers of those that are known.
    numbers: BTreeSet<String>,
    /// The highest number of the XEPs that the `xep.ent` of the documents name.
    newest: Option<u16>,
}

/// A document, as far as it is known.
struct One {
    found: Found,
    path: PathBuf,
    /// Whether it may be taken from a cache: files beside it do not belong to it, and it is no draft in Markdown.
    is_cached: bool,
    record: Option<Record>,
    /// The hash of its `xep.ent`.
    shared: Hash,
    /// The hash of its `xep.dtd`.
    grammar: Hash,
    facts: Option<Facts>,
    opened: Option<Box<(Loaded, Opened)>>,
    key: Option<Hash>,
}

impl Documents {
    fn new(world: &dyn World, found: Vec<Found>, cache: &mut Cache) -> Documents {
        let mut folders: HashMap<PathBuf, (bool, Hash, Hash)> = HashMap::new();
        let mut newest = None;
        let mut all: Vec<One> = Vec::with_capacity(found.len());
        for found in found {
            let folder = folder_of(&found.path).to_path_buf();
            let around = folders.entry(folder).or_insert_with_key(|folder| {
                let files = shared_files(world, &found).map(|path| cache.shared(world, &path?));
                newest = files.iter().flatten().map(|record| record.newest).fold(newest, Option::max);
                let [shared, grammar] = files.map(|record| record.map_or_else(Hash::default, |record| record.hash));
                (has_companions(world, folder), shared, grammar)
            });
            let (has_companions, shared, grammar) = *around;
            let is_cached = cache.is_kept() && !has_companions && !is_markdown(&found.path);
            all.push(One {
                path: found.path.clone(),
                found,
                is_cached,
                record: None,
                shared,
                grammar,
                facts: None,
                opened: None,
                key: None,
            });
        }
        let cache = &*cache;
        all.par_iter_mut().filter(|one| one.is_cached).for_each(|one| one.recall(world, cache));
        Documents { all, numbers: BTreeSet::new(), newest }
    }

    /// Opens the documents of which nothing is known.
    fn open_unknown(&mut self, world: &dyn World, loader: &mut Loader, sources: &mut Sources) -> Result<(), Failure> {
        let read = &*sources;
        for one in self.all.iter_mut().filter(|one| one.facts.is_none()) {
            one.facts = one.opened.as_deref().map(|(loaded, opened)| facts(read, loaded, opened, one.shared));
        }
        self.open_those(world, loader, sources, |_, one| one.facts.is_none())?;
        let known = self.all.iter().filter_map(|one| one.facts.as_ref());
        self.numbers = known.map(|facts| facts.document.number.clone()).collect();
        Ok(())
    }

    /// Opens the documents that are to be examined, and those that define what they use.
    fn open(
        &mut self,
        missing: &[usize],
        definers: &BTreeSet<usize>,
        world: &dyn World,
        loader: &mut Loader,
        sources: &mut Sources,
    ) -> Result<(), Failure> {
        let missing: HashSet<usize> = missing.iter().chain(definers).copied().collect();
        self.open_those(world, loader, sources, |at, _| missing.contains(&at))
    }

    /// Which documents use the namespaces that none describes. A proposal that has a number by now is an earlier version of
    /// the same document, and bears no witness.
    fn users(&self) -> Users<'_> {
        let known = || self.all.iter().map(|one| one.facts.as_ref());
        let is_numbered = |facts: &Facts| facts.document.number.parse::<u16>().is_ok();
        let numbered = known().flatten().filter(|facts| is_numbered(facts));
        let numbered: HashSet<&str> = numbered.map(|facts| facts.document.title.as_str()).collect();
        let counts = |facts: &&Facts| is_numbered(facts) || !numbered.contains(facts.document.title.as_str());
        let uses = known().map(|facts| facts.filter(counts).map_or("", |facts| facts.rest.get().uses.as_str()));
        Users::among(uses, known().flatten().map(|facts| facts.document.described.as_str()))
    }

    /// What is known of a document and seldom asked for.
    fn rest(&self, at: usize) -> Option<&Particulars> {
        self.all.get(at)?.facts.as_ref().map(|facts| facts.rest.get())
    }

    /// The documents that define what a document uses, and what the schemas of those import: another XEP says how a payload
    /// looks.
    fn definers(&self, at: usize, pages: &SeriesFacts) -> BTreeSet<usize> {
        let defining = |namespaces: &str| namespaces.lines().filter_map(|name| pages.defines(name)).collect::<Vec<_>>();
        let Some(own) = self.rest(at) else { return BTreeSet::new() };
        let mut all: BTreeSet<usize> = defining(&own.uses).into_iter().chain(defining(&own.imports)).collect();
        let imported: Vec<usize> =
            all.iter().filter_map(|&definer| self.rest(definer)).flat_map(|known| defining(&known.imports)).collect();
        all.extend(imported);
        all.remove(&at);
        all
    }

    /// What a document says to those that use its namespaces: nothing of its words.
    fn add_to(&self, at: usize, key: &mut Key) {
        if let Some(facts) = self.all.get(at).and_then(|one| one.facts.as_ref()) {
            key.add(facts.document.id());
            key.add(facts.rest.get().shows);
        }
    }

    /// The hash of loader that others say of what a document uses; `of_users` is that of those that use the namespaces which no
    /// schema describes.
    fn hash_of_definers(&self, at: usize, pages: &SeriesFacts, of_users: &BTreeMap<&str, Hash>) -> Hash {
        let mut key = Key::default();
        self.definers(at, pages).into_iter().for_each(|definer| self.add_to(definer, &mut key));
        let uses = self.rest(at).map_or("", |known| &known.uses);
        for (namespace, hash) in uses.lines().filter_map(|namespace| of_users.get_key_value(namespace)) {
            key.add(namespace);
            key.add(hash);
        }
        key.done()
    }

    /// The documents that define what some documents use. Where no schema does, all that use the same.
    fn definers_of_all(&self, some: &[usize], extent: Extent, pages: &SeriesFacts) -> BTreeSet<usize> {
        if extent != Extent::Full {
            return BTreeSet::new();
        }
        let used = some.iter().filter_map(|&at| self.rest(at)).flat_map(|known| known.uses.lines()).collect();
        let definers = some.iter().flat_map(|&at| self.definers(at, pages));
        definers.chain(self.users().of(&used)).collect()
    }

    /// What documents that were opened, and the RFCs, say of the namespaces that they define: with their schemas, and by their
    /// examples; and what all show of those that none describes.
    fn told_by(
        &self,
        definers: &BTreeSet<usize>,
        pages: &SeriesFacts,
        (built_in, learned): (Vec<Described>, Lexicon),
        sources: &Sources,
    ) -> (Registry, Vocabulary) {
        let users = self.users();
        let opened = |at: &usize| {
            let one = self.all.get(*at)?;
            Some((*at, one.facts.as_ref()?, &one.opened.as_deref()?.1))
        };
        let all: Vec<_> = definers.iter().filter_map(opened).collect();
        let told = all.into_par_iter().map(|(at, facts, opened)| {
            let defines = |namespace: &str| pages.defines(namespace) == Some(at);
            let described = definers::described(&facts.document.id(), opened.examples(), &defines);
            (described, (at, opened.shown(&|namespace| defines(namespace) || users.knows(namespace))))
        });
        let (described, parts): (Vec<Described>, Vec<_>) = told.unzip();
        let mut vocabulary = Vocabulary::new(parts.into_iter().collect());
        vocabulary.learn(&learned);
        (Registry::new(sources, built_in.into_iter().chain(described).collect()), vocabulary)
    }

    /// The schemas of the RFCs, and the program's own of the XEPs that no document is, as far as some documents use them.
    fn built_in(&self, some: &[usize], pages: &SeriesFacts, sources: &mut Sources) -> (Vec<Described>, Lexicon) {
        let (mut all, mut lexicon) = (RfcFiles::add(sources).described(sources), Lexicon::default());
        let mut wanted = self.used_built_in(some.iter().copied(), pages);
        let mut seen = BTreeSet::new();
        while let Some(one) = wanted.pop_first() {
            if seen.insert(one) {
                let described = one.describe(sources);
                let imports = described.schemas.iter().flat_map(SchemaSource::imports);
                wanted.extend(self.built_in_among(imports, pages));
                all.push(described);
                lexicon.extend(&definers::shown_by(one));
            }
        }
        (all, lexicon)
    }

    /// The XEPs of which the program has schemas, which some documents use, and which no document is.
    fn used_built_in(&self, some: impl Iterator<Item = usize>, pages: &SeriesFacts) -> BTreeSet<&'static BuiltIn> {
        let known = some.filter_map(|at| self.all.get(at)?.facts.as_ref()).map(|facts| facts.rest.get());
        let names = known.flat_map(|known| known.uses.lines().chain(known.imports.lines()));
        self.built_in_among(names, pages).collect()
    }

    fn built_in_among<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        pages: &SeriesFacts,
    ) -> impl Iterator<Item = &'static BuiltIn> {
        let unknown = names.filter(|name| pages.defines(name).is_none());
        unknown.filter_map(built_in::describing).filter(|one| !self.numbers.contains(one.number))
    }

    fn open_those(
        &mut self,
        world: &dyn World,
        loader: &mut Loader,
        sources: &mut Sources,
        wanted: impl Fn(usize, &One) -> bool,
    ) -> Result<(), Failure> {
        let mut places = Vec::new();
        let mut found = Vec::new();
        for (at, one) in self.all.iter_mut().enumerate() {
            if wanted(at, one) && one.opened.is_none() {
                places.push(at);
                let bytes = one.found.bytes.take();
                found.push(Found { bytes, ..one.found.clone() });
            }
        }
        let loaded = loader.load(world, found, sources)?;
        let sources = &*sources;
        let opened: Vec<(Loaded, Opened)> = loaded
            .into_par_iter()
            .map(|loaded| {
                let opened = judge::open(sources, &loaded);
                (loaded, opened)
            })
            .collect();
        let shared: Vec<Hash> = places.iter().filter_map(|at| Some(self.all.get(*at)?.shared)).collect();
        let both = opened.par_iter().zip(shared);
        let facts: Vec<Facts> = both.map(|((loaded, opened), shared)| facts(sources, loaded, opened, shared)).collect();
        for ((at, opened), facts) in places.into_iter().zip(opened).zip(facts) {
            if let Some(one) = self.all.get_mut(at) {
                one.facts = Some(facts);
                one.opened = Some(Box::new(opened));
            }
        }
        Ok(())
    }

    /// What the pages say of all documents. The names of those of the run are made different from one another.
    fn facts(&self, run: usize) -> Vec<Arc<DocumentFacts>> {
        let mut names = super::build::Names::default();
        let facts = self.all.iter().enumerate().filter_map(|(at, one)| {
            let facts = one.facts.as_ref()?;
            let mut document = facts.document.clone();
            if at < run {
                let document = Arc::make_mut(&mut document);
                document.is_elsewhere = false;
                document.name = names.take(&document.name);
                document.details = Some(facts.rest.get().details.clone());
            } else if !document.is_elsewhere {
                Arc::make_mut(&mut document).is_elsewhere = true;
            }
            Some(document)
        });
        facts.collect()
    }

    /// What the rules can ask of the series for the first `run` documents: more only of those that they mention.
    fn rules(&self, run: usize, extent: Extent) -> Series {
        let known = |one: &One| one.facts.as_ref().map(|facts| facts.rest.clone());
        let of_run: Vec<Arc<Rest>> = self.all.iter().take(run).filter_map(known).collect();
        of_run.par_iter().for_each(|rest| _ = rest.get());
        let mentioned: HashSet<&str> = of_run.iter().flat_map(|rest| rest.get().mentions.split(' ')).collect();
        let mut rules = Series::default();
        // What was asked for counts more than what lies beside it.
        for one in self.all.iter().skip(run).chain(self.all.iter().take(run)) {
            let Some(facts) = &one.facts else { continue };
            rules.know_of(&facts.document.number);
            if mentioned.contains(facts.document.number.as_str()) {
                rules.add(&facts.rest.get().entry);
            }
        }
        if extent == Extent::Full {
            let documents = self.all.iter().filter_map(|one| one.facts.as_ref()).map(|facts| &facts.document);
            let namespaces =
                documents.flat_map(|document| document.described.lines().chain(document.registered.lines()));
            let others = built_in::all().iter().filter(|one| !self.numbers.contains(one.number));
            let built_in = others.flat_map(|one| one.described.iter().chain(&one.registered)).copied();
            rules.know_namespaces(namespaces.chain(built_in).map(str::to_owned).collect());
        }
        rules.know_newest(self.newest);
        rules.know(newest_known());
        rules
    }

    /// Notes in the cache what was found out about files.
    fn keep(&self, cache: &mut Cache) {
        for one in self.all.iter().filter(|one| one.is_cached) {
            let (Some(record), Some(facts)) = (&one.record, &one.facts) else { continue };
            let is_new = record.facts.as_ref().is_none_or(|old| !Arc::ptr_eq(&old.rest, &facts.rest));
            // Where the stamp had to be taken anew the index has an old one.
            if is_new || one.found.stamp.is_some() {
                cache.note(&one.path, Record { facts: Some(facts.clone()), ..record.clone() });
            }
        }
    }

    /// The stored results that still hold. Notes the keys of the others.
    fn known(
        &mut self,
        run: usize,
        options: &Options,
        series: &SeriesHashes<'_>,
        world: &dyn World,
        (cache, results): (&Cache, &HashMap<String, Stored>),
    ) -> Vec<Option<Stored>> {
        let definers: Vec<Hash> = match options.extent {
            Extent::Full => {
                let of_users = self.users().hashes(|at, key| self.add_to(at, key));
                let of_run = (0..run).into_par_iter();
                of_run.map(|at| self.hash_of_definers(at, series.pages(), &of_users)).collect()
            }
            Extent::Read | Extent::Document => Vec::new(),
        };
        let of_run = self.all.par_iter_mut().take(run).enumerate();
        of_run
            .map(|(at, one)| {
                let (record, facts) = (one.record.as_ref()?, one.facts.as_ref()?);
                let key = Key::default()
                    .and(record.hash)
                    .and(one.shared)
                    .and(one.grammar)
                    .and(one.origin())
                    .and(format!("{:?}", options.extent))
                    .and(format!("{:?}", one.found.wanted))
                    .and(series.around(at, &facts.rest.get().mentions))
                    .and(definers.get(at).copied().unwrap_or_default())
                    .done();
                one.key = Some(key);
                let stored = results.get(&cache.name_of(&one.path)).filter(|stored| stored.key == key)?;
                // We wrote them ourselves and in one go; that they are not settled yet would cost every second build.
                let is_fresh = |(name, stamp): &(String, Stamp)| {
                    let now = options.out.as_ref().and_then(|out| world.stamp(&out.join(name)));
                    now.is_some_and(|now| stamp.is_same(&now))
                };
                stored.outputs.iter().all(is_fresh).then(|| stored.clone())
            })
            .collect()
    }

    /// Examines what is not known, several at once.
    fn examine<'n>(
        self,
        run: usize,
        known: Vec<Option<Known>>,
        neighbours: &(dyn Fn(usize) -> Neighbours<'n> + Sync),
        extent: Extent,
        sources: &Sources,
        progress: &dyn Progress,
    ) -> Vec<Run> {
        let both: Vec<_> = self.all.into_iter().take(run).zip(known).enumerate().collect();
        let outcome = |(at, (one, known)): (usize, (One, Option<Known>))| {
            let path = shown(&one.path);
            let shared = one.opened.as_ref().and_then(|opened| opened.0.shared.as_deref());
            let shared = shared.map(SharedEntities::file);
            let name = one.facts.as_ref().map_or_else(String::new, |facts| facts.document.name.clone());
            let outcome = match (known, one.opened) {
                (Some(known), _) => Outcome::Known(Box::new(known)),
                (None, Some(opened)) => {
                    let (loaded, opened) = *opened;
                    let examined = judge::examine(sources, &loaded, opened, neighbours(at), extent);
                    Outcome::Examined(Box::new((loaded, examined)))
                }
                (None, None) => return None,
            };
            progress.done(&path);
            let wanted = one.found.wanted;
            Some(Run { path, name, outcome, file: one.path, key: one.key, shared, wanted })
        };
        both.into_par_iter().filter_map(outcome).collect()
    }
}

impl One {
    /// Looks up what the cache knows of it.
    fn recall(&mut self, world: &dyn World, cache: &Cache) {
        let looked_up = || cache.record(world, &self.path).cloned();
        let known = self.found.record.take().or_else(|| if self.found.stamp.is_none() { looked_up() } else { None });
        let record = known.or_else(|| self.hashed(world, cache));
        self.facts =
            record.as_ref().and_then(|record| record.facts.clone()).filter(|facts| facts.shared == self.shared);
        self.record = record;
    }

    /// The record of a file that is new, or was written since it was last read.
    fn hashed(&mut self, world: &dyn World, cache: &Cache) -> Option<Record> {
        // The stamp is taken first: a file that is written in between is read again in the next run.
        let stamp = self.found.stamp.or_else(|| world.stamp(&self.path))?;
        self.found.stamp = Some(stamp);
        if self.found.bytes.is_none() {
            self.found.bytes = world.read(&self.path).ok();
        }
        let bytes = self.found.bytes.as_deref()?;
        // Whatever is named is checked; of a folder it is a document only if it looks like one.
        let (hash, is_document) = (hash(bytes), seems_document(&self.path, bytes));
        Some(Record { stamp, hash, is_document, facts: cache.facts_of(&self.path, &hash), newest: None })
    }

    /// What its place says about it.
    fn origin(&self) -> String {
        format!("{:?}", self.found.origin)
    }
}

fn facts(sources: &Sources, loaded: &Loaded, opened: &Opened, shared: Hash) -> Facts {
    let name = crate::example::plain_name(&loaded.name);
    let text = sources.get(loaded.file).text();
    Facts::of(opened.document(), opened.numbers(), opened.examples(), text, &name, shared)
}

/// The findings of stored results in the files of this run; nothing for a result that cannot be put there.
fn restored(
    world: &dyn World,
    stored: Vec<Option<Stored>>,
    documents: &Documents,
    loader: &mut Loader,
    sources: &mut Sources,
) -> Result<Vec<Option<Known>>, Failure> {
    let is_told = |stored: &Option<Stored>| stored.as_ref().is_some_and(|stored| !stored.findings.is_empty());
    let told = stored.iter().zip(&documents.all).filter(|(stored, _)| is_told(stored));
    let found = told.map(|(_, one)| one.found.clone()).collect();
    let loaded = loader.load(world, found, sources)?;
    let mut loaded = loaded.iter();
    let both = stored.into_iter().zip(&documents.all);
    let restored = both.map(|(stored, one)| {
        let file = if is_told(&stored) { loaded.next() } else { None };
        let mut stored = stored?;
        stored.report.path = shown(&one.path);
        let findings = file.map_or_else(Vec::new, |loaded| {
            let shared = loaded.shared.as_deref().map(SharedEntities::file);
            let files = Files { document: loaded.file, shared };
            stored.findings.iter().filter_map(|finding| finding.restore(files)).collect()
        });
        Some((stored, findings))
    });
    Ok(restored.collect())
}
