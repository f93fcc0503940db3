//! The vectors of a document: a case for each sealed stanza that stands in `examples/`, and for each example with which somebody
//! meddled.

use super::examine::{Examined, SealedExample};
use super::loaded::Loaded;
use crate::example::attack;
use crate::example::generate::{self, Plain};
use crate::example::published::bundles;
use crate::example::round_trip::receiver_of;
use crate::example::round_trip::{Delivery, Stage, delivered, deliveries};
use crate::example::sealed::Occasion;
use crate::example::vectors::{BundleCase, Case, Circumstances, DeviceSecrets, File, Keys, People, VERSION};
use crate::example::{Cast, Example};
use crate::sce::Rules;
use std::collections::BTreeMap;

/// The folder of the vectors, in that of the examples.
pub const FOLDER: &str = "vectors";

/// The name of the schema among them.
const SCHEMA_NAME: &str = "schema.json";

/// The form of the files, as a JSON Schema.
const SCHEMA: &str = include_str!("../../templates/vectors.schema.json");

/// Of which stanzas there are cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of all: those that were sealed in this run are about to be kept.
    All,
    /// Of those that are kept already: no two builds of a site would show the same of the others.
    Kept,
}

/// The files of a document, by their names: one for each protocol. None for a document that keeps nothing sealed.
///
/// # Errors
/// A sentence about a case that cannot be tried.
pub fn files(loaded: &Loaded, examined: &Examined, scope: Scope) -> Result<BTreeMap<String, File>, String> {
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    let Some(cast) = &examined.cast else { return Ok(files) };
    let people = People::new(cast.people.iter().map(|person| person.identity.clone()).collect());
    let source = Source { loaded, examined, rules: &examined.rules, cast, people: &people };
    for one in examined.sealed.iter().filter(|one| !one.is_borrowed) {
        let example = examined.examples.iter().find(|example| example.label() == one.plain.name);
        let is_attack = example.is_some_and(|example| generate::order(example).is_some());
        if is_attack || (scope == Scope::Kept && !one.is_kept) {
            continue;
        }
        for case in source.sealed(one, example)? {
            source.add(&mut files, case)?;
        }
    }
    let is_wanted = |example: &&Example| scope == Scope::All || !examined.unsettled.contains(&example.id);
    for example in examined.examples.iter().filter(is_wanted) {
        if let Some(case) = source.attack(example)? {
            source.add(&mut files, case)?;
        }
    }
    for example in examined.examples.iter().filter(is_wanted) {
        source.bundles(&mut files, example);
    }
    Ok(files)
}

struct Source<'a> {
    loaded: &'a Loaded,
    examined: &'a Examined,
    rules: &'a Rules,
    cast: &'a Cast,
    people: &'a People,
}

impl Source<'_> {
    /// A stanza as it was sealed, at each of its receivers.
    fn sealed(&self, one: &SealedExample, example: Option<&Example>) -> Result<Vec<Case>, String> {
        let wire = generate::wire_of(&one.kept);
        let (Some(stanza), Some(profile)) = (wire, self.rules.profiles.get(&one.profile)) else {
            return Ok(Vec::new());
        };
        let stage = Stage { rules: self.rules, cast: Some(self.cast) };
        let caption = example.and_then(|example| example.caption.clone()).unwrap_or_default();
        let all = deliveries(&one.plain.stanza, &stanza, profile, stage, &one.plain.scene);
        let cases = all.iter().enumerate().map(|(at, delivery)| self.delivery(one, delivery, at == 0, &caption));
        cases.filter_map(Result::transpose).collect()
    }

    /// A stanza at one of its receivers; nothing where that is nobody in particular.
    fn delivery(
        &self,
        one: &SealedExample,
        delivery: &Delivery,
        is_first: bool,
        caption: &str,
    ) -> Result<Option<Case>, String> {
        let account = delivery.arrival.account.as_ref().and_then(|account| self.cast.person(&account.jid));
        let Some(person) = account else { return Ok(None) };
        let plain = &one.plain;
        let sender = plain.stanza.value("from").and_then(|from| self.cast.person(from));
        let is_own = !is_first && sender.is_some_and(|sender| sender.jid == person.jid);
        let flags = [
            (plain.envelope.is_none(), "generated"),
            (plain.envelope.is_some(), "hand-written"),
            (plain.stanza.value("type") == Some("groupchat"), "room"),
            (is_own, "own"),
        ];
        let resource = person.devices.last().map(|device| format!("{}/{}", person.jid, device.resource));
        let wrapper =
            attack::Wrapper { from: Some(&person.jid), to: resource.as_deref(), ..attack::Wrapper::default() };
        let situation = &delivery.arrival.situation;
        let stanza = attack::wrap_in(delivery.stanza.clone(), situation, &wrapper, &self.rules.profiles)?;
        let suffix = if is_first { String::new() } else { format!(".{}", person.id) };
        let made = self.case(
            format!("{}.{}{suffix}", plain.name, one.profile),
            match (&plain.envelope, is_own) {
                (Some(_), false) => caption.to_owned(),
                (Some(_), true) => format!("At another client of {}: {caption}", person.name),
                (None, false) => format!("Sealed, at a client of {}: {caption}", person.name),
                (None, true) => format!("Sealed, at another client of {}: {caption}", person.name),
            },
            &one.profile,
            flags.iter().filter(|(is_so, _)| *is_so).map(|(_, flag)| (*flag).to_owned()).collect(),
            &Circumstances {
                stanza: &attack::wire(&stanza),
                receiver: &person.jid,
                clock: &plain.scene.at.to_string(),
                rooms: &self.cast.rooms_of(person),
                queries: None,
                occupant: "",
                occasion: Occasion::First,
            },
        );
        made.map(Some)
    }

    /// What somebody made of a sealed stanza.
    fn attack(&self, example: &Example) -> Result<Option<Case>, String> {
        let Some(order) = generate::order(example) else { return Ok(None) };
        let Some(tamper) = order.tamper.filter(|_| example.expectation.is_some()) else { return Ok(None) };
        let plain = self.plain(order.source);
        let (Some(plain), Some(outer)) = (plain, example.elements().next()) else { return Ok(None) };
        let person = attack::opener(example, self.cast).or_else(|| receiver_of(&plain.stanza, self.cast));
        let Some(person) = person else { return Ok(None) };
        let situation = example.directives.text("situation");
        let stanza = match situation {
            Some(_) => outer.clone(),
            None => delivered(outer, person, self.cast),
        };
        let clock = example.directives.text("at").map_or_else(|| plain.scene.at.to_string(), str::to_owned);
        let queries = example.queries();
        let rooms: Vec<String> = self.cast.rooms_of(person).into_iter().chain(example.joined()).collect();
        self.case(
            example.label().to_owned(),
            example.caption.clone().unwrap_or_default(),
            order.profile,
            vec![tamper.to_owned()],
            &Circumstances {
                stanza: &attack::wire(&stanza),
                receiver: &person.jid,
                clock: &clock,
                rooms: &rooms,
                queries: queries.as_deref(),
                occupant: example.directives.text("occupant").unwrap_or(""),
                occasion: Occasion::of(Some(tamper)),
            },
        )
        .map(Some)
    }

    /// The keys that an example shows as somebody publishes them, beside the cases of the protocol that they are of.
    fn bundles(&self, files: &mut BTreeMap<String, File>, example: &Example) {
        let Some(file) = files.get_mut("omemo.json").filter(|_| example.directives.get("fill").is_some()) else {
            return;
        };
        for (bundle, _) in bundles(example) {
            let shows = example.caption.clone().unwrap_or_default();
            file.bundles.push(BundleCase::of(example.label().to_owned(), shows, bundle, self.rules));
        }
    }

    fn plain(&self, name: &str) -> Option<&Plain> {
        self.examined.sealed.iter().map(|one| &one.plain).find(|plain| plain.name == name)
    }

    fn case(
        &self,
        id: String,
        shows: String,
        profile: &str,
        flags: Vec<String>,
        circumstances: &Circumstances<'_>,
    ) -> Result<Case, String> {
        let made = Case::of(id.clone(), shows, profile.to_owned(), flags, circumstances, self.people, self.rules);
        made.map_err(|why| format!("the vector `{id}` cannot be made: {why}"))
    }

    fn add(&self, files: &mut BTreeMap<String, File>, case: Case) -> Result<(), String> {
        let Some(profile) = self.rules.profiles.get(&case.profile) else { return Ok(()) };
        let name = format!("{}.json", profile.protocol);
        if !files.contains_key(&name) {
            files.insert(name.clone(), self.empty(&profile.protocol)?);
        }
        let Some(file) = files.get_mut(&name) else { return Ok(()) };
        for flag in &case.flags {
            file.flags.entry(flag.clone()).or_insert_with(|| meaning(flag).to_owned());
        }
        file.cases.push(case);
        Ok(())
    }

    fn empty(&self, protocol: &str) -> Result<File, String> {
        let keys = |person: &crate::example::cast::Person| {
            let mut keys = Keys { jid: person.jid.clone(), openpgp: Vec::new(), omemo: Vec::new() };
            match protocol {
                "openpgp" => {
                    let bytes = person.key_files.iter().filter_map(|name| self.loaded.companions.keys.get(name));
                    keys.openpgp = bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
                }
                "omemo" => {
                    let jid = person.identity.jid();
                    let ids = person.devices.iter().map(|device| device.omemo_id);
                    keys.omemo = ids
                        .map(|id| DeviceSecrets::from_seed(&self.cast.seed, jid, id))
                        .collect::<Result<_, String>>()?;
                }
                _ => {}
            }
            Ok(keys)
        };
        Ok(File {
            version: VERSION,
            about: format!(
                "Test vectors of {} for receivers: what arrives, with whose keys, and what is made of it. Written by `xep examples`; \
                 never edit by hand.",
                self.loaded.name
            ),
            notice: self.cast.notice.clone(),
            protocol: protocol.to_owned(),
            flags: BTreeMap::new(),
            people: self.cast.people.iter().map(keys).collect::<Result<_, String>>()?,
            cases: Vec::new(),
            bundles: Vec::new(),
        })
    }
}

/// What a flag means.
fn meaning(flag: &str) -> &'static str {
    match flag {
        "generated" => "The stanza was split by the policy, and the envelope made from it.",
        "hand-written" => "The envelope was sealed as an author wrote it, in a message that its own affixes address.",
        "own" => "It comes to its sender: to another client of the account, or back from the room.",
        "room" => "A room hands it to everybody: it comes from the room, under the sender's nickname.",
        tamper => attack::explanation(tamper),
    }
}

/// The files as they are kept, with their schema; none for a document that keeps nothing sealed.
///
/// # Errors
/// When a file cannot be written as JSON.
pub fn texts(files: &BTreeMap<String, File>) -> serde_json::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for (name, file) in files {
        let json = serde_json::to_string_pretty(file)?;
        texts.push((name.clone(), format!("{json}\n")));
    }
    if !texts.is_empty() {
        texts.push((SCHEMA_NAME.to_owned(), SCHEMA.to_owned()));
    }
    Ok(texts)
}
