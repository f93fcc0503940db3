//! Trees as text.

use super::tree::{Element, Node};
use std::fmt::Write;

/// How many characters a line of an indented tree has at most before the attributes of a tag get lines of their own.
const WIDTH: usize = 90;

/// How a tree is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Children that are elements alone stand on lines of their own, indented by two spaces.
    pub indented: bool,
    /// Elements in these namespaces declare it again, although they inherit it: one deployed client needs that.
    pub redundant_xmlns: bool,
}

/// An element as XML text. `inherited` is the default namespace of the place where the text will stand.
///
/// Prefixes of elements are not kept: each element is in a default namespace. Prefixes of attributes are declared where
/// they are used.
pub fn write(element: &Element, inherited: &str, style: Style) -> String {
    let mut writer = Writer { text: String::new(), style };
    writer.element(element, inherited, 0);
    writer.text
}

/// Text with `&`, `<` and `>` escaped.
pub fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An attribute's value with what cannot stand between single quotes escaped.
pub fn escape_value(text: &str) -> String {
    escape_text(text).replace('\'', "&apos;").replace('\n', "&#10;").replace('\t', "&#9;").replace('\r', "&#13;")
}

struct Writer {
    text: String,
    style: Style,
}

impl Writer {
    fn element(&mut self, element: &Element, inherited: &str, depth: usize) {
        let line_start = self.text.rfind('\n').map_or(0, |at| at + 1);
        let _ = write!(self.text, "<{}", element.name.local);
        let indent = self.text.len() - line_start + 1;
        let redundant = self.style.redundant_xmlns && depth > 0;
        let xmlns =
            (element.name.namespace != inherited || redundant).then(|| attribute("xmlns", &element.name.namespace));
        let attributes: Vec<String> = xmlns.into_iter().chain(attributes(element)).collect();
        let length: usize = attributes.iter().map(|one| one.len() + 1).sum();
        let separator = match self.style.indented && indent + length > WIDTH {
            true => format!("\n{}", " ".repeat(indent)),
            false => " ".into(),
        };
        for (at, attribute) in attributes.iter().enumerate() {
            self.text.push_str(if at == 0 { " " } else { &separator });
            self.text.push_str(attribute);
        }
        if element.children.is_empty() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        match self.style.indented && holds_elements_alone(element) {
            true => self.block(element, depth),
            false => element.children.iter().for_each(|node| self.node(node, &element.name.namespace, depth + 1)),
        }
        let _ = write!(self.text, "</{}>", element.name.local);
    }

    /// Children on lines of their own.
    fn block(&mut self, element: &Element, depth: usize) {
        for node in element.children.iter().filter(|node| !is_blank(node)) {
            self.line(depth + 1);
            self.node(node, &element.name.namespace, depth + 1);
        }
        self.line(depth);
    }

    fn line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn node(&mut self, node: &Node, inherited: &str, depth: usize) {
        match node {
            Node::Element(element) => self.element(element, inherited, depth),
            // A carriage return that a text really has: in the open a parser would make a line feed of it.
            Node::Text(text) => self.text.push_str(&escape_text(text.text.as_str()).replace('\r', "&#13;")),
            Node::Comment(text) => {
                let _ = write!(self.text, "<!--{}-->", text.text);
            }
            Node::Instruction(target, text) => {
                let _ = write!(self.text, "<?{target} {}?>", text.text);
            }
        }
    }
}

/// The attributes of an element as `name='value'`, with the prefixes that they need declared before them.
fn attributes(element: &Element) -> Vec<String> {
    let mut written = Vec::new();
    let mut declared: Vec<&str> = Vec::new();
    for one in &element.attributes {
        let namespace = one.name.namespace.as_str();
        let name = match namespace {
            "" => one.name.local.clone(),
            super::XML => format!("xml:{}", one.name.local),
            _ => {
                let at = declared.iter().position(|known| *known == namespace).unwrap_or_else(|| {
                    declared.push(namespace);
                    written.push(attribute(&format!("xmlns:a{}", declared.len() - 1), namespace));
                    declared.len() - 1
                });
                format!("a{at}:{}", one.name.local)
            }
        };
        written.push(attribute(&name, one.value.as_str()));
    }
    written
}

fn attribute(name: &str, value: &str) -> String {
    format!("{name}='{}'", escape_value(value))
}

fn holds_elements_alone(element: &Element) -> bool {
    element.children.iter().all(|node| !matches!(node, Node::Text(_)) || is_blank(node))
        && element.elements().next().is_some()
}

fn is_blank(node: &Node) -> bool {
    matches!(node, Node::Text(text) if text.text.as_str().trim().is_empty())
}
