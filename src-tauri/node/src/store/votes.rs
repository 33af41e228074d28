//! What this validator has signed (`votes.db`): written before a certificate is made, never backed up, never restored.

use super::{VOTES, hash_column, open_database, open_reader, save_again, signed, unsigned};
use crate::error::NodeError;
use consensus::Logged;
use ledger::{Hash, Record};
use rusqlite::blob::ZeroBlob;
use rusqlite::{Connection, MAIN_DB, OptionalExtension, params};
use std::path::Path;
use std::sync::Arc;

const MIGRATIONS: &[&str] = &["CREATE TABLE votes(height INTEGER PRIMARY KEY, round INTEGER NOT NULL, block BLOB NOT NULL, signature BLOB NOT NULL);
     CREATE TABLE floor(network BLOB NOT NULL, height INTEGER NOT NULL)",
    // Where several agree: what was heard and said of the height being decided, in order, and the records of blocks voted for.
    "CREATE TABLE log(place INTEGER PRIMARY KEY, height INTEGER NOT NULL, entry BLOB NOT NULL);
     CREATE TABLE bodies(block BLOB PRIMARY KEY, height INTEGER NOT NULL, body BLOB NOT NULL);
     CREATE TABLE seen(height INTEGER NOT NULL)"];

/// Form of votes.db that this build writes.
const FORM: i64 = 2;

/// Older votes than this many heights are forgotten: the newest alone decides what may be signed.
const KEPT: u64 = 256;

/// A precommit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Height.
    pub height: u64,
    /// Round.
    pub round: u32,
    /// BlockId.
    pub block: Hash,
    /// Ed25519.
    pub signature: [u8; 64],
}

/// The file.
#[derive(Debug)]
pub struct Votes(Connection);

fn open(folder: &Path) -> Result<Connection, NodeError> {
    save_again(&folder.join("votes.db-wal"))?;
    open_database(&folder.join(VOTES), VOTES, FORM, MIGRATIONS)
}

fn nothing_signed(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT NOT EXISTS(SELECT 1 FROM votes) AND NOT EXISTS(SELECT 1 FROM log)";
    connection.query_row(sql, [], |row| row.get(0))
}

/// Whether a file has no tables, or no word on its network and no votes; what cannot be read is not said to be so.
fn is_unfinished(path: &Path) -> rusqlite::Result<bool> {
    let connection = Connection::open(path)?;
    let has = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, bool>(0));
    if has("SELECT NOT EXISTS(SELECT 1 FROM sqlite_schema)")? {
        return Ok(true);
    }
    let form: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if form < FORM {
        // Votes alone, as form 1 had them.
        return has("SELECT NOT EXISTS(SELECT 1 FROM floor) AND NOT EXISTS(SELECT 1 FROM votes)");
    }
    Ok(has("SELECT NOT EXISTS(SELECT 1 FROM floor)")? && nothing_signed(&connection)?)
}

impl Votes {
    /// Whether the file is there. One that a stop left before it said of which network it is, and in which nothing is signed, is none.
    #[must_use]
    pub fn exist(folder: &Path) -> bool {
        let path = folder.join(VOTES);
        path.exists() && !is_unfinished(&path).unwrap_or(false)
    }

    /// Makes the file; nothing at or below `floor` will be signed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(folder: &Path, network: &Hash, floor: u64) -> Result<Self, NodeError> {
        let mut connection = open(folder)?;
        let transaction = connection.transaction()?;
        if nothing_signed(&transaction)? {
            // What a founding that was broken off left.
            transaction.execute("DELETE FROM floor", [])?;
            transaction.execute(
                "INSERT INTO floor VALUES(?1, ?2)",
                params![network.as_bytes(), signed(floor)],
            )?;
        }
        transaction.commit()?;
        Self::of(connection, network)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// It is damaged, or belongs to another network.
    pub fn open(folder: &Path, network: &Hash) -> Result<Self, NodeError> {
        Self::of(open(folder)?, network)
    }

    /// Opens the file for reading.
    ///
    /// # Errors
    /// It is missing, damaged, or belongs to another network.
    pub fn reader(folder: &Path, network: &Hash) -> Result<Self, NodeError> {
        Self::of(open_reader(&folder.join(VOTES), VOTES, FORM)?, network)
    }

    fn of(connection: Connection, network: &Hash) -> Result<Self, NodeError> {
        let found = connection
            .query_row("SELECT network FROM floor", [], |row| hash_column(row, 0))
            .optional()?
            .ok_or_else(|| NodeError::damaged(VOTES, "it does not say of which network it is"))?;
        if found != *network {
            return Err(NodeError::damaged(VOTES, format!("it belongs to network {found}")));
        }
        Ok(Self(connection))
    }

    /// The greatest height this validator has signed, or has promised not to sign below.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn highest(&self) -> Result<u64, NodeError> {
        let height: i64 = self
            .0
            .prepare_cached(
                "SELECT max(coalesce((SELECT max(height) FROM votes), 0), (SELECT max(height) FROM floor),
                            coalesce((SELECT max(height) FROM log), 0), coalesce((SELECT max(height) FROM seen), 0))",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(unsigned(height))
    }

    /// The heights of which votes must be here when `newest` has its certificate: not those that are promised away below the
    /// floor, and not those that are forgotten.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn due(&self, newest: u64) -> Result<std::ops::RangeInclusive<u64>, NodeError> {
        let floor: i64 = self
            .0
            .query_row("SELECT coalesce(max(height), 0) FROM floor", [], |row| row.get(0))?;
        let kept = self.highest()?.max(newest).saturating_sub(KEPT - 1);
        Ok((unsigned(floor) + 1).max(kept)..=newest)
    }

    /// SQLite's own view of its pages: `ok`, or what is wrong.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn pages(&self) -> Result<String, NodeError> {
        Ok(self.0.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?)
    }

    /// What was signed at a height.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn at(&self, height: u64) -> Result<Option<Vote>, NodeError> {
        let mut statement = self
            .0
            .prepare_cached("SELECT round, block, signature FROM votes WHERE height = ?1")?;
        let vote = statement.query_row([signed(height)], |row| {
            Ok(Vote {
                height,
                round: row.get(0)?,
                block: hash_column(row, 1)?,
                signature: row.get(2)?,
            })
        });
        Ok(vote.optional()?)
    }

    /// Saves a vote; it may leave the process only after this.
    ///
    /// # Errors
    /// It cannot be saved, or another vote stands at that height.
    pub fn save(&self, vote: &Vote) -> Result<(), NodeError> {
        self.0
            .prepare_cached("INSERT INTO votes VALUES(?1, ?2, ?3, ?4)")?
            .execute(params![
                signed(vote.height),
                vote.round,
                vote.block.as_bytes(),
                vote.signature
            ])?;
        if vote.height.is_multiple_of(KEPT) {
            self.0.execute(
                "DELETE FROM votes WHERE height < ?1",
                [signed(vote.height.saturating_sub(KEPT))],
            )?;
        }
        Ok(())
    }

    /// Nothing at or below this height will be signed.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn floor(&self) -> Result<u64, NodeError> {
        let height: i64 = self
            .0
            .query_row("SELECT coalesce(max(height), 0) FROM floor", [], |row| row.get(0))?;
        Ok(unsigned(height))
    }

    /// Stands for a floor that nobody knows yet.
    pub const UNKNOWN: u64 = i64::MAX.unsigned_abs();

    /// Promises to sign nothing at or below this height. It takes the place of [`Votes::UNKNOWN`], and is never lowered otherwise.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn promise(&self, height: u64) -> Result<(), NodeError> {
        self.0.execute(
            "UPDATE floor SET height = CASE height WHEN ?2 THEN ?1 ELSE max(height, ?1) END",
            params![signed(height), signed(Self::UNKNOWN)],
        )?;
        Ok(())
    }

    /// Saves what must be on disk before anything that rests on it is said: entries of the log of a height, and the records of blocks
    /// judged good. What belongs to settled heights is forgotten on the way.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn save_log(
        &mut self,
        height: u64,
        entries: &[Logged],
        bodies: &[(Hash, Arc<Vec<Record>>)],
    ) -> Result<(), NodeError> {
        let transaction = self.0.transaction()?;
        {
            let settled = [signed(height)];
            transaction
                .prepare_cached("DELETE FROM log WHERE height < ?1")?
                .execute(settled)?;
            transaction
                .prepare_cached("DELETE FROM bodies WHERE height < ?1")?
                .execute(settled)?;
            let mut insert = transaction.prepare_cached("INSERT INTO log(height, entry) VALUES(?1, ?2)")?;
            for entry in entries {
                let bytes = serde_json::to_vec(entry).map_err(|error| NodeError::Unknown(error.to_string()))?;
                insert.execute(params![signed(height), bytes])?;
            }
        }
        for (block, records) in bodies {
            save_body(&transaction, height, block, records)?;
        }
        Ok(transaction.commit()?)
    }

    /// The log of a height, in the order of saving.
    ///
    /// # Errors
    /// It cannot be read, or is not what was written: then nothing may be signed at this height.
    pub fn log(&self, height: u64) -> Result<Vec<Logged>, NodeError> {
        let mut statement = self
            .0
            .prepare_cached("SELECT entry FROM log WHERE height = ?1 ORDER BY place")?;
        let rows = statement.query_map([signed(height)], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|row| serde_json::from_slice(&row?).map_err(|error| NodeError::damaged(VOTES, error)))
            .collect()
    }

    /// The records of a block that was judged good at the height being decided, one a line.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn body(&self, block: &Hash) -> Result<Option<Vec<u8>>, NodeError> {
        let mut statement = self.0.prepare_cached("SELECT body FROM bodies WHERE block = ?1")?;
        Ok(statement.query_row([block.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// The ledger has this height without our vote: it came from others. A later start then knows that these votes are not older
    /// than the ledger.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn note_seen(&self, height: u64) -> Result<(), NodeError> {
        self.0.execute("DELETE FROM seen", [])?;
        self.0.execute("INSERT INTO seen VALUES(?1)", [signed(height)])?;
        Ok(())
    }
}

/// Bytes of a body that are written at a time: few enough to stay where the processor has them at hand.
const PART: usize = 64 * 1024;

/// Saves the records of a block, one a line, unless they are there. The place for them is made first and then filled piece by piece:
/// megabytes handed over at once would be copied twice on the way, each time into memory the system must clear.
fn save_body(transaction: &Connection, height: u64, block: &Hash, records: &[Record]) -> Result<(), NodeError> {
    let lines: usize = records.iter().map(|record| record.bytes().len() + 1).sum();
    let length = lines.saturating_sub(1);
    let blank = ZeroBlob(length as u64);
    let inserted = transaction
        .prepare_cached("INSERT OR IGNORE INTO bodies VALUES(?1, ?2, ?3)")?
        .execute(params![block.as_bytes(), signed(height), blank])?;
    if inserted == 0 {
        return Ok(());
    }
    let row = transaction.last_insert_rowid();
    let mut blob = transaction.blob_open(MAIN_DB, "bodies", "body", row, false)?;
    let mut part = Vec::with_capacity(PART + ledger::limits::RECORD_BYTES);
    let mut at = 0;
    for (place, record) in records.iter().enumerate() {
        if place > 0 {
            part.push(b'\n');
        }
        part.extend_from_slice(record.bytes());
        if part.len() >= PART || place + 1 == records.len() {
            blob.write_at(&part, at)?;
            at += part.len();
            part.clear();
        }
    }
    Ok(blob.close()?)
}
