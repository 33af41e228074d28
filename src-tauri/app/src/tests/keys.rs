//! What a ledger does without its keys, and which keys it has.

use super::calls::{Folder, ask, firm, product, refused, table};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[test]
fn a_locked_ledger_is_read_verified_and_searched_but_signs_nothing() {
    let folder = Folder::new();
    let app = firm(&folder);
    let review = ask(&app, json!({ "call": "review", "payloads": [product("P-1")] }));
    ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    let open = ask(&app, json!({ "call": "session" }));
    drop(app);
    let app = folder.open();
    let session = ask(&app, json!({ "call": "session" }));
    for same in ["party", "party_view", "network", "height", "time"] {
        assert_eq!(session[same], open[same], "{same}");
    }
    assert_eq!((&session["key"], &session["halted"]), (&Value::Null, &Value::Null));
    let subject = table(&app, "products", "all")["rows"][0]["subject"].clone();
    let found = ask(&app, json!({ "call": "search", "text": "P-1", "limit": 5 }));
    assert_eq!(found["rows"][0]["subject"], subject);
    ask(&app, json!({ "call": "open", "subject": subject }));
    let verdict = ask(&app, json!({ "call": "verify-code", "code": subject }));
    assert_eq!(verdict["report"]["verdict"], "accepted");
    assert_eq!(ask(&app, json!({ "call": "fsck" }))["clean"], true);
    ask(&app, json!({ "call": "home" }));
    for call in ["review", "check"] {
        let mut request = json!({ "call": call, "payloads": [product("P-2")] });
        if call == "check" {
            request = json!({ "call": call, "payload": product("P-2") });
        }
        assert_eq!(refused(&app, request), "locked", "{call}");
    }
    let import = json!({ "call": "import-preview", "name": "x", "file": "U0tVLE5hbWUsVW5pdApBLEIscGNzCg==", "as": "products", "mapping": null });
    assert_eq!(refused(&app, import), "locked");
    // A wrong passphrase changes nothing; the right one lets it sign.
    refused(&app, json!({ "call": "unlock", "passphrase": "wrong horse!" }));
    assert_eq!(table(&app, "products", "all")["total"], 1);
    ask(&app, json!({ "call": "unlock", "passphrase": "correct horse" }));
    let unlock = json!({ "call": "unlock", "passphrase": "correct horse" });
    assert_eq!(refused(&app, unlock), "not-locked");
    let review = ask(&app, json!({ "call": "review", "payloads": [product("P-2")] }));
    let signed = ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    assert_eq!(signed["records"][0][1], "confirmed");
    assert_eq!(table(&app, "products", "all")["total"], 2);
}

#[test]
fn the_validator_votes_with_a_key_of_its_own() {
    let folder = Folder::new();
    let app = firm(&folder);
    let anchor = ask(
        &app,
        json!({ "call": "export", "subject": null, "record": null, "as": "anchor" }),
    );
    let session = ask(&app, json!({ "call": "session" }));
    drop(app);
    let anchor = STANDARD.decode(anchor["content"].as_str().unwrap()).unwrap();
    let anchor = String::from_utf8(anchor).unwrap();
    let data = node::DataFolder::open(&folder.0).unwrap();
    let keys = node::Keystore::open(&data, &node::KeyLock::Passphrase("correct horse".to_owned())).unwrap();
    assert_eq!(keys.names(), ["root", "vote"]);
    let (root, vote) = (keys.get("root").unwrap().public(), keys.get("vote").unwrap().public());
    assert_eq!(session["key"], root.to_string());
    assert!(root != vote && anchor.contains(&vote.to_string()), "{anchor}");
    // Nothing that the root key signs gives it.
    let old = ledger::Hash::of(&keys.get("root").unwrap().sign(b"sealroad-vote-key.1"));
    assert_ne!(ledger::SecretKey::from_seed(old.as_bytes()).public(), vote);
}
