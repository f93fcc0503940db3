//! What XMPP itself knows: encodings, addresses, times, stanzas.

pub mod base64;
