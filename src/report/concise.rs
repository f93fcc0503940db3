//! One line a finding, as compilers and editors read it.

use super::{Report, one_line, path, start};
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
