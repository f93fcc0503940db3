//! Running text.

use super::Context;
use crate::document::{Attributes, Inline, Span_};
use crate::source::MappedText;
use crate::xml::entities::{Reference, ReferenceKind};
use crate::xml::{Element, Node};

/// A piece of running text that has one origin.
enum Atom<'t> {
    Text(MappedText),
    Node(&'t Node),
}

impl<'a> Context<'a> {
    /// Nodes as running text; what came out of one reference is gathered under it.
    pub(super) fn inlines(&self, nodes: &[Node]) -> Vec<Inline> {
        let atoms = self.atoms(nodes);
        let mut inlines = Vec::with_capacity(atoms.len());
        let mut atoms = atoms.into_iter().peekable();
        while let Some((home, atom)) = atoms.next() {
            let Some(home) = home else {
                inlines.push(self.inline(atom));
                continue;
            };
            let mut gathered = vec![self.inside().inline(atom)];
            while let Some((_, atom)) = atoms.next_if(|(next, _)| *next == Some(home)) {
                gathered.push(self.inside().inline(atom));
            }
            inlines.push(reference(home, gathered));
        }
        inlines
    }

    fn atoms<'t>(&self, nodes: &'t [Node]) -> Vec<(Option<&'a Reference>, Atom<'t>)> {
        let mut atoms = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Text(text) => self.text_atoms(&text.text, &mut atoms),
                node => atoms.push((self.home(node.span()), Atom::Node(node))),
            }
        }
        atoms
    }

    /// Splits text at the references that are kept.
    fn text_atoms<'t>(&self, text: &MappedText, atoms: &mut Vec<(Option<&'a Reference>, Atom<'t>)>) {
        if self.references.is_empty() {
            atoms.push((None, Atom::Text(text.clone())));
            return;
        }
        let mut own = 0;
        for (range, span, verbatim) in text.pieces() {
            let Some(home) = self.home(span).filter(|_| !verbatim) else { continue };
            if own < range.start {
                atoms.push((None, Atom::Text(text.slice(own..range.start))));
            }
            own = range.end;
            atoms.push((Some(home), Atom::Text(text.slice(range))));
        }
        if own < text.len() {
            atoms.push((None, Atom::Text(text.slice(own..text.len()))));
        }
    }

    fn inline(&self, atom: Atom<'_>) -> Inline {
        match atom {
            Atom::Text(text) => Inline::Text(text),
            Atom::Node(Node::Text(text)) => Inline::Text(text.text.clone()),
            Atom::Node(Node::Comment(text)) => Inline::Comment(text.text.clone()),
            Atom::Node(Node::Instruction(target, text)) => Inline::Instruction(target.clone(), text.text.clone()),
            Atom::Node(Node::Element(element)) => self.element(element),
        }
    }

    fn element(&self, element: &Element) -> Inline {
        let text = || self.inlines(&element.children);
        let bare = element.attributes.is_empty();
        match element.name.local.as_str() {
            "em" if bare => Inline::Emphasis(text()),
            "strong" if bare => Inline::Strong(text()),
            "tt" if bare => Inline::Code(text()),
            "note" if bare => Inline::Note(text()),
            "br" if bare && element.children.is_empty() => Inline::Break,
            "img" if element.children.is_empty() => Inline::Image(attributes(element, &[])),
            "link" if element.attributes.len() == 1 => match element.attribute("url") {
                Some(url) => Inline::Link { url: url.value.clone(), text: text() },
                None => self.other(element),
            },
            _ => self.other(element),
        }
    }

    fn other(&self, element: &Element) -> Inline {
        Inline::Element {
            name: element.written_name(),
            attributes: attributes(element, &[]),
            text: self.inlines(&element.children),
        }
    }
}

/// A reference. An unknown one shows itself.
pub(super) fn reference(home: &Reference, expansion: Vec<Inline>) -> Inline {
    let expansion = match home.kind {
        ReferenceKind::Unknown => vec![Inline::Text(MappedText::standing_for(format!("&{};", home.name), home.span))],
        _ => expansion,
    };
    Inline::Reference { name: home.name.clone(), expansion, span: Span_(home.span) }
}

/// The attributes of an element, without those of some names.
pub(super) fn attributes(element: &Element, without: &[&str]) -> Attributes {
    let kept = element.attributes.iter().filter(|attribute| !without.contains(&attribute.name.local.as_str()));
    kept.map(|attribute| {
        let name = match &attribute.prefix {
            Some(prefix) => format!("{prefix}:{}", attribute.name.local),
            None => attribute.name.local.clone(),
        };
        (name, attribute.value.clone())
    })
    .collect()
}

/// All text of an element and of those in it; an element without text gives the place where it would stand.
pub(super) fn all_text(element: &Element) -> MappedText {
    let mut text = MappedText::new();
    push_text(&element.children, &mut text);
    match text.is_empty() {
        true => MappedText::standing_for("", crate::source::Span { start: element.start_tag.end, ..element.start_tag }),
        false => text,
    }
}

fn push_text(nodes: &[Node], out: &mut MappedText) {
    for node in nodes {
        match node {
            Node::Text(text) if out.is_empty() => *out = text.text.clone(),
            Node::Text(text) => out.push_mapped(&text.text, 0..text.text.len()),
            Node::Element(element) => push_text(&element.children, out),
            Node::Comment(_) | Node::Instruction(..) => {}
        }
    }
}

/// Whether nodes are white space alone, as XML counts it: a no-break space is text.
pub(super) fn is_blank<'n>(nodes: impl IntoIterator<Item = &'n Node>) -> bool {
    nodes.into_iter().all(
        |node| matches!(node, Node::Text(text) if text.text.as_str().trim_matches([' ', '\t', '\r', '\n']).is_empty()),
    )
}
