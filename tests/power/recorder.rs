//! A file system for SQLite that does everything on real files and writes down what it did. It is the default of the process, so that
//! the node runs over it unchanged. Locks and the index of the write-ahead log are kept in memory: one process uses the files.

use crate::locks::{Locks, WalView};
use crate::log::{Step, Told};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenKind, OpenOptions, Vfs};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Result, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A recording that is being made. Whoever holds the log while acting keeps acts and their order together.
pub struct Log(Mutex<BufWriter<File>>);

impl Log {
    pub fn new(path: &Path) -> Self {
        Self(Mutex::new(BufWriter::new(File::create(path).unwrap())))
    }

    /// Does something and writes down that it was done, if it was.
    pub fn done<T>(&self, step: impl FnOnce() -> Step, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut log = self.0.lock().unwrap();
        let outcome = act()?;
        serde_json::to_writer(&mut *log, &step())?;
        log.write_all(b"\n")?;
        Ok(outcome)
    }

    pub fn told(&self, told: Told) {
        self.done(|| Step::Told(told), || Ok(())).unwrap();
    }

    pub fn finish(&self) {
        self.0.lock().unwrap().flush().unwrap();
    }
}

/// The file system of a folder and what is below it.
pub struct Recorder {
    root: PathBuf,
    log: Arc<Log>,
    /// By name; the number of the file that has it now.
    files: Mutex<BTreeMap<String, Arc<Entry>>>,
    made: AtomicUsize,
    handles: AtomicUsize,
    /// Syncs of the ledger's log until one fails; 0 when none will.
    until_failure: Arc<AtomicUsize>,
}

/// A file, however many have it open.
pub struct Entry {
    pub file: usize,
    pub locks: Locks,
    /// Its name is not on the disk until its first sync: as SQLite does itself, with journals only.
    name_unsaved: AtomicBool,
}

/// A file that is open.
pub struct Handle {
    file: File,
    id: usize,
    entry: Arc<Entry>,
    log: Arc<Log>,
    /// Of the ledger's log only.
    until_failure: Option<Arc<AtomicUsize>>,
}

impl Recorder {
    /// Of a folder and what is below it. When a number is put into `until_failure`, of the following syncs of the ledger's
    /// write-ahead log that one fails, counted from 1.
    pub fn new(root: &Path, log: &Arc<Log>, until_failure: &Arc<AtomicUsize>) -> Self {
        Self {
            root: root.to_path_buf(),
            log: Arc::clone(log),
            files: Mutex::default(),
            made: AtomicUsize::new(0),
            handles: AtomicUsize::new(0),
            until_failure: Arc::clone(until_failure),
        }
    }

    /// Records from now on whatever this process does with databases.
    pub fn install(self) {
        sqlite_vfs::register("recorder", self, true).unwrap();
    }

    fn name(&self, path: &str) -> String {
        let name = Path::new(path).strip_prefix(&self.root);
        name.unwrap_or(Path::new(path)).to_string_lossy().into_owned()
    }

    fn create(&self, path: &str, journal: bool) -> Result<(File, Arc<Entry>)> {
        let entry = Arc::new(Entry {
            file: self.made.fetch_add(1, Ordering::Relaxed),
            locks: Locks::default(),
            name_unsaved: AtomicBool::new(journal),
        });
        let name = self.name(path);
        let step = || Step::Create {
            file: entry.file,
            name: name.clone(),
        };
        let open = || File::options().read(true).write(true).create_new(true).open(path);
        let file = self.log.done(step, open)?;
        self.files.lock().unwrap().insert(name, Arc::clone(&entry));
        Ok((file, entry))
    }

    /// What is on the disk already, as if it had been written and synced now.
    pub fn keep(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let (file, entry) = self.create(&path.to_string_lossy(), true)?;
        let mut handle = Handle {
            file,
            id: self.handles.fetch_add(1, Ordering::Relaxed),
            entry,
            log: Arc::clone(&self.log),
            until_failure: None,
        };
        handle.write_all_at(bytes, 0)?;
        handle.sync(true)
    }
}

impl Vfs for Recorder {
    type Handle = Handle;

    fn open(&self, path: &str, options: OpenOptions) -> Result<Handle> {
        let journal = matches!(
            options.kind,
            OpenKind::MainJournal | OpenKind::SuperJournal | OpenKind::Wal
        );
        let known = self.files.lock().unwrap().get(&self.name(path)).cloned();
        let (file, entry) = match (known, options.access) {
            (Some(entry), OpenAccess::Read) => (File::open(path)?, entry),
            (Some(entry), OpenAccess::Write | OpenAccess::Create) => {
                (File::options().read(true).write(true).open(path)?, entry)
            }
            (None, OpenAccess::Create | OpenAccess::CreateNew) => self.create(path, journal)?,
            (Some(_), OpenAccess::CreateNew) => return Err(ErrorKind::AlreadyExists.into()),
            (None, OpenAccess::Read | OpenAccess::Write) => return Err(ErrorKind::NotFound.into()),
        };
        Ok(Handle {
            until_failure: path.ends_with("ledger.db-wal").then(|| Arc::clone(&self.until_failure)),
            file,
            id: self.handles.fetch_add(1, Ordering::Relaxed),
            entry,
            log: Arc::clone(&self.log),
        })
    }

    fn delete(&self, path: &str) -> Result<()> {
        let name = self.name(path);
        self.files.lock().unwrap().remove(&name);
        self.log.done(|| Step::Remove { name }, || std::fs::remove_file(path))
    }

    fn exists(&self, path: &str) -> Result<bool> {
        Ok(Path::new(path).exists())
    }

    fn temporary_name(&self) -> String {
        let number = self.made.load(Ordering::Relaxed);
        self.root
            .join(format!("temporary-{number}"))
            .to_string_lossy()
            .into_owned()
    }

    fn random(&self, buffer: &mut [i8]) {
        for byte in buffer {
            *byte = i8::from_ne_bytes(node::random().unwrap());
        }
    }

    fn sleep(&self, duration: Duration) -> Duration {
        std::thread::sleep(duration);
        duration
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = WalView;

    fn size(&self) -> Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut read = 0;
        while read < buffer.len() {
            match self.file.read_at(&mut buffer[read..], offset + read as u64)? {
                0 => {
                    buffer[read..].fill(0);
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                more => read += more,
            }
        }
        Ok(())
    }

    fn write_all_at(&mut self, buffer: &[u8], offset: u64) -> Result<()> {
        let (file, bytes) = (self.entry.file, buffer.to_vec());
        let step = || Step::Write {
            file,
            at: offset,
            bytes,
        };
        self.log.done(step, || self.file.write_all_at(buffer, offset))
    }

    /// Nothing is synced in truth: the recording is what is asked afterwards.
    fn sync(&mut self, _data_only: bool) -> Result<()> {
        let file = self.entry.file;
        let left = self
            .until_failure
            .as_ref()
            .map_or(0, |left| left.load(Ordering::Relaxed));
        if let Some(until_failure) = self.until_failure.as_ref().filter(|_| left > 0) {
            until_failure.store(left - 1, Ordering::Relaxed);
        }
        if left == 1 {
            self.log.done(|| Step::Failed { file }, || Ok(()))?;
            return Err(Error::other("the disk did not take it"));
        }
        self.log.done(|| Step::Sync { file }, || Ok(()))?;
        if self.entry.name_unsaved.swap(false, Ordering::Relaxed) {
            self.log.done(|| Step::SyncNames { file }, || Ok(()))?;
        }
        Ok(())
    }

    fn set_len(&mut self, size: u64) -> Result<()> {
        let file = self.entry.file;
        self.log
            .done(|| Step::Length { file, to: size }, || self.file.set_len(size))
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool> {
        Ok(self.entry.locks.lock(self.id, lock))
    }

    fn unlock(&mut self, lock: LockKind) -> Result<bool> {
        self.entry.locks.unlock(self.id, lock);
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool> {
        Ok(self.entry.locks.is_reserved())
    }

    fn current_lock(&self) -> Result<LockKind> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    fn wal_index(&self, _readonly: bool) -> Result<WalView> {
        Ok(WalView::new(self.id, Arc::clone(&self.entry)))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.entry.locks.unlock(self.id, LockKind::None);
    }
}
