//! The index as stored: nodes of sixteen children, so that a look-up reads one node for four bits of the key. The hashes are
//! those of the binary tree; the sixteen are only how it is cut into rows. Nothing is ever deleted.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{EMPTY, IndexProof, OtherLeaf, inner_hash, leaf_hash};
use crate::hash::Hash;

/// Where a node hangs: the first nibbles (4 bits each) of the keys under it; the root's is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NibblePath(Vec<u8>);

impl NibblePath {
    /// The nibbles, each 0–15.
    #[must_use]
    pub fn nibbles(&self) -> &[u8] {
        &self.0
    }

    /// The key to store a node under: the number of nibbles in one byte, then two nibbles a byte.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // At most 64 nibbles, one for each of the key's.
        let mut bytes = vec![u8::try_from(self.0.len()).unwrap_or(u8::MAX)];
        bytes.extend(
            self.0
                .chunks(2)
                .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)),
        );
        bytes
    }

    fn child(&self, nibble: usize) -> Self {
        let mut nibbles = self.0.clone();
        nibbles.extend(u8::try_from(nibble));
        Self(nibbles)
    }
}

/// One of a node's sixteen children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Child {
    /// No subject under here.
    #[default]
    Empty,
    /// Exactly one subject.
    Leaf {
        /// Its index key.
        key: Hash,
        /// Its value's hash.
        value: Hash,
    },
    /// Two or more subjects: a node of its own.
    Inner {
        /// The root of that subtree.
        hash: Hash,
    },
}

impl Child {
    fn hash(&self) -> Hash {
        match self {
            Self::Empty => EMPTY,
            Self::Leaf { key, value } => leaf_hash(key, value),
            Self::Inner { hash } => *hash,
        }
    }
}

/// A node of the stored index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node([Child; 16]);

/// Stored bytes that are not a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes are not an index node")]
pub struct NodeError;

/// What a range of a node's children is as a binary subtree.
enum Subtree {
    Empty,
    Leaf { key: Hash, value: Hash },
    Inner,
}

impl Node {
    /// The sixteen children.
    #[must_use]
    pub const fn children(&self) -> &[Child; 16] {
        &self.0
    }

    /// The root of the subtree under this node.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.range_hash(0..16)
    }

    fn subtree(&self, range: Range<usize>) -> Subtree {
        let mut held = self.0[range].iter().filter(|child| **child != Child::Empty);
        match (held.next(), held.next()) {
            (None, _) => Subtree::Empty,
            (Some(Child::Leaf { key, value }), None) => Subtree::Leaf {
                key: *key,
                value: *value,
            },
            _ => Subtree::Inner,
        }
    }

    fn range_hash(&self, range: Range<usize>) -> Hash {
        match self.subtree(range.clone()) {
            Subtree::Empty => EMPTY,
            Subtree::Leaf { key, value } => leaf_hash(&key, &value),
            Subtree::Inner if range.len() == 1 => self.0[range.start].hash(),
            Subtree::Inner => {
                let middle = range.start + range.len() / 2;
                inner_hash(
                    &self.range_hash(range.start..middle),
                    &self.range_hash(middle..range.end),
                )
            }
        }
    }

    /// Which children are held (16 bits, child 0 the greatest), which of them are leaves (16 bits), then in order 64 bytes of
    /// key and value for a leaf and 32 bytes of hash for an inner child.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut held, mut leaves, mut rest) = (0_u16, 0_u16, Vec::with_capacity(512));
        for (at, child) in self.0.iter().enumerate() {
            let flag = 0x8000 >> at;
            match child {
                Child::Empty => {}
                Child::Leaf { key, value } => {
                    held |= flag;
                    leaves |= flag;
                    rest.extend_from_slice(key.as_bytes());
                    rest.extend_from_slice(value.as_bytes());
                }
                Child::Inner { hash } => {
                    held |= flag;
                    rest.extend_from_slice(hash.as_bytes());
                }
            }
        }
        [&held.to_be_bytes()[..], &leaves.to_be_bytes(), &rest].concat()
    }

    /// Reads what [`Node::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are not that.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NodeError> {
        let ([a, b, c, d], rest) = bytes.split_first_chunk::<4>().ok_or(NodeError)?;
        let (held, leaves) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
        let (hashes, over) = rest.as_chunks::<32>();
        let mut hashes = hashes.iter().map(|hash| Hash(*hash));
        let mut next = || hashes.next().ok_or(NodeError);
        let mut node = Self::default();
        for (at, child) in node.0.iter_mut().enumerate() {
            let flag = 0x8000 >> at;
            *child = match (held & flag != 0, leaves & flag != 0) {
                (false, false) => Child::Empty,
                (true, true) => Child::Leaf {
                    key: next()?,
                    value: next()?,
                },
                (true, false) => Child::Inner { hash: next()? },
                (false, true) => return Err(NodeError),
            };
        }
        if hashes.next().is_none() && over.is_empty() {
            Ok(node)
        } else {
            Err(NodeError)
        }
    }
}

/// Where the nodes are kept. A node holds the newest state only.
pub trait IndexStore {
    /// What can go wrong when reading.
    type Error;

    /// The node at `path`, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn get(&self, path: &NibblePath) -> Result<Option<Node>, Self::Error>;
}

/// A memory of nodes: for tests, and as the overlay of a candidate block.
impl IndexStore for BTreeMap<NibblePath, Node> {
    type Error = std::convert::Infallible;

    fn get(&self, path: &NibblePath) -> Result<Option<Node>, Self::Error> {
        Ok(BTreeMap::get(self, path).cloned())
    }
}

/// What an update changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateBatch {
    /// The root afterwards.
    pub root: Hash,
    /// The nodes to write, each replacing the one at its path.
    pub nodes: Vec<(NibblePath, Node)>,
}

/// The nibble of `key` at `depth`, 0–15.
fn nibble(key: &Hash, depth: usize) -> usize {
    let byte = key.0[depth / 2];
    usize::from(if depth.is_multiple_of(2) { byte >> 4 } else { byte & 15 })
}

/// The root of the stored index.
///
/// # Errors
/// If the store cannot be read.
pub fn root<S: IndexStore>(store: &S) -> Result<Hash, S::Error> {
    Ok(store.get(&NibblePath::default())?.map_or(EMPTY, |node| node.hash()))
}

/// Sets the value hash of each key. The store is not changed; the caller writes [`UpdateBatch::nodes`]. Of two changes of one
/// key the later counts.
///
/// # Errors
/// If the store cannot be read.
pub fn update<S: IndexStore>(store: &S, changes: &[(Hash, Hash)]) -> Result<UpdateBatch, S::Error> {
    let changes: Vec<(Hash, Hash)> = changes
        .iter()
        .copied()
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect();
    if changes.is_empty() {
        return Ok(UpdateBatch {
            root: root(store)?,
            nodes: Vec::new(),
        });
    }
    let mut nodes = Vec::new();
    let path = NibblePath::default();
    let node = store.get(&path)?.unwrap_or_default();
    let root = apply(store, path, node, &changes, &mut nodes)?;
    Ok(UpdateBatch { root, nodes })
}

/// Applies sorted `changes`, all under `path`, to `node`; returns its new hash.
fn apply<S: IndexStore>(
    store: &S,
    path: NibblePath,
    mut node: Node,
    changes: &[(Hash, Hash)],
    nodes: &mut Vec<(NibblePath, Node)>,
) -> Result<Hash, S::Error> {
    let depth = path.0.len();
    for group in changes.chunk_by(|(a, _), (b, _)| nibble(a, depth) == nibble(b, depth)) {
        let at = nibble(&group[0].0, depth);
        let below = path.child(at);
        node.0[at] = match (node.0[at], group) {
            (Child::Empty, [(key, value)]) => Child::Leaf {
                key: *key,
                value: *value,
            },
            (Child::Leaf { key: held, .. }, [(key, value)]) if held == *key => Child::Leaf {
                key: *key,
                value: *value,
            },
            (Child::Empty, _) => Child::Inner {
                hash: apply(store, below, Node::default(), group, nodes)?,
            },
            (Child::Leaf { key, value }, _) => {
                // The subject that stood here alone moves down with those that join it.
                let mut joined = BTreeMap::from([(key, value)]);
                joined.extend(group.iter().copied());
                let joined: Vec<(Hash, Hash)> = joined.into_iter().collect();
                Child::Inner {
                    hash: apply(store, below, Node::default(), &joined, nodes)?,
                }
            }
            (Child::Inner { .. }, _) => {
                let held = store.get(&below)?.unwrap_or_default();
                Child::Inner {
                    hash: apply(store, below, held, group, nodes)?,
                }
            }
        };
    }
    let hash = node.hash();
    nodes.push((path, node));
    Ok(hash)
}

/// What the index holds for a key, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The value's hash; none if the key is absent.
    pub value: Option<Hash>,
    /// Proof of presence or absence.
    pub proof: IndexProof,
}

/// Looks a key up and proves the answer.
///
/// # Errors
/// If the store cannot be read.
pub fn prove<S: IndexStore>(store: &S, key: &Hash) -> Result<Lookup, S::Error> {
    let mut siblings = Vec::new();
    let mut path = NibblePath::default();
    let mut end = Subtree::Empty;
    while let Some(node) = store.get(&path)? {
        let at = nibble(key, path.0.len());
        let mut range = 0..16;
        end = node.subtree(range.clone());
        while range.len() > 1 && matches!(end, Subtree::Inner) {
            let middle = range.start + range.len() / 2;
            let (ours, beside) = if at < middle {
                (range.start..middle, middle..range.end)
            } else {
                (middle..range.end, range.start..middle)
            };
            siblings.push(node.range_hash(beside));
            end = node.subtree(ours.clone());
            range = ours;
        }
        if !matches!(end, Subtree::Inner) {
            break;
        }
        path = path.child(at);
    }
    siblings.reverse();
    let (value, leaf) = match end {
        Subtree::Leaf { key: held, value } if held == *key => (Some(value), None),
        Subtree::Leaf { key, value } => (None, Some(OtherLeaf { key, value })),
        Subtree::Empty | Subtree::Inner => (None, None),
    };
    Ok(Lookup {
        value,
        proof: IndexProof { leaf, siblings },
    })
}
