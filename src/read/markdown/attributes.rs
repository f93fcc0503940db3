//! The attributes in the braces of a fence: `{.xml .example #ex-oob caption="A picture" kind=partial}`.

use crate::finding::{Finding, Sink};
use crate::source::{MappedText, Span};
use std::ops::Range;

/// What an author writes behind the marks of a fence.
#[derive(Debug, Default)]
pub(super) struct Info {
    /// The word without braces, and `.class` in braces, in order.
    pub classes: Vec<MappedText>,
    /// `#id`: the id, and the span with `#`.
    pub id: Option<(MappedText, Span)>,
    /// `key=value`: key, value without quotes, and the span of both.
    pub entries: Vec<(String, MappedText, Span)>,
}

impl Info {
    /// Whether there is such a class.
    pub fn is(&self, class: &str) -> bool {
        self.classes.iter().any(|name| name.as_str() == class)
    }

    /// Takes the value of a key out.
    pub fn take(&mut self, key: &str) -> Option<MappedText> {
        let at = self.entries.iter().position(|(name, ..)| name == key)?;
        Some(self.entries.remove(at).1)
    }
}

/// Parses what stands behind the marks of a fence, up to the end of the line.
pub(super) fn parse(line: &MappedText, sink: &mut Sink) -> Info {
    let line = line.trimmed();
    let mut parser = Parser { line: &line, at: 0, info: Info::default(), open_quote: false, sink };
    parser.language();
    parser.braces();
    parser.info
}

struct Parser<'a> {
    line: &'a MappedText,
    at: usize,
    info: Info,
    /// A quote that is never closed swallows the brace; that is one fault.
    open_quote: bool,
    sink: &'a mut Sink,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.line.as_str().get(self.at..).unwrap_or("")
    }

    /// The length of the beginning of the rest whose characters are all such.
    fn run(&self, such: impl Fn(char) -> bool) -> usize {
        self.rest().find(|c| !such(c)).unwrap_or(self.rest().len())
    }

    fn skip_space(&mut self) {
        self.at += self.run(char::is_whitespace);
    }

    fn part(&self, range: Range<usize>) -> MappedText {
        self.line.slice(range)
    }

    fn malformed(&mut self, range: Range<usize>, message: &str, help: &str) {
        if let Some(span) = self.line.span(range) {
            self.sink.push(Finding::new("malformed-attribute", span, message).help(help));
        }
    }

    fn language(&mut self) {
        let length = self.run(|c| !c.is_whitespace() && c != '{');
        if length > 0 {
            self.info.classes.push(self.part(self.at..self.at + length));
            self.at += length;
        }
        self.skip_space();
    }

    fn braces(&mut self) {
        if self.rest().is_empty() {
            return;
        }
        if !self.rest().starts_with('{') {
            let help = "write attributes in braces: `{.xml #ex-name caption=\"...\"}`";
            return self.malformed(self.at..self.line.len(), "text after the language of a fence", help);
        }
        let open = self.at;
        self.at += 1;
        while self.attribute() {}
        if self.open_quote {
            return;
        }
        if !self.rest().starts_with('}') {
            let help = "end the attributes with `}` on the same line";
            return self.malformed(open..self.line.len(), "the brace is never closed", help);
        }
        self.at += 1;
        self.skip_space();
        if !self.rest().is_empty() {
            let help = "put all attributes into the braces";
            self.malformed(self.at..self.line.len(), "text after the attributes of a fence", help);
        }
    }

    /// Reads one attribute; false at the end.
    fn attribute(&mut self) -> bool {
        self.skip_space();
        let start = self.at;
        let name = self.run(|c| !c.is_whitespace() && c != '}' && c != '=');
        self.at += name;
        let word = start..self.at;
        match self.rest().chars().next() {
            Some('=') => self.entry(word),
            _ if name == 0 => return false,
            _ => self.class_or_id(word),
        }
        true
    }

    fn class_or_id(&mut self, word: Range<usize>) {
        let text = self.part(word.clone());
        let name = text.slice(1..text.len());
        match (text.as_str().chars().next(), name.is_empty()) {
            (Some('.'), false) => self.info.classes.push(name),
            (Some('#'), false) => self.id(name, word),
            _ => {
                let help = "attributes are `.class`, `#id` and `name=value`";
                self.malformed(word, "neither a class nor an id nor a value", help);
            }
        }
    }

    fn id(&mut self, name: MappedText, word: Range<usize>) {
        if self.info.id.is_some() {
            return self.malformed(word, "a second id", "keep one of them");
        }
        if let Some(span) = self.line.span(word) {
            self.info.id = Some((name, span));
        }
    }

    fn entry(&mut self, name: Range<usize>) {
        self.at += '='.len_utf8();
        let value = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => self.bare(),
        };
        let whole = name.start..self.at;
        let key = self.part(name.clone());
        let Some(value) = value else { return };
        if key.is_empty() || key.as_str().starts_with(['.', '#']) {
            return self.malformed(whole, "a value without a name", "write `name=value`");
        }
        if self.info.entries.iter().any(|(other, ..)| other == key.as_str()) {
            return self.malformed(whole, "this name is given twice", "keep one of them");
        }
        if let Some(span) = self.line.span(whole) {
            self.info.entries.push((key.as_str().to_owned(), value, span));
        }
    }

    fn bare(&mut self) -> Option<MappedText> {
        let length = self.run(|c| !c.is_whitespace() && c != '}');
        let range = self.at..self.at + length;
        self.at = range.end;
        if range.is_empty() {
            self.malformed(range, "a name without a value", "write `name=\"value\"`");
            return None;
        }
        Some(self.part(range))
    }

    /// The text between quotes. A backslash keeps a quote or a backslash from having its meaning.
    fn quoted(&mut self, quote: char) -> Option<MappedText> {
        let open = self.at;
        let mut value = MappedText::new();
        self.at += 1;
        while let Some(next) = self.rest().chars().next() {
            let escaped = self.rest().chars().nth(1).filter(|c| next == '\\' && (*c == quote || *c == '\\'));
            let length = next.len_utf8() + escaped.map_or(0, char::len_utf8);
            let range = self.at..self.at + length;
            self.at = range.end;
            match escaped {
                Some(c) => {
                    if let Some(span) = self.line.span(range) {
                        value.push_standing_for(c.encode_utf8(&mut [0; 4]), span);
                    }
                }
                None if next == quote => return Some(self.placed(value, open + 1)),
                None => value.push_mapped(self.line, range),
            }
        }
        self.open_quote = true;
        self.malformed(open..self.line.len(), "the quote is never closed", "close it on the same line");
        None
    }

    /// An empty value has a place too.
    fn placed(&self, value: MappedText, at: usize) -> MappedText {
        if value.is_empty() { self.part(at..at) } else { value }
    }
}
