//! Changes of the set withheld together with the change back: what is left looks as if the set had stood. And a head that is not
//! later than the changes below it.

use serde_json::json;

use super::{OWN_WORD, PROVED, QUORUM, Truth};
use crate::ids::Time;
use crate::testing::lies::{Change, Lie, good, lie, replace};
use crate::testing::{SETS, certificate_of, changed_alliance, changed_at};

/// A height, and the set that its header names as the next.
type Turn = (u64, &'static [(&'static str, u64)]);

/// The parties that speak of the shipment, and nobody else.
const AUTHORS: &[(&str, u64)] = &[("carrier", 1), ("exporter", 1)];
const NEUTRAL: &[(&str, u64)] = &[("chamber", 1), ("port", 1)];

/// Evidence of a ledger with these changes, without those at `withheld`. The shipment's blocks have the heights 1 to 4.
fn without(changes: &[Turn], withheld: &[u64]) -> Change {
    let mut evidence = good(&changed_at(SETS[0], changes));
    evidence.sets.retain(|change| !withheld.contains(&change.header.height));
    Change::Text(String::from_utf8(evidence.to_bytes().unwrap()).unwrap())
}

pub(super) fn lies() -> Vec<Lie> {
    let whole = |name, changes: &[Turn], withheld: &[u64]| Lie {
        change: without(changes, withheld),
        ..lie(name, QUORUM, Vec::new())
    };
    let mut lies = vec![
        whole(
            "changes to the authors and back withheld, as form 1",
            &[(2, AUTHORS), (4, SETS[0])],
            &[2, 4],
        ),
        whole(
            "changes to others and back withheld, as form 1",
            &[(2, NEUTRAL), (4, SETS[0])],
            &[2, 4],
        ),
        whole(
            "changes to the authors and back withheld, before one shown",
            &[(2, AUTHORS), (4, SETS[0]), (5, SETS[1])],
            &[2, 4],
        ),
        whole(
            "changes to the authors and back withheld, after one shown",
            &[(1, SETS[1]), (3, AUTHORS), (4, SETS[1])],
            &[3, 4],
        ),
        whole(
            "changes to the authors and back withheld, between two shown",
            &[(1, SETS[1]), (3, AUTHORS), (4, SETS[1]), (5, SETS[2])],
            &[3, 4],
        ),
    ];
    let last = changed_alliance().ledger.header(4).time;
    lies.push(head_at("a head at the time of the last change", last));
    lies.push(head_at("a head earlier than the last change", last.plus_millis(-1)));
    lies
}

/// The good file with a head of another time, certified.
fn head_at(name: &'static str, time: Time) -> Lie {
    let mut head = changed_alliance().ledger.head().clone();
    head.time = time;
    let signers: Vec<&str> = SETS[2].iter().map(|(name, _)| *name).collect();
    let commit = certificate_of(&head, 0, &signers);
    lie(
        name,
        QUORUM,
        vec![replace("/head", json!(head)), replace("/commit", json!(commit))],
    )
}

pub(super) fn truths() -> Vec<Truth> {
    let whole = |name, changes: &[Turn], withheld: &[u64], not_proved| Truth {
        name,
        change: without(changes, withheld),
        anchor: true,
        not_proved,
    };
    vec![
        whole(
            "the authors alone certified the records, then the first set came back",
            &[(2, AUTHORS), (4, SETS[0])],
            &[],
            OWN_WORD,
        ),
        whole(
            "changes to the authors and back withheld, with no block shown between them",
            &[(5, AUTHORS), (6, SETS[0])],
            &[5, 6],
            PROVED,
        ),
    ]
}
