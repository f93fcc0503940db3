//! Elements against schemas.

use super::elision::{beside_elision, is_placeholder};
use super::engine::{Fault, FaultKind, Left, Place, SchemaEngine, Scope, Validation};
use super::{SchemaSet, XSD, XsdEngine, wildcard, words};
use crate::finding::Finding;
use crate::source::Span;
use crate::xml::{Attribute, Element, Name, Node};

/// The sort of a [`Violation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ViolationKind {
    /// An element of a name that the schema of its namespace declares nowhere.
    UnknownElement,
    /// An element that is declared only within another one, but stands alone or where a wildcard asks for a declaration.
    NotDeclared,
    /// An attribute that the element does not have.
    UnknownAttribute,
    /// A required attribute that is not there.
    MissingAttribute,
    /// Children that are required and not there.
    MissingChild,
    /// A child that is known, but must not stand there: wrong order, or too many.
    UnexpectedChild,
    /// A child that is expected there, but of another namespace.
    WrongNamespace,
    /// A child that a wildcard of the content admits by its namespace, but the wildcard is used up.
    WildcardExhausted,
    /// An attribute whose value is wrong.
    InvalidAttributeValue,
    /// An element whose text is wrong.
    InvalidText,
    /// Text where no text may be.
    TextNotAllowed,
    /// Anything else.
    Other,
}

/// That a schema rather than the element may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// The place in the schema.
    pub span: Span,
    /// What to say there.
    pub message: String,
}

/// Something in an element that its schema forbids.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Its sort.
    pub kind: ViolationKind,
    /// The node that is wrong: the name of an element, an attribute, a value, a text.
    pub span: Span,
    /// One short sentence.
    pub message: String,
    /// The constraint of XML Schema that is broken.
    pub code: &'static str,
    /// What is wrong: the element or attribute by name.
    pub name: Name,
    /// The element in which it is wrong.
    pub parent: Name,
    /// Where the schema declares the element in which it is wrong, or the attribute.
    pub declared: Option<Span>,
    /// Where the schema demands an attribute that is missing, or would declare one that it does not know: the last attribute of
    /// the element's type, or its end.
    pub missing_from: Option<Span>,
    /// That the schema may be to blame, and where.
    pub blames_schema: Option<Blame>,
    /// Whether the node is of another namespace than the element in which it stands.
    pub foreign: bool,
    /// Whether the element in which it is wrong is shown abridged.
    pub beside_elision: bool,
    /// Whether what is wrong is white space alone.
    pub only_white_space: bool,
    /// Whether the value that is wrong stands for another one, as in `h='some-number'`.
    pub placeholder: bool,
}

impl Violation {
    /// The violation as a finding of a rule; the places in the schema are related.
    pub fn finding(&self, rule: &'static str) -> Finding {
        let mut finding = Finding::new(rule, self.span, self.message.clone());
        match (&self.blames_schema, self.declared) {
            (Some(blame), _) => finding = finding.related(blame.span, blame.message.clone()),
            (None, Some(declared)) => finding = finding.related(declared, "declared here"),
            (None, None) => {}
        }
        finding.note(format!("XML Schema 1.0, constraint `{}`", self.code))
    }
}

/// Whether what an element holds is shown abridged, found out once for all that is wrong in it one after the other.
#[derive(Default)]
struct Abridged<'e>(Option<(&'e Element, bool)>);

impl<'e> Abridged<'e> {
    fn is(&mut self, element: &'e Element) -> bool {
        if let Some((_, is)) = self.0.filter(|(last, _)| std::ptr::eq(*last, element)) {
            return is;
        }
        let is = beside_elision(element);
        self.0 = Some((element, is));
        is
    }
}

/// Holds elements against a set of schemas.
pub struct Validator<'s, E: SchemaEngine + 's = XsdEngine> {
    set: &'s SchemaSet<E>,
    validation: Option<E::Validation<'s>>,
}

impl<'s, E: SchemaEngine> Validator<'s, E> {
    pub(super) fn new(set: &'s SchemaSet<E>) -> Validator<'s, E> {
        Validator { set, validation: set.engine().map(E::validation) }
    }

    /// Everything in `element` that a schema forbids, in document order. Elements of namespaces without a schema are
    /// passed over, and what they hold is looked at.
    pub fn validate(&self, element: &Element) -> Vec<Violation> {
        let Some(validation) = &self.validation else { return Vec::new() };
        let mut violations = Vec::new();
        let mut open = vec![Left { element, scope: Scope::default(), told: false }];
        while let Some(Left { element, scope, told }) = open.pop() {
            let known = self.set.knows(&element.name.namespace);
            if !known || (told && !self.set.declares_globally(&element.name)) {
                let scope = scope.within(element);
                let told = told && known;
                open.extend(element.elements().map(|child| Left { element: child, scope: scope.clone(), told }));
                continue;
            }
            let knows = |namespace: &str| self.set.knows(namespace);
            let faults = validation.validate(element, &scope, &knows, &mut open);
            let mut abridged = Abridged::default();
            violations.extend(faults.iter().map(|fault| self.violation(fault, &mut abridged)));
        }
        violations.sort_by_key(|violation| (violation.span.file, violation.span.start, violation.kind));
        violations
    }

    fn violation<'e>(&self, fault: &Fault<'e>, abridged: &mut Abridged<'e>) -> Violation {
        let element = fault.element;
        let mut violation = Violation {
            kind: ViolationKind::Other,
            span: element.name_span,
            message: fault.message.clone(),
            code: fault.code,
            name: element.name.clone(),
            parent: element.name.clone(),
            declared: fault.declared.and_then(|place| self.span_at(place)),
            missing_from: None,
            blames_schema: None,
            foreign: false,
            beside_elision: abridged.is(element),
            only_white_space: false,
            placeholder: false,
        };
        match &fault.kind {
            FaultKind::Undeclared => self.undeclared(element, &mut violation),
            FaultKind::Child(child, expected) => self.wrong_child(fault, child, expected, &mut violation),
            FaultKind::Incomplete(expected) => incomplete(element, expected, &mut violation),
            FaultKind::UnknownAttribute(attribute, known) => {
                violation.blames_schema = self.form_default(fault, &attribute.name, known, "attributeFormDefault");
                violation.missing_from = fault.type_.and_then(|place| self.end_of_attributes(place));
                unknown_attribute(element, attribute, known, &mut violation);
            }
            FaultKind::MissingAttribute(name) => {
                violation.kind = ViolationKind::MissingAttribute;
                violation.missing_from = fault.type_.and_then(|place| self.attribute_of(place, &name.local));
                violation.name = name.clone();
                let name = words::names(std::slice::from_ref(name), "");
                violation.message = format!("`{}` lacks the attribute {name}", element.written_name());
            }
            FaultKind::AttributeValue(attribute) => {
                violation.kind = ViolationKind::InvalidAttributeValue;
                violation.span = attribute.value_span;
                violation.name = attribute.name.clone();
                violation.only_white_space = attribute.value.as_str().trim().is_empty();
                let value = attribute.value.as_str();
                violation.placeholder = is_placeholder(value, &attribute.name.local, built_in(&violation.message));
                violation.blames_schema = anchored_pattern(&violation);
            }
            FaultKind::Value => {
                let text = element.text();
                violation.placeholder =
                    is_placeholder(text.as_str(), &element.name.local, built_in(&violation.message));
                violation.blames_schema = anchored_pattern(&violation);
                wrong_value(element, &mut violation);
            }
            FaultKind::Text(number) => wrong_text(element, *number, &mut violation),
            FaultKind::Other => {}
        }
        violation
    }

    fn undeclared(&self, element: &Element, violation: &mut Violation) {
        let namespace = &element.name.namespace;
        let local = &element.name.local;
        if self.set.declares(&element.name) {
            violation.kind = ViolationKind::NotDeclared;
            violation.message = format!("`{local}` is declared only within another element of `{namespace}`");
        } else {
            violation.kind = ViolationKind::UnknownElement;
            violation.message = format!("the schema of `{namespace}` has no element `{local}`");
        }
    }

    fn wrong_child(&self, fault: &Fault<'_>, child: &Element, expected: &[Name], violation: &mut Violation) {
        let parent = fault.element;
        let written = parent.written_name();
        let foreign = child.name.namespace != parent.name.namespace;
        let is_of_other = foreign && expected.iter().any(|name| name.local == child.name.local);
        let local = match is_of_other {
            true => format!("{}` of `{}", child.name.local, child.name.namespace),
            false => child.name.local.clone(),
        };
        violation.span = child.name_span;
        violation.name = child.name.clone();
        violation.foreign = foreign;
        violation.kind = if is_of_other { ViolationKind::WrongNamespace } else { ViolationKind::UnexpectedChild };
        if let Some(blame) = self.exhausted_wildcard(fault, child) {
            violation.kind = ViolationKind::WildcardExhausted;
            violation.message = format!("`{local}` is one element too many in `{written}`");
            violation.blames_schema = Some(blame);
            return;
        }
        violation.blames_schema = self.form_default(fault, &child.name, expected, "elementFormDefault");
        if !violation.foreign && !self.set.declares(&child.name) {
            violation.kind = ViolationKind::UnknownElement;
        }
        let expected = words::names(expected, &parent.name.namespace);
        let again =
            parent.elements().take_while(|other| other.span != child.span).any(|other| other.name == child.name);
        violation.message = match (expected.is_empty(), again) {
            (false, _) => format!("`{local}` must not stand here in `{written}`; expected {expected}"),
            (true, true) => format!("`{written}` holds no further `{local}`"),
            (true, false) => format!("`{written}` holds no `{local}`"),
        };
    }

    /// The wildcard that would admit the child if it had not been used up by the ones before.
    fn exhausted_wildcard(&self, fault: &Fault<'_>, child: &Element) -> Option<Blame> {
        let (type_, target) = self.set.at(fault.type_?)?;
        let find = |reference: &Element, attribute: &str| self.set.component(reference, attribute, target);
        let (any, most) = wildcard::limited(type_, target, &child.name.namespace, &find)?;
        let before = fault.element.elements().take_while(|other| other.span != child.span);
        let used = before.filter(|other| wildcard::admits(any, target, &other.name.namespace)).count();
        let message = match most {
            1 => "this wildcard admits one element only".to_owned(),
            most => format!("this wildcard admits {most} elements only"),
        };
        (used >= most).then_some(Blame { span: any.start_tag, message })
    }

    /// Where the schema says, mostly by leaving it out, that local names have no namespace (or have one), and the element
    /// would be right if it said the opposite.
    fn form_default(&self, fault: &Fault<'_>, name: &Name, expected: &[Name], default: &str) -> Option<Blame> {
        let other =
            |known: &&Name| known.local == name.local && known.namespace.is_empty() != name.namespace.is_empty();
        expected.iter().find(other)?;
        let (schema, _) = self.set.at(Place { line: 1, ..fault.type_? })?;
        let span = schema.attribute(default).map_or(schema.name_span, |attribute| attribute.span);
        let message = match name.namespace.is_empty() {
            true => format!("`{default}` gives local names this namespace"),
            false => format!("without `{default}='qualified'` local names have no namespace"),
        };
        Some(Blame { span, message })
    }

    /// Where a type declares an attribute itself.
    fn attribute_of(&self, type_: Place, name: &str) -> Option<Span> {
        let (type_, _) = self.set.at(type_)?;
        let mut attributes = attributes_of(type_).into_iter();
        attributes.find(|attribute| attribute.value("name") == Some(name)).map(|attribute| attribute.start_tag)
    }

    /// Where a type has its last attribute, or could have one.
    fn end_of_attributes(&self, type_: Place) -> Option<Span> {
        let (type_, _) = self.set.at(type_)?;
        let end = Span::new(type_.span.file, type_.span.end.saturating_sub(1), type_.span.end);
        Some(attributes_of(type_).last().map_or(end, |attribute| attribute.start_tag))
    }

    fn span_at(&self, place: Place) -> Option<Span> {
        self.set.at(place).map(|(element, _)| element.start_tag)
    }
}

/// The attributes that a type declares itself, also where it extends another one.
fn attributes_of(type_: &Element) -> Vec<&Element> {
    const AROUND: [&str; 4] = ["complexContent", "extension", "restriction", "simpleContent"];
    let is_around = |child: &Element| child.name.namespace == XSD && AROUND.contains(&child.name.local.as_str());
    let children = type_.elements().flat_map(|child| if is_around(child) { attributes_of(child) } else { vec![child] });
    children.filter(|child| child.name.is(XSD, "attribute")).collect()
}

fn incomplete(element: &Element, expected: &[Name], violation: &mut Violation) {
    let written = element.written_name();
    violation.kind = ViolationKind::MissingChild;
    violation.message = match expected.is_empty() {
        true => format!("`{written}` is not complete"),
        false => format!("`{written}` lacks {}", words::names(expected, &element.name.namespace)),
    };
}

fn unknown_attribute(element: &Element, attribute: &Attribute, known: &[Name], violation: &mut Violation) {
    let (written, local) = (element.written_name(), &attribute.name.local);
    violation.kind = ViolationKind::UnknownAttribute;
    violation.span = attribute.span;
    violation.name = attribute.name.clone();
    violation.foreign = !attribute.name.namespace.is_empty();
    let elsewhere = known.iter().find(|name| name.local == *local).map(|name| name.namespace.as_str());
    violation.message = match elsewhere {
        Some("") => format!("`{written}` has the attribute `{local}` only without a namespace"),
        Some(namespace) => format!("`{written}` has the attribute `{local}` only in the namespace `{namespace}`"),
        None if known.is_empty() => format!("`{written}` has no attributes, but `{local}` is given"),
        None => format!("`{written}` has no attribute `{local}`, only {}", words::names(known, "")),
    };
}

fn wrong_value(element: &Element, violation: &mut Violation) {
    violation.kind = ViolationKind::InvalidText;
    let text = element.text();
    let blank = text.as_str().trim().is_empty();
    violation.only_white_space = !text.is_empty() && blank;
    violation.span = text.trimmed().whole().filter(|span| !span.is_empty()).unwrap_or(element.name_span);
    if blank {
        violation.message = format!("`{}`: {}", element.written_name(), violation.message);
    }
}

/// The type of XML Schema that a value is held against, by the message about it.
fn built_in(message: &str) -> Option<&str> {
    let (_, type_) = message.split_once(" is no `xs:")?;
    type_.strip_suffix('`')
}

/// Blames a pattern that begins with `^` or ends with `$`, which mean themselves in XML Schema.
fn anchored_pattern(violation: &Violation) -> Option<Blame> {
    let (_, pattern) = violation.message.split_once(" does not match the pattern `")?;
    let is_anchored = pattern.starts_with('^') || pattern.ends_with("$`");
    let message = "in a pattern of XML Schema, `^` and `$` stand for themselves".to_owned();
    violation.declared.filter(|_| is_anchored).map(|span| Blame { span, message })
}

fn wrong_text(element: &Element, number: usize, violation: &mut Violation) {
    violation.kind = ViolationKind::TextNotAllowed;
    let Some(Node::Text(text)) = element.children.get(number) else { return };
    let shown = text.text.trimmed();
    violation.only_white_space = shown.is_empty();
    violation.span = shown.whole().filter(|_| !violation.only_white_space).unwrap_or(text.span);
    let written = element.written_name();
    violation.message = match violation.only_white_space {
        true => format!("`{written}` must be empty, but holds white space"),
        false => format!("`{written}` holds no text, but {} stands in it", words::shown(shown.as_str())),
    };
}
