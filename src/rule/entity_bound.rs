//! # entity-bound
//!
//! Entities are used in a way that has no end, or that goes beyond what is read.
//!
//! ## What it does
//!
//! Finds an entity that stands for itself, be it through others, and entities that nest too deep or stand for too much text. What goes
//! beyond a bound is left as it is written.
//!
//! ## Why it matters
//!
//! XML forbids an entity that refers to itself. Entities that multiply each other can make a small file fill the memory of whoever
//! reads it. No real XEP comes near the bounds.
//!
//! ## Wrong
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY egg 'laid by a &hen;'>
//!   <!ENTITY hen 'hatched from an &egg;'>
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>The egg is &egg;.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY egg 'laid by a &hen;'>
//!   <!ENTITY hen 'hen'>
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>The egg is &egg;.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XML 1.0, No Recursion: <https://www.w3.org/TR/xml/#norecursion>

use super::Rule;
use crate::finding::Severity;

/// The rule. `xml::entities` speaks for it.
pub static RULE: Rule =
    Rule { name: "entity-bound", severity: Severity::Error, source: include_str!("entity_bound.rs"), check: None };
