//! The grammar of XEPs, for where no `xep.dtd` lies at the root.

use super::{AttributeType, BTreeMap, Content, ContentModel, Default, ElementType, Particle, Term};
use std::sync::LazyLock;

static XEP: LazyLock<ContentModel> = LazyLock::new(|| read(include_str!("xep.txt")));

/// The grammar of XEPs as it is built in.
pub fn xep() -> &'static ContentModel {
    &XEP
}

/// Reads a table; its first lines say how it is written.
fn read(table: &str) -> ContentModel {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut elements = BTreeMap::new();
    for line in lines {
        let (name, holds) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let words = holds.split_whitespace();
        let expanded: Vec<&str> =
            words.flat_map(|word| groups.get(word).cloned().unwrap_or_else(|| vec![word])).collect();
        if name.starts_with('$') {
            groups.insert(name, expanded);
            continue;
        }
        let (attributes, holds): (Vec<&str>, Vec<&str>) = expanded.into_iter().partition(|word| word.starts_with('@'));
        let attributes = attributes.into_iter().map(|name| attribute(name.trim_start_matches('@'))).collect();
        elements.insert(name.to_owned(), ElementType::new(content(&holds), attributes));
    }
    ContentModel { elements }
}

fn content(holds: &[&str]) -> Content {
    match holds.split_first() {
        None => Content::Empty,
        Some((&"text", others)) => Content::Mixed(others.iter().map(|&name| name.to_owned()).collect()),
        Some((&"any", others)) => {
            let term = Term::Choice(others.iter().map(|name| particle(name)).collect());
            Content::Elements(super::parse::flat(Particle { term, optional: true, repeated: true }))
        }
        Some(_) => {
            let term = Term::Sequence(holds.iter().map(|name| particle(name)).collect());
            Content::Elements(super::parse::flat(Particle { term, optional: false, repeated: false }))
        }
    }
}

fn particle(word: &str) -> Particle {
    let name = word.trim_end_matches(['?', '*', '+']);
    let (optional, repeated) = (word.ends_with(['?', '*']), word.ends_with(['*', '+']));
    Particle { term: Term::Name(name.to_owned()), optional, repeated }
}

fn attribute(name: &str) -> AttributeType {
    AttributeType { name: name.to_owned(), values: Vec::new(), default: Default::Value(String::new()) }
}
