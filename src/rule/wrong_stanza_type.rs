//! # wrong-stanza-type
//!
//! The type of a stanza is not one of those that it can have, or does not go with what it holds.
//!
//! ## What it does
//!
//! Holds the `type` of messages, presence and IQs against RFC 6120 and 6121: an IQ has one, and its value is among those of its sort. A
//! stanza with an `error` has the type `error`, and one of that type has an `error`. Stanzas out of which something was left are not
//! asked for what is missing. The `type` of the error itself is one of the five that there are. A second `get` for the same with the same
//! `id`, which goes back from where the first one went, is an answer of the wrong type.
//!
//! ## Why it matters
//!
//! The type decides what a receiver does. An answer of type `result` is taken for success, whatever it holds.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='result' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ```xml
//! <presence type='available' from='juliet@capulet.example/balcony'/>
//! ```
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='abort'>
//!     <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'>
//!   <query xmlns='http://jabber.org/protocol/disco#info'/>
//! </iq>
//!
//! <iq type='get' id='a1' from='capulet.example' to='romeo@montague.example/orchard'>
//!   <query xmlns='http://jabber.org/protocol/disco#info'>
//!     <feature var='http://jabber.org/protocol/disco#info'/>
//!   </query>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='error' id='a1' from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard'>
//!   <error type='cancel'>
//!     <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
//!   </error>
//! </iq>
//! ```
//!
//! ```xml
//! <presence from='juliet@capulet.example/balcony'/>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 8.2.3 and 8.3.1: <https://www.rfc-editor.org/rfc/rfc6120#section-8.2.3>
//! - RFC 6121, 4.7.1 and 5.2.2: <https://www.rfc-editor.org/rfc/rfc6121#section-4.7.1>

use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::xmpp::stanza::{ErrorType, StanzaKind, stanza_error};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-stanza-type",
    severity: Severity::Error,
    source: include_str!("wrong_stanza_type.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for stanza in stanzas::shown(context) {
        let found = of_type(&stanza).or_else(|| of_error(&stanza));
        sink.extend_in(&stanza.example.id, found.into_iter().chain(type_of_error(&stanza)));
    }
    answers_that_ask(context, sink);
}

/// Answers that ask for what they are the answer to, by their types.
fn answers_that_ask(context: &Context<'_>, sink: &mut Sink) {
    let mut last: HashMap<(&str, Option<&usize>), Stanza<'_>> = HashMap::new();
    for iq in stanzas::shown(context) {
        let is_request = iq.kind == StanzaKind::Iq && matches!(iq.element.value("type"), Some("get" | "set"));
        let Some(id) = iq.value("id").filter(|_| is_request) else { continue };
        match last.entry((id, iq.example.sections.first())) {
            Entry::Occupied(request) if stanzas::asks_back(request.get(), &iq) => {
                let finding = Finding::new(RULE.name, iq.place("type"), "this answers a request, and asks itself");
                let finding = finding.related(request.get().place("id"), "the request");
                let help = "write `type='result'`, or give it an id of its own";
                sink.extend_in(&iq.example.id, [finding.help(help)]);
            }
            entry => {
                entry.insert_entry(iq);
            }
        }
    }
}

/// What is wrong with the type by itself.
fn of_type(stanza: &Stanza<'_>) -> Option<Finding> {
    let types = stanza.kind.types();
    let name = stanza.kind.name();
    match stanza.element.value("type") {
        None if stanza.kind == StanzaKind::Iq && !is_abridged(stanza) => {
            let finding = Finding::new(RULE.name, stanza.element.name_span, "this `iq` has no type");
            Some(finding.help(format!("give it one of {}", listed(types))))
        }
        None => None,
        Some(_) => {
            let value = stanza.value("type").filter(|value| !types.contains(value))?;
            let message = format!("`{value}` is no type of a `{name}`");
            let finding = Finding::new(RULE.name, stanza.place("type"), message);
            Some(match (stanza.kind, value) {
                (StanzaKind::Presence, "available") => finding.help("leave the attribute out: then it is available"),
                _ => finding.help(format!("write one of {}", listed(types))),
            })
        }
    }
}

/// Whether something was left out of it.
fn is_abridged(stanza: &Stanza<'_>) -> bool {
    stanza.is_abridged() || beside_elision(stanza.element)
}

fn listed(types: &[&str]) -> String {
    types.iter().map(|type_| format!("`{type_}`")).collect::<Vec<_>>().join(", ")
}

/// What is wrong with the type of the error itself.
fn type_of_error(stanza: &Stanza<'_>) -> Option<Finding> {
    let type_ = stanza_error(stanza.element)?.attribute("type")?;
    let value = Some(type_.value.as_str()).filter(|value| stanzas::is_written_out(value))?;
    let types: Vec<&str> = ErrorType::ALL.iter().map(|type_| type_.name()).collect();
    (!types.contains(&value)).then(|| {
        let finding = Finding::new(RULE.name, type_.value_span, format!("`{value}` is no type of an error"));
        finding.help(format!("write one of {}", listed(&types)))
    })
}

/// Whether the type goes with the error that a stanza has or lacks.
fn of_error(stanza: &Stanza<'_>) -> Option<Finding> {
    let name = stanza.kind.name();
    let is_error = stanza.element.value("type") == Some("error");
    match stanza_error(stanza.element) {
        Some(error) if !is_error => {
            stanza.element.value("type").map_or(!stanza.is_abridged(), |_| stanza.value("type").is_some()).then(|| {
                let finding = Finding::new(
                    RULE.name,
                    stanza.place("type"),
                    format!("a `{name}` with an error is not of type `error`"),
                );
                finding.related(error.name_span, "the error").help("write `type='error'`")
            })
        }
        None if is_error && !is_abridged(stanza) => {
            let finding = Finding::new(
                RULE.name,
                stanza.place("type"),
                format!("this `{name}` of type `error` holds no `error`"),
            );
            Some(finding.help("add the `error` with its condition, or show by an ellipsis that it was left out"))
        }
        _ => None,
    }
}
