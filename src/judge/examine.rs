//! One document, from text to findings. Works on what is in memory alone.

use super::Wanted;
use super::abridge::abridge;
use super::data::{self, Data, Elsewhere};
use super::loaded::{Draft, Loaded};
use super::suppress::suppress;
use crate::document::number::{Numbers, listings};
use crate::document::{Document, Header, Legal};
use crate::example::attack;
use crate::example::generate::{self, Kept, Plain, Store};
use crate::example::proven::{Passed, Proofs};
use crate::example::published;
use crate::example::round_trip::{RoundTrip, Stage};
use crate::example::sibling::{self, Sibling};
use crate::example::{Cast, Example, Expectation, Lexicon, examples, unjudged};
use crate::finding::{Finding, Severity, Sink};
use crate::read::series::SharedEntities;
use crate::read::{markdown, xep_xml};
use crate::rule::{self, Context, Maturity, Yardstick, expectation};
use crate::sce::{Policy, Profile, Profiles, Rulebook, Rules, TableError};
use crate::schema::{SchemaSet, SchemaSource, State};
use crate::series::Neighbours;
use crate::source::{FileId, MappedText, Sources, Span};
use crate::xml::canonical::{Whitespace, canonical};
use crate::xml::{CLIENT, content_model, parse};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Only reading: no rule runs, no badge is earned.
    Read,
    /// The rules about the document itself: grammar, header, links. Examples are passed over.
    Document,
    /// All rules and round trips.
    Full,
}

/// What came of a document.
#[derive(Debug)]
pub struct Examined {
    /// The document, tables and includes filled.
    pub document: Document,
    /// Its numbers.
    pub numbers: Numbers,
    /// Its examples.
    pub examples: Vec<Example>,
    /// The checks that ran, by the number of the example.
    pub checks: Vec<Vec<&'static str>>,
    /// Round trips by the number of the example.
    pub round_trips: Vec<(usize, RoundTrip)>,
    /// What was expected to happen to examples, and did, by their id.
    pub expected: BTreeMap<String, Expectation>,
    /// What sealed examples hold, by their number: titles and XML.
    pub layers: BTreeMap<usize, Vec<(String, String)>>,
    /// What `examples/` should hold: sealed stanzas by example and profile, those that were kept and are still right as they
    /// are.
    pub sealed: Vec<SealedExample>,
    /// The ids of generated examples whose sealed stanza is not what is committed: no page shows them.
    pub unsettled: BTreeSet<String>,
    /// Who plays.
    pub cast: Option<Cast>,
    /// Examples of which something could not be tried, since nobody has the keys.
    pub untried: Vec<usize>,
    /// The schemas that examples were held against: namespace, place, and how each fared.
    pub schemas: Vec<(String, Span, Option<State>)>,
    /// Everything that was found, in the order of the places.
    pub findings: Vec<Finding>,
    /// How much was done.
    pub extent: Extent,
    /// What `xep.toml` and the command line want for it.
    pub wanted: Arc<Wanted>,
    /// Policy and profiles by which it was judged.
    pub rules: Arc<Rules>,
    /// Places that it refers to and that are in another document of its folder, with the links to them.
    pub elsewhere: Elsewhere,
}

/// A sealed stanza that belongs into `examples/`.
#[derive(Clone, Debug)]
pub struct SealedExample {
    /// The plain example.
    pub plain: Plain,
    /// The profile.
    pub profile: String,
    /// The stanza.
    pub kept: Kept,
    /// Whether it is what was kept; else it was made anew.
    pub is_kept: bool,
    /// Whether it is another document's: it is kept with that one's examples.
    pub is_borrowed: bool,
}

/// A document that was read, and what it is judged by.
#[derive(Debug)]
pub struct Opened {
    document: Document,
    numbers: Numbers,
    rules: Arc<Rules>,
    cast: Option<Cast>,
    examples: Vec<Example>,
    siblings: Vec<Sibling>,
    elsewhere: Elsewhere,
    sink: Sink,
}

/// Reads a document.
pub fn open(sources: &Sources, loaded: &Loaded) -> Opened {
    let mut sink = Sink::default();
    sink.extend(loaded.findings.iter().cloned());
    let mut document = read(sources, loaded, &mut sink);
    if let (None, Some(names)) = (&document.header.profiles, &loaded.wanted.profiles) {
        let span = sources.whole(loaded.file).at_start();
        document.header.profiles = Some(MappedText::standing_for(names.as_str(), span));
    }
    let rules = rulebook(sources, loaded, &mut sink);
    let cast = cast(sources, loaded, &mut sink);
    let siblings = siblings(sources, loaded);
    let elsewhere = data::elsewhere(&document, &siblings);
    let (companions, cast_of) = (&loaded.companions, cast.as_ref());
    let data = Data { sources, companions, rules: &rules, cast: cast_of, siblings: &siblings, elsewhere: &elsewhere };
    data::fill(&mut document, data, &mut sink);
    let numbers = Numbers::of(&document);
    let examples = unjudged(&document, &numbers, &|_| None);
    Opened { document, numbers, rules, cast, examples, siblings, elsewhere, sink }
}

/// The other drafts in the folder that a document names.
fn siblings(sources: &Sources, loaded: &Loaded) -> Vec<Sibling> {
    let text = sources.get(loaded.file).text();
    let named = loaded.companions.drafts.iter().filter(|draft| sibling::is_named(text, &draft.name));
    let read = |draft: &Draft| Sibling::new(draft.name.clone(), draft.read(sources, loaded.shared.as_deref()));
    named.map(read).collect()
}

impl Opened {
    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Its numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Its examples as its author wrote them, not judged.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// What its examples show of the elements of namespaces.
    pub fn shown(&self, is_wanted: &dyn Fn(&str) -> bool) -> Lexicon {
        let mut lexicon = Lexicon::default();
        lexicon.learn(&examples(&self.document, &self.numbers, &|_| None), is_wanted);
        lexicon
    }
}

/// Examines a document that was read.
pub fn examine(
    sources: &Sources,
    loaded: &Loaded,
    opened: Opened,
    neighbours: Neighbours<'_>,
    extent: Extent,
) -> Examined {
    let Opened { document, numbers, rules, cast, examples: as_written, siblings, elsewhere, mut sink } = opened;
    let stage = Stage { rules: &rules, cast: cast.as_ref() };
    let proofs = loaded.proven.under(loaded.companions.hash(sources));
    let generated = generated(&document, &numbers, &as_written, &siblings, loaded, stage, proofs);
    let text = |id: &str| generated.texts.get(id).cloned();
    let examples = match extent {
        // What is kept of a draft's examples tells their kinds.
        Extent::Read | Extent::Document if cast.is_none() => match generated.texts.is_empty() {
            true => as_written,
            false => unjudged(&document, &numbers, &text),
        },
        _ => examples(&document, &numbers, &text),
    };
    let mut examined = Examined {
        checks: vec![Vec::new(); examples.len()],
        document,
        numbers,
        examples,
        round_trips: Vec::new(),
        expected: BTreeMap::new(),
        layers: BTreeMap::new(),
        sealed: generated.sealed,
        unsettled: generated.unsettled,
        cast: None,
        untried: Vec::new(),
        schemas: Vec::new(),
        findings: Vec::new(),
        extent,
        wanted: loaded.wanted.clone(),
        rules: rules.clone(),
        elsewhere,
    };
    let surroundings = Surroundings { stage, neighbours, siblings: &siblings, proofs };
    match extent {
        Extent::Read => {}
        Extent::Document => judge_document(loaded, &examined, surroundings, &mut sink),
        Extent::Full => judge(sources, loaded, &mut examined, surroundings, generated.stale, &mut sink),
    }
    examined.cast = cast;
    examined.findings.extend(sink.into_findings().into_iter().filter(|one| loaded.wanted.levels.is_on(one.rule)));
    examined.findings.sort_by_key(|finding| (finding.span.file, finding.span.start, finding.span.end, finding.rule));
    examined.findings = abridge(examined.findings).into_iter().map(Finding::bounded).collect();
    examined
}

impl Examined {
    /// How far its status and age lower severities.
    pub fn maturity(&self) -> Maturity {
        Maturity::of(&self.document.header)
    }

    /// How severe a finding is; `None`: it is not told.
    pub fn severity(&self, finding: &Finding) -> Option<Severity> {
        rule::severity(finding, self.maturity(), &self.wanted.levels)
    }
}

/// Reads a document with what its series gives it. Nothing that is generated is filled in.
pub fn read(sources: &Sources, loaded: &Loaded, sink: &mut Sink) -> Document {
    let shared = loaded.shared.as_deref();
    if !loaded.is_markdown {
        let model = loaded.grammar.as_deref().unwrap_or_else(|| content_model::xep());
        return xep_xml::read_by(sources, loaded.file, shared, model, sink);
    }
    let mut document = markdown::read_in_series(sources, loaded.file, shared, sink);
    if let Some(shared) = shared {
        fill_from(&mut document.header, shared, sources.whole(loaded.file).at_start());
    }
    document
}

/// Puts in what a header names and a `xep.ent` supplies: the legal notice, and authors.
fn fill_from(header: &mut Header, shared: &SharedEntities, span: Span) {
    if let Legal::Reference { entity, .. } = &header.legal
        && let Some(legal) = shared.legal(entity, span)
    {
        header.legal = legal;
    }
    for author in &mut header.authors {
        let named = author.entity.as_deref().and_then(|entity| shared.author(entity, span));
        if let Some(named) = named {
            *author = named;
        }
    }
}

/// The tables that a document is judged by: those beside it, else the embedded ones.
fn rulebook(sources: &Sources, loaded: &Loaded, sink: &mut Sink) -> Arc<Rules> {
    let own = |name: &str| loaded.companions.file(name);
    let policy = own("elements.toml").and_then(|file| table(sources, file, Policy::parse, sink));
    let profiles = own("profiles.toml").and_then(|file| table(sources, file, Profiles::parse, sink));
    if policy.is_none() && profiles.is_none() {
        return loaded.embedded.clone();
    }
    let embedded = &loaded.embedded;
    let own = Rulebook {
        policy: policy.unwrap_or_else(|| embedded.policy.clone()),
        profiles: profiles.unwrap_or_else(|| embedded.profiles.clone()),
    };
    Arc::new(own.into())
}

/// A table beside a document; nothing where it is faulty.
fn table<T>(
    sources: &Sources,
    file: FileId,
    parse: fn(&str, FileId) -> Result<T, TableError>,
    sink: &mut Sink,
) -> Option<T> {
    match parse(sources.get(file).text(), file) {
        Ok(table) => Some(table),
        Err(error) => {
            sink.push(faulty_table(sources, file, &error));
            None
        }
    }
}

fn faulty_table(sources: &Sources, file: FileId, error: &TableError) -> Finding {
    let whole = sources.whole(file);
    let span =
        error.range.clone().map_or(whole.at_start(), |range| Span::new(file, range.start, range.end.min(whole.end)));
    Finding::new("faulty-table", span, error.message.clone()).note("until it is mended, the built-in table is used")
}

fn cast(sources: &Sources, loaded: &Loaded, sink: &mut Sink) -> Option<Cast> {
    let file = loaded.companions.file("cast.toml")?;
    match Cast::parse(sources.get(file).text(), &|name| loaded.companions.keys.get(name).cloned()) {
        Ok(cast) => Some(cast),
        Err(error) => {
            sink.push(faulty_table(sources, file, &error));
            None
        }
    }
}

/// What generated examples show, and what is stale.
#[derive(Default)]
struct Generated {
    texts: BTreeMap<String, String>,
    stale: Vec<(usize, String)>,
    sealed: Vec<SealedExample>,
    unsettled: BTreeSet<String>,
}

fn generated(
    document: &Document,
    numbers: &Numbers,
    as_written: &[Example],
    siblings: &[Sibling],
    loaded: &Loaded,
    stage: Stage<'_>,
    proofs: Proofs<'_>,
) -> Generated {
    let mut generated = Generated::default();
    if stage.cast.is_none() && !as_written.iter().any(|example| example.directives.get("seal").is_some()) {
        return generated;
    }
    let plain_ones = examples(document, numbers, &|_| None);
    let Some(cast) = stage.cast else {
        // A stored copy, as XEP-XML has it, stands for itself where nobody can make it anew.
        let is_missing =
            |example: &Example| generate::order(example).is_some() && example.text.as_str().trim().is_empty();
        let orders = plain_ones.iter().enumerate().filter(|(_, example)| is_missing(example));
        generated.stale =
            orders.map(|(at, _)| (at, "there is no `cast.toml` beside the document".to_owned())).collect();
        return generated;
    };
    for (sibling, draft) in siblings.iter().filter_map(|one| Some((one, draft(loaded, &one.name)?))) {
        generated.sealed.extend(borrowed(sibling, &plain_ones, &draft.store, stage, cast, proofs));
    }
    let orders = orders(document);
    for (at, example) in plain_ones.iter().enumerate() {
        let plain = generate::order(example).is_none().then(|| generate::plain(example, stage.rules, cast)).flatten();
        if let Some(plain) = plain {
            let profiles = profiles_for(&plain, document, &orders, example, stage);
            let (sealed, stale) = seal_all(&plain, &profiles, &loaded.companions.store, stage, proofs);
            generated.sealed.extend(sealed);
            generated.stale.extend(stale.into_iter().map(|reason| (at, reason)));
        }
    }
    for (at, sealed, reason) in judged(&plain_ones, &generated.sealed, &loaded.companions.store, stage, cast) {
        generated.sealed.extend(sealed);
        generated.stale.extend(reason.map(|reason| (at, reason)));
    }
    let attacks = attacks(&plain_ones, &generated.sealed, &loaded.companions.store, stage);
    for (at, sealed, reason) in attacks {
        generated.sealed.extend(sealed);
        generated.stale.extend(reason.map(|reason| (at, reason)));
    }
    for (at, example) in plain_ones.iter().enumerate() {
        if let Some(wanted) = example.directives.text("fill") {
            match published::fill(example, wanted, cast) {
                Ok(text) => drop(generated.texts.insert(example.id.clone(), text)),
                Err(reason) => generated.stale.push((at, reason)),
            }
        }
        let Some(order) = generate::order(example) else { continue };
        let is_kept =
            |one: &SealedExample| one.plain.name == order.source && one.profile == order.profile && one.is_kept;
        if !generated.sealed.iter().any(is_kept) {
            generated.unsettled.insert(example.id.clone());
        }
        match show(example, &order, &generated.sealed, stage) {
            Ok(text) => drop(generated.texts.insert(example.id.clone(), text)),
            Err(reason) => generated.stale.push((at, reason)),
        }
    }
    generated
}

fn draft<'a>(loaded: &'a Loaded, name: &str) -> Option<&'a Draft> {
    loaded.companions.drafts.iter().find(|draft| draft.name == name)
}

/// The sealed stanzas of another document from which examples of this one are generated, under the names that these give them.
fn borrowed(
    sibling: &Sibling,
    own: &[Example],
    store: &Store,
    stage: Stage<'_>,
    cast: &Cast,
    proofs: Proofs<'_>,
) -> Vec<SealedExample> {
    let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for order in own.iter().filter_map(generate::order) {
        let theirs = order.sources().filter_map(|source| source.split_once('#'));
        for (_, name) in theirs.filter(|(document, _)| *document == sibling.name) {
            let profiles = wanted.entry(name).or_default();
            if !profiles.iter().any(|id| id == order.profile) {
                profiles.push(order.profile.to_owned());
            }
        }
    }
    let mut sealed = Vec::new();
    for example in &sibling.examples {
        let Some(profiles) = wanted.get(example.label()) else { continue };
        let plain = generate::order(example).is_none().then(|| generate::plain(example, stage.rules, cast)).flatten();
        let Some(plain) = plain else { continue };
        // What is stale there is told there.
        let (all, _) = seal_all(&plain, profiles, store, stage, proofs);
        sealed.extend(all.into_iter().map(|one| SealedExample {
            plain: Plain { name: sibling.reference(&one.plain.name), ..one.plain },
            is_borrowed: true,
            ..one
        }));
    }
    sealed
}

/// The sealed stanzas of an example under its profiles, and which of them are stale, with the reasons.
fn seal_all(
    plain: &Plain,
    profiles: &[String],
    store: &Store,
    stage: Stage<'_>,
    proofs: Proofs<'_>,
) -> (Vec<SealedExample>, Vec<String>) {
    let mut sealed = Vec::new();
    if plain.envelope.is_none() && crate::example::round_trip::unsealable(&plain.stanza, stage).is_some() {
        return (sealed, Vec::new());
    }
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for profile in profiles.iter().filter_map(|id| stage.rules.profiles.get(id)) {
        if !crate::example::round_trip::can_go_through(profile, stage) {
            continue;
        }
        let key = (plain.name.clone(), profile.id.clone());
        let lock = generate::lock(plain, profile, stage);
        let (kept, is_kept) = match staleness(store.get(&key), &lock, plain, profile, stage, proofs) {
            Ok(kept) => (kept.clone(), true),
            Err(reason) => {
                reasons.entry(reason).or_default().push(format!("`{}`", profile.id));
                match generate::make(plain, profile, stage) {
                    Ok(kept) => (kept, false),
                    Err(_) => continue,
                }
            }
        };
        let (plain, profile) = (plain.clone(), profile.id.clone());
        sealed.push(SealedExample { plain, profile, kept, is_kept, is_borrowed: false });
    }
    let told = reasons.into_iter().map(|(reason, profiles)| format!("{reason} (under {})", profiles.join(", ")));
    (sealed, told.collect())
}

/// The messages that carry hand-written envelopes which receivers are to judge, as they stand.
fn judged(
    examples: &[Example],
    sealed: &[SealedExample],
    store: &Store,
    stage: Stage<'_>,
    cast: &Cast,
) -> Vec<(usize, Option<SealedExample>, Option<String>)> {
    let mut found = Vec::new();
    for (at, example) in examples.iter().enumerate() {
        let Some((plain, id)) = generate::judged_envelope(example, stage.rules, cast) else { continue };
        let is_there = sealed.iter().any(|one| one.plain.name == plain.name && one.profile == id);
        let Some(profile) = stage.rules.profiles.get(&id).filter(|_| !is_there) else { continue };
        let lock = generate::lock(&plain, profile, stage);
        let kept = kept_or_made(&plain, &id, store, &lock, || generate::make(&plain, profile, stage));
        // An envelope that names nobody can be sent to nobody.
        let Ok(one) = kept else { continue };
        let reason = format!("it was never sealed as it stands, or changed since (under `{id}`)");
        let reason = (!one.is_kept).then_some(reason);
        found.push((at, Some(one), reason));
    }
    found
}

/// What was kept, if it is still right; else what is made now.
fn kept_or_made(
    plain: &Plain,
    profile: &str,
    store: &Store,
    lock: &str,
    make: impl FnOnce() -> Result<Kept, String>,
) -> Result<SealedExample, String> {
    let kept = store.get(&(plain.name.clone(), profile.to_owned())).filter(|kept| kept.lock == lock);
    let (kept, is_kept) = match kept {
        Some(kept) => (kept.clone(), true),
        None => (make()?, false),
    };
    let (plain, profile) = (plain.clone(), profile.to_owned());
    Ok(SealedExample { plain, profile, kept, is_kept, is_borrowed: false })
}

/// The stanzas that attackers sealed anew, by the number of the example; and why one is stale, or cannot be made.
fn attacks(
    examples: &[Example],
    sealed: &[SealedExample],
    store: &Store,
    stage: Stage<'_>,
) -> Vec<(usize, Option<SealedExample>, Option<String>)> {
    let mut found = Vec::new();
    for (at, example) in examples.iter().enumerate() {
        let Some(order) = generate::order(example) else { continue };
        let Some(tamper) = order.tamper.filter(|tamper| attack::seals_anew(tamper)) else { continue };
        let victim = sealed.iter().find(|one| one.plain.name == order.source && one.profile == order.profile);
        let (Some(victim), Some(profile)) = (victim, stage.rules.profiles.get(order.profile)) else { continue };
        let plain = Plain { name: example.label().to_owned(), ..victim.plain.clone() };
        let lock = generate::attack_lock(example, &victim.kept);
        let make = || generate::make_attack(example, tamper, &victim.plain, &victim.kept, profile, stage);
        match kept_or_made(&plain, &profile.id, store, &lock, make) {
            Ok(one) => {
                let reason = "what an attacker makes of it was never sealed, or changed since".to_owned();
                let reason = (!one.is_kept).then_some(reason);
                found.push((at, Some(one), reason));
            }
            Err(reason) => found.push((at, None, Some(reason))),
        }
    }
    found
}

/// What was kept, if it is still right; else why not.
fn staleness<'k>(
    kept: Option<&'k Kept>,
    lock: &str,
    plain: &Plain,
    profile: &Profile,
    stage: Stage<'_>,
    proofs: Proofs<'_>,
) -> Result<&'k Kept, String> {
    let kept = kept.ok_or("it was never sealed")?;
    if kept.lock != lock {
        return Err("its plaintext, the policy, the profile or the cast changed since it was sealed".into());
    }
    // The lock is of what was sealed; how it arrives follows from the stanza.
    let stanza = canonical(&plain.stanza, Whitespace::Exact);
    let verdict = proofs.recall(
        &["kept", lock, &profile.id, &stanza, &kept.wire],
        |_| Ok(()),
        || {
            let verdict = generate::verify_kept(plain, kept, profile, stage);
            let passed = verdict.is_ok().then_some(Passed { receivers: 0, is_valid: true });
            (verdict, passed)
        },
    );
    verdict.map_err(|reason| format!("what was kept does not open to it: {reason}")).map(|()| kept)
}

/// The profiles under which examples are to be shown sealed, by the names of the examples.
type Orders<'a> = HashMap<&'a str, Vec<&'a str>>;

fn orders(document: &Document) -> Orders<'_> {
    let mut orders = Orders::new();
    for listing in listings(document) {
        if let Some(source) = listing.directives.text("seal") {
            orders.entry(source.trim_start_matches('#')).or_default().extend(listing.directives.text("profile"));
        }
    }
    orders
}

fn profiles_for(
    plain: &Plain,
    document: &Document,
    orders: &Orders<'_>,
    example: &Example,
    stage: Stage<'_>,
) -> Vec<String> {
    let mut ids = example.profile_names(document).unwrap_or_default();
    ids.extend(orders.get(plain.name.as_str()).into_iter().flatten().map(|id| (*id).to_owned()));
    let mut seen = Vec::new();
    ids.retain(|id| {
        stage.rules.profiles.get(id).is_some() && !seen.contains(id) && {
            seen.push(id.clone());
            true
        }
    });
    ids
}

fn show(
    example: &Example,
    order: &generate::Order<'_>,
    sealed: &[SealedExample],
    stage: Stage<'_>,
) -> Result<String, String> {
    let sealed_anew = order.tamper.is_some_and(attack::seals_anew);
    let name = if sealed_anew { example.label() } else { order.source };
    let found = sealed.iter().find(|one| one.plain.name == name && one.profile == order.profile);
    let found = found
        .ok_or_else(|| format!("`#{}` is no stanza that can be sealed under `{}`", order.source, order.profile))?;
    let other = |name: &str| {
        let found = sealed.iter().find(|one| one.plain.name == name && one.profile == order.profile)?;
        let parsed = parse(&MappedText::standing_for(found.kept.wire.clone(), example.span), CLIENT);
        let profile = stage.rules.profiles.get(order.profile)?;
        parsed.elements().next()?.elements().find(|child| child.name == profile.carrier).cloned()
    };
    generate::show(example, order, &found.plain, &found.kept, stage, &other)
}

/// What a document is judged with, beside what lies in its own files.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    stage: Stage<'a>,
    neighbours: Neighbours<'a>,
    siblings: &'a [Sibling],
    proofs: Proofs<'a>,
}

/// Runs everything that judges, and leaves what it earned in `examined`.
fn judge(
    sources: &Sources,
    loaded: &Loaded,
    examined: &mut Examined,
    surroundings: Surroundings<'_>,
    stale: Vec<(usize, String)>,
    sink: &mut Sink,
) {
    let Surroundings { stage, neighbours, siblings, proofs } = surroundings;
    sink.extend(no_schemas(sources, loaded));
    let (schema_sources, strict_schema) = schemas(sources, loaded, examined);
    let imported = if strict_schema { Vec::new() } else { neighbours.registry.imported(&schema_sources) };
    let schemas = SchemaSet::build_importing(&schema_sources, &imported);
    sink.extend(schemas.findings());
    let yardstick = Yardstick {
        neighbours,
        origin: &loaded.origin,
        rules: stage.rules,
        cast: stage.cast,
        schemas: &schemas,
        schema_sources: &schema_sources,
        strict_schema,
        siblings,
        proofs,
    };
    let mut context = Context::new(&examined.document, &examined.numbers, &examined.examples, yardstick);
    context.stale = stale;
    context.validate();
    context.go_round();
    let levels = &loaded.wanted.levels;
    rule::run(&context, levels, sink);
    let found = std::mem::take(sink).into_findings();
    let settled = expectation::settle(&context, levels, expectation::drop_consequences(found));
    context.take_back_checks();
    sink.extend(suppress(&examined.document, levels, settled.left));
    let layers = layers(&context);
    let untried = std::mem::take(&mut context.untried);
    let (checks, mut round_trips) = (context.checks, context.round_trips);
    let sizes = committed_sizes(&examined.sealed);
    for (at, trip) in &mut round_trips {
        let example = examined.examples.get(*at);
        trip.sealed_bytes = example.and_then(|one| sizes.get(&(one.label(), trip.profile.as_str())).copied());
    }
    examined.checks = checks;
    examined.expected = settled.met;
    examined.round_trips = round_trips;
    examined.layers = layers;
    examined.untried = untried;
    let judged = schema_sources.iter().enumerate();
    let fared = judged.map(|(at, one)| (one.target_namespace().to_owned(), one.root().span, schemas.state(at)));
    examined.schemas = fared.collect();
}

/// Runs the rules as if the document had no examples. Whether an allowance is needed cannot be told then.
fn judge_document(loaded: &Loaded, examined: &Examined, surroundings: Surroundings<'_>, sink: &mut Sink) {
    let Surroundings { stage, neighbours, siblings, proofs } = surroundings;
    let schemas = SchemaSet::build(&[]);
    let yardstick = Yardstick {
        neighbours,
        origin: &loaded.origin,
        rules: stage.rules,
        cast: stage.cast,
        schemas: &schemas,
        schema_sources: &[],
        strict_schema: false,
        siblings,
        proofs,
    };
    let context = Context::new(&examined.document, &examined.numbers, &[], yardstick);
    rule::run(&context, &loaded.wanted.levels, sink);
    let found = expectation::drop_consequences(std::mem::take(sink).into_findings());
    let left = suppress(&examined.document, &loaded.wanted.levels, found);
    sink.extend(left.into_iter().filter(|finding| finding.rule != "unneeded-allow"));
}

/// Findings about files that are called schemas and hold none.
fn no_schemas(sources: &Sources, loaded: &Loaded) -> Vec<Finding> {
    let files = loaded.companions.files.iter().filter(|(name, _)| name.ends_with(".xsd"));
    let holds_none =
        |file: &FileId| SchemaSource::read(&MappedText::verbatim(sources, sources.whole(*file))).is_empty();
    let empty = files.filter(|(_, file)| holds_none(file));
    let finding = |(name, file): (&String, &FileId)| {
        Finding::new("faulty-schema", sources.whole(*file).at_start(), format!("`{name}` holds no schema"))
            .help("begin it with `<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>`, or remove the file")
    };
    empty.map(finding).collect()
}

/// The schemas of a document, and whether they are held strictly: the `.xsd` files beside it, else those in its text.
fn schemas(sources: &Sources, loaded: &Loaded, examined: &Examined) -> (Vec<SchemaSource>, bool) {
    let beside = loaded.companions.files.iter().filter(|(name, _)| name.ends_with(".xsd")).map(|(_, file)| *file);
    let own: Vec<SchemaSource> =
        beside.flat_map(|file| SchemaSource::read(&MappedText::verbatim(sources, sources.whole(file)))).collect();
    if !own.is_empty() {
        return (own, true);
    }
    let codes = examined.examples.iter().filter(|example| SchemaSource::seems_schema(example.text.as_str()));
    (codes.flat_map(|example| SchemaSource::read(&example.text)).collect(), false)
}

/// The sizes of sealed stanzas as committed, by the label of the example and the profile.
fn committed_sizes(sealed: &[SealedExample]) -> HashMap<(&str, &str), usize> {
    let kept = sealed.iter().rev().filter(|one| one.is_kept);
    kept.map(|one| ((one.plain.name.as_str(), one.profile.as_str()), one.kept.wire.len())).collect()
}

/// What sealed examples hold, from the outside in.
fn layers(context: &Context<'_>) -> BTreeMap<usize, Vec<(String, String)>> {
    let mut layers: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
    for opened in &context.openings {
        let Ok(opening) = &opened.result else { continue };
        let all = layers.entry(opened.example).or_default();
        if let Some(tree) = &opening.tree {
            all.push(("Envelope".into(), generate::indented(tree, "")));
        }
        if let Some(envelope) = &opening.envelope {
            let content: Vec<String> = envelope.content.iter().map(|element| generate::indented(element, "")).collect();
            all.push(("Content".into(), content.join("\n")));
        }
        if let (true, Some(restored)) = (opening.is_accepted(), &opening.restored) {
            all.push(("Restored stanza".into(), generate::indented(&restored.stanza, crate::xml::CLIENT)));
        }
    }
    layers
}
