//! The same records again and again, by several at once, and from one key without end.

use crate::common::{Load, confirmed, found, open};
use crate::support::{Scratch, assert_sound};
use ledger::Hash;
use node::{Clock, Outcome, SystemClock};
use std::collections::BTreeMap;

/// Whoever got no answer sends again: so many at a time, so often.
const SENDERS: usize = 4;
const TIMES: usize = 6;

#[test]
fn what_is_sent_again_and_again_stands_once() {
    let scratch = Scratch::new("again");
    let ledger = scratch.join("ledger");
    found(&ledger);
    let opened = open(&ledger).unwrap();
    let node = &opened.node;
    let mut load = Load::new(node.network(), SystemClock.now(), 1);
    for batch in load.founding() {
        confirmed(&node.submit(batch).unwrap());
    }
    let records = load.shipments(3);
    let places: Vec<BTreeMap<Hash, (u64, u32)>> = std::thread::scope(|scope| {
        let send = || -> BTreeMap<Hash, (u64, u32)> {
            let receipts = (0..TIMES).flat_map(|_| node.submit(records.clone()).unwrap());
            let mut places = BTreeMap::new();
            for receipt in receipts {
                let Outcome::Confirmed { height, index } = receipt.outcome else {
                    panic!("{receipt:?}");
                };
                assert_eq!(*places.entry(receipt.id).or_insert((height, index)), (height, index));
            }
            places
        };
        let threads: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(places.iter().all(|one| *one == places[0]), "one record has two places");
    let head = node.head().unwrap().height;
    let stand = (1..=head).map(|height| {
        let (found, total) = node.records_between(None, None, Some(height), 0, 1_000).unwrap();
        assert_eq!(found.len() as u64, total);
        found
            .iter()
            .filter(|stored| places[0].contains_key(&stored.record.id()))
            .count()
    });
    assert_eq!(stand.sum::<usize>(), records.len());
    assert_sound(&opened);
    println!("{} records sent {} times stand once", records.len(), SENDERS * TIMES);
}
