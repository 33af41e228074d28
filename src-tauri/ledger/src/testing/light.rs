//! Headers offered to a light node of the changed alliance, each wrong in one way.

use super::{MemoryLedger, SETS, certificate_of, time, validator_set};
use crate::anchor::Anchor;
use crate::block::Header;
use crate::commit::{CommitCertificate, CommitError};
use crate::hash::Hash;
use crate::ids::Time;
use crate::light::{LightError, Trusted};

/// The node's clock, in seconds after the genesis.
pub const NOW: i64 = 100;

/// Trust after both changes of the set: height 4.
#[must_use]
pub fn followed(ledger: &MemoryLedger) -> Trusted {
    let start = Trusted::from_anchor(&Anchor::of(ledger.genesis.clone()));
    let first = start.change(&ledger.set_change(2), time(NOW)).unwrap();
    first.change(&ledger.set_change(4), time(NOW)).unwrap()
}

fn names(at: usize) -> Vec<&'static str> {
    SETS[at].iter().map(|(name, _)| *name).collect()
}

/// A header offered to a node that trusts height 4 of the changed alliance, and what it says to it.
pub struct Offer {
    /// What is wrong with it.
    pub name: &'static str,
    /// The header.
    pub header: Header,
    /// Its certificate.
    pub commit: CommitCertificate,
    /// The node's clock.
    pub now: Time,
    /// What the node says.
    pub error: LightError,
}

/// What is changed in a thing before it is offered.
type Change<'a, T> = &'a dyn Fn(&mut T);

/// The newest header, changed, and certified by `signers`.
fn offer(
    ledger: &MemoryLedger,
    name: &'static str,
    change: Change<'_, Header>,
    signers: &[&str],
    error: LightError,
) -> Offer {
    let mut header = ledger.head().clone();
    change(&mut header);
    let commit = certificate_of(&header, 0, signers);
    Offer {
        name,
        header,
        commit,
        now: time(NOW),
        error,
    }
}

/// Headers that a node at [`followed`] refuses, each with the reason.
#[must_use]
pub fn offers(ledger: &MemoryLedger) -> Vec<Offer> {
    use LightError::{FromFuture, NextSetMissing, TimeNotLater, TrustExpired, WrongNetwork, WrongSet};
    let all = names(2);
    let make = |name, change: Change<'_, Header>, error| offer(ledger, name, change, &all, error);
    let at = |name, now, error| Offer {
        now,
        ..make(name, &|_| (), error)
    };
    let height = |height| move |header: &mut Header| header.height = height;
    let old = validator_set(SETS[1]).hash();
    let below = |offered| LightError::NotAbove { trusted: 4, offered };
    let mut offers = vec![
        make("another network", &|h| h.network = Hash::of(b""), WrongNetwork),
        make("stale head", &height(3), below(3)),
        offer(ledger, "a rival nobody certified", &height(4), &["stranger"], below(4)),
        make("a rival certified by the next set", &height(4), below(4)),
        make("no later than the one trusted", &|h| h.time = time(40), TimeNotLater),
        make("earlier", &|h| h.time = time(39), TimeNotLater),
        at("from the future", time(59), FromFuture),
        at("expired", time(40 + 30 * 86_400 + 1), TrustExpired),
        offer(
            ledger,
            "old validator set",
            &|h| h.validators = old,
            &names(1),
            WrongSet,
        ),
        make("a change without the set", &|h| h.next_validators = old, NextSetMissing),
    ];
    offers.extend(certificates(ledger));
    offers
}

/// The newest header with certificates that are not good.
fn certificates(ledger: &MemoryLedger) -> Vec<Offer> {
    let signed = |name, signers: &[&str], error| offer(ledger, name, &|_| (), signers, LightError::Commit(error));
    let broken = |name, change: Change<'_, CommitCertificate>, error| {
        let mut offer = signed(name, &names(2), error);
        change(&mut offer.commit);
        offer
    };
    let (forged, twice) = (CommitError::BadSignature, CommitError::SignerTwice);
    vec![
        signed("old set under the new name", &names(1), CommitError::UnknownKey),
        signed("too few signers", &["bank", "insurer"], CommitError::TooLittleWeight),
        broken("forged certificate", &|c| c.signatures[0].signature[9] ^= 1, forged),
        broken("a signer twice", &|c| c.signatures.push(c.signatures[3].clone()), twice),
        broken(
            "of another block",
            &|c| c.block = Hash::of(b""),
            CommitError::WrongBlock,
        ),
        broken("of another height", &|c| c.height = 6, CommitError::WrongHeight),
        broken("of another round", &|c| c.round = 1, forged),
    ]
}
