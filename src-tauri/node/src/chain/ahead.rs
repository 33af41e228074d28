//! What would be: the rules over records that stand in no block yet.

use super::Chain;
use crate::error::NodeError;
use crate::execute::{Candidate, violation};
use crate::receipt::Outcome;
use crate::store::Store;
use ledger::{Hash, Party, Record, Subject, Time};
use systems::{At, Entry, Violation};

/// What the rules say of a record that another firm hands over.
pub enum Judged {
    /// It may stand after what waits here.
    Good,
    /// It may not.
    Bad {
        /// Waiting records that write what it writes.
        against: Vec<Hash>,
        /// Subjects it names that are not known here, or not as far as its author knew them.
        missing: Vec<Subject>,
        /// Why.
        violation: Violation,
    },
}

impl Chain {
    /// The rules over records as they would apply in the next block, after what waits in the outbox; nothing is kept.
    pub fn check(&mut self, now: Time, candidates: &[Candidate]) -> Result<Vec<Result<(), Violation>>, NodeError> {
        let alliance = self.alliance.clone();
        let at = At {
            height: self.height() + 1,
            time: self.time(now),
            alliance: &alliance,
        };
        self.take_waiting(&at)?;
        let checked = candidates
            .iter()
            .map(|candidate| {
                let taken = self.overlay.take(&self.store, &self.network, &at, candidate)?;
                Ok(taken.map(|_| ()))
            })
            .collect();
        self.overlay.discard(self.newest_subject);
        checked
    }

    /// What waits in the outbox, and then these, each on the state left by those before: `keep` is told of each what the rules say, and
    /// which of the outbox it contradicts. Nothing is kept here.
    pub fn judge_waiting(
        &mut self,
        now: Time,
        candidates: &[Candidate],
        mut keep: impl FnMut(&Store, &Candidate, Judged) -> Result<(), NodeError>,
    ) -> Result<(), NodeError> {
        let alliance = self.alliance.clone();
        let at = At {
            height: self.height() + 1,
            time: self.time(now),
            alliance: &alliance,
        };
        self.take_waiting(&at)?;
        let waiting = self.store.pending()?;
        let told = candidates.iter().try_for_each(|candidate| {
            let record = &candidate.record;
            let judged = match self.overlay.take(&self.store, &self.network, &at, candidate)? {
                Ok(_) => Judged::Good,
                Err(violation) => {
                    let mut missing = Vec::new();
                    for subject in record.subjects().iter().chain(record.reads()) {
                        let turn = self.overlay.entry(&self.store, subject)?.map(|entry| entry.turn);
                        let behind =
                            turn.is_none_or(|turn| record.seen().get(subject).is_some_and(|seen| *seen > turn));
                        if behind {
                            missing.push(subject.clone());
                        }
                    }
                    let shares = |one: &&Record| one.subjects().iter().any(|own| record.subjects().contains(own));
                    Judged::Bad {
                        against: waiting.iter().filter(shares).map(Record::id).collect(),
                        missing,
                        violation,
                    }
                }
            };
            keep(&self.store, candidate, judged)
        });
        self.overlay.discard(self.newest_subject);
        told
    }

    /// A subject as evidence proved it, to judge what waits.
    pub fn lend(&mut self, subject: Subject, entry: Entry) {
        self.overlay.lend(subject, entry);
    }

    /// Of the outbox what can never be confirmed any more: somebody has moved on a subject that it moves from where it was.
    pub fn overtaken(&mut self) -> Result<Vec<(Record, Violation)>, NodeError> {
        let mut overtaken = Vec::new();
        for record in self.store.pending()? {
            for (subject, seen) in record.seen() {
                let turn = self.store.subject(subject)?.map_or(0, |row| row.entry.turn);
                if turn > *seen && self.store.record_number(&record.id())?.is_none() {
                    let mut stale = violation("shared.stale", "seen", &seen.to_string());
                    stale.values.insert("subject".to_owned(), subject.to_string());
                    stale.values.insert("turn".to_owned(), turn.to_string());
                    overtaken.push((record, stale));
                    break;
                }
            }
        }
        Ok(overtaken)
    }

    /// Takes records out of the outbox that can never be confirmed any more. Those of our own firm (of any, where `ours` is none) are set
    /// aside until a person has seen to them. The caller's transaction.
    pub fn give_up(
        &self,
        refused: Vec<(Record, Violation)>,
        ours: Option<&Party>,
        now: Time,
    ) -> Result<Vec<(Hash, Outcome)>, NodeError> {
        let mut outcomes = Vec::with_capacity(refused.len());
        for (record, why) in refused {
            if ours.is_none_or(|ours| ours == record.party()) {
                self.store.set_aside(&record, &reason(&why), now)?;
            } else {
                self.store.forget_pending(std::iter::once(record.id()))?;
            }
            outcomes.push((record.id(), Outcome::Refused(why)));
        }
        Ok(outcomes)
    }

    /// Our own records that wait for their block are as good as said: what we say next stands on them.
    fn take_waiting(&mut self, at: &At<'_>) -> Result<(), NodeError> {
        for record in self.store.pending()? {
            let waiting = Candidate::read(record);
            // One that the rules no longer allow changes nothing.
            let _may_be_refused = self.overlay.take(&self.store, &self.network, at, &waiting)?;
        }
        Ok(())
    }

    /// Where a subject stands once what waits in the outbox is confirmed.
    pub fn expected(&mut self, now: Time, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        let alliance = self.alliance.clone();
        let at = At {
            height: self.height() + 1,
            time: self.time(now),
            alliance: &alliance,
        };
        self.take_waiting(&at)?;
        let entry = self.overlay.entry(&self.store, subject);
        self.overlay.discard(self.newest_subject);
        entry
    }
}

/// A rule that keeps a record out, as it is kept beside it.
pub fn reason(why: &Violation) -> Vec<u8> {
    let why = serde_json::json!({ "field": why.field, "rule": why.rule, "values": why.values });
    why.to_string().into_bytes()
}
