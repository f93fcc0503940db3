//! Stanzas, and how they answer each other.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, addresses, bytes};
use xep::example::Example;
use xep::xml::{Attribute, CLIENT, Element};
use xep::xmpp::jid;
use xep::xmpp::stanza::{STANZA_ERRORS, stanza_error};

pub fn id_removed(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    removed(ground, "id")
}

pub fn type_removed(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    removed(ground, "type")
}

/// What is not there can only be told where the element begins.
fn removed(ground: &Ground<'_>, name: &str) -> Vec<Injection> {
    each(ground.roots("iq"), |iq| {
        Some(Injection::removal(ground.with_space(iq.attribute(name)?.span)).or_told_at(iq.span.start))
    })
}

pub fn type_misspelt(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(ground.roots("iq"), |iq| {
        let type_ = iq.attribute("type")?;
        let wrong = dice.slip(type_.value.as_str(), |word| !["get", "set", "result", "error"].contains(&word))?;
        Some(Injection::new(ground.value(type_)?, wrong))
    })
}

/// An answer that asks, a request that answers, an error that is none. Only where another stanza or the payload says what is meant.
pub fn type_changed(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let pairs = pairs(ground);
    let answers = pairs.iter().filter(|pair| pair.is_right).map(|pair| pair.answer);
    let errors = ground.roots("iq").filter(|iq| stanza_error(iq).is_some());
    let meant: Vec<&Element> = answers.chain(errors).collect();
    each(meant.into_iter(), |iq| {
        let type_ = iq.attribute("type")?;
        let others: &[&str] = match type_.value.as_str() {
            "result" => &["get", "set", "error"],
            "error" => &["get", "set", "result"],
            _ => &[],
        };
        // What a request lacks is told where it begins.
        Some(Injection::new(ground.value(type_)?, *dice.pick(others)?).or_told_at(iq.span.start))
    })
}

/// An answer and the request before it.
struct Pair<'a> {
    request: &'a Element,
    answer: &'a Element,
    /// Whether the answer stands in an example that is right.
    is_right: bool,
}

fn pairs<'a>(ground: &'a Ground<'_>) -> Vec<Pair<'a>> {
    let right: Vec<&str> = ground.examples().map(|example| example.id.as_str()).collect();
    let mut requests: Vec<(&Example, &Element)> = Vec::new();
    let mut pairs = Vec::new();
    for example in ground.all_examples() {
        for iq in example.elements().filter(|root| root.name.is(CLIENT, "iq")) {
            if matches!(iq.value("type"), Some("get" | "set")) {
                requests.push((example, iq));
                continue;
            }
            let is_same = |(other, request): &&(&Example, &Element)| {
                request.value("id") == iq.value("id") && other.sections.first() == example.sections.first()
            };
            let Some((_, request)) = requests.iter().rev().find(is_same) else { continue };
            pairs.push(Pair { request, answer: iq, is_right: right.contains(&example.id.as_str()) });
        }
    }
    pairs
}

pub fn answer_id(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(pairs(ground).into_iter().filter(|pair| pair.is_right), |pair| {
        let id = pair.answer.attribute("id")?;
        let wrong = changed(id.value.as_str(), dice);
        (ground.count(&wrong) == 0).then_some(())?;
        Some(Injection::new(ground.value(id)?, wrong).or_told_at(pair.request.span.start))
    })
}

/// The next number, or another letter at the end.
fn changed(id: &str, dice: &mut Dice) -> String {
    let digit = dice.below(10);
    match id.char_indices().next_back() {
        Some((at, last)) if last.is_ascii_digit() && last != char::from(b'0' + digit as u8) => {
            format!("{}{digit}", id.get(..at).unwrap_or(""))
        }
        _ => format!("{id}{digit}"),
    }
}

/// From or to somebody else of the document.
pub fn answer_address(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let all = pairs(ground);
    let mut known: Vec<String> = addresses(ground).into_keys().filter(|address| !address.is_empty()).collect();
    known.sort();
    each(all.into_iter().filter(|pair| pair.is_right), |pair| {
        let (own, other) = *dice.pick(&[("from", "to"), ("to", "from")])?;
        let (address, mirrored) = (pair.answer.attribute(own)?, pair.request.value(other)?);
        let is_mirrored = address.value.as_str() == mirrored;
        let others: Vec<&String> = known.iter().filter(|known| !mirrored.starts_with(known.as_str())).collect();
        let wrong = dice.pick(&others).filter(|_| is_mirrored)?;
        Some(Injection::new(ground.value(address)?, wrong.as_str()))
    })
}

/// The conditions of errors in stanzas.
fn conditions<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a Element, &'a Element)> {
    let errors = ground.children().filter(|(_, child)| child.name.is(CLIENT, "error")).map(|(_, error)| error);
    errors.filter_map(|error| {
        let is_condition = |child: &&Element| child.name.namespace == STANZA_ERRORS && child.name.local != "text";
        Some((error, error.elements().find(is_condition)?))
    })
}

pub fn condition_removed(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    each(conditions(ground), |(error, condition)| {
        Some(Injection::removal(ground.with_space(condition.span)).or_told_at(error.span.start))
    })
}

pub fn condition_misspelt(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(conditions(ground), |(_, condition)| {
        let name = bytes(condition.name_span);
        let is_plain = ground.slice(name.clone()) == condition.name.local && ground.end_tag(condition).is_none();
        let wrong = dice.slip(&condition.name.local, |word| !word.starts_with('-')).filter(|_| is_plain)?;
        Some(Injection::new(name, wrong))
    })
}

pub fn error_type(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let errors = ground.children().filter(|(_, child)| child.name.is(CLIENT, "error"));
    each(errors, |(_, error)| {
        let type_ = error.attribute("type")?;
        let wrong = dice.slip(type_.value.as_str(), |_| true)?;
        Some(Injection::new(ground.value(type_)?, wrong))
    })
}

/// The addresses in examples: who sends, who receives, who is named.
fn all_addresses<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = &'a Attribute> {
    let named = ["from", "to", "jid"];
    let all = ground.elements().flat_map(|element| &element.attributes);
    all.filter(move |attribute| attribute.prefix.is_none() && named.contains(&attribute.name.local.as_str()))
        .filter(|attribute| attribute.value.as_str().contains('@') && jid::parse(attribute.value.as_str()).is_ok())
}

/// A slip in the account or the domain of an address that stands twice at least besides.
pub fn address(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let counts = addresses(ground);
    each(all_addresses(ground), |attribute| {
        let value = ground.value(attribute)?;
        let written = attribute.value.as_str();
        let bare = written.split('/').next()?;
        (counts.get(bare).copied().unwrap_or(0) > 2).then_some(())?;
        let wrong = dice.slip(bare, |word| ground.count(word) == 0 && jid::parse(word).is_ok())?;
        Some(Injection::new(value.start..value.start + bare.len(), wrong))
    })
}

pub fn no_jid(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(all_addresses(ground), |attribute| {
        let written = attribute.value.as_str();
        let (account, rest) = written.split_once('@')?;
        let wrong = [
            format!("@{rest}"),
            format!("{account}@@{rest}"),
            format!("{account}@"),
            format!("{account} @{rest}"),
            format!("{account}@{}/", rest.split('/').next()?),
            format!("{account}@.{rest}"),
            format!("{account}:{account}@{rest}"),
        ];
        let wrong: Vec<&String> = wrong.iter().filter(|wrong| jid::parse(wrong).is_err()).collect();
        Some(Injection::new(ground.value(attribute)?, dice.pick(&wrong)?.as_str()))
    })
}
