//! JIDs, stanzas, times.
pub mod jid;
pub mod time;
