//! The commit certificate: enough validators signed one block (section 6 of `docs/protocol.md`).

use serde::{Deserialize, Serialize};

use crate::block::{DocumentError, Header, read};
use crate::hash::Hash;
use crate::keys::{PublicKey, verify_zip215};
use crate::limits::ROUND;
use crate::text::{ascends, positive};
use crate::validators::ValidatorSet;

/// One validator's signature of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitSignature {
    /// Vote key.
    pub key: PublicKey,
    /// Ed25519 over [`precommit_bytes`].
    #[serde(with = "crate::text::hex_bytes")]
    pub signature: [u8; 64],
}

/// That validators committed a block. Its signatures are sorted by key, no key twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitCertificate {
    /// BlockId.
    pub block: Hash,
    /// Height of the block, from 1.
    #[serde(deserialize_with = "positive")]
    pub height: u64,
    /// Round of voting that decided, 0–1,000,000.
    #[serde(deserialize_with = "round")]
    pub round: u32,
    /// At least one, sorted by key.
    #[serde(deserialize_with = "signatures")]
    pub signatures: Vec<CommitSignature>,
}

pub(crate) fn round<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let round = u32::deserialize(deserializer)?;
    if round > ROUND {
        Err(serde::de::Error::custom("round above 1,000,000"))
    } else {
        Ok(round)
    }
}

fn signatures<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<CommitSignature>, D::Error> {
    let list = Vec::<CommitSignature>::deserialize(deserializer)?;
    let good = !list.is_empty() && ascends(list.iter().map(|one| one.key));
    if good {
        Ok(list)
    } else {
        Err(serde::de::Error::custom(
            "no signature, not sorted by key, or a key twice",
        ))
    }
}

/// Why a certificate does not commit a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// It names another block.
    #[error("certificate is for another block")]
    WrongBlock,
    /// It names another height.
    #[error("certificate is for another height")]
    WrongHeight,
    /// The header names another validator set.
    #[error("header names another validator set")]
    WrongSet,
    /// A signer is not in the set.
    #[error("a signer is not a validator")]
    UnknownKey,
    /// A signer appears twice, or signers are not sorted.
    #[error("a signer appears twice")]
    SignerTwice,
    /// A signature does not verify.
    #[error("a signature does not verify")]
    BadSignature,
    /// The signers have not more than two thirds of the weight.
    #[error("signers have not more than two thirds of the weight")]
    TooLittleWeight,
}

/// What a validator signs to commit a block.
#[must_use]
pub fn precommit_bytes(network: &Hash, height: u64, round: u32, block: &Hash) -> Vec<u8> {
    format!(
        r#"{{"block":"{block}","domain":"sealroad-precommit.1","height":{height},"network":"{network}","round":{round}}}"#
    )
    .into_bytes()
}

impl CommitCertificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// If the bytes are not canonical or not of the form of section 6.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes: members fixed, ASCII and in order, so written directly.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let one = |s: &CommitSignature| format!(r#"{{"key":"{}","signature":"{}"}}"#, s.key, hex::encode(s.signature));
        let signatures = self.signatures.iter().map(one).collect::<Vec<_>>().join(",");
        format!(
            r#"{{"block":"{}","height":{},"round":{},"signatures":[{signatures}]}}"#,
            self.block, self.height, self.round
        )
        .into_bytes()
    }

    /// Whether this commits `header` under `set`.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn verify(&self, header: &Header, set: &ValidatorSet) -> Result<(), CommitError> {
        let ensure = |good: bool, error| if good { Ok(()) } else { Err(error) };
        ensure(self.block == header.id(), CommitError::WrongBlock)?;
        ensure(self.height == header.height, CommitError::WrongHeight)?;
        ensure(set.hash() == header.validators, CommitError::WrongSet)?;
        ensure(
            ascends(self.signatures.iter().map(|one| one.key)),
            CommitError::SignerTwice,
        )?;
        let message = precommit_bytes(&header.network, self.height, self.round, &self.block);
        let mut weight = 0;
        for one in &self.signatures {
            weight += set.get(&one.key).ok_or(CommitError::UnknownKey)?.weight;
            ensure(
                verify_zip215(&one.key, &message, &one.signature),
                CommitError::BadSignature,
            )?;
        }
        ensure(set.is_quorum(weight), CommitError::TooLittleWeight)
    }
}

#[cfg(test)]
#[path = "commit_tests.rs"]
mod tests;
