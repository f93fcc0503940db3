//! `xep vectors`.

use super::check::counted;
use super::stage::CommandStage;
use super::{Failure, Outcome, output};
use crate::example::vectors;
use crate::protocol::omemo;
use crate::sce::Rulebook;
use crate::source::Sources;
use crate::workspace::{Disk, World};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Test vectors of encryption protocols: hold files of them against this program
#[derive(Debug, Args)]
pub(super) struct Vectors {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
}

/// Go through files of test vectors, and say whether everything is as they say
///
/// Two forms are read. Vectors for receivers, as `xep examples` writes them: who receives what with which keys, and what comes of it;
/// each case is opened, verified and restored again. And messages of OMEMO 2 for one device: each has to open to what the file says, in
/// the order of the file, in the suggested one, backwards, and with each message first; changed or repeated it has to be refused. The
/// first thing that does not hold is told in full, and the exit code is 1; for a file that cannot be read it is 2.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  xep vectors verify vectors/*.json")]
struct Verify {
    /// Files with vectors
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder with elements.toml and profiles.toml; without it, the draft in `spec`
    #[arg(long, value_name = "DIR")]
    draft: Option<PathBuf>,
}

/// What came of a file.
struct Report {
    /// What it holds, in words.
    holds: String,
    held: usize,
    /// Each in full.
    failures: Vec<String>,
}

impl Vectors {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let Command::Verify(verify) = self.command;
        verify.run()
    }
}

impl Verify {
    /// All files are read before the first one is told of, so that one that cannot be read leaves no half of a result.
    fn run(self) -> Result<Outcome, Failure> {
        let mut sources = Sources::default();
        let stage = CommandStage::read(self.draft.as_deref(), &mut sources)?;
        let read = |path: &PathBuf| report(path, &stage.rules).map(|report| (path.display().to_string(), report));
        let reports: Vec<(String, Report)> = self.files.iter().map(read).collect::<Result<_, _>>()?;
        output::print(&told(&reports))?;
        let is_clean = reports.iter().all(|(_, report)| report.failures.is_empty());
        Ok(if is_clean { Outcome::Clean } else { Outcome::Findings })
    }
}

fn report(path: &Path, rules: &Rulebook) -> Result<Report, Failure> {
    let shown = path.display();
    let bytes = Disk.read(path).map_err(|error| Failure(format!("`{shown}` cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure(format!("`{shown}` is not UTF-8")))?;
    let unreadable = |why: String| Failure(format!("`{shown}` is no file of vectors: {why}"));
    if vectors::is_one(&text) {
        let report = vectors::verify(&text, rules).map_err(unreadable)?;
        return Ok(Report {
            holds: format!("{} valid and {} invalid", counted(report.valid, "case"), report.invalid),
            held: report.held,
            failures: report.failures.iter().map(ToString::to_string).collect(),
        });
    }
    if !omemo::vectors::is_one(&text) {
        let why = serde_json::from_str::<serde::de::IgnoredAny>(&text).map_or_else(
            |error| format!("it is no JSON: {error}"),
            |_| "it has neither `cases` nor `messages`; both forms are described under `Test vectors` in docs/seal-and-open.md".into(),
        );
        return Err(unreadable(why));
    }
    let report = omemo::vectors::verify(&text).map_err(|error| unreadable(error.to_string()))?;
    Ok(Report {
        holds: format!("{} in {}", counted(report.messages, "message"), counted(report.orders, "order")),
        held: report.held,
        failures: report.failures.iter().map(ToString::to_string).collect(),
    })
}

/// A line a file, the first thing that does not hold, and a line for all.
fn told(reports: &[(String, Report)]) -> String {
    let mut text = String::new();
    for (path, report) in reports {
        let verdict = match report.failures.len() {
            0 => "all hold".to_owned(),
            failed => format!("{failed} do not hold"),
        };
        let checks = report.held + report.failures.len();
        text.push_str(&format!("{path}: {}, {}: {verdict}\n", report.holds, counted(checks, "check")));
    }
    let first = reports.iter().find_map(|(path, report)| Some((path, report.failures.first()?)));
    if let Some((path, mismatch)) = first {
        text.push_str(&format!("\n{path}: {mismatch}\n\n"));
    }
    let sum = |count: fn(&Report) -> usize| reports.iter().map(|(_, report)| count(report)).sum::<usize>();
    let (held, failed) = (sum(|report| report.held), sum(|report| report.failures.len()));
    text.push_str(&format!("{}: {held} of {} hold\n", counted(reports.len(), "file"), counted(held + failed, "check")));
    text
}
