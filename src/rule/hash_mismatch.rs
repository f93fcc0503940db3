//! # hash-mismatch
//!
//! A hash is not that of the data beside it.
//!
//! ## What it does
//!
//! Computes the hash of data that stands in an example and compares it with the one that the example names: the content identifier of
//! Bits of Binary; the `ver` of entity capabilities by which a client is asked what it supports, and its answer. Data that is
//! abridged is passed over.
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
//! ```xml
//! <iq type='result' id='a1' from='romeo@montague.example/orchard' to='juliet@capulet.example/balcony'>
//!   <query xmlns='http://jabber.org/protocol/disco#info' node='https://example.org#QgayPKawpkPSDYmwT/WM94uAlu0='>
//!     <identity category='client' name='Exodus 0.9.2' type='pc'/>
//!     <feature var='http://jabber.org/protocol/caps'/>
//!     <feature var='http://jabber.org/protocol/disco#info'/>
//!     <feature var='http://jabber.org/protocol/disco#items'/>
//!     <feature var='http://jabber.org/protocol/muc'/>
//!   </query>
//! </iq>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <iq type='result' id='a1' from='romeo@montague.example/orchard' to='juliet@capulet.example/balcony'>
//!   <query xmlns='http://jabber.org/protocol/disco#info' node='https://example.org#QgayPKawpkPSDYmwT/WM94uAlu0='>
//!     <identity category='client' name='Exodus 0.9.1' type='pc'/>
//!     <feature var='http://jabber.org/protocol/caps'/>
//!     <feature var='http://jabber.org/protocol/disco#info'/>
//!     <feature var='http://jabber.org/protocol/disco#items'/>
//!     <feature var='http://jabber.org/protocol/muc'/>
//!   </query>
//! </iq>
//! ```
//!
//! ```xml
//! <data xmlns='urn:xmpp:bob'
//!       cid='sha1+7b7074fca36fc89fb3f1e3c46d74f6ffe2477a09@bob.xmpp.org'
//!       type='text/plain'>cm9zZQ==</data>
//! ```
//!
//! ## Source
//!
//! - XEP-0115, 5.1: <https://xmpp.org/extensions/xep-0115.html#ver-gen>
//! - XEP-0390, 4.1: <https://xmpp.org/extensions/xep-0390.html#algorithm-input>
//! - XEP-0231, Format of the data element: <https://xmpp.org/extensions/xep-0231.html#format>

use super::slips::OwnPlaces;
use super::{Context, Rule, places};
use crate::example::Kind;
use crate::finding::{Edit, Finding, Fix, Severity, Sink};
use crate::schema::beside_elision;
use crate::source::MappedText;
use crate::xml::Element;
use crate::xmpp::caps::{self, DISCO_INFO};
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

/// How the nodes of the second version of entity capabilities begin.
const SECOND_VERSION: &str = "urn:xmpp:caps#";

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut found = Vec::new();
    for example in context.examples {
        for element in example.elements().flat_map(Element::descendants) {
            found.extend(mismatch(&example.id, element));
            sink.extend_in(&example.id, of_capabilities(element).filter(|_| !example.has_elision_in(element.span)));
        }
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

/// An answer that names the hash of what it says itself: entity capabilities.
fn of_capabilities(query: &Element) -> Option<Finding> {
    let is_answer = query.name.is(DISCO_INFO, "query") && query.child(DISCO_INFO, "feature").is_some();
    if !is_answer || query.descendants().into_iter().any(beside_elision) {
        return None;
    }
    let node = query.attribute("node")?;
    let (algorithm, named) = named(&node.value)?;
    let is_second = node.value.as_str().starts_with(SECOND_VERSION);
    let text = if is_second { caps::hash_input(query) } else { caps::verification_string(query) };
    let actual = algorithm.digest(text.as_bytes());
    (actual != named).then(|| {
        let message = format!("the {} of this answer is `{}`", algorithm.name(), base64::encode(actual));
        Finding::new(RULE.name, node.value_span, message)
            .label("not the hash of the answer")
            .help("name the hash of what is shown, or show by an ellipsis that something was left out")
    })
}

/// The hash that the node of a query names, and its function: of the second version by its name, of the first by its length.
fn named(node: &MappedText) -> Option<(hash::Algorithm, Vec<u8>)> {
    let second = node.as_str().strip_prefix(SECOND_VERSION);
    let (function, digest) = match second {
        Some(rest) => rest.split_once('.').map(|(name, digest)| (hash::Algorithm::from_name(name), digest))?,
        None => (None, node.as_str().rsplit_once('#')?.1),
    };
    let bytes = base64::decode(&node.slice(node.len() - digest.len()..node.len())).ok()?;
    let by_length = hash::ALGORITHMS.iter().copied().find(|algorithm| algorithm.length() == bytes.len());
    let is_known = second.is_none() || function.is_some();
    function.or(by_length).filter(|_| is_known).map(|algorithm| (algorithm, bytes))
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
    let hexadecimal = hash::to_hexadecimal(&actual);
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
