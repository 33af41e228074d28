//! Tables that fell behind catch up from the ledger itself.

use super::calls::{Folder, ask, firm, product, profile, table};
use crate::compose::{Composer, Signer};
use crate::firm::Firm;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use systems::Payload;

/// More blocks than the tables keep in memory what they changed.
const BLOCKS: usize = 40;

/// Says something in a block of its own, without waiting for the tables.
fn say(firm: &Firm, payload: Value) {
    let payload: Payload = serde_json::from_value(payload).unwrap();
    let acting = firm.acting();
    let draft = Composer::new(firm).draft(&acting.party, &payload).unwrap();
    let record = Signer::of(firm, &acting).sign(draft).unwrap();
    let receipts = firm.node.submit(vec![record]).unwrap();
    assert!(matches!(receipts[0].outcome, node::Outcome::Confirmed { .. }));
}

#[test]
fn tables_that_fell_behind_agree_with_search_and_with_the_ledger() {
    let folder = Folder::new();
    let app = firm(&folder);
    let open = app.firm().unwrap();
    open.node.views_ready();
    let (let_go, held) = channel::<()>();
    let held = Mutex::new(held);
    // The first block is told to somebody who takes his time; the tables wait for him.
    open.node.on_commit(Box::new(move |_| {
        let _let_go = held.lock().unwrap().recv();
    }));
    for number in 0..BLOCKS {
        say(&open, product(&format!("NUMBER-{number:02}")));
    }
    let party = open.acting().party;
    let recall = json!({ "kind": "supply-chain.recalled.1", "body": {
        "about": [format!("product:{party}:NUMBER-03")], "hazard": "serious", "reason": { "en": "r" }, "instruction": { "en": "i" } } });
    say(&open, recall);
    let (shown, newest) = open.node.views_progress();
    assert!(newest - shown > 16, "{shown} of {newest} blocks are shown");
    drop(let_go);
    open.node.views_ready();
    drop(open);
    let page = table(&app, "products", "all");
    assert_eq!(
        (&page["total"], &page["chips"]["recalled"]),
        (&json!(BLOCKS), &json!(1))
    );
    for row in page["rows"].as_array().unwrap() {
        let found = ask(&app, json!({ "call": "search", "text": row["number"], "limit": 5 }));
        assert_eq!(found["rows"], json!([row]));
        let words = ask(&app, json!({ "call": "search", "text": "Thing", "limit": 100 }));
        assert!(words["rows"].as_array().unwrap().contains(row), "{row}");
    }
    // Made anew from the ledger alone they are the same.
    drop(app);
    std::fs::remove_file(folder.0.join("views.db")).unwrap();
    let app = folder.open();
    app.firm().unwrap().node.views_ready();
    let anew = table(&app, "products", "all");
    assert_eq!((&anew["rows"], &anew["chips"]), (&page["rows"], &page["chips"]));
}

#[test]
fn goods_and_shipments_are_found_by_the_codes_of_their_places_and_tariffs() {
    let folder = Folder::new();
    let app = firm(&folder);
    let open = app.firm().unwrap();
    let party = open.acting().party;
    let mut sheet = product("SHEET");
    sheet["body"]["hs"] = json!("630221");
    let changchun = json!({ "name": "East works", "country": "CN", "locode": "CNCGC" });
    let duisburg = json!({ "name": "Gate 3", "country": "DE", "locode": "DEDUI" });
    let buyer = json!({ "number": "P-1", "profile": profile() });
    say(&open, sheet);
    say(&open, json!({ "kind": "parties.partner-named.1", "body": buyer }));
    say(
        &open,
        json!({ "kind": "supply-chain.lot-made.1", "body": { "number": "L-1", "product": format!("product:{party}:SHEET"),
            "quantity": { "value": 5, "scale": 0, "unit": "H87" }, "place": changchun, "origin": "CN",
            "at": { "time": "2026-09-01T00:00:00.000Z", "zone": "+08:00" } } }),
    );
    say(
        &open,
        json!({ "kind": "logistics.shipment-planned.1", "body": { "number": "S-1",
            "consignor": { "party": party }, "consignee": { "partner": format!("partner:{party}:P-1") },
            "legs": [{ "from": changchun, "to": duisburg, "mode": "rail" }] } }),
    );
    open.node.views_ready();
    drop(open);
    let found = |text: &str| {
        let found = ask(&app, json!({ "call": "search", "text": text, "limit": 20 }));
        let rows = found["rows"].as_array().unwrap();
        let mut numbers: Vec<&str> = rows.iter().map(|row| row["number"].as_str().unwrap()).collect();
        numbers.sort_unstable();
        numbers.join(" ")
    };
    for (text, numbers) in [
        ("DEDUI", "S-1"),
        ("dedui", "S-1"),
        ("CNCGC", "L-1 S-1"),
        ("6302", "SHEET"),
        ("630221", "SHEET"),
        ("6302.21", "SHEET"),
        ("6302.22", ""),
    ] {
        assert_eq!(found(text), numbers, "{text}");
    }
}
