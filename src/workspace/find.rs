//! Which documents are meant.

use super::world::World;
use super::{Failure, shown};
use std::path::{Path, PathBuf};

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// The root of its workspace: nothing above it is read.
    pub root: PathBuf,
}

/// What marks the root of a workspace.
const MARKS: [&str; 3] = ["xep.toml", "xep.dtd", ".git"];

/// How far up a root is looked for.
const MAX_UP: usize = 32;

/// The documents at `paths`; without any, those in the folder `spec` of the workspace around the current folder.
///
/// # Errors
/// When a path does not exist or cannot be read, or holds no document.
pub fn find(world: &dyn World, paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let mut found: Vec<Found> = Vec::new();
    match paths {
        [] => found.extend(default_documents(world)?),
        paths => {
            for path in paths {
                found.extend(documents_at(world, path)?);
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|one| seen.insert(world.real(&one.path)));
    Ok(found)
}

fn default_documents(world: &dyn World) -> Result<Vec<Found>, Failure> {
    let here = Path::new(".");
    let root = root_of(world, here);
    let spec = if root == here { PathBuf::from("spec") } else { root.join("spec") };
    match world.is_folder(&spec) {
        true => documents_at(world, &spec),
        false => Err(Failure::new(format!(
            "no document is named, and there is no folder `{}`; name a file or folder, as in `xep check xep-0420.xml`",
            shown(&spec)
        ))),
    }
}

fn documents_at(world: &dyn World, path: &Path) -> Result<Vec<Found>, Failure> {
    if world.is_folder(path) {
        let files = world
            .files_below(path)
            .map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", shown(path))))?;
        let documents: Vec<Found> =
            files.into_iter().filter(|file| seems_document(world, file)).map(|file| found(world, file)).collect();
        return match documents.is_empty() {
            true => Err(Failure::new(format!("there is no XEP in `{}`", shown(path)))),
            false => Ok(documents),
        };
    }
    match world.is_file(path) {
        true => Ok(vec![found(world, path.to_path_buf())]),
        false => Err(Failure::new(format!("`{}` does not exist", shown(path)))),
    }
}

fn found(world: &dyn World, path: PathBuf) -> Found {
    let root = root_of(world, path.parent().unwrap_or(Path::new(".")));
    Found { path, root }
}

/// Whether a file of a folder is a XEP: XML whose root is `xep`, or Markdown with a header.
fn seems_document(world: &dyn World, path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let begins =
        |test: &dyn Fn(&str) -> bool| world.read(path).is_ok_and(|bytes| test(&String::from_utf8_lossy(&bytes)));
    match extension {
        Some("xml") => begins(&|text| text.contains("<xep>") || text.contains("<xep ")),
        Some("md") => {
            begins(&|text| text.trim_start_matches('\u{feff}').starts_with("---") && text.contains("\ntitle:"))
        }
        _ => false,
    }
}

/// The root of the workspace that a folder belongs to: the nearest folder, itself or above, with `xep.toml`, `xep.dtd` or
/// `.git`; else the folder itself.
pub fn root_of(world: &dyn World, folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut at = folder.to_path_buf();
    for _ in 0..MAX_UP {
        let is_root = MARKS.iter().any(|mark| world.is_file(&at.join(mark)) || world.is_folder(&at.join(mark)));
        if is_root {
            return at;
        }
        match up(world, &at) {
            Some(above) => at = above,
            None => break,
        }
    }
    folder.to_path_buf()
}

/// The folder above; a relative path that is used up goes on with `..`.
fn up(world: &dyn World, folder: &Path) -> Option<PathBuf> {
    let last = folder.components().next_back()?;
    match last {
        std::path::Component::Normal(_) => {
            let parent = folder.parent()?;
            Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_path_buf() })
        }
        std::path::Component::CurDir => Some(PathBuf::from("..")),
        std::path::Component::ParentDir => {
            let above = folder.join("..");
            (world.real(&above) != world.real(folder)).then_some(above)
        }
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn the_nearest_mark_above_is_the_root() {
        let world = Memory::default().with("a/xep.dtd", "").with("a/inbox/x.xml", "<xep>").with("b/y.xml", "<xep>");
        assert_eq!(root_of(&world, Path::new("a/inbox")), Path::new("a"));
        assert_eq!(root_of(&world, Path::new("b")), Path::new("b"));
    }

    #[test]
    fn folders_give_their_documents_and_nothing_else() {
        let world =
            Memory::default().with("s/a.md", "---\ntitle: A\n---\n").with("s/b.md", "# b").with("s/c.xml", "<xsl/>");
        let found = find(&world, &[PathBuf::from("s")]).unwrap();
        assert_eq!(found.iter().map(|found| shown(&found.path)).collect::<Vec<_>>(), ["s/a.md"]);
        assert!(find(&world, &[PathBuf::from("nowhere")]).is_err());
    }
}
