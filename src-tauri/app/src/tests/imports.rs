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
    let code = bad["report"]["refused"][0]["code"].as_str().unwrap();
    assert!(code.starts_with("import.epcis"), "{code}");
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

/// Row, field and code of each problem.
fn problems(list: &Value) -> Vec<(u64, &str, &str)> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| {
        let text = |name: &str| one[name].as_str().unwrap();
        (one["row"].as_u64().unwrap(), text("field"), text("code"))
    })
    .collect()
}

const BAD: &str = "SKU,Name,Unit,Net weight (kg),EAN,HS\n0002,Becher,Stk,abc,4006381333932,12\n,,xx,0.0005,,\n";

#[test]
fn every_bad_cell_of_a_row_is_told_at_once_and_stays_told_when_another_is_mended() {
    let folder = Folder::new();
    let app = firm(&folder);
    let seen = preview(&app, "bad.csv", BAD.as_bytes(), None);
    let report = &seen["report"];
    assert_eq!((&report["rows"], &report["accepted"]), (&json!(2), &json!(0)));
    assert_eq!(
        problems(&report["refused"]),
        [
            (2, "gtin", "supply-chain.gtin"),
            (2, "hs", "supply-chain.hs"),
            (3, "number", "import.missing"),
            (3, "name", "import.missing"),
            (3, "unit", "import.unit-unknown"),
        ]
    );
    let left_out = [
        (2, "net_kg", "import.not-a-number"),
        (3, "net_kg", "import.not-whole-grams"),
    ];
    assert_eq!(problems(&report["doubtful"]), left_out);
    let mend = |field: &str, value: &str| json!({ "row": 2, "field": field, "value": value });
    // A cell the user wrote is never left out.
    let again = json!([mend("gtin", "4006381333931"), mend("hs", ""), mend("net_kg", "xyz")]);
    let report = import(&app, &seen, again)["report"].clone();
    assert_eq!(report["accepted"], 0);
    assert_eq!(problems(&report["refused"])[0], (2, "net_kg", "import.not-a-number"));
    // The mended row is read anew from all its cells.
    let mended = json!([mend("gtin", "4006381333931"), mend("hs", "")]);
    let report = import(&app, &seen, mended)["report"].clone();
    assert_eq!(report["accepted"], 1);
    assert_eq!(problems(&report["doubtful"]), left_out);
    let unknown =
        json!({ "call": "import-start", "import": seen["import"], "mapping": null, "mended": [mend("legs.0", "x")] });
    assert_eq!(refused(&app, unknown), "import.no-such-field");
}

#[test]
fn what_cannot_be_kept_is_told() {
    let folder = Folder::new();
    let app = firm(&folder);
    let text = "SKU,Name,Name (en),Unit,Net kg,Net g,EAN\n1,Cup,Mug,pcs,1,1000,4006381333931\n2,Pot,,pcs,1,900,04006381333931\n3,Pan,,pcs,1,,,stray\n";
    let seen = preview(&app, "told.csv", text.as_bytes(), None);
    assert_eq!(seen["report"]["accepted"], 3);
    assert_eq!(
        problems(&seen["report"]["doubtful"]),
        [
            (2, "name", "import.name-twice"),
            (2, "gtin", "import.gtin-twice"),
            (3, "net_g", "import.mass-differs"),
            (3, "gtin", "import.gtin-twice"),
            (4, "", "import.no-header"),
        ]
    );
    let twice =
        json!({ "columns": { "SKU": "number", "Name": "name", "Name (en)": "name", "Unit": "unit" }, "defaults": {} });
    let call =
        json!({ "call": "import-preview", "name": "x", "file": STANDARD.encode(text), "as": null, "mapping": twice });
    assert_eq!(refused(&app, call), "import.field-twice");
}

#[test]
fn a_missing_cell_is_named_as_the_reader_names_it() {
    let folder = Folder::new();
    let app = firm(&folder);
    for (language, words) in [
        ("en", "Number is missing."),
        ("zh", "缺少 编号。"),
        ("de", "Nummer fehlt."),
    ] {
        let mut settings = ask(&app, json!({ "call": "settings" }));
        settings["language"] = json!(language);
        ask(&app, json!({ "call": "change-settings", "settings": settings }));
        let seen = preview(&app, "p.csv", b"SKU,Name,Unit\n,Cup,pcs\n", None);
        assert_eq!(seen["report"]["refused"][0]["reason"], words);
    }
}

#[test]
fn a_file_of_another_kind_is_said_to_be_one() {
    let folder = Folder::new();
    let app = firm(&folder);
    let call = |bytes: &[u8], kind: Option<&str>| json!({ "call": "import-preview", "name": "x", "file": STANDARD.encode(bytes), "as": kind, "mapping": null });
    let shipments = b"Shipment No.,Consignor,Consignee,From,To\nS-1,A,B,C,D\n";
    let own = |subject: Value, form: &str| {
        let made = ask(
            &app,
            json!({ "call": "export", "subject": subject, "record": null, "as": form }),
        );
        STANDARD.decode(made["content"].as_str().unwrap()).unwrap()
    };
    let us = ask(&app, json!({ "call": "session" }))["party"]
        .as_str()
        .unwrap()
        .to_owned();
    let evidence = own(json!(format!("party:{us}:self")), "evidence");
    let anchor = own(Value::Null, "anchor");
    let cases: [(&[u8], Option<&str>, &str); 10] = [
        (PRODUCTS.as_bytes(), Some("epcis"), "import.is-table"),
        (PRODUCTS.as_bytes(), Some("shipments"), "import.is-products"),
        (shipments, Some("products"), "import.is-shipments"),
        (b"{\"type\":\"EPCISDocument\"}", Some("products"), "import.is-events"),
        (&evidence, None, "import.is-evidence"),
        (&evidence, Some("products"), "import.is-evidence"),
        (&anchor, Some("epcis"), "import.is-anchor"),
        (b"<epcis:EPCISDocument/>", None, "import.is-xml"),
        (b"\x89PNG\r\n\x1a\n\0\0", None, "import.kind"),
        (b"%PDF-1.7", Some("products"), "import.kind"),
    ];
    for (bytes, kind, code) in cases {
        assert_eq!(refused(&app, call(bytes, kind)), code, "{kind:?}");
    }
    assert_eq!(ask(&app, call(shipments, None))["as"], "shipments");
}
