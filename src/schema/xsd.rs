//! The engine: the crate `xsd-schema`, in XSD 1.0 mode, driven from our tree.
//!
//! Three faults of it are worked around, each with a test that names it: white space inside `xs:base64Binary` (here), `^` and `$`
//! in patterns (the crate's feature `xsd11` is on, its mode stays 1.0), and a dangling `type` on a global element (the lint
//! of references finds it before the engine is asked).

use super::XSI;
use super::engine::{Fault, FaultKind, Left, Place, Refusal, SchemaEngine, Scope, Validation};
use super::words;
use crate::xml::{Attribute, Element, Name, Node};
use std::cell::RefCell;
use std::rc::Rc;
use xsd_schema::ids::{NameId, TypeKey};
use xsd_schema::namespace::context::NamespaceContextSnapshot;
use xsd_schema::parser::location::SourceRef;
use xsd_schema::schema::model::DerivationSet;
use xsd_schema::validation::{
    ContentProcessing, SchemaInfo, SchemaValidator, ValidationError, ValidationFlags, ValidationRuntime,
    ValidationSink, ValidationWarning,
};
use xsd_schema::{SchemaError, XmlTypeCode, parse_schema_only, process_loaded_schemas};

/// Schemas that `xsd-schema` compiled.
pub struct XsdEngine {
    set: xsd_schema::SchemaSet,
    /// The number of each given text among the engine's documents.
    documents: Vec<u32>,
}

impl SchemaEngine for XsdEngine {
    type Validation<'a> = XsdValidation<'a>;

    fn compile(texts: &[String]) -> Result<XsdEngine, Refusal> {
        let mut set = xsd_schema::SchemaSet::new();
        let mut documents = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let parsed = parse_schema_only(text.as_bytes(), &location(number), &mut set);
            documents.push(parsed.map_err(|error| refusal(&error, Some(number)))?);
        }
        process_loaded_schemas(&mut set).map_err(|error| refusal(&error, None))?;
        Ok(XsdEngine { set, documents })
    }

    fn validation(&self) -> XsdValidation<'_> {
        let flags = ValidationFlags::ALLOW_XML_ATTRIBUTES;
        XsdValidation { engine: self, validator: SchemaValidator::new(&self.set, flags) }
    }
}

/// What the engine calls the text of that number in its errors.
fn location(number: usize) -> String {
    format!("mem:{number}")
}

fn refusal(error: &SchemaError, text: Option<usize>) -> Refusal {
    let place = error.location().and_then(|at| {
        let text = at.base_uri.strip_prefix("mem:").and_then(|number| number.parse().ok()).or(text)?;
        Some(Place { text, line: at.line })
    });
    let place = place.or(text.map(|text| Place { text, line: 1 }));
    let (code, message) = match error {
        SchemaError::StructuralError { constraint, message, .. } => (*constraint, message.clone()),
        SchemaError::XmlError { message, .. } => ("xml", message.clone()),
        SchemaError::NamespaceError { message, .. } => ("src-qname", message.clone()),
        SchemaError::FeatureError { message, .. } => ("xsd-version", message.clone()),
        other => ("schema", other.to_string()),
    };
    Refusal { place, code, message }
}

/// A validator over compiled schemas.
pub struct XsdValidation<'s> {
    engine: &'s XsdEngine,
    validator: SchemaValidator<'s>,
}

impl Validation for XsdValidation<'_> {
    fn validate<'e>(
        &self,
        element: &'e Element,
        scope: &Scope,
        knows: &dyn Fn(&str) -> bool,
        left: &mut Vec<Left<'e>>,
    ) -> Vec<Fault<'e>> {
        let errors = Errors::default();
        let runtime = self.validator.start_run(errors.clone());
        let mut driver = Driver { validation: self, runtime, errors, knows, left, faults: Vec::new() };
        driver.element(element, scope, None);
        let _ = driver.runtime.end_validation();
        for error in driver.errors.take() {
            driver.faults.push(Fault {
                kind: FaultKind::Other,
                element,
                code: error.constraint,
                message: words::engine(&error.message),
                declared: None,
                type_: None,
            });
        }
        driver.faults
    }
}

/// The errors since they were last taken.
#[derive(Clone, Default)]
struct Errors(Rc<RefCell<Vec<ValidationError>>>);

impl Errors {
    fn take(&self) -> Vec<ValidationError> {
        self.0.take()
    }
}

impl ValidationSink for Errors {
    fn on_error(&mut self, error: ValidationError) {
        self.0.borrow_mut().push(error);
    }

    fn on_warning(&mut self, _: ValidationWarning) {}
}

/// One run over one element.
struct Driver<'d, 's, 'e> {
    validation: &'d XsdValidation<'s>,
    runtime: ValidationRuntime<'d, Errors>,
    errors: Errors,
    knows: &'d dyn Fn(&str) -> bool,
    left: &'d mut Vec<Left<'e>>,
    faults: Vec<Fault<'e>>,
}

/// What is known of the element that is being validated.
struct Frame<'e> {
    element: &'e Element,
    declared: Option<Place>,
    type_place: Option<Place>,
    type_key: Option<TypeKey>,
    /// Whether a child was wrong: what is missing at the end is then mostly a consequence.
    broken: bool,
    /// Whether a child of another namespace was wrong.
    has_foreign: bool,
}

impl<'e> Frame<'e> {
    fn fault(&self, kind: FaultKind<'e>, code: &'static str, message: String) -> Fault<'e> {
        Fault { kind, element: self.element, code, message, declared: self.declared, type_: self.type_place }
    }
}

impl<'e> Driver<'_, '_, 'e> {
    fn set(&self) -> &xsd_schema::SchemaSet {
        &self.validation.engine.set
    }

    /// Validates an element, as a child of `parent` or as the root of the run.
    fn element(&mut self, element: &'e Element, outer: &Scope, parent: Option<&mut Frame<'e>>) {
        let scope = outer.within(element);
        let info = self.start(element, &scope);
        let errors = self.errors.take();
        let rejected = errors.iter().find(|error| is_content_error(error.constraint)).cloned();
        let undeclared = errors.iter().any(|error| error.constraint == "cvc-elt.1");
        let known = (self.knows)(&element.name.namespace);
        let skipped = self.runtime.content_processing() == ContentProcessing::Skip;
        if let (Some(error), Some(parent)) = (rejected, parent) {
            self.left.push(Left { element, scope: outer.clone(), told: true });
            return self.reject(element, parent, &error);
        }
        let mut frame = self.frame(element, &info);
        if undeclared || !known || skipped {
            if undeclared && known {
                self.faults.push(frame.fault(FaultKind::Undeclared, "cvc-elt.1", String::new()));
            }
            self.leave_out(element);
            if !skipped {
                let told = undeclared && known;
                self.left.extend(element.elements().map(|child| Left { element: child, scope: scope.clone(), told }));
            }
            return;
        }
        for error in errors {
            self.faults.push(frame.fault(FaultKind::Other, error.constraint, words::engine(&error.message)));
        }
        self.attributes(&mut frame, &scope);
        self.content(&mut frame, &scope);
        self.end(&frame);
    }

    fn frame(&self, element: &'e Element, info: &SchemaInfo) -> Frame<'e> {
        let declaration = info.element_decl.and_then(|key| self.set().arenas.elements.get(key));
        Frame {
            element,
            declared: declaration.and_then(|declaration| self.place(declaration.source.as_ref())),
            type_place: self.type_place(info.schema_type),
            type_key: info.schema_type,
            broken: false,
            has_foreign: false,
        }
    }

    /// Closes a child that must not stand where it does. Only the first one of a parent is told: the rest mostly follows. But
    /// nothing follows from one of another namespace that others put there.
    fn reject(&mut self, child: &'e Element, parent: &mut Frame<'e>, error: &ValidationError) {
        self.leave_out(child);
        let kind = FaultKind::Child(child, self.expected_elements());
        let is_foreign = child.name.namespace != parent.element.name.namespace;
        let told = if is_foreign { &mut parent.has_foreign } else { &mut parent.broken };
        if !std::mem::replace(told, true) {
            self.faults.push(parent.fault(kind, error.constraint, words::engine(&error.message)));
        }
    }

    fn start(&mut self, element: &Element, scope: &Scope) -> SchemaInfo {
        let instance = |name| {
            let found = element.attributes.iter().find(|attribute| attribute.name.is(XSI, name));
            found.map(|attribute| attribute.value.as_str())
        };
        let snapshot = self.snapshot(scope);
        let Name { namespace, local } = &element.name;
        self.runtime.validate_element(local, namespace, instance("type"), instance("nil"), &snapshot)
    }

    fn snapshot(&self, scope: &Scope) -> NamespaceContextSnapshot {
        let names = &self.set().name_table;
        let mut snapshot = NamespaceContextSnapshot::default();
        for (prefix, namespace) in scope.bindings() {
            match (prefix, namespace) {
                (_, "") => {}
                ("", _) => snapshot.default_ns = Some(names.add(namespace)),
                _ => snapshot.bindings.push((names.add(prefix), names.add(namespace))),
            }
        }
        snapshot
    }

    /// Closes an element without telling anything of what it holds.
    fn leave_out(&mut self, element: &Element) {
        for attribute in element.attributes.iter().filter(|attribute| attribute.name.namespace != XSI) {
            let Name { namespace, local } = &attribute.name;
            self.runtime.skip_attribute(local, namespace, attribute.value.as_str());
        }
        self.runtime.validate_end_of_attributes_novalue();
        self.runtime.validate_end_element_novalue();
        self.errors.take();
    }

    fn attributes(&mut self, frame: &mut Frame<'e>, scope: &Scope) {
        let element = frame.element;
        for attribute in &element.attributes {
            let Name { namespace, local } = &attribute.name;
            let value = self.attribute_value(frame, attribute, scope);
            let info = self.runtime.validate_attribute(local, namespace, &value);
            let declared =
                info.attribute_decl.and_then(|key| self.place(self.set().arenas.attributes.get(key)?.source.as_ref()));
            for error in self.errors.take() {
                let mut fault = match error.constraint {
                    "cvc-complex-type.3.2.2" => {
                        let kind = FaultKind::UnknownAttribute(attribute, self.expected_attributes());
                        frame.fault(kind, error.constraint, words::engine(&error.message))
                    }
                    code => {
                        let message = self.value_words(attribute.value.as_str(), info.schema_type, &error);
                        frame.fault(FaultKind::AttributeValue(attribute), code, message)
                    }
                };
                fault.declared = declared.or(fault.declared);
                self.faults.push(fault);
            }
        }
        let missing = self.missing_attributes(element);
        self.runtime.validate_end_of_attributes_novalue();
        for error in self.errors.take() {
            if error.constraint != "cvc-complex-type.4" {
                self.faults.push(frame.fault(FaultKind::Other, error.constraint, words::engine(&error.message)));
            }
        }
        let missing = missing.into_iter().map(FaultKind::MissingAttribute);
        self.faults.extend(missing.map(|kind| frame.fault(kind, "cvc-complex-type.4", String::new())));
    }

    /// The required attributes that an element does not have.
    fn missing_attributes(&self, element: &Element) -> Vec<Name> {
        let required = self.runtime.get_expected_attributes().into_iter().filter(|expected| expected.required);
        let names = required.map(|expected| self.name(expected.namespace, expected.local_name));
        names.filter(|name| !element.attributes.iter().any(|attribute| attribute.name == *name)).collect()
    }

    /// The value that the engine gets: without white space where it is Base64, in which the engine takes none.
    fn attribute_value(&self, frame: &Frame<'_>, attribute: &Attribute, scope: &Scope) -> String {
        let value = attribute.value.as_str();
        let stripped = without_white_space(value);
        if stripped == value || !self.is_base64(self.type_of_attribute(frame, attribute, &stripped, scope)) {
            return value.to_owned();
        }
        stripped
    }

    /// The type of an attribute, found by validating it in a run of its own.
    fn type_of_attribute(
        &self,
        frame: &Frame<'_>,
        attribute: &Attribute,
        value: &str,
        scope: &Scope,
    ) -> Option<TypeKey> {
        let mut runtime = self.validation.validator.start_run(Errors::default());
        runtime.set_validation_root(xsd_schema::validation::ValidationRoot::Type(frame.type_key?));
        let Name { namespace, local } = &frame.element.name;
        runtime.validate_element(local, namespace, None, None, &self.snapshot(scope));
        let Name { namespace, local } = &attribute.name;
        runtime.validate_attribute(local, namespace, value).schema_type
    }

    fn content(&mut self, frame: &mut Frame<'e>, scope: &Scope) {
        let base64 = self.is_base64(self.content_type(frame.type_key));
        let mut told = false;
        let element = frame.element;
        for (number, node) in element.children.iter().enumerate() {
            match node {
                Node::Element(child) => self.element(child, scope, Some(frame)),
                Node::Text(text) => {
                    let text = text.text.as_str();
                    self.text(if base64 { without_white_space(text) } else { text.to_owned() });
                    for error in self.errors.take() {
                        if !told {
                            let message = words::engine(&error.message);
                            self.faults.push(frame.fault(FaultKind::Text(number), error.constraint, message));
                        }
                        told = true;
                    }
                }
                Node::Comment(_) | Node::Instruction(..) => {}
            }
        }
    }

    fn text(&mut self, text: String) {
        if text.chars().all(char::is_whitespace) {
            self.runtime.validate_whitespace(&text);
        } else {
            self.runtime.validate_text(&text);
        }
    }

    fn end(&mut self, frame: &Frame<'e>) {
        let expected = self.expected_elements();
        let info = self.runtime.validate_end_element();
        for error in self.errors.take() {
            let (kind, message) = match error.constraint {
                code if is_content_error(code) && (frame.broken || frame.has_foreign) => continue,
                code if is_content_error(code) => (FaultKind::Incomplete(expected.clone()), String::new()),
                code if code.starts_with("cvc-identity") || code.starts_with("cvc-id") => {
                    (FaultKind::Other, words::engine(&error.message))
                }
                _ => {
                    let text = frame.element.text();
                    let type_ = self.content_type(info.schema_type.or(frame.type_key));
                    (FaultKind::Value, self.value_words(text.as_str(), type_, &error))
                }
            };
            self.faults.push(frame.fault(kind, error.constraint, message));
        }
    }

    fn expected_elements(&self) -> Vec<Name> {
        let names = self.runtime.get_expected_elements().into_iter();
        let mut names: Vec<Name> = names.map(|expected| self.name(expected.namespace, expected.local_name)).collect();
        names.sort();
        names.dedup();
        names
    }

    fn expected_attributes(&self) -> Vec<Name> {
        let names = self.runtime.get_expected_attributes().into_iter();
        names.map(|expected| self.name(expected.namespace, expected.local_name)).collect()
    }

    fn name(&self, namespace: Option<NameId>, local: NameId) -> Name {
        let names = &self.set().name_table;
        Name::new(namespace.map(|namespace| names.resolve(namespace)).unwrap_or_default(), names.resolve(local))
    }

    fn place(&self, source: Option<&SourceRef>) -> Option<Place> {
        let source = source?;
        let text = self.validation.engine.documents.iter().position(|&document| document == source.doc_id)?;
        Some(Place { text, line: self.set().locate(Some(source))?.line })
    }

    fn type_place(&self, key: Option<TypeKey>) -> Option<Place> {
        match key? {
            TypeKey::Complex(key) => self.place(self.set().arenas.complex_types.get(key)?.source.as_ref()),
            TypeKey::Simple(key) => self.place(self.set().arenas.simple_types.get(key)?.source.as_ref()),
        }
    }

    /// The simple type of what an element of this type holds, if it holds text of a simple type.
    fn content_type(&self, key: Option<TypeKey>) -> Option<TypeKey> {
        let mut key = key?;
        for _ in 0..32 {
            let TypeKey::Complex(complex) = key else { return Some(key) };
            let data = self.set().arenas.complex_types.get(complex)?;
            key = data.resolved_simple_content_type.or(data.resolved_base_type)?;
        }
        None
    }

    fn is_base64(&self, key: Option<TypeKey>) -> bool {
        let base64 = self.set().get_built_in_simple_type_by_code(XmlTypeCode::Base64Binary);
        let (Some(key @ TypeKey::Simple(_)), Some(base64)) = (key, base64) else { return false };
        self.set().is_type_derived_from(key, TypeKey::Simple(base64), DerivationSet::empty())
    }

    /// What is wrong with a value, in our words.
    fn value_words(&self, value: &str, key: Option<TypeKey>, error: &ValidationError) -> String {
        let Some(TypeKey::Simple(key)) = key else { return words::engine(&error.message) };
        let Some(data) = self.set().arenas.simple_types.get(key) else { return words::engine(&error.message) };
        let type_name = data.name.map(|name| self.name(data.target_namespace, name));
        let values = data.facets.enumeration.as_ref().map(|facet| {
            let mut values: Vec<String> = facet.values.iter().cloned().collect();
            values.sort();
            values
        });
        words::wrong_value(value, type_name.as_ref(), values.as_deref(), &error.message)
    }
}

/// Whether a constraint of the specification is about the children of an element.
fn is_content_error(code: &str) -> bool {
    code.starts_with("cvc-complex-type.2.4") || code == "cvc-elt.3.2.1"
}

fn without_white_space(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_whitespace()).collect()
}
