//! SARIF 2.1.0 (OASIS), as code hosts and editors read it.

use super::{Judged, Report, end, in_full, path, start};
use crate::finding::{Edit, Fix, Label, Severity};
use crate::source::{Sources, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is said of a rule.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// In one sentence.
    pub summary: String,
    /// In full, as Markdown.
    pub documentation: String,
    /// How bad its findings are where nothing else is known.
    pub severity: Severity,
}

/// The report as one SARIF log with one run. `rule_text` gives what is said of the rule of a name.
pub fn sarif(report: &Report, sources: &Sources, rule_text: &dyn Fn(&str) -> Option<RuleText>) -> String {
    let names: BTreeSet<&str> = report.findings.iter().map(|judged| judged.finding.rule).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let results: Vec<Value> = report.findings.iter().map(|judged| result(judged, &names, sources)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": names.iter().map(|name| rule_of(name, rule_text(name))).collect::<Vec<_>>(),
            } },
            // Columns are counted as everywhere else in the program.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).expect("strings, numbers and lists always serialise");
    text.push('\n');
    text
}

fn rule_of(name: &str, text: Option<RuleText>) -> Value {
    let mut object = json!({ "id": name });
    if let Some(text) = text {
        object["shortDescription"] = json!({ "text": text.summary });
        object["help"] = json!({ "text": text.documentation, "markdown": text.documentation });
        object["defaultConfiguration"] = json!({ "level": level(text.severity) });
    }
    object
}

/// The word for a severity: SARIF, section 3.27.10.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(judged: &Judged, names: &[&str], sources: &Sources) -> Value {
    let finding = &judged.finding;
    let mut object = json!({
        "ruleId": finding.rule,
        "ruleIndex": names.iter().position(|name| *name == finding.rule),
        "level": level(judged.severity),
        "message": { "text": in_full(finding) },
        "locations": [location(finding.span, sources)],
    });
    if !finding.related.is_empty() {
        object["relatedLocations"] = finding.related.iter().map(|label| related(label, sources)).collect();
    }
    if let Some(fix) = &finding.fix {
        object["fixes"] = json!([fixed(fix, sources)]);
    }
    object
}

fn location(span: Span, sources: &Sources) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(span, sources), "region": region(span, sources) } })
}

fn artifact(span: Span, sources: &Sources) -> Value {
    json!({ "uri": uri(path(span, sources)) })
}

fn region(span: Span, sources: &Sources) -> Value {
    let (start, end) = (start(span, sources), end(span, sources));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn related(label: &Label, sources: &Sources) -> Value {
    let mut object = location(label.span, sources);
    object["message"] = json!({ "text": label.message });
    object
}

fn fixed(fix: &Fix, sources: &Sources) -> Value {
    let change = |edit: &Edit| {
        json!({
            "artifactLocation": artifact(edit.span, sources),
            "replacements": [{ "deletedRegion": region(edit.span, sources), "insertedContent": { "text": edit.text } }],
        })
    };
    json!({
        "description": { "text": fix.message },
        "artifactChanges": fix.edits.iter().map(change).collect::<Vec<_>>(),
    })
}

/// A path as a URI (RFC 3986): a relative one stays relative.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = path.replace('\\', "/").bytes().fold(String::new(), |mut all, byte| {
        match is_plain(byte) {
            true => all.push(char::from(byte)),
            false => all.push_str(&format!("%{byte:02X}")),
        }
        all
    });
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("inbox/a b#ä.xml"), "inbox/a%20b%23%C3%A4.xml");
        assert_eq!(uri("/srv/xeps/xep-0001.xml"), "file:///srv/xeps/xep-0001.xml");
    }
}
