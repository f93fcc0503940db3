//! Mistakes that are injected are mistakes, the same ones for the same seed, and those that XML forbids are told. How many of
//! each kind are told in real XEPs says `cargo run --release --example mutations`.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../tools/mutations/mod.rs"]
mod mutations;

use mutations::kinds::KINDS;
use mutations::run::{Order, Tally, grounds, tallies};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use xep::workspace::{Memory, Trials};

/// A small XEP with a place for each kind of mistake.
const DOCUMENT: &str = include_str!("mutations/document.xml");

/// Kinds of which the small document has no place.
const WITHOUT_PLACE: [&str; 1] = ["namespace: version before"];

fn trials() -> Trials {
    let world = Memory::default().with("xep.toml", "").with("mutations.xml", DOCUMENT);
    Trials::read(&world, &[PathBuf::from("mutations.xml")]).unwrap()
}

fn made(trials: &Trials, seed: &str) -> (Vec<Tally>, usize) {
    let made = AtomicUsize::new(0);
    let done = || {
        made.fetch_add(1, Ordering::Relaxed);
    };
    let tallies = tallies(trials, &grounds(trials), &Order { seed, count: 4, kind: "" }, &done);
    (tallies, made.into_inner())
}

#[test]
fn each_kind_of_mistake_is_made() {
    let (tallies, made) = made(&trials(), "1");
    let without: Vec<&str> = tallies.iter().filter(|tally| tally.injected == 0).map(|tally| tally.kind).collect();
    assert_eq!(without, WITHOUT_PLACE);
    assert_eq!(tallies.len(), KINDS.len());
    assert_eq!(made, tallies.iter().map(|tally| tally.injected).sum::<usize>());
}

#[test]
fn what_xml_forbids_is_told() {
    let (tallies, _) = made(&trials(), "2");
    for tally in tallies.iter().filter(|tally| tally.kind.contains("tag")) {
        let missed: Vec<&str> = tally.missed.iter().map(|missed| missed.after.as_str()).collect();
        assert_eq!(missed, Vec::<&str>::new(), "{}", tally.kind);
    }
}

#[test]
fn the_same_seed_makes_the_same_mistakes() {
    let trials = trials();
    let told = |seed: &str| -> Vec<(usize, Vec<String>)> {
        let tallies = made(&trials, seed).0;
        let lines = |tally: &Tally| {
            tally.missed.iter().map(|one| format!("{} {} {}", one.place, one.before, one.after)).collect()
        };
        tallies.iter().map(|tally| (tally.injected, lines(tally))).collect()
    };
    assert_eq!(told("3"), told("3"));
}
