//! A document as its author hands it to the XMPP Extensions Editor for the inbox, and what the editor would say.

use super::build::with_copies;
use super::check::check;
use super::config::Asked;
use super::find::{find, nothing_known};
use super::options::Options;
use super::world::World;
use super::{Failure, Progress};
use crate::judge::Extent;
use crate::render::xep_xml;
use crate::report::Report;
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// A document for the inbox.
pub struct ForInbox {
    /// Its XEP-XML.
    pub text: String,
    /// What was found, by all rules and by those about the inbox.
    pub report: Report,
    /// The files that the findings are in.
    pub sources: Sources,
}

/// Writes the document at a path for the inbox; what is generated in it is made as for a page.
///
/// # Errors
/// When it cannot be read, or several documents are there.
pub fn for_inbox(world: &dyn World, path: &Path, progress: &dyn Progress) -> Result<ForInbox, Failure> {
    let paths: [PathBuf; 1] = [path.to_owned()];
    if find(world, &paths, &nothing_known)?.len() != 1 {
        return Err(Failure::new("one file is converted at a time; name it"));
    }
    let asked = Asked { for_inbox: true, ..Asked::default() };
    let checked = check(world, &paths, Options { asked, ..Options::fresh(Extent::Full) }, progress)?;
    let Some((loaded, examined)) = checked.examined().next() else {
        return Err(Failure::new(format!("`{}` cannot be read", super::shown(path))));
    };
    let drafts = loaded.companions.drafts.iter();
    let siblings: Vec<_> = drafts.map(|draft| (draft.name.as_str(), draft.read(&checked.sources, None))).collect();
    let text = xep_xml::for_inbox(&with_copies(examined), &examined.numbers, &siblings);
    Ok(ForInbox { text, report: checked.report(), sources: checked.sources })
}
