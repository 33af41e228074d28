//! What certainly does not stand in a table: most of what is looked up does not, and need not be looked for on the disk.

use rusqlite::Connection;

/// Bits kept for each number when the sieve is made. With [`asked`] of them set for each, about one in fifty look-ups finds all set by
/// others (Bloom, Communications of the ACM 13(7), 1970, in the form of one word for each number).
const BITS: usize = 16;
/// A sieve is worn when there are twice as many numbers as it was made for: it lets about one in eight pass then.
const WORN: usize = 2;
/// The least it is made for.
const LEAST: usize = 65_536;

/// Words of 64 bits, a power of two many. Every number added sets three bits of one word.
#[derive(Debug)]
pub(super) struct Sieve {
    words: Vec<u64>,
    held: usize,
    most: usize,
}

impl Sieve {
    /// A sieve of what a query gives: one column, hashes cut to 64 bits.
    pub(super) fn of(file: &Connection, query: &str) -> rusqlite::Result<Self> {
        let count: i64 = file.query_row(&format!("SELECT count(*) FROM ({query})"), [], |row| row.get(0))?;
        let made_for = usize::try_from(count).unwrap_or(0).max(LEAST);
        let words = (made_for * BITS / 64).next_power_of_two();
        let mut sieve = Self {
            words: vec![0; words],
            held: 0,
            most: words * 64 / BITS * WORN,
        };
        sieve.add(file, query)?;
        Ok(sieve)
    }

    /// Adds what a query gives.
    pub(super) fn add(&mut self, file: &Connection, query: &str) -> rusqlite::Result<()> {
        let mut statement = file.prepare_cached(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let at = self.place(number);
            if let Some(word) = self.words.get_mut(at) {
                *word |= asked(number);
            }
            self.held += 1;
        }
        Ok(())
    }

    /// False: it was never added.
    pub(super) fn may_hold(&self, number: i64) -> bool {
        let asked = asked(number);
        self.words
            .get(self.place(number))
            .is_none_or(|word| word & asked == asked)
    }

    /// Whether so much was added that a new one would be better.
    pub(super) const fn is_worn(&self) -> bool {
        self.held > self.most
    }

    fn place(&self, number: i64) -> usize {
        usize::try_from(number.cast_unsigned() & u64::from(u32::MAX)).unwrap_or(0) & (self.words.len() - 1)
    }
}

/// Three bits out of the upper half, which does not say in which word they are.
const fn asked(number: i64) -> u64 {
    let upper = number.cast_unsigned() >> 32;
    1 << (upper & 63) | 1 << (upper >> 6 & 63) | 1 << (upper >> 12 & 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Hash;

    fn number(of: u64) -> i64 {
        crate::store::finding::prefix(&Hash::of(&of.to_le_bytes()))
    }

    #[test]
    fn all_that_was_added_passes_and_little_else() {
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch("CREATE TABLE one(prefix INTEGER); CREATE TABLE more(prefix INTEGER)")
            .unwrap();
        for at in 0..100_000_u64 {
            let table = if at < 70_000 { "one" } else { "more" };
            let insert = format!("INSERT INTO {table} VALUES(?1)");
            file.prepare_cached(&insert).unwrap().execute([number(at)]).unwrap();
        }
        let mut sieve = Sieve::of(&file, "SELECT prefix FROM one").unwrap();
        assert!((0..70_000).all(|at| sieve.may_hold(number(at))));
        sieve.add(&file, "SELECT prefix FROM more").unwrap();
        assert!((0..100_000).all(|at| sieve.may_hold(number(at))));
        let passed = (100_000..200_000).filter(|at| sieve.may_hold(number(*at))).count();
        assert!(
            (1..4_000).contains(&passed),
            "{passed} of 100,000 that were never added pass"
        );
        assert!(!sieve.is_worn());
        for _ in 0..10 {
            sieve.add(&file, "SELECT prefix FROM more").unwrap();
        }
        assert!(sieve.is_worn(), "{} of {}", sieve.held, sieve.most);
    }
}
