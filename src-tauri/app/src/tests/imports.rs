//! Import: good rows in, bad rows named, the same file known, nothing half done.

use super::calls::{Folder, ask, firm, refused};
use crate::App;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub fn preview(app: &App, name: &str, text: &[u8], kind: Option<&str>) -> Value {
    ask(
        app,
        json!({ "call": "import-preview", "name": name, "file": STANDARD.encode(text), "as": kind, "mapping": null }),
    )
}

/// Runs an import to its end; each event of it wakes us.
pub fn import(app: &App, preview: &Value, mended: Value) -> Value {
    let (tell, told) = std::sync::mpsc::channel();
    app.subscribe(Box::new(move |event| {
        if event["event"] == "import" {
            tell.send(()).unwrap_or_default();
        }
    }));
    ask(
        app,
        json!({ "call": "import-start", "import": preview["import"], "mapping": null, "mended": mended }),
    );
    loop {
        let progress = ask(app, json!({ "call": "import-progress", "import": preview["import"] }));
        if progress["state"] != "running" {
            return progress;
        }
        told.recv().unwrap();
    }
}

const PRODUCTS: &str =
    "货号;名称;单位;EAN\n007;被套;件;9506000155227\n008;枕套;件;9506000155228\n;无号;件;\n009;床单;箱;\n007;重复;件;\n";

#[test]
fn good_rows_are_signed_and_bad_ones_named_with_field_and_reason() {
    let folder = Folder::new();
    let app = firm(&folder);
    let seen = preview(&app, "products.csv", PRODUCTS.as_bytes(), None);
    assert_eq!(seen["as"], "products");
    assert_eq!(
        (&seen["report"]["rows"], &seen["report"]["accepted"]),
        (&json!(5), &json!(1))
    );
    let faults: Vec<_> = seen["report"]["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["row"].as_u64().unwrap(),
                one["field"].as_str().unwrap(),
                one["code"].as_str().unwrap(),
                one["value"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        faults,
        [
            (3, "gtin", "supply-chain.gtin", "9506000155228"),
            (4, "number", "import.missing", ""),
            (5, "unit", "import.unit-unknown", "箱"),
            (6, "number", "shared.already-exists", "007"),
        ]
    );
    assert!(
        seen["report"]["refused"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| !one["reason"].as_str().unwrap().is_empty())
    );
    let mended = json!([{ "row": 5, "field": "unit", "value": "件" }]);
    let done = import(&app, &seen, mended);
    assert_eq!(
        (&done["state"], &done["report"]["accepted"]),
        (&json!("done"), &json!(2))
    );
    let found = ask(&app, json!({ "call": "search", "text": "007", "limit": 5 }));
    assert_eq!(found["rows"][0]["number"], "007");
    let again = preview(&app, "other-name.csv", PRODUCTS.as_bytes(), None);
    assert!(again["report"]["already_imported"].is_string());
}

#[test]
fn damaged_and_empty_files_are_refused_in_words() {
    let folder = Folder::new();
    let app = firm(&folder);
    let call = |bytes: &[u8], kind: &str| json!({ "call": "import-preview", "name": "x", "file": STANDARD.encode(bytes), "as": kind, "mapping": null });
    assert_eq!(refused(&app, call(b"", "products")), "import.empty");
    assert_eq!(
        refused(&app, call(b"PK\x03\x04not a zip", "products")),
        "import.damaged"
    );
    let bad = ask(&app, call(b"{\"type\":\"nothing\"}", "epcis"));
    assert_eq!(bad["report"]["accepted"], 0);
    assert_eq!(bad["report"]["refused"][0]["code"], "import.epcis");
}

#[test]
fn private_columns_become_commitments_whose_openings_are_kept() {
    let folder = Folder::new();
    let app = firm(&folder);
    let text = "Shipment No.,Consignor,Consignee,From,To,Mode,Weight\nS-1,Maker,Shop,India,Germany,Rail,12.5\n";
    let seen = preview(&app, "s.csv", text.as_bytes(), Some("shipments"));
    assert_eq!(seen["report"]["refused"], json!([]));
    let done = import(&app, &seen, json!([]));
    assert_eq!(done["report"]["accepted"], 1);
    let records = ask(
        &app,
        json!({ "call": "records", "from": null, "to": null, "height": null, "offset": 0, "limit": 50 }),
    );
    let planned = records["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["payload"]["kind"] == "logistics.shipment-planned.1")
        .unwrap();
    let record = ask(&app, json!({ "call": "record", "id": planned["id"] }));
    assert!(record["text"].as_str().unwrap().contains("\"name\":\"weight\""));
    assert!(!record["text"].as_str().unwrap().contains("12.5"));
    let made = ask(
        &app,
        json!({ "call": "export", "subject": null, "record": planned["id"], "as": "evidence" }),
    );
    let verdict = ask(
        &app,
        json!({ "call": "verify", "file": made["content"], "anchor": null, "not_before": null }),
    );
    assert_eq!(verdict["report"]["verdict"], "accepted");
    let evidence = STANDARD.decode(made["content"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(evidence).unwrap().contains("\"12.5\""));
}

/// The numbers an independent count gives for the real spreadsheet.
#[test]
fn the_real_spreadsheet_imports_with_its_doubts_counted() {
    let Some(corpus) = std::env::var_os("SEALROAD_CORPUS") else {
        println!("SEALROAD_CORPUS is not set: the real spreadsheet was not imported");
        return;
    };
    let bytes = std::fs::read(std::path::Path::new(&corpus).join("shipments/scms-first-500.csv")).unwrap();
    let folder = Folder::new();
    let app = firm(&folder);
    let seen = preview(&app, "scms.csv", &bytes, Some("shipments"));
    let done = import(&app, &seen, json!([]));
    let report = &done["report"];
    assert_eq!(
        (&report["rows"], &report["accepted"], &report["refused"]),
        (&json!(500), &json!(500), &json!([]))
    );
    let count = |field: &str, code: &str| {
        report["doubtful"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["field"] == field && one["code"] == code)
            .count()
    };
    assert_eq!(count("weight", "import.not-a-number"), 215);
    assert_eq!(count("freight", "import.not-a-number"), 226);
    let dates = report["doubtful"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["value"] == "Date Not Captured");
    assert_eq!(dates.count(), 130);
    let raw = report["doubtful"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["field"] == "weight")
        .unwrap();
    assert!(!raw["value"].as_str().unwrap().is_empty());
}

#[test]
fn a_cancelled_import_leaves_whole_batches_and_what_it_says() {
    let folder = Folder::new();
    let app = firm(&folder);
    let rows: String = (0..1000).map(|i| format!("A-{i},Cover {i},pcs\n")).collect();
    let seen = preview(
        &app,
        "many.csv",
        format!("SKU,Name,Unit\n{rows}").as_bytes(),
        Some("products"),
    );
    assert_eq!(seen["report"]["accepted"], 1000);
    // Cancelled from inside, after the first batch has been told.
    let (tell, told) = std::sync::mpsc::channel();
    app.subscribe(Box::new(move |event| {
        if event["event"] == "import" {
            tell.send(()).unwrap_or_default();
        }
    }));
    ask(
        &app,
        json!({ "call": "import-start", "import": seen["import"], "mapping": null, "mended": [] }),
    );
    told.recv().unwrap();
    let progress = ask(&app, json!({ "call": "import-cancel", "import": seen["import"] }));
    let accepted = progress["report"]["accepted"].as_u64().unwrap();
    assert!(progress["state"] == "cancelled" || accepted == 1000, "{progress}");
    assert_eq!(accepted % 200, 0);
    let records = ask(
        &app,
        json!({ "call": "records", "from": null, "to": null, "height": null, "offset": 0, "limit": 1 }),
    );
    assert_eq!(records["total"], accepted + 1);
    // Not remembered as imported: dropping it again goes on with the rest.
    let again = preview(
        &app,
        "many.csv",
        format!("SKU,Name,Unit\n{rows}").as_bytes(),
        Some("products"),
    );
    assert_eq!(again["report"]["accepted"], 1000 - accepted);
    assert_eq!(
        again["report"]["already_imported"].is_null(),
        progress["state"] == "cancelled"
    );
}
