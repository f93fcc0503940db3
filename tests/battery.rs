//! The battery: stanzas that were made without a look at the receiver, each with what has to become of it. `tests/battery/README.md`
//! says how they were made; `cargo test --test battery -- --nocapture` prints the table of verdicts.

#![expect(clippy::panic, clippy::print_stdout, reason = "a test that prints a table")]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use xep::example::Cast;
use xep::example::explanation::Outcome;
use xep::example::sealed::Occasion;
use xep::example::vectors::{self, Circumstances, Keys, People, Ran};
use xep::sce::{Policy, Profiles, Rulebook};
use xep::source::Sources;
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[allow(dead_code)]
    about: String,
    #[serde(default)]
    people: Vec<Keys>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    about: String,
    #[allow(dead_code)]
    made_with: String,
    receiver: String,
    clock: String,
    rooms: Vec<String>,
    occupant: Option<String>,
    queries: Option<Vec<String>>,
    stanza: String,
    verdict: String,
    requirement: Option<String>,
    author: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

/// Cases that are judged otherwise than they should be, each with the reason. One that is judged as it should be has to leave the list.
const KNOWN: [(&str, &str); 1] =
    [("iqs-get-discarded", "the row for hints is about messages, so in an IQ such an element is an unknown one")];

/// What a receiver makes of a case; nothing where the stanza is no XML.
fn run(case: &Case, people: &People, rules: &Rulebook) -> Option<Ran> {
    let circumstances = Circumstances {
        stanza: &case.stanza,
        receiver: &case.receiver,
        clock: &case.clock,
        rooms: &case.rooms,
        queries: case.queries.as_deref(),
        occupant: case.occupant.as_deref().unwrap_or(""),
        occasion: Occasion::First,
    };
    match vectors::run(&circumstances, people, rules) {
        Ok(ran) => Some(ran),
        Err(why) if why.starts_with("the stanza is none") => None,
        Err(why) => panic!("{}: cannot be tried: {why}", case.id),
    }
}

fn word(ran: Option<&Ran>) -> &'static str {
    match ran.map(|ran| ran.outcome) {
        None => "malformed",
        Some(Outcome::Accepted) => "accepted",
        Some(Outcome::Late) => "late",
        Some(Outcome::Refused) => "refused",
        Some(Outcome::NotSealed) => "not-sealed",
        Some(Outcome::Unauthenticated) => "unauthenticated",
    }
}

/// What is otherwise than the case says.
fn difference(case: &Case, ran: Option<&Ran>) -> Option<String> {
    let found = word(ran);
    let requirements = ran.map(|ran| ran.requirements.join(" ")).unwrap_or_default();
    if found != case.verdict {
        return Some(format!("{} expected, {found} found ({requirements})", case.verdict));
    }
    let ran = ran?;
    // What is left out of an accepted one is decided by requirements too, but the verdict is not.
    let decides = case.requirement.as_deref().filter(|_| found == "refused");
    if let Some(requirement) = decides.filter(|id| !ran.requirements.iter().any(|one| one == id)) {
        return Some(format!("{requirement} has to decide; {requirements} did"));
    }
    if found == "accepted" && case.author.is_some() && case.author != ran.author {
        return Some(format!("the author is {:?}, not {:?}", ran.author, case.author));
    }
    let restored = ran.restored.as_deref().unwrap_or_default();
    let missing = case.contains.iter().find(|text| found == "accepted" && !restored.contains(text.as_str()));
    let surplus = case.lacks.iter().find(|text| restored.contains(text.as_str()));
    missing
        .map(|text| format!("`{text}` is not in {restored}"))
        .or(surplus.map(|text| format!("`{text}` is in {restored}")))
}

fn keys_of_the_cast() -> Vec<Keys> {
    let folder = Path::new("spec/xep-sce");
    let text = std::fs::read_to_string(folder.join("cast.toml")).expect("the draft has a cast");
    let cast =
        Cast::parse(&text, &|name| std::fs::read(folder.join(name)).ok().map(Zeroizing::new)).expect("it can be read");
    let keys = |person: &xep::example::cast::Person| {
        let read = |name: &String| std::fs::read_to_string(folder.join(name)).expect("the cast's keys are there");
        let device = |device: &xep::example::cast::Device| {
            vectors::DeviceSecrets::from_seed(&cast.seed, person.identity.jid(), device.omemo_id)
                .expect("ids are right")
        };
        Keys {
            jid: person.jid.clone(),
            openpgp: person.key_files.iter().map(read).collect(),
            omemo: person.devices.iter().map(device).collect(),
        }
    };
    cast.people.iter().map(keys).collect()
}

/// The cast, with the further keys and people of a file.
fn people_of(file: &File) -> People {
    let mut all = keys_of_the_cast();
    for further in &file.people {
        match all.iter_mut().find(|known| known.jid == further.jid) {
            Some(known) => known.openpgp.extend(further.openpgp.iter().cloned()),
            None => all.push(further.clone()),
        }
    }
    People::read(&all).expect("the keys of a battery can be read")
}

fn rules() -> Rulebook {
    let mut sources = Sources::default();
    let mut read = |name: &str| {
        let text = std::fs::read_to_string(Path::new("spec/xep-sce").join(name)).expect("the draft has its tables");
        let file = sources.add(name, text.as_str());
        (text, file)
    };
    let ((elements, elements_file), (profiles, profiles_file)) = (read("elements.toml"), read("profiles.toml"));
    Rulebook {
        policy: Policy::parse(&elements, elements_file).expect("elements.toml is a policy"),
        profiles: Profiles::parse(&profiles, profiles_file).expect("profiles.toml holds profiles"),
    }
}

#[test]
fn every_stanza_of_the_battery_gets_its_verdict() {
    let rules = rules();
    let mut names: Vec<_> = std::fs::read_dir("tests/battery")
        .expect("the battery is there")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    names.sort();
    let (mut wrong, mut ids) = (Vec::new(), BTreeMap::new());
    println!(
        "{:<16}{:>9}{:>6}{:>9}{:>12}{:>17}{:>11}{:>7}",
        "", "accepted", "late", "refused", "not-sealed", "unauthenticated", "malformed", "wrong"
    );
    for path in names {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&path).expect("a file of the battery can be read");
        let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(file.version, 1, "{name}");
        let people = people_of(&file);
        let (mut counts, before) = (BTreeMap::<&str, usize>::new(), wrong.len());
        for case in &file.cases {
            assert!(ids.insert(case.id.clone(), name.clone()).is_none(), "`{}` stands twice", case.id);
            let ran = run(case, &people, &rules);
            *counts.entry(word(ran.as_ref())).or_default() += 1;
            let why = difference(case, ran.as_ref());
            if let Some((id, reason)) = KNOWN.iter().find(|(id, _)| *id == case.id) {
                assert!(why.is_some(), "`{id}` is judged as it should be: take it off the list ({reason})");
                println!("known: {id}: {reason}");
                continue;
            }
            wrong.extend(why.map(|why| format!("{name}: {}: {why}\n    {}", case.id, case.about)));
        }
        let count = |word: &str| counts.get(word).copied().unwrap_or_default();
        println!(
            "{name:<16}{:>9}{:>6}{:>9}{:>12}{:>17}{:>11}{:>7}",
            count("accepted"),
            count("late"),
            count("refused"),
            count("not-sealed"),
            count("unauthenticated"),
            count("malformed"),
            wrong.len() - before
        );
    }
    println!("{} stanzas", ids.len());
    assert!(ids.len() >= 250, "the battery has {} stanzas", ids.len());
    assert!(wrong.is_empty(), "{} of {} are judged otherwise:\n{}", wrong.len(), ids.len(), wrong.join("\n"));
}
