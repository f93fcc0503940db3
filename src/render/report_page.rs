//! The report of a document: what a reviewer needs. What was found, in place beside the lines that it is about; what was checked,
//! and what was not, and why.

use std::ops::Range;

use serde::Serialize;
use tera::Value;

use super::html::{fragment, push_attribute, push_escaped};
use super::listing::message;
use super::page::{RenderError, Templates};
use crate::finding::Severity;

/// Everything that a report is made from.
#[derive(Clone, Debug, Default)]
pub struct ReportInput {
    /// The document: `XEP-0045: Multi-User Chat`.
    pub heading: String,
    /// The link to its page.
    pub page: String,
    /// The author's file.
    pub path: String,
    /// What was found, by the places that it is about.
    pub groups: Vec<ReportGroup>,
    /// The checks that examples passed: name, what it holds, how many passed it.
    pub checks: Vec<(String, String, usize)>,
    /// What was not checked.
    pub gaps: Vec<ReportGap>,
    /// The document's schemas: namespace, line, and how they fared.
    pub schemas: Vec<(String, usize, String)>,
    /// All examples.
    pub examples: Vec<ReportedExample>,
    /// The link to the documentation of the rules.
    pub rules: String,
    /// The link to the folder of the shared files.
    pub assets: String,
    /// The link to the index.
    pub home: String,
    /// The version of the program.
    pub generator: String,
}

/// Lines of a file, and what was found in them.
#[derive(Clone, Debug, Default)]
pub struct ReportGroup {
    /// What the lines are: the caption of an example, or a file.
    pub title: String,
    /// The id of the example on the page; nothing for other lines.
    pub example: Option<String>,
    /// The lines, in order; between some of them others may be left out.
    pub lines: Vec<ReportLine>,
    /// What was found, in the order of the lines.
    pub findings: Vec<ReportFinding>,
}

/// A line of a file.
#[derive(Clone, Debug, Default)]
pub struct ReportLine {
    /// Its number.
    pub number: usize,
    /// Its text, without its end.
    pub text: String,
    /// What is wrong in it, in bytes.
    pub marks: Vec<Range<usize>>,
}

/// A finding, in full.
#[derive(Clone, Debug)]
pub struct ReportFinding {
    /// How bad it is.
    pub severity: Severity,
    /// The rule's name.
    pub rule: String,
    /// One short sentence.
    pub message: String,
    /// What stands beside the place.
    pub label: String,
    /// Line and column.
    pub place: (usize, usize),
    /// Other places: where, and what is to be said there.
    pub related: Vec<(String, String)>,
    /// Why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Something that was not checked.
#[derive(Clone, Debug, Default)]
pub struct ReportGap {
    /// What, in a few words.
    pub what: String,
    /// Why.
    pub why: String,
    /// The ids of the examples; empty: the document.
    pub examples: Vec<String>,
}

/// What was done with an example.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportedExample {
    /// Its id on the page.
    pub id: String,
    /// Its caption.
    pub caption: String,
    /// Its kind.
    pub kind: String,
    /// Why it is of that kind.
    pub reason: String,
    /// The checks that it passed.
    pub checks: String,
    /// The round trips that were made: profile, and how it went.
    pub trips: String,
}

#[derive(Serialize)]
struct View<'a> {
    heading: &'a str,
    page: &'a str,
    path: &'a str,
    assets: &'a str,
    home: &'a str,
    generator: &'a str,
    errors: usize,
    warnings: usize,
    infos: usize,
    findings: Value,
    checks: Vec<CheckView<'a>>,
    gaps: Vec<GapView<'a>>,
    schemas: Vec<SchemaView<'a>>,
    examples: &'a [ReportedExample],
}

#[derive(Serialize)]
struct CheckView<'a> {
    name: &'a str,
    what: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct GapView<'a> {
    what: &'a str,
    why: &'a str,
    examples: &'a [String],
}

#[derive(Serialize)]
struct SchemaView<'a> {
    namespace: &'a str,
    line: usize,
    state: &'a str,
}

/// The page of a report.
///
/// # Errors
/// When the template does not fit; the embedded one does.
pub fn report_page(input: &ReportInput) -> Result<String, RenderError> {
    let all = || input.groups.iter().flat_map(|group| &group.findings);
    let count = |severity| all().filter(|finding| finding.severity == severity).count();
    let mut findings = String::new();
    input.groups.iter().for_each(|group| group.write(input, &mut findings));
    let view = View {
        heading: &input.heading,
        page: &input.page,
        path: &input.path,
        assets: &input.assets,
        home: &input.home,
        generator: &input.generator,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
        findings: Value::safe_string(&findings),
        checks: input.checks.iter().map(|(name, what, count)| CheckView { name, what, count: *count }).collect(),
        gaps: input
            .gaps
            .iter()
            .map(|gap| GapView { what: &gap.what, why: &gap.why, examples: &gap.examples })
            .collect(),
        schemas: input
            .schemas
            .iter()
            .map(|(namespace, line, state)| SchemaView { namespace, line: *line, state })
            .collect(),
        examples: &input.examples,
    };
    Templates::embedded().render("report.html", &view)
}

impl ReportGroup {
    /// Writes the lines, each followed by what was found in it.
    fn write(&self, input: &ReportInput, out: &mut String) {
        out.push_str("\n<section class=\"reported\">\n<h3>");
        match &self.example {
            Some(id) => {
                out.push_str("<a");
                push_attribute(out, "href", &format!("{}{}", input.page, fragment(id)));
                out.push('>');
                push_escaped(out, &self.title);
                out.push_str("</a>");
            }
            None => push_escaped(out, &self.title),
        }
        out.push_str("</h3>");
        let mut findings = self.findings.iter().peekable();
        let mut last = None;
        let mut is_open = false;
        for line in &self.lines {
            if !is_open {
                out.push_str("\n<pre tabindex=\"0\" class=\"lines xml\"><code>");
            }
            if is_open && last.is_some_and(|last| line.number > last + 1) {
                out.push_str("<span class=\"gap\">⋯</span>");
            }
            line.write(out);
            (is_open, last) = (true, Some(line.number));
            if findings.peek().is_some_and(|finding| finding.place.0 <= line.number) {
                out.push_str("</code></pre>");
                is_open = false;
            }
            while let Some(finding) = findings.next_if(|finding| finding.place.0 <= line.number) {
                finding.write(&input.rules, out);
            }
        }
        out.push_str(if is_open { "</code></pre>" } else { "" });
        findings.for_each(|finding| finding.write(&input.rules, out));
        out.push_str("\n</section>");
    }
}

impl ReportLine {
    fn write(&self, out: &mut String) {
        let class = if self.marks.is_empty() { "line" } else { "line wrong" };
        out.push_str(&format!("<span class=\"{class}\"><span class=\"no\">{}</span>", self.number));
        let mut at = 0;
        for mark in &self.marks {
            push_escaped(out, self.text.get(at..mark.start).unwrap_or(""));
            out.push_str("<mark>");
            push_escaped(out, self.text.get(mark.start.max(at)..mark.end).unwrap_or(""));
            out.push_str("</mark>");
            at = at.max(mark.end);
        }
        push_escaped(out, self.text.get(at..).unwrap_or(""));
        out.push_str("</span>");
    }
}

impl ReportFinding {
    fn write(&self, rules: &str, out: &mut String) {
        let severity = self.severity.name();
        let (line, column) = self.place;
        out.push_str(&format!("\n<div class=\"remark {severity}\">\n<p><span class=\"severity\">{severity}</span> "));
        out.push_str(&message(&self.message));
        if !self.label.is_empty() {
            out.push_str(": ");
            out.push_str(&message(&self.label));
        }
        out.push_str(" <span class=\"where\"><a");
        push_attribute(out, "href", &format!("{rules}{}", fragment(&self.rule)));
        out.push_str("><code>");
        push_escaped(out, &self.rule);
        out.push_str(&format!("</code></a>, line {line}, column {column}</span></p>"));
        for (place, said) in &self.related {
            let said = if said.is_empty() { "see also" } else { said.as_str() };
            out.push_str(&format!("\n<p><b>Also</b> {} <span class=\"where\">", message(said)));
            push_escaped(out, place);
            out.push_str("</span></p>");
        }
        for note in &self.notes {
            out.push_str(&format!("\n<p><b>Note</b> {}</p>", message(note)));
        }
        if let Some(help) = &self.help {
            out.push_str(&format!("\n<p><b>Help</b> {}</p>", message(help)));
        }
        out.push_str("\n</div>");
    }
}
