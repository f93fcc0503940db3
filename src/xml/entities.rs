//! Entities: from a XEP as it stands in its file to XML without a document type, every byte of which leads back.
//!
//! XEPs declare entities in the internal subset and load the series' own (`xep.ent`) by a parameter entity. No library reads
//! that and keeps the places, so this module does: one pass over the declarations ([`subset`]), one over the content
//! ([`scan`]). What came out of a reference stands for the *outermost* reference in the author's file.
//!
//! Nothing is ever fetched: the caller hands over what `xep.ent` declares, and any other external identifier is a finding.

use crate::finding::{Finding, Sink};
use crate::source::{FileId, MappedText, Sources, Span};
use std::collections::HashMap;
use std::rc::Rc;

mod scan;
mod subset;

pub use scan::{Place, references};
pub use subset::{Declaration, Declarations, declarations};

/// How many bytes all entities of a document together may expand to. Real ones stay below a twentieth of it.
pub const MAX_EXPANSION: usize = 8 << 20;

/// How deep entities may stand inside entities.
pub const MAX_DEPTH: usize = 32;

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
    pub shared: Option<&'a Declarations>,
    /// The replacement text of entities that a missing `xep.ent` would declare. Asked only where one was asked for and is
    /// not there.
    pub fallback: &'a dyn Fn(&str) -> Option<String>,
}

/// Expands the entities of a file.
pub fn expand(sources: &Sources, file: FileId, around: Surroundings<'_>, sink: &mut Sink) -> Expansion {
    let text = sources.get(file).text().clone();
    let prolog = subset::prolog(&text, file, around.shared, sink);
    let shared = around.shared.filter(|_| prolog.shared);
    let mut expander = Expander::new(Surroundings { shared, ..around }, &prolog.declarations, prolog.complete);
    let mut out = MappedText::new();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let doctype = prolog.doctype.clone().unwrap_or(bom..bom);
    push(&mut out, &text, file, bom, doctype.start);
    expander.document(&mut out, &text, file, doctype.end);
    let Expander { references, undeclared, findings, .. } = expander;
    sink.extend(findings);
    let known = || prolog.declarations.names().chain(shared.into_iter().flat_map(Declarations::names));
    sink.extend(undeclared.into_iter().filter_map(|found| found.finding(prolog.complete, known())));
    Expansion { text: out, references, local: prolog.declarations.into_list() }
}

fn push(out: &mut MappedText, text: &str, file: FileId, start: usize, end: usize) {
    if let Some(piece) = text.get(start..end).filter(|piece| !piece.is_empty()) {
        out.push_verbatim(piece, Span::new(file, start, end));
    }
}

/// The full replacement text of one entity of a set of declarations, with the entities inside of it replaced.
pub fn replacement(declarations: &Declarations, name: &str) -> Option<String> {
    let around = Surroundings { shared: Some(declarations), fallback: &|_| None };
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
            findings: Vec::new(),
            bounds: Vec::new(),
        }
    }

    /// Copies the content from `start` on, with references replaced.
    fn document(&mut self, out: &mut MappedText, text: &str, file: FileId, start: usize) {
        let content = text.get(start..).unwrap_or("");
        let mut copied = start;
        for found in references(content) {
            let span = Span::new(file, start + found.range.start, start + found.range.end);
            push(out, text, file, copied, span.start);
            copied = span.end;
            self.outermost(out, found.name, found.place, span);
        }
        push(out, text, file, copied, text.len());
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
        self.report_inner(name, span);
        self.references.push(Reference { name: name.to_owned(), span, kind });
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
        let shared = |name| self.around.shared.and_then(|shared| shared.get(name));
        let declared = self.local.get(name).or_else(|| shared(name));
        match declared {
            Some(declaration) => declaration.replacement.clone().ok_or(Failure::External),
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
        match self.undeclared.iter_mut().find(|found| found.name == name) {
            Some(found) => found.places.push(span),
            None => self.undeclared.push(Undeclared { name: name.to_owned(), places: vec![span], inside: None }),
        }
    }

    /// Notes an undeclared entity in replacement text; its place follows in `report_inner`.
    fn undeclared_inside(&mut self, name: &str) {
        if !self.undeclared.iter().any(|found| found.name == name) {
            let inside = self.open.first().cloned();
            self.undeclared.push(Undeclared { name: name.to_owned(), places: Vec::new(), inside });
        }
    }

    fn report_inner(&mut self, name: &str, span: Span) {
        for found in &mut self.undeclared {
            if found.places.is_empty() && found.inside.as_deref() == Some(name) {
                found.places.push(span);
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
        for other in others {
            finding = finding.related(*other, "and here");
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
    let (short, long): (Vec<char>, Vec<char>) = match name.len() <= known.len() {
        true => (name.chars().collect(), known.chars().collect()),
        false => (known.chars().collect(), name.chars().collect()),
    };
    if long.len() < 3 || long.len().saturating_sub(short.len()) > 1 || short == long {
        return false;
    }
    // Numbers differ by one on purpose: `xep0384` is no slip of `xep0374`.
    if long.iter().any(char::is_ascii_digit) {
        return false;
    }
    let head = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    let tail = |skip: usize| short.iter().skip(head + skip).eq(long.iter().skip(head + skip));
    let swapped = short.get(head).is_some()
        && short.get(head) == long.get(head + 1)
        && short.get(head + 1) == long.get(head)
        && tail(2);
    match short.len() == long.len() {
        true => tail(1) || swapped,
        false => short.iter().skip(head).eq(long.iter().skip(head + 1)),
    }
}

#[cfg(test)]
mod tests;
