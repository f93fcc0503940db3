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
use crate::example::{Example, Kind};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::{Violation, ViolationKind};
use crate::source::Span;
use crate::xml::parse::distance_at_most;
use crate::xml::{Element, Name};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "schema-violation",
    severity: Severity::Error,
    source: include_str!("schema_violation.rs"),
    check: Some(check),
};

/// How often the same must stand in a document until the schema is suspected rather than the examples.
const OFTEN: usize = 3;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let told: Vec<(&Example, &Violation)> = context
        .violations
        .iter()
        .filter_map(|(at, violation)| Some((context.examples.get(*at)?, violation)))
        .filter(|(example, violation)| match context.yardstick.strict_schema {
            true => !is_elision(violation),
            false => is_precise(example, violation, context),
        })
        .collect();
    let counted = count(&told);
    let mut blamed = BTreeSet::new();
    let mut lacking: Option<(&Example, Vec<&Violation>)> = None;
    for (example, violation) in told {
        if let Some(blame) = &violation.blames_schema
            && !blamed.insert((blame.span.file, blame.span.start, blame.message.as_str()))
        {
            // What is wrong is the schema, at one place, and that is told.
            continue;
        }
        let same_element = lacking.as_ref().is_some_and(|(_, violations)| {
            violations.first().is_some_and(|first| first.span == violation.span && first.kind == violation.kind)
        });
        match &mut lacking {
            Some((_, violations)) if same_element => violations.push(violation),
            _ => {
                flush(lacking.take(), &counted, sink);
                lacking = Some((example, vec![violation]));
            }
        }
    }
    flush(lacking, &counted, sink);
}

/// Tells violations at one place as one finding.
fn flush(violations: Option<(&Example, Vec<&Violation>)>, counted: &Counted<'_>, sink: &mut Sink) {
    let Some((example, violations)) = violations else { return };
    let Some(first) = violations.first() else { return };
    let mut finding = finding(first, counted);
    if first.kind == ViolationKind::MissingAttribute && violations.len() > 1 {
        let names: Vec<String> = violations.iter().map(|violation| format!("`{}`", violation.name.local)).collect();
        finding.message = format!("`{}` lacks the attributes {}", first.parent.local, names.join(", "));
    } else {
        let rest = violations.iter().skip(1).map(|violation| self::finding(violation, counted));
        sink.extend_in(&example.id, rest);
    }
    sink.extend_in(&example.id, [finding]);
}

/// Whether the value that is wrong says that it is left out: no schema allows `...`, and every reader understands it.
pub(super) fn is_elision(violation: &Violation) -> bool {
    let value = violation.message.split('`').nth(1).unwrap_or("");
    matches!(violation.kind, ViolationKind::InvalidText | ViolationKind::InvalidAttributeValue)
        && matches!(value.trim(), "..." | "…" | "[...]" | "[…]")
}

/// Whether a violation is a fault also where examples are abridged, as those of XEPs are.
pub(super) fn is_precise(example: &Example, violation: &Violation, context: &Context<'_>) -> bool {
    use ViolationKind::{
        InvalidAttributeValue, InvalidText, MissingAttribute, UnknownAttribute, UnknownElement, WildcardExhausted,
    };
    let kept = matches!(
        violation.kind,
        UnknownElement | UnknownAttribute | InvalidAttributeValue | InvalidText | MissingAttribute | WildcardExhausted
    );
    let foreign = violation.foreign && violation.kind != WildcardExhausted;
    let left_out = violation.beside_elision || violation.kind == MissingAttribute && example.kind == Kind::Partial;
    let stands_for = violation.only_white_space || violation.placeholder;
    kept && !foreign
        && !left_out
        && !stands_for
        && !is_returned(example, violation.span)
        && is_readable(context, violation)
}

/// Whether a place is in the payload of an error, which repeats a request that was refused, mostly for what is wrong in it.
pub(super) fn is_returned(example: &Example, span: Span) -> bool {
    let elements = example.elements().flat_map(Element::descendants);
    let mut errors = elements.filter(|element| element.value("type") == Some("error") && element.span.contains(span));
    errors.any(|stanza| stanza.elements().any(|child| child.name.local != "error" && child.span.contains(span)))
}

/// Whether the schema could be read whole: what it seems to forbid may else stand in the part that was lost.
pub(super) fn is_readable(context: &Context<'_>, violation: &Violation) -> bool {
    let mut schemas = context.yardstick.schema_sources.iter();
    !schemas.any(|schema| schema.target_namespace() == violation.parent.namespace && !schema.problems().is_empty())
}

/// What makes two violations the same: the sort, the element, and what is said of a value or name, whichever it is.
type Key<'a> = (ViolationKind, &'a Name, &'a str);

/// How often the same is told, and in which examples.
type Counted<'a> = BTreeMap<Key<'a>, (usize, BTreeSet<&'a str>)>;

fn key(violation: &Violation) -> Key<'_> {
    let is_value = matches!(violation.kind, ViolationKind::InvalidText | ViolationKind::InvalidAttributeValue);
    let message = violation.message.as_str();
    let said = if is_value { message.split_once("` ").map_or(message, |(_, said)| said) } else { message };
    (violation.kind, &violation.parent, said)
}

fn count<'a>(told: &[(&'a Example, &'a Violation)]) -> Counted<'a> {
    let mut counted = Counted::new();
    for (example, violation) in told {
        let entry = counted.entry(key(violation)).or_default();
        entry.0 += 1;
        entry.1.insert(&example.id);
    }
    counted
}

fn finding(violation: &Violation, counted: &Counted<'_>) -> Finding {
    let code = format!("XML Schema: {}", violation.code);
    let mut finding = Finding::new(RULE.name, violation.span, violation.message.clone()).note(code);
    if let Some(blame) = &violation.blames_schema {
        finding = finding.related(blame.span, blame.message.clone());
        return finding.note("the schema is probably to blame, not the example");
    }
    if let Some(declared) = violation.declared {
        finding = finding.related(declared, "declared here");
    }
    match counted.get(&key(violation)) {
        Some((times, examples)) if *times >= OFTEN && examples.len() > 1 && !seems_misspelt(violation) => finding
            .note(format!("it stands so in {times} places of this document: the schema may be what is out of date")),
        _ => finding,
    }
}

/// Whether one of the names that are allowed is close to the one that is not.
fn seems_misspelt(violation: &Violation) -> bool {
    let mut named = violation.message.split('`').skip(1).step_by(2);
    named.any(|name| name != violation.name.local && distance_at_most(name, &violation.name.local, 2))
}
