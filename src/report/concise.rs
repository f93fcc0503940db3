//! One line a finding, as compilers and editors read it.

use super::{Report, path, start};
use crate::source::Sources;

/// `path:line:column: error[rule]: message`, one line a finding. Nothing without findings.
pub fn concise(report: &Report, sources: &Sources) -> String {
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
    }
    out
}

/// The text without line ends and control characters, which may come from a checked file.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
