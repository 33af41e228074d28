//! What validators say to each other, and what of it a validator must remember.

use crate::context::{Address, Block, Height, Proposal, Tendermint, Vote};
use ledger::limits::VALIDATORS;
use ledger::vote::{SignedProposal, SignedVote, VoteKind};
use ledger::{Hash, Header, PublicKey};
use malachite::{Input as EngineInput, ProposedValue};
use malachite_types::{
    self as engine, NilOrVal, PolkaCertificate, PolkaSignature, Round, RoundCertificate, RoundCertificateType,
    RoundSignature, Timeout, TimeoutKind, Validity, ValueOrigin, VoteType,
};
use serde::{Deserialize, Serialize};

/// A message between validators. What is signed in it is signed by vote keys (section 6 of `docs/protocol.md`); certificates are
/// collections of such votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Message {
    /// A header is proposed.
    Proposal(Box<ProposedHeader>),
    /// A vote.
    Vote(SignedVote),
    /// Two thirds of the prevotes for a block: what a later proposal of it rests on.
    Polka(Polka),
    /// Votes that move a validator which was left behind to a later round.
    Round(RoundVotes),
}

/// A proposal with the header it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedHeader {
    /// The header.
    pub header: Header,
    /// The signed proposal; its block is the header's id.
    pub proposal: SignedProposal,
}

/// Two thirds of the prevotes for a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polka {
    /// Height.
    pub height: u64,
    /// Round of the prevotes.
    pub round: u32,
    /// BlockId.
    pub block: Hash,
    /// At most one for each validator.
    pub signatures: Vec<PolkaVote>,
}

/// A prevote within a [`Polka`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolkaVote {
    /// Vote key.
    pub key: PublicKey,
    /// Ed25519 over the prevote.
    #[serde(with = "signature")]
    pub signature: [u8; 64],
}

/// Votes of one round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundVotes {
    /// Height.
    pub height: u64,
    /// Round.
    pub round: u32,
    /// More than a third of votes of any kind, else more than two thirds of precommits.
    pub skip: bool,
    /// The votes.
    pub votes: Vec<SignedVote>,
}

/// What must be on disk before anything that rests on it leaves the process (`engine.md` 1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Logged {
    /// A vote, ours or another's.
    Vote(SignedVote),
    /// A proposal, ours or another's.
    Proposal(Box<ProposedHeader>),
    /// A polka.
    Polka(Polka),
    /// A block that was judged.
    Judged {
        /// Its header.
        header: Box<Header>,
        /// Round in which it came.
        round: u32,
        /// Round of the prevotes it rested on.
        proof_round: Option<u32>,
        /// Who proposed it.
        proposer: PublicKey,
        /// Whether it is a good block.
        good: bool,
    },
    /// A step was waited for long enough.
    Elapsed {
        /// Which.
        step: Step,
        /// In which round.
        round: u32,
    },
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The proposal.
    Propose,
    /// Prevotes.
    Prevote,
    /// Precommits.
    Precommit,
    /// To say our votes again.
    Again,
}

impl Step {
    pub(crate) fn of(kind: TimeoutKind) -> Option<Self> {
        match kind {
            TimeoutKind::Propose => Some(Self::Propose),
            TimeoutKind::Prevote => Some(Self::Prevote),
            TimeoutKind::Precommit => Some(Self::Precommit),
            TimeoutKind::Rebroadcast => Some(Self::Again),
            // We set no target time for a height.
            TimeoutKind::FinalizeHeight(_) => None,
        }
    }

    pub(crate) const fn timeout(self, round: u32) -> Timeout {
        let kind = match self {
            Self::Propose => TimeoutKind::Propose,
            Self::Prevote => TimeoutKind::Prevote,
            Self::Precommit => TimeoutKind::Precommit,
            Self::Again => TimeoutKind::Rebroadcast,
        };
        Timeout::new(Round::new(round), kind)
    }
}

impl Message {
    /// The height it speaks of.
    #[must_use]
    pub const fn height(&self) -> u64 {
        match self {
            Self::Proposal(said) => said.proposal.height,
            Self::Vote(vote) => vote.height,
            Self::Polka(polka) => polka.height,
            Self::Round(votes) => votes.height,
        }
    }

    /// Whether its parts fit together and it holds no more votes than there can be validators. Signatures are judged by the engine.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Proposal(said) => {
                said.proposal.block == said.header.id() && said.proposal.height == said.header.height
            }
            Self::Vote(_) => true,
            Self::Polka(polka) => polka.signatures.len() <= VALIDATORS,
            // A validator may have a prevote and a precommit in it.
            Self::Round(round) => {
                round.votes.len() <= 2 * VALIDATORS
                    && round
                        .votes
                        .iter()
                        .all(|vote| vote.height == round.height && vote.round == round.round)
            }
        }
    }

    pub(crate) fn into_input(self) -> EngineInput<Tendermint> {
        match self {
            Self::Proposal(said) => EngineInput::Proposal(proposal_in(*said)),
            Self::Vote(vote) => EngineInput::Vote(vote_in(&vote)),
            Self::Polka(polka) => EngineInput::PolkaCertificate(polka_in(polka)),
            Self::Round(votes) => EngineInput::RoundCertificate(round_in(&votes)),
        }
    }
}

impl Logged {
    /// What the engine wants remembered; nothing for what it never asks to.
    pub(crate) fn of(input: &EngineInput<Tendermint>) -> Option<Self> {
        match input {
            EngineInput::Vote(vote) => Some(Self::Vote(vote_out(vote))),
            EngineInput::Proposal(proposal) => Some(Self::Proposal(Box::new(proposal_out(proposal)))),
            EngineInput::PolkaCertificate(polka) => Some(Self::Polka(polka_out(polka))),
            EngineInput::ProposedValue(value, _) => Some(Self::Judged {
                header: Box::new(value.value.header.clone()),
                round: value.round.as_u32().unwrap_or(0),
                proof_round: value.valid_round.as_u32(),
                proposer: value.proposer.0,
                good: value.validity.is_valid(),
            }),
            EngineInput::TimeoutElapsed(timeout) => Some(Self::Elapsed {
                step: Step::of(timeout.kind)?,
                round: timeout.round.as_u32().unwrap_or(0),
            }),
            _ => None,
        }
    }

    pub(crate) fn into_input(self) -> EngineInput<Tendermint> {
        match self {
            Self::Vote(vote) => EngineInput::Vote(vote_in(&vote)),
            Self::Proposal(said) => EngineInput::Proposal(proposal_in(*said)),
            Self::Polka(polka) => EngineInput::PolkaCertificate(polka_in(polka)),
            Self::Judged {
                header,
                round,
                proof_round,
                proposer,
                good,
            } => EngineInput::ProposedValue(
                judged(*header, round, proof_round, proposer, good),
                ValueOrigin::Consensus,
            ),
            Self::Elapsed { step, round } => EngineInput::TimeoutElapsed(step.timeout(round)),
        }
    }
}

/// A signature as 128 hex digits.
mod signature {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 64], D::Error> {
        let mut bytes = [0; 64];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut bytes).map_err(D::Error::custom)?;
        Ok(bytes)
    }
}

pub(crate) fn judged(
    header: Header,
    round: u32,
    proof_round: Option<u32>,
    proposer: PublicKey,
    good: bool,
) -> ProposedValue<Tendermint> {
    ProposedValue {
        height: Height(header.height),
        round: Round::new(round),
        valid_round: Round::from(proof_round),
        proposer: Address(proposer),
        value: Block::new(header),
        validity: Validity::from_bool(good),
    }
}

pub(crate) const fn kind_in(kind: VoteKind) -> VoteType {
    match kind {
        VoteKind::Prevote => VoteType::Prevote,
        VoteKind::Precommit => VoteType::Precommit,
    }
}

pub(crate) const fn kind_out(kind: VoteType) -> VoteKind {
    match kind {
        VoteType::Prevote => VoteKind::Prevote,
        VoteType::Precommit => VoteKind::Precommit,
    }
}

pub(crate) const fn block_out(block: &NilOrVal<Hash>) -> Option<Hash> {
    match block {
        NilOrVal::Nil => None,
        NilOrVal::Val(id) => Some(*id),
    }
}

pub(crate) fn block_in(block: Option<Hash>) -> NilOrVal<Hash> {
    block.map_or(NilOrVal::Nil, NilOrVal::Val)
}

fn vote_in(vote: &SignedVote) -> engine::SignedVote<Tendermint> {
    let said = Vote {
        kind: kind_in(vote.kind),
        height: Height(vote.height),
        round: Round::new(vote.round),
        block: block_in(vote.block),
        address: Address(vote.key),
    };
    engine::SignedVote::new(said, vote.signature)
}

pub(crate) fn vote_out(vote: &engine::SignedVote<Tendermint>) -> SignedVote {
    let said = &vote.message;
    SignedVote {
        kind: kind_out(said.kind),
        height: said.height.0,
        round: said.round.as_u32().unwrap_or(0),
        block: block_out(&said.block),
        key: said.address.0,
        signature: vote.signature,
    }
}

fn proposal_in(said: ProposedHeader) -> engine::SignedProposal<Tendermint> {
    let signed = said.proposal;
    let proposal = Proposal {
        height: Height(signed.height),
        round: Round::new(signed.round),
        block: Block::new(said.header),
        proof_round: Round::from(signed.proof_round),
        address: Address(signed.key),
    };
    engine::SignedProposal::new(proposal, signed.signature)
}

pub(crate) fn proposal_out(proposal: &engine::SignedProposal<Tendermint>) -> ProposedHeader {
    let said = &proposal.message;
    ProposedHeader {
        header: said.block.header.clone(),
        proposal: SignedProposal {
            block: engine::Value::id(&said.block),
            height: said.height.0,
            key: said.address.0,
            proof_round: said.proof_round.as_u32(),
            round: said.round.as_u32().unwrap_or(0),
            signature: proposal.signature,
        },
    }
}

fn polka_in(polka: Polka) -> PolkaCertificate<Tendermint> {
    let signatures = polka.signatures.into_iter();
    PolkaCertificate {
        height: Height(polka.height),
        round: Round::new(polka.round),
        value_id: polka.block,
        polka_signatures: signatures
            .map(|one| PolkaSignature::new(Address(one.key), one.signature))
            .collect(),
    }
}

pub(crate) fn polka_out(polka: &PolkaCertificate<Tendermint>) -> Polka {
    let signatures = polka.polka_signatures.iter().map(|one| PolkaVote {
        key: one.address.0,
        signature: one.signature,
    });
    Polka {
        height: polka.height.0,
        round: polka.round.as_u32().unwrap_or(0),
        block: polka.value_id,
        signatures: signatures.collect(),
    }
}

fn round_in(round: &RoundVotes) -> RoundCertificate<Tendermint> {
    let signatures = round.votes.iter().map(|vote| {
        RoundSignature::new(
            kind_in(vote.kind),
            block_in(vote.block),
            Address(vote.key),
            vote.signature,
        )
    });
    RoundCertificate {
        height: Height(round.height),
        round: Round::new(round.round),
        cert_type: if round.skip {
            RoundCertificateType::Skip
        } else {
            RoundCertificateType::Precommit
        },
        round_signatures: signatures.collect(),
    }
}

pub(crate) fn round_out(certificate: &RoundCertificate<Tendermint>) -> RoundVotes {
    let (height, round) = (certificate.height.0, certificate.round.as_u32().unwrap_or(0));
    let votes = certificate.round_signatures.iter().map(|one| SignedVote {
        kind: kind_out(one.vote_type),
        height,
        round,
        block: block_out(&one.value_id),
        key: one.address.0,
        signature: one.signature,
    });
    RoundVotes {
        height,
        round,
        skip: certificate.cert_type == RoundCertificateType::Skip,
        votes: votes.collect(),
    }
}
