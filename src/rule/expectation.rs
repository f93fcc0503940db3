//! Counter-examples: what they are expected to do must happen, and nothing else.

use super::span_set::SpanSet;
use super::{Context, Levels, RULES, find};
use crate::example::published::bundles;
use crate::example::round_trip::{Stage, unsealable};
use crate::example::sealed::is_stanza;
use crate::example::{Example, Expectation, Verdict};
use crate::finding::Finding;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is left when counter-examples have done what they were expected to do.
#[derive(Debug, Default)]
pub struct Settled {
    /// The findings that nobody expected, and those about expectations that were not met.
    pub left: Vec<Finding>,
    /// What was expected and happened, by the id of the example.
    pub met: BTreeMap<String, Expectation>,
}

/// Takes what counter-examples are expected to do out of the findings, and adds a finding for each that does not do it.
pub fn settle(context: &Context<'_>, levels: &Levels, findings: Vec<Finding>) -> Settled {
    let expected =
        context.examples.iter().filter_map(|example| Some((example.id.as_str(), example.expectation.as_ref()?)));
    let expected: HashMap<&str, &Expectation> = expected.collect();
    let mut spoke = HashSet::new();
    let mut left = Vec::new();
    for finding in findings {
        let named = finding.example.as_deref().and_then(|id| Some((id, *expected.get(id)?)));
        match named.filter(|(_, expectation)| meets(&finding, expectation)) {
            Some((id, _)) => drop(spoke.insert(id.to_owned())),
            None => left.push(finding),
        }
    }
    let mut met = BTreeMap::new();
    for (at, example) in context.examples.iter().enumerate() {
        let Some(expectation) = &example.expectation else { continue };
        let miss = match expectation {
            Expectation::Rule(_) if spoke.contains(&example.id) => uncovered(context, at, example),
            Expectation::Rule(rule) => Some(format!("`{rule}` was expected here and does not occur")),
            Expectation::Verdict(verdict, requirements) => verdict_missed(context, at, *verdict, requirements),
        };
        // With a cast, a verdict that nobody could come to is one that was not met.
        let has_people = context.yardstick.cast.is_some() && matches!(expectation, Expectation::Verdict(..));
        let was_tried = (has_people || !context.untried.contains(&at)) && !is_silent(expectation, levels);
        match miss {
            None => drop(met.insert(example.id.clone(), expectation.clone())),
            Some(message) if was_tried => left.push(not_met(example, expectation, message)),
            Some(_) => {}
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
        Expectation::Verdict(Verdict::Accept | Verdict::Unsealed | Verdict::Unauthenticated | Verdict::Unusable, _) => {
            false
        }
        Expectation::Verdict(_, requirements) => {
            finding.requirement.as_ref().is_some_and(|decides| requirements.contains(decides))
        }
    }
}

/// A requirement that the author says the example covers, and that does not decide about it.
fn uncovered(context: &Context<'_>, at: usize, example: &Example) -> Option<String> {
    let grounds = context.grounds(at);
    let claimed = example.directives.text("covers")?;
    let missing = claimed.split(',').map(str::trim).find(|id| !grounds.contains(id))?;
    Some(format!("`{missing}` was expected to decide about this, but does not"))
}

/// How a receiver's verdict on an example is another than the one that was expected, or has other grounds.
fn verdict_missed(context: &Context<'_>, at: usize, expected: Verdict, requirements: &[String]) -> Option<String> {
    if expected == Verdict::Unusable {
        return could_be_used(context, at, requirements);
    }
    let verdict = context.verdict(at);
    let is_as_expected = match expected {
        Verdict::Ignore => verdict == Some(Verdict::Accept) || verdict == Some(Verdict::Unsealed),
        _ => verdict == Some(expected),
    };
    if !is_as_expected {
        let does = verdict.map_or("holds nothing that it could open", Verdict::does);
        return Some(format!("a receiver was expected to `{}` this; it {does}", expected.word()));
    }
    if expected == Verdict::Unsealed {
        return could_be_sealed(context, at, requirements);
    }
    if matches!(expected, Verdict::Accept | Verdict::Unauthenticated) {
        return None;
    }
    let grounds = context.grounds(at);
    let missing = requirements.iter().find(|id| !grounds.contains(id.as_str()))?;
    Some(format!("a receiver was expected to `{}` this because of `{missing}`, but does not", expected.word()))
}

/// Of a stanza that its author shows as one that nobody seals: what does not forbid to seal it. Of what became of a sealed stanza the
/// verdict says it all.
fn could_be_sealed(context: &Context<'_>, at: usize, requirements: &[String]) -> Option<String> {
    // Which addresses are rooms, a cast says.
    let cast = Some(context.yardstick.cast?);
    let example = context.examples.get(at).filter(|example| example.directives.get("seal").is_none())?;
    let stanza = example.elements().find(|element| is_stanza(element))?;
    let stage = Stage { rules: context.yardstick.rules, cast };
    let sources = unsealable(stanza, stage).map_or_else(Vec::new, |unsealable| unsealable.sources);
    let missing = requirements.iter().find(|id| !sources.contains(id))?;
    Some(format!("`{missing}` was expected to forbid that this is sealed, but does not"))
}

/// Of keys that its author shows as such that nobody encrypts to: what a sender makes of them instead.
fn could_be_used(context: &Context<'_>, at: usize, requirements: &[String]) -> Option<String> {
    let example = context.examples.get(at)?;
    let bundles = bundles(example);
    if bundles.is_empty() {
        return Some("a sender was expected to use none of the keys in this; it holds no bundle".into());
    }
    if bundles.iter().any(|(_, read)| read.is_ok()) {
        return Some("a sender was expected to use none of the keys in this, but can".into());
    }
    let decides = context.yardstick.rules.profiles.verdict("unusable-bundle");
    let missing = requirements.iter().find(|id| decides != Some(id.as_str()))?;
    Some(format!(
        "a sender was expected not to use these keys because of `{missing}`, which does not decide about them"
    ))
}

fn not_met(example: &Example, expectation: &Expectation, message: String) -> Finding {
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
