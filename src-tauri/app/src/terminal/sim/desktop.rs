//! One simulated light node: the driver of a real one on a real folder, what it asks and of whom, and ways to stop it.

use super::machine::{SkewedClock, Stop, World as Time, copy, file_error, key};
use crate::UserError;
use ledger::{Anchor, Genesis, Hash, Party, PublicKey, Record, Subject, Trusted};
use node::stepped::{Answered, Driver, Look, Parts, Patience, Question, ours};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LEDGER: &str = "ledger.db";
const LOG: &str = "ledger.db-wal";
/// Where a light node keeps the highest header it ever saw.
const FLOOR: &str = "head.json";

/// A question that waits for its answer.
pub struct Open {
    /// Its number: an answer to another question is no answer.
    pub number: u64,
    /// The validator that was asked.
    pub peer: usize,
    /// When.
    pub since: u64,
    /// What.
    pub question: Question,
}

/// A light node.
pub struct Desktop {
    /// Whose it is.
    pub party: Party,
    /// Wrong or not.
    pub clock: Arc<SkewedClock>,
    /// None while it is stopped.
    pub driver: Option<Driver>,
    /// How it will stop at its next answer.
    pub doom: Option<Stop>,
    /// While everybody it can reach lies: the height it stood at when that began.
    pub captive: Option<u64>,
    /// The question under way.
    pub open: Option<Open>,
    /// It looks around at this time; other looks are stale.
    pub next: u64,
    /// Whom it asks.
    pub turn: usize,
    /// Validators that it caught lying, and until when it does not ask them.
    pub avoided: BTreeMap<usize, u64>,
    /// What it trusted when it was last looked at.
    pub kept: (u64, Option<Hash>),
    /// So many records stood when it was last found to have all that concern it.
    pub level: Option<usize>,
    look: Look,
    follows: Vec<Subject>,
    peers: Vec<PublicKey>,
    numbers: u64,
    folder: PathBuf,
    lives: u32,
    started: u64,
    log: u64,
    floor: Option<Vec<u8>>,
}

impl Desktop {
    /// A light node of a party that trusts the genesis, in a folder below this one; it does not run yet.
    pub fn found(
        at: usize,
        folder: &Path,
        genesis: &Genesis,
        time: &Time,
        party: Party,
        peers: Vec<PublicKey>,
    ) -> Result<Self, UserError> {
        let folder = folder.join(format!("l{at}"));
        fs::create_dir_all(&folder).map_err(file_error(&folder))?;
        Driver::found_light(&folder, &Trusted::from_anchor(&Anchor::of(genesis.clone())))?;
        Ok(Self {
            party,
            clock: Arc::new(SkewedClock::new(genesis.created(), time)),
            driver: None,
            doom: None,
            captive: None,
            open: None,
            next: 0,
            turn: at,
            avoided: BTreeMap::new(),
            kept: (0, None),
            level: None,
            look: Look::new(Some(party), peers.clone()),
            follows: ours(Some(&party), genesis.validators()),
            peers,
            numbers: 0,
            folder,
            lives: 0,
            started: 0,
            log: 0,
            floor: None,
        })
    }

    /// Follows these too, from the next start on.
    pub fn follow(&mut self, subjects: impl IntoIterator<Item = Subject>) {
        self.follows.extend(subjects);
    }

    /// Opens the folder, as after the start of the process.
    pub fn start(&mut self, now: u64) -> Result<(), UserError> {
        let mut driver = Driver::open(Parts {
            folder: self.folder.clone(),
            vote: None,
            clock: Arc::clone(&self.clock) as Arc<dyn node::Clock>,
            probe: None,
            patience: Patience::default(),
            follows: false,
        })?;
        driver.follow(self.follows.clone())?;
        driver.concern(self.party)?;
        self.look = Look::new(Some(self.party), self.peers.clone());
        self.driver = Some(driver);
        self.started = now;
        self.open = None;
        Ok(())
    }

    /// Height and id of what it trusts.
    pub fn head(&self) -> (u64, Option<Hash>) {
        let trusted = self.driver.as_ref().and_then(Driver::trusted);
        trusted.map_or((0, None), |trusted| {
            (trusted.height(), trusted.header().map(ledger::Header::id))
        })
    }

    /// What it has signed and does not know to be confirmed.
    pub fn outbox(&self) -> Result<Vec<Record>, UserError> {
        let outbox = self.driver.as_ref().map(Driver::outbox);
        Ok(outbox.transpose()?.unwrap_or_default())
    }

    /// Begins to look around, at one validator.
    pub fn begin(&mut self, now: u64, peer: usize, waiting: bool) -> Result<Option<Question>, UserError> {
        let Some(driver) = &mut self.driver else {
            return Ok(None);
        };
        let question = self.look.begin(driver, key("node", peer).public(), waiting)?;
        Ok(Some(self.asks(now, peer, question)))
    }

    /// The question is on its way.
    pub fn asks(&mut self, now: u64, peer: usize, question: Question) -> Question {
        self.numbers += 1;
        self.open = Some(Open {
            number: self.numbers,
            peer,
            since: now,
            question: question.clone(),
        });
        question
    }

    /// An answer to its question.
    pub fn answered(&mut self, now: u64, body: &[u8]) -> Result<Answered, UserError> {
        if self.doom.is_some() {
            self.log = fs::metadata(self.folder.join(LOG)).map_or(0, |found| found.len());
            self.floor = fs::read(self.folder.join(FLOOR)).ok();
        }
        let Some(driver) = &mut self.driver else {
            return Ok(Answered::default());
        };
        Ok(self.look.answered(driver, now.saturating_sub(self.started), body)?)
    }

    /// The process is gone. What its files hold at this moment is what the next start finds; but for the last step's write to the log,
    /// which may be torn, or its write of the highest header seen, which comes last and may be missing.
    pub fn stop(&mut self, stop: Stop, torn: u64) -> Result<(), UserError> {
        self.doom = None;
        self.open = None;
        self.lives += 1;
        let next = self.folder.with_extension(self.lives.to_string());
        fs::create_dir_all(&next).map_err(file_error(&next))?;
        for name in [LEDGER, LOG, FLOOR] {
            copy(&self.folder.join(name), &next.join(name))?;
        }
        let floor = next.join(FLOOR);
        let raised = fs::read(&floor).ok() != self.floor;
        let log = next.join(LOG);
        let grown = fs::metadata(&log)
            .map_or(0, |found| found.len())
            .saturating_sub(self.log);
        if stop == Stop::Torn && !raised && grown > 0 {
            let file = fs::OpenOptions::new()
                .write(true)
                .open(&log)
                .map_err(file_error(&log))?;
            file.set_len(self.log + torn % grown).map_err(file_error(&log))?;
        }
        if stop == Stop::Unsaid && raised {
            match &self.floor {
                Some(before) => fs::write(&floor, before),
                None => fs::remove_file(&floor),
            }
            .map_err(file_error(&floor))?;
        }
        self.driver = None;
        fs::remove_dir_all(&self.folder).map_err(file_error(&self.folder))?;
        self.folder = next;
        Ok(())
    }

    /// Where its ledger lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
