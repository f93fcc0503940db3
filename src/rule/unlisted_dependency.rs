//! # unlisted-dependency
//!
//! The text demands what another specification says, and the header does not list it.
//!
//! ## What it does
//!
//! Looks for references such as `&xep0030;` in sentences with `MUST`, `REQUIRED` or `SHALL`, and for the specification among the
//! dependencies. A sentence that only forbids something says nothing about that, nor does RFC 2119.
//!
//! Off by default; `xep convert --for-inbox` switches it on.
//!
//! ## Why it matters
//!
//! Who implements the XEP has to know all specifications that it builds on.
//!
//! ## Wrong
//!
//! ```markdown
//! # Case {#case}
//!
//! A client MUST advertise the feature by &xep0030;.
//! ```
//!
//! ## Right
//!
//! ```markdown
//! # Case {#case}
//!
//! A client MUST send stanzas as described in &xmppcore;. A user may know &xep0030; already.
//! ```
//!
//! ## Source
//!
//! - XEP-0143, File Metadata: <https://xmpp.org/extensions/xep-0143.html#format-metadata>

use super::references::{is_listable, key, references, written};
use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unlisted-dependency",
    severity: Severity::Info,
    source: include_str!("unlisted_dependency.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let header = &context.document.header;
    let listed = header.dependencies.iter().chain([&header.number]).map(|spec| key(spec.as_str()));
    let number = format!("xep{}", header.number.as_str().trim());
    let mut told: BTreeSet<String> = listed.chain([number]).collect();
    for reference in references(&context.document.body).into_iter().filter(|reference| reference.is_normative) {
        let key = key(reference.name);
        if is_listable(&key) && told.insert(key.clone()) {
            let spec = written(&key);
            let message = format!("the text builds a demand on `{spec}`, which is not among the dependencies");
            let finding = Finding::new(RULE.name, reference.span, message);
            sink.push(finding.help(format!("add `{spec}` to the dependencies if implementers must understand it")));
        }
    }
}
