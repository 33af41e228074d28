//! What would be: the rules over records that stand in no block yet.

use super::Chain;
use crate::error::NodeError;
use crate::execute::Candidate;
use ledger::{Subject, Time};
use systems::{At, Entry, Violation};

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
