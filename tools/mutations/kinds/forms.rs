//! Data forms (XEP-0004) and ad-hoc commands (XEP-0050).

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection};
use std::collections::BTreeSet;
use xep::example::Example;
use xep::xml::Element;

const FORMS: &str = "jabber:x:data";
const COMMANDS: &str = "http://jabber.org/protocol/commands";

fn forms<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = &'a Element> {
    ground.elements().filter(|element| element.name.is(FORMS, "x"))
}

fn fields<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = &'a Element> {
    ground.elements().filter(|element| element.name.is(FORMS, "field"))
}

pub fn nameless(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    let named = fields(ground).filter(|field| field.value("type") != Some("fixed"));
    each(named, |field| Some(Injection::removal(ground.with_space(field.attribute("var")?.span))))
}

fn misspelt(ground: &Ground<'_>, dice: &mut Dice, element: &Element) -> Option<Injection> {
    let type_ = element.attribute("type")?;
    let is_no_type = |word: &str| !["form", "submit", "cancel", "result"].contains(&word);
    Some(Injection::new(ground.value(type_)?, dice.slip(type_.value.as_str(), is_no_type)?))
}

pub fn type_(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(forms(ground), |form| misspelt(ground, dice, form))
}

pub fn field_type(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(fields(ground), |field| misspelt(ground, dice, field))
}

/// The names of the fields that forms of the document offer.
fn offered<'a>(ground: &'a Ground<'_>) -> BTreeSet<&'a str> {
    let all = ground.all_examples().iter().flat_map(Example::elements).flat_map(Element::descendants);
    let forms = all.filter(|element| element.name.is(FORMS, "x") && element.value("type") == Some("form"));
    forms.flat_map(Element::elements).filter_map(|field| field.value("var")).collect()
}

pub fn submitted(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let offered = offered(ground);
    let submitted = forms(ground).filter(|form| form.value("type") == Some("submit")).flat_map(Element::elements);
    each(submitted, |field| {
        let name = field.attribute("var")?;
        let written = name.value.as_str();
        (offered.contains(written) && written != "FORM_TYPE").then_some(())?;
        let wrong = dice.slip(written, |word| ground.count(word) == 0)?;
        Some(Injection::new(ground.value(name)?, wrong))
    })
}

/// The node of a command that stands elsewhere as well.
pub fn command_node(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let commands = ground.elements().filter(|element| element.name.is(COMMANDS, "command"));
    each(commands, |command| {
        let node = command.attribute("node")?;
        let written = node.value.as_str();
        (ground.count(written) > 2).then_some(())?;
        let wrong = dice.slip(written, |word| ground.count(word) == 0)?;
        Some(Injection::new(ground.value(node)?, wrong))
    })
}
