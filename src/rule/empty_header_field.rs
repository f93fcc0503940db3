//! # empty-header-field
//!
//! A field of the header says nothing.
//!
//! ## What it does
//!
//! Looks for fields that are there and hold no text: title, abstract, number, status, type, group and short name, the
//! specifications that the header names, the names of authors and the remarks on revisions. Who approves, and the dates, versions and initials of revisions, have rules of their
//! own.
//!
//! ## Why it matters
//!
//! The page shows a gap, and lists and references go by these values.
//!
//! ## Wrong
//!
//! ```yaml
//! title: ""
//! ```
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: ""
//! ```
//!
//! ## Right
//!
//! ```yaml
//! title: A Case
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{Missing, extents, fields_of, is_absent, span};
use super::{Context, Rule};
use crate::document::walk::blocks_text;
use crate::document::{Field, Header, Revision};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "empty-header-field",
    severity: Severity::Warning,
    source: include_str!("empty_header_field.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let missing = Missing::of(sink);
    let mut found = Vec::new();
    for (name, field, help) in own(header) {
        let is_told = missing.names("header", name, &(0..usize::MAX));
        let help = match (name, &context.yardstick.origin.number) {
            ("number", Some(number)) => format!("write `{number}`, as the file is named"),
            _ => help.to_owned(),
        };
        found.extend(empty(name, field, &help).filter(|_| !is_told));
    }
    let specs = header.dependencies.iter().chain(&header.supersedes).chain(&header.superseded_by);
    found.extend(specs.filter_map(|spec| empty("spec", spec, "name a specification, or take the element out")));
    found.extend(authors(header, &missing));
    found.extend(remarks(header, &missing));
    sink.extend(found);
}

/// The names and values of fields, with what to do where one is empty.
fn own(header: &Header) -> [(&'static str, &Field, &'static str); 7] {
    [
        ("title", &header.title, "write a title of a few words"),
        ("abstract", &header.abstract_, "say in one or two sentences what the XEP is for"),
        ("number", &header.number, "write `XXXX` until the editors give a number"),
        ("status", &header.status, "write `ProtoXEP` until the XEP is accepted"),
        ("type", &header.type_, "mostly it is `Standards Track`"),
        ("sig", &header.sig, "mostly it is `Standards`"),
        ("shortname", &header.shortname, "write `NOT_YET_ASSIGNED` until there is one"),
    ]
}

fn empty(name: &str, field: &Field, help: &str) -> Option<Finding> {
    let is_empty = field.as_str().trim().is_empty();
    let span = span(field).filter(|_| is_empty)?;
    Some(Finding::new(RULE.name, span, format!("the `{name}` is empty")).help(help))
}

/// Authors that an entity stands for are the series' own.
fn authors(header: &Header, missing: &Missing<'_>) -> Vec<Finding> {
    let help = "write the author's name: nobody writes XEPs anonymously";
    let mut found = Vec::new();
    for (author, extent) in header.authors.iter().zip(extents(header.authors.iter().map(fields_of))) {
        let (first, surname) = (&author.first_name, &author.surname);
        for (name, field) in [("firstname", first), ("surname", surname)] {
            let is_told = missing.names("author", name, &extent) || is_absent(field, first);
            found.extend(empty(name, field, help).filter(|_| author.entity.is_none() && !is_told));
        }
    }
    found
}

/// A remark has no place of its own where it is empty: the version stands for it.
fn remarks(header: &Header, missing: &Missing<'_>) -> Vec<Finding> {
    let extents = extents(header.revisions.iter().map(|revision| vec![&revision.version, &revision.initials]));
    let empty = header.revisions.iter().zip(&extents).filter(|(revision, extent)| {
        blocks_text(&revision.remark).trim().is_empty() && !missing.names("revision", "remark", extent)
    });
    let finding = |revision: &Revision| {
        let message = format!("the remark on version {} is empty", revision.version);
        Some(Finding::new(RULE.name, span(&revision.version)?, message).help("say what changed"))
    };
    empty.filter_map(|(revision, _)| finding(revision)).collect()
}
