//! `xep examples`.

use super::check::checked;
use super::{Failure, Outcome, Settings, output};
use crate::workspace::{Examined, Extent, Loaded, Options, examples};
use clap::Args;
use std::path::PathBuf;

/// Write `examples/` anew where plaintexts changed
///
/// A sealed example is kept as long as its plaintext, its profile and the cast stay as they are.
#[derive(Debug, Args)]
pub(super) struct Examples {
    /// Files, or folders with documents in them; without any, the drafts in `spec`
    paths: Vec<PathBuf>,
    /// Write nothing; say what is stale (exit code 1)
    #[arg(long)]
    check: bool,
}

impl Examples {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        let mut tally = Tally::default();
        let first = checked(&self.paths, Options::fresh(Extent::Read), settings)?;
        let (ready, waiting): (Vec<_>, Vec<_>) =
            first.examined().partition(|(_, examined)| self.check || !examples::waits(examined));
        for (loaded, examined) in ready {
            tally.add(loaded, examined, self.check)?;
        }
        // What is made from another document's examples is made from those that were just kept.
        let waiting: Vec<&str> = waiting.iter().map(|(loaded, _)| loaded.path.as_str()).collect();
        if !waiting.is_empty() {
            let second = checked(&self.paths, Options::fresh(Extent::Read), settings)?;
            for (loaded, examined) in second.examined().filter(|(loaded, _)| waiting.contains(&loaded.path.as_str())) {
                if examples::waits(examined) {
                    return Err(Failure(format!(
                        "`{}` is made from examples of another draft in its folder, which are stale; run `xep examples` on the folder",
                        loaded.path
                    )));
                }
                tally.add(loaded, examined, false)?;
            }
        }
        let Tally { mut lines, written, unchanged, stale } = tally;
        lines.push(match self.check {
            true => format!("{stale} stale, {unchanged} up to date"),
            false => format!("{written} written, {unchanged} up to date"),
        });
        output::print(&format!("{}\n", lines.join("\n")))?;
        Ok(if stale > 0 { Outcome::Findings } else { Outcome::Clean })
    }
}

/// What came of the documents.
#[derive(Default)]
struct Tally {
    lines: Vec<String>,
    written: usize,
    unchanged: usize,
    stale: usize,
}

impl Tally {
    /// Writes the files of a document, or only looks at them.
    fn add(&mut self, loaded: &Loaded, examined: &Examined, only_looks: bool) -> Result<(), Failure> {
        let planned = examples::plan(loaded, examined)?;
        let ordered = examined.examples.iter().filter(|example| example.directives.get("seal").is_some()).count();
        if ordered > 0 && examined.cast.is_none() {
            let path = &loaded.path;
            let message =
                format!("`{path}` has {ordered} to be sealed, and nobody to do it: there is no `cast.toml` beside it");
            return Err(Failure(message));
        }
        if only_looks {
            let found = examples::stale(loaded, &planned);
            self.stale += found.len();
            self.unchanged += planned.len().saturating_sub(found.len());
            self.lines.extend(found);
            return Ok(());
        }
        let outcome = examples::write_all(loaded, &planned)?;
        self.written += outcome.written.len();
        self.unchanged += outcome.unchanged;
        self.lines.extend(outcome.written.into_iter().map(|path| format!("wrote {path}")));
        self.lines.extend(outcome.removed.into_iter().map(|path| format!("removed {path}")));
        Ok(())
    }
}
