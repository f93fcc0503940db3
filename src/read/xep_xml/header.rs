//! The header.

use super::Context;
use super::blocks::Loose;
use super::directives::names;
use super::inlines::{all_text, is_blank};
use crate::document::{Author, Field, Header, Legal, LegalParts, Revision};
use crate::read::series;
use crate::source::MappedText;
use crate::xml::entities::ReferenceKind;
use crate::xml::tree::Text;
use crate::xml::{Element, Node};

impl<'a> Context<'a> {
    /// Reads the header; answers what has no place in one.
    pub(super) fn header(&self, element: &Element, header: &mut Header) -> Vec<Node> {
        let mut left = Vec::new();
        for node in &element.children {
            match node {
                Node::Element(field) if self.field(field, header) => self.leftovers(field, &mut left),
                Node::Instruction(target, text) if target == "profiles" => header.profiles = Some(names(&text.text)),
                Node::Text(text) => left.extend(self.unknown_references(text, header)),
                node => left.push(node.clone()),
            }
        }
        left
    }

    /// What stands in a field and has no place in the header: comments, and elements that do not belong there.
    fn leftovers(&self, field: &Element, left: &mut Vec<Node>) {
        if self.home(field.span).is_some() || field.name.local == "legal" {
            return;
        }
        let (known, may_repeat) = parts_of(&field.name.local);
        let mut seen = Vec::new();
        for node in &field.children {
            match node {
                Node::Element(part) if known.contains(&part.name.local.as_str()) => {
                    let is_second = seen.contains(&part.name.local.as_str()) && !may_repeat;
                    match is_second {
                        true => left.push(node.clone()),
                        false if part.name.local == "remark" => {}
                        false => self.leftovers(part, left),
                    }
                    seen.push(part.name.local.as_str());
                }
                // The text of a field without parts is its value, whatever elements stand around it.
                Node::Element(inner) if known.is_empty() => self.leftovers(inner, left),
                Node::Text(_) if known.is_empty() || is_blank([node]) => {}
                node => left.push(node.clone()),
            }
        }
    }

    /// Takes a field in; answers whether the header has one of that name that is still free.
    fn field(&self, element: &Element, header: &mut Header) -> bool {
        let field = || field(element);
        let single = match element.name.local.as_str() {
            "title" => &mut header.title,
            "abstract" => &mut header.abstract_,
            "number" => &mut header.number,
            "status" => &mut header.status,
            "type" => &mut header.type_,
            "sig" => &mut header.sig,
            "shortname" => &mut header.shortname,
            _ => return self.repeated_field(element, header),
        };
        let is_free = single.whole().is_none();
        if is_free {
            *single = field();
        }
        is_free
    }

    fn repeated_field(&self, element: &Element, header: &mut Header) -> bool {
        match element.name.local.as_str() {
            "legal" => header.legal = self.legal(element),
            "lastcall" => header.last_calls.push(field(element)),
            "interim" => header.interim = true,
            "approver" => header.approvers.push(field(element)),
            "dependencies" => header.dependencies.extend(fields(element, "spec")),
            "supersedes" => header.supersedes.extend(fields(element, "spec")),
            "supersededby" => header.superseded_by.extend(fields(element, "spec")),
            "tags" => header.tags.get_or_insert_default().extend(fields(element, "tag")),
            "schemaloc" => header.schema_locations.push((optional(element, "ns"), part(element, "url"))),
            "registry" => header.registry = true,
            "author" => {
                let entity = self.home(element.span).map(|home| home.name.clone());
                header.authors.push(Author { entity, ..author(element) });
            }
            "revision" => header.revisions.push(self.revision(element)),
            name => return optional_field(name, element, header),
        }
        true
    }

    fn legal(&self, element: &Element) -> Legal {
        let parts = legal_parts(element);
        match self.home(element.span) {
            Some(home) => Legal::Reference { entity: home.name.clone(), parts },
            None => Legal::Parts(parts.0),
        }
    }

    fn revision(&self, element: &Element) -> Revision {
        let remark = element.elements().find(|part| part.name.local == "remark");
        Revision {
            version: part(element, "version"),
            date: part(element, "date"),
            initials: part(element, "initials"),
            remark: remark.map(|remark| self.blocks(&remark.children, Loose::Mixed)).unwrap_or_default(),
        }
    }

    /// Takes references that nobody declares for authors or a legal notice; answers the text that is left.
    fn unknown_references(&self, text: &Text, header: &mut Header) -> Option<Node> {
        let mut left = MappedText::new();
        for (range, span, _) in text.text.pieces() {
            let home = self.home(span).filter(|home| home.kind == ReferenceKind::Unknown);
            match home.map(|home| home.name.clone()) {
                Some(entity) if series::is_legal(&entity) => {
                    header.legal = Legal::Reference { entity, parts: LegalParts::default() };
                }
                Some(entity) => header.authors.push(Author { entity: Some(entity), ..Author::default() }),
                None => left.push_mapped(&text.text, range),
            }
        }
        let node = Node::Text(Text { text: left, span: text.span });
        (!is_blank([&node])).then_some(node)
    }
}

/// The parts of a field by its name, and whether they may stand more than once. A field without parts holds text.
fn parts_of(field: &str) -> (&'static [&'static str], bool) {
    match field {
        "author" => (&["firstname", "surname", "authornote", "org", "email", "jid", "uri"], false),
        "revision" => (&["version", "date", "initials", "remark"], false),
        "schemaloc" => (&["ns", "url"], false),
        "dependencies" | "supersedes" | "supersededby" => (&["spec"], true),
        "tags" => (&["tag"], true),
        _ => (&[], true),
    }
}

fn optional_field(name: &str, element: &Element, header: &mut Header) -> bool {
    let single = match name {
        "discuss" => &mut header.discuss,
        "expires" => &mut header.expires,
        "councilnote" => &mut header.council_note,
        _ => return false,
    };
    let is_free = single.is_none();
    if is_free {
        *single = Some(field(element));
    }
    is_free
}

/// The parts of a legal notice.
pub(in crate::read) fn legal_parts(element: &Element) -> LegalParts {
    let part = |part: &Element| (part.name.local.clone(), super::inlines(&part.children));
    LegalParts(element.elements().map(part).collect())
}

/// An author written out.
pub(in crate::read) fn author(element: &Element) -> Author {
    Author {
        entity: None,
        first_name: part(element, "firstname"),
        surname: part(element, "surname"),
        note: element.elements().any(|part| part.name.local == "authornote"),
        org: optional(element, "org"),
        email: optional(element, "email"),
        jid: optional(element, "jid"),
        uri: optional(element, "uri"),
    }
}

/// The text of an element without the white space around it; where there is none, the place where it would stand.
fn field(element: &Element) -> Field {
    let trimmed = all_text(element).trimmed();
    match trimmed.is_empty() {
        true => MappedText::standing_for("", super::blocks::behind_start(element)),
        false => trimmed,
    }
}

fn optional(element: &Element, name: &str) -> Option<Field> {
    element.elements().find(|part| part.name.local == name).map(field)
}

fn part(element: &Element, name: &str) -> Field {
    optional(element, name).unwrap_or_else(|| MappedText::standing_for("", super::blocks::behind_start(element)))
}

fn fields(element: &Element, name: &str) -> Vec<Field> {
    element.elements().filter(|part| part.name.local == name).map(field).collect()
}
