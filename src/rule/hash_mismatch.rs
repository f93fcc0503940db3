//! # hash-mismatch
//!
//! A hash is not that of the data beside it.
//!
//! ## What it does
//!
//! Computes the hash of data that stands in an example and compares it with the one that the example names: the content identifier of
//! Bits of Binary. Data that is abridged is passed over.
//!
//! ## Why it matters
//!
//! A receiver computes the hash too and drops data that does not match. Who tests an implementation with such an example looks for the
//! fault in the wrong place.
//!
//! ## Wrong
//!
//! ```xml
//! <data xmlns='urn:xmpp:bob'
//!       cid='sha1+8c3162bf88727954d531619aa002cdffb8e3ff23@bob.xmpp.org'
//!       type='text/plain'>cm9zZQ==</data>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <data xmlns='urn:xmpp:bob'
//!       cid='sha1+7b7074fca36fc89fb3f1e3c46d74f6ffe2477a09@bob.xmpp.org'
//!       type='text/plain'>cm9zZQ==</data>
//! ```
//!
//! ## Source
//!
//! - XEP-0231, Format of the data element: <https://xmpp.org/extensions/xep-0231.html#format>

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::Element;
use crate::xmpp::{base64, hash};

/// The rule.
pub static RULE: Rule = Rule {
    name: "hash-mismatch",
    severity: Severity::Error,
    source: include_str!("hash_mismatch.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.examples {
        let elements = example.elements().flat_map(Element::descendants);
        sink.extend_in(&example.id, elements.filter_map(mismatch));
    }
}

/// An element that names the hash of its own text: Bits of Binary.
fn mismatch(element: &Element) -> Option<Finding> {
    let cid = element.attribute("cid")?;
    let named = hash::Cid::parse(cid.value.as_str()).ok()?;
    let text = element.text();
    if text.as_str().trim().is_empty() || crate::example::kind::is_elided(text.as_str()) {
        return None;
    }
    let data = base64::decode(&text).ok()?;
    let actual = named.algorithm.digest(&data);
    if actual == named.digest {
        return None;
    }
    let hexadecimal: String = actual.iter().map(|byte| format!("{byte:02x}")).collect();
    let finding = Finding::new(
        RULE.name,
        cid.value_span,
        format!("the {} of the data is `{hexadecimal}`", named.algorithm.name()),
    );
    Some(
        finding
            .label("not the hash of the data below")
            .related(text.trimmed().whole()?, "this data")
            .help("name the hash of the data that is shown"),
    )
}
