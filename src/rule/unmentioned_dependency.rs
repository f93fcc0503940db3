//! # unmentioned-dependency
//!
//! The header lists a dependency that the text does not mention.
//!
//! ## What it does
//!
//! Looks for each of the dependencies in the text, as a reference, a link or in words. *XMPP Core* and *XMPP IM* are what all XEPs
//! build on, and need no mention.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! A list that is copied from the template or another XEP tells readers to read what they do not need.
//!
//! ## Wrong
//!
//! ```yaml
//! dependencies: [XMPP Core, XEP-0001]
//! ```
//!
//! ## Right
//!
//! ```yaml
//! dependencies: [XMPP Core]
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::span;
use super::references::{is_ground, key, references};
use super::{Context, Rule, places};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unmentioned-dependency",
    severity: Severity::Info,
    source: include_str!("unmentioned_dependency.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let document = context.document;
    let places = places::of_body(document);
    let mut mentioned: String = references(&document.body).iter().map(|reference| key(reference.name) + " ").collect();
    for text in places.texts.iter().chain(&places.links) {
        mentioned.push_str(&key(text.as_str()));
        mentioned.push(' ');
    }
    for spec in &document.header.dependencies {
        let key = key(spec.as_str());
        let is_fine = key.is_empty() || is_ground(&key) || mentioned.contains(&key);
        let Some(span) = span(spec).filter(|_| !is_fine) else { continue };
        let message = format!("the text does not mention `{}`", spec.as_str().trim());
        sink.push(Finding::new(RULE.name, span, message).help("say in the text what it is needed for, or take it out"));
    }
}
