//! The subject index (section 7 of `docs/protocol.md`): a sparse Merkle tree over all subjects, hashed as the Jellyfish Merkle
//! tree hashes (jmt 0.12, SHA-256), so that nothing of a subject can be withheld.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::limits::SIBLINGS;
use crate::text::{integer, positive};

mod tree;
pub use tree::{Child, IndexStore, Lookup, NibblePath, Node, NodeError, UpdateBatch, prove, root, update};

/// Root of a subtree without leaves.
pub const EMPTY: Hash = Hash(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

/// What the index says about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexValue {
    /// Height of its last change.
    #[serde(deserialize_with = "integer")]
    pub changed: u64,
    /// How many records have written it, from 1.
    #[serde(deserialize_with = "positive")]
    pub count: u64,
    /// Section-8 root over their RecordIds in order of commitment.
    pub records: Hash,
    /// SHA-256 of the canonical bytes of its state.
    pub state: Hash,
    /// How often an exclusive kind has moved it.
    #[serde(deserialize_with = "integer")]
    pub turn: u64,
}

impl IndexValue {
    /// The canonical bytes: members fixed, ASCII and in order, so written directly.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format!(
            r#"{{"changed":{},"count":{},"records":"{}","state":"{}","turn":{}}}"#,
            self.changed, self.count, self.records, self.state, self.turn
        )
        .into_bytes()
    }

    /// What the leaf holds.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.to_bytes())
    }
}

/// Another subject's leaf, which proves that ours is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherLeaf {
    /// Its index key.
    pub key: Hash,
    /// Its value's hash.
    pub value: Hash,
}

/// That the index holds a value for a key, or that it holds none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexProof {
    /// Only for absence: the leaf that stands where ours would be; none if nothing does.
    #[serde(deserialize_with = "Option::deserialize")]
    pub leaf: Option<OtherLeaf>,
    /// The hashes beside the way, from the bottom up: 0–256.
    pub siblings: Vec<Hash>,
}

/// The hash of a leaf.
#[must_use]
pub fn leaf_hash(key: &Hash, value: &Hash) -> Hash {
    Hash::of_parts(&[b"JMT::LeafNode", key.as_bytes(), value.as_bytes()])
}

pub(crate) fn inner_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[b"JMT::IntrnalNode", left.as_bytes(), right.as_bytes()])
}

/// Bit `at` of a key, most significant first.
fn bit(key: &Hash, at: usize) -> bool {
    key.0[at / 8] >> (7 - at % 8) & 1 == 1
}

impl IndexProof {
    /// Whether the index under `root` holds the value with this hash for `key`.
    #[must_use]
    pub fn verify_presence(&self, root: &Hash, key: &Hash, value: &Hash) -> bool {
        self.leaf.is_none() && self.fold(key, leaf_hash(key, value)) == Some(*root)
    }

    /// Whether the index under `root` holds nothing for `key`.
    #[must_use]
    pub fn verify_absence(&self, root: &Hash, key: &Hash) -> bool {
        let n = self.siblings.len();
        if n > SIBLINGS {
            return false;
        }
        let start = match &self.leaf {
            None => EMPTY,
            Some(other) if other.key == *key || (0..n).any(|at| bit(&other.key, at) != bit(key, at)) => return false,
            Some(other) => leaf_hash(&other.key, &other.value),
        };
        self.fold(key, start) == Some(*root)
    }

    fn fold(&self, key: &Hash, start: Hash) -> Option<Hash> {
        let n = self.siblings.len();
        if n > SIBLINGS {
            return None;
        }
        let step = |hash: Hash, (j, sibling): (usize, &Hash)| match bit(key, n - j - 1) {
            false => inner_hash(&hash, sibling),
            true => inner_hash(sibling, &hash),
        };
        Some(self.siblings.iter().enumerate().fold(start, step))
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
