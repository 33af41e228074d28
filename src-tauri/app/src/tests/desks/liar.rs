//! A node that a person introduced as a firm's desktop, and that lies.

use super::super::calls::{ask, product};
use super::{Lane, opened, profile};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{PublicKey, SecretKey};
use node::net::{Answers, Ask, AskError, Limits, Net, NetConfig, Path, Reply, Role};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Nobody asks a liar.
struct NoAnswers;

impl Answers for NoAnswers {
    fn role(&self, _peer: &PublicKey) -> Role {
        Role::Stranger
    }

    fn answer(&self, _from: PublicKey, _ask: Ask) -> Reply {
        Reply::refused(404, "net.not-served", "")
    }
}

/// The seed of its node key.
const LIAR: [u8; 32] = [77; 32];

/// A node of the seller's lane that says what it likes.
struct Liar {
    net: Net,
    seller: PublicKey,
}

impl Liar {
    fn new(lane: &Lane) -> Self {
        let firm = lane.seller.firm().unwrap();
        let network = firm.network.as_ref().unwrap();
        let config = NetConfig {
            key: Arc::new(SecretKey::from_seed(&LIAR)),
            network: firm.node.network(),
            listen: None,
            workers: 1,
            limits: Limits::default(),
        };
        let net = Net::start(config, Arc::new(NoAnswers)).unwrap();
        let port = network.address().unwrap().port();
        let address = format!("127.0.0.1:{port}").parse().unwrap();
        net.book().invite(*network.key(), &[address], Instant::now()).unwrap();
        Self {
            net,
            seller: *network.key(),
        }
    }

    fn say(&self, records: &[String], evidence: &[String]) -> Result<Value, AskError> {
        let body = format!(
            r#"{{"evidence":[{}],"form":"sealroad-exchange.1","have":[],"not_kept":[],"records":[{}],"wanted":[]}}"#,
            evidence.join(","),
            records.join(",")
        );
        let told = self.net.ask_blocking(self.seller, Path::Exchange, "", body.into())?;
        Ok(serde_json::from_slice(&told).unwrap())
    }
}

#[test]
fn what_a_desktop_hands_over_is_believed_by_its_signatures_alone() {
    let mut lane = Lane::new();
    lane.introduce();
    lane.stop();
    let shipment = lane.shipment("S-5");
    lane.offer(&shipment);
    let outbox = |app: &crate::App| app.firm().unwrap().node.outbox().unwrap();
    let before = outbox(&lane.seller);
    let key = SecretKey::from_seed(&LIAR);
    let liar = Liar::new(&lane);
    // Whom nobody introduced is not heard.
    assert!(liar.say(&[], &[]).is_err());
    let firm = lane.seller.firm().unwrap();
    let card = json!({ "addresses": [], "form": "sealroad-desk.1", "name": { "en": "Hafen Spedition" },
        "network": firm.node.network(), "node": key.public().to_string(), "party": Lane::party(&lane.carrier) });
    let card = format!("sealroad-desk:{}", URL_SAFE_NO_PAD.encode(card.to_string()));
    ask(&lane.seller, json!({ "call": "desk-meet", "card": card }));
    // Its own it has; what the carrier never signed is no word of the carrier's.
    let said = liar.say(&[before[0].text().to_owned()], &[]).unwrap();
    assert!(said["have"][0].is_string(), "it has its own: {said}");
    let firm = lane.carrier.firm().unwrap();
    let profile = serde_json::from_value(profile("Another name", "DE", "carrier")).unwrap();
    let updated = systems::Payload::Updated(systems::parties::records::Updated { profile });
    let good = crate::sign::signed(&firm, &[updated]).unwrap().remove(0);
    let forged = good.text().replace("Another name", "Another game");
    let said = liar.say(&[forged], &[]).unwrap();
    assert_eq!(said["not_kept"][0]["rule"], "node.bad-signature", "{said}");
    let operator = opened(&lane.validator);
    let foreign = crate::sign::signed(
        &operator.firm().unwrap(),
        &[serde_json::from_value(product("X")).unwrap()],
    )
    .unwrap();
    let said = liar.say(&[foreign[0].text().to_owned()], &[]).unwrap();
    assert_eq!(said["not_kept"][0]["rule"], "exchange.not-theirs", "{said}");
    drop(operator);
    // Evidence of another ledger lends nothing, and what cannot be read costs.
    let said = liar
        .say(&[], &["{}".to_owned(), "{\"about\":\"x\"}".to_owned()])
        .unwrap();
    assert_eq!(said["wanted"], json!([]), "{said}");
    assert!(
        liar.net
            .ask_blocking(liar.seller, Path::Exchange, "", "no exchange".into())
            .is_err()
    );
    assert!(
        liar.net
            .ask_blocking(liar.seller, Path::Blocks, "from=1", bytes::Bytes::new())
            .is_err()
    );
    assert_eq!(outbox(&lane.seller).len(), before.len());
    // What the carrier did sign is taken from whoever stands for it.
    let said = liar.say(&[good.text().to_owned()], &[]).unwrap();
    assert_eq!(said["have"][0], json!(good.id().to_string()), "{said}");
    assert_eq!(outbox(&lane.seller).len(), before.len() + 1);
}
