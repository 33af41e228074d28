//! The tree of a block's records (section 4 of `docs/protocol.md`): pairs are concatenated and hashed bottom-up, and where a
//! level's count is odd its last hash is copied (Meng, 2.2). That rule alone gives two lists one root (CVE-2012-2459); the
//! count in the header, the two prefixes and the refusal of a copied path element close it.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// The leaf of a record's bytes.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Hash {
    Hash::of_parts(&[&[0], bytes])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

fn level_above(level: &[Hash]) -> Vec<Hash> {
    level
        .chunks(2)
        .map(|pair| node(&pair[0], pair.last().unwrap_or(&pair[0])))
        .collect()
}

/// The root over `leaves`; of none, SHA-256 of nothing; of one, the leaf itself.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level_above(&level);
    }
    level.first().copied().unwrap_or_else(|| Hash::of(b""))
}

/// That a leaf stands at `index` among `count` leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// Place of the leaf, from 0.
    pub index: u64,
    /// How many leaves there are.
    pub count: u64,
    /// The hashes beside the way up, where they are not copies.
    pub path: Vec<Hash>,
}

/// Proves the leaf at `index`; nothing if there is none.
#[must_use]
pub fn prove(leaves: &[Hash], index: usize) -> Option<InclusionProof> {
    if index >= leaves.len() {
        return None;
    }
    let (mut level, mut at, mut path) = (leaves.to_vec(), index, Vec::new());
    while level.len() > 1 {
        path.extend(level.get(at ^ 1));
        level = level_above(&level);
        at /= 2;
    }
    Some(InclusionProof {
        index: u64::try_from(index).ok()?,
        count: u64::try_from(leaves.len()).ok()?,
        path,
    })
}

impl InclusionProof {
    /// Whether `leaf` stands where the proof says, under `root`.
    #[must_use]
    pub fn verify(&self, leaf: &Hash, root: &Hash) -> bool {
        if self.index >= self.count {
            return false;
        }
        let (mut i, mut n, mut value) = (self.index, self.count, *leaf);
        let mut path = self.path.iter();
        while n > 1 {
            if i % 2 == 0 && i == n - 1 {
                value = node(&value, &value);
            } else {
                let Some(beside) = path.next().filter(|beside| **beside != value) else {
                    return false;
                };
                value = if i % 2 == 0 {
                    node(&value, beside)
                } else {
                    node(beside, &value)
                };
            }
            i /= 2;
            n = n.div_ceil(2);
        }
        path.next().is_none() && value == *root
    }
}

#[cfg(test)]
#[path = "merkle_tests.rs"]
mod tests;
