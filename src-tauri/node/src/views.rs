//! views.db: tables and search, derived from the ledger by a thread of its own, deletable at any time.

mod query;
mod rows;
mod short;

pub use query::{RowPage, RowQuery};

use crate::error::NodeError;
use crate::execute::Fresh;
use crate::node::Committed;
use crate::store::{Store, open_database, open_reader, signed, unsigned};
use ledger::{Hash, Record, Subject, Time};
use rows::{Rows, TouchedSubjects};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use systems::view::{Row, is_marking};

const FILE: &str = "views.db";
/// Stands beside a views.db that could not be read.
const DAMAGED: &str = "views.damaged";
const SCHEMA: &str = include_str!("views.sql");
/// Of blocks that must be read again about this many records are taken in one transaction.
const RECORDS: u64 = 4096;
/// After a step of more subjects than this many …
const FLOOD: usize = 256;
/// … the next is put off so long, unless somebody waits: many blocks taken together write each page of the tables once.
const PAUSE: Duration = Duration::from_millis(250);
/// Of at most this many blocks it is kept in memory what they changed; more are read again.
const WAITING: usize = 16;

/// So many subjects of a light node's answers are taken in one transaction; one answer brings fewer.
const BROUGHT: u32 = 2_048;

type Listener = Box<dyn Fn(&Committed) + Send + Sync>;

#[derive(Default)]
struct Progress {
    /// Newest height of the ledger.
    wanted: u64,
    /// What blocks above `shown` changed, in order, as far as it is known.
    waiting: VecDeque<Fresh>,
    /// Height that the views show.
    shown: u64,
    stopped: bool,
    /// How many wait for a height.
    waiters: usize,
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
pub fn code() -> String {
    Hash::of(
        concat!(
            env!("CARGO_PKG_VERSION"),
            include_str!("views.sql"),
            include_str!("views.rs"),
            include_str!("views/rows.rs"),
            include_str!("views/short.rs")
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
        // A light node counts answers that brought records: blocks it has none.
        let newest = match ledger.light {
            true => ledger.step()?,
            false => ledger.newest_block(true)?.map_or(0, |block| block.height),
        };
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

    /// There is a newer block; `fresh` says what the newest changed, in order, as far as it is known.
    pub fn notice(&self, height: u64, fresh: impl Iterator<Item = Fresh>) {
        let mut progress = self.progress();
        for block in fresh {
            // What does not fit is read from the ledger: a gap is seen by the height.
            if progress.waiting.len() < WAITING {
                progress.waiting.push_back(block);
            }
        }
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
        progress.waiters += 1;
        self.moved.notify_all();
        while progress.shown < height && !progress.stopped && !progress.failed {
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        progress.waiters -= 1;
    }

    pub fn listen(&self, listener: Listener) {
        self.listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    /// Follows the ledger until stopped.
    pub fn follow(&self) {
        let mut files = None;
        let mut flooded = false;
        while let Some(step) = self.next(flooded) {
            match self.take(&mut files, step) {
                Ok(committed) => {
                    flooded = committed.subjects.len() > FLOOD;
                    self.progress().shown = committed.height;
                    self.moved.notify_all();
                    for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
                        listener(&committed);
                    }
                }
                Err(_) => {
                    self.distrust();
                    self.progress().failed = true;
                    self.moved.notify_all();
                    return;
                }
            }
        }
    }

    /// Waits for something to do; after a flood, until there is more of it.
    fn next(&self, flooded: bool) -> Option<Step> {
        let mut progress = self.progress();
        if flooded {
            let unhurried = |progress: &mut Progress| {
                !(progress.stopped || progress.waiters > 0 || progress.waiting.len() >= WAITING / 2)
            };
            let paused = self.moved.wait_timeout_while(progress, PAUSE, unhurried);
            progress = paused.unwrap_or_else(PoisonError::into_inner).0;
        }
        while progress.shown >= progress.wanted && !progress.stopped {
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        let (shown, wanted) = (progress.shown, progress.wanted);
        let mut next = shown + 1;
        let mut fresh = Vec::new();
        while progress.waiting.front().is_some_and(|block| block.height <= next) {
            let block = progress.waiting.pop_front().filter(|block| block.height == next);
            next += u64::from(block.is_some());
            fresh.extend(block);
        }
        (!progress.stopped).then_some(Step { shown, wanted, fresh })
    }

    /// Takes some blocks: each subject they wrote gets its row anew.
    fn take(&self, files: &mut Option<Files>, step: Step) -> Result<Committed, NodeError> {
        let files = match files {
            Some(files) => files,
            None => files.insert(Files::open(&self.folder)?),
        };
        let Gathered {
            height,
            time,
            touched,
            marking,
        } = match step.fresh.is_empty() {
            false => gather(step.fresh, step.shown),
            true if files.ledger.light => read_brought(&files.ledger, step.shown)?,
            true => read_blocks(&files.ledger, step.shown, step.wanted)?,
        };
        let transaction = files.views.transaction()?;
        let rows = Rows::new(&transaction, &files.ledger);
        // First what was packed: where lots are is told by it.
        rows.pack(&marking)?;
        rows.write(&touched)?;
        transaction.execute("UPDATE progress SET height = ?1", [signed(height)])?;
        transaction.commit()?;
        Ok(Committed {
            height,
            time,
            subjects: touched.into_keys().collect(),
        })
    }

    /// Looking through all of the file at every start would take seconds; a file that once could not be read is made anew at the next.
    fn distrust(&self) {
        // Where not even this can be written, the next question says so again.
        let _marked = std::fs::write(self.folder.join(DAMAGED), b"");
    }

    fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T, NodeError>) -> Result<T, NodeError> {
        let lock = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = lock().pop();
        let reader = reader.map_or_else(|| open_reader(&self.folder.join(FILE), FILE, 1), Ok)?;
        let answer = question(&reader);
        if let Err(NodeError::Damaged { .. } | NodeError::Database(_)) = &answer {
            self.distrust();
        }
        lock().push(reader);
        answer
    }

    /// The row of a subject.
    pub fn row(&self, subject: &Subject) -> Result<Option<Row>, NodeError> {
        self.read(|views| query::one(views, subject.as_str()))
    }

    pub fn rows(&self, query: &RowQuery) -> Result<RowPage, NodeError> {
        self.read(|views| query::page(views, query))
    }

    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<Row>, NodeError> {
        self.read(|views| query::search(views, text, limit))
    }
}

/// What is to be done next.
struct Step {
    shown: u64,
    wanted: u64,
    /// The blocks right after `shown`, as far as they are known.
    fresh: Vec<Fresh>,
}

/// What is read and written while following.
struct Files {
    ledger: Store,
    views: Connection,
}

impl Files {
    fn open(folder: &Path) -> Result<Self, NodeError> {
        let views = open_database(&folder.join(FILE), FILE, 1, &[SCHEMA])?;
        views.pragma_update(None, "synchronous", "NORMAL")?; // derived: losing the end of it costs only work
        views.pragma_update(None, "cache_size", -16384)?;
        // As many pieces of the index as may be before they are merged: each merge writes them anew.
        views.execute("INSERT INTO search(search, rank) VALUES('automerge', 16)", [])?;
        Ok(Self {
            ledger: Store::reader(folder)?,
            views,
        })
    }
}

/// What some blocks changed.
struct Gathered {
    /// Height and time of the last of them.
    height: u64,
    time: Time,
    touched: TouchedSubjects,
    /// Records that put marks on packages.
    marking: Vec<Record>,
}

/// Of blocks right after `shown`.
fn gather(fresh: Vec<Fresh>, shown: u64) -> Gathered {
    let mut gathered = Gathered {
        height: shown,
        time: Time::MIN,
        touched: BTreeMap::new(),
        marking: Vec::new(),
    };
    for block in fresh {
        (gathered.height, gathered.time) = (block.height, block.time);
        let touched = block.touched.into_iter();
        let touched = touched.map(|touched| (touched.subject, (Some(touched.entry), touched.last)));
        gathered.touched.extend(touched);
        gathered.marking.extend(block.marking);
    }
    gathered
}

/// Of some blocks above `shown`, read from the ledger.
fn read_blocks(ledger: &Store, shown: u64, wanted: u64) -> Result<Gathered, NodeError> {
    let mut gathered = gather(Vec::new(), shown);
    let mut records = 0;
    while gathered.height < wanted && records < RECORDS {
        gathered.height += 1;
        let height = gathered.height;
        let block = ledger
            .block_row(height)?
            .ok_or_else(|| NodeError::Unknown(format!("block {height}")))?;
        for record in ledger.block_records(&block)? {
            for subject in record.subjects() {
                gathered.touched.insert(subject.clone(), (None, record.clone()));
            }
            gathered.marking.extend(is_marking(&record).then_some(record));
        }
        records += block.count;
        gathered.time = block.time;
    }
    Ok(gathered)
}

/// Of a light node's answers after `shown`, read from the ledger.
fn read_brought(ledger: &Store, shown: u64) -> Result<Gathered, NodeError> {
    let mut gathered = gather(Vec::new(), shown);
    let brought = ledger.brought_after(shown, BROUGHT)?;
    // The last answer may go on in the next page, unless there is no next.
    let whole = u32::try_from(brought.len()).is_ok_and(|count| count < BROUGHT);
    let last = brought.last().map_or(shown, |(_, step)| *step);
    for (subject, step) in brought {
        if step == last && !whole && gathered.height > shown {
            break;
        }
        gathered.height = step;
        let Some(row) = ledger.subject(&subject)? else { continue };
        let mut newest = None;
        for number in ledger.touches(row.number, 0, u32::MAX)? {
            let stored = ledger.stored(number)?;
            gathered.time = gathered.time.max(stored.time);
            gathered
                .marking
                .extend(is_marking(&stored.record).then(|| stored.record.clone()));
            newest = Some(stored.record);
        }
        if let Some(record) = newest {
            gathered.touched.insert(subject, (Some(row.entry), record));
        }
    }
    Ok(gathered)
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
    (!folder.join(DAMAGED).exists() && found_code == code() && found == network.as_bytes()).then(|| unsigned(height))
}

fn make(folder: &Path, network: &Hash) -> Result<(), NodeError> {
    for name in [
        FILE.to_owned(),
        format!("{FILE}-wal"),
        format!("{FILE}-shm"),
        DAMAGED.to_owned(),
    ] {
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
