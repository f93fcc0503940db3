//! What headers may say, as tables, and how their values are read.

use crate::document::{Author, Field, Header};
use crate::finding::{Finding, Sink};
use crate::source::Span;
use crate::xml::parse::distance_at_most;
use std::ops::Range;

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

/// What statuses the types of XEPs do not have, and what they have instead. Source: XEP-0001, section 8.
pub(super) const NEVER: [(&str, &[&str], &str); 5] = [
    ("Standards Track", &["Active"], "`Stable` or `Final`"),
    ("Informational", &["Draft", "Stable", "Final"], "`Active`"),
    ("Historical", &["Draft", "Stable", "Final"], "`Active`"),
    ("Humorous", &["Draft", "Stable", "Final"], "`Active`"),
    ("Procedural", &["Draft", "Stable", "Final"], "`Active`"),
];

/// The one of some names that was meant by a slip of the pen.
pub(super) fn meant<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    names.into_iter().find(|name| distance_at_most(&written, &name.to_lowercase(), 2))
}

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

/// Whether a document has no number yet.
pub(super) fn is_new(header: &Header) -> bool {
    !crate::series::is_number(header.number.as_str().trim())
}

/// The authors who are written in the document itself. Those that an entity stands for are the series' own.
pub(super) fn own_authors(header: &Header) -> impl Iterator<Item = &Author> {
    header.authors.iter().filter(|author| author.entity.is_none())
}

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

    /// The first of its numbers.
    pub(super) fn first(&self) -> u32 {
        self.number(0)
    }

    /// Whether no version fits between an older one and this one: one of the first three numbers is one higher, or only what
    /// stands behind them differs. What comes after a step to the next version begins anew, or not.
    pub(super) fn follows(&self, older: &Version) -> bool {
        match (0..3).find(|at| self.number(*at) != older.number(*at)) {
            Some(at) => self.number(at) == older.number(at).saturating_add(1),
            None => true,
        }
    }

    fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).copied().unwrap_or(0)
    }
}

/// What readers told to be missing: an empty value at such a place is no second slip.
pub(super) struct Missing<'a> {
    told: Vec<&'a Finding>,
}

impl<'a> Missing<'a> {
    pub(super) fn of(sink: &'a Sink) -> Missing<'a> {
        let is_told = |finding: &&Finding| ["missing-element", "missing-header-field"].contains(&finding.rule);
        Missing { told: sink.findings().iter().filter(is_told).collect() }
    }

    /// Whether a part of an element was told to be missing somewhere in `places`.
    pub(super) fn names(&self, element: &str, part: &str, places: &Range<usize>) -> bool {
        let part = format!("`{part}`");
        self.told.iter().any(|finding| {
            let is_there = places.contains(&finding.span.start);
            is_there && finding.message.contains(element) && finding.message.contains(&part)
        })
    }
}

/// Where each of several authors or revisions stands, by its fields: from the end of the one above to its own end.
pub(super) fn extents<'a>(all: impl Iterator<Item = Vec<&'a Field>>) -> Vec<Range<usize>> {
    let mut above = 0;
    all.map(|fields| {
        let end = fields.into_iter().filter_map(span).map(|span| span.end).max().unwrap_or(above);
        above..std::mem::replace(&mut above, end).max(end)
    })
    .collect()
}

/// Whether the place of an empty field is no more than the beginning of the element that should hold it: XEP-XML has a place for
/// each part that is not there, before the first one.
pub(super) fn is_absent(field: &Field, first: &Field) -> bool {
    span(field).zip(span(first)).is_some_and(|(field, first)| field.start < first.start)
}

/// The fields of an author that have a place.
pub(super) fn fields_of(author: &Author) -> Vec<&Field> {
    let addresses = [&author.org, &author.email, &author.jid, &author.uri].into_iter().flatten();
    [&author.first_name, &author.surname].into_iter().chain(addresses).collect()
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_follow_each_other() {
        let check = |older: &str, newer: &str, expected: bool| {
            let read = |text| Version::read(text).expect("a version");
            assert_eq!(read(newer).follows(&read(older)), expected, "{older} {newer}");
        };
        check("0.1", "0.2", true);
        check("0.1.3", "0.2.0", true);
        check("0.9", "1.0", true);
        check("0.1", "0.1.1", true);
        check("1.20", "1.21rc1", true);
        check("1.21rc1", "1.21", true);
        check("0.0.1", "0.1", true);
        check("0.1", "0.3", false);
        check("0.1.0", "0.1.2", false);
        check("0.9", "2.0", false);
    }

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
