//! What the series says of its namespaces, for a document that stands alone: which XEP describes which, and its schemas in short.
//!
//! `series.txt` holds facts alone. `XEP_BLESS=1 cargo test --test built_in` makes it from a checkout of the series.

use super::brief::spelled_out;
use super::{Described, SchemaSource};
use crate::source::{MappedText, Sources};
use crate::xml::Name;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

const TABLE: &str = include_str!("series.txt");

/// A XEP as the program was built with.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuiltIn {
    /// Its number, of four digits.
    pub number: &'static str,
    /// The version from which this was taken.
    pub version: &'static str,
    /// The namespaces that its schemas describe.
    pub described: Vec<&'static str>,
    /// The other namespaces that it registers.
    pub registered: Vec<&'static str>,
    /// What its examples show of elements, one a line, as [`Shown::write`] writes them.
    shown: Vec<&'static str>,
    /// Its schemas in short.
    schemas: Vec<&'static str>,
}

/// How examples use an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its namespace and its name.
    pub name: Name,
    /// How often.
    pub count: usize,
    /// How often with each attribute.
    pub attributes: Vec<(String, usize)>,
    /// How often with each child.
    pub children: Vec<(Name, usize)>,
}

impl Shown {
    /// As a line of the table: `query 12 node=4 >item=3 >{jabber:x:data}x=2`, with the namespace before the name where it is not the first
    /// that the XEP describes.
    fn write(&self, first: &str) -> String {
        let written = |name: &Name| match name.namespace == first {
            true => name.local.clone(),
            false => format!("{{{}}}{}", name.namespace, name.local),
        };
        let mut out = format!("{} {}", written(&self.name), self.count);
        for (name, count) in &self.attributes {
            let _ = write!(out, " {name}={count}");
        }
        for (name, count) in &self.children {
            let _ = write!(out, " >{}={count}", written(name));
        }
        out
    }

    fn read(line: &str, first: &str) -> Option<Shown> {
        let name = |text: &str| match text.starts_with('{') {
            true => Name::from_clark(text),
            false => Some(Name::new(first, text)),
        };
        let mut parts = line.split(' ');
        let (element, count) = (name(parts.next()?)?, parts.next()?.parse().ok()?);
        let mut shown = Shown { name: element, count, attributes: Vec::new(), children: Vec::new() };
        for part in parts {
            let (what, count) = part.rsplit_once('=')?;
            let count = count.parse().ok()?;
            match what.strip_prefix('>') {
                Some(child) => shown.children.push((name(child)?, count)),
                None => shown.attributes.push((what.to_owned(), count)),
            }
        }
        Some(shown)
    }
}

/// All that is known, and where each namespace is described.
static ALL: LazyLock<(Vec<BuiltIn>, HashMap<&'static str, usize>)> = LazyLock::new(|| {
    let all = read(TABLE);
    let places = all.iter().enumerate().flat_map(|(at, one)| one.described.iter().map(move |name| (*name, at)));
    let places = places.collect();
    (all, places)
});

/// All XEPs of which anything is known, in the order of their numbers.
pub fn all() -> &'static [BuiltIn] {
    &ALL.0
}

/// The XEP whose schemas describe a namespace.
pub fn describing(namespace: &str) -> Option<&'static BuiltIn> {
    ALL.0.get(*ALL.1.get(namespace)?)
}

impl BuiltIn {
    /// Which XEP it is, in which version: `XEP-0004 2.13.1`.
    pub fn name(&self) -> String {
        format!("XEP-{} {}", self.number, self.version)
    }

    /// What it is called in messages: `XEP-0004 2.13.1 (built in)`.
    pub fn title(&self) -> String {
        format!("{} (built in)", self.name())
    }

    /// Its schemas, as a file of a run.
    pub fn describe(&self, sources: &mut Sources) -> Described {
        let mut schemas = Vec::new();
        for brief in &self.schemas {
            let file = sources.add(self.title(), spelled_out(brief));
            schemas.extend(SchemaSource::read(&MappedText::verbatim(sources, sources.whole(file))));
        }
        let namespaces = self.described.iter().map(|name| (*name).to_owned()).collect();
        Described { title: self.title(), schemas, namespaces }
    }

    /// What its examples show of the elements that it describes.
    pub fn shown(&self) -> impl Iterator<Item = Shown> {
        let first = self.described.first().copied().unwrap_or_default();
        self.shown.iter().filter_map(move |line| Shown::read(line, first))
    }

    /// As a part of the table.
    pub fn write(
        number: &str,
        version: &str,
        (described, registered): (&[&str], &[&str]),
        shown: &[Shown],
        schemas: &[String],
    ) -> String {
        let mut out = format!("# {number} {version}\n");
        let mut names = |sign: char, names: &[&str]| {
            names.iter().for_each(|name| _ = writeln!(out, "{sign}{name}"));
        };
        names('!', described);
        names('~', registered);
        let first = described.first().copied().unwrap_or_default();
        shown.iter().for_each(|one| _ = writeln!(out, "?{}", one.write(first)));
        schemas.iter().for_each(|schema| _ = writeln!(out, "{}", schema.trim_end_matches('\n')));
        out
    }
}

/// Reads the table: of each XEP a line with number and version, its namespaces, and its schemas.
fn read(table: &'static str) -> Vec<BuiltIn> {
    let table = table.strip_prefix("# ").unwrap_or(table);
    table.split("\n# ").filter(|part| !part.is_empty()).map(read_one).collect()
}

fn read_one(part: &'static str) -> BuiltIn {
    let (head, rest) = part.split_once('\n').unwrap_or((part, ""));
    let (number, version) = head.split_once(' ').unwrap_or((head, ""));
    const START: &str = "schema";
    // Most lines are of schemas, which come last.
    let before = || rest.lines().take_while(|line| !line.starts_with(START));
    let names = |sign: char| before().filter_map(move |line| line.strip_prefix(sign)).collect();
    let mut starts: Vec<usize> = memchr::memmem::find_iter(rest.as_bytes(), START).collect();
    starts.retain(|at| *at == 0 || rest.as_bytes().get(at - 1) == Some(&b'\n'));
    let ends = starts.iter().skip(1).copied().chain([rest.len()]);
    let schemas = starts.iter().zip(ends).filter_map(|(start, end)| rest.get(*start..end));
    BuiltIn {
        number,
        version,
        described: names('!'),
        registered: names('~'),
        shown: names('?'),
        schemas: schemas.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_as_it_was_written() {
        let all: String = all()
            .iter()
            .map(|one| {
                let schemas: Vec<String> = one.schemas.iter().map(|schema| (*schema).to_owned()).collect();
                let shown: Vec<Shown> = one.shown().collect();
                BuiltIn::write(one.number, one.version, (&one.described, &one.registered), &shown, &schemas)
            })
            .collect();
        assert!(all == TABLE);
    }

    #[test]
    fn the_schemas_of_data_forms_are_there() {
        let forms = describing("jabber:x:data").unwrap_or_else(|| &ALL.0[0]);
        assert_eq!(forms.number, "0004");
        let mut sources = Sources::default();
        let described = forms.describe(&mut sources);
        assert!(described.schemas.iter().any(|schema| schema.target_namespace() == "jabber:x:data"));
    }
}
