//! # undeclared-entity
//!
//! A reference names an entity that nothing declares.
//!
//! ## What it does
//!
//! Looks up each `&name;` in XEP-XML and in Markdown: in the document, in the `xep.ent` of the series, or where that is missing in a
//! built-in table of the series' names. A document that asks for an `xep.ent` which is not there is given the benefit of the doubt.
//!
//! ## Why it matters
//!
//! An XML parser stops at the first one. Mostly the name of a XEP's entity is misspelt, or a `&` was meant as a character.
//!
//! ## Wrong
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY feature 'urn:xmpp:sce:1'>
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>The feature is &faeture;.</p></section1>
//! </xep>
//! ```
//!
//! ````markdown
//! # Case
//!
//! As &xpe0384; says.
//! ````
//!
//! ## Right
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY feature 'urn:xmpp:sce:1'>
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>The feature is &feature;.</p></section1>
//! </xep>
//! ```
//!
//! ````markdown
//! # Case
//!
//! As &xep0384; says.
//! ````
//!
//! ## Source
//!
//! - XML 1.0, Entity Declared: <https://www.w3.org/TR/xml/#wf-entdeclared>
//! - XEP-0143, Working with XEP Files: <https://xmpp.org/extensions/xep-0143.html#format-work>

use super::Rule;
use crate::finding::Severity;

/// The rule. `xml::entities` and the Markdown reader speak for it.
pub static RULE: Rule = Rule {
    name: "undeclared-entity",
    severity: Severity::Error,
    source: include_str!("undeclared_entity.rs"),
    check: None,
};
