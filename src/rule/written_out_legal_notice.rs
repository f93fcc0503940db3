//! # written-out-legal-notice
//!
//! The legal notice is written out instead of referred to.
//!
//! ## What it does
//!
//! Looks whether the text of the legal notice of XEP-XML came out of `&LEGALNOTICE;`.
//!
//! ## Why it matters
//!
//! The notice is the same for all XEPs and changes for all of them at once; a copy stays behind, or was altered.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header>
//!     <title>A Case</title><abstract>A case.</abstract>
//!     <legal><copyright>Mine.</copyright><permissions/><warranty/><liability/><conformance/></legal>
//!     <number>XXXX</number><status>ProtoXEP</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
//!     <dependencies/><supersedes/><supersededby/><shortname>case</shortname>
//!     <author><firstname>Ada</firstname><surname>Author</surname></author>
//!     <revision><version>0.0.1</version><date>2026-09-14</date><initials>aa</initials><remark><p>First.</p></remark></revision>
//!   </header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <!DOCTYPE xep SYSTEM 'xep.dtd' [
//!   <!ENTITY % ents SYSTEM 'xep.ent'>
//! %ents;
//! ]>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header>
//!     <title>A Case</title><abstract>A case.</abstract>
//!     &LEGALNOTICE;
//!     <number>XXXX</number><status>ProtoXEP</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
//!     <dependencies/><supersedes/><supersededby/><shortname>case</shortname>
//!     <author><firstname>Ada</firstname><surname>Author</surname></author>
//!     <revision><version>0.0.1</version><date>2026-09-14</date><initials>aa</initials><remark><p>First.</p></remark></revision>
//!   </header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::span;
use super::{Context, Rule};
use crate::document::Legal;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "written-out-legal-notice",
    severity: Severity::Warning,
    source: include_str!("written_out_legal_notice.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let Legal::Parts(parts) = &header.legal else { return };
    let inside = parts.iter().flat_map(|(_, text)| text).find_map(|piece| match piece {
        crate::document::Inline::Text(text) => span(text),
        _ => None,
    });
    let Some(span) = inside else { return };
    let finding = Finding::new(RULE.name, span, "the legal notice is written out");
    sink.push(finding.help("write `&LEGALNOTICE;` in its place"));
}
