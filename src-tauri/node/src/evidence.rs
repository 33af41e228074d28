//! Gathers evidence: everything a stranger needs to check a subject, under the newest header.

use crate::driver::Driver;
use crate::error::{Halt, NodeError};
use crate::store::{LEDGER, Store, Stored};
use ledger::evidence::{ShownBlock, ShownRecord, ShownSubject};
use ledger::{Evidence, Hash, InclusionProof, IndexValue, Opening, State, Subject, merkle};
use std::collections::{BTreeMap, BTreeSet};

/// More records than this do not fit the largest evidence file anyway.
const MOST_RECORDS: usize = 50_000;

/// What has been gathered so far.
#[derive(Default)]
struct Gathered {
    subjects: BTreeMap<Subject, Option<(IndexValue, State)>>,
    /// By running number, which is also the order of (height, index).
    records: BTreeMap<u64, Stored>,
}

/// Evidence about a subject, canonical bytes.
pub fn build(driver: &Driver, about: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
    let head = driver.chain.head.ok_or_else(|| NodeError::Unknown(about.to_string()))?;
    let block = driver
        .chain
        .store
        .block(head.height)?
        .ok_or_else(|| NodeError::damaged(LEDGER, "the newest block is missing"))?;
    // Without a certificate nothing can be shown; that lasts only while the node may not vote.
    let commit = block
        .certificate
        .ok_or(NodeError::Halted(driver.halt.unwrap_or(Halt::NoVoteKey)))?;
    let gathered = gather(&driver.chain.store, about)?;
    let subjects = gathered
        .subjects
        .into_iter()
        .map(|(subject, found)| {
            let proof = driver
                .chain
                .tree
                .prove(&driver.chain.store, &subject.index_key())?
                .proof;
            Ok(ShownSubject {
                subject,
                present: found,
                proof,
            })
        })
        .collect::<Result<Vec<_>, NodeError>>()?;
    let records = place(&driver.chain.store, &gathered.records)?;
    let heights: BTreeSet<u64> = gathered
        .records
        .values()
        .map(|stored| stored.height)
        .filter(|height| *height != head.height)
        .collect();
    let blocks = heights
        .into_iter()
        .map(|height| {
            let found = driver.chain.store.block(height)?;
            let header = found
                .ok_or_else(|| NodeError::damaged(LEDGER, format!("block {height} is missing")))?
                .header;
            Ok(ShownBlock {
                header,
                path: driver.chain.store.history_path(head.height - 1, height)?,
            })
        })
        .collect::<Result<Vec<_>, NodeError>>()?;
    let evidence = Evidence {
        about: about.clone(),
        blocks,
        commit,
        genesis: driver.chain.genesis.clone(),
        head: block.header,
        openings,
        records,
        sets: driver.chain.store.set_changes(0, head.height, u32::MAX)?,
        subjects,
    };
    evidence
        .to_bytes()
        .map_err(|error| NodeError::damaged(LEDGER, format!("evidence about {about}: {error}")))
}

/// The subject, all it depends on, and the keys of all who wrote them.
fn gather(store: &Store, about: &Subject) -> Result<Gathered, NodeError> {
    let mut gathered = Gathered::default();
    let mut open = vec![about.clone()];
    while let Some(subject) = open.pop() {
        if gathered.subjects.contains_key(&subject) {
            continue;
        }
        let Some(row) = store.subject(&subject)? else {
            gathered.subjects.insert(subject, None);
            continue;
        };
        let damaged = |what: &dyn std::fmt::Display| NodeError::damaged(LEDGER, format!("subject {subject}: {what}"));
        let bytes = store
            .state_bytes(&subject)?
            .ok_or_else(|| damaged(&"its state is missing"))?;
        let state = State::parse(&bytes).map_err(|error| damaged(&error))?;
        open.extend(state.links().iter().cloned());
        for number in store.touches(row.number, 0, u32::MAX)? {
            if gathered.records.len() > MOST_RECORDS {
                return Err(NodeError::Unknown(format!(
                    "{about}: its story is too long for one file"
                )));
            }
            if let std::collections::btree_map::Entry::Vacant(vacant) = gathered.records.entry(number) {
                vacant.insert(store.stored(number)?);
            }
            if let Some(stored) = gathered.records.get(&number) {
                open.push(Subject::party(stored.record.party()));
            }
        }
        gathered
            .subjects
            .insert(subject, Some((row.value(state.hash()), state)));
    }
    Ok(gathered)
}

/// Proves each record in its block; the leaves of a block are read once.
fn place(store: &Store, records: &BTreeMap<u64, Stored>) -> Result<Vec<ShownRecord>, NodeError> {
    let mut leaves: (u64, Vec<Hash>) = (0, Vec::new());
    records
        .values()
        .map(|stored| {
            if leaves.0 != stored.height {
                let block = store.block_row(stored.height)?;
                let block =
                    block.ok_or_else(|| NodeError::damaged(LEDGER, format!("block {} is missing", stored.height)))?;
                leaves = (stored.height, store.leaves(block.first, block.count)?);
            }
            let index = usize::try_from(stored.index).unwrap_or(usize::MAX);
            let InclusionProof { index, path, .. } = merkle::prove(&leaves.1, index)
                .ok_or_else(|| NodeError::damaged(LEDGER, format!("record {index} of block {}", stored.height)))?;
            Ok(ShownRecord {
                height: stored.height,
                index,
                path,
                record: stored.record.clone(),
            })
        })
        .collect()
}
