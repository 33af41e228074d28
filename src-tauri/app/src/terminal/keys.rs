//! `sealroad keys`: who may speak for the firm, the printed kit, and coming back with it.

use super::door::{self, Door};
use super::govern::{self, text};
use super::network::AsJson;
use super::{Desk, care, keys_told as told, print_json, read};
use crate::error::UserError;
use crate::keys::phrase;
use crate::settings;
use crate::terminal::output::aside;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::time::Instant;
use zeroize::Zeroizing;

/// Most bytes of words that are read: 24 of eight letters and what stands around them, or the text of a QR code.
const WORDS: u64 = 4096;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Who may speak for the firm, which kit stands, and what this installation's key is.
    Show(AsJson),
    /// The printed recovery kit.
    Kit {
        #[command(subcommand)]
        command: Kit,
    },
    /// Come back with the printed kit, whose words are read from standard input: a fresh root key is made here and the old one ends.
    Recover(Recover),
    /// Work from this machine for a firm that is on a network already: makes a key and shows it, to be granted a mandate.
    Join {
        /// The network's invitation.
        file: PathBuf,
        /// did:key of the firm.
        #[arg(long)]
        party: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let another key speak for the firm from the next block on.
    Grant(Grant),
    /// End the mandate of a key from the next block on.
    Revoke {
        /// did:key.
        key: String,
        #[command(flatten)]
        why: Why,
    },
    /// Put a new key of this installation in the place of the root key we have.
    ReplaceRoot(Why),
}

/// About the printed kit.
#[derive(Debug, Subcommand)]
pub(super) enum Kit {
    /// Make one and write its page; its secret stands there and nowhere else.
    Make {
        /// File or folder to write; without it the downloads folder.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Type its words back, on standard input: do they give our kit?
    Try(AsJson),
    /// Name the kit that was made here last, once it was tried; the one before ends.
    Name(AsJson),
    /// Delete the page where it was written.
    Forget(AsJson),
}

/// Of a recovery.
#[derive(Debug, Args)]
pub(super) struct Recover {
    #[command(flatten)]
    why: Why,
    /// Join the network of this invitation first, where there is no ledger yet.
    #[arg(long, value_name = "FILE")]
    invitation: Option<PathBuf>,
    /// did:key of the firm; the text of the kit's QR code says it too.
    #[arg(long)]
    party: Option<String>,
    /// My word that this restored ledger signed nothing after its backup was made.
    #[arg(long)]
    nothing_later: bool,
}

/// Why, and since when.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// Why; everybody can read it.
    #[arg(long)]
    reason: String,
    /// The key may have been somebody else's since then (2026-11-22T02:00:00.000Z): what it signed since is marked.
    #[arg(long, value_name = "TIME")]
    suspected_since: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Of a mandate.
#[derive(Debug, Args)]
pub(super) struct Grant {
    /// did:key.
    key: String,
    /// What people call it: "Clerk 2", "Scanner gate 4"; no personal names, it stands in clear.
    #[arg(long)]
    label: String,
    /// Which kinds: `*`, `logistics.*`, `logistics.departed`; to be repeated.
    #[arg(long, required = true)]
    kind: Vec<String>,
    /// A machine's key, not a person's.
    #[arg(long)]
    device: bool,
    /// Until when (2027-11-22T00:00:00.000Z); without it until revoked.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Carries it out.
pub(super) fn keys(desk: &Desk, command: Keys) -> Result<u8, UserError> {
    match command {
        Keys::Show(AsJson { json }) => show(desk, json),
        Keys::Kit { command } => kit(desk, &command),
        Keys::Recover(recover) => come_back(desk, &recover),
        Keys::Join { file, party, json } => join(desk, &file, &party, json),
        Keys::Grant(grant) => {
            let mut kinds = grant.kind.clone();
            kinds.sort();
            kinds.dedup();
            let holder = if grant.device { "device" } else { "clerk" };
            let body = json!({ "key": grant.key, "label": grant.label, "holder": holder, "kinds": kinds });
            say(
                desk,
                "parties.mandate-granted.1",
                with(body, "until", grant.until.as_deref()),
                grant.json,
            )
        }
        Keys::Revoke { key, why } => say(desk, "parties.mandate-revoked.1", because(&key, &why), why.json),
        Keys::ReplaceRoot(why) => {
            let door = ready(desk)?;
            let next: Value = door.call(json!({ "call": "next-root" }))?;
            let body = because(&text(&next, "key"), &why);
            drop(door);
            say(desk, "parties.root-replaced.1", body, why.json)
        }
    }
}

fn with(mut body: Value, name: &str, value: Option<&str>) -> Value {
    if let (Some(value), Some(members)) = (value, body.as_object_mut()) {
        members.insert(name.to_owned(), json!(value));
    }
    body
}

fn because(key: &str, why: &Why) -> Value {
    let body = json!({ "key": key, "reason": why.reason });
    with(body, "suspected_since", why.suspected_since.as_deref())
}

fn ready(desk: &Desk) -> Result<Door, UserError> {
    let door = Door::open(desk)?;
    door.ready(desk, false)?;
    Ok(door)
}

fn say(desk: &Desk, kind: &str, body: Value, as_json: bool) -> Result<u8, UserError> {
    let door = ready(desk)?;
    let said = govern::say(&door, json!({ "kind": kind, "body": body }))?;
    tell_said(desk, &said, as_json)
}

fn tell_said(desk: &Desk, said: &Value, as_json: bool) -> Result<u8, UserError> {
    if as_json {
        print_json(said)?;
    } else {
        govern::tell_said(desk, said);
    }
    Ok(0)
}

fn tell(value: &Value, as_json: bool, tell: impl FnOnce(&Value)) -> Result<u8, UserError> {
    if as_json {
        print_json(value)?;
    } else {
        tell(value);
    }
    Ok(0)
}

fn show(desk: &Desk, as_json: bool) -> Result<u8, UserError> {
    let (door, _copy) = care::door(desk)?;
    door.readable()?;
    if let Door::Here(app) = &door {
        door::unlock_if_known(desk, app)?;
    }
    let page: Value = door.call(json!({ "call": "keys" }))?;
    tell(&page, as_json, |page| told::page(desk, page))
}

fn kit(desk: &Desk, command: &Kit) -> Result<u8, UserError> {
    let door = ready(desk)?;
    match command {
        Kit::Make { out, json } => {
            let out = out.as_deref().map(std::path::absolute).transpose();
            let out = out.map_err(|error| UserError::new("file-error").with("path", "").with("what", error))?;
            let language = desk.language.tag();
            let made: Value = door.call(json!({ "call": "kit-make", "to": out, "language": language }))?;
            tell(&made, *json, |made| told::made(desk, made))
        }
        Kit::Try(AsJson { json }) => {
            let words = typed(desk)?;
            let tried: Value = door.call(json!({ "call": "kit-try", "words": *words }))?;
            tell(&tried, *json, |tried| told::tried(desk, tried))
        }
        Kit::Name(AsJson { json }) => {
            let page: Value = door.call(json!({ "call": "keys" }))?;
            let key = page
                .pointer("/new_kit/key")
                .ok_or_else(|| UserError::new("keys.no-new-kit"))?;
            let body = json!({ "key": key });
            let said = govern::say(&door, json!({ "kind": "parties.recovery-named.1", "body": body }))?;
            tell_said(desk, &said, *json)
        }
        Kit::Forget(AsJson { json }) => {
            let page: Value = door.call(json!({ "call": "kit-forget" }))?;
            tell(&page, *json, |page| told::page(desk, page))
        }
    }
}

/// The words, from standard input: as many lines as it takes.
fn typed(desk: &Desk) -> Result<Zeroizing<String>, UserError> {
    let failed = |error: std::io::Error| UserError::new("file-error").with("path", "stdin").with("what", error);
    let mut typed = Zeroizing::new(String::with_capacity(WORDS as usize));
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        stdin.lock().take(WORDS).read_to_string(&mut typed).map_err(failed)?;
        return Ok(typed);
    }
    aside!("{}", desk.say("terminal.kit-type", &[]));
    while typed.split_whitespace().count() < phrase::COUNT && (typed.len() as u64) < WORDS {
        let before = typed.len();
        stdin.lock().read_line(&mut typed).map_err(failed)?;
        if typed[before..].trim().is_empty() {
            break;
        }
    }
    Ok(typed)
}

fn join(desk: &Desk, file: &std::path::Path, party: &str, as_json: bool) -> Result<u8, UserError> {
    let door = Door::open(desk)?;
    enter(desk, &door, file, party)?;
    let page: Value = door.call(json!({ "call": "keys" }))?;
    tell(&page, as_json, |page| told::ours(desk, page))
}

fn enter(desk: &Desk, door: &Door, file: &std::path::Path, party: &str) -> Result<(), UserError> {
    let folder = desk.folder()?;
    let passphrase = door::new_passphrase(desk, &folder)?;
    let invitation = settings::encode(&read(file)?);
    door.call::<Value>(
        json!({ "call": "join-firm", "invitation": invitation, "party": party, "passphrase": passphrase }),
    )?;
    Ok(())
}

fn come_back(desk: &Desk, recover: &Recover) -> Result<u8, UserError> {
    let words = typed(desk)?;
    let read = phrase::read(&words)?;
    let door = Door::open(desk)?;
    let session: Value = door.call(json!({ "call": "session" }))?;
    if text(&session, "stage") == "first-run" {
        let file = recover.invitation.as_ref().ok_or_else(|| UserError::new("first-run"))?;
        let of = read.of.map(|(_, party)| party.to_string());
        let party = recover
            .party
            .clone()
            .or(of)
            .ok_or_else(|| UserError::new("keys.which-firm"))?;
        enter(desk, &door, file, &party)?;
    } else if let Door::Here(app) = &door {
        match door::unlock_if_known(desk, app) {
            // Then new keys are made.
            Err(error) if ["node.wrong-passphrase", "node.no-keys"].contains(&error.code.as_str()) => {}
            other => other?,
        }
    }
    // A light node hears of its own firm first.
    let until = Instant::now() + govern::DECISION;
    while Instant::now() < until && door.call::<Value>(json!({ "call": "keys" }))?["root"].is_null() {
        std::thread::sleep(govern::LOOK);
    }
    let passphrase = door::new_passphrase(desk, &desk.folder()?)?;
    let review: Value = door.call(json!({
        "call": "recover", "words": *words, "reason": recover.why.reason,
        "suspected_since": recover.why.suspected_since, "passphrase": passphrase,
    }))?;
    if recover.nothing_later {
        door.call::<Value>(json!({ "call": "confirm-votes-lost" }))?;
    }
    let said = govern::sign(&door, &review)?;
    tell_said(desk, &said, recover.why.json)
}
