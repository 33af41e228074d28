//! One loop: records come in, blocks go out. It alone writes the ledger.
//!
//! Where one validator decides alone the order of saving is the safety of the whole: the block is durable before its vote is made, the vote
//! before the certificate, the certificate before anybody is told. A stop between any two leaves what [`Driver::open`] can finish.

use crate::agreement::{Action, Agreement, Event, Now, Others};
use crate::chain::{BLOCK_RECORDS, Chain};
use crate::clock::Clock;
use crate::error::{Halt, NodeError};
use crate::execute::{Candidate, violation};
use crate::light::Light;
use crate::probe::{Probe, SavePoint};
use crate::receipt::Outcome;
use crate::store::{Store, StoredBlock, Vote, Votes};
use consensus::Patience;
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::{CommitCertificate, Genesis, Hash, Header, Record, SecretKey, ValidatorSet};
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

/// The state of the loop.
pub struct Driver {
    pub(crate) chain: Chain,
    /// Why nothing new is confirmed here; none when all is well.
    pub halt: Option<Halt>,
    /// None where one validator decides alone.
    pub(crate) agreement: Option<Agreement>,
    /// None where whole blocks are kept.
    pub(crate) light: Option<Light>,
    /// What became of records since somebody last looked, where others decide and no block is kept here.
    pub(crate) settled: Vec<(Hash, Outcome)>,
    votes: Option<Votes>,
    parts: Parts,
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
            agreement: None,
            light,
            settled: Vec::new(),
            votes: None,
            parts,
        };
        if driver.light.is_none() && driver.decides_alone() {
            driver.halt = driver.open_votes()?;
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

    /// Height and round that is being decided with others.
    #[must_use]
    pub fn deciding(&self) -> Option<(u64, u32)> {
        self.agreement.as_ref()?.deciding()
    }

    /// How far other validators say they are; none where one decides alone.
    #[must_use]
    pub fn others(&self) -> Option<Others> {
        Some(self.agreement.as_ref()?.others(&self.chain))
    }

    /// When something happens here next without anybody saying anything, in milliseconds of the clock that only moves on.
    #[must_use]
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let agreement = self.agreement.as_ref()?;
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
        if self.light.is_some() {
            return Ok(());
        }
        match (self.decides_alone(), self.agreement.is_some()) {
            (false, false) => {
                let exists = Votes::exist(&self.parts.folder);
                drop(self.votes.take());
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
                self.agreement = Some(Agreement::new(&self.chain, key, votes, self.parts.patience, now)?);
            }
            (true, true) => {
                self.agreement = None;
                self.halt = self.open_votes()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// An event for those who agree; what could not be saved stops this validator until the next start.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Action> {
        if self.halt == Some(Halt::Damaged) {
            // What the system could not write it may have given up: only a new start knows what is on the disk.
            return Vec::new();
        }
        let Some(agreement) = &mut self.agreement else {
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

    /// Decides whether this node may vote, and gives the newest block its certificate if a stop took it.
    fn open_votes(&mut self) -> Result<Option<Halt>, NodeError> {
        if self.parts.vote.is_none() {
            return Ok(Some(Halt::NoVoteKey));
        }
        let height = self.chain.height();
        if !Votes::exist(&self.parts.folder) {
            return Ok(Some(Halt::VotesMissing));
        }
        let votes = Votes::open(&self.parts.folder, self.chain.network())?;
        let highest = votes.highest()?;
        let conflicting = match (self.chain.head, votes.at(height)?) {
            (Some(head), Some(vote)) => vote.block != head.block,
            _ => false,
        };
        self.votes = Some(votes);
        if highest > height || conflicting {
            return Ok(Some(Halt::RestoredBackup));
        }
        self.certify_newest()?;
        Ok(None)
    }

    /// A person says that no later blocks were signed elsewhere: votes begin anew above the newest block.
    pub fn confirm_votes_lost(&mut self) -> Result<(), NodeError> {
        if self.halt != Some(Halt::VotesMissing) {
            return Err(self.halt.map_or(
                NodeError::Unknown("votes are not missing".to_owned()),
                NodeError::Halted,
            ));
        }
        let certified = self.chain.store.newest_block(true)?.map_or(0, |block| block.height);
        let floor = certified.min(self.chain.height());
        self.votes = Some(Votes::create(&self.parts.folder, self.chain.network(), floor)?);
        self.halt = None;
        self.certify_newest()?;
        Ok(())
    }

    /// Confirms records, or keeps them in the outbox when this node may not confirm.
    ///
    /// # Errors
    /// Storage; then nothing of these records was kept but what stands in blocks already.
    pub fn submit(&mut self, candidates: &[Arc<Candidate>]) -> Result<Vec<Outcome>, NodeError> {
        let mut outcomes = Vec::with_capacity(candidates.len());
        if self.halt == Some(Halt::DiskFull) {
            self.certify_newest()?;
        }
        for some in candidates.chunks(BLOCK_RECORDS) {
            match self.halt {
                None | Some(Halt::DiskFull) => outcomes.extend(self.confirm(some)?),
                Some(_) => outcomes.extend(self.keep_pending(some)?),
            }
        }
        Ok(outcomes)
    }

    /// The outbox again, after a start or when a halt has ended, where one decides alone. Where several do it is brought again
    /// once they can be reached.
    pub fn confirm_pending(&mut self) -> Result<(), NodeError> {
        if self.halt.is_some() || self.agreement.is_some() || self.light.is_some() {
            return Ok(());
        }
        let pending = self.chain.store.pending()?;
        let candidates: Vec<Arc<Candidate>> = pending.into_iter().map(|one| Arc::new(Candidate::read(one))).collect();
        for some in candidates.chunks(BLOCK_RECORDS) {
            self.confirm(some)?;
        }
        Ok(())
    }

    fn keep_pending(&mut self, candidates: &[Arc<Candidate>]) -> Result<Vec<Outcome>, NodeError> {
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

    /// One block of all the candidates that the rules allow.
    fn confirm(&mut self, candidates: &[Arc<Candidate>]) -> Result<Vec<Outcome>, NodeError> {
        let time = self.chain.time(self.parts.clock.now());
        // Reads too: each by itself would lock and unlock the file.
        self.chain.store.begin()?;
        match self.decide(time, candidates) {
            Ok((outcomes, None)) => Ok(outcomes),
            Ok((outcomes, Some(header))) => {
                self.certify_or_halt(&header)?;
                Ok(outcomes)
            }
            Err(error) => {
                // Nothing of this block was kept: storage is as it was before.
                // What the system could not write it may have given up, the pages of an earlier certificate among it: only a new start
                // knows what is on the disk.
                self.halt = match error {
                    NodeError::DiskFull => Some(Halt::DiskFull),
                    _ => Some(Halt::Damaged),
                };
                if self.halt == Some(Halt::Damaged) {
                    self.chain.store.leave_log()?;
                }
                self.chain.store.roll_back()?;
                Err(error)
            }
        }
    }

    /// Builds and keeps a block, within the caller's transaction; none when no record may go into one.
    fn decide(
        &mut self,
        time: ledger::Time,
        candidates: &[Arc<Candidate>],
    ) -> Result<(Vec<Outcome>, Option<Header>), NodeError> {
        let (outcomes, prepared) = self.chain.build(time, candidates, false)?;
        // Refused is final where one decides alone.
        let settled = candidates.iter().map(|candidate| candidate.record.id());
        self.chain.store.forget_pending(settled)?;
        let Some(prepared) = prepared else {
            self.chain.store.commit()?;
            return Ok((outcomes, None));
        };
        let header = prepared.header.clone();
        self.chain.commit(prepared, None)?;
        Ok((outcomes, Some(header)))
    }

    fn certify_or_halt(&mut self, header: &Header) -> Result<(), NodeError> {
        let outcome = self.certify(header);
        self.halt = match &outcome {
            Ok(()) => None,
            // The vote is saved or it is not; with room again the same block gets it.
            Err(NodeError::DiskFull) => Some(Halt::DiskFull),
            // What was voted may not be known: stop voting until the next start.
            Err(_) => Some(Halt::Damaged),
        };
        outcome
    }

    /// The newest block may wait for its vote since the disk was full.
    fn certify_newest(&mut self) -> Result<(), NodeError> {
        let newest = self.chain.store.block(self.chain.height())?;
        let waiting = newest.filter(|block| block.certificate.is_none());
        waiting.map_or(Ok(()), |block| self.certify_or_halt(&block.header))
    }

    /// Votes for a saved block and keeps the certificate.
    fn certify(&self, header: &Header) -> Result<(), NodeError> {
        let (Some(key), Some(votes)) = (&self.parts.vote, &self.votes) else {
            return Err(NodeError::Halted(Halt::NoVoteKey));
        };
        let block = header.id();
        let vote = match votes.at(header.height)? {
            Some(vote) => vote,
            None => {
                let signature = key.sign(&precommit_bytes(self.chain.network(), header.height, 0, &block));
                let vote = Vote {
                    height: header.height,
                    round: 0,
                    block,
                    signature,
                };
                votes.save(&vote)?;
                vote
            }
        };
        self.chain.probe(SavePoint::AfterVote);
        let signatures = vec![CommitSignature {
            key: key.public(),
            signature: vote.signature,
        }];
        let certificate = CommitCertificate {
            block: vote.block,
            height: vote.height,
            round: vote.round,
            signatures,
        };
        let validators = self.chain.validators_of(header.height)?;
        certificate.verify(header, &validators).map_err(|error| {
            NodeError::damaged("votes.db", format!("the vote for block {}: {error}", header.height))
        })?;
        self.chain.store.set_certificate(&certificate)?;
        self.chain.probe(SavePoint::AfterCertificate);
        Ok(())
    }

    /// Writes what is kept back: at rest, and before a stop.
    pub fn flush(&mut self) -> Result<(), NodeError> {
        self.chain.flush()
    }
}
