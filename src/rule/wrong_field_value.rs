//! # wrong-field-value
//!
//! The value of a form's field does not go with its type, or is none of its options.
//!
//! ## What it does
//!
//! Holds the values of fields against the types of the fields: a `boolean` is `0`, `1`, `true` or `false`; the value of a `list-single` is one
//! of the options that stand beside it. What only stands for a value is passed over.
//!
//! ## Why it matters
//!
//! A client that shows the form does not know what to select, and one that sends it back is refused.
//!
//! ## Wrong
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='form'>
//!   <field var='public' type='boolean'><value>yes</value></field>
//! </x>
//! ```
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='form'>
//!   <field var='whois' type='list-single'>
//!     <value>moderator</value>
//!     <option><value>moderators</value></option>
//!     <option><value>anyone</value></option>
//!   </field>
//! </x>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <x xmlns='jabber:x:data' type='form'>
//!   <field var='public' type='boolean'><value>1</value></field>
//!   <field var='whois' type='list-single'>
//!     <value>moderators</value>
//!     <option><value>moderators</value></option>
//!     <option><value>anyone</value></option>
//!   </field>
//! </x>
//! ```
//!
//! ## Source
//!
//! - XEP-0004, 3.3: <https://xmpp.org/extensions/xep-0004.html#protocol-fieldtypes>

use super::forms;
use super::{Context, Rule, stanzas};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::source::Span;
use crate::xml::Element;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-field-value",
    severity: Severity::Warning,
    source: include_str!("wrong_field_value.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for form in forms::shown(context) {
        let fields = form.fields().filter(|field| !beside_elision(field));
        sink.extend_in(&form.example.id, fields.flat_map(of_field));
    }
}

fn of_field(field: &Element) -> Vec<Finding> {
    let values = forms::values(field).filter(|(value, _)| stanzas::is_written_out(value));
    match field.value("type") {
        Some("boolean") => values.filter_map(|(value, span)| of_boolean(&value, span)).collect(),
        Some("list-single" | "list-multi") => {
            let options: Vec<String> = forms::options(field).collect();
            values.filter_map(|(value, span)| of_list(&value, span, &options)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_boolean(value: &str, span: Span) -> Option<Finding> {
    let is_right = matches!(value, "0" | "1" | "true" | "false");
    let finding = || Finding::new(RULE.name, span, format!("`{value}` is no value of a `boolean`"));
    (!is_right).then(|| finding().help("write `0`, `1`, `true` or `false`"))
}

fn of_list(value: &str, span: Span, options: &[String]) -> Option<Finding> {
    let is_choice = options.len() > 1 && !options.iter().any(|option| option == value);
    let listed = || options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
    let finding = || Finding::new(RULE.name, span, format!("`{value}` is none of the options"));
    is_choice.then(|| finding().help(format!("write one of {}", listed())))
}
