//! Findings and round trips, for people and for machines: one file a format.
//!
//! Every format starts from the same [`Report`]. A format decides nothing: which findings there are, how bad they are and
//! in which order they stand was decided before.

use crate::finding::{Finding, Severity};
use crate::source::{Position, Sources, Span};
use serde::{Deserialize, Serialize};

mod concise;
mod examples;
mod excerpt;
mod github;
mod human;
mod json;
mod junit;
mod requirements;
mod sarif;
mod summary;

pub use concise::{concise, concise_with_help};
pub use examples::examples;
pub use github::github;
pub use human::human;
pub use json::json;
pub use junit::junit;
pub use requirements::{
    DocumentRequirements, RequirementReport, Shower, Twin, Whereabouts, requirements_json, requirements_table,
};
pub use sarif::{RuleText, sarif};
pub use summary::summary;

/// What one run found out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The documents that were checked, in the order in which they were given.
    pub documents: Vec<DocumentReport>,
    /// The findings, by path, line, column and rule.
    pub findings: Vec<Judged>,
    /// How much more was found in documents that nobody works on, and is not told.
    pub left_out: usize,
    /// The XEPs, each with its version, of which no document was at hand and the program's own schemas were used.
    pub built_in: Vec<String>,
}

/// A finding and how bad it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How bad.
    pub severity: Severity,
    /// What.
    pub finding: Finding,
}

/// What was done with one document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DocumentReport {
    /// The path as it was given.
    pub path: String,
    /// The number: four digits or `XXXX`.
    pub number: String,
    /// The title.
    pub title: String,
    /// Its examples and code blocks, in order.
    pub examples: Vec<ExampleReport>,
}

/// What was done with one example or code block.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ExampleReport {
    /// `example-6` or `code-2`.
    pub id: String,
    /// The name that the author gave it.
    pub name: Option<String>,
    /// `example` or `code`.
    pub block: String,
    /// Its caption.
    pub caption: Option<String>,
    /// The line where it begins.
    pub line: usize,
    /// `complete`, `partial`, `counter-example`, ...
    pub kind: Option<String>,
    /// Why it is of that kind.
    pub kind_reason: String,
    /// The syntax of its text, for example `xml`.
    pub syntax: String,
    /// Who sends it, where that is known: `client` or `server`.
    pub sender: Option<String>,
    /// The id of the example with the request that it answers.
    pub answers: Option<String>,
    /// The checks that ran, by name.
    pub checks: Vec<String>,
    /// The round trips that were made.
    pub round_trips: Vec<RoundTripReport>,
}

/// One example through one profile and back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundTripReport {
    /// The profile's name.
    pub profile: String,
    /// The size of the committed sealed stanza, where there is one.
    pub sealed_bytes: Option<usize>,
    /// Whether what came back was what was sent.
    pub ok: bool,
}

/// How many of everything a report holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents.
    pub documents: usize,
    /// Examples and code blocks.
    pub examples: usize,
    /// Round trips.
    pub round_trips: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are remarks.
    pub infos: usize,
}

impl Report {
    /// The report of these documents and findings. Sorts the findings and drops those that say the same twice.
    pub fn new(documents: Vec<DocumentReport>, mut findings: Vec<Judged>, sources: &Sources) -> Report {
        findings.sort_by_cached_key(|judged| sort_key(judged, sources));
        findings.dedup();
        Report { documents, findings, left_out: 0, built_in: Vec::new() }
    }

    /// How many of everything there are.
    pub fn counts(&self) -> Counts {
        let examples = || self.documents.iter().flat_map(|document| &document.examples);
        let judged = |severity| self.findings.iter().filter(|judged| judged.severity == severity).count();
        Counts {
            documents: self.documents.len(),
            examples: examples().count(),
            round_trips: examples().map(|example| example.round_trips.len()).sum(),
            errors: judged(Severity::Error),
            warnings: judged(Severity::Warning),
            infos: judged(Severity::Info),
        }
    }
}

/// The order of findings. What follows the rule only makes the order a full one.
fn sort_key(judged: &Judged, sources: &Sources) -> (String, usize, usize, &'static str, String, usize) {
    let Finding { rule, message, span, .. } = &judged.finding;
    let start = start(*span, sources);
    (path(*span, sources).to_owned(), start.line, start.column, *rule, message.clone(), span.end)
}

/// The text without line ends, control characters and those that change the direction of what follows, which may come from a checked
/// file or from a stanza.
pub(crate) fn one_line(text: &str) -> String {
    let misleads = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if misleads(letter) { ' ' } else { letter }).collect()
}

/// The message of a finding, and behind it its notes and what to do, each in a line of its own.
fn in_full(finding: &Finding) -> String {
    let lines: Vec<&str> =
        std::iter::once(&finding.message).chain(&finding.notes).chain(&finding.help).map(String::as_str).collect();
    lines.join("\n")
}

fn path(span: Span, sources: &Sources) -> &str {
    sources.get(span.file).path()
}

fn start(span: Span, sources: &Sources) -> Position {
    sources.get(span.file).position(span.start)
}

fn end(span: Span, sources: &Sources) -> Position {
    sources.get(span.file).position(span.end)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
