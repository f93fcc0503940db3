//! The stanzas in examples.

use super::Context;
use crate::example::{Example, story};
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::stanza::{StanzaKind, stanza_error};
use std::collections::HashSet;

/// A stanza in an example.
#[derive(Clone, Copy)]
pub(super) struct Stanza<'a> {
    pub(super) kind: StanzaKind,
    pub(super) element: &'a Element,
    pub(super) example: &'a Example,
}

impl<'a> Stanza<'a> {
    /// An attribute whose value the author wrote out; nothing for one that only stands for a value.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let value = self.element.value(name)?;
        is_written_out(value).then_some(value)
    }

    /// The value of an attribute, or the start tag where it is not there.
    pub(super) fn place(&self, name: &str) -> Span {
        self.element.attribute(name).map_or(self.element.name_span, |attribute| attribute.value_span)
    }

    /// Whether something was left out of its start tag.
    pub(super) fn is_abridged(&self) -> bool {
        self.example.has_elision_in(self.element.start_tag)
    }
}

/// Whether a value is meant as it stands, and is no pattern of one.
pub(super) fn is_written_out(value: &str) -> bool {
    !value.is_empty()
        && !value.contains(['[', ']', '{', '}', '|', '$', '%', '*', ' ', '\u{2026}'])
        && !value.contains("..")
}

/// The stanzas that examples show by themselves or in a stream, in the order of the document; not those that others carry,
/// and not what is wrong on purpose.
pub(super) fn shown<'a>(context: &Context<'a>) -> Vec<Stanza<'a>> {
    let examples = context.meant_right();
    examples
        .flat_map(|example| {
            in_stream(example)
                .filter_map(move |element| Some(Stanza { kind: StanzaKind::of(element)?, element, example }))
        })
        .collect()
}

/// The elements of an example that stand where stanzas do: at its top level, or in a stream.
pub(super) fn in_stream(example: &Example) -> impl Iterator<Item = &Element> {
    example.elements().flat_map(|root| match root.name.local.as_str() {
        "stream" => root.elements().collect(),
        _ => vec![root],
    })
}

/// The examples that show what a URI before them in their section stands for.
pub(super) fn sketches(examples: &[Example]) -> HashSet<&str> {
    let mut of_uri = None;
    let sketches = examples.iter().filter(|example| {
        if example.syntax == "uri" {
            of_uri = Some(&example.sections);
        }
        of_uri == Some(&example.sections)
    });
    sketches.map(|example| example.id.as_str()).collect()
}

/// Whether a request goes back from where one with the same id and for the same went, or is captioned as an answer: it is one of the
/// wrong type. Ids belong to who gives them: a `set` may well be another step that goes the other way.
pub(super) fn asks_back(request: &Stanza<'_>, iq: &Stanza<'_>) -> bool {
    let is_get = |stanza: &Stanza<'_>| stanza.element.value("type") == Some("get");
    let payload = |stanza: &Stanza<'_>| stanza.element.elements().next().map(|payload| payload.name.clone());
    // That an error is of the wrong type is told by itself.
    if stanza_error(iq.element).is_some() || payload(iq).is_none() || payload(iq) != payload(request) {
        return false;
    }
    let goes_back =
        |one: &str, other: &str| iq.value(one).zip(request.value(other)).map(|(value, other)| value == other);
    let (from, to) = (goes_back("from", "to"), goes_back("to", "from"));
    let turns = request.value("from") != request.value("to") && from == Some(true) && to == Some(true);
    let is_said = || {
        let caption = iq.example.caption.as_deref().and_then(story::said_to_answer);
        caption.is_some() && story::only_iq(iq.example).is_some() && from != Some(false) && to != Some(false)
    };
    is_get(request) && turns || is_said()
}
