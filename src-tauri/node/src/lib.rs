//! One machine's share of the network: the ledger on disk, its validator, its keys, its clock.
//!
//! This crate alone has SQLite, files, threads, the clock and randomness. What a record means is decided in `systems`, whether
//! a proof is true in `ledger`; here both are carried out and kept. [`Node`] is the only public door to the ledger.

mod agreement;
mod alone;
mod asked;
mod backup;
mod bound;
mod chain;
mod clock;
mod desk;
mod documents;
mod driver;
mod error;
mod evidence;
mod exchange;
mod execute;
mod folder;
mod fsck;
mod grown;
mod hashing;
mod keystore;
mod light;
mod loops;
pub mod net;
mod network;
mod node;
mod probe;
mod reading;
mod receipt;
mod repair;
mod shelf;
mod store;
mod views;

pub use agreement::Others;
pub use backup::restore;
pub use bound::{Bound, bound};
pub use clock::{Clock, SimulatedClock, SystemClock};
pub use desk::Desk;
pub use documents::{Documents, seal};
pub use error::{Halt, NodeError};
pub use exchange::{Contact, Held, NotKept};
pub use folder::DataFolder;
pub use fsck::{Fault, Fsck, fsck, fsck_keys};
pub use grown::Grown;
pub use keystore::{KeyLock, KeyState, Keystore};
pub use light::Following;
pub use network::{Invitation, Membership, Network, Seat, Talk};
pub use node::{Committed, Head, Node, Options};
pub use probe::{Probe, SavePoint};
pub use receipt::{Batch, Outcome, Receipt, Ticket};
pub use repair::{Mended, Repaired, Unmended, refound, repair};
pub use shelf::{Enclosure, NamedDocument, PREFIX, Shelf, Told, kept_media_type, kept_name};
pub use store::{Aside, Rival, Stored, StoredBlock, checkpoint};
pub use views::{RowPage, RowQuery};

/// The driver without its threads: one event at a time, time given. Whoever simulates a network drives the very code that runs in one.
pub mod stepped {
    pub use crate::agreement::said::{Decided, SAID_BYTES, Said, Unreadable};
    pub use crate::agreement::{Action, Event, Now, Stopped, To};
    pub use crate::driver::{Driver, Parts};
    pub use crate::execute::Candidate;
    pub use crate::light::{Answered, Look, Question, ours};
    pub use consensus::{Message, Patience};
}

/// What reads the bytes of strangers, by itself: whoever gives it bytes of all kinds tries the code that listens.
pub mod heard {
    pub use crate::agreement::said::records;
    pub use crate::exchange::{Exchanged, Opened};
    pub use crate::network::PieceAsked;
}

/// Random bytes from the operating system.
///
/// # Errors
/// The operating system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], NodeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NodeError::Randomness)?;
    Ok(bytes)
}
