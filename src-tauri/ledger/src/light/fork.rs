//! The fork: two blocks of one height, both certified. More than a third of the weight broke the rules.

use serde::{Deserialize, Serialize};

use crate::block::{DocumentError, Header, read};
use crate::commit::{CommitCertificate, CommitError};
use crate::hash::Hash;
use crate::keys::PublicKey;
use crate::validators::ValidatorSet;

/// A header with its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// The certificate.
    pub commit: CommitCertificate,
    /// The header.
    pub header: Header,
}

impl Certified {
    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (commit, header) = (self.commit.to_bytes(), self.header.to_bytes());
        [br#"{"commit":"#, &commit[..], br#","header":"#, &header[..], b"}"].concat()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-fork.1")]
    One,
}

/// Why two certified headers are no fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// They are of two networks.
    #[error("they are of two networks")]
    TwoNetworks,
    /// They are of two heights.
    #[error("they are of two heights")]
    TwoHeights,
    /// Both are the same block.
    #[error("both are the same block")]
    SameBlock,
    /// The first is not the one with the lesser BlockId.
    #[error("the first is not the lesser")]
    Order,
    /// A certificate is not good under the set.
    #[error("{0}")]
    Commit(#[from] CommitError),
}

/// Two certified blocks of one height and the set that certified both. `first` has the lesser BlockId, so that one fork has one
/// document: `{"first":…,"form":"sealroad-fork.1","second":…,"validators":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    first: Certified,
    form: Form,
    second: Certified,
    validators: ValidatorSet,
}

impl Fork {
    /// The proof from two certified headers, put in order here. Whether it is one, [`Fork::verify`] says.
    #[must_use]
    pub fn of(one: Certified, other: Certified, validators: ValidatorSet) -> Self {
        let (first, second) = if one.header.id() <= other.header.id() {
            (one, other)
        } else {
            (other, one)
        };
        Self {
            first,
            form: Form::One,
            second,
            validators,
        }
    }

    /// Reads the proof.
    ///
    /// # Errors
    /// If the bytes are not canonical or a member is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts: [&[u8]; 7] = [
            br#"{"first":"#,
            &self.first.to_bytes(),
            br#","form":"sealroad-fork.1","second":"#,
            &self.second.to_bytes(),
            br#","validators":"#,
            &self.validators.to_bytes(),
            b"}",
        ];
        parts.concat()
    }

    /// Whether it proves, to whoever knows that `validators` was the set of that height, that the network forked there.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn verify(&self) -> Result<(), ForkError> {
        let (one, other) = (&self.first.header, &self.second.header);
        let ensure = |good: bool, error| if good { Ok(()) } else { Err(error) };
        ensure(one.network == other.network, ForkError::TwoNetworks)?;
        ensure(one.height == other.height, ForkError::TwoHeights)?;
        ensure(one.id() != other.id(), ForkError::SameBlock)?;
        ensure(one.id() < other.id(), ForkError::Order)?;
        self.first.commit.verify(one, &self.validators)?;
        Ok(self.second.commit.verify(other, &self.validators)?)
    }

    /// The network that forked.
    #[must_use]
    pub const fn network(&self) -> Hash {
        self.first.header.network
    }

    /// The height at which it did.
    #[must_use]
    pub const fn height(&self) -> u64 {
        self.first.header.height
    }

    /// The block with the lesser BlockId.
    #[must_use]
    pub const fn first(&self) -> &Certified {
        &self.first
    }

    /// The other block.
    #[must_use]
    pub const fn second(&self) -> &Certified {
        &self.second
    }

    /// The set that certified both.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    /// The vote keys that signed both, sorted: at least one of them broke the rules, in one round or over two.
    #[must_use]
    pub fn signed_both(&self) -> Vec<PublicKey> {
        let second = &self.second.commit.signatures;
        let keys = self.first.commit.signatures.iter().map(|one| one.key);
        keys.filter(|key| second.iter().any(|other| other.key == *key))
            .collect()
    }
}
