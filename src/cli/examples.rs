//! `xep examples`.

use super::check::checked;
use super::{Failure, Outcome, Settings, output};
use crate::workspace::{Extent, Options, examples};
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
        let checked = checked(&self.paths, Options::fresh(Extent::Read), settings)?;
        let mut lines = Vec::new();
        let (mut written, mut unchanged, mut stale) = (0, 0, 0);
        for (loaded, examined) in checked.examined() {
            let planned = examples::plan(loaded, examined)?;
            if self.check {
                let found = examples::stale(loaded, &planned);
                stale += found.len();
                unchanged += planned.len().saturating_sub(found.len());
                lines.extend(found);
                continue;
            }
            let outcome = examples::write_all(loaded, &planned)?;
            written += outcome.written.len();
            unchanged += outcome.unchanged;
            lines.extend(outcome.written.into_iter().map(|path| format!("wrote {path}")));
            lines.extend(outcome.removed.into_iter().map(|path| format!("removed {path}")));
        }
        lines.push(match self.check {
            true => format!("{stale} stale, {unchanged} up to date"),
            false => format!("{written} written, {unchanged} up to date"),
        });
        output::print(&format!("{}\n", lines.join("\n")))?;
        Ok(if stale > 0 { Outcome::Findings } else { Outcome::Clean })
    }
}
