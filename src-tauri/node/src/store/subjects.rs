//! Subjects: where each stands, and which records wrote it.

use super::{LEDGER, Store, signed, unsigned};
use crate::error::NodeError;
use crate::hashing::Hashed;
use ledger::history::Frontier;
use ledger::{Hash, IndexValue, Subject};
use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension, params};
use std::sync::Arc;
use systems::{Entry, State};

/// A subject as stored.
#[derive(Clone, Debug)]
pub struct SubjectRow {
    /// Its running number here; not part of any proof.
    pub number: u64,
    /// State, count, turn, changed.
    pub entry: Entry,
    /// The tree over its RecordIds, right edge only.
    pub frontier: Frontier,
}

impl SubjectRow {
    /// A subject that no record has written yet; `state` is what its founding record makes of it.
    #[must_use]
    pub fn founded(number: u64, state: Arc<State>) -> Self {
        Self {
            number,
            entry: Entry {
                state,
                count: 0,
                turn: 0,
                changed: 0,
            },
            frontier: Frontier::default(),
        }
    }

    /// The value under the subject in the index, given the hash of its canonical state.
    #[must_use]
    pub fn value(&self, state: Hash) -> IndexValue {
        IndexValue {
            changed: self.entry.changed,
            count: self.entry.count,
            records: self.frontier.root(),
            state,
            turn: self.entry.turn,
        }
    }
}

impl Store {
    /// The running number of the subject with an index key.
    fn number_of(&self, key: &Hash) -> Result<Option<u64>, NodeError> {
        self.keys.refresh(&self.connection)?;
        let mut key_of = self
            .connection
            .prepare_cached("SELECT key = ?2 FROM subjects WHERE number = ?1")?;
        for number in self.keys.numbers(&self.connection, key)? {
            let same = key_of.query_row(params![signed(number), key.as_bytes()], |row| row.get(0));
            if same.optional()?.unwrap_or(false) {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    pub(crate) fn subject(&self, subject: &Subject) -> Result<Option<SubjectRow>, NodeError> {
        let Some(number) = self.number_of(&subject.index_key())? else {
            return Ok(None);
        };
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, count, turn, changed, frontier, state FROM subjects WHERE number = ?1")?;
        let mut rows = statement.query([signed(number)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let damaged = |what: &str| NodeError::damaged(LEDGER, format!("{what} of subject {subject}"));
        let frontier: Vec<u8> = row.get(4)?;
        let state = row.get_ref(5)?.as_blob().map_err(|_| damaged("state"))?;
        Ok(Some(SubjectRow {
            number: unsigned(row.get(0)?),
            entry: Entry {
                state: Arc::new(State::parse(state).map_err(|_| damaged("state"))?),
                count: unsigned(row.get(1)?),
                turn: unsigned(row.get(2)?),
                changed: unsigned(row.get(3)?),
            },
            frontier: Frontier::from_bytes(&frontier).ok_or_else(|| damaged("frontier"))?,
        }))
    }

    /// A column of the row of the subject with an index key.
    fn column<T: FromSql>(&self, column: &'static str, key: &Hash) -> Result<Option<T>, NodeError> {
        let Some(number) = self.number_of(key)? else {
            return Ok(None);
        };
        let sql = format!("SELECT {column} FROM subjects WHERE number = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([signed(number)], |row| row.get(0)).optional()?)
    }

    /// The height at which the subject with an index key last changed.
    pub(crate) fn changed_at(&self, key: &Hash) -> Result<Option<u64>, NodeError> {
        Ok(self.column::<i64>("changed", key)?.map(unsigned))
    }

    pub(crate) fn newest_subject_number(&self) -> Result<u64, NodeError> {
        let number: i64 = self
            .connection
            .query_row("SELECT coalesce(max(number), 0) FROM subjects", [], |row| row.get(0))?;
        Ok(unsigned(number))
    }

    pub(crate) fn save_subject(&self, subject: &Subject, row: &SubjectRow, hashed: &Hashed) -> Result<(), NodeError> {
        let entry = &row.entry;
        let (count, turn, changed) = (signed(entry.count), signed(entry.turn), signed(entry.changed));
        let frontier = row.frontier.to_bytes();
        let updated = self
            .connection
            .prepare_cached(
                "UPDATE subjects SET count = ?2, turn = ?3, changed = ?4, frontier = ?5, state = ?6 WHERE number = ?1",
            )?
            .execute(params![
                signed(row.number),
                count,
                turn,
                changed,
                frontier,
                hashed.state
            ])?;
        if updated > 0 {
            return Ok(());
        }
        self.connection
            .prepare_cached("INSERT INTO subjects VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                signed(row.number),
                hashed.key.as_bytes(),
                subject.as_str(),
                count,
                turn,
                changed,
                frontier,
                hashed.state
            ])?;
        self.keys.add(&self.connection, &hashed.key, row.number)?;
        Ok(self.keys.sort_in(&self.connection, row.number + 1)?)
    }

    /// For each record from running number `first` on the subjects it wrote: number, and the place (from 0) the record has there.
    pub(crate) fn save_touches(&self, first: u64, touches: &[Vec<(u64, u64)>]) -> Result<(), NodeError> {
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO touches VALUES(?1, ?2, ?3)")?;
        let mut sorted: Vec<(u64, u64, u64)> = (first..)
            .zip(touches)
            .flat_map(|(record, touched)| touched.iter().map(move |(subject, place)| (*subject, *place, record)))
            .collect();
        sorted.sort_unstable(); // neighbours share pages
        for (subject, place, record) in sorted {
            insert.execute(params![signed(subject), signed(place), signed(record)])?;
        }
        Ok(())
    }

    /// Running numbers of a subject's records, oldest first.
    pub(crate) fn touches(&self, subject: u64, from: u64, limit: u32) -> Result<Vec<u64>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record FROM touches WHERE subject = ?1 AND place >= ?2 ORDER BY place LIMIT ?3")?;
        let rows = statement.query_map(params![signed(subject), signed(from), limit], |row| {
            row.get::<_, i64>(0)
        })?;
        rows.map(|row| Ok(unsigned(row?))).collect()
    }

    /// All running numbers of a subject's records in the order of their places, which must be 0, 1, 2 …; else nothing.
    pub(crate) fn listed(&self, subject: u64) -> Result<Vec<u64>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT place, record FROM touches WHERE subject = ?1 ORDER BY place")?;
        let rows = statement.query_map([signed(subject)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let in_order = (0..).zip(&rows).all(|(place, (found, _))| place == *found);
        Ok(if in_order {
            rows.into_iter().map(|(_, record)| unsigned(record)).collect()
        } else {
            Vec::new()
        })
    }

    /// The name that stands beside a subject's key.
    pub(crate) fn subject_name(&self, subject: &Subject) -> Result<Option<String>, NodeError> {
        self.column("name", &subject.index_key())
    }

    /// Canonical bytes of a subject's state, as stored.
    pub(crate) fn state_bytes(&self, subject: &Subject) -> Result<Option<Vec<u8>>, NodeError> {
        self.column("state", &subject.index_key())
    }
}
