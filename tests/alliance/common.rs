//! Validators as they are run: a folder each, threads, real HTTPS between them on loopback.

use app::terminal::bench::traffic::Traffic;
use ledger::{Clock as GenesisClock, Genesis, Profile, Record, SecretKey, Validator, ValidatorSet};
use node::net::{Address, Limits};
use node::{Clock, DataFolder, Invitation, Membership, Network, Node, Options, Seat, SystemClock};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sealroad_tests::ports::address;

/// How often is looked whether something has happened.
pub const LOOK: Duration = Duration::from_millis(5);

/// A folder that is deleted with what uses it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let unique = format!("sealroad-{name}-{}", hex(&node::random::<8>().unwrap()));
        Self(std::env::temp_dir().join(unique))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn vote_key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 10; 32])
}

pub fn node_key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 110; 32])
}

/// A validator that runs.
pub struct Running {
    pub node: Arc<Node>,
    pub network: Network,
    _folder: DataFolder,
}

impl Running {
    pub const fn of(node: Arc<Node>, network: Network, folder: DataFolder) -> Self {
        Self {
            node,
            network,
            _folder: folder,
        }
    }

    pub fn height(&self) -> u64 {
        self.node.head().map_or(0, |head| head.height)
    }

    pub fn stop(self) {
        self.network.stop();
        self.node.close();
    }
}

/// An alliance of validators on this machine.
pub struct Alliance {
    folder: Folder,
    pub genesis: Genesis,
    pub seats: Vec<Seat>,
    pub validators: Vec<Option<Running>>,
    pub traffic: Traffic,
}

impl Alliance {
    pub fn found(name: &str, count: usize) -> Self {
        let now = SystemClock.now();
        let validator = |at: usize, party| Validator {
            key: vote_key(at).public(),
            party,
            weight: 1,
        };
        // The parties do not depend on the network, so they are known before it.
        let parties = Traffic::new(ledger::Hash::of(b""), now, 1).unwrap().operators(count);
        let set = parties
            .iter()
            .enumerate()
            .map(|(at, party)| validator(at, *party))
            .collect();
        let set = ValidatorSet::new(set).unwrap();
        let genesis = Genesis::new(name, Profile::Alliance, GenesisClock::System, now, [3; 16], set).unwrap();
        let seats = std::iter::repeat_with(address)
            .zip(&parties)
            .enumerate()
            .map(|(at, (address, party))| {
                let (vote, node) = (vote_key(at).public(), node_key(at).public());
                Seat::new(format!("V{at}"), *party, vote, node, vec![Address::from(address)])
            });
        let mut alliance = Self {
            folder: Folder::new(name),
            traffic: Traffic::new(genesis.network(), now, 1).unwrap(),
            seats: seats.collect(),
            genesis,
            validators: Vec::new(),
        };
        for at in 0..count {
            let folder = DataFolder::open(alliance.path(at)).unwrap();
            Node::prepare(&folder, &alliance.genesis).unwrap();
            alliance.invitation().keep(folder.path()).unwrap();
            drop(folder);
            alliance.validators.push(None);
            alliance.start(at);
        }
        alliance
    }

    /// What every folder keeps of the network.
    pub fn invitation(&self) -> Invitation {
        Invitation::new(self.genesis.clone(), self.seats.clone())
    }

    /// A member that is no validator: it keeps the ledger and asks the validators.
    pub fn join(&self, name: &str) -> PathBuf {
        let path = self.folder.0.join(name);
        let folder = DataFolder::open(&path).unwrap();
        self.invitation().keep(&path).unwrap();
        Node::prepare(&folder, &self.genesis).unwrap();
        path
    }

    /// Runs a member until it has this height, and stops it.
    pub fn follow(&self, path: &std::path::Path, height: u64) {
        let folder = DataFolder::open(path).unwrap();
        node::refound(&folder).unwrap();
        let options = Options {
            follows: true,
            ..Options::new(None, Arc::new(SystemClock))
        };
        let node = Arc::new(Node::open_with(&folder, options).unwrap());
        let membership = Membership {
            key: SecretKey::from_seed(&node::random().unwrap()),
            listen: None,
            seats: self.seats.clone(),
            party: None,
            workers: 1,
            limits: Limits::default(),
        };
        let network = Network::start(&node, membership).unwrap();
        let running = Running {
            node,
            network,
            _folder: folder,
        };
        let begun = std::time::Instant::now();
        while running.height() < height {
            assert!(begun.elapsed().as_secs() < 60, "it stays at {}", running.height());
            std::thread::park_timeout(LOOK);
        }
        running.stop();
    }

    pub fn path(&self, at: usize) -> PathBuf {
        self.folder.0.join(format!("v{at}"))
    }

    /// Starts a validator, whatever is left of its folder.
    pub fn start(&mut self, at: usize) {
        let folder = DataFolder::open(self.path(at)).unwrap();
        node::refound(&folder).unwrap();
        let options = Options {
            views: false,
            ..Options::new(Some(vote_key(at)), Arc::new(SystemClock))
        };
        let node = Arc::new(Node::open_with(&folder, options).unwrap());
        let listen = self.seats[at].addresses[0].to_string().parse().ok();
        let membership = Membership {
            key: node_key(at),
            listen,
            seats: self.seats.clone(),
            party: None,
            workers: 1,
            limits: Limits::default(),
        };
        let network = Network::start(&node, membership).unwrap();
        self.validators[at] = Some(Running {
            node,
            network,
            _folder: folder,
        });
    }

    pub fn stop(&mut self, at: usize) {
        self.validators[at].take().unwrap().stop();
    }

    pub fn running(&self) -> impl Iterator<Item = &Running> {
        self.validators.iter().flatten()
    }

    /// Submits at one validator and waits until all of it is confirmed.
    pub fn confirm(&self, at: usize, records: Vec<Record>) {
        let receipts = self.validators[at].as_ref().unwrap().node.submit(records).unwrap();
        for receipt in receipts {
            assert!(
                matches!(receipt.outcome, node::Outcome::Confirmed { .. }),
                "{}: {:?}",
                receipt.id,
                receipt.outcome
            );
        }
    }

    /// Waits until all that run have the same height, at least this one; gives it.
    pub fn level(&self, least: u64) -> u64 {
        let begun = std::time::Instant::now();
        loop {
            let heights: Vec<u64> = self.running().map(Running::height).collect();
            let (low, high) = (heights.iter().min().copied(), heights.iter().max().copied());
            if low == high && low >= Some(least) {
                return low.unwrap_or(0);
            }
            assert!(
                begun.elapsed().as_secs() < 60,
                "heights stay {heights:?}, awaited {least}"
            );
            std::thread::park_timeout(LOOK);
        }
    }
}
