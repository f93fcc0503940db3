//! Counter-examples: what they are expected to do must happen, and nothing else.

use super::span_set::SpanSet;
use super::{Context, Levels, RULES, find};
use crate::example::{Example, Expectation};
use crate::finding::Finding;
use std::collections::{BTreeMap, HashMap};

/// What is left when counter-examples have done what they were expected to do.
#[derive(Debug, Default)]
pub struct Settled {
    /// The findings that nobody expected, and those about expectations that were not met.
    pub left: Vec<Finding>,
    /// What was expected and happened, by the id of the example.
    pub met: BTreeMap<String, String>,
}

/// Takes what counter-examples are expected to do out of the findings, and adds a finding for each that does not do it.
pub fn settle(context: &Context<'_>, levels: &Levels, findings: Vec<Finding>) -> Settled {
    let expected =
        context.examples.iter().filter_map(|example| Some((example.id.as_str(), example.expectation.as_ref()?)));
    let expected: HashMap<&str, &Expectation> = expected.collect();
    let mut met = BTreeMap::new();
    let mut left = Vec::new();
    for finding in findings {
        let named = finding.example.as_deref().and_then(|id| Some((id, *expected.get(id)?)));
        match named.filter(|(_, expectation)| meets(&finding, expectation)) {
            Some((id, Expectation::Rule(name) | Expectation::Reject(name))) => {
                met.insert(id.to_owned(), name.clone());
            }
            None => left.push(finding),
        }
    }
    for (at, example) in context.examples.iter().enumerate() {
        let Some(expectation) = &example.expectation else { continue };
        let was_tried = !context.untried.contains(&at) && !is_silent(expectation, levels);
        if !met.contains_key(&example.id) && was_tried {
            left.push(not_met(example, expectation));
        }
    }
    Settled { left, met }
}

/// Whether what is expected is a rule that is switched off, which may therefore say nothing.
fn is_silent(expectation: &Expectation, levels: &Levels) -> bool {
    matches!(expectation, Expectation::Rule(rule) if !levels.is_on(rule))
}

fn meets(finding: &Finding, expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Rule(rule) => finding.rule == rule,
        Expectation::Reject(requirement) => finding.requirement.as_deref() == Some(requirement),
    }
}

fn not_met(example: &Example, expectation: &Expectation) -> Finding {
    let message = match expectation {
        Expectation::Rule(rule) => format!("`{rule}` was expected here and does not occur"),
        Expectation::Reject(requirement) => {
            format!("a receiver was expected to refuse this because of `{requirement}`, but does not")
        }
    };
    let span = example.directives.get("expect").map_or(example.span, |value| value.span);
    let mut finding = Finding::new("expectation-not-met", span, message);
    finding.example = Some(example.id.clone());
    match expectation {
        Expectation::Rule(rule) if find(rule).is_none() => {
            let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
            let near = crate::example::kind::suggestion(rule, &names);
            finding.help(near.map_or("there is no such rule".into(), |near| {
                format!("there is no such rule; did you mean `{near}`?")
            }))
        }
        _ => finding.help("mend the example's text or what it expects"),
    }
}

/// Findings that only follow from others: a schema forbids what another rule has told at the same place.
pub fn drop_consequences(findings: Vec<Finding>) -> Vec<Finding> {
    let is_schema = |finding: &Finding| matches!(finding.rule, "imprecise-example" | "schema-violation");
    let causes = SpanSet::new(findings.iter().filter(|finding| !is_schema(finding)).map(|finding| finding.span));
    findings.into_iter().filter(|finding| !is_schema(finding) || !causes.meet(finding.span)).collect()
}
