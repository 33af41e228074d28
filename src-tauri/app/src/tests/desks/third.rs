//! A third firm's desktop, which a person introduced too, says that it has what is between two others.

use super::{ACCEPTED, Lane, accept, desks, waiting};
use crate::tests::calls::ask;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{PublicKey, SecretKey};
use node::net::{Address, Answers, Ask, Limits, Net, NetConfig, Path, Reply, Role};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

struct Mute;

impl Answers for Mute {
    fn role(&self, _: &PublicKey) -> Role {
        Role::Stranger
    }

    fn answer(&self, _: PublicKey, _: Ask) -> Reply {
        Reply::refused(404, "net.not-served", "")
    }
}

const CARD: &str = "sealroad-desk:";

#[test]
fn what_a_third_firm_says_makes_nothing_agreed() {
    let mut lane = Lane::new();
    let shipment = lane.shipment("S-5");
    let offer = lane.offer(&shipment);
    let opened = json!({ "call": "open", "subject": shipment });
    super::until(&lane.carrier, &opened, "the offer is known", |page| {
        page["view"]["offer"].is_object()
    });
    let third = Lane::party(lane.operator.as_ref().unwrap());
    lane.stop();
    let accepted = accept(&lane, &shipment, &offer);
    // The third firm's node, and how the person at the carrier's desktop knows it.
    let page = ask(&lane.carrier, json!({ "call": "desk-listen", "port": 0 }));
    let coded = page["card"].as_str().unwrap().strip_prefix(CARD).unwrap();
    let mut card: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(coded).unwrap()).unwrap();
    let (node, network): (PublicKey, ledger::Hash) = (
        card["node"].as_str().unwrap().parse().unwrap(),
        card["network"].as_str().unwrap().parse().unwrap(),
    );
    let address: Address = card["addresses"][0].as_str().unwrap().parse().unwrap();
    let key = SecretKey::from_seed(&[44; 32]);
    (card["node"], card["party"]) = (json!(key.public()), json!(third));
    (card["addresses"], card["name"]) = (json!([]), json!({ "en": "Third" }));
    let text = format!("{CARD}{}", URL_SAFE_NO_PAD.encode(card.to_string()));
    ask(&lane.carrier, json!({ "call": "desk-meet", "card": text }));
    let config = NetConfig {
        key: Arc::new(key),
        network,
        listen: None,
        workers: 1,
        limits: Limits::default(),
    };
    let net = Net::start(config, Arc::new(Mute)).unwrap();
    net.book().invite(node, &[address], Instant::now()).unwrap();
    let said = json!({ "evidence": [], "form": "sealroad-exchange.1", "have": [accepted, offer], "not_kept": [], "records": [], "wanted": [] });
    net.ask_blocking(node, Path::Exchange, "", said.to_string().into())
        .unwrap();
    let page = ask(&lane.carrier, json!({ "call": "desks" }));
    let line = waiting(&page, ACCEPTED)[0];
    assert_ne!(line["progress"], "agreed", "{line:#}");
    assert_eq!(line["held_by"][0]["en"], "Rail", "{line:#}");
    // Whose offer it is has it: now it is agreed.
    lane.introduce();
    desks(&lane.carrier, "both have it", |page| {
        waiting(page, ACCEPTED)[0]["progress"] == "agreed"
    });
    net.stop();
}
