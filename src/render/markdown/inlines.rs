//! Running text.

use super::{WIDTH, Writer, escape};
use crate::document::{Attributes, Inline, settled, walk};

/// Running text as words, between which a line may end.
#[derive(Default)]
pub(super) struct Words {
    /// Lines that end with a break; the last one is still open.
    lines: Vec<Vec<String>>,
    current: String,
}

impl Words {
    /// Adds text; its spaces end words.
    fn text(&mut self, text: &str) {
        for (at, piece) in text.split(' ').enumerate() {
            if at > 0 {
                self.end_word();
            }
            self.current.push_str(piece);
        }
    }

    /// Adds what must not be taken apart.
    fn solid(&mut self, text: &str) {
        self.current.push_str(text);
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.current);
        match self.lines.last_mut() {
            Some(line) => line.push(word),
            None => self.lines.push(vec![word]),
        }
    }

    fn line_break(&mut self) {
        self.end_word();
        self.lines.push(Vec::new());
    }

    /// The last character that was added.
    fn last(&self) -> Option<char> {
        let is_begun = self.lines.last().is_some_and(|line| !line.is_empty());
        self.current.chars().next_back().or(is_begun.then_some(' '))
    }

    /// All on one line; none where it has breaks.
    pub(super) fn one_line(mut self) -> Option<String> {
        self.end_word();
        let [line] = self.lines.as_slice() else { return None };
        Some(line.join(" "))
    }

    /// Lines that are as wide as they may be; those after the first are indented.
    pub(super) fn wrapped(mut self, indent: usize) -> String {
        self.end_word();
        let space = " ".repeat(indent);
        let lines: Vec<String> = self.lines.iter().map(|line| wrapped(line, indent)).collect();
        lines.join(&format!("\\\n{space}"))
    }
}

fn wrapped(words: &[String], indent: usize) -> String {
    let mut out = String::new();
    let mut width = indent;
    for (at, word) in words.iter().enumerate() {
        let length = word.chars().count();
        if at == 0 {
            out.push_str(&escape::line_start(word));
        } else if width + 1 + length > WIDTH && escape::may_begin_line(word) {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(word);
            width = indent + length;
            continue;
        } else {
            out.push(' ');
            out.push_str(word);
        }
        width += 1 + length;
    }
    out
}

impl Writer<'_> {
    /// Running text; none where Markdown cannot say it.
    pub(super) fn words(&mut self, text: &[Inline]) -> Option<Words> {
        let mut words = Words::default();
        self.inlines(&settled(text), None, false, &mut words)?;
        Some(words)
    }

    /// `after`: the mark that follows. Notes are gathered.
    fn inlines(&mut self, text: &[Inline], after: Option<char>, in_link: bool, out: &mut Words) -> Option<()> {
        for (at, piece) in text.iter().enumerate() {
            let next = text.get(at + 1).map_or(after, first_mark);
            match piece {
                Inline::Text(text) => out.text(&escape::text(text.as_str(), out.last(), next, in_link)),
                Inline::Emphasis(text) => self.marked("*", text, in_link, out)?,
                Inline::Strong(text) => self.marked("**", text, in_link, out)?,
                Inline::Code(text) => out.solid(&escape::code(&only_text(text)?)),
                Inline::Link { url, text } if !in_link => self.link(url.as_str(), text, out)?,
                Inline::Note(text) => {
                    let label = self.note(text)?;
                    out.solid(&format!("[^{label}]"));
                }
                Inline::Break => out.line_break(),
                Inline::Image(attributes) => out.solid(&image(attributes)?),
                Inline::Reference { name, .. } => out.solid(&format!("&{name};")),
                Inline::Comment(text) => out.solid(&format!("<!--{text}-->")),
                Inline::Instruction(target, text) => out.solid(&instruction(target, text.as_str())),
                Inline::Element { text, .. } if in_link => self.inlines(text, next, in_link, out)?,
                Inline::Element { .. } | Inline::Link { .. } => return None,
            }
        }
        Some(())
    }

    fn marked(&mut self, mark: &str, text: &[Inline], in_link: bool, out: &mut Words) -> Option<()> {
        out.solid(mark);
        self.inlines(text, mark.chars().next(), in_link, out)?;
        out.solid(mark);
        Some(())
    }

    fn link(&mut self, url: &str, text: &[Inline], out: &mut Words) -> Option<()> {
        if is_address(url) && walk::plain_text(text) == url {
            out.solid(&format!("<{url}>"));
            return Some(());
        }
        out.solid("[");
        self.inlines(text, Some(']'), true, out)?;
        out.solid(&format!("]({})", escape::target(url)));
        Some(())
    }

    /// Gathers a note, and answers its label.
    fn note(&mut self, text: &[Inline]) -> Option<usize> {
        /// What stands before the lines of a footnote after the first one.
        const INDENT: usize = 4;
        self.notes.count += 1;
        let label = self.notes.count;
        let place = self.notes.waiting.len();
        let text = self.words(text)?.wrapped(INDENT);
        self.notes.waiting.insert(place, format!("[^{label}]: {text}"));
        Some(label)
    }
}

/// `<!-- xep:allow rule='...' -->`.
pub(super) fn instruction(target: &str, text: &str) -> String {
    let space = if text.is_empty() { "" } else { " " };
    format!("<!-- xep:{target}{space}{text} -->")
}

/// The character with which a piece begins.
fn first_mark(piece: &Inline) -> Option<char> {
    match piece {
        Inline::Text(text) => text.as_str().chars().next(),
        Inline::Emphasis(_) | Inline::Strong(_) => Some('*'),
        Inline::Code(_) => Some('`'),
        Inline::Link { .. } | Inline::Note(_) => Some('['),
        Inline::Break => None,
        Inline::Image(_) => Some('!'),
        Inline::Reference { .. } => Some('&'),
        Inline::Comment(_) | Inline::Instruction(..) | Inline::Element { .. } => Some('<'),
    }
}

fn only_text(text: &[Inline]) -> Option<String> {
    match text {
        [Inline::Text(text)] => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// Whether a target can stand between `<` and `>`.
fn is_address(url: &str) -> bool {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '&' | '\\'))
}

fn image(attributes: &Attributes) -> Option<String> {
    let value = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if attributes.iter().any(|(name, _)| !matches!(name.as_str(), "src" | "alt")) {
        return None;
    }
    let alternative = escape::text(value("alt").unwrap_or(""), None, Some(']'), true);
    Some(format!("![{alternative}]({})", escape::target(value("src")?)))
}
