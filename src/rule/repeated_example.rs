//! # repeated-example
//!
//! An example stands twice.
//!
//! ## What it does
//!
//! Compares each example with the ones right before it in the same section: two with the same text and the same caption.
//!
//! ## Why it matters
//!
//! Somebody copied an example to change it, and did not, or two people added the same. Readers look for the difference.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example caption='The service refuses'><![CDATA[<presence from='a.example' to='b.example'
//!       type='unavailable'/>]]></example>
//!     <example caption='The service refuses'><![CDATA[<presence from='a.example' to='b.example'
//!       type='unavailable'/>]]></example>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example caption='The service refuses'><![CDATA[<presence from='a.example' to='b.example'
//!       type='unavailable'/>]]></example>
//!     <example caption='The service accepts'><![CDATA[<presence from='a.example' to='b.example'
//!       xml:lang='en'/>]]></example>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0143, 3: <https://xmpp.org/extensions/xep-0143.html>

use super::{Context, Rule};
use crate::document::ListingKind;
use crate::example::Example;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "repeated-example",
    severity: Severity::Warning,
    source: include_str!("repeated_example.rs"),
    check: Some(check),
};

/// How many examples before it one is compared with.
const NEAR: usize = 2;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let all: Vec<&Example> = context.meant_right().filter(|example| example.block == ListingKind::Example).collect();
    for (at, example) in all.iter().enumerate() {
        let before = all.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let first = before.iter().rev().find(|first| is_repeated(first, example));
        sink.extend_in(&example.id, first.map(|first| finding(first, example)));
    }
}

fn is_repeated(first: &Example, second: &Example) -> bool {
    let is_same_section = first.sections == second.sections;
    let is_long = second.text.as_str().lines().nth(1).is_some();
    is_same_section
        && is_long
        && first.caption.is_some()
        && first.caption == second.caption
        && first.text.as_str() == second.text.as_str()
}

fn finding(first: &Example, second: &Example) -> Finding {
    let finding = Finding::new(RULE.name, second.span, "this example is the same as one before it");
    finding.related(first.span, "the first").help("show what is different, or leave it out")
}
