//! The element policy: a row an element, read from `elements.toml`.

use super::tables::{self, TableError};
use crate::source::{FileId, Span};
use crate::xml::{Element, Name};
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
    pub sender: Place,
    /// The stanzas that the row is about; empty: all.
    pub stanzas: Vec<String>,
    /// Why.
    pub reason: String,
    /// Where that is said.
    pub source: String,
    /// What a sender leaves outside when the element itself goes inside.
    pub stand_in: Option<Element>,
    /// What deployed clients do, by client.
    pub peers: BTreeMap<String, String>,
    /// The servers, each with its version, on which the row was seen to hold: effective outside, without effect inside.
    pub seen: Vec<String>,
}

impl Row {
    fn is_about(&self, name: &Name, stanza: &str) -> bool {
        self.namespace == name.namespace
            && (self.name == "*" || self.name == name.local)
            && (self.stanzas.is_empty() || self.stanzas.iter().any(|kind| kind == stanza))
    }
}

/// The whole policy.
#[derive(Clone, Debug)]
pub struct Policy {
    rows: Vec<Row>,
    unknown: Row,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    unknown: RawUnknown,
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
    sender: Option<Place>,
    #[serde(default)]
    stanzas: Vec<String>,
    reason: String,
    source: String,
    stand_in: Option<String>,
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
            peers: BTreeMap::new(),
            seen: Vec::new(),
        };
        Ok(Policy { rows, unknown })
    }

    /// The row of an element: of its own name before one for the whole namespace; the row for unknown ones if there is none.
    pub fn row(&self, name: &Name, stanza: &str) -> &Row {
        let mut rows = self.rows.iter().filter(|row| row.is_about(name, stanza));
        let first = rows.next();
        let exact = first.into_iter().chain(rows).find(|row| row.name != "*");
        let whole = self.rows.iter().find(|row| row.is_about(name, stanza));
        exact.or(whole).unwrap_or(&self.unknown)
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
            peers: raw.peers,
            seen: raw.seen,
        })
    }
}

fn sender_side(place: Place, sender: Option<Place>) -> Place {
    match (place, sender) {
        (Place::Outside, _) | (Place::Either | Place::Undecided, Some(Place::Outside)) => Place::Outside,
        _ => Place::Inside,
    }
}
