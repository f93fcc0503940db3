//! # invalid-jid
//!
//! An address is no JID.
//!
//! ## What it does
//!
//! Parses addresses as RFC 7622 says: the parts, their length, the characters that each may hold. Takes those in envelopes, and in
//! every example the attributes `from`, `to`, `jid` and `by`, the text of `jid` elements and the values of form fields whose type is
//! `jid-single` or `jid-multi`. What only stands for an address is passed over.
//!
//! ## Why it matters
//!
//! A receiver cannot compare an address that it cannot parse, and rejects the stanza.
//!
//! ## Wrong
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <to jid='juliet@@capulet.example'/>
//! </envelope>
//! ```
//!
//! ```xml
//! <message from='romeo@montague.example/' to='juliet@capulet.example'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example/orchard' to='juliet@capulet.example'>
//!   <body>Good morrow.</body>
//! </message>
//! ```
//!
//! ```xml
//! <envelope xmlns='urn:xmpp:sce:1'>
//!   <content>
//!     <body xmlns='jabber:client'>Good morrow.</body>
//!   </content>
//!   <to jid='juliet@capulet.example'/>
//! </envelope>
//! ```
//!
//! ## Source
//!
//! - `spec/xep-sce/draft.md#req-compare-bare`
//! - RFC 7622, section 3: <https://www.rfc-editor.org/rfc/rfc7622#section-3>

use super::namespaces::FORMS;
use super::{Context, Rule, fault_rules, stanzas};
use crate::finding::{Finding, Severity, Sink};
use crate::sce::FaultKind;
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::jid;
use std::collections::HashSet;

/// The rule.
pub static RULE: Rule =
    Rule { name: "invalid-jid", severity: Severity::Error, source: include_str!("invalid_jid.rs"), check: Some(check) };

/// The attributes that hold addresses, whatever element they stand on.
const ATTRIBUTES: [&str; 4] = ["by", "from", "jid", "to"];

/// The types of form fields whose values are addresses.
const FIELD_TYPES: [&str; 2] = ["jid-multi", "jid-single"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    fault_rules::tell(RULE.name, FaultKind::InvalidJid, context, sink);
    let told = sink.findings().iter().filter(|found| found.rule == RULE.name).map(|found| found.span);
    let told: HashSet<Span> = told.collect();
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            let attributes = element.attributes.iter().filter(|one| ATTRIBUTES.contains(&one.name.local.as_str()));
            let found = attributes.filter_map(|one| finding(one.value.as_str(), one.value_span));
            let texts = text_addresses(element).into_iter().map(|holder| holder.text().trimmed());
            let found = found.chain(texts.filter_map(|text| finding(text.as_str(), text.whole()?)));
            sink.extend_in(&example.id, found.filter(|found| !told.contains(&found.span)));
        }
    }
}

/// The elements whose text is an address: a `jid` itself, the values of a field for addresses.
fn text_addresses(element: &Element) -> Vec<&Element> {
    let is_field = element.name.is(FORMS, "field");
    let of_type = |field: &Element| field.value("type").is_some_and(|type_| FIELD_TYPES.contains(&type_));
    match element.name.local.as_str() {
        "jid" if element.elements().next().is_none() => vec![element],
        _ if is_field && of_type(element) => element.elements().filter(|child| child.name.is(FORMS, "value")).collect(),
        _ => Vec::new(),
    }
}

fn finding(value: &str, span: Span) -> Option<Finding> {
    if !is_meant(value) {
        return None;
    }
    let error = jid::parse(value).err()?;
    Some(Finding::new(RULE.name, span, format!("`{value}` is no address")).note(error.to_string()))
}

/// Whether a value is meant as an address. Words with spaces between them describe one, unless they hold an `@`.
fn is_meant(value: &str) -> bool {
    let bare = value.split('/').next().unwrap_or(value);
    let has_space = bare.trim().contains(char::is_whitespace);
    stanzas::is_written_out(&value.replace(' ', "")) && (!has_space || bare.contains('@')) && !is_of_gateway(value)
}

/// Whether it is an address of another network, as gateways use them: `tel:+15551234`.
fn is_of_gateway(value: &str) -> bool {
    let scheme = value.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase()))
}
