//! What the program knows of the series by itself: the table is what the series says.

mod support;

use std::path::PathBuf;
use support::shared;
use xep::document::Document;
use xep::document::number::Numbers;
use xep::example::{Lexicon, examples};
use xep::schema::built_in::{BuiltIn, Shown};
use xep::schema::{SchemaSource, brief};
use xep::workspace::{Disk, Extent, Options, Silent, Snapshot, check};

/// The table as the series says it.
fn table(checked: &Snapshot) -> String {
    let mut parts = Vec::new();
    for (at, facts) in checked.series.documents().iter().enumerate().filter(|(_, facts)| facts.is_numbered()) {
        let Some((_, examined)) = checked.documents.get(at).and_then(|run| run.examined()) else { continue };
        let described: Vec<&str> =
            facts.described.lines().filter(|name| checked.series.defines(name) == Some(at)).collect();
        let registered: Vec<&str> = facts.registered.lines().filter(|name| !described.contains(name)).collect();
        let texts = examined.examples.iter().map(|example| &example.text);
        let schemas = texts.filter(|text| SchemaSource::seems_schema(text.as_str())).flat_map(SchemaSource::read);
        let schemas = schemas.filter(|schema| described.contains(&schema.target_namespace()));
        let schemas: Vec<String> = schemas.map(|schema| brief(&schema)).collect();
        let number = format!("{:0>4}", facts.number);
        let version = &facts.details().last_revision.version;
        if !described.is_empty() || !registered.is_empty() {
            let shown = shown(&examined.document, &examined.numbers, &described);
            parts.push(BuiltIn::write(&number, version, (&described, &registered), &shown, &schemas));
        }
    }
    parts.sort();
    parts.concat()
}

/// What the examples of a document show of the elements of some namespaces.
fn shown(document: &Document, numbers: &Numbers, namespaces: &[&str]) -> Vec<Shown> {
    let mut lexicon = Lexicon::default();
    lexicon.learn(&examples(document, numbers, &|_| None), &|namespace| namespaces.contains(&namespace));
    let mut shown: Vec<Shown> = lexicon
        .elements()
        .map(|(name, usage)| Shown {
            name: name.clone(),
            count: usage.count,
            attributes: usage.attributes.iter().map(|(name, count)| (name.clone(), *count)).collect(),
            children: usage.children.iter().map(|(name, count)| (name.clone(), *count)).collect(),
        })
        .collect();
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    shown
}

#[test]
fn the_table_of_built_in_schemas_is_what_the_series_says() {
    let Some(shared) = shared("the table of built-in schemas") else { return };
    let paths: Vec<PathBuf> = vec![shared.join("corpus")];
    let checked = check(&Disk, &paths, Options::fresh(Extent::Document), &Silent).expect("the series can be read");
    let table = table(&checked);
    let path = support::root().join("src/schema/series.txt");
    if std::env::var_os("XEP_BLESS").is_some() {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the table is there");
    assert!(kept == table, "the series has changed: XEP_BLESS=1 cargo test --test built_in");
}
