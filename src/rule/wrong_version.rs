//! # wrong-version
//!
//! The version of a revision is not the one that comes next.
//!
//! ## What it does
//!
//! Compares the newest version with the status: what is still in the making is `0` and something, what is stable or active has
//! reached `1.0`, what is final `2.0`. Looks whether a version was skipped between two revisions that stand one above the
//! other.
//!
//! ## Why it matters
//!
//! Readers take the first number for how ripe a XEP is, and look in vain for the page of a version that never was.
//!
//! ## Wrong
//!
//! ```yaml
//! revision:
//!   - version: 1.0
//!     date: 2026-01-01
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ```yaml
//! revision:
//!   - version: 0.0.3
//!     date: 2026-02-03
//!     initials: aa
//!     remark: Second draft.
//!   - version: 0.0.1
//!     date: 2026-01-01
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ## Right
//!
//! ```yaml
//! revision:
//!   - version: 0.1.0
//!     date: 2026-02-03
//!     initials: aa
//!     remark: Second draft.
//!   - version: 0.0.1
//!     date: 2026-01-01
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ## Source
//!
//! - XEP-0001, XMPP Extension Protocols: <https://xmpp.org/extensions/xep-0001.html>
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{Version, span};
use super::{Context, Rule};
use crate::document::{Header, Revision};
use crate::finding::{Finding, Severity, Sink};
use std::ops::RangeInclusive;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-version",
    severity: Severity::Warning,
    source: include_str!("wrong_version.rs"),
    check: Some(check),
};

/// The first number of the version, by status; other statuses keep the version that they came with. Source: XEP-0001, which
/// gives 0.1 to a new Experimental XEP, 1.0 to a Stable or Active one and 2.0 to a Final one.
const FIRST_NUMBERS: [(&str, RangeInclusive<u32>); 7] = [
    ("ProtoXEP", 0..=0),
    ("Experimental", 0..=0),
    ("Proposed", 0..=0),
    ("Draft", 1..=u32::MAX),
    ("Stable", 1..=u32::MAX),
    ("Active", 1..=u32::MAX),
    ("Final", 2..=u32::MAX),
];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    sink.extend(against_status(header));
    // Versions that were published cannot be counted anew.
    sink.extend(header.revisions.iter().zip(header.revisions.iter().skip(1)).take(1).filter_map(|(newer, older)| {
        let (new, old) = (version(newer)?, version(older)?);
        let is_next = new <= old || new.follows(&old);
        skipped(newer, older).filter(|_| !is_next)
    }));
}

fn version(revision: &Revision) -> Option<Version> {
    Version::read(revision.version.as_str().trim())
}

fn against_status(header: &Header) -> Option<Finding> {
    let newest = header.revisions.first()?;
    let status = header.status.as_str().trim();
    let (_, range) = FIRST_NUMBERS.iter().find(|(name, _)| *name == status)?;
    let first = version(newest).filter(|version| !range.contains(&version.first()))?.first();
    let (written, least) = (newest.version.as_str().trim(), range.start());
    let finding = Finding::new(RULE.name, span(&newest.version)?, format!("version {written} is not `{status}`"));
    Some(match first < *least {
        true => finding.help(format!("it is {least}.0 or higher then: mend the version, or the status")),
        false => finding.help("it is below 1.0 then: mend the version, or the status"),
    })
}

fn skipped(newer: &Revision, older: &Revision) -> Option<Finding> {
    let (new, old) = (newer.version.as_str().trim(), older.version.as_str().trim());
    let message = format!("between version {old} and version {new} one is missing");
    let finding = Finding::new(RULE.name, span(&newer.version)?, message);
    Some(finding.related(span(&older.version)?, "the one below").help("count on by one, or add the missing revision"))
}
