<<<<<<< HEAD
//! JIDs, stanzas, times.
pub mod base64;
pub mod jid;
pub mod time;
pub mod stanza;
=======
//! What XMPP itself defines.
>>>>>>> schema
