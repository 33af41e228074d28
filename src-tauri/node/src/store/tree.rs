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

/// Nodes kept in memory; one is about 1 KiB there.
const CLEAN: NonZeroUsize = match NonZeroUsize::new(16_384) {
    Some(many) => many,
    None => NonZeroUsize::MIN,
};
/// Changed nodes are written when there are this many …
const DIRTY: usize = 24_576;
/// … or after this many records, which bounds what a start after a crash must apply again.
const RECORDS: u64 = 32_768;

/// Nodes in memory: those read, and those changed and not yet written.
#[derive(Debug)]
pub struct TreeCache {
    clean: RefCell<LruCache<Vec<u8>, Node>>,
    dirty: HashMap<Vec<u8>, Node>,
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
            return Ok(Some(node.clone()));
        }
        if let Some(node) = self.cache.clean.borrow_mut().get(&key) {
            return Ok(Some(node.clone()));
        }
        let node = self.store.tree_node(&key)?;
        if let Some(node) = &node {
            self.cache.clean.borrow_mut().put(key, node.clone());
        }
        Ok(node)
    }
}

impl TreeCache {
    /// An empty memory.
    #[must_use]
    pub fn new() -> Self {
        Self {
            clean: RefCell::new(LruCache::new(CLEAN)),
            dirty: HashMap::new(),
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
            self.dirty.insert(key, node);
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
        self.dirty.len() >= DIRTY || self.records >= RECORDS
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
                insert.execute(params![key, node.to_bytes()])?;
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
        self.records = 0;
    }
}

impl Store {
    pub(crate) fn tree_node(&self, key: &[u8]) -> Result<Option<Node>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT node FROM tree WHERE path = ?1")?;
        let bytes: Option<Vec<u8>> = statement.query_row([key], |row| row.get(0)).optional()?;
        bytes
            .map(|bytes| Node::from_bytes(&bytes).map_err(|error| NodeError::damaged(LEDGER, error)))
            .transpose()
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
