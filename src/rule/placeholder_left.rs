//! # placeholder-left
//!
//! A XEP that has a number still holds `XEP-XXXX`.
//!
//! ## What it does
//!
//! Looks for `XEP-XXXX` and `xep-xxxx.html` in the texts, headings, captions, links, examples and schemas of a XEP that has a
//! number, in its title, its abstract and the XEPs that its header names, and for `xxx` on a line of its own in a schema.
//!
//! ## Why it matters
//!
//! The number was not known when this was written. Now a reader cannot know which XEP is meant.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><number>0042</number></header>
//!   <section1 topic='Case'><p>See <link url='https://xmpp.org/extensions/xep-xxxx.html'>there</link>.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>See <link url='https://xmpp.org/extensions/xep-0030.html'>there</link>.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::places;
use super::{Context, Rule};
use crate::document::{Field, Header};
use crate::finding::{Finding, Severity, Sink};
use crate::source::{MappedText, Span};

/// The rule.
pub static RULE: Rule = Rule {
    name: "placeholder-left",
    severity: Severity::Warning,
    source: include_str!("placeholder_left.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    if !crate::series::is_number(context.document.header.number.as_str().trim()) {
        return;
    }
    let places = places::of_body(context.document);
    let fields = fields(&context.document.header);
    let all = fields.iter().chain(&places.links).chain(&places.texts).chain(&places.listings);
    let unnamed = places.listings.iter().flat_map(|text| unnamed_in_schema(text));
    let mut found: Vec<(Span, String)> = all.flat_map(|text| left_in(text)).chain(unnamed).collect();
    found.sort_by_key(|(span, _)| (span.file, span.start));
    // A link into the inbox is told by its own rule.
    let told = |finding: &&Finding| finding.rule == "inbox-link";
    let inbox: Vec<Span> = sink.findings().iter().filter(told).map(|finding| finding.span).collect();
    let mut last: Option<Span> = None;
    for (span, written) in found {
        let is_same = last.iter().chain(&inbox).any(|other| is_near(*other, span));
        if !is_same {
            let finding = Finding::new(RULE.name, span, format!("`{written}` still stands here"));
            sink.push(finding.help("write the number of the XEP that is meant"));
        }
        last = Some(span);
    }
}

/// The fields of a header in which other XEPs are named. What remarks say of the past stays.
fn fields(header: &Header) -> Vec<&Field> {
    let specs = header.dependencies.iter().chain(&header.supersedes).chain(&header.superseded_by);
    [&header.title, &header.abstract_].into_iter().chain(specs).collect()
}

/// How near two placeholders stand that are one: the target of a link and its text.
const NEAR: usize = 40;

fn is_near(one: Span, other: Span) -> bool {
    one.file == other.file && one.start < other.end + NEAR && other.start < one.end + NEAR
}

/// The placeholders in a text: `XEP-XXXX`, `XEP-xxx`, `XEP-0XXX`.
fn left_in(text: &MappedText) -> Vec<(Span, String)> {
    if !holds_letters(text.as_str()) {
        return Vec::new();
    }
    let lower = text.as_str().to_ascii_lowercase();
    let places = lower.match_indices("xep-").filter_map(|(start, mark)| {
        let rest = lower.get(start + mark.len()..)?;
        let word = rest.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
        let is_left = word.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('x').is_empty();
        let range = start..start + mark.len() + word.len();
        let is_left = is_left && word.ends_with("xxx") && word.len() < 6;
        if is_left { Some((text.span(range.clone())?, text.as_str().get(range)?.to_owned())) } else { None }
    });
    places.collect()
}

/// Whether the letter stands three times in a row: cheaper than to look for the words.
fn holds_letters(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_start = |at: usize| bytes.get(at..at + 3).is_some_and(|letters| letters.eq_ignore_ascii_case(b"xxx"));
    memchr::memchr2_iter(b'x', b'X', bytes).any(is_start)
}

/// Lines of a schema that hold `xxx` alone, where its annotation names the document.
fn unnamed_in_schema(text: &MappedText) -> Vec<(Span, String)> {
    if !text.as_str().contains("http://www.w3.org/2001/XMLSchema") {
        return Vec::new();
    }
    let lines = text.as_str().split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start + line.len() - line.trim_start().len(), line.trim()))
    });
    let is_left = |line: &str| line.len() > 2 && line.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'));
    let left = lines.filter(|(_, line)| is_left(line));
    left.filter_map(|(start, line)| Some((text.span(start..start + line.len())?, line.to_owned()))).collect()
}
