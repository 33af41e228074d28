//! Our types as the engine wants to see them: a value is a header, an address is a vote key.

use ledger::{Hash, Header, PublicKey};
use malachite_types::{
    self as engine, NilOrVal, Round, SignedExtension, Timeout, TimeoutKind, ValueId, VoteType, VotingPower,
};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

/// Tendermint over Sealroad's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tendermint;

/// A height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Height(pub u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl engine::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// A validator is known by its vote key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub PublicKey);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl engine::Address for Address {}

/// A validator of the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    address: Address,
    weight: u64,
}

impl engine::Validator<Tendermint> for Member {
    fn address(&self) -> &Address {
        &self.address
    }

    fn public_key(&self) -> &PublicKey {
        &self.address.0
    }

    fn voting_power(&self) -> VotingPower {
        self.weight
    }
}

/// The validator set, in the order of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members(Vec<Member>);

impl From<&ledger::ValidatorSet> for Members {
    fn from(set: &ledger::ValidatorSet) -> Self {
        let members = set.validators().iter().map(|validator| Member {
            address: Address(validator.key),
            weight: validator.weight,
        });
        Self(members.collect())
    }
}

impl engine::ValidatorSet<Tendermint> for Members {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn total_voting_power(&self) -> VotingPower {
        self.0.iter().map(|member| member.weight).sum()
    }

    fn get_by_address(&self, address: &Address) -> Option<&Member> {
        let at = self.0.binary_search_by_key(address, |member| member.address).ok()?;
        self.0.get(at)
    }

    fn get_by_index(&self, index: usize) -> Option<&Member> {
        self.0.get(index)
    }
}

/// What is voted on: a header. Its records travel beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    id: Hash,
    /// The header.
    pub header: Header,
}

impl Block {
    /// A header as a value.
    #[must_use]
    pub fn new(header: Header) -> Self {
        Self {
            id: header.id(),
            header,
        }
    }
}

impl PartialOrd for Block {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Block {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl engine::Value for Block {
    type Id = Hash;

    fn id(&self) -> Hash {
        self.id
    }
}

/// A proposal without its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub height: Height,
    pub round: Round,
    pub block: Block,
    pub proof_round: Round,
    pub address: Address,
}

impl engine::Proposal<Tendermint> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Block {
        &self.block
    }

    fn take_value(self) -> Block {
        self.block
    }

    fn pol_round(&self) -> Round {
        self.proof_round
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }
}

/// A vote without its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    pub kind: VoteType,
    pub height: Height,
    pub round: Round,
    pub block: NilOrVal<Hash>,
    pub address: Address,
}

impl engine::Vote<Tendermint> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<Hash> {
        &self.block
    }

    fn take_value(self) -> NilOrVal<Hash> {
        self.block
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }

    fn extension(&self) -> Option<&SignedExtension<Tendermint>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Tendermint>> {
        None
    }

    // Extensions are switched off: the engine never asks.
    fn extend(self, _extension: SignedExtension<Tendermint>) -> Self {
        self
    }
}

/// Parts are not the engine's business here: the records of a block travel by their own path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPart;

impl engine::ProposalPart<Tendermint> for NoPart {
    fn is_first(&self) -> bool {
        true
    }

    fn is_last(&self) -> bool {
        true
    }
}

/// Ed25519; bytes to sign and verdicts are those of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ed25519;

/// Bytes that are not a key or signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 key or signature")]
pub struct NotEd25519;

impl engine::SigningScheme for Ed25519 {
    type DecodingError = NotEd25519;
    type Signature = [u8; 64];
    type PublicKey = PublicKey;
    // Signing is done outside the engine; it never holds a secret.
    type PrivateKey = ();

    fn decode_signature(bytes: &[u8]) -> Result<[u8; 64], NotEd25519> {
        bytes.try_into().map_err(|_| NotEd25519)
    }

    fn encode_signature(signature: &[u8; 64]) -> Vec<u8> {
        signature.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<PublicKey, NotEd25519> {
        let bytes = bytes.try_into().map_err(|_| NotEd25519)?;
        PublicKey::from_bytes(bytes).map_err(|_| NotEd25519)
    }

    fn encode_public_key(key: &PublicKey) -> Vec<u8> {
        key.as_bytes().to_vec()
    }
}

/// How long each step is waited for, growing with the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the proposal and its records, round 0.
    pub propose: Duration,
    /// For the missing votes once two thirds of any kind are there, round 0.
    pub vote: Duration,
    /// What each round adds to both.
    pub more: Duration,
    /// After so long without a decision in a round votes are said again.
    pub again: Duration,
    /// No step is waited for longer than this.
    pub most: Duration,
}

impl Default for Patience {
    /// For validators some hundred milliseconds apart, on machines that also do other things: a dead proposer costs one `propose`.
    fn default() -> Self {
        Self {
            propose: Duration::from_millis(1_500),
            vote: Duration::from_millis(500),
            more: Duration::from_millis(500),
            again: Duration::from_millis(2_000),
            most: Duration::from_secs(20),
        }
    }
}

impl Patience {
    /// How long a step of a round is waited for.
    #[must_use]
    pub fn of(&self, kind: TimeoutKind, round: u32) -> Duration {
        let more = self.more.saturating_mul(round);
        let base = match kind {
            TimeoutKind::Propose => self.propose,
            TimeoutKind::Prevote | TimeoutKind::Precommit => self.vote,
            TimeoutKind::Rebroadcast => self.again,
            TimeoutKind::FinalizeHeight(rest) => return rest,
        };
        base.saturating_add(more).min(self.most)
    }
}

impl engine::Timeouts<Tendermint> for Patience {
    fn duration_for(&self, timeout: Timeout) -> Duration {
        self.of(timeout.kind, timeout.round.as_u32().unwrap_or(0))
    }
}

impl engine::Context for Tendermint {
    type Address = Address;
    type Height = Height;
    type ProposalPart = NoPart;
    type Proposal = Proposal;
    type Validator = Member;
    type ValidatorSet = Members;
    type Timeouts = Patience;
    type Value = Block;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    /// Everybody in turn, whatever the weight: weight decides what is agreed, not who may record (Meng, table 5: "all nodes are
    /// ensured to have the recording right").
    fn select_proposer<'a>(&self, set: &'a Members, height: Height, round: Round) -> &'a Member {
        let turn = height.0.wrapping_add(u64::from(round.as_u32().unwrap_or(0)));
        let count = u64::try_from(set.0.len()).unwrap_or(1).max(1);
        let at = usize::try_from(turn % count).unwrap_or(0);
        // A ledger's set is never empty: `ValidatorSet` cannot be made so.
        &set.0[at]
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        block: Block,
        proof_round: Round,
        address: Address,
    ) -> Proposal {
        Proposal {
            height,
            round,
            block,
            proof_round,
            address,
        }
    }

    fn new_prevote(&self, height: Height, round: Round, block: NilOrVal<ValueId<Self>>, address: Address) -> Vote {
        Vote {
            kind: VoteType::Prevote,
            height,
            round,
            block,
            address,
        }
    }

    fn new_precommit(&self, height: Height, round: Round, block: NilOrVal<ValueId<Self>>, address: Address) -> Vote {
        Vote {
            kind: VoteType::Precommit,
            height,
            round,
            block,
            address,
        }
    }
}
