//! One simulated machine: the driver of a real node on a real folder, with a clock that may be wrong, and ways to stop it.

use super::plan::Mutant;
use crate::UserError;
use ledger::{Genesis, Hash, PublicKey, SecretKey, Time};
use node::stepped::{Action, Decided, Driver, Event, Now, Parts, Patience};
use node::{Clock, SavePoint};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

/// What the clocks of all machines rest on: milliseconds since the network was founded.
pub type World = Arc<AtomicU64>;

/// A clock that is wrong by so many milliseconds.
pub struct SkewedClock {
    start: Time,
    world: World,
    /// Added to the right time.
    wrong: AtomicI64,
}

impl SkewedClock {
    /// A right one.
    pub fn new(start: Time, world: &World) -> Self {
        Self {
            start,
            world: Arc::clone(world),
            wrong: AtomicI64::new(0),
        }
    }

    /// From now on it is wrong by so many milliseconds.
    pub fn set(&self, wrong: i64) {
        self.wrong.store(wrong, Ordering::Relaxed);
    }
}

impl Clock for SkewedClock {
    fn now(&self) -> Time {
        let passed = i64::try_from(self.world.load(Ordering::Relaxed)).unwrap_or(0);
        self.start.plus_millis(passed + self.wrong.load(Ordering::Relaxed))
    }
}

/// How a machine stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// After it has said everything.
    Said,
    /// After what it did was saved, and before it was said.
    Unsaid,
    /// In the middle of saying it.
    Partly,
    /// The block is ready and not saved.
    BeforeBlock,
    /// The block is saved and nobody was told.
    AfterBlock,
    /// The last write to a file is torn.
    Torn,
}

/// How machines stop, for a seed to choose from.
pub const STOPS: [Stop; 6] = [
    Stop::Said,
    Stop::Unsaid,
    Stop::Partly,
    Stop::BeforeBlock,
    Stop::AfterBlock,
    Stop::Torn,
];

const LEDGER: &str = "ledger.db";
const VOTES: &str = "votes.db";
const LOG: &str = "-wal";

/// A machine.
pub struct Machine {
    /// The node key, by which the others know it.
    pub name: PublicKey,
    /// Signs votes.
    pub vote: Arc<SecretKey>,
    /// Takes the place of `vote` when the set says so.
    pub second: Arc<SecretKey>,
    /// Keeps to the rules.
    pub honest: bool,
    /// Wrong or not.
    pub clock: Arc<SkewedClock>,
    /// None while it is stopped.
    pub driver: Option<Driver>,
    /// How it will stop at its next step.
    pub doom: Option<Stop>,
    /// Blocks up to this height were looked at.
    pub audited: u64,
    /// It looks again at its timers at this time; other wakes are stale.
    pub wake: u64,
    /// Most wakes within one second of simulated time.
    pub busiest: u64,
    /// The second that counts, and wakes in it so far.
    second_wakes: (u64, u64),
    folder: PathBuf,
    lives: u32,
    started: u64,
    armed: Arc<AtomicU8>,
    head: Option<(u64, Hash)>,
    /// Lengths of the write-ahead logs before the step.
    logs: [u64; 2],
    mutant: Option<Mutant>,
}

/// Thrown where a save point stops the machine, and caught below.
struct Stopped;

/// What a file could not do.
pub fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> UserError + '_ {
    move |error| UserError::file(path, &error)
}

impl Machine {
    /// A machine with an empty ledger, in a folder below this one; it does not run yet.
    pub fn found(
        at: usize,
        folder: &Path,
        genesis: &Genesis,
        world: &World,
        mutant: Option<Mutant>,
    ) -> Result<Self, UserError> {
        let folder = folder.join(format!("v{at}"));
        fs::create_dir_all(&folder).map_err(file_error(&folder))?;
        Driver::found(&folder, genesis)?;
        Ok(Self {
            name: key("node", at).public(),
            vote: Arc::new(key("vote", at)),
            second: Arc::new(key("second vote", at)),
            honest: true,
            clock: Arc::new(SkewedClock::new(genesis.created(), world)),
            driver: None,
            doom: None,
            audited: 0,
            wake: 0,
            busiest: 0,
            second_wakes: (0, 0),
            folder,
            lives: 0,
            started: 0,
            armed: Arc::default(),
            head: None,
            logs: [0; 2],
            mutant,
        })
    }

    /// Opens the folder, as after the start of the process.
    pub fn start(&mut self, now: u64) -> Result<(), UserError> {
        let armed = Arc::clone(&self.armed);
        let parts = Parts {
            folder: self.folder.clone(),
            vote: Some(Arc::clone(&self.vote)),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            probe: Some(Arc::new(move |point| {
                if armed.load(Ordering::Relaxed) == number(point) {
                    armed.store(0, Ordering::Relaxed);
                    resume_unwind(Box::new(Stopped));
                }
            })),
            patience: Patience::default(),
            follows: false,
        };
        self.driver = Some(Driver::open(parts)?);
        self.started = now;
        Ok(())
    }

    /// What time it is here.
    pub fn now(&self, world: u64) -> Now {
        Now {
            time: self.clock.now(),
            millis: world.saturating_sub(self.started),
        }
    }

    /// Its newest block.
    pub fn height(&self) -> u64 {
        self.driver.as_ref().map_or(0, Driver::height)
    }

    /// Height and id of its newest block.
    pub fn newest(&self) -> Result<Option<(u64, Hash)>, UserError> {
        let Some(driver) = &self.driver else { return Ok(None) };
        let newest = driver.block(driver.height())?;
        Ok(newest.map(|block| (block.header.height, block.header.id())))
    }

    /// A block it keeps, as it would show it; none without a certificate.
    pub fn block(&self, height: u64) -> Result<Option<Decided>, UserError> {
        let Some(driver) = &self.driver else { return Ok(None) };
        let Some(block) = driver.block(height)? else {
            return Ok(None);
        };
        let records = driver.records(height)?;
        let (header, certificate) = (block.header, block.certificate);
        Ok(certificate.map(|certificate| Decided {
            header,
            certificate,
            records,
        }))
    }

    /// When it wants to be woken, in the time of the world; later than now.
    pub fn next_wake(&self, world: u64) -> u64 {
        let Some(driver) = &self.driver else { return u64::MAX };
        let now = self.now(world);
        // As the loop of a node: at least once a second.
        let rest = driver
            .next_wake(now)
            .map_or(1_000, |wake| wake.saturating_sub(now.millis));
        world + rest.clamp(1, 1_000)
    }

    /// A timer was due, or was said to be.
    pub fn woken(&mut self, world: u64) {
        let (second, wakes) = self.second_wakes;
        self.second_wakes = if second == world / 1_000 {
            (second, wakes + 1)
        } else {
            (world / 1_000, 1)
        };
        self.busiest = self.busiest.max(self.second_wakes.1);
    }

    /// One event; gives what is to be done, and whether the machine stops now.
    pub fn handle(&mut self, world: u64, event: Event) -> Result<(Vec<Action>, Option<Stop>), UserError> {
        let now = self.now(world);
        let doom = self.doom;
        if doom == Some(Stop::Torn) {
            self.logs = self.log_lengths();
        }
        self.armed.store(doom.map_or(0, point), Ordering::Relaxed);
        let Some(driver) = &mut self.driver else {
            return Ok((Vec::new(), None));
        };
        let before = driver.height();
        let handled = catch_unwind(AssertUnwindSafe(|| driver.handle(now, event)));
        self.armed.store(0, Ordering::Relaxed);
        let actions = match handled {
            Ok(actions) => actions,
            Err(thrown) if thrown.is::<Stopped>() => return Ok((Vec::new(), doom)),
            Err(panicked) => resume_unwind(panicked),
        };
        let after = driver.height();
        if after != before {
            driver.turn(now)?;
        }
        if after != before && doom != Some(Stop::Torn) {
            self.head = self.newest()?;
        }
        if after != before && self.mutant == Some(Mutant::VotesForgotten) {
            self.copy_votes(&self.folder.join("old"))?;
        }
        let stops = doom.filter(|stop| point(*stop) == 0);
        Ok((actions, stops))
    }

    /// The process is gone. What its files hold at this moment is what the next start finds.
    pub fn stop(&mut self, stop: Stop, torn: u64) -> Result<(), UserError> {
        self.doom = None;
        self.lives += 1;
        let next = self.folder.with_extension(self.lives.to_string());
        fs::create_dir_all(&next).map_err(file_error(&next))?;
        for file in [LEDGER, VOTES] {
            for name in [file.to_owned(), format!("{file}{LOG}")] {
                copy(&self.folder.join(&name), &next.join(&name))?;
            }
        }
        if stop == Stop::Torn {
            self.tear(&next, torn)?;
        }
        if self.mutant == Some(Mutant::VotesForgotten) {
            let old = self.folder.join("old");
            for name in [VOTES.to_owned(), format!("{VOTES}{LOG}")] {
                copy(&old.join(&name), &next.join(&name))?;
            }
        }
        // A process that is killed closes nothing: the copy was made before this does.
        self.driver = None;
        fs::remove_dir_all(&self.folder).map_err(file_error(&self.folder))?;
        self.folder = next;
        Ok(())
    }

    /// What it had signed is gone with its disk's newest blocks still there.
    pub fn lose_votes(&self) -> Result<(), UserError> {
        for name in [VOTES.to_owned(), format!("{VOTES}{LOG}")] {
            let path = self.folder.join(name);
            if path.exists() {
                fs::remove_file(&path).map_err(file_error(&path))?;
            }
        }
        Ok(())
    }

    /// What the newest block was before the last stop, as far as anybody was told.
    pub const fn kept(&self) -> Option<(u64, Hash)> {
        self.head
    }

    /// Where its ledger lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn log_lengths(&self) -> [u64; 2] {
        [LEDGER, VOTES].map(|file| {
            let path = self.folder.join(format!("{file}{LOG}"));
            fs::metadata(path).map_or(0, |found| found.len())
        })
    }

    /// Cuts the file that the step wrote somewhere within what it wrote. Where it wrote both the order of the writes is not known
    /// here, and nothing is cut.
    fn tear(&self, folder: &Path, torn: u64) -> Result<(), UserError> {
        let now = self.log_lengths();
        let grown: Vec<usize> = [0, 1].into_iter().filter(|at| now[*at] > self.logs[*at]).collect();
        let [at] = grown[..] else { return Ok(()) };
        let path = folder.join(format!("{}{LOG}", [LEDGER, VOTES][at]));
        let length = self.logs[at] + torn % (now[at] - self.logs[at]);
        let file = fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(file_error(&path))?;
        file.set_len(length).map_err(file_error(&path))
    }

    fn copy_votes(&self, to: &Path) -> Result<(), UserError> {
        fs::create_dir_all(to).map_err(file_error(to))?;
        for name in [VOTES.to_owned(), format!("{VOTES}{LOG}")] {
            copy(&self.folder.join(&name), &to.join(&name))?;
        }
        Ok(())
    }
}

/// Copies a file that may not be there.
pub fn copy(from: &Path, to: &Path) -> Result<(), UserError> {
    if from.exists() {
        fs::copy(from, to).map_err(file_error(from))?;
    }
    Ok(())
}

/// A key that follows from what it is for.
pub fn key(what: &str, at: usize) -> SecretKey {
    SecretKey::from_seed(Hash::of(format!("sealroad-sim {what} {at}").as_bytes()).as_bytes())
}

const fn number(point: SavePoint) -> u8 {
    match point {
        SavePoint::BeforeBlock => 1,
        SavePoint::AfterBlock => 2,
        SavePoint::AfterVote | SavePoint::AfterCertificate => 3,
    }
}

/// The save point at which it stops; 0 where it is none.
const fn point(stop: Stop) -> u8 {
    match stop {
        Stop::BeforeBlock => number(SavePoint::BeforeBlock),
        Stop::AfterBlock => number(SavePoint::AfterBlock),
        Stop::Said | Stop::Unsaid | Stop::Partly | Stop::Torn => 0,
    }
}
