//! What came of the documents of a session at one moment.

use super::cache::{self, Files, Stored, StoredFinding};
use super::options::{Kept, Options};
use super::reported;
use super::world::World;
use crate::finding::Finding;
use crate::judge::{Examined, Extent, Loaded, Wanted};
use crate::key::Hash;
use crate::report::{Judged, Report};
use crate::rule;
use crate::series::SeriesFacts;
use crate::source::{FileId, Sources};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Documents that were read and examined, or known.
#[derive(Debug)]
pub struct Snapshot {
    /// All files.
    pub sources: Sources,
    /// The documents, in the order of their paths.
    pub documents: Vec<Run>,
    /// What they and the documents beside them say of one another; the documents of the run come first.
    pub series: SeriesFacts,
    pub(super) options: Options,
    /// What is kept for later runs, shared with the session.
    pub(super) kept: Arc<Mutex<Kept>>,
    /// What is said of documents that were not read.
    pub(super) unread: Vec<Judged>,
    /// The XEPs of which no document was at hand and the program's own schemas were used.
    pub(super) built_in: Vec<String>,
}

/// A stored result and its findings in the files of this run.
pub(super) type Recalled = (Stored, Vec<Finding>);

/// A document of a run.
#[derive(Debug)]
pub struct Run {
    /// Its path as given.
    pub path: String,
    /// Its name in a site.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Its file.
    pub(super) file: PathBuf,
    /// The key of its result; nothing for a document that is examined in every run.
    pub(super) key: Option<Hash>,
    /// Its `xep.ent` in this run.
    pub(super) shared: Option<FileId>,
    /// What `xep.toml` and the command line want for it.
    pub(super) wanted: Arc<Wanted>,
}

/// What came of a document.
#[derive(Debug)]
pub enum Outcome {
    /// It was examined in this run.
    Examined(Box<(Loaded, Examined)>),
    /// It is as it was in an earlier run; what that run found, in the files of this one.
    Known(Box<Recalled>),
}

impl Run {
    /// What was examined, if it was in this run.
    pub fn examined(&self) -> Option<(&Loaded, &Examined)> {
        match &self.outcome {
            Outcome::Examined(both) => Some((&both.0, &both.1)),
            Outcome::Known(_) => None,
        }
    }

    /// Whether it holds keys, which are wiped when it is dropped.
    pub fn has_secrets(&self) -> bool {
        self.examined().is_some_and(|(loaded, examined)| examined.cast.is_some() || !loaded.companions.keys.is_empty())
    }

    /// What was found and is told, and how bad it is.
    pub fn judged(&self) -> Vec<Judged> {
        let (findings, maturity) = self.findings();
        findings.iter().filter_map(|finding| judged(finding, maturity, &self.wanted)).collect()
    }

    /// How much was found that is not told, because nobody works on the document.
    pub fn left_out(&self) -> usize {
        let (findings, maturity) = self.findings();
        findings.iter().filter(|finding| rule::severity(finding, maturity, &self.wanted.levels).is_none()).count()
    }

    fn findings(&self) -> (&[Finding], rule::Maturity) {
        match &self.outcome {
            Outcome::Examined(both) => (&both.1.findings, both.1.maturity()),
            Outcome::Known(both) => (&both.1, both.0.maturity),
        }
    }
}

pub(super) fn judged(finding: &Finding, maturity: rule::Maturity, wanted: &Wanted) -> Option<Judged> {
    let severity = rule::severity(finding, maturity, &wanted.levels)?;
    Some(Judged { severity, finding: finding.clone() })
}

impl Snapshot {
    /// How much was done.
    pub fn extent(&self) -> Extent {
        self.options.extent
    }

    /// The documents that were examined in this run.
    pub fn examined(&self) -> impl Iterator<Item = (&Loaded, &Examined)> {
        self.documents.iter().filter_map(Run::examined)
    }

    /// Leaves the memory to the system, which gets all of it back at once when the program ends: to take some hundred
    /// documents apart would cost a twentieth of a run. Keys of a cast are wiped as ever.
    pub fn leave(mut self) {
        self.documents.retain(|run| !run.has_secrets());
        std::mem::forget(self);
    }

    /// Everything that was found, for the formats of output.
    pub fn report(&self) -> Report {
        let reports = self.documents.iter().map(|run| match &run.outcome {
            Outcome::Examined(both) => reported::document_report(&self.sources, &both.0, &both.1),
            Outcome::Known(both) => both.0.report.clone(),
        });
        let judged = self.documents.iter().flat_map(Run::judged).chain(self.unread.iter().cloned()).collect();
        let left_out = self.documents.iter().map(Run::left_out).sum();
        let built_in = self.built_in.clone();
        Report { left_out, built_in, ..Report::new(reports.collect(), judged, &self.sources) }
    }

    /// Keeps what was found out, and which files of the site were written for which document, for the next snapshot and for later runs.
    pub fn keep(&self, world: &dyn World, outputs: &BTreeMap<usize, Vec<String>>) {
        let Ok(mut kept) = self.kept.lock() else { return };
        if !kept.cache.is_kept() {
            return;
        }
        let cache = &kept.cache;
        let runs = self.documents.par_iter().enumerate();
        let new: Vec<(String, Stored)> = runs
            .filter_map(|(at, run)| {
                let stored = self.stored(world, run, outputs.get(&at).map(Vec::as_slice).unwrap_or_default())?;
                Some((cache.name_of(&run.file), stored))
            })
            .collect();
        kept.results.extend(new);
        let Kept { cache, kind, results, proven } = &mut *kept;
        let folder = cache.folder().map(Path::to_path_buf);
        cache::store_proven(folder.as_deref(), proven);
        rayon::join(|| cache::store(folder.as_deref(), kind, results), || cache.close());
    }

    /// What is kept of a document that was examined in this run and can be taken from the cache in the next one.
    fn stored(&self, world: &dyn World, run: &Run, outputs: &[String]) -> Option<Stored> {
        let key = run.key?;
        let (loaded, examined) = run.examined()?;
        let files = Files { document: loaded.file, shared: run.shared };
        let findings = examined.findings.iter().map(|finding| StoredFinding::of(finding, files));
        let stamped = |name: &String| {
            let out = self.options.out.as_ref()?;
            Some((name.clone(), world.stamp(&out.join(name))?))
        };
        Some(Stored {
            key,
            outputs: outputs.iter().map(stamped).collect::<Option<_>>()?,
            report: reported::document_report(&self.sources, loaded, examined),
            findings: findings.collect::<Option<_>>()?,
            maturity: examined.maturity(),
        })
    }
}
