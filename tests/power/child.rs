//! The process that is recorded: a ledger of one validator, or an alliance of four in one thread, over the recording file system.

#[path = "../crash/common.rs"]
#[allow(dead_code)]
mod common;
mod locks;
mod log;
mod recorder;

use common::{Load, confirmed, genesis, vote_key};
use ledger::{Clock as GenesisClock, Hash};
use log::Told;
use node::{Clock, DataFolder, Desk, Node, Options, Outcome, Receipt, SystemClock};
use recorder::{Log, Recorder};
use sealroad_tests::stepped::{self, Alliance, Seen, VALIDATORS};
use serde_json::{Value, json};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, root, log, rest @ ..] = &arguments[..] else {
        panic!("not a task: {arguments:?}");
    };
    let (root, log) = (Path::new(root), Arc::new(Log::new(Path::new(log))));
    let until_failure = Arc::new(AtomicUsize::new(0));
    let recorder = Recorder::new(root, &log, &until_failure);
    if ["upgrade", "word"].contains(&task.as_str()) {
        let ledger = std::fs::read(Path::new(&rest[0]).join("ledger.db")).unwrap();
        std::fs::create_dir(root.join("ledger")).unwrap();
        recorder.keep(&root.join("ledger/ledger.db"), &ledger).unwrap();
    }
    recorder.install();
    match task.as_str() {
        "solo" => solo(root, &log),
        "failing" => failing(root, &log, || {
            until_failure.store(rest[0].parse().unwrap(), Ordering::Relaxed)
        }),
        "alliance" => alliance(root, &log),
        "upgrade" => upgrade(root, &log).stop(),
        // A ledger without votes: a person says that nothing later was signed.
        "word" => upgrade(root, &log).confirm_votes_lost().unwrap(),
        other => panic!("not a task: {other}"),
    }
    log.finish();
}

/// Opens a ledger of an older form.
fn upgrade(root: &Path, log: &Log) -> Node {
    log.told(Told::Founded);
    let folder = DataFolder::open(root.join("ledger")).unwrap();
    let options = Options {
        views: false,
        ..Options::new(Some(vote_key()), Arc::new(SystemClock))
    };
    Node::open_with(&folder, options).unwrap()
}

/// What was done before it is told stays true whatever happens after.
fn tell(node: &Node, log: &Log, ids: &[Hash]) {
    for record in ids {
        let height = node.record(record).unwrap().unwrap().height;
        let block = node.block(height).unwrap().unwrap().header.id();
        log.told(Told::Confirmed {
            record: *record,
            height,
            block,
        });
    }
}

fn put(desk: &Desk, log: &Log, value: u64) {
    let key = format!("draft {}", value % 3);
    desk.put("drafts", &key, &json!(value)).unwrap();
    assert_eq!(desk.get("drafts", &key).unwrap(), Some(Value::from(value)));
    log.told(Told::OnDesk { key, value });
}

/// Founds a ledger, takes records in, backs it up, folds its log in, goes on, closes it, and derives the tables.
fn solo(root: &Path, log: &Log) {
    let folder = DataFolder::open(root.join("ledger")).unwrap();
    let genesis = genesis(GenesisClock::System, SystemClock.now());
    Node::prepare(&folder, &genesis).unwrap();
    let desk = Desk::open(&folder).unwrap();
    log.told(Told::Founded);
    let options = Options {
        views: false,
        ..Options::new(Some(vote_key()), Arc::new(SystemClock))
    };
    let node = Node::open_with(&folder, options).unwrap();
    let mut load = Load::new(node.network(), SystemClock.now(), 1);
    for batch in load.founding() {
        tell(&node, log, &confirmed(&node.submit(batch).unwrap()));
    }
    for number in 0..8 {
        tell(&node, log, &confirmed(&node.submit(load.shipments(1)).unwrap()));
        put(&desk, log, number);
        if number == 3 {
            // Flushes the driver too: it rests now, and the log can be folded in.
            node.backup(&root.join("backup")).unwrap();
            node::checkpoint(&folder.path().join("ledger.db")).unwrap();
        }
    }
    node.stop();
    drop(desk);
    let node = Node::open(&folder, Some(vote_key()), Arc::new(SystemClock)).unwrap();
    node.views_ready();
    node.stop();
}

/// Takes records in; what storage refuses is brought again, as people do. What was confirmed is told.
fn failing(root: &Path, log: &Log, arm: impl FnOnce()) {
    let folder = DataFolder::open(root.join("ledger")).unwrap();
    let genesis = genesis(GenesisClock::System, SystemClock.now());
    Node::prepare(&folder, &genesis).unwrap();
    arm();
    log.told(Told::Founded);
    let options = Options {
        views: false,
        ..Options::new(Some(vote_key()), Arc::new(SystemClock))
    };
    let node = Node::open_with(&folder, options).unwrap();
    let mut load = Load::new(node.network(), SystemClock.now(), 1);
    let mut batches = load.founding().to_vec();
    batches.extend((0..6).map(|_| load.shipments(1)));
    for batch in batches {
        let receipts = node.submit(batch.clone()).or_else(|error| {
            println!("refused: {error}; halted: {:?}", node.halted());
            node.submit(batch)
        });
        // A node that says that its storage is damaged takes nothing in before the next start.
        let Ok(receipts) = receipts else { break };
        let is_confirmed = |receipt: &&Receipt| matches!(receipt.outcome, Outcome::Confirmed { .. });
        let ids: Vec<Hash> = receipts.iter().filter(is_confirmed).map(|receipt| receipt.id).collect();
        tell(&node, log, &ids);
    }
    node.stop();
}

/// Four validators found an alliance and agree on some shipments, each brought to another one.
fn alliance(root: &Path, log: &Log) {
    let genesis = stepped::genesis();
    for at in 0..VALIDATORS {
        let folder = DataFolder::open(root.join(stepped::folder(at))).unwrap();
        Node::prepare(&folder, &genesis).unwrap();
    }
    log.told(Told::Founded);
    let newest = Cell::new(0);
    let mut alliance = Alliance::new(root, 0, |seen| match seen {
        Seen::Says(by, said) => log.told(Told::Said {
            by,
            bytes: said.to_bytes(),
        }),
        Seen::Keeps { by, height, block } => {
            newest.set(newest.get().max(height));
            log.told(Told::Kept { by, height, block });
        }
    });
    (0..VALIDATORS).for_each(|at| alliance.start(at));
    let mut traffic = stepped::traffic(genesis.network());
    let mut batches = traffic.founding_alliance(VALIDATORS).unwrap();
    batches.extend((0..4).map(|number| traffic.shipment(number).unwrap()));
    for (number, batch) in batches.iter().enumerate() {
        alliance.bring(number % VALIDATORS, batch);
        let last = batch.last().unwrap();
        alliance.until("a batch stands everywhere", |all| {
            (0..VALIDATORS).all(|at| all.driver(at).height() == newest.get() && all.holds(at, last))
        });
    }
    println!("{} ms, {} blocks", alliance.millis(), newest.get());
    alliance.stop();
}
