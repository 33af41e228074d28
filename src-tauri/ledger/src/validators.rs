//! The genesis document and its validator set (section 6 of `docs/protocol.md`).

use serde::{Deserialize, Serialize};

use crate::block::{DocumentError, read};
use crate::canonical;
use crate::hash::Hash;
use crate::ids::{Party, Time};
use crate::keys::PublicKey;
use crate::limits::{NAME, VALIDATORS, WEIGHT};
use crate::text::ascends;

/// One vote in the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// The vote key; used for nothing else.
    pub key: PublicKey,
    /// The party that runs it.
    pub party: Party,
    /// 1–1,000,000.
    pub weight: u64,
}

/// Who certifies blocks: 1–100 validators, sorted by key, no key twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Validator>", into = "Vec<Validator>")]
pub struct ValidatorSet(Vec<Validator>);

/// Why a set or genesis cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// None, or more than 100.
    #[error("a validator set has 1 to 100 validators")]
    Size,
    /// Not sorted by key, or a key twice.
    #[error("validators not sorted by key, or a key twice")]
    Order,
    /// A weight of 0 or above 1,000,000.
    #[error("a weight outside 1 to 1,000,000")]
    Weight,
    /// The name has no code point, more than 100, or one that canonical text may not hold.
    #[error("the name has not 1 to 100 allowed code points")]
    Name,
}

impl ValidatorSet {
    /// A set, sorted here.
    ///
    /// # Errors
    /// See [`GenesisError`].
    pub fn new(mut validators: Vec<Validator>) -> Result<Self, GenesisError> {
        validators.sort_by_key(|validator| validator.key);
        Self::try_from(validators)
    }

    /// The validators, sorted by key.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.0
    }

    /// The validator with this vote key.
    #[must_use]
    pub fn get(&self, key: &PublicKey) -> Option<&Validator> {
        self.0
            .binary_search_by_key(key, |validator| validator.key)
            .ok()
            .and_then(|at| self.0.get(at))
    }

    /// Sum of the weights.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.0.iter().map(|validator| validator.weight).sum()
    }

    /// Whether signers of this weight decide for the set: three times it is more than twice the weight of the set (section 6).
    /// Below a third of faulty weight no two such groups of signers can decide otherwise (Castro and Liskov, 1999).
    #[must_use]
    pub fn is_quorum(&self, weight: u64) -> bool {
        3 * u128::from(weight) > 2 * u128::from(self.weight())
    }

    /// The canonical bytes: members fixed, ASCII and in order, so written directly.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let one = |v: &Validator| format!(r#"{{"key":"{}","party":"{}","weight":{}}}"#, v.key, v.party, v.weight);
        format!("[{}]", self.0.iter().map(one).collect::<Vec<_>>().join(",")).into_bytes()
    }

    /// What headers name it by.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.to_bytes())
    }
}

impl TryFrom<Vec<Validator>> for ValidatorSet {
    type Error = GenesisError;

    fn try_from(validators: Vec<Validator>) -> Result<Self, GenesisError> {
        if !(1..=VALIDATORS).contains(&validators.len()) {
            return Err(GenesisError::Size);
        }
        if validators
            .iter()
            .any(|validator| !(1..=WEIGHT).contains(&validator.weight))
        {
            return Err(GenesisError::Weight);
        }
        if !ascends(validators.iter().map(|validator| validator.key)) {
            return Err(GenesisError::Order);
        }
        Ok(Self(validators))
    }
}

impl From<ValidatorSet> for Vec<Validator> {
    fn from(set: ValidatorSet) -> Self {
        set.0
    }
}

/// Where witnessed time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The validators' clocks.
    System,
    /// A clock that is set, as in a demonstration.
    Simulated,
}

/// Who runs the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One firm for itself.
    Solo,
    /// Several parties.
    Alliance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-genesis.1")]
    One,
}

/// The document a network begins with; its hash is the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    clock: Clock,
    created: Time,
    form: Form,
    name: Name,
    #[serde(with = "crate::text::hex_bytes")]
    nonce: [u8; 16],
    profile: Profile,
    validators: ValidatorSet,
}

/// A network's name: 1–100 code points that canonical text may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = GenesisError;

    fn try_from(text: String) -> Result<Self, GenesisError> {
        let good = (1..=NAME).contains(&text.chars().count()) && canonical::to_bytes(&text).is_ok();
        if good { Ok(Self(text)) } else { Err(GenesisError::Name) }
    }
}

impl Genesis {
    /// A genesis document. `nonce` is 16 random bytes, drawn by the caller.
    ///
    /// # Errors
    /// If the name is empty, too long or holds characters canonical text may not.
    pub fn new(
        name: &str,
        profile: Profile,
        clock: Clock,
        created: Time,
        nonce: [u8; 16],
        validators: ValidatorSet,
    ) -> Result<Self, GenesisError> {
        let name = Name::try_from(name.to_owned())?;
        Ok(Self {
            clock,
            created,
            form: Form::One,
            name,
            nonce,
            profile,
            validators,
        })
    }

    /// Reads a genesis document.
    ///
    /// # Errors
    /// If the bytes are not canonical or not of the form of section 6.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read(bytes)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let clock = if self.clock == Clock::System {
            "system"
        } else {
            "simulated"
        };
        let profile = if self.profile == Profile::Solo {
            "solo"
        } else {
            "alliance"
        };
        // The name holds no control characters, so quotation mark and backslash are all there is to escape (section 1).
        let name = self.name.0.replace('\\', r"\\").replace('"', r#"\""#);
        let mut bytes = format!(
            r#"{{"clock":"{clock}","created":"{}","form":"sealroad-genesis.1","name":"{name}","nonce":"{}","#,
            self.created,
            hex::encode(self.nonce)
        )
        .into_bytes();
        bytes.extend_from_slice(format!(r#""profile":"{profile}","validators":"#).as_bytes());
        bytes.extend_from_slice(&self.validators.to_bytes());
        bytes.push(b'}');
        bytes
    }

    /// The network: SHA-256 of the canonical bytes.
    #[must_use]
    pub fn network(&self) -> Hash {
        Hash::of(&self.to_bytes())
    }

    /// What its founder called it: anyone may take any name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name.0
    }

    /// Where witnessed time comes from.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// Who runs it.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// When it was founded, by its founder's clock.
    #[must_use]
    pub const fn created(&self) -> Time {
        self.created
    }

    /// The validator set of the first height, and of every height until the set is changed.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }
}

#[cfg(test)]
#[path = "validators_tests.rs"]
mod tests;
