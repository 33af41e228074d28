//! Who may read and write a database at the same time, and the index of its write-ahead log, for one process.

use crate::recorder::Entry;
use sqlite_vfs::LockKind;
use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Result;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// A piece of the index, as SQLite asks for it.
const REGION: usize = 32_768;
/// What is written to the index at once: nothing in it that two may write at a time is smaller.
const WORD: usize = 4;

type Region = [u8; REGION];

/// The locks of a file (<https://www.sqlite.org/lockingv3.html>) and of the index of its log (<https://www.sqlite.org/walformat.html>).
#[derive(Default)]
pub struct Locks {
    file: Mutex<Held>,
    index: Mutex<Index>,
}

#[derive(Default)]
struct Held {
    shared: BTreeSet<usize>,
    reserved: Option<usize>,
    pending: Option<usize>,
    exclusive: Option<usize>,
}

#[derive(Default)]
struct Index {
    regions: BTreeMap<u32, Box<Region>>,
    slots: BTreeMap<u8, Slot>,
}

#[derive(Default)]
struct Slot {
    shared: BTreeSet<usize>,
    exclusive: Option<usize>,
}

fn by_other(holder: Option<usize>, id: usize) -> bool {
    holder.is_some_and(|holder| holder != id)
}

impl Locks {
    /// Takes a lock, if others leave it.
    pub fn lock(&self, id: usize, lock: LockKind) -> bool {
        let mut held = self.file.lock().unwrap();
        match lock {
            LockKind::None => true,
            LockKind::Shared => {
                let free = !by_other(held.exclusive, id) && !by_other(held.pending, id);
                if free {
                    held.shared.insert(id);
                }
                free
            }
            LockKind::Reserved | LockKind::Pending => {
                let free = ![held.reserved, held.pending, held.exclusive]
                    .into_iter()
                    .any(|one| by_other(one, id));
                if free {
                    held.reserved = Some(id);
                }
                free
            }
            LockKind::Exclusive => {
                if [held.reserved, held.pending, held.exclusive]
                    .into_iter()
                    .any(|one| by_other(one, id))
                {
                    return false;
                }
                held.pending = Some(id);
                let free = held.shared.iter().all(|one| *one == id);
                if free {
                    held.exclusive = Some(id);
                }
                free
            }
        }
    }

    /// Goes back to a lesser lock.
    pub fn unlock(&self, id: usize, lock: LockKind) {
        let mut guard = self.file.lock().unwrap();
        let held = &mut *guard;
        for one in [&mut held.reserved, &mut held.pending, &mut held.exclusive] {
            if *one == Some(id) {
                *one = None;
            }
        }
        if lock == LockKind::None {
            held.shared.remove(&id);
        }
    }

    pub fn is_reserved(&self) -> bool {
        let held = self.file.lock().unwrap();
        held.reserved.is_some() || held.pending.is_some() || held.exclusive.is_some()
    }
}

/// The index as one connection sees it. `sqlite-vfs` gives each connection a copy, so what one changed is merged word by word.
pub struct WalView {
    id: usize,
    entry: Arc<Entry>,
    /// The copy as it was when it was last the same as the index.
    seen: Mutex<BTreeMap<u32, Box<Region>>>,
}

impl WalView {
    pub fn new(id: usize, entry: Arc<Entry>) -> Self {
        Self {
            id,
            entry,
            seen: Mutex::default(),
        }
    }

    fn take(&self, region: u32, into: &mut Region) {
        let mut index = self.entry.locks.index.lock().unwrap();
        let shared = index.regions.entry(region).or_insert_with(|| Box::new([0; REGION]));
        into.copy_from_slice(&shared[..]);
        self.seen.lock().unwrap().insert(region, Box::new(*into));
    }
}

impl WalIndex for WalView {
    fn map(&mut self, region: u32) -> Result<Region> {
        let mut copy = [0; REGION];
        self.take(region, &mut copy);
        Ok(copy)
    }

    fn lock(&mut self, range: Range<u8>, lock: WalIndexLock) -> Result<bool> {
        let mut index = self.entry.locks.index.lock().unwrap();
        let id = self.id;
        let free = range.clone().all(|at| {
            let slot = index.slots.entry(at).or_default();
            match lock {
                WalIndexLock::None => true,
                WalIndexLock::Shared => !by_other(slot.exclusive, id),
                WalIndexLock::Exclusive => !by_other(slot.exclusive, id) && slot.shared.iter().all(|one| *one == id),
            }
        });
        if free {
            for at in range {
                let slot = index.slots.entry(at).or_default();
                slot.shared.remove(&id);
                slot.exclusive = slot.exclusive.filter(|one| *one != id);
                match lock {
                    WalIndexLock::None => {}
                    WalIndexLock::Shared => drop(slot.shared.insert(id)),
                    WalIndexLock::Exclusive => slot.exclusive = Some(id),
                }
            }
        }
        Ok(free)
    }

    fn pull(&mut self, region: u32, copy: &mut Region) -> Result<()> {
        self.take(region, copy);
        Ok(())
    }

    fn push(&mut self, region: u32, copy: &Region) -> Result<()> {
        let mut index = self.entry.locks.index.lock().unwrap();
        let shared = index.regions.entry(region).or_insert_with(|| Box::new([0; REGION]));
        let mut seen = self.seen.lock().unwrap();
        let before = seen.entry(region).or_insert_with(|| Box::new([0; REGION]));
        for at in (0..REGION).step_by(WORD) {
            if before[at..at + WORD] != copy[at..at + WORD] {
                shared[at..at + WORD].copy_from_slice(&copy[at..at + WORD]);
            }
        }
        before.copy_from_slice(copy);
        Ok(())
    }

    fn delete(self) -> Result<()> {
        self.entry.locks.index.lock().unwrap().regions.clear();
        Ok(())
    }
}

impl Drop for WalView {
    fn drop(&mut self) {
        let mut index = self.entry.locks.index.lock().unwrap();
        for slot in index.slots.values_mut() {
            slot.shared.remove(&self.id);
            slot.exclusive = slot.exclusive.filter(|one| *one != self.id);
        }
    }
}
