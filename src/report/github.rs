//! Workflow commands of GitHub Actions, which show findings beside the lines of a change.

use super::{Report, end, in_full, one_line, path, start};
use crate::finding::Severity;
use crate::source::Sources;

/// `::error file=...,line=...,title=...::message`, one line a finding. Nothing without findings.
pub fn github(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for judged in &report.findings {
        let finding = &judged.finding;
        let (from, to) = (start(finding.span, sources), end(finding.span, sources));
        let command = match judged.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = format!("file={},line={}", property(path(finding.span, sources)), from.line);
        // A column is only understood where the finding ends in the line in which it begins; the last one belongs to it.
        match to.line == from.line && to.column > from.column {
            true => properties.push_str(&format!(",col={},endColumn={}", from.column, to.column - 1)),
            false => properties.push_str(&format!(",endLine={}", to.line)),
        }
        let message = escaped(&in_full(finding));
        out.push_str(&format!("::{command} {properties},title={}::{message}\n", property(finding.rule)));
    }
    out
}

/// Text with what would end a command written as GitHub does, and without other control characters, which may come from a
/// checked file.
fn escaped(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    one_line(&text)
}

/// The value of a property, which a comma or a colon would end too.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
