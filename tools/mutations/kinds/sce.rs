//! Envelopes (XEP-0420) and the stanzas that carry them.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, bytes};
use xep::sce::profile::Use;
use xep::sce::{Profile, Profiles};
use xep::source::Sources;
use xep::workspace::PROFILES;
use xep::xml::{CLIENT, Element};

/// The built-in profiles; nothing where they are faulty, which tests forbid.
fn profiles() -> Option<Profiles> {
    let mut sources = Sources::default();
    let file = sources.add("profiles.toml", PROFILES);
    Profiles::parse(PROFILES, file).ok()
}

/// What is made of each affix, with the profile by whose form it stands there.
fn of_affixes(ground: &Ground<'_>, mut make: impl FnMut(&Profile, &Element) -> Option<Injection>) -> Vec<Injection> {
    let Some(profiles) = profiles() else { return Vec::new() };
    let mut made = Vec::new();
    for envelope in ground.elements() {
        let Some(profile) = profiles.of_envelope(&envelope.name) else { continue };
        let affixes = envelope.elements().filter(|child| profile.affix(&child.name).is_some());
        made.extend(affixes.filter_map(|affix| make(profile, affix)));
    }
    made
}

pub fn affix_misspelt(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    of_affixes(ground, |profile, affix| {
        let wrong = dice.slip(&affix.name.local, |word| !profile.affixes.contains_key(word) && word != "content")?;
        let injection = Injection::new(bytes(affix.name_span), wrong.as_str());
        match ground.end_tag(affix) {
            None => Some(injection),
            Some(_) => Some(injection.and(ground.end_name(affix)?, wrong)),
        }
    })
}

/// An affix that the profile of the envelope demands.
pub fn affix_missing(ground: &Ground<'_>, _: &mut Dice) -> Vec<Injection> {
    of_affixes(ground, |profile, affix| {
        let (_, facts) = profile.affix(&affix.name)?;
        (facts.use_ == Use::Required).then(|| Injection::removal(ground.with_space(affix.span)))
    })
}

/// A text for everybody beside what is encrypted.
pub fn outside(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    const SENSITIVE: [&str; 4] = [
        "<subject>Tonight</subject>",
        "<thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread>",
        "<active xmlns='http://jabber.org/protocol/chatstates'/>",
        "<x xmlns='jabber:x:oob'><url>https://montague.example/picture.png</url></x>",
    ];
    let Some(profiles) = profiles() else { return Vec::new() };
    let is_carrier = |element: &Element| profiles.of_carrier(&element.name).is_some_and(|profile| profile.encrypted);
    let messages = ground.children().filter(|(parent, _)| parent.name.is(CLIENT, "message"));
    each(messages.filter(|(_, child)| is_carrier(child)), |(_, carrier)| {
        let end = carrier.span.end;
        Some(Injection::new(end..end, *dice.pick(&SENSITIVE)?))
    })
}
