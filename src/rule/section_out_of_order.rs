//! # section-out-of-order
//!
//! A section is not where the template of XEPs has it.
//!
//! ## What it does
//!
//! Holds the order of the sections that the template names against its own. Other sections may be anywhere between them.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! Readers find the sections of one XEP where those of the others are. XEP-0143 asks for something like this order.
//!
//! ## Wrong
//!
//! ```markdown
//! # Glossary {#glossary}
//!
//! There is none.
//!
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
//! # Glossary {#glossary}
//!
//! There is none.
//!
//! # Protocol {#protocol}
//!
//! There is none.
//!
//! # Security Considerations {#security}
//!
//! There are none.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, The Sections of a XEP Document: <https://xmpp.org/extensions/xep-0143.html#sections>
//! - The template: <https://github.com/xsf/xeps/blob/master/xep-template.xml>

use super::template::Sections;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "section-out-of-order",
    severity: Severity::Info,
    source: include_str!("section_out_of_order.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let sections = Sections::of(context.document);
    for moved in sections.out_of_order() {
        let message = format!("the template has `{}` {} `{}`", moved.topic, moved.side, moved.other);
        sink.push(Finding::new(RULE.name, moved.span, message).help("move the section there"));
    }
}
