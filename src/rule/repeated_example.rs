//! # repeated-example
//!
//! An example stands twice.
//!
//! ## What it does
//!
//! Compares each example with the ones right before it in the same section: two with the same text and the same caption. An example
//! whose text is that of the one before it and whose caption is that of the one behind it stands there by mistake, too.
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
        let next = all.get(at + 1).filter(|next| has_caption_of(next, example));
        let is_told_again = |first: &Example| has_caption_of(first, example) || next.is_some();
        let first = before.iter().rev().find(|first| is_same(first, example) && is_told_again(first));
        sink.extend_in(&example.id, first.map(|first| finding(first, example)));
    }
}

/// Whether two examples of a section have the same text, of more than a line.
fn is_same(first: &Example, second: &Example) -> bool {
    let is_long = second.text.as_str().lines().nth(1).is_some();
    is_long && first.sections == second.sections && first.text.as_str() == second.text.as_str()
}

/// Whether two examples of a section have the same caption.
fn has_caption_of(one: &Example, other: &Example) -> bool {
    one.caption.is_some() && one.caption == other.caption && one.sections == other.sections
}

fn finding(first: &Example, second: &Example) -> Finding {
    let finding = Finding::new(RULE.name, second.span, "this example is the same as one before it");
    finding.related(first.span, "the first").help("show what is different, or leave it out")
}
