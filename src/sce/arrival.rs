//! What a receiver knows of a stanza besides its content: the situation, the addresses, the times.

use super::fault::{Fault, FaultKind};
use super::profile::{Disclosure, Profiles, RoomSide, Situation, Term};
use crate::source::Span;
use crate::xml::{CLIENT, Element, Name};
use crate::xmpp::stanza::{StanzaKind, stanza_type};
use crate::xmpp::{jid, time};
use jiff::Timestamp;

/// An address and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The JID as written.
    pub jid: String,
    /// Where, if it stands in a document.
    pub span: Option<Span>,
}

impl Address {
    /// An address that is written nowhere.
    pub fn known(jid: impl Into<String>) -> Address {
        Address { jid: jid.into(), span: None }
    }

    fn written(&self) -> (&str, Option<Span>) {
        (&self.jid, self.span)
    }

    fn of(element: &Element, attribute: &str) -> Option<Address> {
        let attribute = element.attribute(attribute)?;
        Some(Address { jid: attribute.value.as_str().to_owned(), span: Some(attribute.value_span) })
    }
}

/// A word that a stanza says of itself, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The word.
    pub value: String,
    /// Where, if it is written at all.
    pub span: Option<Span>,
}

impl Mark {
    /// The `type` of a stanza; where it has none, the one that counts in its place.
    fn type_of(stanza: &Element) -> Option<Mark> {
        let default = || Some(Mark { value: stanza_type(stanza)?.to_owned(), span: None });
        Mark::of(stanza, "type").or_else(default)
    }

    fn written(&self) -> (&str, Option<Span>) {
        (&self.value, self.span)
    }

    fn of(stanza: &Element, attribute: &str) -> Option<Mark> {
        let attribute = stanza.attribute(attribute)?;
        Some(Mark { value: attribute.value.as_str().to_owned(), span: Some(attribute.value_span) })
    }
}

/// What a receiver knows before a stanza arrives. What it does not know is not compared, save for the rooms.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Its own account.
    pub account: Option<Address>,
    /// Its clock.
    pub now: Option<Timestamp>,
    /// The rooms that it has joined. `None`: nobody in particular reads the stanza, as in a document.
    pub rooms: Option<Vec<String>>,
    /// The accounts of which it has a key. None of them is a room, whatever its server says that it has joined.
    pub accounts: Vec<String>,
    /// The real address of the occupant from whom the stanza came, where the room disclosed it before.
    pub occupant: Option<Address>,
    /// The ids of the archive queries that it made. `None`: that is not known, and any that is named counts.
    pub queries: Option<Vec<String>>,
}

/// A stanza as it arrived. What is not known is not compared.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// The situation's name in `profiles.toml`.
    pub situation: String,
    /// The `to` of the stanza that carries the envelope.
    pub stanza_to: Option<Address>,
    /// Its `from`.
    pub stanza_from: Option<Address>,
    /// Its `type`.
    pub stanza_type: Option<Mark>,
    /// Its `id`.
    pub stanza_id: Option<Mark>,
    /// The `from` of the carbon or archive result around it.
    pub wrapper_from: Option<Address>,
    /// The real addresses of the occupant from whom a room says that it came.
    pub occupants: Vec<Address>,
    /// The joined room from which it came, or to which it went.
    pub room: Option<Address>,
    /// All rooms that the receiver has joined.
    pub rooms: Vec<Address>,
    /// The receiver's own account.
    pub account: Option<Address>,
    /// The receiver's clock.
    pub now: Option<Timestamp>,
    /// The stamp that the own server, the room or the archive added.
    pub delay: Option<Timestamp>,
    /// Whether it is known which rooms the receiver has joined.
    pub knows_rooms: bool,
    /// What is wrong with the way in which it arrived.
    pub faults: Vec<Fault>,
}

impl Arrival {
    /// What the stanza itself says, in a situation that its author names.
    pub fn of_stanza(stanza: &Element, situation: &str) -> Arrival {
        Arrival {
            situation: situation.to_owned(),
            stanza_to: Address::of(stanza, "to"),
            stanza_from: Address::of(stanza, "from"),
            stanza_type: Mark::type_of(stanza),
            stanza_id: Mark::of(stanza, "id"),
            ..Arrival::default()
        }
    }

    /// A stanza in a situation, with what its receiver knows.
    pub fn known(stanza: &Element, situation: &str, profiles: &Profiles, knowledge: &Knowledge) -> Arrival {
        let mut arrival = Arrival::of_stanza(stanza, situation);
        arrival.account = knowledge.account.clone();
        arrival.now = knowledge.now;
        arrival.knows_rooms = knowledge.rooms.is_some();
        arrival.rooms = knowledge.rooms.iter().flatten().map(Address::known).collect();
        arrival.room = room(stanza, profiles.situation(situation), knowledge);
        arrival.delay = trusted_delay(stanza, &arrival, profiles);
        // Who has the nickname now says nothing of who had it then.
        let present = knowledge.occupant.iter().filter(|_| arrival.delay.is_none());
        arrival.occupants = present.cloned().chain(disclosed(stanza, profiles)).collect();
        arrival.faults = never_sealed(stanza, profiles).into_iter().collect();
        arrival
    }

    /// The address that a term stands for. An address that the stanza does not have is the receiver's own account.
    pub fn address(&self, term: Term) -> Option<&Address> {
        match term {
            Term::StanzaTo => self.stanza_to.as_ref().or(self.account.as_ref()),
            Term::StanzaFrom => self.stanza_from.as_ref().or(self.account.as_ref()),
            Term::WrapperFrom => self.wrapper_from.as_ref().or(self.account.as_ref()),
            Term::Account => self.account.as_ref(),
            Term::Room if self.knows_rooms => self.room.as_ref(),
            Term::Room => self.room.as_ref().or(self.stanza_from.as_ref()),
            Term::NotRoom => self.rooms.first(),
            Term::Occupant => self.occupants.first(),
            Term::StanzaType | Term::StanzaId | Term::Now | Term::Delay | Term::None => None,
        }
    }

    /// The value of the attribute of the stanza that a term stands for, and where it is written.
    pub fn attribute(&self, term: Term) -> Option<(&str, Option<Span>)> {
        match term {
            Term::StanzaType => self.stanza_type.as_ref().map(Mark::written),
            Term::StanzaId => self.stanza_id.as_ref().map(Mark::written),
            Term::StanzaTo => self.stanza_to.as_ref().map(Address::written),
            Term::StanzaFrom => self.stanza_from.as_ref().map(Address::written),
            _ => None,
        }
    }

    /// The addresses that a term stands for: a room may say twice who wrote a message.
    pub fn addresses(&self, term: Term) -> Vec<&Address> {
        match term {
            Term::Occupant => self.occupants.iter().collect(),
            Term::NotRoom => self.rooms.iter().collect(),
            _ => self.address(term).into_iter().collect(),
        }
    }

    /// The time that a term stands for; `margin` is how many seconds a clock may be off.
    pub fn time(&self, term: Term, margin: i64) -> Option<Timestamp> {
        match term {
            Term::Now => self.now,
            Term::Delay => self.past_delay(margin).or(self.now),
            _ => None,
        }
    }

    /// The stamp of delay that counts, unless it lies after the clock by more than the margin: nobody can have seen that.
    pub fn past_delay(&self, margin: i64) -> Option<Timestamp> {
        let is_past = |delay: &Timestamp| self.now.is_none_or(|now| delay.as_second() - now.as_second() <= margin);
        self.delay.filter(is_past)
    }
}

/// A stanza inside of another one: a carbon copy, a message from an archive.
#[derive(Clone, Debug)]
pub struct Wrapped<'a> {
    /// The wrapper: a child of the outer stanza.
    pub wrapper: &'a Element,
    /// The stanza inside.
    pub inner: &'a Element,
    /// From whom the outer stanza came.
    pub from: Option<Address>,
    /// The earliest stamp beside the stanza inside.
    pub delay: Option<Timestamp>,
}

/// A stanza as it came in: with its wrapper, if it has one, and everything that a receiver knows of it.
#[derive(Clone, Debug)]
pub struct Arrived<'a> {
    /// The stanza, without the wrapper.
    pub inner: &'a Element,
    /// Its wrapper.
    pub wrapped: Option<Wrapped<'a>>,
    /// The circumstances.
    pub arrival: Arrival,
}

/// Finds out in which situation a stanza arrived, from itself and from what its receiver knows. `told` is a situation that an
/// author names; a receiver on hostile ground is told none.
pub fn arrive<'a>(outer: &'a Element, profiles: &Profiles, knowledge: &Knowledge, told: Option<&str>) -> Arrived<'a> {
    let (wrapped, faults) = unwrap(outer, profiles);
    let inner = wrapped.as_ref().map_or(outer, |wrapped| wrapped.inner);
    let wrapper = wrapped.as_ref().map(|wrapped| wrapped.wrapper);
    let found = situation_among(inner, wrapper.map(|wrapper| &wrapper.name), profiles, knowledge);
    // What the wrapper makes of it is not for anybody to tell.
    let name = told.filter(|name| may_be(inner, wrapper.map(|one| &one.name), &found, name, profiles));
    let mut arrival = Arrival::known(inner, name.unwrap_or(&found), profiles, knowledge);
    let situation = profiles.situation(&arrival.situation);
    arrival.wrapper_from = wrapped.as_ref().and_then(|wrapped| wrapped.from.clone());
    if wrapped.is_some() {
        arrival.occupants = disclosed(inner, profiles);
    }
    let stamp = wrapped.as_ref().filter(|_| situation.is_some_and(|row| row.stamp)).and_then(|wrapped| wrapped.delay);
    let around = wrapped.as_ref().and_then(|_| trusted_delay(outer, &arrival, profiles));
    arrival.delay = stamp.or_else(|| arrival.delay.into_iter().chain(around).min());
    arrival.faults.extend(faults);
    arrival.faults.extend(wrapper.and_then(|wrapper| unasked(wrapper, knowledge)));
    Arrived { inner, wrapped, arrival }
}

/// Whether an author may say that a stanza arrived in a situation: it is one of its wrapper and of its kind, and makes no fewer
/// conditions than the one that was found.
fn may_be(inner: &Element, wrapper: Option<&Name>, found: &str, told: &str, profiles: &Profiles) -> bool {
    let (Some(row), Some(found)) = (profiles.situation(told), profiles.situation(found)) else { return false };
    let is_type = row.is_of_type(inner.value("type"));
    row.is_in(wrapper) && row.stanza.contains(&inner.name.local) && is_type && row.conditions() >= found.conditions()
}

/// The name of the situation of a stanza, of those that its wrapper allows.
fn situation_among(inner: &Element, wrapper: Option<&Name>, profiles: &Profiles, knowledge: &Knowledge) -> String {
    let fits = |row: &Situation| {
        row.stanza.contains(&inner.name.local)
            && row.is_in(wrapper)
            && row.is_of_type(inner.value("type"))
            && row.when_room.is_none_or(|side| at_side(inner, side, knowledge).is_some())
            && (!row.types.is_empty() || row.when_room.is_none() || inner.value("type") != Some("groupchat"))
    };
    let fitting = profiles.situations().filter(|(_, row)| fits(row));
    let most = fitting.max_by_key(|(name, row)| (row.conditions(), std::cmp::Reverse(*name)));
    most.map_or_else(|| situation_of(inner).to_owned(), |(name, _)| name.to_owned())
}

/// The joined room that is at one side of a stanza.
fn at_side(inner: &Element, side: RoomSide, knowledge: &Knowledge) -> Option<Address> {
    let address = match side {
        RoomSide::From => Address::of(inner, "from"),
        RoomSide::To => Address::of(inner, "to"),
    }?;
    let rooms = knowledge.rooms.as_ref()?;
    let own = knowledge.account.iter().map(|account| &account.jid);
    let is_account = own.chain(&knowledge.accounts).any(|account| jid::same_bare(account, &address.jid));
    let is_room = !is_account && rooms.iter().any(|room| jid::same_bare(room, &address.jid));
    is_room.then_some(address)
}

/// The joined room of a stanza in a situation: from which it came, unless the situation speaks of the one to which it went.
fn room(inner: &Element, situation: Option<&Situation>, knowledge: &Knowledge) -> Option<Address> {
    let side = situation.and_then(|row| row.when_room).unwrap_or(RoomSide::From);
    at_side(inner, side, knowledge)
}

/// The addresses of its author that a room writes into a message.
fn disclosed(inner: &Element, profiles: &Profiles) -> Vec<Address> {
    // An occupant may write such an element too: all of them have to agree.
    let of_row = |row: &Disclosure| {
        let (element, child) = (Name::from_clark(&row.element), Name::from_clark(&row.child));
        let holders = inner.elements().filter(|one| Some(&one.name) == element.as_ref());
        let holders = holders.flat_map(Element::elements).filter(|one| Some(&one.name) == child.as_ref());
        let address = |holder: &Element| match &row.attribute {
            Some(attribute) => Address::of(holder, attribute),
            None => {
                let jid = holder.text().as_str().trim().to_owned();
                (!jid.is_empty()).then_some(Address { jid, span: Some(holder.span) })
            }
        };
        holders.filter_map(address).collect::<Vec<_>>()
    };
    profiles.disclosures().iter().flat_map(of_row).collect()
}

/// The stanza inside of a stanza that is a wrapper, as the table of situations describes them, and what is wrong with it: a
/// wrapper holds one forwarded stanza, and a stanza one wrapper.
fn unwrap<'a>(outer: &'a Element, profiles: &Profiles) -> (Option<Wrapped<'a>>, Vec<Fault>) {
    let is_wrapper = |child: &&Element| {
        profiles.situations().any(|(_, row)| !row.wrapper.is_empty() && row.is_in(Some(&child.name)))
    };
    let wrappers: Vec<&Element> =
        outer.elements().filter(|_| outer.name.local == "message").filter(is_wrapper).collect();
    let Some(&wrapper) = wrappers.first() else { return (None, Vec::new()) };
    let shape = |span, message: &str| Fault::new(FaultKind::WrapperShape, span, message);
    let mut faults: Vec<Fault> =
        wrappers.iter().skip(1).map(|second| shape(second.start_tag, "a second wrapper in one stanza")).collect();
    let forwarded: Vec<&Element> =
        wrapper.elements().filter(|child| profiles.forwarded().is_some_and(|name| *name == child.name)).collect();
    let inside: Vec<&Element> =
        forwarded.iter().flat_map(|holder| holder.elements()).filter(|child| StanzaKind::of(child).is_some()).collect();
    let inner = inside.iter().copied().find(|child| child.name.is(CLIENT, &outer.name.local));
    match (forwarded.as_slice(), inside.as_slice(), inner) {
        ([_], [_], Some(_)) => {}
        ([], ..) | (_, [], _) | (_, _, None) => {
            faults.push(shape(wrapper.start_tag, "the wrapper holds no forwarded stanza"))
        }
        _ => faults.push(shape(wrapper.start_tag, "the wrapper holds more than one forwarded stanza")),
    }
    let Some(inner) = inner else { return (None, faults) };
    let is_sealed = inner.elements().any(|child| profiles.iter().any(|profile| profile.carrier == child.name));
    let nested = inner.elements().filter(|_| inner.name.local == "message" && is_sealed).filter(is_wrapper);
    faults.extend(nested.map(|one| shape(one.start_tag, "a wrapper in a stanza that came in a wrapper")));
    let delay = forwarded.iter().flat_map(|holder| holder.elements()).filter_map(|one| stamp(one, profiles)).min();
    (Some(Wrapped { wrapper, inner, from: Address::of(outer, "from"), delay }), faults)
}

/// The time of a delay.
fn stamp(element: &Element, profiles: &Profiles) -> Option<Timestamp> {
    let is_delay = profiles.delay().is_some_and(|name| *name == element.name);
    time::parse_date_time_or_utc(element.value("stamp").filter(|_| is_delay)?).ok()
}

/// The earliest stamp in a stanza that the own server or the room has written. Servers write it in their own name or, where a stream is
/// resumed, in that of the account (Prosody's mod_smacks and mod_csi_simple).
fn trusted_delay(stanza: &Element, arrival: &Arrival, profiles: &Profiles) -> Option<Timestamp> {
    let account = arrival.account.as_ref().map(|account| jid::bare(&account.jid));
    let server = account.as_deref().and_then(jid::domain);
    let is_trusted = |delay: &&Element| {
        let Some(by) = delay.value("from") else { return false };
        let is_server = [&server, &account].into_iter().flatten().any(|own| jid::same(by, own));
        // The room has seen what came from it, and nothing of what goes to it.
        let room = arrival.room.as_ref().filter(|room| arrival.stanza_from.as_ref() == Some(*room));
        is_server || room.is_some_and(|room| jid::same(by, &jid::bare(&room.jid)))
    };
    stanza.elements().filter(is_trusted).filter_map(|delay| stamp(delay, profiles)).min()
}

/// A result of an archive that nobody asked for. Each query has an id.
fn unasked(wrapper: &Element, knowledge: &Knowledge) -> Option<Fault> {
    let is_result = wrapper.name.local == "result";
    let asked = |id: &str| knowledge.queries.as_ref().is_none_or(|queries| queries.iter().any(|query| query == id));
    let is_asked = wrapper.value("queryid").is_some_and(|id| !id.is_empty() && asked(id));
    (is_result && !is_asked).then(|| {
        let message = match wrapper.value("queryid") {
            None | Some("") => "this is the result of an archive that names no query",
            Some(_) => "this is the result of a query that the receiver has not made",
        };
        Fault::new(FaultKind::UnaskedResult, wrapper.start_tag, message)
    })
}

/// A stanza of a type on which servers act.
fn never_sealed(inner: &Element, profiles: &Profiles) -> Option<Fault> {
    let row = profiles.never_sealed(&inner.name.local, inner.value("type")?)?;
    let message = format!("{} of type `{}` is never sealed", inner.name.local, inner.value("type").unwrap_or_default());
    Some(
        Fault::new(FaultKind::NeverSealed, inner.start_tag, message)
            .note(row.reason.clone())
            .requirement(Some(&row.requirement)),
    )
}

/// The situation of a stanza of which nothing is known but itself.
pub fn situation_of(stanza: &Element) -> &'static str {
    let type_ = stanza.value("type").unwrap_or("");
    match (stanza.name.local.as_str(), type_) {
        ("iq", "error") => "iq-error",
        ("iq", "result") => "iq-result",
        ("iq", _) => "iq-request",
        ("message", "groupchat") => "group-chat",
        _ => "one-to-one",
    }
}
