//! Reading tables: what all of them share.

use crate::source::MappedText;
use crate::source::Span;
use crate::xml::{Name, parse, tree::Element};
use std::ops::Range;

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// What is wrong, in one short sentence.
    pub message: String,
    /// Where in the table's text, if that is known.
    pub range: Option<Range<usize>>,
}

impl TableError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> TableError {
        TableError { message: message.into(), range: None }
    }
}

impl From<toml::de::Error> for TableError {
    fn from(error: toml::de::Error) -> TableError {
        TableError { message: error.message().to_owned(), range: error.span() }
    }
}

/// A name in Clark notation.
pub(super) fn name(text: &str, what: &str) -> Result<Name, TableError> {
    Name::from_clark(text)
        .filter(|name| !name.local.is_empty())
        .ok_or_else(|| TableError::new(format!("`{text}` is no name for {what}: write `{{namespace}}local`")))
}

/// An element that a table holds as XML text.
pub(super) fn element(text: &str, span: Span) -> Result<Element, TableError> {
    let parsed = parse(&MappedText::standing_for(text, span), "");
    match (parsed.problems.first(), parsed.elements().next()) {
        (None, Some(element)) => Ok(element.clone()),
        (Some(problem), _) => Err(TableError::new(format!("`{text}` is no XML: {}", problem.message))),
        (None, None) => Err(TableError::new(format!("`{text}` holds no element"))),
    }
}
