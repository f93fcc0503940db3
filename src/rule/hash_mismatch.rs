//! # hash-mismatch
//!
//! TODO
//!
//! ## What it does
//! ## Why it matters
//! ## Wrong
//! ## Right
//! ## Source

use super::{Context, Rule};
use crate::finding::{Finding, Severity, Sink};
use crate::xml::Element;
use crate::xmpp::{base64, hash};

/// The rule.
pub static RULE: Rule =
    Rule { name: "hash-mismatch", severity: Severity::Error, source: include_str!("hash_mismatch.rs"), check: Some(check) };

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
    let finding = Finding::new(RULE.name, cid.value_span, format!("the {} of the data is `{hexadecimal}`", named.algorithm.name()));
    Some(finding.label("not the hash of the data below").related(text.trimmed().whole()?, "this data").help("name the hash of the data that is shown"))
}
