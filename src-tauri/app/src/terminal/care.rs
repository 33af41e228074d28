//! `sealroad fsck | network id | backup | restore`: looking after a ledger.

use super::door::Door;
use super::{Desk, print_json};
use crate::error::UserError;
use crate::storage;
use crate::terminal::output::answer;
use serde_json::{Value, json};
use std::path::Path;

/// Checks everything stored. A damaged ledger that does not open is checked all the same.
pub(super) fn fsck(desk: &Desk, json: bool) -> Result<u8, UserError> {
    let folder = desk.folder()?;
    let report = match Door::open(desk) {
        Ok(door) => match door.call::<Value>(json!({ "call": "fsck" })) {
            Ok(report) => report,
            Err(error) if error.code == "first-run" => {
                return Err(UserError::new("node.no-ledger").with("folder", folder.display()));
            }
            Err(error) => return Err(error),
        },
        Err(error) if error.code == "node.in-use" => return Err(error),
        Err(_) => {
            let report = storage::report(node::fsck(&folder)?);
            serde_json::to_value(report).map_err(|error| UserError::new("bad-reply").with("what", error))?
        }
    };
    let clean = report.get("clean").and_then(Value::as_bool).unwrap_or(false);
    if json {
        print_json(&report)?;
    } else {
        tell(desk, &report, clean);
    }
    Ok(u8::from(!clean))
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
}

/// Prints the network's id.
pub(super) fn network_id(desk: &Desk) -> Result<u8, UserError> {
    let door = Door::open(desk)?;
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
