//! The history tree over the blocks, as stored hashes.

use super::{LEDGER, Store, signed};
use crate::error::NodeError;
use ledger::Hash;
use ledger::history::{self, HashReader, StoreError, StoredHash, stored_hash_index};
use rusqlite::params;

struct Reader<'a>(&'a Store);

impl HashReader for Reader<'_> {
    fn read_hashes(&self, numbers: &[u64]) -> Result<Vec<StoredHash>, StoreError> {
        let missing = |_| StoreError::IndexesNotInTree;
        let mut statement = self
            .0
            .connection
            .prepare_cached("SELECT hash FROM history WHERE number = ?1")
            .map_err(missing)?;
        numbers
            .iter()
            .map(|number| {
                statement
                    .query_row([signed(*number)], |row| row.get(0))
                    .map(StoredHash)
                    .map_err(missing)
            })
            .collect()
    }
}

impl Store {
    /// Appends the BlockId of a height (1, 2, …), within the caller's transaction.
    pub(crate) fn append_history(&self, height: u64, block: &Hash) -> Result<(), NodeError> {
        let index = height.saturating_sub(1);
        let hashes =
            history::stored_hashes(index, block, &Reader(self)).map_err(|error| NodeError::damaged(LEDGER, error))?;
        let mut insert = self.connection.prepare_cached("INSERT INTO history VALUES(?1, ?2)")?;
        for (number, hash) in (stored_hash_index(0, index)..).zip(hashes) {
            insert.execute(params![signed(number), hash.as_bytes()])?;
        }
        Ok(())
    }

    /// The root over the first `count` blocks.
    pub(crate) fn history_root(&self, count: u64) -> Result<Hash, NodeError> {
        history::stored_root(count, &Reader(self)).map_err(|error| NodeError::damaged(LEDGER, error))
    }

    /// The path of the block at `height` under the root over the first `count` blocks.
    pub(crate) fn history_path(&self, count: u64, height: u64) -> Result<Vec<Hash>, NodeError> {
        history::prove(count, height.saturating_sub(1), &Reader(self))
            .map_err(|error| NodeError::damaged(LEDGER, error))
    }
}
