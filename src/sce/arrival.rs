//! What a receiver knows of a stanza besides its content: the situation, the addresses, the times.

use super::profile::Term;
use crate::source::Span;
use crate::xml::Element;
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
