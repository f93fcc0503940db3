//! Namespaces.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection};
use std::ops::Range;
use xep::xml::{CLIENT, Declaration};

/// The namespaces of XMPP that examples declare, where they are written.
fn declared<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a str, Range<usize>)> {
    let all = ground.elements().flat_map(|element| &element.declarations);
    all.filter_map(|declaration: &Declaration| {
        let name = declaration.namespace.as_str();
        let is_of_xmpp = ["urn:xmpp:", "http://jabber.org/", "jabber:", "urn:ietf:params:xml:ns:xmpp-"]
            .iter()
            .any(|start| name.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
        (is_of_xmpp && !name.contains("example")).then_some((name, ground.namespace(declaration)?))
    })
}

/// The name with a slip in it.
fn slip(name: &str, dice: &mut Dice, ground: &Ground<'_>) -> Option<String> {
    dice.slip(name, |wrong| ground.count(wrong) == 0)
}

fn stem(name: &str) -> Option<(&str, u32)> {
    let (stem, version) = name.rsplit_once(':')?;
    Some((stem, version.parse().ok()?))
}

pub fn misspelt(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(declared(ground), |(name, range)| Some(Injection::new(range, slip(name, dice, ground)?)))
}

pub fn no_version(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(declared(ground), |(name, range)| {
        let (stem, version) = stem(name)?;
        let wrong = format!("{stem}:{}", version as usize + 20 + dice.below(70));
        (ground.count(&wrong) == 0).then(|| Injection::new(range, wrong))
    })
}

/// The version before, where the document itself never speaks of that.
pub fn version_before(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(declared(ground), |(name, range)| {
        let (stem, version) = stem(name)?;
        let wrong = format!("{stem}:{}", version.checked_sub(1)?);
        (ground.count(&wrong) == 0).then(|| Injection::new(range, wrong))
    })
}

pub fn xmlns(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    const SLIPS: [&str; 6] = ["xmnls", "xmls", "xlmns", "xmln", "xmlnss", "mxlns"];
    let all = ground.elements().flat_map(|element| &element.declarations);
    each(all.filter(|declaration| declaration.prefix.is_none()), |declaration| {
        let start = declaration.span.start;
        let name = start..start + "xmlns".len();
        let is_written = ground.slice(name.clone()) == "xmlns" && declaration.namespace != CLIENT;
        is_written.then_some(())?;
        Some(Injection::new(name, *dice.pick(&SLIPS)?))
    })
}

/// A child that has another namespace than its parent loses it.
pub fn missing(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(ground.children(), |(parent, child)| {
        let declaration = child.declarations.iter().find(|one| one.prefix.is_none() && child.prefix.is_none())?;
        let differs = parent.name.namespace != child.name.namespace && parent.prefix.is_none();
        differs.then(|| Injection::removal(ground.with_space(declaration.span)))
    })
}

pub fn feature(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let features = ground.elements().filter(|element| element.name.local == "feature");
    let names: Vec<_> = features.filter_map(|element| element.attribute("var")).collect();
    each(names.into_iter(), |name| {
        let value = name.value.as_str();
        let is_namespace = ["urn:xmpp:", "http://jabber.org/protocol/"].iter().any(|start| value.starts_with(start));
        is_namespace.then_some(())?;
        Some(Injection::new(ground.value(name)?, slip(value, dice, ground)?))
    })
}
