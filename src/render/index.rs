//! The index of a site: all documents with their results.

use serde::Serialize;

use super::page::{RenderError, Templates};

/// Everything that the index is made from.
#[derive(Clone, Debug, Default)]
pub struct IndexInput {
    /// The title of the site.
    pub title: String,
    /// One paragraph on what the site holds; may be empty.
    pub introduction: String,
    /// The documents, in the order in which they are shown.
    pub documents: Vec<IndexEntry>,
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
    /// The title.
    pub title: String,
    /// The abstract; may be empty.
    pub summary: String,
    /// The status.
    pub status: String,
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
}

#[derive(Serialize)]
struct IndexView<'a> {
    title: &'a str,
    introduction: &'a str,
    documents: &'a [IndexEntry],
    examples: usize,
    round_trips: usize,
    errors: usize,
    warnings: usize,
    assets: &'a str,
    generator: &'a str,
}

/// The index page, made with the embedded templates.
pub fn index(input: &IndexInput) -> Result<String, RenderError> {
    let sum = |of: fn(&IndexEntry) -> usize| input.documents.iter().map(of).sum();
    let view = IndexView {
        title: &input.title,
        introduction: &input.introduction,
        documents: &input.documents,
        examples: sum(|entry| entry.examples),
        round_trips: sum(|entry| entry.round_trips),
        errors: sum(|entry| entry.errors),
        warnings: sum(|entry| entry.warnings),
        assets: &input.assets,
        generator: &input.generator,
    };
    Templates::embedded().render("index.html", &view)
}
