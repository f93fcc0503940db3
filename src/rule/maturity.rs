//! How severe a finding is, by the status and the age of the document.
//!
//! | document | rules that tell what breaks it | rules about the header | all other rules |
//! | --- | --- | --- | --- |
//! | being written or in force, newest revision of 2023 or later | as the rule says | as the rule says | as the rule says |
//! | being written or in force, older | as the rule says | info | as the rule says |
//! | inactive ([`INACTIVE`]) | as the rule says | info | info |
//!
//! The criteria of the XEP Editors for headers were written down at the end of 2022 (<https://github.com/xsf/xeps/issues/1223>);
//! what was published before is not blamed for them, and nobody mends a document that is given up.

use crate::document::Header;
use crate::finding::Severity;
use serde::{Deserialize, Serialize};

/// The statuses of documents that nobody works on.
pub const INACTIVE: [&str; 5] = ["Deferred", "Deprecated", "Obsolete", "Rejected", "Retracted"];

/// The first day of the editors' criteria.
const CRITERIA: &str = "2023-01-01";

/// Rules that tell what breaks a document: it cannot be read, or not be rendered as it was meant.
const BREAKING: [&str; 11] = [
    "entity-bound",
    "external-entity",
    "faulty-table",
    "malformed-xml",
    "misplaced-element",
    "misplaced-text",
    "missing-element",
    "not-a-xep",
    "undeclared-entity",
    "unknown-element",
    "wrong-attribute",
];

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

    /// The severity of a finding of a rule that is of `severity` by itself.
    pub fn lower(self, rule: &str, severity: Severity) -> Severity {
        let is_lowered = match self {
            Maturity::Current => false,
            Maturity::Old => HEADER.contains(&rule),
            Maturity::Inactive => !BREAKING.contains(&rule),
        };
        if is_lowered { Severity::Info } else { severity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Revision;
    use crate::source::{MappedText, Sources};

    #[test]
    fn names_are_rules() {
        for name in BREAKING.iter().chain(&HEADER) {
            assert!(crate::rule::find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn old_and_inactive_documents_are_spared() {
        let mut sources = Sources::default();
        let file = sources.add("", "");
        let check = |status: &str, date: &str, rule: &str, expected: Severity| {
            let text = |text: &str| MappedText::standing_for(text, sources.whole(file));
            let mut header = Header { status: text(status), ..Header::default() };
            header.revisions.push(Revision { date: text(date), ..Revision::default() });
            assert_eq!(Maturity::of(&header).lower(rule, Severity::Error), expected, "{status} {date} {rule}");
        };
        check("Experimental", "2024-01-01", "wrong-approver", Severity::Error);
        check("Final", "2004-01-01", "wrong-approver", Severity::Info);
        check("Final", "2004-01-01", "dead-link", Severity::Error);
        check("Obsolete", "2024-01-01", "dead-link", Severity::Info);
        check("Obsolete", "2024-01-01", "malformed-xml", Severity::Error);
        check("ProtoXEP", "", "wrong-number", Severity::Error);
    }
}
