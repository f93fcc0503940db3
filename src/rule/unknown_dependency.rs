//! # unknown-dependency
//!
//! The header names a XEP that does not exist.
//!
//! ## What it does
//!
//! Looks up the XEPs among the dependencies, and those that are superseded or supersede, among the documents of the run and
//! the names in `xep.ent`. Without an `xep.ent` the built-in table of names is asked, and a number above all of its own is
//! unknown, not wrong.
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
use super::series::number_of;
use super::{Context, Rule};
use crate::document::Field;
use crate::finding::{Finding, Severity, Sink};

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
    let number = number_of(spec.as_str())?;
    let is_known = context.yardstick.series.exists(number) != Some(false);
    let is_own = context.document.header.number.as_str().trim() == number;
    if is_known || is_own {
        return None;
    }
    Some(
        Finding::new(RULE.name, span(spec)?, format!("there is no XEP-{number}"))
            .help("mend the number, or take it out"),
    )
}
