//! # missing-required-section
//!
//! A section that every XEP must have is missing.
//!
//! ## What it does
//!
//! Looks for the sections *Security Considerations*, *IANA Considerations* and *XMPP Registrar Considerations*.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The editor sends documents without them back. A section that has nothing to say says that.
//!
//! ## Wrong
//!
//! ```markdown
//! # Introduction {#intro}
//!
//! Nothing is shown.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Introduction {#intro}
//!
//! Nothing is shown.
//!
//! # Security Considerations {#security}
//!
//! There are none.
//!
//! # IANA Considerations {#iana}
//!
//! This document requires no interaction with &IANA;.
//!
//! # XMPP Registrar Considerations {#registrar}
//!
//! No namespaces or parameters need to be registered with the XMPP Registrar as a result of this document.
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
    name: "missing-required-section",
    severity: Severity::Warning,
    source: include_str!("missing_required_section.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let sections = Sections::of(context.document);
    for section in sections.missing(|need| matches!(need, Need::Required(_))) {
        let Need::Required(nothing) = section.need else { continue };
        let place = sections.place_of(section);
        let beside = place.as_ref().map_or(String::new(), |place| format!(" {} `{}`", place.side, place.section));
        let span = place.map(|place| place.span).or(span(&context.document.header.title));
        let Some(span) = span else { continue };
        let finding = Finding::new(RULE.name, span, format!("there is no section `{}`", section.topic));
        sink.push(finding.help(format!("add it{beside}; where there is nothing to say, write \"{nothing}\"")));
    }
}
