//! `sealroad documents`: which documents records name, how much of each is here, and a readable copy.

use super::door::{self, Door};
use super::govern::{list, text};
use super::network::AsJson;
use super::{Desk, care, print_json};
use crate::error::UserError;
use crate::terminal::output::answer;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Documents {
    /// The documents that records name, newest first: ours, and those that other firms' desktops opened to us.
    List(AsJson),
    /// Open a document and write it as a file that is readable; nothing is written over.
    Save(Save),
}

/// Of a copy.
#[derive(Debug, Args)]
pub(super) struct Save {
    /// The record that names it.
    record: String,
    /// Its name there: `document.1`.
    place: String,
    /// File or folder to write; without it the downloads folder.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Carries it out.
pub(super) fn documents(desk: &Desk, command: &Documents) -> Result<u8, UserError> {
    match command {
        Documents::List(AsJson { json }) => show(desk, *json),
        Documents::Save(save) => copy(desk, save),
    }
}

fn show(desk: &Desk, as_json: bool) -> Result<u8, UserError> {
    let (door, _copy) = care::door(desk)?;
    door.readable()?;
    let page: Value = door.call(json!({ "call": "documents" }))?;
    if as_json {
        return print_json(&page).map(|()| 0);
    }
    let mut any = false;
    for line in list(&page, "documents") {
        any = true;
        let (have, of) = (number(line, "have"), number(line, "of"));
        let standing = match text(line, "standing").as_str() {
            "here" => desk.say("terminal.document-here", &[]),
            "coming" => desk.say("terminal.document-coming", &[("have", &have), ("of", &of)]),
            _ => desk.say("terminal.document-awaited", &[]),
        };
        let (record, place, name) = (text(line, "record"), text(line, "place"), text(line, "name"));
        answer!("{record} {place}  {name}  {}  {standing}", number(line, "size"));
    }
    if !any {
        answer!("{}", desk.say("terminal.documents-none", &[]));
    }
    Ok(0)
}

fn number(line: &Value, name: &str) -> String {
    line.get(name).and_then(Value::as_u64).unwrap_or_default().to_string()
}

fn copy(desk: &Desk, save: &Save) -> Result<u8, UserError> {
    let (door, _copy) = care::door(desk)?;
    door.readable()?;
    if let Door::Here(app) = &door {
        door::unlock_if_known(desk, app)?;
    }
    let out = save.out.as_deref().map(std::path::absolute).transpose();
    let out = out.map_err(|error| UserError::new("file-error").with("path", "").with("what", error))?;
    let call = json!({ "call": "document-save", "record": save.record, "place": save.place, "to": out });
    let made: Value = door.call(call)?;
    if save.json {
        return print_json(&made).map(|()| 0);
    }
    answer!("{}", desk.say("terminal.written", &[("path", &text(&made, "path"))]));
    Ok(0)
}
