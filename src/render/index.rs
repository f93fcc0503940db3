//! The index of a site: all documents with their results.

use std::collections::BTreeMap;

use serde::Serialize;

use super::html::query;
use super::page::{RenderError, Templates};
use super::status::notice;

/// Everything that the index is made from.
#[derive(Clone, Debug, Default)]
pub struct IndexInput {
    /// The title of the site.
    pub title: String,
    /// One paragraph on what the site holds; may be empty.
    pub introduction: String,
    /// The documents, in the order in which they are shown.
    pub documents: Vec<IndexEntry>,
    /// Whether anything was checked; else the index tells no results.
    pub checked: bool,
    /// The lists and pictures of the series.
    pub links: Vec<super::PageLink>,
    /// The relative path to the folder of the shared files ([`super::site::FILES`]).
    pub assets: String,
    /// The version of the program.
    pub generator: String,
}

/// A document and its results.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IndexEntry {
    /// The number, or `XXXX`.
    pub number: String,
    /// Whether it is a proposal without a number.
    pub proposal: bool,
    /// The title.
    pub title: String,
    /// The abstract; may be empty.
    pub summary: String,
    /// The status.
    pub status: String,
    /// The type.
    pub type_: String,
    /// The short name; may be empty.
    pub shortname: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The version.
    pub version: String,
    /// The date of the last revision.
    pub date: String,
    /// How many examples it has.
    pub examples: usize,
    /// How many round trips were made.
    pub round_trips: usize,
    /// How many of these failed.
    pub failed: usize,
    /// How many errors were found.
    pub errors: usize,
    /// How many warnings were found.
    pub warnings: usize,
    /// The relative link to the page.
    pub href: String,
    /// The relative link to the report, if one was written.
    pub report: Option<String>,
}

/// From how many documents on abstracts are not shown but searched alone.
const MANY: usize = 20;

#[derive(Serialize)]
struct IndexView<'a> {
    title: &'a str,
    introduction: &'a str,
    count: usize,
    single: bool,
    many: bool,
    checked: bool,
    examples: usize,
    round_trips: usize,
    errors: usize,
    warnings: usize,
    groups: Vec<Group<'a>>,
    filters: Vec<Filter>,
    links: Vec<LinkView<'a>>,
    assets: &'a str,
    generator: &'a str,
}

/// Documents that stand in one table.
#[derive(Serialize)]
struct Group<'a> {
    title: &'static str,
    id: &'static str,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    entry: &'a IndexEntry,
    class: &'static str,
    /// The tags as the script compares them.
    joined: String,
    /// The tags, with links to the index of all documents that have them.
    links: Vec<TagView<'a>>,
}

#[derive(Serialize)]
struct TagView<'a> {
    title: &'a str,
    href: String,
}

/// What one can choose from to see fewer documents.
#[derive(Serialize)]
struct Filter {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    count: usize,
}

#[derive(Serialize)]
struct LinkView<'a> {
    title: &'a str,
    href: &'a str,
}

/// The index page, made with the embedded templates.
pub fn index(input: &IndexInput) -> Result<String, RenderError> {
    let sum = |of: fn(&IndexEntry) -> usize| input.documents.iter().map(of).sum();
    let view = IndexView {
        title: &input.title,
        introduction: &input.introduction,
        count: input.documents.len(),
        single: input.documents.len() == 1,
        many: input.documents.len() >= MANY,
        checked: input.checked,
        examples: sum(|entry| entry.examples),
        round_trips: sum(|entry| entry.round_trips),
        errors: sum(|entry| entry.errors),
        warnings: sum(|entry| entry.warnings),
        groups: groups(&input.documents),
        filters: filters(&input.documents),
        links: input.links.iter().map(|link| LinkView { title: &link.title, href: &link.href }).collect(),
        assets: &input.assets,
        generator: &input.generator,
    };
    Templates::embedded().render("index.html", &view)
}

fn groups(documents: &[IndexEntry]) -> Vec<Group<'_>> {
    let group = |title, id, proposal| Group {
        title,
        id,
        rows: documents.iter().filter(|entry| entry.proposal == proposal).map(row).collect(),
    };
    let all = [group("XEPs", "xeps", false), group("Proposals", "proposals", true)];
    all.into_iter().filter(|group| !group.rows.is_empty()).collect()
}

fn row(entry: &IndexEntry) -> Row<'_> {
    let links = entry.tags.iter().map(|tag| TagView { title: tag, href: format!("?tag={}", query(tag)) });
    Row { entry, class: notice(&entry.status).class, joined: entry.tags.join("|"), links: links.collect() }
}

/// A filter for each property in which the documents differ.
fn filters(documents: &[IndexEntry]) -> Vec<Filter> {
    let filter = |name, label, of: &dyn Fn(&IndexEntry) -> Vec<String>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for value in documents.iter().flat_map(of).filter(|value| !value.is_empty()) {
            *counts.entry(value).or_default() += 1;
        }
        let choices = counts.into_iter().map(|(value, count)| Choice { value, count }).collect();
        Filter { name, label, choices }
    };
    let all = [
        filter("status", "Status", &|entry| vec![entry.status.clone()]),
        filter("type", "Type", &|entry| vec![entry.type_.clone()]),
        filter("tag", "Tag", &|entry| entry.tags.clone()),
    ];
    all.into_iter().filter(|filter| filter.choices.len() > 1).collect()
}
