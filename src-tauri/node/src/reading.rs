//! What can be read of a ledger while it is written.

use crate::error::NodeError;
use crate::execute::Candidate;
use crate::node::Node;
use crate::store::{Store, Stored, StoredBlock};
use ledger::{CommitCertificate, Hash, Header, InclusionProof, Opening, Record, Subject, Time, ValidatorSet};
use systems::{Entry, Violation};

impl Node {
    /// The rules over records as they would apply now, each on the state left by those before; nothing is kept.
    ///
    /// # Errors
    /// Storage.
    pub fn check(&self, records: &[Record]) -> Result<Vec<Result<(), Violation>>, NodeError> {
        let candidates: Vec<Candidate> = records.iter().cloned().map(Candidate::read).collect();
        self.ask(move |driver| driver.check(&candidates))
    }

    /// Where a subject stands.
    ///
    /// # Errors
    /// Storage.
    pub fn entry(&self, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        self.read(|store| Ok(store.subject(subject)?.map(|row| row.entry)))
    }

    /// Where a subject stands once what was signed here and waits is confirmed.
    ///
    /// # Errors
    /// Storage.
    pub fn expected(&self, subject: &Subject) -> Result<Option<Entry>, NodeError> {
        if self.outbox()?.is_empty() {
            return self.entry(subject);
        }
        let subject = subject.clone();
        self.ask(move |driver| driver.expected(&subject))
    }

    /// A confirmed record.
    ///
    /// # Errors
    /// Storage.
    pub fn record(&self, id: &Hash) -> Result<Option<Stored>, NodeError> {
        self.read(|store| store.record_number(id)?.map(|number| store.stored(number)).transpose())
    }

    /// Height and place in its block of a confirmed record.
    ///
    /// # Errors
    /// Storage.
    pub fn place(&self, id: &Hash) -> Result<Option<(u64, u32)>, NodeError> {
        self.read(|store| {
            let Some(number) = store.record_number(id)? else {
                return Ok(None);
            };
            let (block, index) = store.place_of(number)?;
            Ok(Some((block.height, index)))
        })
    }

    /// The records of a subject from the `from`-th (0 is the oldest) on.
    ///
    /// # Errors
    /// Storage.
    pub fn history(&self, subject: &Subject, from: u64, limit: u32) -> Result<Vec<Stored>, NodeError> {
        self.read(|store| {
            let Some(row) = store.subject(subject)? else {
                return Ok(Vec::new());
            };
            store
                .touches(row.number, from, limit)?
                .into_iter()
                .map(|number| store.stored(number))
                .collect()
        })
    }

    /// A block.
    ///
    /// # Errors
    /// Storage.
    pub fn block(&self, height: u64) -> Result<Option<StoredBlock>, NodeError> {
        self.read(|store| store.block(height))
    }

    /// Blocks below a height, newest first.
    ///
    /// # Errors
    /// Storage.
    pub fn blocks(&self, below: Option<u64>, limit: u32) -> Result<Vec<StoredBlock>, NodeError> {
        self.read(|store| store.blocks(below, limit))
    }

    /// Records witnessed in `[from, to)`, or in one block, newest first; and how many there are.
    ///
    /// # Errors
    /// Storage.
    pub fn records_between(
        &self,
        from: Option<Time>,
        to: Option<Time>,
        height: Option<u64>,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<Stored>, u64), NodeError> {
        self.read(|store| {
            if store.light {
                let (numbers, total) = store.placed_between(from, to, height, offset, limit)?;
                let found = numbers.into_iter().map(|number| store.stored(number));
                return Ok((found.collect::<Result<_, _>>()?, total));
            }
            let (first, end) = store.numbers_between(from, to, height)?;
            let total = end.saturating_sub(first);
            let top = end.saturating_sub(offset.min(total));
            let bottom = top.saturating_sub(u64::from(limit)).max(first);
            let found = (bottom..top)
                .rev()
                .map(|number| store.stored(number))
                .collect::<Result<Vec<_>, _>>()?;
            Ok((found, total))
        })
    }

    /// Who certifies the block of a height, as far as the blocks here tell.
    ///
    /// # Errors
    /// Storage.
    pub fn validators_of(&self, height: u64) -> Result<ValidatorSet, NodeError> {
        let found = self.read(|store| store.validators_at(height))?;
        Ok(found.unwrap_or_else(|| self.genesis().validators().clone()))
    }

    /// What was signed here and is not confirmed yet, oldest first.
    ///
    /// # Errors
    /// Storage.
    pub fn outbox(&self) -> Result<Vec<Record>, NodeError> {
        self.read(Store::pending)
    }

    /// Evidence about a subject, canonical bytes; of a subject never written, that it is absent.
    ///
    /// # Errors
    /// Storage, or nothing has been confirmed yet.
    pub fn evidence(&self, subject: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
        if self.is_light()? {
            // Proofs under the newest header are with those who keep whole blocks; without them what we carry says how old it is.
            return match self.reach().map(|reach| reach.evidence(subject, openings.clone())) {
                None | Some(Err(NodeError::Unreachable)) => self.evidence_carried(subject, openings),
                Some(answered) => answered,
            };
        }
        let subject = subject.clone();
        self.ask(move |driver| crate::evidence::build(driver, &subject, openings))
    }

    /// Where a record stands in its block, with header and certificate.
    ///
    /// # Errors
    /// Storage.
    pub fn inclusion(&self, id: &Hash) -> Result<Option<(InclusionProof, Header, CommitCertificate)>, NodeError> {
        self.read(|store| {
            let Some(number) = store.record_number(id)? else {
                return Ok(None);
            };
            let (block, index) = store.place_of(number)?;
            let stored = store.block(block.height)?;
            let proof = match store.place(number)? {
                Some(place) => stored.as_ref().map(|stored| InclusionProof {
                    index: place.index,
                    count: stored.header.records_count,
                    path: place.path,
                }),
                None => {
                    let leaves = store.leaves(block.first, block.count)?;
                    ledger::merkle::prove(&leaves, usize::try_from(index).unwrap_or(usize::MAX))
                }
            };
            Ok(proof
                .zip(stored)
                .and_then(|(proof, stored)| Some((proof, stored.header, stored.certificate?))))
        })
    }
}
