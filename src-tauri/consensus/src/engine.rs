//! The engine behind one function: an input goes in, effects come out, in the order in which they must be carried out.
//!
//! The algorithm is Tendermint as Malachite's core has it (Apache-2.0, pinned). What it asks for that needs no world outside
//! (signing, verdicts on signatures) is answered here; the rest becomes an [`Effect`].

use crate::answers::Answers;
use crate::context::{Address, Height, Members, Patience, Tendermint};
use crate::message::{Logged, Message, Step, judged};
use ledger::vote::DoubleVote;
use ledger::{CommitCertificate, Hash, Header, PublicKey, SecretKey, ValidatorSet};
use malachite::{Input as EngineInput, LocallyProposedValue, Params, State, ValuePayload, process};
use malachite_types::{Context as _, Round, ThresholdParams, Validator as _, ValueOrigin, VoteExtensionPolicy};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// What happens to the engine.
#[derive(Clone, Debug)]
pub enum Input {
    /// The height before is settled: begin the next one. `log` is what was saved of this height before a stop.
    Start {
        /// Height to decide.
        height: u64,
        /// Who decides it.
        validators: ValidatorSet,
        /// In the order of saving; empty unless the process was stopped at this height.
        log: Vec<Logged>,
    },
    /// A validator said something.
    Heard(Message),
    /// The answer to [`Effect::Build`].
    Built {
        /// Of that effect.
        round: u32,
        /// The header of the block that was built.
        header: Header,
    },
    /// The answer to [`Effect::Check`].
    Checked {
        /// The check.
        check: Check,
        /// Whether the block may stand.
        good: bool,
    },
    /// The answer to [`Effect::Schedule`].
    Elapsed(Timer),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Must be on disk before any later [`Effect::Send`] or [`Effect::Commit`] is carried out.
    Save(Logged),
    /// To all other validators.
    Send(Message),
    /// Call back after a while.
    Schedule(Timer, Duration),
    /// The step no longer waits.
    Cancel(Timer),
    /// No step waits any more.
    CancelAll,
    /// It is our turn: build a block for this round.
    Build {
        /// Height.
        height: u64,
        /// Round.
        round: u32,
    },
    /// Get the block's records and judge it.
    Check(Check),
    /// The records of this block, which is proposed again, must be with everybody.
    Spread(Hash),
    /// The block is decided; after it only [`Input::Start`] of the next height moves anything.
    Commit {
        /// Its header.
        header: Header,
        /// Enough precommits.
        certificate: CommitCertificate,
    },
    /// A validator voted twice; anybody can check it.
    Offence(DoubleVote),
    /// A validator speaks of a height at or above ours that we have not begun.
    Ahead(u64),
    /// The engine contradicted itself and does nothing more: a person must look.
    Broken(String),
}

/// A block that is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its header.
    pub header: Header,
    /// Round of its proposal.
    pub round: u32,
    /// Round of the prevotes it rests on; without them its time is compared with our clock.
    pub proof_round: Option<u32>,
    /// Who proposed it.
    pub proposer: PublicKey,
}

/// A step that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// Height.
    pub height: u64,
    /// Round.
    pub round: u32,
    /// What is waited for.
    pub step: Step,
}

/// Messages for heights not begun that are kept; each validator says about eight in a round.
const LATER: usize = 1_024;
/// Heights above ours of which messages are kept; whoever is further ahead has blocks for us.
const LATER_HEIGHTS: u64 = 2;

/// One validator's part in deciding blocks.
pub struct Engine {
    state: State<Tendermint>,
    answers: Answers,
    patience: Patience,
    begun: bool,
    broken: bool,
    later: Vec<Message>,
}

impl Engine {
    /// An engine that has not begun; [`Input::Start`] begins.
    #[must_use]
    pub fn new(network: Hash, key: Arc<SecretKey>, validators: ValidatorSet, patience: Patience) -> Self {
        let params = Params {
            address: Address(key.public()),
            threshold_params: ThresholdParams::default(),
            // With proposals alone the engine takes every value for good without asking us.
            value_payload: ValuePayload::ProposalAndParts,
            enabled: true,
        };
        // Messages for later heights wait here, not in the engine: of them we must know which proposals to judge.
        let state = State::new(Tendermint, Height(0), Members::from(&validators), params, 1, 1);
        Self {
            state,
            answers: Answers::new(network, key, validators),
            patience,
            begun: false,
            broken: false,
            later: Vec::new(),
        }
    }

    /// The height being decided; before the first [`Input::Start`] 0.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.state.height().0
    }

    /// The round of that height.
    #[must_use]
    pub fn round(&self) -> u32 {
        self.state.round().as_u32().unwrap_or(0)
    }

    /// Whether a height is being decided.
    #[must_use]
    pub const fn is_deciding(&self) -> bool {
        self.begun
    }

    /// Whether it is this validator's turn to propose at a height and round.
    #[must_use]
    pub fn proposer(set: &ValidatorSet, height: u64, round: u32) -> PublicKey {
        let members = Members::from(set);
        *Tendermint
            .select_proposer(&members, Height(height), Round::new(round))
            .public_key()
    }

    /// Takes an input and says what is to be done.
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        if self.broken {
            return Vec::new();
        }
        // The engine asserts what must never happen; then it is halted, not the process.
        match catch_unwind(AssertUnwindSafe(|| self.take(input))) {
            Ok(Ok(effects)) => effects,
            Ok(Err(what)) => self.stop(what),
            Err(_) => self.stop("the engine contradicted itself".to_owned()),
        }
    }

    fn stop(&mut self, what: String) -> Vec<Effect> {
        self.broken = true;
        vec![Effect::Broken(what)]
    }

    fn take(&mut self, input: Input) -> Result<Vec<Effect>, String> {
        match input {
            Input::Start {
                height,
                validators,
                log,
            } => self.start(height, validators, log),
            Input::Heard(message) => self.heard(message),
            Input::Built { round, header } => self.built(round, header),
            Input::Checked { check, good } => self.checked(check, good),
            Input::Elapsed(timer) if self.begun && timer.height == self.height() => {
                self.run(EngineInput::TimeoutElapsed(timer.step.timeout(timer.round)))
            }
            Input::Elapsed(_) => Ok(Vec::new()),
        }
    }

    fn start(&mut self, height: u64, validators: ValidatorSet, log: Vec<Logged>) -> Result<Vec<Effect>, String> {
        let members = Members::from(&validators);
        self.answers.begin(validators);
        self.begun = true;
        let entries: Vec<EngineInput<Tendermint>> = log.into_iter().map(Logged::into_input).collect();
        let again = !entries.is_empty();
        self.answers.replaying = again;
        let policy = VoteExtensionPolicy::Disabled;
        let mut effects = self.run(EngineInput::StartHeight(Height(height), members, again, None, policy))?;
        if again {
            self.state.index_wal_entries(entries.iter());
            for entry in entries {
                effects.extend(self.run(entry)?);
            }
            self.state.reset_entries_index();
            self.answers.replaying = false;
            effects.extend(self.build_again());
        }
        for message in self.take_later(height) {
            effects.extend(self.heard(message)?);
        }
        Ok(effects)
    }

    /// While a log is replayed nothing is built: our proposal may stand further down in it. If it does not, now is the time.
    fn build_again(&mut self) -> Option<Effect> {
        let (height, round) = self.answers.wanted.take()?;
        let ours = |said: &u32| *said == round;
        let current = height == self.height() && round == self.round();
        let proposed = self.answers.proposed.iter().any(ours);
        (current && !proposed).then_some(Effect::Build { height, round })
    }

    fn take_later(&mut self, height: u64) -> Vec<Message> {
        let (now, later) = std::mem::take(&mut self.later)
            .into_iter()
            .filter(|message| message.height() >= height)
            .partition(|message| message.height() == height);
        self.later = later;
        now
    }

    fn heard(&mut self, message: Message) -> Result<Vec<Effect>, String> {
        let (height, ours) = (message.height(), self.height());
        // What was decided last is over; before the first start nothing was decided.
        let over = height < ours || (!self.begun && height == ours);
        if !message.is_well_formed() || over {
            return Ok(Vec::new());
        }
        if height > ours || !self.begun {
            // Anybody can speak of any height: only what a validator signed tells that the next one has begun.
            let next = self.is_of_validator(&message);
            if next && height <= ours.saturating_add(LATER_HEIGHTS) && self.later.len() < LATER {
                self.later.push(message);
            }
            return Ok(if next { vec![Effect::Ahead(height)] } else { Vec::new() });
        }
        let mut effects = Vec::new();
        if let Message::Proposal(said) = &message {
            let proposal = &said.proposal;
            let turn = Self::proposer(self.answers.validators(), height, proposal.round);
            if proposal.key != turn || !self.answers.is_signed(proposal) {
                return Ok(effects);
            }
            self.answers.remember(&said.header);
            effects.push(Effect::Check(Check {
                header: said.header.clone(),
                round: proposal.round,
                proof_round: proposal.proof_round,
                proposer: proposal.key,
            }));
        }
        effects.extend(self.run(message.into_input())?);
        Ok(effects)
    }

    /// Whether a validator of the set we know has signed it. Of a later set we know nothing yet.
    fn is_of_validator(&self, message: &Message) -> bool {
        let known = |key: &PublicKey| self.answers.validators().get(key).is_some();
        match message {
            Message::Proposal(said) => known(&said.proposal.key) && self.answers.is_signed(&said.proposal),
            Message::Vote(vote) => known(&vote.key) && self.answers.is_vote(vote),
            // Of these the votes within are what counts, and they are said singly too.
            Message::Polka(_) | Message::Round(_) => false,
        }
    }

    fn built(&mut self, round: u32, header: Header) -> Result<Vec<Effect>, String> {
        if !self.begun || header.height != self.height() {
            return Ok(Vec::new());
        }
        self.answers.remember(&header);
        self.run(EngineInput::Propose(LocallyProposedValue::new(
            Height(header.height),
            Round::new(round),
            crate::context::Block::new(header),
        )))
    }

    fn checked(&mut self, check: Check, good: bool) -> Result<Vec<Effect>, String> {
        if !self.begun || check.header.height != self.height() {
            return Ok(Vec::new());
        }
        let value = judged(check.header, check.round, check.proof_round, check.proposer, good);
        self.run(EngineInput::ProposedValue(value, ValueOrigin::Consensus))
    }

    fn run(&mut self, input: EngineInput<Tendermint>) -> Result<Vec<Effect>, String> {
        let (answers, patience) = (&mut self.answers, &self.patience);
        let outcome: Result<(), malachite::Error<Tendermint>> = process!(
            input: input,
            state: &mut self.state,
            metrics: &(),
            with: effect => answers.answer(effect, patience)
        );
        let effects = self.answers.take_effects();
        if effects.iter().any(|effect| matches!(effect, Effect::Commit { .. })) {
            self.begun = false;
        }
        match outcome {
            Ok(()) => Ok(effects),
            // What was asked for before the contradiction is not carried out either: it may be part of it.
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Headers of the height being decided, by BlockId.
pub(crate) type Headers = BTreeMap<Hash, Header>;

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
