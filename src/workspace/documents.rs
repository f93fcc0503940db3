//! The documents of a run and those beside it: what is known of each, and what each gives to the others.

use super::cache::{Cache, Files, Record, Stored};
use super::find::{Around, Found, is_markdown, seems_document, shared_files};
use super::load::{Loader, has_companions, name};
use super::names::Names;
use super::options::Options;
use super::snapshot::{Outcome, Recalled, Run};
use super::world::{Stamp, World, folder_of};
use super::{Failure, Progress, shown};
use crate::judge::{self, Extent, Loaded, Opened};
use crate::key::{Hash, Key, hash};
use crate::read::series::SharedEntities;
use crate::series::{DocumentFacts, Facts, Given, Neighbourhood, Series, SeriesFacts, SeriesHashes};
use crate::source::Sources;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// The documents of a run, and behind them those beside it. A document is named by its place.
pub(super) struct Documents {
    all: Vec<One>,
    /// How many are of the run.
    count: usize,
    /// The places of the documents of each series, and the series of each document of the run.
    series: Vec<Vec<usize>>,
    series_of: Vec<usize>,
    neighbourhoods: Vec<Neighbourhood>,
}

/// A document, as far as it is known.
pub(super) struct One {
    pub(super) found: Found,
    pub(super) path: PathBuf,
    /// Whether files beside it belong to it.
    has_companions: bool,
    /// Whether it may be taken from a cache: files beside it do not belong to it, and it is no draft in Markdown.
    is_cached: bool,
    record: Option<Record>,
    /// The hash of its `xep.ent`.
    shared: Hash,
    /// The hash of its `xep.dtd`.
    grammar: Hash,
    /// The highest number of the XEPs that its `xep.ent` names.
    newest: Option<u16>,
    pub(super) facts: Option<Facts>,
    pub(super) opened: Option<Box<(Loaded, Opened)>>,
    key: Option<Hash>,
}

/// Which documents tell something to others, and the key of what those are given.
struct AskedFor {
    definers: BTreeSet<usize>,
    /// Nothing where one of them is not known by a hash.
    key: Option<Hash>,
}

/// What documents were given by others in earlier snapshots of a session: schemas that were read and compiled, and what examples show.
#[derive(Debug, Default)]
pub(super) struct GivenBefore {
    /// The last used comes last.
    all: Vec<(Hash, Arc<Given>)>,
    /// How many are kept.
    limit: usize,
}

/// How many sets of neighbours a session remembers: as many as an author has documents open.
const REMEMBERED: usize = 16;

impl GivenBefore {
    /// Says that there will be more snapshots.
    pub(super) fn stay(&mut self) {
        self.limit = REMEMBERED;
    }

    /// Forgets everything.
    pub(super) fn forget(&mut self) {
        self.all.clear();
    }

    fn get(&self, key: &Hash) -> Option<Arc<Given>> {
        self.all.iter().find(|(known, _)| known == key).map(|(_, given)| given.clone())
    }

    fn keep(&mut self, key: Hash, given: Arc<Given>) {
        self.all.push((key, given));
        let surplus = self.all.len().saturating_sub(self.limit);
        self.all.drain(..surplus);
    }
}

impl Documents {
    /// Those that were found, with what the cache knows of them.
    pub(super) fn new(world: &dyn World, run: Vec<Found>, around: Around, cache: &mut Cache) -> Documents {
        let mut folders: HashMap<PathBuf, (bool, [Option<Record>; 2])> = HashMap::new();
        let Around { beside, series, series_of } = around;
        let count = run.len();
        let mut all: Vec<One> = Vec::with_capacity(count + beside.len());
        for found in run.into_iter().chain(beside) {
            let folder = folder_of(&found.path).to_path_buf();
            let (has_companions, files) = folders.entry(folder).or_insert_with_key(|folder| {
                let files = shared_files(world, &found).map(|path| cache.shared(world, &path?));
                (has_companions(world, folder), files)
            });
            let [shared, grammar] =
                files.each_ref().map(|file| file.as_ref().map_or_else(Hash::default, |record| record.hash));
            all.push(One {
                path: found.path.clone(),
                has_companions: *has_companions,
                is_cached: cache.is_kept() && !*has_companions && !is_markdown(&found.path),
                found,
                record: None,
                shared,
                grammar,
                newest: files.iter().flatten().filter_map(|record| record.newest).max(),
                facts: None,
                opened: None,
                key: None,
            });
        }
        let cache = &*cache;
        all.par_iter_mut().filter(|one| one.is_cached).for_each(|one| one.recall(world, cache));
        Documents { all, count, series, series_of, neighbourhoods: Vec::new() }
    }

    /// Whether files beside one of the run belong to it.
    pub(super) fn have_companions(&self) -> bool {
        self.all.iter().take(self.count).any(|one| one.has_companions)
    }

    /// How many are of the run.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Takes in the one document of the run, if it was opened on the side.
    pub(super) fn opened_ahead(&mut self, ahead: Option<(Found, (Loaded, Opened))>) {
        if let (Some((found, opened)), Some(one)) = (ahead, self.all.first_mut()) {
            one.found = found;
            one.opened = Some(Box::new(opened));
        }
    }

    /// What is known of the document at a place.
    fn known(&self, at: usize) -> Option<&Facts> {
        self.all.get(at)?.facts.as_ref()
    }

    /// The neighbourhood of a document of the run.
    fn around(&self, at: usize) -> Option<&Neighbourhood> {
        self.neighbourhoods.get(*self.series_of.get(at)?)
    }

    /// Those among documents of the run that belong to each neighbourhood.
    fn by_neighbourhood(&self, some: &[usize]) -> Vec<Vec<usize>> {
        let mut by_neighbourhood = vec![Vec::new(); self.series.len()];
        for at in some {
            let own = self.series_of.get(*at).and_then(|series| by_neighbourhood.get_mut(*series));
            own.into_iter().for_each(|all| all.push(*at));
        }
        by_neighbourhood
    }

    /// Opens the documents of which nothing is known.
    pub(super) fn open_unknown(
        &mut self,
        world: &dyn World,
        loader: &mut Loader,
        sources: &mut Sources,
    ) -> Result<(), Failure> {
        let read = &*sources;
        for one in self.all.iter_mut().filter(|one| one.facts.is_none()) {
            one.facts = one.opened.as_deref().map(|(loaded, opened)| facts(read, loaded, opened, one.shared));
        }
        self.open_those(world, loader, sources, |_, one| one.facts.is_none())?;
        self.meet();
        Ok(())
    }

    /// Finds out who is whose neighbour; all facts are known by then.
    fn meet(&mut self) {
        let newest = |members: &[usize]| members.iter().filter_map(|at| self.all.get(*at)?.newest).max();
        let own =
            |at: usize| self.series_of.iter().enumerate().filter(move |(_, series)| **series == at).map(|(at, _)| at);
        let meet = |(at, members): (usize, &Vec<usize>)| {
            let newest = newest(members).max(newest(&own(at).collect::<Vec<_>>()));
            Neighbourhood::new(members.clone(), newest, &|at| self.known(at))
        };
        self.neighbourhoods = self.series.iter().enumerate().map(meet).collect();
    }

    /// What rules can ask of the series of each neighbourhood, for the documents of the run.
    pub(super) fn rules(&self, extent: Extent) -> Vec<Series> {
        let run: Vec<usize> = (0..self.count).collect();
        let rest = |at: &usize| self.known(*at).map(|facts| &*facts.rest);
        run.par_iter().filter_map(rest).for_each(|rest| _ = rest.get());
        let both = self.neighbourhoods.iter().zip(self.by_neighbourhood(&run));
        let series = both.map(|(neighbourhood, own)| {
            neighbourhood.series(own.iter().filter_map(rest), extent == Extent::Full, &|at| self.known(at))
        });
        series.collect()
    }

    /// The stored results that still hold. Notes the keys of the others.
    pub(super) fn recall(
        &mut self,
        options: &Options,
        rules: &[Series],
        pages: &SeriesFacts,
        world: &dyn World,
        (cache, results): (&Cache, &HashMap<String, Stored>),
    ) -> Vec<Option<Stored>> {
        let hashes: Vec<SeriesHashes<'_>> = rules.iter().map(|rules| SeriesHashes::of(rules, pages)).collect();
        let definers: Vec<Hash> = match options.extent {
            Extent::Full => {
                let known = |at| self.known(at);
                let of_users: Vec<_> = self.neighbourhoods.iter().map(|one| one.hashes_of_users(&known)).collect();
                let hash = |at: usize| -> Option<Hash> {
                    let of_users = of_users.get(*self.series_of.get(at)?)?;
                    Some(self.around(at)?.hash_of_definers(at, of_users, &known))
                };
                (0..self.count).into_par_iter().map(|at| hash(at).unwrap_or_default()).collect()
            }
            Extent::Read | Extent::Document => Vec::new(),
        };
        let names: Vec<&str> = pages.documents().iter().map(|facts| facts.name.as_str()).collect();
        let series_of = &self.series_of;
        let of_run = self.all.par_iter_mut().take(self.count).enumerate();
        of_run
            .map(|(at, one)| {
                let (record, facts) = (one.record.as_ref()?, one.facts.as_ref()?);
                let around = hashes.get(*series_of.get(at)?)?.around(at, &facts.rest.get().mentions);
                let key = Key::default()
                    .and(record.hash)
                    .and(one.shared)
                    .and(one.grammar)
                    .and(one.origin())
                    .and(format!("{:?}", options.extent))
                    .and(format!("{:?}", one.found.wanted))
                    .and(around)
                    .and(definers.get(at).copied().unwrap_or_default())
                    .and(names.get(at).copied().unwrap_or_default())
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

    /// Opens some documents of the run that are to be examined, and those that define what they use; answers what they are given by
    /// their neighbourhoods. What was given before to the same is given again.
    pub(super) fn prepare(
        &mut self,
        some: &[usize],
        extent: Extent,
        world: &dyn World,
        loader: &mut Loader,
        sources: &mut Sources,
        before: &mut GivenBefore,
    ) -> Result<Vec<Arc<Given>>, Failure> {
        let by_neighbourhood = self.by_neighbourhood(some);
        let mut wanted: HashSet<usize> = some.iter().copied().collect();
        let mut asked = Vec::new();
        if extent == Extent::Full {
            asked =
                self.neighbourhoods.iter().zip(&by_neighbourhood).map(|(one, some)| self.asked(one, some)).collect();
            let unknown = asked.iter().filter(|asked| asked.key.is_none_or(|key| before.get(&key).is_none()));
            wanted.extend(unknown.flat_map(|asked| &asked.definers));
        }
        self.open_those(world, loader, sources, |at, _| wanted.contains(&at))?;
        let mut given = Vec::new();
        for ((one, some), asked) in self.neighbourhoods.iter().zip(&by_neighbourhood).zip(asked) {
            if let Some(known) = asked.key.and_then(|key| before.get(&key)) {
                given.push(known);
                continue;
            }
            let known = |at| self.known(at);
            let users = one.users(&known);
            let told = |at: usize| {
                let (facts, opened) = (self.known(at)?, &self.all.get(at)?.opened.as_deref()?.1);
                Some(one.told(at, facts, opened.examples(), |wanted| opened.shown(wanted), &users))
            };
            let told = asked.definers.into_par_iter().filter_map(told).collect();
            let new = Arc::new(one.given(told, some, &known, sources));
            asked.key.into_iter().for_each(|key| before.keep(key, new.clone()));
            given.push(new);
        }
        given.resize_with(self.neighbourhoods.len(), Arc::default);
        Ok(given)
    }

    /// Who is asked what in a neighbourhood for some documents.
    fn asked(&self, one: &Neighbourhood, some: &[usize]) -> AskedFor {
        let known = |at| self.known(at);
        let users = one.users(&known);
        let definers = one.definers_of(some, &users, &known);
        let mut key = Key::default();
        one.add_question(some, &definers, &users, &known, &mut key);
        let are_known = definers.iter().all(|at| self.all.get(*at).is_some_and(|definer| definer.add_to(&mut key)));
        AskedFor { definers, key: are_known.then(|| key.done()) }
    }

    /// The XEPs of which no document is there and whose schemas the program itself has, as far as the documents of the run use them.
    pub(super) fn used_built_in(&self) -> Vec<String> {
        let run: Vec<usize> = (0..self.count).collect();
        let both = self.neighbourhoods.iter().zip(self.by_neighbourhood(&run));
        let used: BTreeSet<_> = both.flat_map(|(one, own)| one.used_built_in(&own, &|at| self.known(at))).collect();
        used.into_iter().map(|one| one.name()).collect()
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
    pub(super) fn facts(&self) -> Vec<Arc<DocumentFacts>> {
        let mut names = Names::default();
        let facts = self.all.iter().enumerate().filter_map(|(at, one)| {
            let facts = one.facts.as_ref()?;
            let mut document = facts.document.clone();
            if at < self.count {
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

    /// Notes in the cache what was found out about files.
    pub(super) fn keep(&self, cache: &mut Cache) {
        for one in self.all.iter().filter(|one| one.is_cached) {
            let (Some(record), Some(facts)) = (&one.record, &one.facts) else { continue };
            let is_new = record.facts.as_ref().is_none_or(|old| !Arc::ptr_eq(&old.rest, &facts.rest));
            // Where the stamp had to be taken anew the index has an old one.
            if is_new || one.found.stamp.is_some() {
                cache.note(&one.path, Record { facts: Some(facts.clone()), ..record.clone() });
            }
        }
    }

    /// Examines what is not known, several at once.
    pub(super) fn examine(
        self,
        known: Vec<Option<Recalled>>,
        (rules, given): (&[Series], &[Arc<Given>]),
        extent: Extent,
        sources: &Sources,
        progress: &dyn Progress,
    ) -> Vec<Run> {
        let series_of = self.series_of;
        let both: Vec<_> = self.all.into_iter().take(self.count).zip(known).enumerate().collect();
        let outcome = |(at, (one, known)): (usize, (One, Option<Recalled>))| {
            let path = shown(&one.path);
            let shared = one.opened.as_ref().and_then(|opened| opened.0.shared.as_deref()).map(SharedEntities::file);
            let name = one.facts.as_ref().map_or_else(String::new, |facts| facts.document.name.clone());
            let outcome = match (known, one.opened) {
                (Some(known), _) => Outcome::Known(Box::new(known)),
                (None, Some(opened)) => {
                    let (loaded, opened) = *opened;
                    let series = *series_of.get(at)?;
                    let neighbours = given.get(series)?.seen_by(at, rules.get(series)?);
                    let examined = judge::examine(sources, &loaded, opened, neighbours, extent);
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

    /// The place of the neighbourhood of each document of the run.
    pub(super) fn series_of(&self) -> &[usize] {
        &self.series_of
    }

    /// Takes the documents of the run that were opened, and not examined.
    pub(super) fn into_loaded(self) -> Vec<Loaded> {
        self.all.into_iter().take(self.count).filter_map(|one| one.opened).map(|opened| opened.0).collect()
    }

    /// The documents that were opened.
    pub(super) fn opened(&self) -> impl Iterator<Item = &Loaded> {
        self.all.iter().filter_map(|one| one.opened.as_ref()).map(|opened| &opened.0)
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
        // A draft has the name of its folder, and that of a linked folder is another one when the link leads elsewhere.
        if self.path.file_stem().is_some_and(|stem| stem == "draft") {
            let place = world.real(folder_of(&self.path)).join(self.path.file_name().unwrap_or_default());
            let name = crate::example::plain_name(&name(&place));
            self.facts = self.facts.take().filter(|facts| facts.document.name == name);
        }
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

    /// Adds everything that what it tells others comes of; false where that is not known by a hash.
    fn add_to(&self, key: &mut Key) -> bool {
        let Some(record) = &self.record else { return false };
        key.add(shown(&self.path));
        key.add(record.hash);
        key.add(self.shared);
        key.add(self.grammar);
        key.add(self.origin());
        key.add(format!("{:?}", self.found.wanted));
        true
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
pub(super) fn restored(
    world: &dyn World,
    stored: Vec<Option<Stored>>,
    documents: &Documents,
    loader: &mut Loader,
    sources: &mut Sources,
) -> Result<Vec<Option<Recalled>>, Failure> {
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
