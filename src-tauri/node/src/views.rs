//! views.db: tables and search, derived from the ledger by a thread of its own, deletable at any time.

mod query;

pub use query::{RowPage, RowQuery};

use crate::error::NodeError;
use crate::node::Committed;
use crate::store::{Store, open_database, open_reader, signed, unsigned};
use ledger::{Hash, Record, Subject, Time};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use systems::State;
use systems::view::Row;

const FILE: &str = "views.db";
const SCHEMA: &str = include_str!("views.sql");
/// Blocks with about this many records are taken in one transaction.
const RECORDS: u64 = 4096;

type Listener = Box<dyn Fn(&Committed) + Send + Sync>;

#[derive(Debug, Default)]
struct Progress {
    /// Newest height of the ledger.
    wanted: u64,
    /// Height that the views show.
    shown: u64,
    stopped: bool,
    /// The thread ended because the views cannot be kept; tables stay as they are and say so by their height.
    failed: bool,
}

/// The views of a ledger.
pub struct Views {
    folder: PathBuf,
    progress: Mutex<Progress>,
    moved: Condvar,
    listeners: RwLock<Vec<Listener>>,
    readers: Mutex<Vec<Connection>>,
}

/// The hash of the code that makes views: of another code's views nothing is kept.
fn code() -> String {
    Hash::of(
        concat!(
            env!("CARGO_PKG_VERSION"),
            include_str!("views.sql"),
            include_str!("views.rs")
        )
        .as_bytes(),
    )
    .to_string()
}

impl Views {
    /// Opens the views, making them anew when they are missing, damaged, of another ledger or of another code.
    pub fn open(folder: &Path) -> Result<Self, NodeError> {
        let ledger = Store::reader(folder)?;
        let network = ledger
            .genesis()?
            .ok_or_else(|| NodeError::NoLedger(folder.to_path_buf()))?
            .network();
        let newest = ledger.newest_block(true)?.map_or(0, |block| block.height);
        let shown = match shown(folder, &network) {
            Some(shown) if shown <= newest => shown,
            _ => {
                make(folder, &network)?;
                0
            }
        };
        Ok(Self {
            folder: folder.to_path_buf(),
            progress: Mutex::new(Progress {
                wanted: newest,
                shown,
                ..Progress::default()
            }),
            moved: Condvar::new(),
            listeners: RwLock::new(Vec::new()),
            readers: Mutex::new(Vec::new()),
        })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a newer block.
    pub fn notice(&self, height: u64) {
        let mut progress = self.progress();
        if height > progress.wanted {
            progress.wanted = height;
            self.moved.notify_all();
        }
    }

    pub fn stop(&self) {
        self.progress().stopped = true;
        self.moved.notify_all();
    }

    pub fn height(&self) -> u64 {
        self.progress().shown
    }

    /// Waits until a height is shown, or never will be.
    pub fn wait_for(&self, height: u64) {
        let mut progress = self.progress();
        while progress.shown < height && !progress.stopped && !progress.failed {
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn listen(&self, listener: Listener) {
        self.listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    /// Follows the ledger until stopped.
    pub fn follow(&self) {
        while let Some((shown, wanted)) = self.next() {
            match self.take(shown, wanted) {
                Ok(committed) => {
                    self.progress().shown = committed.height;
                    self.moved.notify_all();
                    for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
                        listener(&committed);
                    }
                }
                Err(_) => {
                    self.progress().failed = true;
                    self.moved.notify_all();
                    return;
                }
            }
        }
    }

    fn next(&self) -> Option<(u64, u64)> {
        let mut progress = self.progress();
        while progress.shown >= progress.wanted && !progress.stopped {
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        (!progress.stopped).then_some((progress.shown, progress.wanted))
    }

    /// Takes some blocks: each subject they wrote gets its row anew.
    fn take(&self, shown: u64, wanted: u64) -> Result<Committed, NodeError> {
        let ledger = Store::reader(&self.folder)?;
        let mut touched: BTreeMap<Subject, Record> = BTreeMap::new();
        let mut records = 0;
        let mut committed = Committed {
            height: shown,
            time: Time::MIN,
            subjects: Vec::new(),
        };
        while committed.height < wanted && records < RECORDS {
            let height = committed.height + 1;
            let block = ledger
                .block_row(height)?
                .ok_or_else(|| NodeError::Unknown(format!("block {height}")))?;
            for record in ledger.block_records(&block)? {
                touched.extend(
                    record
                        .subjects()
                        .iter()
                        .map(|subject| (subject.clone(), record.clone())),
                );
            }
            records += block.count;
            committed.height = height;
            committed.time = block.time;
        }
        let mut views = open_database(&self.folder.join(FILE), FILE, 1, &[SCHEMA])?;
        views.pragma_update(None, "synchronous", "NORMAL")?; // derived: losing the end of it costs only work
        let transaction = views.transaction()?;
        for (subject, record) in &touched {
            put(&transaction, &ledger, subject, record)?;
        }
        transaction.execute("UPDATE progress SET height = ?1", [signed(committed.height)])?;
        transaction.commit()?;
        committed.subjects = touched.into_keys().collect();
        Ok(committed)
    }

    fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T, NodeError>) -> Result<T, NodeError> {
        let lock = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = lock().pop();
        let reader = reader.map_or_else(|| open_reader(&self.folder.join(FILE), FILE, 1), Ok)?;
        let answer = question(&reader);
        lock().push(reader);
        answer
    }

    /// The row of a subject.
    pub fn row(&self, subject: &Subject) -> Result<Option<Row>, NodeError> {
        self.read(|views| {
            let mut statement = views.prepare_cached("SELECT row FROM rows WHERE subject = ?1")?;
            let text: Option<String> = statement.query_row([subject.as_str()], |row| row.get(0)).optional()?;
            text.map(|text| query::parse(&text)).transpose()
        })
    }

    pub fn rows(&self, query: &RowQuery) -> Result<RowPage, NodeError> {
        self.read(|views| query::page(views, query))
    }

    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<Row>, NodeError> {
        self.read(|views| query::search(views, text, limit))
    }
}

/// The height that the views on disk show, if they are ours to use.
fn shown(folder: &Path, network: &Hash) -> Option<u64> {
    let path = folder.join(FILE);
    if !path.exists() {
        return None;
    }
    let views = open_reader(&path, FILE, 1).ok()?;
    let (height, found_code, found): (i64, String, Vec<u8>) = views
        .query_row("SELECT height, code, network FROM progress", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .ok()?;
    let whole: String = views.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).ok()?;
    (whole == "ok" && found_code == code() && found == network.as_bytes()).then(|| unsigned(height))
}

fn make(folder: &Path, network: &Hash) -> Result<(), NodeError> {
    for name in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
        let path = folder.join(&name);
        if path.exists() {
            std::fs::remove_file(&path).map_err(NodeError::io(format!("remove {name}")))?;
        }
    }
    let views = open_database(&folder.join(FILE), FILE, 1, &[SCHEMA])?;
    views.execute(
        "INSERT INTO progress VALUES(0, ?1, ?2)",
        params![code(), network.as_bytes()],
    )?;
    Ok(())
}

/// Writes the row of a subject as it stands now.
fn put(views: &Connection, ledger: &Store, subject: &Subject, last: &Record) -> Result<(), NodeError> {
    let Some(found) = ledger.subject(subject)? else {
        return Ok(());
    };
    let lookup = |other: &Subject| -> Option<Arc<State>> { ledger.subject(other).ok()?.map(|row| row.entry.state) };
    let row = systems::view::row(subject, &found.entry, last, &lookup);
    let names = [&row.name.en, &row.name.zh, &row.name.de]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    let code = row.code.clone().unwrap_or_default();
    let place = row.place.clone().unwrap_or_default();
    let words = [row.number.as_str(), &names, &code, &place, &row.owner]
        .join(" ")
        .to_lowercase();
    let text = serde_json::to_string(&row).map_err(|error| NodeError::damaged(FILE, error))?;
    views
        .prepare_cached(
            "INSERT INTO rows(subject, type, number, name, status, place, at, due, owner, quantity, code, row, words)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT(subject) DO UPDATE SET number = ?3, name = ?4, status = ?5, place = ?6, at = ?7, due = ?8, owner = ?9,
               quantity = ?10, code = ?11, row = ?12, words = ?13",
        )?
        .execute(params![
            row.subject,
            row.r#type,
            row.number,
            names,
            row.status,
            place,
            row.at,
            row.due.clone().unwrap_or_default(),
            row.owner,
            row.quantity.as_ref().map_or(0, |quantity| quantity.value),
            code,
            text,
            words
        ])?;
    Ok(())
}
