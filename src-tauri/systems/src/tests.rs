//! What is promised of all rooms together.

use crate::testing::{Step, World, party, tell, tell_in};
use crate::{Payload, rules};
use ledger::{Kind, Record};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_kind_is_a_kind_and_payloads_are_written_as_the_protocol_says() {
    let parsed: BTreeSet<Kind> = crate::KINDS.iter().map(|kind| kind.parse().unwrap()).collect();
    assert_eq!(parsed.len(), 35);
    let text = json!({"kind": "parties.mandate-revoked.1", "body": {"key": party("K"), "reason": "lost"}});
    let payload: Payload = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(serde_json::to_value(&payload).unwrap(), text);
    assert_eq!(payload.kind().as_str(), "parties.mandate-revoked.1");
    assert_eq!(
        Payload::parse(&payload.kind(), &payload.body().to_string()).unwrap(),
        payload
    );
}

#[test]
fn rule_codes_are_said_once_and_fully() {
    let codes: Vec<&str> = rules().map(|rule| rule.code).collect();
    let unique: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(codes.len(), unique.len());
    for rule in rules() {
        assert!(
            !rule.reason.is_empty() && !rule.source.is_empty() && rule.code.contains('.'),
            "{}",
            rule.code
        );
    }
}

/// What a record says about itself must be what its body touches.
fn tampered() -> BTreeSet<&'static str> {
    let mut world = World::with(&["M", "C"]);
    let body = json!({"profile": crate::testing::profile("M")});
    let payload = world.payload("parties.updated", &body).unwrap();
    let touches = payload.touches(&party("M")).unwrap();
    let good = world.sign("M", &payload, &touches);
    let mut refused = BTreeSet::new();
    let mut judge = |world: &World, record: &Record, payload: &Payload, expected| {
        assert_eq!(world.judge(record, payload, &touches).unwrap_err().rule, expected);
        refused.insert(expected);
    };
    let mut more = touches.clone();
    more.reads.push(ledger::Subject::party(&party("C")));
    let untrue = world.sign("M", &payload, &more);
    judge(&world, &untrue, &payload, "shared.subjects-differ");
    let other = world.payload("parties.registered", &body).unwrap();
    judge(&world, &good, &other, "shared.kind-differs");
    assert!(world.judge(&good, &payload, &touches).is_ok());
    world.say("", "M", "parties.updated", body).unwrap();
    judge(&world, &good, &payload, "shared.stale");
    refused
}

#[test]
fn every_rule_refuses_something_in_a_story() {
    let mut seen = tampered();
    let rooms = [
        crate::parties::tests::stories(),
        crate::supply_chain::tests::stories(),
        crate::logistics::tests::stories(),
    ];
    for story in rooms.into_iter().flatten() {
        seen.extend(tell(story));
    }
    for (world, story) in crate::alliance::tests::stories() {
        seen.extend(tell_in(world, story).rules_seen);
    }
    let all: BTreeSet<&str> = rules().map(|rule| rule.code).collect();
    let never: Vec<&&str> = all.difference(&seen).collect();
    let unlisted: Vec<&&str> = seen.difference(&all).collect();
    assert!(
        never.is_empty() && unlisted.is_empty(),
        "never produced: {never:?}; not in the list: {unlisted:?}"
    );
}

#[test]
fn two_edits_offline_do_not_overwrite_each_other() {
    let mut world = World::with(&["M"]);
    let steps: Vec<Step> = crate::supply_chain::tests::goods();
    for Step(label, who, kind, body, _) in steps {
        world.say(label, who, kind, body).unwrap();
    }
    let correct = |value: i64| {
        json!({"about": "lot:@M:YARN", "record": "#yarn", "reason": "remeasured", "note": "weighed again",
            "quantity": crate::testing::amount(value, "KGM")})
    };
    let payload = world.payload("supply-chain.corrected", &correct(90)).unwrap();
    let touches = payload.touches(&party("M")).unwrap();
    let offline = world.sign("M", &payload, &touches);
    world.say("", "M", "supply-chain.corrected", correct(95)).unwrap();
    assert_eq!(
        world.judge(&offline, &payload, &touches).unwrap_err().rule,
        "shared.stale"
    );
}

#[test]
fn the_view_of_a_shipment_tells_its_whole_way() {
    let mut world = World::with(&["M", "C", "B"]);
    world
        .say(
            "",
            "M",
            "parties.partner-named",
            json!({"number": "Z", "profile": crate::testing::profile("Z")}),
        )
        .unwrap();
    for Step(label, who, kind, body, rule) in crate::logistics::tests::handover().1 {
        let outcome = world.say(label, who, kind, body);
        assert_eq!(outcome.is_ok(), rule.is_empty());
    }
    let subject = world.subject(crate::logistics::tests::S);
    let told: Vec<crate::Told<'_>> = world
        .told
        .iter()
        .filter(|(record, ..)| record.subjects().contains(&subject))
        .map(|(record, payload, height)| crate::Told {
            record,
            payload,
            height: *height,
            time: World::now(),
        })
        .collect();
    let view = crate::view::shipment(&subject, &world.entries[&subject], &told).unwrap();
    assert_eq!(
        (view.stage, view.holder),
        (
            crate::view::Stage::UnderWay,
            crate::shared::goods::Who::Party(party("C"))
        )
    );
    let events: Vec<&str> = view.movements.iter().map(|movement| movement.event.as_str()).collect();
    assert_eq!(events, ["packed", "departed"]);
    assert_eq!(view.custody.len(), 2);
    assert_eq!(view.custody[1].remark.as_deref(), Some("carton crushed"));
    assert_eq!(view.packages.len(), 1);
    let lookup = |subject: &ledger::Subject| world.entries.get(subject).map(|entry| entry.state.clone());
    let row = crate::view::row(&subject, &world.entries[&subject], told.last().unwrap().record, &lookup);
    assert_eq!(
        (row.status.as_str(), row.owner.en.as_deref(), row.number.as_str()),
        ("under-way", Some("M"), "S")
    );
    let lot = world.subject("lot:@M:YARN");
    let crate::State::Lot(state) = world.state("lot:@M:YARN") else {
        panic!("not a lot")
    };
    assert_eq!((state.left, state.packed), (90_000_000, 10_000_000));
    assert_eq!(
        crate::view::row(&lot, &world.entries[&lot], told[0].record, &lookup).status,
        "ok"
    );
}
