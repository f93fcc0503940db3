//! The schemas of what RFC 6120 and RFC 6121 define, and of the vCards of XEP-0054, written from their text.
//!
//! Where the RFCs ask for more than a reader of an example can know (the order of children, what a stanza must hold), the
//! schemas ask for less; what RFC 3920 and 3921 allowed is allowed.

use super::stanza::{SERVER, STANZA_ERRORS};
use crate::xml::CLIENT;

/// A schema of an RFC.
#[derive(Clone, Copy, Debug)]
pub struct RfcSchema {
    /// The RFC.
    pub title: &'static str,
    /// What to call its file.
    pub name: &'static str,
    /// The namespace that it describes.
    pub namespace: &'static str,
    text: &'static str,
}

/// The stanzas of clients; those between servers are the same in another namespace.
const STANZAS: &str = include_str!("schemas/stanzas.xsd");

const fn schema(title: &'static str, namespace: &'static str, name: &'static str, text: &'static str) -> RfcSchema {
    RfcSchema { title, name, namespace, text }
}

/// All of them.
pub const ALL: &[RfcSchema] = &[
    schema("RFC 6120", "http://etherx.jabber.org/streams", "streams.xsd", include_str!("schemas/streams.xsd")),
    schema("RFC 6121", CLIENT, "stanzas.xsd", STANZAS),
    schema("RFC 6121", "jabber:iq:roster", "roster.xsd", include_str!("schemas/roster.xsd")),
    schema("RFC 6121", SERVER, "stanzas-of-servers.xsd", STANZAS),
    schema("RFC 6120", "urn:ietf:params:xml:ns:xmpp-bind", "bind.xsd", include_str!("schemas/bind.xsd")),
    schema("RFC 6120", "urn:ietf:params:xml:ns:xmpp-sasl", "sasl.xsd", include_str!("schemas/sasl.xsd")),
    schema("RFC 3921", "urn:ietf:params:xml:ns:xmpp-session", "session.xsd", include_str!("schemas/session.xsd")),
    schema("RFC 6120", STANZA_ERRORS, "stanza-errors.xsd", include_str!("schemas/stanza-errors.xsd")),
    schema(
        "RFC 6120",
        "urn:ietf:params:xml:ns:xmpp-streams",
        "stream-errors.xsd",
        include_str!("schemas/stream-errors.xsd"),
    ),
    schema("RFC 6120", "urn:ietf:params:xml:ns:xmpp-tls", "tls.xsd", include_str!("schemas/tls.xsd")),
    schema("XEP-0054", "vcard-temp", "vcard.xsd", include_str!("schemas/vcard.xsd")),
];

impl RfcSchema {
    /// Its text.
    pub fn text(&self) -> String {
        match self.namespace {
            SERVER => self.text.replace(CLIENT, SERVER),
            _ => self.text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::schema::{SchemaSet, SchemaSource};
    use crate::source::{MappedText, Sources};

    #[test]
    fn all_of_them_compile_as_they_stand() {
        let mut sources = Sources::default();
        let mut schemas = Vec::new();
        for schema in ALL {
            let file = sources.add(schema.name, schema.text());
            let read = SchemaSource::read(&MappedText::verbatim(&sources, sources.whole(file)));
            assert_eq!(read.iter().map(SchemaSource::target_namespace).collect::<Vec<_>>(), [schema.namespace]);
            schemas.extend(read);
        }
        let set = SchemaSet::build(&schemas);
        let found: Vec<String> = set.findings().into_iter().map(|finding| finding.message).collect();
        assert_eq!(found, Vec::<String>::new());
        assert!(ALL.iter().all(|schema| set.knows(schema.namespace)));
    }
}
