//! # unqualified-payload
//!
//! What a stanza carries has no namespace of its own.
//!
//! ## What it does
//!
//! Looks for children of messages, presence and IQs that are in the stanza's own namespace and that RFC 6120 and 6121 do not define there,
//! and for a stanza in a `forwarded` of XEP-0297 that has the namespace of that instead of its own. A data form that has the namespace of
//! what holds it is told too, and, where no schema describes that, an element that stands there once and has elsewhere in the same
//! place a namespace of its own.
//!
//! ## Why it matters
//!
//! A receiver knows elements by their namespace. Without one the payload is an unknown part of the stanza, and nobody answers it.
//!
//! ## Wrong
//!
//! ```xml
//! <iq type='get' id='a1' to='capulet.example'>
//!   <ping/>
//! </iq>
//! ```
//!
//! ```xml
//! <message to='juliet@capulet.example'>
//!   <forwarded xmlns='urn:xmpp:forward:0'>
//!     <message from='romeo@montague.example'><body>Good morrow.</body></message>
//!   </forwarded>
//! </message>
//! ```
//!
//! ```xml
//! <captcha xmlns='urn:xmpp:captcha'>
//!   <x type='submit'><field var='answer'><value>7</value></field></x>
//! </captcha>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='get' id='a1' to='capulet.example'>
//!   <ping xmlns='urn:xmpp:ping'/>
//! </iq>
//! ```
//!
//! ```xml
//! <message to='juliet@capulet.example'>
//!   <forwarded xmlns='urn:xmpp:forward:0'>
//!     <message xmlns='jabber:client' from='romeo@montague.example'><body>Good morrow.</body></message>
//!   </forwarded>
//! </message>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 8.4: <https://www.rfc-editor.org/rfc/rfc6120#section-8.4>
//! - XEP-0297, 3: <https://xmpp.org/extensions/xep-0297.html#usecases>

use super::namespaces::FORMS;
use super::near_miss_name::is_without_schema;
use super::{Context, Rule, misspelt_xmlns, stanzas};
use crate::example::lexicon::{Lexicon, OfOthers, Usage};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::xml::{CLIENT, Element, Name};
use crate::xmpp::stanza::StanzaKind;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unqualified-payload",
    severity: Severity::Error,
    source: include_str!("unqualified_payload.rs"),
    check: Some(check),
};

/// The element that holds a stanza which is forwarded, in whatever version of its namespace.
const FORWARDED: &str = "forwarded";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for stanza in stanzas::shown(context).into_iter().filter(|stanza| !beside_elision(stanza.element)) {
        let own = stanza.element.elements().filter(|child| child.name.namespace == stanza.element.name.namespace);
        let unknown = own.filter(|child| !of_stanzas(stanza.kind).contains(&child.name.local.as_str()));
        let unknown = unknown.filter(|child| !child.attributes.iter().any(misspelt_xmlns::is_meant));
        let meant = unknown.filter(|child| !is_stand_in(child) && !stanza.example.has_elision_in(child.start_tag));
        let found = meant.map(|child| unqualified(child, stanza.kind.name()));
        sink.extend_in(&stanza.example.id, found);
    }
    for example in context.meant_right() {
        let all = example.elements().flat_map(Element::descendants);
        let forwarded = all.filter(|element| element.name.local == FORWARDED && element.name.namespace != CLIENT);
        let lost = forwarded.flat_map(|forwarded| {
            let same = move |child: &&Element| child.name.namespace == forwarded.name.namespace;
            forwarded.elements().filter(same).filter(|child| is_stanza(&child.name.local))
        });
        let found = lost.map(|child| {
            let message = format!("this `{}` has the namespace of what forwards it", child.name.local);
            Finding::new(RULE.name, child.name_span, message).help(format!("add `xmlns='{CLIENT}'`"))
        });
        sink.extend_in(&example.id, found);
    }
    inherited(context, sink);
}

/// Tells elements that have the namespace of what holds them, and should have their own.
fn inherited(context: &Context<'_>, sink: &mut Sink) {
    let mut own = Lexicon::default();
    own.learn(context.examples, &|namespace| is_without_schema(namespace, context));
    let mut children: HashMap<&Name, ByLocalName<'_>> = HashMap::new();
    for example in context.meant_right() {
        for holder in example.elements().flat_map(Element::descendants) {
            let others = context.yardstick.neighbours.shown.by_others(&holder.name);
            let inherits = |child: &&Element| child.name.namespace == holder.name.namespace && child.prefix.is_none();
            let inheriting =
                holder.elements().filter(inherits).filter(|_| !matches!(&*holder.name.namespace, "" | CLIENT));
            let found = inheriting.filter_map(|child| {
                if example.has_elision_in(child.start_tag) || child.attributes.iter().any(misspelt_xmlns::is_meant) {
                    return None;
                }
                let meant = match is_form(child) {
                    true => FORMS,
                    false => {
                        let usage = own.get(&holder.name).filter(|usage| is_single(child, usage, others))?;
                        let known = children.entry(&holder.name).or_insert_with(|| by_local_name(usage, others));
                        own_namespace(child, known)?
                    }
                };
                let message = format!("`{}` in `{}` has no namespace of its own", child.name.local, holder.name.local);
                Some(Finding::new(RULE.name, child.name_span, message).help(format!("add `xmlns='{meant}'`")))
            });
            sink.extend_in(&example.id, found);
        }
    }
}

/// Whether an element is a data form without its namespace.
fn is_form(element: &Element) -> bool {
    let is_field = |child: &Element| child.name.local == "field" && child.attribute("var").is_some();
    element.name.local == "x" && element.name.namespace != FORMS && element.elements().any(is_field)
}

/// The children that a holder has somewhere, by their names without namespaces.
type ByLocalName<'a> = HashMap<&'a str, Vec<&'a Name>>;

fn by_local_name<'a>(own: &'a Usage, others: Option<OfOthers<'a>>) -> ByLocalName<'a> {
    let mut all = ByLocalName::new();
    for name in own.children.keys().chain(others.into_iter().flat_map(OfOthers::children)) {
        all.entry(&name.local).or_default().push(name);
    }
    all
}

/// Whether a child stands so only once in such a holder.
fn is_single(child: &Element, own: &Usage, others: Option<OfOthers<'_>>) -> bool {
    let here = own.children.get(&child.name).copied().unwrap_or(0);
    here + others.map_or(0, |all| all.with_child(&child.name)) == 1
}

/// The namespace that a child has elsewhere in such a holder.
fn own_namespace<'a>(child: &Element, known: &ByLocalName<'a>) -> Option<&'a str> {
    let same = known.get(child.name.local.as_str())?;
    same.iter().find(|other| other.namespace != child.name.namespace).map(|other| other.namespace.as_str())
}

/// The children that the RFCs define in the namespace of stanzas: RFC 6121, 4.7.2 and 5.2, and RFC 6120, 8.3.
fn of_stanzas(kind: StanzaKind) -> &'static [&'static str] {
    match kind {
        StanzaKind::Message => &["body", "error", "subject", "thread"],
        StanzaKind::Presence => &["error", "priority", "show", "status"],
        StanzaKind::Iq => &["error"],
    }
}

/// Whether an element only says that something stands here: it has nothing that a real one would have.
fn is_stand_in(element: &Element) -> bool {
    element.prefix.is_some() || element.name.local.contains(['.', '_']) || StanzaKind::of(element).is_some()
}

fn is_stanza(name: &str) -> bool {
    StanzaKind::ALL.iter().any(|kind| kind.name() == name)
}

fn unqualified(child: &Element, stanza: &str) -> Finding {
    let message = format!("`{}` in `{stanza}` has no namespace of its own", child.name.local);
    Finding::new(RULE.name, child.name_span, message).help("add `xmlns='...'` with the namespace that defines it")
}
