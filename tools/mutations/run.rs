//! Injects mistakes of each kind and counts how many are told.

use super::dice::Dice;
use super::ground::{Ground, Injection};
use super::kinds::{KINDS, Kind};
use rayon::prelude::*;
use std::collections::HashSet;
use xep::finding::{Finding, Severity};
use xep::source::Span;
use xep::workspace::{Trial, Trials};

/// How many lines away from a mistake it may be told.
const NEAR: usize = 2;

/// How often all documents are gone through for mistakes of one kind.
const ROUNDS: usize = 400;

/// How often nothing new is found in a document until it is left alone.
const FAILURES: usize = 5;

/// What is wanted.
pub struct Order<'a> {
    /// From what chance follows.
    pub seed: &'a str,
    /// How many mistakes of each kind.
    pub count: usize,
    /// A part of the names of the kinds; empty for all.
    pub kind: &'a str,
}

/// What came of a kind.
pub struct Tally {
    /// Its name.
    pub kind: &'static str,
    /// How many mistakes were made.
    pub injected: usize,
    /// Those that nobody tells.
    pub missed: Vec<Missed>,
}

/// A mistake that is not told.
pub struct Missed {
    /// Path and line.
    pub place: String,
    /// The lines as they were.
    pub before: String,
    /// The lines with the mistake.
    pub after: String,
}

/// The documents in which nobody has given up hope.
pub fn grounds(trials: &Trials) -> Vec<Ground<'_>> {
    let examined: Vec<_> = trials.documents().par_iter().map(|loaded| Ground::new(trials, loaded)).collect();
    examined.into_iter().flatten().collect()
}

/// Makes the mistakes and asks for each whether it is told. `done` is called after each.
pub fn tallies(trials: &Trials, grounds: &[Ground<'_>], order: &Order<'_>, done: &(dyn Fn() + Sync)) -> Vec<Tally> {
    let meant: Vec<&Kind> = KINDS.iter().filter(|kind| kind.name.contains(order.kind)).collect();
    let chosen: Vec<Vec<(usize, Injection)>> = meant.par_iter().map(|kind| chosen(kind, grounds, order)).collect();
    let all: Vec<(usize, &(usize, Injection))> =
        chosen.iter().enumerate().flat_map(|(at, some)| some.iter().map(move |one| (at, one))).collect();
    let judged: Vec<Option<Missed>> = all
        .par_iter()
        .map(|(_, (ground, injection))| {
            let missed = grounds.get(*ground).and_then(|ground| missed(trials, ground, injection));
            done();
            missed
        })
        .collect();
    let mut tallies: Vec<Tally> = meant
        .iter()
        .zip(&chosen)
        .map(|(kind, some)| Tally { kind: kind.name, injected: some.len(), missed: Vec::new() })
        .collect();
    for ((at, _), missed) in all.iter().zip(judged) {
        if let Some(tally) = tallies.get_mut(*at) {
            tally.missed.extend(missed);
        }
    }
    tallies
}

/// As many mistakes of a kind as are wanted, no two the same: in each round one of each document, in an order of chance.
fn chosen(kind: &Kind, grounds: &[Ground<'_>], order: &Order<'_>) -> Vec<(usize, Injection)> {
    let mut dice = Dice::new(&format!("{}/{}", order.seed, kind.name));
    let mut open: Vec<(usize, usize)> = dice.shuffled((0..grounds.len()).map(|at| (at, 0)).collect());
    let (mut made, mut seen) = (Vec::new(), HashSet::new());
    for _ in 0..ROUNDS {
        open.retain_mut(|(at, failures)| {
            let at = *at;
            let Some(ground) = grounds.get(at).filter(|_| made.len() < order.count) else { return false };
            let all = (kind.mistakes)(ground, &mut dice);
            let all = dice.shuffled(all);
            let new = all.into_iter().find(|injection| !seen.contains(&(at, injection.clone())));
            match new {
                Some(injection) => {
                    seen.insert((at, injection.clone()));
                    made.push((at, injection));
                }
                None => *failures += 1,
            }
            *failures < FAILURES
        });
    }
    made
}

/// The mistake, if no new error or warning stands near it.
fn missed(trials: &Trials, ground: &Ground<'_>, injection: &Injection) -> Option<Missed> {
    let trial = trials.examine(ground.loaded, &injection.made_in(&ground.text));
    let lines: Vec<usize> = injection.places().into_iter().map(|byte| line(&trial, byte)).collect();
    let is_near = |span: Span| {
        span.file == trial.file && lines.iter().any(|&place| place.abs_diff(line(&trial, span.start)) <= NEAR)
    };
    let told = trial.findings().filter(|(severity, _)| *severity != Severity::Info).map(|(_, finding)| finding);
    let mut new = told.filter(|finding| !was_there(ground, &trial, finding, injection));
    let is_told = new.any(|finding| is_near(finding.span) || finding.related.iter().any(|label| is_near(label.span)));
    (!is_told).then(|| described(ground, &trial, injection))
}

fn line(trial: &Trial, byte: usize) -> usize {
    trial.sources.get(trial.file).position(byte).line
}

/// Whether the same was told before the mistake was made.
fn was_there(ground: &Ground<'_>, trial: &Trial, finding: &Finding, injection: &Injection) -> bool {
    let before = match finding.span.file == trial.file {
        true => injection.before(finding.span.start),
        false => Some(finding.span.start),
    };
    let mut known = ground.trial.examined.findings.iter();
    known
        .any(|known| known.rule == finding.rule && known.message == finding.message && Some(known.span.start) == before)
}

fn described(ground: &Ground<'_>, trial: &Trial, injection: &Injection) -> Missed {
    let first = injection.edits.first().map_or(0, |(range, _)| range.start);
    let changed = injection.places().first().copied().unwrap_or(0);
    Missed {
        place: format!("{}:{}", ground.loaded.path, line(trial, changed)),
        before: line_of(&ground.text, first),
        after: line_of(trial.sources.get(trial.file).text(), changed),
    }
}

/// The line in which a byte stands.
fn line_of(text: &str, byte: usize) -> String {
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    let start = before.rsplit('\n').next().unwrap_or("");
    let end = after.split('\n').next().unwrap_or("");
    format!("{start}{end}").trim().to_owned()
}
