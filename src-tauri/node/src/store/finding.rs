//! Where to look for what is named by a hash.
//!
//! Hashes come in no order: a block of a thousand records touches nearly every page of a table sorted by them, and each touched page is
//! written twice. So the newest numbers are written in the order in which they come, looked for in memory, and sorted into the table in
//! which all others stand when there are many of them.

use super::sieve::Sieve;
use super::{signed, unsigned};
use ledger::Hash;
use rusqlite::{Connection, params};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};

/// Newest numbers are sorted in when there are so many: they take about 4 MiB of memory then, for each connection that looks.
const MANY: u64 = 131_072;
/// After so many look-ups in the sorted table, it pays to read all of it once and to remember what does not stand there.
const BUSY: u32 = 16_384;

/// What stands for a hash in the tables: its first eight bytes. Whoever finds a number by it asks what stands under the number.
pub(super) fn prefix(hash: &Hash) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A table sorted by prefix, one of the newest sorted by number, and the newest in memory.
#[derive(Debug)]
pub(super) struct Finding {
    look: String,
    newest: String,
    first: String,
    add: String,
    named: String,
    sort_in: String,
    sorted: String,
    recent: String,
    many: u64,
    busy: u32,
    known: RefCell<Known>,
    /// What the sorted table certainly does not hold; only where nobody else writes it, and many were looked up.
    sieve: RefCell<Option<Sieve>>,
    looked: Cell<u32>,
    /// Whether something was written since the last commit: if it is rolled back, what is in memory may be of it.
    written: Cell<bool>,
    /// Whether nobody else writes the file.
    alone: bool,
    /// Whether what is in memory is what stands in the file; known only where nobody else writes it.
    level: Cell<bool>,
}

/// What is in memory of the newest: those with numbers in `[first, next)`.
#[derive(Debug, Default)]
struct Known {
    first: i64,
    next: i64,
    /// Prefixes come in no order of their own, so a map by hash finds them fastest.
    numbers: HashMap<i64, i64, lru::DefaultHasher>,
    /// Those whose prefix another has too.
    alike: BTreeSet<(i64, i64)>,
}

impl Known {
    fn add(&mut self, prefix: i64, number: i64) {
        if *self.numbers.entry(prefix).or_insert(number) != number {
            self.alike.insert((prefix, number));
        }
        self.next = number.saturating_add(1);
    }

    fn numbers(&self, prefix: i64) -> impl Iterator<Item = u64> {
        let first = self.numbers.get(&prefix);
        let others = self.alike.range((prefix, i64::MIN)..=(prefix, i64::MAX));
        // Only who found one asks for the others.
        let others = first.map(|_| others.map(|(_, number)| number)).into_iter().flatten();
        first.into_iter().chain(others).map(|number| unsigned(*number))
    }
}

impl Finding {
    /// `alone`: nobody but this connection writes these tables.
    pub(super) fn new(sorted: &str, recent: &str, alone: bool) -> Self {
        Self {
            look: format!("SELECT number FROM {sorted} WHERE prefix = ?1"),
            newest: format!("SELECT number, prefix FROM {recent} WHERE number >= ?1 ORDER BY number"),
            first: format!("SELECT min(number) FROM {recent}"),
            add: format!("INSERT INTO {recent} VALUES(?1, ?2)"),
            named: format!(
                "SELECT prefix FROM {recent} WHERE number = ?1 UNION ALL SELECT prefix FROM {sorted} WHERE number = ?1 LIMIT 1"
            ),
            sort_in: format!(
                "INSERT INTO {sorted} SELECT prefix, number FROM {recent} ORDER BY prefix, number; DELETE FROM {recent}"
            ),
            sorted: format!("SELECT prefix FROM {sorted}"),
            recent: format!("SELECT prefix FROM {recent}"),
            many: MANY,
            busy: BUSY,
            known: RefCell::default(),
            sieve: RefCell::new(None),
            looked: Cell::new(0),
            written: Cell::new(false),
            alone,
            level: Cell::new(false),
        }
    }

    /// Adds what has a number greater than all of the transactions before; in the caller's transaction.
    pub(super) fn add(&self, file: &Connection, hash: &Hash, number: u64) -> rusqlite::Result<()> {
        self.written.set(true);
        self.level.set(false);
        if signed(number) < self.known.borrow().next {
            self.forget();
        }
        file.prepare_cached(&self.add)?
            .execute(params![signed(number), prefix(hash)])?;
        Ok(())
    }

    /// Sorts the newest in if they are many, `next` being the next number; in the caller's transaction.
    pub(super) fn sort_in(&self, file: &Connection, next: u64) -> rusqlite::Result<()> {
        let first: Option<i64> = file.prepare_cached(&self.first)?.query_row([], |row| row.get(0))?;
        if first.is_some_and(|first| next.saturating_sub(unsigned(first)) >= self.many) {
            self.written.set(true);
            if let Some(sieve) = self.sieve.borrow_mut().as_mut() {
                sieve.add(file, &self.recent)?;
            }
            file.execute_batch(&self.sort_in)?;
            self.forget();
        }
        Ok(())
    }

    /// Brings what is in memory up to what stands in the file as this transaction sees it.
    pub(super) fn refresh(&self, file: &Connection) -> rusqlite::Result<()> {
        if self.level.get() {
            return Ok(());
        }
        self.catch_up(file)?;
        self.level.set(self.alone);
        Ok(())
    }

    fn catch_up(&self, file: &Connection) -> rusqlite::Result<()> {
        let first: Option<i64> = file.prepare_cached(&self.first)?.query_row([], |row| row.get(0))?;
        let mut known = self.known.borrow_mut();
        let Some(first) = first else {
            *known = Known::default();
            return Ok(());
        };
        if known.first != first {
            *known = Known {
                first,
                next: first,
                ..Known::default()
            };
        }
        let mut statement = file.prepare_cached(&self.newest)?;
        let mut rows = statement.query([known.next])?;
        while let Some(row) = rows.next()? {
            known.add(row.get(1)?, row.get(0)?);
        }
        Ok(())
    }

    /// The numbers of what may have a hash, the oldest first; [`Finding::refresh`] comes before.
    pub(super) fn numbers(&self, file: &Connection, hash: &Hash) -> rusqlite::Result<Vec<u64>> {
        let prefix = prefix(hash);
        let mut numbers = Vec::new();
        if self.may_be_sorted(file, prefix)? {
            let mut statement = file.prepare_cached(&self.look)?;
            let found = statement.query_map([prefix], |row| Ok(unsigned(row.get(0)?)))?;
            numbers = found.collect::<rusqlite::Result<Vec<u64>>>()?;
        }
        numbers.extend(self.known.borrow().numbers(prefix));
        Ok(numbers)
    }

    fn may_be_sorted(&self, file: &Connection, prefix: i64) -> rusqlite::Result<bool> {
        let mut sieve = self.sieve.borrow_mut();
        if self.alone && sieve.as_ref().is_none_or(Sieve::is_worn) {
            self.looked.set(self.looked.get().saturating_add(1));
            if self.looked.get() >= self.busy {
                self.looked.set(0);
                *sieve = Some(Sieve::of(file, &self.sorted)?);
            }
        }
        Ok(sieve.as_ref().is_none_or(|sieve| sieve.may_hold(prefix)))
    }

    /// The prefix under which a number is looked for, if there is one.
    pub(super) fn prefix_of(&self, file: &Connection, number: u64) -> rusqlite::Result<Option<i64>> {
        let mut statement = file.prepare_cached(&self.named)?;
        let mut rows = statement.query([signed(number)])?;
        rows.next()?.map(|row| row.get(0)).transpose()
    }

    /// What was written stands.
    pub(super) fn committed(&self) {
        self.written.set(false);
    }

    /// What was written does not stand.
    pub(super) fn rolled_back(&self) {
        if self.written.replace(false) {
            self.forget();
        }
    }

    fn forget(&self) {
        self.level.set(false);
        *self.known.borrow_mut() = Known::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{LEDGER, LEDGER_MIGRATIONS, Store};
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("sealroad-finding-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// A hash like no other, but for some that begin alike.
    fn hash(number: u64) -> Hash {
        let mut bytes = Hash::of(&number.to_be_bytes()).0;
        if number.is_multiple_of(5) {
            bytes[..8].copy_from_slice(&Hash::of(b"alike").0[..8]);
        }
        Hash(bytes)
    }

    fn finding(alone: bool) -> Finding {
        Finding {
            many: 64,
            busy: 50,
            ..Finding::new("records", "recent_records", alone)
        }
    }

    fn found(finding: &Finding, file: &Connection, number: u64) -> bool {
        finding.refresh(file).unwrap();
        finding.numbers(file, &hash(number)).unwrap().contains(&number)
    }

    #[test]
    fn whatever_is_rolled_back_or_sorted_in_every_connection_finds_what_stands() {
        let folder = Folder::new("model");
        let store = Store::open(&folder.0).unwrap();
        let (writer, reader) = (finding(true), finding(false));
        let other = Store::reader(&folder.0).unwrap().connection;
        let file = &store.connection;
        let (mut stands, mut next) = (BTreeMap::new(), 0);
        for step in 0_u64..200 {
            let seed = Hash::of(&step.to_le_bytes()).0;
            let fresh: Vec<u64> = (next..).take(usize::from(seed[0] % 20)).collect();
            store.begin().unwrap();
            // Some come in another order than that of their numbers, as subjects of a block do.
            let order: Vec<u64> = if seed[1].is_multiple_of(2) {
                fresh.iter().rev().copied().collect()
            } else {
                fresh.clone()
            };
            for number in order {
                writer.add(file, &hash(number), number).unwrap();
                // Somebody may look before all of a block are added.
                assert!(seed[5].is_multiple_of(2) || found(&writer, file, number));
            }
            writer.sort_in(file, next + fresh.len() as u64).unwrap();
            if seed[2].is_multiple_of(2) {
                assert!(fresh.iter().all(|number| found(&writer, file, *number)));
            }
            if seed[3].is_multiple_of(3) {
                store.roll_back().unwrap();
                writer.rolled_back();
                assert!(!fresh.iter().any(|number| found(&writer, file, *number)));
            } else {
                store.commit().unwrap();
                writer.committed();
                next += fresh.len() as u64;
                stands.extend(fresh.into_iter().map(|number| (number, ())));
            }
            for one in [&writer, &reader] {
                let held = one.known.borrow().numbers.len() + one.known.borrow().alike.len();
                assert!(held < 64 + 20, "{held} are held in memory after step {step}");
            }
            if seed[4].is_multiple_of(4) {
                for number in 0..next + 3 {
                    let expected = stands.contains_key(&number);
                    assert_eq!(found(&writer, file, number), expected, "{number} after step {step}");
                    assert_eq!(
                        found(&reader, &other, number),
                        expected,
                        "{number} after step {step}, by a reader"
                    );
                    let begins = writer.prefix_of(file, number).unwrap();
                    assert_eq!(begins, expected.then(|| prefix(&hash(number))));
                }
            }
        }
        let sorted: i64 = file
            .query_row("SELECT count(*) FROM records", [], |row| row.get(0))
            .unwrap();
        assert!(sorted > 64 && next > 600, "{sorted} of {next} were sorted in");
    }

    #[test]
    fn subjects_of_an_older_ledger_are_found_after_it_is_brought_forward() {
        let folder = Folder::new("older");
        let subjects: Vec<ledger::Subject> = (0..40).map(|at| format!("container:{at}").parse().unwrap()).collect();
        let file = Connection::open(folder.0.join(LEDGER)).unwrap();
        for (step, sql) in (1_i64..).zip(&LEDGER_MIGRATIONS[..4]) {
            file.execute_batch(sql).unwrap();
            file.pragma_update(None, "user_version", step).unwrap();
        }
        for (number, subject) in (1_i64..).zip(&subjects) {
            let key = subject.index_key();
            let row = params![number, key.as_bytes(), subject.as_str(), number];
            file.execute("INSERT INTO subjects VALUES(?1, ?2, ?3, 0, 0, ?4, x'', x'')", row)
                .unwrap();
        }
        drop(file);
        let store = Store::open(&folder.0).unwrap();
        for (number, subject) in (1..).zip(&subjects) {
            assert_eq!(
                store.changed_at(&subject.index_key()).unwrap(),
                Some(number),
                "{subject}"
            );
            assert_eq!(store.subject_name(subject).unwrap().as_deref(), Some(subject.as_str()));
        }
        let unknown: ledger::Subject = "container:none".parse().unwrap();
        assert_eq!(store.changed_at(&unknown.index_key()).unwrap(), None);
    }
}
