//! Profiles: per encryption protocol which affixes an envelope has, how each is verified, and how much padding there is.
//! Read from `profiles.toml`. A profile may extend another: their tables are merged key by key, and the extending one wins.

use super::fault::Fault;
use super::tables::{self, TableError};
use crate::source::{FileId, Span};
use crate::xml::{Element, Name};
use crate::xmpp::StanzaKind;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// How often profiles may extend each other in a row.
const MAX_CHAIN: usize = 16;

/// Whether an affix has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// MUST.
    Required,
    /// SHOULD.
    Recommended,
    /// MAY.
    Optional,
    /// MUST NOT.
    Forbidden,
}

impl Use {
    /// Whether a sender does it.
    pub fn is_sent(self) -> bool {
        matches!(self, Use::Required | Use::Recommended)
    }

    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Use::Required => "required",
            Use::Recommended => "recommended",
            Use::Optional => "optional",
            Use::Forbidden => "forbidden",
        }
    }
}

/// How a receiver verifies an affix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// Not at all.
    None,
    /// It is an address, compared as the situation says.
    Address,
    /// It is a time, compared as the situation says.
    Time,
    /// Each of its attributes is compared with the attribute of the stanza that the table names: addresses with their resources, all others
    /// character by character.
    Terms,
}

impl Verify {
    /// How that is said of an affix.
    pub fn phrase(self) -> &'static str {
        match self {
            Verify::None => "not",
            Verify::Address => "as an address",
            Verify::Time => "as a time",
            Verify::Terms => "as the attributes of the stanza",
        }
    }
}

/// What an affix or an address is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Term {
    /// The `to` of the stanza that carries the envelope.
    #[serde(rename = "stanza.to")]
    StanzaTo,
    /// Its `from`.
    #[serde(rename = "stanza.from")]
    StanzaFrom,
    /// The `from` of the wrapper (carbon, archive result); without one the receiver's account.
    #[serde(rename = "wrapper.from")]
    WrapperFrom,
    /// Its `type`; where it has none, the one that RFC 6121 takes for it.
    #[serde(rename = "stanza.type")]
    StanzaType,
    /// Its `id`.
    #[serde(rename = "stanza.id")]
    StanzaId,
    /// The receiver's own account.
    #[serde(rename = "account")]
    Account,
    /// The receiver's clock.
    #[serde(rename = "now")]
    Now,
    /// The stamp of the server or archive; without one the receiver's clock.
    #[serde(rename = "delay")]
    Delay,
    /// The real address of the occupant from whom a message came, where the room discloses it.
    #[serde(rename = "occupant")]
    Occupant,
    /// The room that the receiver has joined and from which the message came.
    #[serde(rename = "room")]
    Room,
    /// Any address but that of a room that the receiver has joined; of several, all.
    #[serde(rename = "not-room")]
    NotRoom,
    /// Nothing.
    #[serde(rename = "none")]
    None,
}

/// Which address of a stanza is that of a joined room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoomSide {
    /// It came from the room.
    From,
    /// It went to the room.
    To,
}

impl Term {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Term::StanzaTo => "stanza.to",
            Term::StanzaFrom => "stanza.from",
            Term::WrapperFrom => "wrapper.from",
            Term::StanzaType => "stanza.type",
            Term::StanzaId => "stanza.id",
            Term::Account => "account",
            Term::Now => "now",
            Term::Delay => "delay",
            Term::Occupant => "occupant",
            Term::Room => "room",
            Term::NotRoom => "not-room",
            Term::None => "none",
        }
    }
}

/// A situation that a stanza can be in, and what a receiver compares then.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// What people call it.
    pub title: String,
    /// The kinds of stanza that it is about: one, or a list.
    #[serde(deserialize_with = "one_or_more")]
    pub stanza: Vec<String>,
    /// The children of an outer stanza in one of which the stanza arrives (a carbon copy, an archive's result), in Clark
    /// notation. None: it arrives as it is.
    #[serde(default)]
    pub wrapper: Vec<String>,
    /// The types that a stanza has in this situation, and no other: one, or a list. None: any.
    #[serde(default, rename = "type", deserialize_with = "one_or_more")]
    pub types: Vec<String>,
    /// The address that is a joined room's in this situation, and no other.
    #[serde(rename = "when-room")]
    pub when_room: Option<RoomSide>,
    /// Whether the stamp beside the forwarded stanza counts as the time of its arrival.
    #[serde(default)]
    pub stamp: bool,
    /// What the recipient's address is compared with.
    pub to: Vec<Term>,
    /// What the sender's address is compared with.
    pub from: Vec<Term>,
    /// What the time is compared with.
    pub time: Vec<Term>,
    /// Whose the wrapper may be: one of these has to agree with its sender.
    #[serde(default, rename = "wrapper-from")]
    pub wrapper_from: Vec<Term>,
    /// The requirement that says so of the wrapper's sender.
    #[serde(rename = "wrapper-requirement")]
    pub wrapper_requirement: Option<String>,
    /// Whether such a stanza is delivered at once or not at all, so that one whose time is too far away is rejected under every
    /// profile.
    #[serde(default)]
    pub prompt: bool,
    /// Of these addresses one has to be the receiver's own account.
    #[serde(default)]
    pub own: Vec<Term>,
    /// The requirement that says so of `own`.
    #[serde(rename = "own-requirement")]
    pub own_requirement: Option<String>,
    /// Why.
    pub reason: String,
    /// The requirement that says so.
    pub requirement: String,
}

impl Situation {
    /// How many conditions it makes: of several situations that fit, the one with the most is meant.
    pub fn conditions(&self) -> usize {
        usize::from(!self.types.is_empty()) + usize::from(self.when_room.is_some())
    }

    /// Whether a stanza may have that type in it.
    pub fn is_of_type(&self, type_: Option<&str>) -> bool {
        self.types.is_empty() || type_.is_some_and(|type_| self.types.iter().any(|one| one == type_))
    }

    /// The names of the wrappers in which its stanzas come.
    pub fn wrapper_names(&self) -> impl Iterator<Item = Name> {
        self.wrapper.iter().filter_map(|name| Name::from_clark(name))
    }

    /// Whether it is the situation of stanzas in this wrapper, or of those without one.
    pub fn is_in(&self, wrapper: Option<&Name>) -> bool {
        match wrapper {
            None => self.wrapper.is_empty(),
            Some(name) => self.wrapper_names().any(|one| one == *name),
        }
    }
}

/// Where a room says in a message who wrote it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// The child of the message, in Clark notation.
    pub element: String,
    /// Its child that says so, in Clark notation.
    pub child: String,
    /// The attribute that holds the address; without one the text does.
    pub attribute: Option<String>,
}

/// What an element of a content says about an account, and whose word counts for that.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The element of the content, in Clark notation.
    pub element: String,
    /// Its child that names the account, in Clark notation.
    pub child: String,
    /// The attribute that does.
    pub attribute: String,
    /// Why.
    pub reason: String,
    /// The requirement that says so.
    pub requirement: String,
}

/// Stanzas that are never sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeverSealed {
    /// The kind of stanza.
    pub stanza: String,
    /// Its types.
    pub types: Vec<String>,
    /// Why.
    pub reason: String,
    /// The requirement that says so.
    pub requirement: String,
}

/// What an affix holds, which tells a sender what to write into it and a receiver what to compare it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Random text.
    Padding,
    /// The time of sealing.
    Time,
    /// The recipient's address.
    Recipient,
    /// The sender's address.
    Sender,
    /// What the stanza says of itself, in the attributes to which the table gives a term.
    Stanza,
    /// Something that only the protocol knows.
    Other,
}

impl Holds {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Holds::Padding => "padding",
            Holds::Time => "time",
            Holds::Recipient => "recipient",
            Holds::Sender => "sender",
            Holds::Stanza => "stanza",
            Holds::Other => "other",
        }
    }
}

/// How many bytes of padding a profile asks for at most.
const LONGEST_PADDING: usize = 1 << 20;

/// An affix in a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affix {
    /// Whether it has to be there.
    #[serde(rename = "use")]
    pub use_: Use,
    /// Its namespace; without one that of the envelope.
    pub namespace: Option<String>,
    /// How often it may be there; 0: any number of times.
    #[serde(default = "one")]
    pub maximum: usize,
    /// What it holds.
    pub holds: Holds,
    /// How it is verified.
    pub verify: Verify,
    /// The attribute that holds its value; without one the text does.
    pub attribute: Option<String>,
    /// The attributes that it has instead, each with the term that it repeats (`verify = "terms"`).
    #[serde(default)]
    pub attributes: BTreeMap<String, Term>,
    /// Why.
    pub reason: String,
    /// The requirement that says so.
    pub requirement: Option<String>,
    /// Other uses in certain situations.
    #[serde(default)]
    pub situations: BTreeMap<String, Use>,
}

fn one() -> usize {
    1
}

/// A text, or a list of texts.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        More(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::One(text) => vec![text],
        Written::More(texts) => texts,
    })
}

impl Affix {
    /// Whether it has to be there in a situation.
    pub fn use_in(&self, situation: Option<&str>) -> Use {
        match situation {
            Some(name) => self.situations.get(name).copied().unwrap_or(self.use_),
            // An envelope that nothing carries may be of any situation.
            None if self.use_ == Use::Forbidden && self.situations.values().any(|use_| *use_ != Use::Forbidden) => {
                Use::Optional
            }
            None => self.use_,
        }
    }

    /// The name that it has in an envelope of that name.
    pub fn name_in(&self, envelope: &Name, local: &str) -> Name {
        Name::new(self.namespace.as_ref().unwrap_or(&envelope.namespace).clone(), local)
    }

    /// Whether an attribute of that name belongs to it.
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attribute.as_deref() == Some(name) || self.attributes.contains_key(name)
    }

    /// What in the table contradicts itself.
    fn contradiction(&self) -> Option<&'static str> {
        let is_of_stanza =
            |term: &Term| matches!(term, Term::StanzaType | Term::StanzaId | Term::StanzaTo | Term::StanzaFrom);
        if !self.attributes.values().all(is_of_stanza) {
            return Some(
                "its `attributes` repeat `stanza.type`, `stanza.id`, `stanza.to` and `stanza.from`, and nothing else",
            );
        }
        let of_terms = [self.verify == Verify::Terms, self.holds == Holds::Stanza, !self.attributes.is_empty()];
        if of_terms.contains(&true) && (of_terms.contains(&false) || self.attribute.is_some()) {
            return Some(
                "`attributes`, `holds = \"stanza\"` and `verify = \"terms\"` go together, without `attribute`",
            );
        }
        None
    }
}

/// How long padding is, in bytes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Padding {
    /// The serialised envelope is at least this long before the random part.
    pub minimum: usize,
    /// Up to so many random bytes come on top.
    pub random: usize,
    /// In place of both: the lengths to which it is filled up, in order; beyond the last one the multiples of that.
    pub sizes: Vec<usize>,
    /// In place of all: the encryption protocol pads what it encrypts.
    pub by_protocol: bool,
    /// What a receiver accepts at most; 0: everything.
    pub receiver_maximum: usize,
}

impl Padding {
    /// The length to which an envelope of `length` bytes is filled up, before any random bytes.
    pub fn filled(&self, length: usize) -> usize {
        match (self.sizes.iter().find(|size| **size >= length), self.sizes.last()) {
            (Some(size), _) => *size,
            (None, Some(last)) => length.next_multiple_of(*last),
            (None, None) => self.minimum.max(length),
        }
    }

    /// How that is said.
    pub fn phrase(&self) -> String {
        let sizes: Vec<String> = self.sizes.iter().map(ToString::to_string).collect();
        match sizes.split_last() {
            _ if self.by_protocol => "by the protocol".into(),
            None => format!("at least {} bytes, then up to {} more", self.minimum, self.random),
            Some((last, [])) => format!("to a multiple of {last} bytes"),
            Some((last, others)) => format!("to {} or a multiple of {last} bytes", others.join(", ")),
        }
    }

    /// What in the table contradicts itself.
    fn contradiction(&self) -> Option<&'static str> {
        let longest = self.sizes.iter().chain([&self.minimum, &self.random]).max();
        if longest.is_some_and(|longest| *longest > LONGEST_PADDING) {
            return Some("padding is a mebibyte (1048576 bytes) at most");
        }
        let is_ascending = self.sizes.windows(2).all(|pair| pair.first() < pair.last());
        let has_range = self.minimum > 0 || self.random > 0;
        if !is_ascending || self.sizes.first() == Some(&0) {
            return Some("the `sizes` of padding ascend, and none is 0");
        }
        if [has_range, !self.sizes.is_empty(), self.by_protocol].into_iter().filter(|way| *way).count() > 1 {
            return Some("padding has `minimum` and `random`, or `sizes`, or is `by-protocol`: one of the three");
        }
        None
    }
}

/// Whom an encryption protocol authenticates as the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authenticates {
    /// An account.
    Account,
    /// A device, which belongs to an account.
    Device,
    /// A group, and no one of its members.
    Group,
    /// Nobody.
    Nobody,
}

impl Authenticates {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Authenticates::Account => "account",
            Authenticates::Device => "device",
            Authenticates::Group => "group",
            Authenticates::Nobody => "nobody",
        }
    }
}

/// Whether an encryption protocol opens the same ciphertext a second time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replay {
    /// It refuses.
    Refused,
    /// It does.
    #[default]
    Possible,
}

impl Replay {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Replay::Refused => "refused",
            Replay::Possible => "possible",
        }
    }
}

/// What becomes of a stanza whose time is too far away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    /// It is rejected.
    #[default]
    Reject,
    /// It is marked as late and shown. Only where the protocol itself refuses replays.
    Mark,
}

impl Late {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Late::Reject => "reject",
            Late::Mark => "mark",
        }
    }
}

/// Who says which accounts a message to a room is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// The room, with its lists and its occupants.
    Room,
    /// The encryption protocol, whose group it is.
    Protocol,
}

impl Members {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Members::Room => "room",
            Members::Protocol => "protocol",
        }
    }
}

/// What encryption adds to an envelope on the wire, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expansion {
    /// Once.
    pub fixed: usize,
    /// For each device that can open it.
    pub per_device: usize,
}

impl Expansion {
    /// For how many devices a stanza of `bytes` holds an envelope of `envelope` bytes in Base64 (RFC 4648: four for three).
    pub fn devices(self, envelope: usize, bytes: usize) -> Option<usize> {
        let text = envelope.div_ceil(3) * 4;
        bytes.checked_sub(text)?.checked_sub(self.fixed)?.checked_div(self.per_device)
    }
}

/// What an encryption protocol does by itself, as far as a sender, a receiver or the author of another profile has to know it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Traits {
    /// Whom it authenticates; nothing where the profile does not say.
    pub authenticates: Option<Authenticates>,
    /// What it binds to the ciphertext already, so that no affix has to.
    pub binds: Vec<Holds>,
    /// Whether it opens a ciphertext twice.
    pub replay: Replay,
    /// Elements of a stanza, or of the carrier, with which it runs its sessions: they hold no envelope. In Clark notation.
    pub control: Vec<String>,
    /// Whether the device that encrypted can open what it sent.
    pub own_copy: Option<bool>,
    /// Where keys are published: a node or a namespace.
    pub keys: Option<String>,
    /// Who says which accounts a message to a room is for.
    pub members: Option<Members>,
    /// What it adds on the wire.
    pub expansion: Option<Expansion>,
}

/// An element that a sender adds beside the carrier.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The element.
    pub element: Element,
    /// The stanzas that get it.
    pub stanzas: Vec<String>,
    /// Whether it has to be there.
    pub use_: Use,
    /// Elements of a stanza beside which it is neither added nor missed: they say the opposite.
    pub unless: Vec<Name>,
    /// Elements of contents that pass by. One of these alone is sent with the hint `passing`, in place of this one.
    pub transient: Vec<Name>,
    /// What a sender adds to a content that passes by; nothing where it adds nothing.
    pub passing: Option<Element>,
    /// The rule that speaks up when it is missing.
    pub rule: String,
    /// The requirement that says so.
    pub requirement: Option<String>,
}

/// A profile, with everything that it inherits.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name in the table; of a form: `ox.sign`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The implementation that carries it (`openpgp`, `omemo`, `stub`).
    pub protocol: String,
    /// The element that stands in the stanza.
    pub carrier: Name,
    /// The child of the carrier that holds the ciphertext; empty: the carrier itself.
    pub payload: String,
    /// The envelope.
    pub envelope: Name,
    /// The element in the envelope that holds the content.
    pub content: Name,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Whether the sender is authenticated.
    pub signed: bool,
    /// What the encryption protocol does by itself.
    pub traits: Traits,
    /// The elements of a stanza with which the protocol runs its sessions.
    pub control: Vec<Name>,
    /// What becomes of a stanza whose time is too far away.
    pub late: Late,
    /// The tolerated difference of times, in seconds.
    pub time_margin: i64,
    /// What a sender adds beside the carrier.
    pub hints: Vec<Hint>,
    /// Sensitive elements that may stand outside all the same, since the protocol's own rules ask for it.
    pub outside: Vec<Name>,
    /// Whether a sender declares the namespace of the envelope again on each element inside, for clients that look for the
    /// attribute.
    pub redundant_xmlns: bool,
    /// Elements of a content that a receiver takes for others, since the protocol's own rules say so.
    pub aliases: BTreeMap<Name, Name>,
    /// The elements of a content for which this profile counts, whatever carries them.
    pub applies_to: Vec<Name>,
    /// How long padding is.
    pub padding: Padding,
    /// The affixes by local name, in the envelope's namespace unless they say another.
    pub affixes: BTreeMap<String, Affix>,
    /// Other envelopes that travel in the same carrier.
    pub forms: Vec<Profile>,
    /// Where it is said.
    pub source: String,
    /// The profile that it extends.
    pub extends: Option<String>,
}

impl Profile {
    /// The profile, or its form, whose envelope has that name.
    pub fn form(&self, envelope: &Name) -> Option<&Profile> {
        std::iter::once(self).chain(&self.forms).find(|form| form.envelope == *envelope)
    }

    /// The affix of that name.
    pub fn affix(&self, name: &Name) -> Option<(&str, &Affix)> {
        let (key, affix) = self.affixes.get_key_value(&name.local)?;
        (affix.name_in(&self.envelope, key) == *name).then_some((key.as_str(), affix))
    }
}

/// All profiles and situations.
#[derive(Clone, Debug)]
pub struct Profiles {
    profiles: Vec<Profile>,
    bases: Vec<Profile>,
    situations: BTreeMap<String, Situation>,
    verdicts: BTreeMap<String, String>,
    delay: Option<Name>,
    forwarded: Option<Name>,
    disclosures: Vec<Disclosure>,
    claims: Vec<Claim>,
    never: Vec<NeverSealed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    version: u32,
    #[serde(default)]
    situation: BTreeMap<String, Situation>,
    #[serde(default)]
    verdict: BTreeMap<String, String>,
    delay: Option<String>,
    forwarded: Option<String>,
    #[serde(default)]
    occupant: Vec<Disclosure>,
    #[serde(default)]
    claim: Vec<Claim>,
    #[serde(default)]
    never_sealed: Vec<NeverSealed>,
    profile: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawProfile {
    title: String,
    #[serde(default, rename = "abstract")]
    abstract_: bool,
    extends: Option<String>,
    protocol: Option<String>,
    carrier: Option<String>,
    #[serde(default)]
    payload: String,
    envelope: String,
    content: String,
    #[serde(default)]
    encrypted: bool,
    #[serde(default)]
    signed: bool,
    #[serde(default, rename = "encryption")]
    traits: Traits,
    #[serde(default)]
    late: Late,
    time_margin: i64,
    #[serde(default)]
    hint: BTreeMap<String, RawHint>,
    #[serde(default)]
    outside: Vec<String>,
    #[serde(default)]
    alias: BTreeMap<String, String>,
    #[serde(default)]
    applies_to: Vec<String>,
    eme_name: Option<String>,
    #[serde(default)]
    redundant_xmlns: bool,
    padding: Padding,
    #[serde(default)]
    affix: BTreeMap<String, Affix>,
    #[serde(default)]
    form: Table,
    #[serde(default)]
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHint {
    element: String,
    stanzas: Vec<String>,
    #[serde(rename = "use")]
    use_: Use,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    transient: Vec<String>,
    passing: Option<String>,
    rule: String,
    requirement: Option<String>,
}

impl Profiles {
    /// Reads `profiles.toml`.
    ///
    /// # Errors
    /// When the text is not the table that the draft's section on profiles describes.
    pub fn parse(text: &str, file: FileId) -> Result<Profiles, TableError> {
        let raw: File = toml::from_str(text)?;
        if raw.version != 1 {
            return Err(TableError::new(format!("version {} of the table is not known, 1 is", raw.version)));
        }
        if let Some(contradiction) = contradiction_of_situations(&raw) {
            return Err(TableError::new(contradiction));
        }
        let span = Span::new(file, 0, text.len());
        let (mut profiles, mut bases) = (Vec::new(), Vec::new());
        for id in raw.profile.keys() {
            let table = merged(&raw.profile, id, 0)?;
            let is_base = table.get("abstract").and_then(Value::as_bool).unwrap_or(false);
            let profile = read_profile(id, table, span)?;
            if let Some(contradiction) = unknown_situation(&profile, &raw.situation) {
                return Err(TableError::new(contradiction));
            }
            if is_base { bases.push(profile) } else { profiles.push(profile) }
        }
        let all: Vec<&Profile> = bases.iter().chain(&profiles).collect();
        if let Some(contradiction) = all.iter().find_map(|profile| laxer(profile, &all)) {
            return Err(TableError::new(contradiction));
        }
        let delay = raw.delay.as_deref().map(|name| tables::name(name, "a delay")).transpose()?;
        let forwarded = raw.forwarded.as_deref().map(|name| tables::name(name, "what is forwarded")).transpose()?;
        Ok(Profiles {
            delay,
            forwarded,
            profiles,
            bases,
            situations: raw.situation,
            verdicts: raw.verdict,
            disclosures: raw.occupant,
            claims: raw.claim,
            never: raw.never_sealed,
        })
    }

    /// The profile of that name, or the form (`ox.sign`).
    pub fn get(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().flat_map(|profile| std::iter::once(profile).chain(&profile.forms)).find(|one| one.id == id)
    }

    /// All profiles that a stanza can go through, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.iter()
    }

    /// The profiles that others extend and no stanza goes through.
    pub fn bases(&self) -> &[Profile] {
        &self.bases
    }

    /// The profile that travels in a carrier of that name. Of several, the one that the others extend.
    pub fn of_carrier(&self, carrier: &Name) -> Option<&Profile> {
        let mut candidates: Vec<&Profile> = self.profiles.iter().filter(|one| one.carrier == *carrier).collect();
        candidates.sort_by_key(|one| self.chain_length(one));
        candidates.first().copied()
    }

    fn chain_length(&self, profile: &Profile) -> usize {
        let mut length = 0;
        let mut at = Some(profile);
        while let (Some(one), true) = (at, length < MAX_CHAIN) {
            at = one.extends.as_deref().and_then(|id| self.profiles.iter().find(|other| other.id == id));
            length += 1;
        }
        length
    }

    /// Whether an element of a stanza is one with which an encryption protocol runs its sessions.
    pub fn is_control(&self, name: &Name) -> bool {
        self.profiles.iter().any(|profile| profile.control.contains(name))
    }

    /// Every name that an envelope has in some profile.
    pub fn envelopes(&self) -> impl Iterator<Item = &Name> {
        let all = self.bases.iter().chain(&self.profiles);
        all.flat_map(|profile| std::iter::once(profile).chain(&profile.forms)).map(|form| &form.envelope)
    }

    /// The profile that speaks for an envelope of that name when nothing says which protocol carries it: a base, else the
    /// first with that envelope.
    pub fn of_envelope(&self, envelope: &Name) -> Option<&Profile> {
        self.bases.iter().chain(&self.profiles).find_map(|profile| profile.form(envelope))
    }

    /// Gives a fault that names no requirement the one that the table `[verdict]` has for its kind.
    pub fn complete(&self, fault: &mut Fault) {
        let general = self.verdict(fault.kind.word());
        match (&fault.requirement, general) {
            (None, _) => fault.requirement = general.map(str::to_owned),
            (Some(own), Some(general)) if own != general => fault.grounds.push(general.to_owned()),
            (Some(_), _) => {}
        }
    }

    /// The requirement that decides about a kind of fault, or about a message that does not open (`not-opened`).
    pub fn verdict(&self, kind: &str) -> Option<&str> {
        self.verdicts.get(kind).map(String::as_str)
    }

    /// The element in which a wrapper holds the stanza inside.
    pub fn forwarded(&self) -> Option<&Name> {
        self.forwarded.as_ref()
    }

    /// The element with which a server or archive says when a stanza arrived; its `stamp` is the time.
    pub fn delay(&self) -> Option<&Name> {
        self.delay.as_ref()
    }

    /// Where rooms say in a message who wrote it.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// What contents say about accounts.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Why a stanza of that kind and type is never sealed, if that is so.
    pub fn never_sealed(&self, stanza: &str, type_: &str) -> Option<&NeverSealed> {
        self.never.iter().find(|row| row.stanza == stanza && row.types.iter().any(|one| one == type_))
    }

    /// The form with everything that its content calls for: where several profiles apply, the strictest use of each affix.
    pub fn strictest(&self, form: &Profile, content: &[Element], situation: Option<&str>) -> Profile {
        let mut strict = form.clone();
        let calls = |other: &&Profile| content.iter().any(|child| other.applies_to.contains(&child.name));
        for other in self.profiles.iter().filter(|other| other.id != form.id).filter(calls) {
            strict.time_margin = strict.time_margin.min(other.time_margin);
            if other.late == Late::Reject {
                strict.late = Late::Reject;
            }
            for (name, affix) in &mut strict.affixes {
                let demanded = other.affixes.get(name).is_some_and(|one| one.use_in(situation) == Use::Required);
                if demanded && affix.use_in(situation) != Use::Forbidden {
                    affix.use_ = Use::Required;
                    affix.situations.clear();
                }
            }
        }
        strict
    }

    /// The situation of that name.
    pub fn situation(&self, name: &str) -> Option<&Situation> {
        self.situations.get(name)
    }

    /// All situations by name.
    pub fn situations(&self) -> impl Iterator<Item = (&str, &Situation)> {
        self.situations.iter().map(|(name, situation)| (name.as_str(), situation))
    }
}

/// A profile's table merged over the ones that it extends.
fn merged(all: &Table, id: &str, depth: usize) -> Result<Table, TableError> {
    let own = all
        .get(id)
        .and_then(Value::as_table)
        .ok_or_else(|| TableError::new(format!("there is no profile `{id}` to extend")))?;
    if depth > MAX_CHAIN {
        return Err(TableError::new(format!("profile `{id}` extends itself")));
    }
    let Some(base) = own.get("extends").and_then(Value::as_str) else { return Ok(own.clone()) };
    let mut table = merged(all, base, depth + 1)?;
    for not_inherited in ["abstract", "applies-to", "form", "source"] {
        table.remove(not_inherited);
    }
    merge(&mut table, own);
    Ok(table)
}

fn merge(into: &mut Table, from: &Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            // Another way to pad takes the place of the one that is extended.
            (Some(Value::Table(_)), Value::Table(new))
                if key == "padding" && ["sizes", "by-protocol"].iter().any(|way| new.contains_key(*way)) =>
            {
                into.insert(key.clone(), value.clone());
            }
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

fn read_profile(id: &str, mut table: Table, span: Span) -> Result<Profile, TableError> {
    let named = |error: TableError| TableError { message: format!("profile `{id}`: {}", error.message), ..error };
    let forms = match table.remove("form") {
        Some(Value::Table(forms)) => forms,
        _ => Table::new(),
    };
    let forms = forms.iter().map(|(name, form)| {
        let mut whole = table.clone();
        if let Value::Table(form) = form {
            merge(&mut whole, form);
        }
        read_profile(&format!("{id}.{name}"), whole, span)
    });
    let forms = forms.collect::<Result<Vec<_>, _>>()?;
    let raw: RawProfile = table.clone().try_into().map_err(TableError::from).map_err(named)?;
    if !raw.abstract_ && (raw.carrier.is_none() || raw.protocol.is_none()) {
        return Err(TableError::new(format!("profile `{id}` names no carrier or no protocol")));
    }
    debug_assert!(raw.form.is_empty(), "forms were taken out above");
    if let Some((name, contradiction)) = raw.affix.iter().find_map(|(name, affix)| Some((name, affix.contradiction()?)))
    {
        return Err(named(TableError::new(format!("the affix `{name}`: {contradiction}"))));
    }
    if let Some(contradiction) = contradiction(&raw) {
        return Err(named(TableError::new(contradiction)));
    }
    resolve(id, raw, forms, span).map_err(named)
}

/// What the situations say that cannot be so, or that would compare nothing unnoticed.
fn contradiction_of_situations(raw: &File) -> Option<String> {
    let is_kind = |name: &String| StanzaKind::ALL.iter().any(|kind| kind.name() == name);
    for (name, row) in &raw.situation {
        let named = |message: &str| Some(format!("situation `{name}`: {message}"));
        if row.stanza.is_empty() || !row.stanza.iter().all(is_kind) {
            return named("`stanza` is `message`, `presence`, `iq` or a list of them");
        }
        if [&row.to, &row.from, &row.time].iter().any(|terms| terms.is_empty()) {
            return named("`to`, `from` and `time` name at least one term; `none` compares nothing");
        }
        let is_time = |term: &Term| matches!(term, Term::Now | Term::Delay | Term::None);
        let is_text = |term: &Term| matches!(term, Term::StanzaType | Term::StanzaId);
        if !row.time.iter().all(is_time)
            || row.to.iter().chain(&row.from).any(|term| *term != Term::None && (is_time(term) || is_text(term)))
        {
            return named("`time` names `now`, `delay` or `none`; `to` and `from` name addresses or `none`");
        }
        let others = raw.situation.iter().take_while(|(other, _)| *other != name);
        let is_like = |other: &Situation| {
            let is_in_one = row.wrapper.iter().any(|one| other.wrapper.contains(one))
                || row.wrapper.is_empty() && other.wrapper.is_empty();
            let is_of_one = row.stanza.iter().any(|kind| other.stanza.contains(kind));
            let (mut types, mut other_types) = (row.types.clone(), other.types.clone());
            types.sort();
            other_types.sort();
            is_in_one && is_of_one && types == other_types && row.when_room == other.when_room
        };
        if let Some((other, _)) = others.into_iter().find(|(_, other)| is_like(other)) {
            return named(&format!("it makes the same conditions as `{other}`, so the two cannot be told apart"));
        }
    }
    let row = raw.never_sealed.iter().find(|row| !is_kind(&row.stanza))?;
    Some(format!("`[[never-sealed]]`: there is no kind of stanza `{}`", row.stanza))
}

/// A situation that an affix of a profile names, and that there is none of.
fn unknown_situation(profile: &Profile, situations: &BTreeMap<String, Situation>) -> Option<String> {
    std::iter::once(profile).chain(&profile.forms).find_map(|form| {
        let named = form.affixes.iter().flat_map(|(name, affix)| affix.situations.keys().map(move |one| (name, one)));
        let (name, unknown) = named.into_iter().find(|(_, one)| !situations.contains_key(*one))?;
        Some(format!(
            "profile `{}`: the affix `{name}` names a situation `{unknown}`, which the table does not have",
            form.id
        ))
    })
}

/// Where a profile demands less than the one that it extends: it can be stricter, never laxer.
fn laxer(profile: &Profile, all: &[&Profile]) -> Option<String> {
    let base = all.iter().find(|one| Some(&one.id) == profile.extends.as_ref())?;
    let rank = |use_: Use| match use_ {
        Use::Optional => 0,
        Use::Recommended => 1,
        Use::Required => 2,
        Use::Forbidden => 3,
    };
    for (name, affix) in &base.affixes {
        let own = profile.affixes.get(name)?;
        let situations = affix.situations.keys().chain(own.situations.keys()).map(|one| Some(one.as_str()));
        let uses = situations.map(|situation| (affix.use_in(situation), own.use_in(situation)));
        for (before, now) in uses.chain([(affix.use_, own.use_)]) {
            if rank(now) < rank(before) || before == Use::Required && now == Use::Forbidden {
                let (before, now, id) = (before.word(), now.word(), &profile.id);
                return Some(format!(
                    "profile `{id}`: the affix `{name}` is {now}, but `{}` has it {before}: a profile can be stricter, never laxer",
                    base.id
                ));
            }
        }
    }
    None
}

/// What a profile says of its protocol that cannot be so.
fn contradiction(raw: &RawProfile) -> Option<String> {
    let Traits { authenticates, binds, replay, .. } = &raw.traits;
    let is_signed = authenticates.map(|who| who != Authenticates::Nobody);
    if is_signed.is_some_and(|is_signed| is_signed != raw.signed) {
        let whom = authenticates.map_or("nobody", Authenticates::word);
        return Some(format!("`signed = {}` and `authenticates = \"{whom}\"` contradict each other", raw.signed));
    }
    if authenticates == &Some(Authenticates::Nobody) && binds.contains(&Holds::Sender) {
        return Some(
            "`binds` names the sender, but `authenticates = \"nobody\"`: who authenticates nobody binds no sender"
                .into(),
        );
    }
    if raw.time_margin < 0 {
        return Some(format!("`time-margin` is a number of seconds, not {}", raw.time_margin));
    }
    if let Some(name) =
        raw.traits.control.iter().find(|name| !name.starts_with('{') || raw.carrier.as_ref() == Some(*name))
    {
        return Some(format!(
            "`{name}` in `control` is another element than the carrier, with its namespace: `{{namespace}}name`"
        ));
    }
    if let Some((name, _)) = raw.alias.iter().find(|(_, other)| raw.alias.contains_key(*other)) {
        return Some(format!("the alias of `{name}` has an alias itself"));
    }
    if raw.late == Late::Mark && *replay == Replay::Possible {
        let why = "a stanza that arrives late can then be one that arrived before";
        return Some(format!("`late = \"mark\"` needs `replay = \"refused\"`: {why}"));
    }
    if let Some(contradiction) = raw.padding.contradiction() {
        return Some(contradiction.into());
    }
    // Who wrote what nobody signed cannot be compared with anything.
    let is_missed = |affix: &&Affix| {
        affix.use_ == Use::Forbidden
            && matches!(affix.holds, Holds::Recipient | Holds::Time)
            && !binds.contains(&affix.holds)
    };
    let missed = raw.affix.iter().filter(|(_, affix)| is_missed(affix)).find(|_| raw.encrypted && raw.signed)?;
    let (name, holds) = (missed.0, missed.1.holds.word());
    Some(format!(
        "the affix `{name}` is forbidden, but the protocol does not bind the {holds}: say so in `binds` if it does"
    ))
}

fn resolve(id: &str, raw: RawProfile, forms: Vec<Profile>, span: Span) -> Result<Profile, TableError> {
    let carrier = raw.carrier.as_deref().map_or(Ok(Name::new("", "")), |name| tables::name(name, "a carrier"))?;
    let title = raw.eme_name.clone().unwrap_or_default();
    let hints = raw.hint.into_values().map(|hint| read_hint(hint, &carrier, &title, span));
    Ok(Profile {
        id: id.to_owned(),
        title: raw.title,
        protocol: raw.protocol.unwrap_or_default(),
        payload: raw.payload,
        envelope: tables::name(&raw.envelope, "an envelope")?,
        content: tables::name(&raw.content, "the content")?,
        encrypted: raw.encrypted,
        signed: raw.signed,
        control: names(&raw.traits.control)?,
        traits: raw.traits,
        late: raw.late,
        time_margin: raw.time_margin,
        hints: hints.collect::<Result<Vec<_>, _>>()?,
        outside: names(&raw.outside)?,
        aliases: raw
            .alias
            .iter()
            .map(|(name, other)| Ok((tables::name(name, "an element")?, tables::name(other, "an element")?)))
            .collect::<Result<BTreeMap<_, _>, TableError>>()?,
        redundant_xmlns: raw.redundant_xmlns,
        applies_to: names(&raw.applies_to)?,
        padding: raw.padding,
        affixes: raw.affix,
        forms,
        source: raw.source,
        extends: raw.extends,
        carrier,
    })
}

/// Elements that a table names.
fn names(names: &[String]) -> Result<Vec<Name>, TableError> {
    names.iter().map(|name| tables::name(name, "an element")).collect()
}

/// Attributes of a hint whose value is `$carrier` or `$name` take the carrier's namespace and the profile's name in XEP-0380;
/// one without a value is left out.
fn read_hint(raw: RawHint, carrier: &Name, title: &str, span: Span) -> Result<Hint, TableError> {
    let mut element = tables::element(&raw.element, span)?;
    for (variable, value) in [("$carrier", carrier.namespace.as_str()), ("$name", title)] {
        let names: Vec<String> = element
            .attributes
            .iter()
            .filter(|attribute| attribute.value.as_str() == variable)
            .map(|attribute| attribute.name.local.clone())
            .collect();
        for name in names {
            element.set_attribute(&name, value);
        }
    }
    element.attributes.retain(|attribute| !attribute.value.is_empty());
    let (unless, transient) = (names(&raw.unless)?, names(&raw.transient)?);
    let passing = raw.passing.as_deref().map(|text| tables::element(text, span)).transpose()?;
    Ok(Hint {
        element,
        stanzas: raw.stanzas,
        use_: raw.use_,
        unless,
        transient,
        passing,
        rule: raw.rule,
        requirement: raw.requirement,
    })
}
