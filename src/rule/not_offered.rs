//! # not-offered
//!
//! A form is sent back with something that it did not offer.
//!
//! ## What it does
//!
//! Takes each form of type `submit` with the last form of type `form` before it in the same section that has the same `FORM_TYPE`, or
//! stands in the same element where there is none. A value of a list is one of the options that were offered, and each field is one
//! that was offered. Forms of which something was left out are passed over.
//!
//! ## Why it matters
//!
//! Who gets the form back refuses it, or ignores what it did not ask for.
//!
//! ## Wrong
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='form'>
//!   <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!   <field var='whois' type='list-single'>
//!     <option><value>moderators</value></option>
//!     <option><value>anyone</value></option>
//!   </field>
//! </x>
//!
//! <x xmlns='jabber:x:data' type='submit'>
//!   <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!   <field var='whois'><value>everybody</value></field>
//! </x>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='form'>
//!   <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!   <field var='whois' type='list-single'>
//!     <option><value>moderators</value></option>
//!     <option><value>anyone</value></option>
//!   </field>
//! </x>
//!
//! <x xmlns='jabber:x:data' type='submit'>
//!   <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!   <field var='whois'><value>anyone</value></field>
//! </x>
//! ```
//!
//! ## Source
//!
//! - XEP-0004, 3.2: <https://xmpp.org/extensions/xep-0004.html#protocol-fields>

use super::forms::{self, Form};
use super::{Context, Rule, stanzas};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::source::Span;
use crate::xml::Element;

/// The rule.
pub static RULE: Rule = Rule {
    name: "not-offered",
    severity: Severity::Warning,
    source: include_str!("not_offered.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let shown = forms::shown(context);
    let is_whole = |form: &Form<'_>| !beside_elision(form.element) && !form.example.has_elision_in(form.element.span);
    // What is told of a field by another rule is not told again.
    let told: Vec<Span> = sink.findings().iter().map(|finding| finding.span).collect();
    for (at, form) in shown.iter().enumerate().filter(|(_, form)| form.element.value("type") == Some("submit")) {
        let before = shown.get(..at).unwrap_or_default();
        let Some(offer) = offer(form, before).filter(is_whole) else { continue };
        let found = form.fields().filter_map(|field| not_offered(field, &offer));
        sink.extend_in(&form.example.id, found.filter(|found| !told.contains(&found.span)));
    }
}

/// The form that one answers.
fn offer<'a>(form: &Form<'a>, before: &[Form<'a>]) -> Option<Form<'a>> {
    let about = form.about()?;
    let is_offer = |other: &&Form<'_>| {
        let is_same_section = other.example.sections == form.example.sections;
        is_same_section && other.element.value("type") == Some("form") && other.about().as_deref() == Some(&about)
    };
    before.iter().rev().find(is_offer).copied()
}

fn not_offered(field: &Element, offer: &Form<'_>) -> Option<Finding> {
    let var = field.attribute("var")?;
    let name = var.value.as_str();
    let Some(offered) = offer.fields().find(|offered| offered.value("var") == Some(name)) else {
        let finding = Finding::new(RULE.name, var.value_span, format!("the form has offered no field `{name}`"));
        return Some(finding.related(offer.element.start_tag, "the form"));
    };
    let options: Vec<String> = forms::options(offered).collect();
    let is_choice = options.len() > 1 && !beside_elision(offered);
    let is_list = matches!(offered.value("type"), Some("list-single" | "list-multi"));
    let mut values = forms::values(field).filter(|(value, _)| stanzas::is_written_out(value));
    let (value, span) = values.find(|(value, _)| is_choice && is_list && !options.contains(value))?;
    let finding = Finding::new(RULE.name, span, format!("`{value}` is none of the options that were offered"));
    Some(finding.related(offered.start_tag, "the field"))
}
