//! # malformed-hash
//!
//! A hash cannot be one of the function that it names.
//!
//! ## What it does
//!
//! Looks at hashes that are written out: those of `hash` elements are Base64, those of avatars and content identifiers are hexadecimal,
//! and each has the length that its function gives. What only stands for a hash is passed over.
//!
//! ## Why it matters
//!
//! A receiver can never find data with such a hash. The usual slips are hexadecimal digits where Base64 is wanted, and the hash of
//! another function.
//!
//! ## Wrong
//!
//! ```xml
//! <hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>d803061f0eed434f4ef51500cf5a2b5de6a42600</hash>
//! ```
//!
//! ```xml
//! <hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>2AfMGH8O7UNPTvUVAM9aK13mpCY=</hash>
//! ```
//!
//! ```xml
//! <message to='juliet@capulet.example'>
//!   <preview xmlns='urn:example:preview' uri='cid:sha1+ffd7c8d28e9c5e82afea41f97108c6b4@bob.xmpp.org'/>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>2AfMGH8O7UNPTvUVAM9aK13mpCY=</hash>
//! ```
//!
//! ## Source
//!
//! - XEP-0300, 2.2: <https://xmpp.org/extensions/xep-0300.html#hash>
//! - XEP-0231, 2: <https://xmpp.org/extensions/xep-0231.html#format>

use super::typed::{self, Type, Value};
use super::{Context, Rule, stanzas};
use crate::finding::{Finding, Severity, Sink};
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::{base64, hash};

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-hash",
    severity: Severity::Warning,
    source: include_str!("malformed_hash.rs"),
    check: Some(check),
};

/// The fewest digits of what is meant as a hash.
const SHORTEST: usize = 16;

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            let named = typed::values(element, Type::Base64).into_iter().filter_map(|value| of_function(&value));
            let digits = typed::values(element, Type::Sha1).into_iter().filter_map(|value| sha1(&value));
            sink.extend_in(&example.id, named.chain(digits).chain(content_ids(element)));
        }
    }
}

/// What is wrong with a hash beside which the name of its function stands.
fn of_function(value: &Value<'_>) -> Option<Finding> {
    let name = typed::values(value.element, Type::HashName).into_iter().next()?;
    let length = hash::length_of(name.text.as_str())?;
    let text = value.text.as_str();
    let related = |finding: Finding| finding.related(name.span, "its function");
    if hash::from_hexadecimal(text).is_some_and(|bytes| bytes.len() == length) {
        let finding = Finding::new(RULE.name, value.span, "this hash is hexadecimal, and not Base64");
        return Some(related(finding).note(format!("{} wants Base64", value.row.source)).help("write it in Base64"));
    }
    let bytes = base64::decode(&value.text).ok().filter(|_| text.len() >= SHORTEST && stanzas::is_written_out(text))?;
    (bytes.len() != length).then(|| {
        let function = name.text.as_str();
        let message = format!("this hash has {} bytes, and a {function} has {length}", bytes.len());
        related(Finding::new(RULE.name, value.span, message))
    })
}

/// What is wrong with a SHA-1 in hexadecimal digits.
fn sha1(value: &Value<'_>) -> Option<Finding> {
    let text = value.text.as_str();
    let digits = hash::Algorithm::Sha1.length() * 2;
    let is_meant = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_meant && text.len() != digits).then(|| {
        let message = format!("a SHA-1 has {digits} hexadecimal digits, and this has {}", text.len());
        Finding::new(RULE.name, value.span, message).note(format!("{} wants a SHA-1", value.row.source))
    })
}

/// What is wrong with the content identifiers in the attributes and the text of an element.
fn content_ids(element: &Element) -> Vec<Finding> {
    let attributes = element.attributes.iter().map(|one| (one.value.as_str().to_owned(), one.value_span));
    let text = element.text().trimmed();
    let text = text.whole().map(|span| (text.as_str().to_owned(), span));
    attributes.chain(text).filter_map(|(value, span)| content_id(&value, span)).collect()
}

fn content_id(value: &str, span: Span) -> Option<Finding> {
    let fault = hash::Cid::parse(value).err()?;
    let is_told = matches!(fault, hash::CidError::Algorithm | hash::CidError::NotHexadecimal | hash::CidError::Length);
    let is_meant = is_told && stanzas::is_written_out(value);
    is_meant.then(|| {
        let finding = Finding::new(RULE.name, span, format!("`{value}` is no content identifier"));
        finding.note(fault.to_string())
    })
}
