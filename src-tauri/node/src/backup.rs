//! Backup of the ledger, and what it takes to bring it back.

use crate::documents::Documents;
use crate::error::NodeError;
use crate::store::{LEDGER, Store};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files beside the ledger that a backup carries along; votes and what can be derived never are.
const ALONG: [&str; 2] = ["desk.db", "keys.sealed"];

/// Writes a backup folder that does not exist yet, and checks the ledger in it by reading all of it back.
pub fn write(folder: &Path, to: &Path) -> Result<(), NodeError> {
    if to.exists() {
        return Err(NodeError::LedgerExists(to.to_path_buf()));
    }
    // Made beside under another name, so that a backup that was cut short is never taken for one.
    let draft = draft_of(to);
    let _absent = std::fs::remove_dir_all(&draft);
    std::fs::create_dir_all(&draft).map_err(NodeError::io(format!("make {}", draft.display())))?;
    copy_database(&folder.join(LEDGER), &draft.join(LEDGER))?;
    for name in ALONG {
        let from = folder.join(name);
        match name {
            _ if !from.exists() => {}
            "desk.db" => copy_database(&from, &draft.join(name))?,
            _ => drop(std::fs::copy(&from, draft.join(name)).map_err(NodeError::io(format!("copy {name}")))?),
        }
    }
    copy_documents(folder, &draft)?;
    let report = crate::fsck(&draft)?;
    if let Some(fault) = report.faults.iter().find(|fault| fault.file == LEDGER) {
        return Err(NodeError::damaged(
            LEDGER,
            format!("the backup does not read back: {}", fault.what),
        ));
    }
    crate::folder::rename(&draft, to)
}

fn draft_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}

/// Copies the documents that are whole, as they are: sealed. One that is still coming is fetched again.
fn copy_documents(from: &Path, to: &Path) -> Result<(), NodeError> {
    let (from, to) = (Documents::at(from), Documents::at(to));
    for hash in from.list()? {
        // One that is damaged is named by fsck, and no reason to be without a backup of all else.
        if let Ok(Some(bytes)) = from.get(&hash) {
            to.put(&bytes)?;
        }
    }
    Ok(())
}

/// SQLite's own online copy: right even while the ledger is written.
fn copy_database(from: &Path, to: &Path) -> Result<(), NodeError> {
    let source = Connection::open_with_flags(from, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut target = Connection::open(to)?;
    Backup::new(&source, &mut target)?.run_to_completion(1024, Duration::ZERO, None)?;
    target.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// Brings a backup back into a folder that holds no ledger. Votes are never restored: where `votes.db` is still there it decides what may be
/// signed; where it is missing, a person must say that nothing later was signed.
///
/// # Errors
/// [`NodeError::LedgerExists`], [`NodeError::NoLedger`], or the backup is damaged.
pub fn restore(backup: &Path, folder: &Path) -> Result<(), NodeError> {
    if folder.join(LEDGER).exists() {
        return Err(NodeError::LedgerExists(folder.to_path_buf()));
    }
    Store::reader(backup)?;
    let report = crate::fsck(backup)?;
    if let Some(fault) = report.faults.iter().find(|fault| fault.file == LEDGER) {
        return Err(NodeError::damaged(LEDGER, format!("the backup: {}", fault.what)));
    }
    std::fs::create_dir_all(folder).map_err(NodeError::io(format!("make {}", folder.display())))?;
    for name in ALONG {
        if backup.join(name).exists() && !folder.join(name).exists() {
            std::fs::copy(backup.join(name), folder.join(name)).map_err(NodeError::io(format!("copy {name}")))?;
        }
    }
    copy_documents(backup, folder)?;
    // Views of another ledger would mislead; they are derived again.
    let _absent = std::fs::remove_file(folder.join("views.db"));
    // The ledger last and by name: either all of the backup is there, or the folder still holds no ledger.
    let draft = folder.join("ledger.part");
    std::fs::copy(backup.join(LEDGER), &draft).map_err(NodeError::io("copy the ledger"))?;
    std::fs::File::open(&draft)
        .and_then(|file| file.sync_all())
        .map_err(NodeError::io("save the ledger"))?;
    crate::folder::rename(&draft, &folder.join(LEDGER))
}
