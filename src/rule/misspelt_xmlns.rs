//! # misspelt-xmlns
//!
//! An attribute is nearly `xmlns`.
//!
//! ## What it does
//!
//! Looks at attributes whose name differs from `xmlns` by a slip and whose value is a namespace.
//!
//! ## Why it matters
//!
//! For a parser it is an attribute like any other: the element silently stays in the namespace of what it stands in, and nobody
//! who looks for it finds it.
//!
//! ## Wrong
//!
//! ```xml
//! <message to='romeo@montague.example'><body>Good morrow.</body><markable xmlsn='urn:xmpp:chat-markers:0'/></message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message to='romeo@montague.example'><body>Good morrow.</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>
//! ```
//!
//! ## Source
//!
//! - Namespaces in XML 1.0, 3: <https://www.w3.org/TR/xml-names/#ns-decl>

use super::{Context, Rule};
use crate::finding::{Edit, Finding, Fix, Severity, Sink};
use crate::xml::parse::slips_at_most;
use crate::xml::{Attribute, Element};

/// The rule.
pub static RULE: Rule = Rule {
    name: "misspelt-xmlns",
    severity: Severity::Error,
    source: include_str!("misspelt_xmlns.rs"),
    check: Some(check),
};

const MEANT: &str = "xmlns";

/// How many letters may be wrong: two that changed places are two.
const SLIPS: usize = 2;

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            sink.extend_in(&example.id, element.attributes.iter().filter(|one| is_meant(one)).map(finding));
        }
    }
}

/// Whether an attribute is meant to declare a namespace.
pub(super) fn is_meant(attribute: &Attribute) -> bool {
    let name = attribute.name.local.as_str();
    let is_namespace = |value: &str| value.contains(':') && !value.contains(char::is_whitespace);
    attribute.prefix.is_none()
        && name.contains(['m', 'l'])
        && slips_at_most(&name.to_ascii_lowercase(), MEANT, SLIPS)
        && is_namespace(attribute.value.as_str())
}

fn finding(attribute: &Attribute) -> Finding {
    let name = attribute.name.local.as_str();
    let message = format!("`{name}` is nearly `{MEANT}`, but declares nothing");
    let finding = Finding::new(RULE.name, attribute.span, message).help(format!("write `{MEANT}`"));
    let start = attribute.span.start;
    let span = crate::source::Span::new(attribute.span.file, start, start + name.len());
    finding.fix(Fix { safe: true, message: format!("write `{MEANT}`"), edits: vec![Edit { span, text: MEANT.into() }] })
}
