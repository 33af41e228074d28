//! Where one validator decides alone: it builds a block of what it is brought, votes for it and certifies it at once.
//!
//! The order of saving is the safety of the whole: the block is durable before its vote is made, the vote before the certificate, the
//! certificate before anybody is told. A stop between any two leaves what [`Driver::open`] can finish.

use crate::chain::{BLOCK_RECORDS, Chain};
use crate::driver::{Course, Driver};
use crate::error::{Halt, NodeError};
use crate::execute::Candidate;
use crate::probe::SavePoint;
use crate::receipt::Outcome;
use crate::store::{Vote, Votes};
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::{CommitCertificate, Header, SecretKey};
use std::sync::Arc;

/// Who votes alone: its key, and what it has signed.
pub struct Voter {
    key: Arc<SecretKey>,
    votes: Votes,
}

impl Voter {
    /// Votes for a saved block and keeps the certificate.
    fn certify(&self, chain: &Chain, header: &Header) -> Result<(), NodeError> {
        let vote = self.vote(chain, header)?;
        chain.probe(SavePoint::AfterVote);
        let signatures = vec![CommitSignature {
            key: self.key.public(),
            signature: vote.signature,
        }];
        let certificate = CommitCertificate {
            block: vote.block,
            height: vote.height,
            round: vote.round,
            signatures,
        };
        let validators = chain.validators_of(header.height)?;
        certificate.verify(header, &validators).map_err(|error| {
            NodeError::damaged("votes.db", format!("the vote for block {}: {error}", header.height))
        })?;
        chain.store.set_certificate(&certificate)?;
        chain.probe(SavePoint::AfterCertificate);
        Ok(())
    }

    /// The vote of this height, which is signed once.
    fn vote(&self, chain: &Chain, header: &Header) -> Result<Vote, NodeError> {
        if let Some(vote) = self.votes.at(header.height)? {
            return Ok(vote);
        }
        let block = header.id();
        let signature = self
            .key
            .sign(&precommit_bytes(chain.network(), header.height, 0, &block));
        let vote = Vote {
            height: header.height,
            round: 0,
            block,
            signature,
        };
        self.votes.save(&vote)?;
        Ok(vote)
    }
}

impl Driver {
    /// Decides alone from now on, if this node may vote, and gives the newest block its certificate if a stop took it.
    pub(crate) fn go_alone(&mut self) -> Result<(), NodeError> {
        self.course = Course::Alone(None);
        self.halt = self.open_votes()?;
        Ok(())
    }

    fn open_votes(&mut self) -> Result<Option<Halt>, NodeError> {
        let Some(key) = self.parts.vote.clone() else {
            return Ok(Some(Halt::NoVoteKey));
        };
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
        self.course = Course::Alone(Some(Voter { key, votes }));
        if highest > height || conflicting {
            return Ok(Some(Halt::RestoredBackup));
        }
        self.certify_newest()?;
        Ok(None)
    }

    /// A person says that no later blocks were signed elsewhere: votes begin anew above the newest block.
    pub fn confirm_votes_lost(&mut self) -> Result<(), NodeError> {
        let (Some(Halt::VotesMissing), Some(key)) = (self.halt, self.parts.vote.clone()) else {
            return Err(self.halt.map_or(
                NodeError::Unknown("votes are not missing".to_owned()),
                NodeError::Halted,
            ));
        };
        let certified = self.chain.store.newest_block(true)?.map_or(0, |block| block.height);
        let floor = certified.min(self.chain.height());
        let votes = Votes::create(&self.parts.folder, self.chain.network(), floor)?;
        self.course = Course::Alone(Some(Voter { key, votes }));
        self.halt = None;
        self.certify_newest()
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
        if self.halt.is_some() || !matches!(self.course, Course::Alone(_)) {
            return Ok(());
        }
        let pending = self.chain.store.pending()?;
        let candidates: Vec<Arc<Candidate>> = pending.into_iter().map(|one| Arc::new(Candidate::read(one))).collect();
        for some in candidates.chunks(BLOCK_RECORDS) {
            self.confirm(some)?;
        }
        Ok(())
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
        let outcome = match &self.course {
            Course::Alone(Some(voter)) => voter.certify(&self.chain, header),
            Course::Alone(None) | Course::Agreeing(_) | Course::Light(_) => Err(NodeError::Halted(Halt::NoVoteKey)),
        };
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
}
