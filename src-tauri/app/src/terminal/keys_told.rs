//! How `sealroad keys` words what it found.

use super::Desk;
use super::govern::{list, text};
use crate::terminal::output::answer;
use qrcode::QrCode;
use qrcode::render::unicode;
use serde_json::Value;

/// All keys.
pub(super) fn page(desk: &Desk, page: &Value) {
    let say = |code: &str, values: &[(&str, &str)]| answer!("{}", desk.say(code, values));
    match page.get("root").filter(|root| !root.is_null()) {
        Some(root) => say(
            "terminal.keys-root",
            &[
                ("fingerprint", &text(root, "fingerprint")),
                ("since", &text(root, "since")),
                ("key", &text(root, "key")),
            ],
        ),
        None => say("keys.party-unseen", &[]),
    }
    kit(desk, page);
    for key in list(page, "keys") {
        let standing = match text(key, "standing").as_str() {
            "in-force" => "terminal.keys-in-force",
            "expiring" => "terminal.keys-expiring",
            "expired" => "terminal.keys-expired",
            _ => "terminal.keys-revoked",
        };
        let (until, revoked) = (text(key, "until"), text(key, "revoked"));
        let standing = desk.say(standing, &[("until", &until), ("revoked", &revoked)]);
        let kinds: Vec<&str> = list(key, "kinds").filter_map(Value::as_str).collect();
        answer!(
            "  {}  {}  {standing}  {}",
            text(key, "label"),
            kinds.join(","),
            text(key, "key")
        );
        let since = text(key, "suspected_since");
        if !since.is_empty() {
            say("terminal.keys-suspected", &[("since", &since)]);
        }
    }
    for pending in list(page, "pending") {
        let values = [("kind", &*text(pending, "kind")), ("record", &text(pending, "record"))];
        say("terminal.keys-pending", &values);
    }
    own(desk, page);
}

fn kit(desk: &Desk, page: &Value) {
    let say = |code: &str, values: &[(&str, &str)]| answer!("{}", desk.say(code, values));
    for (place, untried, tried) in [
        ("kit", "terminal.kit-untried", "terminal.kit-stands"),
        ("new_kit", "terminal.kit-new-untried", "terminal.kit-new"),
    ] {
        let Some(kit) = page.get(place).filter(|kit| !kit.is_null()) else {
            if place == "kit" {
                say("terminal.kit-none", &[]);
            }
            continue;
        };
        let when = text(kit, "tried");
        let code = if when.is_empty() { untried } else { tried };
        let values = [
            ("fingerprint", &*text(kit, "fingerprint")),
            ("named", &text(kit, "named")),
            ("tried", &when),
        ];
        say(code, &values);
        let file = text(kit, "file");
        if !file.is_empty() {
            say("terminal.kit-file", &[("path", &file)]);
        }
    }
}

fn own(desk: &Desk, page: &Value) {
    let Some(ours) = page.get("ours").filter(|ours| !ours.is_null()) else {
        return;
    };
    let code = match text(ours, "standing").as_str() {
        "root" => "terminal.keys-ours-root",
        "granted" => "terminal.keys-ours-granted",
        "ended" => "terminal.keys-ours-ended",
        _ => "terminal.keys-ours-waiting",
    };
    let values = [
        ("fingerprint", &*text(ours, "fingerprint")),
        ("key", &text(ours, "key")),
    ];
    answer!("{}", desk.say(code, &values));
}

/// The key made here, as text and as a QR code for whoever grants.
pub(super) fn ours(desk: &Desk, page: &Value) {
    let key = page.get("ours").map(|ours| text(ours, "key")).unwrap_or_default();
    if let Ok(code) = QrCode::new(&key) {
        answer!("{}", code.render::<unicode::Dense1x2>().build());
    }
    own(desk, page);
}

/// A kit that was made.
pub(super) fn made(desk: &Desk, made: &Value) {
    let path = made.get("file").map(|file| text(file, "path")).unwrap_or_default();
    let values = [("path", &*path), ("fingerprint", &text(made, "fingerprint"))];
    answer!("{}", desk.say("terminal.kit-made", &values));
}

/// Words that are right.
pub(super) fn tried(desk: &Desk, tried: &Value) {
    let named = tried.get("named").and_then(Value::as_bool).unwrap_or(false);
    let code = if named {
        "terminal.kit-good"
    } else {
        "terminal.kit-good-new"
    };
    answer!("{}", desk.say(code, &[("fingerprint", &text(tried, "fingerprint"))]));
}
