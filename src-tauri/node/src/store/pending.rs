//! The outbox: what was signed here and is not confirmed yet.

use super::{LEDGER, Store};
use crate::error::NodeError;
use ledger::{Hash, Record};
use rusqlite::params;

impl Store {
    pub(crate) fn save_pending(&self, record: &Record) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO pending(id, record) VALUES(?1, ?2)")?
            .execute(params![record.id().as_bytes(), record.bytes()])?;
        Ok(())
    }

    /// The outbox in the order in which it was signed.
    pub(crate) fn pending(&self) -> Result<Vec<Record>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record FROM pending ORDER BY place")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|row| Record::parse(&row?).map_err(|error| NodeError::damaged(LEDGER, format!("outbox: {error}"))))
            .collect()
    }

    /// Whether a record waits in the outbox.
    pub(crate) fn is_pending(&self, id: &Hash) -> Result<bool, NodeError> {
        Ok(self
            .connection
            .prepare_cached("SELECT EXISTS(SELECT 1 FROM pending WHERE id = ?1)")?
            .query_row([id.as_bytes()], |row| row.get(0))?)
    }

    /// The outbox as it stands: ids, and the records where they can be read.
    pub(crate) fn pending_ids(&self) -> Result<Vec<(Hash, Option<Record>)>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, record FROM pending ORDER BY place")?;
        let rows = statement.query_map([], |row| Ok((super::hash_column(row, 0)?, row.get::<_, Vec<u8>>(1)?)))?;
        rows.map(|row| {
            let (id, bytes) = row?;
            Ok((id, Record::parse(&bytes).ok()))
        })
        .collect()
    }

    /// Takes records out of the outbox, those of them that are there.
    pub(crate) fn forget_pending(&self, ids: impl Iterator<Item = Hash>) -> Result<(), NodeError> {
        let any: bool = self
            .connection
            .prepare_cached("SELECT EXISTS(SELECT 1 FROM pending)")?
            .query_row([], |row| row.get(0))?;
        if any {
            let mut delete = self.connection.prepare_cached("DELETE FROM pending WHERE id = ?1")?;
            for id in ids {
                delete.execute([id.as_bytes()])?;
            }
        }
        Ok(())
    }
}
