//! The checkpoint: a certified header that somebody gives to start from.

use serde::{Deserialize, Serialize};

use super::LightError;
use crate::block::{DocumentError, Header, read};
use crate::commit::CommitCertificate;
use crate::limits::CHECKPOINT_BYTES;
use crate::validators::{Genesis, ValidatorSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-checkpoint.1")]
    One,
}

/// A header, the set that certified it, and the network they are of. Whoever takes it trusts whoever gave it, as with an anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    commit: CommitCertificate,
    form: Form,
    genesis: Genesis,
    header: Header,
    validators: ValidatorSet,
}

impl Checkpoint {
    /// A checkpoint at `header`, certified by `validators`. Whether it is good, [`Checkpoint::verify`] says.
    #[must_use]
    pub const fn of(genesis: Genesis, header: Header, commit: CommitCertificate, validators: ValidatorSet) -> Self {
        Self {
            commit,
            form: Form::One,
            genesis,
            header,
            validators,
        }
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// If the bytes are above 64 KiB, not canonical or not of the form of section 14.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > CHECKPOINT_BYTES {
            return Err(DocumentError::TooLong(bytes.len()));
        }
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts: [&[u8]; 9] = [
            br#"{"commit":"#,
            &self.commit.to_bytes(),
            br#","form":"sealroad-checkpoint.1","genesis":"#,
            &self.genesis.to_bytes(),
            br#","header":"#,
            &self.header.to_bytes(),
            br#","validators":"#,
            &self.validators.to_bytes(),
            b"}",
        ];
        parts.concat()
    }

    /// Whether it holds together: the header is of the network, and its certificate is good under the set.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn verify(&self) -> Result<(), LightError> {
        if self.header.network != self.genesis.network() {
            return Err(LightError::WrongNetwork);
        }
        Ok(self.commit.verify(&self.header, &self.validators)?)
    }

    /// The certificate of the header.
    #[must_use]
    pub const fn commit(&self) -> &CommitCertificate {
        &self.commit
    }

    /// The genesis document of the network.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The set that certified it.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }
}
