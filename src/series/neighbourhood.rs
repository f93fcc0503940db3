//! The series as one document sees it: which other documents there are for it, and what follows from their facts.

use super::definers::{self, RfcFiles, Users, Vocabulary};
use super::facts::{Facts, Particulars, Rest};
use super::known::{Neighbours, Series};
use super::relations::defined;
use crate::example::{Example, Lexicon};
use crate::key::{Hash, Key};
use crate::schema::built_in::{self, BuiltIn};
use crate::schema::{Described, Registry, SchemaSource};
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The facts of the documents of a run and of those beside it, by their places.
pub type Known<'a> = dyn Fn(usize) -> Option<&'a Facts> + Sync + 'a;

/// Documents that are one series to some document. They are named by their places among all that are known.
#[derive(Debug, Default)]
pub struct Neighbourhood {
    /// The places of its documents; of two with one number the later one counts.
    members: Vec<usize>,
    /// The highest number of the XEPs that their `xep.ent` name.
    newest: Option<u16>,
    numbers: BTreeSet<String>,
    /// Which document defines a namespace.
    defines: BTreeMap<String, usize>,
}

/// What a document says of the namespaces that it defines.
#[derive(Debug)]
pub struct Told {
    at: usize,
    described: Described,
    shown: Lexicon,
}

/// What a neighbourhood gives to the documents that are examined in it.
#[derive(Debug, Default)]
pub struct Given {
    registry: Registry,
    vocabulary: Vocabulary,
}

impl Given {
    /// What the document at a place sees of it.
    pub fn seen_by<'a>(&'a self, at: usize, series: &'a Series) -> Neighbours<'a> {
        Neighbours { series, registry: &self.registry, shown: self.vocabulary.seen_by(Some(at)) }
    }
}

impl Neighbourhood {
    /// That of the documents at some places.
    pub fn new(members: Vec<usize>, newest: Option<u16>, known: &Known<'_>) -> Neighbourhood {
        let numbers = members.iter().filter_map(|at| known(*at)).map(|facts| facts.document.number.clone()).collect();
        let documents = members.iter().filter_map(|at| Some((*at, known(*at)?.document.as_ref())));
        let defines = defined(documents);
        Neighbourhood { members, newest, numbers, defines }
    }

    fn facts<'a>(&self, known: &Known<'a>) -> impl Iterator<Item = &'a Facts> {
        self.members.iter().filter_map(|at| known(*at))
    }

    /// What rules can ask of it: more only of the XEPs that one of `asking` mentions.
    pub fn series<'a>(&self, asking: impl Iterator<Item = &'a Rest>, is_full: bool, known: &Known<'_>) -> Series {
        let mentioned: HashSet<&str> = asking.flat_map(|rest| rest.get().mentions.split(' ')).collect();
        let mut series = Series::default();
        for facts in self.facts(known) {
            series.know_of(&facts.document.number);
            if mentioned.contains(facts.document.number.as_str()) {
                series.add(&facts.rest.get().entry);
            }
        }
        if is_full {
            let documents = self.facts(known).map(|facts| &facts.document);
            let namespaces =
                documents.flat_map(|document| document.described.lines().chain(document.registered.lines()));
            let others = built_in::all().iter().filter(|one| !self.numbers.contains(one.number));
            let built_in = others.flat_map(|one| one.described.iter().chain(&one.registered)).copied();
            series.know_namespaces(namespaces.chain(built_in).map(str::to_owned).collect());
        }
        series.know_newest(self.newest);
        series.know(crate::read::series::newest_known());
        series
    }

    /// Which documents use the namespaces that none describes. A proposal that has a number by now is an earlier version of
    /// the same document, and bears no witness.
    pub fn users<'a>(&self, known: &Known<'a>) -> Users<'a> {
        let all = || self.members.iter().filter_map(|at| Some((*at, known(*at)?)));
        let is_numbered = |facts: &Facts| facts.document.number.parse::<u16>().is_ok();
        let numbered = all().filter(|(_, facts)| is_numbered(facts));
        let numbered: HashSet<&str> = numbered.map(|(_, facts)| facts.document.title.as_str()).collect();
        let counts = |facts: &Facts| is_numbered(facts) || !numbered.contains(facts.document.title.as_str());
        let uses = all().filter(|(_, facts)| counts(facts)).map(|(at, facts)| (at, facts.rest.get().uses.as_str()));
        Users::among(uses, all().map(|(_, facts)| facts.document.described.as_str()))
    }

    /// The documents that define what a document uses, and what the schemas of those import: another XEP says how a payload
    /// looks.
    fn definers(&self, at: usize, known: &Known<'_>) -> BTreeSet<usize> {
        let rest = |at: usize| -> Option<&Particulars> { Some(known(at)?.rest.get()) };
        let defining = |namespaces: &str| -> Vec<usize> {
            namespaces.lines().filter_map(|name| self.defines.get(name).copied()).collect()
        };
        let Some(own) = rest(at) else { return BTreeSet::new() };
        let mut all: BTreeSet<usize> = defining(&own.uses).into_iter().chain(defining(&own.imports)).collect();
        let imported: Vec<usize> =
            all.iter().filter_map(|&definer| rest(definer)).flat_map(|known| defining(&known.imports)).collect();
        all.extend(imported);
        all.remove(&at);
        all
    }

    /// What the documents that use each of the namespaces which none describes show of them.
    pub fn hashes_of_users<'a>(&self, known: &Known<'a>) -> BTreeMap<&'a str, Hash> {
        self.users(known).hashes(|at, key| add_to(at, key, known))
    }

    /// The hash of everything that others say of what a document uses; `of_users` is that of those that use the namespaces which no
    /// schema describes.
    pub fn hash_of_definers(&self, at: usize, of_users: &BTreeMap<&str, Hash>, known: &Known<'_>) -> Hash {
        let mut definers = Key::default();
        self.definers(at, known).into_iter().for_each(|definer| add_to(definer, &mut definers, known));
        let mut users = Key::default();
        let uses = known(at).map_or("", |facts| &facts.rest.get().uses);
        for (namespace, hash) in uses.lines().filter_map(|namespace| of_users.get_key_value(namespace)) {
            users.add(namespace);
            users.add(hash);
        }
        let mut key = Key::default().and(definers.done()).and(users.done());
        self.add_built_in(&[at], known, &mut key);
        key.done()
    }

    /// The documents that define what some documents use. Where no schema does, all that use the same.
    pub fn definers_of(&self, some: &[usize], users: &Users<'_>, known: &Known<'_>) -> BTreeSet<usize> {
        let used = some.iter().filter_map(|at| known(*at)).flat_map(|facts| facts.rest.get().uses.lines()).collect();
        let definers = some.iter().flat_map(|&at| self.definers(at, known));
        definers.chain(users.of(&used)).collect()
    }

    /// Adds all that decides what some documents are given by their definers, but what those themselves say.
    pub fn add_question(
        &self,
        some: &[usize],
        definers: &BTreeSet<usize>,
        users: &Users<'_>,
        known: &Known<'_>,
        key: &mut Key,
    ) {
        key.add_all(definers.iter().map(|at| at.to_le_bytes()));
        key.add_all(self.defines.keys());
        key.add_all(self.defines.values().map(|at| at.to_le_bytes()));
        key.add(users.hash());
        self.add_built_in(some, known, key);
    }

    /// What the document at a place says of the namespaces that it defines, with its schemas, and what its examples show of them and of
    /// those that none describes. `shown` tells what they show of the namespaces that it is asked for.
    pub fn told(
        &self,
        at: usize,
        facts: &Facts,
        examples: &[Example],
        shown: impl FnOnce(&dyn Fn(&str) -> bool) -> Lexicon,
        users: &Users<'_>,
    ) -> Told {
        let defines = |namespace: &str| self.defines.get(namespace) == Some(&at);
        let described = definers::described(&facts.document.id(), examples, &defines);
        Told { at, described, shown: shown(&|namespace| defines(namespace) || users.has(namespace, at)) }
    }

    /// What some documents are given: what others told, what the RFCs say, and the built-in schemas of the XEPs that no document is.
    pub fn given(&self, told: Vec<Told>, some: &[usize], known: &Known<'_>, sources: &mut Sources) -> Given {
        let (mut described, learned) = self.built_in(some, known, sources);
        let mut parts = BTreeMap::new();
        for one in told {
            described.push(one.described);
            parts.insert(one.at, one.shown);
        }
        let mut vocabulary = Vocabulary::new(parts);
        vocabulary.learn(&learned);
        Given { registry: Registry::new(sources, described), vocabulary }
    }

    /// The schemas of the RFCs, and the program's own of the XEPs that no document is, as far as some documents use them.
    fn built_in(&self, some: &[usize], known: &Known<'_>, sources: &mut Sources) -> (Vec<Described>, Lexicon) {
        let (mut all, mut lexicon) = (RfcFiles::add(sources).described(sources), Lexicon::default());
        let mut wanted = self.used_built_in(some, known);
        let mut seen = BTreeSet::new();
        while let Some(one) = wanted.pop_first() {
            if seen.insert(one) {
                let described = one.describe(sources);
                let imports = described.schemas.iter().flat_map(SchemaSource::imports);
                wanted.extend(self.built_in_among(imports));
                all.push(described);
                lexicon.extend(&definers::shown_by(one));
            }
        }
        (all, lexicon)
    }

    /// Adds what decides which built-in schemas some documents are held against: those import others, as far as no document is there that
    /// has them.
    fn add_built_in(&self, some: &[usize], known: &Known<'_>, key: &mut Key) {
        let used = self.used_built_in(some, known);
        if !used.is_empty() {
            key.add_all(&self.numbers);
            key.add_all(self.defines.keys());
        }
        key.add_all(used.iter().map(|one| one.number));
    }

    /// The XEPs of which the program has schemas, which some documents use, and which no document is.
    pub fn used_built_in(&self, some: &[usize], known: &Known<'_>) -> BTreeSet<&'static BuiltIn> {
        let rests = some.iter().filter_map(|at| Some(known(*at)?.rest.get()));
        self.built_in_among(rests.flat_map(|rest| rest.uses.lines().chain(rest.imports.lines()))).collect()
    }

    fn built_in_among<'n>(&self, names: impl Iterator<Item = &'n str>) -> impl Iterator<Item = &'static BuiltIn> {
        let unknown = names.filter(|name| !self.defines.contains_key(*name));
        unknown.filter_map(built_in::describing).filter(|one| !self.numbers.contains(one.number))
    }
}

/// What a document says to those that use its namespaces, and the name by which they are told where: nothing of its words.
fn add_to(at: usize, key: &mut Key, known: &Known<'_>) {
    if let Some(facts) = known(at) {
        key.add(facts.document.id());
        key.add(&facts.document.name);
        key.add(facts.rest.get().shows);
    }
}
