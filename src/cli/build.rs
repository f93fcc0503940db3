//! `xep build`.

use super::check::{CacheArguments, Format, JudgingArguments, checked, written};
use super::{Failure, Outcome, Settings, output};
use crate::workspace::{self, Disk, Extent};
use clap::Args;
use std::path::{Path, PathBuf};

/// Check documents, seal and open every example, write the pages
///
/// Pages are written despite findings. Exit code 0: nothing was found; 1: something was; 2: a file could not be read or
/// written.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// Files, or folders with documents in them; without any, the drafts in `spec`
    paths: Vec<PathBuf>,
    /// The folder that the site is written to; without it, `target/site` in the root of the workspace
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    judging: JudgingArguments,
    #[command(flatten)]
    cache: CacheArguments,
    /// Read and render alone: no check runs, and no badge is given
    #[arg(long)]
    no_check: bool,
    /// Hold only the documents themselves against their rules (grammar, header, links), and pass their examples over
    #[arg(long, conflicts_with = "no_check")]
    no_examples: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Build {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let extent = match (self.no_check, self.no_examples) {
            (true, _) => Extent::Read,
            (false, true) => Extent::Document,
            (false, false) => Extent::Full,
        };
        let default = || workspace::inside(&workspace::root_of(&Disk, Path::new(".")), Path::new("target/site"));
        let out = self.out.map_or_else(default, Ok)?;
        let mut options = self.cache.options(extent, self.judging.pedantic);
        options.out = Some(out.clone());
        let checked = checked(&self.paths, options, settings)?;
        let (built, report) = workspace::build(&Disk, &checked, &out)?;
        output::note(&format!("{} files written to {}, {} unchanged", built.written, out.display(), built.unchanged));
        output::print(&written(&report, &checked.sources, self.format, settings))?;
        let outcome = self.judging.outcome(&report);
        checked.leave();
        Ok(outcome)
    }
}
