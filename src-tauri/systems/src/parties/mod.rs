//! Who is who, and who may speak for whom: the ground the other systems stand on.
//!
//! A firm founds itself with its root key; its did:key is its name for ever. Clerks and devices get mandates, each for some kinds
//! of record and perhaps until a date; a mandate and its revocation take effect with the next block. Only the root key grants;
//! a key may give itself up. Revoking does not wait for anything (it is commuting): a lost key must be stopped at once.
//!
//! The root key itself is replaced, by itself or by the key of the printed *recovery kit*, which says nothing else. What a key
//! signed while it stood stays valid; after a theft, records since its date are marked. Of two that replace the root key in one
//! block the first decides, unless the second holds the kit. Who has stolen the root key can name another kit: the kit helps
//! against loss always, against theft as long as its owner is quicker than that.
//!
//! A firm that has no key here can be named as a *partner*, so that one firm alone can work: it enters for its suppliers and
//! carriers what they would have said. When such a firm comes, its partner is linked to it, and it may confirm what was entered.
//!
//! ```text
//! party:P:self    registered ──► updated, mandate-granted, mandate-revoked,
//!                                root-replaced, recovery-named ──► …   (never ends)
//! partner:P:N     partner-named ──► partner-linked
//! ```
//!
//! Roles say what a firm does; they open no doors, because everybody states its own.
//!
//! Sources: `docs/protocol.md` sections 2, 3 and 7; GB 32100-2015 (Unified Social Credit Code); ISO 17442-1:2020 (LEI);
//! Council Directive 2006/112/EC, Article 215 (VAT numbers); Commission Delegated Regulation (EU) 2015/2446 (EORI);
//! requirements R26, R53 and R67 of the founding papers.

pub mod records;
pub mod rules;
pub mod state;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod touches;
pub mod view;
