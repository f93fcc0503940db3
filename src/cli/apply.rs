//! `xep apply`.

use super::check::counted;
use super::{Failure, Outcome, output};
use crate::contribution::Revision;
use crate::workspace::{Disk, contribute, places_of, write};
use clap::Args;
use std::path::PathBuf;

/// Apply contributions to a XEP that somebody else maintains
///
/// A contribution is a TOML file of edits about one topic; `docs/writing.md` describes it, and the last example below has one. Each edit names
/// a place in the document and the hash of its text, so it never changes another text. All edits of all contributions are located before
/// the first one is applied. Prints the edited document unless an option asks for something else. Nothing is written unless every edit
/// fits and `xep check` finds no new error in the result. Exit code 0: every edit fits; 1: an edit does not fit; 2: a file could not
/// be read or written.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Apply {
    /// Contributions, or folders of them
    #[arg(value_name = "CONTRIBUTION", required_unless_present = "places")]
    contributions: Vec<PathBuf>,
    /// The document, in XEP-XML
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Write the edited document to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["diff", "check", "places"])]
    out: Option<PathBuf>,
    /// Print a unified diff
    #[arg(long, conflicts_with_all = ["check", "places"])]
    diff: bool,
    /// Only report which edits do not fit
    #[arg(long, conflicts_with = "places")]
    check: bool,
    /// List the places of the document that an edit can name: line, hash, section, path
    #[arg(long, conflicts_with = "contributions")]
    places: bool,
    /// Add a revision block of this version, with a remark for each contribution
    #[arg(long, value_name = "VERSION", requires = "date", requires = "initials")]
    revision: Option<String>,
    /// The date of the revision, as YYYY-MM-DD
    #[arg(long, value_name = "DATE", requires = "revision")]
    date: Option<String>,
    /// The initials of the revision
    #[arg(long, value_name = "INITIALS", requires = "revision")]
    initials: Option<String>,
}

const AFTER_HELP: &str = r#"Examples:
  xep apply spec/xep-sce/contributions --to xep-0420.xml --check
  xep apply 03-group-chat.toml --to xep-0420.xml --diff
  xep apply --to xep-0420.xml --places

A contribution:
  title = "A misspelled word"
  why = "It is misspelled."
  document = "0420"
  version = "0.5.0"

  [[edit]]
  section = "intro"            # an anchor, or a number such as 4.2
  at = "p 2"                   # a path of elements, as `--places` lists it
  hash = "f5ecf4ee8c73bfd1"    # likewise
  word = "recieve"
  substitute = "receive"       # XEP-XML: write `&amp;` for an ampersand"#;

impl Apply {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        if self.places {
            output::print(&places_of(&Disk, &self.to)?)?;
            return Ok(Outcome::Clean);
        }
        if let Some(out) = self.out.as_ref().filter(|out| self.contributions.contains(out)) {
            let message = format!("`{}` is a contribution; name another file after `--out`", out.display());
            return Err(Failure(message));
        }
        let contributed = contribute(&Disk, &self.contributions, &self.to, self.revision().as_ref())?;
        contributed.said().iter().for_each(|line| output::note(line));
        let Ok(applied) = &contributed.outcome else { return Ok(Outcome::Findings) };
        match &self.out {
            Some(path) => {
                write(path, applied.text.as_bytes())?;
            }
            None if self.diff => output::print(&contributed.difference())?,
            None if self.check => {
                let (edits, of) = (contributed.edits, counted(contributed.contributions, "contribution"));
                let fit = if edits == 1 { "fits" } else { "fit" };
                output::print(&format!("{} of {of} {fit}\n", counted(edits, "edit")))?;
            }
            None => output::print(&applied.text)?,
        }
        Ok(Outcome::Clean)
    }

    fn revision(&self) -> Option<Revision> {
        let (version, date, initials) = (self.revision.clone()?, self.date.clone()?, self.initials.clone()?);
        Some(Revision { version, date, initials })
    }
}
