//! What XMPP itself defines: addresses, times, stanzas and their errors, Base64 and hashes as its extensions use them.
//!
//! Knows no example, no policy and no encryption; everything here takes text or a tree and gives a value or a typed error.

pub mod base64;
pub mod caps;
pub mod hash;
pub mod jid;
pub mod stanza;
pub mod time;

pub use jid::{BareJid, Jid, JidError};
pub use stanza::{StanzaKind, stanza_type};
pub use time::{TimeError, parse_date_time};
