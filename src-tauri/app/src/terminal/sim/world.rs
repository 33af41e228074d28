//! The machines, what is between them, and the order in which all of it happens.

use super::checks::{Broken, Checks, broken};
use super::desktop::Desktop;
use super::liars::Liars;
use super::machine::{Machine, Stop, World as Time, key};
use super::plan::{Mutant, Plan, Scenario};
use super::seed::Seed;
use super::story::Story;
use super::untrue::Untrue;
use super::wires::{Happening, Wires};
use crate::UserError;
use crate::terminal::Temporary;
use crate::terminal::bench::traffic::Traffic;
use ledger::{Clock, Genesis, Hash, Profile, Record, SecretKey, Validator, ValidatorSet};
use node::stepped::{Action, Candidate, Event, Said};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// When the simulated networks were founded: 2026-09-21T14:13:20Z.
const START: i64 = 1_790_000_000_000;
/// More steps than any simulation takes; beyond, machines wake without end.
const STEPS: u64 = 400_000;

/// Why a simulation ends before all is confirmed.
pub enum End {
    /// A check found something.
    Broken(Broken),
    /// This machine could not carry it out.
    Failed(UserError),
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<UserError> for End {
    fn from(error: UserError) -> Self {
        Self::Failed(error)
    }
}

/// A simulated network.
pub struct World {
    pub(super) plan: Plan,
    pub(super) seed: Seed,
    pub(super) now: u64,
    pub(super) steps: u64,
    pub(super) machines: Vec<Machine>,
    /// The light nodes.
    pub(super) desktops: Vec<Desktop>,
    pub(super) wires: Wires,
    pub(super) checks: Checks,
    pub(super) liars: Liars,
    pub(super) untrue: Untrue,
    /// The keys with which validators sign now.
    pub(super) machines_keys: Vec<Arc<SecretKey>>,
    /// Whose keys those who lie to light nodes have: one less than certify a block.
    pub(super) forgers: Vec<usize>,
    /// How many subjects light nodes followed when they were level.
    pub(super) followed_at_the_end: usize,
    /// Machines that may be faulty to the end.
    pub(super) faulty: BTreeSet<usize>,
    /// Machines that stopped for good.
    pub(super) away: BTreeSet<usize>,
    /// What went wrong, and how often.
    pub(super) counts: BTreeMap<&'static str, u64>,
    /// What was sent: how often, and how many bytes.
    pub(super) traffic: BTreeMap<&'static str, (u64, u64)>,
    /// When each height not decided yet was first proposed.
    pub(super) proposed: BTreeMap<u64, u64>,
    /// From proposal to decision: milliseconds in all, and of how many blocks.
    pub(super) deciding: (u64, u64),
    pub(super) trace: Hash,
    pub(super) healed: bool,
    pub(super) quiet: bool,
    pub(super) two_faced: Vec<(Record, Record)>,
    pub(super) story: Story,
    pub(super) network: Hash,
    pub(super) genesis: Genesis,
    pub(super) time: Time,
    /// Records that were read, and whether their signature is good.
    read: BTreeMap<Hash, (Arc<Candidate>, bool)>,
    pub(super) folder: Temporary,
}

/// The genesis of simulated networks of so many validators, which the first firms of [`Traffic`] with seed 1 operate.
///
/// # Errors
/// More validators than there are firms.
pub fn genesis(validators: usize) -> Result<Genesis, UserError> {
    let wrong = |what: String| UserError::new("bad-record").with("what", what);
    let start = ledger::Time::from_millis(START).map_err(|error| wrong(error.to_string()))?;
    // The parties do not depend on the network, so they are known before it.
    let parties = Traffic::new(Hash::of(b""), start, 1)?.operators(validators);
    let set = parties.into_iter().enumerate().map(|(at, party)| Validator {
        key: key("vote", at).public(),
        party,
        weight: 1,
    });
    let set = ValidatorSet::new(set.collect()).map_err(|error| wrong(error.to_string()))?;
    Genesis::new("Simulated", Profile::Alliance, Clock::Simulated, start, [3; 16], set)
        .map_err(|error| wrong(error.to_string()))
}

/// Files that last no longer than the simulation: in memory where the system has a place for it, since a disk takes a hundred times
/// as long to say that it has kept something.
fn in_memory(folder: Temporary) -> Temporary {
    let memory = std::path::Path::new("/dev/shm");
    match folder.0.file_name().filter(|_| memory.is_dir()) {
        Some(name) => Temporary(memory.join(name)),
        None => folder,
    }
}

impl World {
    /// Founds the network of a plan and starts its machines.
    pub fn found(plan: &Plan, two_faced: &[(Record, Record)]) -> Result<Self, UserError> {
        let genesis = genesis(plan.validators)?;
        let mut seed = Seed::new(plan.seed);
        let folder = in_memory(Temporary::make()?);
        let time = Time::default();
        let count = plan.validators + usize::from(plan.governs());
        let machines = (0..count).map(|at| Machine::found(at, &folder.0, &genesis, &time, plan.mutant));
        let mut machines = machines.collect::<Result<Vec<_>, _>>()?;
        let mut faulty = BTreeSet::new();
        while faulty.len() < plan.faulty() {
            faulty.insert(seed.below(plan.validators));
        }
        if matches!(plan.scenario, Scenario::DoubleVoter | Scenario::Liar) {
            faulty.iter().for_each(|at| machines[*at].honest = false);
        }
        let byzantine = machines
            .iter()
            .filter(|machine| !machine.honest)
            .map(|machine| machine.vote.public());
        let keys = plan
            .governs()
            .then(|| (machines[plan.validators].vote.public(), machines[2].second.public()));
        let mut world = Self {
            checks: Checks::new(genesis.network(), byzantine.collect()),
            story: Story::new(&genesis, plan.shipments, keys)?,
            network: genesis.network(),
            wires: Wires::new(count + plan.lights),
            desktops: Vec::new(),
            machines_keys: Vec::new(),
            untrue: Untrue::default(),
            forgers: Vec::new(),
            followed_at_the_end: 0,
            traffic: BTreeMap::new(),
            proposed: BTreeMap::new(),
            deciding: (0, 0),
            plan: plan.clone(),
            machines,
            seed,
            now: 0,
            steps: 0,
            liars: Liars::default(),
            faulty,
            away: BTreeSet::new(),
            counts: BTreeMap::new(),
            trace: Hash::of(b""),
            healed: false,
            quiet: false,
            two_faced: two_faced.to_vec(),
            time,
            read: BTreeMap::new(),
            genesis,
            folder,
        };
        world.note_keys();
        world.found_desktops()?;
        for at in 0..count {
            let soon = world.seed.between(0, 50);
            world.wires.at(soon, Happening::Starts(at));
        }
        world.wires.at(60, Happening::Brings);
        world.wires.at(100, Happening::Fault);
        Ok(world)
    }

    /// Runs to the end: all good records confirmed everywhere, or something found.
    pub fn run(&mut self) -> Result<(), End> {
        while !self.is_over() {
            let Some((now, happening)) = self.wires.next() else {
                return Err(broken("liveness", "nothing lies ahead").into());
            };
            self.now = now;
            self.time.store(now, Ordering::Relaxed);
            self.steps += 1;
            if now > self.plan.faulty_millis + self.plan.patient_millis || self.steps > STEPS {
                return Err(broken("liveness", self.stuck()).into());
            }
            self.happen(happening)?;
        }
        Ok(())
    }

    /// All good records are confirmed, and everybody who is up and keeps to the rules has them.
    fn is_over(&self) -> bool {
        self.healed
            && self.story.is_done()
            && self.machines.iter().enumerate().all(|(at, machine)| {
                self.away.contains(&at) || !machine.honest || machine.audited >= self.checks.height()
            })
            && self.desktops_are_level()
    }

    fn stuck(&self) -> String {
        let heights: Vec<u64> = self.machines.iter().map(Machine::height).collect();
        let waiting = self.story.open().count();
        format!(
            "after {} ms and {} steps {waiting} good records wait, heights {heights:?}, faulty {:?}; light nodes: {}",
            self.now,
            self.steps,
            self.faulty,
            self.lacking()
        )
    }

    pub(super) fn happen(&mut self, happening: Happening) -> Result<(), End> {
        match happening {
            Happening::Arrives { from, to, bytes } => {
                self.note(b"arrives", &[from, to], &bytes);
                self.arrive(from, to, &bytes)
            }
            Happening::Wakes(at) => {
                if self.machines[at].wake != self.now || self.machines[at].driver.is_none() {
                    return Ok(());
                }
                self.note(b"wakes", &[at], &[]);
                self.machines[at].woken(self.now);
                self.handle(at, Event::Tick)
            }
            Happening::Starts(at) => self.start(at),
            Happening::Begins(at) => self.start_desktop(at),
            Happening::Looks(at) => self.look(at),
            Happening::Brings => self.bring(),
            Happening::Fault => self.fault(),
        }
    }

    /// Everything that happens goes into the trace; two runs with one trace were the same.
    pub(super) fn note(&mut self, what: &[u8], who: &[usize], bytes: &[u8]) {
        let who: Vec<u8> = who.iter().flat_map(|at| at.to_be_bytes()).collect();
        let now = self.now.to_be_bytes();
        self.trace = Hash::of_parts(&[self.trace.as_bytes(), &now, what, &who, bytes]);
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn arrive(&mut self, from: usize, to: usize, bytes: &[u8]) -> Result<(), End> {
        let ends = [from, to];
        if ends.iter().any(|end| *end >= self.machines.len()) {
            if self.wires.side[from] != self.wires.side[to] {
                self.wires.lost += 1;
                return Ok(());
            }
            return self.arrive_light(from, to, bytes);
        }
        if self.machines[to].driver.is_none() || self.wires.side[from] != self.wires.side[to] {
            self.wires.lost += 1;
            return Ok(());
        }
        let Ok(said) = Said::parse(bytes) else {
            self.count("unreadable");
            return Ok(());
        };
        if self.plan.scenario == Scenario::Liar {
            self.liars.hear(&mut self.seed, bytes);
            if !self.machines[to].honest && self.machines[from].honest {
                let sent = self.with_liar(to, |liars, liar, seed| liars.forestall(liar, seed, &said));
                self.send(to, sent);
            }
        }
        let name = self.machines[from].name;
        let event = match said {
            Said::Records(records) => {
                let (candidates, _) = self.check(&records);
                Event::Records {
                    from: Some(name),
                    candidates,
                }
            }
            Said::Block(decided) => {
                let (candidates, good) = self.check(&decided.records);
                Event::Block {
                    from: name,
                    header: Box::new(decided.header),
                    certificate: decided.certificate,
                    candidates,
                    good,
                }
            }
            said => Event::Said { from: name, said },
        };
        self.handle(to, event)
    }

    /// As the thread that checks signatures does: gives the good ones, and whether all are. One by one, which has the same answer.
    pub(super) fn check(&mut self, records: &[Record]) -> (Vec<Arc<Candidate>>, bool) {
        let unchecked = self.plan.mutant == Some(Mutant::SignaturesUnchecked);
        let (mut good, mut all) = (Vec::with_capacity(records.len()), true);
        for record in records {
            let (candidate, is_good) = self.read.entry(record.leaf()).or_insert_with(|| {
                let is_good = unchecked || record.verify_signature().is_ok();
                (Arc::new(Candidate::read(record.clone())), is_good)
            });
            if *is_good {
                good.push(Arc::clone(candidate));
            } else {
                all = false;
            }
        }
        (good, all)
    }

    /// One event at one machine, and all that follows at once.
    pub(super) fn handle(&mut self, at: usize, event: Event) -> Result<(), End> {
        let (mut actions, stop) = self.machines[at].handle(self.now, event)?;
        match stop {
            None => {
                self.audit(at)?;
                self.carry_out(at, actions)?;
                self.sleep(at);
            }
            Some(stop) => {
                let said = match stop {
                    Stop::Said => actions.len(),
                    Stop::Partly => self.seed.below(actions.len()),
                    _ => 0,
                };
                actions.truncate(said);
                self.carry_out(at, actions)?;
                self.stop(at, stop)?;
                let back = self.now + self.seed.between(100, 4_000);
                self.wires.at(back, Happening::Starts(at));
            }
        }
        let halt = self.machines[at]
            .driver
            .as_ref()
            .and_then(|driver| driver.halt.as_ref());
        match halt.filter(|_| self.machines[at].honest) {
            None => Ok(()),
            Some(halt) => Err(broken("stopped", format!("validator {at}: {halt:?}")).into()),
        }
    }

    fn sleep(&mut self, at: usize) {
        let wake = self.machines[at].next_wake(self.now);
        self.machines[at].wake = wake;
        self.wires.at(wake, Happening::Wakes(at));
    }

    /// Stops a machine.
    pub(super) fn stop(&mut self, at: usize, stop: Stop) -> Result<(), End> {
        self.note(b"stops", &[at], &[]);
        self.count("stops");
        let torn = self.seed.next();
        self.machines[at].stop(stop, torn)?;
        let loses = self.plan.scenario == Scenario::Crashes && self.plan.mutant.is_none();
        if loses && self.faulty.contains(&at) && self.seed.one_in(3) {
            self.count("votes_lost");
            self.machines[at].lose_votes()?;
        }
        Ok(())
    }

    fn start(&mut self, at: usize) -> Result<(), End> {
        if self.machines[at].driver.is_some() || self.away.contains(&at) {
            return Ok(());
        }
        self.note(b"starts", &[at], &[]);
        let machine = &mut self.machines[at];
        machine.start(self.now)?;
        let (found, kept) = (machine.newest()?, machine.kept());
        let lost = kept.is_some_and(|(height, block)| match found {
            Some((now, newest)) => now < height || (now == height && newest != block),
            None => true,
        });
        if lost {
            return Err(broken(
                "backwards",
                format!("validator {at} had {kept:?} and came back with {found:?}"),
            )
            .into());
        }
        self.audit(at)?;
        self.sleep(at);
        Ok(())
    }

    /// Looks at the blocks a machine has kept since the last time.
    fn audit(&mut self, at: usize) -> Result<(), End> {
        while self.machines[at].honest && self.machines[at].audited < self.machines[at].height() {
            let height = self.machines[at].audited + 1;
            let Some(decided) = self.machines[at].block(height)? else {
                return Err(broken(
                    "block",
                    format!("validator {at} has block {height} without a certificate"),
                )
                .into());
            };
            // A right clock, as much as a faulty proposer may be ahead of one that is as wrong as is borne.
            let passed = i64::try_from(self.now).unwrap_or(0);
            let latest = self.genesis.created().plus_millis(passed + 13_000);
            let ids = self.checks.block(&decided, &self.story.sets, latest)?;
            ids.into_iter().for_each(|id| self.story.confirm(id));
            if let Some(begun) = self.proposed.remove(&height) {
                self.deciding.0 += self.now - begun;
                self.deciding.1 += 1;
            }
            self.machines[at].audited = height;
        }
        Ok(())
    }

    fn carry_out(&mut self, at: usize, actions: Vec<Action>) -> Result<(), End> {
        for action in actions {
            match action {
                Action::Say(to, said) => self.say(at, to, &said)?,
                Action::Offence(proof) if self.machines[at].honest => {
                    self.count("offences");
                    self.checks.offence(&proof)?;
                }
                Action::Blame(who, what) if self.machines[at].honest => {
                    self.count("blamed");
                    let blamed = self.machines.iter().find(|machine| machine.name == who);
                    if blamed.is_some_and(|machine| machine.honest) {
                        return Err(broken("blame", format!("validator {at} blames an honest one: {what}")).into());
                    }
                }
                Action::Offence(_) | Action::Blame(..) | Action::Settled(_) => {}
            }
        }
        Ok(())
    }

    /// The files of every honest machine that was not stopped for good, judged as `sealroad fsck` does.
    pub(super) fn fsck(&mut self) -> Result<(), End> {
        for at in 0..self.machines.len() {
            if !self.machines[at].honest || self.away.contains(&at) {
                continue;
            }
            self.machines[at].driver = None;
            let report = node::fsck(self.machines[at].folder()).map_err(UserError::from)?;
            if !report.clean {
                return Err(broken("fsck", format!("validator {at}: {:?}", report.faults)).into());
            }
        }
        self.fsck_desktops()
    }
}
