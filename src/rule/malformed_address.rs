//! # malformed-address
//!
//! An address in the header is none.
//!
//! ## What it does
//!
//! Looks whether the mail address of an author has an `@` with something on both sides, whether the XMPP address can be read
//! as one, and whether the web address and the addresses of schemas begin with a scheme. Humorous XEPs may joke.
//!
//! ## Why it matters
//!
//! Readers write to the authors, and what they write does not arrive.
//!
//! ## Wrong
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     email: ada at example.org
//! ```
//!
//! ## Right
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     email: ada@example.org
//!     jid: ada@example.org
//!     uri: https://ada.example.org/
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::span;
use super::places::has_scheme;
use super::{Context, Rule};
use crate::document::{Author, Field};
use crate::finding::{Finding, Severity, Sink};
use crate::xmpp::jid;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-address",
    severity: Severity::Warning,
    source: include_str!("malformed_address.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let may_joke = header.type_.as_str().trim() == "Humorous";
    let authors = header.authors.iter().filter(|author| author.entity.is_none() && !may_joke);
    sink.extend(authors.flat_map(of_author));
    sink.extend(header.schema_locations.iter().filter_map(|(_, url)| web(url)));
}

fn of_author(author: &Author) -> impl Iterator<Item = Finding> {
    let mail = author.email.as_ref().and_then(mail);
    let xmpp = author.jid.as_ref().and_then(xmpp);
    let uri = author.uri.as_ref().and_then(web);
    [mail, xmpp, uri].into_iter().flatten()
}

fn mail(field: &Field) -> Option<Finding> {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    let is_fit = field.as_str().trim().split_once('@').is_some_and(|(local, domain)| is_part(local) && is_part(domain));
    told(field, is_fit, "mail address", "write it as in `ada@example.org`, or leave the element out")
}

fn xmpp(field: &Field) -> Option<Finding> {
    let is_fit = jid::parse(field.as_str().trim()).is_ok_and(|jid| jid.local().is_some());
    told(field, is_fit, "XMPP address of a person", "write it as in `ada@example.org`, or leave the element out")
}

fn web(field: &Field) -> Option<Finding> {
    let is_fit = has_scheme(field.as_str().trim());
    told(field, is_fit, "address", "write all of it, with `https://` in front")
}

fn told(field: &Field, is_fit: bool, what: &str, help: &str) -> Option<Finding> {
    let span = span(field).filter(|_| !is_fit)?;
    let message = match field.as_str().trim() {
        "" => format!("the {what} is empty"),
        address => format!("`{address}` is no {what}"),
    };
    Some(Finding::new(RULE.name, span, message).help(help))
}
