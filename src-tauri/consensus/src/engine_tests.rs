//! Networks of engines in one thread, driven by a seed: messages are delayed, lost, doubled and reordered, timers fire when nothing
//! else moves, validators stop and come back with what they had saved.

use crate::context::Patience;
use crate::engine::{Check, Effect, Engine, Input, Timer};
use crate::message::{Logged, Message};
use ledger::vote::{SignedVote, VoteKind, vote_bytes};
use ledger::{CommitCertificate, Hash, Header, Party, SecretKey, Time, Validator, ValidatorSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// xorshift64*: enough for a schedule, and the same everywhere.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

fn key(at: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(at + 1).unwrap(); 32])
}

fn network() -> Hash {
    Hash::of(b"engines")
}

fn set(weights: &[u64]) -> ValidatorSet {
    let validators = weights.iter().enumerate().map(|(at, weight)| Validator {
        key: key(at).public(),
        party: Party::of(key(at).public()),
        weight: *weight,
    });
    ValidatorSet::new(validators.collect()).unwrap()
}

/// A header on top of the chain so far; `salt` tells two of one height apart.
fn header(set: &ValidatorSet, chain: &[Header], salt: u64) -> Header {
    let height = u64::try_from(chain.len()).unwrap() + 1;
    Header {
        height,
        history_root: Hash::of(b"history"),
        index_root: Hash::of(&salt.to_be_bytes()),
        network: network(),
        next_validators: set.hash(),
        previous: chain.last().map_or(network(), Header::id),
        records_count: 0,
        records_root: Hash::of(b""),
        rules: Hash::of(b"rules"),
        time: Time::from_millis(1_790_000_000_000 + i64::try_from(height).unwrap() * 1000).unwrap(),
        validators: set.hash(),
    }
}

struct Machine {
    engine: Engine,
    chain: Vec<Header>,
    /// Saved of the height being decided.
    log: Vec<Logged>,
    timers: Vec<Timer>,
    up: bool,
    /// Signs a second prevote and precommit for whatever it votes.
    liar: bool,
}

struct World {
    seed: Seed,
    set: ValidatorSet,
    machines: Vec<Machine>,
    flying: Vec<(usize, Message)>,
    certificates: BTreeMap<u64, (Hash, CommitCertificate)>,
    offences: usize,
    /// One message in so many is lost; 0: none.
    loss: usize,
    /// Between these no message passes.
    cut: Option<usize>,
}

impl World {
    fn new(seed: u64, weights: &[u64], loss: usize) -> Self {
        let set = set(weights);
        let machines = (0..weights.len()).map(|at| Machine {
            engine: Engine::new(network(), Arc::new(key(at)), set.clone(), Patience::default()),
            chain: Vec::new(),
            log: Vec::new(),
            timers: Vec::new(),
            up: true,
            liar: false,
        });
        let mut world = Self {
            seed: Seed(seed | 1),
            machines: machines.collect(),
            set,
            flying: Vec::new(),
            certificates: BTreeMap::new(),
            offences: 0,
            loss,
            cut: None,
        };
        for at in 0..weights.len() {
            world.start(at);
        }
        world
    }

    fn start(&mut self, at: usize) {
        let machine = &mut self.machines[at];
        let height = u64::try_from(machine.chain.len()).unwrap() + 1;
        let input = Input::Start {
            height,
            validators: self.set.clone(),
            log: machine.log.clone(),
        };
        self.step(at, input);
    }

    fn step(&mut self, at: usize, input: Input) {
        let effects = self.machines[at].engine.step(input);
        for effect in effects {
            self.carry_out(at, effect);
        }
    }

    fn carry_out(&mut self, at: usize, effect: Effect) {
        match effect {
            Effect::Save(logged) => self.machines[at].log.push(logged),
            Effect::Send(message) => self.send(at, message),
            Effect::Schedule(timer, _) => {
                let timers = &mut self.machines[at].timers;
                timers.retain(|other| *other != timer);
                timers.push(timer);
            }
            Effect::Cancel(timer) => self.machines[at].timers.retain(|other| *other != timer),
            Effect::CancelAll => self.machines[at].timers.clear(),
            Effect::Build { round, .. } => {
                let salt = self.seed.next();
                let header = header(&self.set, &self.machines[at].chain, salt);
                self.step(at, Input::Built { round, header });
            }
            Effect::Check(check) => {
                let good = check.header.previous == self.machines[at].chain.last().map_or(network(), Header::id);
                self.step(at, Input::Checked { check, good });
            }
            Effect::Commit { header, certificate } => {
                certificate.verify(&header, &self.set).unwrap();
                let (id, _) = self
                    .certificates
                    .entry(header.height)
                    .or_insert_with(|| (header.id(), certificate.clone()));
                assert_eq!(*id, header.id(), "two certificates at height {}", header.height);
                let machine = &mut self.machines[at];
                assert_eq!(u64::try_from(machine.chain.len()).unwrap() + 1, header.height);
                machine.chain.push(header);
                machine.log.clear();
                self.start(at);
            }
            Effect::Offence(proof) => {
                proof.verify(&network()).unwrap();
                assert!(
                    self.machines
                        .iter()
                        .enumerate()
                        .any(|(i, m)| m.liar && *proof.key() == key(i).public())
                );
                self.offences += 1;
            }
            // Somebody is further: take its blocks, which carry their certificates.
            Effect::Ahead(height) => self.catch_up(at, height),
            Effect::Spread(_) => {}
            Effect::Broken(what) => panic!("{at}: {what}"),
        }
    }

    fn catch_up(&mut self, at: usize, height: u64) {
        let mine = self.machines[at].chain.len();
        let Some(from) = self.machines.iter().position(|other| {
            other.up && u64::try_from(other.chain.len()).unwrap() + 1 >= height && other.chain.len() > mine
        }) else {
            return;
        };
        let blocks = self.machines[from].chain[mine..].to_vec();
        let machine = &mut self.machines[at];
        machine.chain.extend(blocks);
        machine.log.clear();
        machine.timers.clear();
        self.start(at);
    }

    fn send(&mut self, from: usize, message: Message) {
        for to in 0..self.machines.len() {
            if to == from {
                continue;
            }
            self.fly(to, message.clone());
            if self.machines[from].liar
                && let Message::Vote(vote) = &message
            {
                let block = vote.block.is_none().then(|| Hash::of(b"another"));
                let bytes = vote_bytes(vote.kind, &network(), vote.height, vote.round, block.as_ref());
                let second = SignedVote {
                    block,
                    signature: key(from).sign(&bytes),
                    ..vote.clone()
                };
                self.fly(to, Message::Vote(second));
            }
        }
    }

    fn fly(&mut self, to: usize, message: Message) {
        if self.loss > 0 && self.seed.one_in(self.loss) {
            return;
        }
        if self.loss > 0 && self.seed.one_in(20) {
            self.flying.push((to, message.clone()));
        }
        self.flying.push((to, message));
    }

    /// One thing happens: a message arrives, or, when none flies or now and then, a timer fires.
    fn happen(&mut self) {
        let timers: Vec<(usize, Timer)> = self
            .machines
            .iter()
            .enumerate()
            .filter(|(_, machine)| machine.up)
            .flat_map(|(at, machine)| machine.timers.iter().map(move |timer| (at, *timer)))
            .collect();
        if !timers.is_empty() && (self.flying.is_empty() || self.seed.one_in(60)) {
            let (at, timer) = timers[self.seed.below(timers.len())];
            self.machines[at].timers.retain(|other| *other != timer);
            self.step(at, Input::Elapsed(timer));
        } else if !self.flying.is_empty() {
            let (to, message) = self.flying.swap_remove(self.seed.below(self.flying.len()));
            let kept_out = self.cut.is_some_and(|at| at == to);
            if self.machines[to].up && !kept_out {
                self.step(to, Input::Heard(message));
            }
        }
    }

    fn run_to(&mut self, height: usize, most: usize) {
        for _ in 0..most {
            let up = self.machines.iter().enumerate();
            let mut up = up.filter(|(at, machine)| machine.up && self.cut != Some(*at));
            if up.all(|(_, machine)| machine.chain.len() >= height) {
                return;
            }
            self.happen();
        }
        let heights: Vec<usize> = self.machines.iter().map(|machine| machine.chain.len()).collect();
        panic!("no height {height} after {most} steps: {heights:?}");
    }

    fn stop(&mut self, at: usize) {
        self.machines[at].up = false;
        self.machines[at].timers.clear();
    }

    fn restart(&mut self, at: usize) {
        self.machines[at].up = true;
        self.machines[at].engine = Engine::new(network(), Arc::new(key(at)), self.set.clone(), Patience::default());
        self.start(at);
    }
}

#[test]
fn four_validators_decide() {
    let mut world = World::new(7, &[1, 1, 1, 1], 0);
    world.run_to(30, 20_000);
}

#[test]
fn they_decide_whatever_is_lost_doubled_and_reordered() {
    for seed in 1..=40 {
        let mut world = World::new(seed * 7919, &[1, 1, 1, 1], 12);
        world.run_to(8, 60_000);
    }
}

#[test]
fn weights_count() {
    for seed in 1..=10 {
        let mut world = World::new(seed * 104_729, &[5, 1, 1, 1, 3], 15);
        world.run_to(6, 60_000);
    }
}

#[test]
fn three_of_four_go_on_and_the_fourth_comes_back() {
    for seed in 1..=20 {
        let mut world = World::new(seed * 31, &[1, 1, 1, 1], 0);
        world.run_to(3, 20_000);
        world.stop(2);
        world.run_to(8, 40_000);
        world.restart(2);
        world.run_to(14, 40_000);
    }
}

#[test]
fn two_of_four_decide_nothing_and_go_on_when_a_third_is_back() {
    let mut world = World::new(11, &[1, 1, 1, 1], 0);
    world.run_to(3, 20_000);
    world.stop(0);
    world.stop(1);
    let before: Vec<usize> = world.machines.iter().map(|machine| machine.chain.len()).collect();
    for _ in 0..5_000 {
        world.happen();
    }
    for (machine, before) in world.machines.iter().zip(before) {
        // What was decided when they fell may still arrive.
        assert!(machine.chain.len() <= before + 1);
    }
    let stuck = world.machines[2].chain.len();
    world.restart(0);
    world.run_to(stuck + 4, 60_000);
}

#[test]
fn who_stops_anywhere_says_nothing_else_afterwards() {
    for seed in 1..=12 {
        let mut world = World::new(seed * 6151, &[1, 1, 1, 1], 25);
        let mut said: BTreeMap<(usize, u64, u32, VoteKind), Option<Hash>> = BTreeMap::new();
        for _ in 0..6_000 {
            world.happen();
            if world.seed.one_in(150) {
                let at = world.seed.below(4);
                world.stop(at);
                world.restart(at);
            }
            for (at, machine) in world.machines.iter().enumerate() {
                for logged in &machine.log {
                    if let Logged::Vote(vote) = logged
                        && vote.key == key(at).public()
                    {
                        let block = said
                            .entry((at, vote.height, vote.round, vote.kind))
                            .or_insert(vote.block);
                        assert_eq!(*block, vote.block, "validator {at} voted twice, seed {seed}");
                    }
                }
            }
        }
        assert!(world.certificates.len() > 3, "seed {seed}");
    }
}

#[test]
fn a_double_voter_is_named_and_changes_nothing() {
    let mut named = 0;
    for seed in 1..=10 {
        let mut world = World::new(seed * 389, &[1, 1, 1, 1], 0);
        world.machines[3].liar = true;
        world.run_to(10, 80_000);
        named += world.offences;
    }
    assert!(named > 0);
}

#[test]
fn what_a_stranger_says_moves_nothing() {
    let mut world = World::new(5, &[1, 1, 1, 1], 0);
    let bytes = vote_bytes(VoteKind::Precommit, &network(), 1, 0, None);
    let stranger = SecretKey::from_seed(&[99; 32]);
    let forged = SignedVote {
        block: None,
        height: 1,
        key: key(1).public(),
        kind: VoteKind::Precommit,
        round: 0,
        signature: stranger.sign(&bytes),
    };
    let unknown = SignedVote {
        key: stranger.public(),
        ..forged.clone()
    };
    for vote in [forged, unknown] {
        let effects = world.machines[0].engine.step(Input::Heard(Message::Vote(vote)));
        assert!(
            !effects
                .iter()
                .any(|effect| matches!(effect, Effect::Save(_) | Effect::Send(_)))
        );
    }
    let out_of_turn = Check {
        header: header(&world.set, &[], 1),
        round: 0,
        proof_round: None,
        proposer: stranger.public(),
    };
    let effects = world.machines[0].engine.step(Input::Checked {
        check: out_of_turn,
        good: true,
    });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send(_))));
}
