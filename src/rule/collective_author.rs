//! # collective-author
//!
//! An author of the header is a group, or nobody.
//!
//! ## What it does
//!
//! Looks for words in the names of authors that name no person, such as `Contributors`, `Team` and `Anonymous`.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! The editor asks the authors what becomes of their XEP, and they transfer its ownership to the XSF. Both need people.
//!
//! ## Wrong
//!
//! ```yaml
//! author:
//!   - firstname: Case
//!     surname: Contributors
//!     email: ada@author.im
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
    name: "collective-author",
    severity: Severity::Warning,
    source: include_str!("collective_author.rs"),
    check: Some(check),
};

/// Words that stand for several people or nobody.
const GROUPS: [&str; 16] = [
    "anonymous",
    "authors",
    "collective",
    "committee",
    "community",
    "consortium",
    "contributor",
    "contributors",
    "developers",
    "editors",
    "foundation",
    "maintainers",
    "members",
    "nobody",
    "team",
    "unknown",
];

fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.extend(own_authors(&context.document.header).filter_map(group));
}

fn group(author: &Author) -> Option<Finding> {
    let field = [&author.surname, &author.first_name].into_iter().find(|field| {
        let mut words = field.as_str().split(|c: char| !c.is_alphanumeric());
        words.any(|word| GROUPS.contains(&word.to_lowercase().as_str()))
    })?;
    let name = format!("{} {}", author.first_name.as_str().trim(), author.surname.as_str().trim());
    let finding = Finding::new(RULE.name, span(field)?, format!("the author `{}` is no person", name.trim()));
    Some(finding.help("name the people who wrote the document, each as an author"))
}
