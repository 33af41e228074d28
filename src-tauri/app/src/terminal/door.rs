//! To the ledger of a folder: opened here, or asked where a running instance has it open.

use super::Desk;
use crate::alliance;
use crate::error::UserError;
use crate::terminal::output::aside;
use crate::{App, Options};
use node::{DataFolder, Invitation, KeyLock};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// A firm that is founded from the terminal keeps its passphrase here, readable by its user only, as a server keeps its host
/// key: whoever has the folder has the keys. The window never does this.
const PASSPHRASE_FILE: &str = "terminal-passphrase";
/// Nothing is sealed with fewer characters (`set-up`).
const SHORTEST_PASSPHRASE: usize = 8;
/// How long a running instance may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(10);
/// Environment variable with the passphrase.
const PASSPHRASE: &str = "SEALROAD_PASSPHRASE";

/// A way to make calls.
pub(super) enum Door {
    /// The folder is open in this process.
    Here(Box<App>),
    /// A running instance answers.
    There {
        /// Its address.
        url: String,
        /// Its token.
        token: String,
    },
}

impl Door {
    /// Opens the folder, or finds the instance that uses it.
    pub(super) fn open(desk: &Desk) -> Result<Self, UserError> {
        let folder = desk.folder()?;
        match App::open(Options {
            data: Some(folder.clone()),
        }) {
            Ok(app) => Ok(Self::Here(Box::new(app))),
            Err(error) if error.code == "node.in-use" => match DataFolder::running(&folder) {
                Some((url, token)) => {
                    // One that has stopped would be waited for for ever; how long a real call may take nobody knows.
                    let _session = ask(&url, &token, &json!({ "call": "session" }), Some(PATIENCE))?;
                    Ok(Self::There { url, token })
                }
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// One call.
    pub(super) fn call<T: DeserializeOwned>(&self, request: Value) -> Result<T, UserError> {
        let reply = match self {
            Self::Here(app) => app.call(request),
            Self::There { url, token } => ask(url, token, &request, None)?,
        };
        let bad = |error: serde_json::Error| UserError::new("bad-reply").with("what", error);
        match reply {
            Ok(reply) => serde_json::from_value(reply).map_err(bad),
            Err(error) => Err(serde_json::from_value(error).map_err(bad)?),
        }
    }

    /// Makes the ledger ready: unlocked, and founded if there is none and `found` allows it. True if it was founded with a
    /// passphrase that is now kept beside it.
    pub(super) fn ready(&self, desk: &Desk, found: bool) -> Result<bool, UserError> {
        let session: Value = self.call(json!({ "call": "session" }))?;
        let folder = desk.folder()?;
        match session.get("stage").and_then(Value::as_str) {
            Some("first-run") if found => self.found(desk, &folder),
            Some("first-run") => Err(UserError::new("first-run")),
            Some("locked") => {
                let passphrase = passphrase(desk, &folder)?;
                self.call::<Value>(json!({ "call": "unlock", "passphrase": passphrase }))
                    .map(|_| false)
            }
            _ => Ok(false),
        }
    }

    /// Makes sure that there is a ledger to read; its keys may stay locked.
    pub(super) fn readable(&self) -> Result<(), UserError> {
        let session: Value = self.call(json!({ "call": "session" }))?;
        if session.get("stage").and_then(Value::as_str) == Some("first-run") {
            return Err(UserError::new("first-run"));
        }
        Ok(())
    }

    /// Founds a ledger for a firm without a name yet; its profile can be changed later.
    fn found(&self, desk: &Desk, folder: &Path) -> Result<bool, UserError> {
        let given = given(desk)?;
        let keeps = given.is_none();
        let passphrase = given.map_or_else(|| kept(&folder.join(PASSPHRASE_FILE)), Ok)?;
        let profile = json!({
            "name": { "en": "My firm", "zh": "我的公司", "de": "Meine Firma" },
            "country": "CN",
            "identifiers": [],
            "roles": ["exporter"],
        });
        self.call::<Value>(json!({ "call": "set-up", "profile": profile, "passphrase": passphrase }))
            .map(|_| keeps)
    }
}

/// Unlocks without asking, if the passphrase is at hand.
pub(super) fn unlock_if_known(desk: &Desk, app: &App) -> Result<(), UserError> {
    let known = known(desk, app.folder().path())?;
    let session = app.call(json!({ "call": "session" })).unwrap_or_default();
    if let (Some(passphrase), Some("locked")) = (known, session.get("stage").and_then(Value::as_str)) {
        let unlocked = app.call(json!({ "call": "unlock", "passphrase": passphrase }));
        unlocked.map_err(|error| serde_json::from_value(error).unwrap_or_else(|_| UserError::new("locked")))?;
    }
    Ok(())
}

/// The passphrase, if it was given or is kept in the folder.
fn known(desk: &Desk, folder: &Path) -> Result<Option<String>, UserError> {
    let kept = || std::fs::read_to_string(folder.join(PASSPHRASE_FILE)).ok();
    Ok(given(desk)?.or_else(kept).map(|text| text.trim().to_owned()))
}

/// Where the ledger is gone, and its invitation and its keys are not, it is founded again to be fetched from the others.
pub(super) fn refound(desk: &Desk) -> Result<(), UserError> {
    let path = desk.folder()?;
    if path.join("ledger.db").exists() || Invitation::of_folder(&path)?.is_none() {
        return Ok(());
    }
    let folder = DataFolder::open(&path)?;
    let lock = known(desk, &path)?.map(KeyLock::Passphrase);
    if alliance::refound(&folder, &node::Desk::open(&folder)?, lock.as_ref())? {
        aside!("{}", desk.say("terminal.refounded", &[]));
    }
    Ok(())
}

/// The passphrase as this command was given it: in a file, else in the environment.
pub(super) fn given(desk: &Desk) -> Result<Option<String>, UserError> {
    let Some(path) = &desk.passphrase_file else {
        return Ok(std::env::var(PASSPHRASE).ok());
    };
    let text = std::fs::read_to_string(path).map_err(|error| UserError::file(path, &error))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// What new keys in a folder are sealed with: the passphrase given, else one that is kept beside them.
pub(super) fn lock(desk: &Desk, folder: &Path) -> Result<KeyLock, UserError> {
    Ok(KeyLock::Passphrase(new_passphrase(desk, folder)?))
}

/// As [`lock`], the passphrase itself.
pub(super) fn new_passphrase(desk: &Desk, folder: &Path) -> Result<String, UserError> {
    given(desk)?.map_or_else(|| kept(&folder.join(PASSPHRASE_FILE)), Ok)
}

/// The passphrase: as given, from the terminal's own file, else asked for.
fn passphrase(desk: &Desk, folder: &Path) -> Result<String, UserError> {
    if let Some(passphrase) = given(desk)? {
        return Ok(passphrase);
    }
    if let Ok(kept) = std::fs::read_to_string(folder.join(PASSPHRASE_FILE)) {
        return Ok(kept.trim().to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(UserError::new("locked"));
    }
    // Where the question cannot be shown, the answer may still come.
    let _unheard = write!(std::io::stderr(), "{} ", desk.say("terminal.passphrase", &[]));
    let failed = |error: std::io::Error| UserError::new("file-error").with("path", "stdin").with("what", error);
    std::io::stderr().flush().map_err(failed)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The passphrase that an interrupted founding kept, or a new one, kept.
fn kept(path: &Path) -> Result<String, UserError> {
    let failed = |error: std::io::Error| UserError::file(path, &error);
    match std::fs::read_to_string(path) {
        Ok(kept) if kept.trim().chars().count() >= SHORTEST_PASSPHRASE => return Ok(kept.trim().to_owned()),
        // It ended in the middle of a word: nothing was ever sealed with it.
        Ok(_) => std::fs::remove_file(path).map_err(failed)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let passphrase = hex::encode(node::random::<16>()?);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(passphrase.as_bytes())?;
        file.sync_all()
    });
    written.map_err(failed)?;
    Ok(passphrase)
}

/// Asks a running instance over its loopback address.
fn ask(url: &str, token: &str, request: &Value, patience: Option<Duration>) -> Result<Result<Value, Value>, UserError> {
    let failed = |error: reqwest::Error| UserError::new("instance-silent").with("what", error);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| UserError::new("no-thread").with("what", error))?;
    runtime.block_on(async {
        // Even a client that speaks no TLS is built with the cryptography that node brings.
        node::net::install_cryptography();
        let mut builder = reqwest::Client::builder().no_proxy();
        if let Some(patience) = patience {
            builder = builder.timeout(patience);
        }
        let client = builder.build().map_err(failed)?;
        let address = format!("{}/call", url.trim_end_matches('/'));
        let answer = client
            .post(address)
            .header(super::serve::TOKEN, token)
            .json(request)
            .send()
            .await
            .map_err(failed)?;
        let good = answer.status().is_success();
        let value: Value = answer.json().await.map_err(failed)?;
        Ok(if good { Ok(value) } else { Err(value) })
    })
}
