//! What tables and screens show: chips, names in every language, places.

use super::calls::{Folder, ask, follow_the_thread, sample, table};
use crate::App;
use serde_json::{Value, json};

/// The numbers of a table's rows under a chip, which are as many as the chip counts.
fn under(app: &App, name: &str, chip: &str) -> Vec<String> {
    let page = table(app, name, chip);
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(page["chips"][chip], rows.len(), "{chip}");
    assert_eq!(page["total"], rows.len(), "{chip}");
    let number = |row: &Value| row["number"].as_str().unwrap().to_owned();
    rows.iter().map(number).collect()
}

#[test]
fn the_chips_of_shipments_count_what_they_show() {
    let folder = Folder::new();
    let app = sample(&folder);
    assert_eq!(under(&app, "shipments", "exception"), ["JL-0117"]);
    // Its promise is not past, but it is expected after it.
    assert_eq!(under(&app, "shipments", "late"), ["JL-0117"]);
    let row = table(&app, "shipments", "late")["rows"][0].clone();
    assert_eq!(row["exceptions"], 1);
    assert!(row["expected"].as_str().unwrap() > row["due"].as_str().unwrap());
    let session = ask(&app, json!({ "call": "session" }));
    let rail = session["shoes"].as_array().unwrap().iter();
    let mut rail = rail.filter(|shoe| shoe["profile"]["roles"] == json!(["carrier"]));
    ask(
        &app,
        json!({ "call": "step-into", "party": rail.next().unwrap()["party"] }),
    );
    let detail = ask(&app, json!({ "call": "open", "subject": row["subject"] }));
    let exception = &detail["view"]["exceptions"][0]["record"];
    let resolved = json!({ "kind": "logistics.exception-resolved.1", "body": { "shipment": row["subject"], "exception": exception, "note": "over" } });
    let review = ask(&app, json!({ "call": "review", "payloads": [resolved] }));
    assert_eq!(review["problems"], json!([]));
    ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    assert!(under(&app, "shipments", "exception").is_empty());
}

/// The rows of a table that fulfil something.
fn rows_of(app: &App, name: &str, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let page = table(app, name, "all");
    page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| wanted(row))
        .cloned()
        .collect()
}

/// What tables show of things whose own newest record says less than those of others.
fn far_from_home(app: &App) -> Vec<Value> {
    ["items", "lots", "shipments"]
        .map(|name| table(app, name, "all"))
        .to_vec()
}

#[test]
fn what_was_delivered_is_where_it_came_and_in_no_trouble() {
    let folder = Folder::new();
    let app = sample(&folder);
    let shipment = |app: &App| rows_of(app, "shipments", |row| row["number"] == "JL-0117").remove(0);
    let carried = |app: &App| {
        let subject = shipment(app)["subject"].clone();
        ["items", "lots"]
            .map(|name| rows_of(app, name, |row| row["shipment"] == subject))
            .concat()
    };
    let on_the_way = carried(&app);
    assert!(on_the_way.iter().any(|row| row["type"] == "item"), "{on_the_way:?}");
    assert!(
        on_the_way.iter().all(|row| row["place"]["zh"] == "马拉舍维奇"),
        "{on_the_way:?}"
    );
    follow_the_thread(&app);
    let come = carried(&app);
    assert_eq!(come.len(), on_the_way.len());
    assert!(come.iter().all(|row| row["place"]["zh"] == "杜伊斯堡"), "{come:?}");
    // The one that is found, opened and searched for is the one of the table.
    let opened = ask(&app, json!({ "call": "open", "subject": come[0]["subject"] }));
    assert_eq!(opened["row"], come[0]);
    // Its exception was never resolved; it troubles nobody any more.
    assert!(under(&app, "shipments", "exception").is_empty() && under(&app, "shipments", "late").is_empty());
    assert_eq!(
        (&shipment(&app)["status"], &shipment(&app)["exceptions"]),
        (&json!("delivered"), &json!(0))
    );
    let before = far_from_home(&app);
    drop(app);
    std::fs::remove_file(folder.0.join("sample/views.db")).unwrap();
    let app = folder.open();
    app.firm().unwrap().node.views_ready();
    assert_eq!(far_from_home(&app), before);
}

#[test]
fn a_recall_takes_no_other_chip_away_and_reaches_the_shipment() {
    let folder = Folder::new();
    let app = sample(&folder);
    let recalled = rows_of(&app, "shipments", |row| row["recalled"] == true);
    let numbers: Vec<_> = recalled.iter().map(|row| row["number"].clone()).collect();
    assert_eq!(numbers, ["JL-0093"]);
    let single = under(&app, "lots", "single-sourced");
    let lot = rows_of(&app, "lots", |row| row["status"] == "single-sourced").remove(0);
    let owner = lot["subject"]
        .as_str()
        .unwrap()
        .split(':')
        .skip(1)
        .take(3)
        .collect::<Vec<_>>()
        .join(":");
    ask(&app, json!({ "call": "step-into", "party": owner }));
    let recall = json!({ "kind": "supply-chain.recalled.1", "body": {
        "about": [lot["subject"]], "hazard": "serious", "reason": { "en": "r" }, "instruction": { "en": "i" } } });
    let review = ask(&app, json!({ "call": "review", "payloads": [recall] }));
    assert_eq!(review["problems"], json!([]));
    ask(
        &app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    assert_eq!(under(&app, "lots", "single-sourced"), single);
    assert_eq!(under(&app, "lots", "recalled").len(), 2);
}

#[test]
fn names_of_parties_and_places_come_in_every_language() {
    let folder = Folder::new();
    let app = sample(&folder);
    let route = table(&app, "shipments", "late")["rows"][0].clone();
    assert_eq!(
        route["name"],
        json!({ "en": "Changchun → Duisburg", "zh": "长春 → 杜伊斯堡", "de": "Changchun → Duisburg" })
    );
    assert_eq!(route["place"]["zh"], "马拉舍维奇");
    assert!(route["owner"]["zh"].as_str().unwrap().starts_with("吉林"));
    // What was said finds it too, not only the names the code has.
    for text in ["杜伊斯堡", "Intermodal"] {
        let found = ask(&app, json!({ "call": "search", "text": text, "limit": 10 }));
        let rows = found["rows"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["number"] == "JL-0117"), "{text}");
    }
    let home = ask(&app, json!({ "call": "home" }));
    for entry in [&home["thread"], &home["waiting"][0]] {
        assert!(
            entry["names"]["party"]["zh"].is_string() && entry["names"]["party"]["de"].is_string(),
            "{entry}"
        );
    }
    let parties = table(&app, "parties", "all");
    for row in parties["rows"].as_array().unwrap() {
        assert_ne!(row["number"], "self");
        assert!(row["country"].is_string(), "{row}");
    }
    let network = ask(&app, json!({ "call": "session" }))["network"]["name"].clone();
    for word in ["示例公司", "Musterfirma", "invented", "虚构", "erfunden"] {
        assert!(network.as_str().unwrap().contains(word), "{network}");
    }
}

/// The UI names the same places by the same codes as `systems`.
#[test]
fn the_places_of_the_screens_are_those_of_the_core() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/places.ts");
    let source = std::fs::read_to_string(path).unwrap();
    let spaced: Vec<&str> = source.split_whitespace().collect();
    let source = spaced.join(" ");
    let places = systems::shared::places::PLACES;
    for (code, en, zh, de) in places {
        let line = format!("locode: \"{code}\", name: {{ en: \"{en}\", zh: \"{zh}\", de: \"{de}\" }}");
        assert!(source.contains(&line), "{line}");
    }
    assert_eq!(source.matches("locode: \"").count(), places.len());
}
