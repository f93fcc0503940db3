//! # unreachable-author
//!
//! An author has no address.
//!
//! ## What it does
//!
//! Looks whether each author has a mail address, an XMPP address or a web address.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The editor asks the authors before anything happens to their XEP, and readers have questions.
//!
//! ## Wrong
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//! ```
//!
//! ## Right
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     email: ada@author.im
//! ```
//!
//! ## Source
//!
//! - XEP-0001, Submission Process: <https://xmpp.org/extensions/xep-0001.html#submission>
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{own_authors, span};
use super::{Context, Rule};
use crate::document::Author;
use crate::finding::{Finding, Severity, Sink};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unreachable-author",
    severity: Severity::Error,
    source: include_str!("unreachable_author.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.extend(own_authors(&context.document.header).filter_map(unreachable));
}

fn unreachable(author: &Author) -> Option<Finding> {
    let mut addresses = [&author.email, &author.jid, &author.uri].into_iter().flatten();
    if addresses.any(|address| !address.as_str().trim().is_empty()) {
        return None;
    }
    let span = span(&author.surname).or(span(&author.first_name))?;
    let name = format!("{} {}", author.first_name.as_str().trim(), author.surname.as_str().trim());
    let finding = Finding::new(RULE.name, span, format!("the author `{}` has no address", name.trim()));
    Some(finding.help("add an `email` and a `jid`"))
}
