//! What headers may say, as tables, and how their values are read.

use crate::document::Field;
use crate::source::Span;

/// The statuses of XEPs. Source: XEP-0001, section 5 and the series' use of `Draft`, which is called `Stable` since 2021.
pub(super) const STATUSES: [&str; 12] = [
    "ProtoXEP",
    "Experimental",
    "Proposed",
    "Draft",
    "Stable",
    "Final",
    "Active",
    "Deferred",
    "Deprecated",
    "Obsolete",
    "Rejected",
    "Retracted",
];

/// The types of XEPs. Source: XEP-0001, section 3; `SIG Formation` is that of old XEPs.
pub(super) const TYPES: [&str; 6] =
    ["Standards Track", "Informational", "Historical", "Humorous", "Procedural", "SIG Formation"];

/// Who approves.
pub(super) struct Approver {
    /// The name.
    pub(super) name: &'static str,
    /// The types that are approved; empty: all.
    pub(super) types: &'static [&'static str],
}

/// Who approves what. Source: the criteria of the XEP Editors, <https://github.com/xsf/xeps/issues/1223>.
pub(super) const APPROVERS: [Approver; 3] = [
    Approver { name: "Council", types: &[] },
    Approver { name: "Board", types: &["Informational", "Historical", "Humorous", "Procedural", "SIG Formation"] },
    Approver { name: "Editor", types: &["Humorous"] },
];

/// How authors say that there is no short name yet, in lower case with spaces. Source: the series of 2026-06-30.
pub(super) const NO_SHORTNAME: [&str; 6] = ["n/a", "none", "not yet assigned", "to be assigned", "to be issued", "tbd"];

/// Where a field stands.
pub(super) fn span(field: &Field) -> Option<Span> {
    field.whole()
}

/// A version, as they are compared: its numbers without zeros at the end, and the number of its release candidate; one
/// without is newer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    numbers: Vec<u32>,
    candidate: u32,
}

impl Version {
    /// Reads `0.1`, `1.21rc1`, `1.1.0-rc.1`.
    pub(super) fn read(text: &str) -> Option<Version> {
        let (numbers, candidate) = match text.split_once("rc") {
            Some((numbers, candidate)) => {
                (numbers.trim_end_matches('-'), candidate.trim_start_matches('.').parse().ok()?)
            }
            None => (text, u32::MAX),
        };
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut numbers: Vec<u32> =
            numbers.split('.').map(|part| part.parse().ok().filter(|_| is_digits(part))).collect::<Option<_>>()?;
        let is_fit = (2..=4).contains(&numbers.len());
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        is_fit.then_some(Version { numbers, candidate })
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let check = |older: &str, newer: &str| assert!(Version::read(older) < Version::read(newer), "{older} {newer}");
        check("0.9", "0.10");
        check("1.21rc1", "1.21");
        check("1.1.0-rc.1", "1.1");
        check("0.1", "0.1.1");
        check("2.5rc2", "2.5rc3");
        for text in ["1", "1.", "a.b", "1.2.3.4.5", "", "1.+2"] {
            assert_eq!(Version::read(text), None, "{text}");
        }
    }
}
