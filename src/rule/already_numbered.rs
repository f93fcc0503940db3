//! # already-numbered
//!
//! A document that is meant for the inbox has the number of a XEP.
//!
//! ## What it does
//!
//! Looks whether the header has a number of four digits.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The inbox takes new documents only. The editor changes a published XEP by a pull request against its file.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><number>0042</number></header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```yaml
//! number: XXXX
//! ```
//!
//! ## Source
//!
//! - XEP-0143, Maintaining a XEP: <https://xmpp.org/extensions/xep-0143.html#maintain>
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{is_new, span};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "already-numbered",
    severity: Severity::Warning,
    source: include_str!("already_numbered.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let (Some(span), false) = (span(&header.number), is_new(header)) else { return };
    let number = header.number.as_str().trim();
    let finding = Finding::new(RULE.name, span, format!("this document is XEP-{number}, and the inbox takes new ones"));
    let help = format!("change `xep-{number}.xml` by a pull request, or write `XXXX` if this is a new document");
    sink.push(finding.note("its number, status and short name are written as they are").help(help));
}
