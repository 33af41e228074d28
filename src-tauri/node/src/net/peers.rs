//! The peer book: where peers are, how they behaved, and when to try again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ledger::PublicKey;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::address::Address;
use super::wire::Refusal;

/// Peers in the book.
pub const PEERS: usize = 1024;
/// Addresses of one peer.
pub const ADDRESSES: usize = 4;
/// Peers told to another at once.
pub const TOLD: usize = 64;
/// Different codes counted for a peer; what another calls its refusals is not ours to bound.
const CODES: usize = 32;

/// Points at which a peer is slowed …
pub const SLOWED_AT: u32 = 50;
/// … for so long.
pub const SLOWED: Duration = Duration::from_secs(10);
/// Points at which a peer is dropped …
pub const DROPPED_AT: u32 = 200;
/// … for so long.
pub const DROPPED: Duration = Duration::from_secs(600);
/// One point is forgiven after this time.
const FORGIVEN: Duration = Duration::from_secs(1);

/// The first wait after a failure; it doubles with each …
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// … up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How a peer came into the book. The later outrank the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// It asked us.
    Asked,
    /// Another peer told us.
    Told,
    /// An invitation, or the user.
    Invited,
}

/// Whether a peer is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    Heard,
    /// Not for this long.
    Slowed(Duration),
    /// Not for this long, and it broke limits again after having been slowed.
    Dropped(Duration),
}

#[derive(Debug)]
struct Entry {
    source: Source,
    addresses: Vec<Address>,
    points: u32,
    judged: Instant,
    slowed: Option<Instant>,
    dropped: Option<Instant>,
    seen: Option<Instant>,
    touched: Instant,
    failures: u32,
    wait: Option<Instant>,
    refused_by_us: BTreeMap<String, u64>,
    refused_by_them: BTreeMap<String, u64>,
}

/// A peer, for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerView {
    /// Its node key.
    pub key: PublicKey,
    /// How it came into the book.
    pub source: Source,
    /// Where it is, best first.
    pub addresses: Vec<Address>,
    /// Points against it.
    pub points: u32,
    /// How it stands.
    pub standing: Standing,
    /// How long ago something last came from it.
    pub seen: Option<Duration>,
    /// Failures in a row.
    pub failures: u32,
    /// How long until it is tried again.
    pub wait: Duration,
    /// What we refused it, by code.
    pub refused_by_us: BTreeMap<String, u64>,
    /// What it refused us, or failed in, by code.
    pub refused_by_them: BTreeMap<String, u64>,
}

/// A peer as peers tell it each other.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    key: PublicKey,
    addresses: Vec<Address>,
}

/// Something asked of a peer that came to nothing.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Why.
    pub code: &'a str,
    /// What it costs the peer.
    pub points: u32,
    /// How long the peer itself said to wait.
    pub at_least: Duration,
    /// Random, for the jitter.
    pub draw: u64,
}

/// The book. The time is always given, so that a test needs none.
pub struct Book {
    own: PublicKey,
    entries: Mutex<BTreeMap<PublicKey, Entry>>,
    woken: watch::Sender<u64>,
}

/// A book is full of invited peers, or a peer has as many addresses as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer book is full")]
pub struct BookFull;

fn count(counts: &mut BTreeMap<String, u64>, code: &str) {
    let known = counts.contains_key(code) || counts.len() < CODES;
    let code = if known { code } else { "net.other" };
    *counts.entry(code.to_owned()).or_default() += 1;
}

fn left(until: Option<Instant>, now: Instant) -> Duration {
    until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
}

impl Entry {
    fn new(source: Source, now: Instant) -> Self {
        Self {
            source,
            addresses: Vec::new(),
            points: 0,
            judged: now,
            slowed: None,
            dropped: None,
            seen: None,
            touched: now,
            failures: 0,
            wait: None,
            refused_by_us: BTreeMap::new(),
            refused_by_them: BTreeMap::new(),
        }
    }

    fn points(&self, now: Instant) -> u32 {
        let forgiven = now.saturating_duration_since(self.judged).as_secs() / FORGIVEN.as_secs();
        self.points.saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX))
    }

    fn standing(&self, now: Instant) -> Standing {
        let (slowed, dropped) = (left(self.slowed, now), left(self.dropped, now));
        if !dropped.is_zero() {
            Standing::Dropped(dropped)
        } else if !slowed.is_zero() {
            Standing::Slowed(slowed)
        } else {
            Standing::Heard
        }
    }

    fn blame(&mut self, points: u32, now: Instant) {
        if points == 0 {
            return;
        }
        self.points = self.points(now).saturating_add(points);
        self.judged = now;
        if self.points >= DROPPED_AT {
            self.dropped = Some(now + DROPPED);
            // It comes back with a clean sheet, not to be dropped for the next trifle.
            self.points = 0;
        } else if self.points >= SLOWED_AT && left(self.slowed, now).is_zero() {
            self.slowed = Some(now + SLOWED);
        }
    }
}

impl Book {
    /// An empty book of the node with this key.
    #[must_use]
    pub fn new(own: PublicKey) -> Self {
        Self {
            own,
            entries: Mutex::default(),
            woken: watch::Sender::new(0),
        }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<PublicKey, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a peer's entry, made if there is room: a lesser one goes, the longest untouched first.
    fn with<T>(
        &self,
        key: PublicKey,
        source: Source,
        now: Instant,
        act: impl FnOnce(&mut Entry) -> T,
    ) -> Result<T, BookFull> {
        let mut entries = self.entries();
        if !entries.contains_key(&key) && entries.len() >= PEERS {
            let lesser = entries
                .iter()
                .filter(|(_, entry)| entry.source <= source && entry.source < Source::Invited);
            let oldest = lesser
                .min_by_key(|(_, entry)| (entry.source, entry.touched))
                .map(|(key, _)| *key);
            entries.remove(&oldest.ok_or(BookFull)?);
        }
        let entry = entries.entry(key).or_insert_with(|| Entry::new(source, now));
        entry.source = entry.source.max(source);
        entry.touched = now;
        Ok(act(entry))
    }

    /// Notes a peer of an invitation, or that the user named. Its addresses come before those heard elsewhere.
    ///
    /// # Errors
    /// The book is full of such peers.
    pub fn invite(&self, key: PublicKey, addresses: &[Address], now: Instant) -> Result<(), BookFull> {
        if key == self.own {
            return Ok(());
        }
        self.with(key, Source::Invited, now, |entry| {
            let mut all = addresses.to_vec();
            all.extend(entry.addresses.drain(..).filter(|known| !addresses.contains(known)));
            all.truncate(ADDRESSES);
            entry.addresses = all;
        })
    }

    /// Forgets a peer.
    pub fn forget(&self, key: &PublicKey) {
        self.entries().remove(key);
    }

    /// Notes what another peer told (the body of a reply to `Peers`). An address heard there is only a place to look: whoever
    /// answers must prove the key. → how many peers were new.
    ///
    /// # Errors
    /// It is not a list of at most [`TOLD`] peers with at most [`ADDRESSES`] addresses each; nothing was noted.
    pub fn learn(&self, body: &[u8], now: Instant) -> Result<usize, serde_json::Error> {
        use serde::de::Error as _;
        let told: Vec<Told> = serde_json::from_slice(body)?;
        if told.len() > TOLD || told.iter().any(|peer| peer.addresses.len() > ADDRESSES) {
            return Err(serde_json::Error::custom("more than agreed"));
        }
        let mut new = 0;
        for peer in told.into_iter().filter(|peer| peer.key != self.own) {
            new += usize::from(!self.entries().contains_key(&peer.key));
            // A full book has no room for hearsay, and that is no fault of who told it.
            let _full = self.with(peer.key, Source::Told, now, |entry| {
                for address in peer.addresses {
                    if entry.addresses.len() < ADDRESSES && !entry.addresses.contains(&address) {
                        entry.addresses.push(address);
                    }
                }
            });
        }
        Ok(new)
    }

    /// What we tell others: peers we were invited to or have reached, the last seen first.
    #[must_use]
    pub fn tell(&self, now: Instant) -> Bytes {
        let entries = self.entries();
        let mut worth: Vec<_> = entries
            .iter()
            .filter(|(_, entry)| !entry.addresses.is_empty() && left(entry.dropped, now).is_zero())
            .filter(|(_, entry)| entry.source == Source::Invited || entry.seen.is_some())
            .collect();
        worth.sort_by_key(|(key, entry)| (std::cmp::Reverse(entry.seen), **key));
        let told: Vec<Told> = worth
            .into_iter()
            .take(TOLD)
            .map(|(key, entry)| Told {
                key: *key,
                addresses: entry.addresses.clone(),
            })
            .collect();
        serde_json::to_vec(&told).unwrap_or_default().into()
    }

    /// Where a peer is, best first.
    #[must_use]
    pub fn addresses(&self, key: &PublicKey) -> Vec<Address> {
        self.entries()
            .get(key)
            .map(|entry| entry.addresses.clone())
            .unwrap_or_default()
    }

    /// Whether a peer is heard.
    #[must_use]
    pub fn standing(&self, key: &PublicKey, now: Instant) -> Standing {
        self.entries()
            .get(key)
            .map_or(Standing::Heard, |entry| entry.standing(now))
    }

    /// Counts against a peer what was found wrong in something it sent.
    pub fn blame(&self, key: PublicKey, code: &str, points: u32, now: Instant) {
        // In a full book a stranger takes the place of a stranger; only when all are invited is he not noted.
        let _full = self.with(key, Source::Asked, now, |entry| {
            count(&mut entry.refused_by_us, code);
            entry.blame(points, now);
        });
    }

    /// We refused a peer.
    pub fn refused_them(&self, key: PublicKey, refusal: Refusal, now: Instant) {
        self.blame(key, refusal.code(), refusal.points(), now);
    }

    /// A peer of the book asked us something proper.
    pub fn heard(&self, key: &PublicKey, now: Instant) {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.seen = Some(now);
            entry.touched = now;
        }
    }

    /// A peer answered at this address: it is tried first from now on, and at once.
    pub fn reached(&self, key: &PublicKey, address: &Address, now: Instant) {
        if let Some(entry) = self.entries().get_mut(key) {
            (entry.seen, entry.touched) = (Some(now), now);
            (entry.failures, entry.wait) = (0, None);
            if let Some(place) = entry.addresses.iter().position(|one| one == address) {
                entry.addresses[..=place].rotate_right(1);
            }
        }
    }

    /// A peer refused us, or failed: counted, and it is left alone for a while. → for how long.
    pub fn failed(&self, key: PublicKey, failure: &Failure<'_>, now: Instant) -> Duration {
        let noted = self.with(key, Source::Asked, now, |entry| {
            count(&mut entry.refused_by_them, failure.code);
            entry.blame(failure.points, now);
            let wait = back_off(entry.failures, failure.draw).max(failure.at_least.min(DROPPED));
            entry.failures = entry.failures.saturating_add(1);
            entry.wait = Some(now + wait);
            wait
        });
        noted.unwrap_or(LONGEST_WAIT)
    }

    /// How long to leave a peer alone.
    #[must_use]
    pub fn wait(&self, key: &PublicKey, now: Instant) -> Duration {
        self.entries()
            .get(key)
            .map_or(Duration::ZERO, |entry| left(entry.wait, now))
    }

    /// The machine slept, or the network is back: what failed before says nothing now. Whoever waits tries at once.
    pub fn wake(&self) {
        for entry in self.entries().values_mut() {
            (entry.failures, entry.wait) = (0, None);
        }
        self.woken.send_modify(|times| *times += 1);
    }

    /// Changes each time of [`Book::wake`].
    pub(super) fn woken(&self) -> watch::Receiver<u64> {
        self.woken.subscribe()
    }

    /// All peers, by key.
    #[must_use]
    pub fn view(&self, now: Instant) -> Vec<PeerView> {
        let view = |(key, entry): (&PublicKey, &Entry)| PeerView {
            key: *key,
            source: entry.source,
            addresses: entry.addresses.clone(),
            points: entry.points(now),
            standing: entry.standing(now),
            seen: entry.seen.map(|seen| now.saturating_duration_since(seen)),
            failures: entry.failures,
            wait: left(entry.wait, now),
            refused_by_us: entry.refused_by_us.clone(),
            refused_by_them: entry.refused_by_them.clone(),
        };
        self.entries().iter().map(view).collect()
    }
}

/// The wait after `failures` earlier failures: doubled each time, and between half of that and all of it as `draw` falls, so that
/// those who lost a peer together do not come back together.
#[must_use]
pub fn back_off(failures: u32, draw: u64) -> Duration {
    let full = FIRST_WAIT.saturating_mul(1 << failures.min(16)).min(LONGEST_WAIT);
    let half = full / 2;
    half + Duration::from_millis(draw % (u64::try_from(half.as_millis()).unwrap_or(0) + 1))
}

#[cfg(test)]
#[path = "peers_tests.rs"]
mod tests;
