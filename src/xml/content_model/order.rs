//! Child elements held against their order.

use super::automaton::{Automaton, State};
use super::{Element, Span, Violation, ViolationKind};
use std::borrow::Cow;

/// The children of an element on their way through its automaton.
struct Order<'a> {
    name: &'a str,
    element: &'a Element,
    automaton: &'a Automaton,
    children: &'a [(&'a Element, Cow<'a, str>)],
    state: State,
    /// The last child that stands in a wrong place.
    misplaced: Option<usize>,
    /// What was lacking somewhere, and is to be told of where it stands.
    late: Vec<String>,
    found: &'a mut Vec<Violation>,
}

/// Holds the children of an element that `is_declared` against its automaton. What may not stand there is left out, so that
/// one slip is one violation.
pub(super) fn hold(
    automaton: &Automaton,
    name: &str,
    element: &Element,
    is_declared: impl Fn(&str) -> bool,
    found: &mut Vec<Violation>,
) {
    let children = element.elements().map(|child| (child, child.written()));
    let children: Vec<_> = children.filter(|(_, written)| is_declared(written)).collect();
    let state = automaton.start();
    let before = found.len();
    let mut order =
        Order { name, element, automaton, children: &children, state, misplaced: None, late: Vec::new(), found };
    for (at, (child, written)) in children.iter().enumerate() {
        order.child(at, child, written);
    }
    order.end();
    let late = order.late;
    if found.len() == before && !late.is_empty() {
        // It may stand where it does as well.
        let (kind, related) = (ViolationKind::Missing(late), Some(element.start_tag));
        found.push(Violation { kind, element: name.to_owned(), span: element.name_span, related });
    }
}

impl Order<'_> {
    fn child(&mut self, at: usize, child: &Element, written: &str) {
        if let Some(next) = self.automaton.step(&self.state, written) {
            self.state = next;
            return;
        }
        let around = self.element.start_tag;
        if !self.automaton.knows(written) {
            self.tell(ViolationKind::Misplaced(written.to_owned()), child.name_span, around);
            return;
        }
        let (before, behind) = self.children.split_at(at);
        let Some((lacking, next)) = self.automaton.path(&self.state, Some(written)) else {
            let same = before.iter().rev().find(|(_, other)| other == written);
            let last = before.last().map_or(around, |(other, _)| other.start_tag);
            match same {
                Some((first, _)) if !self.goes_on(at) => {
                    self.tell(ViolationKind::Repeated(written.to_owned()), child.name_span, first.start_tag);
                }
                _ => self.misplace(at, child, last),
            }
            return;
        };
        // What is lacking here and stands before was told there.
        let mut late = Vec::new();
        let mut absent = Vec::new();
        for one in lacking {
            match self.children.iter().rposition(|(_, other)| *other == one) {
                Some(place) if place > at => late.push(one),
                Some(_) => {}
                None => absent.push(one),
            }
        }
        // Either this one stands too early, or what is lacking too late: whichever moves less.
        let until = behind.iter().position(|(_, other)| late.iter().any(|one| one == other)).unwrap_or(0);
        if !late.is_empty() && late.len() >= until {
            self.misplace(at, child, around);
            return;
        }
        if !absent.is_empty() {
            self.tell(ViolationKind::Missing(absent), child.name_span, around);
        }
        self.late.extend(late);
        self.state = next;
    }

    /// Whether a child of the same name right before stands in a wrong place as well: several in a row are told once.
    fn goes_on(&self, at: usize) -> bool {
        let Some(last) = self.misplaced.filter(|last| last + 1 == at) else { return false };
        let name = |at: usize| self.children.get(at).map(|(_, written)| written);
        name(last) == name(at)
    }

    fn misplace(&mut self, at: usize, child: &Element, related: Span) {
        if !self.goes_on(at) {
            self.tell(ViolationKind::OutOfOrder(child.written().into_owned()), child.name_span, related);
        }
        self.misplaced = Some(at);
    }

    fn end(&mut self) {
        let Some((missing, _)) = self.automaton.path(&self.state, None) else { return };
        let stands = |wanted: &String| self.children.iter().any(|(_, child)| child == wanted);
        let missing: Vec<String> = missing.into_iter().filter(|one| !stands(one)).collect();
        if !missing.is_empty() {
            self.tell(ViolationKind::Missing(missing), self.element.name_span, self.element.start_tag);
        }
    }

    fn tell(&mut self, kind: ViolationKind, span: Span, related: Span) {
        self.found.push(Violation { kind, element: self.name.to_owned(), span, related: Some(related) });
    }
}
