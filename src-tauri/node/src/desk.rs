//! What stands on the desk and not on the ledger: drafts, settings, column mappings, which files were imported.

use crate::error::NodeError;
use crate::folder::DataFolder;
use crate::store::open_database;
use ledger::Time;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde_json::Value;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A small store of JSON values in named spaces (`desk.db`). Saved before a call returns.
#[derive(Debug)]
pub struct Desk(Mutex<Connection>);

impl Desk {
    /// Opens it, making it if need be.
    ///
    /// # Errors
    /// The file cannot be made, or is damaged.
    pub fn open(folder: &DataFolder) -> Result<Self, NodeError> {
        let connection = open_database(&folder.path().join("desk.db"), "desk.db", 1, &[
            "CREATE TABLE desk(space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, changed INTEGER NOT NULL,
             PRIMARY KEY(space, key)) WITHOUT ROWID",
        ])?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a value under a key, replacing what stood there.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn put(&self, space: &str, key: &str, value: &Value) -> Result<(), NodeError> {
        let now = chrono::Utc::now().timestamp_millis();
        self.connection().execute(
            "INSERT INTO desk VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET value = ?3, changed = ?4",
            params![space, key, value.to_string(), now],
        )?;
        Ok(())
    }

    /// Keeps several values, all or none.
    ///
    /// # Errors
    /// They cannot be saved.
    pub fn put_all(&self, space: &str, entries: impl Iterator<Item = (String, Value)>) -> Result<(), NodeError> {
        let now = chrono::Utc::now().timestamp_millis();
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (key, value) in entries {
            transaction
                .prepare_cached(
                    "INSERT INTO desk VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET value = ?3, changed = ?4",
                )?
                .execute(params![space, key, value.to_string(), now])?;
        }
        Ok(transaction.commit()?)
    }

    /// What stands under a key.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn get(&self, space: &str, key: &str) -> Result<Option<Value>, NodeError> {
        let text: Option<String> = self
            .connection()
            .query_row(
                "SELECT value FROM desk WHERE space = ?1 AND key = ?2",
                [space, key],
                |row| row.get(0),
            )
            .optional()?;
        text.map(|text| parse(&text)).transpose()
    }

    /// Puts what stood on the desk of a backup in the place of all that stands on this one; nothing happens where the backup has none.
    ///
    /// # Errors
    /// The backup's is damaged, or it cannot be saved.
    pub fn take_over(&self, backup: &Path) -> Result<(), NodeError> {
        let file = backup.join("desk.db");
        if !file.exists() {
            return Ok(());
        }
        let source = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM desk", [])?;
        let mut statement = source.prepare("SELECT space, key, value, changed FROM desk")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (space, key, value): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            transaction.execute(
                "INSERT INTO desk VALUES(?1, ?2, ?3, ?4)",
                params![space, key, value, row.get::<_, i64>(3)?],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes a key away; nothing happens if it is not there.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn delete(&self, space: &str, key: &str) -> Result<(), NodeError> {
        self.connection()
            .execute("DELETE FROM desk WHERE space = ?1 AND key = ?2", [space, key])?;
        Ok(())
    }

    /// All keys of a space with their values and last change, newest first.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn list(&self, space: &str) -> Result<Vec<(String, Value, Time)>, NodeError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT key, value, changed FROM desk WHERE space = ?1 ORDER BY changed DESC, key")?;
        let rows = statement.query_map([space], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (key, text, changed) = row?;
            Ok((key, parse(&text)?, Time::from_millis(changed).unwrap_or(Time::MIN)))
        })
        .collect()
    }
}

fn parse(text: &str) -> Result<Value, NodeError> {
    serde_json::from_str(text).map_err(|error| NodeError::damaged("desk.db", error))
}
