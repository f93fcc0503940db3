//! # unknown-status
//!
//! The status is none that a XEP can have here.
//!
//! ## What it does
//!
//! Looks up the status in the table of those that XEP-0001 defines. In the inbox it must be `ProtoXEP`, and a XEP with a
//! number cannot be one. Only what is on the Standards Track becomes stable and final; other XEPs become active.
//!
//! ## Why it matters
//!
//! Readers decide by the status whether they implement a XEP; the notice on the page and the list of all XEPs go by its
//! exact words.
//!
//! ## Wrong
//!
//! ```yaml
//! status: Draught
//! ```
//!
//! ```yaml
//! status: Active
//! type: Standards Track
//! revision:
//!   - version: 1.0
//!     date: 2026-01-01
//!     initials: aa
//!     remark: As approved.
//! ```
//!
//! ## Right
//!
//! ```yaml
//! status: ProtoXEP
//! ```
//!
//! ## Source
//!
//! - XEP-0001, XMPP Extension Protocols: <https://xmpp.org/extensions/xep-0001.html>
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::header_facts::{NEVER, STATUSES, meant, span};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-status",
    severity: Severity::Error,
    source: include_str!("unknown_status.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let field = &context.document.header.status;
    let status = field.as_str().trim();
    let (Some(span), false) = (span(field), status.is_empty()) else { return };
    let finding = |message: String| Finding::new(RULE.name, span, message);
    let has_number = crate::series::is_number(context.document.header.number.as_str().trim());
    if !STATUSES.contains(&status) {
        let help = match meant(status, STATUSES.into_iter()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it can be {}", STATUSES.join(", ")),
        };
        sink.push(finding(format!("`{status}` is no status of a XEP")).help(help));
    } else if context.yardstick.origin.is_inbox && status != "ProtoXEP" {
        sink.push(finding(format!("a XEP in the inbox is not `{status}` yet")).help("write `ProtoXEP`"));
    } else if has_number && status == "ProtoXEP" {
        sink.push(finding("a XEP with a number is no ProtoXEP any more".into()).help("write `Experimental`"));
    } else {
        let type_ = context.document.header.type_.as_str().trim();
        let row = NEVER.iter().find(|(name, statuses, _)| *name == type_ && statuses.contains(&status));
        sink.extend(row.map(|(_, _, instead)| {
            let finding = finding(format!("a XEP of the type `{type_}` is never `{status}`"));
            finding.help(format!("it is {instead} then: mend the status, or the type"))
        }));
    }
}
