//! Code blocks: examples, code, included files, tables made from data, XEP-XML.

use super::attributes::{self, Info};
use super::tree::Node;
use super::{Reader, align};
use crate::document::{Block, Directives, Listing, ListingKind, Span_, Table};
use crate::finding::Finding;
use crate::source::{MappedText, Span, Spanned};
use pulldown_cmark::{CodeBlockKind, Event};

/// The classes that are no language.
const CLASSES: &[&str] = &["example", "include", "table", "xep-xml"];

impl Reader<'_, '_> {
    /// A code block. What XEP-XML holds may be any number of blocks.
    pub(super) fn code_block(&mut self, node: &Node<'_>, kind: &CodeBlockKind<'_>) -> Vec<Block> {
        let info = match kind {
            CodeBlockKind::Fenced(_) => self.fence_info(node),
            CodeBlockKind::Indented => Info::default(),
        };
        let text = self.fence_text(node);
        let span = self.node_span(node);
        if info.is("xep-xml") {
            return (self.context.xep_xml)(text, &self.context.own_entities(), self.sink);
        }
        if info.is("table") {
            return vec![Block::Table(generated_table(info, span))];
        }
        vec![Block::Listing(Box::new(self.listing(info, text, span)))]
    }

    /// The attributes, from the raw line: the parser's own info string has lost quotes and places.
    fn fence_info(&mut self, node: &Node<'_>) -> Info {
        let raw = self.raw(node.range.clone());
        let line = raw.lines().next().unwrap_or("");
        let marks = line.len() - line.trim_start_matches(['`', '~']).len();
        let start = node.range.start;
        if !self.broken_fence && !is_closed(raw, line.get(..marks).unwrap_or("")) {
            let span = self.span(start..start + line.len());
            let help = format!("close it with a line `{}`", line.get(..marks).unwrap_or(""));
            self.report(Finding::new("broken-fence", span, "this fence is never closed").help(help));
        }
        let line = self.part(start + marks..start + line.len());
        attributes::parse(&line, self.sink)
    }

    fn fence_text(&self, node: &Node<'_>) -> MappedText {
        let mut text = MappedText::new();
        for child in &node.children {
            if let Event::Text(piece) = &child.event {
                let piece = align::align(piece, &self.part(child.range.clone()));
                text.push_mapped(&piece, 0..piece.len());
            }
        }
        let end = text.as_str().strip_suffix('\n').map_or(text.len(), str::len);
        if end == 0 { self.part(node.range.end..node.range.end) } else { text.slice(0..end) }
    }

    fn listing(&mut self, mut info: Info, text: MappedText, span: Span) -> Listing {
        let mut languages = info.classes.iter().filter(|class| !CLASSES.contains(&class.as_str()));
        let language = languages.next().cloned();
        if let Some(class) = languages.next().and_then(MappedText::whole) {
            let help = "the first class is the language; others are `.example`, `.include`, `.table` and `.xep-xml`";
            self.report(Finding::new("malformed-attribute", class, "this class means nothing here").help(help));
        }
        let kind = if info.is("example") { ListingKind::Example } else { ListingKind::Code };
        Listing {
            kind,
            caption: info.take("caption"),
            attributes: Vec::new(),
            directives: directives(info),
            language: language.map(|name| Spanned::new(name.as_str().to_owned(), name.whole().unwrap_or(span))),
            text,
            markup: Vec::new(),
            span: Span_(span),
        }
    }
}

/// Whether the last line of a code block closes a fence of such marks.
fn is_closed(raw: &str, marks: &str) -> bool {
    let last = raw.trim_end().lines().skip(1).last().unwrap_or("");
    let last = last.trim_start_matches(['>', ' ', '\t']);
    last.starts_with(marks) && last.chars().all(|c| marks.starts_with(c))
}

fn generated_table(mut info: Info, span: Span) -> Table {
    let id = info.id.take().map(|(id, _)| Spanned::new(id.as_str().to_owned(), id.whole().unwrap_or(span)));
    Table {
        id,
        caption: info.take("caption"),
        attributes: Vec::new(),
        directives: directives(info),
        rows: Vec::new(),
        span: Span_(span),
    }
}

fn directives(info: Info) -> Directives {
    let mut directives = Directives::default();
    if let Some(class) = info.classes.iter().find(|class| class.as_str() == "include")
        && let Some(span) = class.whole()
    {
        directives.push("class", class.clone(), span);
    }
    if let Some((id, span)) = info.id {
        directives.push("id", id, span);
    }
    for (name, value, span) in info.entries {
        directives.push(name, value, span);
    }
    directives
}
