//! Reads XMPP specifications, holds every example in them against schema, policy and real encryption, and publishes them.
//!
//! `ARCHITECTURE.md` leads through the rooms. A room imports from the rooms above it in this list, never from one below.

pub mod source;
pub mod random;
pub mod key;
pub mod finding;
pub mod xml;
pub mod document;
pub mod read;
pub mod schema;
pub mod xmpp;
pub mod contribution;
pub mod sce;
pub mod protocol;
pub mod example;
pub mod series;
pub mod rule;
pub mod judge;
pub mod render;
pub mod report;
pub mod workspace;
pub mod cli;
