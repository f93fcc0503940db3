//! What is known of the values of elements and attributes by their names: a table of the protocols that say so.

use super::namespaces::parted;
use crate::source::{MappedText, Span};
use crate::xml::Element;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Bytes in Base64.
    Base64,
    /// The name of a hash function.
    HashName,
    /// Where a range of characters begins, and where it ends: two attributes.
    Range,
    /// A SHA-1 in hexadecimal digits.
    Sha1,
}

/// A row of the table.
pub(super) struct Row {
    /// The namespace of the element, without its version.
    namespace: &'static str,
    /// What the value is.
    pub(super) type_: Type,
    /// The attributes that hold it; none where it is the text.
    pub(super) attributes: Vec<&'static str>,
    /// Where this is said.
    pub(super) source: &'static str,
}

/// A value with the place where it stands.
pub(super) struct Value<'a> {
    /// The element that holds it.
    pub(super) element: &'a Element,
    /// The value without white space around it.
    pub(super) text: MappedText,
    /// Its place.
    pub(super) span: Span,
    /// The row of the table.
    pub(super) row: &'static Row,
}

/// The rows by the local names of their elements.
type Table = HashMap<&'static str, Vec<Row>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::new();
    for (name, row) in include_str!("typed.tsv").lines().filter_map(row) {
        table.entry(name).or_default().push(row);
    }
    table
});

fn row(line: &'static str) -> Option<(&'static str, Row)> {
    let mut cells = line.split('\t');
    let type_ = match cells.next()? {
        "base64" => Type::Base64,
        "hash-name" => Type::HashName,
        "range" => Type::Range,
        "sha1" => Type::Sha1,
        _ => return None,
    };
    let (namespace, name) = (cells.next()?, cells.next()?);
    let attributes = cells.next()?.split(' ').filter(|attribute| *attribute != "-").collect();
    Some((name, Row { namespace, type_, attributes, source: cells.next()? }))
}

/// What the table says of an element, in any version of its namespace.
fn rows(element: &Element) -> impl Iterator<Item = &'static Row> {
    let rows = TABLE.get(element.name.local.as_str()).map_or(&[][..], Vec::as_slice);
    rows.iter().filter(|row| row.namespace == parted(&element.name.namespace).0)
}

/// The values of that type which an element itself holds.
pub(super) fn values(element: &Element, type_: Type) -> Vec<Value<'_>> {
    rows(element).filter(|row| row.type_ == type_).flat_map(|row| of_row(element, row)).collect()
}

/// Whether an attribute of the element, or its text, is of that type.
pub(super) fn is(element: &Element, attribute: Option<&str>, type_: Type) -> bool {
    rows(element).any(|row| {
        row.type_ == type_ && attribute.map_or(row.attributes.is_empty(), |name| row.attributes.contains(&name))
    })
}

fn of_row<'a>(element: &'a Element, row: &'static Row) -> Vec<Value<'a>> {
    if row.attributes.is_empty() {
        let text = element.text().trimmed();
        let is_leaf = element.elements().next().is_none();
        let span = text.whole().filter(|_| is_leaf);
        return span.into_iter().map(|span| Value { element, text: text.clone(), span, row }).collect();
    }
    let attributes = row.attributes.iter().filter_map(|name| element.attribute(name));
    attributes.map(|one| Value { element, text: one.value.clone(), span: one.value_span, row }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_stands_in_order() {
        let lines: Vec<&str> = include_str!("typed.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            assert!(row(line).is_some_and(|(_, row)| !row.source.is_empty()), "{line}");
        }
        assert!(lines.is_sorted(), "the rows stand in order");
    }
}
