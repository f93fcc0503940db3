//! # malformed-base64
//!
//! What is meant as Base64 is not.
//!
//! ## What it does
//!
//! Decodes the text of elements whose protocols want Base64: data of avatars and byte streams, keys and messages of OMEMO and OpenPGP,
//! certificates, what SASL exchanges; and any other value of letters and digits that ends with the `=` of Base64. Tells what is plainly
//! meant as Base64 and cannot be decoded; what only stands for data is passed over. The first response of the mechanism PLAIN holds
//! its three parts.
//!
//! ## Why it matters
//!
//! A receiver refuses such data as a whole, and who tests a program with the example looks for the fault in the wrong place.
//!
//! ## Wrong
//!
//! ```xml
//! <data xmlns='urn:xmpp:avatar:data'>iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0A</data>
//! ```
//!
//! ```xml
//! <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>anVsaWV0QGNhcHVsZXQuZXhhbXBsZQ==</auth>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <data xmlns='urn:xmpp:avatar:data'>iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0</data>
//! ```
//!
//! ```xml
//! <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldAByMG0zMG15cjBtMzA=</auth>
//! ```
//!
//! ## Source
//!
//! - RFC 4648, 4: <https://www.rfc-editor.org/rfc/rfc4648#section-4>
//! - RFC 4616, 2: <https://www.rfc-editor.org/rfc/rfc4616#section-2>

use super::typed::{self, Type, Value};
use super::{Context, Rule};
use crate::example::kind::is_elided;
use crate::finding::{Finding, Severity, Sink};
use crate::schema::beside_elision;
use crate::source::MappedText;
use crate::xml::{Element, Node};
use crate::xmpp::base64;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-base64",
    severity: Severity::Warning,
    source: include_str!("malformed_base64.rs"),
    check: Some(check),
};

/// The shortest text that is plainly meant as Base64, and the shortest line of it.
const SHORTEST: usize = 16;
const SHORTEST_LINE: usize = 16;

/// How many characters of it may be no Base64.
const MOST_WRONG: usize = 2;

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            let values = typed::values(element, Type::Base64);
            sink.extend_in(&example.id, values.iter().filter(|value| !is_abridged(value)).filter_map(finding));
            sink.extend_in(&example.id, padded(element).into_iter().filter_map(|text| broken(&text)));
        }
    }
}

fn is_abridged(value: &Value<'_>) -> bool {
    is_elided(value.text.as_str()) || beside_elision(value.element)
}

fn finding(value: &Value<'_>) -> Option<Finding> {
    let finding = match base64::decode(&value.text) {
        Ok(bytes) => plain(value, &bytes),
        Err(_) => broken(&value.text),
    };
    finding.map(|finding| finding.note(format!("{} wants Base64", value.row.source)))
}

/// The values that nobody says to be Base64, and that end like it.
fn padded(element: &Element) -> Vec<MappedText> {
    let is_padded = |text: &MappedText| {
        let text = text.as_str().trim_end();
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        text.ends_with('=') && text.trim_start().bytes().all(is_base64)
    };
    let is_typed = |attribute: Option<&str>| typed::is(element, attribute, Type::Base64);
    let attributes = element.attributes.iter().filter(|one| is_padded(&one.value) && !is_typed(Some(&one.name.local)));
    let texts = element.children.iter().filter_map(|child| match child {
        Node::Text(text) if is_padded(&text.text) && !is_typed(None) => Some(text.text.trimmed()),
        _ => None,
    });
    attributes.map(|one| one.value.clone()).chain(texts).collect()
}

fn broken(text: &MappedText) -> Option<Finding> {
    let bad = base64::decode(text).err().filter(|_| is_meant(text.as_str()))?;
    let finding = Finding::new(RULE.name, bad.span, "this is no Base64").note(bad.reason);
    Some(finding.help("write all of the data, or an ellipsis where it is cut"))
}

/// What is wrong with the first response of the mechanism PLAIN: who acts, who logs in, and the password.
fn plain(value: &Value<'_>, bytes: &[u8]) -> Option<Finding> {
    let is_plain = value.element.name.local == "auth" && value.element.value("mechanism") == Some("PLAIN");
    let parts = bytes.split(|byte| *byte == 0).count();
    (is_plain && bytes.len() > 1 && parts != 3).then(|| {
        let message = format!("the response of PLAIN has {parts} parts with a zero byte between them, and needs three");
        let finding = Finding::new(RULE.name, value.span, message);
        finding.help("write the Base64 of the authorization identity, the user's name and the password")
    })
}

/// Whether a text is meant as Base64: long lines of digits and letters of both cases, and hardly anything else.
fn is_meant(text: &str) -> bool {
    let lines: Vec<&str> = text.split_whitespace().collect();
    let are_long = lines.split_last().is_some_and(|(_, others)| others.iter().all(|line| line.len() >= SHORTEST_LINE));
    let holds = |is_kind: fn(&char) -> bool| text.chars().any(|c| is_kind(&c));
    let is_mixed = holds(char::is_ascii_uppercase) && holds(char::is_ascii_lowercase) && holds(char::is_ascii_digit);
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+/=".contains(*c);
    let wrong = text.chars().filter(|c| !is_base64(c)).count();
    text.len() >= SHORTEST && are_long && is_mixed && wrong <= MOST_WRONG
}
