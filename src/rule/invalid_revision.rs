//! # invalid-revision
//!
//! A date, version or set of initials of the header is not what it should be.
//!
//! ## What it does
//!
//! Reads the dates of revisions, last calls and expiry (year, month and day of a day that exists), the versions of
//! revisions (two to four numbers, with `rc1` or the like behind them) and looks whether initials are there.
//!
//! ## Why it matters
//!
//! Lists of XEPs are sorted by these values, and the page of each version is found by its number.
//!
//! ## Wrong
//!
//! ```yaml
//! revision:
//!   - version: 0.0.2
//!     date: 2026-02-30
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
//!   - version: next
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

use super::header_facts::{Missing, Version, extents, is_absent, span};
use super::{Context, Rule};
use crate::document::Field;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-revision",
    severity: Severity::Error,
    source: include_str!("invalid_revision.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let missing = Missing::of(sink);
    let fields = header.revisions.iter().map(|revision| vec![&revision.version, &revision.date, &revision.initials]);
    let extents = extents(fields);
    let mut found: Vec<Finding> = header.last_calls.iter().chain(&header.expires).filter_map(date).collect();
    for (revision, extent) in header.revisions.iter().zip(&extents) {
        let is_there = |part: &str, field: &Field| {
            !missing.names("revision", part, extent) && !is_absent(field, &revision.version)
        };
        found.extend(date(&revision.date).filter(|_| is_there("date", &revision.date)));
        found.extend(version(&revision.version).filter(|_| is_there("version", &revision.version)));
        found.extend(initials(&revision.initials).filter(|_| is_there("initials", &revision.initials)));
    }
    sink.extend(found);
}

fn date(field: &Field) -> Option<Finding> {
    let date = field.as_str().trim();
    let is_written_so = date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]);
    let exists = date.parse::<jiff::civil::Date>().is_ok();
    let message = match date {
        "" => "the date is missing".to_owned(),
        date => format!("`{date}` is no date of a day that exists"),
    };
    let finding = (!(is_written_so && exists)).then(|| Finding::new(RULE.name, span(field)?, message).into());
    finding.flatten().map(|finding: Finding| finding.help("write year, month and day as in `2026-09-14`"))
}

fn version(field: &Field) -> Option<Finding> {
    let version = field.as_str().trim();
    let message = match version {
        "" => "the version is missing".to_owned(),
        version => format!("`{version}` is no version"),
    };
    let finding = Version::read(version).is_none().then(|| Some(Finding::new(RULE.name, span(field)?, message)));
    finding.flatten().map(|finding| finding.help("write two or three numbers with dots between them, as in `0.1.0`"))
}

fn initials(field: &Field) -> Option<Finding> {
    let is_missing = field.as_str().trim().is_empty();
    let finding = is_missing.then(|| Some(Finding::new(RULE.name, span(field)?, "the initials are missing")));
    finding.flatten().map(|finding| finding.help("write the initials of who made the revision"))
}
