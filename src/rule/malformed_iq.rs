//! # malformed-iq
//!
//! An IQ has no id, or not the children that its type wants.
//!
//! ## What it does
//!
//! Looks at each `iq` in examples: it has an id; a `get` or `set` holds one element that says what is asked, a `result` at most one. What
//! an author left out is not asked for, and the stanzas that a URI before them stands for are sketches.
//!
//! ## Why it matters
//!
//! An answer without an id finds no request. A server refuses a request with two payloads or none.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='get' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//! ```
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'/>
//! ```
//!
//! ```xml
//! <iq type='set' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//!   <time xmlns='urn:xmpp:time'/>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 8.2.3: <https://www.rfc-editor.org/rfc/rfc6120#section-8.2.3>

use super::span_set::SpanSet;
use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::xml::Node;
use crate::xmpp::stanza::{StanzaKind, stanza_error};

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-iq",
    severity: Severity::Warning,
    source: include_str!("malformed_iq.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    // What is wrong with its tag or its content otherwise is the cause.
    let told = sink.findings().iter().map(|finding| finding.span);
    let problems = context.examples.iter().flat_map(|example| &example.problems).map(|problem| problem.span);
    let told = SpanSet::new(told.chain(problems));
    let iqs = stanzas::shown(context).into_iter().filter(|stanza| stanza.kind == StanzaKind::Iq);
    let is_sketch = |iq: &Stanza<'_>| iq.element.attribute("from").is_none() && context.is_sketch(iq.example);
    for iq in iqs.filter(|iq| !is_abridged(iq) && !is_template(iq) && !is_sketch(iq)) {
        let found = of_id(&iq).or_else(|| of_children(&iq));
        sink.extend_in(&iq.example.id, found.filter(|_| !told.meet(iq.element.span)));
    }
}

/// Whether something was left out of it. That it has no type is told by another rule.
fn is_abridged(iq: &Stanza<'_>) -> bool {
    iq.is_abridged() || beside_elision(iq.element) || iq.element.attribute("type").is_none()
}

/// Whether it shows a form, with nobody in it and with places to be filled in.
fn is_template(iq: &Stanza<'_>) -> bool {
    let is_nobodys = ["from", "id", "to"].iter().all(|name| iq.element.attribute(name).is_none());
    let text = iq.example.text.as_str();
    is_nobodys && (text.contains(['[', '{', '\u{2026}']) || text.contains("..."))
}

fn of_id(iq: &Stanza<'_>) -> Option<Finding> {
    let is_missing = iq.element.attribute("id").is_none();
    is_missing.then(|| {
        let finding = Finding::new(RULE.name, iq.element.name_span, "this `iq` has no id");
        finding.help("give it one, or show by an ellipsis that it was left out")
    })
}

fn of_children(iq: &Stanza<'_>) -> Option<Finding> {
    let type_ = iq.element.value("type")?;
    let has_text = iq
        .element
        .children
        .iter()
        .any(|child| matches!(child, Node::Text(text) if !text.text.as_str().trim().is_empty()));
    let mut children = iq.element.elements();
    match (type_, children.next(), children.next()) {
        // Then the type is wrong, and another rule tells it.
        _ if stanza_error(iq.element).is_some() => None,
        ("get" | "set", None, _) if !has_text => {
            let message = format!("this `{type_}` does not say what it asks");
            Some(Finding::new(RULE.name, iq.element.name_span, message).help("put one element into it"))
        }
        ("get" | "set" | "result", Some(first), Some(second)) => {
            let message = format!("a second element in an `iq` of type `{type_}`");
            let finding = Finding::new(RULE.name, second.name_span, message);
            Some(finding.related(first.name_span, "the first"))
        }
        _ => None,
    }
}
