//! The chain of blocks on disk, and what stands after the newest: builds blocks, judges those of others, and keeps what is decided.
//! Who decides is not its business.

mod ahead;
mod placing;
mod voted;

pub use ahead::{Judged, reason};

use crate::error::NodeError;
use crate::execute::{Candidate, Changed, Fresh, Overlay, marking, rules_hash};
use crate::hashing::{Hashed, hash_changed};
use crate::node::Head;
use crate::probe::{Probe, SavePoint};
use crate::receipt::Outcome;
use crate::store::{LEDGER, Store, TreeCache};
use ledger::index::UpdateBatch;
use ledger::{CommitCertificate, Genesis, Hash, Header, Record, Subject, Time, ValidatorSet, merkle};
use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use systems::{Alliance, At};

/// A block holds at most this many records …
pub const BLOCK_RECORDS: usize = ledger::limits::BLOCK_RECORDS;
/// … of this many bytes in all.
pub const BLOCK_BYTES: usize = ledger::limits::BLOCK_BYTES;

/// Of so many blocks what they changed is kept; whoever is further behind reads the ledger.
const FRESH: usize = 8;

/// A block that was built or judged good, with all it changes; nothing of it is on disk.
pub struct Prepared {
    /// Its header.
    pub header: Header,
    /// Its records, in order.
    pub records: Arc<Vec<Record>>,
    /// Subject number and place, for each record.
    touches: Vec<Vec<(u64, u64)>>,
    /// Sorted by subject.
    changed: Vec<(Subject, Changed)>,
    hashed: Vec<Hashed>,
    batch: UpdateBatch,
}

/// Why a block of another is not good: a word for counting, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(pub String);

fn unfit(what: impl Into<String>) -> Unfit {
    Unfit(what.into())
}

/// The ledger and what stands after its newest block.
pub struct Chain {
    pub store: Store,
    pub tree: TreeCache,
    pub genesis: Genesis,
    pub head: Option<Head>,
    /// What the newest blocks changed, until somebody takes it; see [`Fresh`].
    pub fresh: Vec<Fresh>,
    network: Hash,
    rules: Hash,
    overlay: Overlay,
    newest_subject: u64,
    next_record: u64,
    /// Who governs the next block.
    alliance: Alliance,
    /// Who certifies the block after the next.
    decided: ValidatorSet,
    probe: Option<Probe>,
}

impl Chain {
    /// Opens the ledger of a folder and derives what a stop may have left underived.
    pub fn open(folder: &Path, probe: Option<Probe>) -> Result<Self, NodeError> {
        let store = Store::open(folder)?;
        let genesis = store
            .genesis()?
            .ok_or_else(|| NodeError::NoLedger(PathBuf::from(folder)))?;
        let newest = store.newest_block(false)?;
        let newest_subject = store.newest_subject_number()?;
        let next = newest.map_or(0, |block| block.height) + 1;
        let validators = store
            .validators_at(next)?
            .unwrap_or_else(|| genesis.validators().clone());
        let mut chain = Self {
            tree: TreeCache::new(),
            network: genesis.network(),
            rules: rules_hash(),
            overlay: Overlay::new(newest_subject),
            newest_subject,
            next_record: newest.map_or(0, |block| block.first + block.count),
            head: newest.map(|block| Head {
                height: block.height,
                block: block.id,
                time: block.time,
            }),
            fresh: Vec::new(),
            decided: validators.clone(),
            alliance: Alliance {
                profile: genesis.profile(),
                validators,
            },
            genesis,
            store,
            probe,
        };
        if chain.store.light {
            chain.next_record = chain.store.next_place()?;
        } else {
            chain.recover_tree()?;
        }
        chain.decided = chain.decided_now()?;
        Ok(chain)
    }

    /// The network.
    pub const fn network(&self) -> &Hash {
        &self.network
    }

    /// Who certifies the next block.
    pub const fn validators(&self) -> &ValidatorSet {
        &self.alliance.validators
    }

    /// Whether others are to certify than those who certify the next block.
    pub fn is_changing(&self) -> bool {
        self.decided != self.alliance.validators
    }

    /// Who certifies a height up to the next.
    pub fn validators_of(&self, height: u64) -> Result<ValidatorSet, NodeError> {
        let found = self.store.validators_at(height)?;
        Ok(found.unwrap_or_else(|| self.genesis.validators().clone()))
    }

    /// Height of the newest block, 0 before the first.
    pub fn height(&self) -> u64 {
        self.head.map_or(0, |head| head.height)
    }

    /// Applies again what was committed and not yet written of the subject index.
    fn recover_tree(&mut self) -> Result<(), NodeError> {
        let Some(head) = self.head else { return Ok(()) };
        let mut subjects = BTreeSet::new();
        for height in self.store.tree_height()? + 1..=head.height {
            let block = self.store.block_row(height)?;
            let block = block.ok_or_else(|| NodeError::damaged(LEDGER, format!("block {height} is missing")))?;
            for record in self.store.block_records(&block)? {
                subjects.extend(record.subjects().iter().cloned());
            }
        }
        let changes = subjects
            .iter()
            .map(|subject| self.stored_leaf(subject))
            .collect::<Result<Vec<_>, _>>()?;
        let batch = self.tree.update(&self.store, &changes)?;
        self.tree.keep(batch, 0);
        let stored = self.store.block(head.height)?.map(|block| block.header.index_root);
        if stored != Some(self.tree.root(&self.store)?) {
            return Err(NodeError::damaged(
                LEDGER,
                "the subject index does not have the root of the newest block",
            ));
        }
        Ok(())
    }

    fn stored_leaf(&self, subject: &Subject) -> Result<(Hash, Hash), NodeError> {
        let missing = || NodeError::damaged(LEDGER, format!("subject {subject} is missing"));
        let row = self.store.subject(subject)?.ok_or_else(missing)?;
        let state = self.store.state_bytes(subject)?.ok_or_else(missing)?;
        Ok((subject.index_key(), row.value(Hash::of(&state)).hash()))
    }

    /// The set that the records up to the newest block decide on.
    fn decided_now(&mut self) -> Result<ValidatorSet, NodeError> {
        let entry = self.overlay.settled_entry(&self.store, &Subject::validators())?;
        let decided = entry.and_then(|entry| systems::alliance::decided(&entry.state));
        Ok(decided.unwrap_or_else(|| self.alliance.validators.clone()))
    }

    /// The time of a block built now: later than the newest block's.
    pub fn time(&self, now: Time) -> Time {
        self.head.map_or(now, |head| now.max(head.time.plus_millis(1)))
    }

    /// One block of all the candidates that the rules allow; none if they allow none and `empty` is not asked for. Nothing is kept.
    pub fn build<C: Borrow<Candidate>>(
        &mut self,
        time: Time,
        candidates: &[C],
        empty: bool,
    ) -> Result<(Vec<Outcome>, Option<Prepared>), NodeError> {
        // Each read by itself would lock and unlock the file.
        let alone = !self.store.is_within();
        if alone {
            self.store.begin()?;
        }
        let built = self.execute(time, candidates, empty);
        self.overlay.discard(self.newest_subject);
        if alone {
            self.store.roll_back()?;
        }
        built
    }

    fn execute<C: Borrow<Candidate>>(
        &mut self,
        time: Time,
        candidates: &[C],
        empty: bool,
    ) -> Result<(Vec<Outcome>, Option<Prepared>), NodeError> {
        let alliance = self.alliance.clone();
        let at = At {
            height: self.height() + 1,
            time,
            alliance: &alliance,
        };
        let mut outcomes = Vec::with_capacity(candidates.len());
        let mut records = Vec::with_capacity(candidates.len());
        let mut touches = Vec::with_capacity(candidates.len());
        let mut places = HashMap::with_capacity(candidates.len());
        let ids = candidates.iter().map(|candidate| candidate.borrow().record.id());
        let known = self.store.record_numbers(ids)?;
        for candidate in candidates.iter().map(Borrow::borrow) {
            let id = candidate.record.id();
            if let Some(index) = places.get(&id) {
                outcomes.push(Outcome::Confirmed {
                    height: at.height,
                    index: *index,
                });
                continue;
            }
            if let Some(number) = known.get(&id) {
                outcomes.push(self.confirmed(*number)?);
                continue;
            }
            match self.overlay.take(&self.store, &self.network, &at, candidate)? {
                Ok(touched) => {
                    let index = u32::try_from(records.len()).unwrap_or(u32::MAX);
                    places.insert(id, index);
                    records.push(candidate.record.clone());
                    touches.push(touched);
                    outcomes.push(Outcome::Confirmed {
                        height: at.height,
                        index,
                    });
                }
                Err(violation) => outcomes.push(Outcome::Refused(violation)),
            }
        }
        if records.is_empty() && !empty {
            return Ok((outcomes, None));
        }
        let prepared = self.prepare(&at, records, touches)?;
        Ok((outcomes, Some(prepared)))
    }

    fn prepare(
        &mut self,
        at: &At<'_>,
        records: Vec<Record>,
        touches: Vec<Vec<(u64, u64)>>,
    ) -> Result<Prepared, NodeError> {
        let changed = self.overlay.take_changed();
        let hashed = hash_changed(&changed);
        let changes: Vec<(Hash, Hash)> = hashed.iter().map(|hashed| (hashed.key, hashed.value)).collect();
        let batch = self.tree.update(&self.store, &changes)?;
        let leaves: Vec<Hash> = records.iter().map(Record::leaf).collect();
        let header = Header {
            height: at.height,
            history_root: self.store.history_root(at.height - 1)?,
            index_root: batch.root,
            network: self.network,
            next_validators: self.decided.hash(),
            previous: self.head.map_or(self.network, |head| head.block),
            records_count: u64::try_from(records.len()).unwrap_or(u64::MAX),
            records_root: merkle::root(&leaves),
            rules: self.rules,
            time: at.time,
            validators: at.alliance.validators.hash(),
        };
        Ok(Prepared {
            header,
            records: Arc::new(records),
            touches,
            changed,
            hashed,
            batch,
        })
    }

    /// Whether a block of another is what the rules make of its records on top of ours; then it is ready to be kept. The order of
    /// the checks is that of what they cost.
    pub fn judge<C: Borrow<Candidate>>(
        &mut self,
        header: &Header,
        candidates: &[C],
    ) -> Result<Result<Prepared, Unfit>, NodeError> {
        if let Err(unfit) = self.follows(header) {
            return Ok(Err(unfit));
        }
        let leaves: Vec<Hash> = candidates.iter().map(|one| one.borrow().record.leaf()).collect();
        let bytes: usize = candidates.iter().map(|one| one.borrow().record.bytes().len()).sum();
        if candidates.len() > BLOCK_RECORDS || bytes > BLOCK_BYTES {
            return Ok(Err(unfit("too large")));
        }
        if u64::try_from(leaves.len()) != Ok(header.records_count) || merkle::root(&leaves) != header.records_root {
            return Ok(Err(unfit("other records than its header names")));
        }
        let (outcomes, prepared) = self.build(header.time, candidates, true)?;
        let here = |outcome: &Outcome| matches!(outcome, Outcome::Confirmed { height, .. } if *height == header.height);
        if let Some(bad) = outcomes.iter().position(|outcome| !here(outcome)) {
            let what = match outcomes.get(bad) {
                Some(Outcome::Refused(violation)) => format!("record {bad} breaks {violation}"),
                _ => format!("record {bad} stands in a block already"),
            };
            return Ok(Err(unfit(what)));
        }
        let Some(prepared) = prepared else {
            return Ok(Err(unfit("nothing")));
        };
        Ok(match prepared.header == *header {
            true => Ok(prepared),
            false => Err(unfit(differs(&prepared.header, header))),
        })
    }

    /// Whether a header can be the next, as far as that is told without its records. Its time against a clock is judged elsewhere.
    fn follows(&self, header: &Header) -> Result<(), Unfit> {
        let ensure = |good: bool, what: &str| if good { Ok(()) } else { Err(unfit(what)) };
        ensure(header.network == self.network, "another network")?;
        ensure(header.height == self.height() + 1, "another height")?;
        let previous = self.head.map_or(self.network, |head| head.block);
        ensure(header.previous == previous, "another block before it")?;
        ensure(
            self.head.is_none_or(|head| header.time > head.time),
            "a time not later than the block before",
        )?;
        ensure(header.rules == self.rules, "other rules: one of us must be updated")
    }

    /// Keeps a block: in one transaction with its certificate where there is one already.
    pub fn commit(&mut self, prepared: Prepared, certificate: Option<&CommitCertificate>) -> Result<(), NodeError> {
        if !self.store.is_within() {
            self.store.begin()?;
        }
        let written = self.write(&prepared, certificate);
        let Prepared {
            header,
            records,
            changed,
            batch,
            ..
        } = prepared;
        self.tree.keep(batch, header.records_count);
        let outcome = written.and_then(|()| {
            let due = self.tree.is_due();
            if due {
                self.tree.write(&self.store, header.height)?;
            }
            self.probe(SavePoint::BeforeBlock);
            self.store.commit()?;
            Ok(due)
        });
        match outcome {
            // On failure a fresh, empty cache reads the nodes of the last good tree again, and recovery applies the rest.
            Err(error) => {
                self.tree = TreeCache::new();
                self.store.roll_back()?;
                self.recover_tree()?;
                return Err(error);
            }
            Ok(true) => self.tree.written(),
            Ok(false) => {}
        }
        self.probe(SavePoint::AfterBlock);
        self.settle(&header, &records, changed)
    }

    fn write(&self, prepared: &Prepared, certificate: Option<&CommitCertificate>) -> Result<(), NodeError> {
        let header = &prepared.header;
        self.store
            .insert_decided(&header.id(), self.next_record, &prepared.records)?;
        self.store.save_touches(self.next_record, &prepared.touches)?;
        for ((subject, changed), hashed) in prepared.changed.iter().zip(&prepared.hashed) {
            self.store.save_subject(subject, &changed.row, hashed)?;
        }
        self.store.insert_block(header, self.next_record, certificate)?;
        self.store.append_history(header.height, &header.id())?;
        if header.next_validators != header.validators {
            self.store.save_validators(header.height + 1, &self.decided)?;
        }
        self.store.forget_pending(prepared.records.iter().map(Record::id))
    }

    /// The block is on disk: what it changed is what stands, and is told.
    fn settle(
        &mut self,
        header: &Header,
        records: &[Record],
        changed: Vec<(Subject, Changed)>,
    ) -> Result<(), NodeError> {
        if self.fresh.len() >= FRESH {
            self.fresh.clear();
        }
        let founded = changed.iter().map(|(_, changed)| changed.row.number).max();
        self.newest_subject = self.newest_subject.max(founded.unwrap_or(0));
        let governed = changed.iter().any(|(subject, _)| *subject == Subject::validators());
        self.fresh.push(Fresh {
            height: header.height,
            time: header.time,
            touched: self.overlay.settle(changed, self.newest_subject),
            marking: marking(records),
        });
        self.next_record += header.records_count;
        self.head = Some(Head {
            height: header.height,
            block: header.id(),
            time: header.time,
        });
        if header.next_validators != header.validators {
            self.alliance.validators = self.decided.clone();
        }
        if governed {
            self.decided = self.decided_now()?;
        }
        Ok(())
    }

    /// Where a confirmed record stands.
    pub fn confirmed(&self, number: u64) -> Result<Outcome, NodeError> {
        let (block, index) = self.store.place_of(number)?;
        Ok(Outcome::Confirmed {
            height: block.height,
            index,
        })
    }

    /// Writes what is kept back: at rest, and before a stop.
    pub fn flush(&mut self) -> Result<(), NodeError> {
        let Some(head) = self.head.filter(|_| self.tree.is_dirty()) else {
            return Ok(());
        };
        let transaction = self.store.connection.unchecked_transaction()?;
        self.tree.write(&self.store, head.height)?;
        transaction.commit()?;
        self.tree.written();
        Ok(())
    }

    /// Tells who watches the saves.
    pub fn probe(&self, point: SavePoint) {
        if let Some(probe) = &self.probe {
            probe(point);
        }
    }
}

/// The first member in which two headers differ.
fn differs(ours: &Header, theirs: &Header) -> String {
    let what = if ours.index_root != theirs.index_root {
        "the index"
    } else if ours.history_root != theirs.history_root {
        "the history"
    } else if ours.validators != theirs.validators || ours.next_validators != theirs.next_validators {
        "the validators"
    } else {
        "a member"
    };
    format!("{what} is not what its records make of ours")
}
