//! `xep check`.

use super::progress::Bar;
use super::{Failure, Outcome, Settings, output};
use crate::finding::Severity;
use crate::report::{self, Report, RuleText};
use crate::rule;
use crate::source::Sources;
use crate::workspace::fix::Mended;
use crate::workspace::{self, Asked, Disk, Extent, Narrowed, Narrowing, Options, Snapshot};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Hold documents against every rule
///
/// Without a path: the drafts in the folder `spec` of this workspace. Exit code 0: nothing was found (see
/// `--fail-on`); 1: something was; 2: a file could not be read.
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
    narrowing: NarrowingArguments,
    #[command(flatten)]
    fixing: FixingArguments,
    #[command(flatten)]
    judging: JudgingArguments,
    #[command(flatten)]
    cache: CacheArguments,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// What means nothing where all that is found is written to a baseline.
const NOT_A_REPORT: [&str; 7] = ["baseline", "fail_on", "fix", "format", "list_examples", "no_examples", "since"];

/// Which findings are told.
#[derive(Clone, Debug, Args)]
struct NarrowingArguments {
    /// Tell only what is not in this file, which `--write-baseline` wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all that is found to a file, in place of telling it: what is put up with from now on
    #[arg(long, value_name = "FILE", conflicts_with_all = NOT_A_REPORT)]
    write_baseline: Option<PathBuf>,
    /// Tell only what stands on lines that changed since a git revision, uncommitted changes and new files included
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    since: Option<String>,
}

/// Whether what can be mended is.
#[derive(Clone, Copy, Debug, Args)]
struct FixingArguments {
    /// Mend what can be mended safely in the files that are checked, and tell what is left
    #[arg(long, conflicts_with = "list_examples")]
    fix: bool,
    /// Write nothing, and show what `--fix` would change (exit code 1 if there is something)
    #[arg(long, requires = "fix", conflicts_with_all = ["format", "fail_on"])]
    diff: bool,
}

/// What counts as a finding, and which findings fail a run.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct JudgingArguments {
    /// Switch on the rules that are off by default: what is true to the letter, and mostly no fault
    #[arg(long)]
    pub(super) pedantic: bool,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Info, value_name = "SEVERITY")]
    fail_on: FailOn,
}

/// The least severity that makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors alone
    Error,
    /// Errors and warnings
    Warning,
    /// Every finding
    Info,
}

impl JudgingArguments {
    /// What a report comes to.
    pub(super) fn outcome(self, report: &Report) -> Outcome {
        let least = match self.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
        };
        // Severities stand in their order, the worst first.
        let fails = report.findings.iter().any(|judged| judged.severity <= least);
        if fails { Outcome::Findings } else { Outcome::Clean }
    }
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
    pub(super) fn options(self, extent: Extent, pedantic: bool) -> Options {
        let asked = Asked { pedantic, ..Asked::default() };
        Options { extent, cache: !self.no_cache, cache_folder: self.cache_dir, out: None, asked }
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
        let narrowing = self.narrowing.read()?;
        if self.fixing.fix {
            let mended = self.mended(&narrowing, settings)?;
            let told = told(&mended, self.fixing.diff);
            if self.fixing.diff {
                output::print(&mended.difference())?;
                output::note(&told);
                return Ok(if mended.files.is_empty() { Outcome::Clean } else { Outcome::Findings });
            }
            mended.write(&Disk)?;
            output::note(&told);
        }
        let checked = checked(&self.paths, self.options(), settings)?;
        let outcome = self.tell(&checked, &narrowing, settings)?;
        checked.keep(&Disk, &BTreeMap::new());
        checked.leave();
        Ok(outcome)
    }

    fn options(&self) -> Options {
        let extent = if self.no_examples { Extent::Document } else { Extent::Full };
        self.cache.clone().options(extent, self.judging.pedantic)
    }

    /// What the safe fixes make of the documents.
    fn mended(&self, narrowing: &Narrowing, settings: Settings) -> Result<Mended, Failure> {
        let bar = Bar::new(settings.progress);
        let narrow = |checked: &Snapshot| Ok(narrowing.apply(&Disk, checked)?.report);
        let is_once = narrowing.since.is_some();
        let mended = workspace::mend(&Disk, &self.paths, &self.options(), &bar, &narrow, is_once);
        bar.finish();
        Ok(mended?)
    }

    /// Prints what was found, or what was asked for instead.
    fn tell(&self, checked: &Snapshot, narrowing: &Narrowing, settings: Settings) -> Result<Outcome, Failure> {
        if self.list_examples {
            output::print(&report::examples(&checked.report()))?;
            return Ok(Outcome::Clean);
        }
        if let Some(path) = &self.narrowing.write_baseline {
            let written = workspace::write_baseline(&Disk, checked, path)?;
            output::note(&format!("{} written to {}", counted(written, "finding"), path.display()));
            return Ok(Outcome::Clean);
        }
        let narrowed = narrowing.apply(&Disk, checked)?;
        output::print(&written(&narrowed.report, &checked.sources, self.format, settings))?;
        if narrowing.baseline.is_some() {
            note_baseline(&narrowed);
        }
        Ok(self.judging.outcome(&narrowed.report))
    }
}

impl NarrowingArguments {
    fn read(&self) -> Result<Narrowing, Failure> {
        let baseline = self.baseline.as_ref().map(|path| workspace::read_baseline(&Disk, path)).transpose()?;
        Ok(Narrowing { baseline, since: self.since.clone() })
    }
}

/// Says what a baseline kept quiet, and what of it is no longer needed.
fn note_baseline(narrowed: &Narrowed) {
    output::note(&format!("{} in the baseline", counted(narrowed.known, "finding")));
    if narrowed.unneeded > 0 {
        let entries = counted(narrowed.unneeded, "finding");
        output::note(&format!("{entries} of the baseline no longer there; write it anew with `--write-baseline`"));
    }
}

/// What was mended, or would be.
fn told(mended: &Mended, is_only_shown: bool) -> String {
    if mended.files.is_empty() {
        return "nothing can be fixed safely".into();
    }
    let verb = if is_only_shown { "can be fixed" } else { "fixed" };
    format!("{} {verb} in {}", counted(mended.fixed, "finding"), counted(mended.files.len(), "file"))
}

/// A number of things.
pub(super) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Examines documents with a progress bar.
pub(super) fn checked(paths: &[PathBuf], options: Options, settings: Settings) -> Result<Snapshot, Failure> {
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
pub(super) fn width() -> usize {
    const USUAL: usize = 120;
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(USUAL)
}
