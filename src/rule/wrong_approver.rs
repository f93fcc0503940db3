//! # wrong-approver
//!
//! Nobody, or nobody who can, is named to approve a XEP.
//!
//! ## What it does
//!
//! Looks up who approves in the table of those who can, with the types of XEP that each of them can approve.
//!
//! ## Why it matters
//!
//! The approver decides whether a XEP goes on. Without one nobody is asked.
//!
//! ## Wrong
//!
//! ```yaml
//! approver: Board
//! ```
//!
//! ```yaml
//! approver: Everybody
//! ```
//!
//! ## Right
//!
//! ```yaml
//! approver: Council
//! ```
//!
//! ## Source
//!
//! - XEP-0001, XMPP Extension Protocols: <https://xmpp.org/extensions/xep-0001.html>
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::{APPROVERS, meant, span};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-approver",
    severity: Severity::Warning,
    source: include_str!("wrong_approver.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let type_ = header.type_.as_str().trim();
    let names = || APPROVERS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    if header.approvers.iter().all(|approver| approver.as_str().trim().is_empty()) {
        let place = header.approvers.first().and_then(span).or_else(|| span(&header.type_));
        let finding = place.map(|span| Finding::new(RULE.name, span, "nobody is named to approve this XEP"));
        sink.extend(finding.map(|finding| finding.help(format!("name one of {}", names()))));
        return;
    }
    for field in &header.approvers {
        let (approver, Some(span)) = (field.as_str().trim(), span(field)) else { continue };
        match APPROVERS.iter().find(|row| row.name == approver) {
            None => {
                let finding = Finding::new(RULE.name, span, format!("`{approver}` approves no XEPs"));
                sink.push(finding.help(match meant(approver, APPROVERS.iter().map(|row| row.name)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("name one of {}", names()),
                }));
            }
            Some(row) if !row.types.is_empty() && !row.types.contains(&type_) => {
                let message = format!("the {approver} approves no XEP of the type `{type_}`");
                sink.push(Finding::new(RULE.name, span, message).help(format!("it approves {}", row.types.join(", "))));
            }
            Some(_) => {}
        }
    }
}
