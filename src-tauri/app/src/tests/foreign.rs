//! Events of other systems: kept whole, each once, the same after import, export and import again.

use super::calls::{Folder, ask, firm, refused};
use super::imports::{import, preview};
use crate::App;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use systems::supply_chain::formats::epcis::{event_hash, parse};

const LARGEST: usize = 1 << 20;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The hashes of a document's events, as it says them.
fn hashes(document: &[u8]) -> Vec<String> {
    let document = parse(document, LARGEST).unwrap();
    let hash = |event| event_hash(event, document.context());
    document.events().iter().map(hash).collect()
}

fn subject(app: &App, hash: &str) -> String {
    let us = ask(app, json!({ "call": "session" }))["party"]
        .as_str()
        .unwrap()
        .to_owned();
    let digest = hash.split([';', '?']).nth(1).unwrap();
    format!("event:{us}:{digest}")
}

fn exported(app: &App, subject: &str) -> Vec<u8> {
    let made = ask(
        app,
        json!({ "call": "export", "subject": subject, "record": null, "as": "epcis" }),
    );
    STANDARD.decode(made["content"].as_str().unwrap()).unwrap()
}

/// Imports a document; every refusal must be that the very event is there already.
fn take_in(app: &App, name: &str, document: &[u8]) -> u64 {
    let seen = preview(app, name, document, None);
    assert_eq!(seen["as"], "epcis", "{name}");
    let done = import(app, &seen, json!([]));
    let report = &done["report"];
    let known = report["refused"].as_array().unwrap();
    assert!(
        known.iter().all(|one| one["code"] == "shared.already-exists"),
        "{name}: {known:?}"
    );
    let accepted = report["accepted"].as_u64().unwrap();
    assert_eq!(
        accepted + known.len() as u64,
        report["rows"].as_u64().unwrap(),
        "{name}"
    );
    accepted
}

#[test]
fn documents_of_others_come_in_and_go_out_with_the_same_hashes() {
    let Some(corpus) = std::env::var_os("SEALROAD_CORPUS") else {
        println!("SEALROAD_CORPUS is not set: no foreign documents were imported");
        return;
    };
    let corpus = Path::new(&corpus).join("epcis/openepcis");
    let (here, there) = (Folder::new(), Folder::new());
    let (here, there) = (firm(&here), firm(&there));
    let folders = ["Capture/Documents", "Capture/Events", "Query"];
    let valid: Vec<PathBuf> = folders.iter().flat_map(|folder| files(&corpus.join(folder))).collect();
    let (mut imported, mut kept) = (0, BTreeSet::new());
    let mut records = 0;
    for path in &valid {
        let document = std::fs::read(path).unwrap();
        records += take_in(&here, &name(path), &document);
        for hash in hashes(&document) {
            if !kept.insert(hash.clone()) {
                continue;
            }
            let once = exported(&here, &subject(&here, &hash));
            assert_eq!(hashes(&once), [hash.as_str()], "{}", path.display());
            assert_eq!(take_in(&there, "exported.json", &once), 1, "{}", path.display());
            let twice = exported(&there, &subject(&there, &hash));
            assert_eq!(hashes(&twice), [hash.as_str()], "{}", path.display());
        }
        let again = preview(&here, "again.json", &document, None);
        assert!(again["report"]["already_imported"].is_string(), "{}", path.display());
        assert_eq!(again["report"]["accepted"], 0, "{}", path.display());
        imported += 1;
    }
    println!("documents imported {imported} of {}, {records} events", valid.len());
    assert_eq!((imported, records), (52, kept.len() as u64));
}

#[test]
fn invalid_documents_of_others_are_refused_with_the_place() {
    let Some(corpus) = std::env::var_os("SEALROAD_CORPUS") else {
        println!("SEALROAD_CORPUS is not set: no invalid documents were refused");
        return;
    };
    let corpus = Path::new(&corpus).join("epcis/openepcis");
    let folder = Folder::new();
    let app = firm(&folder);
    let folders = ["Capture/Invalid", "Query/Invalid"];
    let invalid: Vec<PathBuf> = folders.iter().flat_map(|folder| files(&corpus.join(folder))).collect();
    let mut count = 0;
    for path in &invalid {
        let seen = preview(&app, &name(path), &std::fs::read(path).unwrap(), Some("epcis"));
        let report = &seen["report"];
        let faults = report["refused"].as_array().unwrap();
        let placed = |fault: &Value| {
            fault["code"].as_str().unwrap().starts_with("import.epcis")
                && fault["field"].as_str().unwrap().starts_with('/')
        };
        assert!(
            !faults.is_empty() && faults.iter().all(placed),
            "{}: {report}",
            path.display()
        );
        assert_eq!(report["accepted"], 0, "{}", path.display());
        count += 1;
    }
    println!("invalid refused {count} of {}", invalid.len());
    assert_eq!(count, 17);
}

/// An event with names of its own and a fraction.
fn document() -> String {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "x": "https://x.example/" }],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-06T00:00:00Z",
        "epcisBody": { "eventList": [{
            "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-01-05T12:00:00+08:00",
            "eventTimeZoneOffset": "+08:00", "x:humidity": 40.50, "bizStep": "inspecting", "disposition": "in_progress",
            "readPoint": { "id": "https://id.gs1.org/414/4012345000054" },
            "bizTransactionList": [{ "type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:1" }],
            "epcList": ["https://id.gs1.org/01/04012345111118/21/9"],
        }] },
    })
    .to_string()
}

/// Without the corpus: an event with names of its own and a fraction.
#[test]
fn an_event_is_found_by_its_hash_shown_whole_and_kept_once() {
    let document = document();
    let folder = Folder::new();
    let app = firm(&folder);
    assert_eq!(take_in(&app, "one.json", document.as_bytes()), 1);
    let hash = hashes(document.as_bytes()).remove(0);
    let subject = subject(&app, &hash);
    let detail = ask(&app, json!({ "call": "open", "subject": subject }));
    assert_eq!(
        (&detail["view"]["type"], &detail["view"]["event_hash"]),
        (&json!("event"), &json!(hash))
    );
    assert_eq!(
        detail["view"]["epcs"],
        json!(["https://id.gs1.org/01/04012345111118/21/9"])
    );
    assert_eq!(
        (&detail["row"]["type"], &detail["actions"]),
        (&json!("event"), &json!([]))
    );
    assert_eq!(
        detail["timeline"][0]["payload"]["kind"],
        "supply-chain.event-captured.1"
    );
    let view = &detail["view"];
    assert_eq!(
        json!([
            view["action"],
            view["biz_step"],
            view["disposition"],
            view["read_point"]
        ]),
        json!([
            "OBSERVE",
            "inspecting",
            "in_progress",
            "https://id.gs1.org/414/4012345000054"
        ])
    );
    assert_eq!(view["documents"][0]["kind"], "po");
    assert_eq!(view["extensions"], r#"{"https://x.example/humidity":"40.5"}"#);
    assert_eq!(
        (&detail["source"]["name"], &detail["source"]["hash"]),
        (
            &json!("one.json"),
            &json!(ledger::Hash::of(document.as_bytes()).to_string())
        )
    );
    let found = ask(&app, json!({ "call": "search", "text": "ObjectEvent", "limit": 5 }));
    assert_eq!(found["rows"][0]["subject"], subject);
    // In another document it is the same event.
    let other = document.replace("2026-01-06", "2026-01-07");
    let seen = preview(&app, "other.json", other.as_bytes(), None);
    assert_eq!(seen["report"]["refused"][0]["code"], "shared.already-exists");
    assert_eq!(seen["report"]["already_imported"], Value::Null);
    let nothing =
        json!({ "call": "export", "subject": subject.replace("event:", "lot:"), "record": null, "as": "epcis" });
    assert_eq!(refused(&app, nothing), "export-no-events");
}

#[test]
fn an_event_leads_to_goods_of_ours_that_it_names() {
    let folder = Folder::new();
    let app = firm(&folder);
    let document = document();
    assert_eq!(take_in(&app, "one.json", document.as_bytes()), 1);
    let subject = subject(&app, &hashes(document.as_bytes())[0]);
    let detail = ask(&app, json!({ "call": "open", "subject": subject }));
    // The goods are nobody's yet; once they are ours, the event leads to them.
    let link = "https://id.gs1.org/01/04012345111118/21/9";
    assert!(detail["names"].get(link).is_none());
    let place = json!({ "name": "Mill" });
    let at = json!({ "time": "2026-01-05T00:00:00.000Z", "zone": "+08:00" });
    let us = ask(&app, json!({ "call": "session" }))["party"].clone();
    let own = |kind: &str, number: &str| format!("{kind}:{}:{number}", us.as_str().unwrap());
    let (product, lot) = (own("product", "P"), own("lot", "L"));
    let ours = json!([
        { "kind": "supply-chain.product-defined.1", "body": { "number": "P", "name": { "en": "Thing" }, "unit": "H87", "gtin": "4012345111118" } },
        { "kind": "supply-chain.lot-made.1", "body": { "number": "L", "product": product, "quantity": { "value": 1, "scale": 0, "unit": "H87" }, "place": place, "at": at, "origin": "CN" } },
        { "kind": "supply-chain.serial-made.1", "body": { "serial": "9", "product": product, "gtin": "4012345111118", "lot": lot, "place": place, "at": at } },
    ]);
    let review = ask(&app, json!({ "call": "review", "payloads": ours }));
    assert_eq!(review["problems"], json!([]));
    ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    let detail = ask(&app, json!({ "call": "open", "subject": subject }));
    assert_eq!(detail["names"][link]["type"], "item");
}
