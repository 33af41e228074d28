//! That the file has the tables and indexes it was made with, and no others.

use super::Check;
use crate::store::LEDGER;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// The steps by which a ledger is made, in order.
const STEPS: [&str; 5] = [
    include_str!("../store/ledger.sql"),
    include_str!("../store/ledger-2.sql"),
    include_str!("../store/ledger-3.sql"),
    include_str!("../store/ledger-4.sql"),
    include_str!("../store/ledger-5.sql"),
];

/// Name of a table or index, and the statement that made it.
type Made = (String, Option<String>);

fn made(file: &Connection) -> rusqlite::Result<BTreeSet<Made>> {
    let mut statement = file.prepare("SELECT type || ' ' || name || ' of ' || tbl_name, sql FROM sqlite_schema")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn expected() -> rusqlite::Result<BTreeSet<Made>> {
    let fresh = Connection::open_in_memory()?;
    for step in STEPS {
        fresh.execute_batch(step)?;
    }
    made(&fresh)
}

/// Goes through every index once: SQLite's own check passes over one that is empty.
fn walk(file: &Connection) -> rusqlite::Result<()> {
    let mut statement = file.prepare(
        "SELECT tbl_name, name, coalesce(sql, '') FROM sqlite_schema
         WHERE type = 'index' AND (sql IS NOT NULL OR tbl_name = 'pending')",
    )?;
    let mut indexes = statement.query([])?;
    while let Some(index) = indexes.next()? {
        let [table, name, sql]: [String; 3] = [index.get(0)?, index.get(1)?, index.get(2)?];
        let condition = sql
            .split_once(" WHERE ")
            .map(|(_, condition)| format!(" WHERE {condition}"));
        let condition = condition.unwrap_or_default();
        // A mere count would be taken from whichever index is smallest.
        let through = format!("SELECT count(*), max(1) FROM {table} INDEXED BY {name}{condition}");
        file.query_row(&through, [], |_| Ok(()))?;
    }
    Ok(())
}

impl Check {
    /// Without an index everything still reads right, but a table may be read whole where a row was meant.
    pub(super) fn schema(&mut self) {
        let compared = expected().and_then(|expected| Ok((made(&self.store.connection)?, expected)));
        match compared {
            Ok((found, expected)) => {
                let differing: Vec<Made> = found.symmetric_difference(&expected).cloned().collect();
                for (name, _) in differing {
                    self.fault(LEDGER, None, None, format!("the {name} is not as it was made"));
                }
            }
            Err(error) => self.fault(LEDGER, None, None, error.to_string()),
        }
        if let Err(error) = walk(&self.store.connection) {
            self.fault(LEDGER, None, None, format!("an index: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn what_is_expected_is_what_a_fresh_ledger_has() {
        let folder = std::env::temp_dir().join(format!("sealroad-schema-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let fresh = made(&Store::open(&folder).unwrap().connection).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(fresh, expected().unwrap());
    }
}
