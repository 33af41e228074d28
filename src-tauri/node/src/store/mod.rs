//! SQLite: what is kept, and how it is found again.

mod blocks;
mod exchange;
mod finding;
mod history;
mod light;
mod pending;
mod sets;
mod sieve;
mod subjects;
mod tree;
mod votes;

pub use blocks::{BlockRow, Stored, StoredBlock};
pub use exchange::{Aside, Rival};
pub use light::Place;
pub use subjects::SubjectRow;
pub use tree::TreeCache;
pub use votes::{Vote, Votes};

use crate::error::NodeError;
use finding::Finding;
use ledger::{Genesis, Hash};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::path::Path;

/// Form of ledger.db that this build writes.
pub const LEDGER_FORM: i64 = 5;
/// The steps that lead from an empty file to the newest form; step i makes form i + 1 out of form i.
const LEDGER_MIGRATIONS: &[&str] = &[
    include_str!("ledger.sql"),
    include_str!("ledger-2.sql"),
    include_str!("ledger-3.sql"),
    include_str!("ledger-4.sql"),
    include_str!("ledger-5.sql"),
];
/// File name of the ledger.
pub const LEDGER: &str = "ledger.db";
/// File name of the votes.
pub const VOTES: &str = "votes.db";

/// Bytes of a page. Measured with four validators on two cores: 8 KiB took a tenth less of the processor for a record than 4 KiB (half as
/// many writes) and 16 KiB a twentieth less (more is written with each small change). A file made with other pages keeps them.
const PAGE: i64 = 8192;
/// A writer folds its write-ahead log in when it has grown to so many pages, if nobody has done it before.
const LOG_PAGES: i64 = 16_000;

/// Opens a database, bringing it forward to the newest form.
///
/// `synchronous=FULL` because NORMAL was seen to lose every acknowledged commit on power loss.
///
/// # Errors
/// It is damaged, or written by a newer build.
pub fn open_database(path: &Path, file: &'static str, form: i64, migrations: &[&str]) -> Result<Connection, NodeError> {
    let mut connection = Connection::open(path)?;
    check_form(&connection, file, form)?;
    connection
        .pragma_update(None, "page_size", PAGE)
        .map_err(|error| as_damage(file, error))?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(|error| as_damage(file, error))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "cache_size", -65536)?;
    // The log may have a hole where the disk failed before the last stop, which nobody sees while the system remembers what it was to
    // write. Folded in, all that can be read is on the disk. Somebody who reads keeps the log from being shortened, which does no harm.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(|error| as_damage(file, error))?;
    plan_once(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found = form_of(&connection)?;
    let steps = usize::try_from(found).unwrap_or(0);
    for (step, sql) in migrations.iter().enumerate().skip(steps) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(form))?;
        transaction.commit()?;
    }
    Ok(connection)
}

/// Opens a database that exists, for reading only.
///
/// # Errors
/// It is missing, damaged, or written by a newer build.
pub fn open_reader(path: &Path, file: &'static str, form: i64) -> Result<Connection, NodeError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| as_damage(file, error))?;
    check_form(&connection, file, form)?;
    // A file that is read and not written is of this form or was never finished.
    let found = form_of(&connection)?;
    if found != form {
        return Err(NodeError::damaged(file, format!("form {found}, expected {form}")));
    }
    connection.pragma_update(None, "query_only", true)?;
    // Whoever only reads leaves the log to whoever writes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "cache_size", -16384)?;
    plan_once(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// One plan for a question, whatever values it is asked with: planning anew for each cost more than the answer.
fn plan_once(connection: &Connection) -> Result<(), NodeError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Folds the write-ahead log into the file, so that its size is what it takes.
///
/// # Errors
/// It cannot be opened or written.
pub fn checkpoint(path: &Path) -> Result<(), NodeError> {
    let connection = Connection::open(path)?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Writes a log once more as it is read: after a sync that failed the system counts as written what never was.
pub fn save_again(log: &Path) -> Result<(), NodeError> {
    use std::io::Write;
    let failed = || NodeError::io(format!("save {}", log.display()));
    let Ok(bytes) = std::fs::read(log) else { return Ok(()) };
    let mut file = std::fs::OpenOptions::new().write(true).open(log).map_err(failed())?;
    file.write_all(&bytes).map_err(failed())?;
    file.sync_all().map_err(failed())
}

fn form_of(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn check_form(connection: &Connection, file: &'static str, known: i64) -> Result<(), NodeError> {
    let found = form_of(connection).map_err(|error| as_damage(file, error))?;
    if found > known {
        Err(NodeError::TooNew { file, found, known })
    } else if found < 0 {
        Err(NodeError::damaged(file, format!("form {found}")))
    } else {
        Ok(())
    }
}

fn as_damage(file: &'static str, error: rusqlite::Error) -> NodeError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            NodeError::damaged(file, error)
        }
        _ => error.into(),
    }
}

/// ledger.db through one connection.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    /// Whether single records are kept here instead of whole blocks.
    pub(crate) light: bool,
    /// Records by their ids.
    ids: Finding,
    /// Subjects by their index keys.
    keys: Finding,
}

impl Store {
    /// Opens the ledger for writing, making the file if need be.
    ///
    /// # Errors
    /// See [`open_database`].
    pub fn open(folder: &Path) -> Result<Self, NodeError> {
        save_again(&folder.join("ledger.db-wal"))?;
        let path = folder.join(LEDGER);
        Self::over(open_database(&path, LEDGER, LEDGER_FORM, LEDGER_MIGRATIONS)?, true)
    }

    fn over(connection: Connection, writes: bool) -> Result<Self, NodeError> {
        let mut store = Self {
            connection,
            light: false,
            ids: Finding::new("records", "recent_records", writes),
            keys: Finding::new("keys", "recent_keys", writes),
        };
        store.light = store.meta(light::TRUSTED)?.is_some();
        Ok(store)
    }

    /// Opens the ledger for reading.
    ///
    /// # Errors
    /// [`NodeError::NoLedger`] when there is none.
    pub fn reader(folder: &Path) -> Result<Self, NodeError> {
        let path = folder.join(LEDGER);
        if !path.exists() {
            return Err(NodeError::NoLedger(folder.to_path_buf()));
        }
        Self::over(open_reader(&path, LEDGER, LEDGER_FORM)?, false)
    }

    /// The log is not folded in when this connection closes: it may have a hole on the disk, and what is folded from behind the hole would be
    /// overwritten with what stands before it.
    pub(crate) fn leave_log(&self) -> Result<(), NodeError> {
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        self.connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(())
    }

    /// Folds the log in, so that the file alone is the ledger.
    pub(crate) fn fold_in(&self) -> Result<(), NodeError> {
        Ok(self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Begins a transaction; [`Store::commit`] or [`Store::roll_back`] ends it.
    pub(crate) fn begin(&self) -> Result<(), NodeError> {
        Ok(self.connection.execute_batch("BEGIN")?)
    }

    /// Whether a transaction is open.
    pub(crate) fn is_within(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// All since [`Store::begin`] is durable; if not, it is forgotten.
    pub(crate) fn commit(&self) -> Result<(), NodeError> {
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            self.roll_back()?;
            return Err(error.into());
        }
        self.ids.committed();
        self.keys.committed();
        Ok(())
    }

    /// Forgets all since [`Store::begin`], if a transaction is open: some failures have ended it already.
    pub(crate) fn roll_back(&self) -> Result<(), NodeError> {
        self.ids.rolled_back();
        self.keys.rolled_back();
        if self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }

    /// A value of `meta`.
    pub(crate) fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, NodeError> {
        // Whoever opens the ledger asks this first: a damaged file is named here.
        let named = |error| as_damage(LEDGER, error);
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")
            .map_err(named)?;
        statement.query_row([key], |row| row.get(0)).optional().map_err(named)
    }

    pub(crate) fn set_meta(&self, key: &str, value: &[u8]) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT INTO meta VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
            .execute(params![key, value])?;
        Ok(())
    }

    /// The genesis document, if the ledger has been founded.
    ///
    /// # Errors
    /// What stands there is not one.
    pub fn genesis(&self) -> Result<Option<Genesis>, NodeError> {
        self.meta("genesis")?
            .map(|bytes| Genesis::parse(&bytes).map_err(|error| NodeError::damaged(LEDGER, error)))
            .transpose()
    }
}

pub(crate) fn hash_column(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    Ok(Hash(row.get(column)?))
}

/// SQLite's integers are signed; ours never reach 2^63.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// And back; what is negative there is damage that `fsck` names, not a reason to stop reading.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
