//! Reads XMPP specifications, holds every example in them against schema, policy and real encryption, and publishes them.
//!
//! `ARCHITECTURE.md` leads through the rooms. A room imports from the rooms above it in this list, never from one below.

pub mod document;
pub mod finding;
pub mod read;
pub mod render;
pub mod source;
pub mod xml;
