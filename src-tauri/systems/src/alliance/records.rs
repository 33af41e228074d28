//! What can be said about who belongs and who validates.

use ledger::{DoubleVote, Hash, Party, PublicKey};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How operators may vote on a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MemberVote {
    /// It shall speak on this ledger.
    Admitted,
    /// It shall speak no more, until admitted again.
    Suspended,
}

/// `alliance.member-voted.1`: an operator says where a party shall stand. Its last word counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MemberVoted {
    /// The party; it need not have registered, since before it is admitted it cannot.
    #[ts(type = "string")]
    pub party: Party,
    /// Where it shall stand.
    pub standing: MemberVote,
    /// Why, 1–200 code points.
    pub reason: String,
}

/// What shall become of one vote key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ValidatorChange {
    /// The vote key.
    #[ts(type = "string")]
    pub key: PublicKey,
    /// The party that runs it; of a key in the set the one it has there.
    #[ts(type = "string")]
    pub party: Party,
    /// Its weight, 1–1,000,000; 0 takes it out of the set.
    #[ts(type = "number")]
    pub weight: u64,
}

/// `alliance.validators-proposed.1`: an operator proposes another validator set, and says yes to it. A validator's new key is
/// its old one with weight 0 and the new one with its weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ValidatorsProposed {
    /// What changes; sorted by key, no key twice, 1–8.
    pub changes: Vec<ValidatorChange>,
    /// Why, 1–200 code points.
    pub reason: String,
}

/// `alliance.validators-voted.1`: an operator's word on a proposal. Its last word counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ValidatorsVoted {
    /// The record that proposed.
    #[ts(type = "string")]
    pub proposal: Hash,
    /// Yes or no. The no of its proposer withdraws it.
    pub approve: bool,
}

/// `alliance.double-voted.1`: a validator signed two different votes where the rules allow one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DoubleVoted {
    /// Both votes with their signatures.
    #[ts(type = "unknown")]
    pub proof: DoubleVote,
}
