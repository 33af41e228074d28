//! A long chain that is made for a measurement: every block is built and kept as a validator builds and keeps it, and signed by keys that
//! the measurement holds. Only the disk is not waited for.

use crate::DataFolder;
use crate::chain::Chain;
use crate::error::NodeError;
use crate::execute::Candidate;
use crate::node::Node;
use crate::receipt::Outcome;
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::{CommitCertificate, Genesis, Record, SecretKey, Time};
use std::path::PathBuf;

/// The chain while it grows.
pub struct Grown {
    folder: PathBuf,
    chain: Chain,
}

impl Grown {
    /// Founds it in a folder that has none.
    ///
    /// # Errors
    /// There is one, or it cannot be written.
    pub fn found(folder: &DataFolder, genesis: &Genesis) -> Result<Self, NodeError> {
        Node::prepare(folder, genesis)?;
        let chain = Chain::open(folder.path(), None)?;
        chain.store.connection.pragma_update(None, "synchronous", "OFF")?;
        Ok(Self {
            folder: folder.path().to_path_buf(),
            chain,
        })
    }

    /// Height of the newest block.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.chain.height()
    }

    /// One block more, signed by those of the keys that are in the set.
    ///
    /// # Errors
    /// Storage; or a record may not stand in a block, which is named.
    pub fn block(&mut self, time: Time, records: Vec<Record>, keys: &[SecretKey]) -> Result<(), NodeError> {
        let candidates: Vec<Candidate> = records.into_iter().map(Candidate::read).collect();
        let (outcomes, prepared) = self.chain.build(time, &candidates, true)?;
        if let Some(Outcome::Refused(violation)) = outcomes.iter().find(|one| matches!(one, Outcome::Refused(_))) {
            return Err(NodeError::Unknown(violation.to_string()));
        }
        let prepared = prepared.ok_or_else(|| NodeError::Unknown("no block".to_owned()))?;
        let (height, block) = (prepared.header.height, prepared.header.id());
        let said = precommit_bytes(self.chain.network(), height, 0, &block);
        let known = |key: &&SecretKey| self.chain.validators().get(&key.public()).is_some();
        let mut signatures: Vec<CommitSignature> = keys
            .iter()
            .filter(known)
            .map(|key| CommitSignature {
                key: key.public(),
                signature: key.sign(&said),
            })
            .collect();
        signatures.sort_by_key(|one| one.key);
        let certificate = CommitCertificate {
            block,
            height,
            round: 0,
            signatures,
        };
        self.chain.commit(prepared, Some(&certificate))?;
        self.chain.fresh.clear();
        Ok(())
    }

    /// Writes everything to the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<(), NodeError> {
        self.chain.flush()?;
        drop(self.chain);
        crate::checkpoint(&self.folder.join(crate::store::LEDGER))
    }
}
