//! `xep envelopes`.

use super::check::checked;
use super::{Failure, Outcome, Settings, output};
use crate::example::printed::{Printed, printed};
use crate::example::sealed::used;
use crate::example::{Verdict, examples};
use crate::sce::Profile;
use crate::source::Sources;
use crate::workspace::{Disk, Examined, Extent, Options, expect_documents};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;

/// What a receiver would make of each envelope that documents print
///
/// Each is opened under the profile whose encrypted element the document shows, as if the encryption had gone well and it had come at the
/// time that it says. Exit code 0: all are accepted; 1: some are not.
#[derive(Debug, Args)]
pub(super) struct Envelopes {
    /// Files, or folders with documents in them
    paths: Vec<PathBuf>,
    /// How they are listed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each, with the reasons below, for people
    Table,
    /// One object, for scripts
    Json,
}

/// An envelope, with its place. The form of the JSON, version 1.
#[derive(Serialize)]
struct Row {
    path: String,
    line: usize,
    example: String,
    envelope: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    profile: String,
    verdict: &'static str,
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    refuses: bool,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<String>,
}

#[derive(Serialize)]
struct Listing<'a> {
    version: u32,
    envelopes: &'a [Row],
}

impl Envelopes {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let options = Options { cache: false, ..Options::fresh(Extent::Read) };
        expect_documents(&Disk, &self.paths)?;
        let checked = checked(&self.paths, options, settings)?;
        let mut rows = Vec::new();
        for run in &checked.documents {
            let Some((_, examined)) = run.examined() else { continue };
            rows.extend(listed(&run.path, examined, &checked.sources));
        }
        let text = match self.format {
            Format::Table => table(&rows),
            Format::Json => {
                let listing = Listing { version: 1, envelopes: &rows };
                let text = serde_json::to_string_pretty(&listing);
                text.map_err(|error| Failure(format!("the list cannot be written: {error}")))? + "\n"
            }
        };
        output::print(&text)?;
        checked.leave();
        let all_accepted = rows.iter().all(|row| row.verdict != REFUSED);
        Ok(if all_accepted { Outcome::Clean } else { Outcome::Findings })
    }
}

const REFUSED: &str = "refused";

/// The envelopes of a document that its author did not make wrong on purpose.
fn listed(path: &str, examined: &Examined, sources: &Sources) -> Vec<Row> {
    let examples = examples(&examined.document, &examined.numbers, &|_| None);
    let used = used(&examples, &examined.rules.profiles);
    let mut rows = Vec::new();
    for example in examples.iter().filter(|example| example.expectation.is_none()) {
        let named = example.profile_names(&examined.document);
        let profiles: Vec<&Profile> = match &named {
            Some(names) => names.iter().filter_map(|name| examined.rules.profiles.get(name)).collect(),
            None => used.clone(),
        };
        for one in printed(example, &profiles, &examined.rules) {
            let line = sources.get(one.span.file).position(one.span.start).line;
            rows.push(row(path, line, example.label(), one));
        }
    }
    rows
}

fn row(path: &str, line: usize, example: &str, one: Printed) -> Row {
    let reasons = one.reasons.into_iter();
    Row {
        path: path.to_owned(),
        line,
        example: example.to_owned(),
        envelope: one.name,
        profile: one.profile,
        verdict: match one.verdict {
            None => "incomplete",
            Some(Verdict::Accept) => "accepted",
            Some(Verdict::Unauthenticated) => "unauthenticated",
            Some(_) => REFUSED,
        },
        reasons: reasons
            .map(|reason| Reason { refuses: reason.is_fatal, message: reason.message, requirement: reason.requirement })
            .collect(),
    }
}

/// A line each, with the reasons below, and how many there are of each verdict.
fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let profile = if row.profile.is_empty() { "-" } else { &row.profile };
        text += &format!("{}:{}: {:<15} {profile:<12} {}\n", row.path, row.line, row.verdict, row.example);
        for reason in &row.reasons {
            let word = if reason.refuses { "refused" } else { "remark" };
            let source = reason.requirement.as_deref().map_or_else(String::new, |id| format!(" ({id})"));
            text += &format!("    {word}: {}{source}\n", reason.message);
        }
    }
    let count = |verdict: &str| rows.iter().filter(|row| row.verdict == verdict).count();
    let counts = ["accepted", "unauthenticated", REFUSED, "incomplete"].map(|verdict| (verdict, count(verdict)));
    let told: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let envelopes = if rows.len() == 1 { "envelope" } else { "envelopes" };
    let told = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    text + &format!("{} {envelopes}{told}\n", rows.len())
}
