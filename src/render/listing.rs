//! What a page shows of an example or code block. Written without a template: a series has thousands of them.

use std::collections::HashMap;

use serde::Serialize;
use tera::Value;

use super::facts::{ListingFacts, PageFinding, RoundTripFact};
use super::highlight;
use super::html::{fragment, push_attribute, push_data_link, push_escaped};
use crate::document::number::ListingNumber;
use crate::document::{Listing, ListingKind};
use crate::finding::Severity;
use crate::series::SeriesPlace;

/// The text of a listing as HTML.
pub struct Code {
    /// The characters, coloured or with the author's markup.
    pub html: String,
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
    Code { html, wraps: is_xml }
}

/// A finding's message as HTML: what stands in backticks is code.
pub fn message(text: &str) -> String {
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

/// How long a text may be that the page holds a second time, for its link, in bytes. A longer one is shown and has no link.
const MOST_OF_A_LINK: usize = 256 * 1024;

/// A listing and what is known about it.
pub struct Shown<'a> {
    /// The listing.
    pub listing: &'a Listing,
    /// Its number, where it has one.
    pub number: Option<&'a ListingNumber>,
    /// What is known about it.
    pub facts: Option<&'a ListingFacts>,
    /// What was found in it.
    pub findings: Vec<&'a PageFinding>,
    /// Its text as HTML.
    pub code: Code,
    /// The series of its document.
    pub series: Option<SeriesPlace<'a>>,
}

impl Shown<'_> {
    /// Writes the figure.
    pub fn write(&self, out: &mut String) {
        let known = ListingFacts::default();
        let facts = self.facts.unwrap_or(&known);
        let failed = self.findings.iter().any(|finding| finding.severity == Severity::Error)
            || facts.round_trips.iter().any(|trip| !trip.ok);
        let class = class_of(facts, failed);
        out.push_str("\n<figure class=\"listing");
        out.push_str(if class.is_empty() { "" } else { " " });
        out.push_str(class);
        out.push('"');
        if let Some(number) = self.number {
            push_attribute(out, "id", &number.id);
        }
        out.push('>');
        if self.number.is_some() || self.listing.caption.is_some() {
            self.caption(facts, out);
        }
        preformatted(&self.code, out);
        self.badges(facts, failed, out);
        self.layers(facts, out);
        out.push_str("\n</figure>");
    }

    fn caption(&self, facts: &ListingFacts, out: &mut String) {
        out.push_str("\n<figcaption><span class=\"caption\">");
        if let Some(name) = self.number.and_then(|number| number.name.as_deref()) {
            out.push_str("<span");
            push_attribute(out, "id", name);
            out.push_str("></span>");
        }
        let example = self.number.filter(|number| number.kind == ListingKind::Example);
        if let Some(example) = example {
            out.push_str(&format!("Example {}. ", example.number));
        }
        if let Some(caption) = &self.listing.caption {
            push_escaped(out, caption.as_str());
        }
        if let Some(number) = self.number {
            let what = if example.is_some() { "example" } else { "listing" };
            out.push_str(if example.is_some() { "<a class=\"anchor\"" } else { "<a class=\"anchor\" data-extra" });
            push_attribute(out, "href", &fragment(number.name.as_ref().unwrap_or(&number.id)));
            push_attribute(out, "aria-label", &format!("Link to this {what}"));
            out.push_str(">¶</a>");
        }
        if !matches!(facts.kind.as_str(), "" | "complete") {
            out.push_str(" <span class=\"kind\" data-extra");
            push_attribute(out, "title", &facts.kind_reason);
            out.push('>');
            push_escaped(out, &facts.kind);
            out.push_str("</span>");
        }
        out.push_str("</span>");
        if self.number.is_some() {
            self.tools(facts, out);
        }
        out.push_str("</figcaption>");
    }

    /// The link to the text as a file; a script adds a button that copies it.
    fn tools(&self, facts: &ListingFacts, out: &mut String) {
        let text = if facts.text.is_empty() { self.listing.text.as_str() } else { &facts.text };
        out.push_str("<span class=\"tools\" data-extra>");
        if let Some(file) = facts.file.as_ref().filter(|_| text.len() <= MOST_OF_A_LINK) {
            out.push_str("<a");
            push_attribute(out, "download", file);
            out.push_str(" href=\"");
            let media_type = if facts.syntax == "xml" { "application/xml" } else { "text/plain" };
            push_data_link(out, media_type, trimmed(text));
            out.push_str("\">Download</a>");
        }
        out.push_str("</span>");
    }

    fn badges(&self, facts: &ListingFacts, failed: bool, out: &mut String) {
        let is_bare = facts.checks.is_empty() && facts.round_trips.is_empty();
        if is_bare && self.findings.is_empty() && facts.expected.is_none() {
            return;
        }
        out.push_str("\n<ul class=\"badges\" data-extra>");
        if !facts.checks.is_empty() {
            let class = if failed { "ran" } else { "ok" };
            out.push_str(&format!("\n<li class=\"{class}\"><span class=\"claim\">checked</span> "));
            push_escaped(out, &facts.checks.join(" · "));
            out.push_str("</li>");
        }
        if let Some(expected) = &facts.expected {
            out.push_str(&format!(
                "\n<li class=\"ok\"><span class=\"claim\">{} as expected</span> <code>",
                expected.claim
            ));
            push_escaped(out, &expected.grounds);
            out.push_str("</code></li>");
        }
        CLAIMS.iter().for_each(|claim| claim.write(&facts.round_trips, out));
        for finding in &self.findings {
            let severity = finding.severity.name();
            out.push_str(&format!("\n<li class=\"finding {severity}\"><span class=\"claim\">{severity}</span> "));
            out.push_str(&message(&finding.message));
            out.push_str(" <code>");
            push_escaped(out, &finding.rule);
            out.push_str("</code></li>");
        }
        out.push_str("\n</ul>");
    }

    /// What a sealed example holds.
    fn layers(&self, facts: &ListingFacts, out: &mut String) {
        if facts.layers.is_empty() {
            return;
        }
        let titles: Vec<String> = facts.layers.iter().map(|layer| layer.title.to_lowercase()).collect();
        out.push_str("\n<details class=\"layers\" data-extra>\n<summary>What is inside: ");
        push_escaped(out, &titles.join(", "));
        out.push_str("</summary>");
        for layer in &facts.layers {
            out.push_str("\n<div>\n<p class=\"layer-title\">");
            push_escaped(out, &layer.title);
            out.push_str("</p>");
            preformatted(&coloured(trimmed(&layer.xml), Some("xml"), self.series), out);
            out.push_str("\n</div>");
        }
        out.push_str("\n</details>");
    }
}

fn preformatted(code: &Code, out: &mut String) {
    out.push_str(if code.wraps {
        "\n<pre tabindex=\"0\" class=\"xml\"><code>"
    } else {
        "\n<pre tabindex=\"0\"><code>"
    });
    out.push_str(&code.html);
    out.push_str("</code></pre>");
}

fn class_of(facts: &ListingFacts, failed: bool) -> &'static str {
    match (failed, facts.kind.as_str()) {
        (true, _) => "failed",
        (false, "counter-example") => "counter-example",
        _ => "",
    }
}

/// What may be said of round trips that ended alike. Only a profile that encrypts can have encrypted.
struct Claim {
    words: &'static str,
    class: &'static str,
    holds: fn(&RoundTripFact) -> bool,
}

const CLAIMS: [Claim; 3] = [
    Claim { words: "encrypted and decrypted", class: "ok", holds: |trip| trip.ok && trip.encrypted },
    Claim { words: "encoded and decoded", class: "ok", holds: |trip| trip.ok && !trip.encrypted },
    Claim { words: "round trip failed", class: "error", holds: |trip| !trip.ok },
];

impl Claim {
    fn write(&self, all: &[RoundTripFact], out: &mut String) {
        let mut trips = all.iter().filter(|trip| (self.holds)(trip)).peekable();
        if trips.peek().is_none() {
            return;
        }
        out.push_str(&format!("\n<li class=\"{}\"><span class=\"claim\">{}</span> ", self.class, self.words));
        for (at, trip) in trips.enumerate() {
            out.push_str(if at == 0 { "<span" } else { " · <span" });
            push_attribute(out, "title", &format!("profile {}", trip.profile));
            out.push('>');
            push_escaped(out, if trip.title.is_empty() { &trip.profile } else { &trip.title });
            if trip.sealed_bytes > 0 {
                out.push_str(&format!(" <small>{} bytes</small>", trip.sealed_bytes));
            }
            out.push_str("</span>");
        }
        out.push_str("</li>");
    }
}
