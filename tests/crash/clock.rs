//! A machine's clock that is set back.

use crate::common::{Load, confirmed, genesis, vote_key};
use crate::support::Scratch;
use ledger::{Clock as GenesisClock, Time};
use node::{Clock, DataFolder, Node, SystemClock};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[test]
fn witnessed_time_increases_though_the_clock_goes_back() {
    const HOUR: i64 = 3_600_000;
    let scratch = Scratch::new("clock");
    let folder = DataFolder::open(scratch.join("ledger")).unwrap();
    let start = SystemClock.now();
    let clock = Arc::new(Hands(AtomicI64::new(start.millis())));
    let mut node = Node::found(
        &folder,
        &genesis(GenesisClock::System, start),
        vote_key(),
        clock.clone(),
    )
    .unwrap();
    let mut load = Load::new(node.network(), start, 1);
    let [firms, products] = load.founding();
    let mut batches = vec![firms, products];
    batches.extend((0..8).map(|_| load.shipments(1)));
    let moves = [0, 0, 1, -HOUR, -24 * HOUR, 0, 5 * HOUR, -365 * 24 * HOUR, 1, 2 * HOUR];
    let mut times = Vec::new();
    for (batch, by) in batches.into_iter().zip(moves) {
        clock.0.store(start.millis() + by, Ordering::SeqCst);
        confirmed(&node.submit(batch).unwrap());
        times.push(node.head().unwrap().time);
        if by == -24 * HOUR {
            node.stop();
            node = Node::open(&folder, Some(vote_key()), clock.clone()).unwrap();
        }
    }
    assert_eq!(times.len(), moves.len());
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    // Where the clock was ahead it was followed.
    assert_eq!(times[6], start.plus_millis(5 * HOUR));
    let report = node.fsck().unwrap();
    assert!(report.clean, "{:?}", report.faults);
}
