//! `sealroad import | export`: files in, files out.

use super::door::Door;
use super::{Desk, Temporary, print_json, read, write};
use crate::error::UserError;
use crate::terminal::output::{answer, aside};
use crate::{settings, storage};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// How often a running import is asked how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// `sealroad import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    /// What it holds.
    #[arg(long = "as", value_parser = ["epcis", "shipments", "products"])]
    kind: String,
    /// Which column means what: {"columns":{header:field},"defaults":{field:value}}.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Sign nothing, only report.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `sealroad export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// What about.
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Or one record.
    #[arg(long, value_name = "ID", conflicts_with = "subject")]
    record: Option<String>,
    /// The form; without it evidence. The anchor is of the whole network and needs neither subject nor record.
    #[arg(long = "as", value_parser = ["evidence", "epcis", "vc", "anchor"])]
    kind: Option<String>,
    /// The network's anchor instead.
    #[arg(long, conflicts_with_all = ["subject", "record"])]
    anchor: bool,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Imports a file. A rehearsal where there is no ledger yet has one of its own for as long as it takes, and founds none.
pub(super) fn import(desk: &Desk, import: &Import) -> Result<u8, UserError> {
    if !import.dry_run || storage::ledger_in(&desk.folder()?).is_some() {
        return take(desk, import, true);
    }
    let temporary = Temporary::make()?;
    let elsewhere = Desk {
        language: desk.language,
        data: Some(temporary.0.clone()),
        passphrase_file: None,
    };
    take(&elsewhere, import, false)
}

fn take(desk: &Desk, import: &Import, stays: bool) -> Result<u8, UserError> {
    let bytes = read(&import.file)?;
    let mapping: Option<Value> = match &import.mapping {
        Some(path) => {
            let bad = |error: serde_json::Error| UserError::new("import.bad-mapping").with("what", error);
            Some(serde_json::from_slice(&read(path)?).map_err(bad)?)
        }
        None => None,
    };
    let door = Door::open(desk)?;
    if door.ready(desk, true)? && stays {
        let folder = desk.folder()?.display().to_string();
        aside!("{}", desk.say("terminal.founded", &[("folder", &folder)]));
    }
    let name = import
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let preview: Value = door.call(json!({
        "call": "import-preview",
        "name": name,
        "file": settings::encode(&bytes),
        "as": import.kind,
        "mapping": mapping,
    }))?;
    let mut report = preview.get("report").cloned().unwrap_or_default();
    if !import.dry_run {
        let id = preview.get("import").and_then(Value::as_str).unwrap_or_default();
        report = run(&door, id)?;
    }
    if import.json {
        print_json(&report)?;
    } else {
        tell(desk, &report);
    }
    if !import.dry_run {
        confirmed(&door)?;
    }
    let refused = report.get("refused").and_then(Value::as_array).map_or(0, Vec::len);
    let accepted = report.get("accepted").and_then(Value::as_u64).unwrap_or_default();
    Ok(match (refused, accepted) {
        (0, _) => 0,
        (_, 0) if document_unreadable(&report) => 2,
        _ => 1,
    })
}

/// What was signed is in the ledger too: where the ledger takes nothing it waits in the outbox, and that is an error.
fn confirmed(door: &Door) -> Result<(), UserError> {
    let session: Value = door.call(json!({ "call": "session" }))?;
    match session.get("halted").and_then(Value::as_str) {
        Some(halt) => Err(UserError::new("import.unconfirmed").with("halt", halt)),
        None => Ok(()),
    }
}

/// The file itself is at fault, not its rows.
fn document_unreadable(report: &Value) -> bool {
    let refused = report.get("refused").and_then(Value::as_array);
    refused.is_some_and(|list| {
        list.iter()
            .all(|problem| problem.get("row").and_then(Value::as_u64) == Some(0))
    })
}

fn run(door: &Door, id: &str) -> Result<Value, UserError> {
    door.call::<Value>(json!({ "call": "import-start", "import": id, "mapping": null, "mended": [] }))?;
    loop {
        let progress: Value = door.call(json!({ "call": "import-progress", "import": id }))?;
        match progress.get("state").and_then(Value::as_str) {
            Some("running") => std::thread::sleep(LOOK),
            Some("failed") => {
                let error = progress.get("error").cloned().unwrap_or_default();
                return Err(serde_json::from_value(error).unwrap_or_else(|_| UserError::new("import.failed")));
            }
            _ => return Ok(progress.get("report").cloned().unwrap_or_default()),
        }
    }
}

fn tell(desk: &Desk, report: &Value) {
    let number = |name: &str| report.get(name).map(ToString::to_string).unwrap_or_default();
    if let Some(when) = report.get("already_imported").and_then(Value::as_str) {
        answer!("{}", desk.say("terminal.already-imported", &[("time", when)]));
    }
    let count = |name: &str| {
        report
            .get(name)
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
            .to_string()
    };
    let values = [
        ("rows", number("rows")),
        ("accepted", number("accepted")),
        ("refused", count("refused")),
        ("doubtful", count("doubtful")),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    answer!("{}", desk.say("terminal.imported", &values));
    for list in ["refused", "doubtful"] {
        for problem in report.get(list).and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let row = problem.get("row").map(ToString::to_string).unwrap_or_default();
            answer!(
                "  {row}\t{}\t{}\t{}\t{}",
                text("id"),
                text("field"),
                text("value"),
                text("reason")
            );
        }
    }
}

/// The form that is asked for, once.
fn kind_of(export: &Export) -> Result<&str, UserError> {
    let about = export.subject.is_some() || export.record.is_some();
    match (export.kind.as_deref(), export.anchor) {
        (None | Some("anchor"), true) | (Some("anchor"), false) if !about => Ok("anchor"),
        (_, true) | (Some("anchor"), false) => Err(UserError::new("export-anchor-alone")),
        (..) if !about => Err(UserError::new("export-one").at("subject")),
        (kind, false) => Ok(kind.unwrap_or("evidence")),
    }
}

/// Writes a file to hand to somebody.
pub(super) fn export(desk: &Desk, export: &Export) -> Result<u8, UserError> {
    let kind = kind_of(export)?;
    let folder = export.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(UserError::new("folder-missing").with("path", folder.display()));
    }
    let (door, _copy) = super::care::door(desk)?;
    door.readable()?;
    let made: Value = door.call(json!({
        "call": "export",
        "subject": export.subject,
        "record": export.record,
        "as": kind,
    }))?;
    let content = made.get("content").and_then(Value::as_str).unwrap_or_default();
    write(&export.out, &settings::decode(content, "content")?)?;
    answer!(
        "{}",
        desk.say("terminal.written", &[("path", &export.out.display().to_string())])
    );
    Ok(0)
}
