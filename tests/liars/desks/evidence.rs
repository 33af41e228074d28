//! Lies in the evidence on which handed-over records stand.

use super::{Author, Desktop, HONEST, LIAR, Message, THIRD, US};
use crate::liar::certified_by;
use crate::world::{World, vote_key};
use ledger::{Evidence, Record, Subject};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Goods that the desktop never heard of, and what was true of them when.
struct Stage {
    world: Arc<World>,
    /// Packed by the liar, and still the liar's.
    held: Subject,
    held_now: String,
    /// Sold to a third firm.
    sold: Subject,
    sold_before: String,
    sold_now: String,
    /// Signs on top of `held`, and of `sold` as it was before.
    author: Author,
    /// Of the lot that was called back, before and after.
    lot_before: String,
}

fn evidence(world: &World, subject: &Subject) -> String {
    String::from_utf8(world.validator(1).node.evidence(subject, Vec::new()).unwrap()).unwrap()
}

impl Stage {
    /// The one that these tests share.
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Stage>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let stage = Arc::new(Self::set());
            *shared = Arc::downgrade(&stage);
            stage
        })
    }

    fn set() -> Self {
        let world = Arc::new(World::found("desk-evidence"));
        let mut author = Author::new(&world);
        let confirm = |records: Vec<Record>| records.into_iter().for_each(|one| world.confirm(1, vec![one]));
        confirm(author.packed(LIAR, THIRD, "held"));
        confirm(author.packed(LIAR, THIRD, "sold"));
        let (held, sold) = (author.shipment(LIAR, "held"), author.shipment(LIAR, "sold"));
        let (sold_before, lot_before) = (evidence(&world, &sold), evidence(&world, &world.lot));
        let mut selling = author.clone();
        let offer = selling.say(LIAR, "logistics.handover-offered.1", &author.offer(&sold, THIRD));
        let accepted = selling.accepted(THIRD, &offer);
        confirm(vec![offer, accepted]);
        world.recall("moths");
        let (held_now, sold_now) = (evidence(&world, &held), evidence(&world, &sold));
        Self {
            held,
            held_now,
            sold,
            sold_before,
            sold_now,
            author,
            lot_before,
            world,
        }
    }

    /// The liar offers goods to us.
    fn offer(&self, shipment: &Subject) -> Record {
        let body = self.author.offer(shipment, US);
        self.author.clone().say(LIAR, "logistics.handover-offered.1", &body)
    }

    fn desktop(&self, name: &str) -> Desktop {
        Desktop::in_world(&self.world, name)
    }
}

fn with(record: &Record, evidence: &[&String]) -> Message {
    Message {
        evidence: evidence.iter().map(|file| (*file).clone()).collect(),
        ..Message::of(std::slice::from_ref(record))
    }
}

/// With true evidence, and only with it, the offer stands.
#[test]
fn an_offer_stands_on_true_evidence() {
    let stage = Stage::shared();
    let mut desktop = stage.desktop("desk-true");
    let liar = desktop.meet(LIAR);
    let offer = stage.offer(&stage.held);
    let answer = liar.tell(&with(&offer, &[])).unwrap();
    assert_eq!((answer.have.len(), answer.wanted), (0, vec![stage.held.to_string()]));
    let answer = liar.tell(&with(&offer, &[&stage.held_now])).unwrap();
    assert_eq!(answer.have, [offer.id()], "{answer:?}");
    desktop.restart();
    assert_eq!(desktop.state().outbox, [offer.id()]);
    desktop.goes_on();
}

/// Evidence that is not true: nothing stands on it, nothing of it is carried about.
fn nothing_stands_on(name: &str, lie: impl Fn(&Stage) -> String) {
    let stage = Stage::shared();
    let desktop = stage.desktop(name);
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    let (offer, lie) = (stage.offer(&stage.held), lie(&stage));
    assert_ne!(lie, stage.held_now, "{name}: that is no lie");
    for _ in 0..2 {
        let answer = liar.tell(&with(&offer, &[&lie])).unwrap();
        assert!(answer.have.is_empty(), "{name}: {answer:?}");
        assert_eq!(desktop.state(), before, "{name}");
        assert_eq!(desktop.node().evidence_is_carried(&stage.held), None, "{name}");
    }
    let counted = desktop.refused(&liar.key, "exchange.false-evidence");
    assert!(counted > 0, "{name}: {}", desktop.noted(&liar.key));
    // What is true is still heard of it.
    let answer = liar.tell(&with(&offer, &[&stage.held_now])).unwrap();
    assert_eq!(answer.have, [offer.id()], "{answer:?}");
    desktop.goes_on();
}

fn altered(stage: &Stage, alter: impl Fn(&mut Evidence)) -> String {
    let mut evidence = Evidence::parse(stage.held_now.as_bytes()).unwrap();
    alter(&mut evidence);
    String::from_utf8(evidence.to_bytes().unwrap()).unwrap()
}

#[test]
fn too_few_signers() {
    nothing_stands_on("desk-signers", |stage| {
        altered(stage, |evidence| {
            let keys = [vote_key(0), vote_key(1)];
            evidence.commit = certified_by(&evidence.head, &keys);
        })
    });
}

#[test]
fn one_signer_four_times() {
    nothing_stands_on("desk-signer", |stage| {
        altered(stage, |evidence| {
            let one = evidence.commit.signatures[0].clone();
            evidence.commit.signatures = vec![one.clone(), one.clone(), one];
        })
    });
}

#[test]
fn signers_whom_nobody_knows() {
    nothing_stands_on("desk-unknown", |stage| {
        altered(stage, |evidence| {
            let keys: Vec<_> = (20..24).map(vote_key).collect();
            evidence.commit = certified_by(&evidence.head, &keys);
        })
    });
}

#[test]
fn a_state_that_was_altered() {
    nothing_stands_on("desk-state", |stage| {
        stage.held_now.replacen("\"packages\":1", "\"packages\":7", 1)
    });
}

#[test]
fn a_record_left_out() {
    nothing_stands_on("desk-left-out", |stage| {
        altered(stage, |evidence| {
            evidence.records.pop();
        })
    });
}

#[test]
fn about_something_else() {
    nothing_stands_on("desk-about", |stage| {
        stage.held_now.replacen(
            &format!("\"about\":\"{}\"", stage.held),
            &format!("\"about\":\"{}\"", stage.sold),
            1,
        )
    });
}

#[test]
fn of_another_network() {
    let other = Arc::new(World::found("desk-evidence-elsewhere"));
    let mut author = Author::new(&other);
    for record in author.packed(LIAR, THIRD, "held") {
        other.confirm(1, vec![record]);
    }
    let file = evidence(&other, &author.shipment(LIAR, "held"));
    nothing_stands_on("desk-evidence-network", move |_| file.clone());
}

#[test]
fn no_evidence_but_noise() {
    nothing_stands_on("desk-noise", |_| {
        format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000))
    });
    nothing_stands_on("desk-noise-flat", |_| format!("\"{}\"", "x".repeat(3 << 20)));
}

/// True once, and not any more: where the newer is known, the older takes nothing back, and nothing stands on it.
#[test]
fn older_evidence_after_newer() {
    let stage = Stage::shared();
    let mut desktop = stage.desktop("desk-older");
    let offer = stage.offer(&stage.sold);
    // An honest firm has shown the newest.
    let honest = desktop.meet(HONEST);
    honest
        .tell(&Message {
            evidence: vec![stage.sold_now.clone()],
            ..Message::default()
        })
        .unwrap();
    let carried = desktop.node().evidence_is_carried(&stage.sold);
    assert_eq!(carried.as_deref(), Some(stage.sold_now.as_bytes()));
    let before = desktop.state();
    for _ in 0..2 {
        let liar = desktop.meet(LIAR);
        let answer = liar.tell(&with(&offer, &[&stage.sold_before])).unwrap();
        assert!(answer.have.is_empty(), "sold goods are taken: {answer:?}");
        assert_eq!(desktop.state(), before);
        let carried = desktop.node().evidence_is_carried(&stage.sold);
        assert_eq!(
            carried.as_deref(),
            Some(stage.sold_now.as_bytes()),
            "the older has replaced the newer"
        );
        desktop.restart();
    }
    desktop.goes_on();
}

/// Both in one message, the older last, and the older first.
#[test]
fn older_and_newer_evidence_together() {
    let stage = Stage::shared();
    for (name, files) in [
        ("desk-together", [&stage.sold_now, &stage.sold_before]),
        ("desk-together-too", [&stage.sold_before, &stage.sold_now]),
    ] {
        let desktop = stage.desktop(name);
        let liar = desktop.meet(LIAR);
        let answer = liar.tell(&with(&stage.offer(&stage.sold), &files)).unwrap();
        assert!(answer.have.is_empty(), "{name}: sold goods are taken: {answer:?}");
        let carried = desktop.node().evidence_is_carried(&stage.sold);
        assert_eq!(carried.as_deref(), Some(stage.sold_now.as_bytes()), "{name}");
        desktop.goes_on();
    }
}

/// Of a lot that we follow, and know to be called back: older evidence, from before, does not make us hand on that it was not.
#[test]
fn evidence_from_before_a_recall_that_we_know() {
    let stage = Stage::shared();
    let mut desktop = stage.desktop("desk-recall");
    let lot = stage.world.lot.clone();
    desktop.learns(std::slice::from_ref(&lot));
    let known = desktop.node().entry(&lot).unwrap();
    assert!(known.is_some());
    let liar = desktop.meet(LIAR);
    liar.tell(&Message {
        evidence: vec![stage.lot_before.clone()],
        ..Message::default()
    })
    .unwrap();
    assert_eq!(desktop.node().expected(&lot).unwrap(), known);
    let handed_on = desktop.node().evidence(&lot, Vec::new());
    let hides = handed_on.is_ok_and(|file| !String::from_utf8_lossy(&file).contains("moths"));
    assert!(!hides, "evidence without the recall that we know of is handed on");
    desktop.goes_on();
}

/// Eight files of evidence again and again: what is carried about does not grow by it, nor does memory.
#[test]
fn the_same_evidence_again_and_again() {
    let stage = Stage::shared();
    let desktop = stage.desktop("desk-again");
    let liar = desktop.meet(LIAR);
    let memory = crate::flood::resident();
    let told = Message {
        evidence: vec![stage.held_now.clone(); 8],
        ..Message::default()
    };
    for _ in 0..25 {
        liar.tell(&told).unwrap();
    }
    let files = std::fs::read_dir(desktop.folder().join("carried")).unwrap().count();
    assert_eq!(files, 1);
    let grown = crate::flood::resident().saturating_sub(memory);
    assert!(grown < super::MOST_GROWN, "{grown} KiB more are held");
    desktop.goes_on();
}
