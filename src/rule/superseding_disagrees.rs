//! # superseding-disagrees
//!
//! Two XEPs do not agree on which supersedes which.
//!
//! ## What it does
//!
//! Looks up each XEP that the header says to supersede, or to be superseded by, among the documents of the run, and whether
//! its header says the same. A XEP that is not among them is unknown. A document that names itself is found too.
//!
//! ## Why it matters
//!
//! A reader of the older XEP is not led to the newer one.
//!
//! ## Wrong
//!
//! ```yaml
//! number: 0042
//! status: Experimental
//! supersedes: [XEP-0042]
//! ```
//!
//! ## Right
//!
//! ```yaml
//! number: 0042
//! status: Experimental
//! supersedes: [XEP-0041]
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::span;
use super::{Context, Rule};
use crate::document::Field;
use crate::finding::{Finding, Severity, Sink};
use crate::series::{Entry, Series, number_of};

/// The rule.
pub static RULE: Rule = Rule {
    name: "superseding-disagrees",
    severity: Severity::Warning,
    source: include_str!("superseding_disagrees.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let own = header.number.as_str().trim();
    if !crate::series::is_number(own) {
        return;
    }
    let series = context.yardstick.neighbours.series;
    for spec in &header.supersedes {
        let agrees = |other: &Entry| says(&other.superseded_by, own);
        sink.extend(disagreement(series, spec, own, agrees, ("is superseded by", "supersededby")));
    }
    for spec in &header.superseded_by {
        let agrees = |other: &Entry| says(&other.supersedes, own);
        sink.extend(disagreement(series, spec, own, agrees, ("supersedes", "supersedes")));
    }
}

fn says(numbers: &[String], number: &str) -> bool {
    numbers.iter().any(|one| one == number)
}

/// `words`: what the other one should say, and the field in which it says so.
fn disagreement(
    series: &Series,
    spec: &Field,
    own: &str,
    agrees: impl Fn(&Entry) -> bool,
    words: (&str, &str),
) -> Option<Finding> {
    let other = number_of(spec.as_str())?;
    if other == own {
        let finding = Finding::new(RULE.name, span(spec)?, "a XEP cannot supersede itself");
        return Some(finding.help("name the other XEP, or take it out"));
    }
    let (says, field) = words;
    if series.get(other).is_none_or(agrees) {
        return None;
    }
    let finding = Finding::new(RULE.name, span(spec)?, format!("XEP-{other} does not say that it {says} this one"));
    Some(finding.help(format!("name XEP-{own} in the `{field}` of XEP-{other}, or take XEP-{other} out here")))
}
