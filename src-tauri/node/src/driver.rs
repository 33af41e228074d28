//! One loop: records come in, blocks go out. It alone writes the ledger.
//!
//! What comes next, and from whom, is its [`Course`]: one validator decides alone, several agree, or others' blocks are followed by proofs.
//! Here is what all three have in common, and the turn from one to another.

use crate::agreement::{Action, Agreement, Event, Now, Others};
use crate::alone::Voter;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::error::{Halt, NodeError};
use crate::execute::{Candidate, violation};
use crate::light::Light;
use crate::probe::Probe;
use crate::receipt::Outcome;
use crate::store::{Store, StoredBlock, Votes};
use consensus::Patience;
use ledger::{Genesis, Hash, Record, SecretKey, ValidatorSet};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a driver is made of.
pub struct Parts {
    /// Where its ledger lies.
    pub folder: PathBuf,
    /// The validator's key, if there is one here.
    pub vote: Option<Arc<SecretKey>>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Is told before and after each save.
    pub probe: Option<Probe>,
    /// How long validators wait for each other.
    pub patience: Patience,
    /// Even a single validator's blocks are taken from it: it runs elsewhere.
    pub follows: bool,
}

/// How a node comes by the next block.
pub(crate) enum Course {
    /// One validator decides, and it is this one. None: it may not vote, because its key or what it has signed is not here.
    Alone(Option<Voter>),
    /// Several agree on whole blocks. Who is in no set takes part as the others do, and signs nothing.
    Agreeing(Box<Agreement>),
    /// Others keep the blocks: what is followed comes from them, with proofs.
    Light(Box<Light>),
}

/// The state of the loop.
pub struct Driver {
    pub(crate) chain: Chain,
    /// Why nothing new is confirmed here; none when all is well.
    pub halt: Option<Halt>,
    pub(crate) course: Course,
    /// What became of records since somebody last looked, where others decide and no block is kept here.
    pub(crate) settled: Vec<(Hash, Outcome)>,
    pub(crate) parts: Parts,
}

impl Driver {
    /// Founds a ledger in an empty folder.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn found(folder: &Path, genesis: &Genesis) -> Result<(), NodeError> {
        if Store::open(folder)?.genesis()?.is_some() {
            return Err(NodeError::LedgerExists(folder.to_path_buf()));
        }
        // Votes first: a ledger without votes would have to ask a person.
        drop(Votes::create(folder, &genesis.network(), 0)?);
        Self::found_again(folder, genesis)
    }

    /// Founds a ledger whose file is gone. Its votes stay as they are: those that are left, or none, which is noticed when it is opened.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn found_again(folder: &Path, genesis: &Genesis) -> Result<(), NodeError> {
        let mut store = Store::open(folder)?;
        if store.genesis()?.is_some() {
            return Err(NodeError::LedgerExists(folder.to_path_buf()));
        }
        let transaction = store.connection.transaction()?;
        transaction.execute("INSERT INTO meta VALUES('genesis', ?1)", [genesis.to_bytes()])?;
        transaction.commit()?;
        Ok(())
    }

    /// Opens a ledger and finishes what a stop may have left unfinished.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn open(parts: Parts) -> Result<Self, NodeError> {
        let chain = Chain::open(&parts.folder, parts.probe.clone())?;
        let light = Light::open(&chain, &parts.folder)?;
        let mut driver = Self {
            chain,
            halt: light.as_ref().and_then(Light::halt),
            course: light.map_or(Course::Alone(None), |light| Course::Light(Box::new(light))),
            settled: Vec::new(),
            parts,
        };
        if matches!(driver.course, Course::Alone(_)) && driver.decides_alone() {
            driver.go_alone()?;
        }
        driver.turn(driver.now(Duration::ZERO))?;
        Ok(driver)
    }

    /// Height of the newest block, 0 before the first.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.chain.height()
    }

    /// A block that is kept here.
    ///
    /// # Errors
    /// Storage.
    pub fn block(&self, height: u64) -> Result<Option<StoredBlock>, NodeError> {
        self.chain.store.block(height)
    }

    /// The records of a block that is kept here, in order.
    ///
    /// # Errors
    /// Storage.
    pub fn records(&self, height: u64) -> Result<Vec<Record>, NodeError> {
        match self.chain.store.block_row(height)? {
            Some(row) => self.chain.store.block_records(&row),
            None => Ok(Vec::new()),
        }
    }

    /// Who certifies the next block.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        self.chain.validators()
    }

    /// What agrees with others; none where one decides alone, and on a light node.
    pub(crate) fn agreement(&self) -> Option<&Agreement> {
        match &self.course {
            Course::Agreeing(agreement) => Some(agreement),
            Course::Alone(_) | Course::Light(_) => None,
        }
    }

    /// What follows others by proofs; none where whole blocks are kept.
    pub(crate) fn light(&self) -> Option<&Light> {
        match &self.course {
            Course::Light(light) => Some(light),
            Course::Alone(_) | Course::Agreeing(_) => None,
        }
    }

    /// Height and round that is being decided with others.
    #[must_use]
    pub fn deciding(&self) -> Option<(u64, u32)> {
        self.agreement()?.deciding()
    }

    /// How far other validators say they are; none where one decides alone.
    #[must_use]
    pub fn others(&self) -> Option<Others> {
        Some(self.agreement()?.others(&self.chain))
    }

    /// When something happens here next without anybody saying anything, in milliseconds of the clock that only moves on.
    #[must_use]
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let agreement = self.agreement()?;
        Some(agreement.next_wake(&self.chain, now))
    }

    /// What time it is, `since` the start.
    pub fn now(&self, since: Duration) -> Now {
        Now {
            time: self.parts.clock.now(),
            millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// What the wall clock says.
    pub fn time(&self) -> ledger::Time {
        self.parts.clock.now()
    }

    /// Whether the next block needs nobody's vote but that of one validator: who has its key decides, everybody else waits.
    fn decides_alone(&self) -> bool {
        self.chain.validators().validators().len() == 1 && !self.parts.follows
    }

    /// The set may have changed with the newest block: from now on agree, or decide alone.
    pub fn turn(&mut self, now: Now) -> Result<(), NodeError> {
        match (&self.course, self.decides_alone()) {
            (Course::Alone(_), false) => self.agree(now),
            (Course::Agreeing(_), true) => self.go_alone(),
            (Course::Light(_), _) | (Course::Alone(_), true) | (Course::Agreeing(_), false) => Ok(()),
        }
    }

    /// Agrees with others from now on.
    fn agree(&mut self, now: Now) -> Result<(), NodeError> {
        let exists = Votes::exist(&self.parts.folder);
        // One at a time has the file of the votes.
        self.course = Course::Alone(None);
        let votes = if exists {
            Votes::open(&self.parts.folder, self.chain.network())?
        } else {
            Votes::create(&self.parts.folder, self.chain.network(), Votes::UNKNOWN)?
        };
        let key = match &self.parts.vote {
            Some(key) => Arc::clone(key),
            // In no set: it follows.
            None => Arc::new(SecretKey::from_seed(&crate::random()?)),
        };
        self.halt = None;
        let agreement = Agreement::new(&self.chain, key, votes, self.parts.patience, now)?;
        self.course = Course::Agreeing(Box::new(agreement));
        Ok(())
    }

    /// An event for those who agree; what could not be saved stops this validator until the next start.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Action> {
        if self.halt == Some(Halt::Damaged) {
            // What the system could not write it may have given up: only a new start knows what is on the disk.
            return Vec::new();
        }
        let Course::Agreeing(agreement) = &mut self.course else {
            return Vec::new();
        };
        let outcome = agreement.handle(&mut self.chain, now, event);
        self.halt = match (&outcome, &agreement.stopped) {
            (Err(NodeError::DiskFull), _) => Some(Halt::DiskFull),
            (Err(_), _) | (_, Some(_)) => Some(Halt::Damaged),
            (Ok(_), None) => None,
        };
        if self.halt == Some(Halt::Damaged) {
            // What cannot be set now matters only to a stop before the next start.
            let _left = self.chain.store.leave_log();
        }
        outcome.unwrap_or_default()
    }

    /// Saves records of our own in the outbox before anything else is done with them. Gives those that are decided already.
    pub fn keep(&mut self, candidates: &[Arc<Candidate>]) -> Result<HashMap<Hash, Outcome>, NodeError> {
        let kept = self.keep_pending(candidates)?;
        let ids = candidates.iter().map(|candidate| candidate.record.id());
        let confirmed = ids.zip(kept).filter(|(_, outcome)| *outcome != Outcome::Signed);
        Ok(confirmed.collect())
    }

    /// Saves records of our own in the outbox, those that stand in no block.
    pub(crate) fn keep_pending(&mut self, candidates: &[Arc<Candidate>]) -> Result<Vec<Outcome>, NodeError> {
        if self.halt == Some(Halt::Damaged) {
            // Written after a hole in the log it would not be found again.
            return Err(NodeError::Halted(Halt::Damaged));
        }
        let store = &self.chain.store;
        let transaction = store.connection.unchecked_transaction()?;
        let mut outcomes = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            outcomes.push(match store.record_number(&candidate.record.id())? {
                Some(number) => self.chain.confirmed(number)?,
                None => {
                    store.save_pending(&candidate.record)?;
                    Outcome::Signed
                }
            });
        }
        transaction.commit()?;
        Ok(outcomes)
    }

    /// The rules over records as they would apply in the next block; nothing is kept.
    pub fn check(&mut self, candidates: &[Candidate]) -> Result<Vec<Result<(), systems::Violation>>, NodeError> {
        self.chain.check(self.parts.clock.now(), candidates)
    }

    /// Records of our own that no block can take any more are refused: the newest block is later than they may be confirmed.
    ///
    /// # Errors
    /// Storage.
    pub fn refuse_lapsed(&mut self) -> Result<(), NodeError> {
        let Some(head) = self.chain.head else { return Ok(()) };
        let pending = self.chain.store.pending()?;
        if pending.is_empty() {
            return Ok(());
        }
        let lapsed = pending.into_iter().filter(|record| record.until() < head.time);
        let refused = lapsed.map(|record| {
            let why = violation("node.too-late", "until", &record.until().to_string());
            (record, why)
        });
        let refused: Vec<_> = refused.collect();
        let now = self.parts.clock.now();
        self.chain.store.begin()?;
        let given_up = self.chain.give_up(refused, None, now).and_then(|mut gone| {
            let overtaken = self.chain.overtaken()?;
            gone.extend(self.chain.give_up(overtaken, None, now)?);
            self.chain.store.commit()?;
            Ok(gone)
        });
        match given_up {
            Ok(gone) => self.settled.extend(gone),
            Err(error) => {
                self.chain.store.roll_back()?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Where a subject stands once what waits in the outbox is confirmed.
    pub fn expected(&mut self, subject: &ledger::Subject) -> Result<Option<systems::Entry>, NodeError> {
        self.chain.expected(self.parts.clock.now(), subject)
    }

    /// Writes what is kept back: at rest, and before a stop.
    pub fn flush(&mut self) -> Result<(), NodeError> {
        self.chain.flush()
    }
}
