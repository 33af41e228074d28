//! For the tests that stop a node at each of its saves.

use std::sync::Arc;

/// Moments before and after each save, for the tests that stop the process at each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavePoint {
    /// The block is built and not saved.
    BeforeBlock,
    /// The block is saved, without a vote.
    AfterBlock,
    /// The vote is saved, without a certificate.
    AfterVote,
    /// All is saved, nobody has been told.
    AfterCertificate,
}

/// Is told of each [`SavePoint`].
pub type Probe = Arc<dyn Fn(SavePoint) + Send + Sync>;
