//! # malformed-command
//!
//! An ad-hoc command is sent in another way than XEP-0050 says, or with a form of another type.
//!
//! ## What it does
//!
//! Looks at the IQs that hold a `command`: a request has the type `set`, never `get`, and sends back a form of type `submit` or `cancel`.
//! The answer holds a form of type `form` to be filled in, or of type `result`; where the command is completed, nothing can be
//! filled in any more. What was left out is not asked for.
//!
//! ## Why it matters
//!
//! Who gets a form of another type does not know that it is to be filled in, or waits for a step that never comes.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='get' id='a1' from='romeo@montague.example/orchard' to='service.example'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' action='execute'/>
//! </iq>
//! ```
//!
//! ```xml
//! <iq type='result' id='a1' from='service.example' to='romeo@montague.example/orchard'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' sessionid='s1' status='executing'>
//!     <x xmlns='jabber:x:data' type='submit'><field var='name'><value>rose</value></field></x>
//!   </command>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='set' id='a1' from='romeo@montague.example/orchard' to='service.example'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' action='execute'/>
//! </iq>
//! ```
//!
//! ```xml
//! <iq type='result' id='a1' from='service.example' to='romeo@montague.example/orchard'>
//!   <command xmlns='http://jabber.org/protocol/commands' node='urn:example:list' sessionid='s1' status='executing'>
//!     <x xmlns='jabber:x:data' type='form'><field var='name' type='text-single'/></x>
//!   </command>
//! </iq>
//! ```
//!
//! ## Source
//!
//! - XEP-0050, 2.4 and 3.4: <https://xmpp.org/extensions/xep-0050.html#execute-multiple>

use super::mismatched_command::COMMANDS;
use super::namespaces::FORMS;
use super::stanzas::{self, Stanza};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::Element;
use crate::xmpp::stanza::StanzaKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-command",
    severity: Severity::Warning,
    source: include_str!("malformed_command.rs"),
    check: Some(check),
};

/// What is wrong with the answer's form that only a request can hold.
const SENT_BACK: &str = "only a request sends a form back";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for stanza in stanzas::shown(context).into_iter().filter(|stanza| stanza.kind == StanzaKind::Iq) {
        if let Some(command) = stanza.element.child(COMMANDS, "command") {
            sink.extend_in(&stanza.example.id, sent_as_get(&stanza).into_iter().chain(of_forms(&stanza, command)));
        }
    }
}

fn sent_as_get(stanza: &Stanza<'_>) -> Option<Finding> {
    let finding = Finding::new(RULE.name, stanza.place("type"), "a command is sent in an `iq` of type `set`");
    (stanza.element.value("type") == Some("get")).then(|| finding.help("write `type='set'`"))
}

/// What is wrong with the types of its forms.
fn of_forms(stanza: &Stanza<'_>, command: &Element) -> Vec<Finding> {
    let is_answer = stanza.element.value("type") == Some("result");
    if !is_answer && !matches!(stanza.element.value("type"), Some("get" | "set")) {
        return Vec::new();
    }
    let is_completed = command.value("status") == Some("completed");
    let forms = command.elements().filter(|child| child.name.is(FORMS, "x"));
    let wrong = forms.filter_map(|form| {
        let type_ = form.attribute("type")?;
        let (message, meant) = match (is_answer, type_.value.as_str()) {
            (true, "submit" | "cancel") if is_completed => (SENT_BACK, "result"),
            (true, "submit" | "cancel") => (SENT_BACK, "form"),
            (true, "form") if is_completed => ("this form is to be filled in, but the command is completed", "result"),
            (false, "form" | "result") => ("the form that a request holds is sent back, not to be filled in", "submit"),
            _ => return None,
        };
        let finding = Finding::new(RULE.name, type_.value_span, message);
        Some(finding.help(format!("write `type='{meant}'`")))
    });
    wrong.collect()
}
