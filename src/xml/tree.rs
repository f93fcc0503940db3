//! Trees of elements, whose every part has a span.

use crate::source::{MappedText, Span};
use std::borrow::Cow;
use std::fmt;

/// The name of an element or attribute: namespace and local part. An empty namespace is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The namespace, or nothing.
    pub namespace: String,
    /// The local part.
    pub local: String,
}

impl Name {
    /// The name `local` of `namespace`.
    pub fn new(namespace: impl Into<String>, local: impl Into<String>) -> Name {
        Name { namespace: namespace.into(), local: local.into() }
    }

    /// Reads Clark notation: `{namespace}local`, or `local` alone.
    pub fn from_clark(text: &str) -> Option<Name> {
        match text.strip_prefix('{') {
            Some(rest) => rest.split_once('}').map(|(namespace, local)| Name::new(namespace, local)),
            None => Some(Name::new("", text)),
        }
    }

    /// Whether it is `local` of `namespace`.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }
}

/// Clark notation.
impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => out.write_str(&self.local),
            namespace => write!(out, "{{{namespace}}}{}", self.local),
        }
    }
}

/// An attribute that is not a namespace declaration.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name; the namespace of an attribute without prefix is none.
    pub name: Name,
    /// The prefix that the author wrote.
    pub prefix: Option<String>,
    /// Its value, with references resolved.
    pub value: MappedText,
    /// The whole `name='value'`.
    pub span: Span,
    /// The value between the quotes.
    pub value_span: Span,
}

/// A namespace declaration on an element.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The prefix; `None` for the default namespace.
    pub prefix: Option<String>,
    /// The namespace.
    pub namespace: String,
    /// The whole `xmlns='...'`.
    pub span: Span,
}

/// An element.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its name.
    pub name: Name,
    /// The prefix that the author wrote.
    pub prefix: Option<String>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// The namespaces declared on it.
    pub declarations: Vec<Declaration>,
    /// What it holds.
    pub children: Vec<Node>,
    /// All of it, from `<` to the last `>`.
    pub span: Span,
    /// Its start tag.
    pub start_tag: Span,
    /// The name in its start tag.
    pub name_span: Span,
}

/// Text, with references resolved and CDATA taken out.
#[derive(Clone, Debug)]
pub struct Text {
    /// The characters.
    pub text: MappedText,
    /// Where they stand.
    pub span: Span,
}

/// A node of a tree.
#[derive(Clone, Debug)]
pub enum Node {
    /// An element.
    Element(Box<Element>),
    /// Text.
    Text(Text),
    /// A comment, without its delimiters.
    Comment(Text),
    /// A processing instruction: target and text.
    Instruction(String, Text),
}

impl From<Element> for Node {
    fn from(element: Element) -> Node {
        Node::Element(Box::new(element))
    }
}

impl Node {
    /// The element, if it is one.
    pub fn element(&self) -> Option<&Element> {
        match self {
            Node::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The span.
    pub fn span(&self) -> Span {
        match self {
            Node::Element(element) => element.span,
            Node::Text(text) | Node::Comment(text) | Node::Instruction(_, text) => text.span,
        }
    }
}

impl Element {
    /// An element without attributes and children, made for (or at) `span`.
    pub fn new(name: Name, span: Span) -> Element {
        Element {
            name,
            prefix: None,
            attributes: Vec::new(),
            declarations: Vec::new(),
            children: Vec::new(),
            span,
            start_tag: span,
            name_span: span,
        }
    }

    /// The same with one more attribute in no namespace.
    pub fn with_attribute(mut self, name: &str, value: &str) -> Element {
        self.set_attribute(name, value);
        self
    }

    /// The same with one more child element.
    pub fn with_child(mut self, child: Element) -> Element {
        self.children.push(Node::from(child));
        self
    }

    /// The same with text added.
    pub fn with_text(mut self, text: &str) -> Element {
        let text = MappedText::standing_for(text, self.span);
        self.children.push(Node::Text(Text { text, span: self.span }));
        self
    }

    /// Sets an attribute in no namespace.
    pub fn set_attribute(&mut self, name: &str, value: &str) {
        let span = self.start_tag;
        let value = MappedText::standing_for(value, span);
        match self.attributes.iter_mut().find(|attribute| attribute.name.is("", name)) {
            Some(attribute) => attribute.value = value,
            None => self.attributes.push(Attribute {
                name: Name::new("", name),
                prefix: None,
                value,
                span,
                value_span: span,
            }),
        }
    }

    /// Declares the language of what the element holds (`xml:lang`), unless it declares one.
    pub fn set_language(&mut self, language: &str) {
        if self.language().is_some() {
            return;
        }
        let span = self.start_tag;
        self.attributes.push(Attribute {
            name: Name::new(super::XML, "lang"),
            prefix: Some("xml".into()),
            value: MappedText::standing_for(language, span),
            span,
            value_span: span,
        });
    }

    /// The language that the element declares (`xml:lang`).
    pub fn language(&self) -> Option<&str> {
        let declared = self.attributes.iter().find(|attribute| attribute.name.is(super::XML, "lang"))?;
        Some(declared.value.as_str())
    }

    /// An attribute in no namespace.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.is("", name))
    }

    /// The value of an attribute in no namespace.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }

    /// The child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(Node::element)
    }

    /// The first child element of that name.
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.elements().find(|element| element.name.is(namespace, local))
    }

    /// This element and all elements below it, in document order.
    pub fn descendants(&self) -> Vec<&Element> {
        let mut all = Vec::new();
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            all.push(element);
            let children: Vec<&Element> = element.elements().collect();
            open.extend(children.into_iter().rev());
        }
        all
    }

    /// The text directly inside, with its origins.
    pub fn text(&self) -> MappedText {
        let mut all = MappedText::new();
        for node in &self.children {
            if let Node::Text(text) = node {
                all.push_mapped(&text.text, 0..text.text.len());
            }
        }
        all
    }

    /// The name as the author wrote it, with its prefix.
    pub fn written_name(&self) -> String {
        self.written().into_owned()
    }

    /// The same, made only where there is a prefix.
    pub fn written(&self) -> Cow<'_, str> {
        match &self.prefix {
            Some(prefix) => Cow::Owned(format!("{prefix}:{}", self.name.local)),
            None => Cow::Borrowed(&self.name.local),
        }
    }
}
