//! Several validators over real HTTPS on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alone;
mod common;
mod flips;
mod light;
mod pages;
mod rebuild;
mod repair;

use common::{Alliance, LOOK};
use ledger::{Hash, Trust, Verdict};

/// An alliance of four whose firms are founded, admitted and have products.
fn founded(name: &str) -> Alliance {
    let mut alliance = Alliance::found(name, 4);
    for (at, batch) in alliance.traffic.founding_alliance(4).unwrap().into_iter().enumerate() {
        alliance.confirm(at % 4, batch);
    }
    alliance
}

/// The block of a height at each that runs, which must be one.
fn one_block(alliance: &Alliance, height: u64) -> Hash {
    let blocks = alliance
        .running()
        .map(|one| one.node.block(height).unwrap().unwrap().header.id());
    let blocks: Vec<Hash> = blocks.collect();
    assert!(
        blocks.iter().all(|block| *block == blocks[0]),
        "height {height}: {blocks:?}"
    );
    blocks[0]
}

/// All are closed, and what each has on disk is whole and the same.
fn all_whole(mut alliance: Alliance) {
    alliance.level(1);
    for at in 0..alliance.validators.len() {
        alliance.stop(at);
    }
    let reports: Vec<_> = (0..alliance.validators.len())
        .map(|at| node::fsck(&alliance.path(at)).unwrap())
        .collect();
    for report in &reports {
        assert!(report.clean, "{:?}", report.faults);
    }
    let low = reports.iter().min_by_key(|report| report.height).unwrap();
    let same = reports.iter().filter(|report| report.height == low.height);
    assert!(same.into_iter().all(|report| report.root == low.root));
}

#[test]
fn four_validators_confirm_what_any_of_them_is_brought() {
    let mut alliance = founded("four");
    for number in 0..8 {
        let records = alliance.traffic.shipment(number).unwrap();
        alliance.confirm(number % 4, records);
    }
    let height = alliance.level(1);
    one_block(&alliance, height);
    all_whole(alliance);
}

#[test]
fn one_of_four_may_stop_and_catches_up() {
    let mut alliance = founded("three");
    let at = alliance.level(1);
    alliance.stop(2);
    for number in 0..4 {
        let records = alliance.traffic.shipment(number).unwrap();
        alliance.confirm([0, 1, 3][number % 3], records);
    }
    let height = alliance.level(at + 1);
    alliance.start(2);
    let level = alliance.level(height);
    one_block(&alliance, level);
    // And it votes again: with another one gone nothing could be confirmed without it.
    alliance.stop(0);
    let records = alliance.traffic.shipment(4).unwrap();
    alliance.confirm(2, records);
    alliance.start(0);
    all_whole(alliance);
}

#[test]
fn two_of_four_confirm_nothing_and_lose_nothing() {
    let mut alliance = founded("two");
    let level = alliance.level(1);
    alliance.stop(1);
    alliance.stop(3);
    let records = alliance.traffic.shipment(0).unwrap();
    let ids: Vec<Hash> = records.iter().map(ledger::Record::id).collect();
    let waiting = alliance.validators[0]
        .as_ref()
        .unwrap()
        .node
        .submit_together(records)
        .unwrap();
    // Both have begun the next height, and two of four decide nothing, not even the next round.
    while alliance.running().any(|one| one.node.deciding().unwrap().is_none()) {
        std::thread::park_timeout(LOOK);
    }
    let node = &alliance.validators[0].as_ref().unwrap().node;
    assert!(alliance.running().all(|one| one.height() <= level + 1));
    let stuck = alliance.running().map(|one| one.height()).max().unwrap();
    assert!(ids.iter().all(|id| node.place(id).unwrap().is_none()));
    alliance.start(3);
    drop(waiting);
    alliance.level(stuck + 1);
    let node = &alliance.validators[0].as_ref().unwrap().node;
    while ids.iter().any(|id| node.place(id).unwrap().is_none()) {
        std::thread::park_timeout(LOOK);
    }
    alliance.start(1);
    all_whole(alliance);
}

#[test]
fn evidence_of_four_validators_is_accepted_by_a_stranger() {
    let mut alliance = founded("evidence");
    let records = alliance.traffic.shipment(0).unwrap();
    let lot = records[0].subjects()[0].clone();
    alliance.confirm(0, records);
    let node = &alliance.validators[1].as_ref().unwrap().node;
    alliance.level(1);
    let evidence = node.evidence(&lot, Vec::new()).unwrap();
    let report = ledger::verify(&evidence, &Trust::Expect(node.anchor()), None);
    assert_eq!(report.verdict(), Verdict::Accepted, "{report:?}");
}

#[test]
fn what_one_signed_alone_is_confirmed_after_its_own_stop() {
    let mut alliance = founded("outbox");
    alliance.level(1);
    for at in 1..4 {
        alliance.stop(at);
    }
    let records = alliance.traffic.shipment(0).unwrap();
    let ids: Vec<Hash> = records.iter().map(ledger::Record::id).collect();
    let node = &alliance.validators[0].as_ref().unwrap().node;
    let waiting = node.submit_together(records).unwrap();
    while node.outbox().unwrap().len() < ids.len() {
        std::thread::park_timeout(LOOK);
    }
    drop(waiting);
    // Nobody but its outbox knows of them now.
    alliance.stop(0);
    for at in 0..4 {
        alliance.start(at);
    }
    let node = &alliance.validators[1].as_ref().unwrap().node;
    let begun = std::time::Instant::now();
    while ids.iter().any(|id| node.place(id).unwrap().is_none()) {
        assert!(begun.elapsed().as_secs() < 60, "the outbox was forgotten");
        std::thread::park_timeout(LOOK);
    }
    all_whole(alliance);
}
