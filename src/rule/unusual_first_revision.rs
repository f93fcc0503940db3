//! # unusual-first-revision
//!
//! The revisions of a new document are not those of a first draft.
//!
//! ## What it does
//!
//! Looks whether the newest version of a document without a number begins with `0.0.`, and whether a document of one revision
//! remarks on it `First draft.`.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The editor publishes an accepted document as version 0.1.0, and lists sort the versions before it by these numbers.
//!
//! ## Wrong
//!
//! ```yaml
//! revision:
//!   - version: 0.2.0
//!     date: 2026-09-14
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ```yaml
//! revision:
//!   - version: 0.0.1
//!     date: 2026-09-14
//!     initials: aa
//!     remark: Written over a weekend.
//! ```
//!
//! ## Right
//!
//! ```yaml
//! revision:
//!   - version: 0.0.1
//!     date: 2026-09-14
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{is_new, span};
use super::{Context, Rule};
use crate::document::Revision;
use crate::document::walk::blocks_text;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unusual-first-revision",
    severity: Severity::Info,
    source: include_str!("unusual_first_revision.rs"),
    check: Some(check),
};

/// What the remark on a first draft says.
const REMARK: &str = "First draft.";

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let Some(newest) = header.revisions.first().filter(|_| is_new(header)) else { return };
    sink.extend(version(newest));
    sink.extend(remark(newest).filter(|_| header.revisions.len() == 1));
}

fn version(newest: &Revision) -> Option<Finding> {
    let version = newest.version.as_str().trim();
    let span = span(&newest.version).filter(|_| !version.is_empty() && !version.starts_with("0.0."))?;
    let finding = Finding::new(RULE.name, span, format!("`{version}` is the version of an accepted XEP"));
    Some(finding.help("write `0.0.1` for a first draft, then `0.0.2`; the editor writes `0.1.0`"))
}

fn remark(only: &Revision) -> Option<Finding> {
    let remark = blocks_text(&only.remark);
    let span = span(&only.version).filter(|_| !remark.trim().is_empty() && remark.trim() != REMARK)?;
    let finding = Finding::new(RULE.name, span, "the remark on a first draft is not the usual one");
    Some(finding.help(format!("write `{REMARK}`")))
}
