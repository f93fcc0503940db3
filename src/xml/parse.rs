//! Text to trees, with recovery: one wrong tag gives one problem, and the rest is still a tree.
//!
//! The parser is ours because no library gives a tree of broken input with the span of every part. That it calls the same
//! texts well-formed as `roxmltree` does is held by properties, by the real series, and by a fuzz target.

use super::XML;
use super::tree::{Attribute, Declaration, Element, Name, Node, Text};
use crate::finding::{Edit, Fix};
use crate::source::{MappedText, Span};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// How deep elements may nest. What is deeper is left out, with a problem.
pub const MAX_DEPTH: usize = 128;

/// How many attributes of a tag are read. There are at most some dozen in any vocabulary; one that is read costs a hundred times
/// its bytes.
pub const MAX_ATTRIBUTES: usize = 1000;

/// How many elements, attributes, texts and comments are read of a text: ten times what the largest XEP has.
pub const MAX_PARTS: usize = 200_000;

/// How many problems are told of a text. Behind them it is not read: it is something else than XML.
pub const MAX_PROBLEMS: usize = 20_000;

/// How many bytes are looked at to tell a slip in a closing tag from one too many; keeps broken input linear.
const LOOK_AHEAD: usize = 4096;

/// What came of a text.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The nodes at top level; a document has one element among them, a fragment any number.
    pub nodes: Vec<Node>,
    /// What is not well-formed, in order of place.
    pub problems: Vec<Problem>,
    /// Closing tags whose names are probably slips.
    pub slips: Vec<Slip>,
    /// Where something was left out inside a tag, as specifications do: `<iq ...>`.
    pub elisions: Vec<Span>,
}

impl Parsed {
    /// The elements at top level.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(Node::element)
    }
}

/// The sort of a problem, for callers that accept some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// An element is never closed.
    Unclosed,
    /// A closing tag closes nothing, or has another name than what it closes.
    WrongEnd,
    /// A tag that cannot be read.
    BadTag,
    /// An attribute that cannot be read, or stands twice.
    BadAttribute,
    /// A reference to an entity that does not exist, or an `&` alone.
    BadReference,
    /// A prefix without a namespace.
    UnboundPrefix,
    /// A comment, CDATA section or instruction without an end.
    Unterminated,
    /// Elements nest deeper than [`MAX_DEPTH`].
    TooDeep,
    /// There is more of something than is read: [`MAX_ATTRIBUTES`], [`MAX_PARTS`], [`MAX_PROBLEMS`].
    TooMuch,
    /// Anything else that XML forbids.
    Other,
}

/// A closing tag of another name than the element that it is taken to close, or with its slash in the wrong place: `<a/>`.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The whole tag, as its problem has it.
    pub tag: Span,
    /// What gives it its right form, where the author wrote what is wrong letter by letter.
    edit: Option<Edit>,
    /// The name that it has.
    pub written: String,
    /// The name that it should have.
    pub meant: String,
}

impl Slip {
    /// Whether the names differ in a letter or two, or in their case.
    pub fn is_near(&self) -> bool {
        let limit = if self.written.len().min(self.meant.len()) < 4 { 1 } else { 2 };
        self.written.eq_ignore_ascii_case(&self.meant) || distance_at_most(&self.written, &self.meant, limit)
    }

    /// The change that gives the tag the name that it should have.
    pub fn fix(&self, is_safe: bool) -> Option<Fix> {
        let edit = self.edit.clone()?;
        Some(Fix { safe: is_safe, message: format!("write `</{}>`", self.meant), edits: vec![edit] })
    }
}

/// Something that is not well-formed.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Its sort.
    pub kind: ProblemKind,
    /// The smallest span that is wrong.
    pub span: Span,
    /// One short sentence.
    pub message: String,
    /// Other places that matter.
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

/// Parses a document or a fragment. Names without a prefix are in `default_namespace` until a declaration says otherwise.
///
/// Never fails: whatever the text, there are nodes and problems.
pub fn parse(text: &MappedText, default_namespace: &str) -> Parsed {
    parse_by(text, default_namespace, false)
}

/// Parses what the strict parser has accepted: nothing in it is a slip, so nothing is guessed. Attributes behind the `>` of their tag,
/// which [`parse`] takes for such, are text.
pub fn parse_accepted(text: &MappedText, default_namespace: &str) -> Parsed {
    parse_by(text, default_namespace, true)
}

fn parse_by(text: &MappedText, default_namespace: &str, is_accepted: bool) -> Parsed {
    let text = text.shared();
    let mut parser = Parser::new(&text, default_namespace);
    parser.is_accepted = is_accepted;
    parser.run();
    parser.characters();
    parser.finish()
}

/// An element that is open while the text is read.
struct Open<'a> {
    element: Element,
    /// Its name as written, which its end tag must repeat.
    written: &'a str,
    /// How many bindings were in scope before it.
    bindings: usize,
    /// Whether a problem was told of its start tag: that it is not closed is then a consequence.
    damaged: bool,
}

struct Binding {
    prefix: String,
    namespace: String,
}

struct Parser<'a> {
    mapped: &'a MappedText,
    text: &'a str,
    at: usize,
    /// The piece of the author's text in which the last span began.
    near: Cell<usize>,
    open: Vec<Open<'a>>,
    /// Names of elements that are open beyond the allowed depth.
    too_deep: usize,
    bindings: Vec<Binding>,
    has_doctype: bool,
    /// Whether the strict parser has accepted the text.
    is_accepted: bool,
    /// How many parts there are so far.
    parts: usize,
    parsed: Parsed,
}

/// A start tag as it stands in the text.
struct Tag {
    name: Range<usize>,
    range: Range<usize>,
    attributes: Vec<RawAttribute>,
    /// The first attribute beyond [`MAX_ATTRIBUTES`], and how many there are of them.
    surplus: Option<(Range<usize>, usize)>,
    empty: bool,
    damaged: bool,
}

impl Tag {
    fn take(&mut self, attribute: RawAttribute) {
        if self.attributes.len() < MAX_ATTRIBUTES {
            return self.attributes.push(attribute);
        }
        self.surplus.get_or_insert((attribute.range, 0)).1 += 1;
    }
}

struct RawAttribute {
    name: Range<usize>,
    value: Range<usize>,
    range: Range<usize>,
}

/// The names of the attributes of a tag that were seen, with where these stand: in a row while they are few.
enum Seen<'a> {
    Few(Vec<(&'a str, Range<usize>)>),
    Many(HashMap<&'a str, Range<usize>>),
}

impl<'a> Seen<'a> {
    fn of(length: usize) -> Seen<'a> {
        const FEW: usize = 16;
        match length <= FEW {
            true => Seen::Few(Vec::with_capacity(length)),
            false => Seen::Many(HashMap::with_capacity(length)),
        }
    }

    /// Where that name stood before; else it is seen now.
    fn see(&mut self, name: &'a str, range: &Range<usize>) -> Option<Range<usize>> {
        let first = match self {
            Seen::Few(all) => all.iter().find(|(other, _)| *other == name).map(|(_, first)| first.clone()),
            Seen::Many(all) => all.get(name).cloned(),
        };
        match (self, &first) {
            (_, Some(_)) => {}
            (Seen::Few(all), None) => all.push((name, range.clone())),
            (Seen::Many(all), None) => _ = all.insert(name, range.clone()),
        }
        first
    }
}

impl<'a> Parser<'a> {
    fn new(mapped: &'a MappedText, default_namespace: &str) -> Parser<'a> {
        let bindings = vec![
            Binding { prefix: "xml".into(), namespace: XML.into() },
            Binding { prefix: String::new(), namespace: default_namespace.into() },
        ];
        let text = mapped.as_str();
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Parser {
            mapped,
            text,
            at,
            near: Cell::new(0),
            open: Vec::new(),
            too_deep: 0,
            bindings,
            has_doctype: false,
            is_accepted: false,
            parts: 0,
            parsed: Parsed::default(),
        }
    }

    fn run(&mut self) {
        while self.at < self.text.len() && !self.is_too_much() {
            let rest = self.rest();
            if !rest.starts_with('<') {
                self.text_run();
            } else if rest.starts_with("<!--") {
                self.comment();
            } else if rest.starts_with("<![CDATA[") {
                self.cdata();
            } else if rest.starts_with("<?") {
                self.instruction();
            } else if rest.starts_with("<!") {
                self.declaration();
            } else if rest.starts_with("</") {
                self.end_tag();
            } else if is_elided_tag(rest) {
                self.elided_tag();
            } else if rest[1..].starts_with(is_name_start) {
                self.start_tag();
            } else {
                self.text_run();
            }
        }
    }

    fn is_too_much(&self) -> bool {
        self.parts > MAX_PARTS || self.parsed.problems.len() > MAX_PROBLEMS
    }

    /// Says that there is more than is read, if so. What is open then is not blamed for being so.
    fn too_much(&mut self) {
        if !self.is_too_much() {
            return;
        }
        let what = match self.parts > MAX_PARTS {
            true => format!("{MAX_PARTS} elements, attributes and texts"),
            false => format!("{MAX_PROBLEMS} problems"),
        };
        let width = |at: usize| self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let (first, here) = (0..width(0), self.span(self.at..self.at + width(self.at)));
        let message = format!("here are more than {what}, of which the first ones are read");
        // At the very start it is not lost among what is wrong with the text.
        self.problem(ProblemKind::TooMuch, first, message).related = vec![(here, "not read from here on".into())];
        self.open.iter_mut().for_each(|open| open.damaged = true);
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn span(&self, range: Range<usize>) -> Span {
        self.mapped.span_near(range, &self.near).expect("a text that has bytes has origins")
    }

    fn problem(&mut self, kind: ProblemKind, range: Range<usize>, message: impl Into<String>) -> &mut Problem {
        let span = self.span(range);
        // One text may have millions before it is left.
        self.parsed.problems.truncate(MAX_PROBLEMS);
        self.parsed.problems.push(Problem { kind, span, message: message.into(), related: Vec::new(), help: None });
        self.parsed.problems.last_mut().expect("one was pushed")
    }

    fn push(&mut self, node: Node) {
        if self.too_deep > 0 {
            return;
        }
        self.parts += 1;
        match self.open.last_mut() {
            Some(open) => open.element.children.push(node),
            None => self.parsed.nodes.push(node),
        }
    }

    /// The text up to `end`, which must exist; else a problem, and the text up to the end of everything.
    fn until(&mut self, opening: &str, end: &str, what: &str) -> Range<usize> {
        let start = self.at + opening.len();
        match self.text.get(start..).and_then(|rest| rest.find(end)) {
            Some(length) => {
                self.at = start + length + end.len();
                start..start + length
            }
            None => {
                let opening = self.at..start.min(self.text.len());
                self.problem(ProblemKind::Unterminated, opening, format!("this {what} never ends")).help =
                    Some(format!("end it with `{end}`"));
                self.at = self.text.len();
                start.min(self.text.len())..self.text.len()
            }
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let inner = self.until("<!--", "-->", "comment");
        if let Some(at) = self.text[inner.clone()].find("--") {
            let at = inner.start + at;
            self.problem(ProblemKind::Other, at..at + 2, "`--` inside a comment");
        }
        if self.text[inner.clone()].ends_with('-') && self.at > inner.end {
            self.problem(ProblemKind::Other, inner.end - 1..self.at, "a comment ends with `-->`, not with `--->`");
        }
        let text = Text { text: self.mapped.slice(inner), span: self.span(start..self.at) };
        self.push(Node::Comment(text));
    }

    fn cdata(&mut self) {
        let inner = self.until("<![CDATA[", "]]>", "CDATA section");
        if !inner.is_empty() {
            let text = self.mapped.slice(inner.clone());
            self.push_text(text, inner);
        }
    }

    fn instruction(&mut self) {
        let start = self.at;
        let inner = self.until("<?", "?>", "processing instruction");
        let body = &self.text[inner.clone()];
        let target_length = body.find([' ', '\t', '\r', '\n']).unwrap_or(body.len());
        let target = &body[..target_length];
        if target.eq_ignore_ascii_case("xml") {
            let before = &self.text[..start];
            if !before.trim_start_matches('\u{feff}').is_empty() && !before.trim().is_empty() {
                self.problem(ProblemKind::Other, start..self.at, "an XML declaration stands at the very start only");
            }
            return;
        }
        // XML 1.0, production 17.
        if target.is_empty() {
            self.problem(ProblemKind::BadTag, start..self.at, "this processing instruction has no target");
        } else if name_length(target) < target.len() {
            let message = format!("`{target}` is no target of a processing instruction");
            self.problem(ProblemKind::BadTag, start..self.at, message).help =
                Some("write a name, and white space behind it".into());
        }
        let value_start = inner.end - body[target_length..].trim_start().len();
        let text = Text { text: self.mapped.slice(value_start..inner.end), span: self.span(start..self.at) };
        self.push(Node::Instruction(target.to_owned(), text));
    }

    /// `<!DOCTYPE`, which may stand before the first element, and `<!ELEMENT` and its kin, which may not.
    fn declaration(&mut self) {
        let start = self.at;
        self.at += declaration_length(self.rest());
        let is_first = self.open.is_empty() && self.parsed.elements().next().is_none() && !self.has_doctype;
        if !self.text[start..self.at].ends_with('>') {
            self.problem(ProblemKind::Unterminated, start..start + "<!".len(), "this declaration never ends");
            return;
        }
        if is_first && self.text[start..].starts_with("<!DOCTYPE") {
            self.has_doctype = true;
            return;
        }
        self.problem(ProblemKind::Other, start..self.at, "a declaration cannot stand here");
    }

    fn elided_tag(&mut self) {
        let start = self.at;
        self.at += self.rest().find('>').map_or(self.rest().len(), |length| length + 1);
        let span = self.span(start..self.at);
        self.parsed.elisions.push(span);
    }

    fn text_run(&mut self) {
        let start = self.at;
        if self.rest().starts_with('<') {
            self.at += 1;
            self.problem(ProblemKind::BadTag, start..self.at, "`<` does not begin a tag here").help =
                Some("write `&lt;` for the character".into());
        }
        let length = self.rest().find('<').unwrap_or(self.rest().len());
        self.at += length;
        let range = start..self.at;
        let bracket = self.text.as_bytes()[range.clone()].iter().position(|&byte| byte == b']');
        if let Some(at) = bracket.and_then(|_| self.text[range.clone()].find("]]>")) {
            let at = start + at;
            self.problem(ProblemKind::Other, at..at + 3, "`]]>` cannot stand in text").help =
                Some("write `]]&gt;`".into());
        }
        let text = self.resolve(range.clone());
        self.push_text(text, range);
    }

    fn push_text(&mut self, text: MappedText, range: Range<usize>) {
        let span = self.span(range);
        let siblings = match self.open.last_mut() {
            Some(open) => &mut open.element.children,
            None => &mut self.parsed.nodes,
        };
        if self.too_deep > 0 {
            return;
        }
        if let Some(Node::Text(last)) = siblings.last_mut() {
            last.text.push_mapped(&text, 0..text.len());
            last.span = last.span.to(span);
            return;
        }
        self.parts += 1;
        if siblings.is_empty() {
            // Mostly nothing follows.
            siblings.reserve_exact(1);
        }
        siblings.push(Node::Text(Text { text, span }));
    }

    /// The text of a range with character references and the five known entities resolved.
    fn resolve(&mut self, range: Range<usize>) -> MappedText {
        if !self.text.as_bytes()[range.clone()].contains(&b'&') {
            return self.mapped.slice(range);
        }
        let mut resolved = MappedText::new();
        let mut at = range.start;
        while let Some(offset) = self.text[at..range.end].find('&') {
            let start = at + offset;
            resolved.push_mapped(self.mapped, at..start);
            at = self.reference(start, range.end, &mut resolved);
        }
        resolved.push_mapped(self.mapped, at..range.end);
        resolved
    }

    /// Resolves the reference that begins at `start`; answers where it ends.
    fn reference(&mut self, start: usize, limit: usize, resolved: &mut MappedText) -> usize {
        let behind = &self.text[start + 1..limit];
        let length = behind.find(|c| !is_name_character(c) && c != '#').unwrap_or(behind.len());
        let name = Some(&behind[..length]).filter(|name| !name.is_empty() && behind[name.len()..].starts_with(';'));
        let Some(name) = name else {
            self.problem(ProblemKind::BadReference, start..start + 1, "`&` does not begin a reference here").help =
                Some("write `&amp;` for the character".into());
            resolved.push_mapped(self.mapped, start..start + 1);
            return start + 1;
        };
        let end = start + name.len() + 2;
        match character(name) {
            Some(character) => {
                let span = self.span(start..end);
                resolved.push_standing_for(character.encode_utf8(&mut [0; 4]), span);
            }
            None => {
                let message = match name.starts_with('#') {
                    true => format!("`&{name};` is not a character that XML allows"),
                    false => format!("the entity `&{name};` is not declared"),
                };
                let help = (!name.starts_with('#')).then(|| {
                    "inside CDATA a reference stays as it is: end the section before it, or write the text itself"
                        .to_owned()
                });
                self.problem(ProblemKind::BadReference, start..end, message).help = help;
                resolved.push_mapped(self.mapped, start..end);
            }
        }
        end
    }

    fn end_tag(&mut self) {
        let start = self.at;
        let name_start = start + 2;
        let name_end = name_start + name_length(&self.text[name_start..]);
        let tail = &self.text[name_end..];
        let spaces = tail.len() - tail.trim_start().len();
        let closed = tail.trim_start().starts_with('>');
        self.at = name_end + if closed { spaces + 1 } else { 0 };
        if !closed {
            self.unfinished_end_tag(start, name_end);
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let name = &self.text[name_start..name_end];
        match self.open.iter().rposition(|open| open.written == name) {
            Some(at) => self.close_down_to(at, start),
            None => self.stray_end(name, start),
        }
    }

    fn unfinished_end_tag(&mut self, start: usize, name_end: usize) {
        let rest = &self.text[name_end..];
        let junk = rest.find(['<', '>']).unwrap_or(rest.len());
        let ends = rest[junk..].starts_with('>');
        self.at = name_end + junk + usize::from(ends);
        let name = &self.text[start + 2..name_end];
        if self.open.last().is_some_and(|open| open.damaged && open.written == name) {
            return;
        }
        let message = match ends {
            true => "a closing tag holds its name alone",
            false => "this closing tag has no `>`",
        };
        self.problem(ProblemKind::BadTag, start..name_end.max(start + 2), message);
    }

    /// Closes the open element at `index`, and reports what is still open inside of it.
    fn close_down_to(&mut self, index: usize, end_tag: usize) {
        let by = self.open.get(index).map_or("", |open| open.written);
        if self.open.len() > index + 1 && self.end_follows_again(by) {
            self.early_end(by, end_tag);
            return;
        }
        let end = self.span(end_tag..self.at);
        while self.open.len() > index + 1 {
            if !(self.open.len() > index + 2 && self.mend_doubled_start()) {
                self.unclosed(Some((end, format!("`</{by}>` comes first"))));
            }
        }
        self.close(end);
    }

    /// An end tag of an outer element that has another one later: one too many, or a slip in the name.
    fn early_end(&mut self, name: &str, start: usize) {
        let Some(innermost) = self.open.last() else { return };
        let (expected, opened) = (innermost.written, innermost.element.name_span);
        if !self.own_end_follows(expected) {
            return self.wrong_end(name, start);
        }
        let message = format!("`</{name}>` comes before `</{expected}>`");
        self.problem(ProblemKind::WrongEnd, start..self.at, message).related =
            vec![(opened, format!("`<{expected}>` is open here"))];
    }

    /// Whether an end tag of that name follows before another element of that name begins: then the one here is a slip.
    fn end_follows_again(&self, name: &str) -> bool {
        let rest = self.rest();
        let rest = &rest[..rest.floor_char_boundary(LOOK_AHEAD)];
        let Some(end) = rest.find(&format!("</{name}>")) else { return false };
        starts_of(rest, name).next().is_none_or(|start| end < start)
    }

    /// Mends `<a>...<a>` where `</a>` was meant: a start tag without attributes in an element of its own name, neither of
    /// which is closed. What follows it stands beside the element then. False if it is not so.
    fn mend_doubled_start(&mut self) -> bool {
        let [.., outer, inner] = self.open.as_slice() else { return false };
        let is_bare = inner.element.attributes.is_empty() && inner.element.declarations.is_empty();
        if outer.written != inner.written || !is_bare || outer.damaged || inner.damaged {
            return false;
        }
        let name = inner.written;
        let (first, second) = (outer.element.start_tag, inner.element.start_tag);
        self.parsed.problems.push(Problem {
            kind: ProblemKind::Unclosed,
            span: second,
            message: format!("`<{name}>` opens another `{name}`, and neither is closed"),
            related: vec![(first, "opened here".into())],
            help: Some(format!("write `</{name}>` if it is to be closed here")),
        });
        let Some(inner) = self.open.pop() else { return false };
        self.bindings.truncate(inner.bindings);
        self.close(second);
        inner.element.children.into_iter().for_each(|node| self.push(node));
        true
    }

    fn unclosed(&mut self, related: Option<(Span, String)>) {
        let Some(open) = self.open.last() else { return };
        if open.damaged {
            let end = open.element.start_tag;
            self.close(end);
            return;
        }
        if let Some(slip) = empty_namesake(open) {
            let problem = Problem {
                kind: ProblemKind::Unclosed,
                span: slip,
                message: format!("`<{0}/>` does not close `<{0}>`", open.written),
                related: vec![(open.element.start_tag, "opened here".into())],
                help: Some(format!("write `</{}>`", open.written)),
            };
            self.parsed.slips.push(misplaced_slash(slip, open.written));
            self.parsed.problems.push(problem);
            self.close(slip);
            return;
        }
        let problem = Problem {
            kind: ProblemKind::Unclosed,
            span: open.element.start_tag,
            message: format!("`<{}>` is never closed", open.written),
            related: related.into_iter().collect(),
            help: Some(format!("add `</{}>`, or close the tag with `/>`", open.written)),
        };
        self.parsed.problems.push(problem);
        let end = open.element.children.last().map_or(open.element.start_tag, Node::span);
        self.close(end);
    }

    fn close(&mut self, end: Span) {
        let Some(mut open) = self.open.pop() else { return };
        open.element.span = open.element.start_tag.to(end);
        self.bindings.truncate(open.bindings);
        self.push(Node::from(open.element));
    }

    /// An end tag whose name no open element has: a slip in the name of the innermost one, or one too many.
    fn stray_end(&mut self, name: &str, start: usize) {
        let range = start..self.at;
        let Some(innermost) = self.open.last() else {
            self.problem(ProblemKind::WrongEnd, range, format!("`</{name}>` closes nothing"));
            return;
        };
        let (expected, opened) = (innermost.written, innermost.element.name_span);
        if self.own_end_follows(expected) {
            let closed = innermost.element.elements().filter(|child| child.written_name() == name).last();
            let closed = closed.map(|child| (child.start_tag, format!("this `{name}` is closed already")));
            let open = (opened, format!("`<{expected}>` is open here"));
            self.problem(ProblemKind::WrongEnd, range, format!("`</{name}>` closes nothing")).related =
                vec![closed.unwrap_or(open)];
            return;
        }
        if self.mend_doubled_start() {
            return self.stray_end(name, start);
        }
        self.wrong_end(name, start);
    }

    /// Tells that an end tag has another name than the innermost element, and closes that.
    fn wrong_end(&mut self, name: &str, start: usize) {
        let Some(innermost) = self.open.last() else { return };
        let (expected, opened) = (innermost.written, innermost.element.name_span);
        let range = start..self.at;
        let span = self.span(range.clone());
        let name_start = start + "</".len();
        let name_span = self.mapped.own_span(name_start..name_start + name.len());
        let edit = name_span.map(|span| Edit { span, text: expected.to_owned() });
        let slip = Slip { tag: span, edit, written: name.to_owned(), meant: expected.to_owned() };
        self.parsed.slips.push(slip);
        let problem = self.problem(ProblemKind::WrongEnd, range, format!("`</{name}>` does not close `<{expected}>`"));
        problem.related = vec![(opened, "opened here".into())];
        problem.help = Some(format!("write `</{expected}>`"));
        self.close(span);
    }

    /// Whether the innermost element's own end tag still comes: before its parent's, and before another element of its name.
    fn own_end_follows(&self, name: &str) -> bool {
        let rest = self.rest();
        let rest = &rest[..rest.floor_char_boundary(LOOK_AHEAD)];
        let Some(own) = rest.find(&format!("</{name}>")) else { return false };
        let parent = self.open.len().checked_sub(2).and_then(|at| self.open.get(at));
        let parent_end = parent.and_then(|parent| rest.find(&format!("</{}>", parent.written)));
        let next_start = starts_of(rest, name).next();
        parent_end.is_none_or(|end| own <= end) && next_start.is_none_or(|start| own < start)
    }

    fn start_tag(&mut self) {
        let mut tag = self.scan_tag();
        if !self.is_accepted {
            self.late_attributes(&mut tag);
        }
        self.surplus(&tag);
        self.parts += tag.attributes.len();
        if self.open.len() >= MAX_DEPTH {
            self.skip_deep(&tag);
            return;
        }
        let bindings = self.bindings.len();
        let declarations = self.declarations(&tag);
        let (prefix, name) = self.element_name(&tag);
        let attributes = self.attributes(&tag);
        let start_tag = self.span(tag.range.clone());
        let element = Element {
            name,
            prefix,
            attributes,
            declarations,
            children: Vec::new(),
            span: start_tag,
            start_tag,
            name_span: self.span(tag.name.clone()),
        };
        if tag.empty {
            self.bindings.truncate(bindings);
            self.push(Node::from(element));
        } else {
            let written = &self.text[tag.name.clone()];
            self.open.push(Open { element, written, bindings, damaged: tag.damaged });
        }
    }

    /// Tells of attributes that are not read.
    fn surplus(&mut self, tag: &Tag) {
        if let Some((first, number)) = &tag.surplus {
            let (name, all) = (&self.text[tag.name.clone()], MAX_ATTRIBUTES + number);
            let message =
                format!("the tag `<{name}` has {all} attributes, of which the first {MAX_ATTRIBUTES} are read");
            self.problem(ProblemKind::TooMuch, first.clone(), message);
        }
    }

    /// Attributes that stand behind the `>` of their tag, up to another one: that came too early.
    fn late_attributes(&mut self, tag: &mut Tag) {
        let Some(length) = attributes_length(self.rest()) else { return };
        let early = tag.range.end - if tag.empty { 2 } else { 1 }..tag.range.end;
        let name = &self.text[tag.name.clone()];
        self.problem(ProblemKind::BadTag, early, format!("the tag `<{name}` ends before its last attributes")).help =
            Some("take this away: the tag ends further on".into());
        let limit = self.at + length;
        let text = self.text;
        let mut names: BTreeSet<&str> = tag.attributes.iter().map(|known| &text[known.name.clone()]).collect();
        while self.at < limit {
            self.skip_spaces();
            if self.rest().starts_with(['/', '>']) {
                break;
            }
            let Some(attribute) = self.scan_attribute(true) else { continue };
            if names.insert(&text[attribute.name.clone()]) {
                tag.take(attribute);
            }
        }
        tag.empty = self.rest().starts_with('/');
        self.at += if tag.empty { 2 } else { 1 };
        tag.range.end = self.at;
    }

    fn skip_deep(&mut self, tag: &Tag) {
        if self.too_deep == 0 {
            let message = format!("elements nest deeper than {MAX_DEPTH}, the rest is not read");
            self.problem(ProblemKind::TooDeep, tag.range.clone(), message);
        }
        self.too_deep += usize::from(!tag.empty);
    }

    /// Reads a start tag as far as it goes, and moves behind it.
    fn scan_tag(&mut self) -> Tag {
        let start = self.at;
        let name = start + 1..start + 1 + name_length(&self.text[start + 1..]);
        self.at = name.end;
        let told = self.parsed.problems.len();
        let mut tag =
            Tag { name, range: start..start, attributes: Vec::new(), surplus: None, empty: false, damaged: false };
        tag.empty = loop {
            let before = self.at;
            self.skip_spaces();
            let rest = self.rest();
            if rest.starts_with("/>") {
                self.at += 2;
                break true;
            } else if rest.starts_with('>') {
                self.at += 1;
                break false;
            } else if is_unfinished(rest) {
                let message = format!("the tag `<{}` has no `>`", &self.text[tag.name.clone()]);
                self.problem(ProblemKind::BadTag, start..before, message).help = Some("close the tag".into());
                tag.damaged = true;
                self.at = before + usize::from(rest.starts_with('/')) * (1 + self.at - before);
                break rest.starts_with('/');
            } else if rest.starts_with("&gt;") {
                tag.damaged = true;
                break self.escaped_end(&tag.name);
            } else if let Some(length) = elision_length(rest) {
                let span = self.span(self.at..self.at + length);
                self.parsed.elisions.push(span);
                self.at += length;
            } else {
                let spaced = self.at > before;
                if let Some(attribute) = self.scan_attribute(spaced) {
                    tag.take(attribute);
                }
            }
        };
        tag.damaged |= self.forget_consequences(told);
        tag.range.end = self.at;
        tag
    }

    /// Takes back what was told of a tag behind something that could not be read: it is a consequence. Answers whether
    /// something was there.
    fn forget_consequences(&mut self, told: usize) -> bool {
        let Some(at) = self.parsed.problems.iter().skip(told).position(is_loss) else { return false };
        self.parsed.problems.truncate(told + at + 1);
        true
    }

    /// A tag that ends with `&gt;`. Answers whether its end tag is written in the same way, so that the element is over.
    fn escaped_end(&mut self, name: &Range<usize>) -> bool {
        let range = self.at..self.at + "&gt;".len();
        self.problem(ProblemKind::BadTag, range.clone(), "`&gt;` does not end a tag").help = Some("write `>`".into());
        let end = format!("&lt;/{}", &self.text[name.clone()]);
        let inside = &self.text[range.end..];
        let inside = &inside[..inside.find(['<', '>']).unwrap_or(inside.len())];
        let is_over = inside.ends_with(&end);
        self.at = range.end + if is_over { inside.len() } else { 0 };
        self.at += usize::from(is_over && self.rest().starts_with('>'));
        is_over
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn scan_attribute(&mut self, spaced: bool) -> Option<RawAttribute> {
        let start = self.at;
        let length = name_length(self.rest());
        if length == 0 {
            return self.junk_in_tag();
        }
        let name = start..start + length;
        if !spaced {
            self.problem(ProblemKind::BadAttribute, name.clone(), "there is no space before this attribute");
        }
        self.at = name.end;
        self.skip_spaces();
        if self.rest().starts_with(['"', '\'']) && self.ends_in_line() {
            let message = format!("there is no `=` behind `{}`", &self.text[name.clone()]);
            self.problem(ProblemKind::BadAttribute, name.clone(), message).help = Some("write `name='value'`".into());
            let value = self.scan_value(&name)?;
            return Some(RawAttribute { name, value, range: start..self.at });
        }
        if !self.rest().starts_with('=') {
            self.at = name.end;
            let message = format!("the attribute `{}` has no value", &self.text[name.clone()]);
            self.problem(ProblemKind::BadAttribute, name, message).help = Some("write `name='value'`".into());
            return None;
        }
        self.at += 1;
        self.skip_spaces();
        let value = self.scan_value(&name)?;
        Some(RawAttribute { name, value, range: start..self.at })
    }

    /// Whether the quoted text that begins here ends in the same line.
    fn ends_in_line(&self) -> bool {
        let line = self.rest().lines().next().unwrap_or("");
        let mut characters = line.chars();
        characters.next().is_some_and(|quote| characters.any(|c| c == quote))
    }

    fn junk_in_tag(&mut self) -> Option<RawAttribute> {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '<').unwrap_or(rest.len());
        let length = match rest[..length].strip_suffix('/') {
            Some(shorter) if rest[length..].starts_with('>') => shorter.len(),
            _ => length,
        };
        self.at += length.max(rest.chars().next().map_or(1, char::len_utf8));
        let junk = &self.text[start..self.at];
        self.problem(ProblemKind::BadTag, start..self.at, format!("`{junk}` cannot stand in a tag"));
        None
    }

    /// The range of a quoted value, where the text stands behind `=`.
    fn scan_value(&mut self, name: &Range<usize>) -> Option<Range<usize>> {
        let rest = self.rest();
        let quote = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => {
                let length = rest.find([' ', '\t', '\r', '\n', '>', '<']).unwrap_or(rest.len());
                let length = length - usize::from(rest[..length].ends_with('/') && rest[length..].starts_with('>'));
                let message = match rest[..length].ends_with(['"', '\'']) {
                    true => format!("the value of `{}` has no opening quote", &self.text[name.clone()]),
                    false => format!("the value of `{}` is not quoted", &self.text[name.clone()]),
                };
                self.problem(ProblemKind::BadAttribute, name.start..self.at + length, message).help =
                    Some("put the value in quotes".into());
                let value = self.at..self.at + rest[..length].trim_end_matches(['"', '\'']).len();
                self.at += length;
                return Some(value);
            }
        };
        let start = self.at + 1;
        let inner = &self.text[start..];
        let stop = inner.find([quote, '<']).unwrap_or(inner.len());
        if !inner[stop..].starts_with(quote) {
            return self.unended_value(name, start, stop, quote);
        }
        if let Some(end) = swallowed_attribute(inner, stop) {
            let message = format!("the value of `{}` has no closing quote", &self.text[name.clone()]);
            self.problem(ProblemKind::BadAttribute, name.start..start + end, message).help =
                Some(format!("end the value with `{quote}`"));
            self.at = start + end;
            return Some(start..start + end);
        }
        self.at = start + stop + 1;
        if stop == 0 && self.rest().starts_with(is_name_start) {
            self.twice_begun_value(name);
        }
        Some(start..start + stop)
    }

    /// A value such as `''text` or `''text'`: passes over what stands behind the first two quotes.
    fn twice_begun_value(&mut self, name: &Range<usize>) {
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '<').unwrap_or(rest.len());
        let length = length - usize::from(rest[..length].ends_with('/') && rest[length..].starts_with('>'));
        if rest[..length].contains('=') {
            return;
        }
        self.at += length;
        let message = format!("the value of `{}` ends at once, and text follows", &self.text[name.clone()]);
        self.problem(ProblemKind::BadAttribute, name.start..self.at, message).help =
            Some("put the whole value in one pair of quotes".into());
    }

    /// A value without its closing quote ends where the tag seems to: at a `>` or the end of the line.
    fn unended_value(&mut self, name: &Range<usize>, start: usize, stop: usize, quote: char) -> Option<Range<usize>> {
        let inner = &self.text[start..start + stop];
        let line = inner.find('\n').unwrap_or(inner.len());
        let end = inner[..line].find('>').or(inner.find('>')).unwrap_or(line);
        let end = end - usize::from(inner[..end].ends_with('/'));
        let message = match inner[..end].ends_with(['"', '\'']) {
            true => format!("the value of `{}` ends with another quote than it begins with", &self.text[name.clone()]),
            false => format!("the value of `{}` has no closing quote", &self.text[name.clone()]),
        };
        self.problem(ProblemKind::BadAttribute, name.start..start + end, message).help =
            Some(format!("end the value with `{quote}`"));
        self.at = start + end;
        Some(start..start + end - usize::from(inner[..end].ends_with(['"', '\''])))
    }

    fn declarations(&mut self, tag: &Tag) -> Vec<Declaration> {
        let mut declarations = Vec::new();
        for attribute in &tag.attributes {
            let name = &self.text[attribute.name.clone()];
            let prefix = match (name, name.strip_prefix("xmlns:")) {
                ("xmlns", _) => None,
                (_, Some(prefix)) => Some(prefix.to_owned()),
                _ => continue,
            };
            let namespace = self.resolve_quietly(attribute.value.clone());
            if let Some(message) = forbidden_declaration(prefix.as_deref(), &namespace) {
                self.problem(ProblemKind::Other, attribute.range.clone(), message);
            }
            let key = prefix.clone().unwrap_or_default();
            self.bindings.push(Binding { prefix: key, namespace: namespace.clone() });
            let span = self.span(attribute.range.clone());
            declarations.push(Declaration { prefix, namespace, span });
        }
        declarations
    }

    fn resolve_quietly(&mut self, range: Range<usize>) -> String {
        self.resolve(range).as_str().to_owned()
    }

    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix).map(|binding| binding.namespace.as_str())
    }

    /// Tells of a name with a colon too many, or with nothing behind it (Namespaces in XML 1.0, section 4).
    fn qualified(&mut self, range: &Range<usize>) {
        let written = &self.text[range.clone()];
        let Some((prefix, local)) = written.split_once(':') else { return };
        let is_fine = local.starts_with(is_name_start) && !local.contains(':');
        if !is_fine {
            self.problem(ProblemKind::Other, range.clone(), format!("`{written}` is not a name with a prefix"));
        } else if prefix == "xmlns" {
            self.problem(ProblemKind::Other, range.clone(), "the prefix `xmlns` only declares others");
        }
    }

    fn element_name(&mut self, tag: &Tag) -> (Option<String>, Name) {
        self.qualified(&tag.name);
        let (prefix, local) = split_name(&self.text[tag.name.clone()]);
        match self.namespace_of(prefix.unwrap_or("")).map(str::to_owned) {
            Some(namespace) => (prefix.map(str::to_owned), Name::new(namespace, local)),
            None => {
                let prefix = prefix.unwrap_or("");
                self.unbound(prefix, tag.name.start..tag.name.start + prefix.len());
                (Some(prefix.to_owned()), Name::new("", local))
            }
        }
    }

    fn unbound(&mut self, prefix: &str, range: Range<usize>) {
        self.problem(ProblemKind::UnboundPrefix, range, format!("the prefix `{prefix}` has no namespace")).help =
            Some(format!("declare it: `xmlns:{prefix}='...'`"));
    }

    fn attributes(&mut self, tag: &Tag) -> Vec<Attribute> {
        if tag.attributes.is_empty() {
            return Vec::new();
        }
        let mut attributes: Vec<Attribute> = Vec::with_capacity(tag.attributes.len());
        let mut written_names = Seen::of(tag.attributes.len());
        let mut qualified: BTreeMap<Name, Span> = BTreeMap::new();
        for raw in &tag.attributes {
            let written = &self.text[raw.name.clone()];
            if let Some(first) = written_names.see(written, &raw.range) {
                let first = self.span(first);
                self.problem(
                    ProblemKind::BadAttribute,
                    raw.range.clone(),
                    format!("the attribute `{written}` stands twice"),
                )
                .related = vec![(first, "first here".into())];
                continue;
            }
            if written == "xmlns" || written.starts_with("xmlns:") {
                continue;
            }
            self.qualified(&raw.name);
            let attribute = self.attribute(raw, written);
            self.same_name(&mut qualified, &attribute);
            attributes.push(attribute);
        }
        attributes
    }

    /// Tells of two attributes that are one: other prefixes for the same namespace.
    fn same_name(&mut self, before: &mut BTreeMap<Name, Span>, attribute: &Attribute) {
        if attribute.name.namespace.is_empty() {
            return;
        }
        if let Some(first) = before.insert(attribute.name.clone(), attribute.span) {
            self.parsed.problems.push(Problem {
                kind: ProblemKind::BadAttribute,
                span: attribute.span,
                message: format!("the attribute `{}` of this namespace stands twice", attribute.name.local),
                related: vec![(first, "first here".into())],
                help: None,
            });
        }
    }

    fn attribute(&mut self, raw: &RawAttribute, written: &str) -> Attribute {
        let (prefix, local) = split_name(written);
        let namespace = match prefix {
            None => String::new(),
            Some(prefix) => match self.namespace_of(prefix).map(str::to_owned) {
                Some(namespace) => namespace,
                None => {
                    self.unbound(prefix, raw.name.start..raw.name.start + prefix.len());
                    String::new()
                }
            },
        };
        Attribute {
            name: Name::new(namespace, local),
            prefix: prefix.map(str::to_owned),
            value: self.attribute_value(raw.value.clone()),
            span: self.span(raw.range.clone()),
            value_span: self.span(raw.value.clone()),
        }
    }

    /// A value with its references resolved and its white space normalised (XML 1.0, section 3.3.3).
    fn attribute_value(&mut self, range: Range<usize>) -> MappedText {
        if range.is_empty() {
            return MappedText::standing_for("", self.span(range));
        }
        if !self.text.as_bytes()[range.clone()].iter().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r')) {
            return self.resolve(range);
        }
        let mut value = MappedText::new();
        let mut at = range.start;
        for (offset, _) in self.text[range.clone()].match_indices(['\t', '\n', '\r']) {
            let here = range.start + offset;
            let before = self.resolve(at..here);
            value.push_mapped(&before, 0..before.len());
            value.push_standing_for(" ", self.span(here..here + 1));
            at = here + 1;
        }
        let last = self.resolve(at..range.end);
        value.push_mapped(&last, 0..last.len());
        value
    }

    /// The first character that XML forbids anywhere, even in comments.
    fn characters(&mut self) {
        let bytes = self.text.as_bytes();
        let is_forbidden = |(at, &byte): (usize, &u8)| match byte {
            b'\t' | b'\n' | b'\r' => false,
            0..0x20 => true,
            0xef => matches!(bytes.get(at..at + 3), Some([_, 0xbf, 0xbe | 0xbf])),
            _ => false,
        };
        // Nearly no piece holds a byte that can begin one; to ask that of all bytes of a piece together is cheap.
        const PIECE: usize = 128;
        let is_suspect = |byte: &u8| (*byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r') | (*byte == 0xef);
        let suspects = |piece: &[u8]| piece.iter().fold(false, |any, byte| any | is_suspect(byte));
        let mut pieces = bytes.chunks(PIECE).enumerate().filter(|(_, piece)| suspects(piece));
        let found = pieces.find_map(|(nth, piece)| {
            let mut places = piece.iter().enumerate().map(|(at, byte)| (nth * PIECE + at, byte));
            places.find(|place| is_forbidden(*place)).map(|(at, _)| at)
        });
        let character = found.and_then(|at| self.text.get(at..)?.chars().next().map(|character| (at, character)));
        if let Some((at, character)) = character {
            let message = format!("U+{:04X} is not a character that XML allows", u32::from(character));
            self.problem(ProblemKind::Other, at..at + character.len_utf8(), message).help = Some("take it away".into());
        }
    }

    fn finish(mut self) -> Parsed {
        self.too_much();
        while !self.open.is_empty() {
            self.unclosed(None);
        }
        self.parsed.problems.sort_by_key(|problem| (problem.span.file, problem.span.start));
        self.parsed
    }
}

/// What is wrong with a declaration by itself (Namespaces in XML 1.0, section 3).
fn forbidden_declaration(prefix: Option<&str>, namespace: &str) -> Option<&'static str> {
    const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    match (prefix, namespace) {
        (Some(_), "") => Some("a prefix cannot stand for no namespace"),
        (Some("xmlns"), _) | (_, XMLNS) => Some("the prefix `xmlns` and its namespace cannot be declared"),
        (Some("xml"), XML) => None,
        (Some("xml"), _) => Some("the prefix `xml` always has its own namespace"),
        (_, XML) => Some("this namespace belongs to the prefix `xml` alone"),
        (Some(prefix), _) if !prefix.starts_with(is_name_start) || prefix.contains(':') => {
            Some("this is not a prefix that can be declared")
        }
        _ => None,
    }
}

/// The character that a reference stands for: the five entities that XML declares, and character references.
fn character(name: &str) -> Option<char> {
    let number = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|&c| is_xml_character(c))
}

/// XML 1.0, production 2.
fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// XML 1.0, production 4.
fn is_name_start(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z');
    }
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// XML 1.0, production 4a.
fn is_name_character(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(is_name_start) {
        return 0;
    }
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    let plain = text.bytes().take_while(is_plain).count();
    match text.as_bytes().get(plain) {
        Some(byte) if !byte.is_ascii() => text.find(|c| !is_name_character(c)).unwrap_or(text.len()),
        _ => plain,
    }
}

fn split_name(written: &str) -> (Option<&str>, &str) {
    match written.split_once(':') {
        Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() => (Some(prefix), local),
        _ => (None, written),
    }
}

/// The length of a declaration, with what it holds in brackets.
fn declaration_length(rest: &str) -> usize {
    let close = rest.find('>');
    let subset = rest.find('[').filter(|&bracket| close.is_some_and(|close| bracket < close));
    let end = match subset.and_then(|at| rest[at..].find(']').map(|length| at + length)) {
        Some(bracket) => rest[bracket..].find('>').map(|length| bracket + length),
        None => close,
    };
    end.map_or(rest.len(), |at| at + 1)
}

/// Where elements of that name begin in a text.
fn starts_of<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_start = move |at: &usize| {
        let behind = text.get(at + 1..).and_then(|rest| rest.strip_prefix(name));
        behind.is_some_and(|rest| !rest.starts_with(is_name_character))
    };
    text.match_indices('<').map(|(at, _)| at).filter(is_start)
}

/// The last element in an open one, if it is empty, has no attributes and has the same name: a slip for the end tag.
fn empty_namesake(open: &Open<'_>) -> Option<Span> {
    let last = open.element.elements().last()?;
    let is_bare = last.attributes.is_empty() && last.declarations.is_empty() && last.children.is_empty();
    let is_empty_tag = last.span == last.start_tag;
    (is_bare && is_empty_tag && last.written_name() == open.written).then_some(last.span)
}

/// The slip `<a/>` for `</a>`. What is as long as that was written letter by letter; an escape would be longer.
fn misplaced_slash(tag: Span, name: &str) -> Slip {
    let is_own = tag.len() == "</>".len() + name.len();
    let edit = is_own.then(|| Edit { span: tag, text: format!("</{name}>") });
    Slip { tag, edit, written: name.to_owned(), meant: name.to_owned() }
}

/// Whether a tag breaks off: another one begins, or the text ends; a `/` may stand before.
fn is_unfinished(rest: &str) -> bool {
    let rest = rest.strip_prefix('/').unwrap_or(rest).trim_start();
    rest.is_empty() || rest.starts_with('<')
}

/// Whether behind a problem the reading of the tag is out of step.
fn is_loss(problem: &Problem) -> bool {
    problem.kind == ProblemKind::BadTag
        || problem.message.ends_with("has no value")
        || problem.message.ends_with("has no closing quote")
}

/// Where a value that lacks its closing quote ends, if it seems to hold the beginning of the next attribute: `a='b c='d'`.
fn swallowed_attribute(inner: &str, stop: usize) -> Option<usize> {
    let after = inner.get(stop + 1..)?;
    if after.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/' || c == '?') {
        return None;
    }
    let value = inner.get(..stop)?.strip_suffix('=')?;
    let (before, name) = value.rsplit_once(char::is_whitespace)?;
    (!name.is_empty() && name_length(name) == name.len()).then(|| before.trim_end().len())
}

/// The length of attributes and the `>` or `/>` behind them, if a text begins with them.
fn attributes_length(text: &str) -> Option<usize> {
    let mut rest = text.trim_start();
    let mut count = 0;
    while !rest.starts_with('>') && !rest.starts_with("/>") {
        let length = Some(name_length(rest)).filter(|&length| length > 0)?;
        let value = rest[length..].strip_prefix('=')?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let end = value[1..].find([quote, '<', '>']).filter(|&end| value[1 + end..].starts_with(quote))?;
        rest = value[end + 2..].trim_start();
        count += 1;
    }
    let end = if rest.starts_with('/') { 2 } else { 1 };
    (count > 0).then(|| text.len() - rest.len() + end)
}

/// The length of an elision inside a tag: `...`, `…`, or anything in brackets, such as `[for='x']`.
fn elision_length(rest: &str) -> Option<usize> {
    if rest.starts_with('[') {
        let end = rest.find(['\n', '<', '>', ']'])?;
        return rest[end..].starts_with(']').then_some(end + 1);
    }
    ["...", "…"].iter().find(|elision| rest.starts_with(**elision)).map(|found| {
        let more = rest[found.len()..].len() - rest[found.len()..].trim_start_matches('.').len();
        found.len() + more
    })
}

/// `<...>`, `<.../>`, `</...>` stand for whole elements that were left out.
fn is_elided_tag(rest: &str) -> bool {
    let Some(inner) = rest.strip_prefix('<') else { return false };
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    elision_length(inner).is_some_and(|length| {
        let tail = inner[length..].trim_start();
        tail.starts_with('>') || tail.starts_with("/>")
    })
}

/// Whether at most `limit` insertions, deletions and replacements lead from one word to the other.
pub fn distance_at_most(one: &str, other: &str, limit: usize) -> bool {
    // A character has at most four bytes.
    if one.len().abs_diff(other.len()) > 4 * limit {
        return false;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > limit {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&other) {
            let above = *cell;
            let next = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
            diagonal = above;
            left = next;
            *cell = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().is_some_and(|&distance| distance <= limit)
}

/// The same, where two letters that changed places count as one slip.
pub fn slips_at_most(one: &str, other: &str, limit: usize) -> bool {
    distance_at_most(one, other, limit) || (limit > 0 && is_turned(one, other))
}

/// Whether two words differ in two neighbours that changed places.
fn is_turned(one: &str, other: &str) -> bool {
    let mut different = one.char_indices().zip(other.chars()).filter(|((_, a), b)| a != b);
    let (first, second, third) = (different.next(), different.next(), different.next());
    match (first, second, third) {
        (Some(((at, a), b)), Some(((next, c), d)), None) => {
            one.len() == other.len() && next == at + a.len_utf8() && (a, b) == (d, c)
        }
        _ => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    #[test]
    fn an_attribute_that_stands_twice_is_told_among_many() {
        let many: String = (0..40).map(|at| format!(" a{at}=''")).collect();
        for (text, problems) in [(format!("<a{many} a7=''/>"), 1), (format!("<a{many}/>"), 0)] {
            assert_eq!(parsed(&text).1.problems.len(), problems, "{text}");
        }
    }

    #[test]
    fn a_forbidden_character_is_found_wherever_it_stands() {
        for at in [0, 1, 126, 127, 128, 129, 300] {
            for (bad, problems) in [('\u{b}', 1), ('\u{fffe}', 1), ('\u{fffd}', 0), ('\t', 0)] {
                let text = format!("<a>{}{bad}</a>", "\u{e4}".repeat(at));
                assert_eq!(parsed(&text).1.problems.len(), problems, "{bad:?} behind {at}");
            }
        }
    }

    fn parsed(text: &str) -> (Sources, Parsed) {
        let mut sources = Sources::default();
        let file = sources.add("t", text);
        let mapped = MappedText::verbatim(&sources, sources.whole(file));
        let parsed = parse(&mapped, "jabber:client");
        (sources, parsed)
    }

    /// The problems as `place: message`, where the place is the source text that is underlined.
    fn problems(text: &str) -> Vec<String> {
        let (sources, parsed) = parsed(text);
        parsed.problems.iter().map(|p| format!("{}: {}", sources.slice(p.span), p.message)).collect()
    }

    #[test]
    fn one_slip_is_one_problem_at_the_smallest_place() {
        let cases = [
            ("<a/>", ""),
            ("<a><b></a>", "<b>: `<b>` is never closed"),
            ("<content><body/></contents>", "</contents>: `</contents>` does not close `<content>`"),
            ("<a></b></a>", "</b>: `</b>` closes nothing"),
            ("</a>", "</a>: `</a>` closes nothing"),
            ("<a b='1' b='2'/>", "b='2': the attribute `b` stands twice"),
            ("<a b=1/>", "b=1: the value of `b` is not quoted"),
            ("<a b='1'c='2'/>", "c: there is no space before this attribute"),
            ("<a b='1><c/></a>", "b='1: the value of `b` has no closing quote"),
            ("<a b='1\"><c/></a>", "b='1\": the value of `b` ends with another quote than it begins with"),
            ("<a", "<a: the tag `<a` has no `>`"),
            ("<a><b c='d'/\n<e/></a>", "<b c='d': the tag `<b` has no `>`"),
            ("<a><b><c/></a><d/></b></a>", "</a>: `</a>` comes before `</b>`"),
            ("<a><b><c></a><d/></b></a>", "</a>: `</a>` does not close `<c>`"),
            ("<p><a b='1'>x<a></p>", "<a>: `<a>` opens another `a`, and neither is closed"),
            ("<p><a>x<a/></p>", "<a/>: `<a/>` does not close `<a>`"),
            (
                "<m><b>x<b><y/></q>",
                "<b>: `<b>` opens another `b`, and neither is closed|</q>: `</q>` does not close `<m>`",
            ),
            ("<a b=c/d'/>", "b=c/d': the value of `b` has no opening quote"),
            ("<a b='1'/><c/></a>", "</a>: `</a>` closes nothing"),
            ("<a to'b' c='d'/>", "to: there is no `=` behind `to`"),
            ("<a b='c\n  d='e'\n f='g'/>", "b='c: the value of `b` has no closing quote"),
            ("<a b=''c:d/e'><f/></a>", "b=''c:d/e': the value of `b` ends at once, and text follows"),
            ("<a b='c''/>", "': `'` cannot stand in a tag"),
            ("<a>\n b='c' d='e'><f/></a>", ">: the tag `<a` ends before its last attributes"),
            ("<p><a&gt;x&lt;/a></p>", "&gt;: `&gt;` does not end a tag"),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", ""),
            ("<a/><!DOCTYPE a>", "<!DOCTYPE a>: a declaration cannot stand here"),
            ("<a>&xep0384;</a>", "&xep0384;: the entity `&xep0384;` is not declared"),
            ("<a>a & b</a>", "&: `&` does not begin a reference here"),
            ("<a>1 < 2</a>", "<: `<` does not begin a tag here"),
            ("<x:a/>", "x: the prefix `x` has no namespace"),
            ("<!-- a -- b -->", "--: `--` inside a comment"),
            ("<a>&#1;</a>", "&#1;: `&#1;` is not a character that XML allows"),
            ("<a>]]></a>", "]]>: `]]>` cannot stand in text"),
            ("<a><?b c?></a>", ""),
            ("<a><??></a>", "<??>: this processing instruction has no target"),
            ("<a><?%?></a>", "<?%?>: `%` is no target of a processing instruction"),
            ("<a><?b%c d?></a>", "<?b%c d?>: `b%c` is no target of a processing instruction"),
        ];
        for (text, expected) in cases {
            assert_eq!(problems(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn names_have_namespaces_and_values_are_resolved() {
        let (_, parsed) = parsed("<a xmlns:p='urn:p' p:b='x&lt;&#65;\ny'><p:c xmlns=''><d/></p:c></a>");
        let a = parsed.elements().next().unwrap();
        assert_eq!(a.name.to_string(), "{jabber:client}a");
        assert_eq!(a.attributes[0].name.to_string(), "{urn:p}b");
        assert_eq!(a.attributes[0].value.as_str(), "x<A y");
        let names: Vec<String> = a.descendants().iter().map(|e| e.name.to_string()).collect();
        assert_eq!(names, ["{jabber:client}a", "{urn:p}c", "d"]);
    }

    #[test]
    fn elisions_inside_tags_are_no_problem() {
        let (sources, parsed) = parsed("<iq ...><a/><.../></iq>");
        assert!(parsed.problems.is_empty());
        let elided: Vec<&str> = parsed.elisions.iter().map(|&span| sources.slice(span)).collect();
        assert_eq!(elided, ["...", "<.../>"]);
    }

    #[test]
    fn nesting_is_bounded() {
        let text = "<a>".repeat(100_000);
        let (_, parsed) = parsed(&text);
        assert!(parsed.problems.iter().any(|problem| problem.kind == ProblemKind::TooDeep));
    }

    #[test]
    fn what_is_read_of_a_text_is_bounded() {
        let told = |text: String| {
            let mut sources = Sources::default();
            let file = sources.add("a", text);
            let parsed = parse(&MappedText::verbatim(&sources, sources.whole(file)), "");
            let told = parsed.problems.iter().filter(|problem| problem.kind == ProblemKind::TooMuch).count();
            (parsed.problems.len(), told)
        };
        let problems = format!("<a>{}</a>", "& ".repeat(3 * MAX_PROBLEMS));
        let (number, too_much) = told(problems);
        assert!(number <= MAX_PROBLEMS + 2 && too_much == 1, "{number}");
        assert_eq!(told(format!("<a>{}</a>", "<b/>".repeat(2 * MAX_PARTS))), (1, 1));
        let tag = |number: usize| format!("<a{}/>", (0..number).map(|at| format!(" a{at}=''")).collect::<String>());
        assert_eq!(told(tag(MAX_ATTRIBUTES)), (0, 0));
        assert_eq!(told(tag(MAX_ATTRIBUTES + 1)), (1, 1));
    }

    fn accepted_by_roxmltree(text: &str) -> bool {
        roxmltree::Document::parse(&format!("<w xmlns='jabber:client'>{text}</w>")).is_ok()
    }

    proptest! {
        #[test]
        fn any_text_gives_a_tree(text in ".{0,200}") {
            parsed(&text);
        }

        #[test]
        fn well_formed_is_what_roxmltree_accepts(text in "(<a>|</a>|<b c='d'>|</b>|<e/>|&amp;|&|<|>|'| |x|<!--|-->|\\]\\]>|<!\\[CDATA\\[){0,12}") {
            let (_, parsed) = parsed(&text);
            prop_assert_eq!(parsed.problems.is_empty(), accepted_by_roxmltree(&text), "{:?}", parsed.problems);
        }

        #[test]
        fn names_are_well_formed_where_roxmltree_says_so(text in "((<a xmlns:p='u'|<p:a|<a:b:c|<xmlns:a|<a)( p:b='1'| q:b='1'| xml:b='1'| xmlns:q='u'| xmlns:p='v'| xmlns:xml='u'| b='1'| p:='1'){0,4}/>|\u{1}|\u{fffe}|<!-- a --->){0,3}") {
            let (_, parsed) = parsed(&text);
            prop_assert_eq!(parsed.problems.is_empty(), accepted_by_roxmltree(&text), "{:?}", parsed.problems);
        }
    }
}
