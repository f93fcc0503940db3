//! # misspelt-field
//!
//! The name of a form's field is nearly that of another field of the same form.
//!
//! ## What it does
//!
//! Collects the names of fields by the `FORM_TYPE` of their forms, or else by what holds them: those that the document asks the
//! Registrar to register, and those that examples show. Tells a name that stands once and is not registered, where one that is
//! registered, offered or used more often differs in a letter or two.
//!
//! ## Why it matters
//!
//! Programs know fields by their names alone. A field whose name is written otherwise is passed over without a word.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[<x xmlns='jabber:x:data' type='submit'>
//!       <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!       <field var='room#max_guest'><value>7</value></field></x>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <code><![CDATA[<form_type><name>urn:example:room</name>
//!       <field var='room#max_guests' type='text-single' label='How many'/></form_type>]]></code>
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
//!     <example><![CDATA[<x xmlns='jabber:x:data' type='submit'>
//!       <field var='FORM_TYPE' type='hidden'><value>urn:example:room</value></field>
//!       <field var='room#max_guests'><value>7</value></field></x>]]></example>
//!   </section1>
//!   <section1 topic='XMPP Registrar Considerations' anchor='registrar'>
//!     <code><![CDATA[<form_type><name>urn:example:room</name>
//!       <field var='room#max_guests' type='text-single' label='How many'/></form_type>]]></code>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0068, 3.4: <https://xmpp.org/extensions/xep-0068.html>

use super::forms::{self, FORM_TYPE, Form};
use super::slips::letters;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::parse::slips_at_most;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "misspelt-field",
    severity: Severity::Warning,
    source: include_str!("misspelt_field.rs"),
    check: Some(check),
};

/// How much a registered name weighs, and one that a form offers; one that is submitted or shown weighs 1.
const REGISTERED: usize = 10;
const OFFERED: usize = 2;

/// How many names a form may have; each is held against all others.
const MOST: usize = 500;

/// The shortest word in which one letter is a slip, that of one registered name, and the shortest in which two are.
const SHORT: usize = 5;
const SHORTEST: usize = 3;
const LONG: usize = 9;

/// A name: how much it weighs, where it stands first, and the example.
struct Seen<'a> {
    weight: usize,
    span: Span,
    example: Option<&'a str>,
}

type Names<'a> = BTreeMap<String, Seen<'a>>;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let shown = forms::shown(context);
    if shown.is_empty() {
        return;
    }
    let mut types: BTreeMap<String, Names<'_>> = BTreeMap::new();
    for (about, fields) in forms::registered(context) {
        let names = types.entry(about).or_default();
        fields.into_iter().for_each(|field| add(names, &field.name, (REGISTERED, field.span, None)));
    }
    for form in &shown {
        if let Some(about) = form.about() {
            add_shown(types.entry(about).or_default(), form);
        }
    }
    for names in types.values().filter(|names| names.len() <= MOST) {
        for (name, seen) in names.iter().filter(|(_, seen)| seen.weight <= OFFERED) {
            let found =
                nearest(name, seen.weight, names).map(|(meant, other)| finding(name, seen.span, meant, other.span));
            sink.extend_in(seen.example.unwrap_or_default(), found);
        }
    }
}

fn add_shown<'a>(names: &mut Names<'a>, form: &Form<'a>) {
    let weight = if form.element.value("type") == Some("form") { OFFERED } else { 1 };
    for field in form.fields() {
        if let Some(var) = field.attribute("var").filter(|var| var.value.as_str() != FORM_TYPE) {
            add(names, var.value.as_str(), (weight, var.value_span, Some(&form.example.id)));
        }
    }
}

fn add<'a>(names: &mut Names<'a>, name: &str, (weight, span, example): (usize, Span, Option<&'a str>)) {
    match names.get_mut(name) {
        Some(seen) => seen.weight += weight,
        None => {
            names.insert(name.to_owned(), Seen { weight, span, example });
        }
    }
}

/// The name that weighs more and differs by a slip.
fn nearest<'n, 'a>(name: &str, weight: usize, names: &'n Names<'a>) -> Option<(&'n str, &'n Seen<'a>)> {
    let near = names.iter().filter(|(other, seen)| {
        // Where names are registered, others are few.
        let shortest = if weight == 1 && seen.weight >= REGISTERED { SHORTEST } else { SHORT };
        seen.weight > weight && is_slip(name, other, shortest)
    });
    near.max_by_key(|(_, seen)| seen.weight).map(|(other, seen)| (other.as_str(), seen))
}

fn finding(name: &str, span: Span, meant: &str, other: Span) -> Finding {
    let finding = Finding::new(RULE.name, span, format!("the field `{name}` is nearly `{meant}`"));
    finding.related(other, "this field").help(format!("write `{meant}`, if that is meant"))
}

/// Whether two names are one with a slip: a letter or two in one of their words, or other signs between the words.
fn is_slip(one: &str, other: &str, shortest: usize) -> bool {
    let words =
        |name: &str| -> Vec<String> { name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect() };
    let (mine, others) = (words(one), words(other));
    if mine.concat() == others.concat() {
        return one != other;
    }
    let different: Vec<(&String, &String)> = mine.iter().zip(&others).filter(|(one, other)| one != other).collect();
    match different.as_slice() {
        [(word, other)] if mine.len() == others.len() => is_slip_of_word(word, other, shortest),
        _ => false,
    }
}

fn is_slip_of_word(one: &str, other: &str, short: usize) -> bool {
    let (shortest, longest) = (one.len().min(other.len()), one.len().max(other.len()));
    let limit = usize::from(longest >= short) + usize::from(shortest >= LONG);
    // What differs in a number differs on purpose.
    limit > 0 && letters(one) != letters(other) && slips_at_most(one, other, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        for (one, other, expected) in [
            ("room#max_guest", "room#max_guests", true),
            ("room#maxguests", "room#max_guests", true),
            ("room#min_guests", "room#max_guests", false),
            ("room#guests", "room#max_guests", false),
            ("field1_name", "field2_name", false),
            ("room#geusts", "room#guests", true),
            ("a", "b", false),
        ] {
            assert_eq!(is_slip(one, other, SHORT), expected, "{one} {other}");
        }
    }
}
