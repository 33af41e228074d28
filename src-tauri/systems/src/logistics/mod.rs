//! Goods on their way: what is packed, where it is, who holds it.
//!
//! A *shipment* is planned, packed, moves from place to place and is delivered. Whoever planned it holds custody at first; it passes
//! by an offer and its acceptance, two signatures, and the first committed answer to an offer wins. Only who holds the goods
//! moves them. For a holder without a key whoever planned the shipment speaks; custody given to or taken from such a partner is
//! *stated* by one side and single-sourced until the other confirms.
//!
//! ```text
//! planned ──packed──► packed ──departed──► under way ──arrived──► at place ──delivered──► delivered
//!                       ▲                      ▲                    │  │
//!                       │                      └─────departed───────┘  │
//!             custody: offered ─► accepted | ended; or stated ◄────────┘
//! any time: exception-raised ─► exception-resolved · corrected · confirmed
//! ```
//!
//! Decisions: while custody is on offer nothing moves. Packing is by the holder or the consignor, of goods that are the packer's own
//! or that a delivered shipment brought to it. After delivery the consignee takes from what the shipment holds. The state remembers
//! the last eight movements, and those can be corrected; the newest departure or arrival can be undone. Delivery by another than
//! the consignee awaits its word.
//!
//! Sources: DCSA Track & Trace 3.0; UN/CEFACT Multi-Modal Transport reference model; CMR (Geneva, 1956) Articles 8, 9, 13, 17;
//! COTIF-CIM (1999) Articles 17, 23; ISO 6346:2022; UPU S10; UN/ECE Recommendations 15, 19, 20, 21; EPCIS 2.0 (packing);
//! requirements R40 to R44 of the founding papers.

mod packing;
pub mod records;
pub mod rules;
pub mod state;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod touches;
pub mod view;
