//! The text of a schema as a tree.

use super::XSD;
use crate::source::MappedText;
use crate::xml::{Element, Node, Problem, parse};

/// One schema: the tree of its text, with spans into the author's file.
#[derive(Clone, Debug)]
pub struct SchemaSource {
    root: Element,
    problems: Vec<Problem>,
}

impl SchemaSource {
    /// All schemas in a text: a `.xsd` file, or the text of a `<code>` with its entities spliced in. A text without a
    /// `schema` element of XML Schema gives none. An XML declaration may stand behind white space, as in XEPs.
    pub fn read(text: &MappedText) -> Vec<SchemaSource> {
        let parsed = parse(&without_declaration(text), "");
        let roots = parsed.nodes.iter().filter_map(Node::element).filter(|element| element.name.is(XSD, "schema"));
        let mut sources: Vec<SchemaSource> =
            roots.map(|root| SchemaSource { root: root.clone(), problems: Vec::new() }).collect();
        if let Some(first) = sources.first_mut() {
            first.problems = parsed.problems;
        }
        sources
    }

    /// Whether a text seems to hold a schema; cheaper than reading it.
    pub fn seems_schema(text: &str) -> bool {
        text.contains(XSD) && text.contains("schema")
    }

    /// The namespaces that the schemas in a text describe, read from their start tags alone.
    pub fn targets(text: &MappedText) -> Vec<String> {
        if !Self::seems_schema(text.as_str()) {
            return Vec::new();
        }
        let starts = text.as_str().match_indices("schema").filter_map(|(at, word)| {
            let before = text.as_str().get(..at)?;
            let name = before.trim_end_matches(|c: char| !c.is_whitespace() && c != '<');
            let is_name = name.ends_with('<') && text.as_str().get(at + word.len()..)?.starts_with(char::is_whitespace);
            is_name.then(|| name.len() - 1)
        });
        let target = |start: usize| {
            let end = text.as_str().get(start..)?.find('>')? + 1;
            let parsed = parse(&text.slice(start..start + end), "");
            let root = parsed.elements().next().filter(|root| root.name.is(XSD, "schema"))?;
            root.value("targetNamespace").map(str::to_owned)
        };
        starts.filter_map(target).collect()
    }

    /// The `schema` element, as the author wrote it.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// What is not well-formed in its text. A schema with such problems is used as far as it could be read, and what else
    /// is wrong with it is not told: it would mostly be a consequence.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The namespace that it describes; empty for none.
    pub fn target_namespace(&self) -> &str {
        self.root.value("targetNamespace").unwrap_or("")
    }

    /// The namespaces that it imports.
    pub fn imports(&self) -> impl Iterator<Item = &str> {
        let imports = self.root.elements().filter(|child| child.name.is(XSD, "import"));
        imports.filter_map(|import| import.value("namespace")).filter(|namespace| *namespace != crate::xml::XML)
    }

    /// The tree as the engine gets it: without comments and without what documentation holds.
    pub(super) fn working_tree(&self) -> Element {
        let mut root = self.root.clone();
        prune(&mut root);
        root
    }
}

/// The text behind white space and an XML declaration, both of which XEPs put where XML forbids them.
fn without_declaration(text: &MappedText) -> MappedText {
    let trimmed = text.trimmed();
    let end = match trimmed.as_str() {
        characters if characters.starts_with("<?xml") => characters.find("?>").map_or(0, |at| at + 2),
        _ => 0,
    };
    trimmed.slice(end..trimmed.len()).trimmed()
}

fn prune(element: &mut Element) {
    let documentation = element.name.is(XSD, "documentation") || element.name.is(XSD, "appinfo");
    element.children.retain(|node| match node {
        Node::Element(_) => !documentation,
        Node::Text(text) => !documentation && !text.text.as_str().trim().is_empty(),
        Node::Comment(_) | Node::Instruction(..) => false,
    });
    if documentation {
        element.attributes.retain(|attribute| attribute.name.namespace.is_empty() && attribute.name.local == "source");
    }
    for node in &mut element.children {
        if let Node::Element(child) = node {
            prune(child);
        }
    }
}

/// The text of a schema for the engine: every element begins a line of its own, in document order, so that the engine's
/// line number is the number of the element.
pub(super) fn render(root: &Element) -> String {
    let mut text = String::new();
    render_element(root, &mut text);
    text
}

/// The element whose start tag is in a line of the rendered text; lines count from 1.
pub(super) fn element_at(root: &Element, line: usize) -> Option<&Element> {
    root.descendants().get(line.checked_sub(1)?).copied()
}

fn render_element(element: &Element, text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
    let name = element.written_name();
    text.push('<');
    text.push_str(&name);
    for declaration in &element.declarations {
        match &declaration.prefix {
            Some(prefix) => push_attribute(&format!("xmlns:{prefix}"), &declaration.namespace, text),
            None => push_attribute("xmlns", &declaration.namespace, text),
        }
    }
    for attribute in &element.attributes {
        let name = match &attribute.prefix {
            Some(prefix) => format!("{prefix}:{}", attribute.name.local),
            None => attribute.name.local.clone(),
        };
        push_attribute(&name, attribute.value.as_str(), text);
    }
    text.push('>');
    for node in &element.children {
        match node {
            Node::Element(child) => render_element(child, text),
            Node::Text(own) => push_escaped(own.text.as_str(), text),
            Node::Comment(_) | Node::Instruction(..) => {}
        }
    }
    text.push_str("</");
    text.push_str(&name);
    text.push('>');
}

fn push_attribute(name: &str, value: &str, text: &mut String) {
    text.push(' ');
    text.push_str(name);
    text.push_str("='");
    push_escaped(value, text);
    text.push('\'');
}

fn push_escaped(value: &str, text: &mut String) {
    for character in value.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\'' => text.push_str("&#39;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            '\t' => text.push_str("&#9;"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn the_start_tags_tell_what_schemas_describe() {
        let text = "<?xml version='1.0'?>\n<!-- the schema: --><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'\n \
                    targetNamespace='urn:a' xmlns='urn:a'><xs:element name='schema'/></xs:schema>\n<schema \
                    xmlns='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:b'>";
        let other = "<schema xmlns='urn:c' targetNamespace='urn:c'> is no http://www.w3.org/2001/XMLSchema";
        let mut sources = Sources::default();
        let mut targets = |text: &str| {
            let file = sources.add("t", text);
            SchemaSource::targets(&MappedText::verbatim(&sources, sources.whole(file)))
        };
        assert_eq!(targets(text), ["urn:a", "urn:b"]);
        assert!(targets(other).is_empty());
    }
}
