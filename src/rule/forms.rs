//! The data forms of a document: those that its examples show, and the fields that it registers.

use super::Context;
use super::namespaces::FORMS;
use crate::example::Example;
use crate::source::Span;
use crate::xml::Element;
use crate::xmpp::stanza::StanzaKind;
use std::collections::BTreeMap;

/// The field that says what a form is about.
pub(super) const FORM_TYPE: &str = "FORM_TYPE";

/// A data form in an example.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    /// The element.
    pub(super) element: &'a Element,
    /// The element that holds it, unless it stands alone.
    holder: Option<&'a Element>,
    /// The example.
    pub(super) example: &'a Example,
}

/// A field that the document asks the Registrar to register.
#[derive(Clone)]
pub(super) struct Registered {
    /// Its name.
    pub(super) name: String,
    /// Its type, if it has one.
    pub(super) type_: Option<String>,
    /// Where it is registered.
    pub(super) span: Span,
    /// Where its type is.
    pub(super) type_span: Span,
}

impl<'a> Form<'a> {
    /// What it is about: its `FORM_TYPE`, or else the namespace and node of the element that holds it.
    pub(super) fn about(&self) -> Option<String> {
        let Some(field) = self.fields().find(|field| field.value("var") == Some(FORM_TYPE)) else {
            let holder = self.holder.filter(|holder| StanzaKind::of(holder).is_none())?;
            return Some(format!("{} {}", holder.name.namespace, holder.value("node").unwrap_or("")));
        };
        let text = field.child(FORMS, "value")?.text().trimmed();
        (!text.is_empty()).then(|| text.as_str().to_owned())
    }

    /// The fields that are shown, those of its items included.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Element> + use<'a> {
        let parts = self.element.elements().filter(|part| matches!(part.name.local.as_str(), "item" | "reported"));
        let holders = std::iter::once(self.element).chain(parts);
        holders.flat_map(|holder| holder.elements().filter(|field| field.name.is(FORMS, "field")))
    }
}

/// The forms in the examples that are not wrong on purpose.
pub(super) fn shown<'a>(context: &Context<'a>) -> Vec<Form<'a>> {
    let examples = context.meant_right();
    let forms = examples.flat_map(|example| {
        let is_form = |element: &&Element| element.name.is(FORMS, "x");
        let alone = example.elements().filter(is_form).map(|form| (form, None));
        let held = example
            .elements()
            .flat_map(Element::descendants)
            .flat_map(move |holder| holder.elements().filter(is_form).map(move |form| (form, Some(holder))));
        alone.chain(held).map(move |(element, holder)| Form { element, holder, example })
    });
    forms.collect()
}

/// The fields that the document registers, by what their form is about.
pub(super) fn registered(context: &Context<'_>) -> BTreeMap<String, Vec<Registered>> {
    let mut all: BTreeMap<String, Vec<Registered>> = BTreeMap::new();
    let elements = context.examples.iter().flat_map(Example::elements).flat_map(Element::descendants);
    for entry in elements.filter(|element| element.name.local == "form_type") {
        let Some(name) = entry.elements().find(|child| child.name.local == "name") else { continue };
        let fields = entry.elements().filter(|child| child.name.local == "field").filter_map(register);
        all.entry(name.text().trimmed().as_str().to_owned()).or_default().extend(fields);
    }
    all
}

fn register(field: &Element) -> Option<Registered> {
    let type_ = field.attribute("type");
    Some(Registered {
        name: field.value("var")?.to_owned(),
        type_: type_.map(|type_| type_.value.as_str().to_owned()),
        span: field.attribute("var")?.value_span,
        type_span: type_.map_or(field.start_tag, |type_| type_.value_span),
    })
}

/// The values of the options among which a field lets choose.
pub(super) fn options(field: &Element) -> impl Iterator<Item = String> {
    let options = field.elements().filter(|child| child.name.is(FORMS, "option"));
    options.filter_map(|option| Some(option.child(FORMS, "value")?.text().trimmed().as_str().to_owned()))
}

/// The values of a field, with their places.
pub(super) fn values(field: &Element) -> impl Iterator<Item = (String, Span)> {
    let values = field.elements().filter(|child| child.name.is(FORMS, "value"));
    values.filter_map(|value| {
        let text = value.text().trimmed();
        Some((text.as_str().to_owned(), text.whole()?))
    })
}
