//! The history tree over the blocks, hash by hash.

use super::Check;
use crate::error::NodeError;
use crate::store::{LEDGER, Store, signed};
use ledger::Header;
use ledger::history::{self, HashReader, StoreError, StoredHash, stored_hash_index};

struct Kept<'a>(&'a Store);

impl Kept<'_> {
    fn hash(&self, number: u64) -> rusqlite::Result<[u8; 32]> {
        self.0
            .connection
            .prepare_cached("SELECT hash FROM history WHERE number = ?1")?
            .query_row([signed(number)], |row| row.get(0))
    }
}

impl HashReader for Kept<'_> {
    fn read_hashes(&self, numbers: &[u64]) -> Result<Vec<StoredHash>, StoreError> {
        let read = numbers.iter().map(|number| self.hash(*number).map(StoredHash));
        read.collect::<Result<_, _>>().map_err(|_| StoreError::IndexesNotInTree)
    }
}

impl Check {
    /// Every hash that is kept must be what the blocks make of it, and there must be no others.
    pub(super) fn history(&mut self, head: &Header) -> Result<(), NodeError> {
        let mut count = 0;
        for height in 1..=head.height {
            let Some(block) = self.store.block_row(height)? else {
                continue;
            };
            let first = stored_hash_index(0, height - 1);
            let stands = history::stored_hashes(height - 1, &block.id, &Kept(&self.store)).is_ok_and(|hashes| {
                count += hashes.len();
                let mut kept = (first..).map(|number| Kept(&self.store).hash(number).ok());
                hashes
                    .iter()
                    .all(|hash| kept.next().flatten().as_ref() == Some(hash.as_bytes()))
            });
            if !stands {
                let what = "what the history tree keeps of it is damaged";
                self.fault(LEDGER, Some(height), None, what);
                // Those above it rest on it.
                return Ok(());
            }
        }
        let kept: i64 = self
            .store
            .connection
            .query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
        if i64::try_from(count) != Ok(kept) || self.store.history_root(head.height)? != self.blocks.root() {
            self.fault(LEDGER, None, None, "the stored history tree is damaged");
        }
        Ok(())
    }
}
