//! # schema-violation
//!
//! An example breaks the document's own XML Schema.
//!
//! ## What it does
//!
//! Validates the elements of every example with the schemas that the document has. A draft with a `schema.xsd` beside it is held to
//! everything that it says. The examples of other XEPs are often abridged, so there only what cannot be an abridgement is told.
//! Where the schema looks like the one that is wrong, the finding says so.
//!
//! ## Why it matters
//!
//! The text, the schema and the examples say the same in three ways. Where they differ, one reader implements this and the
//! other that.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <sent stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <time stamp='2026-09-14T09:00:00Z'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-receive-schema`, `spec/xep-sce/draft.md#schema`
//! - XML Schema 1.0, Structures: <https://www.w3.org/TR/xmlschema-1/>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::{Violation, ViolationKind};

/// The rule.
pub static RULE: Rule =
    Rule { name: "schema-violation", severity: Severity::Error, source: include_str!("schema_violation.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for (at, violation) in &context.violations {
        let Some(example) = context.examples.get(*at) else { continue };
        if context.yardstick.strict_schema || is_precise(violation) {
            sink.extend_in(&example.id, [finding(violation)]);
        }
    }
}

/// Whether a violation is a fault also where examples are abridged, as those of XEPs are.
fn is_precise(violation: &Violation) -> bool {
    use ViolationKind::{InvalidAttributeValue, InvalidText, MissingAttribute, UnknownAttribute, UnknownElement, WildcardExhausted};
    let kept = matches!(violation.kind, UnknownElement | UnknownAttribute | InvalidAttributeValue | InvalidText | MissingAttribute | WildcardExhausted);
    let foreign = violation.foreign && violation.kind != WildcardExhausted;
    kept && !foreign && !violation.beside_elision && !violation.only_white_space
}

fn finding(violation: &Violation) -> Finding {
    let mut finding = Finding::new(RULE.name, violation.span, violation.message.clone()).note(format!("XML Schema: {}", violation.code));
    if let Some(blame) = &violation.blames_schema {
        finding = finding.related(blame.span, blame.message.clone()).note("the schema is probably to blame, not the example");
    } else if let Some(declared) = violation.declared {
        finding = finding.related(declared, "declared here");
    }
    finding
}
