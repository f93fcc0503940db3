//! How an index lies on disk: which program wrote it, a table with what every run asks for, and behind it what
//! is taken apart where it is asked for.

use super::{CHECKSUM, Record, checksum, program, put, regular, sealed};
use crate::key::Hash;
use crate::series::{DocumentFacts, Facts, Rest};
use crate::workspace::world::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What is before the table of an index: how long it is, in bytes, as a number of eight bytes.
const HEAD: usize = 8;

/// The table of an index. Its own checksum stands before the head.
#[derive(Serialize, Deserialize)]
struct Table<'a> {
    program: &'a str,
    #[serde(borrow)]
    rows: Vec<Row<'a>>,
    /// How many bytes stand behind the table.
    rest: usize,
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
    /// Their checksum.
    checksum: u64,
}

/// Reads an index; nothing where there is none, where another build of the program wrote it, or where its table is damaged. Of
/// a file whose part behind the table is damaged there is no record.
pub(super) fn read(path: &Path) -> Option<HashMap<String, Record>> {
    let bytes: Arc<[u8]> = regular(path)?.into();
    let (sum, rest) = bytes.split_first_chunk::<CHECKSUM>()?;
    let head = rest.first_chunk::<HEAD>()?;
    let length = usize::try_from(u64::from_le_bytes(*head)).ok()?;
    let (checked, rest) = rest.split_at_checked(HEAD.checked_add(length)?)?;
    if checksum(checked) != u64::from_le_bytes(*sum) {
        return None;
    }
    let table = checked.get(HEAD..)?;
    // What another build wrote may be of another form.
    let (written_by, _) = postcard::take_from_bytes::<&str>(table).ok()?;
    let table: Table<'_> = (written_by == program()).then(|| postcard::from_bytes(table).ok()).flatten()?;
    if rest.len() != table.rest {
        return None;
    }
    Some(records(table.rows, &bytes, CHECKSUM + checked.len()))
}

/// The records of a table, the parts of which begin at `at`.
fn records(rows: Vec<Row<'_>>, index: &Arc<[u8]>, mut at: usize) -> HashMap<String, Record> {
    let mut records = HashMap::with_capacity(rows.len());
    for row in rows {
        let Row { name, stamp, hash, is_document, newest, facts } = row;
        let start = at;
        at = at.saturating_add(facts.as_ref().map_or(0, |stored| stored.length));
        let facts = match facts.map(|stored| stored.read(index, start..at)) {
            Some(None) => continue,
            Some(facts) => facts,
            None => None,
        };
        records.insert(name.to_owned(), Record { stamp, hash, is_document, facts, newest });
    }
    records
}

impl Stored {
    /// The facts, if the part that belongs to them is as it was written.
    fn read(self, index: &Arc<[u8]>, range: Range<usize>) -> Option<Facts> {
        let is_intact = checksum(index.get(range.clone())?) == self.checksum;
        let rest = Rest::stored_in(index, range);
        is_intact.then(|| Facts { shared: self.shared, document: self.document, rest: Arc::new(rest) })
    }
}

/// Writes an index. That it cannot be written costs time in the next run and nothing else.
pub(super) fn save(path: &Path, records: BTreeMap<&str, &Record>) {
    let mut rest = Vec::new();
    let rows = records.into_iter().map(|(name, record)| {
        let facts = record.facts.as_ref().map(|facts| {
            let bytes = facts.rest.bytes();
            rest.extend_from_slice(&bytes);
            let (shared, document) = (facts.shared, facts.document.clone());
            Stored { shared, document, length: bytes.len(), checksum: checksum(&bytes) }
        });
        let Record { stamp, hash, is_document, newest, .. } = *record;
        Row { name, stamp, hash, is_document, facts, newest }
    });
    let rows = rows.collect();
    if let Ok(table) = postcard::to_stdvec(&Table { program: program(), rows, rest: rest.len() }) {
        let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
        bytes.extend(table);
        let mut bytes = sealed(bytes);
        bytes.append(&mut rest);
        put(path, &bytes);
    }
}
