//! Power is lost while a ledger of an older form is brought forward.

use crate::common::{confirmed, vote_key};
use crate::disk::{self, Cut, Dice, Files, Keep};
use crate::log::{Step, Told};
use crate::{KEEPS, cuts, each, in_memory, record, seed, solo};
use ledger::{Hash, Time};
use node::{DataFolder, Halt, Node, Options, SimulatedClock};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A minute after it was founded, at 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_660_000;

/// Of the first form, as it was written.
fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledger-form-1")
}

fn clock() -> SimulatedClock {
    SimulatedClock::new(Time::from_millis(NOW).unwrap())
}

/// Power is lost during a task on a ledger of the first form, and the next start goes on.
fn goes_on(task: &str) {
    let seed = seed(task);
    let fixture = fixture();
    let steps = record(&[task, fixture.to_str().unwrap()]);
    let text = std::fs::read_to_string(fixture.join("root.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    let root: Hash = written["index_root"].as_str().unwrap().parse().unwrap();
    let begun = |step: &Step| *step == Step::Told(Told::Founded);
    let first = steps.iter().position(begun).unwrap() + 1;
    let found = |end: usize, keep: Keep| -> Files {
        Cut::new(&steps, end, None).found(solo::FOLDER, keep, &mut Dice::new(seed, end, keep))
    };
    let ends = cuts(&steps, solo::FOLDER, first, 10, seed);
    let tries = disk::tries(&ends, &KEEPS, found);
    each(&tries, |(end, keep)| {
        let scratch = in_memory(task);
        disk::write(&found(*end, *keep), scratch.path());
        let what = format!("power lost before step {end} ({keep:?})");
        judge(scratch.path(), root, &what);
    });
    println!("{} steps, {} different disks", steps.len(), tries.len());
}

fn judge(folder: &Path, root: Hash, what: &str) {
    let held = DataFolder::open(folder).unwrap();
    let options = Options {
        views: false,
        ..Options::new(Some(vote_key()), Arc::new(clock()))
    };
    let opened = Node::open_with(&held, options);
    let node = opened.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let report = node.fsck().unwrap();
    let wrong = report.faults.iter().find(|fault| fault.file != "votes.db");
    assert!(wrong.is_none(), "{what}: {wrong:?}");
    assert_eq!(report.root, root, "{what}");
    if node.halted() == Some(Halt::VotesMissing) {
        node.confirm_votes_lost().unwrap();
    }
    confirmed(&node.submit(solo::more(node.genesis())).unwrap());
    assert_eq!(node.halted(), None, "{what}");
}

#[test]
fn an_upgrade_that_power_ended_is_finished_by_the_next_start() {
    goes_on("upgrade");
}

#[test]
fn the_word_that_votes_are_lost_may_be_given_again() {
    goes_on("word");
}
