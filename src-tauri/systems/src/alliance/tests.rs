//! What is promised of the alliance.

mod members;
mod model;
mod offences;
mod room;
mod validators;

use crate::testing::{Step, Story, World, key, profile, tell_in};
use serde_json::{Value, json};

/// A story and the alliance it is told in.
pub(crate) type Tale = (World, Story);

/// Four firms with one validator each, all of one weight.
const FOUR: [(&str, u64); 4] = [("M", 1), ("C", 1), ("B", 1), ("D", 1)];

fn tale(operators: &[(&str, u64)], promise: &'static str, steps: Vec<Step>) -> Tale {
    (World::governed(operators), Story(promise, steps))
}

/// The state of `of` has at `at` the value `is`.
fn is(of: &str, at: &str, is: Value) -> Step {
    Step("", "", "is", json!({"of": of, "at": at, "is": is}), "")
}

fn registers(who: &'static str, rule: &'static str) -> Step {
    Step("", who, "parties.registered", json!({"profile": profile(who)}), rule)
}

fn describes(who: &'static str, rule: &'static str) -> Step {
    Step("", who, "parties.updated", json!({"profile": profile(who)}), rule)
}

fn admits(who: &'static str, whom: &str, rule: &'static str) -> Step {
    judged(who, whom, "admitted", rule)
}

fn suspends(who: &'static str, whom: &str, rule: &'static str) -> Step {
    judged(who, whom, "suspended", rule)
}

fn judged(who: &'static str, whom: &str, standing: &str, rule: &'static str) -> Step {
    let body = json!({"party": format!("@{whom}"), "standing": standing, "reason": "r"});
    Step("", who, "alliance.member-voted", body, rule)
}

/// `whom` stands so.
fn stands(whom: &str, standing: &str) -> Step {
    is(&format!("alliance:member/^{whom}"), "/standing", json!(standing))
}

/// The changes, sorted by key: vote key, party, weight.
fn changes(of: &[(&str, &str, u64)]) -> Value {
    let mut sorted = of.to_vec();
    sorted.sort_by_key(|(vote_key, ..)| key(vote_key).public());
    sorted
        .into_iter()
        .map(|(vote_key, party, weight)| json!({"key": format!("@{vote_key}"), "party": format!("@{party}"), "weight": weight}))
        .collect()
}

fn proposes(label: &'static str, who: &'static str, of: &[(&str, &str, u64)], rule: &'static str) -> Step {
    let body = json!({"changes": changes(of), "reason": "r"});
    Step(label, who, "alliance.validators-proposed", body, rule)
}

fn says(who: &'static str, approve: bool, proposal: &str, rule: &'static str) -> Step {
    let body = json!({"proposal": format!("#{proposal}"), "approve": approve});
    Step("", who, "alliance.validators-voted", body, rule)
}

/// So many validators were decided on; none: the genesis set stands.
fn decided(size: Option<usize>) -> Step {
    match size {
        None => is("alliance:validators", "/set", Value::Null),
        Some(size) => is("alliance:validators", &format!("/set/{}/weight", size - 1), json!(1)),
    }
}

/// So many proposals are kept.
fn kept(proposals: usize) -> Vec<Step> {
    let at = |n: usize| format!("/proposals/{n}/links");
    let last = match proposals {
        0 => is("alliance:validators", "/proposals", json!([])),
        some => is(
            "alliance:validators",
            &format!("/proposals/{}/until", some - 1),
            json!("2026-03-15T12:00:00.000Z"),
        ),
    };
    vec![last, is("alliance:validators", &at(proposals), Value::Null)]
}

fn in_force() -> Step {
    Step("", "", "in-force", Value::Null, "")
}

fn days_pass(days: i64) -> Step {
    Step("", "", "days-pass", json!(days), "")
}

pub(crate) fn stories() -> Vec<Tale> {
    let mut stories = members::stories();
    stories.extend(validators::stories());
    stories.extend(offences::stories());
    stories
}

#[test]
fn stories_end_as_they_should() {
    assert!(stories().len() >= 25);
    for (world, story) in stories() {
        drop(tell_in(world, story));
    }
}
