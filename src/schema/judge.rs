//! Whether schemas compile, what is wrong where they do not, and what of them can be used all the same.

use super::engine::{Refusal, SchemaEngine};
use super::lint::{self, Component, Index};
use super::source::{SchemaSource, element_at, render};
use super::{FAULTY_SCHEMA, XSD, mend, words};
use crate::finding::Finding;
use crate::source::Span;
use crate::xml::{Element, Name, Node};
use std::collections::BTreeSet;

/// How many components of one schema are opened before it is given up.
const MAX_OPENED: usize = 12;

/// Up to how many schemas are compiled together at once; more are compiled one after the other first.
const FEW: usize = 8;

/// A schema while it is judged.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The tree that the engine gets.
    pub(super) tree: Element,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
    /// Whether the tree differs from what the author wrote.
    pub(super) mended: bool,
    /// Whether it is not used at all.
    pub(super) unusable: bool,
    /// Whether the text could not be read whole: what else is wrong is then not told.
    malformed: bool,
    opened: usize,
}

impl Loaded {
    /// The namespace that it describes.
    pub(super) fn target(&self) -> &str {
        self.tree.value("targetNamespace").unwrap_or("")
    }

    fn find(&mut self, finding: Finding) {
        if !self.malformed {
            self.findings.push(finding);
        }
    }
}

/// What came of the schemas.
pub(super) struct Judged<E> {
    pub(super) schemas: Vec<Loaded>,
    pub(super) engine: Option<E>,
    /// Which schema each text of the engine is.
    pub(super) texts: Vec<usize>,
    /// What the engine got besides, for what the schemas refer to and nobody has.
    pub(super) stand_ins: Vec<String>,
}

/// Loads schemas, finds what is wrong with them, and compiles what can be used.
pub(super) fn judge<E: SchemaEngine>(sources: &[SchemaSource]) -> Judged<E> {
    let mut judged = judge_unsorted(sources);
    for schema in &mut judged.schemas {
        schema.findings.sort_by_key(|finding| (finding.span.file, finding.span.start));
    }
    judged
}

fn judge_unsorted<E: SchemaEngine>(sources: &[SchemaSource]) -> Judged<E> {
    if sources.is_empty() {
        return Judged { schemas: Vec::new(), engine: None, texts: Vec::new(), stand_ins: Vec::new() };
    }
    let mut schemas: Vec<Loaded> = sources.iter().map(load).collect();
    leave_out_repeated(&mut schemas);
    let mut index = Index::default();
    for schema in &schemas {
        index.add(&schema.tree, !schema.malformed);
    }
    let mut wanted = BTreeSet::new();
    for schema in &mut schemas {
        let linted = lint::lint(&mut schema.tree, &index);
        schema.mended |= !linted.findings.is_empty();
        linted.findings.into_iter().for_each(|finding| schema.find(finding));
        wanted.extend(linted.wanted);
    }
    compile(schemas, &wanted)
}

fn load(source: &SchemaSource) -> Loaded {
    let mut tree = source.working_tree();
    let findings = mend::mend(&mut tree);
    let malformed = !source.problems().is_empty();
    let mended = malformed || !findings.is_empty();
    let findings = if malformed { Vec::new() } else { findings };
    Loaded { tree, findings, mended, unusable: false, malformed, opened: 0 }
}

/// Leaves out of each schema what an earlier one of the same namespace declares already: documents repeat each other.
fn leave_out_repeated(schemas: &mut [Loaded]) {
    let mut seen: BTreeSet<(Component, Name)> = BTreeSet::new();
    for schema in schemas {
        let target = schema.target().to_owned();
        let mut own = BTreeSet::new();
        schema.tree.children.retain(|node| {
            let Some(child) = node.element() else { return true };
            let (Some(component), Some(name)) = (Component::declared(&child.name.local), child.value("name")) else {
                return true;
            };
            let key = (component, Name::new(target.clone(), name));
            let repeated = seen.contains(&key);
            own.insert(key);
            !repeated
        });
        seen.extend(own);
    }
}

/// Compiles all schemas together. Each was compiled with its neighbours before: to ask again about all of them after each
/// refusal would take long.
fn compile<E: SchemaEngine>(mut schemas: Vec<Loaded>, wanted: &BTreeSet<(Component, Name)>) -> Judged<E> {
    let stand_ins = lint::stand_ins(wanted);
    let all: Vec<usize> = (0..schemas.len()).collect();
    if schemas.len() > FEW {
        for neighbours in all.iter().map(|&at| neighbours(&schemas, at)).collect::<Vec<_>>() {
            compile_some::<E>(&mut schemas, &neighbours, &stand_ins);
        }
    }
    match compile_some::<E>(&mut schemas, &all, &stand_ins) {
        Some((engine, texts)) => Judged { schemas, engine: Some(engine), texts, stand_ins },
        None => Judged { schemas, engine: None, texts: Vec::new(), stand_ins },
    }
}

/// Compiles some of the schemas; where the engine refuses, tells why, opens the component in which it is, and tries again.
/// Gives the engine, and which schema each of its texts is.
fn compile_some<E: SchemaEngine>(
    schemas: &mut [Loaded],
    some: &[usize],
    stand_ins: &[String],
) -> Option<(E, Vec<usize>)> {
    for _ in 0..=some.len() * (MAX_OPENED + 1) {
        let usable = |at: &&usize| schemas.get(**at).is_some_and(|schema| !schema.unusable);
        let usable: Vec<usize> = some.iter().filter(usable).copied().collect();
        let own = usable.iter().filter_map(|&at| schemas.get(at)).map(|schema| render(&schema.tree));
        let texts: Vec<String> = own.chain(stand_ins.iter().cloned()).collect();
        match E::compile(&texts) {
            Ok(engine) => return Some((engine, usable)),
            Err(refusal) if refuse(schemas, &usable, &refusal) => {}
            Err(_) => return None,
        }
    }
    None
}

/// A schema with all that it imports, directly or not, and all that describe the same namespaces.
fn neighbours(schemas: &[Loaded], at: usize) -> Vec<usize> {
    let mut wanted: BTreeSet<&str> = schemas.get(at).map(Loaded::target).into_iter().collect();
    loop {
        let found: Vec<usize> = (0..schemas.len())
            .filter(|&at| schemas.get(at).is_some_and(|schema| wanted.contains(schema.target())))
            .collect();
        let before = wanted.len();
        let imports = found.iter().filter_map(|&at| schemas.get(at)).flat_map(|schema| schema.tree.elements());
        let imports = imports.filter(|child| child.name.is(XSD, "import"));
        wanted.extend(imports.map(|import| import.value("namespace").unwrap_or("")));
        if wanted.len() == before {
            return found;
        }
    }
}

/// Tells a refusal in the schema where it belongs, and makes that schema such that the engine can be asked again. False if
/// nothing could be changed.
fn refuse(schemas: &mut [Loaded], usable: &[usize], refusal: &Refusal) -> bool {
    let at = refusal.place.and_then(|place| usable.get(place.text)).or(usable.first().filter(|_| usable.len() == 1));
    let Some(schema) = at.and_then(|&at| schemas.get_mut(at)) else { return give_up(schemas, usable, refusal) };
    let line = refusal.place.map_or(1, |place| place.line);
    let finding = finding(&schema.tree, line, refusal);
    // A cause that is told twice was not taken away by opening its component.
    let repeated = schema.findings.iter().any(|known| known.span == finding.span && known.rule == finding.rule);
    if !repeated {
        schema.find(finding);
    }
    schema.mended = true;
    schema.opened += 1;
    let opened = !repeated && schema.opened <= MAX_OPENED && open_component(&mut schema.tree, line);
    schema.unusable = !opened;
    true
}

/// A refusal that names no schema: all that were compiled together are left out, with the reason at the first.
fn give_up(schemas: &mut [Loaded], usable: &[usize], refusal: &Refusal) -> bool {
    for (nth, &at) in usable.iter().enumerate() {
        let Some(schema) = schemas.get_mut(at) else { continue };
        schema.unusable = true;
        if nth == 0 {
            let finding = finding(&schema.tree, 1, refusal);
            schema.find(finding);
        }
    }
    false
}

fn finding(tree: &Element, line: usize, refusal: &Refusal) -> Finding {
    let element = element_at(tree, line).unwrap_or(tree);
    let parent =
        tree.descendants().into_iter().find(|parent| parent.elements().any(|child| std::ptr::eq(child, element)));
    let message = words::refusal(element, parent, refusal);
    let span = smallest_span(element, &refusal.message);
    Finding::new(FAULTY_SCHEMA, span, message).note(format!("XML Schema 1.0, constraint `{}`", refusal.code))
}

/// The attribute of `element` that the engine's message names, by value or by name; else the element's name.
fn smallest_span(element: &Element, message: &str) -> Span {
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    let by_value = element.attributes.iter().find(|attribute| quoted.contains(&attribute.value.as_str()));
    if let Some(attribute) = by_value.filter(|attribute| attribute.name.local != "name") {
        return attribute.value_span;
    }
    let by_name = element.attributes.iter().find(|attribute| quoted.contains(&attribute.name.local.as_str()));
    by_name.map_or(element.name_span, |attribute| attribute.span)
}

/// Opens the global component around a line of the rendered tree, so that it accepts everything.
fn open_component(root: &mut Element, line: usize) -> bool {
    let mut before = 1;
    let mut found = None;
    for (at, node) in root.children.iter().enumerate() {
        let Some(child) = node.element() else { continue };
        let size = child.descendants().len();
        if line > before && line <= before + size {
            found = Some(at);
            break;
        }
        before += size;
    }
    let Some(Node::Element(component)) = found.and_then(|at| root.children.get_mut(at)) else { return false };
    let named = component.value("name").is_some_and(|name| !name.trim().is_empty());
    if component.name.namespace != XSD || Component::declared(&component.name.local).is_none() || !named {
        // Nothing can refer to it: the schema goes on without it.
        return found.map(|at| root.children.remove(at)).is_some();
    }
    let keep = ["name"];
    component.attributes.retain(|attribute| keep.contains(&attribute.name.local.as_str()));
    lint::open(component);
    true
}
