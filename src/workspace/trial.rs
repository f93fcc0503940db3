//! What becomes of a document when its text is another one. The series is read once, and each of its documents can be examined
//! again and again: by who injects mistakes and asks which of them are found.

use super::Failure;
use super::options::Options;
use super::session::{Prepared, Session};
use super::world::World;
use crate::finding::{Finding, Severity};
use crate::judge::{self, Examined, Extent, Loaded};
use crate::series::{Given, Series};
use crate::source::{FileId, Sources};
use std::path::PathBuf;
use std::sync::Arc;

/// Documents that were read, with what their neighbours give them.
#[derive(Debug)]
pub struct Trials {
    sources: Sources,
    rules: Vec<Series>,
    given: Vec<Arc<Given>>,
    /// The documents, each with the place of its neighbourhood.
    documents: Vec<Loaded>,
    series_of: Vec<usize>,
}

/// A document that was examined with one of its texts.
#[derive(Debug)]
pub struct Trial {
    /// All files; the document is there with both texts.
    pub sources: Sources,
    /// The file with the text that was examined.
    pub file: FileId,
    /// What came of it.
    pub examined: Examined,
}

impl Trials {
    /// Reads the documents at `paths` and the series beside them.
    ///
    /// # Errors
    /// When a path cannot be read, or nothing is there.
    pub fn read(world: &dyn World, paths: &[PathBuf]) -> Result<Trials, Failure> {
        let prepared = Session::open(world, paths, Options::fresh(Extent::Full))?.prepared()?;
        let Prepared { sources, documents, rules, given } = prepared;
        let series_of = documents.series_of().to_vec();
        Ok(Trials { sources, rules, given, documents: documents.into_loaded(), series_of })
    }

    /// The documents, in the order of their paths.
    pub fn documents(&self) -> &[Loaded] {
        &self.documents
    }

    /// The text of a document as it was read.
    pub fn text(&self, document: &Loaded) -> Arc<String> {
        self.sources.get(document.file).text().clone()
    }

    /// Examines a document by all rules as if it had this text. What the series knows of it stays what it was.
    pub fn examine(&self, document: &Loaded, text: &str) -> Trial {
        let mut sources = self.sources.clone();
        let file = sources.add(document.path.as_str(), text);
        let loaded = Loaded { file, ..document.clone() };
        let opened = judge::open(&sources, &loaded);
        let at = self.documents.iter().position(|one| one.file == document.file);
        let series = at.and_then(|at| self.series_of.get(at)).copied().unwrap_or_default();
        let (rules, given) = (self.rules.get(series).cloned().unwrap_or_default(), self.given.get(series));
        let nothing = Given::default();
        let neighbours = given.map_or(&nothing, |given| &**given).seen_by(at.unwrap_or_default(), &rules);
        let examined = judge::examine(&sources, &loaded, opened, neighbours, Extent::Full);
        Trial { sources, file, examined }
    }
}

impl Trial {
    /// What was found and is told, and how bad it is.
    pub fn findings(&self) -> impl Iterator<Item = (Severity, &Finding)> {
        self.examined.findings.iter().filter_map(|finding| Some((self.examined.severity(finding)?, finding)))
    }
}
