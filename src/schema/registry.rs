//! The schemas of a whole series, by the namespaces that they describe.

use super::{SchemaSet, SchemaSource, Violation, XSD};
use crate::source::{Sources, Span};
use crate::xml::Element;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;

/// The schemas that one document brings.
#[derive(Debug)]
pub struct Described {
    /// What the document is called in messages: `XEP-0004`.
    pub title: String,
    /// Its schemas.
    pub schemas: Vec<SchemaSource>,
    /// The namespaces for which these schemas count.
    pub namespaces: Vec<String>,
}

/// What the documents of a series say of one another's elements.
///
/// The schemas of a document are compiled when they are first asked for, with those that they import.
#[derive(Default)]
pub struct Registry {
    sources: Sources,
    units: Vec<Unit>,
    by_namespace: BTreeMap<String, usize>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.units.iter().map(|unit| &unit.described.title)).finish()
    }
}

/// The schemas of one document.
struct Unit {
    described: Described,
    /// Compiled sets of which nobody makes use just now: a set works for one thread at a time.
    idle: Mutex<Vec<SchemaSet>>,
}

/// Something that the schema of another document forbids.
#[derive(Clone, Debug)]
pub struct ForeignViolation {
    /// What.
    pub violation: Violation,
    /// Which document has the schema.
    pub title: String,
    /// Where it declares the element or attribute that is wrong: file and line.
    pub place: Option<String>,
}

impl Registry {
    /// A registry of what documents describe. Where two describe the same namespace, the first one counts.
    pub fn new(sources: &Sources, all: Vec<Described>) -> Registry {
        let mut registry = Registry { sources: sources.clone(), units: Vec::new(), by_namespace: BTreeMap::new() };
        for (at, described) in all.into_iter().enumerate() {
            for namespace in &described.namespaces {
                registry.by_namespace.entry(namespace.clone()).or_insert(at);
            }
            registry.units.push(Unit { described, idle: Mutex::default() });
        }
        registry
    }

    /// Whether a schema for a namespace is known.
    pub fn knows(&self, namespace: &str) -> bool {
        self.by_namespace.contains_key(namespace)
    }

    /// Everything that the schemas of the registry forbid in elements and what they hold, in document order; each element
    /// with a number by which the caller knows it again. Namespaces that `leave_out` names are passed over.
    pub fn validate<'e>(
        &self,
        elements: impl Iterator<Item = (usize, &'e Element)>,
        leave_out: &dyn Fn(&str) -> bool,
    ) -> Vec<(usize, ForeignViolation)> {
        let mut by_unit: BTreeMap<usize, Vec<(usize, &Element)>> = BTreeMap::new();
        for (number, element) in elements {
            self.sort(number, element, &mut Vec::new(), leave_out, &mut by_unit);
        }
        let mut violations = Vec::new();
        for (unit, elements) in by_unit {
            let Some(unit) = self.units.get(unit) else { continue };
            unit.with(self, |set| {
                let validator = set.validator();
                for (number, element) in elements {
                    let own = validator.validate(element).into_iter();
                    let own = own.filter(|violation| !leave_out(&violation.parent.namespace));
                    let own = own.filter(|violation| unit.described.namespaces.contains(&violation.parent.namespace));
                    violations.extend(own.map(|violation| (number, self.foreign(violation, &unit.described.title))));
                }
            });
        }
        violations.sort_by_key(|(number, foreign)| (*number, foreign.violation.span.start, foreign.violation.kind));
        violations
    }

    fn foreign(&self, violation: Violation, title: &str) -> ForeignViolation {
        let span = violation.blames_schema.as_ref().map(|blame| blame.span).or(violation.declared);
        // What is built in has no place that its reader could look up.
        let place = span.filter(|span| self.sources.get(span.file).path() != title).map(|span| self.place(span));
        ForeignViolation { violation, title: title.to_owned(), place }
    }

    /// A place in another document, by the name of its file: the same however documents are named.
    fn place(&self, span: Span) -> String {
        let file = self.sources.get(span.file);
        let name = file.path().rsplit(['/', '\\']).next().unwrap_or_default();
        format!("{name}:{}", file.position(span.start).line)
    }

    /// Finds the elements that are to be validated with the schemas of each document: those that stand in no other one of
    /// the same.
    fn sort<'e>(
        &self,
        number: usize,
        element: &'e Element,
        open: &mut Vec<usize>,
        leave_out: &dyn Fn(&str) -> bool,
        by_unit: &mut BTreeMap<usize, Vec<(usize, &'e Element)>>,
    ) {
        let namespace = element.name.namespace.as_str();
        let unit = self.by_namespace.get(namespace).copied().filter(|_| !leave_out(namespace));
        let is_new = unit.filter(|unit| !open.contains(unit));
        if let Some(unit) = is_new {
            by_unit.entry(unit).or_default().push((number, element));
            open.push(unit);
        }
        element.elements().for_each(|child| self.sort(number, child, open, leave_out, by_unit));
        if is_new.is_some() {
            open.pop();
        }
    }

    /// The names of the elements that the schema of a namespace declares, in whatever place.
    pub fn elements_of(&self, namespace: &str) -> BTreeSet<&str> {
        let schemas = self.schemas_of(namespace).into_iter().flatten();
        let parts = schemas.flat_map(|schema| schema.root().descendants());
        parts.filter(|part| part.name.is(XSD, "element")).filter_map(|part| part.value("name")).collect()
    }

    /// The schemas of the namespaces that those of a document import, and that others bring.
    pub fn imported(&self, schemas: &[SchemaSource]) -> Vec<SchemaSource> {
        let own: BTreeSet<&str> = schemas.iter().map(SchemaSource::target_namespace).collect();
        let wanted: BTreeSet<&str> = schemas.iter().flat_map(SchemaSource::imports).collect();
        let of_others = wanted.difference(&own).filter_map(|namespace| self.schemas_of(namespace));
        of_others.flatten().cloned().collect()
    }

    /// The schemas that describe a namespace.
    fn schemas_of(&self, namespace: &str) -> Option<impl Iterator<Item = &SchemaSource>> {
        let (namespace, unit) = self.by_namespace.get_key_value(namespace)?;
        let unit = self.units.get(*unit)?;
        Some(unit.described.schemas.iter().filter(move |schema| schema.target_namespace() == namespace))
    }
}

impl Unit {
    /// Does something with the compiled schemas.
    fn with(&self, registry: &Registry, work: impl FnOnce(&SchemaSet)) {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let set = idle.unwrap_or_else(|| {
            let schemas = &self.described.schemas;
            SchemaSet::build_importing(schemas, &registry.imported(schemas))
        });
        work(&set);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(set);
        }
    }
}
