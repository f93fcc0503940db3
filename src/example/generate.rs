//! Examples that are made from others: sealed stanzas, their envelopes, the stanzas as restored, and what attackers make of
//! them.
//!
//! The only thing that is kept is the sealed stanza as it goes over the wire, with a lock: a hash of all that it was made
//! from. Everything that is shown is derived from it by really opening it.

use super::attack;
use super::cast::Cast;
use super::round_trip::{
    Scene, Sent, Stage, delivered, hand_over, knowledge, message_for, message_of, receiver_of, seal, time_of_sealing,
    wrap,
};
use super::sealed::{Opening, Receiver, Sealed, open, sealed_stanzas};
use super::{Example, Kind, stanza_of};
use crate::protocol;
use crate::random::SeededRandom;
use crate::sce::arrival::Arrival;
use crate::sce::envelope::serialise;
use crate::sce::profile::Holds;
use crate::sce::seal::{assemble, split};
use crate::sce::{Profile, Rulebook};
use crate::source::MappedText;
use crate::xml::canonical::{Whitespace, canonical};
use crate::xml::write::{Style, escape_text, write};
use crate::xml::{CLIENT, Element, parse};
use crate::xmpp::hash::to_hexadecimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The number of the way in which examples are generated; a change of it makes all stale.
const GENERATION: u32 = 3;

/// How many characters of Base64 stand on a line.
const BASE64_WIDTH: usize = 72;

/// A sealed stanza that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The hash of what it was made from.
    pub lock: String,
    /// The stanza as it goes over the wire.
    pub wire: String,
}

/// All sealed stanzas that were kept, by the name of the example and the profile.
pub type Store = BTreeMap<(String, String), Kept>;

/// The plain example that a stanza is sealed from.
#[derive(Clone, Debug)]
pub struct Plain {
    /// Its name.
    pub name: String,
    /// The stanza; of a lone envelope the message in which it travels.
    pub stanza: Element,
    /// The envelope that an author wrote by hand and that is sealed as it stands.
    pub envelope: Option<Element>,
    /// When and in which situation it is sent.
    pub scene: Scene,
}

impl Plain {
    /// The stem of the name of a file for it.
    pub fn file_stem(&self) -> String {
        super::plain_name(&self.name)
    }
}

/// What an example seals: one whole stanza in which nothing is sealed already, or one whole envelope.
pub fn plain(example: &Example, rules: &Rulebook, cast: &Cast) -> Option<Plain> {
    let Some(stanza) = stanza_of(example) else { return plain_envelope(example, rules, cast) };
    let is_sealed = !sealed_stanzas(std::iter::once(stanza), &rules.profiles).is_empty();
    if is_sealed || example.generated {
        return None;
    }
    let scene = Scene::new(stanza, example.directives.text("at"), example.directives.text("situation"), Some(cast));
    Some(Plain { name: example.label().to_owned(), stanza: stanza.clone(), envelope: None, scene })
}

fn plain_envelope(example: &Example, rules: &Rulebook, cast: &Cast) -> Option<Plain> {
    let mut elements = example.elements();
    let (envelope, rest) = (elements.next()?, elements.next());
    let form = rules.profiles.of_envelope(&envelope.name)?;
    if rest.is_some() || example.generated || example.kind != Kind::Complete || !example.is_whole() {
        return None;
    }
    let stanza = message_for(envelope, form);
    let scene = Scene::new(&stanza, example.directives.text("at"), None, Some(cast));
    Some(Plain { name: example.label().to_owned(), stanza, envelope: Some(envelope.clone()), scene })
}

/// What a hand-written envelope that is to be judged (`expect`) is sealed in: the message that its own affixes address.
pub fn judged_envelope(example: &Example, rules: &Rulebook, cast: &Cast) -> Option<(Plain, String)> {
    let profile = rules.profiles.get(example.directives.text("profile")?)?;
    let is_wanted = example.expectation.is_some() && order(example).is_none() && example.is_whole();
    let mut elements = example.elements();
    let (envelope, rest) = (elements.next()?, elements.next());
    if !is_wanted || rest.is_some() || super::sealed::is_stanza(envelope) {
        return None;
    }
    let stanza = message_of(envelope, profile, example);
    let scene = Scene::new(&stanza, example.directives.text("at"), example.directives.text("situation"), Some(cast));
    let plain = Plain { name: example.label().to_owned(), stanza, envelope: Some(envelope.clone()), scene };
    Some((plain, profile.id.clone()))
}

/// The hash of everything that a sealed stanza is made from: the stanza as split, the profile's figures, the people and their
/// keys, the time.
pub fn lock(plain: &Plain, profile: &Profile, stage: Stage<'_>) -> String {
    let split = split(&plain.stanza, &stage.rules.policy, &stage.rules.profiles);
    let mut text = format!("xep examples, generation {GENERATION}\n");
    let _ = writeln!(text, "{}\n{}", canonical(&split.outside, Whitespace::Exact), plain.scene.at);
    let _ = writeln!(text, "{}\n{}", plain.scene.situation, plain.stanza.value("to").unwrap_or(""));
    for element in split.inside.iter().chain(&plain.envelope) {
        let _ = writeln!(text, "{}", canonical(element, Whitespace::Exact));
    }
    describe_profile(&mut text, profile, &plain.scene.situation);
    if let (Some(cast), Some(protocol)) = (stage.cast, protocol::by_name(&profile.protocol)) {
        let _ = writeln!(text, "{}", cast.seed);
        for person in &cast.people {
            let _ = writeln!(text, "{} {}", person.jid, protocol.key_names(&person.identity).join(" "));
        }
    }
    to_hexadecimal(&Sha256::digest(text))
}

pub(super) fn describe_profile(text: &mut String, profile: &Profile, situation: &str) {
    let padding = &profile.padding;
    let _ = writeln!(text, "{} {} {} {}", profile.protocol, profile.carrier, profile.payload, profile.envelope);
    let _ = writeln!(text, "{} {} {}", profile.content, profile.encrypted, profile.signed);
    let _ = writeln!(text, "{} {}", padding.minimum, padding.random);
    if !padding.sizes.is_empty() || padding.by_protocol {
        let _ = writeln!(text, "{:?} {}", padding.sizes, padding.by_protocol);
    }
    if profile.redundant_xmlns {
        let _ = writeln!(text, "redundant xmlns");
    }
    for (name, affix) in &profile.affixes {
        let use_ = affix.use_in(Some(situation));
        if affix.holds != Holds::Stanza {
            let _ = writeln!(text, "{name} {use_:?} {:?} {:?}", affix.holds, affix.attribute);
        } else if use_.is_sent() {
            let _ = writeln!(text, "{name} {:?} {:?}", affix.namespace, affix.attributes);
        }
    }
    for hint in &profile.hints {
        let _ = writeln!(text, "{} {:?} {:?}", canonical(&hint.element, Whitespace::Exact), hint.stanzas, hint.use_);
    }
}

/// Seals a plain example anew. Padding follows from the cast's published seed; the ciphertext is the protocol's own.
///
/// # Errors
/// As [`seal`].
pub fn make(plain: &Plain, profile: &Profile, stage: Stage<'_>) -> Result<Kept, String> {
    let seed = stage.cast.map_or("", |cast| cast.seed.as_str());
    let mut random = SeededRandom::new(&format!("{seed}/{}/{}", plain.name, profile.id));
    let stanza = match &plain.envelope {
        None => seal(&plain.stanza, profile, stage, &plain.scene, &mut random)?.stanza,
        Some(envelope) => {
            let time = time_of_sealing(envelope, profile, plain.scene.at);
            let carrier = wrap(&serialise(envelope, profile), &plain.stanza, profile, stage, time, &mut random)?;
            assemble(&plain.stanza, &[], carrier, profile).0
        }
    };
    Ok(Kept { lock: lock(plain, profile, stage), wire: write(&stanza, CLIENT, Style::default()) })
}

/// What a generated example asks for.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// The name of the plain example.
    pub source: &'a str,
    /// The profile.
    pub profile: &'a str,
    /// What is shown: `sealed` (the default), `envelope`, `restored`.
    pub part: &'a str,
    /// What an attacker or a careless sender does to it.
    pub tamper: Option<&'a str>,
    /// The name of another plain example, whose encrypted element is used as well.
    pub other: Option<&'a str>,
}

impl<'a> Order<'a> {
    /// All examples that it is made from.
    pub fn sources(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        std::iter::once(self.source).chain(self.other)
    }
}

/// What an example asks to be generated from, if it does.
pub fn order(example: &Example) -> Option<Order<'_>> {
    let source = example.directives.text("seal")?.trim_start_matches('#');
    Some(Order {
        source,
        profile: example.directives.text("profile").unwrap_or(""),
        part: example.directives.text("part").unwrap_or("sealed"),
        tamper: example.directives.text("tamper"),
        other: example.directives.text("other").map(|name| name.trim_start_matches('#')),
    })
}

/// The stanza that an attacker sealed anew, as it is kept.
///
/// # Errors
/// When it cannot be made; see [`attack::attack`].
pub fn make_attack(
    example: &Example,
    tamper: &str,
    plain: &Plain,
    kept: &Kept,
    profile: &Profile,
    stage: Stage<'_>,
) -> Result<Kept, String> {
    let parsed = parse(&MappedText::standing_for(kept.wire.clone(), example.span), CLIENT);
    let stanza = parsed.elements().next().ok_or("the sealed stanza that was kept is no XML")?;
    let target = attack::Target { stanza, plain, profile, stage, other: &|_| None };
    let attacked = attack::attack(tamper, example, &target)?;
    Ok(Kept { lock: attack_lock(example, kept), wire: attack::wire(&attacked) })
}

/// The hash of everything that such a stanza is made from: the stanza that was attacked, and what the author says.
pub fn attack_lock(example: &Example, kept: &Kept) -> String {
    let mut text = format!("xep examples, attack, generation {GENERATION}\n{}\n{}\n", kept.lock, kept.wire);
    for (name, value) in example.directives.iter().filter(|(name, _)| ATTACK_WORDS.contains(name)) {
        let _ = writeln!(text, "{name} {}", value.value.as_str());
    }
    to_hexadecimal(&Sha256::digest(text))
}

/// What a stanza that is sealed anew depends on, of all that stands beside an example.
const ATTACK_WORDS: [&str; 13] = [
    "tamper",
    "seal",
    "profile",
    "by",
    "device",
    "length",
    "text",
    "protection",
    "from",
    "to",
    "type",
    "with",
    "signed-at",
];

/// The text that a generated example shows, made from the sealed stanza that was kept.
///
/// # Errors
/// A sentence about why it cannot be made.
pub fn show(
    example: &Example,
    order: &Order<'_>,
    plain: &Plain,
    kept: &Kept,
    stage: Stage<'_>,
    other: &dyn Fn(&str) -> Option<Element>,
) -> Result<String, String> {
    let profile =
        stage.rules.profiles.get(order.profile).ok_or_else(|| format!("there is no profile `{}`", order.profile))?;
    let span = example.span;
    let parsed = parse(&MappedText::standing_for(kept.wire.clone(), span), CLIENT);
    let stanza = parsed.elements().next().ok_or("the sealed stanza that was kept is no XML")?;
    if let Some(tamper) = order.tamper {
        // What was sealed anew was kept as it is.
        let attacked = match attack::seals_anew(tamper) {
            true => stanza.clone(),
            false => attack::attack(tamper, example, &attack::Target { stanza, plain, profile, stage, other })?,
        };
        return Ok(pretty(&attack::wrap(attacked, example, stage)?, profile));
    }
    match order.part {
        "sealed" => Ok(pretty(stanza, profile)),
        part => {
            let opening = open_kept(stanza, plain, profile, stage)?;
            match part {
                "envelope" => {
                    opening.tree.as_ref().map(|tree| indented(tree, "")).ok_or_else(|| "it holds no envelope".into())
                }
                "restored" => {
                    let restored = opening.restored.as_ref().ok_or("it cannot be restored")?;
                    Ok(indented(&restored.stanza, CLIENT))
                }
                other => Err(format!("`part` is `sealed`, `envelope` or `restored`, not `{other}`")),
            }
        }
    }
}

/// Opens a kept stanza as its recipient, at the time of its scene, with the affixes as they were sealed.
///
/// # Errors
/// A sentence about why it does not open.
pub fn open_kept(stanza: &Element, plain: &Plain, profile: &Profile, stage: Stage<'_>) -> Result<Opening, String> {
    let cast = stage.cast.ok_or("there is no cast")?;
    let person = receiver_of(stanza, cast).ok_or("its recipient is not in the cast")?;
    let stanza = delivered(stanza, person, cast);
    let carrier = stanza.elements().find(|child| child.name == profile.carrier).ok_or("it carries nothing")?;
    let knowledge = knowledge(person, cast, &plain.scene);
    let arrival = Arrival::known(&stanza, &plain.scene.situation, &stage.rules.profiles, &knowledge);
    let receiver = Receiver { identity: &person.identity, known: cast.keyring(), clock: plain.scene.at };
    let sealed = Sealed { stanza: &stanza, carrier, profile };
    open(&sealed, stage.rules, &arrival, &receiver).map_err(|failure| failure.to_string())
}

/// The stanza that was kept, as a tree.
pub fn wire_of(kept: &Kept) -> Option<Element> {
    let mut sources = crate::source::Sources::default();
    let file = sources.add("sealed", kept.wire.as_str());
    let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), CLIENT);
    parsed.elements().next().cloned()
}

/// Whether a kept stanza still opens, and to the plaintext that it is kept for.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn verify_kept(plain: &Plain, kept: &Kept, profile: &Profile, stage: Stage<'_>) -> Result<(), String> {
    let parsed = parse(&MappedText::standing_for(kept.wire.clone(), plain.stanza.span), CLIENT);
    let stanza = parsed.elements().next().filter(|_| parsed.problems.is_empty()).ok_or("it is no XML")?;
    let hints = profile.hints.iter().flat_map(|hint| std::iter::once(&hint.element).chain(&hint.passing));
    let hints = hints.map(|element| &element.name);
    let is_new = |name: &&crate::xml::Name| plain.stanza.elements().all(|child| child.name != **name);
    let added: Vec<_> = hints.filter(is_new).cloned().collect();
    let sent = Sent { original: &plain.stanza, envelope: plain.envelope.as_ref(), added: &added };
    match hand_over(&sent, stanza, profile, stage, &plain.scene).1.into_iter().next() {
        None => Ok(()),
        Some(trouble) => Err(trouble.message),
    }
}

/// An element with its children on lines of their own.
pub fn indented(element: &Element, inherited: &str) -> String {
    write(element, inherited, Style { indented: true, redundant_xmlns: false })
}

/// A sealed stanza for people: children on lines of their own, Base64 wrapped.
fn pretty(stanza: &Element, profile: &Profile) -> String {
    let written = indented(stanza, CLIENT);
    let mut out = String::new();
    for line in written.lines() {
        out.push_str(&wrap_base64(line, profile));
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// Breaks a line that holds an element with a long text of Base64.
fn wrap_base64(line: &str, profile: &Profile) -> String {
    let indent = line.len() - line.trim_start().len();
    let holder = if profile.payload.is_empty() { &profile.carrier.local } else { &profile.payload };
    let parts = line.trim_start().strip_prefix('<').filter(|rest| rest.starts_with(holder.as_str())).and_then(|_| {
        let start = line.find('>')? + 1;
        let end = line.rfind("</")?;
        (end > start + BASE64_WIDTH).then_some((start, end))
    });
    let Some((start, end)) = parts else { return line.to_owned() };
    let inner = " ".repeat(indent + 2);
    let mut out = line[..start].to_owned();
    for chunk in line.as_bytes()[start..end].chunks(BASE64_WIDTH) {
        let _ = write!(out, "\n{inner}{}", escape_text(&String::from_utf8_lossy(chunk)));
    }
    let _ = write!(out, "\n{}{}", " ".repeat(indent), &line[end..]);
    out
}
