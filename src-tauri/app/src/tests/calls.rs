//! First run, the sample company and its thread, drafts, review and signature, verification.

use crate::{App, Options};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How often is looked whether something has happened.
pub const LOOK: Duration = Duration::from_millis(5);

/// A folder that is deleted at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("sealroad-app-{}", hex::encode(node::random::<8>().unwrap())));
        Self(path)
    }

    pub fn open(&self) -> App {
        App::open(Options {
            data: Some(self.0.clone()),
        })
        .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

/// A call that must succeed.
pub fn ask(app: &App, request: Value) -> Value {
    app.call(request.clone())
        .unwrap_or_else(|error| panic!("{request}: {error}"))
}

/// The code of a call that must fail.
pub fn refused(app: &App, request: Value) -> String {
    app.call(request).unwrap_err()["code"].as_str().unwrap().to_owned()
}

pub fn profile() -> Value {
    json!({ "name": { "en": "Test firm" }, "country": "DE", "identifiers": [], "roles": ["exporter"] })
}

/// A folder with our own firm.
pub fn firm(folder: &Folder) -> App {
    let app = folder.open();
    ask(
        &app,
        json!({ "call": "set-up", "profile": profile(), "passphrase": "correct horse" }),
    );
    app
}

pub fn product(number: &str) -> Value {
    json!({ "kind": "supply-chain.product-defined.1", "body": { "number": number, "name": { "en": "Thing" }, "unit": "H87" } })
}

#[test]
fn first_run_set_up_lock_and_unlock() {
    let folder = Folder::new();
    let app = folder.open();
    assert_eq!(ask(&app, json!({ "call": "session" }))["stage"], "first-run");
    assert_eq!(refused(&app, json!({ "call": "home" })), "first-run");
    let short = json!({ "call": "set-up", "profile": profile(), "passphrase": "short" });
    assert_eq!(refused(&app, short), "passphrase-short");
    let session = ask(
        &app,
        json!({ "call": "set-up", "profile": profile(), "passphrase": "correct horse" }),
    );
    assert_eq!(session["stage"], "ready");
    assert_eq!(session["party_view"]["profile"]["name"]["en"], "Test firm");
    assert_eq!(session["height"], 1);
    assert_eq!(session["locked"], false);
    drop(app);
    let app = folder.open();
    let locked = ask(&app, json!({ "call": "session" }));
    assert_eq!((&locked["stage"], &locked["locked"]), (&json!("locked"), &json!(true)));
    assert_eq!(
        refused(&app, json!({ "call": "unlock", "passphrase": "wrong horse!" })),
        "node.wrong-passphrase"
    );
    assert_eq!(
        ask(&app, json!({ "call": "unlock", "passphrase": "correct horse" }))["stage"],
        "ready"
    );
}

#[test]
fn two_starts_on_one_folder_give_a_clear_error() {
    let folder = Folder::new();
    let _first = folder.open();
    let second = App::open(Options {
        data: Some(folder.0.clone()),
    });
    assert_eq!(second.err().unwrap().code, "node.in-use");
}

#[test]
fn unknown_calls_and_unknown_members_are_refused() {
    let folder = Folder::new();
    let app = folder.open();
    assert_eq!(refused(&app, json!({ "call": "nothing" })), "bad-call");
    assert_eq!(refused(&app, json!({ "call": "session", "more": 1 })), "bad-call");
}

#[test]
fn a_draft_is_kept_reviewed_signed_and_gone() {
    let folder = Folder::new();
    let app = firm(&folder);
    let draft = ask(
        &app,
        json!({ "call": "save-draft", "id": null, "form": { "number": "P" }, "kind": "supply-chain.product-defined" }),
    );
    assert_eq!(ask(&app, json!({ "call": "drafts" })).as_array().unwrap().len(), 1);
    let bad = json!({ "kind": "supply-chain.product-defined.1", "body": { "number": "", "name": { "en": "Thing" }, "unit": "H87" } });
    let checked = ask(&app, json!({ "call": "check", "payload": bad }));
    assert_eq!(checked["problems"][0]["field"], "number");
    let review = ask(
        &app,
        json!({ "call": "review", "payloads": [product("P-1"), product("P-2")] }),
    );
    assert_eq!(review["problems"], json!([]));
    assert!(
        review["records"][0]["text"]
            .as_str()
            .unwrap()
            .contains("\"number\":\"P-1\"")
    );
    let sign = json!({ "call": "sign", "review": review["review"], "draft": draft["id"] });
    let signed = ask(&app, sign.clone());
    assert_eq!(signed["records"][1][1], "confirmed");
    assert_eq!(refused(&app, sign), "review-gone");
    assert_eq!(ask(&app, json!({ "call": "drafts" })), json!([]));
    let record = ask(&app, json!({ "call": "record", "id": signed["records"][0][0] }));
    let steps: Vec<_> = record["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["code"].as_str().unwrap(), step["passed"] == true))
        .collect();
    assert_eq!(
        steps,
        [
            ("signature", true),
            ("mandate", true),
            ("inclusion", true),
            ("quorum", true),
            ("completeness", true)
        ]
    );
    // The second of the same number breaks a rule, and nothing is signed.
    let again = ask(&app, json!({ "call": "review", "payloads": [product("P-1")] }));
    assert_eq!(again["problems"][0]["code"], "shared.already-exists");
    assert_eq!(
        refused(
            &app,
            json!({ "call": "sign", "review": again["review"], "draft": null })
        ),
        "shared.already-exists"
    );
}

pub fn sample(folder: &Folder) -> App {
    let app = folder.open();
    let session = ask(&app, json!({ "call": "load-sample" }));
    assert_eq!(
        (&session["sample"], &session["simulated_clock"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(session["shoes"].as_array().unwrap().len(), 5);
    app
}

pub fn table(app: &App, table: &str, chip: &str) -> Value {
    ask(
        app,
        json!({ "call": "list", "table": table, "text": "", "chip": chip, "sort": "number", "descending": false, "offset": 0, "limit": 100 }),
    )
}

#[test]
fn the_sample_fills_every_table() {
    let folder = Folder::new();
    let app = sample(&folder);
    for (name, least) in [
        ("products", 3),
        ("lots", 12),
        ("items", 20),
        ("shipments", 4),
        ("parties", 6),
    ] {
        let total = table(&app, name, "all")["total"].as_u64().unwrap();
        assert!(total >= least, "{name}: {total}");
    }
    assert_eq!(table(&app, "lots", "recalled")["total"], 1);
    let home = ask(&app, json!({ "call": "home" }));
    assert_eq!(home["thread"]["code"], "thread.arrive");
    let watched: Vec<_> = home["watch"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["code"].as_str().unwrap())
        .collect();
    assert!(
        watched.contains(&"recall") && watched.contains(&"exception"),
        "{watched:?}"
    );
    assert_eq!(home["waiting"][0]["code"], "offer-unanswered");
    assert_eq!(refused(&app, json!({ "call": "load-sample" })), "already-founded");
}

#[test]
fn every_row_opens_and_traces() {
    let folder = Folder::new();
    let app = sample(&folder);
    for name in ["products", "lots", "items", "shipments", "parties"] {
        for row in table(&app, name, "all")["rows"].as_array().unwrap() {
            let detail = ask(&app, json!({ "call": "open", "subject": row["subject"] }));
            assert_eq!(detail["row"]["subject"], row["subject"]);
            assert!(!detail["timeline"].as_array().unwrap().is_empty());
        }
    }
    let lot = table(&app, "lots", "all")["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["number"] == "DC-1101")
        .unwrap()["subject"]
        .clone();
    let trace = ask(&app, json!({ "call": "trace", "subject": lot }));
    let steps: Vec<i64> = trace["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["step"].as_i64().unwrap())
        .collect();
    assert!(
        steps.contains(&-2) && steps.contains(&0) && steps.contains(&1),
        "{steps:?}"
    );
}

#[test]
fn anything_is_found_by_words_codes_and_scanned_labels() {
    let folder = Folder::new();
    let app = sample(&folder);
    let item = &table(&app, "items", "all")["rows"][0];
    let code = item["code"].as_str().unwrap();
    let parts: Vec<&str> = code.split('/').collect();
    for (text, read_as) in [
        (
            format!("https://example.com/01/{}/21/{}", parts[1], parts[3]),
            "digital-link",
        ),
        (format!("(01){}(21){}", parts[1], parts[3]), "digital-link"),
        (format!("]C101{}21{}", parts[1], parts[3]), "digital-link"),
    ] {
        let found = ask(&app, json!({ "call": "search", "text": text, "limit": 10 }));
        assert_eq!(
            (found["read_as"].as_str().unwrap(), &found["exact"]),
            (read_as, &item["subject"]),
            "{text}"
        );
        let verdict = ask(&app, json!({ "call": "verify-code", "code": text }));
        assert_eq!(verdict["report"]["verdict"], "accepted");
    }
    let gtin = ask(&app, json!({ "call": "search", "text": parts[1], "limit": 10 }));
    assert_eq!(gtin["read_as"], "gtin");
    assert!(gtin["exact"].as_str().unwrap().starts_with("product:"));
    let words = ask(&app, json!({ "call": "search", "text": "被套", "limit": 10 }));
    assert!(!words["rows"].as_array().unwrap().is_empty());
}

#[test]
fn a_label_on_a_package_leads_to_its_shipment() {
    let folder = Folder::new();
    let app = sample(&folder);
    app.firm().unwrap().node.views_ready();
    let shipments = table(&app, "shipments", "all");
    let marked = shipments["rows"].as_array().unwrap().iter().find_map(|row| {
        let shipment = ask(&app, json!({ "call": "open", "subject": row["subject"] }));
        let mark = shipment["view"]["packages"][0]["mark"].as_str()?.to_owned();
        Some((row["subject"].clone(), mark))
    });
    let (shipment, mark) = marked.unwrap();
    let found = |app: &App| {
        for label in ["", "00", "(00)", "]C100"].map(|before| format!("{before}{mark}")) {
            let found = ask(app, json!({ "call": "search", "text": label, "limit": 2 }));
            assert_eq!(
                (&found["read_as"], &found["exact"]),
                (&json!("sscc"), &shipment),
                "{label}"
            );
        }
    };
    found(&app);
    // Tables made anew from the ledger know it too.
    drop(app);
    std::fs::remove_file(folder.0.join("sample/views.db")).unwrap();
    let app = folder.open();
    app.firm().unwrap().node.views_ready();
    found(&app);
}

/// Takes every step of the sample's thread in the shoes of whose turn it is; their codes.
pub fn follow_the_thread(app: &App) -> Vec<String> {
    let mut steps = Vec::new();
    loop {
        let thread = ask(app, json!({ "call": "home" }))["thread"].clone();
        if thread.is_null() {
            break;
        }
        steps.push(thread["code"].as_str().unwrap().to_owned());
        ask(app, json!({ "call": "step-into", "party": thread["values"]["shoes"] }));
        let body: Value = serde_json::from_str(thread["values"]["body"].as_str().unwrap()).unwrap();
        let payload = json!({ "kind": format!("{}.1", thread["values"]["kind"].as_str().unwrap()), "body": body });
        let review = ask(app, json!({ "call": "review", "payloads": [payload] }));
        assert_eq!(review["problems"], json!([]));
        ask(
            app,
            json!({ "call": "sign", "review": review["review"], "draft": null }),
        );
    }
    steps
}

#[test]
fn the_thread_leads_to_delivery_and_its_evidence_verifies() {
    let folder = Folder::new();
    let app = sample(&folder);
    let expected = || {
        let shipments = table(&app, "shipments", "all");
        let mut rows = shipments["rows"].as_array().unwrap().iter();
        rows.find(|row| row["number"] == "JL-0117").unwrap()["expected"].clone()
    };
    assert!(expected().is_string());
    let steps = follow_the_thread(&app);
    assert_eq!(
        steps,
        ["thread.arrive", "thread.offer", "thread.accept", "thread.deliver"]
    );
    app.firm().unwrap().node.views_ready();
    assert_eq!(expected(), Value::Null, "what is there is not expected");
    let item = table(&app, "items", "all")["rows"][0]["subject"].clone();
    let file = ask(
        &app,
        json!({ "call": "export", "subject": item, "record": null, "as": "evidence" }),
    );
    let anchor = ask(
        &app,
        json!({ "call": "export", "subject": null, "record": null, "as": "anchor" }),
    );
    let verify = |app: &App, anchor: &Value| {
        ask(
            app,
            json!({ "call": "verify", "file": file["content"], "anchor": anchor, "not_before": null }),
        )
    };
    let verdict = verify(&app, &Value::Null);
    assert_eq!(verdict["report"]["verdict"], "accepted");
    agrees_with_the_ledger(&app, &verdict);
    ask(&app, json!({ "call": "leave-sample" }));
    assert_eq!(ask(&app, json!({ "call": "session" }))["stage"], "first-run");
    assert_eq!(verify(&app, &Value::Null)["report"]["verdict"], "consistent");
    assert_eq!(verify(&app, &anchor["content"])["report"]["verdict"], "accepted");
    ask(&app, json!({ "call": "pin-network", "anchor": anchor["content"] }));
    assert_eq!(verify(&app, &Value::Null)["report"]["verdict"], "accepted");
}

/// What the file tells is what the ledger tells: who bears it out, on whose behalf it was said, what was corrected.
fn agrees_with_the_ledger(app: &App, verdict: &Value) {
    let mut told = BTreeMap::new();
    for name in ["lots", "items", "shipments"] {
        for row in table(app, name, "all")["rows"].as_array().unwrap() {
            let detail = ask(app, json!({ "call": "open", "subject": row["subject"] }));
            for line in detail["timeline"].as_array().unwrap() {
                told.insert(line["id"].as_str().unwrap().to_owned(), line.clone());
            }
        }
    }
    let lines = verdict["timeline"].as_array().unwrap();
    for line in lines {
        let ours = &told[line["id"].as_str().unwrap()];
        assert_eq!(line, ours);
    }
    for kind in ["logistics.handover-offered.1", "logistics.handover-accepted.1"] {
        let sides: Vec<_> = lines.iter().filter(|line| line["payload"]["kind"] == kind).collect();
        assert!(sides.iter().any(|line| line["sources"] == 2), "{kind}: {sides:?}");
    }
}

#[test]
fn the_sample_opens_again_with_everything_in_it() {
    let folder = Folder::new();
    let app = sample(&folder);
    let height = ask(&app, json!({ "call": "session" }))["height"].clone();
    drop(app);
    let app = folder.open();
    let session = ask(&app, json!({ "call": "session" }));
    assert_eq!((&session["stage"], &session["height"]), (&json!("ready"), &height));
    let review = ask(&app, json!({ "call": "review", "payloads": [product("NEW")] }));
    ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    assert_eq!(ask(&app, json!({ "call": "fsck" }))["clean"], true);
    let backup = ask(&app, json!({ "call": "backup" }));
    assert!(backup["size"].as_u64().unwrap() > 0);
    assert!(ask(&app, json!({ "call": "about" }))["last_backup"].is_string());
    assert!(
        ask(&app, json!({ "call": "blocks", "below": null, "limit": 5 }))["blocks"]
            .as_array()
            .unwrap()
            .len()
            == 5
    );
    let records = ask(
        &app,
        json!({ "call": "records", "from": "2026-01-01T00:00:00+08:00", "to": null, "height": null, "offset": 0, "limit": 500 }),
    );
    assert!(records["total"].as_u64().unwrap() > 70);
}

#[test]
fn exports_are_read_back_by_their_own_readers() {
    use base64::Engine as _;
    let folder = Folder::new();
    let app = sample(&folder);
    let item = table(&app, "items", "all")["rows"][0]["subject"].clone();
    let bytes = |kind: &str| {
        let made = ask(
            &app,
            json!({ "call": "export", "subject": item, "record": null, "as": kind }),
        );
        base64::engine::general_purpose::STANDARD
            .decode(made["content"].as_str().unwrap())
            .unwrap()
    };
    let document = systems::supply_chain::formats::epcis::parse(&bytes("epcis"), 1 << 24).unwrap();
    assert!(document.events().len() > 5);
    let credential: Value = serde_json::from_slice(&bytes("vc")).unwrap();
    assert_eq!(credential["proof"]["cryptosuite"], "eddsa-jcs-2022");
    assert_eq!(credential["proof"]["@context"], credential["@context"]);
}
