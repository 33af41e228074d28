//! Blocks that are proposed at the height being decided: which records they hold, whether they are good, and what they change.

use super::Waiting;
use crate::chain::{BLOCK_RECORDS, Prepared};
use crate::execute::Candidate;
use consensus::{Check, Pool};
use ledger::{Hash, Header, PublicKey, Record, merkle};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lists of a block's records that are remembered: a validator says one.
const WORDS: usize = 16;
/// Blocks of one height that are remembered: one proposer has one in a round.
const BLOCKS: usize = 64;

#[derive(Default)]
struct Known {
    /// What nodes say its records are, in order, by their leaves; its header tells which of them is right.
    said: Vec<(PublicKey, Vec<Hash>)>,
    prepared: Option<Prepared>,
    verdict: Option<bool>,
}

/// What is known of blocks of this height.
#[derive(Default)]
pub struct Bodies {
    blocks: BTreeMap<Hash, Known>,
    /// Records that a full pool did not take, by their leaves.
    beside: BTreeMap<Hash, Arc<Candidate>>,
    waiting: Vec<Check>,
}

/// The records of a block.
pub enum Body {
    /// Nobody has told us which.
    Unknown,
    /// These are missing, and who has them.
    Missing(PublicKey, Vec<Hash>),
    /// All of them, in order.
    Here(Vec<Arc<Candidate>>),
}

impl Bodies {
    fn at(&mut self, block: Hash) -> Option<&mut Known> {
        if self.blocks.len() >= BLOCKS && !self.blocks.contains_key(&block) {
            return None;
        }
        Some(self.blocks.entry(block).or_default())
    }

    /// Somebody says which records a block holds, by their leaves: one statement may stand under two signatures, and only one of
    /// them is in the block.
    pub fn learn(&mut self, block: Hash, leaves: Vec<Hash>, from: PublicKey) {
        if let Some(known) = self.at(block)
            && known.said.len() < WORDS
            && !known.said.contains(&(from, leaves.clone()))
        {
            known.said.push((from, leaves));
        }
    }

    /// A block that was built here or judged good.
    pub fn built(&mut self, prepared: Prepared) {
        let block = prepared.header.id();
        if let Some(known) = self.at(block) {
            known.verdict = Some(true);
            known.prepared = Some(prepared);
        }
    }

    /// A block that is not good.
    pub fn refuse(&mut self, block: Hash) {
        if let Some(known) = self.at(block) {
            known.verdict = Some(false);
        }
    }

    /// Whether it is good, if that was judged.
    pub fn verdict(&self, block: &Hash) -> Option<bool> {
        self.blocks.get(block).and_then(|known| known.verdict)
    }

    /// Height and leaves of a block that was built here or judged good.
    pub fn leaves(&self, block: &Hash) -> Option<(u64, Vec<Hash>)> {
        let prepared = self.blocks.get(block)?.prepared.as_ref()?;
        let leaves = prepared.records.iter().map(Record::leaf).collect();
        Some((prepared.header.height, leaves))
    }

    /// What a block changes, to be kept.
    pub fn take(&mut self, block: &Hash) -> Option<Prepared> {
        self.blocks.get_mut(block)?.prepared.take()
    }

    /// The records of the block with this header, as far as they are here.
    pub fn records(&self, header: &Header, pool: &Pool<Waiting>) -> Body {
        let right = |leaves: &[Hash]| {
            u64::try_from(leaves.len()) == Ok(header.records_count) && merkle::root(leaves) == header.records_root
        };
        let said = self.blocks.get(&header.id()).into_iter().flat_map(|known| &known.said);
        let Some((from, leaves)) = said.into_iter().find(|(_, leaves)| right(leaves)) else {
            return Body::Unknown;
        };
        let find = |leaf: &Hash| {
            let waiting = pool.get(leaf).map(|waiting| &waiting.candidate);
            waiting.or_else(|| self.beside.get(leaf)).cloned()
        };
        let mut missing = Vec::new();
        let mut here = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            match find(leaf) {
                Some(candidate) => here.push(candidate),
                None => missing.push(*leaf),
            }
        }
        if missing.is_empty() {
            Body::Here(here)
        } else {
            Body::Missing(*from, missing)
        }
    }

    /// Keeps a record that the pool did not take, if a proposed block holds it.
    pub fn keep(&mut self, candidate: Arc<Candidate>) {
        let leaf = candidate.record.leaf();
        let mut lists = self.blocks.values().flat_map(|known| &known.said);
        if self.beside.len() < BLOCK_RECORDS && lists.any(|(_, leaves)| leaves.contains(&leaf)) {
            self.beside.insert(leaf, candidate);
        }
    }

    /// A check that waits for records.
    pub fn wait(&mut self, check: Check) {
        if self.waiting.len() < BLOCKS && !self.waiting.contains(&check) {
            self.waiting.push(check);
        }
    }

    /// The checks that wait, to be tried again.
    pub fn take_waiting(&mut self) -> Vec<Check> {
        std::mem::take(&mut self.waiting)
    }

    /// The height is settled.
    pub fn clear(&mut self) {
        self.blocks.clear();
        self.beside.clear();
        self.waiting.clear();
    }
}
