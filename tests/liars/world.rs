//! An alliance of four validators on this machine's loopback, with goods on record, and light nodes that ask it.

use crate::liar::Seen;
use crate::proxy::Proxy;
use app::terminal::bench::traffic::Traffic;
use ledger::{
    Anchor, Clock as GenesisClock, Genesis, Hash, Party, Profile, Record, RecordDraft, SecretKey, Subject, Trusted,
    Validator, ValidatorSet,
};
use node::net::{Address, Limits};
use node::{Clock, DataFolder, Membership, Network, Node, Options, Seat, SystemClock};
use sealroad_tests::ports::address;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use systems::{Access, Payload};

/// How many validate.
pub const VALIDATORS: usize = 4;
/// What must come has come by then.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a condition is looked at, and a light node is woken to ask on.
const LOOK: Duration = Duration::from_millis(40);

/// A folder that is deleted with what uses it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let unique = u64::from_be_bytes(node::random().unwrap());
        Self(std::env::temp_dir().join(format!("sealroad-liars-{name}-{unique:x}")))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

pub fn vote_key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 10; 32])
}

pub fn node_key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 110; 32])
}

/// The root key of the firm of that number in the traffic.
pub fn firm_key(firm: usize) -> SecretKey {
    SecretKey::from_seed(Hash::of(format!("sealroad-bench 1 {firm}").as_bytes()).as_bytes())
}

/// Looks at a condition until it holds; `else_say` tells what there is instead.
pub fn wait(holds: impl FnMut() -> bool, else_say: impl Fn() -> String) {
    wait_within(PATIENCE, holds, else_say);
}

/// The same with another patience.
pub fn wait_within(patience: Duration, mut holds: impl FnMut() -> bool, else_say: impl Fn() -> String) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < patience, "after {patience:?}: {}", else_say());
        std::thread::park_timeout(LOOK);
    }
}

/// A node that runs, in the network.
pub struct Running {
    pub node: Arc<Node>,
    pub network: Network,
    _folder: DataFolder,
}

impl Running {
    pub fn start(folder: DataFolder, options: Options, membership: Membership) -> Self {
        let node = Arc::new(Node::open_with(&folder, options).unwrap());
        let network = Network::start(&node, membership).unwrap();
        Self {
            node,
            network,
            _folder: folder,
        }
    }

    pub fn height(&self) -> u64 {
        self.node.head().map_or(0, |head| head.height)
    }

    /// The RecordIds of a subject, in order.
    pub fn ids(&self, subject: &Subject) -> Vec<Hash> {
        let history = self.node.history(subject, 0, 1_000).unwrap();
        history.iter().map(|stored| stored.record.id()).collect()
    }

    pub fn stop(self) {
        self.network.stop();
        self.node.close();
    }
}

/// An alliance.
pub struct World {
    folder: Folder,
    pub genesis: Genesis,
    pub parties: Vec<Party>,
    pub seats: Vec<Seat>,
    validators: Mutex<Vec<Option<Arc<Running>>>>,
    /// From each validator to each other, where wires are that can be cut.
    pub wires: Vec<Vec<Proxy>>,
    pub lot: Subject,
    pub shipment: Subject,
}

impl World {
    /// The alliance that tests share which write nothing on it; it ends with the last of them.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let world = Arc::new(Self::found("shared"));
            *shared = Arc::downgrade(&world);
            world
        })
    }

    /// Founds an alliance with firms, a shipment, and a lot that was recalled.
    pub fn found(name: &str) -> Self {
        let world = Self::prepared(name, false);
        world.begin();
        world
    }

    /// The same, with a wire from each validator to each other that can be cut.
    pub fn found_with_wires(name: &str) -> Self {
        let world = Self::prepared(name, true);
        world.begin();
        world
    }

    /// Starts all validators, and there is trade.
    pub fn begin(&self) {
        (0..VALIDATORS).for_each(|at| self.start(at));
        self.trade(self.genesis.created());
    }

    fn prepared(name: &str, wires: bool) -> Self {
        let now = SystemClock.now();
        let parties = Traffic::new(Hash::of(b""), now, 1).unwrap().operators(16);
        let validator = |at: usize| Validator {
            key: vote_key(at).public(),
            party: parties[at],
            weight: 1,
        };
        let set = ValidatorSet::new((0..VALIDATORS).map(validator).collect()).unwrap();
        let genesis = Genesis::new(name, Profile::Alliance, GenesisClock::System, now, [3; 16], set).unwrap();
        Self::of(name, genesis, parties, wires)
    }

    /// Another ledger of the same genesis, in folders of its own; nothing runs yet.
    pub fn again(&self, name: &str) -> Self {
        Self::of(name, self.genesis.clone(), self.parties.clone(), false)
    }

    fn of(name: &str, genesis: Genesis, parties: Vec<Party>, wires: bool) -> Self {
        let seats: Vec<Seat> = std::iter::repeat_with(address)
            .take(VALIDATORS)
            .enumerate()
            .map(|(at, address)| {
                let (vote, node) = (vote_key(at).public(), node_key(at).public());
                Seat::new(format!("V{at}"), parties[at], vote, node, vec![Address::from(address)])
            })
            .collect();
        let wire = |to: &Seat| Proxy::to(to.addresses[0].to_string().parse().unwrap());
        let wires = (0..VALIDATORS)
            .filter(|_| wires)
            .map(|_| seats.iter().map(wire).collect());
        let wires: Vec<Vec<Proxy>> = wires.collect();
        let subject = |text: String| text.parse().unwrap();
        let world = Self {
            folder: Folder::new(name),
            lot: subject(format!("lot:{}:L-0", parties[0])),
            shipment: subject(format!("shipment:{}:S-0", parties[0])),
            seats,
            wires,
            genesis,
            parties,
            validators: Mutex::new((0..VALIDATORS).map(|_| None).collect()),
        };
        for at in 0..VALIDATORS {
            let folder = DataFolder::open(world.path(at)).unwrap();
            Node::prepare(&folder, &world.genesis).unwrap();
        }
        world
    }

    fn trade(&self, now: ledger::Time) {
        let mut traffic = Traffic::new(self.genesis.network(), now, 1).unwrap();
        for batch in traffic.founding_alliance(VALIDATORS).unwrap() {
            self.confirm(1, batch);
        }
        self.confirm(1, traffic.shipment(0).unwrap());
        self.recall("loose threads");
        self.level(1);
    }

    pub fn path(&self, at: usize) -> PathBuf {
        self.folder.0.join(format!("v{at}"))
    }

    /// Starts a validator.
    pub fn start(&self, at: usize) {
        let options = Options {
            views: false,
            ..Options::new(Some(vote_key(at)), Arc::new(SystemClock))
        };
        let membership = Membership {
            key: node_key(at),
            listen: self.seats[at].addresses[0].to_string().parse().ok(),
            seats: self.seats_of(at),
            party: None,
            workers: 1,
            limits: Limits::default(),
        };
        let running = Running::start(DataFolder::open(self.path(at)).unwrap(), options, membership);
        self.validators.lock().unwrap()[at] = Some(Arc::new(running));
    }

    /// Where a validator finds the others.
    fn seats_of(&self, at: usize) -> Vec<Seat> {
        let mut seats = self.seats.clone();
        for (seat, wire) in seats.iter_mut().zip(self.wires.get(at).into_iter().flatten()) {
            seat.addresses = vec![Address::from(wire.address)];
        }
        seats
    }

    /// Stops a validator.
    pub fn stop(&self, at: usize) {
        let running = self.validators.lock().unwrap()[at].take().unwrap();
        Arc::into_inner(running).unwrap().stop();
    }

    /// A validator that runs.
    pub fn validator(&self, at: usize) -> Arc<Running> {
        Arc::clone(self.validators.lock().unwrap()[at].as_ref().unwrap())
    }

    pub fn running(&self) -> Vec<Arc<Running>> {
        self.validators.lock().unwrap().iter().flatten().cloned().collect()
    }

    /// Signs what a firm says.
    pub fn say(&self, firm: usize, kind: &str, body: &Value) -> Record {
        let node = &self.running()[0].node;
        let turn = |subject: &Subject| node.entry(subject).unwrap().map_or(0, |entry| entry.turn);
        self.draft(firm, kind, body, turn).sign(&firm_key(firm)).unwrap()
    }

    /// What a firm would say, on subjects that are at these turns.
    pub fn draft(&self, firm: usize, kind: &str, body: &Value, turn: impl Fn(&Subject) -> u64) -> RecordDraft {
        let payload: Payload = serde_json::from_value(json!({"kind": kind, "body": body})).unwrap();
        let party = self.parties[firm];
        let touches = payload.touches(&party).unwrap();
        let exclusive = touches.writes.iter().filter(|write| write.access == Access::Exclusive);
        let seen: BTreeMap<Subject, u64> = exclusive
            .map(|write| (write.subject.clone(), turn(&write.subject)))
            .collect();
        let now = SystemClock.now();
        RecordDraft {
            network: self.genesis.network(),
            kind: payload.kind(),
            party,
            subjects: touches.subjects(),
            reads: touches.reads,
            seen,
            refers: touches.refers,
            claimed: now,
            until: now.plus_millis(60 * 60 * 1000),
            nonce: node::random().unwrap(),
            body: payload.body(),
            commits: Vec::new(),
        }
    }

    /// The maker calls the lot back.
    pub fn recall(&self, why: &str) {
        let text = |text: &str| json!({"en": text, "zh": "召回", "de": "Rückruf"});
        let body =
            json!({"about": [self.lot], "hazard": "serious", "reason": text(why), "instruction": text("Send back.")});
        self.confirm(1, vec![self.say(0, "supply-chain.recalled.1", &body)]);
    }

    /// Submits at one validator and waits until all of it is confirmed.
    pub fn confirm(&self, at: usize, records: Vec<Record>) {
        for receipt in self.validator(at).node.submit(records).unwrap() {
            let confirmed = matches!(receipt.outcome, node::Outcome::Confirmed { .. });
            assert!(confirmed, "{}: {:?}", receipt.id, receipt.outcome);
        }
    }

    /// Waits until all that run have the same height, at least this one; gives it.
    pub fn level(&self, least: u64) -> u64 {
        let heights = || self.running().iter().map(|one| one.height()).collect::<Vec<_>>();
        let even = |heights: &[u64]| heights.iter().all(|one| one == &heights[0] && *one >= least);
        wait(
            || even(&heights()),
            || format!("heights {:?}, awaited {least}", heights()),
        );
        heights()[0]
    }

    /// What newcomers trust: the genesis.
    pub fn anchor(&self) -> Trusted {
        Trusted::from_anchor(&Anchor::of(self.genesis.clone()))
    }

    /// A light node of the buyer in this folder, which asks these seats.
    pub fn light(&self, folder: &Folder, seats: Vec<Seat>) -> Light {
        Light::start(
            &folder.0,
            &self.anchor(),
            seats,
            Some(self.parties[1]),
            Limits::default(),
        )
    }

    /// The light node believes nothing that the validators do not say: its head is one of theirs, its records are the first of theirs.
    pub fn nothing_false(&self, light: &Light) {
        let honest = self.validator(1);
        if let Some(head) = light.node.head() {
            let block = honest.node.block(head.height).unwrap();
            assert_eq!(
                block.map(|block| block.header.id()),
                Some(head.block),
                "a head nobody decided"
            );
        }
        for subject in [&self.lot, &self.shipment] {
            let (told, true_) = (light.ids(subject), honest.ids(subject));
            assert_eq!(
                told,
                true_[..told.len().min(true_.len())],
                "{subject} has other records"
            );
        }
    }

    /// Waits until the light node has the newest head and all records of the lot and the shipment, as the validators have them.
    pub fn ends_right(&self, light: &Light) {
        let honest = self.validator(1);
        let both = [self.lot.clone(), self.shipment.clone()];
        light.node.follow(both.to_vec()).unwrap();
        let state = |node: &Node| both.clone().map(|subject| node.entry(&subject).unwrap());
        let ids = |running: &Running| both.clone().map(|subject| running.ids(&subject));
        let holds = || {
            light.network.nudge();
            light.node.head() == honest.node.head()
                && ids(&light.running) == ids(&honest)
                && state(&light.node) == state(&honest.node)
        };
        let heads = || format!("head {:?}, awaited {:?}", light.node.head(), honest.node.head());
        wait(holds, || {
            format!("{}; {:?}; {}", heads(), ids(&light.running), light.peers())
        });
        assert_eq!(light.node.halted(), None);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // All at once: each waits for whom it answers.
        std::thread::scope(|scope| {
            for running in self.running() {
                scope.spawn(move || {
                    running.network.stop();
                    running.node.close();
                });
            }
        });
    }
}

/// A light node that runs.
pub struct Light {
    running: Running,
}

impl std::ops::Deref for Light {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl Light {
    pub fn start(path: &Path, trusted: &Trusted, seats: Vec<Seat>, party: Option<Party>, limits: Limits) -> Self {
        let fresh = !path.join("ledger.db").exists();
        let folder = DataFolder::open(path).unwrap();
        if fresh {
            Node::prepare_light(&folder, trusted).unwrap();
        }
        let membership = Membership {
            key: SecretKey::from_seed(&node::random().unwrap()),
            listen: None,
            seats,
            party,
            workers: 1,
            limits,
        };
        let options = Options::new(None, Arc::new(SystemClock));
        Self {
            running: Running::start(folder, options, membership),
        }
    }

    pub fn stop(self) {
        self.running.stop();
    }

    /// How the light node has fared with a peer.
    pub fn seen(&self, peer: &Seat) -> Seen {
        let view = self.network.view();
        let entry = view.peers.iter().find(|one| one.key == peer.node).unwrap();
        Seen {
            refused: entry.refused_by_us.clone(),
            failed: entry.refused_by_them.clone(),
            points: entry.points,
            standing: entry.standing,
        }
    }

    pub fn peers(&self) -> String {
        let view = self.network.view();
        let one = |peer: &node::net::PeerView| {
            let (us, them) = (&peer.refused_by_us, &peer.refused_by_them);
            format!(
                "refused {us:?}, failed {them:?}, {:?}, {} points",
                peer.standing, peer.points
            )
        };
        view.peers.iter().map(one).collect::<Vec<_>>().join(" | ")
    }

    /// Waits until what the peer did is counted under this name, by refusing it or as its failure.
    pub fn counts(&self, peer: &Seat, code: &str) -> Seen {
        let holds = || {
            self.network.nudge();
            self.seen(peer).times(code) > 0
        };
        wait(holds, || format!("awaited {code}: {}", self.peers()));
        self.seen(peer)
    }
}
