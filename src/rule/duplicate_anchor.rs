//! # duplicate-anchor
//!
//! Two places have the same anchor.
//!
//! ## What it does
//!
//! Compares the anchors of sections and the ids that the author gives to examples, tables and requirements with each other, and
//! anchors with the ids that every page has (`toc`, `example-1`).
//!
//! ## Why it matters
//!
//! A link gets to one of them; the reader does not know that the other one was meant.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! Nothing is shown.
//!
//! ## Again {#case}
//!
//! Nothing is shown.
//! ```
//!
//! ```markdown
//! # Case {#toc}
//!
//! Nothing is shown.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Case {#case}
//!
//! Nothing is shown.
//!
//! ## Again {#again}
//!
//! Nothing is shown.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, Anchors and links: <https://xmpp.org/extensions/xep-0143.html#format>

use super::{Context, Rule};
use crate::document::walk::{self, Place};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-anchor",
    severity: Severity::Error,
    source: include_str!("duplicate_anchor.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut sections = context.numbers.sections.iter();
    walk::body(context.document, &mut |place| {
        let section = if matches!(place, Place::Enter(_)) { sections.next() } else { None };
        let Some((id, span)) = given(place) else { return };
        if let Some(&first) = seen.get(&id) {
            let finding = Finding::new(RULE.name, span, format!("the anchor `{id}` stands here a second time"));
            sink.push(finding.related(first, "it stands here already").help("give each place an anchor of its own"));
            return;
        }
        if section.is_some_and(|section| section.id != id) {
            let finding = Finding::new(RULE.name, span, format!("the page itself has a place `{id}`"));
            sink.push(finding.help("give the section another anchor"));
        }
        seen.insert(id, span);
    });
}

/// The id that an author gave, and where.
fn given(place: Place<'_>) -> Option<(String, Span)> {
    let (id, span) = match place {
        Place::Enter(section) => {
            let anchor = section.anchor.as_ref()?;
            (anchor.as_str().to_owned(), anchor.whole()?)
        }
        Place::Listing(listing) => {
            let id = listing.directives.get("id")?;
            (id.value.as_str().to_owned(), id.span)
        }
        Place::Table(table) => table.id.as_ref().map(|id| (id.value.clone(), id.span))?,
        Place::Requirement(id) => (id.value.clone(), id.span),
        Place::Leave(_) | Place::Note(_) | Place::Link(_) => return None,
    };
    (!id.is_empty()).then_some((id, span))
}
