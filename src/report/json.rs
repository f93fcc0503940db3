//! One JSON object, version 1. Scripts rely on it: nothing is renamed or removed within a version.
//!
//! An absent value is left out, and so are `notes`, `related` and `built_in` that hold nothing. `documents`, `examples`, `checks`,
//! `round_trips` and `findings` are always there.

use super::{Counts, DocumentReport, ExampleReport, Judged, Report, RoundTripReport, end, path, start};
use crate::finding::{Edit, Fix, Label};
use crate::source::{Position, Sources, Span};
use serde::Serialize;

/// The report as one JSON object with a line end.
pub fn json(report: &Report, sources: &Sources) -> String {
    let object = ReportJson {
        version: 1,
        documents: report.documents.iter().map(DocumentJson::new).collect(),
        findings: report.findings.iter().map(|judged| FindingJson::new(judged, sources)).collect(),
        built_in: &report.built_in,
        summary: SummaryJson::new(report),
    };
    let mut text = serde_json::to_string_pretty(&object).expect("strings, numbers and lists always serialise");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct ReportJson<'a> {
    version: u32,
    documents: Vec<DocumentJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    built_in: &'a [String],
    summary: SummaryJson,
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    number: &'a str,
    title: &'a str,
    examples: Vec<ExampleJson<'a>>,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    block: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    kind_reason: &'a str,
    syntax: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<&'a str>,
    checks: &'a [String],
    round_trips: Vec<RoundTripJson<'a>>,
}

#[derive(Serialize)]
struct RoundTripJson<'a> {
    profile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_bytes: Option<usize>,
    ok: bool,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixJson<'a>>,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    path: &'a str,
    start: PositionJson,
    end: PositionJson,
}

#[derive(Serialize)]
struct PositionJson {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct RelatedJson<'a> {
    #[serde(flatten)]
    place: PlaceJson<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct FixJson<'a> {
    safe: bool,
    message: &'a str,
    edits: Vec<EditJson<'a>>,
}

#[derive(Serialize)]
struct EditJson<'a> {
    #[serde(flatten)]
    place: PlaceJson<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct SummaryJson {
    documents: usize,
    examples: usize,
    round_trips: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    #[serde(skip_serializing_if = "is_zero")]
    left_out: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> DocumentJson<'a> {
    fn new(document: &'a DocumentReport) -> DocumentJson<'a> {
        DocumentJson {
            path: &document.path,
            number: &document.number,
            title: &document.title,
            examples: document.examples.iter().map(ExampleJson::new).collect(),
        }
    }
}

impl<'a> ExampleJson<'a> {
    fn new(example: &'a ExampleReport) -> ExampleJson<'a> {
        ExampleJson {
            id: &example.id,
            name: example.name.as_deref(),
            block: &example.block,
            caption: example.caption.as_deref(),
            line: example.line,
            kind: example.kind.as_deref(),
            kind_reason: &example.kind_reason,
            syntax: &example.syntax,
            sender: example.sender.as_deref(),
            answers: example.answers.as_deref(),
            checks: &example.checks,
            round_trips: example.round_trips.iter().map(RoundTripJson::new).collect(),
        }
    }
}

impl<'a> RoundTripJson<'a> {
    fn new(trip: &'a RoundTripReport) -> RoundTripJson<'a> {
        RoundTripJson { profile: &trip.profile, sealed_bytes: trip.sealed_bytes, ok: trip.ok }
    }
}

impl<'a> FindingJson<'a> {
    fn new(judged: &'a Judged, sources: &'a Sources) -> FindingJson<'a> {
        let finding = &judged.finding;
        FindingJson {
            rule: finding.rule,
            severity: judged.severity.name(),
            message: &finding.message,
            place: PlaceJson::new(finding.span, sources),
            example: finding.example.as_deref(),
            notes: &finding.notes,
            help: finding.help.as_deref(),
            related: finding.related.iter().map(|label| RelatedJson::new(label, sources)).collect(),
            fix: finding.fix.as_ref().map(|fix| FixJson::new(fix, sources)),
        }
    }
}

impl<'a> RelatedJson<'a> {
    fn new(label: &'a Label, sources: &'a Sources) -> RelatedJson<'a> {
        RelatedJson { place: PlaceJson::new(label.span, sources), message: &label.message }
    }
}

impl<'a> FixJson<'a> {
    fn new(fix: &'a Fix, sources: &'a Sources) -> FixJson<'a> {
        let edit = |edit: &'a Edit| EditJson { place: PlaceJson::new(edit.span, sources), text: &edit.text };
        FixJson { safe: fix.safe, message: &fix.message, edits: fix.edits.iter().map(edit).collect() }
    }
}

impl<'a> PlaceJson<'a> {
    fn new(span: Span, sources: &'a Sources) -> PlaceJson<'a> {
        let (start, end) = (start(span, sources), end(span, sources));
        PlaceJson { path: path(span, sources), start: PositionJson::new(start), end: PositionJson::new(end) }
    }
}

impl PositionJson {
    fn new(position: Position) -> PositionJson {
        PositionJson { line: position.line, column: position.column }
    }
}

impl SummaryJson {
    fn new(report: &Report) -> SummaryJson {
        let Counts { documents, examples, round_trips, errors, warnings, infos } = report.counts();
        SummaryJson { documents, examples, round_trips, errors, warnings, infos, left_out: report.left_out }
    }
}
