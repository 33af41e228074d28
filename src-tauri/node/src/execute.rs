//! Runs the systems' rules over records in order, each on the state left by the ones before, and remembers what changed.

use crate::error::NodeError;
use crate::store::{Store, SubjectRow};
use ledger::history::Frontier;
use ledger::{Hash, Record, Subject, Time};
use lru::LruCache;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use systems::{At, Context, Entry, Payload, Spoken, State, Violation};

/// Subjects kept in memory between blocks.
const REMEMBERED: NonZeroUsize = match NonZeroUsize::new(8_192) {
    Some(many) => many,
    None => NonZeroUsize::MIN,
};

/// Subjects that evidence lends, at most.
const LENT: usize = 65_536;

/// A record whose form, signature and body were found good; whether it is allowed depends on where the ledger stands.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The record.
    pub record: Record,
    /// Its body, or why it has no good form.
    pub spoken: Result<Spoken, Violation>,
}

impl Candidate {
    /// Reads the body. The signature is checked elsewhere, many at a time.
    pub fn read(record: Record) -> Self {
        // Rules are total. Should one panic all the same, its record is left out and nothing of it stays.
        let spoken = catch_unwind(|| Spoken::read(&record)).unwrap_or_else(|_| Err(panicked(&record)));
        Self { record, spoken }
    }
}

/// The states of subjects: those remembered, and on top of them what the block being built has changed.
#[derive(Debug)]
pub struct Overlay {
    remembered: LruCache<Subject, SubjectRow>,
    /// Subjects that do not exist on the ledger. Each record asks for three that say where its author stands; in a ledger of one firm
    /// two of them never do.
    absent: LruCache<Subject, ()>,
    /// Subjects that evidence proved and the ledger here does not hold, or not as far: enough to judge what is not decided here.
    lent: BTreeMap<Subject, SubjectRow>,
    changed: HashMap<Subject, Changed, lru::DefaultHasher>,
    newest_number: u64,
}

/// A subject that the block being built has changed.
#[derive(Clone, Debug)]
pub struct Changed {
    pub row: SubjectRow,
    /// The newest record that wrote it.
    pub last: Record,
}

impl Overlay {
    /// Nothing remembered; `newest_number` is the greatest number a stored subject has.
    pub fn new(newest_number: u64) -> Self {
        Self {
            remembered: LruCache::new(REMEMBERED),
            absent: LruCache::new(REMEMBERED),
            lent: BTreeMap::new(),
            changed: HashMap::default(),
            newest_number,
        }
    }

    /// The subject as it stands on the ledger.
    fn settled(&mut self, store: &Store, subject: &Subject) -> Result<Option<&SubjectRow>, NodeError> {
        if !self.remembered.contains(subject) {
            let here = store.subject(subject)?;
            let known = here.as_ref().map_or(0, |row| row.entry.count);
            let lent = self.lent.get(subject).filter(|row| row.entry.count > known).cloned();
            let Some(row) = lent.or(here) else {
                return Ok(None);
            };
            self.remembered.put(subject.clone(), row);
        }
        Ok(self.remembered.get(subject))
    }

    /// A subject as evidence proved it; what is older than was proved before is not heard of. Not for who builds blocks.
    pub fn lend(&mut self, subject: Subject, entry: Entry) {
        let before = self.lent.get(&subject);
        if before.is_some_and(|before| before.entry.count > entry.count) {
            return;
        }
        self.forget(&subject);
        if self.lent.len() >= LENT {
            // What is still needed is lent again when it is asked for again.
            std::mem::take(&mut self.lent).keys().for_each(|lent| self.forget(lent));
        }
        let row = SubjectRow {
            number: 0,
            entry,
            frontier: Frontier::default(),
        };
        self.lent.insert(subject, row);
    }

    /// The subject as it stands in the block being built.
    pub fn entry(&mut self, store: &Store, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        if let Some(changed) = self.changed.get(subject) {
            return Ok(Some(changed.row.entry.clone()));
        }
        Ok(self.settled(store, subject)?.map(|row| row.entry.clone()))
    }

    /// Takes a record into the block being built if the rules allow it. Gives for each written subject its number and the place the record has there.
    ///
    /// # Errors
    /// Outer: storage. Inner: the rule it breaks.
    pub fn take(
        &mut self,
        store: &Store,
        network: &Hash,
        at: &At<'_>,
        candidate: &Candidate,
    ) -> Result<Result<Vec<(u64, u64)>, Violation>, NodeError> {
        let record = &candidate.record;
        let spoken = match &candidate.spoken {
            Ok(spoken) => spoken,
            Err(violation) => return Ok(Err(violation.clone())),
        };
        if let Some(violation) = misplaced(record, network, at.time) {
            return Ok(Err(violation));
        }
        let mut entries = BTreeMap::new();
        for subject in record.subjects().iter().chain(record.reads()) {
            if let Some(entry) = self.entry(store, subject)? {
                entries.insert(subject.clone(), entry);
            }
        }
        for subject in spoken.standing() {
            let known_absent = !self.changed.contains_key(subject) && self.absent.get(subject).is_some();
            if known_absent || entries.contains_key(subject) {
                continue;
            }
            match self.entry(store, subject)? {
                Some(entry) => drop(entries.insert(subject.clone(), entry)),
                None => drop(self.absent.put(subject.clone(), ())),
            }
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            systems::check(
                record,
                spoken,
                &Context {
                    height: at.height,
                    time: at.time,
                    alliance: at.alliance,
                    entries: &entries,
                },
            )?;
            Ok(new_states(record, spoken.payload(), &entries, at))
        }));
        match outcome {
            Ok(Ok(states)) => states
                .into_iter()
                .map(|new| self.write(store, record, at, new))
                .collect::<Result<_, _>>()
                .map(Ok),
            Ok(Err(violation)) => Ok(Err(violation)),
            Err(_) => Ok(Err(panicked(record))),
        }
    }

    fn write(&mut self, store: &Store, record: &Record, at: &At<'_>, new: NewState) -> Result<(u64, u64), NodeError> {
        if !self.changed.contains_key(&new.subject) {
            let settled = match new.founds {
                true => None,
                false => self.settled(store, &new.subject)?.cloned(),
            };
            let row = settled.unwrap_or_else(|| {
                self.newest_number += 1;
                SubjectRow::founded(self.newest_number, Arc::clone(&new.state))
            });
            let last = record.clone();
            self.changed.insert(new.subject.clone(), Changed { row, last });
        }
        let Some(Changed { row, last }) = self.changed.get_mut(&new.subject) else {
            return Ok((0, 0)); // it has just been put there
        };
        let place = row.entry.count;
        row.entry = Entry {
            state: new.state,
            count: place.saturating_add(1),
            turn: row.entry.turn.saturating_add(u64::from(new.moves_turn)),
            changed: at.height,
        };
        row.frontier.push(&record.id());
        *last = record.clone();
        Ok((row.number, place))
    }

    /// The entry of a subject as it stands on the ledger.
    pub fn settled_entry(&mut self, store: &Store, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        Ok(self.settled(store, subject)?.map(|row| row.entry.clone()))
    }

    /// What the block being built has changed, sorted by subject; here it is forgotten.
    pub fn take_changed(&mut self) -> Vec<(Subject, Changed)> {
        let mut changed: Vec<_> = std::mem::take(&mut self.changed).into_iter().collect();
        changed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        changed
    }

    /// A block is saved: what it changed is what stands, and is told.
    pub fn settle(&mut self, changed: Vec<(Subject, Changed)>, newest_number: u64) -> Vec<Touched> {
        self.newest_number = newest_number;
        changed
            .into_iter()
            .map(|(subject, Changed { row, last })| {
                let touched = Touched {
                    subject: subject.clone(),
                    entry: row.entry.clone(),
                    last,
                };
                self.absent.pop(&subject);
                self.remembered.put(subject, row);
                touched
            })
            .collect()
    }

    /// A subject was written past us: it is read again.
    pub fn forget(&mut self, subject: &Subject) {
        self.remembered.pop(subject);
        self.absent.pop(subject);
    }

    /// The block is not saved, or not yet: forget it.
    pub fn discard(&mut self, newest_number: u64) {
        self.changed.clear();
        self.newest_number = newest_number;
    }
}

/// What a block changed. Who keeps tables takes it from here instead of reading the block again.
#[derive(Debug)]
pub struct Fresh {
    pub height: u64,
    pub time: Time,
    /// Sorted by subject.
    pub touched: Vec<Touched>,
    /// Records that put marks on packages.
    pub marking: Vec<Record>,
}

/// A subject that a block has changed, as it stands after it.
#[derive(Clone, Debug)]
pub struct Touched {
    pub subject: Subject,
    pub entry: Entry,
    /// The newest record that wrote it.
    pub last: Record,
}

/// Of a block's records those that put marks on packages.
pub fn marking(records: &[Record]) -> Vec<Record> {
    let marking = records.iter().filter(|record| systems::view::is_marking(record));
    marking.cloned().collect()
}

struct NewState {
    subject: Subject,
    state: Arc<State>,
    founds: bool,
    moves_turn: bool,
}

fn new_states(record: &Record, payload: &Payload, entries: &BTreeMap<Subject, Entry>, at: &At<'_>) -> Vec<NewState> {
    record
        .subjects()
        .iter()
        .map(|subject| {
            let before = entries.get(subject).map(|entry| &*entry.state);
            let state = systems::apply(before, subject, record, payload, at);
            NewState {
                subject: subject.clone(),
                state: Arc::new(state),
                founds: before.is_none(),
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

fn panicked(record: &Record) -> Violation {
    violation("node.rule-panicked", "kind", record.kind().as_str())
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
