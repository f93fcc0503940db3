//! Running text.

use super::{Writer, escape};
use crate::document::{Attributes, Inline, walk};

/// What may stand in the text of an element, by `xep.dtd`. Elements that are not named here hold text alone.
const CONTENTS: &[(&str, &[&str])] = &[
    ("p", &["br", "img", "link", "note", "tt", "dfn", "em", "strong", "cite", "span", "acronym"]),
    ("li", &["link", "note", "tt", "em", "strong", "cite", "span"]),
    ("dd", &["link", "note", "tt", "em", "strong", "cite", "span"]),
    ("td", &["link", "note", "tt", "em", "strong", "cite", "span"]),
    ("note", &["link", "tt", "dfn", "em", "strong", "cite", "span", "note"]),
    ("link", &["cite"]),
    ("tt", &["link", "em", "strong"]),
    ("em", &["link", "tt", "strong", "span", "note"]),
    ("strong", &["link", "tt", "em", "span", "note"]),
    ("span", &["link", "tt", "dfn", "em", "strong"]),
    ("code", &["span", "em", "strong"]),
    ("copyright", &["link"]),
    ("permissions", &["link"]),
    ("warranty", &["link"]),
    ("liability", &["link"]),
    ("conformance", &["link"]),
];

/// The elements of running text that the DTD knows.
const KNOWN: &[&str] = &["br", "img", "link", "note", "tt", "dfn", "em", "strong", "cite", "span", "acronym"];

/// Whether the element `parent` may hold the element `child`. What the DTD does not know was the author's own.
fn allows(parent: &str, child: &str) -> bool {
    let contents = CONTENTS.iter().find(|(name, _)| *name == parent).map_or(&[] as &[&str], |(_, contents)| contents);
    contents.contains(&child) || !(KNOWN.contains(&child) || contents.is_empty())
}

/// The element as which a piece of running text is written.
fn element_name(inline: &Inline) -> Option<&str> {
    match inline {
        Inline::Emphasis(_) => Some("em"),
        Inline::Strong(_) => Some("strong"),
        Inline::Code(_) => Some("tt"),
        Inline::Link { .. } => Some("link"),
        Inline::Note(_) => Some("note"),
        Inline::Break => Some("br"),
        Inline::Image(_) => Some("img"),
        Inline::Element { name, .. } => Some(name),
        Inline::Text(_) | Inline::Reference { .. } | Inline::Comment(_) | Inline::Instruction(..) => None,
    }
}

impl Writer {
    /// Writes running text inside the element `parent`.
    pub(super) fn inlines(&mut self, text: &[Inline], parent: &str) {
        text.iter().for_each(|inline| self.inline(inline, parent));
    }

    /// Whether an element may stand there.
    fn allows(&self, parent: &str, child: &str) -> bool {
        self.exact || allows(parent, child)
    }

    fn inline(&mut self, inline: &Inline, parent: &str) {
        match inline {
            Inline::Text(text) => self.push(&escape::text(text.as_str())),
            Inline::Emphasis(text) => self.marked("em", &Vec::new(), text, parent),
            Inline::Strong(text) => self.marked("strong", &Vec::new(), text, parent),
            Inline::Code(text) => self.marked("tt", &Vec::new(), text, parent),
            Inline::Link { url, text } => self.marked("link", &vec![("url".to_owned(), url.clone())], text, parent),
            Inline::Note(text) if self.allows(parent, "note") => self.marked("note", &Vec::new(), text, parent),
            Inline::Note(text) => {
                self.push(" (");
                self.inlines(text, parent);
                self.push(")");
            }
            Inline::Break => self.push(if self.allows(parent, "br") { "<br/>" } else { "\n" }),
            Inline::Image(attributes) => self.image(attributes, parent),
            Inline::Element { name, attributes, text } => self.marked(name, attributes, text, parent),
            Inline::Reference { name, expansion, .. } => self.reference(name, expansion, parent),
            Inline::Comment(text) => self.push(&escape::comment(text.as_str())),
            Inline::Instruction(target, text) => self.push(&escape::instruction(target, text.as_str())),
        }
    }

    /// An element, or its text alone where it cannot stand.
    fn marked(&mut self, name: &str, attributes: &Attributes, text: &[Inline], parent: &str) {
        if !self.allows(parent, name) {
            return self.inlines(text, parent);
        }
        self.start(name, attributes);
        self.inlines(text, name);
        self.push(&format!("</{}>", self.name(name)));
    }

    /// A start tag.
    pub(super) fn start(&mut self, name: &str, attributes: &Attributes) {
        self.push("<");
        self.push(&self.name(name));
        self.attributes(attributes);
        self.push(">");
    }

    fn attributes(&mut self, attributes: &Attributes) {
        let inert = self.inert;
        let is_left_out = |name: &str| inert && name.starts_with("xmlns");
        for (name, value) in attributes.iter().filter(|(name, _)| !is_left_out(name)) {
            self.push(&format!(" {name}='{}'", escape::attribute(value.as_str())));
        }
    }

    fn image(&mut self, attributes: &Attributes, parent: &str) {
        if self.allows(parent, "img") {
            self.push("<img");
            self.attributes(attributes);
            return self.push("/>");
        }
        for (_, alternative) in attributes.iter().filter(|(name, _)| name == "alt") {
            self.push(&escape::text(alternative.as_str()));
        }
    }

    /// A reference; where the markup that it stands for cannot stand, its words without the note do.
    fn reference(&mut self, name: &str, expansion: &[Inline], parent: &str) {
        if self.own.iter().any(|own| own == name) {
            return self.inlines(expansion, parent);
        }
        if expansion.iter().filter_map(element_name).all(|child| self.allows(parent, child)) {
            return self.push(&format!("&{name};"));
        }
        let is_text = |inline: &&Inline| !matches!(inline, Inline::Note(_));
        let words: Vec<Inline> = expansion.iter().filter(is_text).cloned().collect();
        self.push(&escape::text(walk::plain_text(&words).trim_end()));
    }
}
