//! Lies in records.

use super::{Author, Desktop, HONEST, LIAR, Message, THIRD, US, refused};
use crate::world::{World, firm_key};
use ledger::{Record, SecretKey};
use node::Clock as _;
use serde_json::json;

fn offered(desktop: &Desktop) -> Vec<Record> {
    Author::new(&desktop.world).offered(LIAR, US, "1")
}

/// One bit of each signature is another.
#[test]
fn forged_signatures() {
    refused("desk-forged", "node.bad-signature", |desktop| {
        let mut message = Message::of(&offered(desktop));
        for record in &mut message.records {
            let from = record.find("\"proofValue\":\"z").unwrap() + 40;
            let other = if &record[from..=from] == "2" { "3" } else { "2" };
            record.replace_range(from..=from, other);
        }
        message
    });
}

/// What was signed says another number of packages now.
#[test]
fn altered_after_signing() {
    refused("desk-altered", "node.bad-signature", |desktop| {
        let mut message = Message::of(&offered(desktop));
        for record in &mut message.records {
            *record = record
                .replace("\"value\":480", "\"value\":481")
                .replace("\"zone\":\"+08:00\"", "\"zone\":\"+07:00\"")
                .replace("DEDUI", "DEHAM");
        }
        message
    });
}

/// A key of somebody else signs for the firm.
#[test]
fn signed_by_a_foreign_key() {
    for key in [firm_key(THIRD), SecretKey::from_seed(&[77; 32])] {
        refused("desk-foreign-key", "shared.mandate", |desktop| {
            let mut author = Author::new(&desktop.world);
            let records = author.clone().offered(LIAR, US, "1");
            let body = serde_json::from_str(records[0].body_json()).unwrap();
            let draft = author.draft(LIAR, "supply-chain.lot-made.1", &body);
            Message::of(&[author.sign(draft, &key)])
        });
    }
}

/// True records of firms that are not the liar's: nothing of them is taken from it.
#[test]
fn of_a_third_party() {
    refused("desk-third", "exchange.not-theirs", |desktop| {
        let mut author = Author::new(&desktop.world);
        Message::of(&[author.offered(THIRD, US, "1"), author.offered(HONEST, US, "1")].concat())
    });
}

/// The liar made its node known as another firm's: it has no record of that firm, and its own are not taken.
#[test]
fn by_a_card_of_somebody_else() {
    let desktop = Desktop::new("desk-card");
    let liar = desktop.meet(THIRD);
    let before = desktop.state();
    let mut author = Author::new(&desktop.world);
    let own = author.offered(LIAR, US, "1");
    let mut claimed = Vec::new();
    for record in author.clone().offered(THIRD, US, "1").iter().take(1) {
        let body = serde_json::from_str(record.body_json()).unwrap();
        let draft = author.draft(THIRD, "supply-chain.lot-made.1", &body);
        claimed.push(author.sign(draft, &firm_key(LIAR)));
    }
    let answer = liar.tell(&Message::of(&[own, claimed].concat())).unwrap();
    assert!(answer.have.is_empty() && answer.not_kept.len() == 5, "{answer:?}");
    assert_eq!(desktop.state(), before);
    // The firm's own desktop is not shut out by that.
    let true_one = desktop.meet(THIRD);
    let answer = true_one.tell(&Message::of(&author.offered(THIRD, US, "2"))).unwrap();
    assert_eq!(answer.have.len(), 4, "{answer:?}");
    desktop.goes_on();
}

/// What our own firm signed comes back from the liar: it takes no place in our outbox.
#[test]
fn our_own_records_brought_back() {
    let desktop = Desktop::new("desk-own");
    let mut author = Author::new(&desktop.world);
    let ours = author.offered(US, LIAR, "1");
    desktop.signs(&ours[..3]);
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    // The last of them was never handed over: somebody copied it from the disk of a clerk.
    let answer = liar.tell(&Message::of(&ours)).unwrap();
    assert_eq!(
        (answer.have.len(), answer.rules()),
        (3, vec!["exchange.not-theirs"]),
        "{answer:?}"
    );
    assert_eq!(desktop.state(), before);
    desktop.goes_on();
}

/// Records of the same firms in another network.
#[test]
fn of_another_network() {
    let other = std::sync::Arc::new(World::found("desk-elsewhere"));
    refused("desk-network", "node.wrong-network", |_| {
        Message::of(&Author::new(&other).offered(LIAR, US, "1"))
    });
}

/// The time in which they could be confirmed is over.
#[test]
fn out_of_date() {
    refused("desk-late", "node.too-late", |desktop| {
        let mut author = Author::new(&desktop.world);
        let body = serde_json::from_str(offered(desktop)[0].body_json()).unwrap();
        let mut draft = author.draft(LIAR, "supply-chain.lot-made.1", &body);
        draft.claimed = draft.claimed.plus_millis(-3_600_000);
        draft.until = draft.claimed.plus_millis(1);
        Message::of(&[author.sign(draft, &firm_key(LIAR))])
    });
}

/// Old messages: everything in them was confirmed long ago.
#[test]
fn old_messages_again() {
    let mut desktop = Desktop::new("desk-old");
    let shipment = desktop.world.shipment.clone();
    desktop.learns(&[shipment.clone(), desktop.world.lot.clone()]);
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    let old = |subject| {
        let history = desktop.world.validator(1).node.history(subject, 0, 100).unwrap();
        history.into_iter().map(|stored| stored.record).collect::<Vec<_>>()
    };
    let old = [old(&desktop.world.lot), old(&shipment)].concat();
    for _ in 0..3 {
        liar.tell(&Message::of(&old)).unwrap();
        assert_eq!(desktop.state(), before);
    }
    desktop.goes_on();
}

/// One record two hundred times in a message, and the message again and again.
#[test]
fn the_same_two_hundred_times() {
    let desktop = Desktop::new("desk-same");
    let liar = desktop.meet(LIAR);
    let records = offered(&desktop);
    let mut told = records.clone();
    told.extend(std::iter::repeat_n(records[0].clone(), 200));
    for _ in 0..3 {
        let answer = liar.tell(&Message::of(&told)).unwrap();
        assert!(answer.not_kept.is_empty(), "{answer:?}");
        assert_eq!(
            desktop.state().outbox,
            records.iter().map(Record::id).collect::<Vec<_>>()
        );
    }
    desktop.goes_on();
}

/// The same statement under two signatures is one record, whatever the second signature is.
#[test]
fn a_second_signature_under_what_is_kept() {
    let desktop = Desktop::new("desk-second");
    let liar = desktop.meet(LIAR);
    let records = offered(&desktop);
    liar.tell(&Message::of(&records)).unwrap();
    let before = desktop.state();
    let mut message = Message::of(&records[..1]);
    let from = message.records[0].find("\"proofValue\":\"z").unwrap() + 40;
    let other = if &message.records[0][from..=from] == "2" {
        "3"
    } else {
        "2"
    };
    message.records[0].replace_range(from..=from, other);
    let answer = liar.tell(&message).unwrap();
    assert!(
        answer.have.is_empty() && answer.rules() == ["node.bad-signature"],
        "{answer:?}"
    );
    assert_eq!(desktop.state(), before);
    let kept = desktop.node().outbox().unwrap();
    assert!(kept.iter().all(|record| record.verify_signature().is_ok()));
    desktop.goes_on();
}

/// The order is turned round: what stands on nothing is not kept, and nothing is kept of it that could not stand.
#[test]
fn the_wrong_way_round() {
    let desktop = Desktop::new("desk-order");
    let liar = desktop.meet(LIAR);
    let mut records = offered(&desktop);
    records.reverse();
    let answer = liar.tell(&Message::of(&records)).unwrap();
    assert!(!answer.not_kept.is_empty() || !answer.wanted.is_empty(), "{answer:?}");
    let outbox = desktop.node().outbox().unwrap();
    for checked in desktop.node().check(&[]).unwrap() {
        assert!(checked.is_ok());
    }
    assert!(outbox.len() <= 2, "{outbox:?}");
    // In their order they stand.
    records.reverse();
    let answer = liar.tell(&Message::of(&records)).unwrap();
    assert_eq!(answer.have.len(), 4, "{answer:?}");
    desktop.goes_on();
}

/// Turns, far from where the subject is: there may be more to know of it, and until it is known nothing is kept.
#[test]
fn turns_that_never_were() {
    let desktop = Desktop::new("desk-turns");
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    for turn in [1_000, (1 << 53) - 2] {
        let mut author = Author::new(&desktop.world);
        let profile =
            json!({"profile": {"country": "CN", "identifiers": [], "name": {"en": "Other"}, "roles": ["exporter"]}});
        let mut draft = author.draft(LIAR, "parties.updated.1", &profile);
        assert!(!draft.seen.is_empty());
        draft.seen.values_mut().for_each(|seen| *seen = turn);
        let answer = liar.tell(&Message::of(&[author.sign(draft, &firm_key(LIAR))])).unwrap();
        assert!(answer.have.is_empty() && answer.wanted.len() == 1, "{answer:?}");
        assert_eq!(desktop.state(), before);
    }
    desktop.goes_on();
}

/// As many good records as the liar can sign, none of which concerns us: the outbox does not fill up with them.
#[test]
fn thousands_that_do_not_concern_us() {
    const MESSAGES: usize = 24;
    let desktop = Desktop::new("desk-thousands");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&desktop.world);
    let mut kept = 0;
    for message in 0..MESSAGES {
        let product = |at: usize| {
            let number = format!("N-{message}-{at}");
            json!({"number": number, "name": {"en": "x".repeat(100)}, "unit": "H87", "net_grams": 1, "hs": "630221"})
        };
        let records: Vec<Record> = (0..256)
            .map(|at| author.say(LIAR, "supply-chain.product-defined.1", &product(at)))
            .collect();
        kept += liar.tell(&Message::of(&records)).unwrap().have.len();
    }
    println!("{kept} of {} are kept", MESSAGES * 256);
    assert!(kept <= 4_096, "{kept} records that do not concern us are kept");
    desktop.goes_on();
    assert!(desktop.node().outbox().unwrap().len() <= kept + 5);
    let now = node::SystemClock.now();
    assert!(
        desktop
            .node()
            .outbox()
            .unwrap()
            .iter()
            .all(|record| record.until() > now)
    );
}
