//! A desktop that no validator is in reach of, and the firms that a person introduced to it.

use super::author::Author;
use super::told::{Message, Teller};
use crate::world::{Folder, Running, World, wait};
use ledger::{Hash, PublicKey, Record, SecretKey, Subject};
use node::net::{Address, Limits};
use node::{Contact, DataFolder, Head, Membership, Node, Options, Seat, SystemClock};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The desktop's firm, by its number in the traffic.
pub const US: usize = 1;
/// The firm of the liar …
pub const LIAR: usize = 0;
/// … an honest one …
pub const HONEST: usize = 2;
/// … and one that was not introduced.
pub const THIRD: usize = 3;

/// All that a lie could change.
#[derive(Debug, PartialEq)]
pub struct State {
    pub outbox: Vec<Hash>,
    /// Which record whose node keeps too.
    pub held: Vec<(Hash, PublicKey)>,
    pub rivals: Vec<Hash>,
    pub aside: Vec<Hash>,
    pub head: Option<Head>,
}

/// The desktop.
pub struct Desktop {
    pub world: Arc<World>,
    folder: Folder,
    key: [u8; 32],
    running: Option<Running>,
    contacts: Mutex<Vec<Contact>>,
    numbers: AtomicU64,
    limits: Limits,
}

/// A desktop's node in a folder, listening on loopback; it asks these seats.
fn open(world: &World, folder: &Path, key: [u8; 32], seats: Vec<Seat>, limits: Limits) -> Running {
    let folder = DataFolder::open(folder).unwrap();
    let membership = Membership {
        key: SecretKey::from_seed(&key),
        listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
        seats,
        party: Some(world.parties[US]),
        workers: 1,
        limits,
    };
    Running::start(folder, Options::new(None, Arc::new(SystemClock)), membership)
}

impl Desktop {
    /// In the alliance that others share.
    pub fn new(name: &str) -> Self {
        Self::in_world(&World::shared(), name)
    }

    /// It has looked around, knows the firms and their goods, and is out of reach now.
    pub fn in_world(world: &Arc<World>, name: &str) -> Self {
        let folder = Folder::new(name);
        let whole = DataFolder::open(&folder.0).unwrap();
        Node::prepare_light(&whole, &world.anchor()).unwrap();
        drop(whole);
        let mut desktop = Self {
            world: Arc::clone(world),
            folder,
            key: node::random().unwrap(),
            running: None,
            contacts: Mutex::default(),
            numbers: AtomicU64::new(0),
            limits: Limits::default(),
        };
        desktop.open_in_reach();
        desktop.looks_around();
        desktop.close();
        desktop.open();
        desktop
    }

    /// A validator is in reach for as long as it takes to know of these subjects what the validators know.
    pub fn learns(&mut self, subjects: &[Subject]) {
        self.close();
        self.open_in_reach();
        self.node().follow(subjects.to_vec()).unwrap();
        let count = |node: &Node, subject: &Subject| node.entry(subject).unwrap().map(|entry| entry.count);
        let honest = self.world.validator(1);
        let level = || {
            self.running().network.nudge();
            subjects
                .iter()
                .all(|one| count(self.node(), one) == count(&honest.node, one))
        };
        wait(level, || format!("{:?}", self.node().head()));
        self.close();
        self.open();
    }

    /// It has the newest head, and what must be known to judge the goods of these firms.
    pub fn looks_around(&self) {
        let known: Vec<Subject> = [LIAR, US, HONEST, THIRD]
            .into_iter()
            .flat_map(|firm| self.of(firm))
            .collect();
        self.node().follow(known.clone()).unwrap();
        let honest = self.world.validator(1);
        let level = || {
            self.running().network.nudge();
            self.node().head() == honest.node.head()
                && known.iter().all(|one| self.node().entry(one).unwrap().is_some())
        };
        wait(level, || format!("{:?}", self.node().head()));
    }

    fn of(&self, firm: usize) -> [Subject; 2] {
        let party = self.world.parties[firm];
        let product = format!("product:{party}:DUVET-220").parse().unwrap();
        [Subject::party(&party), product]
    }

    pub fn folder(&self) -> &Path {
        &self.folder.0
    }

    pub const fn secret(&self) -> &[u8; 32] {
        &self.key
    }

    /// Starts it out of reach.
    pub fn open(&mut self) {
        self.start(Vec::new());
    }

    /// Starts it where a validator is in reach.
    pub fn open_in_reach(&mut self) {
        self.start(vec![self.world.seats[1].clone()]);
    }

    fn start(&mut self, seats: Vec<Seat>) {
        let running = open(&self.world, &self.folder.0, self.key, seats, self.limits.clone());
        running.network.meet(self.contacts.lock().unwrap().clone()).unwrap();
        self.running = Some(running);
    }

    pub fn close(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }

    /// Grants, and expects, something else from now on.
    pub fn grants(&mut self, limits: Limits) {
        self.limits = limits;
        self.restart();
    }

    pub fn restart(&mut self) {
        self.close();
        self.open();
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub fn node(&self) -> &Arc<Node> {
        &self.running().node
    }

    /// Where it listens, as whom.
    pub fn seat(&self) -> Seat {
        let address = self.running().network.address().unwrap();
        self.seat_at(Address::from(address))
    }

    /// The same reached by another address.
    pub fn seat_at(&self, address: Address) -> Seat {
        let key = SecretKey::from_seed(&self.key).public();
        Seat::new("Desktop".to_owned(), self.world.parties[US], key, key, vec![address])
    }

    /// A node of that firm, introduced by its card; it only asks.
    pub fn meet(&self, firm: usize) -> Teller {
        let teller = Teller::new(self);
        self.introduce(teller.key, firm, Vec::new());
        teller
    }

    /// From now on this node key is that firm's.
    pub fn introduce(&self, node: PublicKey, firm: usize, addresses: Vec<Address>) {
        let mut contacts = self.contacts.lock().unwrap();
        contacts.retain(|one| one.node != node);
        contacts.push(Contact {
            addresses,
            node,
            party: self.world.parties[firm],
        });
        self.running().network.meet(contacts.clone()).unwrap();
    }

    /// Forgets a node.
    pub fn forget(&self, node: &PublicKey) {
        let mut contacts = self.contacts.lock().unwrap();
        contacts.retain(|one| one.node != *node);
        self.running().network.meet(contacts.clone()).unwrap();
    }

    /// Somebody whom nobody introduced.
    pub fn stranger(&self) -> Teller {
        Teller::new(self)
    }

    /// What the person at this desktop signs.
    pub fn signs(&self, records: &[Record]) {
        // Whether it is confirmed soon is not waited for: nobody is in reach.
        drop(self.node().submit_together(records.to_vec()).unwrap());
        let waits = || {
            let outbox = self.state().outbox;
            records.iter().all(|record| outbox.contains(&record.id()))
        };
        wait(waits, || format!("it is not signed: {:?}", self.state()));
    }

    pub fn state(&self) -> State {
        let node = self.node();
        let ids = |records: Vec<Record>| records.iter().map(Record::id).collect();
        State {
            outbox: ids(node.outbox().unwrap()),
            held: node
                .held()
                .unwrap()
                .into_iter()
                .map(|held| (held.id, held.node))
                .collect(),
            rivals: node.rivals().unwrap().iter().map(|rival| rival.record.id()).collect(),
            aside: node.aside().unwrap().iter().map(|aside| aside.record.id()).collect(),
            head: node.head(),
        }
    }

    /// How often something of this node was refused, by code.
    pub fn refused(&self, node: &PublicKey, code: &str) -> u64 {
        let view = self.running().network.view();
        let peer = view.peers.iter().find(|peer| peer.key == *node);
        peer.and_then(|peer| peer.refused_by_us.get(code).copied()).unwrap_or(0)
    }

    /// What is noted of a node.
    pub fn noted(&self, node: &PublicKey) -> String {
        let view = self.running().network.view();
        let peer = view.peers.iter().find(|peer| peer.key == *node);
        format!("{peer:?}; {:?}", view.faults)
    }

    /// A number for a shipment that nobody used yet.
    pub fn number(&self) -> String {
        format!("{}", self.numbers.fetch_add(1, Ordering::SeqCst) + 100)
    }

    /// An honest firm hands over an offer, ours accepts it, and both have both.
    pub fn goes_on(&self) {
        self.goes_on_with(&self.meet(HONEST));
    }

    pub fn goes_on_with(&self, honest: &Teller) {
        let mut author = Author::new(&self.world);
        let records = author.offered(HONEST, US, &self.number());
        let ids: Vec<Hash> = records.iter().map(Record::id).collect();
        let answer = honest.tell(&Message::of(&records)).unwrap();
        assert_eq!((&answer.have, &answer.not_kept.len()), (&ids, &0), "{answer:?}");
        let accepted = author.accepted(US, &records[3]);
        self.signs(std::slice::from_ref(&accepted));
        let answer = honest.tell(&Message::default()).unwrap();
        assert!(answer.handed().contains(&accepted.id()), "{answer:?}");
        let have = Message {
            have: vec![accepted.id()],
            ..Message::default()
        };
        honest.tell(&have).unwrap();
        let state = self.state();
        assert!(ids.iter().chain([&accepted.id()]).all(|id| state.outbox.contains(id)));
        assert!(state.held.contains(&(accepted.id(), honest.key)), "{state:?}");
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.network.stop();
            running.node.close();
        }
    }
}
