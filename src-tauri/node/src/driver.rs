//! One loop: records come in, blocks go out. It alone writes the ledger.
//!
//! The order of saving is the safety of the whole: the block is durable before its vote is made, the vote before the certificate,
//! the certificate before anybody is told. A stop between any two leaves what [`Driver::open`] can finish.

use crate::clock::Clock;
use crate::error::{Halt, NodeError};
use crate::execute::{Candidate, Changed, Fresh, Overlay, marking, rules_hash};
use crate::hashing::hash_beside;
use crate::node::Head;
use crate::probe::{Probe, SavePoint};
use crate::receipt::Outcome;
use crate::store::{LEDGER, Store, TreeCache, Vote, Votes};
use ledger::commit::{CommitSignature, precommit_bytes};
use ledger::{CommitCertificate, Genesis, Hash, Header, Record, SecretKey, Subject, merkle};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use systems::At;

/// A block holds at most this many records …
pub const BLOCK_RECORDS: usize = 4096;

/// What a driver is made of.
pub struct Parts {
    pub folder: PathBuf,
    pub vote: Option<SecretKey>,
    pub clock: Arc<dyn Clock>,
    pub probe: Option<Probe>,
}

/// The state of the loop.
pub struct Driver {
    pub store: Store,
    pub tree: TreeCache,
    pub genesis: Genesis,
    pub head: Option<Head>,
    pub halt: Option<Halt>,
    /// What the newest blocks changed, until somebody takes it; see [`Fresh`].
    pub fresh: Vec<Fresh>,
    network: Hash,
    validators: Hash,
    rules: Hash,
    overlay: Overlay,
    next_record: u64,
    votes: Option<Votes>,
    parts: Parts,
}

/// Of so many blocks what they changed is kept; whoever is further behind reads the ledger.
const FRESH: usize = 8;

/// What goes into a block.
struct Taken {
    records: Vec<Record>,
    /// Subject number and place, for each record.
    touches: Vec<Vec<(u64, u64)>>,
    /// All that was looked at, taken or refused: none of it stays in the outbox.
    settled: Vec<Hash>,
}

impl Driver {
    /// Founds a ledger in an empty folder.
    pub fn found(folder: &Path, genesis: &Genesis) -> Result<(), NodeError> {
        let mut store = Store::open(folder)?;
        if store.genesis()?.is_some() {
            return Err(NodeError::LedgerExists(folder.to_path_buf()));
        }
        // Votes first: a ledger without votes would have to ask a person.
        drop(Votes::create(folder, &genesis.network(), 0)?);
        let transaction = store.connection.transaction()?;
        transaction.execute("INSERT INTO meta VALUES('genesis', ?1)", [genesis.to_bytes()])?;
        transaction.commit()?;
        Ok(())
    }

    /// Opens a ledger and finishes what a stop may have left unfinished.
    pub fn open(parts: Parts) -> Result<Self, NodeError> {
        let store = Store::open(&parts.folder)?;
        let genesis = store
            .genesis()?
            .ok_or_else(|| NodeError::NoLedger(parts.folder.clone()))?;
        let newest = store.newest_block(false)?;
        let mut driver = Self {
            tree: TreeCache::new(),
            network: genesis.network(),
            validators: genesis.validators().hash(),
            rules: rules_hash(),
            overlay: Overlay::new(store.newest_subject_number()?),
            next_record: newest.map_or(0, |block| block.first + block.count),
            head: newest.map(|block| Head {
                height: block.height,
                block: block.id,
                time: block.time,
            }),
            halt: None,
            fresh: Vec::new(),
            votes: None,
            genesis,
            store,
            parts,
        };
        driver.recover_tree()?;
        driver.halt = driver.open_votes()?;
        Ok(driver)
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

    /// Decides whether this node may vote, and gives the newest block its certificate if a stop took it.
    fn open_votes(&mut self) -> Result<Option<Halt>, NodeError> {
        if self.parts.vote.is_none() {
            return Ok(Some(Halt::NoVoteKey));
        }
        let height = self.head.map_or(0, |head| head.height);
        if !Votes::exist(&self.parts.folder) {
            return Ok(Some(Halt::VotesMissing));
        }
        let votes = Votes::open(&self.parts.folder, &self.network)?;
        let highest = votes.highest()?;
        let conflicting = match (self.head, votes.at(height)?) {
            (Some(head), Some(vote)) => vote.block != head.block,
            _ => false,
        };
        self.votes = Some(votes);
        if highest > height || conflicting {
            return Ok(Some(Halt::RestoredBackup));
        }
        self.certify_newest()?;
        Ok(None)
    }

    /// A person says that no later blocks were signed elsewhere: votes begin anew above the newest block.
    pub fn confirm_votes_lost(&mut self) -> Result<(), NodeError> {
        if self.halt != Some(Halt::VotesMissing) {
            return Err(self.halt.map_or(
                NodeError::Unknown("votes are not missing".to_owned()),
                NodeError::Halted,
            ));
        }
        let height = self.head.map_or(0, |head| head.height);
        let certified = self.store.newest_block(true)?.map_or(0, |block| block.height);
        self.votes = Some(Votes::create(&self.parts.folder, &self.network, certified.min(height))?);
        self.halt = None;
        self.certify_newest()?;
        Ok(())
    }

    /// Confirms records, or keeps them in the outbox when this node may not confirm.
    ///
    /// # Errors
    /// Storage; then nothing of these records was kept but what stands in blocks already.
    pub fn submit(&mut self, candidates: &[Candidate]) -> Result<Vec<Outcome>, NodeError> {
        let mut outcomes = Vec::with_capacity(candidates.len());
        if self.halt == Some(Halt::DiskFull) {
            self.certify_newest()?;
        }
        for some in candidates.chunks(BLOCK_RECORDS) {
            match self.halt {
                None | Some(Halt::DiskFull) => outcomes.extend(self.confirm(some)?),
                Some(_) => outcomes.extend(self.keep_pending(some)?),
            }
        }
        Ok(outcomes)
    }

    /// The outbox again, after a start or when a halt has ended.
    pub fn confirm_pending(&mut self) -> Result<(), NodeError> {
        if self.halt.is_some() {
            return Ok(());
        }
        let candidates: Vec<Candidate> = self.store.pending()?.into_iter().map(Candidate::read).collect();
        for some in candidates.chunks(BLOCK_RECORDS) {
            self.confirm(some)?;
        }
        Ok(())
    }

    fn keep_pending(&mut self, candidates: &[Candidate]) -> Result<Vec<Outcome>, NodeError> {
        let transaction = self.store.connection.unchecked_transaction()?;
        let mut outcomes = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            outcomes.push(match self.store.record_number(&candidate.record.id())? {
                Some(number) => self.confirmed(number)?,
                None => {
                    self.store.save_pending(&candidate.record)?;
                    Outcome::Signed
                }
            });
        }
        transaction.commit()?;
        Ok(outcomes)
    }

    fn confirmed(&self, number: u64) -> Result<Outcome, NodeError> {
        let (block, index) = self.store.place_of(number)?;
        Ok(Outcome::Confirmed {
            height: block.height,
            index,
        })
    }

    /// The rules over records as they would apply in the next block; nothing is kept.
    pub fn check(&mut self, candidates: &[Candidate]) -> Result<Vec<Result<(), systems::Violation>>, NodeError> {
        let at = self.next();
        let newest = self.store.newest_subject_number()?;
        let mut results = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            match self.overlay.take(&self.store, &self.network, &at, candidate) {
                Ok(result) => results.push(result.map(|_| ())),
                Err(error) => {
                    self.overlay.discard(newest);
                    return Err(error);
                }
            }
        }
        self.overlay.discard(newest);
        Ok(results)
    }

    fn next(&self) -> At {
        let now = self.parts.clock.now();
        self.head.map_or(At { height: 1, time: now }, |head| At {
            height: head.height + 1,
            time: now.max(head.time.plus_millis(1)),
        })
    }

    /// One block of all the candidates that the rules allow.
    fn confirm(&mut self, candidates: &[Candidate]) -> Result<Vec<Outcome>, NodeError> {
        let at = self.next();
        let newest_subject = self.store.newest_subject_number()?;
        // Reads too: each by itself would lock and unlock the file.
        self.store.begin()?;
        let built = self.build(&at, candidates);
        let (outcomes, header) = match built {
            Ok((outcomes, None)) => {
                self.overlay.discard(newest_subject);
                self.store.commit()?;
                return Ok(outcomes);
            }
            Ok((outcomes, Some(header))) => (outcomes, header),
            Err(error) => {
                // Nothing of this block was kept: storage is as it was before.
                self.overlay.discard(newest_subject);
                self.store.roll_back()?;
                self.halt = matches!(error, NodeError::DiskFull).then_some(Halt::DiskFull);
                return Err(error);
            }
        };
        if self.fresh.len() >= FRESH {
            self.fresh.clear();
        }
        self.fresh.push(Fresh {
            height: header.height,
            time: header.time,
            touched: self.overlay.settle(),
            marking: marking(candidates, &outcomes, header.height),
        });
        self.next_record += header.records_count;
        self.head = Some(Head {
            height: header.height,
            block: header.id(),
            time: header.time,
        });
        self.certify_or_halt(&header)?;
        Ok(outcomes)
    }

    fn build(&mut self, at: &At, candidates: &[Candidate]) -> Result<(Vec<Outcome>, Option<Header>), NodeError> {
        let mut outcomes = Vec::with_capacity(candidates.len());
        let mut records = Vec::with_capacity(candidates.len());
        let mut touches = Vec::with_capacity(candidates.len());
        let mut places = HashMap::with_capacity(candidates.len());
        let known = self
            .store
            .record_numbers(candidates.iter().map(|candidate| candidate.record.id()))?;
        for candidate in candidates {
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
            match self.overlay.take(&self.store, &self.network, at, candidate)? {
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
        if records.is_empty() {
            self.store
                .forget_pending(candidates.iter().map(|candidate| candidate.record.id()))?;
            return Ok((outcomes, None));
        }
        let settled = candidates.iter().map(|candidate| candidate.record.id()).collect();
        let header = self.save(
            at,
            &Taken {
                records,
                touches,
                settled,
            },
        )?;
        Ok((outcomes, Some(header)))
    }

    /// Saves the block with all it changes, and ends the transaction.
    fn save(&mut self, at: &At, taken: &Taken) -> Result<Header, NodeError> {
        let changed = self.overlay.changed();
        let hashed = hash_beside(&changed, || {
            self.store.insert_records(self.next_record, &taken.records)?;
            self.store.save_touches(self.next_record, &taken.touches)
        })?;
        for ((subject, Changed { row, .. }), hashed) in changed.iter().zip(&hashed) {
            self.store.save_subject(subject, row, hashed)?;
        }
        let changes: Vec<(Hash, Hash)> = hashed.iter().map(|hashed| (hashed.key, hashed.value)).collect();
        let batch = self.tree.update(&self.store, &changes)?;
        let leaves: Vec<Hash> = taken.records.iter().map(Record::leaf).collect();
        let previous = self.head.map_or(self.network, |head| head.block);
        let header = Header {
            height: at.height,
            history_root: self.store.history_root(at.height - 1)?,
            index_root: batch.root,
            network: self.network,
            next_validators: self.validators,
            previous,
            records_count: u64::try_from(taken.records.len()).unwrap_or(u64::MAX),
            records_root: merkle::root(&leaves),
            rules: self.rules,
            time: at.time,
            validators: self.validators,
        };
        self.store.insert_block(&header, self.next_record)?;
        self.store.append_history(header.height, &header.id())?;
        self.store.forget_pending(taken.settled.iter().copied())?;
        let mut tree = std::mem::replace(&mut self.tree, TreeCache::new());
        tree.keep(batch, header.records_count);
        let written = if tree.is_due() {
            tree.write(&self.store, at.height).map(|()| true)
        } else {
            Ok(false)
        };
        let outcome = written.and_then(|written| {
            self.probe(SavePoint::BeforeBlock);
            self.store.commit()?;
            Ok(written)
        });
        match outcome {
            // On failure the fresh, empty cache reads the nodes of the last good tree again, and recovery applies the rest.
            Err(error) => {
                self.store.roll_back()?;
                self.recover_tree()?;
                return Err(error);
            }
            Ok(written) => {
                if written {
                    tree.written();
                }
                self.tree = tree;
            }
        }
        self.probe(SavePoint::AfterBlock);
        Ok(header)
    }

    fn certify_or_halt(&mut self, header: &Header) -> Result<(), NodeError> {
        let outcome = self.certify(header);
        self.halt = match &outcome {
            Ok(()) => None,
            // The vote is saved or it is not; with room again the same block gets it.
            Err(NodeError::DiskFull) => Some(Halt::DiskFull),
            // What was voted may not be known: stop voting until the next start.
            Err(_) => Some(Halt::Damaged),
        };
        outcome
    }

    /// The newest block may wait for its vote since the disk was full.
    fn certify_newest(&mut self) -> Result<(), NodeError> {
        let height = self.head.map_or(0, |head| head.height);
        let waiting = self.store.block(height)?.filter(|block| block.certificate.is_none());
        waiting.map_or(Ok(()), |block| self.certify_or_halt(&block.header))
    }

    /// Votes for a saved block and keeps the certificate.
    fn certify(&self, header: &Header) -> Result<(), NodeError> {
        let (Some(key), Some(votes)) = (&self.parts.vote, &self.votes) else {
            return Err(NodeError::Halted(Halt::NoVoteKey));
        };
        let block = header.id();
        let vote = match votes.at(header.height)? {
            Some(vote) => vote,
            None => {
                let signature = key.sign(&precommit_bytes(&self.network, header.height, 0, &block));
                let vote = Vote {
                    height: header.height,
                    round: 0,
                    block,
                    signature,
                };
                votes.save(&vote)?;
                vote
            }
        };
        self.probe(SavePoint::AfterVote);
        let signatures = vec![CommitSignature {
            key: key.public(),
            signature: vote.signature,
        }];
        let certificate = CommitCertificate {
            block: vote.block,
            height: vote.height,
            round: vote.round,
            signatures,
        };
        certificate.verify(header, self.genesis.validators()).map_err(|error| {
            NodeError::damaged("votes.db", format!("the vote for block {}: {error}", header.height))
        })?;
        self.store.set_certificate(&certificate)?;
        self.probe(SavePoint::AfterCertificate);
        Ok(())
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

    fn probe(&self, point: SavePoint) {
        if let Some(probe) = &self.parts.probe {
            probe(point);
        }
    }
}
