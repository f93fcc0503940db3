//! # faulty-schema
//!
//! An XML Schema is itself wrong.
//!
//! ## What it does
//!
//! Judges every schema that a document has: the `schema.xsd` beside a draft, and each `xs:schema` in a XEP's own text. Names that are
//! declared nowhere, parts in a wrong order, constraints of XML Schema that do not hold. Where the meaning is plain, the schema is
//! mended and used; else the faulty part accepts anything.
//!
//! ## Why it matters
//!
//! Readers feed schemas to validators and generators of code. A faulty one fails there, or it accepts and rejects other things than
//! the text says.
//!
//! ## Wrong
//!
//! ```xsd
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:case' xmlns='urn:example:case'>
//!   <xs:element name='case' type='caseTyp'/>
//!   <xs:complexType name='caseType'>
//!     <xs:attribute name='id' type='xs:string' use='required'/>
//!   </xs:complexType>
//! </xs:schema>
//! ```
//!
//! ## Right
//!
//! ```xsd
//! <xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:case' xmlns='urn:example:case'>
//!   <xs:element name='case' type='caseType'/>
//!   <xs:complexType name='caseType'>
//!     <xs:attribute name='id' type='xs:string' use='required'/>
//!   </xs:complexType>
//! </xs:schema>
//! ```
//!
//! ## Source
//!
//! - XML Schema 1.0, Structures: <https://www.w3.org/TR/xmlschema-1/>
//! - XEP-0143, XML Schema: <https://xmpp.org/extensions/xep-0143.html#sections-schema>

use super::Rule;
use crate::finding::Severity;

/// The rule. The schema room speaks for it.
pub static RULE: Rule =
    Rule { name: "faulty-schema", severity: Severity::Error, source: include_str!("faulty_schema.rs"), check: None };
