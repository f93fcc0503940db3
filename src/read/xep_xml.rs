//! XEP-XML to document.
//!
//! Entities are expanded first (`xml::entities`), then the tree is read from top to bottom. Nothing is dropped: what has no
//! place of its own in a document stands as a comment, an instruction or an unknown element at the nearest place that can
//! hold it; comments and instructions from before the root and from the header stand at the front of the body.

use super::series::{self, SharedEntities};
use crate::document::{Block, Document, Entity, Inline, Stylesheet};
use crate::finding::{Finding, Sink};
use crate::source::{FileId, MappedText, Sources, Span};
use crate::xml::content_model::ContentModel;
use crate::xml::entities::{Declaration, Declarations, Expansion, Reference, ReferenceKind};
use crate::xml::entities::{Surroundings, expand, expand_fragment};
use crate::xml::{Element, Node, parse};
pub use blocks::section_level;
use std::collections::HashMap;

mod blocks;
pub(crate) mod directives;
mod grammar;
pub(super) mod header;
mod inlines;
pub mod problems;
mod tables;

/// Reads a XEP. `shared` is what the series' `xep.ent` declares; without it the table of [`series`] stands in.
pub fn read(sources: &Sources, file: FileId, shared: Option<&SharedEntities>, sink: &mut Sink) -> Document {
    read_by(sources, file, shared, &ContentModel::default(), sink)
}

/// Reads a XEP and holds it against a grammar. One that is not well-formed is not held against it: its tree is a guess.
pub fn read_by(
    sources: &Sources,
    file: FileId,
    shared: Option<&SharedEntities>,
    model: &ContentModel,
    sink: &mut Sink,
) -> Document {
    let expansion = expand(sources, file, surroundings(shared), sink);
    let parsed = parse(&expansion.text, "");
    let is_well_formed = parsed.problems.is_empty();
    sink.extend(problems::findings(parsed.problems, &parsed.slips, model));
    let context = Context::new(&expansion.references);
    let mut document = Document { entities: entities(&expansion), ..Document::default() };
    match parsed.nodes.iter().find_map(Node::element) {
        None => sink.push(not_a_xep(sources.whole(file).at_start(), "there is no XML element in this file".into())),
        Some(root) if root.name.local != "xep" => {
            sink.push(not_a_xep(
                root.name_span,
                format!("the root element is `<{}>`, not `<xep>`", root.written_name()),
            ));
        }
        Some(root) if is_well_formed => sink.extend(grammar::findings(sources, model, root)),
        Some(_) => {}
    }
    context.document(&parsed.nodes, &mut document);
    document
}

/// Nodes as running text, without a look at where they come from.
pub fn inlines(nodes: &[Node]) -> Vec<Inline> {
    Context::default().inlines(nodes)
}

/// Nodes as blocks, without a look at where they come from. [`fragment`] expands entities first.
pub fn blocks(nodes: &[Node]) -> Vec<Block> {
    Context::default().blocks(nodes, blocks::Loose::Mixed)
}

/// Reads a piece of XEP-XML that stands in another document, whose own entities are `entities`.
pub fn fragment(
    text: &MappedText,
    entities: &[Entity],
    shared: Option<&SharedEntities>,
    sink: &mut Sink,
) -> Vec<Block> {
    let entities = entities.iter().map(|entity| (entity.name.clone(), entity.value.clone(), entity.span));
    let local = Declarations::new(entities);
    let (text, references) = expand_fragment(text, &local, surroundings(shared), sink);
    let parsed = parse(&text, "");
    sink.extend(problems::findings(parsed.problems, &parsed.slips, crate::xml::content_model::xep()));
    Context::new(&references).blocks(&parsed.nodes, blocks::Loose::Mixed)
}

fn surroundings(shared: Option<&SharedEntities>) -> Surroundings<'_> {
    Surroundings { shared: shared.map(SharedEntities::catalogue), fallback: &series::replacement }
}

fn entities(expansion: &Expansion) -> Vec<Entity> {
    let entity = |declared: &Declaration| Entity {
        name: declared.name.clone(),
        value: declared.value.clone(),
        span: declared.span,
    };
    expansion.local.iter().filter(|declared| declared.replacement.is_some()).map(entity).collect()
}

fn not_a_xep(span: Span, message: String) -> Finding {
    Finding::new("not-a-xep", span, message).help("a XEP is a `<xep>` that holds a `<header>` and its sections")
}

/// What the nodes before the root of a XEP say about its stylesheet; the first word counts.
fn stylesheet(before: &[Node], root: &Element) -> Stylesheet {
    let named = before.iter().find_map(|node| match node {
        Node::Instruction(target, text) if target == "xml-stylesheet" => {
            Some(Stylesheet::Named { text: text.text.clone(), span: text.span })
        }
        _ => None,
    });
    match root.name.local.as_str() {
        "xep" => named.unwrap_or(Stylesheet::Missing(root.start_tag)),
        _ => Stylesheet::Unsaid,
    }
}

/// What the conversion of a tree looks things up in.
#[derive(Clone, Default)]
struct Context<'a> {
    /// The references that are kept as references, by their place.
    references: HashMap<Span, &'a Reference>,
}

impl<'a> Context<'a> {
    /// The document's own entities that stand for characters alone are no more than a way to write these characters.
    fn new(references: &'a [Reference]) -> Context<'a> {
        let is_kept = |reference: &&Reference| reference.kind != ReferenceKind::Text || !reference.is_local;
        let kept = references.iter().filter(is_kept);
        Context { references: kept.map(|reference| (reference.span, reference)).collect() }
    }

    /// The reference that a part of the tree came out of, whole.
    fn home(&self, span: Span) -> Option<&'a Reference> {
        self.references.get(&span).copied()
    }

    /// The context for what is inside of a reference, where nothing is taken for one.
    fn inside(&self) -> Context<'a> {
        Context::default()
    }

    /// The context for what an element holds.
    fn within(&self, element: &Element) -> std::borrow::Cow<'_, Context<'a>> {
        match self.home(element.span) {
            Some(_) => std::borrow::Cow::Owned(self.inside()),
            None => std::borrow::Cow::Borrowed(self),
        }
    }

    fn document(&self, nodes: &[Node], document: &mut Document) {
        let mut has_root = false;
        for (at, node) in nodes.iter().enumerate() {
            let before = nodes.get(..at).unwrap_or_default();
            match node {
                Node::Element(root) if !has_root => {
                    has_root = true;
                    document.header.stylesheet = stylesheet(before, root);
                    self.root(root, document);
                }
                Node::Instruction(target, _) if target == "xml-stylesheet" => {}
                Node::Instruction(target, text) if target == "profiles" => {
                    document.header.profiles = Some(directives::names(&text.text));
                }
                node => document.body.extend(self.blocks(std::slice::from_ref(node), blocks::Loose::Unmixed)),
            }
        }
    }

    fn root(&self, root: &Element, document: &mut Document) {
        let is_header = |node: &Node| node.element().is_some_and(|element| element.name.local == "header");
        let header = root.children.iter().position(is_header);
        let rest = match header {
            Some(at) => {
                if let Some(header) = root.children.get(at).and_then(Node::element) {
                    let left = self.header(header, &mut document.header);
                    document.body.extend(self.blocks(&left, blocks::Loose::Unmixed));
                }
                let before = root.children.get(..at).unwrap_or_default();
                document.body.extend(self.blocks(before, blocks::Loose::Unmixed));
                root.children.get(at + 1..).unwrap_or_default()
            }
            None => root.children.as_slice(),
        };
        document.body.extend(self.blocks(rest, blocks::Loose::Unmixed));
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
