//! The states stay within their 16 KiB (`World::say` measures each), and the views say what the states do.

use super::{FOUR, admits, proposes, registers, says};
use crate::alliance::rules::{PROPOSALS, VALIDATORS};
use crate::alliance::state::{MemberStanding, ValidatorsState, decided};
use crate::alliance::view;
use crate::testing::{Story, World, key, party, profile, tell_in};
use crate::{State, Told};
use serde_json::{Value, json};

/// Operators `O00` …, each with so many validators, 40 in all.
fn firms(firms: usize) -> World {
    let names: Vec<String> = (0..VALIDATORS).map(|n| format!("O{:02}", n % firms)).collect();
    let mut world = World::governed(&[("M", 1)]);
    let validators = names
        .iter()
        .enumerate()
        .map(|(n, name)| ledger::Validator {
            key: key(&format!("V{n:02}")).public(),
            party: party(name),
            weight: 1_000_000,
        })
        .collect();
    world.alliance.validators = ledger::ValidatorSet::new(validators).unwrap();
    for name in &names[..firms] {
        let body = json!({"profile": profile("O")});
        world.say("", name, "parties.registered", body).unwrap();
    }
    world
}

/// As long as it can be: eight validators with another weight, or of these some out of the set and others into it.
fn eight(weight: u64, firms: usize) -> Value {
    let mut changes: Vec<(ledger::PublicKey, Value)> = (0..8)
        .map(|n| {
            let vote_key = key(&format!("V{n:02}")).public();
            let operator = party(&format!("O{:02}", n % firms)).to_string();
            (
                vote_key,
                json!({"key": vote_key.to_string(), "party": operator, "weight": weight}),
            )
        })
        .collect();
    changes.sort_by_key(|(vote_key, _)| *vote_key);
    let changes: Vec<Value> = changes.into_iter().map(|(_, change)| change).collect();
    json!({"changes": changes, "reason": "r".repeat(200)})
}

fn bytes(world: &World) -> usize {
    world.state("alliance:validators").to_canonical().len()
}

fn open(world: &World) -> usize {
    match world.state("alliance:validators") {
        State::Validators(validators) => validators.proposals.len(),
        other => panic!("{other:?}"),
    }
}

/// A set was decided on, so it stands in the state; then as many proposals are open as fit, and everybody has voted.
fn filled(count: usize) -> World {
    let mut world = firms(count);
    let name = |n: usize| format!("O{n:02}");
    let body = eight(999_999, count);
    world
        .say("set", &name(0), "alliance.validators-proposed", body)
        .unwrap();
    for n in 1..count {
        let body = json!({"proposal": "#set", "approve": true});
        drop(world.say("", &name(n), "alliance.validators-voted", body));
    }
    world.alliance.validators = decided(world.state("alliance:validators")).unwrap();
    for n in 0..=PROPOSALS {
        let weight = 999_998 - u64::try_from(n).unwrap();
        let body = eight(weight, count);
        drop(world.say(&format!("p{n}"), &name(n), "alliance.validators-proposed", body));
    }
    let labels: Vec<String> = (0..=PROPOSALS).map(|n| format!("p{n}")).collect();
    let made: Vec<&String> = labels
        .iter()
        .filter(|label| world.labels.contains_key(*label))
        .collect();
    for label in made {
        // Not more than two thirds for it and less than a third against it, so that it stays open.
        let (mut yes, mut no) = (0, 0);
        for n in 0..count {
            let weight = (0..VALIDATORS).filter(|validator| validator % count == n).count();
            let approve = (yes + weight) * 3 <= VALIDATORS * 2;
            if !approve && (no + weight) * 3 >= VALIDATORS {
                continue;
            }
            *(if approve { &mut yes } else { &mut no }) += weight;
            let body = json!({"proposal": format!("#{label}"), "approve": approve});
            drop(world.say("", &name(n), "alliance.validators-voted", body));
        }
    }
    world
}

#[test]
fn forty_validators_of_fourteen_firms_have_room_for_four_full_proposals() {
    let world = filled(14);
    assert_eq!(open(&world), PROPOSALS);
    assert!(world.rules_seen.contains("alliance.proposals-full"));
    assert!(bytes(&world) > 13_000, "{} bytes", bytes(&world));
}

#[test]
fn forty_validators_of_forty_firms_have_room_for_two() {
    let world = filled(40);
    assert_eq!(open(&world), 2);
    assert!(world.rules_seen.contains("alliance.proposals-full"));
    assert!(bytes(&world) > 13_000, "{} bytes", bytes(&world));
}

#[test]
fn a_set_has_forty_validators_and_no_more() {
    let mut world = firms(40);
    let another =
        |n: usize| json!({"key": key(&format!("N{n}")).public().to_string(), "party": party("E"), "weight": 1});
    let gone = json!({"key": key("V00").public().to_string(), "party": party("O00"), "weight": 0});
    let mut body = json!({"changes": [another(0)], "reason": "r"});
    let refused = world.say("", "O00", "alliance.validators-proposed", body.clone());
    assert_eq!(refused.unwrap_err().rule, "alliance.set-size");
    let mut swap = [another(0), gone];
    swap.sort_by_key(|change| change["key"].as_str().unwrap().to_owned());
    body["changes"] = json!(swap);
    world.say("", "O00", "alliance.validators-proposed", body).unwrap();
}

#[test]
fn every_firm_may_vote_on_a_member() {
    let mut world = firms(40);
    for n in 0..13 {
        let body = json!({"party": party("S"), "standing": "admitted", "reason": "r"});
        world
            .say("", &format!("O{n:02}"), "alliance.member-voted", body)
            .unwrap();
    }
    for n in 13..39 {
        let body = json!({"party": party("S"), "standing": "suspended", "reason": "r"});
        world
            .say("", &format!("O{n:02}"), "alliance.member-voted", body)
            .unwrap();
    }
    let State::Member(member) = world.state("alliance:member/^S") else {
        panic!("no member");
    };
    assert_eq!((member.votes.len(), member.standing), (39, MemberStanding::Proposed));
}

fn told(world: &World) -> Vec<Told<'_>> {
    world
        .told
        .iter()
        .map(|(record, payload, height)| Told {
            record,
            payload,
            height: *height,
            time: World::now(),
        })
        .collect()
}

#[test]
fn views_say_who_wants_what_and_what_is_missing() {
    let steps = vec![
        admits("M", "S", ""),
        proposes("p", "M", &[("VE", "E", 3)], ""),
        says("C", true, "p", ""),
        says("B", false, "p", ""),
    ];
    let world = tell_in(World::governed(&FOUR), Story("views", steps));
    let subject = world.subject("alliance:member/^S");
    let member = view::member(&subject, &world.entries[&subject], &told(&world)).unwrap();
    assert_eq!(member.party, party("S").to_string());
    assert_eq!(member.standing, MemberStanding::Proposed);
    assert_eq!(member.votes[0].party, party("M").to_string());
    assert_eq!(member.votes[0].reason, "r");
    let State::Validators(state) = world.state("alliance:validators") else {
        panic!("no validators");
    };
    let in_force = &world.alliance.validators;
    let seen = view::validators(in_force, Some(state), &told(&world), World::now());
    assert_eq!((seen.in_force.len(), seen.pending, seen.proposals.len()), (4, None, 1));
    let proposal = &seen.proposals[0];
    assert_eq!((proposal.yes_weight, proposal.no_weight, proposal.weight), (2, 1, 4));
    assert_eq!((proposal.reason.as_str(), proposal.changes[0].weight), ("r", 3));
    let late = World::now().plus_millis(15 * 24 * 60 * 60 * 1000);
    assert!(view::validators(in_force, Some(state), &[], late).proposals.is_empty());
    let lookup = |subject: &ledger::Subject| world.entries.get(subject).map(|entry| entry.state.clone());
    let row = crate::view::row(&subject, &world.entries[&subject], told(&world)[4].record, &lookup);
    assert_eq!((row.r#type.as_str(), row.status.as_str()), ("alliance", "proposed"));
    assert_eq!(row.number, party("S").to_string());
}

#[test]
fn a_member_is_named_as_its_party() {
    let steps = vec![admits("M", "S", ""), admits("C", "S", ""), registers("S", "")];
    let world = tell_in(World::governed(&FOUR), Story("names", steps));
    let subject = world.subject("alliance:member/^S");
    let lookup = |subject: &ledger::Subject| world.entries.get(subject).map(|entry| entry.state.clone());
    let row = crate::view::row(&subject, &world.entries[&subject], told(&world)[4].record, &lookup);
    assert_eq!((row.name.en.as_deref(), row.status.as_str()), (Some("S"), "admitted"));
}

#[test]
fn what_is_decided_is_what_a_node_names_next() {
    let nothing = State::Validators(ValidatorsState::default());
    assert_eq!(decided(&nothing), None);
    assert_eq!(
        decided(&State::Member(crate::alliance::state::MemberState::default())),
        None
    );
    let steps = vec![
        proposes("p", "M", &[("VM", "M", 0), ("WM", "M", 1)], ""),
        says("C", true, "p", ""),
        says("B", true, "p", ""),
    ];
    let world = tell_in(World::governed(&FOUR), Story("decided", steps));
    let set = decided(world.state("alliance:validators")).unwrap();
    assert!(set.get(&key("VM").public()).is_none());
    assert_eq!(set.get(&key("WM").public()).unwrap().party, party("M"));
    assert_eq!(set.weight(), 4);
    let State::Validators(state) = world.state("alliance:validators") else {
        panic!("no validators");
    };
    assert!(state.is_pending(&world.alliance.validators));
    assert!(!state.is_pending(&set));
    let seen = view::validators(&world.alliance.validators, Some(state), &[], World::now());
    assert_eq!(seen.pending.map(|pending| pending.len()), Some(4));
}
