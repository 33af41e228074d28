//! Keys that live: roots are replaced, stolen keys marked, firms recover by their printed kit.

use super::{grant, with};
use crate::State;
use crate::parties::state::PartyState;
use crate::testing::{Step, Story, World, key, party, tell_in};
use ledger::{Kind, Time};
use serde_json::{Value, json};

fn replaces(who: &'static str, new: &str, rule: &'static str) -> Step {
    let body = json!({"key": format!("@{new}"), "reason": "planned"});
    Step("", who, "parties.root-replaced", body, rule)
}

fn names_kit(who: &'static str, kit: &str, rule: &'static str) -> Step {
    let body = json!({"key": format!("@{kit}")});
    Step("", who, "parties.recovery-named", body, rule)
}

fn grants(who: &'static str, clerk: &str, rule: &'static str) -> Step {
    Step("", who, "parties.mandate-granted", grant(clerk, json!(["*"])), rule)
}

fn revokes(who: &'static str, clerk: &str, rule: &'static str) -> Step {
    let body = json!({"key": format!("@{clerk}"), "reason": "left"});
    Step("", who, "parties.mandate-revoked", body, rule)
}

fn describes(who: &'static str, rule: &'static str) -> Step {
    Step("", who, "parties.updated", with("country", json!("CN")), rule)
}

fn same_block() -> Step {
    Step("", "", "same-block", Value::Null, "")
}

fn days_pass(days: i64) -> Step {
    Step("", "", "days-pass", json!(days), "")
}

fn is(at: &str, is: Value) -> Step {
    Step("", "", "is", json!({"of": "party:@M:self", "at": at, "is": is}), "")
}

fn rotation() -> Vec<Story> {
    let product = || json!({"number": "P", "name": {"en": "Cover"}, "unit": "H87"});
    let defines = |who, rule| Step("", who, "supply-chain.product-defined", product(), rule);
    vec![
        Story(
            "another key is root from the next block on, and the firm is who it was",
            vec![
                replaces("M", "R", ""),
                describes("M", "shared.mandate"),
                describes("M/R", ""),
                grants("M/R", "K", ""),
                is("/keys/0/key", json!("@M")),
                is("/keys/0/revoked", json!(4)),
                is("/keys/1/key", json!("@R")),
                is("/keys/1/from", json!(4)),
                is("/keys/1/holder", Value::Null),
                is("/keys/1/kinds", json!(["*"])),
            ],
        ),
        Story(
            "the old root key counts to the end of the block, but decides no more who may speak",
            vec![
                replaces("M", "R", ""),
                same_block(),
                describes("M", ""),
                same_block(),
                grants("M", "K", "parties.root-only"),
                same_block(),
                replaces("M", "T", "parties.root-only"),
                describes("M", "shared.mandate"),
            ],
        ),
        Story(
            "the new root key waits for the next block",
            vec![
                replaces("M", "R", ""),
                same_block(),
                describes("M/R", "shared.mandate"),
                describes("M/R", ""),
            ],
        ),
        Story(
            "what the old root key said stands, and the new one goes on from there",
            vec![
                defines("M", ""),
                replaces("M", "R", ""),
                defines("M/R", "shared.already-exists"),
                Step(
                    "",
                    "",
                    "is",
                    json!({"of": "product:@M:P", "at": "/name/en", "is": "Cover"}),
                    "",
                ),
            ],
        ),
    ]
}

fn heirs() -> Vec<Story> {
    vec![
        Story(
            "mandates of clerks outlive the root key that gave them",
            vec![
                grants("M", "K", ""),
                replaces("M", "R", ""),
                describes("M/K", ""),
                revokes("M", "K", "shared.mandate"),
                revokes("M/R", "K", ""),
                describes("M/K", "shared.mandate"),
            ],
        ),
        Story(
            "the root key that stands is replaced, not revoked",
            vec![
                replaces("M", "R", ""),
                revokes("M/R", "R", "parties.root-stays"),
                revokes("M/R", "M", "parties.key-unknown"),
            ],
        ),
        Story(
            "root keys and kits are keys of their own",
            vec![
                grants("M", "K", ""),
                replaces("M", "K", "parties.key-used"),
                replaces("M", "M", "parties.key-used"),
                names_kit("M", "K", "parties.key-used"),
                names_kit("M", "E", ""),
                replaces("M", "E", "parties.key-used"),
                replaces("M", "R", ""),
                replaces("M/R", "M", "parties.key-used"),
                grants("M/R", "M", "parties.key-used"),
                names_kit("M/R", "D", ""),
                grants("M/R", "E", "parties.key-used"),
                grants("M/R", "D", "parties.key-known"),
            ],
        ),
    ]
}

fn theft() -> Vec<Story> {
    let stolen = json!({"key": "@R", "reason": "stolen", "suspected_since": "2026-02-20T00:00:00.000Z"});
    vec![
        Story(
            "a theft is noted with its date and unmakes nothing",
            vec![
                describes("M", ""),
                Step("", "M", "parties.root-replaced", stolen.clone(), ""),
                is("/keys/0/suspected_since", json!("2026-02-20T00:00:00.000Z")),
                is("/keys/1/suspected_since", Value::Null),
                is("/country", json!("CN")),
            ],
        ),
        Story(
            "of two that replace the root key in one block the first decides: the owner's kit",
            vec![
                names_kit("M", "E", ""),
                replaces("M/E", "R", ""),
                same_block(),
                replaces("M", "T", "parties.root-only"),
                describes("M/R", ""),
            ],
        ),
        Story(
            "the kit outdoes a thief who was first, and the thief's key never speaks",
            vec![
                names_kit("M", "E", ""),
                replaces("M", "T", ""),
                same_block(),
                replaces("M/E", "R", ""),
                describes("M/T", "shared.mandate"),
                describes("M/R", ""),
            ],
        ),
        Story(
            "a clerk replaces no root key and names no kit, whatever it may sign",
            vec![
                Step(
                    "",
                    "M",
                    "parties.mandate-granted",
                    grant("K", json!(["parties.root-replaced"])),
                    "",
                ),
                grants("M", "S", ""),
                replaces("M/K", "R", "parties.root-only"),
                replaces("M/S", "R", "parties.root-only"),
                names_kit("M/S", "E", "parties.root-only"),
            ],
        ),
    ]
}

fn recovery() -> Vec<Story> {
    vec![
        Story(
            "who lost the root key recovers by the kit, and clerks work on meanwhile",
            vec![
                names_kit("M", "E", ""),
                is("/keys/1/holder", json!("kit")),
                is("/keys/1/kinds", json!(["parties.root-replaced"])),
                grants("M", "K", ""),
                describes("M/K", ""),
                replaces("M/E", "R", ""),
                describes("M", "shared.mandate"),
                describes("M/R", ""),
                describes("M/K", ""),
            ],
        ),
        Story(
            "a kit says nothing else",
            vec![
                names_kit("M", "E", ""),
                same_block(),
                replaces("M/E", "R", "shared.mandate"),
                describes("M", ""),
                describes("M/E", "shared.mandate"),
                grants("M/E", "K", "shared.mandate"),
                revokes("M/E", "E", "shared.mandate"),
                names_kit("M/E", "D", "shared.mandate"),
            ],
        ),
        Story(
            "a kit is good as often as it is needed",
            vec![
                names_kit("M", "E", ""),
                replaces("M/E", "R", ""),
                replaces("M/E", "T", ""),
                describes("M/R", "shared.mandate"),
                describes("M/T", ""),
                is("/keys/1/revoked", Value::Null),
            ],
        ),
        Story(
            "another kit takes the place of the first",
            vec![
                names_kit("M", "E", ""),
                names_kit("M", "D", ""),
                replaces("M/E", "R", "shared.mandate"),
                replaces("M/D", "R", ""),
                describes("M/R", ""),
            ],
        ),
    ]
}

fn kits() -> Vec<Story> {
    let mut kit = grant("E", json!(["parties.root-replaced"]));
    kit["holder"] = json!("kit");
    vec![
        Story(
            "the new root key names the next kit",
            vec![
                names_kit("M", "E", ""),
                replaces("M/E", "R", ""),
                names_kit("M", "D", "shared.mandate"),
                names_kit("M/R", "D", ""),
                replaces("M/E", "T", "shared.mandate"),
                replaces("M/D", "T", ""),
            ],
        ),
        Story(
            "a lost kit is revoked; it is not granted like a clerk's key",
            vec![
                names_kit("M", "E", ""),
                revokes("M", "E", ""),
                replaces("M/E", "R", "shared.mandate"),
                Step("", "M", "parties.mandate-granted", kit, "parties.kit-apart"),
            ],
        ),
    ]
}

fn ends() -> Vec<Story> {
    let mut until = grant("K", json!(["*"]));
    until["until"] = json!("2026-03-31T12:00:00.000Z");
    vec![
        Story(
            "a clerk's mandate ends, the root key does not",
            vec![
                Step("", "M", "parties.mandate-granted", until.clone(), ""),
                days_pass(30),
                describes("M/K", ""),
                days_pass(1),
                describes("M/K", "shared.mandate"),
                describes("M", ""),
                days_pass(3_650),
                names_kit("M", "E", ""),
                days_pass(3_650),
                replaces("M/E", "R", ""),
                describes("M/R", ""),
            ],
        ),
        Story(
            "an ended mandate is granted anew",
            vec![
                Step("", "M", "parties.mandate-granted", until, ""),
                grants("M", "K", "parties.key-known"),
                days_pass(31),
                grants("M", "K", ""),
                describes("M/K", ""),
            ],
        ),
        Story(
            "a revoked clerk counts to the end of the block",
            vec![
                grants("M", "K", ""),
                describes("M/K", ""),
                revokes("M", "K", ""),
                same_block(),
                describes("M/K", ""),
                describes("M/K", "shared.mandate"),
            ],
        ),
    ]
}

/// However many clerks a firm has had, its root key can be replaced; and a state holds no more than it can.
fn full() -> Story {
    let mut steps = Vec::new();
    let kinds = [
        "logistics.exception-resolved",
        "logistics.handover-accepted",
        "supply-chain.product-defined",
    ];
    for i in 0..40 {
        let clerk = key(&format!("k{i}")).public().to_string();
        let body = json!({"key": clerk, "label": "\"".repeat(60), "holder": "clerk", "kinds": kinds});
        let rule = if i < 20 { "" } else { "parties.mandates-full" };
        steps.push(Step("", "M", "parties.mandate-granted", body, rule));
    }
    for (kit, rule) in [
        ("k40", ""),
        ("k41", ""),
        ("k42", ""),
        ("k43", ""),
        ("k44", "parties.mandates-full"),
    ] {
        let body = json!({"key": key(kit).public().to_string()});
        steps.push(Step("", "M", "parties.recovery-named", body, rule));
    }
    steps.push(replaces("M", "R", ""));
    steps.push(replaces("M/R", "T", ""));
    steps.push(replaces("M/k43", "S", ""));
    steps.push(replaces("M/S", "E", ""));
    steps.push(replaces("M/E", "D", "parties.mandates-full"));
    let long = "\u{1F600}".repeat(200);
    let body = with("name", json!({"en": long, "zh": long, "de": long}));
    steps.push(Step("", "M/E", "parties.updated", body, ""));
    Story("a root key can be replaced however many clerks there are", steps)
}

pub(super) fn stories() -> Vec<Story> {
    let mut stories = [rotation(), heirs(), theft(), recovery(), kits(), ends()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    stories.push(full());
    stories
}

fn m(world: &World) -> &PartyState {
    match world.state("party:@M:self") {
        State::Party(party) => party,
        other => panic!("{other:?}"),
    }
}

fn told(steps: Vec<Step>) -> World {
    tell_in(World::with(&["M"]), Story("keys", steps))
}

#[test]
fn a_key_that_was_root_still_vouches_for_what_it_signed_then() {
    let world = told(vec![describes("M", ""), replaces("M", "R", ""), describes("M/R", "")]);
    let kind: Kind = "parties.updated.1".parse().unwrap();
    let holds = |name: &str, height| m(&world).mandates(&party("M"), &key(name).public(), &kind, height, World::now());
    // Registered at 1, described at 2, replaced at 3.
    assert_eq!([1, 2, 3, 4].map(|height| holds("M", height)), [true, true, true, false]);
    assert_eq!(
        [2, 3, 4, 5].map(|height| holds("R", height)),
        [false, false, true, true]
    );
    assert_eq!(m(&world).root_key(), Some(&key("R").public()));
    assert_eq!(m(&world).kit_key(), None);
}

#[test]
fn the_verifier_reads_the_same_mandates_from_the_state() {
    let world = told(vec![
        names_kit("M", "E", ""),
        replaces("M/E", "R", ""),
        describes("M/R", ""),
    ]);
    let state = serde_json::to_value(world.state("party:@M:self")).unwrap();
    for name in ["M", "E", "R"] {
        for kind in ["parties.updated.1", "parties.root-replaced.1", "logistics.departed.1"] {
            let kind: Kind = kind.parse().unwrap();
            for height in 1..6 {
                let (us, signer, now) = (party("M"), key(name).public(), World::now());
                assert_eq!(
                    m(&world).mandates(&us, &signer, &kind, height, now),
                    ledger::mandate::holds(&state, &signer, &us, &kind, height, now),
                    "{name} {kind} {height}"
                );
            }
        }
    }
}

#[test]
fn records_are_suspect_from_the_date_of_the_theft() {
    let stolen = json!({"key": "@R", "reason": "stolen", "suspected_since": "2026-02-20T00:00:00.000Z"});
    let world = told(vec![Step("", "M", "parties.root-replaced", stolen, "")]);
    let (before, since): (Time, Time) = (
        "2026-02-19T23:59:59.999Z".parse().unwrap(),
        "2026-02-20T00:00:00.000Z".parse().unwrap(),
    );
    let suspected = |name: &str, height, time| m(&world).suspected(&key(name).public(), height, time);
    assert!(!suspected("M", 2, before));
    assert!(suspected("M", 2, since));
    assert!(
        !suspected("M", 3, since),
        "revoked at 2: nothing of it is in a later block"
    );
    assert!(!suspected("R", 3, since));
    let told: Vec<_> = world
        .told
        .iter()
        .map(|(record, payload, height)| crate::Told {
            record,
            payload,
            height: *height,
            time: World::now(),
        })
        .collect();
    let subject = world.subject("party:@M:self");
    let view = crate::view::party(&subject, &world.entries[&subject], &told).unwrap();
    assert_eq!(
        view.mandates[0].suspected_since.as_deref(),
        Some("2026-02-20T00:00:00.000Z")
    );
}

#[test]
fn mandates_that_end_soon_are_known_and_the_root_is_never_among_them() {
    let until = |clerk: &str, day: &str| {
        let mut body = grant(clerk, json!(["*"]));
        body["until"] = json!(format!("2026-03-{day}T12:00:00.000Z"));
        Step("", "M", "parties.mandate-granted", body, "")
    };
    let world = told(vec![
        until("K", "31"),
        until("S", "08"),
        until("T", "09"),
        names_kit("M", "E", ""),
        revokes("M", "T", ""),
    ]);
    let expiring = |time: Time, days| -> Vec<_> {
        let ending = m(&world).expiring(time, days);
        ending.into_iter().map(|mandate| mandate.key).collect()
    };
    let [k, s] = ["K", "S"].map(|name| key(name).public());
    assert_eq!(expiring(World::now(), 6), []);
    assert_eq!(expiring(World::now(), 7), [s]);
    assert_eq!(expiring(World::now(), 3_650), [s, k]);
    assert_eq!(expiring(World::now().plus_millis(8 * 24 * 60 * 60 * 1000), 3_650), [k]);
}
