//! Stanzas: what is one, its types, and the conditions of errors (RFC 6120 and RFC 6121).

use crate::xml::{CLIENT, Element};

/// The namespace of stanzas between servers.
pub const SERVER: &str = "jabber:server";

/// The namespace of the defined conditions of stanza errors.
pub const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

/// The sort of a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StanzaKind {
    /// `message`
    Message,
    /// `presence`
    Presence,
    /// `iq`
    Iq,
}

impl StanzaKind {
    /// All of them.
    pub const ALL: &'static [StanzaKind] = &[StanzaKind::Message, StanzaKind::Presence, StanzaKind::Iq];

    /// What sort of stanza an element is: `message`, `presence` or `iq` in the namespaces of stanzas, or in none, as XEPs
    /// write them.
    pub fn of(element: &Element) -> Option<StanzaKind> {
        if ![CLIENT, SERVER, ""].contains(&element.name.namespace.as_str()) {
            return None;
        }
        StanzaKind::ALL.iter().copied().find(|kind| kind.name() == element.name.local)
    }

    /// The name of the element.
    pub fn name(self) -> &'static str {
        match self {
            StanzaKind::Message => "message",
            StanzaKind::Presence => "presence",
            StanzaKind::Iq => "iq",
        }
    }

    /// The values that its `type` may have. An `iq` must have one; a presence without one is available.
    ///
    /// RFC 6121, sections 5.2.2 and 4.7.1; RFC 6120, section 8.2.3.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            StanzaKind::Message => &["chat", "error", "groupchat", "headline", "normal"],
            StanzaKind::Presence => {
                &["error", "probe", "subscribe", "subscribed", "unavailable", "unsubscribe", "unsubscribed"]
            }
            StanzaKind::Iq => &["get", "set", "result", "error"],
        }
    }

    /// The type that a stanza without one has, if it may be without one. An available presence has the empty type.
    pub fn default_type(self) -> Option<&'static str> {
        match self {
            StanzaKind::Message => Some("normal"),
            StanzaKind::Presence => Some(""),
            StanzaKind::Iq => None,
        }
    }
}

/// The type of a stanza, with the default where it gives none. `None` for an `iq` without one, and for what is no stanza.
pub fn stanza_type(element: &Element) -> Option<&str> {
    let kind = StanzaKind::of(element)?;
    element.value("type").or(kind.default_type())
}

/// What the sender of a stanza that failed should do: the `type` of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorType {
    /// Provide credentials and try again.
    Auth,
    /// Do not try again.
    Cancel,
    /// Nothing: the condition was a warning.
    Continue,
    /// Change the data and try again.
    Modify,
    /// Wait and try again.
    Wait,
}

impl ErrorType {
    /// All of them.
    pub const ALL: &'static [ErrorType] =
        &[ErrorType::Auth, ErrorType::Cancel, ErrorType::Continue, ErrorType::Modify, ErrorType::Wait];

    /// The value of the attribute.
    pub fn name(self) -> &'static str {
        match self {
            ErrorType::Auth => "auth",
            ErrorType::Cancel => "cancel",
            ErrorType::Continue => "continue",
            ErrorType::Modify => "modify",
            ErrorType::Wait => "wait",
        }
    }

    /// The error type of that name.
    pub fn from_name(name: &str) -> Option<ErrorType> {
        ErrorType::ALL.iter().copied().find(|type_| type_.name() == name)
    }
}

/// A defined condition of a stanza error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The name of its element.
    pub name: &'static str,
    /// The error types that the RFC names for it; others are possible, for none of them is binding.
    pub types: &'static [ErrorType],
    /// The section of RFC 6120 that defines it.
    pub section: &'static str,
}

/// The defined conditions of RFC 6120, section 8.3.3, in their order there.
pub const CONDITIONS: &[Condition] = {
    use ErrorType::{Auth, Cancel, Modify, Wait};
    const fn row(name: &'static str, types: &'static [ErrorType], section: &'static str) -> Condition {
        Condition { name, types, section }
    }
    &[
        row("bad-request", &[Modify], "8.3.3.1"),
        row("conflict", &[Cancel], "8.3.3.2"),
        row("feature-not-implemented", &[Cancel, Modify], "8.3.3.3"),
        row("forbidden", &[Auth], "8.3.3.4"),
        row("gone", &[Cancel], "8.3.3.5"),
        row("internal-server-error", &[Cancel], "8.3.3.6"),
        row("item-not-found", &[Cancel], "8.3.3.7"),
        row("jid-malformed", &[Modify], "8.3.3.8"),
        row("not-acceptable", &[Modify], "8.3.3.9"),
        row("not-allowed", &[Cancel], "8.3.3.10"),
        row("not-authorized", &[Auth], "8.3.3.11"),
        row("policy-violation", &[Modify, Wait], "8.3.3.12"),
        row("recipient-unavailable", &[Wait], "8.3.3.13"),
        row("redirect", &[Modify], "8.3.3.14"),
        row("registration-required", &[Auth], "8.3.3.15"),
        row("remote-server-not-found", &[Cancel], "8.3.3.16"),
        row("remote-server-timeout", &[Wait], "8.3.3.17"),
        row("resource-constraint", &[Wait], "8.3.3.18"),
        row("service-unavailable", &[Cancel], "8.3.3.19"),
        row("subscription-required", &[Auth], "8.3.3.20"),
        row("undefined-condition", &[], "8.3.3.21"),
        row("unexpected-request", &[Wait, Modify], "8.3.3.22"),
    ]
};

/// The defined condition of that name.
pub fn condition(name: &str) -> Option<&'static Condition> {
    CONDITIONS.iter().find(|condition| condition.name == name)
}

/// The `error` child of a stanza, in the stanza's own namespace.
pub fn stanza_error(stanza: &Element) -> Option<&Element> {
    StanzaKind::of(stanza)?;
    stanza.child(&stanza.name.namespace, "error")
}

/// The defined condition that an `error` element names, with its element.
pub fn error_condition(error: &Element) -> Option<(&'static Condition, &Element)> {
    let named = error.elements().filter(|child| child.name.namespace == STANZA_ERRORS);
    named.filter_map(|child| Some((condition(&child.name.local)?, child))).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MappedText, Sources};
    use crate::xml::parse;

    fn element(text: &str, namespace: &str) -> Element {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), namespace);
        parsed.elements().next().cloned().expect("the tests give an element")
    }

    #[test]
    fn stanzas_and_their_types() {
        let check = |text, namespace, kind, type_: Option<&str>| {
            let element = element(text, namespace);
            assert_eq!((StanzaKind::of(&element), stanza_type(&element)), (kind, type_), "{text}");
        };
        check("<message/>", "", Some(StanzaKind::Message), Some("normal"));
        check("<message type='chat'/>", CLIENT, Some(StanzaKind::Message), Some("chat"));
        check("<presence/>", SERVER, Some(StanzaKind::Presence), Some(""));
        check("<iq/>", CLIENT, Some(StanzaKind::Iq), None);
        check("<message/>", "urn:x", None, None);
        check("<query/>", CLIENT, None, None);
    }

    #[test]
    fn errors_and_their_conditions() {
        let text = "<iq type='error'><error type='wait'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>x</text>\
            <gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
        let stanza = element(text, CLIENT);
        let found = stanza_error(&stanza).and_then(error_condition).map(|(condition, _)| condition.name);
        assert_eq!(found, Some("gone"));
        assert_eq!(CONDITIONS.len(), 22);
        assert_eq!(ErrorType::from_name("auth"), Some(ErrorType::Auth));
    }
}
