//! Light nodes over real HTTPS: what they follow is whole, what they sign is confirmed, and they never go backwards.

use crate::common::{Alliance, LOOK, Running};
use app::terminal::bench::traffic::PER_SHIPMENT;
use ledger::{Checkpoint, Record, RecordDraft, SecretKey, Subject, Time, Trust, Trusted, Verdict};
use node::net::Limits;
use node::{Clock, DataFolder, Halt, Membership, Network, Node, Options, Outcome, SimulatedClock, SystemClock};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed().as_secs() < 60, "{what}");
        std::thread::park_timeout(LOOK);
    }
}

/// What the newest header of an alliance makes a newcomer trust.
fn newest(alliance: &Alliance) -> Trusted {
    let node = &alliance.running().next().unwrap().node;
    let block = node.blocks(None, 1).unwrap().pop().unwrap();
    let set = node.validators_of(block.header.height).unwrap();
    let checkpoint = Checkpoint::of(alliance.genesis.clone(), block.header, block.certificate.unwrap(), set);
    Trusted::from_checkpoint(&checkpoint).unwrap()
}

fn newcomer(alliance: &Alliance, name: &str, trusted: &Trusted) -> PathBuf {
    let path = alliance.path(0).with_file_name(name);
    Node::prepare_light(&DataFolder::open(&path).unwrap(), trusted).unwrap();
    path
}

fn open(path: &Path, clock: Arc<dyn Clock>) -> (DataFolder, Arc<Node>) {
    let folder = DataFolder::open(path).unwrap();
    let node = Arc::new(Node::open_with(&folder, Options::new(None, clock)).unwrap());
    (folder, node)
}

fn start(alliance: &Alliance, path: &Path, clock: Arc<dyn Clock>) -> Running {
    let (folder, node) = open(path, clock);
    let membership = Membership {
        key: SecretKey::from_seed(&node::random().unwrap()),
        listen: None,
        seats: alliance.seats.clone(),
        party: Some(alliance.traffic.operators(1)[0]),
        workers: 1,
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership).unwrap();
    Running::of(node, network, folder)
}

fn subjects(records: &[Record]) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = records.iter().flat_map(Record::subjects).cloned().collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// All records of a subject at a node.
fn story(node: &Node, subject: &Subject) -> Vec<(u64, u32, ledger::Hash)> {
    let stored = node.history(subject, 0, 1_000).unwrap();
    stored
        .iter()
        .map(|one| (one.height, one.index, one.record.id()))
        .collect()
}

fn same(alliance: &Alliance, light: &Node, subject: &Subject) -> bool {
    let whole = &alliance.running().next().unwrap().node;
    story(whole, subject) == story(light, subject) && whole.entry(subject).unwrap() == light.entry(subject).unwrap()
}

#[test]
fn what_it_follows_is_whole_and_what_it_signs_is_confirmed() {
    let mut alliance = crate::founded("light");
    let old = alliance.traffic.shipment(0).unwrap();
    alliance.confirm(1, old.clone());
    alliance.level(1);
    let path = newcomer(&alliance, "newcomer", &newest(&alliance));
    let light = start(&alliance, &path, Arc::new(SystemClock));
    light.node.follow(subjects(&old)).unwrap();
    until("what was there before it came", || {
        subjects(&old)
            .iter()
            .all(|subject| same(&alliance, &light.node, subject))
    });
    let fresh = alliance.traffic.shipment(16).unwrap();
    let receipts = light.node.submit(fresh.clone()).unwrap();
    let confirmed = |receipt: &node::Receipt| matches!(receipt.outcome, Outcome::Confirmed { .. });
    assert!(receipts.iter().all(confirmed), "{receipts:?}");
    assert!(light.node.outbox().unwrap().is_empty());
    until("what it signed", || {
        subjects(&fresh)
            .iter()
            .all(|subject| same(&alliance, &light.node, subject))
    });
    light.node.views_ready();
    let bytes = light.node.evidence(&subjects(&fresh)[0], Vec::new()).unwrap();
    let report = ledger::verify(&bytes, &Trust::Expect(light.node.anchor()), None);
    assert_eq!(report.verdict(), Verdict::Accepted, "{report:?}");
    light.stop();
    let report = node::fsck(&path).unwrap();
    assert!(report.clean, "{:?}", report.faults);
    // It opens again where it was, and has all of it without anybody.
    let (_folder, node) = open(&path, Arc::new(SystemClock));
    assert_eq!(
        story(&node, &subjects(&fresh)[0]).len(),
        story_of(&fresh, &subjects(&fresh)[0])
    );
    node.close();
}

fn story_of(records: &[Record], subject: &Subject) -> usize {
    records
        .iter()
        .filter(|record| record.subjects().contains(subject))
        .count()
}

#[test]
fn what_is_signed_out_of_reach_builds_on_itself_and_is_confirmed_later() {
    let mut alliance = crate::founded("reach");
    let path = newcomer(&alliance, "away", &newest(&alliance));
    let light = start(&alliance, &path, Arc::new(SystemClock));
    let firm = subjects(&alliance.traffic.shipment(0).unwrap());
    until("the firms it depends on", || {
        let (party, product) = (alliance.traffic.operators(1)[0], &firm);
        let products = light
            .node
            .follow(vec![Subject::owned("product", &party, "DUVET-220").unwrap()]);
        products.unwrap();
        !product.is_empty()
            && same(
                &alliance,
                &light.node,
                &Subject::owned("product", &party, "DUVET-220").unwrap(),
            )
    });
    light.stop();
    let (folder, node) = open(&path, Arc::new(SystemClock));
    let records = alliance.traffic.shipment(16).unwrap();
    assert_eq!(records.len(), PER_SHIPMENT);
    for record in &records {
        // Each stands on the ones before, and none of those is confirmed.
        let checked = node.check(std::slice::from_ref(record)).unwrap();
        assert_eq!(checked, [Ok(())]);
        drop(node.submit_later(record.clone()).unwrap());
        until("it is kept", || {
            node.outbox().unwrap().iter().any(|kept| kept.id() == record.id())
        });
    }
    node.close();
    drop((node, folder));
    let light = start(&alliance, &path, Arc::new(SystemClock));
    until("all of it", || light.node.outbox().unwrap().is_empty());
    until("its story", || {
        subjects(&records)
            .iter()
            .all(|subject| same(&alliance, &light.node, subject))
    });
    light.stop();
}

#[test]
fn an_older_copy_of_its_ledger_does_not_take_it_back() {
    let mut alliance = crate::founded("older");
    let path = newcomer(&alliance, "older", &newest(&alliance));
    let copy = path.with_file_name("older-copy");
    std::fs::copy(path.join("ledger.db"), &copy).unwrap();
    let light = start(&alliance, &path, Arc::new(SystemClock));
    let records = alliance.traffic.shipment(0).unwrap();
    alliance.confirm(0, records);
    let height = alliance.level(1);
    until("it is up to date", || light.height() >= height);
    light.stop();
    for name in ["ledger.db-wal", "ledger.db-shm"] {
        let _none = std::fs::remove_file(path.join(name));
    }
    std::fs::copy(&copy, path.join("ledger.db")).unwrap();
    let (folder, node) = open(&path, Arc::new(SystemClock));
    assert_eq!(node.halted(), Some(Halt::RestoredBackup));
    node.close();
    drop((node, folder));
    let light = start(&alliance, &path, Arc::new(SystemClock));
    until("it is where it was", || {
        light.height() >= height && light.node.halted().is_none()
    });
    light.stop();
}

#[test]
fn after_the_trusting_period_it_stops_until_a_person_gives_a_checkpoint() {
    let mut alliance = crate::founded("expired");
    let path = newcomer(&alliance, "expired", &newest(&alliance));
    let records = alliance.traffic.shipment(0).unwrap();
    alliance.confirm(0, records);
    let height = alliance.level(1);
    let late = SimulatedClock::new(SystemClock.now().plus_millis(31 * 86_400_000));
    let light = start(&alliance, &path, Arc::new(late));
    until("it says so", || light.node.halted() == Some(Halt::TrustExpired));
    assert!(light.height() < height);
    light.stop();
    let light = start(&alliance, &path, Arc::new(SystemClock));
    light.node.pin(newest(&alliance)).unwrap();
    until("it goes on", || {
        light.height() >= height && light.node.halted().is_none()
    });
    let other = Alliance::found("other", 1);
    assert!(
        light
            .node
            .pin(Trusted::from_anchor(&ledger::Anchor::of(other.genesis)))
            .is_err()
    );
    light.stop();
}

/// A statement of the first firm once more, to be confirmed until another time.
fn again(record: &Record, until: Time) -> Record {
    // As the traffic makes the keys of its firms.
    let key = SecretKey::from_seed(ledger::Hash::of(b"sealroad-bench 1 0").as_bytes());
    let draft = RecordDraft {
        network: record.network(),
        kind: record.kind().clone(),
        party: *record.party(),
        subjects: record.subjects().to_vec(),
        reads: record.reads().to_vec(),
        seen: record.seen().clone(),
        refers: record.refers().to_vec(),
        claimed: record.claimed(),
        until,
        nonce: *record.nonce(),
        body: serde_json::from_str(record.body_json()).unwrap(),
        commits: Vec::new(),
    };
    draft.sign(&key).unwrap()
}

#[test]
fn what_can_be_confirmed_no_more_is_refused_and_leaves_the_outbox() {
    let mut alliance = crate::founded("lapsed");
    let path = newcomer(&alliance, "lapsed", &newest(&alliance));
    let light = start(&alliance, &path, Arc::new(SystemClock));
    let records = alliance.traffic.shipment(0).unwrap();
    // Its lot was never made: no block may take it, however often it is brought.
    let orphan = records[4].clone();
    let until_when = SystemClock.now().plus_millis(1_500);
    let orphan = again(&orphan, until_when);
    drop(light.node.submit_later(orphan.clone()).unwrap());
    until("it waits", || {
        light.node.outbox().unwrap().iter().any(|one| one.id() == orphan.id())
    });
    let mut number = 1;
    until("it is given up", || {
        // Blocks go on, until one is later than it may be confirmed.
        let others = alliance.traffic.shipment(number).unwrap();
        number += 1;
        alliance.confirm(0, others);
        light.node.outbox().unwrap().is_empty()
    });
    assert!(light.node.record(&orphan.id()).unwrap().is_none());
    light.stop();
}

#[test]
fn a_light_ledger_becomes_a_whole_one_and_keeps_its_outbox() {
    let mut alliance = crate::founded("whole");
    let path = newcomer(&alliance, "whole", &newest(&alliance));
    let (folder, node) = open(&path, Arc::new(SystemClock));
    let records = alliance.traffic.shipment(0).unwrap();
    for record in &records {
        drop(node.submit_later(record.clone()).unwrap());
    }
    until("they wait", || node.outbox().unwrap().len() == records.len());
    node.close();
    drop(node);
    Node::keep_whole(&folder).unwrap();
    drop(folder);
    let (folder, node) = open(&path, Arc::new(SystemClock));
    assert!(!node.is_light().unwrap());
    let waiting: Vec<_> = node.outbox().unwrap().iter().map(Record::id).collect();
    assert_eq!(waiting, records.iter().map(Record::id).collect::<Vec<_>>());
    node.close();
    drop((node, folder));
    let whole = start(&alliance, &path, Arc::new(SystemClock));
    until("its outbox is confirmed", || whole.node.outbox().unwrap().is_empty());
    let height = alliance.level(1);
    until("it has every block", || whole.height() >= height);
    assert!(whole.node.block(1).unwrap().is_some());
    whole.stop();
    let report = node::fsck(&path).unwrap();
    assert!(report.clean, "{:?}", report.faults);
}
