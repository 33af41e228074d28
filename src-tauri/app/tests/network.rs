//! A ledger that several keep, as processes and in the terminal: founding, joining, votes, and what happens when some are gone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "network/common.rs"]
mod common;
#[path = "network/documents.rs"]
mod documents;
#[path = "network/guide.rs"]
mod guide;
#[path = "network/keys.rs"]
mod keys;
#[path = "../../../tests/ports.rs"]
mod ports;
#[path = "network/wire.rs"]
mod wire;

use common::{Alliance, Folder, Running, has_name, json, sealroad, standing, status, until, words};
use serde_json::{Value, json};

#[test]
fn a_desktop_joins_is_admitted_and_has_its_records_confirmed() {
    let alliance = Alliance::found(4);
    let ready = &alliance.validators[0].as_ref().unwrap().ready;
    let mut keys: Vec<&str> = ready.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["height", "listen", "node", "party", "url"]);
    let party = alliance.join("jilin");
    let data = alliance.folder.at("jilin");
    let desktop = Running::start(&["serve", "--data", &data]);
    assert_eq!(alliance.admit(0, &party)["status"], "confirmed");
    // One of four is no more than a third.
    let seen = until(&data, "the first vote", |status| standing(status, &party).is_some());
    assert_eq!(standing(&seen, &party), Some("proposed"));
    assert_eq!(alliance.admit(1, &party)["status"], "confirmed");
    let seen = until(&data, "the desktop has registered", |status| {
        has_name(status, &party, "jilin")
    });
    assert_eq!(
        (standing(&seen, &party), &seen["operator"]),
        (Some("admitted"), &Value::from(false))
    );
    assert_eq!(seen["quorum"]["of"], 4);
    assert!(seen["quorum"]["weight"].as_u64() >= seen["quorum"]["needed"].as_u64());
    let file = alliance.folder.at("products.csv");
    std::fs::write(&file, "SKU,Name,Unit\n001,Cover,pcs\n").unwrap();
    let report = json(&["import", &file, "--as", "products", "--data", &data, "--json"]);
    assert_eq!(
        (&report["accepted"], report["refused"].as_array().unwrap().len()),
        (&Value::from(1), 0)
    );
    let done = until(&data, "nothing unsent", |status| status["unsent"] == 0);
    let height = done["height"].as_u64().unwrap();
    for at in 0..4 {
        until(&alliance.data(at), "the same height", |status| {
            status["height"].as_u64() >= Some(height)
        });
    }
    let (code, said) = desktop.terminate();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn one_of_four_may_go_and_return_and_with_two_gone_nothing_is_lost() {
    let mut alliance = Alliance::found(4);
    let (first, second) = (alliance.join("first"), alliance.join("second"));
    alliance.kill(3);
    assert_eq!(alliance.admit(0, &first)["status"], "confirmed");
    alliance.start(3);
    let height = status(&alliance.data(0))["height"].as_u64().unwrap();
    until(&alliance.data(3), "the missed blocks", |status| {
        status["height"].as_u64() >= Some(height)
    });
    alliance.kill(2);
    alliance.kill(3);
    assert_eq!(alliance.admit(0, &second)["status"], "signed");
    assert_eq!(status(&alliance.data(0))["unsent"], 1);
    // Its author stops as well, and what it signed waits in its folder.
    alliance.kill(0);
    alliance.start(0);
    alliance.start(2);
    until(&alliance.data(0), "confirmed at last", |status| status["unsent"] == 0);
}

#[test]
fn firms_found_a_network_of_seats_and_a_validator_ends_cleanly() {
    let folder = Folder::new();
    let mut seats = Vec::new();
    for name in ["bern", "wien"] {
        let (data, out) = (folder.at(name), folder.at(&format!("{name}.json")));
        // Nobody connects here: one validator of two is started, elsewhere.
        let made = sealroad(&[
            "network",
            "seat",
            "--name",
            name,
            "--address",
            "127.0.0.1:4747",
            "--data",
            &data,
            "--out",
            &out,
        ]);
        assert!(made.status.success(), "{made:?}");
        seats.push(out);
    }
    let dir = folder.at("founded");
    json(&[
        "network", "new", "--name", "Pair", "--seat", &seats[0], "--seat", &seats[1], "--dir", &dir, "--json",
    ]);
    let (file, data) = (folder.at("founded/invitation.json"), folder.at("bern"));
    let joined = json(&[
        "network",
        "join",
        &file,
        "--data",
        &data,
        "--name",
        "Bern AG",
        "--country",
        "CH",
        "--json",
    ]);
    let seat: Value = serde_json::from_slice(&std::fs::read(&seats[0]).unwrap()).unwrap();
    assert_eq!(joined["party"], seat["party"]);
    let again = sealroad(&[
        "network",
        "join",
        &file,
        "--data",
        &data,
        "--name",
        "Bern AG",
        "--country",
        "CH",
    ]);
    assert_eq!(again.status.code(), Some(2));
    let validator = Running::start(&["validator", "--data", &data, "--port", "0"]);
    assert_eq!(
        (&validator.ready["node"], &validator.ready["height"]),
        (&seat["node"], &Value::from(0))
    );
    let seen = status(&data);
    assert_eq!(
        (&seen["operator"], &seen["quorum"]["needed"]),
        (&Value::from(true), &Value::from(2))
    );
    let (code, said) = validator.terminate();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let out = folder.at("invited.json");
    let invited = json(&["network", "invite", "--data", &data, "--out", &out, "--json"]);
    assert!(invited["qr"].as_str().unwrap().lines().count() > 40, "{invited}");
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&file).unwrap());
}

#[test]
fn a_fifth_validator_is_voted_in_and_takes_the_place_of_one_that_is_gone() {
    let mut alliance = Alliance::found(4);
    let [file, data, seat] = ["lane/invitation.json", "fifth", "fifth.json"].map(|name| alliance.folder.at(name));
    let made = format!(
        "network seat --name fifth --address {} --data {data} --out {seat}",
        ports::address()
    );
    assert!(sealroad(&words(&made)).status.success(), "{made}");
    let joined = format!("network join {file} --data {data} --name Fifth --country DE --json");
    let party = json(&words(&joined))["party"].as_str().unwrap().to_owned();
    let change = |at: usize, what: &str| {
        let line = format!("network set-validators --json --data {} {what}", alliance.data(at));
        json(&words(&line))
    };
    let proposed = change(0, &format!("--add {seat} --reason needed"));
    assert_eq!(proposed["status"], "confirmed");
    let id = proposed["record"].as_str().unwrap();
    let open = until(&alliance.data(1), "the proposal", |status| {
        status["proposals"][0]["id"] == id
    });
    assert_eq!(open["proposals"][0]["changes"][0]["party"], party);
    change(1, &format!("--vote {id} yes"));
    change(2, &format!("--vote {id} yes"));
    until(&alliance.data(3), "the decision", |status| {
        status["proposals"][0].is_null()
    });
    let late = format!("network set-validators --vote {id} yes --data {}", alliance.data(3));
    assert_eq!(sealroad(&words(&late)).status.code(), Some(2));
    // Each vote is a block, and the set is in force two blocks after it was decided.
    for (at, name) in [(0, "one"), (1, "two"), (2, "three")] {
        assert_eq!(alliance.admit(at, &alliance.join(name))["status"], "confirmed");
    }
    let grown = |status: &Value| status["validators"].as_array().unwrap().len() == 5;
    until(&alliance.data(3), "the set in force", grown);
    let member = Running::start(&words(&format!("validator --data {data}")));
    until(&data, "the set in force", grown);
    assert_eq!(member.ready["listen"], Value::Null);
    drop(member);
    for at in 0..4 {
        let known = format!("network know {seat} --data {}", alliance.data(at));
        assert!(sealroad(&words(&known)).status.success(), "{known}");
        alliance.kill(at);
    }
    for at in 1..4 {
        alliance.start(at);
    }
    let fifth = Running::start(&words(&format!("validator --data {data}")));
    assert!(fifth.ready["listen"].is_string());
    // The first is gone, and four of five are needed.
    let last = alliance.join("last");
    assert_eq!(alliance.admit(1, &last)["status"], "confirmed");
    let seen = until(&data, "its own signature", |status| {
        let validators = status["validators"].as_array().unwrap();
        validators
            .iter()
            .any(|one| one["party"] == party && one["agreed"] == true)
    });
    assert_eq!(seen["quorum"], json!({ "weight": 4, "of": 5, "needed": 4 }));
}
