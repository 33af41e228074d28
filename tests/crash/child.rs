//! The process that is killed. It opens a ledger, takes records in, and says on its standard output what was acknowledged, so that somebody
//! who outlives it can hold it to that.

mod common;

use common::{Load, confirmed, found, open, vote_key};
use ledger::{Hash, Record};
use node::{Clock, DataFolder, Halt, Node, NodeError, Options, SavePoint, SystemClock};
use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shipments in a batch and batches under way when the process is to be killed at work.
const SHIPMENTS: usize = 10;
const UNDER_WAY: usize = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load", folder, seed] => load(Path::new(folder), seed.parse().unwrap()),
        ["stop", folder, seed, point, block] => {
            stop(Path::new(folder), seed.parse().unwrap(), point, block.parse().unwrap());
        }
        ["full-disk", folder, point] => full_disk(Path::new(folder), point),
        ["until-refused", folder] => until_refused(Path::new(folder)),
        _ => panic!("not a task: {arguments:?}"),
    }
}

/// One line an acknowledged record, written out at once.
fn say(acknowledged: &[Hash]) {
    let mut lines = String::new();
    for id in acknowledged {
        lines.push_str(&format!("ack {id}\n"));
    }
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Takes records in until killed.
fn load(folder: &Path, seed: u64) {
    let opened = open(folder).unwrap();
    let mut load = Load::new(opened.node.network(), SystemClock.now(), seed);
    for batch in load.founding() {
        say(&confirmed(&opened.node.submit(batch).unwrap()));
    }
    let mut waiting = VecDeque::new();
    loop {
        waiting.push_back(opened.node.submit_together(load.shipments(SHIPMENTS)).unwrap());
        if waiting.len() > UNDER_WAY {
            say(&confirmed(&waiting.pop_front().unwrap().wait().unwrap()));
        }
    }
}

/// Takes records in, a block at a time, and aborts when a save point is passed for the `block`-th time.
fn stop(folder: &Path, seed: u64, point: &str, block: u64) {
    let passed = AtomicU64::new(0);
    let point = point.to_owned();
    let probe = move |at: SavePoint| {
        if format!("{at:?}") == point && passed.fetch_add(1, Ordering::Relaxed) + 1 == block {
            std::process::abort();
        }
    };
    let folder = DataFolder::open(folder).unwrap();
    let clock = Arc::new(SystemClock);
    let options = Options {
        probe: Some(Arc::new(probe)),
        ..Options::new(Some(vote_key()), clock)
    };
    let node = Node::open_with(&folder, options).unwrap();
    let mut load = Load::new(node.network(), SystemClock.now(), seed);
    for batch in load.founding() {
        say(&confirmed(&node.submit(batch).unwrap()));
    }
    loop {
        say(&confirmed(&node.submit(load.shipments(1)).unwrap()));
    }
}

/// Takes records in until storage says no; gives the batch that was not taken, with the reason.
fn until_no(node: &Node, load: &mut Load, acknowledged: &mut Vec<Hash>) -> (Vec<Record>, NodeError) {
    loop {
        let batch = load.shipments(1);
        match node.submit(batch.clone()) {
            Ok(receipts) => {
                let ids = confirmed(&receipts);
                say(&ids);
                acknowledged.extend(ids);
            }
            Err(error) => return (batch, error),
        }
    }
}

fn assert_holds(node: &Node, acknowledged: &[Hash]) {
    for id in acknowledged {
        assert!(
            node.record(id).unwrap().is_some(),
            "acknowledged record {id} is missing"
        );
    }
}

/// Fills what is left of a disk.
fn fill_up(ballast: &Path) {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(ballast)
        .unwrap();
    for piece in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![1; piece]).is_ok() {}
    }
}

/// On a small disk that is full when a save point is passed for the fourth time: frees it, goes on; and all of it is there after the next start.
fn full_disk(disk: &Path, point: &str) {
    let (ballast, folder) = (disk.join("ballast"), disk.join("ledger"));
    found(&folder);
    let folder = DataFolder::open(&folder).unwrap();
    let (passed, full, name) = (AtomicU64::new(0), ballast.clone(), point.to_owned());
    let probe = move |at: SavePoint| {
        if format!("{at:?}") == name && passed.fetch_add(1, Ordering::Relaxed) == 3 {
            fill_up(&full);
        }
    };
    let clock = Arc::new(SystemClock);
    let options = Options {
        probe: Some(Arc::new(probe)),
        ..Options::new(Some(vote_key()), clock)
    };
    let node = Node::open_with(&folder, options).unwrap();
    let mut load = Load::new(node.network(), SystemClock.now(), 1);
    let mut acknowledged = Vec::new();
    for batch in load.founding() {
        acknowledged.extend(confirmed(&node.submit(batch).unwrap()));
    }
    let (refused, error) = until_no(&node, &mut load, &mut acknowledged);
    assert!(matches!(error, NodeError::DiskFull), "a full disk is called {error:?}");
    assert_holds(&node, &acknowledged);

    let node = if point == "BeforeBlock" {
        assert_eq!(node.halted(), Some(Halt::DiskFull));
        // Nothing of the block was kept; the same node goes on as soon as there is room.
        let kept = refused
            .iter()
            .filter(|record| node.record(&record.id()).unwrap().is_some());
        assert_eq!(kept.count(), 0, "a part of a batch was kept");
        let again = node.submit(refused.clone());
        assert!(
            matches!(again, Err(NodeError::DiskFull)),
            "still full, and yet: {again:?}"
        );
        std::fs::remove_file(&ballast).unwrap();
        node
    } else {
        // The block was saved and its vote or certificate was not: the next start finishes it.
        assert!(node.halted().is_some());
        std::fs::remove_file(&ballast).unwrap();
        node.stop();
        Node::open(&folder, Some(vote_key()), Arc::new(SystemClock)).unwrap()
    };
    acknowledged.extend(confirmed(&node.submit(refused).unwrap()));
    assert_eq!(node.halted(), None);
    for _ in 0..5 {
        acknowledged.extend(confirmed(&node.submit(load.shipments(1)).unwrap()));
    }
    let report = node.fsck().unwrap();
    assert!(report.clean, "{:?}", report.faults);
    node.stop();

    let node = Node::open(&folder, Some(vote_key()), Arc::new(SystemClock)).unwrap();
    assert_eq!(node.halted(), None);
    assert_holds(&node, &acknowledged);
    node.views_ready();
    let (shown, newest) = node.views_progress();
    assert_eq!(shown, newest, "the tables do not follow after the disk was full");
    println!("full at {point}, {} acknowledged records are there", acknowledged.len());
}

/// Under a limit on the size of files: takes records in until storage says no, and stays consistent.
fn until_refused(folder: &Path) {
    let opened = open(folder).unwrap();
    let mut load = Load::new(opened.node.network(), SystemClock.now(), 1);
    let mut acknowledged = Vec::new();
    for batch in load.founding() {
        let ids = confirmed(&opened.node.submit(batch).unwrap());
        say(&ids);
        acknowledged.extend(ids);
    }
    let (refused, error) = until_no(&opened.node, &mut load, &mut acknowledged);
    assert_holds(&opened.node, &acknowledged);
    let taken = refused
        .iter()
        .filter(|record| opened.node.record(&record.id()).unwrap().is_some());
    println!(
        "refused {} records, {} of them in a block: {error}",
        refused.len(),
        taken.count()
    );
}
