//! # revisions-out-of-order
//!
//! The revisions do not stand in order, the newest first.
//!
//! ## What it does
//!
//! Compares the version and the date of each revision with those of the one below it. The date may be the same, the version
//! may not.
//!
//! ## Why it matters
//!
//! The first revision gives the page its version and its date.
//!
//! ## Wrong
//!
//! ```yaml
//! revision:
//!   - version: 0.0.2
//!     date: 2025-02-03
//!     initials: aa
//!     remark: Second draft.
//!   - version: 0.0.1
//!     date: 2026-01-01
//!     initials: aa
//!     remark: First draft.
//! ```
//!
//! ```yaml
//! revision:
//!   - version: 0.0.1
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
//!   - version: 0.0.2
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
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::{Version, span};
use super::{Context, Rule};
use crate::document::Revision;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "revisions-out-of-order",
    severity: Severity::Warning,
    source: include_str!("revisions_out_of_order.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let revisions = &context.document.header.revisions;
    sink.extend(revisions.iter().zip(revisions.iter().skip(1)).filter_map(|(newer, older)| compare(newer, older)));
}

/// One slip is told once: by the version, else by the date.
fn compare(newer: &Revision, older: &Revision) -> Option<Finding> {
    let versions = (newer.version.as_str().trim(), older.version.as_str().trim());
    let dates = (newer.date.as_str().trim(), older.date.as_str().trim());
    if let (Some(new), Some(old)) = (Version::read(versions.0), Version::read(versions.1))
        && new <= old
    {
        let message = format!("version {} stands above version {}", versions.0, versions.1);
        let finding = Finding::new(RULE.name, span(&newer.version)?, message);
        return Some(finding.related(span(&older.version)?, "the one below").help("put the newest revision first"));
    }
    let is_date = |date: &str| date.parse::<jiff::civil::Date>().is_ok();
    if is_date(dates.0) && is_date(dates.1) && dates.0 < dates.1 {
        let message = format!("version {} of {} stands above one of {}", versions.0, dates.0, dates.1);
        let finding = Finding::new(RULE.name, span(&newer.date)?, message);
        return Some(finding.related(span(&older.date)?, "the one below").help("mend the date, or the order"));
    }
    None
}
