//! Is this what that was said to be? Comparison of XML as data, where elisions match anything.

use super::kind::is_elided;
use crate::source::Span;
use crate::xml::{Attribute, Element, Name, Node};
use std::collections::{BTreeMap, BTreeSet};

/// The first place where two trees differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What differs, in one short sentence about the actual one.
    pub message: String,
    /// Where in the expected tree.
    pub expected: Span,
    /// Where in the actual tree.
    pub actual: Span,
}

/// Compares an actual element with what is expected. White space around text does not count; text of the expected tree that
/// says that something is left out matches anything; the order of the envelope's own children does not count.
pub fn difference(expected: &Element, actual: &Element) -> Option<Difference> {
    if expected.name != actual.name {
        return Some(at(expected, actual, format!("`<{}>` instead of `<{}>`", describe(actual), describe(expected))));
    }
    attributes(expected, actual).or_else(|| children(expected, actual))
}

fn at(expected: &Element, actual: &Element, message: String) -> Difference {
    Difference { message, expected: expected.start_tag, actual: actual.start_tag }
}

fn describe(element: &Element) -> String {
    match element.name.namespace.as_str() {
        "" | crate::xml::CLIENT => element.name.local.clone(),
        namespace => format!("{} xmlns='{namespace}'", element.name.local),
    }
}

fn attributes(expected: &Element, actual: &Element) -> Option<Difference> {
    let name = &expected.name.local;
    let there: BTreeMap<&Name, &Attribute> = actual.attributes.iter().rev().map(|one| (&one.name, one)).collect();
    for attribute in &expected.attributes {
        let (key, value) = (&attribute.name, attribute.value.as_str());
        let message = match there.get(key) {
            None => format!("`<{name}>` has no `{}`", key.local),
            Some(other) if other.value.as_str() == value || is_elided(value) => continue,
            Some(other) => format!("`{}` of `<{name}>` is `{}` instead of `{value}`", key.local, other.value),
        };
        return Some(Difference { message, expected: attribute.span, actual: actual.start_tag });
    }
    let known: BTreeSet<&Name> = expected.attributes.iter().map(|one| &one.name).collect();
    let surplus = actual.attributes.iter().find(|one| !known.contains(&one.name))?;
    Some(at(expected, actual, format!("`<{name}>` has `{}='{}'` besides", surplus.name.local, surplus.value)))
}

fn children(expected: &Element, actual: &Element) -> Option<Difference> {
    let elided = expected.children.iter().any(|node| match node {
        Node::Text(text) => is_elided(text.text.as_str()),
        _ => false,
    });
    let (mut wanted, mut found): (Vec<&Element>, Vec<&Element>) =
        (expected.elements().collect(), actual.elements().collect());
    wanted.sort_by(|a, b| a.name.cmp(&b.name));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if !elided && wanted.is_empty() && found.is_empty() {
        return text(expected, actual);
    }
    let mut surplus: Vec<&Element> = Vec::new();
    let mut found = found.into_iter().peekable();
    for child in &wanted {
        // Both are in the order of their names: what comes before the wanted name is wanted by nobody.
        while let Some(other) = found.next_if(|other| other.name < child.name) {
            surplus.push(other);
        }
        let Some(other) = found.next_if(|other| other.name == child.name) else {
            let message = format!("`<{}>` is missing in `<{}>`", describe(child), actual.name.local);
            return Some(Difference { message, expected: child.start_tag, actual: actual.start_tag });
        };
        if let Some(difference) = difference(child, other) {
            return Some(difference);
        }
    }
    match surplus.into_iter().chain(found).next() {
        Some(surplus) if !elided => {
            let message = format!("`<{}>` stands in `<{}>` besides", describe(surplus), actual.name.local);
            Some(Difference { message, expected: expected.start_tag, actual: surplus.start_tag })
        }
        _ => None,
    }
}

fn text(expected: &Element, actual: &Element) -> Option<Difference> {
    let words = |element: &Element| element.text().as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    let (wanted, found) = (words(expected), words(actual));
    if wanted == found || without_spaces(&wanted) == without_spaces(&found) && wanted.len() > 64 {
        return None;
    }
    Some(at(
        expected,
        actual,
        format!("the text of `<{}>` is `{}` instead of `{}`", actual.name.local, cut(&found), cut(&wanted)),
    ))
}

fn without_spaces(text: &str) -> String {
    text.replace(' ', "")
}

/// A text, short enough for a message.
pub fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
