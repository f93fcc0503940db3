//! Round trips: seal, hand over, open, verify, compare.

use super::Example;
use super::cast::{Cast, Person};
use super::sealed::{self, Opening, Receiver, Sealed};
use crate::protocol::{self, Breach, Carrier, Identity, Keyring, Protection, SealRequest};
use crate::random::Random;
use crate::sce::arrival::{Address, Arrival, Knowledge, situation_of};
use crate::sce::envelope::{self, Attributes, Particulars};
use crate::sce::policy::Addressee;
use crate::sce::profile::Holds;
use crate::sce::seal::{assemble, split};
use crate::sce::{Profile, Profiles, Rules};
use crate::source::Span;
use crate::xml::canonical::{Whitespace, canonical_stanza, is_same};
use crate::xml::{Element, Name, Node};
use crate::xmpp::jid;
use jiff::Timestamp;

/// Everything that a round trip needs besides the example.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// Policy and profiles.
    pub rules: &'a Rules,
    /// Who plays. Without a cast, only protocols that need no keys can be gone through.
    pub cast: Option<&'a Cast>,
}

/// A sealed stanza, and what was added to it.
#[derive(Clone, Debug)]
pub struct SealedStanza {
    /// The stanza.
    pub stanza: Element,
    /// The names of the hints that the sender added.
    pub added: Vec<Name>,
    /// The envelope inside.
    pub envelope: Element,
}

/// The outcome of a round trip.
#[derive(Clone, Debug)]
pub struct RoundTrip {
    /// The profile.
    pub profile: String,
    /// What people call it.
    pub title: String,
    /// Whether it was really encrypted.
    pub encrypted: bool,
    /// The size of the sealed stanza in bytes, as committed with the examples.
    pub sealed_bytes: Option<usize>,
    /// How many receivers opened it.
    pub receivers: usize,
    /// The envelope that was sealed.
    pub envelope: Option<Element>,
    /// What went wrong; empty: nothing.
    pub troubles: Vec<Trouble>,
}

/// Something that went wrong in a round trip.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What.
    pub message: String,
    /// Why.
    pub note: Option<String>,
    /// Where in the author's file.
    pub span: Span,
}

impl Trouble {
    fn new(message: impl Into<String>, span: Span) -> Trouble {
        Trouble { message: message.into(), note: None, span }
    }
}

impl RoundTrip {
    /// One in which nothing was wrong.
    pub fn passed(profile: &Profile, receivers: usize) -> RoundTrip {
        RoundTrip {
            profile: profile.id.clone(),
            title: profile.title.clone(),
            encrypted: profile.encrypted,
            sealed_bytes: None,
            receivers,
            envelope: None,
            troubles: Vec::new(),
        }
    }

    /// Whether everything came back as it was.
    pub fn is_ok(&self) -> bool {
        self.troubles.is_empty()
    }
}

/// Whether a profile can be gone through: its protocol is there, and if it needs keys, there is a cast to have them.
pub fn can_go_through(profile: &Profile, stage: Stage<'_>) -> bool {
    let needs_keys = profile.encrypted || profile.signed;
    protocol::by_name(&profile.protocol).is_some() && (!needs_keys || stage.cast.is_some())
}

/// Who takes part: the sender, and the recipients.
struct Parties<'a> {
    sender: &'a Person,
    recipients: Vec<&'a Person>,
}

fn parties<'a>(stanza: &Element, cast: &'a Cast) -> Option<Parties<'a>> {
    let sender = cast.person(stanza.value("from")?)?;
    let to = stanza.value("to").unwrap_or(&sender.jid);
    let recipients = cast.person(to).map_or_else(|| recipients_in_room(stanza, cast), |person| vec![person]);
    (!recipients.is_empty()).then_some(Parties { sender, recipients })
}

/// The occupants whom a stanza to a room reaches, the sender aside: all of them, or the one with the nickname.
pub fn recipients_in_room<'a>(stanza: &Element, cast: &'a Cast) -> Vec<&'a Person> {
    let to = stanza.value("to").unwrap_or("");
    let Some(room) = cast.room(to) else { return Vec::new() };
    let nick = jid::parse(to).ok().and_then(|jid| jid.resource().map(ToString::to_string));
    let named = room.people(cast).filter(|(_, own)| nick.as_deref().is_none_or(|nick| nick == *own));
    let is_sender = |person: &Person| stanza.value("from").is_some_and(|from| jid::same_bare(from, &person.jid));
    named.map(|(person, _)| person).filter(|person| !is_sender(person)).collect()
}

/// Who of a cast opens a stanza: its recipient, or an occupant of the room that it goes to.
pub fn receiver_of<'a>(stanza: &Element, cast: &'a Cast) -> Option<&'a Person> {
    let to = stanza.value("to").unwrap_or("");
    cast.person(to).or_else(|| recipients_in_room(stanza, cast).into_iter().next())
}

/// A stanza as it reaches a receiver: rooms put their own addresses on it, everything else stays as it was sent.
pub fn delivered(stanza: &Element, receiver: &Person, cast: &Cast) -> Element {
    through_room(receiver, stanza, cast).unwrap_or_else(|| stanza.clone())
}

/// Why a stanza is never sealed, whatever it holds.
pub struct Unsealable {
    /// In a sentence.
    pub reason: String,
    /// The requirements and other sources that say so, as the tables name them.
    pub sources: Vec<String>,
}

/// Why a stanza is never sealed, if that is so: whoever answers it could not open it.
pub fn unsealable(stanza: &Element, stage: Stage<'_>) -> Option<Unsealable> {
    let kind = stanza.name.local.as_str();
    let type_ = stanza.value("type").unwrap_or_default();
    if let Some(row) = stage.rules.profiles.never_sealed(kind, type_) {
        return Some(Unsealable {
            reason: format!("{kind} of type `{type_}` is never sealed: {} ({})", row.reason, row.requirement),
            sources: vec![row.requirement.clone()],
        });
    }
    let is_room = |address: &str| stage.cast.is_some_and(|cast| cast.room(address).is_some());
    let addressee = Addressee::of(stanza, &is_room);
    let row = stage.rules.policy.addressee(kind, addressee).filter(|row| !row.sealed)?;
    let whom = match stanza.value("to") {
        Some(to) => format!("to `{to}`"),
        None => "without `to`".to_owned(),
    };
    Some(Unsealable {
        reason: format!("{kind} {whom} is not sealed: {} ({})", row.reason, row.source),
        sources: row.source.split(';').map(|source| source.trim().to_owned()).collect(),
    })
}

/// Seals a stanza under a profile.
///
/// # Errors
/// A sentence about what stands in the way: unknown people, or the protocol's own failure.
pub fn seal(
    stanza: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    scene: &Scene,
    random: &mut dyn Random,
) -> Result<SealedStanza, String> {
    if let Some(unsealable) = unsealable(stanza, stage) {
        return Err(unsealable.reason);
    }
    let split = split(stanza, &stage.rules.policy, &stage.rules.profiles);
    let particulars = Particulars {
        recipient: recipient_affix(stanza, stage.cast, &scene.situation),
        sender: stanza.value("from").map(jid::bare),
        time: scene.at,
        situation: scene.situation.clone(),
        stanza: Attributes::of(stanza),
    };
    let language = stanza.language().map(str::to_owned);
    let mut inside = split.inside;
    if let Some(language) = &language {
        inside.iter_mut().for_each(|child| child.set_language(language));
    }
    let envelope = envelope::build(inside.clone(), profile, &particulars, random, stanza.start_tag);
    let carrier = wrap(&envelope::serialise(&envelope, profile), stanza, profile, stage, scene.at, random)?;
    let (stanza, added) = assemble(&split.outside, &inside, carrier, profile);
    Ok(SealedStanza { stanza, added, envelope })
}

/// When and in which situation a stanza is sent.
#[derive(Clone, Debug)]
pub struct Scene {
    /// When.
    pub at: Timestamp,
    /// The situation in which it arrives.
    pub situation: String,
}

impl Scene {
    /// The scene of a stanza: what the author says of it, else what the stanza and the cast's clock say.
    pub fn new(stanza: &Element, at: Option<&str>, situation: Option<&str>, cast: Option<&Cast>) -> Scene {
        let clock = cast.map_or(Timestamp::UNIX_EPOCH, |cast| cast.clock);
        Scene {
            at: at.and_then(|at| at.parse().ok()).unwrap_or(clock),
            situation: situation.unwrap_or(situation_of(stanza)).to_owned(),
        }
    }
}

/// The address that the envelope names as its recipient: the account or room; of an occupant who is known, the account.
fn recipient_affix(stanza: &Element, cast: Option<&Cast>, situation: &str) -> Option<String> {
    let to = stanza.value("to")?;
    if situation == "group-chat-private"
        && let Some(cast) = cast
    {
        let known =
            parties(stanza, cast).and_then(|parties| parties.recipients.first().map(|person| person.jid.clone()));
        return known.or_else(|| Some(jid::bare(to)));
    }
    Some(jid::bare(to))
}

/// What a profile demands to be done to an envelope.
pub(super) fn demanded(profile: &Profile) -> Protection {
    Protection { encrypted: profile.encrypted, signed: profile.signed }
}

/// Wraps a text for whom a stanza is sent to.
///
/// # Errors
/// As [`seal`].
pub fn wrap(
    plaintext: &str,
    stanza: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    at: Timestamp,
    random: &mut dyn Random,
) -> Result<Element, String> {
    let parties = stage.cast.and_then(|cast| parties(stanza, cast));
    let protection = demanded(profile);
    match &parties {
        Some(parties) => {
            let means = Means { sender: &parties.sender.identity, protection, time: at, breach: None };
            seal_as(plaintext, stanza, means, profile, stage, random)
        }
        None => {
            let means = Means { sender: &nobody(), protection, time: at, breach: None };
            seal_as(plaintext, stanza, means, profile, stage, random)
        }
    }
}

/// With what somebody seals.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    /// Whose keys.
    pub(super) sender: &'a Identity,
    /// What is done to the text.
    pub(super) protection: Protection,
    /// When.
    pub(super) time: Timestamp,
    /// Against which rule of the protocol.
    pub(super) breach: Option<Breach<'a>>,
}

/// Wraps a text for whom a stanza is sent to, whoever does it.
///
/// # Errors
/// As [`seal`].
pub(super) fn seal_as(
    plaintext: &str,
    stanza: &Element,
    means: Means<'_>,
    profile: &Profile,
    stage: Stage<'_>,
    random: &mut dyn Random,
) -> Result<Element, String> {
    let mut protocol = protocol::by_name(&profile.protocol)
        .ok_or_else(|| format!("the protocol `{}` is not implemented", profile.protocol))?;
    let parties = stage.cast.and_then(|cast| parties(stanza, cast));
    let recipients: Vec<&Identity> = match &parties {
        Some(parties) => parties.recipients.iter().map(|person| &person.identity).collect(),
        None if profile.encrypted || profile.signed => {
            return Err("its sender or recipient has no keys in the cast".into());
        }
        None => Vec::new(),
    };
    let request = SealRequest {
        sender: means.sender,
        recipients: &recipients,
        time: means.time,
        protection: means.protection,
        carrier: &Carrier::new(profile.carrier.clone(), &profile.payload),
        span: stanza.start_tag,
    };
    let sealed = match means.breach {
        Some(breach) => protocol.seal_against(breach, plaintext, &request, random),
        None => protocol.seal(plaintext, &request, random),
    };
    sealed.map_err(|failure| failure.to_string())
}

/// Somebody without keys, for protocols that need none.
fn nobody() -> Identity {
    Identity::new(crate::xmpp::BareJid::parse("nobody.invalid").expect("a constant address is valid"))
}

/// Sends a stanza through a profile, to each of its receivers, and compares what they get with what was sent.
pub fn round_trip(
    stanza: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    scene: &Scene,
    random: &mut dyn Random,
) -> RoundTrip {
    let mut outcome = RoundTrip::passed(profile, 0);
    match seal(stanza, profile, stage, scene, random) {
        Err(message) => outcome.troubles.push(Trouble::new(message, stanza.start_tag)),
        Ok(sealed) => {
            let sent = Sent { original: stanza, envelope: None, added: &sealed.added };
            (outcome.receivers, outcome.troubles) = hand_over(&sent, &sealed.stanza, profile, stage, scene);
            outcome.envelope = Some(sealed.envelope);
        }
    }
    outcome
}

/// What was sent, for comparison with what comes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'a> {
    /// The stanza before it was sealed, or the message in which an envelope travels.
    pub(super) original: &'a Element,
    /// The envelope, if it was sealed as an author wrote it.
    pub(super) envelope: Option<&'a Element>,
    /// The names of the hints that the sender added.
    pub(super) added: &'a [Name],
}

/// Hands a sealed stanza over to everybody whom it reaches; answers how many these are, and what went wrong.
pub(super) fn hand_over(
    sent: &Sent<'_>,
    sealed: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    scene: &Scene,
) -> (usize, Vec<Trouble>) {
    let deliveries = deliveries(sent.original, sealed, profile, stage, scene);
    let troubles = deliveries.iter().flat_map(|delivery| receive(sent, delivery, profile, stage, scene.at));
    (deliveries.len(), troubles.collect())
}

/// A stanza as it reaches one receiver.
#[derive(Debug)]
pub struct Delivery {
    /// The receiver, with the keys.
    pub identity: Identity,
    /// The stanza as it arrives, without a wrapper.
    pub stanza: Element,
    /// How it arrives.
    pub arrival: Arrival,
}

/// To whom a sealed stanza goes, and how it looks when it gets there: to each recipient, and to the sender's other clients where
/// these can open it.
pub fn deliveries(
    original: &Element,
    sealed: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    scene: &Scene,
) -> Vec<Delivery> {
    let cast = stage.cast.and_then(|cast| Some((cast, parties(original, cast)?)));
    let Some((cast, parties)) = cast else {
        return vec![to_nobody(sealed, scene)];
    };
    let profiles = &stage.rules.profiles;
    let to_each = parties.recipients.iter().map(|person| delivery(person, sealed, cast, scene, profiles));
    let is_reflected = cast.room(sealed.value("to").unwrap_or("")).is_some() && scene.situation == "group-chat";
    // Servers copy messages alone to the other clients of an account.
    let is_copied = crate::xmpp::stanza::StanzaKind::of(sealed) == Some(crate::xmpp::stanza::StanzaKind::Message);
    let is_readable = protocol::by_name(&profile.protocol)
        .is_none_or(|protocol| protocol.reaches_own_devices(&parties.sender.identity));
    let own = match (is_reflected, is_copied) {
        _ if !is_readable => None,
        (true, _) => Some(delivery(parties.sender, sealed, cast, scene, profiles)),
        (false, true) => Some(own_copy(&parties, sealed, cast, scene, profiles)),
        (false, false) => None,
    };
    to_each.chain(own).collect()
}

/// The delivery of a stanza whose people are not known. A room reflects it under some nickname.
fn to_nobody(sealed: &Element, scene: &Scene) -> Delivery {
    let mut stanza = sealed.clone();
    if scene.situation == "group-chat"
        && let Some(room) = sealed.value("to").map(jid::bare)
    {
        stanza.set_attribute("from", &format!("{room}/somebody"));
        stanza.attributes.retain(|attribute| !attribute.name.is("", "to"));
    }
    let mut arrival = Arrival::of_stanza(&stanza, &scene.situation);
    arrival.now = Some(scene.at);
    Delivery { identity: nobody(), stanza, arrival }
}

/// What a person knows at the time of a scene.
pub(super) fn knowledge(person: &Person, cast: &Cast, scene: &Scene) -> Knowledge {
    Knowledge {
        account: Some(Address::known(&person.jid)),
        now: Some(scene.at),
        rooms: Some(cast.rooms_of(person)),
        accounts: cast.accounts(),
        ..Knowledge::default()
    }
}

fn delivery(receiver: &Person, sealed: &Element, cast: &Cast, scene: &Scene, profiles: &Profiles) -> Delivery {
    let stanza = delivered(sealed, receiver, cast);
    let arrival = Arrival::known(&stanza, &scene.situation, profiles, &knowledge(receiver, cast, scene));
    Delivery { identity: receiver.identity.clone(), stanza, arrival }
}

/// The stanza as a room reflects it: from the sender's nickname, to the receiver's client.
fn through_room(receiver: &Person, sealed: &Element, cast: &Cast) -> Option<Element> {
    let room = cast.room(sealed.value("to")?)?;
    let sender = cast.person(sealed.value("from")?)?;
    let nick = room.occupants.get(&sender.id)?;
    let resource = receiver.devices.first().map_or("client", |device| device.resource.as_str());
    let mut stanza = sealed.clone();
    stanza.set_attribute("from", &format!("{}/{nick}", room.jid));
    stanza.set_attribute("to", &format!("{}/{resource}", receiver.jid));
    Some(stanza)
}

/// The copy for the sender's other clients, for whom everything is encrypted as well.
fn own_copy(parties: &Parties<'_>, sealed: &Element, cast: &Cast, scene: &Scene, profiles: &Profiles) -> Delivery {
    let is_private = scene.situation == "group-chat-private";
    let situation = if is_private { "group-chat-private-copy" } else { "carbon-sent" };
    let arrival = Arrival::known(sealed, situation, profiles, &knowledge(parties.sender, cast, scene));
    Delivery { identity: parties.sender.identity.clone(), stanza: sealed.clone(), arrival }
}

fn receive(
    sent: &Sent<'_>,
    delivery: &Delivery,
    profile: &Profile,
    stage: Stage<'_>,
    now: Timestamp,
) -> Option<Trouble> {
    let whom = match delivery.arrival.account {
        Some(_) => delivery.identity.jid().to_string(),
        None => "a receiver".to_owned(),
    };
    let opening = match open_delivery(delivery, profile, stage, now) {
        Ok(opening) => opening,
        Err(message) => {
            return Some(Trouble::new(format!("{whom} cannot open it: {message}"), sent.original.start_tag));
        }
    };
    if !opening.is_accepted() {
        let fault = opening.faults.iter().find(|fault| fault.fatal);
        let message = fault.map_or("it holds no envelope", |fault| fault.message.as_str());
        let mut trouble = Trouble::new(format!("{whom} refuses it: {message}"), sent.original.start_tag);
        trouble.note = fault.and_then(|fault| fault.note.clone());
        return Some(trouble);
    }
    let difference = match sent.envelope {
        Some(envelope) if is_same_envelope(envelope, &opening) => None,
        Some(_) => Some("another envelope came out than went in".to_owned()),
        None => compare(sent.original, sent.added, &delivery.stanza, &opening),
    };
    let mut trouble = Trouble::new(format!("{whom} does not get back what was sent"), sent.original.start_tag);
    trouble.note = Some(difference?);
    Some(trouble)
}

fn open_delivery(delivery: &Delivery, profile: &Profile, stage: Stage<'_>, now: Timestamp) -> Result<Opening, String> {
    let carrier = delivery.stanza.elements().find(|child| child.name == profile.carrier);
    let carrier = carrier.ok_or_else(|| "it carries nothing".to_owned())?;
    let nobody = Keyring::default();
    let known = stage.cast.map_or(&nobody, Cast::keyring);
    let receiver = Receiver { identity: &delivery.identity, known, clock: now };
    let sealed = Sealed { stanza: &delivery.stanza, carrier, profile };
    sealed::open(&sealed, stage.rules, &delivery.arrival, &receiver).map_err(|failure| failure.to_string())
}

/// Compares the restored stanza, without the hints that the sender added, with the original as it would have arrived; says
/// where they differ.
fn compare(original: &Element, added: &[Name], delivered: &Element, opening: &Opening) -> Option<String> {
    let mut restored = opening.restored.as_ref()?.stanza.clone();
    restored.children.retain(|node| node.element().is_none_or(|child| !added.contains(&child.name)));
    let mut expected = original.clone();
    // A sender repeats the language of the stanza inside.
    if let Some(language) = original.language() {
        for tree in [&mut restored, &mut expected] {
            for node in &mut tree.children {
                if let Node::Element(child) = node {
                    child.set_language(language);
                }
            }
        }
    }
    for address in ["from", "to"] {
        match delivered.value(address) {
            Some(value) => expected.set_attribute(address, value),
            None => expected.attributes.retain(|attribute| !attribute.name.is("", address)),
        }
    }
    let (expected, restored) =
        (canonical_stanza(&expected, Whitespace::Exact), canonical_stanza(&restored, Whitespace::Exact));
    let at =
        expected.bytes().zip(restored.bytes()).position(|(a, b)| a != b).unwrap_or(expected.len().min(restored.len()));
    let around = |text: &str| {
        super::compare::cut(text.get(text.floor_char_boundary(at.saturating_sub(20))..).unwrap_or("")).to_owned()
    };
    (expected != restored).then(|| format!("sent `{}`, got back `{}`", around(&expected), around(&restored)))
}

/// Sends an envelope that an author wrote by hand through a profile, as it stands, in a message addressed by its affixes.
/// Answers the opening.
///
/// # Errors
/// As [`seal`], or the failure to open it.
pub fn send_envelope(
    envelope: &Element,
    message: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    at: Timestamp,
    random: &mut dyn Random,
) -> Result<Opening, String> {
    let time = time_of_sealing(envelope, profile, at);
    let carrier = wrap(&envelope::serialise(envelope, profile), message, profile, stage, time, random)?;
    let (stanza, _) = assemble(message, &[], carrier, profile);
    let scene = Scene { at, situation: "one-to-one".into() };
    let delivery =
        deliveries(message, &stanza, profile, stage, &scene).into_iter().next().ok_or("nobody receives it")?;
    open_delivery(&delivery, profile, stage, at)
}

/// The round trip of a lone envelope.
pub fn envelope_trip(
    envelope: &Element,
    profile: &Profile,
    stage: Stage<'_>,
    at: Option<&str>,
    random: &mut dyn Random,
) -> RoundTrip {
    let message = message_for(envelope, profile);
    let mut scene = Scene::new(&message, at, None, stage.cast);
    if let (None, Some(sealed)) = (at, time_of(envelope, profile)) {
        scene.at = sealed;
    }
    let (receivers, troubles) =
        match wrap(&envelope::serialise(envelope, profile), &message, profile, stage, scene.at, random) {
            Err(failure) => (0, vec![Trouble::new(failure, envelope.start_tag)]),
            Ok(carrier) => {
                let (sealed, added) = assemble(&message, &[], carrier, profile);
                let sent = Sent { original: &message, envelope: Some(envelope), added: &added };
                hand_over(&sent, &sealed, profile, stage, &scene)
            }
        };
    RoundTrip { envelope: Some(envelope.clone()), troubles, ..RoundTrip::passed(profile, receivers) }
}

/// When an envelope that an author wrote by hand was sealed: when it says, if that was before it arrived.
pub(super) fn time_of_sealing(envelope: &Element, profile: &Profile, at: Timestamp) -> Timestamp {
    time_of(envelope, profile).filter(|time| *time <= at).unwrap_or(at)
}

/// When a lone envelope says that it was sealed.
pub(super) fn time_of(envelope: &Element, profile: &Profile) -> Option<Timestamp> {
    let affix_value = affix_value(envelope, profile, Holds::Time)?;
    crate::xmpp::time::parse_date_time_or_utc(affix_value).ok()
}

/// The value of the affix of an envelope that holds something.
fn affix_value<'e>(envelope: &'e Element, profile: &Profile, holds: Holds) -> Option<&'e str> {
    let (name, affix) = profile.affixes.iter().find(|(_, affix)| affix.holds == holds)?;
    // That of another version of the envelope has the namespace of its own.
    let qualified = affix.name_in(&envelope.name, name);
    let element = envelope.elements().find(|child| child.name == qualified)?;
    element.value(affix.attribute.as_deref()?)
}

/// The message in which the lone envelope of an example travels: addressed by its affixes, unless the author says otherwise.
pub fn message_of(envelope: &Element, profile: &Profile, example: &Example) -> Element {
    let mut message = message_for(envelope, profile);
    for address in ["from", "to"] {
        if let Some(value) = example.directives.text(address) {
            message.set_attribute(address, value);
        }
    }
    message
}

/// The message in which a lone envelope travels.
pub fn message_for(envelope: &Element, profile: &Profile) -> Element {
    let mut message = Element::new(Name::new(crate::xml::CLIENT, "message"), envelope.start_tag);
    for (holds, address) in [(Holds::Sender, "from"), (Holds::Recipient, "to")] {
        if let Some(value) = affix_value(envelope, profile, holds) {
            message.set_attribute(address, value);
        }
    }
    message
}

/// Whether the content that was opened is the one that was sealed.
pub fn is_same_envelope(envelope: &Element, opening: &Opening) -> bool {
    opening.tree.as_ref().is_some_and(|tree| is_same(tree, envelope, Whitespace::Exact))
}
