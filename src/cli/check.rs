//! `xep check`.

use super::progress::Bar;
use super::{Failure, Outcome, Settings, output};
use crate::report::{self, Report, RuleText};
use crate::rule;
use crate::source::Sources;
use crate::workspace::{self, Checked, Disk, Extent, Options};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Hold documents against every rule
///
/// Without a path: the drafts in the folder `spec` of this workspace. Exit code 0: nothing was found; 1: something was;
/// 2: a file could not be read.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files, or folders with documents in them
    paths: Vec<PathBuf>,
    /// Hold only the documents themselves against their rules (grammar, header, links), and pass their examples over
    #[arg(long)]
    no_examples: bool,
    /// Say of each example what it is taken for (complete, partial, fragment, stream, ...) and why, in place of findings
    #[arg(long, conflicts_with_all = ["no_examples", "format"])]
    list_examples: bool,
    #[command(flatten)]
    cache: CacheArguments,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// What is done with what earlier runs found out.
#[derive(Clone, Debug, Args)]
pub(super) struct CacheArguments {
    /// Take nothing from the cache and keep nothing: every document is read and examined
    #[arg(long)]
    no_cache: bool,
    /// The folder of the cache; without it, one in the user's cache folder ($XDG_CACHE_HOME/xep)
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    cache_dir: Option<PathBuf>,
}

impl CacheArguments {
    /// How a run is done.
    pub(super) fn options(self, extent: Extent) -> Options {
        Options { extent, cache: !self.no_cache, cache_folder: self.cache_dir, out: None }
    }
}

/// A format of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people, with the lines in question
    Human,
    /// A line a finding
    Concise,
    /// One object, for scripts
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// Commands of GitHub Actions, which show findings beside the lines of a change
    Github,
    /// JUnit XML, for build servers
    Junit,
}

impl Check {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let extent = if self.no_examples { Extent::Document } else { Extent::Full };
        let mut checked = checked(&self.paths, self.cache.options(extent), settings)?;
        let report = checked.report();
        let text = match self.list_examples {
            true => report::examples(&report),
            false => written(&report, &checked.sources, self.format, settings),
        };
        output::print(&text)?;
        checked.keep(&Disk, &BTreeMap::new());
        checked.leave();
        Ok(if self.list_examples { Outcome::Clean } else { outcome(&report) })
    }
}

/// Examines documents with a progress bar.
pub(super) fn checked(paths: &[PathBuf], options: Options, settings: Settings) -> Result<Checked, Failure> {
    let bar = Bar::new(settings.progress);
    let checked = workspace::check(&Disk, paths, options, &bar);
    bar.finish();
    Ok(checked?)
}

/// A report in a format.
pub(super) fn written(report: &Report, sources: &Sources, format: Format, settings: Settings) -> String {
    match format {
        Format::Human => report::human(report, sources, settings.colour, width()),
        Format::Concise => report::concise(report, sources),
        Format::Json => report::json(report, sources),
        Format::Sarif => report::sarif(report, sources, &rule_text),
        Format::Github => report::github(report, sources),
        Format::Junit => report::junit(report, sources),
    }
}

fn rule_text(name: &str) -> Option<RuleText> {
    let rule = rule::find(name)?;
    Some(RuleText { summary: rule.summary(), documentation: rule.documentation(), severity: rule.severity })
}

/// The width of the terminal.
fn width() -> usize {
    const USUAL: usize = 120;
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(USUAL)
}

/// What a report comes to.
pub(super) fn outcome(report: &Report) -> Outcome {
    if report.findings.is_empty() { Outcome::Clean } else { Outcome::Findings }
}
