//! The system ends the process at its n-th write or sync, or says that a sync has failed. `strace` sees to it.

use crate::common::{found, open};
use crate::support::{Chance, Scratch, acknowledged, ask, assert_holds, assert_sound, child, long};
use ledger::Hash;
use rusqlite::types::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Writes of the driver's thread among which one is taken; it does some thousands in the time of a test.
const WRITES: usize = 800;
/// Of its syncs: two a block.
const SYNCS: usize = 24;

/// A child at work on a ledger, with one system call that goes otherwise. None where nothing can be injected here.
fn traced(calls: &str, fault: &str, task: &[&str], ledger: &Path) -> Option<Output> {
    let can = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("strace does not run here: nothing is injected");
        return None;
    }
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
    strace.args(["-e", &format!("inject={calls}:{fault}")]);
    Some(
        strace
            .arg(child().get_program())
            .arg(task[0])
            .arg(ledger)
            .args(&task[1..])
            .output()
            .unwrap(),
    )
}

fn votes(ledger: &Path) -> Vec<Vec<Value>> {
    ask(
        &ledger.join("votes.db"),
        "SELECT height, block, signature FROM votes ORDER BY height",
    )
    .unwrap()
}

/// Everything acknowledged is there, and every vote is for the block that stands, and the same as before.
fn judge(ledger: &Path, logged: &[Hash], before: &[Vec<Value>]) {
    let opened = open(ledger).unwrap();
    assert_sound(&opened);
    assert_holds(&opened, logged);
    drop(opened);
    let after = votes(ledger);
    assert_eq!(&after[..before.len()], before, "a vote was changed or forgotten");
    for vote in &after {
        let Value::Integer(height) = vote[0] else {
            panic!("{vote:?}")
        };
        let block = ask(
            &ledger.join("ledger.db"),
            &format!("SELECT id FROM blocks WHERE height = {height}"),
        )
        .unwrap();
        assert_eq!(block[0][0], vote[1], "the vote at height {height} is for another block");
    }
}

#[test]
fn killed_at_any_write_or_sync_it_keeps_its_word() {
    let mut chance = Chance::new("system calls");
    let kills = if long() { 200 } else { 6 };
    let (mut logged, mut killed) = (Vec::new(), 0);
    let scratch = Scratch::new("system-calls");
    let ledger = scratch.join("ledger");
    found(&ledger);
    for kill in 0..kills {
        let (calls, end) = if kill % 2 == 0 {
            ("pwrite64", WRITES)
        } else {
            ("fsync,fdatasync", SYNCS)
        };
        let fault = format!("signal=KILL:when={}", 1 + chance.below(end));
        let before = votes(&ledger);
        let Some(output) = traced(calls, &fault, &["load", &chance.next().to_string()], &ledger) else {
            return;
        };
        assert!(!output.status.success(), "{calls} {fault}: it was not killed");
        logged.extend(acknowledged(&String::from_utf8(output.stdout).unwrap()));
        judge(&ledger, &logged, &before);
        killed += 1;
    }
    println!("killed at {killed} system calls, {} acknowledgements", logged.len());
}

#[test]
fn a_sync_that_fails_is_said_and_confirms_nothing() {
    // From that one on all fail: the first of the driver's may be of a folder, which SQLite does not insist on.
    for when in [1, 2, 4, 7, 12] {
        let scratch = Scratch::new("sync");
        let ledger = scratch.join("ledger");
        found(&ledger);
        let fault = format!("error=EIO:when={when}+");
        let Some(output) = traced("fsync,fdatasync", &fault, &["until-refused"], &ledger) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        // Refused at the start, or at the block whose sync failed: by name, and never confirmed.
        assert!(
            said.contains("disk I/O error") || wrong.contains("disk I/O error"),
            "{fault}: {said} {wrong}"
        );
        judge(&ledger, &acknowledged(&said), &votes(&ledger));
        println!("{fault}: {}", said.lines().last().unwrap_or("the ledger did not open"));
    }
}
