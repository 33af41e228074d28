//! A ledger that is gone comes back from the others.

use crate::common::{Alliance, LOOK};
use crate::{all_whole, founded, one_block};
use node::DataFolder;
use std::path::Path;

/// The ledger of a folder that nobody has open is gone, with what SQLite keeps beside it.
pub fn lose(folder: &Path, database: &str) {
    for part in ["", "-wal", "-shm"] {
        let path = folder.join(format!("{database}{part}"));
        if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(!folder.join(database).exists());
}

/// Every row of a table, as SQLite shows it.
pub fn contents(folder: &Path, table: &str) -> Vec<String> {
    let ledger = rusqlite::Connection::open(folder.join("ledger.db")).unwrap();
    let mut statement = ledger.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let values: Result<Vec<rusqlite::types::Value>, _> = (0..columns).map(|column| row.get(column)).collect();
        Ok(format!("{:?}", values?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// An alliance of four with some blocks, one of its validators stopped.
pub fn with_one_stopped(name: &str, stopped: usize) -> (Alliance, u64) {
    let mut alliance = founded(name);
    for number in 0..3 {
        let records = alliance.traffic.shipment(number).unwrap();
        alliance.confirm(number % 4, records);
    }
    let height = alliance.level(1);
    alliance.stop(stopped);
    (alliance, height)
}

/// It signs again: with another one gone nothing could be confirmed without it.
fn signs_again(alliance: &mut Alliance, at: usize, number: usize) {
    let other = (at + 1) % 4;
    let height = alliance.level(1);
    alliance.stop(other);
    let records = alliance.traffic.shipment(number).unwrap();
    alliance.confirm(at, records);
    assert!(alliance.level(1) > height);
    alliance.start(other);
}

#[test]
fn a_validator_without_its_ledger_takes_it_from_the_others() {
    let (mut alliance, height) = with_one_stopped("rebuild", 2);
    let before = contents(&alliance.path(2), "blocks");
    lose(&alliance.path(2), "ledger.db");
    let records = alliance.traffic.shipment(3).unwrap();
    alliance.confirm(0, records);
    alliance.start(2);
    let level = alliance.level(height + 1);
    one_block(&alliance, level);
    signs_again(&mut alliance, 2, 4);
    let after = contents(&alliance.path(2), "blocks");
    assert!(after.len() > before.len());
    // Certificates may be of other signers; the blocks are the same.
    all_whole(alliance);
}

#[test]
fn a_validator_without_ledger_and_votes_follows_and_then_votes_again() {
    let (mut alliance, height) = with_one_stopped("disk", 1);
    lose(&alliance.path(1), "ledger.db");
    lose(&alliance.path(1), "votes.db");
    alliance.start(1);
    let level = alliance.level(height);
    one_block(&alliance, level);
    // It promises to sign nothing for two heights beyond what the others had certified; after those it is one of four again.
    for number in 3..6 {
        let records = alliance.traffic.shipment(number).unwrap();
        alliance.confirm(0, records);
    }
    signs_again(&mut alliance, 1, 6);
    all_whole(alliance);
}

#[test]
fn a_members_ledger_comes_back_with_the_same_root() {
    let alliance = founded("member");
    let height = alliance.level(1);
    let member = alliance.join("member");
    alliance.follow(&member, height);
    let before = node::fsck(&member).unwrap();
    assert!(before.clean, "{:?}", before.faults);
    lose(&member, "ledger.db");
    alliance.follow(&member, height);
    let after = node::fsck(&member).unwrap();
    assert!(after.clean, "{:?}", after.faults);
    assert!(after.height >= before.height);
    let level = after.height;
    let root = alliance.running().next().unwrap().node.block(level).unwrap().unwrap();
    assert_eq!(after.root, root.header.index_root);
    all_whole(alliance);
}

#[test]
fn the_count_on_the_way_ends_at_what_the_others_have() {
    let (mut alliance, height) = with_one_stopped("count", 3);
    lose(&alliance.path(3), "ledger.db");
    alliance.start(3);
    let node = std::sync::Arc::clone(&alliance.validators[3].as_ref().unwrap().node);
    let begun = std::time::Instant::now();
    loop {
        let others = node.others().unwrap().unwrap();
        let here = node.head().map_or(0, |head| head.height);
        if here >= height && others.known > 0 {
            assert!(others.highest >= height, "{others:?}");
            break;
        }
        assert!(begun.elapsed().as_secs() < 60, "{others:?} {here}");
        std::thread::park_timeout(LOOK);
    }
    drop(node);
    all_whole(alliance);
}

#[test]
fn a_folder_with_a_ledger_or_without_an_invitation_is_left_alone() {
    let (alliance, _) = with_one_stopped("alone", 0);
    let folder = DataFolder::open(alliance.path(0)).unwrap();
    assert!(!node::refound(&folder).unwrap());
    drop(folder);
    let stranger = alliance.path(9);
    let folder = DataFolder::open(&stranger).unwrap();
    assert!(!node::refound(&folder).unwrap());
    assert!(!folder.has_ledger());
}
