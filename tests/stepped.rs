//! An alliance in one thread: the drivers of real nodes on real folders, with made-up wires and one made-up clock.

use app::terminal::bench::traffic::Traffic;
use ledger::{
    Clock as GenesisClock, Genesis, Hash, Profile, PublicKey, Record, SecretKey, Time, Validator, ValidatorSet,
};
use node::Clock;
use node::stepped::{Action, Candidate, Driver, Event, Now, Parts, Patience, Said, To};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Four bear one that is faulty.
pub const VALIDATORS: usize = 4;
/// 2026-09-21T14:13:20Z.
const START: i64 = 1_790_000_000_000;
/// Longer than anything takes that happens at all, in simulated milliseconds.
const PATIENCE: u64 = 600_000;

/// The simulated time, in milliseconds since the founding.
#[derive(Clone, Default)]
struct World(Arc<AtomicU64>);

impl World {
    fn millis(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Clock for World {
    fn now(&self) -> Time {
        let passed = i64::try_from(self.millis()).unwrap();
        Time::from_millis(START + passed).unwrap()
    }
}

/// The key with which a validator votes.
#[must_use]
pub fn vote_key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 10; 32])
}

fn name(at: usize) -> PublicKey {
    SecretKey::from_seed(&[u8::try_from(at).unwrap() + 110; 32]).public()
}

/// Records of the firms that validate, signed for this network.
#[must_use]
pub fn traffic(network: Hash) -> Traffic {
    Traffic::new(network, Time::from_millis(START).unwrap(), 1).unwrap()
}

/// What they found.
#[must_use]
pub fn genesis() -> Genesis {
    // The parties do not depend on the network, so they are known before it.
    let parties = traffic(Hash::of(b"")).operators(VALIDATORS);
    let set = parties.into_iter().enumerate().map(|(at, party)| Validator {
        key: vote_key(at).public(),
        party,
        weight: 1,
    });
    let set = ValidatorSet::new(set.collect()).unwrap();
    let start = Time::from_millis(START).unwrap();
    Genesis::new("Power", Profile::Alliance, GenesisClock::Simulated, start, [3; 16], set).unwrap()
}

/// Where a validator's files lie, below the folder of all.
#[must_use]
pub fn folder(at: usize) -> String {
    format!("v{at}")
}

/// What happens that somebody outside may see.
pub enum Seen<'a> {
    /// A validator says this to others.
    Says(usize, &'a Said),
    /// A validator keeps a block.
    Keeps {
        /// Which one.
        by: usize,
        /// Height of the block.
        height: u64,
        /// BlockId.
        block: Hash,
    },
}

/// Validators, some of which may not run, and what is on its way between them.
pub struct Alliance<'a> {
    root: PathBuf,
    world: World,
    drivers: Vec<Option<(Driver, u64)>>,
    wires: VecDeque<(usize, usize, Vec<u8>)>,
    seen: Box<dyn FnMut(Seen<'_>) + 'a>,
}

impl<'a> Alliance<'a> {
    /// None runs yet; `since` milliseconds after the founding.
    pub fn new(root: &Path, since: u64, seen: impl FnMut(Seen<'_>) + 'a) -> Self {
        Self {
            root: root.to_path_buf(),
            world: World(Arc::new(AtomicU64::new(since))),
            drivers: (0..VALIDATORS).map(|_| None).collect(),
            wires: VecDeque::new(),
            seen: Box::new(seen),
        }
    }

    /// Milliseconds since the founding.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.world.millis()
    }

    /// Opens a validator.
    pub fn start(&mut self, at: usize) {
        let driver = Driver::open(Parts {
            folder: self.root.join(folder(at)),
            vote: Some(Arc::new(vote_key(at))),
            clock: Arc::new(self.world.clone()),
            probe: None,
            patience: Patience::default(),
            follows: false,
        });
        self.drivers[at] = Some((driver.unwrap(), self.millis()));
    }

    /// Closes them in good order.
    pub fn stop(&mut self) {
        self.drivers.iter_mut().for_each(|driver| *driver = None);
    }

    /// A validator that runs.
    #[must_use]
    pub fn driver(&self, at: usize) -> &Driver {
        &self.drivers[at].as_ref().unwrap().0
    }

    /// Whether a record stands in a block of a validator.
    #[must_use]
    pub fn holds(&self, at: usize, record: &Record) -> bool {
        let driver = self.driver(at);
        (1..=driver.height())
            .rev()
            .any(|height| driver.records(height).unwrap().contains(record))
    }

    /// Authors bring records to a validator.
    pub fn bring(&mut self, at: usize, records: &[Record]) {
        let candidates = records.iter().map(|record| Arc::new(Candidate::read(record.clone())));
        let event = Event::Records {
            from: None,
            candidates: candidates.collect(),
        };
        self.handle(at, event);
    }

    /// Lets things happen until this is so.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let last = self.millis() + PATIENCE;
        while !is_so(self) {
            assert!(self.millis() < last, "{what} has not come about");
            self.go_on();
        }
    }

    /// The next thing: what is on its way arrives, or else time passes until somebody wakes.
    pub fn go_on(&mut self) {
        if let Some((from, to, bytes)) = self.wires.pop_front() {
            return self.arrive(from, to, &bytes);
        }
        let wakes = (0..VALIDATORS).filter_map(|at| Some((self.wake(at)?, at)));
        let (wake, at) = wakes.min().unwrap();
        self.world.0.store(wake, Ordering::Relaxed);
        self.handle(at, Event::Tick);
    }

    fn now(&self, started: u64) -> Now {
        Now {
            time: self.world.now(),
            millis: self.millis() - started,
        }
    }

    fn wake(&self, at: usize) -> Option<u64> {
        let (driver, started) = self.drivers[at].as_ref()?;
        let now = self.now(*started);
        let rest = driver
            .next_wake(now)
            .map_or(1_000, |wake| wake.saturating_sub(now.millis));
        Some(self.millis() + rest.clamp(1, 1_000))
    }

    fn arrive(&mut self, from: usize, to: usize, bytes: &[u8]) {
        let read = |records: Vec<Record>| -> Vec<Arc<Candidate>> {
            records
                .into_iter()
                .map(|record| Arc::new(Candidate::read(record)))
                .collect()
        };
        let event = match Said::parse(bytes).unwrap() {
            Said::Records(records) => Event::Records {
                from: Some(name(from)),
                candidates: read(records),
            },
            Said::Block(decided) => Event::Block {
                from: name(from),
                header: Box::new(decided.header),
                certificate: decided.certificate,
                candidates: read(decided.records),
                good: true,
            },
            said => Event::Said { from: name(from), said },
        };
        self.handle(to, event);
    }

    fn handle(&mut self, at: usize, event: Event) {
        let Some((driver, started)) = &mut self.drivers[at] else {
            return; // nobody hears it
        };
        let started = *started;
        let before = driver.height();
        let now = Now {
            time: self.world.now(),
            millis: self.world.millis() - started,
        };
        let actions = driver.handle(now, event);
        assert_eq!(driver.halt, None, "validator {at}");
        let after = driver.height();
        if after != before {
            driver.turn(now).unwrap();
            let block = driver.block(after).unwrap().unwrap().header.id();
            (self.seen)(Seen::Keeps {
                by: at,
                height: after,
                block,
            });
        }
        for action in actions {
            match action {
                Action::Say(to, said) => self.say(at, to, &said),
                Action::Offence(proof) => panic!("{at} says that {} voted twice", proof.key()),
                Action::Blame(who, what) => panic!("{at} blames {who}: {what}"),
                Action::Settled(_) => {}
            }
        }
    }

    fn say(&mut self, at: usize, to: To, said: &Said) {
        (self.seen)(Seen::Says(at, said));
        let others = (0..VALIDATORS).filter(|other| *other != at);
        let to = others.filter(|other| match to {
            To::All => true,
            To::One(one) => name(*other) == one,
        });
        self.wires.extend(to.map(|to| (at, to, said.to_bytes())));
    }
}
