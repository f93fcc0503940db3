//! What an edit costs in a session that is kept, beside the same edit by command and `xmllint` on the same file, in turns.
//!
//! ```text
//! cargo build --release && cargo bench --bench session -- DIR [--draft FILE] [--runs N] [--only WORDS]
//! ```
//!
//! An edit changes a word of a paragraph; what is measured is the snapshot after it (all rules, no pages). The XEPs are those of
//! median size and the largest one in DIR. Prints a table in Markdown: median, fastest and slowest run in milliseconds, and how many
//! pages of memory a run touched for the first time (minor faults, median).
#![expect(clippy::print_stdout, reason = "a table is what this program is for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xep::workspace::{Change, Disk, Extent, Options, Session, Silent, World};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let Arguments { folder, draft, runs, only } = Arguments::read()?;
    let mut files: Vec<(usize, PathBuf)> = Vec::new();
    for file in Disk.files_in(&folder).into_iter().filter(|file| is_xep(file)) {
        files.push((std::fs::metadata(&file)?.len() as usize, file));
    }
    files.sort();
    let (Some((_, median)), Some((_, largest))) = (files.get(files.len() / 2).cloned(), files.last().cloned()) else {
        return Err("there is no XEP in the folder".into());
    };
    let mut rows = Vec::new();
    for (name, paths, edited) in [
        ("the series, one XEP of median size edited", folder.clone(), median.clone()),
        ("one XEP of median size", median.clone(), median.clone()),
        ("the largest XEP", largest.clone(), largest),
        ("the draft", draft.clone(), draft),
    ] {
        if !name.starts_with(&only) {
            continue;
        }
        rows.push(Row::new(name, &[paths], edited)?);
    }
    for run in 0..runs {
        for row in &mut rows {
            row.run(run)?;
        }
    }
    println!("{} XEPs, {runs} edits each, {} threads\n", files.len(), rayon::current_num_threads());
    println!("| edit | kept session | pages of memory | `xep check` | `xmllint --valid` |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for row in rows {
        let faults = middle(&row.faults);
        println!("| {} | {} | {faults} | {} | {} |", row.name, shown(&row.kept), shown(&row.command), shown(&row.peer));
    }
    Ok(())
}

struct Arguments {
    folder: PathBuf,
    draft: PathBuf,
    runs: usize,
    /// What the names of the rows begin with that are measured.
    only: String,
}

impl Arguments {
    fn read() -> Outcome<Arguments> {
        let mut read =
            Arguments { folder: PathBuf::new(), draft: "spec/xep-sce/draft.md".into(), runs: 20, only: String::new() };
        // `cargo bench` adds `--bench`.
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--draft" => read.draft = arguments.next().ok_or("--draft needs a file")?.into(),
                "--only" => read.only = arguments.next().ok_or("--only needs the beginning of a row's name")?,
                "--runs" => read.runs = arguments.next().ok_or("--runs needs a number")?.parse()?,
                folder => read.folder = folder.into(),
            }
        }
        match read.folder.is_dir() {
            true => Ok(read),
            false => Err("name a folder with XEPs: cargo bench --bench session -- DIR".into()),
        }
    }
}

fn is_xep(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("xep-"))
        && file.extension().is_some_and(|end| end == "xml")
}

/// A line of the table.
struct Row {
    name: &'static str,
    session: Session<'static>,
    edited: PathBuf,
    text: String,
    /// Where the word stands that changes.
    at: usize,
    kept: Vec<Duration>,
    faults: Vec<u64>,
    command: Vec<Duration>,
    peer: Vec<Duration>,
    paths: Vec<PathBuf>,
}

impl Row {
    fn new(name: &'static str, paths: &[PathBuf], edited: PathBuf) -> Outcome<Row> {
        let options = Options::fresh(Extent::Full);
        let mut session = Session::open(&Disk, paths, options)?.stay();
        session.snapshot(&Silent)?.keep(&Disk, &Default::default());
        let text = std::fs::read_to_string(&edited)?;
        // Behind the first paragraph of the first section, or of Markdown.
        let at = text.find("<section1").and_then(|at| Some(at + text.get(at..)?.find("<p>")? + "<p>".len()));
        let at = at.or_else(|| Some(text.find("\n## ")? + text.get(text.find("\n## ")? + 1..)?.find("\n\n")? + 3));
        let at = at.ok_or("there is no paragraph to edit")?;
        let (kept, command, peer, faults) = Default::default();
        Ok(Row { name, session, edited, text, at, kept, faults, command, peer, paths: paths.to_vec() })
    }

    fn run(&mut self, run: usize) -> Outcome<()> {
        let mut text = self.text.clone();
        text.insert_str(self.at, &format!("Edit {run}. "));
        self.session.apply(Change { path: self.edited.clone(), text: Some(text.clone()) });
        let (begun, faults) = (Instant::now(), faults());
        let snapshot = self.session.snapshot(&Silent)?;
        self.kept.push(begun.elapsed());
        self.faults.push(faults_since(faults));
        snapshot.keep(self.session.world(), &Default::default());
        drop(snapshot);
        // The command reads a file that was really written.
        std::fs::write(&self.edited, &text)?;
        let program = Path::new("target/release/xep");
        let (checked, valid) = (
            timed(program, &["check", "--quiet"], &self.paths),
            timed(Path::new("xmllint"), PEER, std::slice::from_ref(&self.edited)),
        );
        std::fs::write(&self.edited, &self.text)?;
        self.command.extend(checked);
        if self.edited.extension().is_some_and(|end| end == "xml") {
            self.peer.extend(valid);
        }
        Ok(())
    }
}

/// How the peer is asked to read a XEP with all that it names.
const PEER: &[&str] = &["--nonet", "--noout", "--noent", "--loaddtd", "--valid"];

/// How long a program takes; nothing where there is none.
fn timed(program: &Path, words: &[&str], paths: &[PathBuf]) -> Option<Duration> {
    let mut command = Command::new(program);
    command.args(words).args(paths).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    command.status().ok()?;
    Some(begun.elapsed())
}

/// How many pages the process has touched for the first time; nothing where the system does not tell.
fn faults() -> Option<u64> {
    const MINOR_FAULTS: usize = 7;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(MINOR_FAULTS)?.parse().ok()
}

fn faults_since(before: Option<u64>) -> u64 {
    faults().zip(before).map_or(0, |(now, before)| now.saturating_sub(before))
}

fn middle<T: Ord + Copy + Default>(all: &[T]) -> T {
    let mut all = all.to_vec();
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn shown(all: &[Duration]) -> String {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    match (all.iter().min(), all.iter().max()) {
        (Some(least), Some(most)) => {
            format!("{:.1} ({:.1} to {:.1})", milliseconds(middle(all)), milliseconds(*least), milliseconds(*most))
        }
        _ => "not there".to_owned(),
    }
}
