//! The highest header that was ever seen here, in a file of its own: an older copy of the ledger must not take us back behind it.

use crate::error::NodeError;
use crate::folder::write_whole;
use ledger::{Hash, Trusted};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "head.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    block: Hash,
    height: u64,
}

/// The floor below which nothing is trusted any more.
#[derive(Debug)]
pub struct Floor {
    path: PathBuf,
    seen: Option<Seen>,
}

impl Floor {
    /// Reads the file; a missing one is no floor.
    ///
    /// # Errors
    /// It cannot be read, or is not ours.
    pub fn open(folder: &Path) -> Result<Self, NodeError> {
        let path = folder.join(FILE);
        let seen = match std::fs::read(&path) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).map_err(|error| NodeError::damaged(FILE, error))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(NodeError::io(format!("read {}", path.display()))(error)),
        };
        Ok(Self { path, seen })
    }

    /// Whether this may be trusted: it is not below what was seen, and at the same height it is the same block.
    pub fn allows(&self, trusted: &Trusted) -> bool {
        let block = trusted.header().map(ledger::Header::id);
        self.seen.is_none_or(|seen| {
            trusted.height() > seen.height || trusted.height() == seen.height && block == Some(seen.block)
        })
    }

    /// Whether more was seen than this: then this is an older copy.
    pub fn is_above(&self, trusted: &Trusted) -> bool {
        self.seen.is_some_and(|seen| seen.height > trusted.height())
    }

    /// This was seen.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn raise(&mut self, trusted: &Trusted) -> Result<(), NodeError> {
        let Some(header) = trusted.header() else { return Ok(()) };
        let seen = Seen {
            block: header.id(),
            height: header.height,
        };
        // Two numbers always have a JSON form.
        let text = serde_json::to_vec(&seen).unwrap_or_default();
        write_whole(&self.path, &text)?;
        self.seen = Some(seen);
        Ok(())
    }
}
