//! # wrong-range
//!
//! A range of characters does not fit the text that it counts in.
//!
//! ## What it does
//!
//! Holds ranges of references, fallbacks and markup against the body that stands in the same message: a range does not end before it
//! begins, and neither lies behind the end of the text. The fallback of a reply covers whole lines of the quotation.
//! Line breaks and indentation that an example has for its looks count as well as not.
//!
//! ## Why it matters
//!
//! A client cuts out of the body what the range says. One character too many or too few is shown to people.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Good morrow, Juliet.</body>
//!   <reference xmlns='urn:xmpp:reference:0' type='mention' begin='13' end='29' uri='xmpp:juliet@capulet.example'/>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Good morrow, Juliet.</body>
//!   <reference xmlns='urn:xmpp:reference:0' type='mention' begin='13' end='19' uri='xmpp:juliet@capulet.example'/>
//! </message>
//! ```
//!
//! ## Source
//!
//! - XEP-0426, 3: <https://xmpp.org/extensions/xep-0426.html#implementation>
//! - XEP-0372, 3.1: <https://xmpp.org/extensions/xep-0372.html#usecase_mention>

use super::typed::{self, Type, Value};
use super::{Context, Rule};
use crate::example::kind::is_elided;
use crate::finding::{Finding, Severity, Sink};
use crate::xml::Element;

/// The rule.
pub static RULE: Rule =
    Rule { name: "wrong-range", severity: Severity::Error, source: include_str!("wrong_range.rs"), check: Some(check) };

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        let messages = example.elements().flat_map(Element::descendants).filter(|one| one.name.local == "message");
        for message in messages.filter(|message| !example.has_elision_in(message.span)) {
            let Some(body) = body(message) else { continue };
            let ranged = message.elements().flat_map(Element::descendants);
            sink.extend_in(&example.id, ranged.filter_map(|element| of_element(element, body)));
        }
    }
}

/// The only body of a message, if all of it is there.
fn body(message: &Element) -> Option<&Element> {
    let mut bodies = message.elements().filter(|child| child.name.is(&message.name.namespace, "body"));
    let body = bodies.next().filter(|body| !is_elided(body.text().as_str()))?;
    bodies.next().is_none().then_some(body)
}

fn of_element(element: &Element, body: &Element) -> Option<Finding> {
    let values = typed::values(element, Type::Range);
    let [start, end] = values.as_slice() else { return None };
    let number = |value: &Value<'_>| value.text.as_str().parse::<usize>().ok();
    let (from, to) = (number(start)?, number(end)?);
    if from > to {
        let finding = Finding::new(RULE.name, end.span, format!("this range ends at {to}, before it begins"));
        return Some(finding.related(start.span, "here"));
    }
    let text = body.text();
    let length = text.as_str().chars().count();
    let finding = |message: String| {
        let finding = Finding::new(RULE.name, end.span, message);
        finding.related(body.span, "this text").help(format!("count the characters of the text: {}", start.row.source))
    };
    if to > length {
        return Some(finding(format!("this range ends at {to}, and the text has {length} characters")));
    }
    let meant = quotation_end(element, from, to, &unindented(text.as_str()))?;
    Some(finding(format!("this range ends at {to} within a line, and the quotation at {meant}")))
}

/// Where the quotation ends that a fallback covers and does not cover as a whole.
fn quotation_end(element: &Element, from: usize, to: usize, text: &str) -> Option<usize> {
    let is_fallback = element.name.local == "body" && from == 0;
    let quoted: usize =
        text.split_inclusive('\n').take_while(|line| line.starts_with('>')).map(|line| line.chars().count()).sum();
    let is_end = |at: usize| {
        let before = text.chars().nth(at.wrapping_sub(1));
        let after = text.chars().nth(at);
        before == Some('\n') || after == Some('\n') || after.is_none()
    };
    (is_fallback && quoted > 0 && !is_end(to)).then_some(quoted)
}

/// A text without the line breaks around it and the indentation that all of its lines share.
fn unindented(text: &str) -> String {
    let text = text.trim_end().trim_start_matches('\n');
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let shared = text.lines().filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    let lines: Vec<&str> = text.lines().map(|line| line.get(shared..).unwrap_or("")).collect();
    lines.join("\n")
}
