//! A backup brought back, alone and under votes that remember more than it holds.

use crate::common::{Load, confirmed, found, open};
use crate::support::{Scratch, ask, assert_holds, assert_sound, fill};
use node::{Clock, Halt, NodeError, Outcome, SystemClock};
use rusqlite::types::Value;
use std::path::Path;

fn votes(ledger: &Path) -> Vec<Vec<Value>> {
    ask(
        &ledger.join("votes.db"),
        "SELECT height, round, block, signature FROM votes ORDER BY height",
    )
    .unwrap()
}

fn blocks(ledger: &Path) -> Vec<Vec<Value>> {
    ask(
        &ledger.join("ledger.db"),
        "SELECT height, id, certificate FROM blocks ORDER BY height",
    )
    .unwrap()
}

#[test]
fn a_restored_backup_asks_for_the_votes_and_then_goes_on() {
    let scratch = Scratch::new("backup");
    let (ledger, backup, restored) = (scratch.join("ledger"), scratch.join("backup"), scratch.join("restored"));
    found(&ledger);
    let opened = open(&ledger).unwrap();
    let logged = fill(&opened.node, SystemClock.now(), 1, 3);
    opened.node.backup(&backup).unwrap();
    assert!(matches!(opened.node.backup(&backup), Err(NodeError::LedgerExists(_))));
    drop(opened);
    assert!(!backup.join("votes.db").exists(), "votes are never backed up");

    node::restore(&backup, &restored).unwrap();
    assert!(matches!(
        node::restore(&backup, &restored),
        Err(NodeError::LedgerExists(_))
    ));
    let opened = open(&restored).unwrap();
    assert_eq!(opened.node.halted(), Some(Halt::VotesMissing));
    assert_holds(&opened, &logged);
    let mut load = Load::new(opened.node.network(), SystemClock.now(), 2);
    let [firms, products] = load.founding();
    let receipts = opened.node.submit(firms.clone()).unwrap();
    assert!(receipts.iter().all(|receipt| receipt.outcome == Outcome::Signed));
    let height = opened.node.head().unwrap().height;
    opened.node.confirm_votes_lost().unwrap();
    // What was signed meanwhile is confirmed now.
    assert!(opened.node.outbox().unwrap().is_empty());
    for record in &firms {
        assert_eq!(opened.node.record(&record.id()).unwrap().unwrap().height, height + 1);
    }
    confirmed(&opened.node.submit(products).unwrap());
    assert_eq!(opened.node.head().unwrap().height, height + 2);
    assert!(opened.node.confirm_votes_lost().is_err(), "votes are there again");
    assert_sound(&opened);
    drop(opened);
    let opened = open(&restored).unwrap();
    assert_sound(&opened);
    assert_holds(&opened, &logged);
}

#[test]
fn a_backup_under_newer_votes_never_signs() {
    let scratch = Scratch::new("older");
    let (ledger, backup) = (scratch.join("ledger"), scratch.join("backup"));
    found(&ledger);
    let opened = open(&ledger).unwrap();
    let logged = fill(&opened.node, SystemClock.now(), 1, 2);
    opened.node.backup(&backup).unwrap();
    fill(&opened.node, SystemClock.now(), 2, 1);
    drop(opened);
    let signed = votes(&ledger);
    let longer = blocks(&ledger);
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _absent = std::fs::remove_file(ledger.join(name));
    }
    node::restore(&backup, &ledger).unwrap();
    let shorter = blocks(&ledger);
    assert!(shorter.len() < longer.len());

    let mut load = None;
    for start in 0..2 {
        let opened = open(&ledger).unwrap();
        assert_eq!(opened.node.halted(), Some(Halt::RestoredBackup), "start {start}");
        assert_holds(&opened, &logged);
        let load = load.get_or_insert_with(|| Load::new(opened.node.network(), SystemClock.now(), 3));
        let batch = if start == 0 {
            load.founding()[0].clone()
        } else {
            load.shipments(1)
        };
        let receipts = opened.node.submit(batch).unwrap();
        assert!(receipts.iter().all(|receipt| receipt.outcome == Outcome::Signed));
        assert!(
            matches!(
                opened.node.confirm_votes_lost(),
                Err(NodeError::Halted(Halt::RestoredBackup))
            ),
            "a word cannot undo votes that are there"
        );
        let report = opened.node.fsck().unwrap();
        assert!(report.clean, "{:?}", report.faults);
        assert_eq!(
            opened.node.outbox().unwrap().len(),
            if start == 0 { 16 } else { 16 + 12 }
        );
    }
    assert_eq!(votes(&ledger), signed, "something was signed, or forgotten");
    assert_eq!(blocks(&ledger), shorter, "a block was made");
    for (kept, before) in shorter.iter().zip(&longer) {
        assert_eq!(kept, before);
    }
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let scratch = Scratch::new("bad-backup");
    let (ledger, backup) = (scratch.join("ledger"), scratch.join("backup"));
    found(&ledger);
    let opened = open(&ledger).unwrap();
    fill(&opened.node, SystemClock.now(), 1, 1);
    opened.node.backup(&backup).unwrap();
    let file = rusqlite::Connection::open(backup.join("ledger.db")).unwrap();
    file.execute("UPDATE bodies SET body = replace(body, 'Jilin', 'Jilan')", [])
        .unwrap();
    drop(file);
    let target = scratch.join("restored");
    assert!(matches!(
        node::restore(&backup, &target),
        Err(NodeError::Damaged { .. })
    ));
    assert!(!target.join("ledger.db").exists());
}
