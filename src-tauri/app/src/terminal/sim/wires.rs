//! What lies ahead, in the order of simulated time: messages under way, wakes, and what goes wrong.

use super::seed::Seed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Bytes arrive.
    Arrives { from: usize, to: usize, bytes: Arc<[u8]> },
    /// A machine looks at its timers.
    Wakes(usize),
    /// A machine starts.
    Starts(usize),
    /// A light node looks around.
    Looks(usize),
    /// A light node starts.
    Begins(usize),
    /// Authors bring what is not confirmed.
    Brings,
    /// Something goes wrong, or no longer does.
    Fault,
}

/// Milliseconds that a message takes on an untroubled network.
const USUAL: (u64, u64) = (1, 40);

/// The network between machines, and the order of all that happens.
pub struct Wires {
    ahead: BTreeMap<(u64, u64), Happening>,
    number: u64,
    /// One message in so many is lost; 0: none.
    pub loss: usize,
    /// One in so many arrives twice, the second time later; 0: none.
    pub double: usize,
    /// Milliseconds that a message takes at most.
    pub slowest: u64,
    /// What is sent later may arrive earlier; otherwise each link keeps the order, as a connection does.
    pub reorders: bool,
    /// Machines with different numbers do not hear each other.
    pub side: Vec<u8>,
    /// Messages that were lost.
    pub lost: u64,
    /// Messages that arrived twice.
    pub doubled: u64,
    /// When the last message of a link arrives.
    last: BTreeMap<(usize, usize), u64>,
}

impl Wires {
    /// A network without faults.
    pub fn new(machines: usize) -> Self {
        Self {
            ahead: BTreeMap::new(),
            number: 0,
            loss: 0,
            double: 0,
            slowest: USUAL.1,
            reorders: false,
            side: vec![0; machines],
            lost: 0,
            doubled: 0,
            last: BTreeMap::new(),
        }
    }

    /// Nothing is lost, late or cut any more.
    pub fn heal(&mut self) {
        (self.loss, self.double, self.slowest, self.reorders) = (0, 0, USUAL.1, false);
        self.side.fill(0);
    }

    /// To happen at this time, after all that is to happen then already.
    pub fn at(&mut self, time: u64, happening: Happening) {
        self.number += 1;
        self.ahead.insert((time, self.number), happening);
    }

    /// Sends bytes.
    pub fn fly(&mut self, seed: &mut Seed, now: u64, from: usize, to: usize, bytes: &Arc<[u8]>) {
        if seed.one_in(self.loss) || self.side[from] != self.side[to] {
            self.lost += 1;
            return;
        }
        let arrives = || Happening::Arrives {
            from,
            to,
            bytes: Arc::clone(bytes),
        };
        if seed.one_in(self.double) {
            self.doubled += 1;
            let again = now + seed.between(USUAL.0, 10 * self.slowest);
            self.at(again, arrives());
        }
        let mut due = now + seed.between(USUAL.0, self.slowest);
        if !self.reorders {
            let last = self.last.entry((from, to)).or_default();
            due = due.max(*last);
            *last = due;
        }
        self.at(due, arrives());
    }

    /// The next thing, and when.
    pub fn next(&mut self) -> Option<(u64, Happening)> {
        self.ahead.pop_first().map(|((time, _), happening)| (time, happening))
    }
}
