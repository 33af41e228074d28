//! Whether a key may speak for a party (section 3 of `docs/protocol.md`).

use serde::Deserialize;
use serde_json::Value;

use crate::ids::{Kind, Party, Time};
use crate::keys::PublicKey;

/// One entry of `keys` in a party's state, as far as a mandate is read from it; other members may follow.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The key that may sign.
    pub key: PublicKey,
    /// `*`, `logistics.*` or `logistics.departed`.
    pub kinds: Vec<String>,
    /// Height of the block that gave the mandate; it counts from the next.
    pub from: u64,
    /// Last header time at which it counts; none is for ever.
    #[serde(deserialize_with = "Option::deserialize")]
    pub until: Option<Time>,
    /// Height of the block that revoked it, the last in which it counts.
    #[serde(deserialize_with = "Option::deserialize")]
    pub revoked: Option<u64>,
}

impl Entry {
    /// Whether this entry lets `key` sign a record of `kind` for `party` in the block of `height` and `time`.
    #[must_use]
    pub fn holds(&self, key: &PublicKey, party: &Party, kind: &Kind, height: u64, time: Time) -> bool {
        self.key == *key
            && (self.from < height || (self.from == height && self.key == *party.root_key()))
            && self.revoked.is_none_or(|revoked| height <= revoked)
            && self.until.is_none_or(|until| time <= until)
            && self.kinds.iter().any(|pattern| kind.matches(pattern))
    }
}

/// Whether `keys` of the party's state `party_state` lets `key` sign a record of `kind` in the block of `height` and `time`.
/// An entry that has not the five members with their types gives nothing; it does not spoil the others.
#[must_use]
pub fn holds(party_state: &Value, key: &PublicKey, party: &Party, kind: &Kind, height: u64, time: Time) -> bool {
    let entries = party_state.get("keys").and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .any(|entry| Entry::deserialize(entry).is_ok_and(|entry| entry.holds(key, party, kind, height, time)))
}

#[cfg(test)]
#[path = "mandate_tests.rs"]
mod tests;
