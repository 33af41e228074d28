//! How a light node's chain goes on: by headers that others certified, and by records that are proved to stand in their blocks.

use super::Chain;
use crate::error::NodeError;
use crate::execute::Overlay;
use crate::hashing::Hashed;
use crate::node::Head;
use crate::receipt::Outcome;
use crate::store::{Place, SubjectRow};
use ledger::{Hash, Record, Subject, ValidatorSet};

impl Chain {
    /// The newest header is this one, and these certify the next.
    pub fn stand_at(&mut self, head: Option<Head>, validators: ValidatorSet) -> Result<(), NodeError> {
        self.head = head;
        self.alliance.validators = validators;
        self.decided = self.decided_now()?;
        Ok(())
    }

    /// The number of a subject here, a new one if it has none.
    pub fn subject_number(&mut self, subject: &Subject) -> Result<u64, NodeError> {
        if let Some(row) = self.store.subject(subject)? {
            return Ok(row.number);
        }
        self.newest_subject += 1;
        Ok(self.newest_subject)
    }

    /// What was numbered and not kept has no number.
    pub fn forget_numbers(&mut self) -> Result<(), NodeError> {
        self.newest_subject = self.store.newest_subject_number()?;
        self.next_record = self.store.next_place()?;
        self.overlay = Overlay::new(self.newest_subject);
        Ok(())
    }

    /// Keeps a subject as it stands after `records`, the newest of its records; those are kept too, where they are not here yet. The
    /// caller's transaction. Gives what became of records of our own.
    pub fn place_records(
        &mut self,
        subject: &Subject,
        row: &SubjectRow,
        hashed: &Hashed,
        records: &[(Record, Place)],
    ) -> Result<Vec<(Hash, Outcome)>, NodeError> {
        let had = row
            .entry
            .count
            .saturating_sub(u64::try_from(records.len()).unwrap_or(0));
        let mut outcomes = Vec::with_capacity(records.len());
        for (at, (record, place)) in (had..).zip(records) {
            let id = record.id();
            let number = match self.store.record_number(&id)? {
                Some(number) => number,
                None => {
                    let number = self.next_record;
                    self.next_record += 1;
                    self.store.insert_records(number, std::slice::from_ref(record))?;
                    self.store.save_place(number, place)?;
                    number
                }
            };
            self.store.save_touches(number, &[vec![(row.number, at)]])?;
            let index = u32::try_from(place.index).unwrap_or(u32::MAX);
            let height = place.height;
            outcomes.push((id, Outcome::Confirmed { height, index }));
        }
        self.store.save_subject(subject, row, hashed)?;
        self.overlay.forget(subject);
        Ok(outcomes)
    }
}
