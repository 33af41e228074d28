//! Keys that live, across an alliance: the kit brings a firm back on another machine, a clerk works from a third.

use crate::common::{Alliance, Running, fed, json, until};
use serde_json::Value;

fn keys(data: &str) -> Value {
    json(&["keys", "show", "--json", "--data", data])
}

/// Asks for the keys until they are as awaited.
fn until_keys(data: &str, awaited: &str, is: impl Fn(&Value) -> bool) -> Value {
    until(data, awaited, |_| is(&keys(data)));
    keys(data)
}

/// The words as they are printed.
fn words(page: &str) -> String {
    let list = page
        .split("<ol class=\"words\">")
        .nth(1)
        .unwrap()
        .split("</ol>")
        .next()
        .unwrap();
    list.replace("</li>", " ").replace("<li>", "")
}

/// Makes, tries and names a kit through the instance that runs; gives its words.
fn kit(data: &str, out: &str) -> String {
    json(&["keys", "kit", "make", "--out", out, "--json", "--data", data]);
    let words = words(&std::fs::read_to_string(out).unwrap());
    let tried = fed(&words, &["keys", "kit", "try", "--json", "--data", data]);
    assert_eq!(tried["named"], false);
    assert_eq!(
        json(&["keys", "kit", "name", "--json", "--data", data])["status"],
        "confirmed"
    );
    json(&["keys", "kit", "forget", "--json", "--data", data]);
    assert!(!std::path::Path::new(out).exists());
    words
}

/// A clerk's own machine makes a key, is granted a mandate and imports a product.
fn clerk_works(alliance: &Alliance, party: &str, found: &str, clerk: &str) {
    let file = alliance.folder.at("lane/invitation.json");
    let made = json(&["keys", "join", &file, "--party", party, "--json", "--data", clerk]);
    assert_eq!(made["ours"]["standing"], "waiting");
    let key = made["ours"]["key"].as_str().unwrap();
    let desk = Running::start(&["serve", "--data", clerk]);
    let granted = json(&[
        "keys",
        "grant",
        key,
        "--label",
        "Clerk 2",
        "--kind",
        "supply-chain.*",
        "--json",
        "--data",
        found,
    ]);
    assert_eq!(granted["status"], "confirmed", "{granted}");
    until_keys(clerk, "the mandate is seen", |page| {
        page["ours"]["standing"] == "granted"
    });
    let rows = alliance.folder.at("products.csv");
    std::fs::write(&rows, "SKU,Name,Unit\n001,Cover,pcs\n").unwrap();
    let report = json(&["import", &rows, "--as", "products", "--data", clerk, "--json"]);
    assert_eq!(report["accepted"], 1, "{report}");
    until(clerk, "nothing unsent", |status| status["unsent"] == 0);
    desk.kill();
}

#[test]
fn a_firm_comes_back_by_its_kit_on_another_machine_and_a_clerk_works_from_a_third() {
    let alliance = Alliance::found(1);
    let party = alliance.join("jilin");
    let (stolen, found, clerk) = (
        alliance.folder.at("jilin"),
        alliance.folder.at("found"),
        alliance.folder.at("clerk"),
    );
    let (file, out) = (
        alliance.folder.at("lane/invitation.json"),
        alliance.folder.at("kit.html"),
    );
    let desktop = Running::start(&["serve", "--data", &stolen]);
    assert_eq!(alliance.admit(0, &party)["status"], "confirmed");
    let old = until_keys(&stolen, "it has registered", |page| {
        page["ours"]["standing"] == "root" && page["root"].is_object()
    });
    let words = kit(&stolen, &out);
    // The machine is stolen; another one joins with the paper alone.
    let since = old["root"]["since"].as_str().unwrap().to_owned();
    let back = fed(
        &words,
        &[
            "keys",
            "recover",
            "--invitation",
            &file,
            "--party",
            &party,
            "--reason",
            "stolen",
            "--suspected-since",
            &since,
            "--json",
            "--data",
            &found,
        ],
    );
    assert_eq!(back["status"], "confirmed", "{back}");
    let page = keys(&found);
    assert_eq!(
        (&page["party"], &page["ours"]["standing"]),
        (&old["party"], &Value::from("root"))
    );
    assert_eq!(page["keys"][0]["suspected_since"], since);
    let thief = until_keys(&stolen, "the stolen key ends", |page| {
        page["ours"]["standing"] == "ended"
    });
    assert_eq!(thief["ours"]["key"], old["root"]["key"]);
    let refused = crate::common::sealroad(&["keys", "kit", "make", "--out", &out, "--data", &stolen]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    desktop.kill();
    clerk_works(&alliance, &party, &found, &clerk);
}
