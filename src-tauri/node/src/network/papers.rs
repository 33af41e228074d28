//! The small documents by which firms found a network and let others in.

use crate::error::NodeError;
use crate::net::Address;
use ledger::{Anchor, Checkpoint, Genesis, Party, PublicKey, Trusted};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// File in the data folder that says which network it belongs to and where its validators are.
const FILE: &str = "network.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum SeatForm {
    #[serde(rename = "sealroad-seat.1")]
    One,
}

/// Where a validator sits: what its operator hands to the founders, and what an invitation tells newcomers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    form: SeatForm,
    /// Where its node listens; at least one.
    pub addresses: Vec<Address>,
    /// What people call it.
    pub name: String,
    /// Key of its node, by which connections know it.
    pub node: PublicKey,
    /// Who operates it.
    pub party: Party,
    /// Its vote key.
    pub vote: PublicKey,
}

impl Seat {
    /// A seat.
    #[must_use]
    pub const fn new(name: String, party: Party, vote: PublicKey, node: PublicKey, addresses: Vec<Address>) -> Self {
        Self {
            form: SeatForm::One,
            addresses,
            name,
            node,
            party,
            vote,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum InvitationForm {
    #[serde(rename = "sealroad-invitation.1")]
    One,
}

/// All a newcomer needs: what to trust, and whom to ask. Whoever takes it trusts whoever gave it, as with an anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    form: InvitationForm,
    /// A certified header to begin from; without it a newcomer begins at the genesis, which it may for as long as that is not older
    /// than the trusting period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// The network's genesis document.
    pub genesis: Genesis,
    /// Where its validators are.
    pub seats: Vec<Seat>,
}

/// Most seats in one invitation, as in a validator set.
const SEATS: usize = ledger::limits::VALIDATORS;
/// Most bytes of an invitation.
const BYTES: u64 = 256 * 1024;

impl Invitation {
    /// An invitation.
    #[must_use]
    pub const fn new(genesis: Genesis, seats: Vec<Seat>) -> Self {
        Self {
            form: InvitationForm::One,
            checkpoint: None,
            genesis,
            seats,
        }
    }

    /// What a newcomer trusts who takes this invitation.
    ///
    /// # Errors
    /// [`NodeError::BadPaper`]: its checkpoint is not good, or of another network.
    pub fn trusted(&self) -> Result<Trusted, NodeError> {
        let bad = |what: String| NodeError::BadPaper {
            paper: "invitation",
            what,
        };
        match &self.checkpoint {
            None => Ok(Trusted::from_anchor(&Anchor::of(self.genesis.clone()))),
            Some(checkpoint) if *checkpoint.genesis() != self.genesis => {
                Err(bad("its checkpoint is of another network".to_owned()))
            }
            Some(checkpoint) => Trusted::from_checkpoint(checkpoint).map_err(|error| bad(error.to_string())),
        }
    }

    /// Reads an invitation.
    ///
    /// # Errors
    /// [`NodeError::BadPaper`] with what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, NodeError> {
        let bad = |what: String| NodeError::BadPaper {
            paper: "invitation",
            what,
        };
        let invitation: Self = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        if invitation.seats.len() > SEATS {
            return Err(bad(format!("{} seats, at most {SEATS}", invitation.seats.len())));
        }
        if let Some(seat) = invitation.seats.iter().find(|seat| seat.addresses.is_empty()) {
            return Err(bad(format!("{} has no address", seat.name)));
        }
        Ok(invitation)
    }

    /// As it is handed on: JSON with line breaks, so that people can read it.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Keys, names and addresses always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What a data folder remembers; none where it belongs to no network of several.
    ///
    /// # Errors
    /// The file cannot be read, or is no invitation.
    pub fn of_folder(folder: &Path) -> Result<Option<Self>, NodeError> {
        use std::io::Read;
        let path = folder.join(FILE);
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(NodeError::io(format!("open {}", path.display()))(error)),
        };
        let mut bytes = Vec::new();
        file.take(BYTES)
            .read_to_end(&mut bytes)
            .map_err(NodeError::io(format!("read {}", path.display())))?;
        Self::parse(&bytes).map(Some)
    }

    /// Has a data folder remember it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, folder: &Path) -> Result<(), NodeError> {
        crate::folder::write_whole(&folder.join(FILE), self.to_text().as_bytes())
    }
}
