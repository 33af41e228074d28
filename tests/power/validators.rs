//! Validators that agree: what one said before power was lost binds it afterwards.

use crate::disk::{self, Cut, Dice, Files, Keep, Lie};
use crate::log::{Step, Told};
use crate::{KEEPS, Scratch, each, in_memory, long, record, seed};
use ledger::{Hash, PublicKey, Record, VoteKind};
use node::stepped::{Message, Said};
use sealroad_tests::stepped::{self, Alliance, Seen, VALIDATORS, vote_key};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Places in the normal run.
const PLACES: usize = 24;
/// After every stop: simulated milliseconds since the founding, longer than the recorded run took.
const LATER: u64 = 60_000;
/// So long a validator is alone, in simulated milliseconds: long enough for some rounds.
const ALONE: u64 = 20_000;

/// What a key may sign once in a round; no kind of vote stands for the proposal.
type Slot = (PublicKey, u64, u32, Option<VoteKind>);

/// All that was signed.
struct Signed {
    network: Hash,
    known: BTreeMap<Slot, Vec<u8>>,
    /// Another statement where one was known.
    twice: Vec<Slot>,
}

impl Signed {
    fn heard(&mut self, by: usize, said: &Said) {
        let own = vote_key(by).public();
        let (slot, bytes) = match said {
            Said::Engine(Message::Vote(vote)) if vote.key == own => {
                let slot = (own, vote.height, vote.round, Some(vote.kind));
                (slot, vote.signed_bytes(&self.network))
            }
            Said::Engine(Message::Proposal(said)) if said.proposal.key == own => {
                let proposal = &said.proposal;
                (
                    (own, proposal.height, proposal.round, None),
                    proposal.signed_bytes(&self.network),
                )
            }
            _ => return,
        };
        let known = self.known.entry(slot).or_insert_with(|| bytes.clone());
        if *known != bytes {
            self.twice.push(slot);
        }
    }
}

/// A recording of an alliance, and what was brought to it.
struct Recorded {
    steps: Vec<Step>,
    network: Hash,
    batches: Vec<Vec<Record>>,
    more: Vec<Record>,
}

impl Recorded {
    fn new() -> Self {
        let network = stepped::genesis().network();
        let mut traffic = stepped::traffic(network);
        let mut batches = traffic.founding_alliance(VALIDATORS).unwrap();
        batches.extend((0..4).map(|number| traffic.shipment(number).unwrap()));
        Self {
            steps: record(&["alliance"]),
            network,
            batches,
            more: traffic.shipment(4).unwrap(),
        }
    }

    fn founded(&self) -> usize {
        let founded = |step: &Step| *step == Step::Told(Told::Founded);
        self.steps.iter().position(founded).unwrap() + 1
    }

    /// What was said, and the newest block each had, before power was lost.
    fn before(&self, end: usize) -> (Signed, BTreeMap<usize, (u64, Hash)>) {
        let mut signed = Signed {
            network: self.network,
            known: BTreeMap::new(),
            twice: Vec::new(),
        };
        let mut kept = BTreeMap::new();
        for step in &self.steps[..end] {
            match step {
                Step::Told(Told::Said { by, bytes }) => signed.heard(*by, &Said::parse(bytes).unwrap()),
                Step::Told(Told::Kept { by, height, block }) => drop(kept.insert(*by, (*height, *block))),
                _ => {}
            }
        }
        assert!(signed.twice.is_empty());
        (signed, kept)
    }

    /// The files of one validator, or of all, as after a loss of power; those of the others as after the end of their process.
    fn found(&self, loss: &Loss) -> [Files; VALIDATORS] {
        std::array::from_fn(|at| {
            let cut = Cut::new(&self.steps, loss.end, loss.lie);
            let dice = &mut Dice::new(loss.seed + at as u64, loss.end, loss.keep);
            match loss.victim.is_none_or(|victim| victim == at) {
                true => cut.found(&stepped::folder(at), loss.keep, dice),
                false => cut.left(&stepped::folder(at)),
            }
        })
    }
}

/// How power is lost.
#[derive(Clone, Copy, Debug)]
struct Loss {
    end: usize,
    keep: Keep,
    /// None where all four lose it at once.
    victim: Option<usize>,
    lie: Option<Lie>,
    seed: u64,
}

fn restore(recorded: &Recorded, loss: &Loss) -> Scratch {
    let scratch = in_memory("validators");
    for (at, files) in recorded.found(loss).iter().enumerate() {
        disk::write(files, &scratch.join(&stepped::folder(at)));
    }
    scratch
}

/// Starts the victim alone, then all; gives what was signed twice by then.
fn go_on(recorded: &Recorded, loss: &Loss, is_honest: bool) -> Vec<Slot> {
    let scratch = restore(recorded, loss);
    let (signed, kept) = recorded.before(loss.end);
    let chain: BTreeMap<u64, Hash> = kept.values().copied().collect();
    let (signed, newest, chain) = (RefCell::new(signed), Cell::new(0), RefCell::new(chain));
    let mut alliance = Alliance::new(scratch.path(), LATER, |seen| match seen {
        Seen::Says(by, said) => signed.borrow_mut().heard(by, said),
        Seen::Keeps { by, height, block } => {
            newest.set(newest.get().max(height));
            let one = *chain.borrow_mut().entry(height).or_insert(block);
            assert_eq!(one, block, "{loss:?}: validator {by} keeps another block {height}");
        }
    });
    // Alone it is tempted: nobody reminds it, time has passed, and there is something to propose.
    let first = loss.victim.unwrap_or(loss.end % VALIDATORS);
    alliance.start(first);
    alliance.bring(first, &recorded.batches.concat());
    while alliance.millis() < LATER + ALONE {
        alliance.go_on();
    }
    if !is_honest {
        return std::mem::take(&mut signed.borrow_mut().twice);
    }
    (0..VALIDATORS)
        .filter(|at| *at != first)
        .for_each(|at| alliance.start(at));
    for at in 0..VALIDATORS {
        let driver = alliance.driver(at);
        newest.set(newest.get().max(driver.height()));
        if let Some((height, block)) = kept.get(&at) {
            let found = driver.block(*height).unwrap().map(|found| found.header.id());
            assert_eq!(
                found,
                Some(*block),
                "{loss:?}: validator {at} no longer has block {height}"
            );
        }
    }
    // All that was brought, and something new, is confirmed by all.
    for (number, batch) in recorded.batches.iter().chain([&recorded.more]).enumerate() {
        let last = batch.last().unwrap();
        if !(0..VALIDATORS).any(|at| alliance.holds(at, last)) {
            alliance.bring(number % VALIDATORS, batch);
        }
        alliance.until("a batch stands everywhere", |all| {
            (0..VALIDATORS).all(|at| all.driver(at).height() >= newest.get())
                && (0..VALIDATORS).all(|at| all.holds(at, last))
        });
    }
    alliance.stop();
    drop(alliance);
    let reports = (0..VALIDATORS).map(|at| node::fsck(&scratch.join(&stepped::folder(at))).unwrap());
    for (at, report) in reports.enumerate() {
        assert!(report.clean, "{loss:?}: validator {at}: {:?}", report.faults);
    }
    signed.into_inner().twice
}

fn losses(recorded: &Recorded, seed: u64, lie: Option<Lie>) -> Vec<Loss> {
    let first = recorded.founded();
    let dice = &mut Dice::new(seed, 0, Keep::Nothing);
    let steps = &recorded.steps;
    let ends: Vec<usize> = if long() {
        (first..=steps.len()).collect()
    } else {
        // Right after something was said: what was said must be on the disk.
        let said = (first..steps.len()).filter(|at| matches!(steps[*at], Step::Told(Told::Said { .. })));
        let said: Vec<usize> = said.collect();
        (0..PLACES).map(|_| said[dice.below(said.len())] + 1).collect()
    };
    let loss = |end: usize| Loss {
        end,
        keep: KEEPS[dice.below(KEEPS.len())],
        victim: match dice.below(VALIDATORS + 1) {
            VALIDATORS => None,
            one => Some(one),
        },
        lie,
        seed,
    };
    ends.into_iter().map(loss).collect()
}

#[test]
fn a_validator_without_power_contradicts_nothing_it_said() {
    let seed = seed("validators");
    let recorded = Recorded::new();
    let losses = losses(&recorded, seed, None);
    each(&losses, |loss| {
        let twice = go_on(&recorded, loss, true);
        assert!(twice.is_empty(), "{loss:?}: signed twice: {twice:?}");
    });
    println!("{} steps, power lost at {} of them", recorded.steps.len(), losses.len());
}

/// The disk says that it has synced and has not: then validators must be seen to contradict themselves, or this test tests nothing.
#[test]
fn a_disk_that_lies_makes_a_validator_vote_twice() {
    let seed = seed("lying votes");
    let recorded = Recorded::new();
    let from = recorded.founded();
    let lie = Lie { from, file: ".db" };
    let losses: Vec<Loss> = losses(&recorded, seed, Some(lie))
        .into_iter()
        .take(PLACES)
        .map(|loss| Loss {
            keep: Keep::Nothing,
            ..loss
        })
        .collect();
    let found = AtomicUsize::new(0);
    each(&losses, |loss| {
        found.fetch_add(
            usize::from(!go_on(&recorded, loss, false).is_empty()),
            Ordering::Relaxed,
        );
    });
    let found = found.into_inner();
    assert!(
        found > 0,
        "no validator contradicted itself, though nothing it signed was on its disk"
    );
    println!("power lost {} times, {found} validators signed twice", losses.len());
}
