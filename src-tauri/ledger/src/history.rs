//! Append-only trees (section 8 of `docs/protocol.md`): RFC 6962, section 2.1, with SHA-256. One holds the BlockIds of a
//! network, one for each subject holds the RecordIds that wrote it.

use crate::hash::Hash;

/// What a node needs to keep the hashes of a tree and to prove from them: the scheme of the Go checksum database, in which
/// every finished subtree is stored once, at [`stored_hash_index`](tlog_tiles::stored_hash_index).
pub use tlog_tiles::{Error as StoreError, Hash as StoredHash, HashReader, stored_hash_count, stored_hash_index};

fn leaf(data: &Hash) -> Hash {
    Hash::of_parts(&[&[0], data.as_bytes()])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root over a list of ids; of none, SHA-256 of nothing.
#[must_use]
pub fn root<'a>(ids: impl IntoIterator<Item = &'a Hash>) -> Hash {
    let mut frontier = Frontier::default();
    for id in ids {
        frontier.push(id);
    }
    frontier.root()
}

/// As much of a tree as is needed to append to it and to know its root: the roots of its complete subtrees, greatest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    count: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many ids were appended.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Appends an id.
    pub fn push(&mut self, id: &Hash) {
        let mut hash = leaf(id);
        // A complete subtree of each size that is a one bit at the end of the count joins with the new one.
        for _ in 0..self.count.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.count += 1;
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let joined = self
            .peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| Hash::of(b""))
    }

    /// The count, 8 bytes with the greatest first, and the hashes, greatest subtree first: at most 8 + 64·32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.count.to_be_bytes().to_vec();
        bytes.extend(self.peaks.iter().flat_map(|peak| peak.0));
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote; nothing if the length does not fit the count.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (count, rest) = bytes.split_first_chunk::<8>()?;
        let count = u64::from_be_bytes(*count);
        let (peaks, over) = rest.as_chunks::<32>();
        let fits = over.is_empty() && u32::try_from(peaks.len()) == Ok(count.count_ones());
        fits.then(|| Self {
            count,
            peaks: peaks.iter().map(|peak| Hash(*peak)).collect(),
        })
    }
}

/// The hashes to store when the id at `index` is appended, to be written from [`stored_hash_index`]`(0, index)` on.
///
/// # Errors
/// If the store cannot give the hashes written before.
pub fn stored_hashes<R: HashReader>(index: u64, id: &Hash, store: &R) -> Result<Vec<Hash>, StoreError> {
    let hashes = tlog_tiles::stored_hashes(index, id.as_bytes(), store)?;
    Ok(hashes.into_iter().map(|hash| Hash(hash.0)).collect())
}

/// The root of the first `count` ids, from stored hashes.
///
/// # Errors
/// If the store cannot give them.
pub fn stored_root<R: HashReader>(count: u64, store: &R) -> Result<Hash, StoreError> {
    tlog_tiles::tree_hash(count, store).map(|hash| Hash(hash.0))
}

/// The inclusion path of the id at `index` in the tree of the first `count`, from the leaf up (RFC 6962, 2.1.1).
///
/// # Errors
/// If `index` is not below `count` or the store cannot give the hashes.
pub fn prove<R: HashReader>(count: u64, index: u64, store: &R) -> Result<Vec<Hash>, StoreError> {
    let path = tlog_tiles::prove_record(count, index, store)?;
    Ok(path.into_iter().map(|hash| Hash(hash.0)).collect())
}

/// Whether `id` stands at `index` among `count` under `root` (RFC 9162, 2.1.3.2, the algorithm for RFC 6962 paths).
#[must_use]
pub fn verify(id: &Hash, index: u64, count: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= count {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, count - 1, leaf(id));
    for beside in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node(beside, &hash);
            while at % 2 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
