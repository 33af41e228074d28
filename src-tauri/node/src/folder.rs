//! The data folder of one installation: one lock, so that two programs never write the same ledger.

use crate::error::NodeError;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const LOCK: &str = "lock";
const LEDGER: &str = "ledger.db";

/// A folder that only we write while this value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: Mutex<File>,
}

/// What the lock file says, for people and for a terminal that looks for a running instance.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Holder {
    pid: u32,
    #[serde(default)]
    url: String,
    #[serde(default)]
    token: String,
}

impl DataFolder {
    /// Opens the folder, making it if need be, and takes its lock.
    ///
    /// # Errors
    /// [`NodeError::InUse`] when another process holds it; [`NodeError::Io`] when it cannot be made.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, NodeError> {
        let path = path.into();
        std::fs::create_dir_all(&path).map_err(NodeError::io(format!("make {}", path.display())))?;
        let file = path.join(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            // The file may hold the token of a running instance.
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let lock = options
            .open(&file)
            .map_err(NodeError::io(format!("open {}", file.display())))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = read_holder(&path).map_or(0, |holder| holder.pid);
                return Err(NodeError::InUse { folder: path, pid });
            }
            Err(TryLockError::Error(error)) => return Err(NodeError::io(format!("lock {}", file.display()))(error)),
        }
        let folder = Self {
            path,
            lock: Mutex::new(lock),
        };
        folder.write_holder(&Holder {
            pid: std::process::id(),
            ..Holder::default()
        })?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has a ledger been founded here?
    #[must_use]
    pub fn has_ledger(&self) -> bool {
        self.path.join(LEDGER).exists()
    }

    /// Says where this instance can be asked, for a terminal on the same machine.
    ///
    /// # Errors
    /// The lock file cannot be written.
    pub fn announce(&self, url: &str, token: &str) -> Result<(), NodeError> {
        self.write_holder(&Holder {
            pid: std::process::id(),
            url: url.to_owned(),
            token: token.to_owned(),
        })
    }

    /// The address and token of an instance that uses the folder now and said where it can be asked.
    #[must_use]
    pub fn running(path: &Path) -> Option<(String, String)> {
        let file = OpenOptions::new().read(true).write(true).open(path.join(LOCK)).ok()?;
        if file.try_lock().is_ok() {
            return None; // nobody holds it
        }
        let holder = read_holder(path)?;
        (!holder.url.is_empty()).then_some((holder.url, holder.token))
    }

    fn write_holder(&self, holder: &Holder) -> Result<(), NodeError> {
        let text = serde_json::to_vec(holder).unwrap_or_default();
        let mut file = self.lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(&text))
            .and_then(|()| file.flush())
            .map_err(NodeError::io("write the lock file"))
    }
}

fn read_holder(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    File::open(path.join(LOCK))
        .ok()?
        .take(4096)
        .read_to_string(&mut text)
        .ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes beside, syncs and renames: the old file or the new one stands there, never half of either, whenever the power is lost. Only
/// its owner may read it.
///
/// # Errors
/// It cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let draft = path.with_extension("new");
    let failed = || NodeError::io(format!("write {}", path.display()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&draft).map_err(failed())?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed())?;
    rename(&draft, path)
}

/// Gives a file that is on the disk its name, for good: without the folder's own sync a power loss takes the name back.
///
/// # Errors
/// It cannot be renamed, or the folder not be synced.
pub fn rename(draft: &Path, path: &Path) -> Result<(), NodeError> {
    std::fs::rename(draft, path).map_err(NodeError::io(format!("name {}", path.display())))?;
    // Where folders cannot be opened (Windows) names are saved with the file.
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        folder
            .sync_all()
            .map_err(NodeError::io(format!("save the names beside {}", path.display())))?;
    }
    Ok(())
}
