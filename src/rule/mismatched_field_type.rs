//! # mismatched-field-type
//!
//! A form gives a field another type than the registry.
//!
//! ## What it does
//!
//! Holds the types of fields in the forms of a document against those that the same document asks the Registrar to register, by
//! `FORM_TYPE` and name. A form may hide a field whose value is settled, and may list what there is to choose from.
//!
//! ## Why it matters
//!
//! Implementers take the type from either place. A client that gets another one shows the wrong control, and a server may refuse what
//! comes back.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[<x xmlns='jabber:x:data' type='form'>
//!       <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!       <field var='room#secret' type='text-private' label='Password'/></x>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <code><![CDATA[<form_type><name>urn:example:room</name>
//!       <field var='room#secret' type='boolean' label='Password'/></form_type>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[<x xmlns='jabber:x:data' type='form'>
//!       <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!       <field var='room#secret' type='text-private' label='Password'/></x>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <code><![CDATA[<form_type><name>urn:example:room</name>
//!       <field var='room#secret' type='text-private' label='Password'/></form_type>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0068, 3.3: <https://xmpp.org/extensions/xep-0068.html>

use super::forms::{self, Registered};
use super::{Context, Rule, stanzas};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::Element;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mismatched-field-type",
    severity: Severity::Warning,
    source: include_str!("mismatched_field_type.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let registered = forms::registered(context);
    if registered.is_empty() {
        return;
    }
    for form in forms::shown(context) {
        let Some(fields) = form.about().and_then(|about| registered.get(&about)) else { continue };
        sink.extend_in(&form.example.id, form.fields().filter_map(|field| finding(field, fields)));
    }
}

fn finding(field: &Element, registered: &[Registered]) -> Option<Finding> {
    let type_ = field.attribute("type").filter(|type_| stanzas::is_written_out(type_.value.as_str()))?;
    let name = field.value("var")?;
    let of_field = || registered.iter().filter(|registered| registered.name == name);
    let first = of_field().next()?;
    let is_registered = of_field().any(|one| one.type_.as_deref().is_none_or(|one| one == type_.value.as_str()));
    let wanted = first.type_.as_deref().filter(|_| !is_registered)?;
    // Who fills in a form for somebody else hides what is settled, and lists what there is to choose from.
    if matches!((wanted, type_.value.as_str()), (_, "hidden") | ("text-single" | "jid-single", "list-single")) {
        return None;
    }
    let message = format!("the field `{name}` is registered as `{wanted}`, and is `{}` here", type_.value.as_str());
    let finding = Finding::new(RULE.name, type_.value_span, message);
    Some(finding.related(first.type_span, "registered here").help("give both the same type"))
}
