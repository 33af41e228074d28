//! What vote keys sign, and the proof that one signed twice (section 6 of `docs/protocol.md`).

use serde::{Deserialize, Deserializer, Serialize};

use crate::block::{DocumentError, read};
use crate::commit::{precommit_bytes, round};
use crate::hash::Hash;
use crate::keys::{PublicKey, verify_zip215};
use crate::text::positive;

/// The two votes of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoteKind {
    /// The block is good; or, for nothing, no good block was seen in time.
    Prevote,
    /// Enough prevotes were seen.
    Precommit,
}

/// What a validator signs to vote for a block, or for nothing.
#[must_use]
pub fn vote_bytes(kind: VoteKind, network: &Hash, height: u64, round: u32, block: Option<&Hash>) -> Vec<u8> {
    if let (VoteKind::Precommit, Some(block)) = (kind, block) {
        return precommit_bytes(network, height, round, block);
    }
    let domain = match kind {
        VoteKind::Prevote => "sealroad-prevote.1",
        VoteKind::Precommit => "sealroad-precommit.1",
    };
    let block = block.map_or_else(|| "null".to_owned(), |block| format!("\"{block}\""));
    format!(r#"{{"block":{block},"domain":"{domain}","height":{height},"network":"{network}","round":{round}}}"#)
        .into_bytes()
}

/// What a validator signs to propose a block. `proof_round` is the round of the prevotes it rests on, if it does.
#[must_use]
pub fn proposal_bytes(network: &Hash, height: u64, round: u32, block: &Hash, proof_round: Option<u32>) -> Vec<u8> {
    let proof_round = proof_round.map_or_else(|| "null".to_owned(), |round| round.to_string());
    format!(
        concat!(
            r#"{{"block":"{}","domain":"sealroad-proposal.1","height":{},"#,
            r#""network":"{}","proof_round":{},"round":{}}}"#
        ),
        block, height, network, proof_round, round
    )
    .into_bytes()
}

/// A prevote or precommit with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedVote {
    /// BlockId, or nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    pub block: Option<Hash>,
    /// From 1.
    #[serde(deserialize_with = "positive")]
    pub height: u64,
    /// Vote key.
    pub key: PublicKey,
    /// Prevote or precommit.
    pub kind: VoteKind,
    /// 0–1,000,000.
    #[serde(deserialize_with = "round")]
    pub round: u32,
    /// Ed25519 over [`vote_bytes`].
    #[serde(with = "crate::text::hex_bytes")]
    pub signature: [u8; 64],
}

impl SignedVote {
    /// Reads a vote.
    ///
    /// # Errors
    /// If the bytes are not canonical or a member is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes: members fixed, ASCII and in order, so written directly.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let block = self
            .block
            .map_or_else(|| "null".to_owned(), |block| format!("\"{block}\""));
        let kind = match self.kind {
            VoteKind::Prevote => "prevote",
            VoteKind::Precommit => "precommit",
        };
        format!(
            r#"{{"block":{block},"height":{},"key":"{}","kind":"{kind}","round":{},"signature":"{}"}}"#,
            self.height,
            self.key,
            self.round,
            hex::encode(self.signature)
        )
        .into_bytes()
    }

    /// What its key signed in this network.
    #[must_use]
    pub fn signed_bytes(&self, network: &Hash) -> Vec<u8> {
        vote_bytes(self.kind, network, self.height, self.round, self.block.as_ref())
    }

    /// Whether its signature is good in this network (ZIP-215).
    #[must_use]
    pub fn verify(&self, network: &Hash) -> bool {
        verify_zip215(&self.key, &self.signed_bytes(network), &self.signature)
    }
}

/// A proposal with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireProposal")]
pub struct SignedProposal {
    /// BlockId.
    pub block: Hash,
    /// From 1.
    pub height: u64,
    /// Vote key of the proposer.
    pub key: PublicKey,
    /// Round of the prevotes it rests on, below `round`, or nothing.
    pub proof_round: Option<u32>,
    /// 0–1,000,000.
    pub round: u32,
    /// Ed25519 over [`proposal_bytes`].
    #[serde(with = "crate::text::hex_bytes")]
    pub signature: [u8; 64],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireProposal {
    block: Hash,
    #[serde(deserialize_with = "positive")]
    height: u64,
    key: PublicKey,
    #[serde(deserialize_with = "Option::deserialize")]
    proof_round: Option<u32>,
    #[serde(deserialize_with = "round")]
    round: u32,
    #[serde(with = "crate::text::hex_bytes")]
    signature: [u8; 64],
}

impl TryFrom<WireProposal> for SignedProposal {
    type Error = &'static str;

    fn try_from(wire: WireProposal) -> Result<Self, Self::Error> {
        if wire.proof_round.is_some_and(|proof| proof >= wire.round) {
            return Err("a proof round that is not below the round");
        }
        Ok(Self {
            block: wire.block,
            height: wire.height,
            key: wire.key,
            proof_round: wire.proof_round,
            round: wire.round,
            signature: wire.signature,
        })
    }
}

impl SignedProposal {
    /// Reads a proposal.
    ///
    /// # Errors
    /// If the bytes are not canonical or a member is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes: members fixed, ASCII and in order, so written directly.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let proof_round = self
            .proof_round
            .map_or_else(|| "null".to_owned(), |round| round.to_string());
        format!(
            r#"{{"block":"{}","height":{},"key":"{}","proof_round":{proof_round},"round":{},"signature":"{}"}}"#,
            self.block,
            self.height,
            self.key,
            self.round,
            hex::encode(self.signature)
        )
        .into_bytes()
    }

    /// What its key signed in this network.
    #[must_use]
    pub fn signed_bytes(&self, network: &Hash) -> Vec<u8> {
        proposal_bytes(network, self.height, self.round, &self.block, self.proof_round)
    }

    /// Whether its signature is good in this network (ZIP-215).
    #[must_use]
    pub fn verify(&self, network: &Hash) -> bool {
        verify_zip215(&self.key, &self.signed_bytes(network), &self.signature)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-double-vote.1")]
    One,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<T> {
    first: T,
    form: Form,
    second: T,
}

/// Two that one key signed for one height and round, where it may sign only one. `first` is the one whose signed bytes are the
/// lesser, so that one double vote has one document: `{"first":…,"form":"sealroad-double-vote.1","second":…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubleVote {
    /// Two prevotes or two precommits.
    Votes {
        /// The one whose signed bytes are the lesser.
        first: SignedVote,
        /// The other.
        second: SignedVote,
    },
    /// Two proposals.
    Proposals {
        /// The one whose signed bytes are the lesser.
        first: SignedProposal,
        /// The other.
        second: SignedProposal,
    },
}

/// Why two signatures are no double vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoubleVoteError {
    /// They are of two keys.
    #[error("they are of two keys")]
    TwoKeys,
    /// They are of two heights.
    #[error("they are of two heights")]
    TwoHeights,
    /// They are of two rounds.
    #[error("they are of two rounds")]
    TwoRounds,
    /// One is a prevote, the other a precommit.
    #[error("one is a prevote, the other a precommit")]
    TwoKinds,
    /// Both say the same.
    #[error("both say the same")]
    SameBytes,
    /// The first is not the one whose signed bytes are the lesser.
    #[error("the first is not the lesser")]
    Order,
    /// A signature does not verify in this network.
    #[error("a signature does not verify")]
    BadSignature,
}

/// What of a vote or proposal must be equal in both, and what must not.
struct Side {
    key: PublicKey,
    height: u64,
    round: u32,
    kind: Option<VoteKind>,
    signed: Vec<u8>,
    good: bool,
}

impl Side {
    fn of_vote(vote: &SignedVote, network: &Hash) -> Self {
        Self {
            key: vote.key,
            height: vote.height,
            round: vote.round,
            kind: Some(vote.kind),
            signed: vote.signed_bytes(network),
            good: vote.verify(network),
        }
    }

    fn of_proposal(proposal: &SignedProposal, network: &Hash) -> Self {
        Self {
            key: proposal.key,
            height: proposal.height,
            round: proposal.round,
            kind: None,
            signed: proposal.signed_bytes(network),
            good: proposal.verify(network),
        }
    }
}

impl DoubleVote {
    /// The proof from two votes, put in order here. Whether it is one, [`DoubleVote::verify`] says.
    #[must_use]
    pub fn of_votes(one: SignedVote, other: SignedVote) -> Self {
        // In one network the order does not depend on which, as all else stands before or is equal.
        let none = Hash([0; 32]);
        if one.signed_bytes(&none) <= other.signed_bytes(&none) {
            Self::Votes {
                first: one,
                second: other,
            }
        } else {
            Self::Votes {
                first: other,
                second: one,
            }
        }
    }

    /// The proof from two proposals, put in order here. Whether it is one, [`DoubleVote::verify`] says.
    #[must_use]
    pub fn of_proposals(one: SignedProposal, other: SignedProposal) -> Self {
        let none = Hash([0; 32]);
        if one.signed_bytes(&none) <= other.signed_bytes(&none) {
            Self::Proposals {
                first: one,
                second: other,
            }
        } else {
            Self::Proposals {
                first: other,
                second: one,
            }
        }
    }

    /// Reads the proof.
    ///
    /// # Errors
    /// If the bytes are not canonical or a member is not of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (first, second) = match self {
            Self::Votes { first, second } => (first.to_bytes(), second.to_bytes()),
            Self::Proposals { first, second } => (first.to_bytes(), second.to_bytes()),
        };
        let middle: &[u8] = br#","form":"sealroad-double-vote.1","second":"#;
        [&br#"{"first":"#[..], &first, middle, &second, b"}"].concat()
    }

    /// The key that broke the rules.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        match self {
            Self::Votes { first, .. } => &first.key,
            Self::Proposals { first, .. } => &first.key,
        }
    }

    /// The height at which it did.
    #[must_use]
    pub const fn height(&self) -> u64 {
        match self {
            Self::Votes { first, .. } => first.height,
            Self::Proposals { first, .. } => first.height,
        }
    }

    /// The round in which it did.
    #[must_use]
    pub const fn round(&self) -> u32 {
        match self {
            Self::Votes { first, .. } => first.round,
            Self::Proposals { first, .. } => first.round,
        }
    }

    /// Whether it proves, to anybody, that the key's holder broke the rules in this network.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn verify(&self, network: &Hash) -> Result<(), DoubleVoteError> {
        let (first, second) = match self {
            Self::Votes { first, second } => (Side::of_vote(first, network), Side::of_vote(second, network)),
            Self::Proposals { first, second } => {
                (Side::of_proposal(first, network), Side::of_proposal(second, network))
            }
        };
        let ensure = |good: bool, error| if good { Ok(()) } else { Err(error) };
        ensure(first.key == second.key, DoubleVoteError::TwoKeys)?;
        ensure(first.height == second.height, DoubleVoteError::TwoHeights)?;
        ensure(first.round == second.round, DoubleVoteError::TwoRounds)?;
        ensure(first.kind == second.kind, DoubleVoteError::TwoKinds)?;
        ensure(first.signed != second.signed, DoubleVoteError::SameBytes)?;
        ensure(first.signed < second.signed, DoubleVoteError::Order)?;
        ensure(first.good && second.good, DoubleVoteError::BadSignature)
    }
}

impl Serialize for DoubleVote {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form::One;
        match self {
            Self::Votes { first, second } => Wire { first, form, second }.serialize(serializer),
            Self::Proposals { first, second } => Wire { first, form, second }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DoubleVote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Told apart by their members: only a vote has `kind`, only a proposal `proof_round`.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Votes(Wire<SignedVote>),
            Proposals(Wire<SignedProposal>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Votes(Wire { first, second, .. }) => Self::Votes { first, second },
            Either::Proposals(Wire { first, second, .. }) => Self::Proposals { first, second },
        })
    }
}

#[cfg(test)]
#[path = "vote_tests.rs"]
mod tests;
