//! What a page is made from.

use super::facts::{ListingFacts, PageFinding, PageLink};
use crate::document::Document;
use crate::document::number::Numbers;
use crate::series::SeriesPlace;
use std::collections::BTreeMap;

/// Everything that a page is made from.
#[derive(Clone, Copy, Debug)]
pub struct PageInput<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its numbers and ids.
    pub numbers: &'a Numbers,
    /// What is known about its listings, by positional id (`example-3`).
    pub facts: &'a BTreeMap<String, ListingFacts>,
    /// What was found in it.
    pub findings: &'a [PageFinding],
    /// Other formats of the document, files beside it.
    pub links: &'a [PageLink],
    /// The link to the report on it; nothing where none was written.
    pub report: Option<&'a str>,
    /// The series that it is part of; nothing for a document alone.
    pub series: Option<SeriesPlace<'a>>,
    /// The relative path from the page to the folder of the shared files ([`super::site::FILES`]), for example `../assets`.
    pub assets: &'a str,
    /// The relative path to the index of the site; empty: none.
    pub home: &'a str,
    /// The version of the program.
    pub generator: &'a str,
}
