//! # unknown-dependency
//!
//! The header names a XEP that does not exist.
//!
//! ## What it does
//!
//! Looks up the XEPs among the dependencies, and those that are superseded or supersede, among the documents of the run and
//! the names in `xep.ent`; numbers below one that exists exist too. Without an `xep.ent` the built-in table of names is asked,
//! and a number a little above all of its own is unknown, not wrong. What begins as the name of a XEP must go on with four
//! digits.
//!
//! ## Why it matters
//!
//! Who implements the XEP looks for something that is not there.
//!
//! ## Wrong
//!
//! ```yaml
//! dependencies: [XEP-0000]
//! ```
//!
//! ```yaml
//! dependencies: [XEP-30]
//! ```
//!
//! ## Right
//!
//! ```yaml
//! dependencies: [XMPP Core, XEP-0030]
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::span;
use super::{Context, Rule};
use crate::document::Field;
use crate::finding::{Finding, Severity, Sink};
use crate::series::number_of;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-dependency",
    severity: Severity::Warning,
    source: include_str!("unknown_dependency.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let specs = header.dependencies.iter().chain(&header.supersedes).chain(&header.superseded_by);
    sink.extend(specs.filter_map(|spec| unknown(context, spec)));
}

fn unknown(context: &Context<'_>, spec: &Field) -> Option<Finding> {
    let Some(number) = number_of(spec.as_str()) else { return misnamed(spec) };
    let is_known = context.yardstick.neighbours.series.exists(number) != Some(false);
    let is_own = context.document.header.number.as_str().trim() == number;
    if is_known || is_own {
        return None;
    }
    Some(
        Finding::new(RULE.name, span(spec)?, format!("there is no XEP-{number}"))
            .help("mend the number, or take it out"),
    )
}

/// What is meant to name a XEP and does not. `XEP-XXXX` is told by `placeholder-left`, where it is wrong.
fn misnamed(spec: &Field) -> Option<Finding> {
    let written = spec.as_str().trim();
    let lower = written.to_ascii_lowercase();
    let rest = ["xep", "jep"].iter().find_map(|series| lower.strip_prefix(series))?;
    let rest = rest.trim_start_matches(['-', ' ', '_']);
    let is_placeholder = rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with("xx");
    let is_meant = !is_placeholder && rest.starts_with(|c: char| c.is_ascii_digit());
    let span = span(spec).filter(|_| is_meant)?;
    let help = match rest.parse::<u16>() {
        Ok(number @ 1..=9999) => format!("write `XEP-{number:04}`"),
        _ => "write `XEP-` and four digits".into(),
    };
    Some(Finding::new(RULE.name, span, format!("`{written}` names no XEP")).help(help))
}
