//! Runs the systems' rules over records in order, each on the state left by the ones before, and remembers what changed.

use crate::error::NodeError;
use crate::store::{Store, SubjectRow};
use ledger::history::Frontier;
use ledger::{Hash, Record, Subject, Time};
use lru::LruCache;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use systems::{At, Context, Entry, Payload, State, Violation};

/// Subjects kept in memory between blocks.
const REMEMBERED: NonZeroUsize = match NonZeroUsize::new(20_000) {
    Some(many) => many,
    None => NonZeroUsize::MIN,
};

/// A record whose form, signature and body were found good; whether it is allowed depends on where the ledger stands.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub record: Record,
    pub payload: Result<Payload, Violation>,
}

impl Candidate {
    /// Reads the body. The signature is checked elsewhere, many at a time.
    pub fn read(record: Record) -> Self {
        let payload = Payload::parse(record.kind(), record.body_json());
        Self { record, payload }
    }
}

/// The states of subjects: those remembered, and on top of them what the block being built has changed.
#[derive(Debug)]
pub struct Overlay {
    remembered: LruCache<Subject, SubjectRow>,
    changed: BTreeMap<Subject, SubjectRow>,
    newest_number: u64,
}

impl Overlay {
    /// Nothing remembered; `newest_number` is the greatest number a stored subject has.
    pub fn new(newest_number: u64) -> Self {
        Self {
            remembered: LruCache::new(REMEMBERED),
            changed: BTreeMap::new(),
            newest_number,
        }
    }

    /// The subject as it stands in the block being built.
    pub fn row(&mut self, store: &Store, subject: &Subject) -> Result<Option<SubjectRow>, NodeError> {
        if let Some(row) = self.changed.get(subject) {
            return Ok(Some(row.clone()));
        }
        if let Some(row) = self.remembered.get(subject) {
            return Ok(Some(row.clone()));
        }
        let row = store.subject(subject)?;
        if let Some(row) = &row {
            self.remembered.put(subject.clone(), row.clone());
        }
        Ok(row)
    }

    /// Takes a record into the block being built if the rules allow it. Gives for each written subject its number and the place the record has there.
    ///
    /// # Errors
    /// Outer: storage. Inner: the rule it breaks.
    pub fn take(
        &mut self,
        store: &Store,
        network: &Hash,
        at: &At,
        candidate: &Candidate,
    ) -> Result<Result<Vec<(u64, u64)>, Violation>, NodeError> {
        let record = &candidate.record;
        let payload = match &candidate.payload {
            Ok(payload) => payload,
            Err(violation) => return Ok(Err(violation.clone())),
        };
        if let Some(violation) = misplaced(record, network, at.time) {
            return Ok(Err(violation));
        }
        let mut rows = BTreeMap::new();
        let author = Subject::party(record.party());
        for subject in record.subjects().iter().chain(record.reads()).chain([&author]) {
            if let Some(row) = self.row(store, subject)? {
                rows.insert(subject.clone(), row);
            }
        }
        let entries: BTreeMap<Subject, Entry> = rows
            .iter()
            .map(|(subject, row)| (subject.clone(), row.entry.clone()))
            .collect();
        // Rules are total. Should one panic all the same, its record is left out and nothing of it stays.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            systems::check(
                record,
                payload,
                &Context {
                    height: at.height,
                    time: at.time,
                    entries: &entries,
                },
            )?;
            Ok(new_states(record, payload, &entries, at))
        }));
        match outcome {
            Ok(Ok(states)) => Ok(Ok(states
                .into_iter()
                .map(|new| self.write(record, at, &mut rows, new))
                .collect())),
            Ok(Err(violation)) => Ok(Err(violation)),
            Err(_) => Ok(Err(violation("node.rule-panicked", "kind", record.kind().as_str()))),
        }
    }

    fn write(
        &mut self,
        record: &Record,
        at: &At,
        rows: &mut BTreeMap<Subject, SubjectRow>,
        new: NewState,
    ) -> (u64, u64) {
        let NewState {
            subject,
            state,
            moves_turn,
        } = new;
        let mut row = rows.remove(&subject).unwrap_or_else(|| {
            self.newest_number += 1;
            let entry = Entry {
                state: Arc::clone(&state),
                count: 0,
                turn: 0,
                changed: 0,
            };
            SubjectRow {
                number: self.newest_number,
                entry,
                frontier: Frontier::default(),
            }
        });
        let place = row.entry.count;
        row.entry = Entry {
            state,
            count: place.saturating_add(1),
            turn: row.entry.turn.saturating_add(u64::from(moves_turn)),
            changed: at.height,
        };
        row.frontier.push(&record.id());
        let number = row.number;
        self.changed.insert(subject, row);
        (number, place)
    }

    /// What the block being built has changed, sorted by subject.
    pub const fn changed(&self) -> &BTreeMap<Subject, SubjectRow> {
        &self.changed
    }

    /// The block is saved: what it changed is what stands.
    pub fn settle(&mut self) {
        for (subject, row) in std::mem::take(&mut self.changed) {
            self.remembered.put(subject, row);
        }
    }

    /// The block is not saved: forget it.
    pub fn discard(&mut self, newest_number: u64) {
        self.changed.clear();
        self.newest_number = newest_number;
    }
}

struct NewState {
    subject: Subject,
    state: Arc<State>,
    moves_turn: bool,
}

fn new_states(record: &Record, payload: &Payload, entries: &BTreeMap<Subject, Entry>, at: &At) -> Vec<NewState> {
    record
        .subjects()
        .iter()
        .map(|subject| {
            let before = entries.get(subject).map(|entry| &*entry.state);
            let state = systems::apply(before, subject, record, payload, at);
            NewState {
                subject: subject.clone(),
                state: Arc::new(state),
                moves_turn: systems::moves_turn(payload, subject),
            }
        })
        .collect()
}

/// What keeps a record out of any block now, whatever it says.
fn misplaced(record: &Record, network: &Hash, now: Time) -> Option<Violation> {
    if record.network() != *network {
        return Some(violation(
            "node.wrong-network",
            "network",
            &record.network().to_string(),
        ));
    }
    if record.until() < now {
        return Some(violation("node.too-late", "until", &record.until().to_string()));
    }
    None
}

/// A refusal that no room states.
pub fn violation(rule: &'static str, field: &str, value: &str) -> Violation {
    Violation {
        rule,
        field: field.to_owned(),
        values: BTreeMap::from([("value".to_owned(), value.to_owned())]),
    }
}

/// The hash that goes into a header's `rules`.
pub fn rules_hash() -> Hash {
    ledger::canonical::to_bytes(&systems::rules_document()).map_or_else(|_| Hash::of(b""), |bytes| Hash::of(&bytes))
}
