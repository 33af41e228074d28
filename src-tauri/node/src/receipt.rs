//! What a submitter is told.

use crate::error::NodeError;
use ledger::Hash;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use systems::Violation;

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In a block with its certificate.
    Confirmed {
        /// Block.
        height: u64,
        /// Place in the block, from 0.
        index: u32,
    },
    /// In the outbox: this node may not confirm now.
    Signed,
    /// It breaks a rule.
    Refused(Violation),
}

/// The answer to a submitted record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// RecordId.
    pub id: Hash,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a submitter gets.
pub type Answer = Result<Vec<Receipt>, NodeError>;

/// A submitted record that is being worked on.
#[derive(Debug)]
pub struct Ticket(pub(crate) Receiver<Answer>);

impl Ticket {
    /// Waits until the record is durable, refused, or cannot be kept.
    ///
    /// # Errors
    /// Storage failed, or the node was stopped.
    pub fn wait(self) -> Result<Receipt, NodeError> {
        self.0
            .recv()
            .map_err(|_| NodeError::Stopped)??
            .pop()
            .ok_or(NodeError::Stopped)
    }
}

/// Submitted records that are being worked on.
#[derive(Debug)]
pub struct Batch(pub(crate) Receiver<Answer>);

impl Batch {
    /// Waits until each record is durable, refused, or cannot be kept.
    ///
    /// # Errors
    /// Storage failed, or the node was stopped.
    pub fn wait(self) -> Answer {
        self.0.recv().map_err(|_| NodeError::Stopped)?
    }

    /// As [`Batch::wait`], but not longer than this. None: not decided yet; it may be asked again.
    ///
    /// # Errors
    /// Storage failed, or the node was stopped.
    pub fn wait_for(&self, most: Duration) -> Result<Option<Vec<Receipt>>, NodeError> {
        match self.0.recv_timeout(most) {
            Ok(answer) => answer.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(NodeError::Stopped),
        }
    }
}
