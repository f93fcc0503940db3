//! YAML as a tree of texts with their places.
//!
//! Numbers, dates and versions stay as the author wrote them: `0420` is no number here and `1.0` no fraction.

use super::align;
use crate::source::MappedText;
use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use std::ops::Range;

/// More brackets or dashes in a row than this are refused unread: the loader is recursive.
const DEPTH: usize = 64;

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    /// A scalar, as written.
    Text(MappedText),
    /// A sequence and where it stands.
    List(Vec<Value>, MappedText),
    /// A mapping and where it stands.
    Map(Vec<(MappedText, Value)>, MappedText),
    /// Nothing: the place where a value could stand.
    Nothing(MappedText),
}

impl Value {
    /// Where it stands.
    pub fn place(&self) -> &MappedText {
        match self {
            Value::Text(place) | Value::List(_, place) | Value::Map(_, place) | Value::Nothing(place) => place,
        }
    }
}

/// What is wrong with a text that is no YAML, and the byte where.
#[derive(Debug)]
pub(super) struct Malformed {
    pub message: String,
    pub at: usize,
}

/// Reads YAML. No text at all is a mapping of nothing.
pub(super) fn read(yaml: &MappedText) -> Result<Value, Malformed> {
    let text = yaml.as_str();
    if let Some(at) = too_deep(text) {
        return Err(Malformed { message: "the header is nested too deeply".to_owned(), at });
    }
    let bytes = byte_table(text);
    let byte = |character: usize| bytes.get(character).copied().unwrap_or(text.len());
    let documents = MarkedYaml::load_from_str(text)
        .map_err(|error| Malformed { message: error.info().to_owned(), at: byte(error.marker().index()) })?;
    let reader = Reader { yaml, bytes };
    Ok(documents.first().map_or_else(|| Value::Map(Vec::new(), yaml.clone()), |node| reader.value(node)))
}

/// Where nesting that a recursive reader could not bear begins.
fn too_deep(text: &str) -> Option<usize> {
    let brackets = text.match_indices(['[', '{']).nth(DEPTH).map(|(at, _)| at);
    let mut start = 0;
    let dashes = text.split_inclusive('\n').find_map(|line| {
        let at = start;
        start += line.len();
        (line.matches(['-', '?']).count() > DEPTH && line.trim_start().starts_with(['-', '?'])).then_some(at)
    });
    let indented = || text.split('\n').any(|line| line.len() - line.trim_start().len() > 4 * DEPTH);
    brackets.or(dashes).or_else(|| indented().then_some(0))
}

/// The byte of each character.
fn byte_table(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).collect()
}

struct Reader<'a> {
    yaml: &'a MappedText,
    bytes: Vec<usize>,
}

impl Reader<'_> {
    fn value(&self, node: &MarkedYaml<'_>) -> Value {
        let place = self.place(node);
        match &node.data {
            YamlData::Value(Scalar::Null) => Value::Nothing(place),
            YamlData::Value(Scalar::String(text)) => Value::Text(scalar(text, &place)),
            YamlData::Value(_) => Value::Text(place.trimmed()),
            YamlData::Sequence(nodes) => Value::List(nodes.iter().map(|node| self.value(node)).collect(), place),
            YamlData::Mapping(map) => {
                Value::Map(map.iter().map(|(key, value)| (self.key(key), self.value(value))).collect(), place)
            }
            YamlData::Tagged(_, node) => self.value(node),
            YamlData::Representation(text, ..) => Value::Text(scalar(text, &place)),
            YamlData::Alias(_) | YamlData::BadValue => Value::Nothing(place),
        }
    }

    fn key(&self, node: &MarkedYaml<'_>) -> MappedText {
        match self.value(node) {
            Value::Text(text) => text,
            other => other.place().clone(),
        }
    }

    fn place(&self, node: &MarkedYaml<'_>) -> MappedText {
        let byte = |character: usize| self.bytes.get(character).copied().unwrap_or(self.yaml.len());
        let range: Range<usize> = byte(node.span.start.index())..byte(node.span.end.index());
        self.yaml.slice(range.start..range.end.max(range.start))
    }
}

/// The text of a scalar without white space at its ends, led back through quotes, folds and escapes.
fn scalar(text: &str, place: &MappedText) -> MappedText {
    let raw = place.as_str();
    let quoted = ['"', '\''].iter().any(|quote| raw.len() > 1 && raw.starts_with(*quote) && raw.ends_with(*quote));
    let source = if quoted { place.slice(1..place.len() - 1) } else { place.trimmed() };
    let text = text.trim();
    if text.is_empty() {
        return place.slice(0..0);
    }
    align::align(text, &source)
}
