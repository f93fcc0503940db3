//! What XMPP itself defines: JIDs, stanzas, times, Base64.

pub mod base64;
pub mod hash;
pub mod jid;
pub mod stanza;
pub mod time;
