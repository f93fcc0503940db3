//! What git is told to ignore: files that somebody made there, a site that was built inside the checkout say, are no documents.

use super::world::{World, folder_of};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The name of the files that tell what to ignore.
const GITIGNORE: &str = ".gitignore";

/// What the files `.gitignore` of a workspace exclude. Those above its root, and a user's own, are not read.
pub struct Ignored<'w> {
    world: &'w dyn World,
    root: PathBuf,
    /// By folder: what the file in it says, and whether the folder itself is ignored.
    folders: HashMap<PathBuf, (Option<Gitignore>, bool)>,
}

impl<'w> Ignored<'w> {
    /// For the files in a folder that somebody named, and below it. The folder itself is not ignored: where files above it
    /// exclude it, they do not count.
    pub fn below(world: &'w dyn World, folder: &Path, root: &Path) -> Ignored<'w> {
        let (folder, root) = (world.real(folder), world.real(root));
        let mut ignored = Ignored { world, root, folders: HashMap::new() };
        if !folder.starts_with(&ignored.root) || ignored.excludes_folder(&folder) {
            ignored.folders.clear();
            ignored.root = folder;
        }
        ignored
    }

    /// Whether a file is ignored, or a folder in which it is.
    pub fn excludes(&mut self, file: &Path) -> bool {
        let folder = self.world.real(folder_of(file));
        let Some(name) = file.file_name().filter(|_| folder.starts_with(&self.root)) else { return false };
        self.excludes_folder(&folder) || self.matches(&folder.join(name), false)
    }

    fn excludes_folder(&mut self, folder: &Path) -> bool {
        if let Some((_, is_ignored)) = self.folders.get(folder) {
            return *is_ignored;
        }
        let above = folder.parent().filter(|_| folder != self.root);
        let is_ignored = above.is_some_and(|above| self.excludes_folder(above) || self.matches(folder, true));
        let rules = (!is_ignored).then(|| rules_in(self.world, folder)).flatten();
        self.folders.insert(folder.to_path_buf(), (rules, is_ignored));
        is_ignored
    }

    /// What the innermost file says that says anything.
    fn matches(&self, path: &Path, is_folder: bool) -> bool {
        let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        let rules = folders.filter_map(|folder| self.folders.get(folder)?.0.as_ref());
        let verdicts = rules.map(|rules| rules.matched(path, is_folder));
        verdicts.filter(|verdict| !verdict.is_none()).map(|verdict| verdict.is_ignore()).next().unwrap_or(false)
    }
}

/// What the file in a folder says. A line that is no pattern is passed over, as git does.
fn rules_in(world: &dyn World, folder: &Path) -> Option<Gitignore> {
    let path = folder.join(GITIGNORE);
    // As git does, none is read that is a link.
    let is_read = world.is_file(&path) && !world.is_link(&path);
    let bytes = is_read.then(|| world.read(&path).ok()).flatten()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut rules = GitignoreBuilder::new(folder);
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        let _ = rules.add_line(None, &without_alternatives(line));
    }
    rules.build().ok()
}

/// A pattern in which braces stand for themselves, as in git.
fn without_alternatives(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let (mut is_escaped, mut is_in_class) = (false, false);
    for letter in line.chars() {
        if matches!(letter, '{' | '}') && !is_escaped && !is_in_class {
            out.push('\\');
        }
        is_in_class = !is_escaped && (letter == '[' || (is_in_class && letter != ']'));
        is_escaped = letter == '\\' && !is_escaped;
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn the_innermost_file_decides_and_folders_take_their_files_with_them() {
        let world = Memory::default()
            .with("/r/.gitignore", "/site\n*.tmp.xml\n!kept.tmp.xml\nbuild/\n")
            .with("/s/.gitignore", "\u{feff}*.bak.xml\n*.{xml,md}\n[{]a.xml\n")
            .with("/r/inbox/.gitignore", "!b.tmp.xml\nc.xml\n")
            .with("/r/site/a.xml", "")
            .with("/r/site/deep/.gitignore", "!a.xml\n");
        let mut ignored = Ignored::below(&world, Path::new("/r"), Path::new("/r"));
        for (path, expected) in [
            ("/r/a.xml", false),
            ("/r/site/a.xml", true),
            ("/r/site/deep/a.xml", true),
            ("/r/inbox/site/a.xml", false),
            ("/r/a.tmp.xml", true),
            ("/r/kept.tmp.xml", false),
            ("/r/inbox/b.tmp.xml", false),
            ("/r/inbox/c.xml", true),
            ("/r/inbox/build/c.xml", true),
            ("/elsewhere/site/a.xml", false),
        ] {
            assert_eq!(ignored.excludes(Path::new(path)), expected, "{path}");
        }
        let mut other = Ignored::below(&world, Path::new("/s"), Path::new("/s"));
        for (path, expected) in
            [("/s/a.bak.xml", true), ("/s/a.xml", false), ("/s/b.{xml,md}", true), ("/s/{a.xml", true)]
        {
            assert_eq!(other.excludes(Path::new(path)), expected, "{path}");
        }
        let mut named = Ignored::below(&world, Path::new("/r/site"), Path::new("/r"));
        assert!(!named.excludes(Path::new("/r/site/a.xml")));
    }
}
