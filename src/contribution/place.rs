//! Places in a document: sections, and elements in them.

use super::{DIGITS, Edit, Misfit, Step};
use crate::finding::Sink;
use crate::read::xep_xml::section_level;
use crate::source::{FileId, Sources, Span};
use crate::xml::entities::{Surroundings, expand};
use crate::xml::{Element, parse};
use crate::xmpp::hash::{Algorithm, to_hexadecimal};

/// A document as a tree of its own source. Entities of the series are left as they are.
pub(super) struct Tree<'s> {
    sources: &'s Sources,
    pub(super) file: FileId,
    pub(super) root: Element,
}

/// A place that an edit can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The section, by its anchor, else its number; none where the path starts at the root.
    pub section: Option<String>,
    /// The path from there, empty for the section itself.
    pub at: String,
    /// The hash of the element.
    pub hash: String,
    /// The element in the document.
    pub span: Span,
}

/// What an edit changes.
pub(super) struct Found<'t> {
    pub(super) element: &'t Element,
    /// Whether it is not where the edit says, but elsewhere in its section.
    pub(super) is_moved: bool,
}

/// A section and its number, such as `4.2`.
struct Section<'t> {
    element: &'t Element,
    number: String,
}

/// All places of a document that an edit can name, in the order of the document.
///
/// # Errors
/// When the file is not a XEP.
pub fn places(sources: &Sources, file: FileId) -> Result<Vec<Listed>, Misfit> {
    let tree = Tree::read(sources, file)?;
    let mut listed = Vec::new();
    tree.list(&tree.root, &None, "", &mut listed);
    for section in tree.sections() {
        let name = Some(section.element.value("anchor").map_or(section.number, str::to_owned));
        listed.push(tree.listed(section.element, &name, String::new()));
        tree.list(section.element, &name, "", &mut listed);
    }
    listed.sort_by_key(|place| (place.span.start, usize::MAX - place.span.end));
    Ok(listed)
}

impl<'s> Tree<'s> {
    pub(super) fn read(sources: &'s Sources, file: FileId) -> Result<Tree<'s>, Misfit> {
        let around = Surroundings { shared: None, fallback: &|_| None };
        let expanded = expand(sources, file, around, &mut Sink::default());
        let parsed = parse::parse(&expanded.text, "");
        let root = parsed.elements().find(|element| element.name.local == "xep").cloned();
        let span = sources.whole(file).at_start();
        let root = root.ok_or_else(|| {
            Misfit::new(span, "there is no element `<xep>` in this file", "name a XEP in the syntax of the XSF")
        })?;
        Ok(Tree { sources, file, root })
    }

    /// The hash of an element's source.
    pub(super) fn hash(&self, element: &Element) -> String {
        let words: Vec<&str> = self.sources.slice(element.span).split_ascii_whitespace().collect();
        let mut digits = to_hexadecimal(&Algorithm::Sha256.digest(words.join(" ").as_bytes()));
        digits.truncate(DIGITS);
        digits
    }

    /// The element that an edit names, if the edit was written for it.
    pub(super) fn find(&self, edit: &Edit) -> Result<Found<'_>, Misfit> {
        let section = match &edit.section {
            Some(name) => self.section(name, edit.span)?,
            None => &self.root,
        };
        let place = walk(section, &edit.at);
        let alike = self.alike(section, edit);
        let is_at_place = |element: &Element| place.is_some_and(|place| std::ptr::eq(place, element));
        match alike.as_slice() {
            [element] if is_at_place(element) => Ok(Found { element, is_moved: false }),
            [element] => Ok(Found { element, is_moved: true }),
            // Several elements say the same, so the one around it has to tell which is meant.
            several if edit.parent.is_some() || several.iter().any(|one| is_at_place(one)) => {
                self.by_parent(section, edit, several).map(|element| Found { element, is_moved: !is_at_place(element) })
            }
            _ => Err(self.missing(edit, place)),
        }
    }

    /// Of several elements that say the same, the one whose parent has the hash that the edit states.
    fn by_parent<'t>(&self, section: &'t Element, edit: &Edit, alike: &[&'t Element]) -> Result<&'t Element, Misfit> {
        let parents: Vec<(&Element, &Element)> =
            alike.iter().filter_map(|one| Some((*one, parent_of(section, one)?))).collect();
        let name = edit.name();
        let Some(hash) = &edit.parent else {
            let named = walk(section, &edit.at).and_then(|place| parent_of(section, place));
            let message = format!("{} elements of the section have the text of {name}", alike.len());
            let help = match named {
                Some(parent) => format!(
                    "add `parent = \"{}\"`, the hash of the `{}` around it, so that a moved one is not mistaken for it",
                    self.hash(parent),
                    parent.name.local
                ),
                None => "add `parent`, the hash of the element around it".into(),
            };
            return Err(Misfit::new(edit.span, message, help));
        };
        let mut found = parents.iter().filter(|(_, parent)| self.hash(parent) == *hash);
        // Where the element around it is as it was, so is the path in it.
        let place = walk(section, &edit.at);
        let at_place = found.clone().find(|(element, _)| place.is_some_and(|place| std::ptr::eq(place, *element)));
        if let Some((element, _)) = at_place {
            return Ok(element);
        }
        match (found.next(), found.next()) {
            (Some((element, _)), None) => Ok(element),
            (None, _) => Err(Misfit::new(
                edit.span,
                format!("the element around {name} is not the one that this edit was written for"),
                "read what is there now; `xep apply --places --to FILE` lists the hashes of all places",
            )),
            (Some(_), Some(_)) => Err(Misfit::new(
                edit.span,
                format!("several elements that say the same stand around {name}"),
                "name an element further out, and replace that",
            )),
        }
    }

    /// The first revision.
    pub(super) fn revision(&self) -> Option<&Element> {
        self.root.child("", "header")?.child("", "revision")
    }

    /// The elements below another one with the name and hash that an edit asks for.
    fn alike<'t>(&self, top: &'t Element, edit: &Edit) -> Vec<&'t Element> {
        let name = edit.at.last().map(|step| step.name.as_str());
        let is_alike = |element: &&Element| {
            let is_named = name.map_or(is_section(element), |name| element.name.local == name);
            is_named && self.hash(element) == edit.hash
        };
        top.descendants().into_iter().filter(is_alike).collect()
    }

    fn missing(&self, edit: &Edit, place: Option<&Element>) -> Misfit {
        let file = self.sources.get(self.file);
        let line = |element: &Element| file.position(element.span.start).line;
        let name = edit.name();
        let message = match place {
            Some(element) => {
                let (path, line, hash) = (file.path(), line(element), self.hash(element));
                format!("{name} ({path}:{line}) is not the text that this edit was written for: its hash is `{hash}`")
            }
            None => format!("{} has no {name}", file.path()),
        };
        let elsewhere: Vec<String> =
            self.alike(&self.root, edit).iter().map(|element| format!("line {}", line(element))).collect();
        let help = match elsewhere.is_empty() {
            true => "read what is there now, then write the edit and its hash again; `xep apply --places --to FILE` lists all places".into(),
            false => format!("the text is in {} now; name that place", elsewhere.join(" and ")),
        };
        Misfit::new(edit.span, message, help)
    }

    fn section(&self, name: &str, span: Span) -> Result<&Element, Misfit> {
        let sections = self.sections();
        let by_anchor: Vec<_> =
            sections.iter().filter(|section| section.element.value("anchor") == Some(name)).collect();
        let found = match by_anchor.is_empty() {
            true => sections.iter().filter(|section| section.number == name).collect(),
            false => by_anchor,
        };
        let path = self.sources.get(self.file).path();
        match found.as_slice() {
            [section] => Ok(section.element),
            [] => Err(Misfit::new(
                span,
                format!("{path} has no section `{name}`"),
                "name a section by its anchor, or by its number such as `4.2`",
            )),
            _ => Err(Misfit::new(
                span,
                format!("{} sections of {path} have the anchor `{name}`", found.len()),
                "name the section by its number, such as `4.2`",
            )),
        }
    }

    fn sections(&self) -> Vec<Section<'_>> {
        let mut found = Vec::new();
        sections_of(&self.root, "", &mut found);
        found
    }

    /// Lists what an element holds, sections aside.
    fn list(&self, parent: &Element, section: &Option<String>, path: &str, listed: &mut Vec<Listed>) {
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for child in parent.elements() {
            let count = counts.entry(child.name.local.as_str()).or_default();
            *count += 1;
            if is_section(child) {
                continue;
            }
            let step = format!("{path}{}{} {count}", if path.is_empty() { "" } else { " / " }, child.name.local);
            listed.push(self.listed(child, section, step.clone()));
            self.list(child, section, &step, listed);
        }
    }

    fn listed(&self, element: &Element, section: &Option<String>, at: String) -> Listed {
        Listed { section: section.clone(), at, hash: self.hash(element), span: element.span }
    }
}

impl Edit {
    /// Its place as people read it.
    pub(super) fn name(&self) -> String {
        let steps: Vec<String> = self.at.iter().map(|step| format!("{} {}", step.name, step.number)).collect();
        match (&self.section, steps.is_empty()) {
            (Some(section), true) => format!("section `{section}`"),
            (Some(section), false) => format!("`{}` in section `{section}`", steps.join(" / ")),
            (None, _) => format!("`{}`", steps.join(" / ")),
        }
    }
}

/// The element below another one in which an element stands.
fn parent_of<'t>(top: &'t Element, element: &Element) -> Option<&'t Element> {
    let holds = |one: &&'t Element| one.elements().any(|child| std::ptr::eq(child, element));
    std::iter::once(top).chain(top.descendants()).find(holds)
}

fn walk<'t>(from: &'t Element, steps: &[Step]) -> Option<&'t Element> {
    let child = |element: &'t Element, step: &Step| {
        element.elements().filter(|child| child.name.local == step.name).nth(step.number.checked_sub(1)?)
    };
    steps.iter().try_fold(from, child)
}

pub(super) fn is_section(element: &Element) -> bool {
    section_level(&element.name.local).is_some()
}

/// A tree that was parsed has a bounded depth.
fn sections_of<'t>(parent: &'t Element, number: &str, found: &mut Vec<Section<'t>>) {
    for (at, element) in parent.elements().filter(|element| is_section(element)).enumerate() {
        let number = match number {
            "" => format!("{}", at + 1),
            above => format!("{above}.{}", at + 1),
        };
        found.push(Section { element, number: number.clone() });
        sections_of(element, &number, found);
    }
}
