//! What a light node keeps: that each record stands in its block, and each subject is what its records say.

use super::{Check, LEDGER};
use crate::error::NodeError;
use ledger::history::Frontier;
use ledger::{Hash, Header, InclusionProof, Subject};

impl Check {
    /// Checks the records of a light node and the subjects they wrote. Gives the newest header that is trusted; none before the first.
    pub(super) fn light(&mut self) -> Result<Option<Header>, NodeError> {
        let trusted = self.store.trusted()?;
        for number in self.store.placed()? {
            if let Err(error) = self.placed(number) {
                self.fault(LEDGER, None, None, error.to_string());
            }
        }
        for subject in self.store.followed()? {
            if let Err(error) = self.followed(&subject) {
                self.fault(LEDGER, None, None, error.to_string());
            }
        }
        Ok(trusted.and_then(|trusted| trusted.header().cloned()))
    }

    fn placed(&mut self, number: u64) -> Result<(), NodeError> {
        let damaged = |what: &str| NodeError::damaged(LEDGER, format!("record number {number}: {what}"));
        let place = self.store.place(number)?.ok_or_else(|| damaged("it stands nowhere"))?;
        let record = self.store.records_from(number, 1)?.pop();
        let record = record.ok_or_else(|| damaged("it is missing"))?;
        let block = self.store.block(place.height)?;
        let row = self.store.block_row(place.height)?;
        let (block, row) = block.zip(row).ok_or_else(|| damaged("its block's header is missing"))?;
        let proof = InclusionProof {
            index: place.index,
            count: block.header.records_count,
            path: place.path,
        };
        let stands = block.header.id() == row.id && proof.verify(&record.leaf(), &block.header.records_root);
        if !stands || record.verify_signature().is_err() || !self.store.is_found(&record.id(), number)? {
            let what = "it does not stand in its block, or is not signed, or is not found by its id".to_owned();
            self.fault(LEDGER, Some(place.height), Some(record.id()), what);
        }
        Ok(())
    }

    fn followed(&mut self, subject: &Subject) -> Result<(), NodeError> {
        let Some(row) = self.store.subject(subject)? else {
            return Ok(()); // nothing was ever recorded about it
        };
        let mut tree = Frontier::default();
        let mut changed = 0;
        for number in self.store.listed(row.number)? {
            let stored = self.store.stored(number)?;
            tree.push(&stored.record.id());
            changed = stored.height;
        }
        let state = self.store.state_bytes(subject)?.unwrap_or_default();
        if self.store.followed_value(subject)? != Some(row.value(Hash::of(&state)).hash()) {
            let what = format!("{subject} is not what the validators certified");
            self.fault(LEDGER, Some(changed), None, what);
        }
        if tree != row.frontier || tree.count() != row.entry.count || changed != row.entry.changed {
            let what = format!("{subject} is not what its records make of it");
            self.fault(LEDGER, Some(changed), None, what);
        }
        Ok(())
    }
}
