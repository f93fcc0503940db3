//! How many mistakes are found that are injected into examples which are right.
//!
//! ```text
//! cargo run --release --example mutations -- PATH... [--seed TEXT] [--count N] [--kind WORD] [--show-missed N]
//! ```
//!
//! PATH is a checkout of XEPs, or a document. Of each document that is alive the examples are taken that are complete, XML, and without
//! any finding. One mistake at a time is made in one of them, in the text of the document as it lies in memory, and the document is
//! checked with its series as `xep check` does. A mistake counts as caught when an error or a warning is new that stands at most two
//! lines away from it, by itself or by what it names as related. What is chosen follows from the seed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a table is what this program is for")]

#[path = "mod.rs"]
mod mutations;

use mutations::run::{Order, Tally, grounds, tallies};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use xep::workspace::{Disk, Trials};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Options {
    paths: Vec<PathBuf>,
    seed: String,
    count: usize,
    kind: String,
    show_missed: usize,
}

impl Options {
    fn read() -> Result<Options, Box<dyn std::error::Error>> {
        let mut options =
            Options { paths: Vec::new(), seed: "1".into(), count: 200, kind: String::new(), show_missed: 0 };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--seed" => options.seed = value()?,
                "--count" => options.count = value()?.parse()?,
                "--kind" => options.kind = value()?,
                "--show-missed" => options.show_missed = value()?.parse()?,
                path => options.paths.push(path.into()),
            }
        }
        match options.paths.is_empty() {
            true => Err("name a folder with XEPs: cargo run --release --example mutations -- DIR".into()),
            false => Ok(options),
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::read()?;
    let trials = Trials::read(&Disk, &options.paths)?;
    let grounds = grounds(&trials);
    let examples: usize = grounds.iter().map(|ground| ground.examples().count()).sum();
    println!("{} documents, {examples} examples that are right, seed {}\n", grounds.len(), options.seed);
    let order = Order { seed: &options.seed, count: options.count, kind: &options.kind };
    let count = AtomicUsize::new(0);
    let done = || {
        let done = count.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(50) {
            eprint!("\r{done} mistakes made");
        }
    };
    let tallies = tallies(&trials, &grounds, &order, &done);
    eprintln!("\r{} mistakes made", count.load(Ordering::Relaxed));
    print(&tallies);
    show_missed(&tallies, options.show_missed);
    Ok(())
}

fn print(tallies: &[Tally]) {
    println!("| kind | injected | caught | percent |\n| --- | ---: | ---: | ---: |");
    for Tally { kind, injected, missed } in tallies {
        let caught = injected - missed.len();
        println!("| {kind} | {injected} | {caught} | {} |", percent(caught, *injected));
    }
    let injected: usize = tallies.iter().map(|tally| tally.injected).sum();
    let caught = injected - tallies.iter().map(|tally| tally.missed.len()).sum::<usize>();
    println!("| all | {injected} | {caught} | {} |", percent(caught, injected));
}

fn percent(caught: usize, injected: usize) -> String {
    if injected == 0 { "-".into() } else { format!("{:.1}", caught as f64 * 100.0 / injected as f64) }
}

fn show_missed(tallies: &[Tally], most: usize) {
    for tally in tallies {
        for missed in tally.missed.iter().take(most) {
            println!("\n{}\n  {}\n  - {}\n  + {}", tally.kind, missed.place, missed.before, missed.after);
        }
    }
}
