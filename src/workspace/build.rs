//! From examined documents to a site on disk.

use super::snapshot::{Outcome, Run, Snapshot};
use super::world::World;
use super::write::{Folder, Keep};
use super::{Failure, review};
use crate::document::{Block, Document, walk};
use crate::example::Example;
use crate::finding::Severity;
use crate::judge::{self, Examined, Extent, Loaded};
use crate::render::rules::{RulesPage, rules_page};
use crate::render::{
    self, Expected, IndexEntry, IndexInput, Layer, ListingFacts, PageFinding, PageInput, PageLink, ReportInput,
    RoundTripFact, graph, site, xep_xml, xeplist,
};
use crate::report::Report;
use crate::rule::context::round_trips_of;
use crate::series::{DocumentFacts, SeriesFacts, SeriesPlace};
use crate::source::Sources;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// What was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// How many files were written.
    pub written: usize,
    /// How many were as they should be already.
    pub unchanged: usize,
}

/// What was written for a document, and the names of its files.
type Written = (Built, Vec<String>);

/// The folder of the files that all pages share.
const ASSETS: &str = "assets";

/// The page with what the rules mean.
const RULES: &str = "rules.html";

/// What follows a document's name in the name of its report. No page of a document has a dot in its name.
const REPORT: &str = ".report.html";

/// The folder of the BibXML references.
const REFERENCES: &str = "refs";

/// Writes the pages of examined documents, the files beside them, and the index to the folder `out`. What was found out is
/// kept for later runs.
///
/// # Errors
/// When a file cannot be written.
pub fn build(world: &dyn World, checked: &Snapshot, out: &Path) -> Result<(Built, Report), Failure> {
    let out = Folder::new(out, Keep::Regenerable);
    let mut built = Built::default();
    for (name, text) in site::FILES {
        put(&out, Path::new(ASSETS).join(name), text.as_bytes(), &mut built)?;
    }
    let site = Site { sources: &checked.sources, series: &checked.series, out: &out };
    let (pages, lists) = rayon::join(|| site.documents(checked), || site.lists(checked));
    let (report, outputs) = pages?;
    for (done, _) in &outputs {
        built += *done;
    }
    built += lists?;
    let outputs = outputs.into_iter().enumerate().map(|(at, (_, names))| (at, names)).collect();
    checked.keep(world, &outputs);
    Ok((built, report))
}

impl std::ops::AddAssign for Built {
    fn add_assign(&mut self, other: Built) {
        self.written += other.written;
        self.unchanged += other.unchanged;
    }
}

/// The links of an index to the lists and the graph of its series: titles and files.
const LISTS: [(&str, &str); 4] = [
    ("Dependency graph", "graph.html"),
    ("xeplist.xml", "xeplist.xml"),
    ("xeplist.json", "xeplist.json"),
    ("graph.json", "graph.json"),
];

fn index(checked: &Snapshot, series: &SeriesFacts) -> IndexInput {
    let is_series = series.documents().len() > 1;
    let extent = checked.extent();
    let entries = series.in_order().into_iter().filter_map(|at| {
        let run = checked.documents.get(at)?;
        Some(entry(run, series.documents().get(at)?))
    });
    IndexInput {
        title: if is_series { "XMPP Extension Protocols" } else { "XMPP specifications, checked" }.into(),
        introduction: introduction(extent).into(),
        documents: entries.collect(),
        checked: extent != Extent::Read,
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
fn introduction(extent: Extent) -> &'static str {
    match extent {
        Extent::Full => {
            "Every example was read and held against the rules. A round trip is an example that was sealed, handed over, opened and compared in the build that wrote this page."
        }
        Extent::Document => {
            "Every document was held against the rules for documents: grammar, header and links. Its examples were passed over."
        }
        Extent::Read => "Read and rendered. Nothing was checked in the build that wrote this page.",
    }
}

fn render_failure(page: Result<String, render::RenderError>) -> Result<String, Failure> {
    page.map_err(|error| Failure::new(error.to_string()))
}

fn put(out: &Folder, name: impl AsRef<Path>, bytes: &[u8], built: &mut Built) -> Result<(), Failure> {
    match out.write(name.as_ref(), bytes)? {
        true => built.written += 1,
        false => built.unchanged += 1,
    }
    Ok(())
}

/// A site that is being written.
#[derive(Clone, Copy)]
struct Site<'a> {
    sources: &'a Sources,
    series: &'a SeriesFacts,
    out: &'a Folder,
}

impl Site<'_> {
    /// Writes all pages, several at once; answers for each document what was written, and the names of its files. What is
    /// wrong is put together on the side.
    fn documents(self, checked: &Snapshot) -> Result<(Report, Vec<Written>), Failure> {
        let pages = || checked.documents.par_iter().enumerate().map(|(at, run)| self.run(run, at)).collect();
        let (report, pages): (_, Result<Vec<_>, Failure>) = rayon::join(|| checked.report(), pages);
        Ok((report, pages?))
    }

    /// Writes the page of a document and the files beside it, unless they are known to be as they should.
    fn run(self, run: &Run, at: usize) -> Result<Written, Failure> {
        match &run.outcome {
            Outcome::Known(known) => {
                let names: Vec<String> = known.0.outputs.iter().map(|(name, _)| name.clone()).collect();
                Ok((Built { written: 0, unchanged: names.len() }, names))
            }
            Outcome::Examined(both) => self.document(&both.0, &both.1, &run.name, at),
        }
    }

    fn document(self, loaded: &Loaded, examined: &Examined, name: &str, at: usize) -> Result<Written, Failure> {
        let mut built = Built::default();
        let facts = facts(examined);
        let findings = page_findings(self.sources, examined);
        let (page_name, xml_name) = (format!("{name}.html"), format!("{name}.xml"));
        let report = review::has_report(examined).then(|| format!("{name}{REPORT}"));
        let is_series = self.series.documents().len() > 1;
        let vectors = match examined.extent == Extent::Full {
            true => self.vectors(loaded, examined, name, &page_name, &mut built)?,
            false => Vec::new(),
        };
        let mut links = vec![PageLink { title: "XEP-XML".into(), href: xml_name.clone() }];
        if !vectors.is_empty() {
            links.push(PageLink { title: "Test vectors".into(), href: vectors_name(name) });
        }
        let input = PageInput {
            document: &examined.document,
            numbers: &examined.numbers,
            facts: &facts,
            findings: &findings,
            links: &links,
            report: report.as_deref(),
            series: is_series.then_some(SeriesPlace { series: self.series, at }),
            assets: ASSETS,
            home: "index.html",
            generator: env!("CARGO_PKG_VERSION"),
        };
        put(self.out, &page_name, render_failure(render::page(&input))?.as_bytes(), &mut built)?;
        let document = if loaded.is_markdown { &with_copies(examined) } else { &examined.document };
        let source = match loaded.is_markdown {
            true => Cow::Owned(xep_xml::write(document)),
            false => Cow::Borrowed(self.sources.get(loaded.file).text().as_str()),
        };
        let source = xep_xml::published(source, document);
        put(self.out, &xml_name, source.as_bytes(), &mut built)?;
        match &report {
            Some(report) => self.report(loaded, examined, (&page_name, report), &mut built)?,
            // Nothing was written for it in this extent, or nothing is left to be told.
            None if examined.extent == Extent::Full => self.out.remove(Path::new(&format!("{name}{REPORT}")))?,
            None => {}
        }
        Ok((built, [page_name, xml_name].into_iter().chain(report).chain(vectors).collect()))
    }

    /// Writes the test vectors of a document, where it has some: the files, an archive of them, and a page.
    fn vectors(
        self,
        loaded: &Loaded,
        examined: &Examined,
        name: &str,
        page: &str,
        built: &mut Built,
    ) -> Result<Vec<String>, Failure> {
        let files = judge::vector_files(loaded, examined, judge::Scope::Kept).map_err(Failure::new)?;
        let texts = judge::vector_texts(&files).map_err(|error| Failure::new(error.to_string()))?;
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let (folder, archive) = (format!("{name}.vectors"), format!("{name}.vectors.zip"));
        let bytes = render::archive(&texts).map_err(Failure::new)?;
        let files: Vec<_> = files.into_values().collect();
        let input = render::VectorsInput {
            heading: &review::heading(examined),
            page,
            elsewhere: &examined.elsewhere,
            files: &texts,
            vectors: &files,
            folder: &folder,
            archive: &archive,
            bytes: &bytes,
            assets: ASSETS,
            generator: env!("CARGO_PKG_VERSION"),
        };
        let html = vectors_name(name);
        put(self.out, &html, render_failure(render::vectors_page(&input))?.as_bytes(), built)?;
        put(self.out, &archive, &bytes, built)?;
        let mut names = vec![html, archive];
        for (file, text) in &texts {
            let name = format!("{folder}/{file}");
            put(self.out, &name, text.as_bytes(), built)?;
            names.push(name);
        }
        Ok(names)
    }

    /// Writes the report of a document.
    fn report(
        self,
        loaded: &Loaded,
        examined: &Examined,
        (page, report): (&str, &str),
        built: &mut Built,
    ) -> Result<(), Failure> {
        let input = ReportInput {
            page: page.to_owned(),
            rules: RULES.into(),
            assets: ASSETS.into(),
            home: "index.html".into(),
            generator: env!("CARGO_PKG_VERSION").into(),
            ..review::report(self.sources, loaded, examined)
        };
        put(self.out, report, render_failure(render::report_page(&input))?.as_bytes(), built)
    }

    /// Writes the index, and the lists, the references and the graph of a series.
    fn lists(self, checked: &Snapshot) -> Result<Built, Failure> {
        let mut built = Built::default();
        let of_run = self.series.first(checked.documents.len());
        let series = of_run.as_ref().unwrap_or(self.series);
        if series.documents().len() > 1 {
            self.graph(series, &mut built)?;
            let references = xeplist::references(series);
            for (name, text) in &references {
                put(self.out, Path::new(REFERENCES).join(name), text.as_bytes(), &mut built)?;
            }
        }
        if checked.extent() == Extent::Full {
            let around = RulesPage { assets: ASSETS, generator: env!("CARGO_PKG_VERSION") };
            put(self.out, RULES, render_failure(rules_page(around))?.as_bytes(), &mut built)?;
        }
        let index = render_failure(render::index(&index(checked, series)))?;
        put(self.out, "index.html", index.as_bytes(), &mut built)?;
        Ok(built)
    }

    fn graph(self, series: &SeriesFacts, built: &mut Built) -> Result<(), Failure> {
        let picture = graph::svg(series);
        let around = graph::GraphPage { assets: ASSETS, generator: env!("CARGO_PKG_VERSION") };
        let page = render_failure(graph::page(series, &picture, around))?;
        let (xml, json) = (xeplist::xml(series), xeplist::json(series));
        let data = graph::json(series);
        let files = [
            ("xeplist.xml", &xml),
            ("xeplist.json", &json),
            ("graph.json", &data),
            ("graph.svg", &picture),
            ("graph.html", &page),
        ];
        files.iter().try_for_each(|(name, text)| put(self.out, name, text.as_bytes(), built))
    }
}

/// The name of the page of a document's test vectors.
fn vectors_name(name: &str) -> String {
    format!("{name}.vectors.html")
}

/// The document with the text of generated examples stored in it, as XEP-XML has it.
pub(super) fn with_copies(examined: &Examined) -> Document {
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
        expected: examined
            .expected
            .get(&example.id)
            .map(|expectation| Expected { claim: expectation.claim().to_owned(), grounds: expectation.grounds() }),
        round_trips: trips.collect(),
        layers: layers.map(|(title, xml)| Layer { title: title.clone(), xml: xml.clone() }).collect(),
        text: example.text.as_str().to_owned(),
        file: Some(example.file_name()),
        name,
    }
}

fn page_findings(sources: &Sources, examined: &Examined) -> Vec<PageFinding> {
    let finding = |finding: &crate::finding::Finding| {
        Some(PageFinding {
            severity: examined.severity(finding)?,
            rule: finding.rule.to_owned(),
            message: finding.message.clone(),
            line: sources.get(finding.span.file).position(finding.span.start).line,
            example: finding.example.clone(),
        })
    };
    examined.findings.iter().filter_map(finding).collect()
}

fn entry(run: &Run, facts: &DocumentFacts) -> IndexEntry {
    let judged = run.judged();
    let count = |severity| judged.iter().filter(|judged| judged.severity == severity).count();
    let (examples, trips): (usize, Vec<bool>) = match &run.outcome {
        Outcome::Examined(both) => {
            let trips = both.1.round_trips.iter().map(|(_, trip)| trip.is_ok());
            (both.1.examples.len(), trips.collect())
        }
        Outcome::Known(both) => {
            let examples = &both.0.report.examples;
            (examples.len(), examples.iter().flat_map(|example| &example.round_trips).map(|trip| trip.ok).collect())
        }
    };
    let has_report = match &run.outcome {
        Outcome::Examined(both) => review::has_report(&both.1),
        Outcome::Known(both) => both.0.outputs.iter().any(|(name, _)| name.ends_with(REPORT)),
    };
    IndexEntry {
        report: has_report.then(|| format!("{}{REPORT}", run.name)),
        number: facts.number.clone(),
        proposal: !facts.is_numbered(),
        title: facts.title.clone(),
        summary: facts.details().abstract_.clone(),
        status: facts.status.clone(),
        type_: facts.details().type_.clone(),
        shortname: facts.details().shortname.clone(),
        tags: facts.details().tags.clone(),
        version: facts.details().last_revision.version.clone(),
        date: facts.details().last_revision.date.clone(),
        examples,
        round_trips: trips.len(),
        failed: trips.iter().filter(|ok| !**ok).count(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        href: facts.href(),
    }
}
