//! What people see of the alliance.

use super::records::{MemberVote, ValidatorChange};
use super::state::{MemberStanding, OffenceKind, Proposal, ValidatorsState};
use crate::shared::context::{Entry, Told};
use crate::{Payload, State};
use ledger::{Subject, Time, ValidatorSet};
use serde::Serialize;
use ts_rs::TS;

/// A party that was voted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MemberView {
    /// did:key.
    pub party: String,
    /// Where it stands.
    pub standing: MemberStanding,
    /// Votes that count, sorted by operator.
    pub votes: Vec<MemberVoteView>,
}

/// An operator that wants a member to stand elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MemberVoteView {
    /// did:key of the operator.
    pub party: String,
    /// Where the member shall stand.
    pub standing: MemberVote,
    /// What it said to that.
    pub reason: String,
}

/// The validators and what is proposed for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ValidatorsView {
    /// The set in force, sorted by key.
    pub in_force: Vec<ValidatorView>,
    /// A set decided on that is not in force yet.
    pub pending: Option<Vec<ValidatorView>>,
    /// Proposals that can be voted on, oldest first.
    pub proposals: Vec<ProposalView>,
}

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ValidatorView {
    /// did:key of its vote key.
    pub key: String,
    /// did:key of the party that runs it.
    pub party: String,
    /// Weight.
    #[ts(type = "number")]
    pub weight: u64,
}

/// A proposal that can be voted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProposalView {
    /// RecordId.
    pub id: String,
    /// did:key of the operator that made it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What changes.
    pub changes: Vec<ValidatorChange>,
    /// did:keys of the operators for it.
    pub yes: Vec<String>,
    /// did:keys of the operators against it.
    pub no: Vec<String>,
    /// Weight of those for it; it passes with more than two thirds of `weight`.
    #[ts(type = "number")]
    pub yes_weight: u64,
    /// Weight of those against it.
    #[ts(type = "number")]
    pub no_weight: u64,
    /// Weight of the set in force.
    #[ts(type = "number")]
    pub weight: u64,
    /// Last witnessed time at which it can be voted on.
    pub until: String,
}

/// A validator that was caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OffencesView {
    /// did:key of the vote key.
    pub key: String,
    /// Its double votes, in the order they were shown.
    pub offences: Vec<OffenceView>,
}

/// One double vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OffenceView {
    /// What was signed twice.
    pub kind: OffenceKind,
    /// Height voted on.
    #[ts(type = "number")]
    pub height: u64,
    /// Round voted in.
    pub round: u32,
    /// RecordId of the record that shows it.
    pub record: String,
}

/// The did:key in `alliance:member/Z` or `alliance:validator/Z`.
#[must_use]
pub fn key_of(subject: &str) -> Option<String> {
    let rest = subject.strip_prefix("alliance:")?;
    let multibase = rest
        .strip_prefix("member/")
        .or_else(|| rest.strip_prefix("validator/"))?;
    Some(format!("did:key:{multibase}"))
}

/// A standing as its JSON says it.
#[must_use]
pub const fn standing_text(standing: MemberStanding) -> &'static str {
    match standing {
        MemberStanding::Proposed => "proposed",
        MemberStanding::Admitted => "admitted",
        MemberStanding::Suspended => "suspended",
    }
}

/// The view of a member from its state and its records, oldest first.
#[must_use]
pub fn member(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<MemberView> {
    let State::Member(member) = entry.state.as_ref() else {
        return None;
    };
    let reason = |party: &ledger::Party| {
        let mut said = told.iter().rev().filter(|told| told.record.party() == party);
        said.find_map(|told| match told.payload {
            Payload::MemberVoted(record) => Some(record.reason.clone()),
            _ => None,
        })
    };
    let vote = |vote: &super::state::Vote| MemberVoteView {
        party: vote.party.to_string(),
        standing: vote.standing,
        reason: reason(&vote.party).unwrap_or_default(),
    };
    Some(MemberView {
        party: key_of(subject.as_str())?,
        standing: member.standing,
        votes: member.votes.iter().map(vote).collect(),
    })
}

/// The view of the validators from the set in force, the state of `alliance:validators` and its records, oldest first; `time` is
/// the witnessed time now. Without a state, that of the genesis stands.
#[must_use]
pub fn validators(
    in_force: &ValidatorSet,
    state: Option<&ValidatorsState>,
    told: &[Told<'_>],
    time: Time,
) -> ValidatorsView {
    let pending = state.filter(|state| state.is_pending(in_force));
    let proposals = state.into_iter().flat_map(|state| &state.proposals);
    ValidatorsView {
        in_force: validator_views(in_force),
        pending: pending.and_then(|state| state.set.as_ref()).map(validator_views),
        proposals: proposals
            .filter(|one| one.is_open(time))
            .map(|one| proposal(one, in_force, told))
            .collect(),
    }
}

fn validator_views(set: &ValidatorSet) -> Vec<ValidatorView> {
    let view = |validator: &ledger::Validator| ValidatorView {
        key: validator.key.to_string(),
        party: validator.party.to_string(),
        weight: validator.weight,
    };
    set.validators().iter().map(view).collect()
}

fn proposal(proposal: &Proposal, set: &ValidatorSet, told: &[Told<'_>]) -> ProposalView {
    let made = told.iter().find(|told| told.record.id() == proposal.id);
    let reason = match made.map(|told| told.payload) {
        Some(Payload::ValidatorsProposed(record)) => record.reason.clone(),
        _ => String::new(),
    };
    let (yes_weight, no_weight) = proposal.weights(set);
    let texts = |list: &[ledger::Party]| list.iter().map(ToString::to_string).collect();
    ProposalView {
        id: proposal.id.to_string(),
        by: proposal.by.to_string(),
        reason,
        changes: proposal.changes.clone(),
        yes: texts(&proposal.yes),
        no: texts(&proposal.no),
        yes_weight,
        no_weight,
        weight: set.weight(),
        until: proposal.until.to_string(),
    }
}

/// The view of a validator that was caught, from its state.
#[must_use]
pub fn offences(subject: &Subject, entry: &Entry) -> Option<OffencesView> {
    let State::Validator(validator) = entry.state.as_ref() else {
        return None;
    };
    let view = |offence: &super::state::Offence| OffenceView {
        kind: offence.kind,
        height: offence.height,
        round: offence.round,
        record: offence.record.to_string(),
    };
    Some(OffencesView {
        key: key_of(subject.as_str())?,
        offences: validator.offences.iter().map(view).collect(),
    })
}
