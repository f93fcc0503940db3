//! # faulty-table
//!
//! A table beside a document cannot be read or used.
//!
//! ## What it does
//!
//! Reads `elements.toml`, `profiles.toml`, `cast.toml` and `attacks.toml`, and fills the tables and listings that a document makes
//! from files. Finds what is no TOML, what misses a field or has an unknown one, and what names a file or a part that is not there.
//! Until it is mended, the built-in policy and profiles are used. Where there is an `attacks.toml`, finds requirements on receivers
//! that no example shows and no reason excuses.
//!
//! ## Why it matters
//!
//! Everything that is said about places of elements and about affixes comes from these tables. A typing error must not
//! silently change what is checked.
//!
//! ## Wrong
//!
//! ```toml file=elements.toml
//! version = 1
//!
//! [unknown]
//! place = "within"
//! reason = "What nobody has classified may be sensitive."
//! source = "req-unknown-inside"
//! ```
//!
//! ## Right
//!
//! ```toml file=elements.toml
//! version = 1
//!
//! [unknown]
//! place = "inside"
//! reason = "What nobody has classified may be sensitive."
//! source = "req-unknown-inside"
//!
//! [[element]]
//! namespace = "urn:xmpp:hints"
//! name = "*"
//! place = "outside"
//! stanzas = ["message"]
//! reason = "Servers read hints."
//! source = "XEP-0420 0.5.0, section 9"
//! ```
//!
//! ## Source
//!
//! - The tables of the draft, `spec/xep-sce/draft.md#policy` and `spec/xep-sce/draft.md#profiles`
//! - TOML 1.0: <https://toml.io/en/v1.0.0>

use super::Rule;
use crate::finding::Severity;

/// The rule. The workspace, which reads the tables, speaks for it.
pub static RULE: Rule =
    Rule { name: "faulty-table", severity: Severity::Error, source: include_str!("faulty_table.rs"), check: None };
