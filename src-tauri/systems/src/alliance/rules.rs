//! What is allowed next in the alliance, and who may speak on it at all.

use super::records::{DoubleVoted, MemberVoted, ValidatorChange, ValidatorsProposed, ValidatorsVoted};
use super::state::{self, MemberStanding, MemberState, OFFENCES, ValidatorState, ValidatorsState, operates};
use crate::shared::context::{At, Context, Rule, Said, Violation, demand};
use crate::shared::rules::rule;
use crate::{Payload, State};
use ledger::{Profile, Subject, ValidatorSet};

/// Most validators of a set that is voted on. With 40 the set takes 6,000 of the state's 16,384 bytes; a proposal of 8 changes
/// takes 1,400, and 59 for each operator that votes on it, so 40 firms may have two such proposals open, and 14 firms four.
/// (An agreement of 40 validators with 4 times 39 votes a block is also as far as committees of this kind are run in practice.)
pub(crate) const VALIDATORS: usize = 40;
/// Most proposals that wait for votes.
pub(crate) const PROPOSALS: usize = 4;
/// Bytes that one operator's vote takes in the state of the set: a did:key, its quotation marks and a comma.
const VOTE_BYTES: usize = 59;

fn member<'a>(subject: &Subject, ctx: &Context<'a>) -> Option<&'a MemberState> {
    match ctx.state(subject) {
        Some(State::Member(member)) => Some(member),
        _ => None,
    }
}

fn validators<'a>(ctx: &Context<'a>) -> Option<&'a ValidatorsState> {
    match ctx.state(&Subject::validators()) {
        Some(State::Validators(validators)) => Some(validators),
        _ => None,
    }
}

/// The author belongs: `membership` is its `alliance:member/…`, `set` is `alliance:validators`. In a network of one firm whose
/// validators were never voted on everybody does.
pub(crate) fn may_speak(
    said: &Said<'_>,
    membership: &Subject,
    set: &Subject,
    ctx: &Context<'_>,
) -> Result<(), Violation> {
    let governed = ctx.alliance.profile == Profile::Alliance || ctx.state(set).is_some();
    if !governed || operates(said.party, &ctx.alliance.validators) {
        return Ok(());
    }
    match member(membership, ctx).map(|member| member.standing) {
        Some(MemberStanding::Admitted) => Ok(()),
        Some(MemberStanding::Suspended) => Err(Violation::new("alliance.suspended", "party")),
        Some(MemberStanding::Proposed) | None => Err(Violation::new("alliance.not-a-member", "party")),
    }
}

/// The rules of this room.
pub(crate) fn check(said: &Said<'_>, payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    match payload {
        Payload::MemberVoted(record) => member_voted(said, record, ctx),
        Payload::ValidatorsProposed(record) => proposed(said, record, payload, ctx),
        Payload::ValidatorsVoted(record) => voted(said, record, ctx),
        Payload::DoubleVoted(record) => double_voted(said, record, ctx),
        _ => Ok(()),
    }
}

fn operator(said: &Said<'_>, ctx: &Context<'_>) -> Result<(), Violation> {
    demand(
        operates(said.party, &ctx.alliance.validators),
        "alliance.operator-only",
        "party",
    )
}

fn member_voted(said: &Said<'_>, record: &MemberVoted, ctx: &Context<'_>) -> Result<(), Violation> {
    operator(said, ctx)?;
    let member = member(&Subject::member(&record.party), ctx);
    let before = member.and_then(|member| member.vote(said.party));
    let standing = member.map_or(MemberStanding::Proposed, |member| member.standing);
    // What an operator said before may be taken back by a vote for how things stand.
    let wanted = before.map_or(standing, MemberStanding::from);
    demand(
        wanted != MemberStanding::from(record.standing),
        "alliance.vote-unchanged",
        "standing",
    )
}

fn proposed(
    said: &Said<'_>,
    record: &ValidatorsProposed,
    payload: &Payload,
    ctx: &Context<'_>,
) -> Result<(), Violation> {
    operator(said, ctx)?;
    let in_force = &ctx.alliance.validators;
    for (i, change) in record.changes.iter().enumerate() {
        changes(in_force, change).map_err(|violation| violation.inside(&format!("changes.{i}")))?;
    }
    let size = state::changed(in_force, &record.changes).len();
    if !(1..=VALIDATORS).contains(&size) {
        return Err(Violation::new("alliance.set-size", "changes").with("most", VALIDATORS));
    }
    let nothing = ValidatorsState::default();
    let before = validators(ctx).unwrap_or(&nothing);
    demand(!before.is_pending(in_force), "alliance.change-pending", "")?;
    let mut open = before.proposals.iter().filter(|one| one.is_open(ctx.time));
    demand(open.all(|one| one.by != *said.party), "alliance.proposal-open", "")?;
    let after = before.after(said, payload, &at(ctx));
    let room = after.proposals.len() <= PROPOSALS && fullest(after, in_force) <= ledger::limits::STATE_BYTES;
    demand(room, "alliance.proposals-full", "")
}

/// The change makes a difference to the set, and leaves a key with the party that runs it.
fn changes(set: &ValidatorSet, change: &ValidatorChange) -> Result<(), Violation> {
    match set.get(&change.key) {
        None => demand(change.weight > 0, "alliance.validator-unknown", "key"),
        Some(standing) => {
            demand(standing.party == change.party, "alliance.validator-party", "party")?;
            demand(standing.weight != change.weight, "alliance.change-nothing", "weight")
        }
    }
}

const fn at<'a>(ctx: &Context<'a>) -> At<'a> {
    At {
        height: ctx.height,
        time: ctx.time,
        alliance: ctx.alliance,
    }
}

/// Bytes of a state once every operator has voted on everything.
fn fullest(state: ValidatorsState, set: &ValidatorSet) -> usize {
    let mut operators: Vec<_> = set.validators().iter().map(|validator| validator.party).collect();
    operators.sort_unstable();
    operators.dedup();
    let voted = |yes: usize, no: usize| operators.len().saturating_sub(yes + no);
    let missing: usize = state
        .proposals
        .iter()
        .map(|one| voted(one.yes.len(), one.no.len()))
        .sum();
    State::Validators(state).to_canonical().len() + missing * VOTE_BYTES
}

fn voted(said: &Said<'_>, record: &ValidatorsVoted, ctx: &Context<'_>) -> Result<(), Violation> {
    operator(said, ctx)?;
    let proposal = validators(ctx)
        .and_then(|validators| validators.open(&record.proposal, ctx.time))
        .ok_or_else(|| Violation::new("alliance.proposal-unknown", "proposal"))?;
    let news = proposal.vote(said.party) != Some(record.approve);
    demand(news, "alliance.vote-unchanged", "approve")
}

fn double_voted(said: &Said<'_>, record: &DoubleVoted, ctx: &Context<'_>) -> Result<(), Violation> {
    let proof = &record.proof;
    demand(proof.verify(&said.network).is_ok(), "alliance.proof", "proof")?;
    let listed = match ctx.state(&Subject::validator(proof.key())) {
        Some(State::Validator(validator)) => Some(validator),
        _ => None,
    };
    // Keys cost nothing: were any key's double vote taken, anybody could fill the ledger with made-up offenders.
    let known = listed.is_some() || ctx.alliance.validators.get(proof.key()).is_some();
    demand(known, "alliance.not-a-validator", "proof")?;
    let nothing = ValidatorState::default();
    let listed = listed.unwrap_or(&nothing);
    demand(!listed.knows(record), "alliance.offence-known", "proof")?;
    demand(listed.offences.len() < OFFENCES, "alliance.offences-full", "proof")
}

/// The rules of this room.
pub const RULES: &[Rule] = &[
    rule!(
        "alliance.not-a-member",
        "Several firms keep this ledger; who may write on it is for them to say.",
        "protocol section 13; R53"
    ),
    rule!(
        "alliance.suspended",
        "More than two thirds of the validators' weight have suspended the party.",
        "protocol section 13; R53"
    ),
    rule!(
        "alliance.operator-only",
        "Only who runs a validator in force answers for the ledger, and votes on it.",
        "protocol section 13"
    ),
    rule!(
        "alliance.vote-unchanged",
        "The last word of an operator counts; said again it changes nothing.",
        "protocol section 13"
    ),
    rule!(
        "alliance.validator-unknown",
        "Only a validator of the set can leave it.",
        "protocol sections 6 and 13"
    ),
    rule!(
        "alliance.validator-party",
        "A vote key stays with the party that runs it; another party brings a key of its own.",
        "protocol section 6, validator set"
    ),
    rule!(
        "alliance.change-nothing",
        "The validator has that weight already.",
        "protocol section 13"
    ),
    rule!(
        "alliance.set-size",
        "Without a validator nothing is confirmed; with more than 40 the state has no room for their votes.",
        "protocol sections 6, 7 (16 KiB) and 13"
    ),
    rule!(
        "alliance.change-pending",
        "A set was decided on and is not in force yet; votes are counted by the weights in force.",
        "protocol section 6, change of the set"
    ),
    rule!(
        "alliance.proposal-open",
        "An operator has one proposal open at a time, so that none alone takes all the places.",
        "protocol section 13"
    ),
    rule!(
        "alliance.proposals-full",
        "At most four proposals wait for votes, and fewer if the votes of all had no room.",
        "protocol section 7 (16 KiB)"
    ),
    rule!(
        "alliance.proposal-unknown",
        "The proposal was never made, was decided, or has run out after 14 days.",
        "protocol section 13"
    ),
    rule!(
        "alliance.proof",
        "Both votes must be signed by the key, for this network, one height and one round, and differ.",
        "protocol section 6, double vote"
    ),
    rule!(
        "alliance.not-a-validator",
        "The key is in no set in force and was not caught before; keys cost nothing, so strangers' keys are not listed.",
        "protocol section 13"
    ),
    rule!(
        "alliance.offence-known",
        "This double vote is on the ledger already.",
        "protocol section 13"
    ),
    rule!(
        "alliance.offences-full",
        "Sixteen double votes of a validator are kept; the first is reason enough to take it out.",
        "protocol section 7 (16 KiB)"
    ),
];
