//! Who belongs.

use super::{FOUR, Tale, admits, decided, describes, in_force, is, proposes, registers, says, stands, suspends, tale};
use crate::testing::{Step, Story, World};
use serde_json::json;

/// Members come.
fn admission() -> Vec<Tale> {
    vec![
        tale(
            &FOUR,
            "a stranger is refused until more than a third have admitted it",
            vec![
                registers("S", "alliance.not-a-member"),
                admits("M", "S", ""),
                stands("S", "proposed"),
                registers("S", "alliance.not-a-member"),
                admits("M", "S", "alliance.vote-unchanged"),
                admits("C", "S", ""),
                stands("S", "admitted"),
                is("alliance:member/^S", "/votes", json!([])),
                registers("S", ""),
                describes("S", ""),
                admits("B", "S", "alliance.vote-unchanged"),
            ],
        ),
        tale(
            &[("M", 1), ("C", 1), ("B", 1)],
            "exactly a third admits nobody",
            vec![
                admits("M", "S", ""),
                stands("S", "proposed"),
                admits("C", "S", ""),
                stands("S", "admitted"),
            ],
        ),
        tale(
            &[("M", 5), ("C", 4), ("B", 3)],
            "weights count, not heads",
            vec![
                admits("C", "S", ""),
                stands("S", "proposed"),
                admits("M", "T", ""),
                stands("T", "admitted"),
            ],
        ),
    ]
}

/// Whose votes count, and which.
fn votes() -> Vec<Tale> {
    vec![
        tale(
            &[("M", 1), ("M", 1), ("C", 1), ("B", 1), ("D", 1)],
            "an operator speaks with all its validators",
            vec![
                admits("C", "T", ""),
                stands("T", "proposed"),
                admits("M", "S", ""),
                stands("S", "admitted"),
            ],
        ),
        tale(
            &FOUR,
            "the last word of an operator counts",
            vec![
                admits("M", "S", ""),
                suspends("M", "S", ""),
                is("alliance:member/^S", "/votes/0/standing", json!("suspended")),
                is("alliance:member/^S", "/votes/1", json!(null)),
                admits("C", "S", ""),
                stands("S", "proposed"),
                admits("M", "S", ""),
                stands("S", "admitted"),
            ],
        ),
        tale(
            &FOUR,
            "only operators vote",
            vec![
                admits("M", "S", ""),
                admits("C", "S", ""),
                registers("S", ""),
                admits("S", "T", "alliance.operator-only"),
                suspends("S", "M", "alliance.operator-only"),
                proposes("", "S", &[("VE", "S", 1)], "alliance.operator-only"),
                proposes("p", "M", &[("VE", "E", 1)], ""),
                says("S", true, "p", "alliance.operator-only"),
            ],
        ),
    ]
}

/// Members go, and come back.
fn suspension() -> Vec<Tale> {
    vec![
        tale(
            &[("M", 1), ("C", 1), ("B", 1)],
            "exactly two thirds suspend nobody",
            vec![
                admits("M", "S", ""),
                admits("C", "S", ""),
                registers("S", ""),
                suspends("M", "S", ""),
                suspends("C", "S", ""),
                stands("S", "admitted"),
                describes("S", ""),
                suspends("B", "S", ""),
                stands("S", "suspended"),
                describes("S", "alliance.suspended"),
            ],
        ),
        tale(
            &[("M", 4), ("C", 4), ("B", 2), ("D", 2)],
            "thirds are of the weight",
            vec![
                admits("M", "S", ""),
                stands("S", "proposed"),
                admits("D", "S", ""),
                stands("S", "admitted"),
                suspends("M", "S", ""),
                suspends("C", "S", ""),
                stands("S", "admitted"),
                suspends("D", "S", ""),
                stands("S", "suspended"),
            ],
        ),
        tale(
            &FOUR,
            "a suspended member is refused, and admitted again by more than a third",
            vec![
                admits("M", "S", ""),
                admits("C", "S", ""),
                registers("S", ""),
                suspends("M", "S", ""),
                suspends("C", "S", ""),
                suspends("B", "S", ""),
                describes("S", "alliance.suspended"),
                suspends("D", "S", "alliance.vote-unchanged"),
                admits("B", "S", ""),
                describes("S", "alliance.suspended"),
                admits("D", "S", ""),
                stands("S", "admitted"),
                describes("S", ""),
            ],
        ),
    ]
}

/// What operators still may, and no longer may.
fn operators() -> Vec<Tale> {
    vec![
        tale(
            &FOUR,
            "a vote can be taken back",
            vec![
                admits("M", "S", ""),
                admits("C", "S", ""),
                suspends("M", "S", ""),
                suspends("C", "S", ""),
                admits("M", "S", ""),
                is("alliance:member/^S", "/votes/1", json!(null)),
                suspends("B", "S", ""),
                stands("S", "admitted"),
                suspends("M", "S", ""),
                stands("S", "suspended"),
            ],
        ),
        tale(
            &FOUR,
            "an operator speaks and votes even when suspended",
            vec![
                suspends("M", "D", ""),
                suspends("C", "D", ""),
                suspends("B", "D", ""),
                stands("D", "suspended"),
                describes("D", ""),
                admits("D", "S", ""),
                proposes("p", "D", &[("VE", "E", 1)], ""),
                says("M", true, "p", ""),
            ],
        ),
        tale(
            &FOUR,
            "votes of who runs no validator any more count nothing",
            vec![
                admits("M", "S", ""),
                proposes("p", "C", &[("VM", "M", 0)], ""),
                says("B", true, "p", ""),
                says("D", true, "p", ""),
                in_force(),
                describes("M", "alliance.not-a-member"),
                admits("C", "S", ""),
                stands("S", "proposed"),
                is("alliance:member/^S", "/votes/1", json!(null)),
                admits("B", "S", ""),
                stands("S", "admitted"),
            ],
        ),
    ]
}

/// From the ledger of one firm to one that several keep.
fn founding() -> Vec<Tale> {
    let solo = |promise, steps| (World::with(&["M", "B"]), Story(promise, steps));
    vec![
        solo(
            "on the ledger of one firm everybody speaks",
            vec![
                registers("S", ""),
                describes("B", ""),
                admits("B", "S", "alliance.operator-only"),
                // Its own vote is all the weight there is.
                suspends("M", "B", ""),
                describes("B", ""),
            ],
        ),
        solo(
            "a ledger of one firm becomes one of several by the vote of its founder, and then asks who belongs",
            vec![
                proposes("p", "M", &[("VC", "C", 1), ("VD", "D", 1)], ""),
                decided(Some(3)),
                describes("M", ""),
                describes("B", "alliance.not-a-member"),
                registers("C", "alliance.not-a-member"),
                in_force(),
                registers("C", ""),
                registers("S", "alliance.not-a-member"),
                admits("M", "B", ""),
                describes("B", "alliance.not-a-member"),
                admits("C", "B", ""),
                describes("B", ""),
            ],
        ),
        tale(
            &FOUR,
            "what is asked is who speaks, before anything else",
            vec![
                Step(
                    "",
                    "S",
                    "parties.updated",
                    json!({"profile": crate::testing::profile("S")}),
                    "alliance.not-a-member",
                ),
                Step(
                    "",
                    "M/K",
                    "parties.updated",
                    json!({"profile": crate::testing::profile("M")}),
                    "shared.mandate",
                ),
            ],
        ),
    ]
}

pub(super) fn stories() -> Vec<Tale> {
    [admission(), votes(), suspension(), operators(), founding()]
        .into_iter()
        .flatten()
        .collect()
}
