//! # inbox-link
//!
//! A published XEP links into the inbox.
//!
//! ## What it does
//!
//! Finds links to `xmpp.org/extensions/inbox/` in a XEP that has a number.
//!
//! ## Why it matters
//!
//! What lies in the inbox gets a number and another address when it is accepted, and stays behind in an old version.
//!
//! ## Wrong
//!
//! ```document
//! <xep>
//!   <header><number>0042</number></header>
//!   <section1 topic='Case'><p>See <link url='https://xmpp.org/extensions/inbox/case.html'>there</link>.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>See <link url='https://xmpp.org/extensions/xep-0030.html'>there</link>.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>

use super::places;
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule =
    Rule { name: "inbox-link", severity: Severity::Warning, source: include_str!("inbox_link.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    if !crate::series::is_number(context.document.header.number.as_str().trim()) {
        return;
    }
    let places = places::of_all(context.document);
    for url in places.links.iter().filter(|url| is_in_inbox(url.as_str().trim())) {
        let Some(span) = url.whole() else { continue };
        let finding = Finding::new(RULE.name, span, "a published XEP links into the inbox");
        sink.push(finding.help("link to the XEP that came of it, by its number"));
    }
}

/// Whether a file of the inbox is meant, not the inbox itself.
fn is_in_inbox(url: &str) -> bool {
    url.split_once("xmpp.org/extensions/inbox/").is_some_and(|(_, file)| !file.is_empty())
}
