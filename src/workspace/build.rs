//! From examined documents to a site on disk.

use super::examine::{Examined, Extent};
use super::load::Loaded;
use super::{Checked, Failure, write};
use crate::document::{Block, Document, walk};
use crate::example::Example;
use crate::finding::Severity;
use crate::render::{
    self, DocumentFacts, IndexEntry, IndexInput, Layer, ListingFacts, PageFinding, PageInput, PageLink, RoundTripFact,
    SeriesFacts, SeriesPlace, graph, site, xep_xml, xeplist,
};
use crate::rule;
use crate::rule::context::round_trips_of;
use crate::source::Sources;
use rayon::prelude::*;
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

/// Names that pages of documents cannot have: the site's own files are called so.
const RESERVED: [&str; 3] = ["index", "graph", "xeplist"];

/// The folder of the BibXML references.
const REFERENCES: &str = "refs";

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
    let series = series(checked, &names);
    let site = Site { sources: &checked.sources, series: &series, out: &options.out };
    let documents = checked.documents.par_iter().zip(&names).enumerate();
    let written = documents.map(|(at, ((loaded, examined), name))| site.document(loaded, examined, name, at));
    built += written.try_reduce(Built::default, |mut one, other| {
        one += other;
        Ok(one)
    })?;
    if series.documents().len() > 1 {
        site.lists(&mut built)?;
    }
    let index = render_failure(render::index(&index(checked, &series)))?;
    put(&options.out.join("index.html"), index.as_bytes(), &mut built)?;
    Ok(built)
}

impl std::ops::AddAssign for Built {
    fn add_assign(&mut self, other: Built) {
        self.written += other.written;
        self.unchanged += other.unchanged;
    }
}

/// What the documents tell about themselves and one another.
fn series(checked: &Checked, names: &[String]) -> SeriesFacts {
    let documents = checked.documents.par_iter().zip(names);
    let facts = documents.map(|((_, examined), name)| DocumentFacts::of(&examined.document, &examined.examples, name));
    SeriesFacts::of(facts.collect())
}

/// The links of an index to the lists and the graph of its series: titles and files.
const LISTS: [(&str, &str); 4] = [
    ("Dependency graph", "graph.html"),
    ("xeplist.xml", "xeplist.xml"),
    ("xeplist.json", "xeplist.json"),
    ("graph.json", "graph.json"),
];

fn index(checked: &Checked, series: &SeriesFacts) -> IndexInput {
    let is_series = series.documents().len() > 1;
    let was_checked = checked.documents.iter().any(|(_, examined)| examined.checks.iter().any(|all| !all.is_empty()));
    let entries = series.in_order().into_iter().filter_map(|at| {
        let (_, examined) = checked.documents.get(at)?;
        Some(entry(examined, series.documents().get(at)?))
    });
    IndexInput {
        title: if is_series { "XMPP Extension Protocols" } else { "XMPP specifications, checked" }.into(),
        introduction: introduction(was_checked).into(),
        documents: entries.collect(),
        checked: was_checked,
        links: LISTS
            .iter()
            .filter(|_| is_series)
            .map(|(title, href)| PageLink { title: (*title).into(), href: (*href).into() })
            .collect(),
        assets: ASSETS.into(),
        generator: env!("CARGO_PKG_VERSION").into(),
    }
}

/// What the index says of the build that wrote it.
fn introduction(was_checked: bool) -> &'static str {
    match was_checked {
        true => {
            "Every example was read and held against the rules. A round trip is an example that was sealed, handed over, opened and compared in the build that wrote this page."
        }
        false => "Read and rendered. Nothing was checked in the build that wrote this page.",
    }
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
        let plain = crate::example::plain_name(&loaded.name);
        let taken = |name: &String| names.contains(name) || RESERVED.contains(&name.as_str());
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken(name));
        names.push(free.unwrap_or_default());
    }
    names
}

/// A site that is being written.
#[derive(Clone, Copy)]
struct Site<'a> {
    sources: &'a Sources,
    series: &'a SeriesFacts,
    out: &'a Path,
}

impl Site<'_> {
    /// Writes the page of a document and the files beside it.
    fn document(self, loaded: &Loaded, examined: &Examined, name: &str, at: usize) -> Result<Built, Failure> {
        let mut built = Built::default();
        let facts = facts(examined);
        let findings = page_findings(self.sources, examined);
        let xml_name = format!("{name}.xml");
        let is_series = self.series.documents().len() > 1;
        let input = PageInput {
            document: &examined.document,
            numbers: &examined.numbers,
            facts: &facts,
            findings: &findings,
            links: &[PageLink { title: "XEP-XML".into(), href: xml_name.clone() }],
            series: is_series.then_some(SeriesPlace { series: self.series, at }),
            assets: ASSETS,
            home: "index.html",
            generator: env!("CARGO_PKG_VERSION"),
        };
        let page = self.out.join(format!("{name}.html"));
        put(&page, render_failure(render::page(&input))?.as_bytes(), &mut built)?;
        match loaded.is_markdown {
            true => put(&self.out.join(xml_name), xep_xml::write(&with_copies(examined)).as_bytes(), &mut built)?,
            false => put(&self.out.join(xml_name), self.sources.get(loaded.file).text().as_bytes(), &mut built)?,
        }
        Ok(built)
    }

    /// Writes the lists, the references and the graph of the series.
    fn lists(self, built: &mut Built) -> Result<(), Failure> {
        let picture = graph::svg(self.series);
        let around = graph::GraphPage { assets: ASSETS, generator: env!("CARGO_PKG_VERSION") };
        let page = render_failure(graph::page(self.series, &picture, around))?;
        let (xml, json) = (xeplist::xml(self.series), xeplist::json(self.series));
        let data = graph::json(self.series);
        let files = [
            ("xeplist.xml", &xml),
            ("xeplist.json", &json),
            ("graph.json", &data),
            ("graph.svg", &picture),
            ("graph.html", &page),
        ];
        files.iter().try_for_each(|(name, text)| put(&self.out.join(name), text.as_bytes(), built))?;
        let references = xeplist::references(self.series);
        references
            .iter()
            .try_for_each(|(name, text)| put(&self.out.join(REFERENCES).join(name), text.as_bytes(), built))
    }
}

/// The document with the text of generated examples stored in it, as XEP-XML has it.
fn with_copies(examined: &Examined) -> Document {
    let mut document = examined.document.clone();
    let texts: BTreeMap<_, _> = examined
        .examples
        .iter()
        .filter(|example| example.generated && !examined.unsettled.contains(&example.id))
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

/// What a page shows of an example whose sealed stanza is not committed: what was made anew is another one in each build.
const UNSETTLED: &str = "<!-- not sealed yet: run `xep examples` -->";

fn fact(examined: &Examined, at: usize, example: &Example) -> ListingFacts {
    // Listings and their numbers stand in one order.
    let number = examined.numbers.listings.get(at).filter(|number| number.id == example.id);
    if examined.unsettled.contains(&example.id) {
        return ListingFacts {
            id: example.id.clone(),
            name: number.and_then(|number| number.name.clone()),
            kind: example.kind.word().into(),
            syntax: "xml".into(),
            text: UNSETTLED.into(),
            ..ListingFacts::default()
        };
    }
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
        kind: if examined.extent == Extent::Full { example.kind.word().into() } else { String::new() },
        kind_reason: example.kind_reason.clone(),
        syntax: example.syntax.into(),
        checks: examined.checks.get(at).into_iter().flatten().map(|check| (*check).to_owned()).collect(),
        refused: examined.refused.get(&example.id).cloned(),
        round_trips: trips.collect(),
        layers: layers.map(|(title, xml)| Layer { title: title.clone(), xml: xml.clone() }).collect(),
        text: example.text.as_str().to_owned(),
        file: Some(example.file_name()),
        name,
    }
}

fn page_findings(sources: &Sources, examined: &Examined) -> Vec<PageFinding> {
    let finding = |finding: &crate::finding::Finding| PageFinding {
        severity: rule::severity(finding, examined.maturity()),
        rule: finding.rule.to_owned(),
        message: finding.message.clone(),
        line: sources.get(finding.span.file).position(finding.span.start).line,
        example: finding.example.clone(),
    };
    examined.findings.iter().map(finding).collect()
}

fn entry(examined: &Examined, facts: &DocumentFacts) -> IndexEntry {
    let maturity = examined.maturity();
    let is = |finding: &&crate::finding::Finding, severity| rule::severity(finding, maturity) == severity;
    let count = |severity| examined.findings.iter().filter(|finding| is(finding, severity)).count();
    IndexEntry {
        number: facts.number.clone(),
        proposal: !facts.is_numbered(),
        title: facts.title.clone(),
        summary: facts.abstract_.clone(),
        status: facts.status.clone(),
        type_: facts.type_.clone(),
        shortname: facts.shortname.clone(),
        tags: facts.tags.clone(),
        version: facts.last_revision.version.clone(),
        date: facts.last_revision.date.clone(),
        examples: examined.examples.len(),
        round_trips: examined.round_trips.len(),
        failed: examined.round_trips.iter().filter(|(_, trip)| !trip.is_ok()).count(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        href: facts.href(),
    }
}
