//! The records of a block, and which of them is damaged.

use super::{Check, Fault, MOST_FAULTS};
use crate::error::NodeError;
use crate::store::{BlockRow, LEDGER, unsigned};
use ledger::{Hash, Header, Record, merkle};
use rusqlite::{Connection, params};

/// A piece of records as it stands in the file: the running number of its first, and its lines.
pub type Piece = (u64, Vec<u8>);

/// The pieces in which so many records from a running number on stand, in order.
pub fn pieces(file: &Connection, first: u64, count: u64) -> rusqlite::Result<Vec<Piece>> {
    let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut statement = file.prepare_cached(
        "SELECT first, body FROM bodies WHERE first >= (SELECT max(first) FROM bodies WHERE first <= ?1) AND first < ?2 ORDER BY first",
    )?;
    let rows = statement.query_map(params![bound(first), bound(first.saturating_add(count))], |row| {
        Ok((unsigned(row.get(0)?), row.get(1)?))
    })?;
    rows.collect()
}

impl Check {
    /// Leaves, signatures, ids, and what they write of subjects.
    pub(super) fn records(&mut self, row: &BlockRow, header: &Header) {
        let height = Some(row.height);
        let records = match self.store.block_records(row) {
            Ok(records) => records,
            Err(error) => {
                if !self.unreadable(row) {
                    self.fault(LEDGER, height, None, error.to_string());
                }
                return;
            }
        };
        let leaves: Vec<Hash> = records.iter().map(Record::leaf).collect();
        if u64::try_from(records.len()) != Ok(row.count) || merkle::root(&leaves) != header.records_root {
            self.fault(LEDGER, height, None, "its records are not those the header commits");
        }
        let good: Vec<bool> = records
            .chunks(256)
            .flat_map(|some| ledger::record::verify_batch(some, &mut self.random))
            .collect();
        for ((place, record), good) in (0..).zip(&records).zip(good) {
            if !good {
                self.at(row, place, Some(record.id()), "its signature does not verify");
            }
        }
        for ((place, number), record) in (0..).zip(row.first..).zip(&records) {
            if !self.store.is_found(&record.id(), number).unwrap_or(false) {
                self.at(row, place, Some(record.id()), "it is not found by its id");
            }
            for subject in record.subjects() {
                let known = self.subjects.entry(subject.clone()).or_default();
                known.tree.push(&record.id());
                known.changed = row.height;
                known.records.push(number);
            }
        }
    }

    /// Records after the newest block: there are none but those of a block that was voted for. Where one of those is damaged they are
    /// fetched from others if the block is decided.
    pub(super) fn ahead(&mut self) -> Result<(), NodeError> {
        let mut lines = Vec::new();
        // The node may be running: what is compared must be of one moment.
        self.store.begin()?;
        let next = self
            .store
            .newest_block(false)?
            .map_or(0, |block| block.first + block.count);
        let ahead = self.store.ahead()?;
        self.store
            .lines(next, u64::MAX, |number, line| lines.push((number, Record::parse(line))))?;
        self.store.roll_back()?;
        if ahead.is_none() && !lines.is_empty() {
            self.fault(LEDGER, None, None, "records stand after the newest block");
        }
        for (number, record) in lines {
            if record.is_err() || record.is_ok_and(|record| record.verify_signature().is_err()) {
                let place = number - next;
                self.fault(
                    LEDGER,
                    None,
                    None,
                    format!("record {place} of the block that was voted for last is damaged"),
                );
            }
        }
        Ok(())
    }

    fn at(&mut self, row: &BlockRow, place: u32, record: Option<Hash>, what: &str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault {
                file: LEDGER,
                height: Some(row.height),
                record,
                place: Some(place),
                what: format!("record {place} of the block: {what}"),
            });
        }
    }

    /// Names those of a block's records whose bytes are none. False: none was found that is to blame.
    fn unreadable(&mut self, row: &BlockRow) -> bool {
        let Ok(pieces) = pieces(&self.store.connection, row.first, row.count) else {
            return false;
        };
        let before = self.faults.len();
        for (first, piece) in pieces {
            for (number, line) in (first..).zip(piece.split(|byte| *byte == b'\n')) {
                let Some(place) = number.checked_sub(row.first).filter(|place| *place < row.count) else {
                    continue;
                };
                if let Err(error) = Record::parse(line) {
                    let begins = self.prefix(number).unwrap_or_else(|| "is not known".to_owned());
                    let place = u32::try_from(place).unwrap_or(u32::MAX);
                    self.at(
                        row,
                        place,
                        None,
                        &format!("it cannot be read: {error}; its id {begins}"),
                    );
                }
            }
        }
        self.faults.len() > before
    }

    /// How the id begins under which a record is looked for.
    fn prefix(&self, number: u64) -> Option<String> {
        let found = self.store.id_begins(number).ok()?;
        found.map(|prefix| format!("begins with {prefix:016x}"))
    }
}
