//! Where members, the validator set and single validators stand.

use super::records::{DoubleVoted, MemberVote, MemberVoted, ValidatorChange, ValidatorsProposed};
use crate::shared::context::{At, Said};
use crate::{Payload, State};
use ledger::{DoubleVote, Hash, Party, Subject, Time, Validator, ValidatorSet, VoteKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How long a proposal waits for votes: 14 days, so that a firm on holiday over the Chinese New Year week is still heard.
pub(crate) const OPEN_MILLIS: i64 = 14 * 24 * 60 * 60 * 1000;
/// Offences kept of one validator. The first one is reason enough to take it out.
pub(crate) const OFFENCES: usize = 16;

/// Where a party stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MemberStanding {
    /// Voted on, and not decided.
    #[default]
    Proposed,
    /// It speaks.
    Admitted,
    /// It has no say, until admitted again.
    Suspended,
}

impl From<MemberVote> for MemberStanding {
    fn from(vote: MemberVote) -> Self {
        match vote {
            MemberVote::Admitted => Self::Admitted,
            MemberVote::Suspended => Self::Suspended,
        }
    }
}

/// A party that was voted on: `alliance:member/Z`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberState {
    /// Nothing.
    pub links: Vec<Subject>,
    /// Where it stands.
    pub standing: MemberStanding,
    /// Operators that want it to stand elsewhere, sorted by party; 100 at most, since a set has so many validators.
    pub votes: Vec<Vote>,
}

/// What one operator wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// The operator.
    pub party: Party,
    /// Where the member shall stand.
    pub standing: MemberVote,
}

/// The validator set and what is proposed for it: `alliance:validators`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidatorsState {
    /// Nothing.
    pub links: Vec<Subject>,
    /// Proposals that wait for votes, oldest first, at most four. Some may have run out: see [`Proposal::is_open`].
    pub proposals: Vec<Proposal>,
    /// The set last decided on; none while that of the genesis stands.
    #[serde(deserialize_with = "Option::deserialize")]
    pub set: Option<ValidatorSet>,
}

/// A proposed change of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The operator that made it.
    pub by: Party,
    /// What changes.
    pub changes: Vec<ValidatorChange>,
    /// The record that made it.
    pub id: Hash,
    /// Operators against it, sorted.
    pub no: Vec<Party>,
    /// Last witnessed time at which it can be voted on.
    pub until: Time,
    /// Operators for it, sorted, its maker among them.
    pub yes: Vec<Party>,
}

/// A validator caught: `alliance:validator/Z`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidatorState {
    /// Nothing.
    pub links: Vec<Subject>,
    /// Its double votes in the order they were shown, at most 16.
    pub offences: Vec<Offence>,
}

/// One double vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offence {
    /// Height voted on.
    pub height: u64,
    /// What was signed twice.
    pub kind: OffenceKind,
    /// The record that shows it.
    pub record: Hash,
    /// Round voted in.
    pub round: u32,
}

/// What a validator may sign once in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum OffenceKind {
    /// The second vote of a round; a quorum of them certifies a block.
    Precommit,
    /// The first vote of a round.
    Prevote,
    /// The block of a round, from its proposer.
    Proposal,
}

impl From<&DoubleVote> for OffenceKind {
    fn from(proof: &DoubleVote) -> Self {
        match proof {
            DoubleVote::Votes { first, .. } if first.kind == VoteKind::Precommit => Self::Precommit,
            DoubleVote::Votes { .. } => Self::Prevote,
            DoubleVote::Proposals { .. } => Self::Proposal,
        }
    }
}

/// Whether `party` runs a validator of the set.
pub(crate) fn operates(party: &Party, set: &ValidatorSet) -> bool {
    set.validators().iter().any(|validator| validator.party == *party)
}

/// Weight of the validators run by those for whom `speaks` holds.
fn weight(set: &ValidatorSet, speaks: impl Fn(&Party) -> bool) -> u64 {
    let theirs = set.validators().iter().filter(|validator| speaks(&validator.party));
    theirs.map(|validator| validator.weight).sum()
}

/// More than a third: at least one honest operator, as long as less than a third is faulty.
const fn more_than_a_third(part: u64, whole: u64) -> bool {
    part.saturating_mul(3) > whole
}

/// More than two thirds: a quorum.
const fn more_than_two_thirds(part: u64, whole: u64) -> bool {
    part.saturating_mul(3) > whole.saturating_mul(2)
}

/// The validators that `changes` make of a set; not yet sorted, nor of an allowed number.
pub(crate) fn changed(set: &ValidatorSet, changes: &[ValidatorChange]) -> Vec<Validator> {
    let untouched = |validator: &&Validator| changes.iter().all(|change| change.key != validator.key);
    let kept = set.validators().iter().filter(untouched).cloned();
    let new = changes
        .iter()
        .filter(|change| change.weight > 0)
        .map(|change| Validator {
            key: change.key,
            party: change.party,
            weight: change.weight,
        });
    kept.chain(new).collect()
}

fn put(list: &mut Vec<Party>, party: &Party) {
    if let Err(place) = list.binary_search(party) {
        list.insert(place, *party);
    }
}

impl MemberState {
    /// What `party` last said, if it still counts.
    #[must_use]
    pub fn vote(&self, party: &Party) -> Option<MemberVote> {
        let vote = self.votes.iter().find(|vote| vote.party == *party);
        vote.map(|vote| vote.standing)
    }

    /// After one more vote. A vote for where the member stands anyway takes back what its operator said before.
    pub(crate) fn voted(&self, said: &Said<'_>, record: &MemberVoted, at: &At<'_>) -> Self {
        let set = &at.alliance.validators;
        let mut next = self.clone();
        next.votes
            .retain(|vote| vote.party != *said.party && operates(&vote.party, set));
        if MemberStanding::from(record.standing) != self.standing {
            next.votes.push(Vote {
                party: *said.party,
                standing: record.standing,
            });
            next.votes.sort_by_key(|vote| vote.party);
        }
        let wanting = |wanted| weight(set, |party| next.vote(party) == Some(wanted));
        let whole = set.weight();
        if more_than_a_third(wanting(MemberVote::Admitted), whole) {
            next.decide(MemberStanding::Admitted);
        } else if more_than_two_thirds(wanting(MemberVote::Suspended), whole) {
            next.decide(MemberStanding::Suspended);
        }
        next
    }

    fn decide(&mut self, standing: MemberStanding) {
        self.standing = standing;
        self.votes.clear();
    }
}

impl Proposal {
    fn made(said: &Said<'_>, record: &ValidatorsProposed, at: &At<'_>) -> Self {
        Self {
            by: *said.party,
            changes: record.changes.clone(),
            id: said.id,
            no: Vec::new(),
            until: at.time.plus_millis(OPEN_MILLIS),
            yes: vec![*said.party],
        }
    }

    /// Whether it can still be voted on at this witnessed time.
    #[must_use]
    pub fn is_open(&self, time: Time) -> bool {
        time <= self.until
    }

    /// What `party` last said.
    #[must_use]
    pub fn vote(&self, party: &Party) -> Option<bool> {
        let (yes, no) = (self.yes.binary_search(party), self.no.binary_search(party));
        yes.map(|_| true).or(no.map(|_| false)).ok()
    }

    fn voted(&mut self, party: &Party, approve: bool) {
        self.yes.retain(|one| one != party);
        self.no.retain(|one| one != party);
        put(if approve { &mut self.yes } else { &mut self.no }, party);
    }

    /// Weight of those for it and of those against it.
    #[must_use]
    pub fn weights(&self, set: &ValidatorSet) -> (u64, u64) {
        let of = |list: &[Party]| weight(set, |party| list.binary_search(party).is_ok());
        (of(&self.yes), of(&self.no))
    }

    fn passes(&self, set: &ValidatorSet) -> bool {
        more_than_two_thirds(self.weights(set).0, set.weight())
    }

    /// Withdrawn, or so many are against it that the others are no quorum.
    fn fails(&self, set: &ValidatorSet) -> bool {
        let rest = set.weight().saturating_sub(self.weights(set).1);
        self.vote(&self.by) == Some(false) || !more_than_two_thirds(rest, set.weight())
    }
}

impl ValidatorsState {
    /// The proposal of this record, if it can still be voted on.
    #[must_use]
    pub fn open(&self, id: &Hash, time: Time) -> Option<&Proposal> {
        self.proposals.iter().find(|one| one.id == *id && one.is_open(time))
    }

    /// Whether a set was decided on that is not in force yet.
    #[must_use]
    pub fn is_pending(&self, in_force: &ValidatorSet) -> bool {
        self.set.as_ref().is_some_and(|set| set != in_force)
    }

    /// After a proposal or a vote. What has run out goes; what has a quorum is the set, and all that was proposed beside it, made
    /// for the set as it was, goes too.
    pub(crate) fn after(&self, said: &Said<'_>, payload: &Payload, at: &At<'_>) -> Self {
        let mut next = self.clone();
        next.proposals.retain(|proposal| proposal.is_open(at.time));
        match payload {
            Payload::ValidatorsProposed(record) => next.proposals.push(Proposal::made(said, record, at)),
            Payload::ValidatorsVoted(record) => {
                let meant = next.proposals.iter_mut().filter(|one| one.id == record.proposal);
                meant.for_each(|proposal| proposal.voted(said.party, record.approve));
            }
            _ => return self.clone(),
        }
        let in_force = &at.alliance.validators;
        let passed = next.proposals.iter().find(|proposal| proposal.passes(in_force));
        match passed.and_then(|proposal| ValidatorSet::new(changed(in_force, &proposal.changes)).ok()) {
            Some(set) => {
                next.set = Some(set);
                next.proposals.clear();
            }
            None => next.proposals.retain(|proposal| !proposal.fails(in_force)),
        }
        next
    }
}

impl ValidatorState {
    /// Whether this double vote is listed.
    pub(crate) fn knows(&self, record: &DoubleVoted) -> bool {
        let proof = &record.proof;
        let shown = (proof.height(), proof.round(), OffenceKind::from(proof));
        let same = |one: &Offence| (one.height, one.round, one.kind) == shown;
        self.offences.iter().any(same)
    }

    /// With one more offence.
    pub(crate) fn caught(&self, said: &Said<'_>, record: &DoubleVoted) -> Self {
        let mut next = self.clone();
        if next.offences.len() < OFFENCES && !next.knows(record) {
            next.offences.push(Offence {
                height: record.proof.height(),
                kind: OffenceKind::from(&record.proof),
                record: said.id,
                round: record.proof.round(),
            });
        }
        next
    }
}

/// The state that a record of this room founds: these subjects come into being by the first word on them.
pub(crate) fn founded(said: &Said<'_>, payload: &Payload, at: &At<'_>) -> Option<State> {
    match payload {
        Payload::MemberVoted(record) => Some(State::Member(MemberState::default().voted(said, record, at))),
        Payload::ValidatorsProposed(_) => Some(State::Validators(ValidatorsState::default().after(said, payload, at))),
        Payload::DoubleVoted(record) => Some(State::Validator(ValidatorState::default().caught(said, record))),
        _ => None,
    }
}

/// The member after a record of this room; what does not concern it changes nothing.
pub(crate) fn member(before: &MemberState, said: &Said<'_>, payload: &Payload, at: &At<'_>) -> MemberState {
    match payload {
        Payload::MemberVoted(record) => before.voted(said, record, at),
        _ => before.clone(),
    }
}

/// The validator after a record of this room.
pub(crate) fn validator(before: &ValidatorState, said: &Said<'_>, payload: &Payload) -> ValidatorState {
    match payload {
        Payload::DoubleVoted(record) => before.caught(said, record),
        _ => before.clone(),
    }
}

/// The validator set decided on, from the state of `alliance:validators`: what the header after the block that changed it names
/// as `next_validators`. `None` while that of the genesis stands.
#[must_use]
pub fn decided(state: &State) -> Option<ValidatorSet> {
    match state {
        State::Validators(validators) => validators.set.clone(),
        _ => None,
    }
}
