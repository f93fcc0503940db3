//! # malformed-anchor
//!
//! An anchor cannot be linked to.
//!
//! ## What it does
//!
//! Looks whether the anchor of a section holds letters, digits and `-`, `_`, `.`, `:` alone, and at least one of them.
//!
//! ## Why it matters
//!
//! White space and signs such as `#` are not the same in the address of a link as in an id: the link does not get there.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case' anchor='#a case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case' anchor='a-case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - XEP-0143, Anchors and links: <https://xmpp.org/extensions/xep-0143.html#format>

use super::{Context, Rule};
use crate::document::number::sections;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-anchor",
    severity: Severity::Warning,
    source: include_str!("malformed_anchor.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for section in sections(context.document) {
        let Some(anchor) = &section.anchor else { continue };
        let is_anchor = !anchor.is_empty() && anchor.as_str().chars().all(is_fit);
        let Some(span) = anchor.whole().filter(|_| !is_anchor) else { continue };
        let (message, help) = match anchor.is_empty() {
            true => ("the anchor is empty".to_owned(), "name the section, or leave the attribute out".to_owned()),
            false => (format!("`{anchor}` is no anchor"), remedy(anchor.as_str())),
        };
        sink.push(Finding::new(RULE.name, span, message).help(help));
    }
}

fn is_fit(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

/// What to write instead: the anchor with `-` for what cannot stand in it.
fn remedy(anchor: &str) -> String {
    let parts: Vec<&str> = anchor.split(|c: char| !is_fit(c)).filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "use letters, digits and `-` alone".into(),
        false => format!("use letters, digits and `-` alone, as in `{}`", parts.join("-")),
    }
}
