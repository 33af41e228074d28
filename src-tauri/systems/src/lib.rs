//! What may be said in trade, and what it means.
//!
//! One signed record carries one [`Payload`]. [`check`] says whether it may stand in a block, [`apply`] what it makes of each
//! subject it writes; both see nothing but what they are given, so every validator, light node and screen gets the same answer.
//! Payloads come through [`Payload::parse`] or serde; [`Spoken`] is a payload whose form was checked, and [`check`] takes no other.

pub mod alliance;
pub mod logistics;
pub mod parties;
mod payload;
#[cfg(test)]
mod properties_tests;
pub mod rules;
pub mod shared;
mod state;
pub mod supply_chain;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod view;

pub use payload::{KINDS, Payload};
pub use rules::{Spoken, check, rules, rules_document};
pub use shared::context::{Access, Alliance, At, Context, Entry, Facts, Lookup, Rule, Told, Touches, Violation, Write};
pub use state::{State, StateError, apply, moves_turn};

pub(crate) use payload::covers_a_kind;
