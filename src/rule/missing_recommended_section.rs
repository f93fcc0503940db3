//! # missing-recommended-section
//!
//! Sections that the template of XEPs recommends are missing.
//!
//! ## What it does
//!
//! Looks for the sections *Introduction* and *Requirements*, for *Use Cases* where no section of the document's own can say how
//! the protocol works, and in a XEP of the Standards Track for *XML Schema*.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! Readers look for them: the requirements say what the XEP is for, and the use cases what people do with it. The Council wants
//! to see a schema before it approves a protocol.
//!
//! ## Wrong
//!
//! ```markdown
//! # Introduction {#intro}
//!
//! Nothing is shown.
//!
//! # Security Considerations {#security}
//!
//! There are none.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Introduction {#intro}
//!
//! Nothing is shown.
//!
//! # Requirements {#reqs}
//!
//! There are none.
//!
//! # Use Cases {#usecases}
//!
//! There are none.
//!
//! # XML Schema {#schema}
//!
//! There is none.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, The Sections of a XEP Document: <https://xmpp.org/extensions/xep-0143.html#sections>
//! - The template: <https://github.com/xsf/xeps/blob/master/xep-template.xml>

use super::header_facts::span;
use super::template::{Need, Sections};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-recommended-section",
    severity: Severity::Info,
    source: include_str!("missing_recommended_section.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let is_protocol = header.type_.as_str().trim() == "Standards Track";
    let sections = Sections::of(context.document);
    let missing = sections.missing(|need| match need {
        Need::Recommended => true,
        Need::Core => !sections.has_others,
        Need::OfProtocols => is_protocol,
        Need::Required(_) | Need::Optional => false,
    });
    let topics: Vec<String> = missing.iter().map(|section| format!("`{}`", section.topic)).collect();
    let place =
        missing.first().and_then(|section| sections.place_of(section)).map(|place| place.span).or(span(&header.title));
    let Some(place) = place.filter(|_| !topics.is_empty()) else { return };
    let (topics, them) = (topics.join(", "), if topics.len() == 1 { "it" } else { "them" });
    let finding =
        Finding::new(RULE.name, place, format!("the template recommends sections that are missing: {topics}"));
    sink.push(finding.help(format!("add {them}, or leave {them} out if the document says this elsewhere")));
}
