//! What is a record, and is this proof true?
//!
//! The whole of `docs/protocol.md` as pure code: no clock, no randomness, no files, no sockets. Time and random bytes come in
//! as arguments. Whoever writes a second verifier reads the protocol, not this; whoever changes this changes the protocol.

// Tests read the corpus and the committed vectors; the crate itself touches no file.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)
)]

pub mod anchor;
mod base58;
pub mod block;
pub mod canonical;
pub mod commit;
pub mod commitment;
pub mod evidence;
pub mod hash;
pub mod history;
pub mod ids;
pub mod index;
pub mod keys;
pub mod light;
pub mod limits;
pub mod mandate;
pub mod merkle;
pub mod record;
pub mod sealing;
pub mod set_change;
pub mod state;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod time;
mod unicode;
pub mod validators;
pub mod vote;

pub use anchor::Anchor;
pub use block::Header;
pub use canonical::CanonicalError;
pub use commit::CommitCertificate;
pub use commitment::{Commitment, Opening};
pub use evidence::{Evidence, Report, Trust, Verdict, verify};
pub use hash::Hash;
pub use ids::{IdError, Kind, Party, Subject, SubjectParts, Time, TimeError};
pub use index::{IndexProof, IndexValue};
pub use keys::{KeyError, PublicKey, SecretKey, verify_zip215};
pub use light::{Checkpoint, Fork, LightError, Trusted};
pub use merkle::InclusionProof;
pub use record::{Record, RecordDraft, RecordError};
pub use set_change::SetChange;
pub use state::State;
pub use validators::{Clock, Genesis, Profile, Validator, ValidatorSet};
pub use vote::{DoubleVote, SignedProposal, SignedVote, VoteKind};
