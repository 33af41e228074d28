//! Salted commitments to private fields, and their opening (section 11 of `docs/protocol.md`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{self, CanonicalError};
use crate::hash::Hash;
use crate::limits::{COMMITMENT_NAME, OPENING_DEPTH};

/// What the commitment of a record says: the field of this name hashes to this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// SHA-256 over domain, salt, name and value.
    pub hash: Hash,
    /// 1–60 of `[a-z0-9_.-]`.
    pub name: String,
}

impl Commitment {
    /// The commitment to `value` under `name` with 32 random bytes of salt, drawn by the caller and used once.
    ///
    /// # Errors
    /// If the value has no canonical form or is deeper than 8 levels.
    pub fn to(name: &str, value: &Value, salt: &Hash) -> Result<Self, CanonicalError> {
        canonical::to_bytes_within(value, OPENING_DEPTH)?;
        let content = canonical::to_bytes(&serde_json::json!({ "name": name, "value": value }))?;
        let hash = Hash::of_parts(&[b"sealroad-commitment.1", &[0], salt.as_bytes(), &[0], &content]);
        Ok(Self {
            hash,
            name: name.to_owned(),
        })
    }

    /// Whether the name is 1–60 of `[a-z0-9_.-]`.
    #[must_use]
    pub fn name_is_good(&self) -> bool {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte);
        (1..=COMMITMENT_NAME).contains(&self.name.len()) && self.name.bytes().all(allowed)
    }
}

/// A field shown to one verifier: name, value and salt, and the record that committed to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The commitment's name.
    pub name: String,
    /// RecordId of the record that carries the commitment.
    pub record: Hash,
    /// The 32 bytes of salt.
    pub salt: Hash,
    /// The private value, at most 8 levels deep.
    pub value: Value,
}

impl Opening {
    /// Whether this opens `commitment`.
    #[must_use]
    pub fn opens(&self, commitment: &Commitment) -> bool {
        self.name == commitment.name
            && Commitment::to(&self.name, &self.value, &self.salt).is_ok_and(|computed| computed == *commitment)
    }
}
