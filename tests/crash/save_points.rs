//! A stop before and after each save.

use crate::common::{found, open};
use crate::support::{Scratch, acknowledged, ask, assert_holds, assert_sound, child, fill};
use ledger::Hash;
use node::{Clock, SavePoint, SystemClock};
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;

const POINTS: [SavePoint; 4] = [
    SavePoint::BeforeBlock,
    SavePoint::AfterBlock,
    SavePoint::AfterVote,
    SavePoint::AfterCertificate,
];
/// Stopped at these blocks, counted from each start, one after another on the same ledger.
const BLOCKS: [u64; 5] = [1, 2, 4, 1, 7];

type Rows = BTreeMap<i64, Vec<Value>>;

/// Block ids with certificates, and votes, by height.
#[derive(Debug)]
struct Written {
    blocks: Rows,
    votes: Rows,
}

fn by_height(file: &Path, sql: &str) -> Rows {
    let rows = ask(file, sql).unwrap().into_iter();
    rows.map(|mut row| match row.remove(0) {
        Value::Integer(height) => (height, row),
        other => panic!("{other:?} is no height"),
    })
    .collect()
}

fn written(ledger: &Path) -> Written {
    Written {
        blocks: by_height(&ledger.join("ledger.db"), "SELECT height, id, certificate FROM blocks"),
        votes: by_height(
            &ledger.join("votes.db"),
            "SELECT height, block, signature, round FROM votes",
        ),
    }
}

/// Stops a node at a save point; gives what it had acknowledged.
fn stop_at(ledger: &Path, seed: u64, point: SavePoint, block: u64) -> Vec<Hash> {
    let output = child()
        .arg("stop")
        .arg(ledger)
        .args([seed.to_string(), format!("{point:?}"), block.to_string()])
        .output()
        .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.signal(), Some(6), "not an abort: {said}");
    }
    assert!(!output.status.success());
    acknowledged(&String::from_utf8(output.stdout).unwrap())
}

/// That the stop left just what the save point promises. `before` is the newest height at the start.
fn assert_stopped(left: &Written, point: SavePoint, before: i64, block: u64) {
    let newest = left.blocks.keys().last().copied().unwrap_or(0);
    let reached = before + i64::try_from(block).unwrap();
    let certified = left.blocks.get(&newest).is_none_or(|row| row[1] != Value::Null);
    let voted = left.votes.contains_key(&newest) || newest == 0;
    let expected = match point {
        SavePoint::BeforeBlock => (reached - 1, true, true),
        SavePoint::AfterBlock => (reached, false, false),
        SavePoint::AfterVote => (reached, true, false),
        SavePoint::AfterCertificate => (reached, true, true),
    };
    assert_eq!((newest, voted, certified), expected, "{point:?} at block {block}");
}

/// That nothing said before was said differently later.
fn assert_kept(earlier: &Written, later: &Written) {
    for (height, vote) in &earlier.votes {
        assert_eq!(later.votes.get(height), Some(vote), "another vote at height {height}");
    }
    for (height, block) in &earlier.blocks {
        let now = &later.blocks[height];
        assert_eq!(now[0], block[0], "another block at height {height}");
        if block[1] != Value::Null {
            assert_eq!(now[1], block[1], "another certificate at height {height}");
        }
    }
    for (height, vote) in &later.votes {
        assert_eq!(
            later.blocks[height][0], vote[0],
            "the vote at height {height} is for another block"
        );
    }
}

fn stops_at(point: SavePoint) {
    let scratch = Scratch::new("save-point");
    let ledger = scratch.join("ledger");
    found(&ledger);
    let mut logged = Vec::new();
    for (seed, block) in (1..).zip(BLOCKS) {
        let before = written(&ledger);
        let newest = before.blocks.keys().last().copied().unwrap_or(0);
        logged.extend(stop_at(&ledger, seed, point, block));
        let left = written(&ledger);
        assert_stopped(&left, point, newest, block);
        assert_kept(&before, &left);
        let report = node::fsck(&ledger).unwrap();
        assert!(report.clean, "{point:?} at block {block}: {:?}", report.faults);

        let opened = open(&ledger).unwrap();
        assert_sound(&opened);
        assert_holds(&opened, &logged);
        logged.extend(fill(&opened.node, SystemClock.now(), 100 + seed, 1));
        assert_sound(&opened);
        drop(opened);
        assert_kept(&left, &written(&ledger));
    }
}

#[test]
fn a_stop_at_any_save_is_survived() {
    for point in POINTS {
        stops_at(point);
    }
    println!("{} stops at save points survived", POINTS.len() * BLOCKS.len());
}
