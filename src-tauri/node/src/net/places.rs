//! Who is connected. When there is no room, whoever has not yet said who he is goes first, then strangers who ask nothing: a flood of
//! connections costs an attacker his own.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ledger::PublicKey;
use tokio::sync::Notify;

use super::rate::household;
use super::wire::{Limits, Role};

struct Taken {
    address: IpAddr,
    key: Option<(PublicKey, Role)>,
    busy: bool,
    leave: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    taken: BTreeMap<u64, Taken>,
    turned_away: u64,
    made_room: u64,
}

impl Inner {
    /// Sends away the oldest connection that `may_go`.
    fn make_room(&mut self, may_go: impl Fn(&Taken) -> bool) -> bool {
        let Some(oldest) = self.taken.iter().find(|(_, taken)| may_go(taken)).map(|(id, _)| *id) else {
            return false;
        };
        if let Some(gone) = self.taken.remove(&oldest) {
            gone.leave.notify_one();
        }
        self.made_room += 1;
        true
    }
}

/// The connections others have to us.
#[derive(Default)]
pub struct Places(Mutex<Inner>);

/// How full it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Connections now.
    pub connections: usize,
    /// Connections turned away for want of room.
    pub turned_away: u64,
    /// Connections ended to make room for others.
    pub made_room: u64,
}

impl Places {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How full it is.
    pub fn crowd(&self) -> Crowd {
        let inner = self.inner();
        Crowd {
            connections: inner.taken.len(),
            turned_away: inner.turned_away,
            made_room: inner.made_room,
        }
    }

    /// A place for a new connection, if there is room or can be made.
    pub fn take(self: &Arc<Self>, address: IpAddr, limits: &Limits) -> Option<Place> {
        let address = household(address);
        let mut inner = self.inner();
        let neighbours = inner.taken.values().filter(|taken| taken.address == address).count();
        let idle_stranger = |taken: &Taken| !taken.busy && taken.key.is_some_and(|(_, role)| role == Role::Stranger);
        let full_of_neighbours = neighbours >= limits.of_address
            && !inner.make_room(|taken| taken.address == address && taken.key.is_none())
            && !inner.make_room(|taken| taken.address == address && idle_stranger(taken));
        let full = full_of_neighbours
            || inner.taken.len() >= limits.connections
                && !inner.make_room(|taken| taken.key.is_none())
                && !inner.make_room(idle_stranger);
        if full {
            inner.turned_away += 1;
            return None;
        }
        let (id, leave) = (inner.next, Arc::new(Notify::new()));
        inner.next += 1;
        let taken = Taken {
            address,
            key: None,
            busy: false,
            leave: Arc::clone(&leave),
        };
        inner.taken.insert(id, taken);
        Some(Place {
            id,
            places: Arc::clone(self),
            leave,
        })
    }
}

/// One connection's place, given back when dropped.
pub struct Place {
    id: u64,
    places: Arc<Places>,
    leave: Arc<Notify>,
}

impl Place {
    /// Ready when others need the place.
    pub async fn needed(&self) {
        self.leave.notified().await;
    }

    /// The key is known now. `false`: it has too many connections, all of them at work; otherwise its oldest idle one goes. And
    /// strangers together have at most half of all places.
    pub fn known(&self, key: PublicKey, role: Role, limits: &Limits) -> bool {
        let mut inner = self.places.inner();
        let same = |taken: &Taken| taken.key.is_some_and(|(other, _)| other == key);
        let stranger = |taken: &Taken| taken.key.is_some_and(|(_, role)| role == Role::Stranger);
        let count = |inner: &Inner, of: &dyn Fn(&Taken) -> bool| inner.taken.values().filter(|taken| of(taken)).count();
        let mut room = count(&inner, &same) < limits.of_key || inner.make_room(|taken| same(taken) && !taken.busy);
        if room && role == Role::Stranger && count(&inner, &stranger) >= limits.connections / 2 {
            room = inner.make_room(|taken| stranger(taken) && !taken.busy);
        }
        if let Some(taken) = inner.taken.get_mut(&self.id) {
            taken.key = Some((key, role));
        }
        room
    }

    /// A request is, or no longer is, under way.
    pub fn busy(&self, busy: bool) {
        if let Some(taken) = self.places.inner().taken.get_mut(&self.id) {
            taken.busy = busy;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.inner().taken.remove(&self.id);
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
