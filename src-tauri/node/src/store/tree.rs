//! The stored nodes of the subject index, read through memory and written lazily.
//!
//! Leaves are durable (they are the rows of `subjects`), inner nodes can be derived, so they are written every so many blocks; `meta.tree` says up
//! to which height they are. After a crash the subjects of the blocks above it are applied again, and the root must come out as
//! the head's header says.

use super::{LEDGER, Store, signed, unsigned};
use crate::error::NodeError;
use ledger::Hash;
use ledger::index::{IndexStore, NibblePath, Node, UpdateBatch};
use lru::LruCache;
use rusqlite::{OptionalExtension, params};
use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;

/// Nodes kept in memory; one is about 300 bytes there, as it is stored.
const CLEAN: NonZeroUsize = match NonZeroUsize::new(49_152) {
    Some(many) => many,
    None => NonZeroUsize::MIN,
};
/// Changed nodes are written when they take so many bytes …
const DIRTY_BYTES: usize = 32 << 20;
/// … or after this many records, which bounds what a start after a crash must apply again. Keys come in no order, so whatever is written
/// touches nearly all pages: the seldomer, the less for a record.
const RECORDS: u64 = 131_072;

/// Nodes in memory, as they are stored: those read, and those changed and not yet written.
#[derive(Debug)]
pub struct TreeCache {
    clean: RefCell<LruCache<Vec<u8>, Box<[u8]>>>,
    dirty: HashMap<Vec<u8>, Box<[u8]>, lru::DefaultHasher>,
    dirty_bytes: usize,
    records: u64,
}

/// The tree as its algorithms see it.
struct View<'a> {
    cache: &'a TreeCache,
    store: &'a Store,
}

impl IndexStore for View<'_> {
    type Error = NodeError;

    fn get(&self, path: &NibblePath) -> Result<Option<Node>, NodeError> {
        let key = path.to_bytes();
        if let Some(node) = self.cache.dirty.get(&key) {
            return read(node).map(Some);
        }
        if let Some(node) = self.cache.clean.borrow_mut().get(&key) {
            return read(node).map(Some);
        }
        let Some(bytes) = self.store.tree_bytes(&key)? else {
            return Ok(None);
        };
        let node = read(&bytes)?;
        self.cache.clean.borrow_mut().put(key, bytes);
        Ok(Some(node))
    }
}

impl TreeCache {
    /// An empty memory.
    #[must_use]
    pub fn new() -> Self {
        Self {
            clean: RefCell::new(LruCache::new(CLEAN)),
            dirty: HashMap::default(),
            dirty_bytes: 0,
            records: 0,
        }
    }

    /// What a block of `records` records changes; kept in memory only when [`TreeCache::keep`] is called.
    ///
    /// # Errors
    /// A stored node cannot be read.
    pub fn update(&self, store: &Store, changes: &[(Hash, Hash)]) -> Result<UpdateBatch, NodeError> {
        ledger::index::update(&View { cache: self, store }, changes)
    }

    /// Takes over what [`TreeCache::update`] computed.
    pub fn keep(&mut self, batch: UpdateBatch, records: u64) {
        let clean = self.clean.get_mut();
        for (path, node) in batch.nodes {
            let key = path.to_bytes();
            clean.pop(&key);
            let bytes = node.to_bytes().into_boxed_slice();
            self.dirty_bytes += bytes.len();
            let before = self.dirty.insert(key, bytes);
            self.dirty_bytes -= before.map_or(0, |before| before.len());
        }
        self.records += records;
    }

    /// The root now.
    ///
    /// # Errors
    /// A stored node cannot be read.
    pub fn root(&self, store: &Store) -> Result<Hash, NodeError> {
        ledger::index::root(&View { cache: self, store })
    }

    /// Looks a key up and proves the answer.
    ///
    /// # Errors
    /// A stored node cannot be read.
    pub fn prove(&self, store: &Store, key: &Hash) -> Result<ledger::index::Lookup, NodeError> {
        ledger::index::prove(&View { cache: self, store }, key)
    }

    /// Is it time to write?
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.dirty_bytes >= DIRTY_BYTES || self.records >= RECORDS
    }

    /// Is there anything to write?
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Writes the changed nodes, within the caller's transaction; they are forgotten by [`TreeCache::written`].
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&self, store: &Store, height: u64) -> Result<(), NodeError> {
        let mut insert = store
            .connection
            .prepare_cached("INSERT OR REPLACE INTO tree VALUES(?1, ?2)")?;
        let mut keys: Vec<&Vec<u8>> = self.dirty.keys().collect();
        keys.sort_unstable(); // neighbours share pages
        for key in keys {
            if let Some(node) = self.dirty.get(key) {
                insert.execute(params![key, node])?;
            }
        }
        store.set_meta("tree", &signed(height).to_be_bytes())
    }

    /// What was written is committed.
    pub fn written(&mut self) {
        let clean = self.clean.get_mut();
        for (key, node) in self.dirty.drain() {
            clean.put(key, node);
        }
        (self.records, self.dirty_bytes) = (0, 0);
    }
}

fn read(bytes: &[u8]) -> Result<Node, NodeError> {
    Node::from_bytes(bytes).map_err(|error| NodeError::damaged(LEDGER, error))
}

impl Store {
    pub(crate) fn tree_bytes(&self, key: &[u8]) -> Result<Option<Box<[u8]>>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT node FROM tree WHERE path = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Whether the height below stands there in its form, or nothing is written yet.
    pub(crate) fn tree_height_stands(&self) -> Result<bool, NodeError> {
        match self.meta("tree")? {
            Some(bytes) => Ok(bytes.len() == 8),
            None => Ok(self
                .connection
                .query_row("SELECT NOT EXISTS(SELECT 1 FROM tree)", [], |row| row.get(0))?),
        }
    }

    /// The height up to which the tree is written.
    pub(crate) fn tree_height(&self) -> Result<u64, NodeError> {
        let bytes = self.meta("tree")?.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        Ok(bytes.map_or(0, |bytes| unsigned(i64::from_be_bytes(bytes))))
    }
}
