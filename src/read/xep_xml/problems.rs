//! From what the parser says to findings: one cause, one finding.

use crate::finding::Finding;
use crate::source::Span;
use crate::xml::parse::{Problem, ProblemKind};

/// The problems that are causes, not consequences of one before: a tag without an end takes the text behind it for
/// attributes, and a prefix without a namespace is so at every use.
pub fn causes(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| (problem.span, !is_endless_tag(problem)));
    let starts: Vec<usize> = problems.iter().filter(|problem| is_endless_tag(problem)).map(|p| p.span.start).collect();
    let swallowed: Vec<Span> = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::Unclosed && starts.contains(&problem.span.start))
        .map(|problem| problem.span)
        .collect();
    let mut prefixes: Vec<String> = Vec::new();
    problems.retain(|problem| match problem.kind {
        ProblemKind::UnboundPrefix => {
            let is_new = !prefixes.contains(&problem.message);
            if is_new {
                prefixes.push(problem.message.clone());
            }
            is_new
        }
        _ if is_endless_tag(problem) => true,
        _ => !swallowed.iter().any(|tag| tag.contains(problem.span)),
    });
    problems
}

/// Whether a problem is a start tag that lacks its `>`.
fn is_endless_tag(problem: &Problem) -> bool {
    problem.kind == ProblemKind::BadTag && problem.message.ends_with("has no `>`")
}

/// The finding of a problem.
pub fn malformed(problem: Problem) -> Finding {
    let mut finding = Finding::new("malformed-xml", problem.span, problem.message);
    for (span, message) in problem.related {
        finding = finding.related(span, message);
    }
    finding.help = problem.help;
    finding
}
