//! Who waits for what becomes of records that several validators have to agree on.

use crate::error::NodeError;
use crate::execute::Candidate;
use crate::receipt::{Answer, Outcome, Receipt};
use ledger::Hash;
use std::collections::HashMap;
use std::sync::mpsc::Sender;

/// Without a decision for so long the answer is *Signed*: the records are saved here, and go on waiting.
const PATIENCE_MILLIS: u64 = 10_000;

/// Somebody who submitted records together.
struct Asker {
    ids: Vec<Hash>,
    receipts: HashMap<Hash, Receipt>,
    answer: Sender<Answer>,
    until: u64,
}

/// All who wait.
#[derive(Default)]
pub struct Asked {
    askers: HashMap<u64, Asker>,
    of: HashMap<Hash, Vec<u64>>,
    next: u64,
}

/// The receipt of a record whose fate is known already.
pub fn receipt_of(kept: &Result<HashMap<Hash, Outcome>, NodeError>, candidate: &Candidate) -> Option<Receipt> {
    let id = candidate.record.id();
    let outcome = kept.as_ref().ok()?.get(&id)?.clone();
    Some(Receipt { id, outcome })
}

impl Asked {
    /// Somebody waits for these; some may have their receipt already.
    pub fn wait(&mut self, records: Vec<(Hash, Option<Receipt>)>, answer: Sender<Answer>, now: u64) {
        let number = self.next;
        self.next += 1;
        let ids: Vec<Hash> = records.iter().map(|(id, _)| *id).collect();
        let known = records.into_iter().filter_map(|(id, receipt)| Some((id, receipt?)));
        let asker = Asker {
            receipts: known.collect(),
            ids,
            answer,
            until: now + PATIENCE_MILLIS,
        };
        for id in asker.ids.iter().filter(|id| !asker.receipts.contains_key(*id)) {
            self.of.entry(*id).or_default().push(number);
        }
        self.askers.insert(number, asker);
        self.answer_if_known(number);
    }

    fn answer_if_known(&mut self, number: u64) {
        let known = |asker: &Asker| asker.ids.iter().all(|id| asker.receipts.contains_key(id));
        if self.askers.get(&number).is_some_and(known) {
            self.answer(number);
        }
    }

    fn answer(&mut self, number: u64) {
        let Some(mut asker) = self.askers.remove(&number) else {
            return;
        };
        let mut receipts = Vec::with_capacity(asker.ids.len());
        for id in asker.ids {
            if let Some(waiting) = self.of.get_mut(&id) {
                waiting.retain(|other| *other != number);
                if waiting.is_empty() {
                    self.of.remove(&id);
                }
            }
            let outcome = asker
                .receipts
                .remove(&id)
                .map_or(Outcome::Signed, |receipt| receipt.outcome);
            receipts.push(Receipt { id, outcome });
        }
        // Whoever asked may have gone; the records stand all the same.
        let _gone = asker.answer.send(Ok(receipts));
    }

    /// These are decided.
    pub fn settle(&mut self, outcomes: &[(Hash, Outcome)]) {
        if self.of.is_empty() {
            return;
        }
        for (id, outcome) in outcomes {
            for number in self.of.remove(id).unwrap_or_default() {
                if let Some(asker) = self.askers.get_mut(&number) {
                    let outcome = outcome.clone();
                    asker.receipts.insert(*id, Receipt { id: *id, outcome });
                }
                self.answer_if_known(number);
            }
        }
    }

    /// Answers those who have waited long enough.
    pub fn give_up(&mut self, now: u64) {
        let late = self.askers.iter().filter(|(_, asker)| asker.until <= now);
        let late: Vec<u64> = late.map(|(number, _)| *number).collect();
        for number in late {
            self.answer(number);
        }
    }

    /// When somebody has waited long enough.
    pub fn next(&self) -> u64 {
        self.askers.values().map(|asker| asker.until).min().unwrap_or(u64::MAX)
    }
}
