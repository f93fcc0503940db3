//! # malformed-xml
//!
//! TODO
//!
//! ## What it does
//! ## Why it matters
//! ## Wrong
//! ## Right
//! ## Source

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::example::Example;
use crate::xml::Problem;

/// The rule.
pub static RULE: Rule =
    Rule { name: "malformed-xml", severity: Severity::Error, source: include_str!("malformed_xml.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.examples {
        sink.extend_in(&example.id, example.problems.iter().map(|problem| finding(problem, example)));
    }
}

fn finding(problem: &Problem, example: &Example) -> Finding {
    let mut finding = Finding::new(RULE.name, problem.span, problem.message.clone());
    finding.help = problem.help.clone();
    if let Some(caption) = &example.caption {
        finding = finding.note(format!("in the example \"{}\", taken for `{}`: {}", caption.trim(), example.kind.word(), example.kind_reason));
    }
    for (span, message) in &problem.related {
        finding = finding.related(*span, message.clone());
    }
    finding
}
