//! What this validator has signed (`votes.db`): written before a certificate is made, never backed up, never restored.

use super::{VOTES, hash_column, open_database, open_reader, signed, unsigned};
use crate::error::NodeError;
use ledger::Hash;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;

const MIGRATIONS: &[&str] = &["CREATE TABLE votes(height INTEGER PRIMARY KEY, round INTEGER NOT NULL, block BLOB NOT NULL, signature BLOB NOT NULL);
     CREATE TABLE floor(network BLOB NOT NULL, height INTEGER NOT NULL)"];

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

impl Votes {
    /// Whether the file is there.
    #[must_use]
    pub fn exist(folder: &Path) -> bool {
        folder.join(VOTES).exists()
    }

    /// Makes the file; nothing at or below `floor` will be signed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(folder: &Path, network: &Hash, floor: u64) -> Result<Self, NodeError> {
        let connection = open_database(&folder.join(VOTES), VOTES, 1, MIGRATIONS)?;
        connection.execute(
            "INSERT INTO floor VALUES(?1, ?2)",
            params![network.as_bytes(), signed(floor)],
        )?;
        Ok(Self(connection))
    }

    /// Opens the file.
    ///
    /// # Errors
    /// It is damaged, or belongs to another network.
    pub fn open(folder: &Path, network: &Hash) -> Result<Self, NodeError> {
        Self::of(open_database(&folder.join(VOTES), VOTES, 1, MIGRATIONS)?, network)
    }

    /// Opens the file for reading.
    ///
    /// # Errors
    /// It is missing, damaged, or belongs to another network.
    pub fn reader(folder: &Path, network: &Hash) -> Result<Self, NodeError> {
        Self::of(open_reader(&folder.join(VOTES), VOTES, 1)?, network)
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
                "SELECT max(coalesce((SELECT max(height) FROM votes), 0), (SELECT max(height) FROM floor))",
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
}
