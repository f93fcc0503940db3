//! # external-entity
//!
//! A document refers to a file that is not read.
//!
//! ## What it does
//!
//! Finds external entities other than the `xep.ent` of the series.
//!
//! ## Why it matters
//!
//! Nothing is loaded that an author did not hand over: a document that pulls in other files or addresses could read what is no part
//! of it, and would look different from one place to the next. What such a file declares is not known here.
//!
//! ## Wrong
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY % words SYSTEM '../words.ent'>
//!   %words;
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing more.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY % ents SYSTEM 'xep.ent'>
//!   %ents;
//!   <!ENTITY word 'a word'>
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing more than &word;.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XML 1.0, External Entities: <https://www.w3.org/TR/xml/#sec-external-ent>
//! - XEP-0143, Working with XEP Files: <https://xmpp.org/extensions/xep-0143.html#format-work>

use super::Rule;
use crate::finding::Severity;

/// The rule. `xml::entities` speaks for it.
pub static RULE: Rule = Rule {
    name: "external-entity",
    severity: Severity::Error,
    source: include_str!("external_entity.rs"),
    check: None,
};
