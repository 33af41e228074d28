//! What passes straight between two desktops: who else keeps a waiting record, what contradicts it, and what was set aside.

use super::{LEDGER, Store, hash_column};
use crate::error::NodeError;
use ledger::{Hash, PublicKey, Record, Time};
use rusqlite::{OptionalExtension, Row, params};

/// A record of somebody else that contradicts one of the outbox.
#[derive(Clone, Debug)]
pub struct Rival {
    /// Theirs.
    pub record: Record,
    /// Who handed it over.
    pub node: PublicKey,
    /// Ours.
    pub against: Hash,
    /// A person has chosen ours already.
    pub kept: bool,
    /// When it came.
    pub at: Time,
}

/// A record that was signed here and set aside.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The record.
    pub record: Record,
    /// The rule that keeps it out, a JSON object: `rule`, `field`, `values`.
    pub why: Vec<u8>,
    /// Since when.
    pub at: Time,
}

fn parsed(bytes: &[u8], what: &str) -> Result<Record, NodeError> {
    Record::parse(bytes).map_err(|error| NodeError::damaged(LEDGER, format!("{what}: {error}")))
}

fn key(bytes: [u8; 32]) -> Result<PublicKey, NodeError> {
    PublicKey::from_bytes(bytes).map_err(|error| NodeError::damaged(LEDGER, format!("key of a node: {error}")))
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Time> {
    Ok(Time::from_millis(row.get(column)?).unwrap_or(Time::MIN))
}

impl Store {
    /// A node of another firm keeps this record too.
    pub(crate) fn save_held(&self, id: &Hash, node: &PublicKey, at: Time) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO held VALUES(?1, ?2, ?3)")?
            .execute(params![id.as_bytes(), node.as_bytes(), at.millis()])?;
        Ok(())
    }

    /// Who else keeps which record of the outbox, and since when.
    pub(crate) fn held(&self) -> Result<Vec<(Hash, PublicKey, Time)>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, node, at FROM held ORDER BY id, node")?;
        let rows = statement.query_map([], |row| {
            Ok((hash_column(row, 0)?, row.get::<_, [u8; 32]>(1)?, time(row, 2)?))
        })?;
        rows.map(|row| {
            let (id, node, at) = row?;
            Ok((id, key(node)?, at))
        })
        .collect()
    }

    /// Who held records that wait no longer is forgotten, and so is what contradicted them.
    pub(crate) fn forget_settled(&self) -> Result<(), NodeError> {
        for statement in [
            "DELETE FROM held WHERE id NOT IN (SELECT id FROM pending)",
            "DELETE FROM rivals WHERE against NOT IN (SELECT id FROM pending)",
        ] {
            self.connection.prepare_cached(statement)?.execute([])?;
        }
        Ok(())
    }

    pub(crate) fn save_rival(
        &self,
        record: &Record,
        node: &PublicKey,
        against: &Hash,
        at: Time,
    ) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO rivals VALUES(?1, ?2, ?3, ?4, 0, ?5)")?
            .execute(params![
                record.id().as_bytes(),
                record.bytes(),
                node.as_bytes(),
                against.as_bytes(),
                at.millis()
            ])?;
        Ok(())
    }

    /// What contradicts the outbox, oldest first.
    pub(crate) fn rivals(&self) -> Result<Vec<Rival>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record, node, against, kept, at FROM rivals ORDER BY at, id")?;
        let rows = statement.query_map([], |row| {
            Ok((
                row.get::<_, Vec<u8>>(0)?,
                row.get::<_, [u8; 32]>(1)?,
                hash_column(row, 2)?,
                row.get::<_, bool>(3)?,
                time(row, 4)?,
            ))
        })?;
        rows.map(|row| {
            let (record, node, against, kept, at) = row?;
            Ok(Rival {
                record: parsed(&record, "a record that was handed over")?,
                node: key(node)?,
                against,
                kept,
                at,
            })
        })
        .collect()
    }

    /// A person has chosen ours.
    pub(crate) fn keep_against(&self, rival: &Hash) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("UPDATE rivals SET kept = 1 WHERE id = ?1")?
            .execute([rival.as_bytes()])?;
        Ok(())
    }

    pub(crate) fn forget_rival(&self, rival: &Hash) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("DELETE FROM rivals WHERE id = ?1")?
            .execute([rival.as_bytes()])?;
        Ok(())
    }

    /// Sets a record aside. It is no longer in the outbox when the caller's transaction is.
    pub(crate) fn set_aside(&self, record: &Record, why: &[u8], at: Time) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO aside VALUES(?1, ?2, ?3, ?4)")?
            .execute(params![record.id().as_bytes(), record.bytes(), why, at.millis()])?;
        self.forget_pending(std::iter::once(record.id()))
    }

    /// What was set aside, oldest first.
    pub(crate) fn aside(&self) -> Result<Vec<Aside>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record, why, at FROM aside ORDER BY at, id")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, time(row, 2)?))
        })?;
        rows.map(|row| {
            let (record, why, at) = row?;
            Ok(Aside {
                record: parsed(&record, "a record that was set aside")?,
                why,
                at,
            })
        })
        .collect()
    }

    /// A person has decided what becomes of a record that was set aside. False: there is none.
    pub(crate) fn forget_aside(&self, id: &Hash) -> Result<bool, NodeError> {
        let gone = self
            .connection
            .prepare_cached("DELETE FROM aside WHERE id = ?1 RETURNING 1")?
            .query_row([id.as_bytes()], |_| Ok(()))
            .optional()?;
        Ok(gone.is_some())
    }
}
