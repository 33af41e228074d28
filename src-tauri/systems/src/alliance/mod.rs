//! What the validators govern together: who belongs, who validates, and who was caught breaking the rules.
//!
//! An *operator* is the party of a validator in force; its voice has the weight of its validators. Operators admit and suspend
//! members, each by its own record, and change the validator set by a proposal that they vote on. Whoever holds the proof of a
//! double vote may show it: the proof speaks for itself, so any member may bring it.
//!
//! ```text
//! alliance:member/Z      (stranger) ──> 1/3──► admitted ──> 2/3──► suspended ──> 1/3──► admitted …
//! alliance:validators    proposed ──yes > 2/3──► set decided ──two blocks later──► in force
//!                           ├─ no ≥ 1/3, or its proposer withdraws ─► gone
//!                           └─ 14 days ─► gone
//! alliance:validator/Z   double-voted ──► …   (never ends)
//! ```
//!
//! The bounds are those of Byzantine agreement, where less than a third of the weight may be faulty: *more than a third* holds at
//! least one honest operator, so none is admitted by the faulty alone; *more than two thirds* hold a majority of the honest, so
//! the faulty alone neither suspend anybody nor change the set. A third that says no can no longer be outvoted, and the proposal
//! makes room for the next.
//!
//! All of it commutes: votes cross on their way, and nobody can block another by speaking first. A set that was decided is in
//! force two blocks later (protocol section 6); until then nothing further is proposed, so while a proposal is open the weights
//! it is counted by stay what they are.
//!
//! In a network whose genesis says `alliance`, and in any other once its validators were voted on, only members speak. An
//! operator always may: even a suspended one still votes, or it could not be brought back, nor its validator replaced by its key.
//!
//! Sources: `docs/protocol.md` sections 6 and 13; Castro and Liskov, *Practical Byzantine Fault Tolerance* (OSDI 1999); Buchman,
//! Kwon, Milosevic, *The latest gossip on BFT consensus* (2018), for validator sets and double votes; requirement R53.

pub mod records;
pub mod rules;
pub mod state;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod touches;
pub mod view;

pub use state::decided;
