//! # malformed-aesgcm
//!
//! The key in an `aesgcm` link has a wrong length.
//!
//! ## What it does
//!
//! Takes the links with the scheme `aesgcm` in examples. Behind the `#` stand the initialization vector and the key in hexadecimal
//! digits: 24 and 64 of them. (Links from before the specification had 32 and 64.)
//!
//! ## Why it matters
//!
//! A receiver cuts the digits by their number, and cannot decrypt the file with a key that is too long or too short.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>aesgcm://upload.example/rose.jpg#8c3d050e9386ec173861778f68e9af38a97aaf82faa4063b4d0878a61261534410c8a84331eaac85</body>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>aesgcm://upload.example/rose.jpg#8c3d050e9386ec173861778f68e9af38a97aaf82faa4063b4d0878a61261534410c8a84331eaac851759f587</body>
//! </message>
//! ```
//!
//! ## Source
//!
//! - XEP-0454, 3: <https://xmpp.org/extensions/xep-0454.html#aesgcm>

use super::{Context, Rule};
use crate::example::Example;
use crate::finding::{Finding, Severity, Sink};
use std::ops::Range;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-aesgcm",
    severity: Severity::Error,
    source: include_str!("malformed_aesgcm.rs"),
    check: Some(check),
};

/// How such a link begins.
const SCHEME: &str = "aesgcm://";

/// The number of hexadecimal digits: 12 bytes for the vector and 32 for the key.
const LENGTH: usize = 88;

/// The fewest digits that are meant to be more than a sketch.
const SHORTEST: usize = 32;

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        let links = example.text.as_str().match_indices(SCHEME).map(|(at, _)| at);
        sink.extend_in(&example.id, links.filter_map(|at| finding(example, at)));
    }
}

fn finding(example: &Example, at: usize) -> Option<Finding> {
    let digits = fragment(example.text.as_str(), at)?;
    let text = example.text.as_str().get(digits.clone())?;
    let is_meant = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_meant && text.len() != LENGTH).then_some(())?;
    let message = format!("this key and vector have {} hexadecimal digits, and need {LENGTH}", text.len());
    let finding = Finding::new(RULE.name, example.text.span(digits)?, message);
    Some(finding.help("write 24 digits of the vector, then 64 of the key"))
}

/// Where the fragment of the link stands that begins at `at`.
fn fragment(text: &str, at: usize) -> Option<Range<usize>> {
    let is_end = |c: char| c.is_whitespace() || "<>\"'".contains(c);
    let rest = text.get(at..)?;
    let link = rest.get(..rest.find(is_end).unwrap_or(rest.len()))?;
    let start = at + link.find('#')? + 1;
    Some(start..at + link.len())
}
