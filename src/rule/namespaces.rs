//! Which namespaces a document uses, and which it defines.

use super::{Context, places};
use crate::document::Document;
use crate::example::Example;
use crate::schema::XSD;
use crate::series::Series;
use crate::series::registrar::{is_of_xmpp, names, registered};
use crate::source::{MappedText, Span};
use crate::xml::parse::slips_at_most;
use crate::xml::{CLIENT, Element, Node, XML};
use crate::xmpp::stanza::{SERVER, STANZA_ERRORS};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The namespaces of RFC 6120, 6121 and 7395 and of XML, which no XEP defines.
pub(super) const OF_RFCS: [&str; 17] = [
    "http://etherx.jabber.org/streams",
    XML,
    CLIENT,
    "jabber:iq:privacy",
    "jabber:iq:roster",
    SERVER,
    "urn:ietf:params:xml:ns:xmpp-bind",
    "urn:ietf:params:xml:ns:xmpp-framing",
    "urn:ietf:params:xml:ns:xmpp-framing-server",
    "urn:ietf:params:xml:ns:xmpp-sasl",
    "urn:ietf:params:xml:ns:xmpp-session",
    STANZA_ERRORS,
    "urn:ietf:params:xml:ns:xmpp-streams",
    "urn:ietf:params:xml:ns:xmpp-tls",
    "urn:xmpp:features:pre-approval",
    "urn:xmpp:features:rosterver",
    "vcard-temp",
];

/// The namespace of data forms (XEP-0004).
pub(super) const FORMS: &str = "jabber:x:data";

/// What stands in namespaces of XMPP behind the host or the first colon.
const TAILS: [&str; 6] = ["protocol/", "xmpp:", "iq:", "x:", "ietf:params:xml:ns:xmpp-", "streams"];

/// A namespace that an example declares, or names in an attribute or a text.
#[derive(Clone, Copy)]
pub(super) struct Used<'a> {
    /// The namespace.
    pub(super) name: &'a str,
    /// Where it stands.
    pub(super) span: Span,
    /// The example.
    pub(super) example: &'a Example,
}

/// The namespaces of XMPP that examples use and that nobody defines, as far as is known: neither the series nor the document.
/// Schemas declare what they like, and counter-examples are wrong on purpose.
pub(super) fn unknown<'c, 'a>(context: &'c Context<'a>) -> &'c [Used<'a>] {
    let is_strange = |used: &&Used<'_>| !is_known(used.name, context.yardstick.neighbours.series);
    let strange = || used(context).iter().filter(is_strange).filter(|used| !defined(context).contains(used.name));
    context.namespaces.unknown.get_or_init(|| strange().copied().collect())
}

/// The namespaces of a document, each sort gathered when it is first asked for.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    used: OnceCell<Vec<Used<'a>>>,
    unknown: OnceCell<Vec<Used<'a>>>,
    named: OnceCell<BTreeSet<String>>,
    defined: OnceCell<BTreeSet<String>>,
    meant_here: OnceCell<BTreeSet<String>>,
}

/// How often a namespace stands in the examples of a document that is meant as it stands, whoever defines it.
const OFTEN: usize = 2;

/// The namespaces that the document itself shows to be meant: those that somebody defines and that its examples use or its text
/// names, and those that its examples use more than once.
pub(super) fn meant_here<'c>(context: &'c Context<'_>) -> &'c BTreeSet<String> {
    context.namespaces.meant_here.get_or_init(|| find_meant_here(context))
}

fn find_meant_here(context: &Context<'_>) -> BTreeSet<String> {
    let own = defined(context);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for used in used(context) {
        *counts.entry(used.name).or_default() += 1;
    }
    let often = counts.iter().filter(|(_, count)| **count >= OFTEN).map(|(name, _)| (*name).to_owned());
    let all = counts.keys().map(|name| (*name).to_owned()).chain(named(context).iter().cloned());
    let known = all.filter(|name| own.contains(name) || is_known(name, context.yardstick.neighbours.series));
    known.chain(often).collect()
}

/// The namespaces that the running text of a document names.
pub(super) fn named<'c>(context: &'c Context<'_>) -> &'c BTreeSet<String> {
    context.namespaces.named.get_or_init(|| find_named(context.document))
}

fn find_named(document: &Document) -> BTreeSet<String> {
    let places = places::of_all(document);
    let texts = places.texts.iter().copied().chain([&document.header.title, &document.header.abstract_]);
    texts.flat_map(|text| names(text.as_str())).collect()
}

fn used<'c, 'a>(context: &'c Context<'a>) -> &'c [Used<'a>] {
    context.namespaces.used.get_or_init(|| find_used(context))
}

fn find_used<'a>(context: &Context<'a>) -> Vec<Used<'a>> {
    let mut all = Vec::new();
    for example in context.meant_right() {
        let roots = example.elements().filter(|element| element.name.namespace != XSD);
        for element in roots.flat_map(Element::descendants) {
            let declared = element.declarations.iter().map(|one| (one.namespace.as_str(), one.span));
            let named = named_by(element).into_iter().filter_map(|text| Some((text.as_str(), text.whole()?)));
            let both = declared
                .chain(named)
                .filter(|(name, _)| is_of_xmpp(name) || seems_of_xmpp(name) || mended_start(name).is_some());
            all.extend(both.map(|(name, span)| Used { name, span, example }));
        }
    }
    all
}

/// The values with which an element names a namespace: attributes such as the `var` of a feature, and texts such as the type of a
/// form.
fn named_by(element: &Element) -> Vec<&MappedText> {
    let text = match element.children.as_slice() {
        [Node::Text(text)] => Some(&text.text),
        _ => None,
    };
    let all = element.attributes.iter().map(|one| &one.value).chain(text);
    all.filter(|text| !text.as_str().contains(char::is_whitespace)).collect()
}

/// Whether somebody is known to define a namespace.
pub(super) fn is_known(namespace: &str, series: &Series) -> bool {
    OF_RFCS.contains(&namespace) || series.knows_namespace(namespace)
}

/// The namespaces that the document itself defines: by a schema or before the Registrar.
pub(super) fn defined<'c>(context: &'c Context<'_>) -> &'c BTreeSet<String> {
    context.namespaces.defined.get_or_init(|| find_defined(context))
}

fn find_defined(context: &Context<'_>) -> BTreeSet<String> {
    let mut all = registered(context.document);
    all.extend(targets(context).map(|(name, _)| name));
    let locations = context.document.header.schema_locations.iter();
    all.extend(locations.filter_map(|(namespace, _)| namespace.as_ref().map(|name| name.as_str().trim().to_owned())));
    all
}

/// The namespaces that the schemas of the document describe, and where they say so.
pub(super) fn targets<'a>(context: &Context<'a>) -> impl Iterator<Item = (String, Span)> + use<'a> {
    let schemas = context.examples.iter().flat_map(|example| example.elements());
    let targets = schemas.filter(|element| element.name.is(XSD, "schema"));
    targets.filter_map(|schema| {
        let target = schema.attribute("targetNamespace")?;
        Some((target.value.as_str().trim().to_owned(), target.value_span))
    })
}

/// Whether a name that begins like none of XMPP goes on like one: `http://jabber.example/protocol/disco#info`, `urn:xmpperrors`.
fn seems_of_xmpp(name: &str) -> bool {
    let tail = tail(name);
    let is_plain = !name.contains(['[', '{', '*', '$', '\u{2026}']) && !name.contains("...");
    is_plain && (name.starts_with("urn:xmpp") || TAILS.iter().any(|start| tail.starts_with(start)))
}

/// A name that begins like a namespace of XMPP but for one slip, without that: `urn:xmmpp:delay`.
pub(super) fn mended_start(name: &str) -> Option<String> {
    const MEANT: [(&str, char, usize); 3] = [("urn:xmpp", ':', 2), ("http://jabber.org", '/', 3), ("jabber", ':', 1)];
    MEANT.into_iter().find_map(|(start, sign, parts)| {
        let (end, _) = name.match_indices(sign).nth(parts - 1)?;
        let (own, rest) = name.split_at_checked(end)?;
        let is_slip = own != start && slips_at_most(own, start, 1);
        Some(format!("{start}{rest}")).filter(|mended| is_slip && is_of_xmpp(mended))
    })
}

/// What stands behind the host or the first colon of a name.
pub(super) fn tail(name: &str) -> &str {
    match name.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, tail)| tail),
        None => name.split_once(':').map_or("", |(_, tail)| tail),
    }
}

/// A namespace without its version, and the version: `urn:xmpp:sid` and 0.
pub(super) fn parted(namespace: &str) -> (&str, Option<u32>) {
    let parted = namespace.rsplit_once(':').and_then(|(stem, version)| Some((stem, version.parse().ok()?)));
    parted.map_or((namespace, None), |(stem, version)| (stem, Some(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_last_number() {
        assert_eq!(parted("urn:xmpp:sid:0"), ("urn:xmpp:sid", Some(0)));
        assert_eq!(parted("urn:xmpp:sid"), ("urn:xmpp:sid", None));
        assert_eq!(parted("http://jabber.org/protocol/muc"), ("http://jabber.org/protocol/muc", None));
    }
}
