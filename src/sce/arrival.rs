//! What a receiver knows of a stanza besides its content: the situation, the addresses, the times.

use super::profile::{Profiles, Situation, Term};
use crate::source::Span;
use crate::xml::{Element, Name};
use jiff::Timestamp;

/// An address and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The JID as written.
    pub jid: String,
    /// Where, if it stands in a document.
    pub span: Option<Span>,
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
    /// The `from` of the carbon or archive result around it.
    pub wrapper_from: Option<Address>,
    /// The real address of the occupant from whom a room says that it came.
    pub occupant: Option<Address>,
    /// The receiver's own account.
    pub account: Option<Address>,
    /// The receiver's clock.
    pub now: Option<Timestamp>,
    /// The stamp that the own server or the archive added.
    pub delay: Option<Timestamp>,
}

impl Arrival {
    /// What the stanza itself says, in a situation.
    pub fn of_stanza(stanza: &Element, situation: &str) -> Arrival {
        let address = |name| {
            stanza
                .attribute(name)
                .map(|attribute| Address { jid: attribute.value.as_str().to_owned(), span: Some(attribute.value_span) })
        };
        Arrival {
            situation: situation.to_owned(),
            stanza_to: address("to"),
            stanza_from: address("from"),
            ..Arrival::default()
        }
    }

    /// The address that a term stands for. An address that the stanza does not have is the receiver's own account.
    pub fn address(&self, term: Term) -> Option<&Address> {
        match term {
            Term::StanzaTo => self.stanza_to.as_ref().or(self.account.as_ref()),
            Term::StanzaFrom => self.stanza_from.as_ref().or(self.account.as_ref()),
            Term::WrapperFrom => self.wrapper_from.as_ref().or(self.account.as_ref()),
            Term::Account => self.account.as_ref(),
            Term::Occupant => self.occupant.as_ref(),
            Term::Now | Term::Delay | Term::None => None,
        }
    }

    /// The time that a term stands for.
    pub fn time(&self, term: Term) -> Option<Timestamp> {
        match term {
            Term::Now => self.now,
            Term::Delay => self.delay.or(self.now),
            _ => None,
        }
    }
}

/// A stanza inside of another one: a carbon copy, a message from an archive.
#[derive(Clone, Debug)]
pub struct Wrapped<'a> {
    /// The situation that the wrapper makes.
    pub situation: String,
    /// The stanza inside.
    pub inner: &'a Element,
    /// From whom the outer stanza came.
    pub from: Option<Address>,
    /// The earliest stamp in the wrapper.
    pub delay: Option<Timestamp>,
}

/// The stanza inside of a stanza that is a wrapper, as the table of situations describes them.
pub fn unwrap<'a>(outer: &'a Element, profiles: &Profiles) -> Option<Wrapped<'a>> {
    outer.elements().find_map(|child| {
        let inner = child.descendants().into_iter().skip(1).find(|one| one.name.local == outer.name.local)?;
        let fits = |situation: &Situation| {
            let type_fits = situation.type_.as_deref().is_none_or(|type_| inner.value("type") == Some(type_));
            type_fits && situation.wrapper.as_deref().and_then(Name::from_clark).is_some_and(|name| name == child.name)
        };
        let mut fitting: Vec<_> = profiles.situations().filter(|(_, situation)| fits(situation)).collect();
        fitting.sort_by_key(|(_, situation)| situation.type_.is_none());
        let situation = fitting.first()?.0.to_owned();
        let from = outer.value("from").map(|jid| Address { jid: jid.to_owned(), span: None });
        Some(Wrapped { situation, inner, from, delay: earliest_stamp(child, inner, profiles) })
    })
}

/// The earliest stamp of a delay in a wrapper; what stands in the stanza inside does not count.
fn earliest_stamp(wrapper: &Element, inner: &Element, profiles: &Profiles) -> Option<Timestamp> {
    let delay = profiles.delay()?;
    let inside = inner.descendants();
    let is_inside = |one: &Element| inside.iter().any(|other| std::ptr::eq(*other, one));
    let delays = wrapper.descendants().into_iter().filter(|one| one.name == *delay && !is_inside(one));
    delays.filter_map(|one| crate::xmpp::time::parse_date_time(one.value("stamp")?).ok()).min()
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
