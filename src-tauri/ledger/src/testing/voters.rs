//! Who votes at which height of the ledger in memory.

use std::collections::BTreeMap;

use super::{key, party};
use crate::block::Header;
use crate::commit::{CommitCertificate, CommitSignature, precommit_bytes};
use crate::keys::SecretKey;
use crate::validators::{Validator, ValidatorSet};

/// The vote key of the validator of that name.
#[must_use]
pub fn vote_key(name: &str) -> SecretKey {
    key(&format!("vote {name}"))
}

/// The set of the validators named, each with its weight.
#[must_use]
pub fn validator_set(named: &[(&str, u64)]) -> ValidatorSet {
    let one = |(name, weight): &(&str, u64)| Validator {
        key: vote_key(name).public(),
        party: party(name),
        weight: *weight,
    };
    ValidatorSet::new(named.iter().map(one).collect()).unwrap()
}

/// The certificate of a header, signed in `round` by the validators named, whether they may or not.
#[must_use]
pub fn certificate_of(header: &Header, round: u32, signers: &[&str]) -> CommitCertificate {
    let block = header.id();
    let message = precommit_bytes(&header.network, header.height, round, &block);
    let sign = |name: &&str| CommitSignature {
        key: vote_key(name).public(),
        signature: vote_key(name).sign(&message),
    };
    let mut signatures: Vec<CommitSignature> = signers.iter().map(sign).collect();
    signatures.sort_by_key(|one| one.key);
    CommitCertificate {
        block,
        height: header.height,
        round,
        signatures,
    }
}

/// Names of validators and their set, by the height from which on they vote.
pub(super) struct Voters(BTreeMap<u64, (Vec<String>, ValidatorSet)>);

impl Voters {
    pub(super) fn new(named: &[(&str, u64)]) -> Self {
        let mut voters = Self(BTreeMap::new());
        voters.change(1, named);
        voters
    }

    pub(super) fn change(&mut self, from: u64, named: &[(&str, u64)]) {
        let names = named.iter().map(|(name, _)| (*name).to_owned()).collect();
        self.0.insert(from, (names, validator_set(named)));
    }

    fn at(&self, height: u64) -> &(Vec<String>, ValidatorSet) {
        self.0.range(..=height).next_back().unwrap().1
    }

    pub(super) fn set(&self, height: u64) -> &ValidatorSet {
        &self.at(height).1
    }

    /// In the order in which they were named.
    pub(super) fn names(&self, height: u64) -> Vec<&str> {
        self.at(height).0.iter().map(String::as_str).collect()
    }
}
