//! A light node's part: what it trusts and how it goes on from there, which subjects it follows, and what it keeps of them.
//!
//! No sockets and no threads in here. What others tell comes in, is proved by [`ledger::light`], and is kept; nothing is believed
//! because of who said it.

mod answer;
mod asking;
mod floor;
mod keeping;
mod look;

pub use answer::{headers, page};
pub use asking::Following;
pub use look::{Answered, Look, Question, UNREADABLE};

use crate::chain::Chain;
use crate::driver::Driver;
use crate::error::{Halt, NodeError};
use crate::node::Head;
use crate::receipt::Outcome;
use crate::store::{LEDGER, Place, Store};
use floor::Floor;
use ledger::history::Frontier;
use ledger::light::Certified;
use ledger::light::page::{Follower, HeadersAsked, HeadersTold, Known, PageAsked, SUBJECTS};
use ledger::{Fork, Genesis, Hash, LightError, Party, PublicKey, Record, Subject, Time, Trusted, ValidatorSet};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use systems::State;

/// A followed subject of which nothing was heard for so long is asked about again, milliseconds: what one peer withholds another tells.
const AGAIN_MILLIS: i64 = 6 * 3_600_000;
/// So many of those at once.
const AGAIN: u32 = 32;
/// Records of subjects whose end has not come yet are held in memory, at most so many bytes.
const STAGED_BYTES: usize = 64 << 20;
/// Subjects that links lead to are followed up to so many.
const FOLLOWED: u64 = 100_000;
/// So many subjects wait to be asked for at most because a peer named them.
const HINTED: usize = 4_096;

/// Records of a subject that has more than one answer holds: nothing of it is believed before its end has come.
///
/// Only the peer that began can end it: what one leaves out must not make the others look like liars.
struct Staged {
    from: PublicKey,
    frontier: Frontier,
    records: Vec<(Record, Place)>,
}

/// What the records of an answer changed here.
#[derive(Debug, Default)]
pub struct Kept {
    /// What became of records of ours.
    pub outcomes: Vec<(Hash, Outcome)>,
    /// Whether anything is new.
    pub news: bool,
}

/// The light node's state.
pub struct Light {
    trusted: Trusted,
    floor: Floor,
    fork: Option<Fork>,
    staged: BTreeMap<Subject, Staged>,
    /// Followed, and asked for next.
    wanted: BTreeSet<Subject>,
    /// Named by a peer as touched, and not followed: looked at once, and followed if they do concern us.
    hinted: BTreeSet<Subject>,
    /// Whom the records name that concern us.
    party: Option<Party>,
    step: u64,
}

impl Light {
    /// Founds the ledger of a light node.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn found(folder: &Path, trusted: &Trusted) -> Result<(), NodeError> {
        let store = Store::open(folder)?;
        if store.genesis()?.is_some() {
            return Err(NodeError::LedgerExists(folder.to_path_buf()));
        }
        store.begin()?;
        store.set_meta("genesis", &trusted.genesis().to_bytes())?;
        store.save_trusted(trusted)?;
        // What came before we were there concerns us only through what we will follow.
        store.save_scanned(trusted.height())?;
        begin_from(&store, trusted.genesis(), trusted)?;
        store.commit()
    }

    /// The light node of a ledger; none where whole blocks are kept.
    ///
    /// # Errors
    /// Storage.
    pub fn open(chain: &Chain, folder: &Path) -> Result<Option<Self>, NodeError> {
        let Some(trusted) = chain.store.trusted()? else {
            return Ok(None);
        };
        Ok(Some(Self {
            floor: Floor::open(folder)?,
            fork: chain.store.fork()?,
            staged: BTreeMap::new(),
            wanted: BTreeSet::new(),
            hinted: BTreeSet::new(),
            party: None,
            step: chain.store.step()?,
            trusted,
        }))
    }

    /// What is trusted.
    pub const fn trusted(&self) -> &Trusted {
        &self.trusted
    }

    /// Why this node does not go on; none when all is well, as far as is known here.
    pub fn halt(&self) -> Option<Halt> {
        if self.fork.is_some() {
            return Some(Halt::Fork);
        }
        // What came after must be fetched again first.
        self.floor.is_above(&self.trusted).then_some(Halt::RestoredBackup)
    }

    /// The running number of the newest answer that brought records.
    pub const fn step(&self) -> u64 {
        self.step
    }

    /// Where we stand, as a question to a peer.
    pub fn question(&self) -> HeadersAsked {
        HeadersAsked {
            from: self.trusted.height(),
            known: self.trusted.header().map(ledger::Header::id),
        }
    }

    /// Goes on by what a peer told, as far as it holds. True if the trusted height is another than before.
    ///
    /// # Errors
    /// Outer: storage. Inner: the first check that what was told fails; what came before it is kept.
    pub fn advance(
        &mut self,
        chain: &mut Chain,
        now: Time,
        told: &HeadersTold,
    ) -> Result<Result<bool, LightError>, NodeError> {
        if let Some(fork) = &self.fork {
            return Ok(Err(LightError::Fork(Box::new(fork.clone()))));
        }
        let before = self.trusted.height();
        let (next, failed) = self.followed(now, told);
        if let Some(LightError::Fork(fork)) = &failed {
            chain.store.save_fork(fork)?;
            self.fork = Some(fork.as_ref().clone());
            return Ok(Err(LightError::Fork(fork.clone())));
        }
        if let Some(last) = next.last() {
            // Below what was once seen a peer is late, or we are a copy of an older self: then we wait for one that is further.
            if self.floor.allows(last) {
                self.trust(chain, &next)?;
            }
        }
        Ok(failed.map_or(Ok(self.trusted.height() != before), Err))
    }

    /// The steps that hold, one after the other, and why the next does not.
    fn followed(&self, now: Time, told: &HeadersTold) -> (Vec<Trusted>, Option<LightError>) {
        let mut steps: Vec<Trusted> = Vec::new();
        if let Some(Err(error)) = told.rival.as_ref().map(|rival| self.trusted.refuse(rival)) {
            return (steps, Some(error));
        }
        for change in &told.changes {
            match steps.last().unwrap_or(&self.trusted).change(change, now) {
                Ok(next) => steps.push(next),
                Err(error) => return (steps, Some(error)),
            }
        }
        if let Some(Certified { commit, header }) = &told.head {
            match steps.last().unwrap_or(&self.trusted).advance(header, commit, now) {
                Ok(next) => steps.push(next),
                Err(error) => return (steps, Some(error)),
            }
        }
        (steps, None)
    }

    fn trust(&mut self, chain: &mut Chain, steps: &[Trusted]) -> Result<(), NodeError> {
        let Some(newest) = steps.last() else { return Ok(()) };
        chain.store.begin()?;
        let saved = steps.iter().try_for_each(|step| chain.store.save_trusted(step));
        if saved.is_err() {
            chain.store.roll_back()?;
            return saved;
        }
        chain.store.commit()?;
        self.floor.raise(newest)?;
        self.trusted = newest.clone();
        let head = newest.header().map(|header| Head {
            height: header.height,
            block: header.id(),
            time: header.time,
        });
        chain.stand_at(head, newest.validators().clone())
    }

    /// A person gives a new checkpoint, because the trusting period is over or after a fork: it is trusted from now on.
    ///
    /// # Errors
    /// Storage; of another network, or below what was seen.
    pub fn pin(&mut self, chain: &mut Chain, trusted: Trusted) -> Result<(), NodeError> {
        if trusted.network() != self.trusted.network() || !self.floor.allows(&trusted) {
            return Err(NodeError::BadPaper {
                paper: "invitation",
                what: "its checkpoint is of another network, or below what was seen here".to_owned(),
            });
        }
        let genesis = chain.genesis.clone();
        begin_from(&chain.store, &genesis, &trusted)?;
        self.trust(chain, &[trusted])
    }

    /// Follows a subject from now on, and asks for it next.
    ///
    /// # Errors
    /// Storage.
    pub fn want(&mut self, store: &Store, subjects: impl IntoIterator<Item = Subject>) -> Result<(), NodeError> {
        for subject in subjects {
            store.follow(&subject)?;
            self.wanted.insert(subject);
        }
        Ok(())
    }

    /// Records that name this party concern us from now on.
    pub const fn concern(&mut self, party: Party) {
        self.party = Some(party);
    }

    /// What is to be asked next of a peer, and what we have of each.
    ///
    /// # Errors
    /// Storage.
    pub fn asks(&self, store: &Store, peer: &PublicKey, now: Time) -> Result<Vec<Follower>, NodeError> {
        let first = self.wanted.iter().chain(&self.hinted);
        let mut subjects: Vec<Subject> = first.take(SUBJECTS).cloned().collect();
        let room = u32::try_from(SUBJECTS - subjects.len()).unwrap_or(0);
        let never = store.followed_before(Time::MIN.plus_millis(1), room)?;
        let due = store.followed_before(now.plus_millis(-AGAIN_MILLIS), AGAIN.min(room))?;
        subjects.extend(never.into_iter().chain(due));
        subjects.sort_unstable();
        subjects.dedup();
        subjects.truncate(SUBJECTS);
        let followers = subjects.into_iter();
        followers.map(|subject| self.follower(store, peer, subject)).collect()
    }

    fn follower(&self, store: &Store, peer: &PublicKey, subject: Subject) -> Result<Follower, NodeError> {
        let staged = self.staged.get(&subject).filter(|staged| staged.from == *peer);
        let frontier = match staged {
            Some(staged) => staged.frontier.clone(),
            None => store.subject(&subject)?.map(|row| row.frontier).unwrap_or_default(),
        };
        Ok(Follower { frontier, subject })
    }

    /// What a peer says may concern us proves nothing: what is followed is asked for, the rest looked at. False where too much waits
    /// already, and the peer is to be heard again later.
    ///
    /// # Errors
    /// Storage.
    pub fn hear(&mut self, store: &Store, touched: &[Subject]) -> Result<bool, NodeError> {
        if self.hinted.len() > HINTED {
            return Ok(false);
        }
        for subject in touched {
            match store.seen(subject)? {
                Some(_) => drop(self.wanted.insert(subject.clone())),
                None => drop(self.hinted.insert(subject.clone())),
            }
        }
        Ok(true)
    }

    /// Whether a subject that a peer named does concern us: it governs the network, or one of its records names us.
    fn concerns(&self, subject: &Subject, records: &[(Record, Place)]) -> bool {
        let party = self.party.as_ref().map(ToString::to_string);
        let named = |party: String| records.iter().any(|(record, _)| record.text().contains(&party));
        subject.as_str().starts_with("alliance:") || party.is_some_and(named)
    }

    /// Subjects that our own waiting records write: whether they stand in a block is asked for first.
    ///
    /// # Errors
    /// Storage.
    pub fn watch_outbox(&mut self, store: &Store) -> Result<(), NodeError> {
        // All that a record writes: of a record that stands in a block, what it did not write yet would be out of date.
        let pending = store.pending()?;
        let subjects = pending.iter().flat_map(Record::subjects).take(SUBJECTS);
        self.want(store, subjects.cloned())?;
        Ok(())
    }
}

/// Makes a light node's ledger one that keeps whole blocks, with nothing but the genesis and the outbox in it.
pub fn keep_whole(folder: &Path) -> Result<(), NodeError> {
    if !folder.join(LEDGER).exists() {
        return Ok(());
    }
    let store = Store::open(folder)?;
    if !store.light {
        return Ok(());
    }
    let (genesis, pending, given_up) = (store.genesis()?, store.pending()?, store.aside()?);
    let genesis = genesis.ok_or_else(|| NodeError::NoLedger(folder.to_path_buf()))?;
    drop(store);
    // Beside the old file until the new one stands: a stop in between loses no record that was signed.
    let aside = folder.join("whole");
    let failed = |what: &Path| NodeError::io(format!("write {}", what.display()));
    let _left_over = std::fs::remove_dir_all(&aside);
    std::fs::create_dir_all(&aside).map_err(failed(&aside))?;
    Driver::found(&aside, &genesis)?;
    let whole = Store::open(&aside)?;
    pending.iter().try_for_each(|record| whole.save_pending(record))?;
    given_up
        .iter()
        .try_for_each(|one| whole.set_aside(&one.record, &one.why, one.at))?;
    drop(whole);
    crate::store::checkpoint(&aside.join(LEDGER))?;
    for beside in ["ledger.db-wal", "ledger.db-shm"] {
        let _none = std::fs::remove_file(folder.join(beside));
    }
    crate::folder::rename(&aside.join(LEDGER), &folder.join(LEDGER))?;
    std::fs::remove_dir_all(&aside).map_err(failed(&aside))
}

/// What every light node follows: who governs, who certifies, and what we are ourselves.
#[must_use]
pub fn ours(party: Option<&Party>, set: &ValidatorSet) -> Vec<Subject> {
    let mut subjects = vec![Subject::validators()];
    for validator in set.validators() {
        subjects.push(Subject::validator(&validator.key));
        subjects.push(Subject::party(&validator.party));
    }
    if let Some(party) = party {
        subjects.extend([Subject::party(party), Subject::member(party)]);
    }
    subjects
}

/// The question about these.
fn question(followers: &[Follower]) -> PageAsked {
    let known = followers.iter().map(|follower| Known {
        have: follower.frontier.count(),
        subject: follower.subject.clone(),
    });
    PageAsked {
        subjects: known.collect(),
        ..PageAsked::default()
    }
}

/// The party of the subject that says whether it is a member.
fn member(subject: &Subject) -> Option<Party> {
    let key = subject.as_str().strip_prefix("alliance:member/")?;
    format!("did:key:{key}").parse().ok()
}

/// A checkpoint's set is in force from its own height on.
fn begin_from(store: &Store, genesis: &Genesis, trusted: &Trusted) -> Result<(), NodeError> {
    let height = trusted.height();
    if height == 0 || store.validators_at(height)?.as_ref().unwrap_or(genesis.validators()) == trusted.validators() {
        return Ok(());
    }
    store.save_validators(height, trusted.validators())
}

pub fn read_state(subject: &Subject, bytes: &[u8]) -> Result<State, NodeError> {
    State::parse(bytes).map_err(|_| {
        NodeError::Unknown(format!(
            "{subject}: its state is of a form that is newer than this program"
        ))
    })
}
