//! # malformed-form
//!
//! A data form is not made as XEP-0004 says.
//!
//! ## What it does
//!
//! Looks at each `x` of `jabber:x:data`: its type is one of the four that there are; each field has a name, unless it is text between
//! the fields (`fixed`); no two fields have the same name; the type of a field is one that exists; a field for one value has not two; and
//! the field `FORM_TYPE` of a form that is sent to be filled in, or of a result, is hidden, unless it says that it is something else. What an author left out is not asked for.
//!
//! ## Why it matters
//!
//! Clients show forms that they know nothing about. A field without a name cannot be sent back, and of two with the same name one is
//! lost.
//!
//! ## Wrong
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='submit'>
//!   <field><value>romeo</value></field>
//! </x>
//! ```
//!
//! ```xml
//! <x xmlns='jabber:x:data'>
//!   <field var='nick'><value>romeo</value></field>
//! </x>
//! ```
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='submit'>
//!   <field var='friend'><value>juliet@capulet.example</value></field>
//!   <field var='friend'><value>mercutio@montague.example</value></field>
//! </x>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='submit'>
//!   <field var='friend'>
//!     <value>juliet@capulet.example</value>
//!     <value>mercutio@montague.example</value>
//!   </field>
//! </x>
//! ```
//!
//! ## Source
//!
//! - XEP-0004, 3: <https://xmpp.org/extensions/xep-0004.html#protocol>
//! - XEP-0068, 3.2: <https://xmpp.org/extensions/xep-0068.html#approach-fieldnames>

use super::namespaces::FORMS;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::xml::Element;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-form",
    severity: Severity::Warning,
    source: include_str!("malformed_form.rs"),
    check: Some(check),
};

/// The types of a form.
const TYPES: [&str; 4] = ["form", "submit", "cancel", "result"];

/// The types of a field; of those that hold one value, see [`SINGLE`].
const FIELD_TYPES: [&str; 10] = [
    "boolean",
    "fixed",
    "hidden",
    "jid-multi",
    "jid-single",
    "list-multi",
    "list-single",
    "text-multi",
    "text-private",
    "text-single",
];

/// The types of fields that hold one value.
const SINGLE: [&str; 5] = ["boolean", "jid-single", "list-single", "text-private", "text-single"];

/// The name of the field that says what a form is about.
const FORM_TYPE: &str = "FORM_TYPE";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        let forms = example.elements().flat_map(Element::descendants).filter(|element| element.name.is(FORMS, "x"));
        for form in forms.filter(|form| !example.has_elision_in(form.span)) {
            sink.extend_in(&example.id, of_type(form));
            let is_shown = matches!(form.value("type"), Some("form" | "result"));
            let parts = form.elements().filter(|part| matches!(part.name.local.as_str(), "item" | "reported"));
            for holder in std::iter::once(form).chain(parts) {
                sink.extend_in(&example.id, of_fields(holder, is_shown));
            }
        }
    }
}

fn of_type(form: &Element) -> Option<Finding> {
    let listed = || TYPES.map(|type_| format!("`{type_}`")).join(", ");
    match form.attribute("type") {
        None => {
            let finding = Finding::new(RULE.name, form.name_span, "this form has no type");
            Some(finding.help(format!("give it one of {}", listed())))
        }
        Some(type_) => {
            let value = type_.value.as_str();
            let is_wrong = value.bytes().all(|byte| byte.is_ascii_alphabetic()) && !TYPES.contains(&value);
            is_wrong.then(|| {
                let finding = Finding::new(RULE.name, type_.value_span, format!("`{value}` is no type of a form"));
                finding.help(format!("write one of {}", listed()))
            })
        }
    }
}

/// What is wrong with the fields of a form, or of a row of results.
fn of_fields(holder: &Element, is_shown: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut names: HashMap<&str, &Element> = HashMap::new();
    for field in holder.elements().filter(|field| field.name.is(FORMS, "field")) {
        let type_ = field.value("type");
        if let Some(first) =
            field.value("var").filter(|_| type_ != Some("fixed")).and_then(|name| names.insert(name, field))
        {
            let name = field.value("var").unwrap_or("");
            let finding = Finding::new(RULE.name, field.start_tag, format!("a second field has the name `{name}`"));
            found.push(finding.related(first.start_tag, "the first").help("put all values into one field"));
        }
        found.extend(of_field(field, type_, is_shown));
    }
    found
}

fn of_field(field: &Element, type_: Option<&str>, is_shown: bool) -> Option<Finding> {
    let name = field.value("var");
    if name.is_none_or(str::is_empty) && type_ != Some("fixed") && !beside_elision(field) {
        return Some(Finding::new(RULE.name, field.start_tag, "this field has no name").help("add `var='...'`"));
    }
    if name == Some(FORM_TYPE) && is_shown && type_.is_none() {
        let finding = Finding::new(RULE.name, field.start_tag, "the field `FORM_TYPE` is not hidden");
        return Some(finding.help("add `type='hidden'`"));
    }
    let type_ = type_?;
    let span = field.attribute("type")?.value_span;
    let is_word = type_.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if is_word && !FIELD_TYPES.contains(&type_) {
        return Some(Finding::new(RULE.name, span, format!("`{type_}` is no type of a field")));
    }
    let second = field.elements().filter(|child| child.name.is(FORMS, "value")).nth(1)?;
    SINGLE.contains(&type_).then(|| {
        let finding = Finding::new(RULE.name, second.start_tag, format!("a field of type `{type_}` holds one value"));
        finding.related(span, "its type")
    })
}
