//! Files that take each other's place: the new ledger beside the damaged one, and the damaged one aside.

use crate::error::NodeError;
use crate::store::LEDGER;
use std::path::{Path, PathBuf};

/// Folder in which a ledger is made anew.
const DRAFT: &str = "repair.part";
/// Folder in which damaged files lie until a repair is proven.
const ASIDE: &str = "damaged";
/// What SQLite keeps beside a database.
const LOGS: [&str; 2] = ["-wal", "-shm"];

/// Removes what SQLite keeps beside a database.
pub fn remove_logs(folder: &Path, name: &str) -> Result<(), NodeError> {
    for log in LOGS {
        remove(&folder.join(format!("{name}{log}")))?;
    }
    Ok(())
}

/// Removes a database.
pub fn remove_database(folder: &Path, name: &str) -> Result<(), NodeError> {
    remove(&folder.join(name))?;
    remove_logs(folder, name)
}

fn remove(path: &Path) -> Result<(), NodeError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(NodeError::io(format!("remove {}", path.display()))(error))
        }
        _ => Ok(()),
    }
}

fn save(path: &Path) -> Result<(), NodeError> {
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(NodeError::io(format!("save {}", path.display())))
}

/// A ledger that is being made; gone with this value unless it has taken its place.
pub struct Draft(PathBuf);

impl Draft {
    pub fn make(folder: &Path) -> Result<Self, NodeError> {
        let path = folder.join(DRAFT);
        let draft = Self(path);
        draft.clear();
        std::fs::create_dir_all(&draft.0).map_err(NodeError::io(format!("make {}", draft.0.display())))?;
        Ok(draft)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    fn clear(&self) {
        // Left over it takes room and is removed by the next repair.
        let _left = std::fs::remove_dir_all(&self.0);
    }

    /// Checks all of it.
    pub fn proven(&self) -> Result<(), NodeError> {
        let report = crate::fsck(&self.0)?;
        match report.faults.into_iter().find(|fault| fault.file == LEDGER) {
            Some(fault) => Err(NodeError::damaged(
                LEDGER,
                format!("what was made anew does not read back: {}", fault.what),
            )),
            None => Ok(()),
        }
    }

    /// Puts it in the place of the damaged one, of which a copy lies aside by then.
    pub fn replace(&self, folder: &Path, aside: &Aside) -> Result<(), NodeError> {
        aside.keep(folder, LEDGER)?;
        let made = self.0.join(LEDGER);
        save(&made)?;
        // A log of the damaged file would be read as one of the new file.
        remove_logs(folder, LEDGER)?;
        crate::folder::rename(&made, &folder.join(LEDGER))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Where damaged files lie.
pub struct Aside(PathBuf);

impl Aside {
    /// A folder of that name, or the first with a number that is not there yet: what an earlier repair left is never overwritten.
    pub fn of(folder: &Path) -> Self {
        let named = (2..).map(|number: u32| folder.join(format!("{ASIDE}-{number}")));
        let mut names = std::iter::once(folder.join(ASIDE)).chain(named);
        Self(names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(ASIDE)))
    }

    /// Keeps a database with its logs: the same files under another name where the disk can do that, else copies.
    pub fn keep(&self, folder: &Path, name: &str) -> Result<(), NodeError> {
        std::fs::create_dir_all(&self.0).map_err(NodeError::io(format!("make {}", self.0.display())))?;
        for part in ["", LOGS[0], LOGS[1]] {
            let name = format!("{name}{part}");
            let (from, to) = (folder.join(&name), self.0.join(&name));
            if !from.exists() || std::fs::hard_link(&from, &to).is_ok() {
                continue;
            }
            std::fs::copy(&from, &to).map_err(NodeError::io(format!("copy {name}")))?;
            save(&to)?;
        }
        Ok(())
    }

    /// Removes it when the repair is proven. → where it still lies.
    pub fn settle(self, proven: bool) -> Result<Option<PathBuf>, NodeError> {
        if !self.0.exists() {
            return Ok(None);
        }
        if !proven {
            return Ok(Some(self.0));
        }
        std::fs::remove_dir_all(&self.0).map_err(NodeError::io(format!("remove {}", self.0.display())))?;
        Ok(None)
    }
}
