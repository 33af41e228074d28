//! One validator's part in agreeing with others: carries out what the engine wants, in its order, and saves before it sends.
//!
//! No sockets, no threads and no clock in here: what is to be sent comes out as an [`Action`], time comes in. The simulation drives
//! the very same code.

mod blocks;
mod bodies;
mod catch_up;
pub mod said;

use crate::chain::{BLOCK_RECORDS, Chain};
use crate::error::NodeError;
use crate::execute::Candidate;
use crate::receipt::Outcome;
use crate::store::Votes;
use bodies::Bodies;
use consensus::{Effect, Engine, Input, Logged, Message, Patience, Pool, PoolLimits, Timer};
use ledger::{CommitCertificate, DoubleVote, Hash, Header, PublicKey, Record, SecretKey, Time};
use said::Said;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

pub use catch_up::{CatchUp, Others, decided};

/// A proposer's clock may differ so much from ours, in milliseconds; more, and a fresh proposal gets no vote.
const SKEW_MILLIS: i64 = 10_000;
/// A pool this full makes the next block at once; below it records gather for [`GATHER_MILLIS`].
const PLENTY: usize = BLOCK_RECORDS / 8;
/// So long after a block records gather for the next one, unless there are plenty: a block costs every validator the same saves
/// however small it is.
const GATHER_MILLIS: u64 = 40;
/// With nothing to confirm a block is made so often, so that light nodes see that nothing was withheld.
pub const HEARTBEAT_MILLIS: u64 = 60_000;
/// A record that no block could take so often is given up here: its author still has it, and may bring it again.
const TRIES: u8 = 5;
/// Records are passed on in groups of about so many bytes.
const GROUP_BYTES: usize = 1 << 20;

/// What time it is: the wall clock, which goes into headers, and one that only ever moves on, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The wall clock.
    pub time: Time,
    /// The clock that only moves on.
    pub millis: u64,
}

/// What happens to a validator.
pub enum Event {
    /// Another node said something. Signatures of records in it were judged: [`Event::Records`] and [`Event::Block`] carry those.
    Said {
        /// Its node key.
        from: PublicKey,
        /// What.
        said: Said,
    },
    /// Records whose signatures are good.
    Records {
        /// The validator that passed them on; none where their authors brought them here.
        from: Option<PublicKey>,
        /// In the order in which they came.
        candidates: Vec<Arc<Candidate>>,
    },
    /// A decided block with the records it came with.
    Block {
        /// Who gave it.
        from: PublicKey,
        /// Its header.
        header: Box<Header>,
        /// Its certificate.
        certificate: CommitCertificate,
        /// Its records, in order.
        candidates: Vec<Arc<Candidate>>,
        /// Whether all their signatures are good.
        good: bool,
    },
    /// Time has passed.
    Tick,
}

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// All other validators.
    All,
    /// One node.
    One(PublicKey),
}

/// What is to be done outside.
#[derive(Debug)]
pub enum Action {
    /// Send this.
    Say(To, Said),
    /// These stand in the newest block, or never will because of a rule.
    Settled(Vec<(Hash, Outcome)>),
    /// A validator voted twice: to be put on record.
    Offence(DoubleVote),
    /// A peer sent what nobody in good faith sends.
    Blame(PublicKey, &'static str),
}

/// Why a validator that should vote does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The engine contradicted itself.
    Broken(String),
    /// What must be saved before it is said cannot be saved.
    Unsaved,
}

/// A record that waits for a block.
struct Waiting {
    candidate: Arc<Candidate>,
    /// How often a block was built that could not take it.
    tries: u8,
}

/// What agreement is made of.
pub struct Agreement {
    key: PublicKey,
    engine: Engine,
    votes: Votes,
    pool: Pool<Waiting>,
    bodies: Bodies,
    timers: BTreeMap<Timer, u64>,
    unsaved: Vec<Logged>,
    unsaved_bodies: Vec<(Hash, Arc<Vec<Record>>)>,
    pub catch_up: CatchUp,
    /// When the newest block was committed here.
    last_block: u64,
    /// Greatest height that a validator has begun, as far as we heard.
    called: u64,
    /// Nothing is signed at or below this height: it was promised away, or voted on before a stop beyond the ledger.
    barred: u64,
    /// The votes that were signed here are lost: nothing is signed until two heights beyond what the others had certified.
    recovering: bool,
    /// A block of ours waits for the clock to pass the newest block's time: the round it is for.
    build_later: Option<u32>,
    pub stopped: Option<Stopped>,
    actions: Vec<Action>,
    /// Blocks of others that were not good: why, newest last.
    pub unfit: VecDeque<String>,
}

impl Agreement {
    /// A validator that has not begun. Its first [`Event::Tick`] begins.
    ///
    /// A key that is in no validator set follows: it keeps what others decide and signs nothing.
    pub fn new(
        chain: &Chain,
        key: Arc<SecretKey>,
        votes: Votes,
        patience: Patience,
        now: Now,
    ) -> Result<Self, NodeError> {
        let recovering = votes.floor()? == Votes::UNKNOWN || votes.highest()? < chain.height();
        let barred = votes.floor()?.max(votes.highest()?.saturating_sub(1));
        Ok(Self {
            key: key.public(),
            barred,
            recovering,
            engine: Engine::new(*chain.network(), key, chain.validators().clone(), patience),
            votes,
            pool: Pool::new(PoolLimits::default()),
            bodies: Bodies::default(),
            timers: BTreeMap::new(),
            unsaved: Vec::new(),
            unsaved_bodies: Vec::new(),
            catch_up: CatchUp::default(),
            last_block: now.millis,
            called: 0,
            build_later: None,
            stopped: None,
            actions: Vec::new(),
            unfit: VecDeque::new(),
        })
    }

    /// Takes an event and says what is to be done.
    ///
    /// # Errors
    /// Storage. Where votes could not be saved nothing more is said until the next start.
    pub fn handle(&mut self, chain: &mut Chain, now: Now, event: Event) -> Result<Vec<Action>, NodeError> {
        let done = self.take(chain, now, event);
        if done.is_err() && !self.unsaved.is_empty() {
            self.stopped.get_or_insert(Stopped::Unsaved);
        }
        done?;
        Ok(std::mem::take(&mut self.actions))
    }

    fn take(&mut self, chain: &mut Chain, now: Now, event: Event) -> Result<(), NodeError> {
        match event {
            Event::Said { from, said } => self.hear(chain, now, from, said)?,
            Event::Records { from, candidates } => self.receive(chain, now, from, candidates)?,
            Event::Block {
                from,
                header,
                certificate,
                candidates,
                good,
            } => {
                if good {
                    self.adopt(chain, now, from, &header, &certificate, &candidates)?;
                } else {
                    self.actions.push(Action::Blame(from, "block.bad-signature"));
                }
            }
            Event::Tick => {}
        }
        self.tick(chain, now)
    }

    fn hear(&mut self, chain: &mut Chain, now: Now, from: PublicKey, said: Said) -> Result<(), NodeError> {
        match said {
            Said::Engine(message) => {
                let height = message.height();
                if height <= chain.height() {
                    // Somebody is behind and does not know it.
                    self.say(To::One(from), Said::Height(chain.height()));
                    return Ok(());
                }
                self.catch_up.notice(from, height - 1);
                self.step(chain, now, Input::Heard(message))
            }
            Said::Body { height, block, leaves } => {
                if height == chain.height() + 1 {
                    self.bodies.learn(block, leaves, from);
                    self.judge_waiting(chain, now)?;
                }
                Ok(())
            }
            Said::Want(leaves) => {
                self.give(from, &leaves);
                Ok(())
            }
            Said::WantBlocks(height) => {
                for decided in catch_up::decided(&chain.store, height)? {
                    self.say(To::One(from), Said::Block(Box::new(decided)));
                }
                Ok(())
            }
            Said::Height(height) => {
                self.catch_up.notice(from, height);
                Ok(())
            }
            // These come as events of their own, with their signatures judged.
            Said::Records(_) | Said::Block(_) => Ok(()),
        }
    }

    fn receive(
        &mut self,
        chain: &mut Chain,
        now: Now,
        from: Option<PublicKey>,
        candidates: Vec<Arc<Candidate>>,
    ) -> Result<(), NodeError> {
        let mut fresh = Vec::new();
        for candidate in candidates {
            let record = &candidate.record;
            let (leaf, party, bytes) = (record.leaf(), *record.party(), record.bytes().len());
            let waiting = Waiting {
                candidate: Arc::clone(&candidate),
                tries: 0,
            };
            match self.pool.add(leaf, party, bytes, waiting) {
                Ok(true) if from.is_none() => fresh.push(record.clone()),
                Ok(_) => {}
                // A pool that is full refuses, and the author, who has the record, asks again. But what was asked for is needed.
                Err(_) if from.is_some() => self.bodies.keep(candidate),
                Err(_) => {}
            }
        }
        for group in groups(fresh) {
            self.say(To::All, Said::Records(group));
        }
        self.judge_waiting(chain, now)
    }

    fn say(&mut self, to: To, said: Said) {
        self.actions.push(Action::Say(to, said));
    }

    /// What time brings about: steps that were waited for long enough, the next height, questions to whoever is further.
    fn tick(&mut self, chain: &mut Chain, now: Now) -> Result<(), NodeError> {
        while let Some(timer) = self.due(now) {
            self.timers.remove(&timer);
            self.step(chain, now, Input::Elapsed(timer))?;
        }
        if let Some(round) = self
            .build_later
            .filter(|_| chain.head.is_none_or(|head| now.time > head.time))
        {
            self.build_later = None;
            self.build(chain, now, round)?;
        }
        self.begin_if_due(chain, now)?;
        for (to, said) in self.catch_up.ask(chain.height(), now.millis) {
            self.say(to, said);
        }
        Ok(())
    }

    fn due(&self, now: Now) -> Option<Timer> {
        let due = self.timers.iter().find(|(_, at)| **at <= now.millis);
        due.map(|(timer, _)| *timer)
    }

    /// When something happens here next without anybody saying anything, on the clock that only moves on.
    pub fn next_wake(&self, chain: &Chain, now: Now) -> u64 {
        let timers = self.timers.values().copied().min();
        let next = chain.height() + 1;
        let votes = chain.validators().get(&self.key).is_some()
            && !self.recovering
            && self.stopped.is_none()
            && next > self.barred;
        let idle = (votes && !self.is_deciding(next)).then(|| self.next_height_at(chain, now));
        let asking = self.catch_up.next_ask();
        let soon = self.build_later.map(|_| now.millis + 5);
        [timers, idle, asking, soon]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(now.millis + 1_000)
    }

    /// Height and round that is being decided.
    pub fn deciding(&self) -> Option<(u64, u32)> {
        let deciding = self.engine.is_deciding();
        deciding.then(|| (self.engine.height(), self.engine.round()))
    }

    fn is_deciding(&self, height: u64) -> bool {
        self.engine.is_deciding() && self.engine.height() == height
    }

    fn next_height_at(&self, chain: &Chain, now: Now) -> u64 {
        // A change of the set that was decided on comes into force by the next two blocks.
        if self.called > chain.height() || self.pool.len() >= PLENTY || chain.is_changing() {
            now.millis
        } else if self.pool.is_empty() {
            self.last_block + HEARTBEAT_MILLIS
        } else {
            self.last_block + GATHER_MILLIS
        }
    }

    /// Begins the next height when there is something to confirm, another validator has begun, or the heartbeat is due.
    fn begin_if_due(&mut self, chain: &mut Chain, now: Now) -> Result<(), NodeError> {
        let height = chain.height() + 1;
        if self.is_deciding(height)
            || self.stopped.is_some()
            || self.next_height_at(chain, now) > now.millis
            || !self.may_vote(chain, height)?
        {
            return Ok(());
        }
        let log = self.votes.log(height)?;
        self.remember_bodies(chain, &log)?;
        let validators = chain.validators().clone();
        self.step(
            chain,
            now,
            Input::Start {
                height,
                validators,
                log,
            },
        )
    }

    /// Nothing is signed by who is in no set, or at heights that were promised away or voted on with votes that are no longer here.
    fn may_vote(&mut self, chain: &Chain, height: u64) -> Result<bool, NodeError> {
        if chain.validators().get(&self.key).is_none() {
            return Ok(false);
        }
        if self.recovering {
            // More than two thirds of the others have said how far they are, and so far are we.
            let others = chain.validators().validators().len().saturating_sub(1);
            let highest = self.catch_up.highest(others / 3);
            if self.catch_up.known() * 3 <= others * 2 || chain.height() < highest {
                return Ok(false);
            }
            self.votes.promise(highest.saturating_add(2))?;
            self.barred = highest.saturating_add(2);
            self.recovering = false;
        }
        Ok(height > self.barred)
    }

    /// Gives the engine an input and carries out what it wants, until it wants nothing more.
    fn step(&mut self, chain: &mut Chain, now: Now, input: Input) -> Result<(), NodeError> {
        let mut effects: VecDeque<Effect> = self.engine.step(input).into();
        while let Some(effect) = effects.pop_front() {
            if let Some(answer) = self.carry_out(chain, now, effect)? {
                effects.extend(self.engine.step(answer));
            }
        }
        Ok(())
    }

    /// Carries out one effect; gives what the engine is to be told at once.
    fn carry_out(&mut self, chain: &mut Chain, now: Now, effect: Effect) -> Result<Option<Input>, NodeError> {
        match effect {
            Effect::Save(logged) => self.unsaved.push(logged),
            Effect::Send(message) => {
                self.save(chain)?;
                self.send(message);
            }
            Effect::Schedule(timer, rest) => {
                let rest = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX);
                self.timers.insert(timer, now.millis.saturating_add(rest));
            }
            Effect::Cancel(timer) => drop(self.timers.remove(&timer)),
            Effect::CancelAll => self.timers.clear(),
            Effect::Build { round, .. } => return self.built(chain, now, round),
            Effect::Check(check) => return self.judge(chain, now, check),
            Effect::Spread(block) => self.spread(&block),
            Effect::Commit { header, certificate } => self.commit(chain, now, &header, &certificate)?,
            Effect::Offence(proof) => self.actions.push(Action::Offence(proof)),
            Effect::Ahead(height) => self.called = height.max(self.called),
            Effect::Broken(what) => self.stopped = Some(Stopped::Broken(what)),
        }
        Ok(None)
    }

    /// Save before send.
    pub(super) fn save(&mut self, chain: &Chain) -> Result<(), NodeError> {
        if self.stopped.is_some() {
            return Err(NodeError::Stopped);
        }
        if self.unsaved.is_empty() && self.unsaved_bodies.is_empty() {
            return Ok(());
        }
        let mut beside = Vec::new();
        for (block, records) in &self.unsaved_bodies {
            if !chain.save_ahead(block, records)? {
                beside.push((*block, Arc::clone(records)));
            }
        }
        self.votes.save_log(chain.height() + 1, &self.unsaved, &beside)?;
        self.unsaved.clear();
        self.unsaved_bodies.clear();
        Ok(())
    }

    fn send(&mut self, message: Message) {
        if let Message::Proposal(said) = &message {
            self.spread(&said.header.id());
        }
        self.say(To::All, Said::Engine(message));
    }

    fn spread(&mut self, block: &Hash) {
        if let Some((height, leaves)) = self.bodies.leaves(block) {
            self.say(
                To::All,
                Said::Body {
                    height,
                    block: *block,
                    leaves,
                },
            );
        }
    }
}

/// Records in groups that one message can carry.
fn groups(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut groups: Vec<Vec<Record>> = Vec::new();
    let mut size = GROUP_BYTES;
    for record in records {
        let bytes = record.bytes().len();
        if size + bytes > GROUP_BYTES || groups.last().is_none_or(|group| group.len() >= BLOCK_RECORDS) {
            groups.push(Vec::new());
            size = 0;
        }
        size += bytes;
        if let Some(group) = groups.last_mut() {
            group.push(record);
        }
    }
    groups
}
