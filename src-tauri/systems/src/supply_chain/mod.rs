//! What goods are, where they come from, and what was made of what.
//!
//! A *product* is a kind of goods, a *lot* an amount of it that was made together, an *item* one piece with its own number.
//! Processing turns lots into lots. Every amount is taken from somewhere, so for each lot, always:
//! `left + used + packed + singled = made`. Where both sides have a mass, no more may come out of processing than went in,
//! unless somebody says why. A lot links only to what it rests on (product, inputs, who is said to have made it); its own
//! history lists its consumers, since taking from a lot writes to it: so a recall finds every unit.
//!
//! ```text
//! product:P:N   product-defined ──► inspected, recalled, recall-ended
//! lot:P:N       lot-made ─┐
//!               processed ┴► processed, packed, serial-made (each takes) · inspected · recalled ─► recall-ended
//!                            corrected (by its author; to nothing: never made) · confirmed (by who it was entered for)
//! event:P:H     event-captured (nothing more: it is the word of another system)
//! item:P:N.S    serial-made ──► packed ─► (delivered) ─► packed again · inspected · recalled · corrected · confirmed
//! ```
//!
//! Decisions: amounts, inspections and recalls commute, since the state itself says whether there is enough; only corrections are
//! exclusive. A firm takes from its own lots, or, from lots of others, what a shipment delivered to it brought (`received_in`);
//! that amount is kept by the shipment. Time order within a lot is only *not before it was made*: paper is entered late, and
//! refusing it would hide it. An item that never was does not return its unit to the lot.
//! What one firm enters for another (maker, inspector) is *single-sourced* until that one confirms it.
//!
//! Sources: EPCIS 2.0 and CBV 2.0 (GS1, June 2022; ISO/IEC 19987:2024 and 19988:2024); GS1 General Specifications 24;
//! ISO 22095:2020 (chain of custody, mass balance); Regulation (EU) 2023/988 (product safety, recalls); WCO HS 2022;
//! requirements R31 to R39 of the founding papers.

pub mod captured;
pub mod formats;
pub mod records;
pub mod rules;
pub mod state;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod touches;
pub mod view;
