//! `xep requirements`.

use super::check::{checked, width};
use super::{Failure, Outcome, Settings, output};
use crate::document::key_words::Strength;
use crate::report::{self, DocumentRequirements, RequirementReport};
use crate::workspace::{Disk, Extent, Options, expect_documents, requirements};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// List what documents require, of whom, and which examples show it
///
/// A requirement is a paragraph or item with an id, or a sentence with a key word of RFC 2119 in capitals. The actor is the subject of
/// the key word, or `-` where it is not certain. Without a file: the drafts in the folder `spec` of this workspace. Exit code 0: the
/// list was written; 2: a file could not be read.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  xep requirements xep-0420.xml\n  xep requirements --unshown --strength must\n  xep requirements --format json xep-0420.xml"
)]
pub(super) struct Requirements {
    /// Files, or folders with documents in them
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// List only requirements that no example shows and no reason excuses
    #[arg(long)]
    unshown: bool,
    /// List only requirements of this strength (that of their strongest key word)
    #[arg(long, value_enum, value_name = "STRENGTH")]
    strength: Option<Strongest>,
    /// How the list is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The strength of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Strongest {
    /// MUST, MUST NOT, SHALL, SHALL NOT, REQUIRED
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED, NOT RECOMMENDED
    Should,
    /// MAY, OPTIONAL
    May,
}

/// A format of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, as wide as the terminal ($COLUMNS)
    Table,
    /// One object, for scripts
    Json,
}

impl Requirements {
    pub(super) fn run(self, settings: Settings) -> Result<Outcome, Failure> {
        expect_documents(&Disk, &self.paths)?;
        let checked = checked(&self.paths, Options::fresh(Extent::Read), settings)?;
        let mut documents = requirements(&checked);
        for document in &mut documents {
            document.requirements.retain(|requirement| self.lists(requirement));
        }
        output::print(&self.written(&documents))?;
        checked.leave();
        Ok(Outcome::Clean)
    }

    fn lists(&self, requirement: &RequirementReport) -> bool {
        let strength = self.strength.map(|strongest| match strongest {
            Strongest::Must => Strength::Must.name(),
            Strongest::Should => Strength::Should.name(),
            Strongest::May => Strength::May.name(),
        });
        (strength.is_none() || requirement.strength == strength) && (!self.unshown || requirement.is_open())
    }

    fn written(&self, documents: &[DocumentRequirements]) -> String {
        match self.format {
            Format::Table => report::requirements_table(documents, width()),
            Format::Json => report::requirements_json(documents),
        }
    }
}
