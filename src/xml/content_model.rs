//! Content models: what a DTD says may stand where, as data, and trees held against it.
//!
//! Only what a DTD says of elements and attributes is read. Parameter entities are not replaced and conditional sections are
//! passed over: the grammar of XEPs has neither, and an element of which nothing is known is allowed everything.

use super::tree::{Attribute, Element, Node};
use crate::source::Span;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod automaton;
mod order;
mod parse;
mod table;

use automaton::Automaton;
pub use table::xep;

/// What may stand in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentModel {
    elements: BTreeMap<String, ElementType>,
}

/// What is declared of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementType {
    /// What it holds.
    pub content: Content,
    /// Its attributes, in order.
    pub attributes: Vec<AttributeType>,
    automaton: Option<Automaton>,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, not even white space.
    Empty,
    /// Anything that is declared.
    Any,
    /// Text, and these elements in any order.
    Mixed(BTreeSet<String>),
    /// Elements alone, as the particle says.
    Elements(Particle),
}

/// A part of a content model, and how often it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particle {
    /// What stands.
    pub term: Term,
    /// Whether it may be missing (`?`, `*`).
    pub optional: bool,
    /// Whether it may be repeated (`*`, `+`).
    pub repeated: bool,
}

/// What a particle stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// An element.
    Name(String),
    /// All of these, in order.
    Sequence(Vec<Particle>),
    /// One of these.
    Choice(Vec<Particle>),
}

/// What is declared of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeType {
    /// Its name, with its prefix.
    pub name: String,
    /// The values that it may have; empty: any.
    pub values: Vec<String>,
    /// What holds where it is not written.
    pub default: Default,
}

/// What holds where an attribute is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Default {
    /// It must be written.
    Required,
    /// Nothing.
    Implied,
    /// A value.
    Value(String),
    /// A value, and no other may be written.
    Fixed(String),
}

/// Something that a content model forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub kind: ViolationKind,
    /// The element in which it is wrong.
    pub element: String,
    /// The smallest span that is wrong.
    pub span: Span,
    /// The place that explains it: the tag of the element around, or what stands there already.
    pub related: Option<Span>,
}

/// What a content model forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// An element that is not declared.
    UnknownElement(String),
    /// An element that may never stand in the one around it.
    Misplaced(String),
    /// An element that may stand there, but not behind what stands before it.
    OutOfOrder(String),
    /// An element that stands there once too often.
    Repeated(String),
    /// Elements that must stand there, in order.
    Missing(Vec<String>),
    /// Text where elements alone may be.
    Text,
    /// Anything in an element that holds nothing.
    NotEmpty,
    /// An attribute that the element does not have.
    UnknownAttribute(String),
    /// An attribute that must be written.
    MissingAttribute(String),
    /// A value that the attribute may not have.
    WrongValue(String),
}

impl ContentModel {
    /// Reads a DTD. What cannot be read is passed over.
    pub fn parse(dtd: &str) -> ContentModel {
        parse::parse(dtd)
    }

    /// What is declared of an element.
    pub fn element(&self, name: &str) -> Option<&ElementType> {
        self.elements.get(name)
    }

    /// The names of all elements, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.elements.keys().map(String::as_str)
    }

    /// The elements in which an element may stand, sorted.
    pub fn parents_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let holds = move |(_, element): &(&String, &ElementType)| element.names().contains(name);
        self.elements.iter().filter(holds).map(|(parent, _)| parent.as_str())
    }

    /// Everything in a tree that the model forbids, in document order. What stands in an unknown element is not looked at.
    pub fn violations(&self, root: &Element) -> Vec<Violation> {
        let mut found = Vec::new();
        if self.elements.is_empty() {
            return found;
        }
        let mut open = vec![root];
        while let Some(element) = open.pop() {
            let name = element.written_name();
            let Some(declared) = self.elements.get(&name) else {
                found.push(Violation {
                    kind: ViolationKind::UnknownElement(name.clone()),
                    element: name,
                    span: element.name_span,
                    related: None,
                });
                continue;
            };
            declared.attributes_of(&name, element, &mut found);
            self.content_of(declared, &name, element, &mut found);
            let before = open.len();
            open.extend(element.elements());
            if let Some(children) = open.get_mut(before..) {
                children.reverse();
            }
        }
        found
    }

    fn content_of(&self, declared: &ElementType, name: &str, element: &Element, found: &mut Vec<Violation>) {
        let at = |kind, span| Violation { kind, element: name.to_owned(), span, related: Some(element.start_tag) };
        match &declared.content {
            Content::Any => {}
            Content::Empty => {
                let first = element.children.first();
                found.extend(first.map(|node| at(ViolationKind::NotEmpty, node.span())));
            }
            Content::Mixed(names) => {
                let children = element.elements().map(|child| (child, child.written()));
                let is_other =
                    |child: &str| !names.iter().any(|name| name == child) && self.elements.contains_key(child);
                let others =
                    children.filter(|(child, written)| is_other(written) && !comes_out_of_reference(child, element));
                found.extend(
                    others.map(|(child, written)| at(ViolationKind::Misplaced(written.into_owned()), child.name_span)),
                );
            }
            Content::Elements(_) => {
                if let Some(text) = element.children.iter().find_map(loose_text) {
                    found.push(at(ViolationKind::Text, text));
                }
                if let Some(automaton) = &declared.automaton {
                    order::hold(automaton, name, element, |child| self.elements.contains_key(child), found);
                }
            }
        }
    }
}

impl ElementType {
    fn new(content: Content, attributes: Vec<AttributeType>) -> ElementType {
        let automaton = match &content {
            Content::Elements(particle) => Automaton::new(particle),
            _ => None,
        };
        ElementType { content, attributes, automaton }
    }

    /// The elements that it may hold.
    pub fn names(&self) -> BTreeSet<&str> {
        match &self.content {
            Content::Empty | Content::Any => BTreeSet::new(),
            Content::Mixed(names) => names.iter().map(String::as_str).collect(),
            Content::Elements(particle) => {
                let mut names = BTreeSet::new();
                particle.names(&mut names);
                names
            }
        }
    }

    fn attributes_of(&self, name: &str, element: &Element, found: &mut Vec<Violation>) {
        let related = Some(element.start_tag);
        let mut push = |kind, span| found.push(Violation { kind, element: name.to_owned(), span, related });
        if element.attributes.is_empty() && element.declarations.is_empty() && self.attributes.is_empty() {
            return;
        }
        let written: Vec<(Cow<'_, str>, &str, Span)> =
            element.attributes.iter().map(written).chain(namespaces(element)).collect();
        for (attribute, value, span) in &written {
            match self.attributes.iter().find(|declared| declared.name == *attribute) {
                None => push(ViolationKind::UnknownAttribute(attribute.to_string()), *span),
                Some(declared) if !declared.allows(value) => {
                    push(ViolationKind::WrongValue(attribute.to_string()), *span)
                }
                Some(_) => {}
            }
        }
        for declared in self.attributes.iter().filter(|declared| declared.default == Default::Required) {
            if !written.iter().any(|(attribute, ..)| *attribute == declared.name) {
                push(ViolationKind::MissingAttribute(declared.name.clone()), element.name_span);
            }
        }
    }
}

fn written(attribute: &Attribute) -> (Cow<'_, str>, &str, Span) {
    let name = match &attribute.prefix {
        Some(prefix) => Cow::Owned(format!("{prefix}:{}", attribute.name.local)),
        None => Cow::Borrowed(attribute.name.local.as_str()),
    };
    (name, attribute.value.as_str(), attribute.span)
}

/// For a DTD the declaration of a namespace is an attribute.
fn namespaces(element: &Element) -> impl Iterator<Item = (Cow<'_, str>, &str, Span)> {
    element.declarations.iter().map(|declaration| {
        let prefix = declaration.prefix.as_ref();
        let name = prefix.map_or(Cow::Borrowed("xmlns"), |prefix| Cow::Owned(format!("xmlns:{prefix}")));
        (name, declaration.namespace.as_str(), declaration.span)
    })
}

impl AttributeType {
    fn allows(&self, value: &str) -> bool {
        match &self.default {
            Default::Fixed(fixed) => value == fixed,
            _ => self.values.is_empty() || self.values.iter().any(|one| one == value.trim()),
        }
    }
}

impl Particle {
    /// The names as a DTD gives them in order, each with `?`, `*` or `+`.
    pub fn in_order(&self, order: &mut Vec<String>) {
        let mark = match (self.optional, self.repeated) {
            (true, true) => "*",
            (true, false) => "?",
            (false, true) => "+",
            (false, false) => "",
        };
        match &self.term {
            Term::Name(name) => order.push(format!("{name}{mark}")),
            Term::Sequence(all) | Term::Choice(all) => all.iter().for_each(|particle| particle.in_order(order)),
        }
    }

    fn names<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match &self.term {
            Term::Name(name) => drop(names.insert(name)),
            Term::Sequence(all) | Term::Choice(all) => all.iter().for_each(|particle| particle.names(names)),
        }
    }
}

/// Whether an element came out of a reference that stands in its parent. Between text `xmllint`, which the editors ask, takes a
/// reference for text whatever it stands for, and pages show it well: `<link url='...'>&xep0060; §6</link>`.
fn comes_out_of_reference(child: &Element, parent: &Element) -> bool {
    child.name_span == child.span && parent.span != child.span
}

/// The place of text that is more than white space.
fn loose_text(node: &Node) -> Option<Span> {
    match node {
        Node::Text(text) if !text.text.as_str().trim_matches([' ', '\t', '\r', '\n']).is_empty() => {
            text.text.trimmed().whole().or(Some(text.span))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
