//! # mismatched-command
//!
//! An answer to an ad-hoc command is about another command, or another run of it.
//!
//! ## What it does
//!
//! Takes each answer that holds a `command` with the last request of the same `id` before it in the same section: both name the same
//! node, and where both name a session it is the same. A step names a session that an answer in the document has given, and one that
//! sends back the form of such an answer names one at all.
//!
//! ## Why it matters
//!
//! Node and session are all by which both sides know which command is meant. With another one the steps do not belong together.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='set' id='a1' from='romeo@montague.example/orchard' to='service.example'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' action='execute'/>
//! </iq>
//!
//! <iq type='result' id='a1' from='service.example' to='romeo@montague.example/orchard'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:lists' sessionid='s1' status='executing'/>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='set' id='a1' from='romeo@montague.example/orchard' to='service.example'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' action='execute'/>
//! </iq>
//!
//! <iq type='result' id='a1' from='service.example' to='romeo@montague.example/orchard'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' sessionid='s1' status='executing'/>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - XEP-0050, 3.3 and 3.4: <https://xmpp.org/extensions/xep-0050.html#session>

use super::namespaces::FORMS;
use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::{Attribute, Element};
use crate::xmpp::stanza::StanzaKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mismatched-command",
    severity: Severity::Warning,
    source: include_str!("mismatched_command.rs"),
    check: Some(check),
};

/// The namespace of ad-hoc commands.
pub(super) const COMMANDS: &str = "http://jabber.org/protocol/commands";

/// A stanza with its command.
#[derive(Clone, Copy)]
struct Step<'a> {
    stanza: Stanza<'a>,
    command: &'a Element,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let steps: Vec<Step<'_>> = stanzas::shown(context).into_iter().filter_map(step).collect();
    for (at, step) in steps.iter().enumerate() {
        let before = steps.get(..at).unwrap_or_default();
        let found =
            if is_request(step) { lost(step, &steps).or_else(|| alone(step, before)) } else { astray(step, before) };
        sink.extend_in(&step.stanza.example.id, found);
    }
}

fn step(stanza: Stanza<'_>) -> Option<Step<'_>> {
    let command = stanza.element.child(COMMANDS, "command").filter(|_| stanza.kind == StanzaKind::Iq)?;
    Some(Step { stanza, command })
}

fn is_request(step: &Step<'_>) -> bool {
    matches!(step.stanza.element.value("type"), Some("get" | "set"))
}

/// An attribute of the command whose value is written out.
fn written<'a>(step: &Step<'a>, name: &str) -> Option<&'a Attribute> {
    step.command.attribute(name).filter(|attribute| stanzas::is_written_out(attribute.value.as_str()))
}

/// What is wrong with an answer: it is about another node or session than the request before it.
fn astray(answer: &Step<'_>, before: &[Step<'_>]) -> Option<Finding> {
    let id = answer.stanza.value("id")?;
    let is_asked = |request: &&Step<'_>| {
        let is_same_section = request.stanza.example.sections.first() == answer.stanza.example.sections.first();
        is_request(request) && request.stanza.value("id") == Some(id) && is_same_section
    };
    let request = before.iter().rev().find(is_asked)?;
    ["node", "sessionid"].into_iter().find_map(|name| {
        let (own, asked) = (written(answer, name)?, written(request, name)?);
        (own.value.as_str() != asked.value.as_str()).then(|| {
            let message = format!("this answers a command with the {name} `{}`", asked.value.as_str());
            Finding::new(RULE.name, own.value_span, message).related(asked.value_span, "the request")
        })
    })
}

/// What is wrong with a step of a run: no answer has given its session, and one of the same command has given another.
fn lost(request: &Step<'_>, steps: &[Step<'_>]) -> Option<Finding> {
    let session = written(request, "sessionid")?;
    let node = request.command.value("node")?;
    let section = request.stanza.example.sections.first();
    let answers =
        || steps.iter().filter(|step| !is_request(step)).filter_map(|step| Some((step, written(step, "sessionid")?)));
    if answers().any(|(_, given)| given.value.as_str() == session.value.as_str()) {
        return None;
    }
    let is_near =
        |step: &Step<'_>| step.command.value("node") == Some(node) && step.stanza.example.sections.first() == section;
    let (_, given) = answers().find(|(step, _)| is_near(step))?;
    let message = format!("no answer has given the session `{}`", session.value.as_str());
    let finding = Finding::new(RULE.name, session.value_span, message);
    Some(finding.related(given.value_span, "the session of this command"))
}

/// What is wrong with a step that sends back the form of an answer before it: it names no session.
fn alone(request: &Step<'_>, before: &[Step<'_>]) -> Option<Finding> {
    let form = request.command.child(FORMS, "x").filter(|form| form.value("type") == Some("submit"));
    let is_left_out = request.stanza.example.has_elision_in(request.command.start_tag);
    let is_alone = form.is_some() && request.command.attribute("sessionid").is_none() && !is_left_out;
    let is_asked = |answer: &&Step<'_>| {
        let is_near = answer.stanza.example.sections == request.stanza.example.sections;
        is_near && !is_request(answer) && answer.command.value("node") == request.command.value("node")
    };
    let answer =
        before.iter().rev().find(is_asked).filter(|answer| answer.command.value("status") == Some("executing"));
    let given = written(answer.filter(|_| is_alone)?, "sessionid")?;
    let finding = Finding::new(RULE.name, request.command.name_span, "this step of a command names no session");
    let help = format!("add `sessionid='{}'`", given.value.as_str());
    Some(finding.related(given.value_span, "the session that it goes on with").help(help))
}
