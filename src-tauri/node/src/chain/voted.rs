//! The records of a block that is voted for: on the disk before the vote is said, and written there once.

use super::Chain;
use crate::error::NodeError;
use ledger::{Hash, Header, Record};

impl Chain {
    /// Saves the records of a block that is voted for, so that they are on the disk once, whether it is decided or not. False: another's
    /// stand there, or something else is being written.
    pub fn save_ahead(&self, block: &Hash, records: &[Record]) -> Result<bool, NodeError> {
        if self.store.is_within() {
            return Ok(false);
        }
        if let Some(ahead) = self.store.ahead()? {
            return Ok(ahead == *block);
        }
        self.store.begin()?;
        if let Err(error) = self.store.insert_ahead(block, self.next_record, records) {
            self.store.roll_back()?;
            return Err(error);
        }
        self.store.commit()?;
        Ok(true)
    }

    /// The records of a block that was voted for, if they stand ahead of it.
    pub fn saved_ahead(&self, header: &Header) -> Result<Option<Vec<Record>>, NodeError> {
        if self.store.ahead()? != Some(header.id()) {
            return Ok(None);
        }
        let records = self.store.records_from(self.next_record, header.records_count)?;
        Ok(Some(records))
    }
}
