//! # stray-text
//!
//! Between elements stands what a slip of the fingers left behind.
//!
//! ## What it does
//!
//! Looks at elements that hold elements, and beside them no text but a sign or two that belong to tags (`>`, `/>`, a quote, a semicolon), or a
//! single letter.
//!
//! ## Why it matters
//!
//! To XML it is text, so that no parser complains. A receiver that allows no text there refuses the stanza.
//!
//! ## Wrong
//!
//! ```xml
//! <query xmlns='jabber:iq:roster'>
//!   <item jid='romeo@montague.example'/>/>
//! </query>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <query xmlns='jabber:iq:roster'>
//!   <item jid='romeo@montague.example'/>
//! </query>
//! ```
//!
//! ## Source
//!
//! - RFC 6120, 11.7, on white space between elements: <https://www.rfc-editor.org/rfc/rfc6120#section-11.7>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::{Element, Node, Text};

/// The rule.
pub static RULE: Rule =
    Rule { name: "stray-text", severity: Severity::Warning, source: include_str!("stray_text.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right().filter(|example| example.problems.is_empty()) {
        let elements = example.elements().flat_map(Element::descendants);
        sink.extend_in(&example.id, elements.flat_map(stray));
    }
}

/// What is left between the elements in an element, if there is no other text.
fn stray(element: &Element) -> Vec<Finding> {
    let texts = element.children.iter().filter_map(|node| match node {
        Node::Text(text) => Some(text),
        Node::Element(_) | Node::Comment(_) | Node::Instruction(..) => None,
    });
    let said: Vec<&Text> = texts.filter(|text| !text.text.as_str().trim().is_empty()).collect();
    let is_slip = said.iter().all(|text| is_left_behind(text.text.as_str().trim()));
    match element.elements().next() {
        Some(_) if is_slip => said.into_iter().filter_map(finding).collect(),
        _ => Vec::new(),
    }
}

fn is_left_behind(text: &str) -> bool {
    let is_of_tags = text.len() <= 2 && text.chars().all(|sign| matches!(sign, '>' | '/' | '\'' | '"' | ';' | '='));
    is_of_tags || (text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn finding(text: &Text) -> Option<Finding> {
    let trimmed = text.text.trimmed();
    let message = format!("a stray `{}` between elements", trimmed.as_str());
    Some(Finding::new(RULE.name, trimmed.whole()?, message).help("take it away"))
}
