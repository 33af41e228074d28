//! What a light node takes for true (section 14 of `docs/protocol.md`): from an anchor or a checkpoint on, by certified headers.
//!
//! After the light client of Tendermint (Braithwaite et al., "A Tendermint Light Client", 2020), without its skipping: every
//! change of the set is shown.

use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::block::{DocumentError, Header, read};
use crate::commit::{CommitCertificate, CommitError};
use crate::hash::Hash;
use crate::ids::Time;
use crate::limits::{DRIFT_MILLIS, TRUSTING_MILLIS};
use crate::set_change::{SetChange, SetChangeError};
use crate::validators::{Genesis, ValidatorSet};

mod checkpoint;
mod fork;
pub mod page;
pub use checkpoint::Checkpoint;
pub use fork::{Certified, Fork, ForkError};

/// Why a light node does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LightError {
    /// The header is of another network.
    #[error("the header is of another network")]
    WrongNetwork,
    /// The header is not above the one trusted, and is no fork either.
    #[error("the header has height {offered}, {trusted} is trusted")]
    NotAbove {
        /// Height trusted; 0 is the genesis.
        trusted: u64,
        /// Height of the header offered.
        offered: u64,
    },
    /// The validators certified another block of the trusted height. The node keeps the proof and stops.
    #[error("two blocks of height {} are certified", .0.height())]
    Fork(Box<Fork>),
    /// The header's time is not later than that of the one trusted.
    #[error("the header is not later than the one trusted")]
    TimeNotLater,
    /// The header's time is more than 10 s ahead of the node's clock.
    #[error("the header is from the future")]
    FromFuture,
    /// What is trusted is older than the trusting period; a person has to give a new checkpoint.
    #[error("what is trusted is older than 30 days")]
    TrustExpired,
    /// The header names another set than the one trusted.
    #[error("the header names another validator set")]
    WrongSet,
    /// The certificate is not good.
    #[error("{0}")]
    Commit(CommitError),
    /// The validators given are not those the header names as next.
    #[error("the header names another next set")]
    WrongNextSet,
    /// It was said to change the set and does not.
    #[error("the header changes nothing")]
    NoChange,
    /// The header changes the set, and the set was not given: from here the node could not go on. It takes the same header as a
    /// change.
    #[error("the header changes the set, which is not given")]
    NextSetMissing,
}

impl From<CommitError> for LightError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::WrongSet => Self::WrongSet,
            other => Self::Commit(other),
        }
    }
}

impl From<SetChangeError> for LightError {
    fn from(error: SetChangeError) -> Self {
        match error {
            SetChangeError::Commit(error) => error.into(),
            SetChangeError::WrongNextSet => Self::WrongNextSet,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-trusted.1")]
    One,
}

/// The trusted header, with what shows a rival of it to be a fork.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    commit: CommitCertificate,
    header: Header,
    /// The set that certified `header`.
    signers: ValidatorSet,
}

/// What a light node trusts: a network, its newest header known, and the set that certifies the next. Nothing but an anchor, a
/// checkpoint, and the two steps of section 14 makes one; a node keeps it as its canonical bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    form: Form,
    genesis: Genesis,
    #[serde(deserialize_with = "Option::deserialize")]
    head: Option<Head>,
    validators: ValidatorSet,
}

impl Trusted {
    /// Trust in an anchor alone: height 0, the genesis's validators, and the time it was created.
    #[must_use]
    pub fn from_anchor(anchor: &Anchor) -> Self {
        let genesis = anchor.genesis().clone();
        Self {
            form: Form::One,
            validators: genesis.validators().clone(),
            genesis,
            head: None,
        }
    }

    /// Trust in a checkpoint.
    ///
    /// # Errors
    /// If it is not good, or its header changes the set: the next set is not in it.
    pub fn from_checkpoint(checkpoint: &Checkpoint) -> Result<Self, LightError> {
        checkpoint.verify()?;
        names_no_other_set(checkpoint.header())?;
        Ok(Self {
            form: Form::One,
            genesis: checkpoint.genesis().clone(),
            head: Some(Head {
                commit: checkpoint.commit().clone(),
                header: checkpoint.header().clone(),
                signers: checkpoint.validators().clone(),
            }),
            validators: checkpoint.validators().clone(),
        })
    }

    /// Reads what a node kept. What can be checked of it is checked: the certificate and both sets.
    ///
    /// # Errors
    /// If the bytes are not canonical, not of their form, or what they say does not hold together.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let trusted: Self = read(bytes)?;
        let good = match &trusted.head {
            None => trusted.validators == *trusted.genesis.validators(),
            Some(head) => {
                head.header.network == trusted.genesis.network()
                    && head.commit.verify(&head.header, &head.signers).is_ok()
                    && trusted.validators.hash() == head.header.next_validators
            }
        };
        if good {
            Ok(trusted)
        } else {
            Err(DocumentError::Structure(
                "what is trusted does not hold together".into(),
            ))
        }
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = br#"{"form":"sealroad-trusted.1","genesis":"#.to_vec();
        bytes.extend_from_slice(&self.genesis.to_bytes());
        bytes.extend_from_slice(br#","head":"#);
        match &self.head {
            None => bytes.extend_from_slice(b"null"),
            Some(head) => {
                bytes.extend_from_slice(br#"{"commit":"#);
                bytes.extend_from_slice(&head.commit.to_bytes());
                bytes.extend_from_slice(br#","header":"#);
                bytes.extend_from_slice(&head.header.to_bytes());
                bytes.extend_from_slice(br#","signers":"#);
                bytes.extend_from_slice(&head.signers.to_bytes());
                bytes.push(b'}');
            }
        }
        bytes.extend_from_slice(br#","validators":"#);
        bytes.extend_from_slice(&self.validators.to_bytes());
        bytes.push(b'}');
        bytes
    }

    /// The genesis document of the network.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> Hash {
        self.genesis.network()
    }

    /// The trusted height; 0 while only the genesis is trusted.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.header.height)
    }

    /// Witnessed time of the trusted header, or when the network was founded.
    #[must_use]
    pub fn time(&self) -> Time {
        self.head
            .as_ref()
            .map_or(self.genesis.created(), |head| head.header.time)
    }

    /// The trusted header; none while only the genesis is trusted.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.head.as_ref().map(|head| &head.header)
    }

    /// The certificate of the trusted header.
    #[must_use]
    pub fn commit(&self) -> Option<&CommitCertificate> {
        self.head.as_ref().map(|head| &head.commit)
    }

    /// The set that certifies the next headers.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    /// Until when the node may go on from here: the end of the trusting period.
    #[must_use]
    pub fn good_until(&self) -> Time {
        self.time().plus_millis(TRUSTING_MILLIS)
    }

    /// Step 1: goes on to a header that changes the set, and to the set it names. `now` is the node's clock.
    ///
    /// # Errors
    /// The first check it fails.
    pub fn change(&self, change: &SetChange, now: Time) -> Result<Self, LightError> {
        self.before_certificate(&change.header, &change.commit, now)?;
        change.verify(&self.validators)?;
        if !change.changes() {
            return Err(LightError::NoChange);
        }
        Ok(self.moved(&change.header, &change.commit, change.validators.clone()))
    }

    /// Step 2: goes on to a newer header under the same set. `now` is the node's clock.
    ///
    /// # Errors
    /// The first check it fails.
    pub fn advance(&self, header: &Header, commit: &CommitCertificate, now: Time) -> Result<Self, LightError> {
        self.before_certificate(header, commit, now)?;
        commit.verify(header, &self.validators)?;
        names_no_other_set(header)?;
        Ok(self.moved(header, commit, self.validators.clone()))
    }

    /// What another block that is offered at the trusted height is: never the way on. A fork if the validators did certify it.
    ///
    /// # Errors
    /// Always: the fork, or why it is none.
    pub fn refuse(&self, rival: &Certified) -> Result<(), LightError> {
        let (trusted, offered) = (self.height(), rival.header.height);
        let not_above = LightError::NotAbove { trusted, offered };
        let Some(head) = self.head.as_ref().filter(|_| trusted == offered) else {
            return Err(not_above);
        };
        self.same_network(&rival.header)?;
        self.above(&rival.header, &rival.commit).map_err(|error| match error {
            LightError::NotAbove { .. } => match rival.commit.verify(&rival.header, &head.signers) {
                Err(error) => error.into(),
                Ok(()) => not_above,
            },
            other => other,
        })
    }

    fn moved(&self, header: &Header, commit: &CommitCertificate, validators: ValidatorSet) -> Self {
        Self {
            form: Form::One,
            genesis: self.genesis.clone(),
            head: Some(Head {
                commit: commit.clone(),
                header: header.clone(),
                signers: self.validators.clone(),
            }),
            validators,
        }
    }

    /// The checks of both steps before the certificate, in the order of section 14.
    fn before_certificate(&self, header: &Header, commit: &CommitCertificate, now: Time) -> Result<(), LightError> {
        self.same_network(header)?;
        self.above(header, commit)?;
        self.later(header)?;
        not_from_future(header, now)?;
        self.not_expired(now)?;
        self.same_set(header)
    }

    fn same_network(&self, header: &Header) -> Result<(), LightError> {
        ensure(header.network == self.network(), LightError::WrongNetwork)
    }

    /// Never backwards. At the trusted height only a rival that the validators did certify is a fork: anybody can make up one
    /// that they did not, and must not stop a node with it.
    fn above(&self, header: &Header, commit: &CommitCertificate) -> Result<(), LightError> {
        if let Some(head) = &self.head
            && head.header.height == header.height
            && head.header.id() != header.id()
            && commit.verify(header, &head.signers).is_ok()
        {
            let certified = |header: &Header, commit: &CommitCertificate| Certified {
                commit: commit.clone(),
                header: header.clone(),
            };
            let (ours, rival) = (certified(&head.header, &head.commit), certified(header, commit));
            return Err(LightError::Fork(Box::new(Fork::of(ours, rival, head.signers.clone()))));
        }
        let (trusted, offered) = (self.height(), header.height);
        ensure(offered > trusted, LightError::NotAbove { trusted, offered })
    }

    fn later(&self, header: &Header) -> Result<(), LightError> {
        ensure(header.time > self.time(), LightError::TimeNotLater)
    }

    fn not_expired(&self, now: Time) -> Result<(), LightError> {
        let age = now.millis() - self.time().millis();
        ensure(age <= TRUSTING_MILLIS, LightError::TrustExpired)
    }

    fn same_set(&self, header: &Header) -> Result<(), LightError> {
        ensure(header.validators == self.validators.hash(), LightError::WrongSet)
    }
}

fn ensure(good: bool, error: LightError) -> Result<(), LightError> {
    if good { Ok(()) } else { Err(error) }
}

fn not_from_future(header: &Header, now: Time) -> Result<(), LightError> {
    let ahead = header.time.millis() - now.millis();
    ensure(ahead <= DRIFT_MILLIS, LightError::FromFuture)
}

fn names_no_other_set(header: &Header) -> Result<(), LightError> {
    ensure(header.next_validators == header.validators, LightError::NextSetMissing)
}

#[cfg(test)]
#[path = "light_tests.rs"]
mod tests;
