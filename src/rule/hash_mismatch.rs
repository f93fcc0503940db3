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

use super::slips::OwnPlaces;
use super::{Context, Rule, places};
use crate::example::Kind;
use crate::finding::{Edit, Finding, Fix, Severity, Sink};
use crate::xml::Element;
use crate::xmpp::{base64, hash};
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hash-mismatch",
    severity: Severity::Error,
    source: include_str!("hash_mismatch.rs"),
    check: Some(check),
};

/// Of how many wrong hashes of a document places are looked for, and in how many places one may stand, to be mended.
const MOST_HASHES: usize = 20;
const MOST_PLACES: usize = 30;

/// A hash that is not that of the data.
struct Mismatch<'a> {
    example: &'a str,
    /// The hash as it is written.
    written: &'a str,
    /// The hash of the data.
    actual: String,
    finding: Finding,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut found = Vec::new();
    for example in context.examples {
        let elements = example.elements().flat_map(Element::descendants);
        found.extend(elements.filter_map(|element| mismatch(&example.id, element)));
    }
    let fixes = fixes(&found, context);
    for one in found {
        let fix = fixes.get(one.written).cloned().flatten();
        sink.extend_in(one.example, [Finding { fix, ..one.finding }]);
    }
}

/// The changes that mend hashes, by these. None for one that is said of several data.
fn fixes<'a>(found: &[Mismatch<'a>], context: &Context<'_>) -> HashMap<&'a str, Option<Fix>> {
    let mut actual: HashMap<&str, Option<&str>> = HashMap::new();
    for one in found {
        let known = actual.entry(one.written).or_insert(Some(&one.actual));
        *known = known.filter(|known| *known == one.actual);
    }
    if actual.len() > MOST_HASHES {
        return HashMap::new();
    }
    actual
        .into_iter()
        .map(|(written, actual)| (written, actual.and_then(|actual| fix(written, actual, context))))
        .collect()
}

/// Writes the right hash wherever the document names the wrong one. Nothing where a part of it comes out of an entity.
fn fix(written: &str, actual: &str, context: &Context<'_>) -> Option<Fix> {
    let mut on_purpose = context.examples.iter().filter(|example| example.kind == Kind::CounterExample);
    if on_purpose.any(|example| example.text.as_str().contains(written)) {
        return None;
    }
    let places = places::of_all(context.document);
    let texts = places.texts.iter().chain(&places.links).chain(&places.listings);
    let mut edits = Vec::new();
    for text in texts {
        let own = OwnPlaces::of(text, written);
        let is_whole = own.all().len() == text.as_str().matches(written).count();
        if !is_whole || edits.len() + own.all().len() > MOST_PLACES {
            return None;
        }
        edits.extend(own.all().iter().map(|span| Edit { span: *span, text: actual.to_owned() }));
    }
    edits.sort_by_key(|edit| (edit.span.file, edit.span.start));
    edits.dedup();
    Some(Fix { safe: true, message: "write the hash of the data".into(), edits })
}

/// An element that names the hash of its own text: Bits of Binary.
fn mismatch<'a>(example: &'a str, element: &'a Element) -> Option<Mismatch<'a>> {
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
    let (_, written) = cid.value.as_str().split_once('+')?;
    let (written, _) = written.split_once('@')?;
    let finding = Finding::new(
        RULE.name,
        cid.value_span,
        format!("the {} of the data is `{hexadecimal}`", named.algorithm.name()),
    );
    let finding = finding
        .label("not the hash of the data below")
        .related(text.trimmed().whole()?, "this data")
        .help("name the hash of the data that is shown");
    Some(Mismatch { example, written, actual: hexadecimal, finding })
}
