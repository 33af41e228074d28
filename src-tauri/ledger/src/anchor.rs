//! The network a verifier already trusts (section 9 of `docs/protocol.md`).

use serde::{Deserialize, Serialize};

use crate::block::{DocumentError, read};
use crate::hash::Hash;
use crate::limits::ANCHOR_BYTES;
use crate::validators::Genesis;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-anchor.1")]
    One,
}

/// Pins a network by its genesis document. A verifier has it from elsewhere, never from the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    form: Form,
    genesis: Genesis,
}

impl Anchor {
    /// The anchor of the network that begins with `genesis`.
    #[must_use]
    pub const fn of(genesis: Genesis) -> Self {
        Self {
            form: Form::One,
            genesis,
        }
    }

    /// Reads an anchor.
    ///
    /// # Errors
    /// If the bytes are above 64 KiB, not canonical or not of the form of section 9.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > ANCHOR_BYTES {
            return Err(DocumentError::TooLong(bytes.len()));
        }
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = br#"{"form":"sealroad-anchor.1","genesis":"#.to_vec();
        bytes.extend_from_slice(&self.genesis.to_bytes());
        bytes.push(b'}');
        bytes
    }

    /// The genesis document.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> Hash {
        self.genesis.network()
    }
}
