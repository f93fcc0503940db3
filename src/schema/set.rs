//! Schemas that belong together.

use super::engine::{Place, SchemaEngine};
use super::judge::{self, Judged, Loaded};
use super::lint::Component;
use super::source::{element_at, render};
use super::validate::Validator;
use super::{SchemaSource, XSD, XsdEngine};
use crate::finding::Finding;
use crate::xml::{Element, Name};
use std::collections::BTreeSet;

/// How a schema fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It compiles as it stands.
    Clean,
    /// It is wrong, but what could be kept of it is used.
    Mended,
    /// It is wrong, and not used.
    Unusable,
}

/// Schemas that belong together: references between them go by namespace, and need no location.
///
/// Is `Send`, but not `Sync`: each thread makes its own.
pub struct SchemaSet<E = XsdEngine> {
    schemas: Vec<Loaded>,
    /// How many of them are not only there to be imported: the first ones.
    own: usize,
    engine: Option<E>,
    /// Which schema each text of the engine is.
    texts: Vec<usize>,
    /// What the engine got besides.
    stand_ins: Vec<String>,
    known: BTreeSet<String>,
    /// Names of all elements that the schemas declare or refer to, globally or within a type.
    elements: BTreeSet<Name>,
    /// Names of the elements that they declare globally.
    global_elements: BTreeSet<Name>,
}

impl SchemaSet<XsdEngine> {
    /// Judges schemas and compiles what can be used of them. Where two declare the same, the first one counts.
    ///
    /// Building is expensive (milliseconds); so is [`SchemaSet::validator`].
    pub fn build(sources: &[SchemaSource]) -> SchemaSet {
        SchemaSet::build_with(sources, &[])
    }

    /// The same where others are needed to compile them: of those nothing is told, and nothing is validated with them.
    pub fn build_importing(sources: &[SchemaSource], imported: &[SchemaSource]) -> SchemaSet {
        SchemaSet::build_with(sources, imported)
    }
}

impl<E: SchemaEngine> SchemaSet<E> {
    /// The same with an engine of choice.
    pub fn build_with(sources: &[SchemaSource], imported: &[SchemaSource]) -> SchemaSet<E> {
        let all = [sources, imported].concat();
        let Judged { schemas, engine, texts, stand_ins } = judge::judge::<E>(&all);
        let mut set = SchemaSet {
            schemas,
            own: sources.len(),
            engine,
            texts,
            stand_ins,
            known: BTreeSet::new(),
            elements: BTreeSet::new(),
            global_elements: BTreeSet::new(),
        };
        let usable = set.texts.iter().filter(|at| **at < set.own).filter_map(|&at| set.schemas.get(at));
        let usable: Vec<&Loaded> = usable.collect();
        set.known = usable.iter().map(|schema| schema.target().to_owned()).collect();
        set.elements = usable.iter().flat_map(|schema| declared_elements(schema)).collect();
        set.global_elements = usable.iter().flat_map(|schema| global_elements(schema)).collect();
        set
    }

    /// What is wrong with the schemas, in their order.
    pub fn findings(&self) -> Vec<Finding> {
        self.schemas.iter().take(self.own).flat_map(|schema| schema.findings.iter().cloned()).collect()
    }

    /// What is wrong with one schema, by its number among those given.
    pub fn findings_of(&self, schema: usize) -> &[Finding] {
        self.schemas.get(schema).map_or(&[], |schema| &schema.findings)
    }

    /// How a schema fared, by its number among those given.
    pub fn state(&self, schema: usize) -> Option<State> {
        self.schemas.get(schema).map(|schema| match (schema.unusable, schema.mended) {
            (true, _) => State::Unusable,
            (false, true) => State::Mended,
            (false, false) => State::Clean,
        })
    }

    /// The schemas that are used, as they are after mending, and what stands in for that to which they refer and which nobody has: the
    /// texts by which elements are judged, for whoever wants to ask another engine.
    pub fn texts(&self) -> Vec<String> {
        let used = self.texts.iter().filter_map(|&at| self.schemas.get(at));
        used.map(|schema| render(&schema.tree)).chain(self.stand_ins.iter().cloned()).collect()
    }

    /// Whether a namespace is described by a schema that is used.
    pub fn knows(&self, namespace: &str) -> bool {
        self.known.contains(namespace)
    }

    /// Whether a schema declares an element of that name anywhere.
    pub fn declares(&self, name: &Name) -> bool {
        self.elements.contains(name)
    }

    /// Whether a schema declares an element of that name globally, so that it can stand alone.
    pub fn declares_globally(&self, name: &Name) -> bool {
        self.global_elements.contains(name)
    }

    /// Makes ready to validate; to be kept and used for many elements.
    pub fn validator(&self) -> Validator<'_, E> {
        Validator::new(self)
    }

    pub(super) fn engine(&self) -> Option<&E> {
        self.engine.as_ref()
    }

    /// The element of a schema at a place that the engine names, and the namespace that the schema describes.
    pub(super) fn at(&self, place: Place) -> Option<(&Element, &str)> {
        let schema = self.schemas.get(*self.texts.get(place.text)?)?;
        Some((element_at(&schema.tree, place.line)?, schema.target()))
    }

    /// The component that a reference with this local name means, in the schemas of `target`.
    pub(super) fn component(&self, reference: &Element, attribute: &str, target: &str) -> Option<&Element> {
        let written = reference.value(attribute)?;
        let local = written.split_once(':').map_or(written, |(_, local)| local);
        let sort = Component::references(&reference.name.local).iter().find(|(name, _)| *name == attribute)?.1;
        let schemas =
            self.texts.iter().filter_map(|&at| self.schemas.get(at)).filter(|schema| schema.target() == target);
        let mut components = schemas.flat_map(|schema| schema.tree.elements());
        components
            .find(|child| Component::declared(&child.name.local) == Some(sort) && child.value("name") == Some(local))
    }
}

fn declared_elements(schema: &Loaded) -> Vec<Name> {
    let target = schema.target();
    let declared = schema.tree.descendants().into_iter().filter(|element| element.name.is(XSD, "element"));
    // A reference to an element that nobody declares is a fault of its own; its name is known all the same.
    let name = |element: &Element| element.value("name").or(element.value("ref")).map(str::to_owned);
    let names = declared.filter_map(name);
    names.map(|name| Name::new(target, name.split_once(':').map_or(name.as_str(), |(_, local)| local))).collect()
}

fn global_elements(schema: &Loaded) -> Vec<Name> {
    let target = schema.target();
    let declared = schema.tree.elements().filter(|element| element.name.is(XSD, "element"));
    declared.filter_map(|element| element.value("name")).map(|name| Name::new(target, name)).collect()
}
