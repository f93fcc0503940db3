//! # example-address
//!
//! The address of an author is one of an example.
//!
//! ## What it does
//!
//! Looks whether the mail, XMPP and web addresses of authors are in domains that are reserved for examples and tests
//! (`example.org`, `.example`, `.test`, `.invalid`, `.localhost`), in `.lit`, where Shakespeare's characters of many XEPs live,
//! or in a domain of the document's cast.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! Nothing that is sent there arrives, and the editor writes to the authors.
//!
//! ## Wrong
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     email: ada@montague.example
//! ```
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     jid: ada@example.org
//! ```
//!
//! ## Right
//!
//! ```yaml
//! author:
//!   - firstname: Ada
//!     surname: Author
//!     email: ada@author.im
//!     jid: ada@author.im
//! ```
//!
//! ## Source
//!
//! - RFC 2606: <https://www.rfc-editor.org/rfc/rfc2606>
//! - RFC 6761: <https://www.rfc-editor.org/rfc/rfc6761>
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::header_facts::{own_authors, span};
use super::{Context, Rule};
use crate::document::Field;
use crate::example::cast::Cast;
use crate::finding::{Finding, Severity, Sink};
use crate::xmpp::jid;

/// The rule.
pub static RULE: Rule = Rule {
    name: "example-address",
    severity: Severity::Error,
    source: include_str!("example_address.rs"),
    check: Some(check),
};

/// The top-level domains in which nobody has an address. Source: RFC 2606, section 2; RFC 6761; `lit` is no top-level domain.
const TOP: [&str; 5] = ["example", "invalid", "lit", "localhost", "test"];

/// The domains of the second level in which nobody has one. Source: RFC 2606, section 3.
const SECOND: [&str; 3] = ["example.com", "example.net", "example.org"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let addresses =
        own_authors(&context.document.header).flat_map(|author| [&author.email, &author.jid, &author.uri]).flatten();
    sink.extend(addresses.filter_map(|address| of_an_example(address, context.yardstick.cast)));
}

fn of_an_example(address: &Field, cast: Option<&Cast>) -> Option<Finding> {
    let text = address.as_str().trim();
    let domain = domain(text).to_ascii_lowercase();
    let is_in = |parent: &str| domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let of_cast =
        |cast: &Cast| cast.people.iter().filter_map(|person| jid::domain(&person.jid)).any(|domain| is_in(&domain));
    let is_of_example = TOP.iter().chain(&SECOND).any(|parent| is_in(parent)) || cast.is_some_and(of_cast);
    let span = span(address).filter(|_| is_of_example)?;
    let finding =
        Finding::new(RULE.name, span, format!("`{text}` is an address of examples: nobody reads what is sent there"));
    Some(finding.help("write an address at which the author can be reached"))
}

/// The domain of a mail, XMPP or web address.
fn domain(address: &str) -> &str {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = authority.strip_prefix("xmpp:").or(authority.strip_prefix("mailto:")).unwrap_or(authority);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or(authority);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn addresses_have_domains() {
        for address in [
            "ada@a.im",
            "xmpp:ada@a.im/home",
            "https://a.im:8080/ada@b",
            "a.im",
            "ada@a.im.",
            "mailto:ada@a.im",
            "a.im/x",
        ] {
            assert_eq!(domain(address), "a.im", "{address}");
        }
    }
}
