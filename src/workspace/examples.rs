//! The folder `examples/`: one file an example, the sealed stanzas as they go over the wire, and what a reader needs to repeat
//! it all.

use super::index::{ExampleEntry, INDEX, Index, SealedEntry, folder, index, relative_folder};
use super::write::{Folder, Keep};
use super::{Failure, shown};
use crate::document::Table;
use crate::document::number::tables;
use crate::example::cost::{self, Costs};
use crate::example::{Cast, Example, generate};
use crate::judge::{self, COSTS, Examined, Loaded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of the folder.
#[derive(Debug)]
pub struct Planned {
    /// Its path, from the root of the workspace on.
    pub relative: PathBuf,
    /// Where that is.
    pub path: PathBuf,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What came of writing.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files that were written anew.
    pub written: Vec<String>,
    /// Files that were removed.
    pub removed: Vec<String>,
    /// How many were right already.
    pub unchanged: usize,
}

/// Whether examples are made from those of another document that are not kept yet.
pub fn waits(examined: &Examined) -> bool {
    examined.sealed.iter().any(|one| one.is_borrowed && !one.is_kept)
}

/// The files that a document's folder should hold; none for a document that generates nothing.
///
/// # Errors
/// When a test vector cannot be made.
pub fn plan(loaded: &Loaded, examined: &Examined) -> Result<Vec<Planned>, Failure> {
    let Some(cast) = &examined.cast else { return Ok(Vec::new()) };
    if examined.sealed.is_empty() {
        return Ok(Vec::new());
    }
    let (folder, relative) = (folder(loaded), relative_folder(loaded));
    let file = |name: &str, bytes: Vec<u8>| Planned { relative: relative.join(name), path: folder.join(name), bytes };
    let mut index = Index {
        version: 1,
        about: "Written by `xep examples`; never edit by hand. `lock` is the SHA-256 of what a stanza was sealed from."
            .into(),
        notice: cast.notice.clone(),
        keys: BTreeMap::new(),
        examples: Vec::new(),
        sealed: Vec::new(),
        vectors: Vec::new(),
    };
    let mut files = Vec::new();
    for person in &cast.people {
        for (name, bytes) in person.key_files.iter().filter_map(|name| Some((name, loaded.companions.keys.get(name)?)))
        {
            index.keys.entry(person.jid.clone()).or_default().push(name.clone());
            files.push(file(name, bytes.to_vec()));
        }
    }
    for example in examined.examples.iter().filter(|example| example.name.is_some()) {
        let entry = entry(example);
        files.push(file(&entry.file, format!("{}\n", example.text.as_str().trim_end()).into_bytes()));
        index.examples.push(entry);
    }
    for one in examined.sealed.iter().filter(|one| !one.is_borrowed) {
        let name = format!("sealed/{}.{}.xml", one.plain.file_stem(), one.profile);
        files.push(file(&name, one.kept.wire.clone().into_bytes()));
        index.sealed.push(SealedEntry {
            example: one.plain.name.clone(),
            profile: one.profile.clone(),
            file: name,
            lock: one.kept.lock.clone(),
            bytes: one.kept.wire.len(),
            at: one.plain.scene.at.to_string(),
            situation: one.plain.scene.situation.clone(),
        });
    }
    let cases = judge::vector_files(loaded, examined, judge::Scope::All).map_err(Failure::new)?;
    for (name, bytes) in judge::vector_texts(&cases).map_err(|error| Failure::new(error.to_string()))? {
        let name = format!("{}/{name}", judge::VECTORS);
        files.push(file(&name, bytes.into_bytes()));
        index.vectors.push(name);
    }
    if has_costs(examined) {
        let costs = costs(loaded, examined, cast).map_err(Failure::new)?;
        let json = serde_json::to_string_pretty(&costs).map_err(|error| Failure::new(error.to_string()))?;
        files.push(file(COSTS, format!("{json}\n").into_bytes()));
    }
    let json = serde_json::to_string_pretty(&index).expect("the index holds strings and numbers alone");
    files.push(file(INDEX, format!("{json}\n").into_bytes()));
    Ok(files)
}

/// Whether a document shows what encryption costs.
fn has_costs(examined: &Examined) -> bool {
    let is_cost = |table: &Table| table.directives.text("src").is_some_and(|src| src.starts_with(COSTS));
    tables(&examined.document).into_iter().any(is_cost)
}

/// The stanzas that were kept, if they are still right; else new ones.
fn costs(loaded: &Loaded, examined: &Examined, cast: &Cast) -> Result<Costs, String> {
    let means = cost::Means { rules: &examined.rules, cast };
    let kept = loaded.companions.costs.as_ref().filter(|kept| cost::lock(means).is_ok_and(|lock| lock == kept.lock));
    kept.map_or_else(|| cost::make(means), |kept| Ok(kept.clone()))
}

fn entry(example: &Example) -> ExampleEntry {
    let order = generate::order(example);
    ExampleEntry {
        name: example.label().to_owned(),
        file: example.file_name(),
        kind: example.kind.word().to_owned(),
        from: order.as_ref().map(|order| order.source.to_owned()),
        profile: order.as_ref().map(|order| order.profile.to_owned()),
        part: order.as_ref().map(|order| order.part.to_owned()),
        tamper: order.as_ref().and_then(|order| order.tamper).map(str::to_owned),
    }
}

/// What of a document's folder is not as it should be: paths, each with what is wrong.
pub fn stale(loaded: &Loaded, planned: &[Planned]) -> Vec<String> {
    let mut stale: Vec<String> = Vec::new();
    for file in planned {
        match std::fs::read(&file.path) {
            Err(_) => stale.push(format!("{} is missing", shown(&file.path))),
            Ok(bytes) if bytes != file.bytes => stale.push(format!("{} is stale", shown(&file.path))),
            Ok(_) => {}
        }
    }
    stale.extend(
        surplus(loaded, planned)
            .iter()
            .map(|file| format!("{} belongs to no example any more", shown(&folder(loaded).join(file)))),
    );
    stale
}

/// Files that an earlier index lists and nothing asks for any more, by their paths in the folder. Whatever else lies in the
/// folder is somebody else's.
fn surplus(loaded: &Loaded, planned: &[Planned]) -> Vec<PathBuf> {
    let (folder, relative) = (folder(loaded), relative_folder(loaded));
    let Ok(Some(index)) = index(&super::Disk, &folder) else { return Vec::new() };
    let examples = index.examples.into_iter().map(|entry| entry.file);
    let sealed = index.sealed.into_iter().map(|entry| entry.file);
    let keys = index.keys.into_values().flatten();
    let listed = examples.chain(sealed).chain(keys).chain(index.vectors).map(PathBuf::from);
    let inside = listed.filter(|file| file.components().all(|part| matches!(part, std::path::Component::Normal(_))));
    let is_wanted = |file: &Path| planned.iter().any(|planned| planned.relative == relative.join(file));
    inside.filter(|file| folder.join(file).is_file() && !is_wanted(file)).collect()
}

/// Writes what changed and removes what nothing asks for. The index comes last: where the work is broken off, the next run still
/// knows what is surplus.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn write_all(loaded: &Loaded, planned: &[Planned]) -> Result<Outcome, Failure> {
    let root = Folder::new(&loaded.root, Keep::Synced);
    let mut outcome = Outcome::default();
    let surplus = surplus(loaded, planned);
    let (index, files): (Vec<_>, Vec<_>) = planned.iter().partition(|file| file.path.ends_with(INDEX));
    files.into_iter().try_for_each(|file| outcome.write(&root, file))?;
    for file in surplus {
        root.remove(&relative_folder(loaded).join(&file))?;
        outcome.removed.push(shown(&folder(loaded).join(&file)));
    }
    index.into_iter().try_for_each(|file| outcome.write(&root, file))?;
    Ok(outcome)
}

impl Outcome {
    fn write(&mut self, root: &Folder, file: &Planned) -> Result<(), Failure> {
        match root.write(&file.relative, &file.bytes)? {
            true => self.written.push(shown(&file.path)),
            false => self.unchanged += 1,
        }
        Ok(())
    }
}
