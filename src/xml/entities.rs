//! Entities: from a XEP as it stands in its file to XML without a document type, every byte of which leads back.
//!
//! XEPs declare entities in the internal subset and load the series' own (`xep.ent`) by a parameter entity. No library reads
//! that and keeps the places, so this module does: one pass over the declarations (`subset`), one over the content
//! (`scan`). What came out of a reference stands for the *outermost* reference in the author's file.
//!
//! Nothing is ever fetched: the caller hands over what `xep.ent` declares, and any other external identifier is a finding.

use crate::finding::{Finding, Sink};
use crate::source::{FileId, MappedText, Sources, Span};
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

mod scan;
mod subset;

pub use scan::{Place, references};
pub use subset::{Catalogue, Declaration, Declarations, catalogue};

/// How many bytes all entities of a document together may expand to. Real ones stay below a twentieth of it.
pub const MAX_EXPANSION: usize = 8 << 20;

/// How deep entities may stand inside entities.
pub const MAX_DEPTH: usize = 32;

/// How many further uses of an undeclared entity are shown.
const MAX_PLACES: usize = 8;

/// A document without its entities.
#[derive(Debug, Default)]
pub struct Expansion {
    /// XML without a document type and without references to general entities other than the five that XML knows.
    pub text: MappedText,
    /// The references of the author's file that were replaced or left standing, in order.
    pub references: Vec<Reference>,
    /// The general entities that the file declares itself, in order.
    pub local: Vec<Declaration>,
}

/// A reference in the author's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The entity's name.
    pub name: String,
    /// The reference, from `&` to `;`.
    pub span: Span,
    /// What became of it.
    pub kind: ReferenceKind,
    /// Whether the document itself declares the entity.
    pub is_local: bool,
}

/// What became of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// It stands for characters alone.
    Text,
    /// It stands for markup.
    Markup,
    /// Nobody declares the entity, or it breaks a bound: the text shows `&name;`.
    Unknown,
}

/// Where entities come from that the file does not declare.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What the series' `xep.ent` declares, if there is one.
    pub shared: Option<&'a Catalogue>,
    /// The replacement text of entities that a missing `xep.ent` would declare. Asked only where one was asked for and is
    /// not there.
    pub fallback: &'a dyn Fn(&str) -> Option<String>,
}

/// Expands the entities of a file.
pub fn expand(sources: &Sources, file: FileId, around: Surroundings<'_>, sink: &mut Sink) -> Expansion {
    let whole = MappedText::verbatim(sources, sources.whole(file));
    let prolog = subset::prolog(whole.as_str(), file, around.shared, sink);
    let shared = around.shared.filter(|_| prolog.shared);
    let mut expander = Expander::new(Surroundings { shared, ..around }, &prolog.declarations, prolog.complete);
    let mut out = MappedText::with_capacity(whole.len());
    let bom = if whole.as_str().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let doctype = prolog.doctype.clone().unwrap_or(bom..bom);
    out.push_mapped(&whole, bom..doctype.start);
    expander.content(&mut out, &whole, doctype.end);
    let references = expander.finish(sink);
    Expansion { text: out.into_shared(), references, local: prolog.declarations.into_list() }
}

/// Expands the entities of a piece of XML that stands in another document, whose own entities are `local`.
///
/// An entity that nobody declares is passed over in silence, unless its name is a slip of the pen of one that is declared.
pub fn expand_fragment(
    text: &MappedText,
    local: &Declarations,
    around: Surroundings<'_>,
    sink: &mut Sink,
) -> (MappedText, Vec<Reference>) {
    let mut expander = Expander::new(around, local, false);
    let mut out = MappedText::new();
    expander.content(&mut out, text, 0);
    (out, expander.finish(sink))
}

/// The full replacement text of one entity of a catalogue, with the entities inside of it replaced.
pub fn replacement(catalogue: &Catalogue, name: &str) -> Option<String> {
    let around = Surroundings { shared: Some(catalogue), fallback: &|_| None };
    let none = Declarations::default();
    Expander::new(around, &none, true).expand(name, 0).ok().map(|expanded| expanded.text.clone())
}

/// Replacement text with all entities inside replaced.
struct Expanded {
    text: String,
}

impl Expanded {
    fn is_markup(&self) -> bool {
        self.text.contains('<')
    }
}

/// Why an entity has no replacement text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Failure {
    Undeclared,
    /// Declared outside, and never followed; a finding says so at the declaration.
    External,
    Recursive,
    TooDeep,
    TooLarge,
}

/// An undeclared entity and where it is used.
struct Undeclared {
    name: String,
    places: Vec<Span>,
    /// The entity of the author's file whose replacement text uses it.
    inside: Option<String>,
}

struct Expander<'a> {
    around: Surroundings<'a>,
    local: &'a Declarations,
    /// Whether everything that declares entities was read.
    complete: bool,
    memo: HashMap<String, Result<Rc<Expanded>, Failure>>,
    open: Vec<String>,
    produced: usize,
    references: Vec<Reference>,
    undeclared: Vec<Undeclared>,
    undeclared_by_name: HashMap<String, usize>,
    /// Undeclared entities inside of the entity that is expanded, which have no place yet.
    placeless: Vec<usize>,
    findings: Vec<Finding>,
    bounds: Vec<String>,
}

impl<'a> Expander<'a> {
    fn new(around: Surroundings<'a>, local: &'a Declarations, complete: bool) -> Expander<'a> {
        Expander {
            around,
            local,
            complete,
            memo: HashMap::new(),
            open: Vec::new(),
            produced: 0,
            references: Vec::new(),
            undeclared: Vec::new(),
            undeclared_by_name: HashMap::new(),
            placeless: Vec::new(),
            findings: Vec::new(),
            bounds: Vec::new(),
        }
    }

    /// Copies the content from `start` on, with references replaced.
    fn content(&mut self, out: &mut MappedText, text: &MappedText, start: usize) {
        let content = text.as_str().get(start..).unwrap_or("");
        let mut copied = start;
        for found in references(content) {
            let range = start + found.range.start..start + found.range.end;
            let Some(span) = text.span(range.clone()) else { continue };
            out.push_mapped(text, copied..range.start);
            copied = range.end;
            self.outermost(out, found.name, found.place, span);
        }
        out.push_mapped(text, copied..text.len());
    }

    /// Leaves all findings; answers the references.
    fn finish(self, sink: &mut Sink) -> Vec<Reference> {
        sink.extend(self.findings);
        let shared = || self.around.shared.into_iter().flat_map(Catalogue::names);
        let found = self.undeclared.into_iter();
        sink.extend(found.filter_map(|found| found.finding(self.complete, self.local.names().chain(shared()))));
        self.references
    }

    fn outermost(&mut self, out: &mut MappedText, name: &str, place: Place, span: Span) {
        let kind = match self.expand(name, 0).and_then(|expanded| self.spend(&expanded).map(|()| expanded)) {
            Ok(expanded) => {
                self.put(out, name, &expanded, place, span);
                if expanded.is_markup() { ReferenceKind::Markup } else { ReferenceKind::Text }
            }
            Err(failure) => {
                out.push_standing_for(&format!("&amp;{name};"), span);
                self.report(name, failure, span);
                ReferenceKind::Unknown
            }
        };
        self.report_inner(span);
        let is_local = self.local.get(name).is_some();
        self.references.push(Reference { name: name.to_owned(), span, kind, is_local });
    }

    fn put(&mut self, out: &mut MappedText, name: &str, expanded: &Expanded, place: Place, span: Span) {
        if expanded.text.is_empty() {
            return;
        }
        if place == Place::Content {
            out.push_standing_for(&expanded.text, span);
            return;
        }
        if expanded.is_markup() {
            let message = format!("`&{name};` stands for markup, which an attribute cannot hold");
            self.findings.push(self.show_declaration(Finding::new("malformed-xml", span, message), name));
        }
        out.push_standing_for(&scan::in_attribute(&expanded.text), span);
    }

    /// Counts what a reference puts into the document.
    fn spend(&mut self, expanded: &Expanded) -> Result<(), Failure> {
        self.produced = self.produced.saturating_add(expanded.text.len());
        if self.produced > MAX_EXPANSION { Err(Failure::TooLarge) } else { Ok(()) }
    }

    fn expand(&mut self, name: &str, depth: usize) -> Result<Rc<Expanded>, Failure> {
        if let Some(known) = self.memo.get(name) {
            return known.clone();
        }
        if self.open.iter().any(|open| open == name) {
            return Err(Failure::Recursive);
        }
        if depth >= MAX_DEPTH {
            return Err(Failure::TooDeep);
        }
        let value = self.value(name)?;
        self.open.push(name.to_owned());
        let expanded = self.expand_value(&value, depth);
        self.open.pop();
        self.memo.insert(name.to_owned(), expanded.clone());
        expanded
    }

    fn expand_value(&mut self, value: &str, depth: usize) -> Result<Rc<Expanded>, Failure> {
        let mut text = String::new();
        let mut copied = 0;
        for found in references(value) {
            text.push_str(value.get(copied..found.range.start).unwrap_or(""));
            copied = found.range.end;
            match self.expand(found.name, depth + 1) {
                Ok(inner) if found.place == Place::Content => text.push_str(&inner.text),
                Ok(inner) => text.push_str(&scan::in_attribute(&inner.text)),
                Err(Failure::Undeclared) => {
                    self.undeclared_inside(found.name);
                    text.push_str(&format!("&amp;{};", found.name));
                }
                Err(failure) => return Err(failure),
            }
            if self.produced.saturating_add(text.len()) > MAX_EXPANSION {
                return Err(Failure::TooLarge);
            }
        }
        text.push_str(value.get(copied..).unwrap_or(""));
        let expanded = Expanded { text };
        self.spend(&expanded)?;
        Ok(Rc::new(expanded))
    }

    /// The replacement text of an entity, with the references in it still standing.
    fn value(&self, name: &str) -> Result<String, Failure> {
        if let Some(declaration) = self.local.get(name) {
            return declaration.replacement.clone().ok_or(Failure::External);
        }
        match self.around.shared.filter(|shared| shared.holds(name)) {
            Some(shared) => shared.replacement(name).map(Cow::into_owned).ok_or(Failure::External),
            None if self.complete => Err(Failure::Undeclared),
            None => (self.around.fallback)(name).ok_or(Failure::Undeclared),
        }
    }

    fn report(&mut self, name: &str, failure: Failure, span: Span) {
        let reason = match failure {
            Failure::External => return,
            Failure::Undeclared => return self.undeclared_at(name, span),
            Failure::Recursive => format!("the entity `{name}` stands for itself, over and over"),
            Failure::TooDeep => format!("the entity `{name}` nests more than {MAX_DEPTH} entities"),
            Failure::TooLarge => format!("entities stand for more than {MAX_EXPANSION} bytes at `&{name};`"),
        };
        // A document that is too large is so at every reference that follows.
        let cause = if failure == Failure::TooLarge { String::new() } else { name.to_owned() };
        if !self.bounds.contains(&cause) {
            self.bounds.push(cause);
            let finding = Finding::new("entity-bound", span, reason).label("left as it stands");
            self.findings.push(self.show_declaration(finding, name));
        }
    }

    fn show_declaration(&self, finding: Finding, name: &str) -> Finding {
        match self.local.get(name) {
            Some(declaration) => finding.related(declaration.span, "declared here"),
            None => finding,
        }
    }

    fn undeclared_at(&mut self, name: &str, span: Span) {
        let at = self.undeclared_named(name, None);
        if let Some(found) = self.undeclared.get_mut(at) {
            found.places.push(span);
        }
    }

    /// Notes an undeclared entity in replacement text; its place follows in `report_inner`.
    fn undeclared_inside(&mut self, name: &str) {
        let before = self.undeclared.len();
        let at = self.undeclared_named(name, self.open.first().cloned());
        if at == before {
            self.placeless.push(at);
        }
    }

    fn undeclared_named(&mut self, name: &str, inside: Option<String>) -> usize {
        if let Some(&at) = self.undeclared_by_name.get(name) {
            return at;
        }
        let at = self.undeclared.len();
        self.undeclared_by_name.insert(name.to_owned(), at);
        self.undeclared.push(Undeclared { name: name.to_owned(), places: Vec::new(), inside });
        at
    }

    /// Gives what was found inside of entities its place: the reference in the author's file.
    fn report_inner(&mut self, span: Span) {
        for at in self.placeless.drain(..) {
            if let Some(found) = self.undeclared.get_mut(at) {
                found.places.insert(0, span);
            }
        }
    }
}

impl Undeclared {
    /// The finding, unless what was not read may declare it: then only a slip of the pen is one.
    fn finding<'a>(self, complete: bool, known: impl Iterator<Item = &'a str>) -> Option<Finding> {
        let near = known.filter(|known| is_near(&self.name, known)).min();
        if !complete && near.is_none() {
            return None;
        }
        let (first, others) = self.places.split_first()?;
        let mut finding =
            Finding::new("undeclared-entity", *first, format!("the entity `{}` is not declared", self.name));
        if let Some(inside) = self.inside {
            finding = finding.note(format!("it stands inside of the entity `{inside}`"));
        }
        for other in others.iter().take(MAX_PLACES) {
            finding = finding.related(*other, "and here");
        }
        if others.len() > MAX_PLACES {
            finding = finding.note(format!("it is used {} times", self.places.len()));
        }
        Some(finding.help(match near {
            Some(near) => format!("`&{near};` is declared; or write `&amp;` for the character"),
            None => {
                "declare it in the document type, load the series' entities with `<!ENTITY % ents SYSTEM 'xep.ent'> \
                 %ents;`, or write `&amp;` for the character"
                    .into()
            }
        }))
    }
}

/// Whether one name is a slip of the pen of the other: one character added, missing, other, or two swapped.
fn is_near(name: &str, known: &str) -> bool {
    let (short, long) = if name.len() <= known.len() { (name, known) } else { (known, name) };
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if long.len() < 3 || long.len() - short.len() > 1 || short == long {
        return false;
    }
    // Numbers differ by one on purpose: `xep0384` is no slip of `xep0374`.
    if long.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &[u8], skip: usize| bytes.get(head + skip..).unwrap_or_default().to_vec();
    if short.len() < long.len() {
        return rest(short, 0) == rest(long, 1);
    }
    let swapped = short.get(head) == long.get(head + 1) && short.get(head + 1) == long.get(head);
    rest(short, 1) == rest(long, 1) || swapped && rest(short, 2) == rest(long, 2)
}

#[cfg(test)]
mod tests;
