//! What tables and screens show: chips, names in every language, places.

use super::calls::{Folder, ask, sample, table};
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
