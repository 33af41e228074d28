//! Backups, the check of everything stored, and what the support desk asks.

use crate::App;
use crate::Stage;
use crate::call::{About, Fault, FileMade, Fsck};
use crate::error::UserError;
use crate::sample;
use crate::session::{self, small};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

const BACKUPS: &str = "backups";
/// Largest size a JSON number holds exactly: 2^53 − 1.
const EXACT: u64 = 9_007_199_254_740_991;

/// Writes a backup into `backups` in the data folder; the node reads it back before it says that it is good.
pub(crate) fn backup(app: &App) -> Result<FileMade, UserError> {
    let firm = app.firm()?;
    let folder = app.folder.path().join(BACKUPS);
    std::fs::create_dir_all(&folder).map_err(|error| UserError::file(&folder, &error))?;
    let stamp: String = firm
        .clock
        .now()
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let kind = if firm.is_sample() { "sample" } else { "ledger" };
    let name = format!("{kind}-{stamp}.sealroad-backup");
    let path = folder.join(&name);
    firm.node.backup(&path)?;
    let data = std::fs::metadata(&path).map_err(|error| UserError::file(&path, &error))?;
    let size = if data.is_dir() {
        entries(&path)?.iter().map(|(_, data)| data.len()).sum()
    } else {
        data.len()
    };
    Ok(FileMade {
        name,
        content: String::new(),
        path: Some(path.display().to_string()),
        size: small(size),
    })
}

/// Checks everything stored.
pub(crate) fn fsck(app: &App) -> Result<Fsck, UserError> {
    let firm = app.firm()?;
    let (folder, passphrase) = match firm.sample_path() {
        Some(folder) => (folder, Some(sample::PASSPHRASE)),
        None => (app.folder.path(), None),
    };
    Ok(report(firm.node.fsck()?, node::fsck_keys(folder, passphrase)))
}

/// Checks everything stored in the folder of a ledger that is not open.
pub(crate) fn fsck_closed(folder: &Path, passphrase: Option<&str>) -> Result<Fsck, UserError> {
    Ok(report(node::fsck(folder)?, node::fsck_keys(folder, passphrase)))
}

/// The folder of the ledger in a data folder: itself, else the sample's in it. One that only traces of a ledger are left in counts.
pub(crate) fn ledger_in(data: &Path) -> Option<PathBuf> {
    let holds = |folder: &PathBuf, names: &[&str]| names.iter().any(|name| folder.join(name).exists());
    let (own, sample) = (data.to_path_buf(), data.join(session::SAMPLE));
    let folders = [own.clone(), sample.clone(), own, sample];
    let traces: &[&str] = &["votes.db", "views.db", "keys.sealed"];
    let names: [&[&str]; 4] = [&["ledger.db"], &["ledger.db"], traces, traces];
    let found = folders
        .into_iter()
        .zip(names)
        .find(|(folder, names)| holds(folder, names));
    found.map(|(folder, _)| folder)
}

/// As the calls and `sealroad fsck --json` give it.
fn report(checked: node::Fsck, beside: Vec<node::Fault>) -> Fsck {
    let fault = |fault: node::Fault| Fault {
        file: fault.file.to_owned(),
        height: fault.height.map(small),
        record: fault.record.map(|record| record.to_string()),
        what: fault.what,
    };
    Fsck {
        clean: checked.clean && beside.is_empty(),
        height: small(checked.height),
        root: checked.root.to_string(),
        faults: checked.faults.into_iter().chain(beside).map(fault).collect(),
    }
}

/// Version, folder and sizes.
pub(crate) fn about(app: &App) -> Result<About, UserError> {
    let mut folder = app.folder.path().to_path_buf();
    if let Stage::Ready(firm) = &*app.stage.read().unwrap_or_else(PoisonError::into_inner) {
        folder = firm.sample_path().map_or(folder, Path::to_path_buf);
    }
    let mut sizes = BTreeMap::new();
    for (name, data) in entries(&folder)?.into_iter().filter(|(_, data)| data.is_file()) {
        // A file size beyond 2^53 is not met on a disk.
        #[expect(clippy::cast_precision_loss, reason = "cut to what a JSON number holds exactly")]
        sizes.insert(name, data.len().min(EXACT) as f64);
    }
    let backups = app.folder.path().join(BACKUPS);
    let last_backup = if backups.exists() {
        entries(&backups)?
            .into_iter()
            .filter_map(|(_, data)| changed(&data))
            .max()
    } else {
        None
    };
    Ok(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        folder: app.folder.path().display().to_string(),
        sizes,
        last_backup,
    })
}

fn entries(folder: &Path) -> Result<Vec<(String, Metadata)>, UserError> {
    let failed = |error: std::io::Error| UserError::file(folder, &error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((
            entry.file_name().to_string_lossy().into_owned(),
            entry.metadata().map_err(failed)?,
        ));
    }
    Ok(entries)
}

fn changed(data: &Metadata) -> Option<String> {
    data.modified()
        .ok()
        .map(|time| chrono::DateTime::<chrono::Utc>::from(time).to_rfc3339())
}
