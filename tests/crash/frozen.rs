//! A ledger as the first form was written, kept for good: every later build opens it.
//!
//! `SEALROAD_FREEZE=1` writes it anew; that is right only until form 1 has been given to anybody.

use crate::common::{Load, confirmed, genesis, vote_key};
use crate::support::{Scratch, fill};
use ledger::{Clock as GenesisClock, Hash, Time};
use node::{DataFolder, Halt, Node, SimulatedClock};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;
const LARGEST: u64 = 200_000;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledger-form-1")
}

fn start() -> Time {
    Time::from_millis(START).unwrap()
}

/// Height, root and the first firm's record, as written beside the ledger.
fn written() -> (u64, Hash, Hash) {
    let text = std::fs::read_to_string(fixture().join("root.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let hash = |name: &str| json[name].as_str().unwrap().parse().unwrap();
    (json["height"].as_u64().unwrap(), hash("index_root"), hash("record"))
}

fn freeze() {
    let scratch = Scratch::new("freeze");
    let folder = DataFolder::open(scratch.join("ledger")).unwrap();
    let clock = Arc::new(SimulatedClock::new(start()));
    let node = Node::found(&folder, &genesis(GenesisClock::Simulated, start()), vote_key(), clock).unwrap();
    let ids = fill(&node, start(), 1, 2);
    node.backup(&scratch.join("backup")).unwrap();
    let report = node.fsck().unwrap();
    std::fs::create_dir_all(fixture()).unwrap();
    std::fs::copy(scratch.join("backup").join("ledger.db"), fixture().join("ledger.db")).unwrap();
    let json = serde_json::json!({"height": report.height, "index_root": report.root, "record": ids[0]});
    std::fs::write(fixture().join("root.json"), format!("{json:#}\n")).unwrap();
}

#[test]
fn the_first_form_is_read_for_good() {
    if std::env::var("SEALROAD_FREEZE").is_ok_and(|value| value == "1") {
        freeze();
    }
    let size = std::fs::metadata(fixture().join("ledger.db")).unwrap().len();
    assert!(size < LARGEST, "{size} bytes");
    let (height, root, record) = written();
    let scratch = Scratch::new("frozen");
    let path = scratch.join("ledger");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::copy(fixture().join("ledger.db"), path.join("ledger.db")).unwrap();

    let folder = DataFolder::open(&path).unwrap();
    let clock = Arc::new(SimulatedClock::new(start().plus_millis(60_000)));
    let node = Node::open(&folder, Some(vote_key()), clock).unwrap();
    let report = node.fsck().unwrap();
    // Votes are never kept with a ledger: nothing else is missing.
    let files: Vec<_> = report.faults.iter().map(|fault| fault.file).collect();
    assert_eq!(files, ["votes.db"], "{:?}", report.faults);
    assert_eq!((report.height, report.root), (height, root));
    assert_eq!(node.head().unwrap().height, height);
    let stored = node.record(&record).unwrap().unwrap();
    assert_eq!((stored.height, stored.index), (1, 0));
    node.views_ready();
    assert!(!node.search("Jilin Home Textiles", 10).unwrap().is_empty());

    // And it goes on.
    assert_eq!(node.halted(), Some(Halt::VotesMissing));
    node.confirm_votes_lost().unwrap();
    let [firms, _] = Load::new(node.network(), start().plus_millis(60_000), 2).founding();
    confirmed(&node.submit(firms).unwrap());
    let report = node.fsck().unwrap();
    assert!(report.clean, "{:?}", report.faults);
    assert_eq!(report.height, height + 1);
}
