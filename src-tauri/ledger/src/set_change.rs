//! A change of the validator set (section 6 of `docs/protocol.md`): proves the next set to whoever trusts the set before.

use serde::{Deserialize, Serialize};

use crate::block::{DocumentError, Header, read};
use crate::commit::{CommitCertificate, CommitError};
use crate::validators::ValidatorSet;

/// A certified header that names another set for the next height, with that set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetChange {
    /// The commit certificate of `header`, by the set before.
    pub commit: CommitCertificate,
    /// The header whose `next_validators` is not its `validators`.
    pub header: Header,
    /// The set that `header.next_validators` names.
    pub validators: ValidatorSet,
}

/// Why a change of the set does not follow from the set before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetChangeError {
    /// The certificate is not good for the header under the set before.
    #[error("{0}")]
    Commit(#[from] CommitError),
    /// The validators given are not those the header names as next.
    #[error("the header names another next set")]
    WrongNextSet,
}

impl SetChange {
    /// Reads a change of the set.
    ///
    /// # Errors
    /// If the bytes are not canonical or a member is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (commit, header) = (self.commit.to_bytes(), self.header.to_bytes());
        let parts: [&[u8]; 7] = [
            br#"{"commit":"#,
            &commit,
            br#","header":"#,
            &header,
            br#","validators":"#,
            &self.validators.to_bytes(),
            b"}",
        ];
        parts.concat()
    }

    /// Whether `validators` is another set than the one the header itself was certified by.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.validators.hash() != self.header.validators
    }

    /// Whether it proves `validators` to whoever trusts the set `before` for the header's height.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn verify(&self, before: &ValidatorSet) -> Result<(), SetChangeError> {
        self.commit.verify(&self.header, before)?;
        if self.validators.hash() == self.header.next_validators {
            Ok(())
        } else {
            Err(SetChangeError::WrongNextSet)
        }
    }
}
