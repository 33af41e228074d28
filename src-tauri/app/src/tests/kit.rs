//! Keys that live: the printed kit made, tried and used, root keys replaced, clerks that come and go.

use super::calls::{Folder, LOOK, ask, firm, product, refused};
use crate::App;
use crate::keys::phrase;
use serde_json::{Value, json};
use std::path::Path;

const PASSPHRASE: &str = "correct horse";

fn keys(app: &App) -> Value {
    ask(app, json!({ "call": "keys" }))
}

/// Reviews and signs; gives the status.
fn sign(app: &App, payload: &Value) -> String {
    let review = ask(app, json!({ "call": "review", "payloads": [payload] }));
    assert_eq!(review["problems"], json!([]), "{review:#}");
    sign_review(app, &review)
}

fn sign_review(app: &App, review: &Value) -> String {
    let signed = ask(
        app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    signed["records"][0][1].as_str().unwrap().to_owned()
}

/// The rule that a review says would be broken.
fn problem(app: &App, payload: &Value) -> Value {
    let review = ask(app, json!({ "call": "review", "payloads": [payload] }));
    review["problems"][0]["code"].clone()
}

/// Makes a kit in a folder; gives its key and the page.
fn make(app: &App, folder: &Path) -> (String, String) {
    std::fs::create_dir_all(folder).unwrap();
    let made = ask(app, json!({ "call": "kit-make", "to": folder, "language": "de" }));
    assert_eq!(made["file"]["content"], "", "the secret does not travel");
    let page = std::fs::read_to_string(made["file"]["path"].as_str().unwrap()).unwrap();
    (made["key"].as_str().unwrap().to_owned(), page)
}

/// The words as they are printed.
pub(super) fn words(page: &str) -> String {
    let list = page
        .split("<ol class=\"words\">")
        .nth(1)
        .unwrap()
        .split("</ol>")
        .next()
        .unwrap();
    let words: Vec<&str> = list
        .split("<li>")
        .skip(1)
        .map(|word| word.trim_end_matches("</li>"))
        .collect();
    assert_eq!(words.len(), 24);
    words.join(" ")
}

fn named(key: &str) -> Value {
    json!({ "kind": "parties.recovery-named.1", "body": { "key": key } })
}

/// Makes, tries and names a kit; gives its words.
fn kit(app: &App, folder: &Folder) -> String {
    let (key, page) = make(app, &folder.0.join("printer"));
    let words = words(&page);
    ask(app, json!({ "call": "kit-try", "words": words }));
    assert_eq!(sign(app, &named(&key)), "confirmed");
    words
}

fn backup(app: &App) -> String {
    ask(app, json!({ "call": "backup" }))["path"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn recover(words: &str, suspected: Option<&str>) -> Value {
    json!({ "call": "recover", "words": words, "reason": "machine lost", "suspected_since": suspected,
            "passphrase": "another horse" })
}

#[test]
fn a_kit_counts_once_it_was_tried_and_its_page_is_deleted() {
    let folder = Folder::new();
    let app = firm(&folder);
    assert_eq!(keys(&app)["kit"], Value::Null);
    let (key, page) = make(&app, &folder.0.join("printer"));
    assert!(page.contains("Notfallblatt") && page.contains("<svg") && !page.contains("<script"));
    assert!(page.contains(keys(&app)["party"].as_str().unwrap()));
    assert_eq!(
        refused(&app, json!({ "call": "review", "payloads": [named(&key)] })),
        "keys.kit-untried"
    );
    let words = words(&page);
    let other = phrase::words(&[5; 32]).unwrap().join(" ");
    assert_eq!(
        refused(&app, json!({ "call": "kit-try", "words": other })),
        "keys.kit-other"
    );
    assert_eq!(keys(&app)["new_kit"]["tried"], Value::Null);
    let tried = ask(&app, json!({ "call": "kit-try", "words": words }));
    assert_eq!((&tried["key"], &tried["named"]), (&json!(key), &json!(false)));
    // Another one takes its place before it was named, and is not tried by the first one's words.
    let (second, page) = make(&app, &folder.0.join("other"));
    assert_eq!(keys(&app)["new_kit"]["key"], second.as_str());
    assert_eq!(
        refused(&app, json!({ "call": "kit-try", "words": words })),
        "keys.kit-other"
    );
    let (key, words) = (second, self::words(&page));
    ask(&app, json!({ "call": "kit-try", "words": words }));
    assert_eq!(sign(&app, &named(&key)), "confirmed");
    let now = keys(&app);
    assert_eq!((&now["kit"]["key"], &now["new_kit"]), (&json!(key), &Value::Null));
    assert!(now["kit"]["tried"].is_string() && now["kit"]["named"].is_string() && now["kit"]["file"].is_string());
    let home = ask(&app, json!({ "call": "home" }));
    assert!(home["now"].to_string().contains("kit-file") && !home["watch"].to_string().contains("kit-"));
    assert_eq!(ask(&app, json!({ "call": "kit-forget" }))["kit"]["file"], Value::Null);
    assert!(
        !folder.0.join("printer").read_dir().unwrap().any(|_| true),
        "the page is gone"
    );
    assert!(!ask(&app, json!({ "call": "home" })).to_string().contains("kit-"));
    // Nothing on the disk holds the words, or the seed.
    drop(app);
    let seed = hex::encode(*phrase::read(&words).unwrap().seed);
    let first: String = words.split(' ').take(3).collect::<Vec<_>>().join(" ");
    for entry in folder.0.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&seed) && !text.contains(&first), "{}", path.display());
    }
}

#[test]
fn a_page_is_never_written_over_a_file_and_a_place_must_be_whole() {
    let folder = Folder::new();
    let app = firm(&folder);
    let file = folder.0.join("there.html");
    std::fs::write(&file, "mine").unwrap();
    let make = |to: &Path| json!({ "call": "kit-make", "to": to, "language": "en" });
    assert_eq!(refused(&app, make(&file)), "keys.file-exists");
    assert_eq!(refused(&app, make(Path::new("there.html"))), "keys.path-relative");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(keys(&app)["new_kit"], Value::Null);
}

#[test]
fn a_firm_whose_disk_is_lost_comes_back_by_backup_and_kit() {
    let (lost, found) = (Folder::new(), Folder::new());
    let app = firm(&lost);
    let before = keys(&app);
    let words = kit(&app, &lost);
    let backup = backup(&app);
    drop(app);
    std::fs::remove_file(Path::new(&backup).join("keys.sealed")).unwrap();
    let app = found.open();
    assert_eq!(
        refused(&app, json!({ "call": "restore", "folder": "nowhere" })),
        "keys.path-relative"
    );
    ask(&app, json!({ "call": "restore", "folder": backup }));
    assert_eq!(
        refused(&app, json!({ "call": "restore", "folder": backup })),
        "already-founded"
    );
    assert_eq!(ask(&app, json!({ "call": "session" }))["locked"], true);
    let short =
        json!({ "call": "recover", "words": words, "reason": "lost", "suspected_since": null, "passphrase": "x" });
    assert_eq!(refused(&app, short), "passphrase-short");
    let swapped = words.replacen(words.split(' ').next().unwrap(), "zzz", 1);
    let wrong = app.call(recover(&swapped, None)).unwrap_err();
    assert_eq!(
        (&wrong["code"], &wrong["values"]["position"]),
        (&json!("keys.word-unknown"), &json!("1"))
    );
    let review = ask(&app, recover(&words, None));
    // A restored ledger confirms nothing new before somebody says that nothing later was signed; what is signed waits.
    assert_eq!(ask(&app, json!({ "call": "session" }))["key_standing"], "waiting");
    assert_eq!(sign_review(&app, &review), "signed");
    let waits = keys(&app);
    assert_eq!(waits["pending"][0]["kind"], "parties.root-replaced");
    ask(&app, json!({ "call": "confirm-votes-lost" }));
    while !keys(&app)["pending"].as_array().unwrap().is_empty() {
        std::thread::park_timeout(LOOK);
    }
    let after = keys(&app);
    assert_eq!(after["party"], before["party"], "the firm stays who it is");
    assert_ne!(after["root"]["key"], before["root"]["key"]);
    assert_eq!(
        (&after["ours"]["standing"], &after["root"]["here"]),
        (&json!("root"), &json!(true))
    );
    assert_eq!(sign(&app, &product("P-1")), "confirmed");
    // And it is still ours at the next start.
    drop(app);
    let app = found.open();
    ask(&app, json!({ "call": "unlock", "passphrase": "another horse" }));
    assert_eq!(sign(&app, &product("P-2")), "confirmed");
    assert_eq!(ask(&app, json!({ "call": "fsck" }))["clean"], true);
}

#[test]
fn a_forgotten_passphrase_costs_no_ledger_and_the_old_key_file_is_kept() {
    let folder = Folder::new();
    let app = firm(&folder);
    let words = kit(&app, &folder);
    drop(app);
    let app = folder.open();
    let other = phrase::words(&[5; 32]).unwrap().join(" ");
    assert_eq!(refused(&app, recover(&other, None)), "keys.kit-other");
    assert!(
        !folder.0.join("keys.sealed.lost-1").exists(),
        "nothing was touched for a wrong kit"
    );
    let review = ask(&app, recover(&words, None));
    assert_eq!(sign_review(&app, &review), "confirmed");
    assert!(folder.0.join("keys.sealed.lost-1").exists());
    assert_eq!(sign(&app, &product("P-1")), "confirmed");
    drop(app);
    let app = folder.open();
    assert_eq!(
        refused(&app, json!({ "call": "unlock", "passphrase": PASSPHRASE })),
        "node.wrong-passphrase"
    );
    ask(&app, json!({ "call": "unlock", "passphrase": "another horse" }));
}

#[test]
fn a_keychain_that_stayed_on_the_lost_machine_locks_nobody_out() {
    let folder = Folder::new();
    let app = firm(&folder);
    let words = kit(&app, &folder);
    drop(app);
    let file = folder.0.join("keys.sealed");
    let sealed = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, sealed.replace("\"argon2id\"", "\"keychain\"")).unwrap();
    let app = folder.open();
    let session = ask(&app, json!({ "call": "session" }));
    assert_eq!(
        (&session["locked"], &session["key_store"]),
        (&json!(true), &json!("keychain"))
    );
    let review = ask(&app, recover(&words, None));
    assert_eq!(sign_review(&app, &review), "confirmed");
}

#[test]
fn a_kit_that_does_not_open_the_vote_key_changes_nothing() {
    let folder = Folder::new();
    let app = firm(&folder);
    let words = kit(&app, &folder);
    let kit = keys(&app)["kit"]["key"].as_str().unwrap().to_owned();
    // What another kit opens, and nothing at all.
    let firm = app.firm().unwrap();
    let good = firm.desk.get("recovery-votes", &kit).unwrap().unwrap();
    let wrong = good.as_str().unwrap().replace(['0', '1', '2'], "3");
    firm.desk.put("recovery-votes", &kit, &json!(wrong)).unwrap();
    drop((firm, app));
    let app = folder.open();
    assert_eq!(refused(&app, recover(&words, None)), "keys.vote-lost");
    app.desk.delete("recovery-votes", &kit).unwrap();
    assert_eq!(refused(&app, recover(&words, None)), "keys.vote-lost");
    assert!(!folder.0.join("keys.sealed.lost-1").exists());
    ask(&app, json!({ "call": "unlock", "passphrase": PASSPHRASE }));
}

#[test]
fn a_stolen_root_key_is_refused_from_the_next_block_and_what_it_signed_is_marked() {
    let (stolen, found) = (Folder::new(), Folder::new());
    let app = firm(&stolen);
    let words = kit(&app, &stolen);
    let theft = ask(&app, json!({ "call": "session" }))["time"].clone();
    assert_eq!(sign(&app, &product("P-1")), "confirmed");
    let backup = backup(&app);
    drop(app);
    // The owner goes on elsewhere; the key file that was stolen is still the old one.
    node::restore(Path::new(&backup), &found.0).unwrap();
    let app = found.open();
    let old = keys(&app)["root"]["key"].clone();
    let review = ask(&app, recover(&words, theft.as_str()));
    ask(&app, json!({ "call": "confirm-votes-lost" }));
    assert_eq!(sign_review(&app, &review), "confirmed");
    let page = keys(&app);
    let former = &page["keys"][0];
    assert_eq!(
        (&former["key"], &former["standing"], &former["suspected_since"]),
        (&old, &json!("revoked"), &theft)
    );
    let party = format!("party:{}:self", page["party"].as_str().unwrap());
    let timeline = ask(&app, json!({ "call": "open", "subject": party }))["timeline"].clone();
    assert_eq!(timeline[0]["suspected"], false, "it registered before the theft");
    let records = ask(
        &app,
        json!({ "call": "records", "from": null, "to": null, "height": null, "offset": 0, "limit": 10 }),
    );
    let made = records["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["payload"]["kind"] == "supply-chain.product-defined.1");
    assert_eq!(made.unwrap()["suspected"], true, "{records:#}");
    // The old key itself speaks no more: its own key file, on this ledger.
    let firm = app.firm().unwrap();
    let thief = node::DataFolder::open(&stolen.0).unwrap();
    let thief = node::Keystore::open(&thief, &node::KeyLock::Passphrase(PASSPHRASE.to_owned())).unwrap();
    let acting = firm.acting();
    let payload = serde_json::from_value(product("P-9")).unwrap();
    let draft = crate::compose::Composer::new(&firm)
        .draft(&acting.party, &payload)
        .unwrap();
    let record = draft.sign(thief.get("root").unwrap()).unwrap();
    let refused = crate::sign::problems(&firm, &[record]).unwrap();
    assert_eq!(refused[0].code, "shared.mandate");
    assert_eq!(sign(&app, &product("P-2")), "confirmed");
}

#[test]
fn the_root_key_is_replaced_while_we_have_it() {
    let folder = Folder::new();
    let app = firm(&folder);
    let old = keys(&app)["root"]["key"].clone();
    let next = ask(&app, json!({ "call": "next-root" }))["key"].clone();
    assert_eq!(
        ask(&app, json!({ "call": "next-root" }))["key"],
        next,
        "one that was not used is offered again"
    );
    let replaced = json!({ "kind": "parties.root-replaced.1", "body": { "key": next, "reason": "yearly" } });
    assert_eq!(sign(&app, &replaced), "confirmed");
    let page = keys(&app);
    assert_eq!((&page["root"]["key"], &page["keys"][0]["key"]), (&next, &old));
    assert_eq!(ask(&app, json!({ "call": "session" }))["key"], next);
    assert_eq!(sign(&app, &product("P-1")), "confirmed");
    assert_eq!(problem(&app, &replaced), "parties.key-used");
    drop(app);
    let app = folder.open();
    ask(&app, json!({ "call": "unlock", "passphrase": PASSPHRASE }));
    assert_eq!(sign(&app, &product("P-2")), "confirmed");
    assert_ne!(ask(&app, json!({ "call": "next-root" }))["key"], next);
}

#[test]
fn a_clerk_is_granted_warned_of_expires_and_is_revoked_and_nobody_is_locked_out() {
    let folder = Folder::new();
    let app = firm(&folder);
    let clerk = ledger::SecretKey::from_seed(&[3; 32]).public().to_string();
    let now: ledger::Time = ask(&app, json!({ "call": "session" }))["time"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let grant = |until: ledger::Time| {
        json!({ "kind": "parties.mandate-granted.1", "body": { "key": clerk, "label": "Clerk 2", "holder": "clerk",
                "kinds": ["logistics.*"], "until": until.to_string() } })
    };
    let past = grant(now.plus_millis(-1));
    assert_eq!(problem(&app, &past), "parties.until-past");
    assert_eq!(sign(&app, &grant(now.plus_millis(20 * 24 * 3600 * 1000))), "confirmed");
    let line = keys(&app)["keys"][0].clone();
    assert_eq!(
        (&line["standing"], &line["here"], &line["label"]),
        (&json!("expiring"), &json!(false), &json!("Clerk 2"))
    );
    let home = ask(&app, json!({ "call": "home" }));
    let watched: Vec<&str> = home["watch"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(watched, ["key-expiring", "kit-missing"]);
    let revoked = json!({ "kind": "parties.mandate-revoked.1", "body": { "key": clerk, "reason": "left" } });
    // It goes on in one review: revoked and granted anew in one block.
    let longer = grant(now.plus_millis(29 * 24 * 3600 * 1000));
    let review = ask(&app, json!({ "call": "review", "payloads": [revoked, longer] }));
    assert_eq!(review["problems"], json!([]));
    assert_eq!(sign_review(&app, &review), "confirmed");
    let line = keys(&app)["keys"][0].clone();
    assert_eq!(line["standing"], "expiring");
    assert!(line["until"].as_str() > Some(now.plus_millis(28 * 24 * 3600 * 1000).to_string().as_str()));
    assert_eq!(sign(&app, &revoked), "confirmed");
    let line = keys(&app)["keys"][0].clone();
    assert_eq!(line["standing"], "revoked");
    assert!(line["revoked"].is_string() && line["suspected_since"].is_null());
    let soon = now.plus_millis(1_500);
    assert_eq!(sign(&app, &grant(soon)), "confirmed");
    while node::Clock::now(&node::SystemClock) <= soon {
        std::thread::park_timeout(LOOK);
    }
    assert_eq!(keys(&app)["keys"][0]["standing"], "expired");
    let home = ask(&app, json!({ "call": "home" }));
    assert_eq!(home["watch"][0]["code"], "key-expired");
    assert_eq!(sign(&app, &product("P-1")), "confirmed");
    assert_eq!(sign(&app, &grant(now.plus_millis(365 * 24 * 3600 * 1000))), "confirmed");
    assert_eq!(keys(&app)["keys"][0]["standing"], "in-force");
    assert!(!ask(&app, json!({ "call": "home" })).to_string().contains("key-expired"));
}

#[test]
fn the_sample_has_nothing_to_recover() {
    let folder = Folder::new();
    let app = folder.open();
    ask(&app, json!({ "call": "load-sample" }));
    assert_eq!(refused(&app, json!({ "call": "next-root" })), "not-in-the-sample");
    let words = phrase::words(&[5; 32]).unwrap().join(" ");
    assert_eq!(refused(&app, recover(&words, None)), "not-in-the-sample");
    assert!(keys(&app)["root"]["key"].is_string());
}
