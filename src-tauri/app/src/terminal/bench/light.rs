//! What it costs a newcomer to be up to date: from the invitation to the newest header of a long chain, over HTTPS from a real ledger; and
//! to catch up the records of what it follows.

use super::measure::rounded;
use super::network::{node_key, vote_key};
use super::solo::scratch;
use super::traffic::{FIRMS, PER_SHIPMENT, Traffic};
use crate::UserError;
use ledger::{
    Anchor, Checkpoint, Clock as GenesisClock, Genesis, Profile, Record, SecretKey, Subject, Time, Trusted, Validator,
    ValidatorSet,
};
use node::net::{Address, Limits};
use node::{Clock, DataFolder, Grown, Invitation, Membership, Network, Node, Options, Seat, SystemClock};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Validators of the chain.
const VALIDATORS: usize = 4;
/// How often its set changes.
const CHANGES: u64 = 24;
/// Between two blocks: a million are less than the seven days within which records must be confirmed.
const SPACING_MILLIS: i64 = 500;
/// Records of followed subjects that are caught up.
const RECORDS: usize = 10_000;
/// Shipments in a block.
const SHIPMENTS: usize = 40;
/// A newcomer that is not up to date by then is not going to be.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn broken(what: impl std::fmt::Display) -> UserError {
    UserError::new("bench.broken").with("what", what)
}

/// The chain, and who serves it.
pub(super) struct Served {
    pub genesis: Genesis,
    pub seat: Seat,
    pub node: Arc<Node>,
    pub network: Network,
    pub shipments: Vec<Subject>,
}

/// `bench light`: a chain of `blocks` blocks.
pub fn run(blocks: u64) -> Result<Value, UserError> {
    let path = scratch("light")?;
    let outcome = measure(&path, blocks);
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

fn measure(path: &Path, blocks: u64) -> Result<Value, UserError> {
    let served = serve(path, blocks)?;
    let height = served.node.head().map_or(0, |head| head.height);
    let anchor = Trusted::from_anchor(&Anchor::of(served.genesis.clone()));
    let from_anchor = newcomer(&path.join("anchor"), &served, &anchor, &[])?;
    let checkpoint = checkpoint(&served)?;
    let from_checkpoint = newcomer(&path.join("checkpoint"), &served, &checkpoint, &[])?;
    let caught = newcomer(&path.join("following"), &served, &checkpoint, &served.shipments)?;
    served.network.stop();
    served.node.close();
    Ok(json!({
        "blocks": height,
        "set_changes": CHANGES,
        "bytes": from_anchor.bytes,
        "ms": from_anchor.ms,
        "checkpoint_bytes": from_checkpoint.bytes,
        "checkpoint_ms": from_checkpoint.ms,
        "followed_records": caught.records,
        "catch_up_ms": caught.caught_up_ms,
        "catch_up_bytes": caught.caught_up_bytes,
    }))
}

/// A checkpoint in the middle of the chain, as an invitation of some time ago carries one.
fn checkpoint(served: &Served) -> Result<Trusted, UserError> {
    let mut height = served.node.head().map_or(0, |head| head.height) / 2;
    loop {
        let block = served.node.block(height)?.ok_or_else(|| broken("no block"))?;
        let (header, commit) = (block.header, block.certificate.ok_or_else(|| broken("no certificate"))?);
        if header.next_validators == header.validators {
            let set = served.node.validators_of(height)?;
            let checkpoint = Checkpoint::of(served.genesis.clone(), header, commit, set);
            return Trusted::from_checkpoint(&checkpoint).map_err(broken);
        }
        height += 1;
    }
}

/// Grows the chain and serves it as one of its validators does. Not measured.
pub(super) fn serve(path: &Path, blocks: u64) -> Result<Served, UserError> {
    let folder = DataFolder::open(path.join("validator"))?;
    let span = i64::try_from(blocks).unwrap_or(i64::MAX / SPACING_MILLIS) * SPACING_MILLIS;
    let start = SystemClock.now().plus_millis(-span - 60_000);
    let keys: Vec<SecretKey> = (0..VALIDATORS).map(vote_key).collect();
    // The parties do not depend on the network, so they are known before it.
    let parties = Traffic::new(ledger::Hash::of(b""), start, 1)?.operators(VALIDATORS);
    let validator = |(key, party): (&SecretKey, &ledger::Party)| Validator {
        key: key.public(),
        party: *party,
        weight: 1,
    };
    let set = ValidatorSet::new(keys.iter().zip(&parties).map(validator).collect()).map_err(broken)?;
    let genesis = Genesis::new(
        "Bench",
        Profile::Alliance,
        GenesisClock::System,
        start,
        node::random()?,
        set,
    )
    .map_err(broken)?;
    let shipments = grow(&folder, &genesis, &keys, blocks, start)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = Options {
        views: false,
        follows: true,
        ..Options::new(None, Arc::new(SystemClock))
    };
    let node = Arc::new(Node::open_with(&folder, options)?);
    let seat = |address| {
        Seat::new(
            "V0".to_owned(),
            parties[0],
            keys[0].public(),
            node_key(0).public(),
            vec![address],
        )
    };
    let membership = Membership {
        key: node_key(0),
        listen: Some(address),
        seats: vec![seat(Address::from(address))],
        party: None,
        workers: 1,
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership)?;
    let address = network.address().ok_or_else(|| broken("nobody listens"))?;
    Ok(Served {
        genesis,
        seat: seat(Address::from(address)),
        node,
        network,
        shipments,
    })
}

/// The chain: firms, shipments, and from then on blocks without records, in which the set changes [`CHANGES`] times. Gives the shipments.
fn grow(
    folder: &DataFolder,
    genesis: &Genesis,
    keys: &[SecretKey],
    blocks: u64,
    start: Time,
) -> Result<Vec<Subject>, UserError> {
    let mut grown = Grown::found(folder, genesis)?;
    let mut traffic = Traffic::new(genesis.network(), start, 1)?;
    let block = |grown: &mut Grown, records: Vec<Record>| {
        let height = i64::try_from(grown.height()).unwrap_or(0) + 1;
        grown.block(start.plus_millis(height * SPACING_MILLIS), records, keys)
    };
    for records in traffic.founding_alliance(VALIDATORS)? {
        block(&mut grown, records)?;
    }
    let mut shipments = BTreeSet::new();
    let count = RECORDS.div_ceil(PER_SHIPMENT).div_ceil(FIRMS) * FIRMS;
    for first in (0..count).step_by(SHIPMENTS) {
        let mut records = Vec::new();
        for number in first..count.min(first + SHIPMENTS) {
            records.extend(traffic.shipment(number)?);
        }
        shipments.extend(records.iter().flat_map(Record::subjects).cloned());
        block(&mut grown, records)?;
    }
    let between = (blocks.saturating_sub(grown.height()) / (CHANGES + 1)).max(4);
    for change in 0..CHANGES {
        let weight = 1 + (change + 1) % 2;
        for records in traffic.reweigh(VALIDATORS, &keys[0].public(), weight, change)? {
            block(&mut grown, records)?;
        }
        for _ in 2..between {
            block(&mut grown, Vec::new())?;
        }
    }
    while grown.height() < blocks {
        block(&mut grown, Vec::new())?;
    }
    grown.finish()?;
    Ok(shipments.into_iter().collect())
}

/// What a newcomer needed.
struct Needed {
    bytes: u64,
    ms: f64,
    records: u64,
    caught_up_ms: f64,
    caught_up_bytes: u64,
}

/// A newcomer that begins from what it trusts: from its invitation to the newest header, and until it has all of what it follows.
fn newcomer(path: &Path, served: &Served, trusted: &Trusted, follow: &[Subject]) -> Result<Needed, UserError> {
    let wire = Wire::to(served.network.address().ok_or_else(|| broken("nobody listens"))?)?;
    let mut seat = served.seat.clone();
    seat.addresses = vec![Address::from(wire.address)];
    let invitation = Invitation::new(served.genesis.clone(), vec![seat]).to_text();
    let begun = Instant::now();
    let invitation = Invitation::parse(invitation.as_bytes())?;
    let folder = DataFolder::open(path)?;
    Node::prepare_light(&folder, trusted)?;
    let node = Arc::new(Node::open_with(&folder, Options::new(None, Arc::new(SystemClock)))?);
    node.follow(follow.to_vec())?;
    let membership = Membership {
        key: SecretKey::from_seed(&node::random()?),
        listen: None,
        seats: invitation.seats,
        party: None,
        workers: 1,
        limits: Limits::default(),
    };
    let network = Network::start(&node, membership)?;
    let newest = served.node.head().map_or(0, |head| head.height);
    until(begun, || Ok(node.head().is_some_and(|head| head.height >= newest)))?;
    let (ms, bytes) = (since(begun), wire.bytes.load(Ordering::Relaxed));
    let records = || Ok::<_, UserError>(node.records_between(None, None, None, 0, 0)?.1);
    let (mut caught_up_ms, mut caught_up_bytes) = (0.0, 0);
    if !follow.is_empty() {
        until(begun, || {
            Ok(node.following()?.is_some_and(|following| following.waiting == 0))
        })?;
        (caught_up_ms, caught_up_bytes) = (since(begun), wire.bytes.load(Ordering::Relaxed));
    }
    let needed = Needed {
        bytes,
        ms,
        records: records()?,
        caught_up_ms,
        caught_up_bytes,
    };
    network.stop();
    node.close();
    Ok(needed)
}

fn since(begun: Instant) -> f64 {
    rounded(begun.elapsed().as_secs_f64() * 1_000.0)
}

pub(super) fn until(begun: Instant, mut done: impl FnMut() -> Result<bool, UserError>) -> Result<(), UserError> {
    while !done()? {
        if begun.elapsed() > PATIENCE {
            return Err(broken("the newcomer is not up to date"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// A wire that counts what goes over it, both ways, the handshake too.
pub(super) struct Wire {
    pub address: SocketAddr,
    pub bytes: Arc<AtomicU64>,
}

impl Wire {
    /// To where somebody listens. Its threads end with the connections.
    pub fn to(address: SocketAddr) -> Result<Self, UserError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(broken)?;
        let bytes = Arc::new(AtomicU64::new(0));
        let wire = Self {
            address: listener.local_addr().map_err(broken)?,
            bytes: Arc::clone(&bytes),
        };
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(address) else { return };
                let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else {
                    return;
                };
                let (there, back) = (Arc::clone(&bytes), Arc::clone(&bytes));
                std::thread::spawn(move || carry(near, far, &there));
                std::thread::spawn(move || carry(far_too, near_too, &back));
            }
        });
        Ok(wire)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, bytes: &AtomicU64) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        bytes.fetch_add(count as u64, Ordering::Relaxed);
        if piece.get(..count).is_none_or(|piece| to.write_all(piece).is_err()) {
            break;
        }
    }
    // The other side may have closed already.
    let _closed = to.shutdown(Shutdown::Write);
}
