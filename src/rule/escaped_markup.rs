//! # escaped-markup
//!
//! An example shows `&lt;` where it means `<`.
//!
//! ## What it does
//!
//! Looks for examples whose text begins with an escaped tag: inside CDATA `&lt;` stays what it is, and outside of it
//! `&amp;lt;` becomes that. What an author declares to be text is left alone.
//!
//! ## Why it matters
//!
//! On the page readers see the reference and not the tag, and nothing in the example can be checked.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'>
//!     <example><![CDATA[&lt;presence from='romeo@montague.example/orchard'/&gt;]]></example>
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
//!     <example><![CDATA[<presence from='romeo@montague.example/orchard'/>]]></example>
//!     <example>&lt;presence from='romeo@montague.example/orchard'/&gt;</example>
//!   </section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XML 1.0, CDATA Sections: <https://www.w3.org/TR/xml/#sec-cdata-sect>

use super::{Context, Rule};
use crate::example::{Example, Kind};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "escaped-markup",
    severity: Severity::Error,
    source: include_str!("escaped_markup.rs"),
    check: Some(check),
};

/// How `<` is escaped.
const OPEN: &str = "&lt;";

fn check(context: &Context<'_>, sink: &mut Sink) {
    let texts = context
        .examples
        .iter()
        .filter(|example| example.kind == Kind::Text && example.directives.text("kind").is_none());
    for example in texts {
        sink.extend_in(&example.id, escaped(example));
    }
}

fn escaped(example: &Example) -> Option<Finding> {
    let text = example.text.trimmed();
    let behind = text.as_str().strip_prefix(OPEN)?;
    let is_tag = behind.starts_with(|c: char| c.is_ascii_alphabetic()) && behind.contains("&gt;");
    let span = text.span(0..OPEN.len()).filter(|_| is_tag)?;
    let finding = Finding::new(RULE.name, span, "this example shows `&lt;`, not a tag");
    Some(finding.help("inside CDATA write `<` and `>` as they are"))
}
