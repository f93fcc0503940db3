//! # placeholder-left
//!
//! A XEP that has a number still holds `XEP-XXXX`.
//!
//! ## What it does
//!
//! Looks for `XEP-XXXX` and `xep-xxxx.html` in the texts, links, examples and schemas of a XEP that has a number.
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

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use super::places;
use crate::source::MappedText;

/// The rule.
pub static RULE: Rule =
    Rule { name: "placeholder-left", severity: Severity::Warning, source: include_str!("placeholder_left.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    if !super::series::is_number(context.document.header.number.as_str().trim()) {
        return;
    }
    let places = places::of_body(context.document);
    let all = places.links.iter().chain(&places.texts).chain(&places.listings);
    sink.extend(all.flat_map(|text| left_in(text)));
}

fn left_in(text: &MappedText) -> Vec<Finding> {
    let lower = text.as_str().to_ascii_lowercase();
    let places = lower.match_indices("xep-xxx").filter_map(|(start, found)| {
        let rest = lower.get(start + found.len()..).unwrap_or("");
        let more = rest.len() - rest.trim_start_matches('x').len();
        let written = text.as_str().get(start..start + found.len() + more)?;
        let finding = Finding::new(RULE.name, text.span(start..start + written.len())?, format!("`{written}` still stands here"));
        Some(finding.help("write the number of the XEP that is meant"))
    });
    places.collect()
}
