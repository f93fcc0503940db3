//! Running text.

use super::html::Html;
use super::tree::Node;
use super::{Reader, align};
use crate::document::{Block, Inline, Span_};
use crate::finding::{Finding, Sink};
use crate::source::{MappedText, Spanned};
use pulldown_cmark::{Event, LinkType, Tag};
use std::ops::Range;

impl<'n> Reader<'_, 'n> {
    /// Nodes as running text, whatever they are: no word is lost.
    pub(super) fn inlines(&mut self, nodes: &[Node<'_>]) -> Vec<Inline> {
        self.check_footnotes(nodes);
        let mut out = Vec::new();
        for node in nodes {
            self.inline(node, &mut out);
        }
        out
    }

    /// What looks like a reference to a footnote is text where no footnote has that label.
    fn check_footnotes(&mut self, nodes: &[Node<'_>]) {
        for pair in nodes.windows(2) {
            let [open, label] = pair else { continue };
            let (Event::Text(bracket), Event::Text(_)) = (&open.event, &label.event) else { continue };
            let reference = self.raw(open.range.start..label.range.end + 1);
            let is_escaped = self.raw(0..open.range.start).ends_with('\\');
            if &**bracket == "[" && !is_escaped && is_footnote(reference) {
                let span = self.span(open.range.start..open.range.start + reference.len());
                let message = format!("no footnote has the label `{}`", reference.trim_matches(['[', '^', ']']));
                let help = format!("write the footnote in a paragraph of its own: `{reference}: ...`");
                self.report(Finding::new("undefined-footnote", span, message).help(help));
            }
        }
    }

    fn inline(&mut self, node: &Node<'_>, out: &mut Vec<Inline>) {
        match &node.event {
            Event::Text(text) => self.text_event(text, node, out),
            Event::Code(text) => out.push(Inline::Code(vec![Inline::Text(self.code(text, &node.range))])),
            Event::SoftBreak => push_text(out, self.text("\n", &node.range)),
            Event::HardBreak => out.push(Inline::Break),
            Event::InlineHtml(text) | Event::Html(text) => {
                let text = self.text(text, &node.range);
                self.inline_html(&text, out);
            }
            Event::FootnoteReference(label) => self.note(label, node, out),
            Event::Start(tag) => self.inline_tag(tag, node, out),
            Event::End(_) | Event::Rule | Event::InlineMath(_) | Event::DisplayMath(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn inline_tag(&mut self, tag: &Tag<'_>, node: &Node<'_>, out: &mut Vec<Inline>) {
        match tag {
            Tag::Emphasis => out.push(Inline::Emphasis(self.inlines(&node.children))),
            Tag::Strong => out.push(Inline::Strong(self.inlines(&node.children))),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.check_title(title, node);
                out.push(self.link(*link_type, dest_url, node));
            }
            Tag::Image { dest_url, title, .. } => {
                self.check_title(title, node);
                out.push(self.image(dest_url, node));
            }
            Tag::CodeBlock(_) => {
                let code = node.children.iter().filter_map(|child| match &child.event {
                    Event::Text(text) => Some(Inline::Text(self.text(text, &child.range))),
                    _ => None,
                });
                out.push(Inline::Code(code.collect()));
            }
            Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => {}
            _ => out.extend(self.inlines(&node.children)),
        }
    }

    fn check_title(&mut self, title: &str, node: &Node<'_>) {
        if !title.is_empty() {
            let help = "say it in the text";
            self.report_unsupported(node.range.clone(), "links and images of a XEP have no title", help);
        }
    }

    fn code(&self, text: &str, range: &Range<usize>) -> MappedText {
        let raw = self.raw(range.clone());
        let marks = raw.len() - raw.trim_start_matches('`').len();
        let inside = range.start + marks..range.end.saturating_sub(marks);
        let content = self.raw(inside.clone());
        let padded = content.len() >= text.len() + 2 && !text.starts_with(' ');
        let inside = if padded { inside.start + 1..inside.end - 1 } else { inside };
        self.text(text, &inside)
    }

    fn link(&mut self, kind: LinkType, url: &str, node: &Node<'_>) -> Inline {
        let text = self.inlines(&node.children);
        let url = match kind {
            LinkType::Email => MappedText::standing_for(format!("mailto:{url}"), self.node_span(node)),
            _ => self.target(url, node),
        };
        Inline::Link { url, text }
    }

    /// A link's target: where it stands as it is, its place; else it stands for the whole link.
    fn target(&self, url: &str, node: &Node<'_>) -> MappedText {
        let behind_text = node.children.last().map_or(node.range.start, |child| child.range.end);
        let is_inline = self.raw(behind_text..node.range.end).starts_with("](");
        let from = if is_inline { behind_text } else { node.range.start };
        match self.raw(from..node.range.end).find(url) {
            Some(at) if !url.is_empty() => self.part(from + at..from + at + url.len()),
            _ => MappedText::standing_for(url, self.node_span(node)),
        }
    }

    fn image(&mut self, url: &str, node: &Node<'_>) -> Inline {
        let alternative = flat(&self.inlines(&node.children));
        let mut attributes = vec![("src".to_owned(), self.target(url, node))];
        if !alternative.is_empty() {
            attributes.push(("alt".to_owned(), alternative));
        }
        Inline::Image(attributes)
    }

    fn inline_html(&mut self, text: &MappedText, out: &mut Vec<Inline>) {
        for piece in self.html(text) {
            match piece {
                Html::Comment(text) => out.push(Inline::Comment(text)),
                Html::Instruction(target, text) => out.push(Inline::Instruction(target, text)),
                Html::Raw(text) => push_text(out, text),
            }
        }
    }

    /// Puts a footnote in at the place that refers to it.
    fn note(&mut self, label: &str, node: &Node<'_>, out: &mut Vec<Inline>) {
        let Some((label, definition)) = self.notes.get_key_value(label).map(|(label, note)| (*label, *note)) else {
            return push_text(out, self.part(node.range.clone()));
        };
        self.used_notes.insert(label);
        let size = definition.range.len();
        if self.open_notes.contains(&label) || size > self.note_budget {
            let span = self.node_span(node);
            let message = format!("the footnote `{label}` refers to itself, or is repeated too often");
            self.report(Finding::new("malformed-footnote", span, message).help("write its text where it is needed"));
            return push_text(out, self.part(node.range.clone()));
        }
        self.note_budget -= size;
        self.open_notes.push(label);
        let text = self.flattened(&definition.children);
        self.open_notes.pop();
        out.push(Inline::Note(text));
    }

    /// Blocks as running text, a line end between them.
    pub(super) fn flattened(&mut self, nodes: &[Node<'_>]) -> Vec<Inline> {
        let mut out: Vec<Inline> = Vec::new();
        for node in nodes {
            let is_block = matches!(&node.event, Event::Start(tag) if !is_inline_tag(tag));
            if is_block && !out.is_empty() {
                push_text(&mut out, MappedText::standing_for("\n", self.node_span(node).at_start()));
            }
            match &node.event {
                Event::Start(tag) if is_container(tag) => {
                    self.flattened(&node.children).into_iter().for_each(|inline| push(&mut out, inline));
                }
                _ => self.inline(node, &mut out),
            }
        }
        out
    }

    /// Text as the parser gives it: escapes and the entities of HTML are resolved, the entities of the series are not.
    fn text_event(&mut self, text: &str, node: &Node<'_>, out: &mut Vec<Inline>) {
        let raw = self.raw(node.range.clone());
        if raw == text {
            let escaped = self.raw(0..node.range.start).ends_with('\\');
            return self.with_references(self.part(node.range.clone()), escaped, out);
        }
        let name = raw.strip_prefix('&').and_then(|raw| raw.strip_suffix(';')).unwrap_or("");
        if let Some(inline) = self.reference(name, self.part(node.range.clone())) {
            return push(out, inline);
        }
        push_text(out, self.text(text, &node.range));
    }

    /// Text in which `&name;` may stand. `escaped`: the first character has lost its meaning.
    fn with_references(&mut self, text: MappedText, escaped: bool, out: &mut Vec<Inline>) {
        let mut done = 0;
        let mut from = usize::from(escaped);
        while let Some((range, name)) = reference_in(text.as_str(), from) {
            from = range.end;
            match self.reference(name, text.slice(range.clone())) {
                Some(inline) => {
                    push_text(out, text.slice(done..range.start));
                    push(out, inline);
                    done = range.end;
                }
                None => self.report_undefined(name, &text.slice(range)),
            }
        }
        push_text(out, text.slice(done..text.len()));
    }

    /// What a reference stands for: characters where the document's own entity is no more than a way to write these, else a
    /// reference that is kept as one.
    fn reference(&self, name: &str, reference: MappedText) -> Option<Inline> {
        let span = reference.whole()?;
        if name.is_empty() || name.starts_with('#') {
            return None;
        }
        if let Some((_, text)) = self.context.entities.iter().find(|(entity, _)| entity.name == name) {
            return match text {
                Some(text) => Some(Inline::Text(MappedText::standing_for(text.clone(), span))),
                None => self.own_markup(&reference),
            };
        }
        let expansion = (self.context.references)(name, span)?;
        Some(Inline::Reference { name: name.to_owned(), expansion, span: Span_(span) })
    }

    /// A reference to an entity of the document that holds markup of running text.
    fn own_markup(&self, reference: &MappedText) -> Option<Inline> {
        let blocks = (self.context.xep_xml)(reference.clone(), &self.context.own_entities(), &mut Sink::default());
        match <[Block; 1]>::try_from(blocks) {
            Ok([Block::Plain(text)]) => <[Inline; 1]>::try_from(text).ok().map(|[inline]| inline),
            _ => None,
        }
    }

    fn report_undefined(&mut self, name: &str, reference: &MappedText) {
        if let Some(span) = reference.whole() {
            let message = format!("nothing defines the entity `{name}`");
            let help = format!("if the characters themselves are meant, write `\\&{name};`");
            self.report(Finding::new("undeclared-entity", span, message).help(help));
        }
    }

    /// Takes `{#id}` from the end of running text.
    pub(super) fn take_anchor(&mut self, text: &mut Vec<Inline>) -> Option<Spanned<String>> {
        let Some(Inline::Text(last)) = text.last() else { return None };
        let whole = last.as_str().trim_end();
        let open = whole.rfind("{#")?;
        let id = whole.get(open + 2..)?.strip_suffix('}')?;
        if !is_anchor(id) {
            if let Some(span) = last.span(open..whole.len()) {
                let finding = Finding::new("malformed-attribute", span, "this is no name for an anchor");
                self.report(
                    finding.help("a name begins with a letter and goes on with letters, digits, `-`, `_` and `.`"),
                );
            }
            return None;
        }
        let place = last.span(open + 2..open + 2 + id.len())?;
        let id = Spanned::new(id.to_owned(), place);
        let rest = last.slice(0..whole.get(..open).unwrap_or("").trim_end().len());
        text.pop();
        push_text(text, rest);
        Some(id)
    }
}

fn is_anchor(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn is_footnote(text: &str) -> bool {
    let label = text.strip_prefix("[^").and_then(|text| text.strip_suffix(']'));
    label.is_some_and(|label| !label.is_empty() && !label.contains(char::is_whitespace))
}

/// The first `&name;` at or behind `from`, and its name.
fn reference_in(text: &str, from: usize) -> Option<(Range<usize>, &str)> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find('&')?;
        let behind = text.get(start + 1..)?;
        let length = behind.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
        let name = behind.get(..length?).unwrap_or("");
        if behind.get(name.len()..)?.starts_with(';') && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Some((start..start + name.len() + 2, name));
        }
        at = start + 1;
    }
}

/// Whether a tag marks up running text.
pub(super) fn is_inline_tag(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// Whether a block holds blocks or running text that can be taken out of it.
fn is_container(tag: &Tag<'_>) -> bool {
    !is_inline_tag(tag) && !matches!(tag, Tag::CodeBlock(_) | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_))
}

/// Adds text, joined with the text before it.
pub(super) fn push_text(out: &mut Vec<Inline>, text: MappedText) {
    if text.is_empty() {
        return;
    }
    match out.last_mut() {
        Some(Inline::Text(last)) => last.push_mapped(&text, 0..text.len()),
        _ => out.push(Inline::Text(text)),
    }
}

fn push(out: &mut Vec<Inline>, inline: Inline) {
    match inline {
        Inline::Text(text) => push_text(out, text),
        other => out.push(other),
    }
}

/// The characters of running text on one line, with the way back.
pub(super) fn flat(text: &[Inline]) -> MappedText {
    let mut out = MappedText::new();
    flatten(text, &mut out);
    align::align(&out.as_str().replace(['\n', '\r'], " "), &out)
}

fn flatten(text: &[Inline], out: &mut MappedText) {
    for piece in text {
        match piece {
            Inline::Text(text) => out.push_mapped(text, 0..text.len()),
            Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Code(text)
            | Inline::Link { text, .. }
            | Inline::Note(text)
            | Inline::Element { text, .. } => flatten(text, out),
            Inline::Reference { expansion, .. } => {
                expansion
                    .iter()
                    .filter(|inline| !matches!(inline, Inline::Note(_)))
                    .for_each(|inline| flatten(std::slice::from_ref(inline), out));
            }
            Inline::Image(attributes) => {
                attributes.iter().filter(|(name, _)| name == "alt").for_each(|(_, text)| {
                    out.push_mapped(text, 0..text.len());
                });
            }
            Inline::Break | Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }
}
