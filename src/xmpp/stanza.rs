//! Stanzas (temporary face).
use crate::xml::Element;
/// x
pub enum StanzaKind {
    /// x
    Message,
}
impl StanzaKind {
    /// x
    pub fn of(e: &Element) -> Option<StanzaKind> {
        (matches!(e.name.local.as_str(), "message" | "presence" | "iq")
            && matches!(e.name.namespace.as_str(), "jabber:client" | "jabber:server" | ""))
        .then_some(StanzaKind::Message)
    }
}
