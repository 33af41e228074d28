//! How often somebody may ask: a bucket for each path, refilled as time passes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use ledger::PublicKey;

use super::wire::{Path, Role, Row};

/// Askers remembered at once. Whoever has full buckets can be forgotten.
const REMEMBERED: usize = 4096;

/// Whose requests are counted together. A new key costs a stranger nothing, so strangers are counted by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// A member or validator.
    Key(PublicKey),
    /// Everyone unknown behind an address.
    Address(IpAddr),
}

impl Asker {
    /// Whose bucket it is.
    #[must_use]
    pub fn of(key: PublicKey, role: Role, address: IpAddr) -> Self {
        match role {
            Role::Stranger => Self::Address(household(address)),
            Role::Member | Role::Validator => Self::Key(key),
        }
    }
}

/// What one subscriber is given: an IPv4 address, or an IPv6 prefix of 64 bits (RFC 6177 gives a site at least one).
#[must_use]
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        four @ IpAddr::V4(_) => four,
    }
}

/// The buckets of one asker: for each path, when its bucket will be full again if nothing more is asked.
type Buckets = BTreeMap<Path, Instant>;

/// The buckets of all askers.
#[derive(Debug, Default)]
pub struct Rates(BTreeMap<Asker, Buckets>);

impl Rates {
    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// The bucket is empty; how long until it no longer is.
    pub fn take(&mut self, asker: Asker, row: &Row, now: Instant) -> Result<(), Duration> {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&asker) {
            self.forget(now);
        }
        let each = Duration::from_secs(60) / row.per_minute.max(1);
        let full = self.0.entry(asker).or_default().entry(row.path).or_insert(now);
        let after = (*full).max(now) + each;
        let room = each.saturating_mul(row.burst);
        match after.duration_since(now).checked_sub(room) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *full = after;
                Ok(())
            }
        }
    }

    /// Forgets whoever was quiet; when all ask at once, those who have asked least, a quarter of all.
    fn forget(&mut self, now: Instant) {
        self.0.retain(|_, buckets| buckets.values().any(|full| *full > now));
        if self.0.len() < REMEMBERED {
            return;
        }
        let mut least: Vec<(Instant, Asker)> = self
            .0
            .iter()
            .map(|(asker, buckets)| (buckets.values().copied().max().unwrap_or(now), *asker))
            .collect();
        least.sort_unstable();
        for (_, asker) in least.into_iter().take(REMEMBERED / 4) {
            self.0.remove(&asker);
        }
    }
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
