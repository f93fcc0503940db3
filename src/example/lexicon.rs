//! What the examples of a document show of elements: their names, their attributes, what they hold.

use super::{Example, Kind};
use crate::xml::{Element, Name};
use std::collections::{BTreeMap, HashMap};

/// How often names are used. Says nothing about what may be used: that is for schemas.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    elements: HashMap<Name, Usage>,
}

/// How an element is used.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// How often.
    pub count: usize,
    /// How often with each attribute that has no namespace.
    pub attributes: BTreeMap<String, usize>,
    /// How often with each child; each of several of the same name counts.
    pub children: BTreeMap<Name, usize>,
}

impl Lexicon {
    /// Takes in what examples show of the elements of some namespaces; what is wrong on purpose shows nothing.
    pub fn learn(&mut self, examples: &[Example], is_wanted: &dyn Fn(&str) -> bool) {
        let examples = examples.iter().filter(|example| example.kind != Kind::CounterExample);
        for element in examples.flat_map(Example::elements).flat_map(Element::descendants) {
            if is_wanted(&element.name.namespace) {
                self.elements.entry(element.name.clone()).or_default().take_in(element);
            }
        }
    }

    /// Takes in how an element is used.
    pub fn add(&mut self, name: Name, usage: &Usage) {
        self.elements.entry(name).or_default().extend(usage);
    }

    /// Takes in what another one knows.
    pub fn extend(&mut self, other: &Lexicon) {
        for (name, usage) in &other.elements {
            self.elements.entry(name.clone()).or_default().extend(usage);
        }
    }

    /// How an element is used.
    pub fn get(&self, name: &Name) -> Option<&Usage> {
        self.elements.get(name)
    }

    /// All elements, in no order.
    pub fn elements(&self) -> impl Iterator<Item = (&Name, &Usage)> {
        self.elements.iter()
    }
}

/// What the documents of a series show of elements, as one of them sees it: what it contributed itself is told apart.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What all of them show.
    pub all: &'a Lexicon,
    /// What of that is the document's own.
    pub own: Option<&'a Lexicon>,
}

impl<'a> Shown<'a> {
    /// What the others show of an element; nothing where they never use it.
    pub fn by_others(self, name: &Name) -> Option<OfOthers<'a>> {
        let of_others = OfOthers { all: self.all.get(name)?, own: self.own.and_then(|own| own.get(name)) };
        (of_others.count() > 0).then_some(of_others)
    }

    /// The elements that the others use, in no order.
    pub fn elements(self) -> impl Iterator<Item = (&'a Name, OfOthers<'a>)> {
        self.all.elements().filter_map(move |(name, _)| Some((name, self.by_others(name)?)))
    }
}

/// How others than one document use an element.
#[derive(Clone, Copy, Debug)]
pub struct OfOthers<'a> {
    all: &'a Usage,
    own: Option<&'a Usage>,
}

impl<'a> OfOthers<'a> {
    /// How often.
    pub fn count(self) -> usize {
        self.less(|usage| usage.count)
    }

    /// How often with an attribute.
    pub fn with_attribute(self, name: &str) -> usize {
        self.less(|usage| usage.attributes.get(name).copied().unwrap_or(0))
    }

    /// How often with a child; each of several counts.
    pub fn with_child(self, name: &Name) -> usize {
        self.less(|usage| usage.children.get(name).copied().unwrap_or(0))
    }

    /// The children that somebody gives it, also the document itself.
    pub fn children(self) -> impl Iterator<Item = &'a Name> {
        self.all.children.keys()
    }

    /// The attributes that somebody gives it, also the document itself.
    pub fn attributes(self) -> impl ExactSizeIterator<Item = &'a str> {
        self.all.attributes.keys().map(String::as_str)
    }

    fn less(self, count: impl Fn(&Usage) -> usize) -> usize {
        count(self.all).saturating_sub(self.own.map_or(0, count))
    }
}

impl Usage {
    fn take_in(&mut self, element: &Element) {
        self.count += 1;
        for attribute in element.attributes.iter().filter(|attribute| attribute.name.namespace.is_empty()) {
            *self.attributes.entry(attribute.name.local.clone()).or_default() += 1;
        }
        for child in element.elements() {
            *self.children.entry(child.name.clone()).or_default() += 1;
        }
    }

    fn extend(&mut self, other: &Usage) {
        self.count += other.count;
        for (name, count) in &other.attributes {
            *self.attributes.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.children {
            *self.children.entry(name.clone()).or_default() += count;
        }
    }
}
