//! What the tests and the process they kill share: one founding, one source of records.

use app::terminal::bench::traffic::Traffic;
use ledger::{Clock as GenesisClock, Genesis, Hash, Party, Profile, Record, SecretKey, Time, Validator, ValidatorSet};
use node::{Clock, DataFolder, Node, NodeError, Outcome, Receipt, SystemClock};
use std::path::Path;
use std::sync::Arc;

/// The vote key of every ledger here.
pub fn vote_key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

/// The genesis of every ledger here, founded at `start`.
pub fn genesis(clock: GenesisClock, start: Time) -> Genesis {
    let party = Party::of(SecretKey::from_seed(&[8; 32]).public());
    let set = ValidatorSet::new(vec![Validator {
        key: vote_key().public(),
        party,
        weight: 1,
    }])
    .unwrap();
    Genesis::new("Crash", Profile::Solo, clock, start, [9; 16], set).unwrap()
}

/// Founds a ledger in a folder and closes it again.
pub fn found(path: &Path) -> Hash {
    let folder = DataFolder::open(path).unwrap();
    let genesis = genesis(GenesisClock::System, SystemClock.now());
    Node::found(&folder, &genesis, vote_key(), Arc::new(SystemClock))
        .unwrap()
        .stop();
    genesis.network()
}

/// A ledger that is open, with its folder held.
pub struct Opened {
    pub node: Node,
    _folder: DataFolder,
}

/// Opens a ledger with its vote key and the machine's clock.
pub fn open(path: &Path) -> Result<Opened, NodeError> {
    let folder = DataFolder::open(path)?;
    let node = Node::open(&folder, Some(vote_key()), Arc::new(SystemClock))?;
    Ok(Opened { node, _folder: folder })
}

/// Records of a firm each, ready to be sent in this order: two batches that found, then shipments.
pub struct Load {
    traffic: Traffic,
    shipments: usize,
}

impl Load {
    /// Other firms, and so other records, for each seed.
    pub fn new(network: Hash, start: Time, seed: u64) -> Self {
        Self {
            traffic: Traffic::new(network, start, seed).unwrap(),
            shipments: 0,
        }
    }

    pub fn founding(&mut self) -> [Vec<Record>; 2] {
        self.traffic.founding().unwrap()
    }

    /// The records of the next `count` shipments.
    pub fn shipments(&mut self, count: usize) -> Vec<Record> {
        let first = self.shipments;
        self.shipments += count;
        (first..self.shipments)
            .flat_map(|number| self.traffic.shipment(number).unwrap())
            .collect()
    }
}

/// The ids of records that were all confirmed.
pub fn confirmed(receipts: &[Receipt]) -> Vec<Hash> {
    let confirm = |receipt: &Receipt| match &receipt.outcome {
        Outcome::Confirmed { .. } => receipt.id,
        other => panic!("record {} was not confirmed: {other:?}", receipt.id),
    };
    receipts.iter().map(confirm).collect()
}
