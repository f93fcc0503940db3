//! What attackers, and senders who are careless, make of a sealed stanza.
//!
//! Most only change what is there. Some seal anew ([`seals_anew`]), with keys that the attacker has; what they make is kept, as
//! it is with every sealed stanza, for no protocol encrypts twice to the same bytes.

use super::Example;
use super::cast::{Cast, Person};
use super::generate::{Plain, open_kept};
use super::round_trip::receiver_of;
use super::round_trip::{Means, Stage, demanded, seal_as};
use crate::protocol::omemo::DeviceId;
use crate::protocol::{self, Breach, Carrier, Identity, OpenRequest, Protection};
use crate::random::SeededRandom;
use crate::sce::envelope::serialise;
use crate::sce::profile::{Holds, Situation};
use crate::sce::seal::{assemble, split};
use crate::sce::{Profile, Profiles};
use crate::source::Span;
use crate::xml::write::{Style, write};
use crate::xml::{CLIENT, Element, Name, Node, parse};
use crate::xmpp::jid;

/// The longest padding that `length` asks for, in bytes.
const LONGEST_PADDING: usize = 1 << 16;

/// How deep elements are nested at most.
const DEEPEST: usize = 1000;

/// How many attributes an element has at most.
const MOST_ATTRIBUTES: usize = 1000;

/// Something that can be done to a sealed stanza.
#[derive(Clone, Copy, Debug)]
pub struct Tamper {
    /// As `tamper` names it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub explanation: &'static str,
    /// Whether it seals anew, so that what it makes has to be kept.
    pub seals_anew: bool,
}

const fn change(name: &'static str, explanation: &'static str) -> Tamper {
    Tamper { name, explanation, seals_anew: false }
}

const fn anew(name: &'static str, explanation: &'static str) -> Tamper {
    Tamper { name, explanation, seals_anew: true }
}

/// Everything that can be done to a sealed stanza.
pub const TAMPERS: [Tamper; 24] = [
    change("add-outside", "An element was put beside the carrier."),
    change("drop-store-hint", "The hint that asks for storing was taken out."),
    change("drop-encryption-hint", "The hint that names the encryption was taken out."),
    change("flip-ciphertext", "A bit of the ciphertext was changed."),
    change("unencrypted-envelope", "The envelope stands in the stanza in place of the carrier."),
    change(
        "readdress",
        "The stanza arrives at another time, in another way, or with other addresses than it was sealed for.",
    ),
    change("set-attribute", "An attribute in the carrier was changed."),
    change("strip-carrier", "The carrier was taken out."),
    change("swap-carrier", "The carrier is that of another stanza."),
    change("second-carrier", "A second carrier was added."),
    change("repeat", "The same receiver gets it a second time, and the second time counts."),
    change("repeat-forgotten", "The same receiver gets it a second time, and its protocol has forgotten the first."),
    anew("seal-as", "Somebody else sealed the same envelope, or with less protection."),
    anew("pad", "The padding is longer than a sender makes it."),
    anew("cut", "The plaintext was sealed without its end."),
    anew("prepend", "Something was sealed in front of the envelope."),
    anew("empty", "The envelope was sealed without any content."),
    anew("nest", "Elements nested into each other were sealed along with the content."),
    anew("crowd", "An element with many attributes was sealed along with the content."),
    anew("pass-on", "The receiver sealed what the author signed once more, for somebody else."),
    anew("substitute", "Words in the envelope were put in the place of others before it was sealed."),
    anew("sign-twice", "Somebody else signed it beside its author."),
    anew("follow", "Another message in the open was put behind the encrypted one."),
    anew("passphrase", "It was encrypted with a passphrase beside the keys."),
];

fn tamper(name: &str) -> Option<&'static Tamper> {
    TAMPERS.iter().find(|tamper| tamper.name == name)
}

/// What a tamper does, in a sentence.
pub fn explanation(name: &str) -> &'static str {
    tamper(name).map_or("Something was done to it.", |tamper| tamper.explanation)
}

/// Whether a tamper seals anew, so that what it makes has to be kept.
pub fn seals_anew(name: &str) -> bool {
    tamper(name).is_some_and(|tamper| tamper.seals_anew)
}

/// What is attacked.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// The stanza as it goes over the wire.
    pub stanza: &'a Element,
    /// What it was sealed from.
    pub plain: &'a Plain,
    /// The profile.
    pub profile: &'a Profile,
    /// Policy, profiles and cast.
    pub stage: Stage<'a>,
    /// The carrier of another example that is sealed under the same profile, by the example's name.
    pub other: &'a dyn Fn(&str) -> Option<Element>,
}

/// What becomes of a sealed stanza in the hands of somebody else: what `tamper` and the other words beside the example say.
///
/// # Errors
/// A sentence about why it cannot be done.
pub fn attack(tamper: &str, example: &Example, target: &Target<'_>) -> Result<Element, String> {
    let mut stanza = target.stanza.clone();
    match tamper {
        "add-outside" => add_elements(&mut stanza, example)?,
        "drop-store-hint" => drop_hint(&mut stanza, target.profile, "missing-store-hint"),
        "drop-encryption-hint" => drop_hint(&mut stanza, target.profile, "missing-encryption-hint"),
        "flip-ciphertext" => flip(&mut stanza, example, target.profile)?,
        "unencrypted-envelope" => {
            let opening = open_kept(&stanza, target.plain, target.profile, target.stage)?;
            let envelope = opening.tree.ok_or("it holds no envelope")?;
            strip(&mut stanza, target.profile);
            stanza.children.push(Node::from(envelope));
        }
        "repeat" if example.directives.get("element").is_some() => add_elements(&mut stanza, example)?,
        "readdress" | "repeat" | "repeat-forgotten" => {}
        "set-attribute" => set_attribute(&mut stanza, example, target.profile)?,
        "strip-carrier" => {
            strip(&mut stanza, target.profile);
            if example.directives.get("element").is_some() {
                add_elements(&mut stanza, example)?;
            }
        }
        "swap-carrier" => {
            let other = other(example, target)?;
            *carrier(&mut stanza, target.profile)? = other;
        }
        "second-carrier" => stanza.children.push(Node::from(other(example, target)?)),
        _ if seals_anew(tamper) => stanza = seal_anew(tamper, example, target)?,
        other => return Err(format!("there is no `tamper={other}`")),
    }
    readdress(&mut stanza, example);
    Ok(stanza)
}

/// The stanza as it arrives, where it comes in a wrapper: a carbon copy, or what an archive holds.
///
/// # Errors
/// A sentence about why there can be no such wrapper.
pub fn wrap(stanza: Element, example: &Example, stage: Stage<'_>) -> Result<Element, String> {
    let text = |directive| example.directives.text(directive);
    let wrapper = Wrapper {
        from: text("wrapper-from"),
        to: text("wrapper-to"),
        stamp: text("stamp"),
        query: Some(text("query").unwrap_or("f27")).filter(|query| !query.is_empty()),
        is_doubled: text("forwarded") == Some("twice"),
    };
    match text("situation") {
        Some(situation) => wrap_in(stanza, situation, &wrapper, &stage.rules.profiles),
        None => Ok(stanza),
    }
}

/// What a wrapper says of the stanza in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wrapper<'a> {
    /// Who sends it.
    pub from: Option<&'a str>,
    /// Who gets it.
    pub to: Option<&'a str>,
    /// When the stanza came first.
    pub stamp: Option<&'a str>,
    /// The id of the query that it answers; nothing for a result that names none.
    pub query: Option<&'a str>,
    /// Whether it holds the stanza twice, as no wrapper does.
    pub is_doubled: bool,
}

/// The stanza in the wrapper of a situation; the stanza alone where the situation has none.
///
/// # Errors
/// A sentence about why there can be no such wrapper.
pub fn wrap_in(
    stanza: Element,
    situation: &str,
    wrapper: &Wrapper<'_>,
    profiles: &Profiles,
) -> Result<Element, String> {
    let situation = profiles.situation(situation);
    let Some(name) = situation.and_then(|situation: &Situation| situation.wrapper.first()) else {
        return Ok(stanza);
    };
    let name = Name::from_clark(name).ok_or_else(|| format!("`{name}` is no name of a wrapper"))?;
    let span = stanza.span;
    let forwarded = profiles.forwarded().ok_or("`profiles.toml` names no `forwarded`")?;
    let mut forwarded = Element::new(forwarded.clone(), span);
    if let (Some(stamp), Some(delay)) = (wrapper.stamp, profiles.delay()) {
        forwarded = forwarded.with_child(Element::new(delay.clone(), span).with_attribute("stamp", stamp));
    }
    let forwarded = forwarded.with_child(stanza);
    let mut inner = Element::new(name, span);
    if let Some(query) = wrapper.query {
        inner.set_attribute("queryid", query);
    }
    if wrapper.is_doubled {
        inner = inner.with_child(forwarded.clone());
    }
    let inner = inner.with_child(forwarded);
    let mut outer = Element::new(Name::new(CLIENT, "message"), span);
    for (address, value) in [("from", wrapper.from), ("to", wrapper.to)] {
        if let Some(value) = value {
            outer.set_attribute(address, value);
        }
    }
    Ok(outer.with_child(inner))
}

/// The person as whom an example is to be opened, if its author names one.
pub fn opener<'a>(example: &Example, cast: &'a Cast) -> Option<&'a Person> {
    cast.person(example.directives.text("as")?)
}

fn add_elements(stanza: &mut Element, example: &Example) -> Result<(), String> {
    let text = example.directives.get("element").ok_or("it needs `element=\"<...>\"`")?;
    let parsed = parse(&text.value, CLIENT);
    match parsed.problems.first() {
        None => {
            stanza.children.extend(parsed.elements().cloned().map(Node::from));
            Ok(())
        }
        Some(problem) => Err(format!("`element` is no XML: {}", problem.message)),
    }
}

fn readdress(stanza: &mut Element, example: &Example) {
    for (directive, attribute) in [("from", "from"), ("to", "to"), ("type", "type"), ("new-id", "id")] {
        match example.directives.text(directive) {
            Some("") => stanza.attributes.retain(|found| !found.name.is("", attribute)),
            Some(value) => stanza.set_attribute(attribute, value),
            None => {}
        }
    }
}

fn drop_hint(stanza: &mut Element, profile: &Profile, rule: &str) {
    let names: Vec<_> =
        profile.hints.iter().filter(|hint| hint.rule == rule).map(|hint| hint.element.name.clone()).collect();
    stanza.children.retain(|node| node.element().is_none_or(|child| !names.contains(&child.name)));
}

fn strip(stanza: &mut Element, profile: &Profile) {
    stanza.children.retain(|node| node.element().is_none_or(|child| child.name != profile.carrier));
}

fn carrier<'a>(stanza: &'a mut Element, profile: &Profile) -> Result<&'a mut Element, String> {
    children(stanza).find(|child| child.name == profile.carrier).ok_or_else(|| "it carries nothing".into())
}

fn children(element: &mut Element) -> impl Iterator<Item = &mut Element> {
    element.children.iter_mut().filter_map(|node| match node {
        Node::Element(child) => Some(child.as_mut()),
        _ => None,
    })
}

/// The elements below `element` that have the local name.
fn named<'a>(element: &'a mut Element, local: &str) -> Vec<&'a mut Element> {
    let mut found = Vec::new();
    for child in children(element) {
        if child.name.local == local {
            found.push(child);
        } else {
            found.extend(named(child, local));
        }
    }
    found
}

fn other(example: &Example, target: &Target<'_>) -> Result<Element, String> {
    let name = example.directives.text("other").ok_or("it needs `other=\"#...\"`")?.trim_start_matches('#');
    (target.other)(name).ok_or_else(|| format!("`#{name}` is not sealed under `{}`", target.profile.id))
}

/// Flips a bit of the ciphertext: in the payload, or in the elements of the carrier that `on` names; `where` it stands.
fn flip(stanza: &mut Element, example: &Example, profile: &Profile) -> Result<(), String> {
    let carrier = carrier(stanza, profile)?;
    let local = example.directives.text("on").unwrap_or(&profile.payload);
    let holders = if local.is_empty() { vec![carrier] } else { named(carrier, local) };
    if holders.is_empty() {
        return Err(format!("its carrier has no `{local}`"));
    }
    for holder in holders {
        let mut bytes = crate::xmpp::base64::decode(&holder.text()).map_err(|error| error.reason)?;
        let at = match example.directives.text("where").unwrap_or("middle") {
            "start" => bytes.len().min(32) / 2,
            "end" => bytes.len().saturating_sub(4),
            "middle" => bytes.len() / 2,
            word => return Err(format!("`where` is `start`, `middle` or `end`, not `{word}`")),
        };
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1;
        }
        let span = holder.span;
        let emptied = std::mem::replace(holder, Element::new(Name::new("", ""), span));
        *holder = Element { children: Vec::new(), ..emptied }.with_text(&crate::xmpp::base64::encode(bytes));
    }
    Ok(())
}

/// Sets an attribute of the elements of the carrier that `on` names.
fn set_attribute(stanza: &mut Element, example: &Example, profile: &Profile) -> Result<(), String> {
    let (local, attribute, value) = (word(example, "on")?, word(example, "attribute")?, word(example, "value")?);
    let carrier = carrier(stanza, profile)?;
    let holders = named(carrier, local);
    if holders.is_empty() {
        return Err(format!("its carrier has no `{local}`"));
    }
    holders.into_iter().for_each(|holder| holder.set_attribute(attribute, value));
    Ok(())
}

/// Seals what a stanza holds with the attacker's own means.
fn seal_anew(tamper: &str, example: &Example, target: &Target<'_>) -> Result<Element, String> {
    let Target { stanza, plain, profile, stage, .. } = *target;
    let cast = stage.cast.ok_or("there is no cast")?;
    if tamper == "pass-on" {
        return pass_on(example, target, cast);
    }
    let opening = open_kept(stanza, plain, profile, stage)?;
    let mut envelope = opening.tree.ok_or("it holds no envelope")?;
    change_envelope(tamper, example, &mut envelope, profile)?;
    let mut plaintext = serialise(&envelope, profile);
    change_text(tamper, example, &mut plaintext)?;

    let author = cast.person(plain.stanza.value("from").unwrap_or("")).ok_or("its sender is not in the cast")?;
    let by = || -> Result<&Person, String> {
        let name = word(example, "by").map_err(|error| format!("{error}, the name of somebody of the cast"))?;
        cast.person(name).ok_or_else(|| format!("nobody of the cast is called `{name}`"))
    };
    let sender = if tamper == "seal-as" { by()? } else { author };
    let identity = match example.directives.text("device").filter(|_| tamper == "seal-as") {
        Some(device) => Some(with_device(sender, device, cast)?),
        None => None,
    };
    let breach = match tamper {
        "sign-twice" => Some(Breach::SignedTwice(&by()?.identity)),
        "follow" => Some(Breach::Followed(word(example, "text")?)),
        "passphrase" => Some(Breach::Passphrase(word(example, "text")?)),
        _ => None,
    };
    let time = match example.directives.text("signed-at") {
        Some(time) => time.parse().map_err(|_| format!("`signed-at` is no time: `{time}`"))?,
        None => plain.scene.at,
    };
    let protection = match example.directives.text("protection").filter(|_| tamper == "seal-as") {
        None => demanded(profile),
        Some("encrypted") => Protection::ENCRYPTED,
        Some("signed") => Protection::SIGNED,
        Some(word) => return Err(format!("`protection` is `encrypted` or `signed`, not `{word}`")),
    };
    let means = Means { sender: identity.as_ref().unwrap_or(&sender.identity), protection, time, breach };
    let mut random = SeededRandom::new(&format!("{}/{}/{}", cast.seed, example.label(), profile.id));
    let carrier = seal_as(&plaintext, &plain.stanza, means, profile, stage, &mut random)?;
    let split = split(&plain.stanza, &stage.rules.policy, &stage.rules.profiles);
    Ok(assemble(&split.outside, &split.inside, carrier, profile).0)
}

/// What is done to the elements of an envelope before it is sealed.
fn change_envelope(tamper: &str, example: &Example, envelope: &mut Element, profile: &Profile) -> Result<(), String> {
    match tamper {
        "pad" => pad(envelope, example, profile)?,
        "empty" => content(envelope, profile)?.children.clear(),
        "nest" => {
            let content = content(envelope, profile)?;
            let nested = nested(length(example)?, content.span)?;
            content.children.push(Node::from(nested));
        }
        "crowd" => {
            let content = content(envelope, profile)?;
            let crowded = crowded(length(example)?, content.span)?;
            content.children.push(Node::from(crowded));
        }
        _ => {}
    }
    Ok(())
}

/// What is done to the text of an envelope before it is sealed.
fn change_text(tamper: &str, example: &Example, plaintext: &mut String) -> Result<(), String> {
    match tamper {
        "cut" => {
            let left = plaintext.len().saturating_sub(length(example)?);
            plaintext.truncate(plaintext.floor_char_boundary(left));
        }
        "prepend" => plaintext.insert_str(0, word(example, "text")?),
        "substitute" => {
            let (text, with) = (word(example, "text")?, word(example, "with")?);
            if !plaintext.contains(text) {
                return Err(format!("the envelope does not hold `{text}`"));
            }
            *plaintext = plaintext.replacen(text, with, 1);
        }
        _ => {}
    }
    Ok(())
}

/// What stands beside the example under that name.
fn word<'a>(example: &'a Example, name: &str) -> Result<&'a str, String> {
    example.directives.text(name).ok_or_else(|| format!("it needs `{name}=\"...\"`"))
}

/// The person with one OMEMO device that follows from the cast's seed, whether or not the cast has it.
fn with_device(person: &Person, device: &str, cast: &Cast) -> Result<Identity, String> {
    let id = device.parse().map_err(|_| format!("`{device}` is no number of a device"))?;
    let mut identity = Identity::new(person.identity.jid().clone());
    identity.add_omemo_seed(&cast.seed, DeviceId::new(id).map_err(|failure| failure.to_string())?);
    Ok(identity)
}

fn length(example: &Example) -> Result<usize, String> {
    let length = example.directives.text("length").ok_or("it needs `length=...`, in bytes")?;
    length.parse().map_err(|_| format!("`length` is a number of bytes, not `{length}`"))
}

fn content<'a>(envelope: &'a mut Element, profile: &Profile) -> Result<&'a mut Element, String> {
    let name = profile.form(&envelope.name).unwrap_or(profile).content.clone();
    children(envelope).find(|child| child.name == name).ok_or_else(|| "its envelope has no content".into())
}

/// Elements that hold each other, so many deep.
fn nested(depth: usize, span: Span) -> Result<Element, String> {
    if depth == 0 || depth > DEEPEST {
        return Err(format!("`length` is from 1 to {DEEPEST}"));
    }
    let one = || Element::new(Name::new("urn:example:nest:0", "x"), span);
    Ok((1..depth).fold(one(), |inner, _| one().with_child(inner)))
}

/// An element with so many attributes, the declaration of its namespace among them.
fn crowded(count: usize, span: Span) -> Result<Element, String> {
    if count == 0 || count > MOST_ATTRIBUTES {
        return Err(format!("`length` is from 1 to {MOST_ATTRIBUTES}"));
    }
    let element = Element::new(Name::new("urn:example:crowd:0", "x"), span);
    Ok((1..count).fold(element, |element, number| element.with_attribute(&format!("a{number}"), "")))
}

fn pad(envelope: &mut Element, example: &Example, profile: &Profile) -> Result<(), String> {
    let length = length(example)?;
    if length > LONGEST_PADDING {
        return Err(format!("`length` is at most {LONGEST_PADDING}"));
    }
    let form = profile.form(&envelope.name).unwrap_or(profile);
    let is_padding = |name: &Name| form.affix(name).is_some_and(|(_, affix)| affix.holds == Holds::Padding);
    let padding = children(envelope).find(|child| is_padding(&child.name)).ok_or("its envelope has no padding")?;
    let span = padding.span;
    let emptied = std::mem::replace(padding, Element::new(Name::new("", ""), span));
    *padding = Element { children: Vec::new(), ..emptied }.with_text(&"x".repeat(length));
    Ok(())
}

/// Who received the stanza encrypts what its author signed once more, to whom `to` names.
fn pass_on(example: &Example, target: &Target<'_>, cast: &Cast) -> Result<Element, String> {
    let Target { stanza, plain, profile, .. } = *target;
    let receiver = receiver_of(&plain.stanza, cast).ok_or("its recipient is not in the cast")?;
    let to = example.directives.text("to").ok_or("it needs `to=...`")?;
    let to = cast.person(jid::bare(to).as_str()).ok_or_else(|| format!("`{to}` is nobody of the cast"))?;
    let mut protocol = protocol::by_name(&profile.protocol)
        .ok_or_else(|| format!("the protocol `{}` is not implemented", profile.protocol))?;
    let keyring = cast.keyring();
    let request = OpenRequest {
        receiver: &receiver.identity,
        known: keyring,
        sender: None,
        time: plain.scene.at,
        demand: Protection::NONE,
        carrier: &Carrier::new(profile.carrier.clone(), &profile.payload),
    };
    let mut stanza = stanza.clone();
    let carrier = carrier(&mut stanza, profile)?;
    *carrier = protocol.pass_on(carrier, &request, &[&to.identity]).map_err(|failure| failure.to_string())?;
    Ok(stanza)
}

/// The stanza as it is kept.
pub fn wire(stanza: &Element) -> String {
    write(stanza, CLIENT, Style::default())
}
