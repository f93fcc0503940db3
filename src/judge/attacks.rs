//! The gallery of attacks and what it covers, as data: what the author says beside the examples, and `attacks.toml`, which says
//! how deployed clients fare and which requirements no stanza can show.

use crate::document::number;
use crate::document::requirement::{self, Requirement};
use crate::document::{Document, Listing};
use crate::example::Expectation;
use crate::example::sibling::Sibling;
use crate::sce::TableError;
use crate::source::{Span, Spanned};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The file beside the document.
pub const ATTACKS: &str = "attacks.toml";

/// The section whose steps are all requirements on receivers.
const RECEIVING: &str = "receiving";

/// Words by which a sentence says what a receiver has to do (RFC 2119).
const DEMANDS: [&str; 2] = ["receiver MUST", "receiver SHOULD"];

/// `attacks.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attacks {
    version: u32,
    /// Deployed clients, by a short name.
    #[serde(default)]
    client: BTreeMap<String, Client>,
    /// What was seen of them.
    #[serde(default)]
    seen: Vec<Seen>,
    /// Requirements that no stanza can show.
    #[serde(default)]
    unshown: Vec<Unshown>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    example: String,
    client: String,
    falls: bool,
    does: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unshown {
    requirement: String,
    reason: String,
}

/// An example with which a receiver has something to decide.
#[derive(Debug)]
pub struct Attack {
    /// Its name.
    pub name: String,
    /// Its caption.
    pub caption: String,
    /// The profile under which it is sealed, if it is.
    pub profile: Option<String>,
    /// What is expected of a receiver.
    pub expectation: Expectation,
    /// The requirements that decide.
    pub requirements: Vec<String>,
}

/// What a document says about attacks.
#[derive(Debug, Default)]
pub struct Gallery {
    /// The attacks, in order.
    pub attacks: Vec<Attack>,
    /// The requirements that a receiver can break, in order.
    pub demands: Vec<Spanned<String>>,
    /// All requirements, by their ids.
    pub requirements: Vec<String>,
    /// Whether the document has a table of attacks.
    pub is_shown: bool,
}

impl Attacks {
    /// Reads the table.
    ///
    /// # Errors
    /// When it is no such table, or names a client that it does not describe.
    pub fn parse(text: &str) -> Result<Attacks, TableError> {
        let attacks: Attacks = toml::from_str(text)?;
        if attacks.version != 1 {
            return Err(TableError::new(format!("version {} of the table is not known, 1 is", attacks.version)));
        }
        match attacks.seen.iter().find(|seen| !attacks.client.contains_key(&seen.client)) {
            Some(seen) => Err(TableError::new(format!("there is no `[client.{}]`", seen.client))),
            None => Ok(attacks),
        }
    }

    /// What deployed clients do with an attack, a sentence each.
    pub fn seen(&self, name: &str) -> Vec<String> {
        let seen = self.seen.iter().filter(|seen| seen.example == name);
        let sentence = |seen: &Seen| {
            let client = self.client.get(&seen.client).map_or(seen.client.as_str(), |client| client.name.as_str());
            let verdict = if seen.falls { "falls for it" } else { "stands" };
            format!("{client} {verdict}: {}", seen.does)
        };
        seen.map(sentence).collect()
    }

    /// Deployed clients, each with how it was tried.
    pub fn clients(&self) -> impl Iterator<Item = (&str, &str)> {
        self.client.values().map(|client| (client.name.as_str(), client.source.as_str()))
    }

    /// Why no stanza can show that a requirement is kept.
    pub fn unshown(&self, requirement: &str) -> Option<&str> {
        self.unshown.iter().find(|one| one.requirement == requirement).map(|one| one.reason.as_str())
    }

    /// The names of examples of which something is said, and requirements that are said to be beyond showing.
    pub fn names(&self) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let examples = self.seen.iter().map(|seen| seen.example.as_str()).collect();
        (examples, self.unshown.iter().map(|one| one.requirement.as_str()).collect())
    }
}

impl Gallery {
    /// What a document says. The requirements of siblings of which it seals examples are among those that it is to show.
    pub fn of(document: &Document, siblings: &[Sibling]) -> Gallery {
        let attacks = number::listings(document).into_iter().filter_map(attack).collect();
        let mut gallery = Gallery { attacks, is_shown: shows_attacks(document), ..Gallery::default() };
        for document in std::iter::once(document).chain(siblings.iter().map(|sibling| &sibling.document)) {
            let all = requirement::requirements(document);
            gallery.demands.extend(demands(document, &all));
            gallery.requirements.extend(all.iter().filter_map(|one| Some(one.id?.value.clone())));
        }
        gallery
    }

    /// The attacks that show a requirement.
    pub fn showing<'a>(&'a self, requirement: &'a str) -> impl Iterator<Item = &'a Attack> {
        self.attacks.iter().filter(move |attack| attack.requirements.iter().any(|id| id == requirement))
    }

    /// The requirements that neither an attack shows nor a reason excuses.
    pub fn uncovered<'a>(&'a self, attacks: &'a Attacks) -> impl Iterator<Item = (&'a str, Span)> {
        let open = self
            .demands
            .iter()
            .filter(|demand| self.showing(&demand.value).next().is_none() && attacks.unshown(&demand.value).is_none());
        open.map(|demand| (demand.value.as_str(), demand.span))
    }
}

/// Whether a document has a table of attacks.
pub fn shows_attacks(document: &Document) -> bool {
    let is_of_attacks = |src: &str| src.starts_with(ATTACKS);
    number::tables(document).into_iter().any(|table| table.directives.text("src").is_some_and(is_of_attacks))
}

/// The requirements on receivers: all that are in the section about receiving, elsewhere those that name a receiver.
fn demands(document: &Document, all: &[Requirement<'_>]) -> Vec<Spanned<String>> {
    let sections = number::sections(document);
    let is_receiving = |at: &usize| {
        let anchor = sections.get(*at).and_then(|section| section.anchor.as_ref());
        anchor.is_some_and(|anchor| anchor.as_str() == RECEIVING)
    };
    let is_demand = |requirement: &Requirement<'_>| {
        requirement.sections.iter().any(is_receiving) || DEMANDS.iter().any(|demand| requirement.text.contains(demand))
    };
    let demanded = all.iter().filter(|requirement| is_demand(requirement));
    demanded.filter_map(|requirement| requirement.id.cloned()).collect()
}

/// The requirements that an example shows: those of the verdict that it expects, and those that it covers besides.
pub fn shown_by(listing: &Listing) -> Vec<String> {
    let mut all = match listing.directives.text("expect").map(Expectation::parse) {
        Some(Expectation::Verdict(_, requirements)) => requirements,
        Some(Expectation::Rule(_)) | None => Vec::new(),
    };
    let covers = listing.directives.text("covers");
    all.extend(covers.into_iter().flat_map(|ids| ids.split(',')).map(|id| id.trim().to_owned()));
    all
}

fn attack(listing: &Listing) -> Option<Attack> {
    let expectation = Expectation::parse(listing.directives.text("expect")?);
    let requirements = shown_by(listing);
    if requirements.is_empty() {
        return None;
    }
    Some(Attack {
        name: listing.directives.text("id")?.to_owned(),
        caption: listing.caption.as_ref().map_or_else(String::new, |caption| caption.as_str().to_owned()),
        profile: listing.directives.text("profile").map(str::to_owned),
        expectation,
        requirements,
    })
}
