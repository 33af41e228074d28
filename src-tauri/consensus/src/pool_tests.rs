//! One member that brings more than all others together.

use super::{Pool, PoolLimits, Refusal};
use ledger::{Hash, Party, SecretKey};

/// As large as records of usual kinds are, and as large as one may be.
const SMALL: usize = 4_000;
const LARGE: usize = ledger::limits::RECORD_BYTES;
/// Of a block.
const RECORDS: usize = ledger::limits::BLOCK_RECORDS;
const BYTES: usize = ledger::limits::BLOCK_BYTES;

fn party(at: u8) -> Party {
    Party::of(SecretKey::from_seed(&[at; 32]).public())
}

fn id(party: u8, number: usize) -> Hash {
    Hash::of(format!("{party} {number}").as_bytes())
}

/// One floods until it is refused, then each of the others brings ten records; gives the pool.
fn flooded(flooder: u8, bytes: usize) -> Pool<u8> {
    let mut pool = Pool::new(PoolLimits::default());
    let mut number = 0;
    let refused = loop {
        number += 1;
        if let Err(refused) = pool.add(id(flooder, number), party(flooder), bytes, flooder) {
            break refused;
        }
    };
    assert_eq!(refused, Refusal::PartyFull);
    assert!(pool.bytes() <= PoolLimits::default().party_bytes);
    for other in (1..=4).filter(|other| *other != flooder) {
        for number in 0..10 {
            assert_eq!(pool.add(id(other, number), party(other), SMALL, other), Ok(true));
        }
    }
    pool
}

/// How many records of the others go into the next block.
fn of_others(flooder: u8, bytes: usize) -> usize {
    let pool = flooded(flooder, bytes);
    pool.take(RECORDS, BYTES)
        .into_iter()
        .filter(|one| **one != flooder)
        .count()
}

#[test]
fn whoever_floods_fills_its_own_share_and_keeps_nobody_out() {
    for flooder in 1..=4 {
        assert_eq!(of_others(flooder, SMALL), 30, "member {flooder} floods");
    }
}

#[test]
fn whoever_floods_with_the_largest_records_keeps_nobody_out() {
    for flooder in 1..=4 {
        assert_eq!(of_others(flooder, LARGE), 30, "member {flooder} floods");
    }
}
