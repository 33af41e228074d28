//! `sealroad demo`: a fresh network, the whole journey, and its proof.

use super::{Desk, Temporary, verify, write};
use crate::error::UserError;
use crate::terminal::output::answer;
use crate::{App, Options, names, sample, sign};
use ledger::{Subject, Trust, Verdict};
use serde_json::{Value, json};
use std::path::Path;
use systems::Payload;

/// Plays the journey and writes `evidence.json` and `anchor.json`.
pub(super) fn demo(desk: &Desk, out: &Path, play: bool) -> Result<u8, UserError> {
    std::fs::create_dir_all(out).map_err(|error| UserError::file(out, &error))?;
    let (folder, _temporary) = match &desk.data {
        Some(folder) => (folder.clone(), None),
        None => {
            let temporary = Temporary::make()?;
            (temporary.0.clone(), Some(temporary))
        }
    };
    let app = App::open(Options { data: Some(folder) })?;
    call(&app, json!({ "call": "load-sample" }))?;
    if play {
        history(desk, &app)?;
    }
    journey(desk, &app, play)?;
    let firm = app.firm()?;
    let travelled = sample::travelled(&firm)?;
    let evidence = firm.node.evidence(&travelled, Vec::new())?;
    let anchor = firm.node.anchor();
    write(&out.join("evidence.json"), &evidence)?;
    write(&out.join("anchor.json"), &anchor.to_bytes())?;
    let report = ledger::verify(&evidence, &Trust::Expect(anchor), None);
    let files = out.display().to_string();
    answer!(
        "{}",
        desk.say(
            "terminal.demo-written",
            &[("folder", &files), ("subject", travelled.as_str())]
        )
    );
    if play {
        verify::tell(desk, &report, Some(travelled.as_str()));
    }
    Ok(if report.verdict() == Verdict::Accepted { 0 } else { 1 })
}

fn call(app: &App, request: Value) -> Result<Value, UserError> {
    app.call(request)
        .map_err(|error| serde_json::from_value(error).unwrap_or_else(|_| UserError::new("bad-reply")))
}

/// What has happened before today, a line a record.
fn history(desk: &Desk, app: &App) -> Result<(), UserError> {
    let firm = app.firm()?;
    let (mut stored, _) = firm.node.records_between(None, None, None, 0, 500)?;
    stored.reverse();
    for stored in stored {
        let payload = Payload::parse(stored.record.kind(), stored.record.body_json())?;
        let party = names::party(&firm, stored.record.party())?;
        line(
            desk,
            &stored.record.claimed().to_string(),
            names::any(&party),
            &payload,
            stored.record.subjects(),
        );
    }
    Ok(())
}

fn line(desk: &Desk, time: &str, party: &str, payload: &Payload, subjects: &[Subject]) {
    let said = desk.say(&format!("kind.{}", payload.kind().without_form()), &[]);
    let about = subjects
        .iter()
        .find(|subject| subject.owner().is_some())
        .map(number)
        .unwrap_or_default();
    answer!(
        "{}  {party}: {said} {about}",
        time.get(..16).unwrap_or(time).replace('T', " ")
    );
}

fn number(subject: &Subject) -> String {
    let last = subject.as_str().rsplit(':').next().unwrap_or_default();
    if last == "self" {
        String::new()
    } else {
        ledger::ids::decode(last)
    }
}

/// The thread of the sample: each step in the shoes of whose step it is, through review and signature.
fn journey(desk: &Desk, app: &App, play: bool) -> Result<(), UserError> {
    while let Some(next) = sample::next_step(&*app.firm()?)? {
        call(app, json!({ "call": "step-into", "party": next.party }))?;
        let subjects = sign::subjects(&next.payload, &next.party);
        let review = call(app, json!({ "call": "review", "payloads": [next.payload] }))?;
        let signed = call(
            app,
            json!({ "call": "sign", "review": review["review"], "draft": null }),
        )?;
        let confirmed = signed.pointer("/records/0/1").and_then(Value::as_str) == Some("confirmed");
        if !confirmed {
            return Err(UserError::new("not-confirmed"));
        }
        if play {
            let firm = app.firm()?;
            let party = names::party(&firm, &next.party)?;
            let now = firm.node.head().map(|head| head.time.to_string()).unwrap_or_default();
            line(desk, &now, names::any(&party), &next.payload, &subjects);
        }
    }
    Ok(())
}
