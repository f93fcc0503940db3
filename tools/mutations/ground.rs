//! Documents with the examples into which mistakes are injected.

use super::declared::Declared;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use xep::document::ListingKind;
use xep::example::{Example, Kind};
use xep::rule::maturity::INACTIVE;
use xep::schema::{SchemaSource, XSD};
use xep::source::Span;
use xep::workspace::{Loaded, Trial, Trials};
use xep::xml::{Attribute, Declaration, Element};

/// A document that is alive, examined as it stands.
pub struct Ground<'t> {
    /// The document.
    pub loaded: &'t Loaded,
    /// Its text.
    pub text: Arc<String>,
    /// What was found in it.
    pub trial: Trial,
    /// What its schemas declare.
    pub declared: Declared,
    /// The numbers of the examples that are right.
    clean: Vec<usize>,
}

/// A mistake: what is written in place of what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Injection {
    /// The bytes that are replaced, and by what; in order of place.
    pub edits: Vec<(Range<usize>, String)>,
    /// Other bytes of the document as it stood at which the mistake may be told as well.
    pub also: Vec<usize>,
}

impl Injection {
    /// One piece of text in place of another.
    pub fn new(range: Range<usize>, text: impl Into<String>) -> Injection {
        Injection { edits: vec![(range, text.into())], also: Vec::new() }
    }

    /// Something that is taken away.
    pub fn removal(range: Range<usize>) -> Injection {
        Injection::new(range, "")
    }

    /// The same with one more edit, behind the others.
    pub fn and(mut self, range: Range<usize>, text: impl Into<String>) -> Injection {
        self.edits.push((range, text.into()));
        self
    }

    /// The same, which may be told at another place as well.
    pub fn or_told_at(mut self, byte: usize) -> Injection {
        self.also.push(byte);
        self
    }

    /// The text with the mistake.
    pub fn made_in(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for (range, new) in &self.edits {
            out.push_str(text.get(at..range.start).unwrap_or(""));
            out.push_str(new);
            at = range.end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        out
    }

    /// Where a byte of the text with the mistake stood before; nothing for one that is new.
    pub fn before(&self, byte: usize) -> Option<usize> {
        let mut shift = 0isize;
        for (range, new) in &self.edits {
            let start = range.start.checked_add_signed(shift)?;
            if byte < start {
                break;
            }
            if byte < start + new.len() {
                return None;
            }
            shift += new.len() as isize - range.len() as isize;
        }
        byte.checked_add_signed(-shift)
    }

    /// The places of the mistake in the text that has it.
    pub fn places(&self) -> Vec<usize> {
        let mut places = Vec::new();
        let mut shift = 0isize;
        for (range, new) in &self.edits {
            places.extend(range.start.checked_add_signed(shift));
            shift += new.len() as isize - range.len() as isize;
        }
        places.extend(self.also.iter().map(|&byte| self.after(byte)));
        places
    }

    fn after(&self, byte: usize) -> usize {
        let before = self.edits.iter().filter(|(range, _)| range.end <= byte);
        let shift: isize = before.map(|(range, new)| new.len() as isize - range.len() as isize).sum();
        byte.saturating_add_signed(shift)
    }
}

impl<'t> Ground<'t> {
    /// The document as it stands; nothing for one that nobody works on.
    pub fn new(trials: &Trials, loaded: &'t Loaded) -> Option<Ground<'t>> {
        let text = trials.text(loaded);
        let trial = trials.examine(loaded, &text);
        let status = trial.examined.document.header.status.as_str().trim().to_owned();
        let is_inbox = Path::new(&loaded.path).parent().is_some_and(|folder| folder.ends_with("inbox"));
        if INACTIVE.contains(&status.as_str()) || is_inbox {
            return None;
        }
        let files = loaded.companions.files.iter().filter(|(name, _)| name.ends_with(".xsd"));
        let beside = files.flat_map(|(_, file)| SchemaSource::read(&whole(&trial, *file)));
        let codes = trial.examined.examples.iter().filter(|one| SchemaSource::seems_schema(one.text.as_str()));
        let own = codes.flat_map(|one| SchemaSource::read(&one.text));
        let schemas: Vec<SchemaSource> = beside.chain(own).collect();
        let clean = (0..trial.examined.examples.len()).filter(|at| is_clean(&trial, *at)).collect();
        Some(Ground { loaded, text, declared: Declared::of(&schemas), clean, trial })
    }

    /// The examples that are right: complete, written out in one piece, and without any finding.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.clean.iter().filter_map(|at| self.trial.examined.examples.get(*at))
    }

    /// All examples, those that are right and the others.
    pub fn all_examples(&self) -> &[Example] {
        &self.trial.examined.examples
    }

    /// The elements of the examples that are right.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.examples().flat_map(Example::elements).flat_map(Element::descendants)
    }

    /// The same, each with the element in which it stands.
    pub fn children(&self) -> impl Iterator<Item = (&Element, &Element)> {
        self.elements().flat_map(|parent| parent.elements().map(move |child| (parent, child)))
    }

    /// The elements at the top of the examples that are right, if they are stanzas of that name.
    pub fn roots<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.examples().flat_map(Example::elements).filter(move |root| root.name.is(xep::xml::CLIENT, name))
    }

    /// The bytes of the document.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The bytes of the name in the closing tag of an element, if it has one.
    pub fn end_name(&self, element: &Element) -> Option<Range<usize>> {
        let tag = self.end_tag(element)?;
        let name = element.written_name();
        let range = tag.start + 2..tag.start + 2 + name.len();
        (self.slice(range.clone()) == name).then_some(range)
    }

    /// The bytes of the closing tag of an element, if it has one.
    pub fn end_tag(&self, element: &Element) -> Option<Range<usize>> {
        if element.span.end == element.start_tag.end {
            return None;
        }
        let start = element.start_tag.end + self.slice(element.start_tag.end..element.span.end).rfind("</")?;
        Some(start..element.span.end)
    }

    /// The bytes of the name of an attribute.
    pub fn attribute_name(&self, attribute: &Attribute) -> Option<Range<usize>> {
        let length = attribute.name.local.len();
        let range = attribute.span.start..attribute.span.start + length;
        (attribute.prefix.is_none() && self.slice(range.clone()) == attribute.name.local).then_some(range)
    }

    /// The bytes of the value of an attribute, if it is written as it is meant.
    pub fn value(&self, attribute: &Attribute) -> Option<Range<usize>> {
        let range = bytes(attribute.value_span);
        (self.slice(range.clone()) == attribute.value.as_str()).then_some(range)
    }

    /// The bytes of the namespace in a declaration.
    pub fn namespace(&self, declaration: &Declaration) -> Option<Range<usize>> {
        let written = self.slice(bytes(declaration.span));
        let start = declaration.span.start + written.find(['\'', '"'])? + 1;
        let range = start..start + declaration.namespace.len();
        (self.slice(range.clone()) == declaration.namespace).then_some(range)
    }

    /// An attribute or a declaration with the white space before it.
    pub fn with_space(&self, span: Span) -> Range<usize> {
        let before = self.slice(0..span.start);
        let space = before.len() - before.trim_end().len();
        span.start - space..span.end
    }

    /// How often a text stands in the document.
    pub fn count(&self, text: &str) -> usize {
        self.text.matches(text).count()
    }
}

/// The bytes of a span.
pub fn bytes(span: Span) -> Range<usize> {
    span.start..span.end
}

/// How often each address stands in the examples of a document, without what follows the slash.
pub fn addresses(ground: &Ground<'_>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    let elements = ground.all_examples().iter().flat_map(Example::elements).flat_map(Element::descendants);
    for value in
        elements.flat_map(|element| ["from", "to", "jid", "by"].into_iter().filter_map(|name| element.value(name)))
    {
        *counts.entry(value.split('/').next().unwrap_or("").to_owned()).or_default() += 1;
    }
    counts
}

fn whole(trial: &Trial, file: xep::source::FileId) -> xep::source::MappedText {
    xep::source::MappedText::verbatim(&trial.sources, trial.sources.whole(file))
}

fn is_clean(trial: &Trial, at: usize) -> bool {
    let Some(example) = trial.examined.examples.get(at) else { return false };
    let is_shown = example.block == ListingKind::Example && example.kind == Kind::Complete && example.syntax == "xml";
    let is_whole = example.problems.is_empty() && example.parsed.elisions.is_empty() && !example.generated;
    let is_schema = example.elements().any(|root| root.name.namespace == XSD);
    let is_made = example.directives.get("seal").is_some();
    let is_verbatim = example.text.whole().is_some_and(|span| trial.sources.slice(span) == example.text.as_str());
    let mut findings = trial.examined.findings.iter();
    let is_told = findings.any(|finding| {
        let spans = finding.related.iter().map(|label| label.span).chain([finding.span]);
        finding.example.as_deref() == Some(&example.id) || spans.into_iter().any(|span| touches(span, example.span))
    });
    is_shown && is_whole && is_verbatim && !is_schema && !is_made && !is_told
}

fn touches(one: Span, other: Span) -> bool {
    one.file == other.file && one.start <= other.end && other.start <= one.end
}
