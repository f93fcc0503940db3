//! What a page shows of an example or code block, as its template sees it.

use std::collections::HashMap;

use serde::Serialize;
use tera::Value;

use super::facts::{Layer, ListingFacts, PageFinding, RoundTripFact};
use super::highlight;
use super::html::{fragment, push_escaped};
use super::series::SeriesPlace;
use crate::document::number::ListingNumber;
use crate::document::{Listing, ListingKind};
use crate::finding::Severity;

/// The text of a listing as HTML.
pub struct Code {
    /// The characters, coloured or with the author's markup.
    pub html: Value,
    /// Whether long lines wrap: they do in XML, where white space does not matter to the reader.
    pub wraps: bool,
}

/// Text in colours where it is XML.
pub fn coloured(text: &str, syntax: Option<&str>, series: Option<SeriesPlace<'_>>) -> Code {
    let is_xml = match syntax {
        Some(syntax) => matches!(syntax, "xml" | "xsd"),
        None => highlight::looks_like_xml(text),
    };
    let mut html = String::new();
    if is_xml {
        html = highlight::linked_xml(text, series);
    } else {
        push_escaped(&mut html, text);
    }
    Code { html: Value::safe_string(&html), wraps: is_xml }
}

/// A finding's message as HTML: what stands in backticks is code.
fn message(text: &str) -> String {
    let mut html = String::new();
    let pieces: Vec<&str> = text.split('`').collect();
    // The last piece of an even number follows a backtick that nothing closes.
    let unclosed = pieces.len().is_multiple_of(2).then(|| pieces.len() - 1);
    for (at, piece) in pieces.into_iter().enumerate() {
        let code = at % 2 == 1 && Some(at) != unclosed;
        html.push_str(match (code, Some(at) == unclosed) {
            (true, _) => "<code>",
            (false, true) => "`",
            (false, false) => "",
        });
        push_escaped(&mut html, piece);
        html.push_str(if code { "</code>" } else { "" });
    }
    html
}

/// Text without blank lines at its start and white space at its end.
pub fn trimmed(text: &str) -> &str {
    let text = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let start = text.get(..blank).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or(text)
}

/// Findings by the ids of the examples in which they stand.
pub type FindingsByExample<'a> = HashMap<&'a str, Vec<&'a PageFinding>>;

/// The findings that stand in examples.
pub fn by_example(all: &[PageFinding]) -> FindingsByExample<'_> {
    let mut by_example = FindingsByExample::new();
    for finding in all {
        if let Some(example) = &finding.example {
            by_example.entry(example).or_default().push(finding);
        }
    }
    by_example
}

/// The findings in a listing.
pub fn findings_of<'a>(all: &FindingsByExample<'a>, number: Option<&ListingNumber>) -> Vec<&'a PageFinding> {
    number.and_then(|number| all.get(number.id.as_str())).cloned().unwrap_or_default()
}

/// A listing as its template sees it.
#[derive(Serialize)]
pub struct ListingView {
    id: Option<String>,
    name: Option<String>,
    /// The link to it.
    link: Option<String>,
    example: Option<usize>,
    caption: Option<String>,
    code: Value,
    wraps: bool,
    class: &'static str,
    kind: Option<String>,
    kind_reason: String,
    passed: bool,
    checks: Vec<String>,
    refused: String,
    trips: Vec<TripGroup>,
    findings: Vec<FindingView>,
    layers: Vec<LayerView>,
    file: Option<String>,
}

/// The round trips that ended alike.
#[derive(Serialize)]
struct TripGroup {
    claim: &'static str,
    ok: bool,
    trips: Vec<TripView>,
}

#[derive(Serialize)]
struct TripView {
    profile: String,
    title: String,
    sealed_bytes: usize,
}

#[derive(Serialize)]
struct LayerView {
    title: String,
    code: Value,
}

/// A finding as templates see it.
#[derive(Serialize)]
pub struct FindingView {
    severity: &'static str,
    rule: String,
    message: Value,
    line: usize,
    example: Option<String>,
}

impl FindingView {
    /// How a page shows a finding.
    pub fn of(finding: &PageFinding) -> FindingView {
        FindingView {
            severity: finding.severity.name(),
            rule: finding.rule.clone(),
            message: Value::safe_string(&message(&finding.message)),
            line: finding.line,
            example: finding.example.clone(),
        }
    }
}

impl ListingView {
    /// What is to be shown of a listing.
    pub fn new(
        listing: &Listing,
        number: Option<&ListingNumber>,
        facts: Option<&ListingFacts>,
        findings: Vec<&PageFinding>,
        code: Code,
        series: Option<SeriesPlace<'_>>,
    ) -> ListingView {
        let known = ListingFacts::default();
        let facts = facts.unwrap_or(&known);
        let failed = findings.iter().any(|finding| finding.severity == Severity::Error)
            || facts.round_trips.iter().any(|trip| !trip.ok);
        ListingView {
            id: number.map(|number| number.id.clone()),
            name: number.and_then(|number| number.name.clone()),
            link: number.map(|number| fragment(number.name.as_ref().unwrap_or(&number.id))),
            example: number.filter(|number| number.kind == ListingKind::Example).map(|number| number.number),
            caption: listing.caption.as_ref().map(|caption| caption.as_str().to_owned()),
            wraps: code.wraps,
            code: code.html,
            class: class_of(facts, failed),
            kind: Some(facts.kind.clone()).filter(|kind| !kind.is_empty() && kind != "complete"),
            kind_reason: facts.kind_reason.clone(),
            passed: !failed,
            checks: facts.checks.clone(),
            refused: facts.refused.clone().unwrap_or_default(),
            trips: trip_groups(&facts.round_trips),
            findings: findings.into_iter().map(FindingView::of).collect(),
            layers: facts.layers.iter().map(|layer| LayerView::of(layer, series)).collect(),
            file: facts.file.clone(),
        }
    }
}

fn class_of(facts: &ListingFacts, failed: bool) -> &'static str {
    match (failed, facts.kind.as_str()) {
        (true, _) => "failed",
        (false, "counter-example") => "counter-example",
        _ => "",
    }
}

/// The round trips by what may be said about them. Only a profile that encrypts can have encrypted.
fn trip_groups(facts: &[RoundTripFact]) -> Vec<TripGroup> {
    let group = |claim: &'static str, ok: bool, belongs: &dyn Fn(&RoundTripFact) -> bool| TripGroup {
        claim,
        ok,
        trips: facts.iter().filter(|trip| belongs(trip)).map(TripView::of).collect(),
    };
    let groups = [
        group("encrypted and decrypted", true, &|trip| trip.ok && trip.encrypted),
        group("encoded and decoded", true, &|trip| trip.ok && !trip.encrypted),
        group("round trip failed", false, &|trip| !trip.ok),
    ];
    groups.into_iter().filter(|group| !group.trips.is_empty()).collect()
}

impl TripView {
    fn of(fact: &RoundTripFact) -> TripView {
        TripView {
            profile: fact.profile.clone(),
            title: if fact.title.is_empty() { fact.profile.clone() } else { fact.title.clone() },
            sealed_bytes: fact.sealed_bytes,
        }
    }
}

impl LayerView {
    fn of(layer: &Layer, series: Option<SeriesPlace<'_>>) -> LayerView {
        LayerView { title: layer.title.clone(), code: coloured(trimmed(&layer.xml), Some("xml"), series).html }
    }
}
