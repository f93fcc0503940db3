//! From examined documents to a site on disk.

use super::examine::Examined;
use super::load::Loaded;
use super::{Checked, Failure, write};
use crate::document::{Block, Document, walk};
use crate::example::Example;
use crate::finding::Severity;
use crate::render::{
    self, IndexEntry, IndexInput, Layer, ListingFacts, PageFinding, PageInput, PageLink, RoundTripFact, site, xep_xml,
};
use crate::rule;
use crate::rule::context::round_trips_of;
use crate::source::Sources;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a site is built.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The folder that it is written to.
    pub out: PathBuf,
}

/// What was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// How many files were written.
    pub written: usize,
    /// How many were as they should be already.
    pub unchanged: usize,
}

/// The folder of the files that all pages share.
const ASSETS: &str = "assets";

/// Writes the pages of examined documents, the files beside them, and the index.
///
/// # Errors
/// When a file cannot be written.
pub fn build(checked: &Checked, options: &BuildOptions) -> Result<Built, Failure> {
    let mut built = Built::default();
    for (name, text) in site::FILES {
        put(&options.out.join(ASSETS).join(name), text.as_bytes(), &mut built)?;
    }
    let names = names(checked);
    let mut entries = Vec::new();
    for ((loaded, examined), name) in checked.documents.iter().zip(&names) {
        document(&checked.sources, loaded, examined, name, options, &mut built)?;
        entries.push(entry(examined, name));
    }
    let index = IndexInput {
        title: "XMPP specifications, checked".into(),
        introduction: "Every example below was read, held against schema and policy, and where it holds a stanza sealed and opened in the build that wrote this page.".into(),
        documents: entries,
        assets: ASSETS.into(),
        generator: env!("CARGO_PKG_VERSION").into(),
    };
    put(&options.out.join("index.html"), render_failure(render::index(&index))?.as_bytes(), &mut built)?;
    Ok(built)
}

fn render_failure(page: Result<String, render::RenderError>) -> Result<String, Failure> {
    page.map_err(|error| Failure::new(error.to_string()))
}

fn put(path: &Path, bytes: &[u8], built: &mut Built) -> Result<(), Failure> {
    match write::write(path, bytes)? {
        true => built.written += 1,
        false => built.unchanged += 1,
    }
    Ok(())
}

/// The names of the documents in the site; equal ones get a number.
fn names(checked: &Checked) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (loaded, _) in &checked.documents {
        let taken = |name: &String| names.contains(name);
        let numbered = (2..).map(|number| format!("{}-{number}", loaded.name));
        let free = std::iter::once(loaded.name.clone()).chain(numbered).find(|name| !taken(name));
        names.push(free.unwrap_or_default());
    }
    names
}

fn document(
    sources: &Sources,
    loaded: &Loaded,
    examined: &Examined,
    name: &str,
    options: &BuildOptions,
    built: &mut Built,
) -> Result<(), Failure> {
    let folder = options.out.join(name);
    let facts = facts(examined);
    for fact in facts.values() {
        if let Some(file) = &fact.file {
            put(&folder.join(file), format!("{}\n", fact.text.trim_end()).as_bytes(), built)?;
        }
    }
    let findings = page_findings(sources, examined);
    let xml_name = format!("{name}.xml");
    let input = PageInput {
        document: &examined.document,
        numbers: &examined.numbers,
        facts: &facts,
        findings: &findings,
        links: &[PageLink { title: "XEP-XML".into(), href: xml_name.clone() }],
        assets: "../assets",
        home: "../index.html",
        generator: env!("CARGO_PKG_VERSION"),
    };
    put(&folder.join("index.html"), render_failure(render::page(&input))?.as_bytes(), built)?;
    let xml = match loaded.is_markdown {
        true => xep_xml::write(&with_copies(examined)),
        false => sources.get(loaded.file).text().to_string(),
    };
    put(&folder.join(xml_name), xml.as_bytes(), built)
}

/// The document with the text of generated examples stored in it, as XEP-XML has it.
fn with_copies(examined: &Examined) -> Document {
    let mut document = examined.document.clone();
    let texts: BTreeMap<_, _> = examined
        .examples
        .iter()
        .filter(|example| example.generated)
        .map(|example| (example.span, &example.text))
        .collect();
    walk::blocks_mut(&mut document.body, &mut |block| {
        if let Block::Listing(listing) = block
            && let Some(text) = texts.get(&listing.span.0)
        {
            listing.text = (*text).clone();
        }
    });
    document
}

fn facts(examined: &Examined) -> BTreeMap<String, ListingFacts> {
    let all =
        examined.examples.iter().enumerate().map(|(at, example)| (example.id.clone(), fact(examined, at, example)));
    all.collect()
}

fn fact(examined: &Examined, at: usize, example: &Example) -> ListingFacts {
    // Listings and their numbers stand in one order.
    let number = examined.numbers.listings.get(at).filter(|number| number.id == example.id);
    let name = number.and_then(|number| number.name.clone());
    let trips = round_trips_of(&examined.round_trips, at).map(|trip| RoundTripFact {
        profile: trip.profile.clone(),
        title: trip.title.clone(),
        encrypted: trip.encrypted,
        sealed_bytes: trip.sealed_bytes.unwrap_or(0),
        ok: trip.is_ok(),
    });
    let layers = examined.layers.get(&at).into_iter().flatten();
    ListingFacts {
        id: example.id.clone(),
        kind: example.kind.word().into(),
        kind_reason: example.kind_reason.clone(),
        syntax: example.syntax.into(),
        checks: examined.checks.get(at).into_iter().flatten().map(|check| (*check).to_owned()).collect(),
        refused: examined.refused.get(&example.id).cloned(),
        round_trips: trips.collect(),
        layers: layers.map(|(title, xml)| Layer { title: title.clone(), xml: xml.clone() }).collect(),
        text: example.text.as_str().to_owned(),
        file: Some(format!("examples/{}", example.file_name())),
        name,
    }
}

fn page_findings(sources: &Sources, examined: &Examined) -> Vec<PageFinding> {
    let finding = |finding: &crate::finding::Finding| PageFinding {
        severity: rule::severity(finding),
        rule: finding.rule.to_owned(),
        message: finding.message.clone(),
        line: sources.get(finding.span.file).position(finding.span.start).line,
        example: finding.example.clone(),
    };
    examined.findings.iter().map(finding).collect()
}

fn entry(examined: &Examined, name: &str) -> IndexEntry {
    let header = &examined.document.header;
    let text = |field: &crate::document::Field| field.as_str().trim().to_owned();
    let revision = header.revisions.first();
    let count = |severity| examined.findings.iter().filter(|finding| rule::severity(finding) == severity).count();
    IndexEntry {
        number: text(&header.number),
        title: text(&header.title),
        summary: text(&header.abstract_),
        status: text(&header.status),
        version: revision.map_or_else(String::new, |revision| text(&revision.version)),
        date: revision.map_or_else(String::new, |revision| text(&revision.date)),
        examples: examined
            .examples
            .iter()
            .filter(|example| example.block == crate::document::ListingKind::Example)
            .count(),
        round_trips: examined.round_trips.len(),
        failed: examined.round_trips.iter().filter(|(_, trip)| !trip.is_ok()).count(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        href: format!("{name}/index.html"),
    }
}
