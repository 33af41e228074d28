//! One validator that decides alone.

use crate::common::{Load, confirmed, genesis, vote_key};
use crate::disk::{self, Cut, Dice, Files, Keep, Lie};
use crate::log::{Step, Told};
use crate::{KEEPS, cuts, each, in_memory, record, seed};
use ledger::{Clock as GenesisClock, Hash, Record};
use node::{Clock, DataFolder, Desk, Halt, Node, NodeError, SystemClock};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folder in the recording.
pub const FOLDER: &str = "ledger";

fn founded(steps: &[Step]) -> usize {
    let founded = |step: &Step| *step == Step::Told(Told::Founded);
    steps.iter().position(founded).unwrap() + 1
}

/// What was told before power was lost.
#[derive(Default)]
struct Promised {
    records: Vec<(Hash, u64, Hash)>,
    desk: BTreeMap<String, u64>,
}

impl Promised {
    fn by(steps: &[Step]) -> Self {
        let mut promised = Self::default();
        for step in steps {
            match step {
                Step::Told(Told::Confirmed { record, height, block }) => {
                    promised.records.push((*record, *height, *block));
                }
                Step::Told(Told::OnDesk { key, value }) => drop(promised.desk.insert(key.clone(), *value)),
                _ => {}
            }
        }
        promised
    }

    /// How many of the records are not where they were said to be.
    fn missing(&self, node: &Node) -> usize {
        let kept = |(record, height, block): &&(Hash, u64, Hash)| {
            let Ok(Some(stored)) = node.record(record) else {
                return false;
            };
            let found = node.block(*height).unwrap().unwrap();
            stored.record.id() == *record
                && stored.height == *height
                && found.header.id() == *block
                && found.certificate.is_some()
        };
        self.records.len() - self.records.iter().filter(kept).count()
    }
}

fn found(steps: &[Step], end: usize, keep: Keep, seed: u64, lie: Option<Lie>) -> Files {
    Cut::new(steps, end, lie).found(FOLDER, keep, &mut Dice::new(seed, end, keep))
}

/// More records, ready to be brought on any of the disks.
pub fn more(genesis: &ledger::Genesis) -> Vec<Record> {
    let [mut firms, _] = Load::new(genesis.network(), genesis.created(), 2).founding();
    firms.truncate(2);
    firms
}

fn genesis_of(steps: &[Step]) -> ledger::Genesis {
    let scratch = in_memory("genesis");
    disk::write(&Cut::new(steps, steps.len(), None).left(FOLDER), scratch.path());
    let folder = DataFolder::open(scratch.path()).unwrap();
    let node = Node::open(&folder, None, Arc::new(SystemClock)).unwrap();
    node.genesis().clone()
}

/// What was voted for, by height.
fn votes(folder: &Path) -> BTreeMap<i64, Hash> {
    let connection = rusqlite::Connection::open(folder.join("votes.db")).unwrap();
    let mut statement = connection.prepare("SELECT height, block FROM votes").unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, Hash(row.get(1)?))))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// That the node opens, has all that was promised, votes for no other block, and works on.
fn judge(folder: &Path, promised: &Promised, more: &[Record], what: &str) {
    let report = node::fsck(folder).unwrap();
    // Tables that were never finished are made anew by the next start, and fsck says that of them; nothing else may be wrong.
    let wrong = report.faults.iter().find(|fault| fault.file != "views.db");
    assert!(wrong.is_none(), "{what}: as found, fsck says {wrong:?}");
    let before = votes(folder);
    let held = DataFolder::open(folder).unwrap();
    let node = Node::open(&held, Some(vote_key()), Arc::new(SystemClock)).unwrap();
    assert_eq!(node.halted(), None, "{what}");
    assert_eq!(promised.missing(&node), 0, "{what}: confirmed records are missing");
    let desk = Desk::open(&held).unwrap();
    for (key, value) in &promised.desk {
        let found = desk.get("drafts", key).unwrap().and_then(|value| value.as_u64());
        assert!(
            found >= Some(*value),
            "{what}: {key} was saved as {value} and is {found:?}"
        );
    }
    confirmed(&node.submit(more.to_vec()).unwrap());
    node.views_ready();
    let height = node.head().unwrap().height;
    assert_eq!(node.views_progress(), (height, height), "{what}");
    node.stop();
    // The root is computed anew from the records, and equals what the newest header says.
    let report = node::fsck(folder).unwrap();
    assert!(report.clean, "{what}: after more work, fsck says {:?}", report.faults);
    assert_eq!(report.height, height, "{what}");
    let after = votes(folder);
    for (height, block) in &before {
        assert_eq!(
            after.get(height),
            Some(block),
            "{what}: another vote at height {height}"
        );
    }
    for (_, height, block) in &promised.records {
        let height = i64::try_from(*height).unwrap();
        assert_eq!(after.get(&height), Some(block), "{what}: the vote at height {height}");
    }
}

#[test]
fn nothing_confirmed_is_lost_when_power_is() {
    let seed = seed("power");
    let steps = record(&["solo"]);
    let more = more(&genesis_of(&steps));
    let first = founded(&steps);
    let ends = cuts(&steps, FOLDER, first, 20, seed);
    let tries = disk::tries(&ends, &KEEPS, |end, keep| found(&steps, end, keep, seed, None));
    each(&tries, |(end, keep)| {
        let scratch = in_memory("cut");
        disk::write(&found(&steps, *end, *keep, seed, None), scratch.path());
        let what = format!("power lost before step {end} ({keep:?})");
        judge(scratch.path(), &Promised::by(&steps[..*end]), &more, &what);
    });
    println!(
        "{} steps, power lost at {} of them, {} different disks",
        steps.len(),
        ends.len(),
        tries.len()
    );
}

/// Founded or not, never half: what was not founded is founded anew.
#[test]
fn a_founding_that_power_ended_is_done_again() {
    let seed = seed("founding");
    let steps = record(&["solo"]);
    let first = founded(&steps);
    let ends: Vec<usize> = (0..first).collect();
    let tries = disk::tries(&ends, &KEEPS, |end, keep| found(&steps, end, keep, seed, None));
    let (again, in_the_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
    each(&tries, |(end, keep)| {
        let scratch = in_memory("founding");
        disk::write(&found(&steps, *end, *keep, seed, None), scratch.path());
        let what = format!("power lost before step {end} ({keep:?})");
        let held = DataFolder::open(scratch.path()).unwrap();
        let clock = Arc::new(SystemClock);
        let opened = Node::open(&held, Some(vote_key()), clock.clone());
        let node = opened.or_else(|error| {
            assert!(
                matches!(error, NodeError::NoLedger(_) | NodeError::Damaged { .. }),
                "{what}: {error:?}"
            );
            again.fetch_add(1, Ordering::Relaxed);
            found_again(&held, &in_the_way)
        });
        let node = node.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(node.halted(), None, "{what}");
        confirmed(&node.submit(more(node.genesis())).unwrap());
        Desk::open(&held).unwrap();
        let report = node.fsck().unwrap();
        assert!(report.clean, "{what}: {:?}", report.faults);
    });
    let (again, in_the_way) = (again.into_inner(), in_the_way.into_inner());
    assert!(again > 0 && again < tries.len());
    println!(
        "{} different disks, founded anew {again} times, votes in the way {in_the_way} times",
        tries.len()
    );
}

/// Founds another ledger where one was begun. Its votes may be there already: they are named, and put aside nothing is in the way.
fn found_again(held: &DataFolder, in_the_way: &AtomicUsize) -> Result<Node, NodeError> {
    let clock = Arc::new(SystemClock);
    let genesis = genesis(GenesisClock::System, SystemClock.now());
    match Node::found(held, &genesis, vote_key(), clock.clone()) {
        Err(NodeError::Damaged { file: "votes.db", .. }) => {
            in_the_way.fetch_add(1, Ordering::Relaxed);
            for name in ["votes.db", "votes.db-wal", "votes.db-shm"] {
                let _absent = std::fs::remove_file(held.path().join(name));
            }
            let node = Node::open(held, Some(vote_key()), clock)?;
            node.confirm_votes_lost()?;
            Ok(node)
        }
        founded => founded,
    }
}

/// The disk says that it has synced and has not: then records that were confirmed must be missing, or this test tests nothing.
#[test]
fn a_disk_that_lies_about_its_syncs_loses_what_was_confirmed() {
    let seed = seed("lies");
    let steps = record(&["solo"]);
    let from = founded(&steps);
    let ends: Vec<usize> = cuts(&steps, FOLDER, from, 0, seed).into_iter().step_by(8).collect();
    let lost = AtomicUsize::new(0);
    let lie = Lie {
        from,
        file: "ledger.db",
    };
    each(&ends, |end| {
        let promised = Promised::by(&steps[..*end]);
        if promised.records.is_empty() {
            return;
        }
        let scratch = in_memory("lie");
        disk::write(&found(&steps, *end, Keep::Nothing, seed, Some(lie)), scratch.path());
        let held = DataFolder::open(scratch.path()).unwrap();
        let node = Node::open(&held, Some(vote_key()), Arc::new(SystemClock)).unwrap();
        let missing = promised.missing(&node);
        assert_eq!(
            missing,
            promised.records.len(),
            "before step {end}: not a single sync was done"
        );
        // And what was voted for is known to be gone: nothing new is signed in its place.
        assert_eq!(node.halted(), Some(Halt::RestoredBackup), "before step {end}");
        lost.fetch_add(missing, Ordering::Relaxed);
    });
    let lost = lost.into_inner();
    assert!(lost > 0, "no confirmed record was lost by a disk that lies");
    println!("power lost {} times, {lost} confirmed records lost", ends.len());
}

/// A sync fails, the system forgets what it was to write, and the next sync succeeds: what is confirmed after that must be on the disk.
#[test]
fn nothing_is_confirmed_over_a_hole_that_a_failed_sync_left() {
    let seed = seed("failed syncs");
    let numbers: Vec<usize> = (1..if crate::long() { 9 } else { 7 }).collect();
    each(&numbers, |number| {
        let steps = record(&["failing", &number.to_string()]);
        let failed = steps
            .iter()
            .position(|step| matches!(step, Step::Failed { .. }))
            .unwrap();
        for end in cuts(&steps, FOLDER, failed, 4, seed) {
            let promised = Promised::by(&steps[..end]);
            let scratch = in_memory("failed");
            disk::write(&found(&steps, end, Keep::Nothing, seed, None), scratch.path());
            let held = DataFolder::open(scratch.path()).unwrap();
            let node = Node::open(&held, Some(vote_key()), Arc::new(SystemClock)).unwrap();
            let what = format!("sync {number} failed, power lost before step {end}");
            assert_eq!(
                promised.missing(&node),
                0,
                "{what}: confirmed records are missing, {:?}",
                node.halted()
            );
        }
    });
}
