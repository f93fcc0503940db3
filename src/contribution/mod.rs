//! Contributions to a XEP that somebody else maintains: exact edits of its bytes, kept without its text.
//!
//! An edit names a place and the hash of what is there, so a project can hold changes to a document without holding the document. Text
//! that the contribution adds is the contributor's own. The source is edited, never serialized again: entities, line ends and indentation
//! outside the edited places remain byte for byte.

mod apply;
mod parse;
mod place;

pub use apply::{Applied, Revision, apply};
pub use place::{Listed, places};

use crate::source::Span;

/// How many hexadecimal digits of the SHA-256 hash an edit states: 64 bits.
pub const DIGITS: usize = 16;

/// Changes to one document about one topic.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// The title.
    pub title: String,
    /// Why the document should change, in one to three sentences.
    pub why: String,
    /// The number of the XEP, four digits.
    pub document: String,
    /// The version of the XEP for which the edits were written.
    pub version: String,
    /// What a revision block says about the change, as XEP-XML; the title where it is absent.
    pub remark: Option<String>,
    /// The edits, in the order of the file.
    pub edits: Vec<Edit>,
    /// Where the number of the document is stated.
    pub span: Span,
}

/// One change at one place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The section, by its anchor or its number; none for a place that is named from the root of the document.
    pub section: Option<String>,
    /// The element in the section; no steps for the section itself.
    pub at: Vec<Step>,
    /// The first [`DIGITS`] digits of the SHA-256 hash of the element's source, with each run of white space as one space.
    pub hash: String,
    /// The same of the element around it, where several elements of the section say the same.
    pub parent: Option<String>,
    /// What happens to the element.
    pub action: Action,
    /// The edit in the file of the contribution.
    pub span: Span,
}

/// From an element to one of its child elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name of the child.
    pub name: String,
    /// Its number among the children of that name, from 1.
    pub number: usize,
}

/// What an edit does. The text is XEP-XML of the contributor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Writes the text instead of the element.
    Replace(String),
    /// Writes the text before the element.
    InsertBefore(String),
    /// Writes the text after the element.
    InsertAfter(String),
    /// Writes the text as the last child of the element.
    Append(String),
    /// Removes the element, and the line if nothing else is on it.
    Delete,
    /// Writes the text instead of a part of the element.
    Substitute(Part, String),
}

/// A part of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words of its source, tags included, as white space separates them: the first and the last one, from 1.
    Words(usize, usize),
    /// A whole word of its text, or several, outside of tags and references.
    Word(String),
    /// The value of an attribute of its start tag.
    Attribute(String),
}

/// Why an edit cannot be read or applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where, in the file of the contribution, or in the document where no single edit is to blame.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Misfit {
    fn new(span: Span, message: impl Into<String>, help: impl Into<String>) -> Misfit {
        Misfit { span, message: message.into(), help: help.into() }
    }
}

impl Action {
    /// The text that it writes.
    pub fn text(&self) -> &str {
        match self {
            Action::Replace(text) | Action::InsertBefore(text) | Action::InsertAfter(text) => text,
            Action::Append(text) | Action::Substitute(_, text) => text,
            Action::Delete => "",
        }
    }
}
