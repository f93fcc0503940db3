//! How an index lies on disk: which program wrote it, a table with what every run asks for, and behind it what few runs do.

use super::{Facts, Hash, Record, Rest, program, put};
use crate::render::DocumentFacts;
use crate::workspace::world::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

/// What an index begins with: how long the table is, in bytes, as a number of eight bytes.
const HEAD: usize = 8;

/// The table of an index.
#[derive(Serialize, Deserialize)]
struct Table<'a> {
    program: &'a str,
    #[serde(borrow)]
    rows: Vec<Row<'a>>,
    /// How many bytes stand behind the table.
    rest: u64,
}

/// A [`Record`] as it is stored.
#[derive(Serialize, Deserialize)]
struct Row<'a> {
    name: &'a str,
    stamp: Stamp,
    hash: Hash,
    is_document: bool,
    facts: Option<Stored>,
    newest: Option<u16>,
}

/// [`Facts`] as they are stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    shared: Hash,
    document: Arc<DocumentFacts>,
    /// How many bytes of the rest belong to it.
    length: usize,
}

/// What stands behind the table of an index, and is read piece by piece.
#[derive(Debug)]
pub(super) struct Pieces(Mutex<File>);

impl Pieces {
    /// A piece of the file.
    pub(super) fn read(&self, range: Range<u64>) -> Option<Vec<u8>> {
        let mut file = self.0.lock().ok()?;
        file.seek(SeekFrom::Start(range.start)).ok()?;
        let mut bytes = vec![0; usize::try_from(range.end - range.start).ok()?];
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Reads an index; nothing where there is none, or where another build of the program wrote it.
pub(super) fn read(path: &Path) -> Option<HashMap<String, Record>> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let behind = HEAD as u64 + u64::from_le_bytes(head).min(length);
    let mut bytes = vec![0; usize::try_from(behind).ok()? - HEAD];
    file.read_exact(&mut bytes).ok()?;
    let (written_by, _) = postcard::take_from_bytes::<&str>(&bytes).ok()?;
    // What another build wrote may be of another form.
    if written_by != program() {
        return None;
    }
    let table: Table<'_> = postcard::from_bytes(&bytes).ok()?;
    if length != behind + table.rest {
        return None;
    }
    let pieces = Arc::new(Pieces(Mutex::new(file)));
    let mut at = behind;
    let mut records = HashMap::with_capacity(table.rows.len());
    for row in table.rows {
        let facts = row.facts.map(|stored| {
            let range = at..at + stored.length as u64;
            at = range.end;
            let rest = Rest { known: OnceLock::new(), stored: Some((pieces.clone(), range)) };
            Facts { shared: stored.shared, document: stored.document, rest: Arc::new(rest) }
        });
        let Row { name, stamp, hash, is_document, newest, .. } = row;
        records.insert(name.to_owned(), Record { stamp, hash, is_document, facts, newest });
    }
    Some(records)
}

/// Writes an index. That it cannot be written costs time in the next run and nothing else.
pub(super) fn save(path: &Path, records: BTreeMap<&str, &Record>) {
    let mut rest = Vec::new();
    let rows = records.into_iter().map(|(name, record)| {
        let before = rest.len();
        let facts = record.facts.as_ref().map(|facts| {
            rest.extend(facts.rest.bytes());
            Stored { shared: facts.shared, document: facts.document.clone(), length: rest.len() - before }
        });
        let Record { stamp, hash, is_document, newest, .. } = *record;
        Row { name, stamp, hash, is_document, facts, newest }
    });
    let rows = rows.collect();
    let table = postcard::to_stdvec(&Table { program: program(), rows, rest: rest.len() as u64 });
    if let Ok(mut table) = table {
        let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
        bytes.append(&mut table);
        bytes.append(&mut rest);
        put(path, &bytes);
    }
}
