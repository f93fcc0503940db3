//! The element policy: a row an element, read from `elements.toml`.

use super::tables::{self, TableError};
use crate::source::{FileId, Span};
use crate::xml::{Element, Name};
use crate::xmpp::jid;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where an element belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Beside the envelope: servers read, write or filter it.
    Outside,
    /// In the envelope: it is sensitive.
    Inside,
    /// On either side.
    Either,
    /// Implementations disagree and the policy leaves it open; treated as either.
    Undecided,
}

impl Place {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Place::Outside => "outside",
            Place::Inside => "inside",
            Place::Either => "either",
            Place::Undecided => "undecided",
        }
    }
}

/// Where a sender puts an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Into the content.
    Inside,
    /// Beside the carrier.
    Outside,
    /// Both: what is outside serves those who cannot open the envelope, and what is inside counts.
    Both,
}

impl Side {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Side::Inside => "inside",
            Side::Outside => "outside",
            Side::Both => "both",
        }
    }
}

/// What becomes of an element on either side that stands outside of an envelope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// It counts unless one of its name stands inside.
    #[default]
    Yields,
    /// It counts in any case.
    Stays,
    /// It never counts: what it is about does not count there.
    Dropped,
}

impl Outside {
    /// What becomes of it, in words.
    pub fn words(self) -> &'static str {
        match self {
            Outside::Yields => "counts unless one is inside",
            Outside::Stays => "counts",
            Outside::Dropped => "is ignored",
        }
    }
}

/// How often an element may stand in one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Once {
    /// Once.
    Altogether,
    /// Once for each language.
    ALanguage,
}

impl Once {
    /// Of what there is one, in words.
    pub fn words(self) -> &'static str {
        match self {
            Once::Altogether => "in a content",
            Once::ALanguage => "in each language",
        }
    }
}

/// A row of the policy.
#[derive(Clone, Debug)]
pub struct Row {
    /// The namespace.
    pub namespace: String,
    /// The local name, or `*` for every element of the namespace.
    pub name: String,
    /// Where it belongs.
    pub place: Place,
    /// Where a sender puts what may stand on either side.
    pub sender: Side,
    /// The stanzas that the row is about; empty: all.
    pub stanzas: Vec<String>,
    /// Why.
    pub reason: String,
    /// Where that is said.
    pub source: String,
    /// What a sender leaves outside when the element itself goes inside.
    pub stand_in: Option<Element>,
    /// What becomes of one outside.
    pub outside: Outside,
    /// How often it may stand in a content; nothing: as often as anybody likes.
    pub once: Option<Once>,
    /// What deployed clients do, by client.
    pub peers: BTreeMap<String, String>,
    /// The servers, each with its version, on which the row was seen to hold: effective outside, without effect inside.
    pub seen: Vec<String>,
}

impl Row {
    /// The requirement that the source names, if it names one.
    pub fn requirement(&self) -> Option<&str> {
        let words = self.source.split([';', ' ', ',']).map(str::trim);
        words.rev().find(|word| word.starts_with("req-"))
    }

    fn is_about(&self, name: &Name, stanza: &str) -> bool {
        self.namespace == name.namespace
            && (self.name == "*" || self.name == name.local)
            && (self.stanzas.is_empty() || self.stanzas.iter().any(|kind| kind == stanza))
    }
}

/// To whom a stanza goes, which decides whether it can be sealed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// The own account: the own server answers.
    OwnAccount,
    /// Another account, by its bare address: its server answers.
    Account,
    /// A server or a service.
    Domain,
    /// A room, or an occupant of one.
    Room,
    /// A client, by its full address.
    Client,
}

/// Whether stanzas to an addressee are sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddresseeRow {
    /// The kind of stanza.
    pub stanza: String,
    /// To whom it goes.
    pub to: Addressee,
    /// Whether it is sealed.
    pub sealed: bool,
    /// Why.
    pub reason: String,
    /// Where that is said.
    pub source: String,
}

impl Addressee {
    /// The word that stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Addressee::OwnAccount => "own-account",
            Addressee::Account => "account",
            Addressee::Domain => "domain",
            Addressee::Room => "room",
            Addressee::Client => "client",
        }
    }

    /// To whom a stanza goes. `is_room` tells the addresses of rooms.
    pub fn of(stanza: &Element, is_room: &dyn Fn(&str) -> bool) -> Addressee {
        let from = stanza.value("from").unwrap_or_default();
        let Some(to) = stanza.value("to") else { return Addressee::OwnAccount };
        let Ok(address) = jid::parse(to) else { return Addressee::Client };
        match (address.local(), address.resource()) {
            _ if is_room(to) => Addressee::Room,
            (None, _) => Addressee::Domain,
            (Some(_), Some(_)) => Addressee::Client,
            (Some(_), None) if jid::same_bare(to, from) => Addressee::OwnAccount,
            (Some(_), None) => Addressee::Account,
        }
    }
}

/// The whole policy.
#[derive(Clone, Debug)]
pub struct Policy {
    addressees: Vec<AddresseeRow>,
    rows: Vec<Row>,
    unknown: Row,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    unknown: RawUnknown,
    #[serde(default)]
    addressee: Vec<AddresseeRow>,
    #[serde(default)]
    element: Vec<RawRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnknown {
    place: Place,
    reason: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRow {
    namespace: String,
    name: String,
    place: Place,
    sender: Option<Side>,
    #[serde(default)]
    stanzas: Vec<String>,
    reason: String,
    source: String,
    stand_in: Option<String>,
    #[serde(default)]
    outside: Outside,
    once: Option<Once>,
    #[serde(default)]
    peers: BTreeMap<String, String>,
    #[serde(default)]
    seen: Vec<String>,
}

impl Policy {
    /// Reads `elements.toml`.
    ///
    /// # Errors
    /// When the text is not the table that the draft's policy section describes.
    pub fn parse(text: &str, file: FileId) -> Result<Policy, TableError> {
        let raw: File = toml::from_str(text)?;
        if raw.version != 1 {
            return Err(TableError::new(format!("version {} of the table is not known, 1 is", raw.version)));
        }
        let span = Span::new(file, 0, text.len());
        let rows = raw.element.into_iter().map(|row| Row::read(row, span)).collect::<Result<Vec<_>, _>>()?;
        let unknown = Row {
            namespace: String::new(),
            name: "*".into(),
            place: raw.unknown.place,
            sender: sender_side(raw.unknown.place, None),
            stanzas: Vec::new(),
            reason: raw.unknown.reason,
            source: raw.unknown.source,
            stand_in: None,
            outside: Outside::Yields,
            once: None,
            peers: BTreeMap::new(),
            seen: Vec::new(),
        };
        Ok(Policy { addressees: raw.addressee, rows, unknown })
    }

    /// The row of an element: of its own name before one for the whole namespace; the row for unknown ones if there is none.
    pub fn row(&self, name: &Name, stanza: &str) -> &Row {
        let mut rows = self.rows.iter().filter(|row| row.is_about(name, stanza));
        let first = rows.next();
        let exact = first.into_iter().chain(rows).find(|row| row.name != "*");
        let whole = self.rows.iter().find(|row| row.is_about(name, stanza));
        exact.or(whole).unwrap_or(&self.unknown)
    }

    /// The row of an addressee of a kind of stanza; nothing where the table leaves it to the elements.
    pub fn addressee(&self, stanza: &str, to: Addressee) -> Option<&AddresseeRow> {
        self.addressees.iter().find(|row| row.stanza == stanza && row.to == to)
    }

    /// All rows about addressees, as in the table.
    pub fn addressees(&self) -> &[AddresseeRow] {
        &self.addressees
    }

    /// Whether the table has a row for an element.
    pub fn knows(&self, name: &Name, stanza: &str) -> bool {
        self.rows.iter().any(|row| row.is_about(name, stanza))
    }

    /// All rows, as in the table.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What holds for an element without a row.
    pub fn unknown(&self) -> &Row {
        &self.unknown
    }
}

impl Row {
    fn read(raw: RawRow, span: Span) -> Result<Row, TableError> {
        Ok(Row {
            sender: sender_side(raw.place, raw.sender),
            stand_in: raw.stand_in.map(|text| tables::element(&text, span)).transpose()?,
            namespace: raw.namespace,
            name: raw.name,
            place: raw.place,
            stanzas: raw.stanzas,
            reason: raw.reason,
            source: raw.source,
            outside: raw.outside,
            once: raw.once,
            peers: raw.peers,
            seen: raw.seen,
        })
    }
}

fn sender_side(place: Place, sender: Option<Side>) -> Side {
    match (place, sender) {
        (Place::Outside, _) => Side::Outside,
        (Place::Either | Place::Undecided, Some(side)) => side,
        (Place::Either | Place::Undecided, None) | (Place::Inside, _) => Side::Inside,
    }
}
