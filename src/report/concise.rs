//! One line a finding, as compilers and editors read it.

use super::{Report, one_line, path, start};
use crate::finding::Finding;
use crate::source::Sources;

/// `path:line:column: error[rule]: message`, one line a finding. Nothing without findings.
pub fn concise(report: &Report, sources: &Sources) -> String {
    lines(report, sources, |_| None)
}

/// The same, each with a second line that says what to do, if that is known.
pub fn concise_with_help(report: &Report, sources: &Sources) -> String {
    lines(report, sources, |finding| finding.help.as_deref())
}

fn lines(report: &Report, sources: &Sources, help: impl Fn(&Finding) -> Option<&str>) -> String {
    let mut out = String::new();
    for judged in &report.findings {
        let finding = &judged.finding;
        let at = start(finding.span, sources);
        out.push_str(&format!(
            "{}:{}:{}: {}[{}]: {}\n",
            one_line(path(finding.span, sources)),
            at.line,
            at.column,
            judged.severity.name(),
            finding.rule,
            one_line(&finding.message)
        ));
        out.extend(help(finding).map(|help| format!("  help: {}\n", one_line(help))));
    }
    out
}
