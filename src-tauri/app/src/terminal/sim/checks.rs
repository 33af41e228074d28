//! What must hold after every step, whatever goes wrong. Nothing here trusts what a validator says of itself: certificates, roots
//! and signatures are judged anew by `ledger`, against sets that the story knows.

use ledger::commit::precommit_bytes;
use ledger::{
    CommitCertificate, DoubleVote, Hash, Header, PublicKey, Record, Subject, Time, ValidatorSet, VoteKind, merkle,
    verify_zip215,
};
use node::stepped::{Decided, Message};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// `fork`, `certificate`, `block`, `record-twice`, `record-bad`, `time`, `backwards`, `signed-twice`, `offence`, `blame`, `stopped`, `liveness`;
    /// of light nodes `light-fork`, `light-backwards`, `light-moved`, `light-stopped`, `light-records`.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
}

/// What is wrong, if something is.
pub type Checked = Result<(), Broken>;

/// A violation of a rule.
pub fn broken(rule: &'static str, what: impl Into<String>) -> Broken {
    Broken {
        rule,
        what: what.into(),
    }
}

/// What a key may sign once in a round; no kind of vote stands for the proposal.
type Slot = (PublicKey, u64, u32, Option<VoteKind>);

/// The one chain there may be, and all that was signed.
pub struct Checks {
    network: Hash,
    chain: Vec<Block>,
    records: BTreeMap<Hash, u64>,
    /// Where the records of a subject stand, in order: height, place and RecordId.
    subjects: BTreeMap<Subject, Vec<(u64, u32, Hash)>>,
    /// Height of the newest block that has records.
    filled: u64,
    /// What light nodes trust beyond what any honest validator has kept yet.
    claims: BTreeMap<u64, Hash>,
    signed: BTreeMap<Slot, Vec<u8>>,
    /// Keys that are known to break the rules.
    byzantine: BTreeSet<PublicKey>,
    /// Double votes that honest validators reported.
    pub offences: BTreeSet<Vec<u8>>,
}

struct Block {
    id: Hash,
    next_validators: Hash,
}

impl Checks {
    /// Nothing is decided.
    pub fn new(network: Hash, byzantine: BTreeSet<PublicKey>) -> Self {
        Self {
            network,
            chain: Vec::new(),
            records: BTreeMap::new(),
            subjects: BTreeMap::new(),
            filled: 0,
            claims: BTreeMap::new(),
            signed: BTreeMap::new(),
            byzantine,
            offences: BTreeSet::new(),
        }
    }

    /// Greatest height that an honest validator has kept.
    pub fn height(&self) -> u64 {
        self.chain.len() as u64
    }

    /// How many records stand.
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// An honest validator has kept a block, whose time must not be beyond `latest`. Gives its records if it is the first of its
    /// height.
    pub fn block(
        &mut self,
        decided: &Decided,
        sets: &BTreeMap<Hash, ValidatorSet>,
        latest: Time,
    ) -> Result<Vec<Hash>, Broken> {
        let Decided {
            header,
            certificate,
            records,
        } = decided;
        let id = header.id();
        let height = header.height;
        let index = usize::try_from(height).unwrap_or(0).wrapping_sub(1);
        if let Some(known) = self.chain.get(index) {
            self.certified(header, certificate, sets, index)?;
            return match known.id == id {
                true => Ok(Vec::new()),
                false => Err(broken("fork", format!("{id} and {} at height {height}", known.id))),
            };
        }
        if index != self.chain.len() {
            return Err(broken("block", format!("height {height} after {}", self.chain.len())));
        }
        let previous = self.chain.last().map_or(self.network, |block| block.id);
        if header.previous != previous || header.network != self.network {
            return Err(broken("fork", format!("block {height} rests on {}", header.previous)));
        }
        self.certified(header, certificate, sets, index)?;
        if header.time > latest {
            return Err(broken(
                "time",
                format!("block {height} is of {}, it is at most {latest}", header.time),
            ));
        }
        let leaves: Vec<Hash> = records.iter().map(Record::leaf).collect();
        if merkle::root(&leaves) != header.records_root || leaves.len() as u64 != header.records_count {
            return Err(broken(
                "block",
                format!("block {height} has other records than its header names"),
            ));
        }
        for (index, record) in (0..).zip(records) {
            self.record(record, height)?;
            for subject in record.subjects() {
                let places = self.subjects.entry(subject.clone()).or_default();
                places.push((height, index, record.id()));
            }
            self.filled = height;
        }
        if self.claims.remove(&height).is_some_and(|claimed| claimed != id) {
            return Err(broken(
                "light-fork",
                format!("a light node trusts another block {height} than {id}"),
            ));
        }
        self.chain.push(Block {
            id,
            next_validators: header.next_validators,
        });
        Ok(records.iter().map(Record::id).collect())
    }

    /// Height of the newest block that has records.
    pub const fn filled(&self) -> u64 {
        self.filled
    }

    /// Where the records of a subject stand: height, place and RecordId, in order.
    pub fn places(&self, subject: &Subject) -> &[(u64, u32, Hash)] {
        self.subjects.get(subject).map_or(&[], Vec::as_slice)
    }

    /// A light node trusts this block.
    pub fn claim(&mut self, height: u64, block: Hash) -> Checked {
        let index = usize::try_from(height).unwrap_or(0).wrapping_sub(1);
        let known = match self.chain.get(index) {
            Some(known) => known.id,
            None => *self.claims.entry(height).or_insert(block),
        };
        match known == block {
            true => Ok(()),
            false => Err(broken(
                "light-fork",
                format!("a light node trusts {block} at height {height}, not {known}"),
            )),
        }
    }

    fn certified(
        &self,
        header: &Header,
        certificate: &CommitCertificate,
        sets: &BTreeMap<Hash, ValidatorSet>,
        index: usize,
    ) -> Checked {
        let before = index.checked_sub(1).and_then(|index| self.chain.get(index));
        let height = header.height;
        if before.is_some_and(|before| before.next_validators != header.validators) {
            return Err(broken(
                "certificate",
                format!("block {height} has another set than was announced"),
            ));
        }
        let set = sets.get(&header.validators);
        let set = set.ok_or_else(|| broken("certificate", format!("nobody voted for the set of block {height}")))?;
        let verdict = certificate.verify(header, set);
        verdict.map_err(|error| broken("certificate", format!("block {height}: {error}")))?;
        // Counted here too: what `ledger` takes for enough is judged as well.
        let message = precommit_bytes(&self.network, height, certificate.round, &header.id());
        let signed = certificate.signatures.iter();
        let signed = signed.filter(|one| verify_zip215(&one.key, &message, &one.signature));
        let signers: BTreeSet<PublicKey> = signed.map(|one| one.key).collect();
        let weight = |counts: &dyn Fn(&PublicKey) -> bool| -> u64 {
            let counted = set.validators().iter().filter(|one| counts(&one.key));
            counted.map(|one| one.weight).sum()
        };
        let (all, ours) = (weight(&|_| true), weight(&|key| signers.contains(key)));
        if ours * 3 > all * 2 {
            return Ok(());
        }
        Err(broken(
            "certificate",
            format!("block {height} is signed by {ours} of {all}"),
        ))
    }

    fn record(&mut self, record: &Record, height: u64) -> Checked {
        let id = record.id();
        if record.verify_signature().is_err() || record.network() != self.network {
            return Err(broken(
                "record-bad",
                format!("{id} in block {height} is not signed for this network"),
            ));
        }
        match self.records.insert(id, height) {
            Some(before) => Err(broken("record-twice", format!("{id} in blocks {before} and {height}"))),
            None => Ok(()),
        }
    }

    /// An honest validator says something; whatever else it said before, it may sign one thing in a round.
    pub fn said(&mut self, own: &PublicKey, message: &Message) -> Checked {
        let (slot, bytes) = match message {
            Message::Vote(vote) if vote.key == *own => {
                let slot = (vote.key, vote.height, vote.round, Some(vote.kind));
                (slot, vote.signed_bytes(&self.network))
            }
            Message::Proposal(said) if said.proposal.key == *own => {
                let proposal = &said.proposal;
                (
                    (proposal.key, proposal.height, proposal.round, None),
                    proposal.signed_bytes(&self.network),
                )
            }
            _ => return Ok(()),
        };
        let known = self.signed.entry(slot).or_insert_with(|| bytes.clone());
        if *known == bytes {
            return Ok(());
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Err(broken("signed-twice", format!("{} and {}", text(known), text(&bytes))))
    }

    /// An honest validator says that somebody voted twice.
    pub fn offence(&mut self, proof: &DoubleVote) -> Checked {
        if let Err(error) = proof.verify(&self.network) {
            return Err(broken("offence", format!("no proof: {error}")));
        }
        if !self.byzantine.contains(proof.key()) {
            return Err(broken("offence", format!("{} is honest", proof.key())));
        }
        self.offences.insert(proof.to_bytes());
        Ok(())
    }
}
