//! What a disk holds after power was lost: all that was synced, and of the rest what chance leaves.

use crate::log::Step;
use ledger::Hash;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The system writes files back in pages of this size, the disk in sectors of that.
const PAGE: usize = 4096;
const SECTOR: usize = 512;

/// Chances that follow from a seed.
pub struct Dice {
    seed: Hash,
    thrown: u64,
}

impl Dice {
    pub fn new(seed: u64, cut: usize, keep: Keep) -> Self {
        Self {
            seed: Hash::of(format!("{seed} {cut} {keep:?}").as_bytes()),
            thrown: 0,
        }
    }

    /// A number below `end`, which is more than 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.thrown += 1;
        let hash = Hash::of_parts(&[self.seed.as_bytes(), &self.thrown.to_be_bytes()]);
        let bytes = hash.as_bytes().first_chunk().unwrap();
        usize::try_from(u64::from_be_bytes(*bytes) % end as u64).unwrap()
    }
}

/// What is left of writes and names that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// All of it, but of the last write some first sectors only.
    Torn,
    /// So many pages of a hundred, in whatever order they came to the disk; some of them torn.
    Pages(usize),
}

/// Syncs that the disk pretends: of files whose name ends so, from this step on.
#[derive(Clone, Copy, Debug)]
pub struct Lie {
    pub from: usize,
    pub file: &'static str,
}

/// The files of a folder, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn write(files: &Files, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for (name, bytes) in files {
        std::fs::write(to.join(name), bytes).unwrap();
    }
}

/// A name in a folder was given to a file, or to none.
type Naming<'a> = (usize, &'a str, Option<usize>);

/// The first steps of a recording, up to where power is lost.
pub struct Cut<'a> {
    steps: &'a [Step],
    lie: Option<Lie>,
}

impl<'a> Cut<'a> {
    pub fn new(steps: &'a [Step], end: usize, lie: Option<Lie>) -> Self {
        Self {
            steps: &steps[..end],
            lie,
        }
    }

    /// The files of a folder as they are found when power is back.
    pub fn found(&self, folder: &str, keep: Keep, dice: &mut Dice) -> Files {
        let names = self.names(folder, keep, dice);
        let file = |(name, file): (&str, usize)| (name.to_owned(), self.content(file, name, keep, dice));
        names.into_iter().map(file).collect()
    }

    /// As [`Cut::found`], when only the process ended and everything it did is there.
    pub fn left(&self, folder: &str) -> Files {
        let file = |(name, file): (&str, usize)| {
            let mut bytes = Vec::new();
            self.of(file)
                .for_each(|(_, step)| apply(&mut bytes, step, &mut |_, _| true));
            (name.to_owned(), bytes)
        };
        self.namings(folder).1.into_iter().map(file).collect()
    }

    /// All namings in a folder, and what they come to.
    fn namings(&self, folder: &str) -> (Vec<Naming<'a>>, BTreeMap<&'a str, usize>) {
        let within = |name: &'a str| {
            name.strip_prefix(folder)?
                .strip_prefix('/')
                .filter(|name| !name.contains('/'))
        };
        let mut namings = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let naming = match step {
                Step::Create { file, name } => within(name).map(|name| (at, name, Some(*file))),
                Step::Remove { name } => within(name).map(|name| (at, name, None)),
                _ => None,
            };
            namings.extend(naming);
        }
        let last = sum(&namings);
        (namings, last)
    }

    /// Names come to the disk in their order: up to the last sync of the folder all, of the later ones the first some.
    fn names(&self, folder: &str, keep: Keep, dice: &mut Dice) -> BTreeMap<&'a str, usize> {
        let (namings, _) = self.namings(folder);
        let ours: Vec<usize> = namings.iter().filter_map(|(_, _, file)| *file).collect();
        let synced = |(_, step): &(usize, &Step)| matches!(step, Step::SyncNames { file } if ours.contains(file));
        let durable = self.steps.iter().enumerate().rfind(synced).map_or(0, |(at, _)| at);
        let sure = namings.iter().filter(|(at, ..)| *at < durable).count();
        let more = match keep {
            Keep::Nothing => 0,
            Keep::Torn => namings.len() - sure,
            Keep::Pages(_) => dice.below(namings.len() - sure + 1),
        };
        sum(&namings[..sure + more])
    }

    fn of(&self, wanted: usize) -> impl Iterator<Item = (usize, &'a Step)> {
        self.steps.iter().enumerate().filter(move |(_, step)| match step {
            Step::Write { file, .. } | Step::Length { file, .. } => *file == wanted,
            Step::Sync { file } | Step::Failed { file } => *file == wanted,
            _ => false,
        })
    }

    fn is_honest(&self, at: usize, name: &str) -> bool {
        self.lie.is_none_or(|lie| at < lie.from || !name.contains(lie.file))
    }

    fn content(&self, file: usize, name: &str, keep: Keep, dice: &mut Dice) -> Vec<u8> {
        let syncs = self.of(file).filter(|(_, step)| matches!(step, Step::Sync { .. }));
        let synced = syncs
            .filter(|(at, _)| self.is_honest(*at, name))
            .map(|(at, _)| at)
            .last()
            .unwrap_or(0);
        let mut bytes = Vec::new();
        let events = self
            .of(file)
            .filter(|(_, step)| matches!(step, Step::Sync { .. } | Step::Failed { .. }));
        let events: Vec<(usize, &Step)> = events.collect();
        for (at, step) in self.of(file) {
            let next = events.iter().find(|(event, _)| *event > at);
            if matches!(next, Some((_, Step::Failed { .. }))) {
                continue;
            }
            if at < synced {
                apply(&mut bytes, step, &mut |_, _| true);
                continue;
            }
            let is_last = at + 1 == self.steps.len();
            match keep {
                Keep::Nothing => {}
                Keep::Torn if is_last => tear(&mut bytes, step, dice),
                Keep::Torn => apply(&mut bytes, step, &mut |_, _| true),
                Keep::Pages(_) if dice.below(16) == 0 => tear(&mut bytes, step, dice),
                Keep::Pages(part) => apply(&mut bytes, step, &mut |_, _| dice.below(100) < part),
            }
        }
        bytes
    }
}

fn sum<'a>(namings: &[Naming<'a>]) -> BTreeMap<&'a str, usize> {
    let mut names = BTreeMap::new();
    for (_, name, file) in namings {
        match file {
            Some(file) => drop(names.insert(*name, *file)),
            None => drop(names.remove(name)),
        }
    }
    names
}

/// Does a step, of a write those pages that are kept.
fn apply(bytes: &mut Vec<u8>, step: &Step, is_kept: &mut dyn FnMut(usize, usize) -> bool) {
    match step {
        Step::Write { at, bytes: written, .. } => pieces(bytes, *at, written, PAGE, is_kept),
        Step::Length { to, .. } if is_kept(0, 1) => bytes.resize(usize::try_from(*to).unwrap(), 0),
        _ => {}
    }
}

/// Of a write only the first sectors, or any of them.
fn tear(bytes: &mut Vec<u8>, step: &Step, dice: &mut Dice) {
    if let Step::Write { at, bytes: written, .. } = step {
        let in_order = dice.below(2) == 0;
        let first = dice.below(written.len().div_ceil(SECTOR) + 1);
        pieces(bytes, *at, written, SECTOR, &mut |piece, _| {
            if in_order { piece < first } else { dice.below(2) == 0 }
        });
    }
}

fn pieces(bytes: &mut Vec<u8>, at: u64, written: &[u8], size: usize, is_kept: &mut dyn FnMut(usize, usize) -> bool) {
    let (mut from, start) = (usize::try_from(at).unwrap(), usize::try_from(at).unwrap());
    let end = start + written.len();
    let mut piece = 0;
    while from < end {
        let to = end.min((from / size + 1) * size);
        if is_kept(piece, from) {
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            bytes[from..to].copy_from_slice(&written[from - start..to - start]);
        }
        (from, piece) = (to, piece + 1);
    }
}

/// Before and after every sync in a folder, where most depends on the order, and `more` others by chance; each after `first`.
pub fn cuts(steps: &[Step], folder: &str, first: usize, more: usize, dice: &mut Dice) -> Vec<usize> {
    let within = |step: &Step| match step {
        Step::Create { file, name } => name.starts_with(folder).then_some(*file),
        _ => None,
    };
    let ours: BTreeSet<usize> = steps.iter().filter_map(within).collect();
    let is_sync = |at: &usize| matches!(&steps[*at], Step::Sync { file } if ours.contains(file));
    let mut cuts: Vec<usize> = (first..steps.len())
        .filter(is_sync)
        .flat_map(|at| [at, at + 1])
        .collect();
    cuts.extend((0..more).map(|_| first + dice.below(steps.len() + 1 - first)));
    cuts.push(steps.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// What is found after each loss of power; where two leave the same it is tried once, with all that was told before the later.
pub fn tries(ends: &[usize], keeps: &[Keep], found: impl Fn(usize, Keep) -> Files) -> Vec<(usize, Keep)> {
    let mut latest = BTreeMap::new();
    for end in ends {
        for keep in keeps {
            let files = found(*end, *keep);
            let parts: Vec<&[u8]> = files
                .iter()
                .flat_map(|(name, bytes)| [name.as_bytes(), bytes])
                .collect();
            latest.insert(*Hash::of_parts(&parts).as_bytes(), (*end, *keep));
        }
    }
    let mut tries: Vec<(usize, Keep)> = latest.into_values().collect();
    tries.sort_unstable_by_key(|(end, keep)| (*end, format!("{keep:?}")));
    tries
}
