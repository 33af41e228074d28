//! `sealroad status` and the votes: who keeps the ledger, who belongs, who validates.

use super::door::Door;
use super::{Desk, care, print_json, read};
use crate::alliance;
use crate::error::UserError;
use crate::terminal::output::answer;
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long the others' decision is waited for.
pub(super) const DECISION: Duration = Duration::from_secs(10);
/// How often is asked for it.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// A vote on a party.
#[derive(Debug, Args)]
pub(super) struct Member {
    /// did:key of the party.
    party: String,
    /// Why; everybody can read it.
    #[arg(long)]
    reason: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A change of the validators, or a vote on one.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(super) struct Change {
    /// Take in the validator of this seat, with the weight given, else 1; to be repeated. Where it sits is noted as by `network know`.
    #[arg(long, value_name = "SEAT.json", group = "what")]
    add: Vec<PathBuf>,
    /// Take out the validator with this vote key; to be repeated.
    #[arg(long, value_name = "KEY", group = "what")]
    remove: Vec<String>,
    /// KEY=W gives a validator another weight, W alone is that of those added; to be repeated.
    #[arg(long, value_name = "KEY=W", group = "what")]
    weight: Vec<String>,
    /// Vote on this proposal.
    #[arg(long, num_args = 2, value_names = ["PROPOSAL", "yes|no"], conflicts_with_all = ["add", "remove", "weight"], group = "what")]
    vote: Vec<String>,
    /// Why; everybody can read it.
    #[arg(long, default_value = "")]
    reason: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints our own party.
pub(super) fn party(desk: &Desk) -> Result<u8, UserError> {
    let (door, _copy) = care::door(desk)?;
    door.readable()?;
    let session: Value = door.call(json!({ "call": "session" }))?;
    answer!("{}", text(&session, "party"));
    Ok(0)
}

/// Prints how far the ledger is, who keeps it and who is in reach.
pub(super) fn status(desk: &Desk, json: bool) -> Result<u8, UserError> {
    let (door, _copy) = care::door(desk)?;
    door.readable()?;
    let page: Value = door.call(json!({ "call": "network" }))?;
    if json {
        print_json(&page)?;
    } else {
        tell(desk, &page);
    }
    Ok(0)
}

pub(super) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

pub(super) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Any language of a name.
fn name(desk: &Desk, value: &Value) -> String {
    let names = value.get("name");
    let in_language = |language: &str| names.and_then(|names| names.get(language)).and_then(Value::as_str);
    let ours = match desk.language {
        crate::Language::En => "en",
        crate::Language::Zh => "zh",
        crate::Language::De => "de",
    };
    let mut known = [ours, "en", "zh", "de"].into_iter().filter_map(in_language);
    known.next().unwrap_or_default().to_owned()
}

fn tell(desk: &Desk, page: &Value) {
    let say = |code: &str, values: &[(&str, &str)]| answer!("{}", desk.say(code, values));
    say(
        "terminal.status",
        &[
            ("name", &text(page, "name")),
            ("height", &text(page, "height")),
            ("time", &text(page, "time")),
            ("unsent", &text(page, "unsent")),
        ],
    );
    match page.get("catching_up") {
        Some(of) => say(
            "terminal.status-catching-up",
            &[("height", &text(page, "height")), ("of", &of.to_string())],
        ),
        None if page.get("height") == Some(&json!(0)) => say("terminal.status-no-block", &[]),
        None => {}
    }
    if let Some(halt) = page.get("halted").and_then(Value::as_str) {
        answer!("{}", desk.say(halt, &[]));
    }
    let quorum = page.get("quorum").cloned().unwrap_or_default();
    say(
        "terminal.status-quorum",
        &[
            ("weight", &text(&quorum, "weight")),
            ("of", &text(&quorum, "of")),
            ("needed", &text(&quorum, "needed")),
        ],
    );
    for validator in list(page, "validators") {
        let agreed = validator.get("agreed").and_then(Value::as_bool).unwrap_or(false);
        answer!(
            "  {} {}  {}  {}",
            if agreed { "✓" } else { "–" },
            name(desk, validator),
            text(validator, "weight"),
            text(validator, "key")
        );
    }
    for proposal in list(page, "proposals") {
        let (yes, no) = (text(proposal, "yes_weight"), text(proposal, "no_weight"));
        let values = [
            ("id", &*text(proposal, "id")),
            ("reason", &text(proposal, "reason")),
            ("yes", &yes),
            ("no", &no),
        ];
        say("terminal.status-proposal", &values);
    }
    tell_members(desk, page);
    for peer in list(page, "peers") {
        tell_peer(desk, peer);
    }
}

fn tell_members(desk: &Desk, page: &Value) {
    if let Some(pending) = page.get("pending").and_then(Value::as_array) {
        let count = pending.len().to_string();
        answer!("{}", desk.say("terminal.status-pending", &[("count", &count)]));
    }
    for member in list(page, "members") {
        let code = match text(member, "standing").as_str() {
            "admitted" => "terminal.member-admitted",
            "suspended" => "terminal.member-suspended",
            _ => "terminal.member-proposed",
        };
        answer!(
            "  {}  {}  {}",
            desk.say(code, &[]),
            name(desk, member),
            text(member, "party")
        );
    }
}

fn tell_peer(desk: &Desk, peer: &Value) {
    let seen = peer.get("seen").and_then(Value::as_u64);
    let seen = seen.map_or_else(
        || desk.say("terminal.peer-unseen", &[]),
        |seconds| desk.say("terminal.peer-seen", &[("seconds", &seconds.to_string())]),
    );
    let refusals = ["refused_by_us", "refused_by_them"].map(|side| match peer.get(side).and_then(Value::as_object) {
        Some(codes) if !codes.is_empty() => format!("  {side}: {}", counts(codes)),
        _ => String::new(),
    });
    answer!(
        "  {}  {}  {seen}{}",
        text(peer, "name"),
        text(peer, "key"),
        refusals.concat()
    );
}

fn counts(codes: &Map<String, Value>) -> String {
    let each: Vec<String> = codes.iter().map(|(code, times)| format!("{code} {times}")).collect();
    each.join(", ")
}

/// Votes on a party and tells where it stands then.
pub(super) fn vote_on(desk: &Desk, member: &Member, standing: &str) -> Result<u8, UserError> {
    let door = Door::open(desk)?;
    door.ready(desk, false)?;
    let body = json!({ "party": member.party, "standing": standing, "reason": member.reason });
    let said = say(&door, json!({ "kind": "alliance.member-voted.1", "body": body }))?;
    if member.json {
        print_json(&said)?;
    } else {
        tell_said(desk, &said);
    }
    Ok(0)
}

pub(super) fn tell_said(desk: &Desk, said: &Value) {
    let code = if text(said, "status") == "confirmed" {
        "terminal.vote-confirmed"
    } else {
        "terminal.vote-signed"
    };
    answer!("{}", desk.say(code, &[("record", &text(said, "record"))]));
}

/// Proposes another set, or votes on a proposal.
pub(super) fn change(desk: &Desk, change: &Change) -> Result<u8, UserError> {
    let door = Door::open(desk)?;
    door.ready(desk, false)?;
    let payload = match change.vote.as_slice() {
        [proposal, word] => {
            let approve = match word.as_str() {
                "yes" => true,
                "no" => false,
                _ => {
                    return Err(UserError::new("unknown-choice")
                        .with("value", word)
                        .with("expected", "yes, no"));
                }
            };
            json!({ "kind": "alliance.validators-voted.1", "body": { "proposal": proposal, "approve": approve } })
        }
        _ => {
            let changes = changes(&door, change)?;
            json!({ "kind": "alliance.validators-proposed.1", "body": { "changes": changes, "reason": change.reason } })
        }
    };
    for path in &change.add {
        alliance::remember(&desk.folder()?, alliance::parse_seat(&read(path)?)?)?;
    }
    let said = say(&door, payload)?;
    if change.json {
        print_json(&said)?;
    } else {
        tell_said(desk, &said);
    }
    Ok(0)
}

fn changes(door: &Door, change: &Change) -> Result<Vec<Value>, UserError> {
    let page: Value = door.call(json!({ "call": "network" }))?;
    let operator = |key: &str| -> Result<Value, UserError> {
        let found = list(&page, "validators").find(|validator| text(validator, "key") == key);
        let party = found.and_then(|validator| validator.get("party")).cloned();
        party.ok_or_else(|| UserError::new("alliance.validator-unknown").with("value", key))
    };
    let bad = |text: &str| UserError::new("bad-weight").with("value", text);
    let number = |text: &str| text.parse::<u64>().map_err(|_| bad(text));
    let mut changes = Vec::new();
    let mut added = 1;
    for text in &change.weight {
        match text.split_once('=') {
            None => added = number(text)?,
            Some((key, weight)) => {
                changes.push(json!({ "key": key, "party": operator(key)?, "weight": number(weight)? }));
            }
        }
    }
    for path in &change.add {
        let seat = alliance::parse_seat(&read(path)?)?;
        changes.push(json!({ "key": seat.vote.to_string(), "party": seat.party.to_string(), "weight": added }));
    }
    for key in &change.remove {
        changes.push(json!({ "key": key, "party": operator(key)?, "weight": 0 }));
    }
    changes.sort_by_key(|change| text(change, "key"));
    Ok(changes)
}

/// Says it, and waits a while for the others' decision. → record, status, and what the ledger then says of members and proposals.
pub(super) fn say(door: &Door, payload: Value) -> Result<Value, UserError> {
    let until = Instant::now() + DECISION;
    // An operator registers by itself when its validator first runs with the others; until then it cannot vote.
    while Instant::now() < until && door.call::<Value>(json!({ "call": "session" }))?["party_view"].is_null() {
        std::thread::sleep(LOOK);
    }
    let review: Value = door.call(json!({ "call": "review", "payloads": [payload] }))?;
    sign(door, &review)
}

/// Signs what was reviewed, unless a rule would be broken, and waits a while for the others' decision.
pub(super) fn sign(door: &Door, review: &Value) -> Result<Value, UserError> {
    if let Some(problem) = list(review, "problems").next() {
        let problem = serde_json::from_value(problem.clone());
        return Err(problem.map_err(|error| UserError::new("bad-reply").with("what", error))?);
    }
    let signed: Value = door.call(json!({ "call": "sign", "review": text(review, "review"), "draft": null }))?;
    let first = |place: &str| {
        signed
            .pointer(place)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (record, mut status) = (first("/records/0/0"), first("/records/0/1"));
    let until = Instant::now() + DECISION;
    while status != "confirmed" && Instant::now() < until {
        std::thread::sleep(LOOK);
        let detail: Value = door.call(json!({ "call": "record", "id": record }))?;
        status = detail
            .pointer("/entry/status")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
    }
    Ok(json!({ "record": record, "status": status }))
}
