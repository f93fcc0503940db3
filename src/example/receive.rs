//! What a receiver does with a stanza as it comes in, wrapper included: the one way for the command line, test vectors and batteries.

use super::explanation::{Case, Explanation, Shows};
use super::sealed::{Occasion, Opening, Receiver, Sealed, open_on, sealed_stanzas};
use crate::protocol::Failure;
use crate::sce::Rulebook;
use crate::sce::arrival::{Arrived, Knowledge, arrive};
use crate::source::{MappedText, Sources};
use crate::xml::{CLIENT, Element, Node, is_space, parse_accepted, strict};
use crate::xmpp::jid;
use std::fmt;

/// A stanza as it came in, and what it carries.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// The stanza, its wrapper and its circumstances.
    pub arrived: Arrived<'a>,
    /// What it carries, the first of which is opened.
    pub sealed: Vec<Sealed<'a>>,
}

impl<'a> Incoming<'a> {
    /// What a receiver finds out before it opens anything. `told` is a situation that an author names.
    pub fn of(outer: &'a Element, rules: &'a Rulebook, knowledge: &Knowledge, told: Option<&str>) -> Incoming<'a> {
        let arrived = arrive(outer, &rules.profiles, knowledge, told);
        let sealed = sealed_stanzas(std::iter::once(arrived.inner), &rules.profiles);
        // A carrier below a child of the stanza is none: it may be quoted, or returned in an error.
        let sealed = sealed.into_iter().filter(|one| std::ptr::eq(one.stanza, arrived.inner)).collect();
        Incoming { arrived, sealed }
    }

    /// Opens what it carries; nothing where it carries nothing.
    pub fn open(
        &self,
        rules: &Rulebook,
        receiver: &Receiver<'_>,
        occasion: Occasion,
    ) -> Option<Result<Opening, Failure>> {
        let sealed = self.sealed.first()?;
        Some(open_on(occasion, sealed, rules, &self.arrived.arrival, receiver))
    }

    /// What became of it, layer by layer.
    pub fn explain(&self, rules: &Rulebook, result: Option<&Result<Opening, Failure>>, shows: Shows) -> Explanation {
        Explanation::of(&Case {
            stanza: self.arrived.inner,
            wrapped: self.arrived.wrapped.as_ref(),
            sealed: &self.sealed,
            arrival: &self.arrived.arrival,
            rules,
            result,
            shows,
        })
    }
}

/// Why a text is no stanza.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoStanza {
    /// What is wrong, in one short sentence.
    pub message: String,
    /// Where, in bytes of the text with its line ends as [`strict::with_line_feeds`] makes them, where that is known.
    pub at: Option<usize>,
}

impl fmt::Display for NoStanza {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// Reads a stanza that came over the wire, as strictly as XMPP is: exactly one message, presence or iq, in the namespace of
/// clients.
///
/// # Errors
/// When it is none. A server closes the stream over most of it (RFC 6120, section 4.9.3.13).
pub fn stanza(text: &str, sources: &mut Sources) -> Result<Element, NoStanza> {
    let element = element(text, sources)?;
    if let Some(at) = loose_text(&element) {
        return Err(refused("text stands in the stanza, which holds elements alone".into(), Some(at)));
    }
    if let Some((message, at)) = wrong_address(&element) {
        return Err(refused(message, Some(at)));
    }
    match super::sealed::is_stanza(&element) {
        true => Ok(element),
        false => Err(refused(format!("`<{}>` is no message, presence or iq", element.written_name()), None)),
    }
}

/// Reads one element that came over the wire, as strictly as XMPP is.
///
/// # Errors
/// When it is none.
pub fn element(text: &str, sources: &mut Sources) -> Result<Element, NoStanza> {
    let text = strict::with_line_feeds(text);
    let text = text.as_ref();
    strict::check(text).map_err(|refusal| refused(refusal.message, Some(refusal.at)))?;
    let file = sources.add("standard input", text);
    let parsed = parse_accepted(&MappedText::verbatim(sources, sources.whole(file)), CLIENT);
    if let Some(problem) = parsed.problems.first() {
        return Err(refused(problem.message.clone(), Some(problem.span.start)));
    }
    parsed.elements().next().cloned().ok_or_else(|| refused("it holds no stanza".into(), None))
}

fn refused(message: String, at: Option<usize>) -> NoStanza {
    NoStanza { message, at }
}

/// An address of the stanza, or of one in it, that no server hands on (RFC 6120, section 8.1.2), and where it stands.
fn wrong_address(stanza: &Element) -> Option<(String, usize)> {
    let stanzas = stanza.descendants().into_iter().filter(|element| super::sealed::is_stanza(element));
    let addresses = stanzas.flat_map(|one| ["from", "to"].map(|name| (name, one.attribute(name))));
    addresses.into_iter().find_map(|(name, attribute)| {
        let attribute = attribute?;
        let error = jid::misshapen(attribute.value.as_str())?;
        Some((format!("its `{name}` is no JID: {error}"), attribute.value_span.start))
    })
}

/// Where text stands among the children of a stanza, which has none (RFC 6120, section 8).
fn loose_text(stanza: &Element) -> Option<usize> {
    stanza.children.iter().find_map(|node| match node {
        Node::Text(text) if !text.text.as_str().trim_matches(is_space).is_empty() => Some(text.span.start),
        _ => None,
    })
}
