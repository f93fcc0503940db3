//! What it means that two documents are equal as data, where that is less than being equal part by part.
//!
//! The two syntaxes do not say everything alike: `xep.dtd` has no markup in terms, heading cells and the text of links, a
//! CDATA section begins with a line end that a fence has not, and the stored copy of a generated body is no data at all.
//! White space of running text counts as people see it: see [`settled`].

use super::walk::{self, plain_text};
use super::{
    Attributes, Author, Block, Cell, Definition, Directives, Inline, Legal, List, Listing, Paragraph, Stylesheet, Table,
};
use crate::source::MappedText;

/// What XML takes for white space. A no-break space is a character like others.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Running text with the white space that people see: a line end or several spaces are one space, which is none at the
/// beginning, at the end and around a line break. Neighbouring texts are joined. Nothing else is changed; in particular a space
/// stays on the side of a tag where its author put it.
pub fn settled(text: &[Inline]) -> Vec<Inline> {
    let mut out = settle(text, &mut true);
    trim_end(&mut out);
    out
}

/// `spaced`: whether a space here would be the second one.
fn settle(text: &[Inline], spaced: &mut bool) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(text.len());
    for piece in text {
        let settled = match piece {
            Inline::Text(text) => {
                push_words(&mut out, text, spaced);
                continue;
            }
            Inline::Emphasis(text) => Inline::Emphasis(settle(text, spaced)),
            Inline::Strong(text) => Inline::Strong(settle(text, spaced)),
            Inline::Code(text) => Inline::Code(settle(text, spaced)),
            Inline::Link { url, text } => Inline::Link { url: url.clone(), text: settle(text, spaced) },
            Inline::Element { name, attributes, text } => {
                Inline::Element { name: name.clone(), attributes: attributes.clone(), text: settle(text, spaced) }
            }
            Inline::Note(text) => Inline::Note(settled(text)),
            Inline::Break => {
                trim_end(&mut out);
                Inline::Break
            }
            other => other.clone(),
        };
        match settled {
            Inline::Break => *spaced = true,
            Inline::Comment(_) | Inline::Instruction(..) => {}
            Inline::Note(_) | Inline::Reference { .. } | Inline::Image(_) => *spaced = false,
            _ => {}
        }
        out.push(settled);
    }
    out
}

fn push_words(out: &mut Vec<Inline>, text: &MappedText, spaced: &mut bool) {
    let mut words = String::with_capacity(text.len());
    for c in text.as_str().chars() {
        let is_space = SPACE.contains(&c);
        if !(is_space && *spaced) {
            words.push(if is_space { ' ' } else { c });
        }
        *spaced = is_space;
    }
    let Some(place) = text.whole().filter(|_| !words.is_empty()) else { return };
    match out.last_mut() {
        Some(Inline::Text(last)) => last.push_standing_for(&words, place),
        _ => out.push(Inline::Text(MappedText::standing_for(words, place))),
    }
}

fn trim_end(out: &mut Vec<Inline>) {
    let Some(Inline::Text(last)) = out.last_mut() else { return };
    let end = last.as_str().trim_end_matches(' ').len();
    if end == 0 {
        out.pop();
    } else if end < last.len() {
        *last = last.slice(0..end);
    }
}

/// The writer of XEP-XML writes the line itself, and Markdown has none: it never tells two documents apart.
impl PartialEq for Stylesheet {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Stylesheet {}

/// Paragraphs are compared by their settled text.
impl PartialEq for Paragraph {
    fn eq(&self, other: &Self) -> bool {
        self.attributes == other.attributes
            && self.requirement == other.requirement
            && settled(&self.text) == settled(&other.text)
    }
}

impl Eq for Paragraph {}

/// The parts of a legal notice are compared as paragraphs are.
impl PartialEq for Legal {
    fn eq(&self, other: &Self) -> bool {
        let said = |parts: &[(String, Vec<Inline>)]| -> Vec<(String, Vec<Inline>)> {
            parts.iter().map(|(name, text)| (name.clone(), settled(text))).collect()
        };
        match (self, other) {
            (Legal::Missing, Legal::Missing) => true,
            (Legal::Reference { entity, .. }, Legal::Reference { entity: other, .. }) => entity == other,
            (Legal::Parts(parts), Legal::Parts(others)) => said(parts) == said(others),
            _ => false,
        }
    }
}

impl Eq for Legal {}

/// A list begins with 1, whether or not its author says so.
impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        fn said(list: &List) -> impl Iterator<Item = &(String, MappedText)> {
            list.attributes.iter().filter(|(name, value)| !(name == "start" && value.as_str() == "1"))
        }
        self.ordered == other.ordered && said(self).eq(said(other)) && self.items == other.items
    }
}

impl Eq for List {}

/// Loose text is compared as that of paragraphs is.
impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        use Block::*;
        match (self, other) {
            (Section(a), Section(b)) => a == b,
            (Paragraph(a), Paragraph(b)) => a == b,
            (Plain(a), Plain(b)) => settled(a) == settled(b),
            (List(a), List(b)) => a == b,
            (Definitions(a), Definitions(b)) => a == b,
            (Table(a), Table(b)) => a == b,
            (Listing(a), Listing(b)) => a == b,
            (Quote(a), Quote(b)) | (Division(a), Division(b)) => a == b,
            (Vulnerability { attributes: a, text: x, .. }, Vulnerability { attributes: b, text: y, .. }) => {
                a == b && settled(x) == settled(y)
            }
            (Comment(a), Comment(b)) => a == b,
            (Instruction(a, x), Instruction(b, y)) => a == b && x == y,
            (Unknown { name: a, attributes: b, blocks: c, .. }, Unknown { name: x, attributes: y, blocks: z, .. }) => {
                a == x && b == y && c == z
            }
            _ => false,
        }
    }
}

impl Eq for Block {}

impl Listing {
    /// The text without the line end behind the opening tag and without white space at its end.
    pub fn trimmed_text(&self) -> MappedText {
        let text = self.text.as_str();
        let start = ["\r\n", "\n"].iter().find(|end| text.starts_with(**end)).map_or(0, |end| end.len());
        let end = text.trim_end().len().max(start);
        self.text.slice(start..end)
    }

    /// Whether the body is a stored copy of something generated.
    pub fn is_generated(&self) -> bool {
        self.directives.name_a_source()
    }

    fn has_made_parts(&self) -> bool {
        self.is_generated() || self.directives.get("fill").is_some()
    }
}

impl Table {
    /// Whether the rows are a stored copy of something generated.
    pub fn is_generated(&self) -> bool {
        self.directives.name_a_source()
    }
}

impl Directives {
    fn name_a_source(&self) -> bool {
        ["seal", "src", "generated"].iter().any(|name| self.get(name).is_some())
    }
}

/// Listings are compared by their trimmed text; neither the language counts nor the stored copy of a generated body. One that is
/// filled (`fill`) has a frame of its own, in which the copy cannot be told from the place for it, so its body does not count either.
impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        let said = |listing: &Listing| (listing.kind, listing.caption.clone(), listing.attributes.clone());
        let bodies_equal = || self.trimmed_text() == other.trimmed_text() && self.markup == other.markup;
        said(self) == said(other) && self.directives == other.directives && (self.has_made_parts() || bodies_equal())
    }
}

impl Eq for Listing {}

/// The rows of a generated table do not count.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.caption == other.caption
            && self.attributes == other.attributes
            && self.directives == other.directives
            && (self.is_generated() || self.rows == other.rows)
    }
}

impl Eq for Table {}

/// Heading cells are compared by their words.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        let words = |cell: &Cell| one_space(&walk::blocks_text(&cell.blocks));
        self.heading == other.heading
            && self.attributes == other.attributes
            && if self.heading { words(self) == words(other) } else { self.blocks == other.blocks }
    }
}

impl Eq for Cell {}

/// Terms are compared by their words.
impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        words(&self.term) == words(&other.term) && self.meaning == other.meaning
    }
}

impl Eq for Definition {}

/// Authors that come from the same entity are equal, whether or not something expands it.
impl PartialEq for Author {
    fn eq(&self, other: &Self) -> bool {
        let names = |author: &Author| (author.first_name.clone(), author.surname.clone(), author.note);
        let addresses = |author: &Author| [&author.org, &author.email, &author.jid, &author.uri].map(Clone::clone);
        self.entity == other.entity
            && (self.entity.is_some() || (names(self) == names(other) && addresses(self) == addresses(other)))
    }
}

impl Eq for Author {}

/// The text of links is compared by its words, and what a reference stands for does not count.
impl PartialEq for Inline {
    fn eq(&self, other: &Self) -> bool {
        use Inline::*;
        match (self, other) {
            (Text(a), Text(b)) | (Comment(a), Comment(b)) => a == b,
            (Emphasis(a), Emphasis(b)) | (Strong(a), Strong(b)) | (Code(a), Code(b)) | (Note(a), Note(b)) => a == b,
            (Link { url: a, text: x }, Link { url: b, text: y }) => a == b && words(x) == words(y),
            (Break, Break) => true,
            (Image(a), Image(b)) => sorted(a) == sorted(b),
            (Element { name: a, attributes: b, text: c }, Element { name: x, attributes: y, text: z }) => {
                a == x && b == y && c == z
            }
            (Reference { name: a, .. }, Reference { name: b, .. }) => a == b,
            (Instruction(a, x), Instruction(b, y)) => a == b && x == y,
            _ => false,
        }
    }
}

impl Eq for Inline {}

/// Attributes have no order.
fn sorted(attributes: &Attributes) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.sort_unstable();
    all
}

/// A text with one space where there is white space, and none at its ends.
fn one_space(text: &str) -> String {
    let words: Vec<&str> = text.split(SPACE).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The words of running text. A note that a reference brings along is none of them.
fn words(text: &[Inline]) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Reference { expansion, .. } => {
            let own = expansion.iter().filter(|inline| !matches!(inline, Inline::Note(_)));
            own.map(|inline| plain_text(std::slice::from_ref(inline))).collect::<String>().trim_end().to_owned()
        }
        other => plain_text(std::slice::from_ref(other)),
    };
    one_space(&text.iter().map(piece).collect::<String>())
}
