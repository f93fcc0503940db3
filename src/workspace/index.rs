//! What a folder of examples says of its files.

use super::world::World;
use super::{Failure, shown};
use crate::judge::Loaded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The name of the file that says what generated examples were made from.
pub const INDEX: &str = "index.json";

/// What `index.json` says: which example came from which, and what it was made from.
#[derive(Debug, Serialize, Deserialize)]
pub struct Index {
    /// The version of this format.
    pub version: u32,
    /// A sentence for people.
    pub about: String,
    /// What is to be said about the keys.
    pub notice: String,
    /// The keys, by account: file in this folder.
    pub keys: BTreeMap<String, Vec<String>>,
    /// The examples as the page shows them.
    pub examples: Vec<ExampleEntry>,
    /// The sealed stanzas as they go over the wire.
    pub sealed: Vec<SealedEntry>,
    /// Files with test vectors, and their schema.
    #[serde(default)]
    pub vectors: Vec<String>,
}

/// An example.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExampleEntry {
    /// Its name.
    pub name: String,
    /// The file in this folder.
    pub file: String,
    /// Its kind.
    pub kind: String,
    /// The example that it was generated from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The profile that it was generated with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What of it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What was done to it on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tamper: Option<String>,
}

/// A sealed stanza.
#[derive(Debug, Serialize, Deserialize)]
pub struct SealedEntry {
    /// The plain example.
    pub example: String,
    /// The profile.
    pub profile: String,
    /// The file in this folder.
    pub file: String,
    /// The hash of everything that it was made from.
    pub lock: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// When it was sealed.
    pub at: String,
    /// The situation in which it arrives.
    pub situation: String,
}

/// The folder of a document's examples.
pub fn folder(loaded: &Loaded) -> PathBuf {
    let root = if loaded.root == Path::new(".") { Path::new("") } else { &loaded.root };
    root.join(relative_folder(loaded))
}

/// The same from the root of the workspace on.
pub fn relative_folder(loaded: &Loaded) -> PathBuf {
    Path::new("examples").join(&loaded.name)
}

/// What the index of a folder of examples says, if there is one.
///
/// # Errors
/// When it is there and cannot be read or is none.
pub fn index(world: &dyn World, folder: &Path) -> Result<Option<Index>, Failure> {
    let path = folder.join(INDEX);
    if !world.is_file(&path) {
        return Ok(None);
    }
    let failed = |why: String| Failure::new(format!("`{}` cannot be read: {why}", shown(&path)));
    let bytes = world.read(&path).map_err(|error| failed(error.to_string()))?;
    let index = serde_json::from_slice(&bytes);
    index.map(Some).map_err(|error| failed(format!("{error}; remove it and run `xep examples`")))
}
