//! What the application answers about a ledger that several keep, see [`crate::call`].

use serde::Serialize;
use std::collections::BTreeMap;
use systems::alliance::state::MemberStanding;
use systems::alliance::view::{MemberVoteView, OffenceView, ProposalView, ValidatorView};
use systems::shared::goods::LocalText;
use ts_rs::TS;

/// Who keeps the ledger, how far it is, and who is in reach.
#[derive(Clone, Debug, Serialize, TS)]
pub struct NetworkPage {
    /// `solo` or `alliance`: what the network was founded as.
    pub profile: String,
    /// Its name.
    pub name: String,
    /// Its id, hex.
    pub network: String,
    /// Height of the newest block here.
    pub height: u32,
    /// Height up to which blocks are being fetched, as the others say; missing when there is nothing to fetch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub catching_up: Option<u32>,
    /// Its witnessed time; null before the first block.
    pub time: Option<String>,
    /// How long ago that was, in seconds by this machine's clock.
    pub age: Option<u32>,
    /// Our party, did:key.
    pub party: String,
    /// Our node key, did:key; null while no other node is talked to.
    pub node: Option<String>,
    /// Where our node listens, `host:port`; null for one that only asks.
    pub listen: Option<String>,
    /// We run a validator in force: we vote on members and validators.
    pub operator: bool,
    /// The set in force, sorted by key.
    pub validators: Vec<ValidatorLine>,
    /// How much of it signed the newest certificate.
    pub quorum: Quorum,
    /// A set that was decided and is in force two blocks later.
    pub pending: Option<Vec<ValidatorView>>,
    /// Proposals that can be voted on, oldest first.
    pub proposals: Vec<ProposalView>,
    /// Parties that were voted on, sorted by party; empty where no tables are kept.
    pub members: Vec<MemberLine>,
    /// Nodes that are known, sorted by key.
    pub peers: Vec<PeerLine>,
    /// What went wrong with connections before a node was known, by code.
    pub faults: BTreeMap<String, u32>,
    /// Records signed here and not confirmed.
    pub unsent: u32,
    /// Why nothing new is confirmed here, a code for words; null when all is well.
    pub halted: Option<String>,
    /// The fork that was seen, its document; null: none was.
    pub fork: Option<String>,
    /// What is kept here of the ledger; null: all of it.
    pub following: Option<FollowingLine>,
}

/// What a light node keeps.
#[derive(Clone, Debug, Serialize, TS)]
pub struct FollowingLine {
    /// Subjects that are followed: their records are here, complete up to the newest certified header that a validator has shown.
    pub subjects: u32,
    /// Those of them that wait for their first answer.
    pub waiting: u32,
    /// Until when it can go on by itself without hearing from a validator.
    pub good_until: String,
}

/// A validator.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ValidatorLine {
    /// Name of its party, or of its seat until that has registered; empty where neither is known.
    pub name: LocalText,
    /// did:key of its party.
    pub party: String,
    /// did:key of its vote key.
    pub key: String,
    /// Its weight.
    pub weight: u32,
    /// It is ours.
    pub mine: bool,
    /// It signed the newest certificate.
    pub agreed: bool,
    /// Its double votes on record.
    pub offences: Vec<OffenceView>,
}

/// Weights around the newest certificate.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Quorum {
    /// Of those that signed it.
    pub weight: u32,
    /// Of all.
    pub of: u32,
    /// That certifies a block: more than two thirds.
    pub needed: u32,
}

/// A party that was voted on.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MemberLine {
    /// did:key.
    pub party: String,
    /// Its name; empty until it registered.
    pub name: LocalText,
    /// Where it stands.
    pub standing: MemberStanding,
    /// Votes that count, for it to stand elsewhere.
    pub votes: Vec<MemberVoteView>,
}

/// Another node.
#[derive(Clone, Debug, Serialize, TS)]
pub struct PeerLine {
    /// did:key of its node key.
    pub key: String,
    /// Name of its seat; null if it has none.
    pub name: Option<String>,
    /// Where it is, best first.
    pub addresses: Vec<String>,
    /// Seconds since something last came from it; null: never.
    pub seen: Option<u32>,
    /// `heard`, `slowed` or `dropped`.
    pub standing: String,
    /// For how many seconds it is slowed or dropped, or not tried again.
    pub wait: u32,
    /// Points against it.
    pub points: u32,
    /// What we refused it, by code.
    pub refused_by_us: BTreeMap<String, u32>,
    /// What it refused us, or failed in, by code.
    pub refused_by_them: BTreeMap<String, u32>,
}

/// An invitation for a newcomer.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Invited {
    /// The file.
    pub file: crate::reply::FileMade,
    /// The same as a QR code, in half blocks for a screen of dark letters on light ground; null: it is too large for one.
    pub qr: Option<String>,
}
