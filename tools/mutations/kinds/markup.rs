//! What XML itself forbids.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, bytes};
use xep::xml::{Attribute, Element, Node};

pub fn closing_name(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(ground.elements(), |element| {
        let name = ground.end_name(element)?;
        let wrong = dice.slip(ground.slice(name.clone()), |_| true)?;
        Some(Injection::new(name, wrong))
    })
}

/// It may as well be told where the element begins.
pub fn closing_tag(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(ground.elements(), |element| {
        let tag = ground.end_tag(element)?;
        Some(Injection::removal(tag).or_told_at(element.span.start))
    })
}

/// The closing tags of an element and of the last one in it change places.
pub fn crossed(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(ground.elements(), |element| {
        let outer = ground.end_tag(element)?;
        let inner = element.children.iter().rev().find_map(Node::element)?;
        let inner = ground.end_tag(inner).filter(|tag| ground.slice(tag.end..outer.start).trim().is_empty())?;
        let (first, second) = (ground.slice(outer.clone()), ground.slice(inner.clone()));
        (first != second).then(|| Injection::new(inner.clone(), first).and(outer.clone(), second))
    })
}

/// It may as well be told at the element that then is closed in its place.
pub fn slash(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(ground.elements(), |element| {
        let end = element.start_tag.end;
        let is_empty = ground.slice(bytes(element.start_tag)).ends_with("/>");
        is_empty.then(|| Injection::removal(end - 2..end - 1).or_told_at(element.span.start))
    })
}

pub fn bracket(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(ground.elements(), |element| {
        let end = match ground.end_tag(element) {
            Some(tag) if dice.below(2) == 0 => tag.end,
            _ => element.start_tag.end,
        };
        Some(Injection::removal(end - 1..end).or_told_at(element.span.start))
    })
}

fn attributes<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a Element, &'a Attribute)> {
    ground.elements().flat_map(|element| element.attributes.iter().map(move |attribute| (element, attribute)))
}

pub fn quote(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(attributes(ground), |(_, attribute)| {
        let value = ground.value(attribute)?;
        Some(Injection::removal(match dice.below(2) {
            0 => value.start - 1..value.start,
            _ => value.end..value.end + 1,
        }))
    })
}

pub fn doubled(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(attributes(ground), |(_, attribute)| {
        let end = attribute.span.end;
        Some(Injection::new(end..end, format!(" {}", ground.slice(bytes(attribute.span)))))
    })
}

/// Places between two words of a text.
fn between_words(ground: &Ground<'_>, dice: &mut Dice) -> Vec<usize> {
    let texts = ground.elements().flat_map(|element| &element.children).filter_map(|node| match node {
        Node::Text(text) if ground.slice(bytes(text.span)) == text.text.as_str() => Some(text),
        _ => None,
    });
    texts
        .filter_map(|text| {
            let spaces: Vec<usize> = text.text.as_str().trim_end().match_indices(' ').map(|(at, _)| at).collect();
            let words = |at: &&usize| text.text.as_str().get(..**at).is_some_and(|before| !before.trim().is_empty());
            let inner: Vec<&usize> = spaces.iter().filter(words).collect();
            dice.pick(&inner).map(|at| text.span.start + **at)
        })
        .collect()
}

pub fn ampersand(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(between_words(ground, dice).into_iter(), |at| Some(Injection::new(at..at, " &")))
}

/// Within CDATA nobody replaces a reference: to one of the series, or of the document.
pub fn entity(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let mut made = each(between_words(ground, dice).into_iter(), |at| Some(Injection::new(at..at, " &xep0030;")));
    let declarations = ground.elements().flat_map(|element| &element.declarations);
    made.extend(declarations.filter_map(|declaration| Some(Injection::new(ground.namespace(declaration)?, "&ns;"))));
    made
}

/// What the fingers leave behind between elements where no text may be.
pub fn stray(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    const LEFT: [&str; 6] = [">", "/>", "'", "\"", ";", "a"];
    each(ground.children().filter(|(parent, _)| has_elements_alone(parent)), |(_, child)| {
        let end = child.span.end;
        Some(Injection::new(end..end, *dice.pick(&LEFT)?))
    })
}

fn has_elements_alone(element: &Element) -> bool {
    const MIXED: &str = "http://www.w3.org/1999/xhtml";
    let is_text = |node: &Node| matches!(node, Node::Text(text) if !text.text.as_str().trim().is_empty());
    element.name.namespace != MIXED && !element.children.iter().any(is_text)
}
