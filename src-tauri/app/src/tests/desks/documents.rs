//! Documents that travel with a hand-over between two desktops.

mod giver;

use super::super::calls::{Folder, ask, product, refused};
use super::super::kit::words;
use super::{ACCEPTED, Lane, OFFERED, confirmed, desks, opened, until, waiting};
use crate::App;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A document's content: no two pieces of it are alike.
pub(super) fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 251 + at % 251) as u8).collect()
}

pub(super) fn attach(app: &App, name: &str, content: &[u8]) -> Value {
    ask(
        app,
        json!({ "call": "document-attach", "name": name, "media_type": "application/pdf", "file": STANDARD.encode(content) }),
    )
}

fn reviewed(app: &App, payload: &Value, attached: &[&Value]) -> Value {
    let ids: Vec<&Value> = attached.iter().map(|one| &one["id"]).collect();
    ask(app, json!({ "call": "review", "payloads": [payload], "attached": ids }))
}

/// Reviews and signs a record that names documents; gives its id.
pub(super) fn sign_with(app: &App, payload: &Value, attached: &[&Value]) -> String {
    let review = reviewed(app, payload, attached);
    assert_eq!(review["problems"], json!([]));
    assert_eq!(
        review["records"][0]["documents"].as_array().unwrap().len(),
        attached.len()
    );
    let signed = ask(
        app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    signed["records"][0][0].as_str().unwrap().to_owned()
}

pub(super) fn offer_of(lane: &Lane, shipment: &str) -> Value {
    json!({ "kind": OFFERED, "body": {
        "shipment": shipment, "to": { "party": Lane::party(&lane.carrier) }, "place": { "name": "Shanghai", "locode": "CNSHA" },
        "at": { "time": "2026-11-02T08:00:00.000Z", "zone": "+08:00" }, "packages": 1 } })
}

fn acceptance(shipment: &str, offer: &str) -> Value {
    json!({ "kind": ACCEPTED, "body": { "shipment": shipment, "offer": offer,
        "at": { "time": "2026-11-02T09:00:00.000Z", "zone": "+08:00" }, "packages": 1 } })
}

/// The line of a document on a page of them all, once it is as it should be.
pub(super) fn line(app: &App, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let is = |line: &&Value| line["name"] == name && holds(line);
    let page = until(app, &json!({ "call": "documents" }), what, |page| {
        page["documents"]
            .as_array()
            .is_some_and(|lines| lines.iter().any(|line| is(&line)))
    });
    page["documents"].as_array().unwrap().iter().find(is).unwrap().clone()
}

pub(super) fn here(line: &Value) -> bool {
    line["standing"] == "here"
}

/// Saves a document into a folder of its own and gives what the file holds.
pub(super) fn saved(app: &App, line: &Value) -> Vec<u8> {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let made = ask(
        app,
        json!({ "call": "document-save", "record": line["record"], "place": line["place"], "to": folder.0 }),
    );
    assert_eq!(made["content"], "", "nothing of it travels");
    assert_eq!(made["name"], line["name"]);
    std::fs::read(made["path"].as_str().unwrap()).unwrap()
}

fn sealed_of(line: &Value, app: &App) -> std::path::PathBuf {
    let firm = app.firm().unwrap();
    let record = line["record"].as_str().unwrap().parse().unwrap();
    let hash = firm.shelf.as_ref().unwrap().of(&record)[0].document.hash.to_string();
    firm.path.join("documents").join(&hash[..2]).join(&hash)
}

#[test]
fn a_document_travels_to_its_reader_and_opens_there_byte_for_byte() {
    let mut lane = Lane::new();
    lane.introduce();
    lane.stop();
    let (packing, photo) = (content(3_300_000), content(70_000));
    let shipment = lane.shipment("D-1");
    let attached = [
        attach(&lane.seller, "packing list 装箱单.pdf", &packing),
        attach(&lane.seller, "seal.jpg", &photo),
    ];
    let review = reviewed(&lane.seller, &offer_of(&lane, &shipment), &[&attached[0], &attached[1]]);
    let shown = &review["records"][0];
    assert_eq!(shown["documents"][0]["readers"][0]["en"], "Hafen Spedition");
    // What is signed, and what the alliance will see, says that there are two and nothing of what they are.
    let text = shown["text"].as_str().unwrap();
    assert!(
        text.contains(r#""name":"document.1""#) && text.contains(r#""name":"document.2""#),
        "{text}"
    );
    assert!(!text.contains("packing") && !text.contains("jpg"), "{text}");
    let offer = sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&attached[0], &attached[1]]);
    let got = line(&lane.carrier, "packing list 装箱单.pdf", "it comes", here);
    assert_eq!((&got["have"], &got["size"]), (&got["of"], &json!(3_300_000)));
    assert_eq!(
        (&got["mine"], &got["author"]["en"]),
        (&json!(false), &json!("Jilin Textiles"))
    );
    assert_eq!(saved(&lane.carrier, &got), packing);
    let second = line(&lane.carrier, "seal.jpg", "it comes", here);
    assert_eq!(saved(&lane.carrier, &second), photo);
    // Its sender reads it too, and knows that it arrived.
    let sent = line(&lane.seller, "packing list 装箱单.pdf", "its sender knows", |line| {
        line["fetched_by"][0]["en"] == "Hafen Spedition"
    });
    assert_eq!(saved(&lane.seller, &sent), packing);
    // At rest it is sealed, on both sides.
    for app in [&lane.seller, &lane.carrier] {
        let stored = std::fs::read(sealed_of(&got, app)).unwrap();
        assert!(!stored.windows(64).any(|window| window == &packing[..64]));
    }
    let page = desks(&lane.carrier, "the offer is there", |page| {
        !waiting(page, OFFERED).is_empty()
    });
    assert_eq!(waiting(&page, OFFERED)[0]["documents"].as_array().unwrap().len(), 2);
    // The answer has one too, which waits until its author's desktop can be reached.
    let receipt = content(5_000);
    let kept = attach(&lane.carrier, "receipt.pdf", &receipt);
    let answer = sign_with(&lane.carrier, &acceptance(&shipment, &offer), &[&kept]);
    line(&lane.seller, "receipt.pdf", "no way there", |line| {
        line["failed"]["code"] == "documents.no-way"
    });
    let card = ask(&lane.carrier, json!({ "call": "desk-listen", "port": 0 }))["card"].clone();
    ask(&lane.seller, json!({ "call": "desk-meet", "card": card }));
    let got = line(&lane.seller, "receipt.pdf", "it comes", here);
    assert_eq!(saved(&lane.seller, &got), receipt);
    lane.start();
    for app in [&lane.seller, &lane.carrier] {
        confirmed(app, &answer);
        let record = ask(app, json!({ "call": "record", "id": offer }));
        assert_eq!(record["documents"].as_array().unwrap().len(), 2, "{record:#}");
    }
}

#[test]
fn a_record_that_is_confirmed_at_once_brings_its_document_all_the_same() {
    let lane = Lane::new();
    lane.introduce();
    let shipment = lane.shipment("D-2");
    let bytes = content(200_000);
    let attached = attach(&lane.seller, "cmr.pdf", &bytes);
    let offer = sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&attached]);
    confirmed(&lane.seller, &offer);
    let got = line(&lane.carrier, "cmr.pdf", "it comes", here);
    assert_eq!(saved(&lane.carrier, &got), bytes);
    // Evidence of the record by itself shows what it named; its file and the content stay with the readers.
    let made = ask(
        &lane.carrier,
        json!({ "call": "export", "record": offer, "as": "evidence" }),
    );
    let verdict = ask(
        &lane.carrier,
        json!({ "call": "verify", "file": made["content"], "anchor": null, "not_before": null }),
    );
    assert_eq!(verdict["report"]["verdict"], "accepted", "{verdict:#}");
    let text = String::from_utf8(STANDARD.decode(made["content"].as_str().unwrap()).unwrap()).unwrap();
    assert!(text.contains("cmr.pdf"));
    // What the form held is gone, and signing is what let it go.
    let gone = json!({ "call": "review", "payloads": [offer_of(&lane, &shipment)], "attached": [attached["id"]] });
    assert_eq!(refused(&lane.seller, gone), "documents.gone");
}

/// A card as its owner's desktop shows it, with another reading key or none.
pub(super) fn card_without(card: &Value, member: &str) -> String {
    let coded = card.as_str().unwrap().strip_prefix("sealroad-desk:").unwrap();
    let mut card: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(coded).unwrap()).unwrap();
    assert!(card.as_object_mut().unwrap().remove(member).is_some(), "{card}");
    format!("sealroad-desk:{}", URL_SAFE_NO_PAD.encode(card.to_string()))
}

#[test]
fn what_cannot_be_attached_is_refused_by_name() {
    let lane = Lane::new();
    let shipment = lane.shipment("D-3");
    let attach_as =
        |name: &str, file: &str| json!({ "call": "document-attach", "name": name, "media_type": "", "file": file });
    assert_eq!(refused(&lane.seller, attach_as("a.pdf", "")), "documents.empty");
    assert_eq!(refused(&lane.seller, attach_as("a.pdf", "no base64")), "not-base64");
    let large = STANDARD.encode(vec![7; (47 << 20) + 1]);
    assert_eq!(refused(&lane.seller, attach_as("a.pdf", &large)), "documents.too-large");
    let kept = ask(&lane.seller, attach_as("C:\\slip?.pdf", "AAAA"));
    assert_eq!(
        (&kept["name"], &kept["media_type"]),
        (&json!("C__slip_.pdf"), &json!("application/octet-stream"))
    );
    let review = |payload: Value, ids: Value| json!({ "call": "review", "payloads": [payload], "attached": ids });
    let offer = || offer_of(&lane, &shipment);
    let attached = json!([kept["id"]]);
    assert_eq!(
        refused(&lane.seller, review(product("X"), attached.clone())),
        "documents.one-sided"
    );
    assert_eq!(
        refused(&lane.seller, review(offer(), json!(vec!["0"; 9]))),
        "documents.too-many"
    );
    // Nobody knows the carrier's desktop; then it is known and reads no documents.
    assert_eq!(
        refused(&lane.seller, review(offer(), attached.clone())),
        "documents.no-card"
    );
    let card = ask(&lane.carrier, json!({ "call": "desks" }))["card"].clone();
    let page = ask(
        &lane.seller,
        json!({ "call": "desk-meet", "card": card_without(&card, "reading") }),
    );
    assert_eq!(page["desks"][0]["reads"], false);
    assert_eq!(
        refused(&lane.seller, review(offer(), attached.clone())),
        "documents.no-reading-key"
    );
    let page = ask(&lane.seller, json!({ "call": "desk-meet", "card": card }));
    assert_eq!(page["desks"][0]["reads"], true);
    assert_eq!(
        refused(&lane.seller, review(offer(), json!(["unknown"]))),
        "documents.gone"
    );
    ask(&lane.seller, review(offer(), attached.clone()));
    ask(&lane.seller, json!({ "call": "document-detach", "id": kept["id"] }));
    assert_eq!(refused(&lane.seller, review(offer(), attached)), "documents.gone");
    let save = json!({ "call": "document-save", "record": "00".repeat(32), "place": "document.1", "to": null });
    assert_eq!(refused(&lane.seller, save), "documents.unknown");
}

#[test]
fn forms_and_reviews_that_nobody_signs_leave_nothing_behind() {
    let mut lane = Lane::new();
    lane.introduce();
    let shipment = lane.shipment("D-4");
    let documents = |app: &App| {
        app.firm()
            .unwrap()
            .shelf
            .as_ref()
            .unwrap()
            .documents()
            .list()
            .unwrap()
            .len()
    };
    let drafted = attach(&lane.seller, "drafted.pdf", &content(900));
    let left = attach(&lane.seller, "left.pdf", &content(800));
    let draft = ask(
        &lane.seller,
        json!({ "call": "save-draft", "id": null, "form": { "attached": [drafted] }, "kind": "logistics.handover-offered" }),
    );
    reviewed(&lane.seller, &offer_of(&lane, &shipment), &[&drafted, &left]);
    assert_eq!(documents(&lane.seller), 4);
    let gone = reviewed(&lane.seller, &offer_of(&lane, &shipment), &[&drafted, &left]);
    reviewed(&lane.seller, &offer_of(&lane, &shipment), &[&drafted, &left]);
    assert_eq!(
        documents(&lane.seller),
        4,
        "a review made anew takes the place of the one before"
    );
    let sign = json!({ "call": "sign", "review": gone["review"], "draft": null });
    assert_eq!(refused(&lane.seller, sign), "review-gone");
    let [folder, _] = &lane.folders;
    drop(std::mem::replace(&mut lane.seller, Folder::new().open()));
    lane.seller = opened(folder);
    assert_eq!(documents(&lane.seller), 1, "what the draft holds");
    sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&drafted]);
    assert_eq!(documents(&lane.seller), 1, "what the record names");
    ask(&lane.seller, json!({ "call": "discard-draft", "id": draft["id"] }));
    let other = attach(&lane.seller, "other.pdf", &content(700));
    let draft = ask(
        &lane.seller,
        json!({ "call": "save-draft", "id": null, "form": { "attached": [other] }, "kind": "logistics.handover-offered" }),
    );
    assert_eq!(documents(&lane.seller), 2);
    ask(&lane.seller, json!({ "call": "discard-draft", "id": draft["id"] }));
    assert_eq!(documents(&lane.seller), 1);
}

#[test]
fn a_file_is_never_written_over_and_what_is_not_here_is_not_saved() {
    let lane = Lane::new();
    let page = ask(&lane.carrier, json!({ "call": "desks" }));
    ask(&lane.seller, json!({ "call": "desk-meet", "card": page["card"] }));
    let shipment = lane.shipment("D-5");
    let attached = attach(&lane.seller, "weights.xlsx", &content(400));
    sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&attached]);
    let line = line(&lane.seller, "weights.xlsx", "it is ours", here);
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let save =
        |to: Value| json!({ "call": "document-save", "record": line["record"], "place": line["place"], "to": to });
    let names: Vec<Value> = (0..3)
        .map(|_| ask(&lane.seller, save(json!(folder.0)))["name"].clone())
        .collect();
    assert_eq!(names, ["weights.xlsx", "weights (2).xlsx", "weights (3).xlsx"]);
    let taken = folder.0.join("weights.xlsx");
    assert_eq!(refused(&lane.seller, save(json!(taken))), "keys.file-exists");
    assert_eq!(refused(&lane.seller, save(json!("weights.xlsx"))), "keys.path-relative");
    let nowhere = folder.0.join("none").join("weights.xlsx");
    assert_eq!(refused(&lane.seller, save(json!(nowhere))), "file-not-found");
    // A disk that spoilt it is named, and so is one that lost it.
    let path = sealed_of(&line, &lane.seller);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(refused(&lane.seller, save(json!(folder.0))), "node.damaged");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(refused(&lane.seller, save(json!(folder.0))), "documents.not-here");
}

#[test]
fn the_printed_kit_gives_the_reading_key_back() {
    let mut lane = Lane::new();
    lane.introduce();
    let shipment = lane.shipment("D-12");
    let bytes = content(30_000);
    let attached = attach(&lane.seller, "invoice.pdf", &bytes);
    let offer = sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&attached]);
    let got = line(&lane.carrier, "invoice.pdf", "it comes", here);
    confirmed(&lane.carrier, &offer);
    let printer = Folder::new();
    std::fs::create_dir_all(&printer.0).unwrap();
    let made = ask(
        &lane.carrier,
        json!({ "call": "kit-make", "to": printer.0, "language": "en" }),
    );
    let page = std::fs::read_to_string(made["file"]["path"].as_str().unwrap()).unwrap();
    ask(&lane.carrier, json!({ "call": "kit-try", "words": words(&page) }));
    let named = json!({ "kind": "parties.recovery-named.1", "body": { "key": made["key"] } });
    let named = super::sign(&lane.carrier, &[named]).remove(0);
    confirmed(&lane.carrier, &named);
    // A backup has it too, sealed as it is.
    let backup = ask(&lane.carrier, json!({ "call": "backup" }))["path"].clone();
    let copied = sealed_of(&got, &lane.carrier);
    let copied = copied.strip_prefix(&lane.folders[1].0).unwrap();
    assert!(std::path::Path::new(backup.as_str().unwrap()).join(copied).exists());
    // Nobody knows the passphrase any more.
    let [_, folder] = &lane.folders;
    drop(std::mem::replace(&mut lane.carrier, Folder::new().open()));
    lane.carrier = folder.open();
    let got = line(&lane.carrier, "invoice.pdf", "it is listed", here);
    let save = json!({ "call": "document-save", "record": got["record"], "place": got["place"], "to": printer.0 });
    assert_eq!(refused(&lane.carrier, save), "locked");
    let recover = json!({ "call": "recover", "words": words(&page), "reason": "passphrase lost", "suspected_since": null,
        "passphrase": "quite another one" });
    ask(&lane.carrier, recover);
    assert_eq!(saved(&lane.carrier, &got), bytes);
}

#[test]
fn a_kit_from_before_the_reading_key_has_it_once_it_is_tried_again() {
    let lane = Lane::new();
    let printer = Folder::new();
    std::fs::create_dir_all(&printer.0).unwrap();
    let made = ask(
        &lane.carrier,
        json!({ "call": "kit-make", "to": printer.0, "language": "en" }),
    );
    let firm = lane.carrier.firm().unwrap();
    let key = made["key"].as_str().unwrap();
    let confided = || firm.desk.get("recovery-reading", key).unwrap();
    assert!(confided().is_some());
    firm.desk.delete("recovery-reading", key).unwrap();
    let page = std::fs::read_to_string(made["file"]["path"].as_str().unwrap()).unwrap();
    ask(&lane.carrier, json!({ "call": "kit-try", "words": words(&page) }));
    assert!(confided().is_some());
}
