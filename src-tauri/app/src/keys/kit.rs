//! The printed recovery kit: made, tried, and its file taken away again (docs/decisions/0011-recovery-kit.md).

use super::{fingerprint, paper, phrase, root_only};
use crate::App;
use crate::call::{FileMade, KeysPage, KitLine, KitMade, KitTried};
use crate::documents::READING;
use crate::error::UserError;
use crate::firm::{Firm, VOTE};
use crate::session::small;
use crate::words::Language;
use ledger::{Hash, PublicKey, SecretKey, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use systems::parties::state::PartyState;
use zeroize::Zeroizing;

/// Where the desk keeps what it knows of kits, by did:key. Never a secret.
const KITS: &str = "recovery-kits";
/// Where the desk keeps, by did:key of the kit, the key that confirms blocks of a ledger of our own: sealed, so that only the words of
/// that kit open it. Without it a ledger of our own could be read after a loss, and never written again.
const CONFIDED: &str = "recovery-votes";
/// The same for the key with which documents are read, where several keep the ledger.
const CONFIDED_READING: &str = "recovery-reading";

/// What the desk knows of a kit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// When it was made here.
    made: Option<String>,
    /// When its words were last typed in and were right.
    tried: Option<String>,
    /// Where its page was written, until that is deleted.
    file: Option<PathBuf>,
}

/// Kits by their keys.
pub(crate) type Kits = BTreeMap<PublicKey, Kept>;

/// What the desk knows.
pub(crate) fn kept(firm: &Firm) -> Result<Kits, UserError> {
    let mut kits = Kits::new();
    for (key, value, _) in firm.desk.list(KITS)? {
        if let (Ok(key), Ok(kept)) = (key.parse(), serde_json::from_value(value)) {
            kits.insert(key, kept);
        }
    }
    Ok(kits)
}

fn keep(firm: &Firm, key: &PublicKey, kept: &Kept) -> Result<(), UserError> {
    Ok(firm.desk.put(KITS, &key.to_string(), &json!(kept))?)
}

/// The kit made here last, unless the firm has named it; one that was made before it is not named any more.
pub(crate) fn unnamed(state: Option<&PartyState>, kits: &Kits) -> Option<(PublicKey, Kept)> {
    let named = |key: &PublicKey| state.is_some_and(|state| state.keys.iter().any(|mandate| mandate.key == *key));
    let made = kits.iter().filter(|(_, kept)| kept.made.is_some());
    let newest = made.max_by(|(_, one), (_, other)| one.made.cmp(&other.made));
    newest
        .filter(|(key, _)| !named(key))
        .map(|(key, kept)| (*key, kept.clone()))
}

/// As the screens show it; `named`: it stands on the ledger, since the witnessed time if that is known.
pub(crate) fn line(key: &PublicKey, kept: Kept, named: Option<Option<Time>>) -> KitLine {
    KitLine {
        key: key.to_string(),
        fingerprint: fingerprint(key),
        named: named.map(|time| time.map_or_else(String::new, |time| time.to_string())),
        made: kept.made,
        tried: kept.tried,
        file: kept
            .file
            .filter(|file| file.exists())
            .map(|file| file.display().to_string()),
    }
}

/// Whether the page of the kit that stands or is to be named still lies where it was written: whoever copies it can take the firm over.
/// The pages of others open nothing.
pub(crate) fn lies_about(state: &PartyState, kits: &Kits) -> bool {
    let standing = state.kit_key().and_then(|key| kits.get(key)).cloned();
    let new = unnamed(Some(state), kits).map(|(_, kept)| kept);
    let mut files = standing.into_iter().chain(new).filter_map(|kept| kept.file);
    files.any(|file| file.exists())
}

/// A kit that was made here is named only once it was tried, since naming it ends the one before.
pub(crate) fn tried_first(firm: &Firm, key: &PublicKey) -> Result<(), UserError> {
    let kits = kept(firm)?;
    if kits.contains_key(key) && !is_tried(&kits, key) {
        return Err(UserError::new("keys.kit-untried").at("key"));
    }
    Ok(())
}

/// Seals for a kit what a loss would take away for ever: of a ledger of our own the key that confirms its blocks, among others the key
/// with which documents are read.
fn confide(firm: &Firm, key: &PublicKey, seed: &[u8; 32]) -> Result<(), UserError> {
    let keys = firm.keys();
    let Some(keys) = keys.as_ref() else { return Ok(()) };
    let (space, name, secret) = match firm.shared {
        true => (CONFIDED_READING, READING, reading_secret(seed)),
        false => (CONFIDED, VOTE, vote_secret(seed)),
    };
    if let Some(sealed) = keys.confide(name, &secret)? {
        firm.desk.put(space, &key.to_string(), &json!(sealed))?;
    }
    Ok(())
}

/// What was confided to kits that are good no more is deleted.
fn forget_confided(firm: &Firm, good: &[Option<PublicKey>]) -> Result<(), UserError> {
    let good: Vec<String> = good.iter().flatten().map(PublicKey::to_string).collect();
    for space in [CONFIDED, CONFIDED_READING] {
        for (key, _, _) in firm.desk.list(space)? {
            if !good.contains(&key) {
                firm.desk.delete(space, &key)?;
            }
        }
    }
    Ok(())
}

/// Whether its words were typed in here and were right.
pub(crate) fn is_tried(kits: &Kits, key: &PublicKey) -> bool {
    kits.get(key).is_some_and(|kept| kept.tried.is_some())
}

/// Where a kit is written unless told otherwise: the user's downloads, else the data folder.
pub(crate) fn folder(app: &App) -> PathBuf {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let home = set(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let downloads = set("XDG_DOWNLOAD_DIR").or_else(|| home.map(|home| home.join("Downloads")));
    downloads
        .filter(|path| path.is_dir())
        .unwrap_or_else(|| app.folder.path().to_path_buf())
}

/// The file to write: in the folder given, or the path itself; an existing file is never written over.
fn target(app: &App, to: Option<&str>, key: &PublicKey) -> Result<PathBuf, UserError> {
    let given = to.map(str::trim).filter(|to| !to.is_empty()).map(PathBuf::from);
    let place = given.unwrap_or_else(|| folder(app));
    if !place.is_absolute() {
        return Err(UserError::new("keys.path-relative")
            .at("to")
            .with("value", place.display()));
    }
    if place.is_dir() {
        let name = fingerprint(key).replace(' ', "-");
        return Ok(place.join(format!("sealroad-recovery-kit-{name}.html")));
    }
    Ok(place)
}

/// Makes a kit and writes its printable page. The secret is in that file and nowhere else: neither kept nor given to whoever asks.
pub(crate) fn make(app: &App, to: Option<&str>, language: Language) -> Result<KitMade, UserError> {
    let firm = app.firm()?;
    let state = root_only(&firm)?;
    let seed = Zeroizing::new(node::random::<32>()?);
    let key = SecretKey::from_seed(&seed).public();
    let path = target(app, to, &key)?;
    let now = firm.clock.now().to_string();
    let page = paper::page(&firm, &seed, &key, language)?;
    if !firm.is_sample() {
        forget_confided(&firm, &[state.kit_key().copied()])?;
        confide(&firm, &key, &seed)?;
    }
    write(&path, page.as_bytes())?;
    keep(
        &firm,
        &key,
        &Kept {
            made: Some(now),
            tried: None,
            file: Some(path.clone()),
        },
    )?;
    app.listeners.tell(&json!({ "event": "session" }));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(KitMade {
        key: key.to_string(),
        fingerprint: fingerprint(&key),
        file: FileMade {
            name,
            content: String::new(),
            size: small(page.len() as u64),
            path: Some(path.display().to_string()),
        },
    })
}

/// Writes a file that nobody else may read, and never over another.
fn write(path: &Path, bytes: &[u8]) -> Result<(), UserError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => UserError::new("keys.file-exists").at("to").with("path", path.display()),
        _ => UserError::file(path, &error).at("to"),
    })
}

/// What the key that confirms blocks is sealed with for a kit.
pub(super) fn vote_secret(seed: &[u8; 32]) -> [u8; 32] {
    *Hash::of_parts(&[b"sealroad-kit-vote.1", seed]).as_bytes()
}

/// What the key with which documents are read is sealed with for a kit.
pub(super) fn reading_secret(seed: &[u8; 32]) -> [u8; 32] {
    *Hash::of_parts(&[b"sealroad-kit-reading.1", seed]).as_bytes()
}

/// The sealed key that confirms blocks, or with which documents are read, as it was confided to a kit.
pub(super) fn confided(firm: &Firm, key: &PublicKey) -> Result<Option<String>, UserError> {
    let space = if firm.shared { CONFIDED_READING } else { CONFIDED };
    let confided = firm.desk.get(space, &key.to_string())?;
    Ok(confided.and_then(|value| value.as_str().map(str::to_owned)))
}

/// Whether these words give the kit that stands, or the one that was made here last. Only then does it count as good.
pub(crate) fn attempt(app: &App, words: &str) -> Result<KitTried, UserError> {
    let firm = app.firm()?;
    let typed = phrase::read(words)?;
    let key = SecretKey::from_seed(&typed.seed).public();
    let state = super::state(&firm, &firm.acting().party)?;
    let mut kits = kept(&firm)?;
    let standing = state.as_ref().and_then(PartyState::kit_key);
    let new = unnamed(state.as_ref(), &kits).map(|(key, _)| key);
    if standing != Some(&key) && new != Some(key) {
        let expected: Vec<String> = standing.into_iter().chain(&new).map(fingerprint).collect();
        return Err(UserError::new("keys.kit-other")
            .at("words")
            .with("value", fingerprint(&key))
            .with(
                "expected",
                if expected.is_empty() {
                    "–".to_owned()
                } else {
                    expected.join(", ")
                },
            ));
    }
    let mut known = kits.remove(&key).unwrap_or_default();
    known.tried = Some(firm.clock.now().to_string());
    keep(&firm, &key, &known)?;
    if confided(&firm, &key)?.is_none() && firm.shared {
        // The kit is older than the key with which documents are read.
        confide(&firm, &key, &typed.seed)?;
    }
    forget_confided(&firm, &[standing.copied(), new])?;
    app.listeners.tell(&json!({ "event": "session" }));
    Ok(KitTried {
        key: key.to_string(),
        fingerprint: fingerprint(&key),
        named: standing == Some(&key),
    })
}

/// Deletes the pages of kits where they were written.
pub(crate) fn forget(app: &App) -> Result<KeysPage, UserError> {
    let firm = app.firm()?;
    for (key, mut known) in kept(&firm)? {
        let Some(file) = known.file.take() else { continue };
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(UserError::file(&file, &error)),
            _ => keep(&firm, &key, &known)?,
        }
    }
    app.listeners.tell(&json!({ "event": "session" }));
    super::page(app)
}
