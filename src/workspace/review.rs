//! What the report of a document says: gathered from what was examined.

use crate::document::ListingKind;
use crate::example::{Example, Kind};
use crate::finding::Finding;
use crate::judge::{Examined, Extent, Loaded};
use crate::render::{ReportFinding, ReportGap, ReportGroup, ReportInput, ReportLine, ReportedExample};
use crate::rule::context::round_trips_of;
use crate::schema::State;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How many lines before and behind a finding are shown.
const AROUND: usize = 3;

/// An example that has more lines is shown in parts.
const SHORT: usize = 40;

/// How much of a line is shown, in bytes: before what is wrong, and in all.
const BEFORE: usize = 120;
const WIDTH: usize = 480;

/// The checks that examples can pass, and what each holds.
const CHECKS: [(&str, &str); 6] = [
    ("well-formed", "XML that can be parsed, what was left out by the conventions of XEPs aside"),
    ("schema", "no element that a schema of the document forbids"),
    ("policy", "what is encrypted, and what stays outside, by the policy of the protocol"),
    ("envelope", "the envelope that is made from it, by its schema"),
    ("decrypted", "what is shown encrypted was decrypted"),
    ("decoded", "what is shown encoded was decoded"),
];

/// Whether a document has a report: it was checked, and has examples or findings.
pub fn has_report(examined: &Examined) -> bool {
    examined.extent == Extent::Full && !(examined.examples.is_empty() && examined.findings.is_empty())
}

/// A document as pages beside it call it: `XEP-0045: Multi-User Chat`.
pub fn heading(examined: &Examined) -> String {
    let header = &examined.document.header;
    let title: Vec<&str> = header.title.as_str().split_whitespace().collect();
    format!("XEP-{}: {}", header.number.as_str().trim(), title.join(" "))
}

/// What the report of a document says. Links are for the caller to fill in.
pub fn report(sources: &Sources, loaded: &Loaded, examined: &Examined) -> ReportInput {
    ReportInput {
        heading: heading(examined),
        path: loaded.path.clone(),
        groups: groups(sources, loaded, examined),
        checks: checks(examined),
        gaps: gaps(examined),
        schemas: schemas(sources, examined),
        examples: examples(examined),
        ..ReportInput::default()
    }
}

/// The findings by the example in which they stand; those outside of examples, each by itself.
fn groups(sources: &Sources, loaded: &Loaded, examined: &Examined) -> Vec<ReportGroup> {
    let mut groups: Vec<(Option<&Example>, Vec<&Finding>)> = Vec::new();
    for finding in examined.findings.iter().filter(|finding| examined.severity(finding).is_some()) {
        let example = examined.examples.iter().find(|example| example.span.contains(finding.span));
        let is_same = |other: &Option<&Example>| match (other, example) {
            (Some(other), Some(example)) => other.id == example.id,
            _ => false,
        };
        match groups.last_mut().filter(|(other, _)| is_same(other)) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((example, vec![finding])),
        }
    }
    groups.into_iter().map(|(example, findings)| group(sources, loaded, examined, example, &findings)).collect()
}

fn group(
    sources: &Sources,
    loaded: &Loaded,
    examined: &Examined,
    example: Option<&Example>,
    findings: &[&Finding],
) -> ReportGroup {
    let first = findings.first().map(|finding| finding.span);
    ReportGroup {
        title: match (example, first) {
            (Some(example), _) => title(example),
            (None, Some(span)) if span.file != loaded.file => sources.get(span.file).path().to_owned(),
            (None, _) => place(sources, first).map_or_else(String::new, |(line, _)| format!("Line {line}")),
        },
        example: example.map(|example| example.id.clone()),
        lines: lines(sources, example, findings),
        findings: findings.iter().filter_map(|finding| reported(sources, loaded, examined, finding)).collect(),
    }
}

fn title(example: &Example) -> String {
    let number = example.id.rsplit('-').next().unwrap_or("");
    let what = if example.block == ListingKind::Example { "Example" } else { "Listing" };
    match &example.caption {
        Some(caption) => format!("{what} {number}. {}", caption.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => format!("{what} {number}"),
    }
}

fn place(sources: &Sources, span: Option<Span>) -> Option<(usize, usize)> {
    let span = span?;
    let start = sources.get(span.file).position(span.start);
    Some((start.line, start.column))
}

/// The lines around findings; of a short example all.
fn lines(sources: &Sources, example: Option<&Example>, findings: &[&Finding]) -> Vec<ReportLine> {
    let Some(file) = findings.first().map(|finding| finding.span.file) else { return Vec::new() };
    let source = sources.get(file);
    let line = |byte: usize| source.position(byte).line;
    let around = example.filter(|example| example.span.file == file);
    let bounds = around.map_or((1, usize::MAX), |example| (line(example.span.start), line(example.span.end)));
    let mut wanted = BTreeSet::new();
    if around.is_some() && bounds.1 - bounds.0 < SHORT {
        wanted.extend(bounds.0..=bounds.1);
    }
    for finding in findings {
        let first = line(finding.span.start);
        wanted.extend((first.saturating_sub(AROUND)..=first + AROUND).filter(|at| (bounds.0..=bounds.1).contains(at)));
    }
    wanted.into_iter().filter_map(|number| shown(sources, file, number, findings)).collect()
}

/// A line with what is wrong in it, cut where it is long.
fn shown(sources: &Sources, file: crate::source::FileId, number: usize, findings: &[&Finding]) -> Option<ReportLine> {
    let source = sources.get(file);
    let range = source.line(number)?;
    let whole = source.text().get(range.clone())?.trim_end_matches(['\n', '\r']);
    let end = range.start + whole.len();
    let here = findings.iter().map(|finding| finding.span).filter(|span| span.file == file);
    let mut marks: Vec<(usize, usize)> = here
        .filter(|span| range.contains(&span.start) || span.start == end)
        .map(|span| (span.start.min(end) - range.start, span.end.clamp(span.start.min(end), end) - range.start))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    let first = marks.first().map_or(0, |(start, _)| *start);
    let from = if whole.len() > WIDTH { whole.floor_char_boundary(first.saturating_sub(BEFORE)) } else { 0 };
    let to = whole.floor_char_boundary((from + WIDTH).min(whole.len()));
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < whole.len() { "…" } else { "" });
    let text = format!("{before}{}{after}", whole.get(from..to)?);
    let shift = |byte: usize| byte.clamp(from, to) - from + before.len();
    let is_shown = |(start, _): &(usize, usize)| (from..=to).contains(start);
    let marks = marks.into_iter().filter(is_shown).map(|(start, end)| shift(start)..shift(end)).collect();
    Some(ReportLine { number, text, marks })
}

fn reported(sources: &Sources, loaded: &Loaded, examined: &Examined, finding: &Finding) -> Option<ReportFinding> {
    let related = finding.related.iter().map(|label| {
        let (line, column) = place(sources, Some(label.span)).unwrap_or_default();
        let path = if label.span.file == loaded.file { "" } else { sources.get(label.span.file).path() };
        (
            format!("{path}{}line {line}, column {column}", if path.is_empty() { "" } else { ", " }),
            label.message.clone(),
        )
    });
    Some(ReportFinding {
        severity: examined.severity(finding)?,
        rule: finding.rule.to_owned(),
        message: finding.message.clone(),
        label: finding.label.clone(),
        place: place(sources, Some(finding.span)).unwrap_or_default(),
        related: related.collect(),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
    })
}

fn checks(examined: &Examined) -> Vec<(String, String, usize)> {
    let passed = |name: &str| examined.checks.iter().filter(|checks| checks.contains(&name)).count();
    let all = CHECKS.iter().map(|(name, what)| ((*name).to_owned(), (*what).to_owned(), passed(name)));
    all.filter(|(_, _, count)| *count > 0).collect()
}

fn schemas(sources: &Sources, examined: &Examined) -> Vec<(String, usize, String)> {
    let fared = |state: Option<State>| match state {
        Some(State::Clean) => "as it stands",
        Some(State::Mended) => "faulty, and mended for the checks",
        Some(State::Unusable) | None => "too faulty to be used",
    };
    let all = examined.schemas.iter();
    all.map(|(namespace, span, state)| {
        let line = place(sources, Some(*span)).map_or(0, |(line, _)| line);
        (namespace.clone(), line, fared(*state).to_owned())
    })
    .collect()
}

/// What was not checked, and why.
fn gaps(examined: &Examined) -> Vec<ReportGap> {
    let mut gaps: Vec<ReportGap> = Vec::new();
    let mut by_reason: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for example in &examined.examples {
        if let Some(reason) = reason(example) {
            by_reason.entry(reason).or_default().push(example.id.clone());
        }
    }
    let gap = |((what, why), examples): ((&str, String), Vec<String>)| ReportGap { what: what.into(), why, examples };
    gaps.extend(by_reason.into_iter().map(gap));
    let ids = |wanted: &dyn Fn(usize, &Example) -> bool| -> Vec<String> {
        let all = examined.examples.iter().enumerate();
        all.filter(|(at, example)| wanted(*at, example)).map(|(_, example)| example.id.clone()).collect()
    };
    let passed = |at: usize, check: &str| examined.checks.get(at).is_some_and(|checks| checks.contains(&check));
    let told = |example: &Example| examined.findings.iter().any(|one| example.span.contains(one.span));
    let bare = ids(&|at, example| passed(at, "well-formed") && !passed(at, "schema") && !told(example));
    let why = "no schema of the document describes a namespace in it";
    gaps.push(ReportGap { what: "Not held against a schema".into(), why: why.into(), examples: bare });
    let untried = ids(&|at, _| examined.untried.contains(&at));
    let why = "what is shown encrypted is for keys that nobody has here";
    gaps.push(ReportGap { what: "Not opened".into(), why: why.into(), examples: untried });
    gaps.retain(|gap| !gap.examples.is_empty());
    if examined.round_trips.is_empty() {
        let why = "the document names no profile, and shows nothing that one of them has encrypted";
        gaps.push(ReportGap { what: "No round trips".into(), why: why.into(), examples: Vec::new() });
    }
    gaps.extend(left_out(examined));
    gaps
}

/// What was found and is not told, since nobody works on the document.
fn left_out(examined: &Examined) -> Option<ReportGap> {
    let number = examined.findings.iter().filter(|finding| examined.severity(finding).is_none()).count();
    let status = examined.document.header.status.as_str().trim();
    let why =
        format!("of a document that is {} only errors are told; --pedantic tells them all", status.to_lowercase());
    (number > 0).then(|| ReportGap { what: format!("{number} more findings left out"), why, examples: Vec::new() })
}

/// Why an example is not checked, or not for all that it could lack.
fn reason(example: &Example) -> Option<(&'static str, String)> {
    let (what, why) = match example.kind {
        Kind::Complete | Kind::Fragment => return None,
        Kind::Text => ("No XML", "its text was not looked at"),
        Kind::Partial => ("Shown abridged", "what is missing in it was not asked for"),
        Kind::Stream => ("A part of a stream", "that elements stay open was taken as it is"),
        Kind::Transcript => ("A transcript", "who speaks was taken away"),
        Kind::CounterExample => ("Wrong on purpose", "it was held against what it is expected to break"),
    };
    Some((what, format!("{}; {why}", example.kind_reason)))
}

fn examples(examined: &Examined) -> Vec<ReportedExample> {
    let all = examined.examples.iter().enumerate();
    all.map(|(at, example)| {
        let trips = round_trips_of(&examined.round_trips, at);
        let trips = trips.map(|trip| format!("{} {}", trip.profile, if trip.is_ok() { "held" } else { "failed" }));
        ReportedExample {
            id: example.id.clone(),
            caption: example.caption.clone().unwrap_or_default(),
            kind: example.kind.word().to_owned(),
            reason: example.kind_reason.clone(),
            checks: examined.checks.get(at).map_or_else(String::new, |checks| checks.join(", ")),
            trips: trips.collect::<Vec<_>>().join(", "),
        }
    })
    .collect()
}
