//! Getting the blocks one has missed, and giving them to others.

use super::said::{self, Decided, Said};
use super::{Action, Agreement, Now, To};
use crate::chain::{BLOCK_BYTES, Chain};
use crate::error::NodeError;
use crate::execute::Candidate;
use crate::store::Store;
use consensus::Logged;
use ledger::{CommitCertificate, Hash, Header, PublicKey, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Without an answer the next one is asked after so long.
const ASK_MILLIS: u64 = 1_000;
/// Our height is said so often, for those who wait for a height that nobody decides.
const SAY_MILLIS: u64 = 2_000;
/// Blocks given in one answer.
const BLOCKS: u64 = 64;
/// Peers whose heights are remembered.
const PEERS: usize = 256;

/// Who is how far, and whom we have asked.
#[derive(Debug, Default)]
pub struct CatchUp {
    heights: BTreeMap<PublicKey, u64>,
    /// Highest block that was asked for, and when.
    asked: Option<(u64, u64)>,
    said: u64,
}

impl CatchUp {
    /// A node's newest block has at least this height. What it says proves nothing: blocks come with certificates.
    pub fn notice(&mut self, from: PublicKey, height: u64) {
        if self.heights.len() < PEERS || self.heights.contains_key(&from) {
            let known = self.heights.entry(from).or_default();
            *known = height.max(*known);
        }
    }

    /// A height was decided whose records are not here: whoever voted for it has them.
    pub fn notice_decided(&mut self, height: u64) {
        for known in self.heights.values_mut() {
            *known = height.max(*known);
        }
    }

    /// How many nodes have said how far they are.
    pub fn known(&self) -> usize {
        self.heights.len()
    }

    /// Greatest height that somebody honest has spoken of, if at most `liars` are not: heights are mere words.
    pub fn highest(&self, liars: usize) -> u64 {
        let mut heights: Vec<u64> = self.heights.values().copied().collect();
        heights.sort_unstable_by(|one, other| other.cmp(one));
        heights.get(liars).or(heights.last()).copied().unwrap_or(0)
    }

    /// A peer that did not keep what it promised is believed no longer.
    fn forget(&mut self, from: &PublicKey) {
        self.heights.remove(from);
    }

    /// Blocks have come: the next may be asked for at once.
    fn arrived(&mut self, height: u64) {
        if self.asked.is_some_and(|(up_to, _)| height >= up_to) {
            self.asked = None;
        }
    }

    /// What is to be asked and said now.
    pub fn ask(&mut self, height: u64, now: u64) -> Vec<(To, Said)> {
        let mut said = Vec::new();
        if now >= self.said + SAY_MILLIS || self.said == 0 {
            self.said = now.max(1);
            said.push((To::All, Said::Height(height)));
        }
        self.asked = self.asked.filter(|(_, at)| now < at + ASK_MILLIS);
        let waiting = self.asked.is_some();
        let further: Vec<PublicKey> = self
            .heights
            .iter()
            .filter(|(_, theirs)| **theirs > height)
            .map(|(peer, _)| *peer)
            .collect();
        if waiting || further.is_empty() {
            return said;
        }
        // Another one each time: one that stays silent holds nobody up.
        let turn = usize::try_from(now / ASK_MILLIS).unwrap_or(0) % further.len();
        self.asked = Some((height + BLOCKS, now));
        said.extend(
            further
                .get(turn)
                .map(|peer| (To::One(*peer), Said::WantBlocks(height + 1))),
        );
        said
    }

    /// When something is asked or said next.
    pub fn next_ask(&self) -> Option<u64> {
        let asked = self.asked.map(|(_, at)| at + ASK_MILLIS);
        Some(asked.map_or(self.said + SAY_MILLIS, |at| at.min(self.said + SAY_MILLIS)))
    }
}

/// How far other validators say they are: for a count on the way there. Nothing is proved by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Others {
    /// How many of them have said so.
    pub known: usize,
    /// Greatest height of which an honest one has spoken, if at most a third of them is not.
    pub highest: u64,
}

/// The blocks from a height on, as many as go into one answer.
pub fn decided(store: &Store, from: u64) -> Result<Vec<Decided>, NodeError> {
    let mut bytes = 0;
    let mut blocks = Vec::new();
    for height in from..from.saturating_add(BLOCKS) {
        let (Some(block), Some(row)) = (store.block(height)?, store.block_row(height)?) else {
            break;
        };
        let Some(certificate) = block.certificate else { break };
        let records = store.block_records(&row)?;
        bytes += records.iter().map(|record| record.bytes().len()).sum::<usize>();
        if bytes > BLOCK_BYTES && !blocks.is_empty() {
            break;
        }
        blocks.push(Decided {
            header: block.header,
            certificate,
            records,
        });
    }
    Ok(blocks)
}

impl Agreement {
    /// How far the others are.
    pub fn others(&self, chain: &Chain) -> Others {
        let others = chain.validators().validators().len().saturating_sub(1);
        Others {
            known: self.catch_up.known(),
            highest: self.catch_up.highest(others / 3),
        }
    }

    /// Takes over a block that others decided, if it is the next and all of it is true.
    pub(super) fn adopt(
        &mut self,
        chain: &mut Chain,
        now: Now,
        from: PublicKey,
        header: &Header,
        certificate: &CommitCertificate,
        candidates: &[Arc<Candidate>],
    ) -> Result<(), NodeError> {
        if header.height != chain.height() + 1 {
            return Ok(());
        }
        if certificate.verify(header, chain.validators()).is_err() {
            self.catch_up.forget(&from);
            self.actions.push(Action::Blame(from, "block.forged-certificate"));
            return Ok(());
        }
        match chain.judge(header, candidates)? {
            Ok(prepared) => {
                let records = Arc::clone(&prepared.records);
                // Noted first: a stop between the two must not look as if our votes were older than the ledger.
                self.votes.note_seen(header.height)?;
                chain.commit(prepared, Some(certificate))?;
                self.catch_up.arrived(header.height);
                self.settled(chain, now, &records);
                Ok(())
            }
            Err(unfit) => {
                // A quorum certified it, or its records were changed on the way; either way it cannot be kept here.
                self.catch_up.forget(&from);
                self.note_unfit(unfit.0);
                self.actions.push(Action::Blame(from, "block.altered"));
                Ok(())
            }
        }
    }

    /// Records somebody needs to judge a block. What is decided already comes with its block.
    pub(super) fn give(&mut self, to: PublicKey, leaves: &[Hash]) {
        let found = leaves.iter().filter_map(|leaf| self.pool.get(leaf));
        let found: Vec<Record> = found.map(|waiting| waiting.candidate.record.clone()).collect();
        for group in super::groups(found) {
            self.say(To::One(to), Said::Records(group));
        }
    }

    /// After a stop: the records of blocks that were judged good before it, so that a decision for one of them can be kept.
    pub(super) fn remember_bodies(&mut self, chain: &mut Chain, log: &[Logged]) -> Result<(), NodeError> {
        for logged in log {
            let Logged::Judged { header, good: true, .. } = logged else {
                continue;
            };
            let block = header.id();
            let records = match chain.saved_ahead(header)? {
                Some(records) => records,
                None => {
                    let Some(body) = self.votes.body(&block)? else { continue };
                    said::records(&body).map_err(|error| NodeError::damaged("votes.db", error))?
                }
            };
            let candidates: Vec<Arc<Candidate>> = records
                .into_iter()
                .map(|record| Arc::new(Candidate::read(record)))
                .collect();
            // What is on our disk was judged good by us; judged again it is ready to be kept.
            if let Ok(prepared) = chain.judge(header, &candidates)? {
                self.bodies.built(prepared);
            }
        }
        Ok(())
    }
}
