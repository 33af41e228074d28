//! Two desktops that speak straight to each other while no validator is in reach.

mod documents;
mod liar;
mod third;

use super::calls::{Folder, LOOK, ask, product, refused};
use super::ports;
use crate::alliance::{Part, founding};
use crate::{App, Options};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::Subject;
use node::{DataFolder, Invitation, KeyLock};
use serde_json::{Value, json};
use std::time::Instant;

const PASSPHRASE: &str = "correct horse";

/// Waits until a call's answer is as it should be, and gives it.
fn until(app: &App, call: &Value, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        // What is not known yet may be known soon.
        let answer = app.call(call.clone()).unwrap_or_default();
        if holds(&answer) {
            return answer;
        }
        assert!(begun.elapsed().as_secs() < 60, "{what}: {answer:#}");
        std::thread::park_timeout(LOOK);
    }
}

fn desks(app: &App, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    until(app, &json!({ "call": "desks" }), what, holds)
}

/// The lines of a kind among those that wait.
fn waiting<'a>(page: &'a Value, kind: &str) -> Vec<&'a Value> {
    let lines = page["waiting"].as_array().unwrap().iter();
    lines.filter(|line| line["payload"]["kind"] == kind).collect()
}

fn profile(name: &str, country: &str, role: &str) -> Value {
    json!({ "name": { "en": name }, "country": country, "identifiers": [], "roles": [role] })
}

/// One validator, a seller and a carrier.
struct Lane {
    validator: Folder,
    operator: Option<App>,
    seller: App,
    carrier: App,
    folders: [Folder; 2],
}

impl Lane {
    /// All are members, and the seller has a shipment ready to be handed over.
    fn new() -> Self {
        let folder = Folder::new();
        let lock = KeyLock::Passphrase(PASSPHRASE.to_owned());
        let own = DataFolder::open(&folder.0).unwrap();
        let seat = founding::seat(&own, &lock, "Rail", &ports::address().to_string()).unwrap();
        let invitation = founding::found("Rail lane", vec![seat]).unwrap();
        let desk = node::Desk::open(&own).unwrap();
        let operator = serde_json::from_value(profile("Rail", "DE", "forwarder")).unwrap();
        founding::join(&own, &desk, &lock, &invitation, founding::As::New(&operator)).unwrap();
        drop((own, desk));
        let folders = [Folder::new(), Folder::new()];
        let seller = member(&folders[0], &invitation, profile("Jilin Textiles", "CN", "exporter"));
        let carrier = member(&folders[1], &invitation, profile("Hafen Spedition", "DE", "carrier"));
        let mut lane = Self {
            validator: folder,
            operator: None,
            seller,
            carrier,
            folders,
        };
        lane.start();
        lane.admit();
        lane
    }

    fn start(&mut self) {
        self.operator = Some(opened(&self.validator));
    }

    /// Nobody confirms anything from now on.
    fn stop(&mut self) {
        self.operator = None;
    }

    fn admit(&self) {
        let operator = self.operator.as_ref().unwrap();
        let network = json!({ "call": "network" });
        until(operator, &network, "the operator registers", |page| {
            page["validators"][0]["name"]["en"] == "Rail" && page["unsent"] == 0 && page["height"].as_u64() > Some(0)
        });
        for app in [&self.seller, &self.carrier] {
            let party = ask(app, json!({ "call": "session" }))["party"].clone();
            let vote = json!({ "kind": "alliance.member-voted.1", "body": { "party": party, "standing": "admitted", "reason": "founding member" } });
            sign(operator, &[vote]);
        }
        for app in [&self.seller, &self.carrier] {
            until(app, &json!({ "call": "session" }), "a member registers", |session| {
                session["party_view"].is_object() && session["unsent"] == 0
            });
        }
        for app in [&self.seller, &self.carrier] {
            until(app, &json!({ "call": "parties" }), "they know each other", |parties| {
                let named = |name: &str| {
                    parties
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|party| party["profile"]["name"]["en"] == name)
                };
                named("Jilin Textiles") && named("Hafen Spedition")
            });
        }
    }

    fn party(app: &App) -> String {
        ask(app, json!({ "call": "session" }))["party"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A shipment of the seller's that is packed; confirmed if a validator is there.
    fn shipment(&self, number: &str) -> String {
        self.shipment_to(number, &Self::party(&self.carrier))
    }

    fn shipment_to(&self, number: &str, consignee: &str) -> String {
        let us = Self::party(&self.seller);
        let party = us.parse().unwrap();
        let own = |kind: &str, number: &str| Subject::owned(kind, &party, number).unwrap().to_string();
        let (lot, shipment) = (own("lot", &format!("L-{number}")), own("shipment", number));
        let place = json!({ "name": "Shanghai", "locode": "CNSHA" });
        let at = json!({ "time": "2026-11-01T08:00:00.000Z", "zone": "+08:00" });
        let made = json!({ "kind": "supply-chain.lot-made.1", "body": {
            "product": own("product", &format!("P-{number}")), "number": format!("L-{number}"), "quantity": { "value": 300, "unit": "H87", "scale": 0 },
            "place": place, "at": at, "origin": "CN" } });
        let planned = json!({ "kind": "logistics.shipment-planned.1", "body": {
            "number": number, "consignor": { "party": us }, "consignee": { "party": consignee },
            "legs": [{ "from": place, "to": { "name": "Duisburg", "locode": "DEDUI" }, "mode": "rail" }] } });
        let packed = json!({ "kind": "logistics.packed.1", "body": { "shipment": shipment, "packages": [{ "mark": "1", "kind": "CT",
            "contents": [{ "subject": lot, "quantity": { "value": 300, "unit": "H87", "scale": 0 } }] }], "place": place, "at": at } });
        sign(&self.seller, &[product(&format!("P-{number}"))]);
        sign(&self.seller, &[made]);
        sign(&self.seller, &[planned]);
        sign(&self.seller, &[packed]);
        shipment
    }

    fn offer(&self, shipment: &str) -> String {
        let offer = json!({ "kind": "logistics.handover-offered.1", "body": {
            "shipment": shipment, "to": { "party": Self::party(&self.carrier) }, "place": { "name": "Shanghai", "locode": "CNSHA" },
            "at": { "time": "2026-11-02T08:00:00.000Z", "zone": "+08:00" }, "packages": 1 } });
        sign(&self.seller, &[offer]).remove(0)
    }

    /// The seller's desktop may be reached, and the carrier's has its card; and the other way round, without an address.
    fn introduce(&self) {
        let page = ask(&self.seller, json!({ "call": "desk-listen", "port": 0 }));
        assert!(page["listening"].is_string(), "{page:#}");
        let theirs = ask(&self.carrier, json!({ "call": "desks" }));
        ask(&self.seller, json!({ "call": "desk-meet", "card": theirs["card"] }));
        ask(&self.carrier, json!({ "call": "desk-meet", "card": page["card"] }));
    }
}

fn opened(folder: &Folder) -> App {
    let options = Options {
        data: Some(folder.0.clone()),
    };
    let app = App::open_as(options, Part::default()).unwrap();
    ask(&app, json!({ "call": "unlock", "passphrase": PASSPHRASE }));
    app
}

fn member(folder: &Folder, invitation: &Invitation, profile: Value) -> App {
    let app = folder.open();
    let invitation = STANDARD.encode(invitation.to_text());
    ask(
        &app,
        json!({ "call": "set-up", "profile": profile, "passphrase": PASSPHRASE, "invitation": invitation }),
    );
    app
}

/// Reviews and signs; gives the ids.
fn sign(app: &App, payloads: &[Value]) -> Vec<String> {
    let review = ask(app, json!({ "call": "review", "payloads": payloads }));
    assert_eq!(review["problems"], json!([]), "{payloads:?}");
    let signed = ask(
        app,
        json!({ "call": "sign", "review": review["review"], "draft": null }),
    );
    let records = signed["records"].as_array().unwrap().iter();
    records.map(|record| record[0].as_str().unwrap().to_owned()).collect()
}

fn accept(lane: &Lane, shipment: &str, offer: &str) -> String {
    let accepted = json!({ "kind": "logistics.handover-accepted.1", "body": { "shipment": shipment, "offer": offer,
        "at": { "time": "2026-11-02T09:00:00.000Z", "zone": "+08:00" }, "packages": 1 } });
    sign(&lane.carrier, &[accepted]).remove(0)
}

/// Everything waits no longer, and the record is confirmed.
fn confirmed(app: &App, id: &str) {
    until(app, &json!({ "call": "session" }), "all is confirmed", |session| {
        session["unsent"] == 0
    });
    let record = ask(app, json!({ "call": "record", "id": id }));
    assert!(record["entry"]["height"].as_u64() > Some(0), "{record:#}");
}

const OFFERED: &str = "logistics.handover-offered.1";
const ACCEPTED: &str = "logistics.handover-accepted.1";

#[test]
fn two_desktops_agree_on_a_handover_with_no_validator_in_reach() {
    let mut lane = Lane::new();
    lane.introduce();
    lane.stop();
    // The carrier never heard of this shipment: all of it was signed out of reach.
    let shipment = lane.shipment("S-1");
    let offer = lane.offer(&shipment);
    let page = desks(&lane.carrier, "the offer is handed over", |page| {
        waiting(page, OFFERED).iter().any(|line| line["to_answer"] == true)
    });
    let line = waiting(&page, OFFERED)[0];
    assert_eq!(
        (&line["id"], &line["mine"], &line["progress"]),
        (&json!(offer), &json!(false), &json!("shared"))
    );
    assert_eq!(line["name"]["en"], "Jilin Textiles");
    let home = ask(&lane.carrier, json!({ "call": "home" }));
    let codes: Vec<&str> = home["now"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["code"].as_str())
        .collect();
    assert!(codes.contains(&"desk-offers"), "{codes:?}");
    desks(&lane.seller, "the seller knows that it arrived", |page| {
        waiting(page, OFFERED)
            .iter()
            .any(|line| line["progress"] == "shared" && line["held_by"][0]["en"] == "Hafen Spedition")
    });
    let answer = accept(&lane, &shipment, &offer);
    for app in [&lane.seller, &lane.carrier] {
        let page = desks(app, "both are agreed", |page| {
            let lines = [waiting(page, OFFERED), waiting(page, ACCEPTED)].concat();
            lines.len() == 2 && lines.iter().all(|line| line["progress"] == "agreed")
        });
        assert_eq!(page["choices"], json!([]));
    }
    // What they agreed on survives a stop.
    let [_, folder] = &lane.folders;
    drop(std::mem::replace(&mut lane.carrier, Folder::new().open()));
    lane.carrier = opened(folder);
    desks(&lane.carrier, "agreed after a start", |page| {
        waiting(page, ACCEPTED).iter().all(|line| line["progress"] == "agreed") && waiting(page, ACCEPTED).len() == 1
    });
    lane.start();
    for app in [&lane.seller, &lane.carrier] {
        confirmed(app, &offer);
        confirmed(app, &answer);
    }
    let row = ask(&lane.carrier, json!({ "call": "open", "subject": shipment }));
    assert_eq!(row["view"]["holder"]["party"], Lane::party(&lane.carrier), "{row:#}");
}

#[test]
fn what_was_confirmed_is_carried_and_shown_to_who_never_heard_of_it() {
    let mut lane = Lane::new();
    let third = Lane::party(lane.operator.as_ref().unwrap());
    // The carrier is not named in it, so its desktop does not follow it.
    let shipment = lane.shipment_to("S-2", &third);
    until(&lane.seller, &json!({ "call": "session" }), "confirmed", |session| {
        session["unsent"] == 0
    });
    let firm = lane.seller.firm().unwrap();
    let begun = Instant::now();
    while firm.node.evidence_is_carried(&shipment.parse().unwrap()).is_none() {
        assert!(begun.elapsed().as_secs() < 60, "evidence is carried");
        std::thread::park_timeout(LOOK);
    }
    drop(firm);
    lane.stop();
    let made = ask(
        &lane.seller,
        json!({ "call": "export", "subject": shipment, "as": "evidence" }),
    );
    let verdict = ask(
        &lane.seller,
        json!({ "call": "verify", "file": made["content"], "anchor": null, "not_before": null }),
    );
    assert_eq!(verdict["report"]["verdict"], "accepted", "{verdict:#}");
    assert_eq!(
        refused(&lane.carrier, json!({ "call": "open", "subject": shipment })),
        "unknown-subject"
    );
    // Offered out of reach: what the offer stands on is proved by what the seller carries.
    let offer = lane.offer(&shipment);
    lane.introduce();
    desks(&lane.carrier, "the offer is handed over", |page| {
        waiting(page, OFFERED).iter().any(|line| line["to_answer"] == true)
    });
    // After a start too.
    let [_, folder] = &lane.folders;
    drop(std::mem::replace(&mut lane.carrier, Folder::new().open()));
    lane.carrier = opened(folder);
    let answer = accept(&lane, &shipment, &offer);
    for app in [&lane.seller, &lane.carrier] {
        desks(app, "both are agreed", |page| {
            waiting(page, ACCEPTED).iter().any(|line| line["progress"] == "agreed")
        });
    }
    lane.start();
    for app in [&lane.seller, &lane.carrier] {
        confirmed(app, &answer);
    }
}

#[test]
fn two_edits_out_of_reach_end_in_a_choice_and_nothing_is_lost() {
    let mut lane = Lane::new();
    let shipment = lane.shipment("S-3");
    let offer = lane.offer(&shipment);
    for app in [&lane.seller, &lane.carrier] {
        until(
            app,
            &json!({ "call": "open", "subject": shipment }),
            "the offer is known",
            |page| page["view"]["offer"].is_object(),
        );
    }
    lane.stop();
    // One accepts, the other takes the offer back; they have not met yet.
    let accepted = accept(&lane, &shipment, &offer);
    let ended = json!({ "kind": "logistics.handover-ended.1", "body": { "shipment": shipment, "offer": offer, "reason": "The train is late." } });
    let ended = sign(&lane.seller, &[ended]).remove(0);
    // Nobody but the carrier has its acceptance yet.
    let alone = ask(&lane.carrier, json!({ "call": "desks" }));
    assert_eq!(waiting(&alone, ACCEPTED)[0]["progress"], "signed");
    lane.introduce();
    let choice = |page: &Value, theirs: &str| page["choices"][0]["theirs"]["id"] == theirs;
    desks(&lane.seller, "the seller is asked", |page| choice(page, &accepted));
    desks(&lane.carrier, "the carrier is asked", |page| choice(page, &ended));
    assert_eq!(
        refused(
            &lane.seller,
            json!({ "call": "desk-choose", "rival": ended, "theirs": true })
        ),
        "desk.settled"
    );
    let page = ask(
        &lane.seller,
        json!({ "call": "desk-choose", "rival": accepted, "theirs": true }),
    );
    assert_eq!(page["choices"], json!([]));
    assert_eq!(
        (&page["aside"][0]["id"], &page["aside"][0]["why"]["code"]),
        (&json!(ended), &json!("exchange.yielded"))
    );
    for app in [&lane.seller, &lane.carrier] {
        desks(app, "agreed", |page| {
            waiting(page, ACCEPTED).iter().any(|line| line["progress"] == "agreed")
        });
    }
    lane.start();
    for app in [&lane.seller, &lane.carrier] {
        confirmed(app, &accepted);
        desks(app, "nothing to choose", |page| page["choices"] == json!([]));
    }
    let done = ask(&lane.seller, json!({ "call": "aside-done", "id": ended }));
    assert_eq!(done["aside"], json!([]));
}

#[test]
fn what_others_overtook_is_set_aside_with_its_reason() {
    let mut lane = Lane::new();
    let shipment = lane.shipment("S-4");
    let offer = lane.offer(&shipment);
    until(
        &lane.carrier,
        &json!({ "call": "open", "subject": shipment }),
        "the offer is known",
        |page| page["view"]["offer"].is_object(),
    );
    // The carrier is cut off and accepts; meanwhile the offer is taken back and that is confirmed.
    let firm = lane.carrier.firm().unwrap();
    firm.network.as_ref().unwrap().stop();
    drop(firm);
    let accepted = accept(&lane, &shipment, &offer);
    let ended = json!({ "kind": "logistics.handover-ended.1", "body": { "shipment": shipment, "offer": offer, "reason": "The train is late." } });
    let ended = sign(&lane.seller, &[ended]).remove(0);
    confirmed(&lane.seller, &ended);
    let [_, folder] = &lane.folders;
    drop(std::mem::replace(&mut lane.carrier, Folder::new().open()));
    lane.carrier = opened(folder);
    let page = desks(&lane.carrier, "it is set aside", |page| {
        page["aside"].as_array().is_some_and(|aside| !aside.is_empty()) && page["waiting"] == json!([])
    });
    let line = &page["aside"][0];
    assert_eq!(
        (&line["id"], &line["why"]["code"]),
        (&json!(accepted), &json!("shared.stale"))
    );
    assert_eq!(line["instead"], json!(ended));
    assert_eq!(
        ask(&lane.carrier, json!({ "call": "record", "id": accepted }))["entry"]["height"],
        Value::Null
    );
}
