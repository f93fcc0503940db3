//! How severe a finding is, by the status and the age of the document.
//!
//! | document | rules about the header | errors of other rules | warnings and remarks of other rules |
//! | --- | --- | --- | --- |
//! | being written or in force, newest revision of 2023 or later | as the rule says | error | as the rule says |
//! | being written or in force, older | info | error | as the rule says |
//! | inactive ([`INACTIVE`]) | left out | error | left out |
//!
//! The criteria of the XEP Editors for headers were written down at the end of 2022 (<https://github.com/xsf/xeps/issues/1223>);
//! what was published before is not blamed for them. Nobody polishes a document that is given up, but people still read it:
//! what is wrong in any reading is told. What is left out comes back, as a remark, with `--pedantic`.

use crate::document::Header;
use crate::finding::Severity;
use serde::{Deserialize, Serialize};

/// The statuses of documents that nobody works on.
pub const INACTIVE: [&str; 5] = ["Deferred", "Deprecated", "Obsolete", "Rejected", "Retracted"];

/// The first day of the editors' criteria.
const CRITERIA: &str = "2023-01-01";

/// Rules about the header.
const HEADER: [&str; 14] = [
    "empty-header-field",
    "invalid-revision",
    "malformed-address",
    "malformed-shortname",
    "missing-stylesheet",
    "revisions-out-of-order",
    "superseding-disagrees",
    "unknown-dependency",
    "unknown-status",
    "unknown-type",
    "wrong-approver",
    "wrong-number",
    "wrong-version",
    "written-out-legal-notice",
];

/// What status and age of a document say about how severe its findings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Maturity {
    /// Being written or in force, with a revision since the editors' criteria.
    Current,
    /// Being written or in force, but older than the criteria.
    Old,
    /// Given up.
    Inactive,
}

impl Maturity {
    /// That of a document with this header. One without any date is current.
    pub fn of(header: &Header) -> Maturity {
        let status = header.status.as_str().trim();
        if INACTIVE.contains(&status) {
            return Maturity::Inactive;
        }
        let newest = header.revisions.iter().map(|revision| revision.date.as_str().trim()).max();
        match newest {
            Some(date) if !date.is_empty() && date < CRITERIA => Maturity::Old,
            _ => Maturity::Current,
        }
    }

    /// The severity of a finding of a rule that is of `severity` by itself. `None`: it is only for those who want to know all.
    pub fn lower(self, rule: &str, severity: Severity) -> Option<Severity> {
        let is_of_header = HEADER.contains(&rule);
        match self {
            Maturity::Old if is_of_header => Some(Severity::Info),
            Maturity::Inactive if is_of_header || severity != Severity::Error => None,
            _ => Some(severity),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::document::Revision;
    use crate::rule::find;
    use crate::source::{MappedText, Sources};

    #[test]
    fn names_are_rules() {
        for name in HEADER {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn old_and_inactive_documents_are_spared() {
        let mut sources = Sources::default();
        let file = sources.add("", "");
        let check = |status: &str, date: &str, rule: &str, expected: Option<Severity>| {
            let text = |text: &str| MappedText::standing_for(text, sources.whole(file));
            let mut header = Header { status: text(status), ..Header::default() };
            header.revisions.push(Revision { date: text(date), ..Revision::default() });
            assert_eq!(
                Maturity::of(&header).lower(rule, find(rule).unwrap().severity),
                expected,
                "{status} {date} {rule}"
            );
        };
        check("Experimental", "2024-01-01", "wrong-number", Some(Severity::Error));
        check("Final", "2004-01-01", "wrong-number", Some(Severity::Info));
        check("Final", "2004-01-01", "dead-link", Some(Severity::Error));
        check("Final", "2004-01-01", "near-miss-name", Some(Severity::Warning));
        check("Obsolete", "2024-01-01", "dead-link", Some(Severity::Error));
        check("Obsolete", "2024-01-01", "near-miss-name", None);
        check("Obsolete", "2024-01-01", "wrong-number", None);
        check("ProtoXEP", "", "wrong-number", Some(Severity::Error));
    }
}
