//! How do validators agree? Tendermint (Malachite's core) behind [`Engine::step`], and the pool of records that wait for a block.
//!
//! Pure: no clock, no sockets, no files. What is to be saved, sent or waited for comes out as an [`Effect`]; `node` carries the
//! effects out in their order, and saves before it sends. The same inputs give the same effects on every machine, so a whole
//! network can be simulated from a seed.

// Tests assume what they have just made.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod answers;
mod context;
mod engine;
mod message;
mod pool;

pub use context::Patience;
pub use engine::{Check, Effect, Engine, Input, Timer};
pub use message::{Logged, Message, Polka, PolkaVote, ProposedHeader, RoundVotes, Step};
pub use pool::{Pool, PoolLimits, Refusal};
