//! JUnit XML, as build servers read it: a document is a suite, a finding a case that failed.

use super::{Judged, Report, in_full, path, start};
use crate::finding::Severity;
use crate::source::Sources;
use crate::xml::write::{escape_text, escape_value};
use std::collections::BTreeMap;

/// The report as one `testsuites`. A document about which nothing is to be said is a suite with one case that passed; remarks are
/// cases that passed and have something to say.
pub fn junit(report: &Report, sources: &Sources) -> String {
    let mut suites: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for document in &report.documents {
        suites.entry(&document.path).or_default();
    }
    for judged in &report.findings {
        suites.entry(path(judged.finding.span, sources)).or_default().push(judged);
    }
    let failures = |all: &[&Judged]| all.iter().filter(|judged| judged.severity != Severity::Info).count();
    let tests = |all: &[&Judged]| all.len().max(1);
    let (all, failed) = suites.values().fold((0, 0), |(all, failed), one| (all + tests(one), failed + failures(one)));
    let mut out = String::from("<?xml version='1.0' encoding='UTF-8'?>\n");
    out.push_str(&format!("<testsuites name='xep' tests='{all}' failures='{failed}'>\n"));
    for (path, findings) in &suites {
        let (name, tests, failures) = (value(path), tests(findings), failures(findings));
        out.push_str(&format!("  <testsuite name='{name}' tests='{tests}' failures='{failures}'>\n"));
        if findings.is_empty() {
            out.push_str(&format!("    <testcase classname='{name}' name='no findings'/>\n"));
        }
        for judged in findings {
            case(judged, path, sources, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(judged: &Judged, path: &str, sources: &Sources, out: &mut String) {
    let finding = &judged.finding;
    let at = start(finding.span, sources);
    let name = format!("{} at {}:{}", finding.rule, at.line, at.column);
    out.push_str(&format!("    <testcase classname='{}' name='{}'>\n", value(path), value(&name)));
    let place = format!("{path}:{}:{}: {}", at.line, at.column, in_full(finding));
    match judged.severity {
        Severity::Info => out.push_str(&format!("      <system-out>{}</system-out>\n", text(&place))),
        severity => out.push_str(&format!(
            "      <failure type='{}' message='{}'>{}</failure>\n",
            severity.name(),
            value(&finding.message),
            text(&place)
        )),
    }
    out.push_str("    </testcase>\n");
}

fn value(value: &str) -> String {
    escape_value(&allowed(value))
}

fn text(text: &str) -> String {
    escape_text(&allowed(text))
}

/// Text without the characters that XML forbids, which may come from a checked file.
fn allowed(text: &str) -> String {
    let is_forbidden =
        |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_forbidden(c) { '\u{fffd}' } else { c }).collect()
}
