//! `xep convert`.

use super::{Failure, Outcome, output};
use crate::finding::{Finding, Sink};
use crate::judge;
use crate::render::{markdown, xep_xml};
use crate::report::{self, Judged, Report};
use crate::rule::{self, Maturity};
use crate::source::Sources;
use crate::workspace::{Asked, Disk, ForInbox, Loader, Silent, configured, find, for_inbox, nothing_known, write};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Write a document in the other syntax: XEP-XML as Markdown, Markdown as XEP-XML
///
/// Prints the document unless `--out` names a file. It is the same as data; what Markdown cannot say stands in it as XEP-XML.
/// What is wrong with the text that was read is said on standard error; the exit code is 1 then. With `--for-inbox` the document
/// is also checked, and what is only for this program is left out.
#[derive(Debug, Args)]
pub(super) struct Convert {
    /// The document
    file: PathBuf,
    /// The syntax that is written; without it, the one in which the file is not
    #[arg(long, value_enum, value_name = "SYNTAX")]
    to: Option<Syntax>,
    /// Write the XEP-XML that an author hands to the XMPP Extensions Editor, and report what the editor would refuse or change
    #[arg(long, conflicts_with = "to")]
    for_inbox: bool,
    /// The file that is written
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Syntax {
    /// XEP-XML
    Xml,
    /// The Markdown of a XEP
    Markdown,
}

impl Convert {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        if self.for_inbox {
            let ForInbox { text, report, sources } = for_inbox(&Disk, &self.file, &Silent)?;
            return self.finish(&text, &report, &sources);
        }
        let mut sources = Sources::default();
        let mut loader = Loader::new(&mut sources);
        let paths = std::slice::from_ref(&self.file);
        let found = configured(&Disk, paths, find(&Disk, paths, &nothing_known)?, Asked::default())?;
        let documents = loader.load(&Disk, found, &mut sources)?;
        let [loaded] = documents.as_slice() else {
            return Err(Failure("one file is converted at a time; name it".into()));
        };
        let mut sink = Sink::default();
        sink.extend(loaded.findings.iter().cloned());
        let document = judge::read(&sources, loaded, &mut sink);
        let text = match (self.to, loaded.is_markdown) {
            (Some(Syntax::Xml), _) | (None, true) => xep_xml::write(&document),
            _ => markdown::write(&document, loaded.shared.as_deref()),
        };
        let maturity = Maturity::of(&document.header);
        let levels = &loaded.wanted.levels;
        let judge = |finding: Finding| {
            let severity = rule::severity(&finding, maturity, levels).filter(|_| levels.is_on(finding.rule))?;
            Some(Judged { severity, finding })
        };
        let report = Report::new(Vec::new(), sink.into_findings().into_iter().filter_map(judge).collect(), &sources);
        self.finish(&text, &report, &sources)
    }

    /// Writes the text, and tells what was found.
    fn finish(&self, text: &str, report: &Report, sources: &Sources) -> Result<Outcome, Failure> {
        match &self.out {
            Some(path) => {
                write(path, text.as_bytes())?;
            }
            None => output::print(text)?,
        }
        if report.findings.is_empty() {
            return Ok(Outcome::Clean);
        }
        let told = match self.for_inbox {
            true => report::concise_with_help(report, sources),
            false => report::concise(report, sources),
        };
        output::note(told.trim_end());
        Ok(Outcome::Findings)
    }
}
