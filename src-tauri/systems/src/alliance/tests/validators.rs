//! Who validates.

use super::{
    FOUR, Tale, admits, changes, days_pass, decided, describes, in_force, is, kept, proposes, registers, says, tale,
};
use crate::testing::Step;
use serde_json::{Value, json};

fn forms() -> Vec<Tale> {
    let wrong = |body: Value, rule| Step("", "M", "alliance.validators-proposed", body, rule);
    let of = |of: &[(&str, &str, u64)]| changes(of);
    let mut backwards = of(&[("VE", "E", 1), ("WM", "M", 1)]);
    backwards.as_array_mut().unwrap().reverse();
    let nine: Vec<Value> = (0..9)
        .map(|n| json!({"key": crate::testing::key(&format!("n{n}")).public().to_string(), "party": "@E", "weight": 1}))
        .collect();
    vec![tale(
        &FOUR,
        "a proposal has a form, and makes a difference",
        vec![
            wrong(json!({"changes": [], "reason": "r"}), "shared.list-length"),
            wrong(json!({"changes": nine, "reason": "r"}), "shared.list-length"),
            wrong(json!({"changes": backwards, "reason": "r"}), "shared.sorted"),
            wrong(
                json!({"changes": of(&[("VE", "E", 1)]), "reason": ""}),
                "shared.text-length",
            ),
            proposes("", "M", &[("VE", "E", 1_000_001)], "shared.range"),
            proposes("", "M", &[("VE", "E", 0)], "alliance.validator-unknown"),
            proposes("", "M", &[("VC", "E", 2)], "alliance.validator-party"),
            proposes("", "M", &[("VC", "C", 1)], "alliance.change-nothing"),
            proposes("", "M", &[("VE", "E", 1), ("VC", "C", 1)], "alliance.change-nothing"),
            proposes(
                "",
                "M",
                &[("VM", "M", 0), ("VC", "C", 0), ("VB", "B", 0), ("VD", "D", 0)],
                "alliance.set-size",
            ),
            proposes("", "M", &[("VE", "E", 1_000_000)], ""),
        ],
    )]
}

fn quorums() -> Vec<Tale> {
    vec![
        tale(
            &FOUR,
            "more than two thirds change the set at once",
            vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                decided(None),
                says("C", true, "p", ""),
                decided(None),
                says("B", true, "p", ""),
                decided(Some(5)),
                is("alliance:validators", "/proposals", json!([])),
                says("D", true, "p", "alliance.proposal-unknown"),
                registers("E", "alliance.not-a-member"),
                in_force(),
                registers("E", ""),
                admits("E", "S", ""),
            ],
        ),
        tale(
            &[("M", 1), ("C", 1), ("B", 1)],
            "exactly two thirds change nothing",
            vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                says("C", true, "p", ""),
                decided(None),
                says("B", true, "p", ""),
                decided(Some(4)),
            ],
        ),
        tale(
            &[("M", 7), ("C", 2), ("B", 1)],
            "who has more than two thirds decides alone",
            vec![
                proposes("", "C", &[("VE", "E", 1)], ""),
                proposes("", "M", &[("VC", "C", 1), ("VM", "M", 1)], ""),
                decided(Some(3)),
                is("alliance:validators", "/proposals", json!([])),
            ],
        ),
    ]
}

fn refusals() -> Vec<Tale> {
    vec![
        tale(
            &FOUR,
            "the last word on a proposal counts",
            vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                says("M", true, "p", "alliance.vote-unchanged"),
                says("C", true, "p", ""),
                says("C", false, "p", ""),
                says("C", false, "p", "alliance.vote-unchanged"),
                says("B", true, "p", ""),
                decided(None),
                says("C", true, "p", ""),
                decided(Some(5)),
            ],
        ),
        tale(
            &FOUR,
            "a third that says no ends a proposal",
            [
                vec![proposes("p", "M", &[("VE", "E", 1)], ""), says("C", false, "p", "")],
                kept(1),
                vec![
                    says("B", false, "p", ""),
                    says("D", true, "p", "alliance.proposal-unknown"),
                ],
                kept(0),
            ]
            .concat_steps(),
        ),
        tale(
            &FOUR,
            "whoever made a proposal can withdraw it",
            vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                says("C", true, "p", ""),
                says("M", false, "p", ""),
                says("B", true, "p", "alliance.proposal-unknown"),
                proposes("q", "M", &[("VE", "E", 2)], ""),
            ],
        ),
    ]
}

fn terms() -> Vec<Tale> {
    let five = [("M", 1), ("C", 1), ("B", 1), ("D", 1), ("E", 1)];
    vec![
        tale(
            &FOUR,
            "a proposal waits fourteen days and no longer",
            [vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                days_pass(14),
                says("C", true, "p", ""),
                days_pass(1),
                says("B", true, "p", "alliance.proposal-unknown"),
                is("alliance:validators", "/proposals/0/by", json!("@M")),
                proposes("q", "M", &[("VE", "E", 1)], ""),
                is("alliance:validators", "/proposals/1", Value::Null),
                is(
                    "alliance:validators",
                    "/proposals/0/until",
                    json!("2026-03-30T12:00:00.000Z"),
                ),
            ]]
            .concat_steps(),
        ),
        tale(
            &FOUR,
            "of two proposals one passes, and the other, made for the set as it was, is gone",
            [
                vec![
                    proposes("p", "M", &[("VE", "E", 1)], ""),
                    proposes("q", "C", &[("VD", "D", 0)], ""),
                ],
                kept(2),
                vec![
                    says("B", true, "p", ""),
                    says("B", true, "q", ""),
                    says("M", true, "q", ""),
                    decided(Some(3)),
                    says("C", true, "p", "alliance.proposal-unknown"),
                ],
                kept(0),
            ]
            .concat_steps(),
        ),
        tale(
            &five,
            "four proposals wait, one of each operator",
            [
                vec![
                    proposes("p", "M", &[("WM", "M", 1)], ""),
                    proposes("", "M", &[("WM", "M", 2)], "alliance.proposal-open"),
                    proposes("", "C", &[("WM", "M", 2)], ""),
                    proposes("", "B", &[("WM", "M", 3)], ""),
                    proposes("", "D", &[("WM", "M", 4)], ""),
                ],
                kept(4),
                vec![
                    proposes("", "E", &[("WM", "M", 5)], "alliance.proposals-full"),
                    says("M", false, "p", ""),
                    proposes("", "E", &[("WM", "M", 5)], ""),
                ],
                kept(4),
            ]
            .concat_steps(),
        ),
    ]
}

fn waiting() -> Vec<Tale> {
    vec![tale(
        &FOUR,
        "while a set decided on is not in force, nothing is proposed",
        vec![
            proposes("p", "M", &[("VE", "E", 1)], ""),
            says("C", true, "p", ""),
            says("B", true, "p", ""),
            proposes("", "D", &[("VD", "D", 2)], "alliance.change-pending"),
            in_force(),
            proposes("", "D", &[("VD", "D", 2)], ""),
        ],
    )]
}

fn changed_sets() -> Vec<Tale> {
    vec![
        tale(
            &FOUR,
            "a validator gets another key: the old one goes, the new one comes with its weight",
            vec![
                proposes("p", "M", &[("VM", "M", 0), ("WM", "M", 1)], ""),
                says("C", true, "p", ""),
                says("D", true, "p", ""),
                decided(Some(4)),
                in_force(),
                describes("M", ""),
                proposes("q", "C", &[("VM", "M", 0)], "alliance.validator-unknown"),
                proposes("q", "C", &[("WM", "M", 0)], ""),
            ],
        ),
        tale(
            &FOUR,
            "an operator goes: it votes no more, and speaks no more unless it is a member",
            vec![
                proposes("p", "M", &[("VD", "D", 0)], ""),
                says("D", false, "p", ""),
                says("B", true, "p", ""),
                says("C", true, "p", ""),
                decided(Some(3)),
                admits("D", "S", ""),
                in_force(),
                admits("D", "T", "alliance.not-a-member"),
                admits("M", "D", ""),
                admits("C", "D", ""),
                describes("D", ""),
                admits("D", "T", "alliance.operator-only"),
            ],
        ),
        tale(
            &FOUR,
            "the next change starts from the set in force",
            vec![
                proposes("p", "M", &[("VE", "E", 1)], ""),
                says("C", true, "p", ""),
                says("B", true, "p", ""),
                in_force(),
                registers("E", ""),
                proposes("q", "E", &[("VD", "D", 0)], ""),
                says("M", true, "q", ""),
                says("C", true, "q", ""),
                says("B", true, "q", ""),
                decided(Some(4)),
                in_force(),
                describes("E", ""),
                describes("D", "alliance.not-a-member"),
            ],
        ),
    ]
}

trait Steps {
    fn concat_steps(self) -> Vec<Step>;
}

impl<const N: usize> Steps for [Vec<Step>; N] {
    fn concat_steps(self) -> Vec<Step> {
        self.into_iter().flatten().collect()
    }
}

pub(super) fn stories() -> Vec<Tale> {
    [forms(), quorums(), refusals(), terms(), waiting(), changed_sets()]
        .into_iter()
        .flatten()
        .collect()
}
