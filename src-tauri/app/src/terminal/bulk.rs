//! `sealroad import | export`: files in, files out.

use super::door::Door;
use super::{Desk, print_json, read, write};
use crate::error::UserError;
use crate::settings;
use crate::terminal::output::answer;
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
    #[arg(long, value_name = "ID", required_unless_present_any = ["record", "anchor"])]
    subject: Option<String>,
    /// Or one record.
    #[arg(long, value_name = "ID", conflicts_with = "subject")]
    record: Option<String>,
    /// The form.
    #[arg(long = "as", value_parser = ["evidence", "epcis", "vc", "anchor"], default_value = "evidence")]
    kind: String,
    /// The network's anchor instead.
    #[arg(long, conflicts_with_all = ["subject", "record"])]
    anchor: bool,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Imports a file.
pub(super) fn import(desk: &Desk, import: &Import) -> Result<u8, UserError> {
    let bytes = read(&import.file)?;
    let mapping: Option<Value> = match &import.mapping {
        Some(path) => {
            let bad = |error: serde_json::Error| UserError::new("import.bad-mapping").with("what", error);
            Some(serde_json::from_slice(&read(path)?).map_err(bad)?)
        }
        None => None,
    };
    let door = Door::open(desk)?;
    door.ready(desk, true)?;
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
    let already = report.get("already_imported").is_some_and(Value::is_string);
    if !import.dry_run && !already {
        let id = preview.get("import").and_then(Value::as_str).unwrap_or_default();
        report = run(&door, id)?;
    }
    if import.json {
        print_json(&report)?;
    } else {
        tell(desk, &report);
    }
    let refused = report.get("refused").and_then(Value::as_array).map_or(0, Vec::len);
    let accepted = report.get("accepted").and_then(Value::as_u64).unwrap_or_default();
    Ok(match (refused, accepted) {
        (0, _) => 0,
        (_, 0) if document_unreadable(&report) => 2,
        _ => 1,
    })
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

/// Writes a file to hand to somebody.
pub(super) fn export(desk: &Desk, export: &Export) -> Result<u8, UserError> {
    let door = Door::open(desk)?;
    door.readable()?;
    let kind = if export.anchor { "anchor" } else { &export.kind };
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
