//! Validator sets that were decided on after the genesis.

use super::{LEDGER, Store, signed, unsigned};
use crate::error::NodeError;
use ledger::{SetChange, ValidatorSet};
use rusqlite::{OptionalExtension, params};

fn parse(bytes: &[u8]) -> Result<ValidatorSet, NodeError> {
    serde_json::from_slice(bytes).map_err(|error| NodeError::damaged(LEDGER, format!("a validator set: {error}")))
}

impl Store {
    /// The set that certifies a height, unless it is the genesis's.
    pub(crate) fn validators_at(&self, height: u64) -> Result<Option<ValidatorSet>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT validators FROM sets WHERE height <= ?1 ORDER BY height DESC LIMIT 1")?;
        let bytes: Option<Vec<u8>> = statement.query_row([signed(height)], |row| row.get(0)).optional()?;
        bytes.map(|bytes| parse(&bytes)).transpose()
    }

    /// How many sets were decided on.
    pub(crate) fn count_validators(&self) -> Result<u64, NodeError> {
        let count: i64 = self
            .connection
            .query_row("SELECT count(*) FROM sets", [], |row| row.get(0))?;
        Ok(unsigned(count))
    }

    /// From this height on these certify.
    pub(crate) fn save_validators(&self, height: u64, set: &ValidatorSet) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT INTO sets VALUES(?1, ?2)")?
            .execute(params![signed(height), set.to_bytes()])?;
        Ok(())
    }

    /// The set changes in blocks above `from` and below `to`, oldest first, at most so many.
    pub(crate) fn set_changes(&self, from: u64, to: u64, limit: u32) -> Result<Vec<SetChange>, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT height, validators FROM sets WHERE height > ?1 AND height <= ?2 ORDER BY height LIMIT ?3",
        )?;
        let rows = statement.query_map(params![signed(from + 1), signed(to), limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|row| {
            let (height, bytes) = row?;
            let height = unsigned(height) - 1;
            let missing = || {
                NodeError::damaged(
                    LEDGER,
                    format!("block {height}, which changes the validators, is missing"),
                )
            };
            let block = self.block(height)?.ok_or_else(missing)?;
            Ok(SetChange {
                commit: block.certificate.ok_or_else(missing)?,
                header: block.header,
                validators: parse(&bytes)?,
            })
        })
        .collect()
    }
}
