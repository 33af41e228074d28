//! Records that wait for a block: bounded in all and for each party, so that nobody can fill it alone, and given out fairly.

use ledger::{Hash, Party};
use std::collections::{BTreeMap, BTreeSet};

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Bytes of records in all.
    pub bytes: usize,
    /// Bytes of records of one party.
    pub party_bytes: usize,
}

impl Default for PoolLimits {
    /// 64 MiB hold six seconds of ten thousand records of 1 KB; one party has a quarter of it at most.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            party_bytes: 16 << 20,
        }
    }
}

/// Why a record cannot wait here now. It says nothing about the record: it may be submitted again, or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too much waits in all.
    #[error("too many records wait for a block")]
    Full,
    /// Too much of this party waits.
    #[error("too many records of this party wait for a block")]
    PartyFull,
}

#[derive(Debug)]
struct Waiting<T> {
    party: Party,
    bytes: usize,
    item: T,
}

#[derive(Debug, Default)]
struct Share {
    bytes: usize,
    /// Places in the order of arrival.
    places: BTreeSet<u64>,
}

/// The pool, in the order of arrival.
#[derive(Debug)]
pub struct Pool<T> {
    limits: PoolLimits,
    waiting: BTreeMap<u64, Waiting<T>>,
    places: BTreeMap<Hash, u64>,
    parties: BTreeMap<Party, Share>,
    bytes: usize,
    next: u64,
}

impl<T> Pool<T> {
    /// An empty pool.
    #[must_use]
    pub const fn new(limits: PoolLimits) -> Self {
        Self {
            limits,
            waiting: BTreeMap::new(),
            places: BTreeMap::new(),
            parties: BTreeMap::new(),
            bytes: 0,
            next: 0,
        }
    }

    /// Lets a record of so many bytes wait. Gives false when it waits already: to submit twice is no mistake.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn add(&mut self, id: Hash, party: Party, bytes: usize, item: T) -> Result<bool, Refusal> {
        if self.places.contains_key(&id) {
            return Ok(false);
        }
        if self.bytes + bytes > self.limits.bytes {
            return Err(Refusal::Full);
        }
        let share = self.parties.entry(party).or_default();
        if share.bytes + bytes > self.limits.party_bytes {
            if share.places.is_empty() {
                self.parties.remove(&party);
            }
            return Err(Refusal::PartyFull);
        }
        let place = self.next;
        self.next += 1;
        share.bytes += bytes;
        share.places.insert(place);
        self.bytes += bytes;
        self.places.insert(id, place);
        self.waiting.insert(place, Waiting { party, bytes, item });
        Ok(true)
    }

    /// What goes into the next block, in the order of arrival: at most so many records and bytes. Every party that has something
    /// waiting gets an equal share of both first, and one record in any case; what is left over goes to whoever came first.
    #[must_use]
    pub fn take(&self, records: usize, bytes: usize) -> Vec<&T> {
        let parties = self.parties.len().max(1);
        let (most, room) = ((records / parties).max(1), bytes / parties);
        let fair = self.parties.values().flat_map(|party| {
            let (mut count, mut size) = (0, 0);
            party.places.iter().take_while(move |place| {
                count += 1;
                size += self.waiting.get(place).map_or(0, |one| one.bytes);
                count == 1 || count <= most && size <= room
            })
        });
        let mut chosen = BTreeSet::new();
        let mut size = 0;
        for place in fair.chain(self.waiting.keys()) {
            if chosen.len() >= records {
                break;
            }
            let Some(one) = self.waiting.get(place) else { continue };
            if size + one.bytes > bytes || !chosen.insert(*place) {
                continue;
            }
            size += one.bytes;
        }
        let waiting = chosen.iter().filter_map(|place| self.waiting.get(place));
        waiting.map(|one| &one.item).collect()
    }

    /// A record that waits.
    #[must_use]
    pub fn get(&self, id: &Hash) -> Option<&T> {
        self.places
            .get(id)
            .and_then(|place| self.waiting.get(place))
            .map(|one| &one.item)
    }

    /// As [`Pool::get`], to be changed.
    pub fn get_mut(&mut self, id: &Hash) -> Option<&mut T> {
        let waiting = self.waiting.get_mut(self.places.get(id)?)?;
        Some(&mut waiting.item)
    }

    /// A record no longer waits: it stands in a block, or never will.
    pub fn remove(&mut self, id: &Hash) -> Option<T> {
        let place = self.places.remove(id)?;
        let one = self.waiting.remove(&place)?;
        self.bytes -= one.bytes;
        if let Some(share) = self.parties.get_mut(&one.party) {
            share.bytes -= one.bytes;
            share.places.remove(&place);
            if share.places.is_empty() {
                self.parties.remove(&one.party);
            }
        }
        Some(one.item)
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes of what waits.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// All that waits, in the order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.waiting.values().map(|one| &one.item)
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
