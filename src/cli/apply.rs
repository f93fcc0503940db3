//! `xep apply`.

use super::{Failure, Outcome, output};
use crate::contribution::Revision;
use crate::workspace::{Disk, contribute, places_of, write};
use clap::Args;
use std::path::PathBuf;

/// Apply contributions to a XEP that somebody else maintains
///
/// A contribution is a file of edits about one topic. Each edit names a place in the document and the hash of its text, so it never
/// changes another text. All edits of all contributions are located before the first one is applied. Prints the edited document unless
/// an option asks for something else. Nothing is written unless every edit fits. Exit code 0: every edit fits; 1: an edit does not fit; 2: a file
/// could not be read or written.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  xep apply spec/xep-sce/contributions --to xep-0420.xml --check\n  xep apply 03-group-chat.toml --to xep-0420.xml --diff\n  xep apply --to xep-0420.xml --places"
)]
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

impl Apply {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        if self.places {
            output::print(&places_of(&Disk, &self.to)?)?;
            return Ok(Outcome::Clean);
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
                let (edits, contributions) = (contributed.edits, contributed.contributions);
                output::print(&format!("{edits} edits of {contributions} contributions fit\n"))?;
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
