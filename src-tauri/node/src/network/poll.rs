//! A node that nobody can reach asks: how far the validators are, and takes its own records to them until they are confirmed.

use crate::agreement::said::{Said, joined};
use crate::error::NodeError;
use crate::light::Look;
use crate::net::{Net, Path};
use crate::node::Node;
use bytes::Bytes;
use ledger::{CommitCertificate, Hash, Header, Party, PublicKey, Record};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a validator is asked how far it is, while something of ours waits …
const EAGER: Duration = Duration::from_millis(50);
/// … and otherwise: a light load, and still news within two seconds.
const EASY: Duration = Duration::from_secs(2);
/// A record that is not confirmed is brought again after this time, to other validators.
const AGAIN: Duration = Duration::from_secs(5);
/// Records go to so many validators: one that keeps them back does no harm.
const VALIDATORS: usize = 2;
/// Records brought in one request.
const RECORDS: usize = 1_024;

#[derive(Default)]
struct Bell {
    rung: bool,
    tapped: bool,
    stopped: bool,
}

/// Why a thread that waited for the bell goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// There is something new to bring.
    Rung,
    /// Something that it began has ended, or the time is over.
    Onward,
    /// It is over.
    Stopped,
}

/// Wakes the asking thread, and ends it.
#[derive(Default)]
pub struct Polling {
    bell: Mutex<Bell>,
    moved: Condvar,
}

impl Polling {
    fn bell(&self) -> MutexGuard<'_, Bell> {
        self.bell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is something new to bring.
    pub fn ring(&self) {
        self.bell().rung = true;
        self.moved.notify_all();
    }

    /// Something that the thread began has ended; there is nothing new.
    pub fn tap(&self) {
        self.bell().tapped = true;
        self.moved.notify_all();
    }

    /// Ends the thread.
    pub fn stop(&self) {
        self.bell().stopped = true;
        self.moved.notify_all();
    }

    /// Waits for the bell, at most so long. False: it is over.
    pub fn wait(&self, most: Duration) -> bool {
        self.woken(most) != Woken::Stopped
    }

    /// Waits for the bell, at most so long, and gives why it goes on.
    pub fn woken(&self, most: Duration) -> Woken {
        let waiting = |bell: &mut Bell| !bell.rung && !bell.tapped && !bell.stopped;
        let (mut bell, _) = self
            .moved
            .wait_timeout_while(self.bell(), most, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        bell.tapped = false;
        let rung = std::mem::take(&mut bell.rung);
        match (bell.stopped, rung) {
            (true, _) => Woken::Stopped,
            (false, true) => Woken::Rung,
            (false, false) => Woken::Onward,
        }
    }
}

#[derive(Deserialize)]
struct Newest {
    commit: CommitCertificate,
    header: Header,
}

/// Who asks.
pub struct Poll {
    node: Weak<Node>,
    pub net: Arc<Net>,
    validators: Vec<PublicKey>,
    /// How a light node looks around.
    pub look: Look,
    /// The clock that only moves on began.
    pub started: Instant,
    /// When which record was last brought.
    brought: BTreeMap<Hash, Instant>,
    turn: usize,
}

/// Starts the thread.
pub fn start(
    node: Weak<Node>,
    net: Arc<Net>,
    validators: Vec<PublicKey>,
    party: Option<Party>,
    polling: Arc<Polling>,
) -> Result<JoinHandle<()>, NodeError> {
    let mut poll = Poll {
        node,
        net,
        look: Look::new(party, validators.clone()),
        started: Instant::now(),
        validators,
        brought: BTreeMap::new(),
        turn: 0,
    };
    std::thread::Builder::new()
        .name("poll".to_owned())
        .spawn(move || {
            let mut rest = Duration::ZERO;
            while polling.wait(rest) {
                match poll.round() {
                    Some(next) => rest = next,
                    None => return,
                }
            }
        })
        .map_err(NodeError::io("start the thread poll"))
}

impl Poll {
    /// One look around; gives how long to rest. None: the node is gone.
    fn round(&mut self) -> Option<Duration> {
        let node = self.node.upgrade()?;
        // What cannot be read now is read in the next round.
        let waiting = node.outbox().unwrap_or_default();
        self.bring(&waiting);
        if node.is_light().ok()? {
            self.follow(&node, !waiting.is_empty());
        } else {
            self.ask_head(&node);
        }
        if node.is_light().ok()? && waiting.is_empty() {
            // One in each round: there is no hurry, and what is not fetched now is in the next.
            let _later = node.fetch_carried();
        }
        Some(if waiting.is_empty() { EASY } else { EAGER })
    }

    /// The next of the validators in turn.
    pub fn next_validator(&mut self) -> Option<PublicKey> {
        let count = self.validators.len();
        self.turn = self.turn.wrapping_add(1);
        self.validators.get(self.turn.checked_rem(count)?).copied()
    }

    fn bring(&mut self, waiting: &[Record]) {
        let now = Instant::now();
        self.brought
            .retain(|id, _| waiting.iter().any(|record| record.id() == *id));
        let due = |record: &&Record| {
            let at = self.brought.get(&record.id());
            at.is_none_or(|at| now.duration_since(*at) >= AGAIN)
        };
        let records: Vec<Record> = waiting.iter().filter(due).take(RECORDS).cloned().collect();
        if records.is_empty() {
            return;
        }
        let body = Bytes::from(joined(&records));
        let mut taken = 0;
        for _ in 0..self.validators.len() {
            let Some(to) = self.next_validator() else { break };
            // Whoever does not answer is in the book; the next one is asked.
            if self.net.ask_blocking(to, Path::Records, "", body.clone()).is_ok() {
                taken += 1;
            }
            if taken >= VALIDATORS {
                break;
            }
        }
        if taken > 0 {
            self.brought.extend(records.iter().map(|record| (record.id(), now)));
        }
    }

    /// Asks one validator how far it is; what it says proves nothing, its blocks do.
    fn ask_head(&mut self, node: &Node) {
        let Some(peer) = self.next_validator() else { return };
        let Ok(body) = self.net.ask_blocking(peer, Path::Head, "", Bytes::new()) else {
            return;
        };
        let Ok(newest) = serde_json::from_slice::<Newest>(&body) else {
            self.net.book().blame(peer, "net.unreadable", 20, Instant::now());
            return;
        };
        if newest.commit.height == newest.header.height {
            // A node that is stopping hears nothing.
            let _stopping = node.hear(peer, Said::Height(newest.header.height));
        }
    }
}
