//! Lies in what a desktop says about our records: that it keeps them, that it does not, what it wants to know.

use super::{Author, Desktop, HONEST, LIAR, MOST_GROWN, Message, THIRD, US};
use crate::flood::resident;
use ledger::Hash;
use serde_json::json;

fn made_up(number: u64) -> Hash {
    Hash::of(&number.to_be_bytes())
}

/// It says that it has what was never made.
#[test]
fn it_has_what_never_was() {
    let desktop = Desktop::new("desk-have");
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    for turn in 0..20 {
        let have = (turn * 1_024..(turn + 1) * 1_024).map(made_up).collect();
        liar.tell(&Message {
            have,
            ..Message::default()
        })
        .unwrap();
    }
    assert_eq!(desktop.state(), before);
    desktop.goes_on();
}

/// A third firm says that it has what was offered to another: that counts for nobody but itself, and what it says it never had of us
/// is not handed to it for that.
#[test]
fn it_has_what_was_offered_to_another() {
    let desktop = Desktop::new("desk-have-other");
    let (liar, honest) = (desktop.meet(LIAR), desktop.meet(HONEST));
    let mut author = Author::new(&desktop.world);
    let ours = author.offered(US, HONEST, &desktop.number());
    desktop.signs(&ours);
    let have = ours.iter().map(ledger::Record::id).collect();
    let answer = liar
        .tell(&Message {
            have,
            ..Message::default()
        })
        .unwrap();
    assert!(answer.records.is_empty(), "{answer:?}");
    let held = desktop.state().held;
    assert!(held.iter().all(|(_, node)| *node == liar.key), "{held:?}");
    // The one whom it concerns is handed all of it still.
    let answer = honest.tell(&Message::default()).unwrap();
    assert_eq!(answer.handed().len(), 4, "{answer:?}");
    desktop.goes_on();
}

/// Complaints without end about records that are not there: not one is kept.
#[test]
fn complaints_without_end() {
    let desktop = Desktop::new("desk-complaints");
    let liar = desktop.meet(LIAR);
    let (before, memory) = (desktop.state(), resident());
    let mut author = Author::new(&desktop.world);
    let ours = author.offered(US, LIAR, &desktop.number());
    desktop.signs(&ours);
    for turn in 0..28_u64 {
        let complaint = |number: u64| {
            let id = made_up(turn * 1_024 + number);
            json!({"against": [made_up(number)], "field": "f", "id": id, "rule": "r".repeat(3_000), "values": {"v": "w".repeat(500)}})
        };
        let not_kept = (0..1_024).map(complaint).collect();
        liar.tell(&Message {
            not_kept,
            ..Message::default()
        })
        .unwrap();
    }
    let talk = desktop.running().network.talks().remove(&liar.key).unwrap();
    assert!(talk.not_kept.is_empty(), "{} complaints are kept", talk.not_kept.len());
    let grown = resident().saturating_sub(memory);
    println!("{grown} KiB more are held");
    assert!(grown < MOST_GROWN, "{grown} KiB more are held");
    assert_eq!(desktop.state().held, before.held);
    desktop.goes_on();
}

/// Complaints about a record that is there: the newest counts, and not one that is larger than words can be.
#[test]
fn complaints_about_what_waits() {
    let desktop = Desktop::new("desk-complains");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&desktop.world);
    let ours = author.offered(US, LIAR, &desktop.number());
    desktop.signs(&ours);
    let complain = |rule: String, values: serde_json::Value| {
        let one = json!({"against": [], "field": "", "id": ours[3].id(), "rule": rule, "values": values});
        let not_kept = vec![one; 500];
        liar.tell(&Message {
            not_kept,
            ..Message::default()
        })
        .map(|_| ())
    };
    complain("logistics.custody".to_owned(), json!({})).unwrap();
    let kept = || desktop.running().network.talks().remove(&liar.key).unwrap().not_kept;
    assert_eq!((kept().len(), kept()[0].rule.as_str()), (1, "logistics.custody"));
    let large: serde_json::Map<_, _> = (0..50).map(|at| (format!("{at}"), json!("w".repeat(100)))).collect();
    // Whether it is refused or cut, not all of it stays.
    let _said = complain("r".repeat(2_000), json!(large));
    let bytes: usize = kept().iter().map(|one| one.rule.len() + one.values.len() * 100).sum();
    println!("{bytes} bytes of complaints are kept");
    assert!(bytes < 4_096, "{bytes} bytes of a complaint are kept");
    desktop.goes_on();
}

/// It wants to know everything, again and again, of things that never were and of things that we carry nothing about.
#[test]
fn it_wants_everything() {
    let desktop = Desktop::new("desk-wants");
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    let wanted: Vec<String> = (0..1_024)
        .map(|number| format!("shipment:{}:S-{number}", desktop.world.parties[THIRD]))
        .collect();
    for _ in 0..20 {
        let answer = liar
            .tell(&Message {
                wanted: wanted.clone(),
                ..Message::default()
            })
            .unwrap();
        assert!(answer.evidence.is_empty(), "{answer:?}");
    }
    assert_eq!(desktop.state(), before);
    desktop.goes_on();
}

/// What the desktop itself wants to know is bounded, though a message rests on more than one can ask for.
#[test]
fn records_that_rest_on_thousands() {
    let desktop = Desktop::new("desk-rests");
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    let mut author = Author::new(&desktop.world);
    let place = json!({"name": "Xi'an International Port", "country": "CN", "locode": "CNXIA"});
    let at = json!({"time": desktop.world.genesis.created(), "zone": "+08:00"});
    let record = |message: usize| {
        let body = json!({"shipment": author.shipment(LIAR, &format!("none-{message}")), "place": place, "at": at, "mode": "rail"});
        author.clone().say(LIAR, "logistics.arrived.1", &body)
    };
    let records: Vec<_> = (0..256).map(record).collect();
    let answer = liar.tell(&Message::of(&records)).unwrap();
    assert!(answer.have.is_empty() && answer.wanted.len() <= 1_024, "{answer:?}");
    println!("{} wanted, {} not kept", answer.wanted.len(), answer.not_kept.len());
    assert_eq!(desktop.state(), before);
    author.packed(LIAR, US, "after");
    desktop.goes_on();
}
