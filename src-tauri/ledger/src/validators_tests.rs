use proptest::prelude::*;

use super::*;
use crate::commit::CommitError;
use crate::testing::{MemoryLedger, certificate_of, time, validator_set};

#[test]
fn two_thirds_are_not_enough_and_a_grain_more_is() {
    for (weights, not_enough) in [
        (&[1][..], 0),
        (&[1, 1], 1),
        (&[1, 1, 1], 2),
        (&[1, 1, 1, 1], 2),
        (&[1, 1, 1, 1, 1, 1, 1], 4),
        (&[10, 1], 7),
        (&[1_000_000; 3], 2_000_000),
    ] {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let set = validator_set(&names.into_iter().zip(weights.iter().copied()).collect::<Vec<_>>());
        assert!(!set.is_quorum(not_enough), "{weights:?}");
        assert!(set.is_quorum(not_enough + 1), "{weights:?}");
        assert!(set.is_quorum(set.weight()), "{weights:?}");
        assert!(!set.is_quorum(0), "{weights:?}");
        assert!(set.is_quorum(u64::MAX), "{weights:?}");
    }
}

const CROWD: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

fn some_set() -> impl Strategy<Value = ValidatorSet> {
    proptest::collection::vec(1..=WEIGHT, 1..=7)
        .prop_map(|weights| validator_set(&CROWD.into_iter().zip(weights).collect::<Vec<_>>()))
}

proptest! {
    /// Two quorums share more than a third of the weight: at least one honest validator while less than a third is faulty.
    #[test]
    fn two_quorums_share_more_than_a_third(set in some_set(), one in 0_u8..128, other in 0_u8..128) {
        let weight = |mask: u8| -> u64 {
            let mine = set.validators().iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
            mine.map(|(_, validator)| validator.weight).sum()
        };
        if set.is_quorum(weight(one)) && set.is_quorum(weight(other)) {
            prop_assert!(3 * weight(one & other) > set.weight());
        }
        // If all but these decide, these alone do not.
        prop_assert!(!(set.is_quorum(weight(one)) && set.is_quorum(weight(!one))));
    }

    /// More weight never decides less.
    #[test]
    fn more_weight_never_decides_less(set in some_set(), weight in 0_u64..8_000_000) {
        prop_assert!(!set.is_quorum(weight) || set.is_quorum(weight + 1));
        prop_assert_eq!(set.is_quorum(weight), weight > 2 * set.weight() / 3);
    }

    /// A certificate counts each validator once: however often a signature is repeated, it is not good.
    #[test]
    fn each_validator_counts_once(who in 0_usize..4, times in 1_usize..6) {
        let mut ledger = MemoryLedger::new("Four", &CROWD[..4], Clock::System);
        let header = ledger.commit(time(1), Vec::new(), &[]).clone();
        let mut certificate = certificate_of(&header, 0, &CROWD[..2]);
        let set = ledger.set(1);
        prop_assert_eq!(certificate.verify(&header, set), Err(CommitError::TooLittleWeight));
        let again = certificate.signatures[who % 2].clone();
        certificate.signatures.extend(std::iter::repeat_n(again, times));
        certificate.signatures.sort_by_key(|one| one.key);
        prop_assert_eq!(certificate.verify(&header, set), Err(CommitError::SignerTwice));
    }
}
