//! What the same threads could do at best with the same records: check signatures and insert rows, nothing else.

use crate::error::NodeError;
use crate::store::open_database;
use ledger::Record;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

/// Signatures are checked in batches of this many …
const BATCH: usize = 256;
/// … and rows inserted in transactions of this many.
const GROUP: usize = 1000;
/// The parts are measured over at most this many records.
const SAMPLE: usize = 50_000;

/// A bound and its parts, records per second.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// One thread checks while the other inserts.
    pub per_s: f64,
    /// Checking alone, one thread.
    pub verify_per_s: f64,
    /// Inserting alone.
    pub insert_per_s: f64,
}

/// Measures the bound with records given as bytes, in a folder that is made for it.
///
/// # Errors
/// It cannot be written, or a record is none.
pub fn bound(folder: &Path, signed: &[Vec<u8>]) -> Result<Bound, NodeError> {
    let records = signed
        .iter()
        .map(|bytes| Record::parse(bytes).map_err(|error| NodeError::Unknown(error.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    std::fs::create_dir_all(folder).map_err(NodeError::io("make the folder of the bound"))?;
    let sample = &records[..records.len().min(SAMPLE)];
    let verify_per_s = rate(sample.len(), || verify(sample))?;
    let alone = table(&folder.join("alone.db"))?;
    let insert_per_s = rate(sample.len(), || {
        sample.chunks(GROUP).try_for_each(|group| insert(&alone, group))
    })?;
    let both = table(&folder.join("both.db"))?;
    let per_s = rate(records.len(), || together(&both, &records))?;
    Ok(Bound {
        per_s,
        verify_per_s,
        insert_per_s,
    })
}

fn rate(count: usize, work: impl FnOnce() -> Result<(), NodeError>) -> Result<f64, NodeError> {
    let start = Instant::now();
    work()?;
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

fn verify(records: &[Record]) -> Result<(), NodeError> {
    let mut random = StdRng::from_seed(crate::random()?);
    let good = records.chunks(BATCH).all(|some| {
        ledger::record::verify_batch(some, &mut random)
            .into_iter()
            .all(|good| good)
    });
    if good {
        Ok(())
    } else {
        Err(NodeError::Unknown("a signature does not verify".to_owned()))
    }
}

fn table(path: &Path) -> Result<Connection, NodeError> {
    open_database(
        path,
        "bound.db",
        1,
        &["CREATE TABLE bound(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record BLOB NOT NULL)"],
    )
}

fn insert(table: &Connection, group: &[Record]) -> Result<(), NodeError> {
    let transaction = table.unchecked_transaction()?;
    let mut statement = table.prepare_cached("INSERT INTO bound(id, record) VALUES(?1, ?2)")?;
    for record in group {
        statement.execute(params![record.id().as_bytes(), record.bytes()])?;
    }
    drop(statement);
    Ok(transaction.commit()?)
}

fn together(table: &Connection, records: &[Record]) -> Result<(), NodeError> {
    std::thread::scope(|scope| {
        let (checked, to_insert) = sync_channel::<&[Record]>(4);
        let checker = scope.spawn(move || {
            for group in records.chunks(GROUP) {
                verify(group)?;
                if checked.send(group).is_err() {
                    break;
                }
            }
            Ok(())
        });
        for group in to_insert {
            insert(table, group)?;
        }
        checker.join().unwrap_or(Err(NodeError::Stopped))
    })
}
