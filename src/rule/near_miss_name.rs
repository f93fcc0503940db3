//! # near-miss-name
//!
//! The name of an element or attribute is nearly one that is used elsewhere.
//!
//! ## What it does
//!
//! Learns the names of elements and attributes of each namespace from all examples of the series. Tells a name that stands once or
//! twice, that no text mentions, and that is one slip away from one that is used more; and one that no other document ever uses, where they
//! use one that is nearly the same. An element with
//! addresses that stands alone and is nearly a stanza is meant to be one. Where a schema describes the namespace, the schema judges instead.
//!
//! ## Why it matters
//!
//! Many namespaces have no schema, and readers copy their elements from the examples. A client that sends the name with the slip is
//! understood by nobody.
//!
//! ## Wrong
//!
//! ```xml
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a1'/></message>
//!
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a2'/></message>
//!
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a3'/></message>
//!
//! <message to='romeo@montague.example'><reacton xmlns='urn:example:moods' subject='a4'/></message>
//! ```
//!
//! ```xml
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a1'/></message>
//!
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a2'/></message>
//!
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' sujbect='a3'/></message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a1'/></message>
//!
//! <message to='romeo@montague.example'><reaction xmlns='urn:example:moods' subject='a2'/></message>
//!
//! <message to='romeo@montague.example'><reactions xmlns='urn:example:moods' subject='a3'/></message>
//! ```
//!
//! ## Source
//!
//! - XEP-0143, 3: <https://xmpp.org/extensions/xep-0143.html>

use super::slips::letters;
use super::span_set::SpanSet;
use super::{Context, Rule, stanzas};
use crate::example::Example;
use crate::example::lexicon::{Lexicon, OfOthers, Shown, Usage};
use crate::finding::{Finding, Severity, Sink};
use crate::schema::XSD;
use crate::source::Span;
use crate::xml::parse::slips_at_most;
use crate::xml::{Attribute, CLIENT, Element, Name, XML};
use crate::xmpp::StanzaKind;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "near-miss-name",
    severity: Severity::Warning,
    source: include_str!("near_miss_name.rs"),
    check: Some(check),
};

/// How often a name may stand that is a slip.
const SELDOM: usize = 2;

/// How often an attribute must stand elsewhere that is left out where one with a slip is.
const OFTEN: usize = 2;

/// The shortest name in which one letter is a slip, and the shortest in which two are.
const SHORT: usize = 5;
const LONG: usize = 8;

/// How often a short name stands that another one is a slip of.
const COMMON: usize = 6;

/// The shortest name that is a slip of another one where that is common, or a schema lists those that there are.
const SHORTEST: usize = 3;

/// How many names a namespace may have; each that is seldom is held against all others.
const MOST: usize = 500;

/// A name that one is a slip of, and how often that one stands.
type Meant = (String, usize);

/// What is known of names: by the document itself, and by the others of its series.
struct Known<'a> {
    own: Lexicon,
    of_others: Shown<'a>,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for example in context.meant_right() {
        sink.extend_in(&example.id, stanzas::in_stream(example).filter_map(of_stanza));
    }
    undeclared(context, sink);
    let mut own = Lexicon::default();
    own.learn(context.examples, &|namespace| is_without_schema(namespace, context));
    let known = Known { own, of_others: context.yardstick.neighbours.shown };
    let elements = known.elements(&|name| context.prose().has(name));
    let mut tell = |example: &Example, name: &str, span: Span, (meant, times): Meant| {
        if !context.prose().has(name) {
            let help = format!("write `{meant}`, if that is meant: it stands {times} times");
            let finding = Finding::new(RULE.name, span, format!("`{name}` is nearly `{meant}`")).help(help);
            sink.extend_in(&example.id, [finding]);
        }
    };
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            if let Some(meant) = elements.get(&element.name) {
                tell(example, &element.name.local, element.name_span, meant.clone());
            }
            for attribute in element.attributes.iter().filter(|attribute| attribute.name.namespace.is_empty()) {
                if let Some(meant) = known.attribute(element, attribute) {
                    tell(example, &attribute.name.local, attribute.span, meant);
                }
            }
        }
    }
}

/// Tells elements that the schema of another document does not declare anywhere, and that are nearly one that it does.
fn undeclared(context: &Context<'_>, sink: &mut Sink) {
    let neighbours = &context.yardstick.neighbours;
    let told = SpanSet::new(context.foreign_violations.iter().map(|(_, foreign)| foreign.violation.span));
    let mut declared: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for example in context.meant_right() {
        for element in example.elements().flat_map(Element::descendants) {
            let (namespace, name) = (element.name.namespace.as_str(), element.name.local.as_str());
            if context.yardstick.schemas.knows(namespace) || !neighbours.registry.knows(namespace) {
                continue;
            }
            let names = declared.entry(namespace).or_insert_with(|| neighbours.registry.elements_of(namespace));
            if names.contains(name) || told.meet(element.name_span) || context.prose().has(name) {
                continue;
            }
            let is_shown = neighbours.shown.by_others(&element.name).is_some();
            let mut near = names.iter().filter(|other| is_slip(name, other) && !is_shown);
            if let (Some(meant), None) = (near.next(), near.next()) {
                let finding = Finding::new(RULE.name, element.name_span, format!("`{name}` is nearly `{meant}`"));
                let note = format!("the schema of `{namespace}` has no element `{name}`");
                sink.extend_in(&example.id, [finding.note(note).help(format!("write `{meant}`, if that is meant"))]);
            }
        }
    }
}

/// Whether a name is another one with a slip, however short, as long as it is a word: one that is common or the only one.
fn is_slip(name: &str, other: &str) -> bool {
    let is_word = name.len().min(other.len()) >= SHORTEST && letters(name) != letters(other);
    slips(name, other) || is_word && slips_at_most(name, other, 1)
}

/// What is nearly a stanza: an element that stands alone, as none but stanzas do, with what stanzas have.
fn of_stanza(root: &Element) -> Option<Finding> {
    let name = root.name.local.as_str();
    if root.name.namespace != CLIENT || root.prefix.is_some() || StanzaKind::of(root).is_some() {
        return None;
    }
    let has = |name: &str| root.value(name).is_some();
    let is_addressed = has("to") || has("from");
    let is_meant = |kind: &&StanzaKind| {
        let is_like = match kind {
            StanzaKind::Iq => is_addressed && has("id") && has("type"),
            StanzaKind::Message | StanzaKind::Presence => is_addressed && !is_part(name, kind.name()),
        };
        is_like && slips_at_most(name, kind.name(), 1)
    };
    let meant = StanzaKind::ALL.iter().find(is_meant)?.name();
    let finding = Finding::new(RULE.name, root.name_span, format!("`{name}` is nearly `{meant}`"));
    Some(finding.help(format!("write `{meant}`")))
}

/// Whether nobody but the examples tells the names of a namespace.
pub(super) fn is_without_schema(namespace: &str, context: &Context<'_>) -> bool {
    let yardstick = &context.yardstick;
    !matches!(namespace, "" | CLIENT | XML | XSD)
        && !yardstick.schemas.knows(namespace)
        && !yardstick.neighbours.registry.knows(namespace)
}

impl Known<'_> {
    /// The names of elements that are slips, with what is meant. What the text speaks of may stand once.
    fn elements(&self, is_spoken_of: &dyn Fn(&str) -> bool) -> HashMap<Name, Meant> {
        let mut by_namespace: HashMap<&str, Vec<(&Name, usize, usize)>> = HashMap::new();
        let own = self.own.elements().map(|(name, usage)| (name, usage.count, self.count_of_others(name)));
        let used: HashSet<&str> = self.own.elements().map(|(name, _)| name.namespace.as_str()).collect();
        let others = self
            .of_others
            .elements()
            .filter(|(name, _)| used.contains(name.namespace.as_str()) && self.own.get(name).is_none());
        for entry in own.chain(others.map(|(name, usage)| (name, 0, usage.count()))) {
            by_namespace.entry(&entry.0.namespace).or_default().push(entry);
        }
        let mut slips = HashMap::new();
        for names in by_namespace.values().filter(|names| names.len() <= MOST) {
            for (name, own, others) in names.iter().filter(|(_, own, _)| *own > 0) {
                let all = names.iter().map(|(other, own, others)| (other.local.as_str(), *own, *others));
                let is_told = |other: &str| *own == 1 && is_spoken_of(other) && !is_spoken_of(&name.local);
                if let Some(meant) = nearest(&name.local, *own, *others, all, &is_told) {
                    slips.insert((*name).clone(), meant);
                }
            }
        }
        slips
    }

    fn count_of_others(&self, name: &Name) -> usize {
        self.of_others.by_others(name).map_or(0, OfOthers::count)
    }

    /// What is meant by the name of an attribute that is a slip.
    fn attribute(&self, element: &Element, attribute: &Attribute) -> Option<Meant> {
        let own = self.own.get(&element.name)?;
        let of_others = self.of_others.by_others(&element.name);
        let name = attribute.name.local.as_str();
        let both = Both { own, of_others };
        let (here, elsewhere) = both.with(name);
        let is_seldom = here <= SELDOM || of_others.is_some();
        let known = own.attributes.len() + of_others.map_or(0, |usage| usage.attributes().len());
        if !is_seldom || known > MOST {
            return None;
        }
        // One that stands beside it is another one.
        let all = both.names().filter(|other| is_slip(name, other) && element.value(other).is_none());
        let all = all.map(|other| {
            let (here, elsewhere) = both.with(other);
            (other, here, elsewhere)
        });
        nearest(name, here, elsewhere, all, &|_| false).or_else(|| left_out(element, name, both))
    }
}

/// How a document and the others of its series use an element.
#[derive(Clone, Copy)]
struct Both<'a> {
    own: &'a Usage,
    of_others: Option<OfOthers<'a>>,
}

impl<'a> Both<'a> {
    /// How often it stands with an attribute, in the document and elsewhere.
    fn with(self, name: &str) -> (usize, usize) {
        let own = self.own.attributes.get(name).copied().unwrap_or(0);
        (own, self.of_others.map_or(0, |usage| usage.with_attribute(name)))
    }

    fn count_with(self, name: &str) -> usize {
        let (own, of_others) = self.with(name);
        own + of_others
    }

    fn count(self) -> usize {
        self.own.count + self.of_others.map_or(0, OfOthers::count)
    }

    /// The names of its attributes.
    fn names(self) -> impl Iterator<Item = &'a str> {
        self.own.attributes.keys().map(String::as_str).chain(self.of_others.into_iter().flat_map(OfOthers::attributes))
    }
}

/// The attribute that the element has everywhere but here, where it has one instead that differs in a letter: however short.
fn left_out(element: &Element, name: &str, usage: Both<'_>) -> Option<Meant> {
    let elsewhere = usage.count() - 1;
    if usage.count_with(name) != 1 || elsewhere < OFTEN {
        return None;
    }
    let mut meant =
        usage.names().filter(|other| usage.count_with(other) == elsewhere && element.value(other).is_none());
    let meant = meant.find(|other| slips_at_most(name, other, 1))?;
    Some((meant.to_owned(), elsewhere))
}

/// The name that is used most among those that one is a slip of; each with how often the document and the others of its series
/// use it. `is_told` says whether the text speaks of one, so that it need not be used more.
fn nearest<'n>(
    name: &str,
    own: usize,
    of_others: usize,
    all: impl Iterator<Item = (&'n str, usize, usize)>,
    is_told: &dyn Fn(&str) -> bool,
) -> Option<Meant> {
    if of_others > 0 || own == 0 {
        return None;
    }
    let is_meant = |(other, own_too, others_too): &(&str, usize, usize)| {
        let is_other = *other != name && *own_too > 0 && !is_part(name, other);
        let is_seldom = own <= SELDOM && is_other && (*own_too > own || is_told(other));
        let is_common = own == 1 && own_too + others_too >= COMMON && !is_part(name, other);
        slips(name, other) && (is_seldom || *others_too > 0) || is_common && is_slip(name, other)
    };
    let meant = all.filter(is_meant).max_by_key(|(_, own, others)| own + others)?;
    Some((meant.0.to_owned(), meant.1 + meant.2))
}

/// Whether two names are one with a slip. What differs in a number differs on purpose.
fn slips(one: &str, other: &str) -> bool {
    let shortest = one.len().min(other.len());
    let limit = usize::from(shortest >= SHORT) + usize::from(shortest >= LONG);
    limit > 0 && letters(one) != letters(other) && slips_at_most(one, other, limit)
}

/// Whether one is the other with more, as a plural is.
fn is_part(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one) || one.ends_with(other) || other.ends_with(one)
}
