//! A ledger that nobody else keeps: what follows from its blocks is mended, what does not is said.

use crate::common::{Folder, vote_key};
use crate::rebuild::{contents, lose};
use app::terminal::bench::traffic::Traffic;
use ledger::{Clock as GenesisClock, Genesis, Party, Profile, Record, Validator, ValidatorSet};
use node::{Clock, DataFolder, Halt, Node, Repaired, SystemClock, Unmended};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;

fn open(path: &Path) -> Node {
    let folder = DataFolder::open(path).unwrap();
    Node::open(&folder, Some(vote_key(0)), Arc::new(SystemClock)).unwrap()
}

/// A closed ledger of one validator with some blocks.
fn founded(name: &str) -> (Folder, Traffic) {
    let place = Folder::new(name);
    let folder = DataFolder::open(&place.0).unwrap();
    let set = ValidatorSet::new(vec![Validator {
        key: vote_key(0).public(),
        party: Party::of(vote_key(1).public()),
        weight: 1,
    }]);
    let now = SystemClock.now();
    let genesis = Genesis::new(name, Profile::Solo, GenesisClock::System, now, [3; 16], set.unwrap()).unwrap();
    let node = Node::found(&folder, &genesis, vote_key(0), Arc::new(SystemClock)).unwrap();
    let mut traffic = Traffic::new(genesis.network(), now, 1).unwrap();
    let mut batches: Vec<Vec<Record>> = traffic.founding().unwrap().into();
    batches.extend((0..2).map(|number| traffic.shipment(number).unwrap()));
    for batch in batches {
        node.submit(batch).unwrap();
    }
    node.stop();
    (place, traffic)
}

fn execute(path: &Path, sql: &str) {
    let ledger = Connection::open(path.join("ledger.db")).unwrap();
    ledger.execute_batch(sql).unwrap();
}

fn mend(path: &Path) -> Repaired {
    let folder = DataFolder::open(path).unwrap();
    node::repair(&folder, false, &mut |_, _| {}).unwrap()
}

#[test]
fn what_follows_from_the_blocks_is_mended_without_anybody() {
    let (place, mut traffic) = founded("derived");
    let path = &place.0;
    let before = node::fsck(path).unwrap();
    assert!(before.clean, "{:?}", before.faults);
    let blocks = contents(path, "blocks");
    for damage in [
        "UPDATE subjects SET state = x'00' WHERE number = 1",
        "DELETE FROM touches",
        "DELETE FROM recent_records",
        "UPDATE recent_records SET prefix = prefix + 1 WHERE number = 1",
        "DELETE FROM recent_keys",
        "UPDATE subjects SET key = zeroblob(32) WHERE number = 1",
        "UPDATE history SET hash = zeroblob(32)",
        "UPDATE blocks SET first = first + 1 WHERE height = 2",
        "UPDATE blocks SET height = height + 1000000 WHERE height = 2",
        // The vote for it is still there, and makes the same certificate.
        "UPDATE blocks SET certificate = x'7b7d' WHERE height = 2",
        "UPDATE blocks SET certificate = NULL WHERE height = 1",
    ] {
        execute(path, damage);
        assert!(!node::fsck(path).unwrap().clean, "{damage}");
        let report = mend(path);
        assert!(
            report.after.clean,
            "{damage}: {:?} {:?}",
            report.unmended, report.after.faults
        );
        assert_eq!(
            (report.after.height, report.after.root),
            (before.height, before.root),
            "{damage}"
        );
        assert_eq!(report.same, Some(true), "{damage}");
        assert!(report.given.is_empty() && !report.votes_anew);
        assert_eq!(contents(path, "blocks"), blocks, "{damage}");
    }
    let node = open(path);
    assert_eq!(node.halted(), None);
    node.submit(traffic.shipment(2).unwrap()).unwrap();
    assert_eq!(node.head().map(|head| head.height), Some(before.height + 1));
}

#[test]
fn what_only_a_backup_has_is_said_and_nothing_is_changed() {
    let (place, _) = founded("backup");
    let path = &place.0;
    let whole = std::fs::read(path.join("ledger.db")).unwrap();
    for (damage, unmended) in [
        (
            "UPDATE bodies SET body = x'7b7d' WHERE first = 0",
            Unmended::NobodyElse(1),
        ),
        (
            "UPDATE blocks SET header = x'7b7d' WHERE height = 3",
            Unmended::NobodyElse(3),
        ),
        // The newest block: an index, and the vote, know that there was one.
        (
            "DELETE FROM blocks WHERE height = (SELECT max(height) FROM blocks)",
            Unmended::NobodyElse(4),
        ),
        ("DELETE FROM meta WHERE key = 'genesis'", Unmended::NoGenesis),
    ] {
        std::fs::write(path.join("ledger.db"), &whole).unwrap();
        execute(path, damage);
        let damaged = std::fs::read(path.join("ledger.db")).unwrap();
        let report = mend(path);
        assert_eq!(report.unmended, Some(unmended), "{damage}");
        assert!(!report.rebuilt && !report.after.clean && report.aside.is_none());
        assert!(damaged == std::fs::read(path.join("ledger.db")).unwrap(), "{damage}");
        assert!(!path.join("repair.part").exists());
    }
    std::fs::write(path.join("ledger.db"), [0xaa; 8192]).unwrap();
    assert_eq!(mend(path).unmended, Some(Unmended::NoGenesis));
    lose(path, "ledger.db");
    assert_eq!(mend(path).unmended, Some(Unmended::NoGenesis));
}

#[test]
fn the_outbox_comes_along() {
    let (place, mut traffic) = founded("outbox-kept");
    let path = &place.0;
    let folder = DataFolder::open(path).unwrap();
    let reader = Node::open(&folder, None, Arc::new(SystemClock)).unwrap();
    assert_eq!(reader.halted(), Some(Halt::NoVoteKey));
    reader.submit(traffic.shipment(2).unwrap()).unwrap();
    let waiting: Vec<_> = reader.outbox().unwrap().iter().map(Record::id).collect();
    assert!(waiting.len() > 1);
    reader.stop();
    drop(folder);
    execute(
        path,
        "DELETE FROM touches; UPDATE pending SET record = x'00' WHERE place = (SELECT max(place) FROM pending)",
    );
    let report = mend(path);
    assert!(report.after.clean, "{:?} {:?}", report.unmended, report.after.faults);
    assert_eq!(report.lost, 1);
    let folder = DataFolder::open(path).unwrap();
    let reader = Node::open(&folder, None, Arc::new(SystemClock)).unwrap();
    let left: Vec<_> = reader.outbox().unwrap().iter().map(Record::id).collect();
    assert_eq!(left, waiting[..waiting.len() - 1]);
}

#[test]
fn a_repair_that_was_cut_short_is_begun_again() {
    let (place, _) = founded("cut");
    let path = &place.0;
    let root = node::fsck(path).unwrap().root;
    execute(path, "DELETE FROM touches");
    std::fs::create_dir(path.join("repair.part")).unwrap();
    std::fs::write(path.join("repair.part/ledger.db"), b"half of one").unwrap();
    // Put aside by a repair that did not come to its end.
    std::fs::create_dir(path.join("damaged")).unwrap();
    std::fs::write(path.join("damaged/ledger.db"), b"older").unwrap();
    let report = mend(path);
    assert!(report.after.clean, "{:?} {:?}", report.unmended, report.after.faults);
    assert_eq!(report.after.root, root);
    assert_eq!(std::fs::read(path.join("damaged/ledger.db")).unwrap(), b"older");
}

#[test]
fn a_block_that_was_voted_for_and_not_decided_makes_way() {
    let (place, mut traffic) = founded("voted-for");
    let path = &place.0;
    let voted = traffic.shipment(2).unwrap();
    let lines: Vec<&[u8]> = voted.iter().map(Record::bytes).collect();
    let ledger = Connection::open(path.join("ledger.db")).unwrap();
    let next: i64 = ledger
        .query_row("SELECT max(first + count) FROM blocks", [], |row| row.get(0))
        .unwrap();
    let stand = |body: Vec<u8>| {
        ledger
            .execute("INSERT INTO bodies VALUES(?1, ?2)", params![next, body])
            .unwrap()
    };
    stand(lines.join(&b'\n'));
    let report = node::fsck(path).unwrap();
    assert!(
        report.faults[0].what.contains("records stand after the newest block"),
        "{:?}",
        report.faults
    );
    ledger
        .execute("INSERT INTO meta VALUES('ahead', ?1)", [[7_u8; 32]])
        .unwrap();
    assert!(node::fsck(path).unwrap().clean);
    ledger.execute("DELETE FROM bodies WHERE first = ?1", [next]).unwrap();
    stand(lines.join(&b'\n').to_ascii_uppercase());
    let report = node::fsck(path).unwrap();
    assert!(
        report.faults[0]
            .what
            .contains("record 0 of the block that was voted for last"),
        "{:?}",
        report.faults
    );

    let node = open(path);
    node.submit(traffic.shipment(3).unwrap()).unwrap();
    let confirmed = traffic.shipment(4).unwrap();
    node.submit(confirmed.clone()).unwrap();
    for record in confirmed {
        assert_eq!(node.record(&record.id()).unwrap().unwrap().record, record);
    }
    node.stop();
    let report = node::fsck(path).unwrap();
    assert!(report.clean, "{:?}", report.faults);
    let left: i64 = ledger
        .query_row("SELECT count(*) FROM meta WHERE key = 'ahead'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}
