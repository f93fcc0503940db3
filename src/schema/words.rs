//! What we say of what the engine found.

use super::XSD;
use super::engine::Refusal;
use crate::xml::{Element, Name, XML};

/// How much of a wrong value is shown.
const SHOWN: usize = 60;

/// How many allowed values are named.
const NAMED: usize = 8;

/// A message of the engine with our quotes and no capital at its start.
pub(super) fn engine(message: &str) -> String {
    let mut out = String::new();
    let mut characters = message.trim_end_matches('.').chars();
    out.extend(characters.next().map(|first| first.to_ascii_lowercase()));
    out.extend(characters.map(|character| if character == '\'' { '`' } else { character }));
    out
}

/// A value as it is shown in a message.
pub(super) fn shown(value: &str) -> String {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", value.get(..end).unwrap_or("")),
        None => format!("`{value}`"),
    }
}

/// Names or values in a row: `` `a`, `b` or `c` ``.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let named: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > NAMED {
        return format!("{} or one of {} more", named.join(", "), names.len() - NAMED);
    }
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A list of names, without the namespace of those that are in `home`.
pub(super) fn names(names: &[Name], home: &str) -> String {
    let write = |name: &Name| match name.namespace.as_str() {
        XML => format!("xml:{}", name.local),
        namespace if namespace == home => name.local.clone(),
        _ => name.to_string(),
    };
    let written: Vec<String> = names.iter().map(write).collect();
    list(&written)
}

/// What is wrong with a value of a simple type. `detail` is the engine's message.
pub(super) fn wrong_value(value: &str, type_: Option<&Name>, values: Option<&[String]>, detail: &str) -> String {
    let blank = value.trim().is_empty();
    let value = if blank { "the empty text".to_owned() } else { shown(value) };
    if let Some(values) = values {
        return match values {
            [only] if only.is_empty() && blank => "white space stands where nothing may be".to_owned(),
            [only] if only.is_empty() => format!("{value} is text where none may be"),
            values => format!("{value} is not {}", list(values)),
        };
    }
    match (type_, facet(detail)) {
        (Some(name), None) if name.namespace == XSD => format!("{value} is no `xs:{}`", name.local),
        (_, Some(reason)) => format!("{value} {reason}"),
        (Some(name), None) => format!("{value} is no `{}`", name.local),
        (None, None) => engine(detail),
    }
}

/// How the engine words a broken bound, and how we do; a length is told in characters.
const BOUNDS: &[(&str, &str, &str)] = &[
    ("is less than minimum ", "is less than", "is shorter than"),
    ("exceeds maximum ", "is more than", "is longer than"),
    ("is greater than maximum ", "is more than", "is longer than"),
    ("is not greater than ", "is not more than", "is not longer than"),
    ("is not less than ", "is not less than", "is not shorter than"),
];

/// The reason in the engine's message about a facet.
fn facet(detail: &str) -> Option<String> {
    let after = |start: &str| detail.find(start).and_then(|at| detail.get(at + start.len()..));
    if let Some(pattern) = after("does not match pattern '").and_then(|rest| rest.rsplit_once('\'')) {
        return Some(format!("does not match the pattern `{}`", pattern.0));
    }
    BOUNDS.iter().find_map(|&(start, bound, length)| {
        let limit = after(start)?.trim_matches('\'');
        Some(match detail.contains("ength") {
            true => format!("{length} {limit} characters"),
            false => format!("{bound} {limit}"),
        })
    })
}

/// What is wrong with a schema, at `element` in `parent`, which the engine refused.
pub(super) fn refusal(element: &Element, parent: Option<&Element>, refusal: &Refusal) -> String {
    let name = element.written_name();
    let parent = parent.map(Element::written_name).unwrap_or_default();
    let quoted = refusal.message.split('\'').nth(1).unwrap_or_default();
    match refusal.code {
        "cos-nonambig" => {
            format!("the content around `{name}` is ambiguous: an element may belong to more than one part of it")
        }
        "s4s-elt-invalid-content" if refusal.message.starts_with("Unexpected element") && !parent.is_empty() => {
            format!("`{name}` must not stand in `{parent}`, or not at this place")
        }
        "src-ct" if refusal.message.contains("does not have a simple") => {
            format!("the `simpleContent` of `{name}` extends a type that does not hold text")
        }
        "s4s-att-not-allowed" if element.value(quoted).is_some() => format!("`{name}` has no attribute `{quoted}`"),
        _ => {
            let words = engine(&refusal.message);
            if words.contains(&element.name.local) { words } else { format!("`{name}`: {words}") }
        }
    }
}
