//! Block header (section 5 of `docs/protocol.md`).

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::hash::Hash;
use crate::ids::Time;
use crate::limits::DEPTH;
use crate::text::{integer, positive};

/// Why bytes are not the canonical form of a small document (header, genesis, certificate, anchor).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// More bytes than the document may have.
    #[error("document has {0} bytes, too many")]
    TooLong(usize),
    /// Not canonical JSON.
    #[error("not canonical: {0}")]
    Canonical(#[from] CanonicalError),
    /// A member is missing, unknown, or not of its type or range.
    #[error("not of its form: {0}")]
    Structure(String),
}

/// Reads canonical bytes into `T`, whose own `Deserialize` checks every member.
pub(crate) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DocumentError> {
    canonical::check(bytes, DEPTH)?;
    serde_json::from_slice(bytes).map_err(|error| DocumentError::Structure(error.to_string()))
}

/// What a block commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// From 1.
    #[serde(deserialize_with = "positive")]
    pub height: u64,
    /// Section 8, over the BlockIds of 1 … height−1.
    pub history_root: Hash,
    /// Section 7, the index after this block.
    pub index_root: Hash,
    /// The network.
    pub network: Hash,
    /// Hash of the validator set of height+1.
    pub next_validators: Hash,
    /// BlockId of height−1; for height 1 the network.
    pub previous: Hash,
    /// How many records.
    #[serde(deserialize_with = "integer")]
    pub records_count: u64,
    /// Section 4.
    pub records_root: Hash,
    /// Hash of the list of kinds, code lists and rule packs in force.
    pub rules: Hash,
    /// Witnessed time, later than the previous block's.
    pub time: Time,
    /// Hash of the validator set of this height.
    pub validators: Hash,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// If the bytes are not canonical or not of the form of section 5.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes. Written directly: the members are fixed, ASCII and already in order.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format!(
            concat!(
                r#"{{"height":{},"history_root":"{}","index_root":"{}","network":"{}","next_validators":"{}","#,
                r#""previous":"{}","records_count":{},"records_root":"{}","rules":"{}","time":"{}","validators":"{}"}}"#
            ),
            self.height,
            self.history_root,
            self.index_root,
            self.network,
            self.next_validators,
            self.previous,
            self.records_count,
            self.records_root,
            self.rules,
            self.time,
            self.validators
        )
        .into_bytes()
    }

    /// BlockId.
    #[must_use]
    pub fn id(&self) -> Hash {
        Hash::of(&self.to_bytes())
    }
}
