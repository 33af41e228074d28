//! Blocks: building ours, judging those of others, keeping what is decided.

use super::bodies::Body;
use super::said::Said;
use super::{Action, Agreement, Now, SKEW_MILLIS, TRIES, To};
use crate::chain::{BLOCK_BYTES, BLOCK_RECORDS, Chain};
use crate::error::NodeError;
use crate::execute::Candidate;
use crate::receipt::Outcome;
use consensus::{Check, Input};
use ledger::{CommitCertificate, Header, Record};
use std::sync::Arc;

impl Agreement {
    pub(super) fn build(&mut self, chain: &mut Chain, now: Now, round: u32) -> Result<(), NodeError> {
        match self.built(chain, now, round)? {
            Some(input) => self.step(chain, now, input),
            None => Ok(()),
        }
    }

    /// Our turn: a block of what waits.
    pub(super) fn built(&mut self, chain: &mut Chain, now: Now, round: u32) -> Result<Option<Input>, NodeError> {
        // The newest block's proposer had a faster clock: ours has to pass its time.
        if chain.head.is_some_and(|head| now.time <= head.time) {
            self.build_later = Some(round);
            return Ok(None);
        }
        let waiting = self.pool.take(BLOCK_RECORDS, BLOCK_BYTES);
        let candidates: Vec<Arc<Candidate>> = waiting.iter().map(|one| Arc::clone(&one.candidate)).collect();
        let (outcomes, prepared) = chain.build(now.time, &candidates, true)?;
        self.give_up(chain, &candidates, outcomes);
        let Some(prepared) = prepared else { return Ok(None) };
        let header = prepared.header.clone();
        self.unsaved_bodies.push((header.id(), Arc::clone(&prepared.records)));
        self.bodies.built(prepared);
        Ok(Some(Input::Built { round, header }))
    }

    /// What a block could not take: it stands in one already, or a rule is against it now. What it rests on may still come.
    pub(super) fn give_up(&mut self, chain: &Chain, candidates: &[Arc<Candidate>], outcomes: Vec<Outcome>) {
        let mut settled = Vec::new();
        for (candidate, outcome) in candidates.iter().zip(outcomes) {
            let (id, leaf) = (candidate.record.id(), candidate.record.leaf());
            let done = match &outcome {
                Outcome::Confirmed { height, .. } => *height <= chain.height(),
                Outcome::Refused(_) => match self.pool.get_mut(&leaf) {
                    Some(waiting) => {
                        waiting.tries += 1;
                        waiting.tries >= TRIES
                    }
                    None => false,
                },
                Outcome::Signed => false,
            };
            if done {
                self.pool.remove(&leaf);
                settled.push((id, outcome));
            }
        }
        if !settled.is_empty() {
            self.actions.push(Action::Settled(settled));
        }
    }

    /// Judges a proposed block as soon as its records are here.
    pub(super) fn judge(&mut self, chain: &mut Chain, now: Now, check: Check) -> Result<Option<Input>, NodeError> {
        let block = check.header.id();
        if let Some(good) = self.bodies.verdict(&block) {
            return Ok(Some(Input::Checked { check, good }));
        }
        let fresh = check.proof_round.is_none();
        if fresh && (check.header.time.millis() - now.time.millis()).abs() > SKEW_MILLIS {
            self.note_unfit("its time is not ours".to_owned());
            return Ok(Some(Input::Checked { check, good: false }));
        }
        let candidates = match self.bodies.records(&check.header, &self.pool) {
            Body::Unknown => {
                self.bodies.wait(check);
                return Ok(None);
            }
            Body::Missing(from, leaves) => {
                self.bodies.wait(check);
                self.say(To::One(from), Said::Want(leaves));
                return Ok(None);
            }
            Body::Here(candidates) => candidates,
        };
        let good = match chain.judge(&check.header, &candidates)? {
            Ok(prepared) => {
                self.unsaved_bodies.push((block, Arc::clone(&prepared.records)));
                self.bodies.built(prepared);
                true
            }
            Err(unfit) => {
                self.bodies.refuse(block);
                self.note_unfit(unfit.0);
                false
            }
        };
        Ok(Some(Input::Checked { check, good }))
    }

    pub(super) fn note_unfit(&mut self, what: String) {
        const KEPT: usize = 16;
        if self.unfit.len() >= KEPT {
            self.unfit.pop_front();
        }
        self.unfit.push_back(what);
    }

    pub(super) fn judge_waiting(&mut self, chain: &mut Chain, now: Now) -> Result<(), NodeError> {
        for check in self.bodies.take_waiting() {
            if let Some(input) = self.judge(chain, now, check)? {
                self.step(chain, now, input)?;
            }
        }
        Ok(())
    }

    pub(super) fn commit(
        &mut self,
        chain: &mut Chain,
        now: Now,
        header: &Header,
        certificate: &CommitCertificate,
    ) -> Result<(), NodeError> {
        let block = header.id();
        let prepared = match self.bodies.take(&block) {
            Some(prepared) => prepared,
            None => {
                // Decided without us, or before a stop: the records are saved, asked for, or come with the block.
                self.catch_up.notice_decided(header.height);
                return Ok(());
            }
        };
        if chain.validators().validators().len() == 1 {
            // Nobody was told of our vote, so nothing has saved it yet; without it we would not vote after the next start.
            self.save(chain)?;
        }
        let records = Arc::clone(&prepared.records);
        chain.commit(prepared, Some(certificate))?;
        self.settled(chain, now, &records);
        Ok(())
    }

    /// The newest block, which holds these records, has just been kept: begin anew on top of it.
    pub(super) fn settled(&mut self, chain: &Chain, now: Now, records: &[Record]) {
        let height = chain.height();
        self.unsaved.clear();
        self.unsaved_bodies.clear();
        self.timers.clear();
        self.bodies.clear();
        self.build_later = None;
        self.last_block = now.millis;
        let mut settled = Vec::with_capacity(records.len());
        for (index, record) in (0..).zip(records) {
            self.pool.remove(&record.leaf());
            settled.push((record.id(), Outcome::Confirmed { height, index }));
        }
        self.actions.push(Action::Settled(settled));
    }
}
