//! `sealroad fsck | network id | backup | restore`: looking after a ledger.

use super::door::{self, Door};
use super::{Desk, print_json};
use crate::error::UserError;
use crate::terminal::output::{answer, aside};
use crate::{sample, storage};
use node::DataFolder;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where a firm that was founded from the terminal has its passphrase (see `door`).
const KEPT: &str = "terminal-passphrase";
/// What one says about a file that is damaged or missing.
const FILES: [(&str, &str); 6] = [
    ("ledger.db", "terminal.fsck-do.ledger.db"),
    ("votes.db", "terminal.fsck-do.votes.db"),
    ("keys.sealed", "terminal.fsck-do.keys.sealed"),
    ("desk.db", "terminal.fsck-do.desk.db"),
    ("views.db", "terminal.fsck-do.views.db"),
    ("documents", "terminal.fsck-do.documents"),
];

/// Checks everything stored, whatever of it is damaged or missing.
pub(super) fn fsck(desk: &Desk, json: bool) -> Result<u8, UserError> {
    let folder = desk.folder()?;
    let report = if DataFolder::running(&folder).is_some() {
        Door::open(desk)?.call::<Value>(json!({ "call": "fsck" }))
    } else {
        fsck_closed(desk, &folder)
    };
    let report = report.map_err(|error| match error.code.as_str() {
        "first-run" => no_ledger(&folder),
        _ => error,
    })?;
    let clean = report.get("clean").and_then(Value::as_bool).unwrap_or(false);
    if json {
        print_json(&report)?;
    } else {
        tell(desk, &report, clean);
    }
    Ok(u8::from(!clean))
}

fn no_ledger(folder: &Path) -> UserError {
    UserError::new("node.no-ledger").with("folder", folder.display())
}

fn fsck_closed(desk: &Desk, folder: &Path) -> Result<Value, UserError> {
    let place = storage::ledger_in(folder).ok_or_else(|| no_ledger(folder))?;
    let passphrase = if place == folder {
        let kept = || std::fs::read_to_string(folder.join(KEPT)).ok();
        door::given(desk)?.or_else(kept)
    } else {
        Some(sample::PASSPHRASE.to_owned())
    };
    let passphrase = passphrase.as_deref().map(str::trim);
    let report = if is_read_only(&place) {
        let copy = Copy::of(desk, &place)?;
        storage::fsck_closed(&copy.0, passphrase)
    } else {
        // Nobody writes meanwhile.
        let _lock = DataFolder::open(folder)?;
        storage::fsck_closed(&place, passphrase)
    };
    serde_json::to_value(report?).map_err(|error| UserError::new("bad-reply").with("what", error))
}

/// The way to a ledger that exists. Nothing is made where there is none; one that cannot be written is read from a copy.
pub(super) fn door(desk: &Desk) -> Result<(Door, Option<Copy>), UserError> {
    let folder = desk.folder()?;
    exists(&folder)?;
    if !is_read_only(&folder) {
        return Ok((Door::open(desk)?, None));
    }
    let copy = Copy::of(desk, &folder)?;
    let data = Some(copy.0.clone());
    let there = Desk {
        language: desk.language,
        data,
        passphrase_file: desk.passphrase_file.clone(),
    };
    Ok((Door::open(&there)?, Some(copy)))
}

fn exists(folder: &Path) -> Result<(), UserError> {
    let place = storage::ledger_in(folder).ok_or_else(|| no_ledger(folder))?;
    if place.join("ledger.db").exists() {
        Ok(())
    } else {
        Err(UserError::new("ledger-missing").with("folder", place.display()))
    }
}

/// Whether nothing can be written in a folder, so that nobody can change it either.
fn is_read_only(folder: &Path) -> bool {
    let lock = folder.join("lock");
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(lock);
    opened.is_err_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
        )
    })
}

/// A copy of a data folder that cannot be written, for this user alone, until it is dropped.
pub(super) struct Copy(PathBuf);

impl Copy {
    fn of(desk: &Desk, folder: &Path) -> Result<Self, UserError> {
        let name = format!("sealroad-{}", hex::encode(node::random::<8>()?));
        let copy = Self(std::env::temp_dir().join(name));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&copy.0)
            .map_err(|error| UserError::file(&copy.0, &error))?;
        aside!(
            "{}",
            desk.say("terminal.read-only", &[("folder", &folder.display().to_string())])
        );
        copy_all(folder, &copy.0)?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Left over in the folder for temporary files, it is the system's to remove.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

/// Copies what a ledger is read from.
fn copy_all(from: &Path, to: &Path) -> Result<(), UserError> {
    let failed = |error: std::io::Error| UserError::file(from, &error);
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (name, path) = (entry.file_name(), entry.path());
        if ["lock", "backups", KEPT].iter().any(|other| name == *other) {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            std::fs::create_dir(&target).map_err(|error| UserError::file(&target, &error))?;
            copy_all(&path, &target)?;
        } else {
            let bytes = std::fs::File::open(&path).map_err(|error| UserError::file(&path, &error))?;
            let copied = std::fs::File::create(&target).and_then(|mut file| std::io::copy(&mut &bytes, &mut file));
            copied.map_err(|error| UserError::file(&target, &error))?;
        }
    }
    Ok(())
}

fn tell(desk: &Desk, report: &Value, clean: bool) {
    let text = |value: &Value, name: &str| match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let height = text(report, "height");
    let code = if clean {
        "terminal.fsck-clean"
    } else {
        "terminal.fsck-faults"
    };
    answer!(
        "{}",
        desk.say(code, &[("height", &height), ("root", &text(report, "root"))])
    );
    for fault in report.get("faults").and_then(Value::as_array).into_iter().flatten() {
        answer!(
            "  {} {} {} {}",
            text(fault, "file"),
            text(fault, "height"),
            text(fault, "record"),
            text(fault, "what")
        );
    }
    for (file, what_to_do) in FILES {
        let is_of = |fault: &Value| fault.get("file").and_then(Value::as_str) == Some(file);
        if report
            .get("faults")
            .and_then(Value::as_array)
            .is_some_and(|faults| faults.iter().any(is_of))
        {
            answer!("{}", desk.say(what_to_do, &[]));
        }
    }
}

/// Prints the network's id.
pub(super) fn network_id(desk: &Desk) -> Result<u8, UserError> {
    let (door, _copy) = door(desk)?;
    door.readable()?;
    let session: Value = door.call(json!({ "call": "session" }))?;
    let id = session
        .pointer("/network/network")
        .and_then(Value::as_str)
        .ok_or_else(|| UserError::new("first-run"))?;
    answer!("{id}");
    Ok(0)
}

/// Writes a backup.
pub(super) fn backup(desk: &Desk, out: Option<&Path>) -> Result<u8, UserError> {
    exists(&desk.folder()?)?;
    let door = Door::open(desk)?;
    door.readable()?;
    let made: Value = door.call(json!({ "call": "backup" }))?;
    let path = made
        .get("path")
        .and_then(Value::as_str)
        .ok_or_else(|| UserError::new("bad-reply"))?;
    let path = match out {
        Some(out) => {
            move_folder(Path::new(path), out)?;
            out.display().to_string()
        }
        None => path.to_owned(),
    };
    answer!("{}", desk.say("terminal.backup-written", &[("path", &path)]));
    Ok(0)
}

/// Moves a folder of files; across disks by copying.
fn move_folder(from: &Path, to: &Path) -> Result<(), UserError> {
    if std::fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let failed = |error: std::io::Error| UserError::file(to, &error);
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(failed)?;
    }
    std::fs::remove_dir_all(from).map_err(failed)
}

/// Puts a backup into a folder without a ledger. With the person's word that nothing later was signed it confirms again.
pub(super) fn restore(desk: &Desk, file: &Path, nothing_later: bool) -> Result<u8, UserError> {
    let folder = desk.folder()?;
    node::restore(file, &folder)?;
    if nothing_later {
        let door = Door::open(desk)?;
        door.ready(desk, false)?;
        door.call::<Value>(json!({ "call": "confirm-votes-lost" }))?;
    }
    answer!(
        "{}",
        desk.say("terminal.restored", &[("folder", &folder.display().to_string())])
    );
    Ok(0)
}
