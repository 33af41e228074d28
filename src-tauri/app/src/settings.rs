//! Language and colours, and the networks Verify trusts.

use crate::App;
use crate::call::{Pinned, Settings};
use crate::error::UserError;
use crate::words::Language;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::{Anchor, Time};
use node::Desk;
use serde_json::{Value, json};

const SPACE: &str = "settings";
const KEY: &str = "all";
const PINNED: &str = "pinned-networks";
const LANGUAGES: [&str; 4] = ["system", "en", "zh", "de"];
const SCHEMES: [&str; 3] = ["system", "light", "dark"];

/// The settings as kept, or those a new installation has.
pub(crate) fn read(desk: &Desk) -> Result<Settings, UserError> {
    let kept = desk
        .get(SPACE, KEY)?
        .and_then(|value| serde_json::from_value(value).ok());
    Ok(kept.unwrap_or_else(|| Settings {
        language: "system".to_owned(),
        scheme: "system".to_owned(),
        sounds: true,
    }))
}

/// A language by its code.
pub(crate) fn language(text: &str) -> Result<Language, UserError> {
    match text {
        "en" => Ok(Language::En),
        "zh" => Ok(Language::Zh),
        "de" => Ok(Language::De),
        _ => Err(UserError::new("unknown-choice")
            .at("language")
            .with("value", text)
            .with("expected", "en, zh, de")),
    }
}

/// A time of a call.
pub(crate) fn time(text: &str, field: &str) -> Result<Time, UserError> {
    text.parse()
        .map_err(|_| UserError::new("bad-time").at(field).with("value", text))
}

/// Keeps the settings.
pub(crate) fn change(app: &App, settings: Settings) -> Result<Settings, UserError> {
    let known = |list: &[&str], value: &str, field: &str| {
        let error = || {
            UserError::new("unknown-choice")
                .at(field)
                .with("value", value)
                .with("expected", list.join(", "))
        };
        list.contains(&value).then_some(()).ok_or_else(error)
    };
    known(&LANGUAGES, &settings.language, "language")?;
    known(&SCHEMES, &settings.scheme, "scheme")?;
    app.desk.put(SPACE, KEY, &json!(settings))?;
    app.listeners.tell(&json!({ "event": "session" }));
    Ok(settings)
}

/// The anchors Verify trusts: those pinned and, when a ledger is open, its own.
pub(crate) fn anchors(app: &App) -> Result<Vec<(Anchor, bool)>, UserError> {
    let mut anchors = Vec::new();
    if let Ok(firm) = app.firm() {
        anchors.push((firm.node.anchor(), true));
    }
    for (_, value, _) in app.desk.list(PINNED)? {
        if let Some(anchor) = value.as_str().and_then(|text| Anchor::parse(text.as_bytes()).ok()) {
            anchors.push((anchor, false));
        }
    }
    Ok(anchors)
}

/// The list of trusted networks.
pub(crate) fn pinned(app: &App) -> Result<Vec<Pinned>, UserError> {
    let mut list: Vec<Pinned> = Vec::new();
    for (anchor, own) in anchors(app)? {
        let network = anchor.network().to_string();
        if list.iter().all(|pinned| pinned.network != network) {
            list.push(Pinned {
                name: anchor.genesis().name().to_owned(),
                network,
                own,
            });
        }
    }
    Ok(list)
}

/// Pins the network of an anchor file.
pub(crate) fn pin(app: &App, anchor: &str) -> Result<Vec<Pinned>, UserError> {
    let bytes = decode(anchor, "anchor")?;
    let anchor = parse_anchor(&bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| UserError::new("not-an-anchor").at("anchor"))?;
    app.desk
        .put(PINNED, &anchor.network().to_string(), &Value::String(text))?;
    pinned(app)
}

/// Takes a network off the list.
pub(crate) fn unpin(app: &App, network: &str) -> Result<Vec<Pinned>, UserError> {
    app.desk.delete(PINNED, network)?;
    pinned(app)
}

/// Reads an anchor file.
pub(crate) fn parse_anchor(bytes: &[u8]) -> Result<Anchor, UserError> {
    Anchor::parse(bytes).map_err(|error| UserError::new("not-an-anchor").at("anchor").with("what", error))
}

/// Reads base64 (RFC 4648, section 4) of a field.
pub(crate) fn decode(text: &str, field: &str) -> Result<Vec<u8>, UserError> {
    STANDARD
        .decode(text)
        .map_err(|_| UserError::new("not-base64").at(field))
}

/// Writes base64.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
