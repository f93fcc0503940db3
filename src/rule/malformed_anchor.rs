//! # malformed-anchor
//!
//! An anchor cannot be linked to.
//!
//! ## What it does
//!
//! Looks whether the anchor of a section holds letters, digits and `-`, `_`, `.`, `:` alone.
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
        let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        if let (Some(span), false) = (anchor.whole(), anchor.as_str().chars().all(is_fit)) {
            let finding = Finding::new(RULE.name, span, format!("`{anchor}` is no anchor"));
            sink.push(finding.help("use letters, digits and `-` alone"));
        }
    }
}
