//! Straight between two desktops: what waits here and concerns another firm is handed to its node, and theirs is taken over, before any
//! validator has seen either. Both sides judge by the same rules; what they agree on is final when it is confirmed.

mod carried;
mod judge;
mod message;

pub use carried::{Carried, is_good};
pub use message::{Exchanged, NotKept, OPENINGS, Opened};

use crate::chain::reason;
use crate::driver::Driver;
use crate::error::NodeError;
use crate::execute::{Candidate, violation};
use crate::net::Address;
use crate::network::with_openings;
use crate::node::Node;
use crate::store::{Aside, Rival, Store};
use judge::From;
use ledger::{Evidence, Hash, Opening, Party, PublicKey, Record, Subject, Time, record};
use message::{EVIDENCE, EVIDENCE_BYTES, RECORD_BYTES, RECORDS};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Another firm's desktop, as a person introduced it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Where it may be found, best first; none where it only asks us.
    pub addresses: Vec<Address>,
    /// Its node key.
    pub node: PublicKey,
    /// Its firm.
    pub party: Party,
}

/// What came of a message.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// Whether anything is other here than before.
    pub news: bool,
    /// What no honest desktop sends: the code it is counted under.
    pub fault: Option<&'static str>,
}

/// A record of the outbox that another node keeps too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub id: Hash,
    /// Whose node.
    pub node: PublicKey,
    /// Since when.
    pub at: Time,
}

/// Whether a record is by a firm or names it.
fn involves(record: &Record, party: &Party, name: &str) -> bool {
    record.party() == party || record.text().contains(name)
}

/// Whether a record says something to a firm: it names it, or answers something that involves it.
fn says_to(store: &Store, waiting: &[Record], record: &Record, party: &Party, name: &str) -> Result<bool, NodeError> {
    if involves(record, party, name) {
        return Ok(true);
    }
    for id in record.refers() {
        let answered = match waiting.iter().find(|record| record.id() == *id) {
            Some(answered) => involves(answered, party, name),
            None => match store.record_number(id)? {
                Some(number) => involves(&store.stored(number)?.record, party, name),
                None => false,
            },
        };
        if answered {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Of the outbox what concerns a firm, and what that stands on, in the order of signing.
fn concerning(store: &Store, party: &Party) -> Result<Vec<Record>, NodeError> {
    let waiting = store.pending()?;
    let name = party.to_string();
    let ours = |record: &&Record| record.party() != party;
    let mut subjects: BTreeSet<&Subject> = BTreeSet::new();
    let mut chosen: BTreeSet<Hash> = BTreeSet::new();
    // From the newest to the oldest: what a chosen record stands on was signed before it.
    for record in waiting.iter().rev() {
        let stands_under = record.subjects().iter().any(|subject| subjects.contains(subject));
        if stands_under || says_to(store, &waiting, record, party, &name)? {
            subjects.extend(record.subjects().iter().chain(record.reads()));
            chosen.insert(record.id());
        }
    }
    let mut bytes = 0;
    let fits = |record: &&Record| {
        bytes += record.bytes().len();
        bytes <= RECORD_BYTES
    };
    let records = waiting
        .iter()
        .filter(ours)
        .filter(|record| chosen.contains(&record.id()));
    Ok(records.take(RECORDS).take_while(fits).cloned().collect())
}

impl Node {
    /// What is to be said to a firm's node now. `wanted`: what it has asked for.
    pub(crate) fn to_say(&self, contact: &Contact, wanted: &[Subject]) -> Result<Exchanged, NodeError> {
        let node = contact.node;
        let party = contact.party;
        let mut records = self.read(|store| {
            let held: BTreeSet<Hash> = store
                .held()?
                .into_iter()
                .filter(|(_, by, _)| *by == node)
                .map(|held| held.0)
                .collect();
            let records = concerning(store, &party)?;
            let new = records.iter().any(|record| !held.contains(&record.id()));
            Ok(if new { records } else { Vec::new() })
        })?;
        records.truncate(RECORDS);
        let anchor = self.anchor();
        let mut evidence = Vec::new();
        let mut bytes = 0;
        for subject in wanted.iter().take(EVIDENCE) {
            let Some(file) = self.carried().get(subject, &anchor) else {
                continue;
            };
            bytes += file.len();
            if bytes > EVIDENCE_BYTES {
                break;
            }
            evidence.push(file);
        }
        Ok(Exchanged {
            evidence,
            records,
            ..Exchanged::default()
        })
    }

    /// Takes over what a firm's node said. Gives what it is to be told of that, and what came of it.
    ///
    /// # Errors
    /// Storage; the node was stopped.
    pub(crate) fn said_to_us(&self, contact: &Contact, said: Exchanged) -> Result<(Exchanged, Heard), NodeError> {
        let mut random = StdRng::from_seed(crate::random()?);
        let good = record::verify_batch(&said.records, &mut random);
        let (mut candidates, mut forged) = (Vec::new(), Vec::new());
        for (record, good) in said.records.into_iter().zip(good) {
            match good {
                true => candidates.push(Candidate::read(record)),
                false => forged.push(NotKept {
                    against: Vec::new(),
                    field: "proof.proofValue".to_owned(),
                    id: record.id(),
                    rule: "node.bad-signature".to_owned(),
                    values: std::collections::BTreeMap::new(),
                }),
            }
        }
        let (lent, untrue) = self.believed(&said.evidence)?;
        let fault = match (forged.is_empty(), untrue) {
            (false, _) => Some("exchange.forged"),
            (true, true) => Some("exchange.false-evidence"),
            (true, false) => None,
        };
        let from = From {
            party: contact.party,
            node: contact.node,
        };
        let have = said.have;
        let (taken, held) = self.ask(move |driver| {
            let now = driver.time();
            judge::lend(driver, &lent)?;
            let held = judge::note_held(driver, &from.node, &have, now)?;
            Ok((judge::take_over(driver, &from, candidates)?, held))
        })?;
        let mut answer = Exchanged {
            have: taken.have,
            not_kept: taken.not_kept,
            wanted: taken.wanted.into_iter().collect(),
            ..Exchanged::default()
        };
        answer.not_kept.extend(forged);
        let news = taken.news || held;
        Ok((answer, Heard { news, fault }))
    }

    /// Evidence that was handed over and holds, kept to be carried on; and what is known here that is newer. True: some of it does not hold.
    fn believed(&self, files: &[Vec<u8>]) -> Result<(Vec<Evidence>, bool), NodeError> {
        let anchor = self.anchor();
        let (mut believed, mut untrue) = (Vec::new(), false);
        for bytes in files {
            match Evidence::parse(bytes) {
                Ok(file) if is_good(bytes, &file.about, &anchor, None) => {
                    self.carried().keep(bytes, &anchor)?;
                    believed.extend(self.carried().newer_than(&file, &anchor));
                    believed.push(file);
                }
                _ => untrue = true,
            }
        }
        Ok((believed, untrue))
    }

    /// These are to be shown, and agreed on, also where no validator is in reach: a light node carries evidence about them from now on,
    /// about no others. At most 512.
    pub fn carry(&self, subjects: Vec<Subject>) {
        self.carried().ask_for(subjects.into_iter());
    }

    /// Evidence that is carried about a subject and holds; none if there is none yet.
    #[must_use]
    pub fn evidence_is_carried(&self, subject: &Subject) -> Option<Vec<u8>> {
        self.carried().get(subject, &self.anchor())
    }

    /// Fetches evidence about one of the subjects to be carried, if any is behind. False: none is, or nobody gives it.
    pub(crate) fn fetch_carried(&self) -> Result<bool, NodeError> {
        let count = |subject: &Subject| self.entry(subject).ok().flatten().map(|entry| entry.count);
        let step = self.read(Store::step)?;
        let Some(subject) = self.carried().missing(step, count) else {
            return Ok(false);
        };
        let Some(reach) = self.reach() else { return Ok(false) };
        match reach.evidence(&subject, Vec::new()) {
            Ok(bytes) => self.carried().keep(&bytes, &self.anchor()).map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Evidence that is carried about a subject; none that shows less than we know, as goods without their recall.
    pub(crate) fn evidence_carried(&self, subject: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, NodeError> {
        let count = |subject: &Subject| self.entry(subject).ok().flatten().map(|entry| entry.count);
        let carried = self.carried().get(subject, &self.anchor());
        let carried = carried
            .filter(|carried| !carried::hides(carried, count))
            .ok_or(NodeError::Unreachable)?;
        with_openings(&carried, openings)
    }

    /// Who else keeps which record of the outbox.
    ///
    /// # Errors
    /// Storage.
    pub fn held(&self) -> Result<Vec<Held>, NodeError> {
        let held = self.read(Store::held)?;
        Ok(held.into_iter().map(|(id, node, at)| Held { id, node, at }).collect())
    }

    /// Records of other firms that contradict ours of the outbox and wait for a person's choice, oldest first.
    ///
    /// # Errors
    /// Storage.
    pub fn rivals(&self) -> Result<Vec<Rival>, NodeError> {
        self.read(Store::rivals)
    }

    /// Records of ours that can never be confirmed, or were taken back, until a person has decided what becomes of them; oldest first.
    ///
    /// # Errors
    /// Storage.
    pub fn aside(&self) -> Result<Vec<Aside>, NodeError> {
        self.read(Store::aside)
    }

    /// A person has seen to a record that was set aside. False: there is none.
    ///
    /// # Errors
    /// Storage.
    pub fn forget_aside(&self, id: Hash) -> Result<bool, NodeError> {
        self.ask(move |driver| driver.chain.store.forget_aside(&id))
    }

    /// A person chooses between a record of ours and one of another firm that contradicts it. `theirs`: ours is set aside, and theirs
    /// waits in its place as soon as they hand it over again; otherwise ours stays and the ledger decides which of the two comes first.
    /// False: there is no such choice.
    ///
    /// # Errors
    /// Storage.
    pub fn choose(&self, rival: Hash, theirs: bool) -> Result<bool, NodeError> {
        self.ask(move |driver| choose(driver, &rival, theirs))
    }
}

fn choose(driver: &mut Driver, rival: &Hash, theirs: bool) -> Result<bool, NodeError> {
    let now = driver.time();
    let store = &driver.chain.store;
    let Some(found) = store.rivals()?.into_iter().find(|one| one.record.id() == *rival) else {
        return Ok(false);
    };
    store.begin()?;
    let done = (|| {
        if !theirs {
            return store.keep_against(rival);
        }
        // What was signed on top of ours falls with it.
        let waiting = store.pending()?;
        let from = waiting.iter().position(|record| record.id() == found.against);
        let subjects = from
            .and_then(|at| waiting.get(at))
            .map(|record| record.subjects().to_vec());
        let subjects = subjects.unwrap_or_default();
        for record in waiting.iter().skip(from.unwrap_or(waiting.len())) {
            let on_top =
                record.party() != found.record.party() && record.subjects().iter().any(|one| subjects.contains(one));
            if on_top {
                let why = violation("exchange.yielded", "", &rival.to_string());
                store.set_aside(record, &reason(&why), now)?;
            }
        }
        store.forget_rival(rival)
    })();
    match done {
        Ok(()) => store.commit()?,
        Err(error) => {
            store.roll_back()?;
            return Err(error);
        }
    }
    if theirs {
        let candidate = Candidate::read(found.record.clone());
        let from = From {
            party: *found.record.party(),
            node: found.node,
        };
        judge::take_over(driver, &from, vec![candidate])?;
    }
    Ok(true)
}

/// After a start: what waits of other firms may stand on what only evidence tells.
pub fn lend_again(driver: &mut Driver, carried: &Carried) -> Result<(), NodeError> {
    let anchor = ledger::Anchor::of(driver.chain.genesis.clone());
    let mut missing = BTreeSet::new();
    for record in driver.chain.store.pending()? {
        for subject in record.subjects().iter().chain(record.reads()) {
            if driver.chain.store.subject(subject)?.is_none() {
                missing.insert(subject.clone());
            }
        }
    }
    let files = missing.iter().filter_map(|subject| carried.get(subject, &anchor));
    let files: Vec<Evidence> = files.filter_map(|bytes| Evidence::parse(&bytes).ok()).collect();
    judge::lend(driver, &files)
}
