//! From what the parser says to findings: one cause, one finding.

use crate::finding::Finding;
use crate::source::Span;
use crate::xml::content_model::ContentModel;
use crate::xml::parse::{Problem, ProblemKind, Slip};
use std::collections::{HashMap, HashSet};

/// The problems that are causes, not consequences of one before: a tag without an end takes the text behind it for
/// attributes, and a prefix without a namespace is so at every use.
pub fn causes(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| {
        (problem.span.file, problem.span.start, !is_endless_tag(problem), !is_unclosed(problem))
    });
    let mut prefixes: HashSet<String> = HashSet::new();
    let mut endless: Option<Span> = None;
    problems.retain(|problem| {
        let in_tag = endless.is_some_and(|tag| tag.contains(problem.span));
        let is_tag_itself = endless.is_some_and(|tag| tag.at_start() == problem.span.at_start());
        if is_endless_tag(problem) {
            endless = Some(problem.span);
            return true;
        }
        if is_unclosed(problem) && is_tag_itself {
            endless = Some(problem.span);
            return false;
        }
        !in_tag && (problem.kind != ProblemKind::UnboundPrefix || prefixes.insert(problem.message.clone()))
    });
    problems
}

fn is_unclosed(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Unclosed
}

/// Whether a problem is a start tag that lacks its `>`.
fn is_endless_tag(problem: &Problem) -> bool {
    problem.kind == ProblemKind::BadTag && problem.message.ends_with("has no `>`")
}

/// The findings about problems. The name of a closing tag can be mended where the grammar knows the one that it should have and
/// not the one that it has.
pub fn findings(problems: Vec<Problem>, slips: &[Slip], model: &ContentModel) -> Vec<Finding> {
    let slips: HashMap<Span, &Slip> = slips.iter().filter(|slip| slip.is_near()).map(|slip| (slip.tag, slip)).collect();
    let fix = |problem: &Problem| {
        let slip = slips.get(&problem.span)?;
        slip.fix(model.element(&slip.meant).is_some() && model.element(&slip.written).is_none())
    };
    let finding = |problem: Problem| Finding { fix: fix(&problem), ..malformed(problem) };
    causes(problems).into_iter().map(finding).collect()
}

fn malformed(problem: Problem) -> Finding {
    let mut finding = Finding::new("malformed-xml", problem.span, problem.message);
    for (span, message) in problem.related {
        finding = finding.related(span, message);
    }
    finding.help = problem.help;
    finding
}
