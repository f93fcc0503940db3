//! Names and values that a schema declares, or that everybody knows.

use super::each;
use crate::mutations::declared::AttributeFacts;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, bytes};
use std::ops::Range;
use xep::schema::XSD;
use xep::xml::{Attribute, CLIENT, Element, Name};

/// An element under another name, in both tags.
fn renamed(ground: &Ground<'_>, element: &Element, wrong: &str) -> Option<Injection> {
    let name = bytes(element.name_span);
    let local = name.end - element.name.local.len()..name.end;
    if ground.slice(local.clone()) != element.name.local {
        return None;
    }
    let injection = Injection::new(local, wrong);
    match ground.end_tag(element) {
        None => Some(injection),
        Some(_) => {
            let end = ground.end_name(element)?;
            Some(injection.and(end.end - element.name.local.len()..end.end, wrong))
        }
    }
}

fn misspelt(ground: &Ground<'_>, dice: &mut Dice, element: &Element) -> Option<Injection> {
    // A word that stands in the document may be the name of something else.
    let wrong = dice.slip(&element.name.local, |word| ground.count(word) == 0 && is_name(word))?;
    renamed(ground, element, &wrong)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

pub fn element_of_schema(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let declared = ground.elements().filter(|element| ground.declared.elements.contains(&element.name));
    let declared: Vec<&Element> = declared.filter(|element| element.name.namespace != CLIENT).collect();
    each(declared.into_iter(), |element| misspelt(ground, dice, element))
}

pub fn element_without_schema(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let foreign = ground.elements().filter(|element| !has_schema(ground, &element.name) && is_of_xmpp(&element.name));
    let foreign: Vec<&Element> = foreign.collect();
    each(foreign.into_iter(), |element| misspelt(ground, dice, element))
}

pub fn element_of_stanza(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let own = ground.elements().filter(|element| element.name.namespace == CLIENT);
    let own: Vec<&Element> = own.filter(|element| OF_STANZAS.contains(&element.name.local.as_str())).collect();
    each(own.into_iter(), |element| misspelt(ground, dice, element))
}

/// The elements of RFC 6120 and 6121 in the namespace of stanzas.
const OF_STANZAS: [&str; 10] =
    ["body", "error", "iq", "message", "presence", "priority", "show", "status", "subject", "thread"];

fn has_schema(ground: &Ground<'_>, name: &Name) -> bool {
    name.namespace == CLIENT || name.namespace == XSD || ground.declared.namespaces.contains(&name.namespace)
}

fn is_of_xmpp(name: &Name) -> bool {
    ["urn:xmpp:", "http://jabber.org/", "jabber:", "urn:ietf:params:xml:ns:xmpp-"]
        .iter()
        .any(|start| name.namespace.starts_with(start))
}

/// The attributes without a prefix.
fn attributes<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a Element, &'a Attribute)> {
    let all = ground.elements().flat_map(|element| element.attributes.iter().map(move |one| (element, one)));
    all.filter(|(_, attribute)| attribute.prefix.is_none())
}

fn misspelt_attribute(ground: &Ground<'_>, dice: &mut Dice, attribute: &Attribute) -> Option<Injection> {
    let is_wrong = |word: &str| is_name(word) && !ground.declared.all_attributes.contains(word);
    let wrong = dice.slip(&attribute.name.local, |word| is_wrong(word) && ground.count(&format!(" {word}=")) == 0)?;
    Some(Injection::new(ground.attribute_name(attribute)?, wrong))
}

pub fn attribute_of_schema(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let own: Vec<_> = attributes(ground).filter(|(element, one)| facts(ground, element, one).is_some()).collect();
    each(own.into_iter(), |(_, attribute)| misspelt_attribute(ground, dice, attribute))
}

pub fn attribute_without_schema(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let is_foreign = |name: &Name| !has_schema(ground, name) && is_of_xmpp(name);
    let foreign: Vec<_> = attributes(ground).filter(|(element, _)| is_foreign(&element.name)).collect();
    each(foreign.into_iter(), |(_, attribute)| misspelt_attribute(ground, dice, attribute))
}

pub fn attribute_of_stanza(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let is_stanza =
        |element: &Element| element.name.namespace == CLIENT && OF_STANZAS.contains(&element.name.local.as_str());
    let own: Vec<_> = attributes(ground).filter(|(element, _)| is_stanza(element)).collect();
    each(own.into_iter(), |(_, attribute)| misspelt_attribute(ground, dice, attribute))
}

fn facts<'a>(ground: &'a Ground<'_>, element: &Element, attribute: &Attribute) -> Option<&'a AttributeFacts> {
    ground.declared.attributes.get(&(element.name.clone(), attribute.name.local.clone()))
}

/// The attributes whose declaration holds a condition, with their values.
fn declared<'a>(
    ground: &'a Ground<'_>,
    meant: impl Fn(&AttributeFacts) -> bool + 'a,
) -> impl Iterator<Item = (&'a Attribute, &'a AttributeFacts, Range<usize>)> {
    attributes(ground).filter_map(move |(element, attribute)| {
        let facts = facts(ground, element, attribute).filter(|facts| meant(facts))?;
        Some((attribute, facts, ground.value(attribute)?))
    })
}

/// What is not there can only be told where the element begins.
pub fn required(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(attributes(ground), |(element, attribute)| {
        let facts = facts(ground, element, attribute).filter(|facts| facts.required);
        facts.map(|_| Injection::removal(ground.with_space(attribute.span)).or_told_at(element.span.start))
    })
}

pub fn enumeration(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(declared(ground, |facts| !facts.values.is_empty()), |(attribute, facts, value)| {
        let is_wrong = |word: &str| !facts.values.iter().any(|value| value == word);
        Some(Injection::new(value, dice.slip(attribute.value.as_str(), is_wrong)?))
    })
}

pub fn integer(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    const TYPES: [&str; 13] = [
        "byte",
        "int",
        "integer",
        "long",
        "negativeInteger",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "positiveInteger",
        "short",
        "unsignedByte",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
    ];
    each(declared(ground, |facts| TYPES.contains(&facts.type_.as_str())), |(attribute, _, value)| {
        let written = attribute.value.as_str();
        written.trim().parse::<i128>().ok()?;
        let wrong = [format!("{written}x"), format!("{written}.5"), format!("{written}O"), format!("1,{written}")];
        Some(Injection::new(value, dice.pick(&wrong)?.as_str()))
    })
}
