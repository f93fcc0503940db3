//! What it means that two documents are equal as data, where that is less than being equal part by part.
//!
//! The two syntaxes do not say everything alike: `xep.dtd` has no markup in terms, heading cells and the text of links, a
//! CDATA section begins with a line end that a fence has not, and the stored copy of a generated body is no data at all.

use super::walk::{self, plain_text};
use super::{Author, Cell, Definition, Directives, Inline, Listing, Table};
use crate::source::MappedText;

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

/// Listings are compared by their trimmed text; neither the language counts nor the stored copy of a generated body.
impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        let said = |listing: &Listing| (listing.kind, listing.caption.clone(), listing.attributes.clone());
        let bodies_equal = || self.trimmed_text() == other.trimmed_text() && self.markup == other.markup;
        said(self) == said(other) && self.directives == other.directives && (self.is_generated() || bodies_equal())
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
        let words = |cell: &Cell| walk::blocks_text(&cell.blocks);
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
            (Image(a), Image(b)) => a == b,
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

/// The words of running text. A note that a reference brings along is none of them.
fn words(text: &[Inline]) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Reference { expansion, .. } => {
            let own = expansion.iter().filter(|inline| !matches!(inline, Inline::Note(_)));
            own.map(|inline| plain_text(std::slice::from_ref(inline))).collect::<String>().trim_end().to_owned()
        }
        other => plain_text(std::slice::from_ref(other)),
    };
    text.iter().map(piece).collect()
}
