//! What judges schemas and elements, behind a trait of ours.

use crate::xml::{Attribute, Element, Name};

/// A place in the schemas that an engine was given: which text, and which line of it. Each element of a schema has its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which of the given texts, from 0.
    pub text: usize,
    /// Which line, from 1.
    pub line: usize,
}

/// Why schemas do not compile.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Where, if the engine says so.
    pub place: Option<Place>,
    /// The constraint of the specification that is broken.
    pub code: &'static str,
    /// The engine's words.
    pub message: String,
}

/// Something in an element that its schema forbids, as the engine says it.
#[derive(Clone, Debug)]
pub struct Fault<'e> {
    /// What.
    pub kind: FaultKind<'e>,
    /// The element that is judged by the broken constraint: the parent of a wrong child.
    pub element: &'e Element,
    /// The constraint of the specification that is broken.
    pub code: &'static str,
    /// The engine's words, or ours where the engine's own are plain enough to be made better.
    pub message: String,
    /// Where the schema declares the element, or the attribute.
    pub declared: Option<Place>,
    /// Where the schema defines the complex type of the element.
    pub type_: Option<Place>,
}

/// The sort of a [`Fault`].
#[derive(Clone, Debug)]
pub enum FaultKind<'e> {
    /// An element that nothing declares, although its namespace has a schema.
    Undeclared,
    /// A child that must not stand there, and what could.
    Child(&'e Element, Vec<Name>),
    /// Children are missing: what could come next.
    Incomplete(Vec<Name>),
    /// An attribute that is not allowed, and those that are.
    UnknownAttribute(&'e Attribute, Vec<Name>),
    /// A required attribute is missing.
    MissingAttribute(Name),
    /// The value of an attribute is wrong.
    AttributeValue(&'e Attribute),
    /// The text of the element is wrong.
    Value,
    /// Text where none may be: the number of the child node.
    Text(usize),
    /// Anything else.
    Other,
}

/// What compiles schemas.
///
/// The seam where the engine can be replaced: everything outside its implementation speaks of trees and spans only.
pub trait SchemaEngine: Sized {
    /// What validates; borrows the compiled schemas.
    type Validation<'a>: Validation
    where
        Self: 'a;

    /// Compiles schemas to one set. References between them go by namespace; nothing is loaded from anywhere.
    fn compile(texts: &[String]) -> Result<Self, Refusal>;

    /// Makes ready to validate. Expensive; to be kept and used for many elements.
    fn validation(&self) -> Self::Validation<'_>;
}

/// What validates.
pub trait Validation {
    /// Holds an element and everything in it against the schemas. Elements of namespaces that `knows` denies are judged by
    /// their name only, and what they hold is left alone; they are added to `left`, for the caller to go on with.
    ///
    /// `scope` holds the namespace declarations of the ancestors, outermost first.
    fn validate<'e>(
        &self,
        element: &'e Element,
        scope: &Scope,
        knows: &dyn Fn(&str) -> bool,
        left: &mut Vec<Left<'e>>,
    ) -> Vec<Fault<'e>>;
}

/// An element that a validation did not look into.
#[derive(Clone, Debug)]
pub struct Left<'e> {
    /// The element.
    pub element: &'e Element,
    /// The namespace declarations of its ancestors.
    pub scope: Scope,
    /// Whether it, or what it stands in, was told to be wrong: that nothing declares it is then no news.
    pub told: bool,
}

/// The prefixes in scope: prefix (empty for the default) and namespace, later ones win.
#[derive(Clone, Debug, Default)]
pub struct Scope(Vec<(String, String)>);

impl Scope {
    /// The scope within `element`.
    pub fn within(&self, element: &Element) -> Scope {
        let mut scope = self.clone();
        for declaration in &element.declarations {
            scope.0.push((declaration.prefix.clone().unwrap_or_default(), declaration.namespace.clone()));
        }
        scope
    }

    /// The namespace of a prefix; the empty prefix is the default namespace, which is none where nobody declares it.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == prefix).map(|(_, namespace)| namespace.as_str());
        match prefix {
            "xml" => Some(crate::xml::XML),
            "" => Some(found.unwrap_or("")),
            _ => found,
        }
    }

    /// All prefixes that have a namespace, each once.
    pub fn bindings(&self) -> Vec<(&str, &str)> {
        let mut bindings: Vec<(&str, &str)> = Vec::new();
        for (prefix, namespace) in self.0.iter().rev() {
            if !bindings.iter().any(|(known, _)| known == prefix) {
                bindings.push((prefix, namespace));
            }
        }
        bindings
    }
}
