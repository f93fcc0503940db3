//! A bound on how much is told, so that a report stays readable where one slip repeats itself ten thousand times.

use crate::finding::Finding;
use std::collections::HashMap;

/// How many findings of one rule are told of one example, and of all that stands in no example of a document.
pub const MOST_OF_A_RULE: usize = 100;

/// The findings in their order, where those beyond [`MOST_OF_A_RULE`] of a rule in an example are one that counts them, at the
/// place of the first one that is left out.
pub fn abridge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut counts: HashMap<(&'static str, Option<String>), usize> = HashMap::new();
    for finding in &findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    if counts.values().all(|count| *count <= MOST_OF_A_RULE) {
        return findings;
    }
    let mut told: HashMap<(&'static str, Option<String>), usize> = HashMap::new();
    let mut left = Vec::new();
    for finding in findings {
        let key = key(&finding);
        let count = counts.get(&key).copied().unwrap_or(0);
        let told = told.entry(key).or_default();
        *told += 1;
        if *told <= MOST_OF_A_RULE {
            left.push(finding);
        } else if *told == MOST_OF_A_RULE + 1 {
            left.push(rest(finding, count - MOST_OF_A_RULE));
        }
    }
    left
}

fn key(finding: &Finding) -> (&'static str, Option<String>) {
    (finding.rule, finding.example.clone())
}

/// What stands for `number` findings, of which this is the first.
fn rest(first: Finding, number: usize) -> Finding {
    let place = if first.example.is_some() { "this example" } else { "this document" };
    let message = format!("from here on {number} more of `{}` in {place}", first.rule);
    let finding = Finding::new(first.rule, first.span, message);
    Finding { example: first.example, requirement: first.requirement, ..finding }
        .note(format!("the first {MOST_OF_A_RULE} of a rule are told one by one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, Span};

    fn check(numbers: &[(Option<&str>, usize)], expected: &[usize]) {
        let mut sources = Sources::default();
        let file = sources.add("a", "b");
        let one = |example: Option<&str>| Finding {
            example: example.map(str::to_owned),
            ..Finding::new("malformed-xml", Span::new(file, 0, 1), "wrong")
        };
        let all = numbers.iter().flat_map(|(example, number)| std::iter::repeat_with(|| one(*example)).take(*number));
        let left = abridge(all.collect());
        let counts = numbers.iter().map(|(name, _)| left.iter().filter(|one| one.example.as_deref() == *name).count());
        assert_eq!(counts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_beyond_the_bound_is_counted_in_one_finding() {
        check(&[(Some("example-1"), MOST_OF_A_RULE)], &[MOST_OF_A_RULE]);
        check(&[(Some("example-1"), MOST_OF_A_RULE + 1), (None, 3)], &[MOST_OF_A_RULE + 1, 3]);
        check(&[(Some("example-1"), 5000), (Some("example-2"), 2), (None, 700)], &[101, 2, 101]);
    }

    #[test]
    fn the_last_finding_says_how_many_there_are() {
        let mut sources = Sources::default();
        let file = sources.add("a", "b".repeat(300));
        let all = (0..300).map(|at| Finding::new("raw-html", Span::new(file, at, at + 1), "wrong")).collect();
        let left = abridge(all);
        let last = left.last().map(|last| (last.message.as_str(), last.span.start));
        assert_eq!(last, Some(("from here on 200 more of `raw-html` in this document", MOST_OF_A_RULE)));
    }
}
