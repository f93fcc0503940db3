//! Values of a kind that can be recognised: times, Base64, hashes.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, bytes};
use std::collections::HashSet;
use std::ops::Range;
use xep::example::Example;
use xep::source::MappedText;
use xep::xml::{Element, Node};
use xep::xmpp::hash::{Algorithm, to_hexadecimal};
use xep::xmpp::{base64, time};

/// The values of attributes and the texts of elements that hold nothing else, where they are written.
fn values<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a MappedText, Range<usize>)> {
    let attributes = ground.elements().flat_map(|element| &element.attributes);
    let attributes = attributes.filter_map(|one| Some((&one.value, ground.value(one)?)));
    let texts = ground.elements().filter_map(|element| match element.children.as_slice() {
        [Node::Text(text)] => Some((&text.text, bytes(text.span))),
        _ => None,
    });
    attributes.chain(texts).filter(|(text, range)| ground.slice(range.clone()) == text.as_str())
}

pub fn time(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let times = values(ground).filter(|(text, _)| time::parse_date_time(text.as_str()).is_ok());
    each(times, |(text, range)| {
        let right = text.as_str();
        let wrong = [
            right.trim_end_matches('Z').to_owned(),
            right.replacen('T', " ", 1),
            right.replacen('-', "", 1),
            right.replacen('-', "/", 2),
            right.replacen("-0", "-", 1),
            format!("{}13{}", right.get(..5)?, right.get(7..)?),
            format!("{}32{}", right.get(..8)?, right.get(10..)?),
            format!("{}{}", right.get(..16)?, right.get(19..)?),
        ];
        let wrong: Vec<&String> = wrong.iter().filter(|wrong| time::parse_date_time(wrong).is_err()).collect();
        Some(Injection::new(range, dice.pick(&wrong)?.as_str()))
    })
}

/// Whether a text is Base64 beyond doubt: letters of both cases and digits or signs, and long or with its end.
fn is_base64(text: &MappedText) -> bool {
    let written = text.as_str().trim();
    let has = |wanted: fn(&u8) -> bool| written.as_bytes().iter().any(wanted);
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let is_long = written.len() >= 40 || written.len() >= 16 && written.ends_with('=');
    mixed && is_long && !written.contains(['-', ' ']) && base64::decode(text).is_ok()
}

pub fn base64(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    each(values(ground).filter(|(text, _)| is_base64(text)), |(text, range)| {
        let written = text.as_str();
        let start = range.start + written.len() - written.trim_start().len();
        let at = start + dice.below(written.trim().trim_end_matches('=').len().saturating_sub(1));
        let sign = *dice.pick(&["*", "_", "-", "!"])?;
        Some(match dice.below(3) {
            0 => Injection::removal(at..at + 1),
            1 => Injection::new(at..at + 1, sign),
            _ => Injection::new(at..at, "="),
        })
    })
}

/// The hashes of all that examples show, in every way in which they are written.
fn hashes(ground: &Ground<'_>) -> HashSet<String> {
    let examples = ground.all_examples().iter();
    let elements: Vec<&Element> = examples.flat_map(Example::elements).flat_map(Element::descendants).collect();
    let data = elements.iter().filter_map(|element| base64::decode(&element.text()).ok().filter(|data| data.len() > 8));
    let strings = elements.iter().filter(|element| element.name.local == "query").map(|query| capabilities(query));
    let mut all = HashSet::new();
    for data in data.chain(strings.map(String::into_bytes)) {
        for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
            let digest = algorithm.digest(&data);
            all.extend([to_hexadecimal(&digest), base64::encode(&digest)]);
        }
    }
    all
}

/// The text whose hash is the `ver` of XEP-0115, for answers without forms.
fn capabilities(query: &Element) -> String {
    let part = |name: &'static str| query.elements().filter(move |child| child.name.local == name);
    let mut identities: Vec<String> = part("identity")
        .map(|one| {
            let value = |name: &str| one.value(name).unwrap_or("");
            let language = one.attributes.iter().find(|attribute| attribute.name.local == "lang");
            let language = language.map_or("", |attribute| attribute.value.as_str());
            format!("{}/{}/{language}/{}<", value("category"), value("type"), value("name"))
        })
        .collect();
    let mut features: Vec<String> = part("feature").filter_map(|one| Some(format!("{}<", one.value("var")?))).collect();
    identities.sort();
    features.sort();
    identities.concat() + &features.concat()
}

/// One letter of a hash of something that is shown.
pub fn hash(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let known = hashes(ground);
    let is_known = |word: &str| known.contains(word);
    each(values(ground), |(text, range)| {
        let written = text.as_str();
        let mut words = written.split(['+', '@', ' ', '\n']).chain([written.trim()]);
        let word = words.find(|word| is_known(word))?;
        let start = range.start + written.find(word)? + dice.below(word.len().saturating_sub(4));
        let old = ground.slice(start..start + 1);
        let others: Vec<&str> = ["a", "b", "c", "0", "1", "2"].into_iter().filter(|other| *other != old).collect();
        Some(Injection::new(start..start + 1, *dice.pick(&others)?))
    })
}
