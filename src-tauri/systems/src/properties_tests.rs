//! What holds whatever anybody says: random sequences of statements, most of them nonsense, some of them allowed.

use crate::supply_chain::captured;
use crate::testing::{World, amount, day, party, place, profile};
use crate::{At, Payload, apply};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One random statement: which kind, by whom, about which of the few things there are, how much, when.
#[derive(Clone, Debug)]
struct Words {
    kind: usize,
    who: usize,
    a: usize,
    b: usize,
    value: i64,
    day: u32,
    /// The owner of what it is about speaks, about its own.
    own: bool,
}

fn words() -> impl Strategy<Value = Words> {
    (
        0..31_usize,
        0..3_usize,
        0..4_usize,
        0..4_usize,
        0..40_i64,
        0..3_u32,
        prop::bool::weighted(0.8),
    )
        .prop_map(|(kind, who, a, b, value, day, own)| Words {
            kind,
            who,
            a,
            b,
            value,
            day,
            own,
        })
}

const NAMES: [&str; 3] = ["M", "C", "B"];

/// The statement, about lots, items and shipments that may or may not exist, and about the record told `back` steps ago.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of record")]
fn statement(words: &Words, world: &World) -> (&'static str, &'static str, Value) {
    let Words {
        kind,
        who,
        a,
        b,
        value,
        day: on,
        own,
    } = words.clone();
    let (who, other) = (if own { NAMES[a % 3] } else { NAMES[who] }, NAMES[b % 3]);
    // Time goes on, with some statements out of order.
    let on = u32::try_from(world.told.len() / 6).unwrap().min(24) + on + 2;
    let taken = if own { a } else { b };
    let lot = |n: usize| format!("lot:@{}:L{n}", NAMES[n % 3]);
    let kg = |value: i64| amount(value, "KGM");
    let shipment = format!("shipment:@{}:S{}", NAMES[a % 3], a % 2);
    let lot_name = lot(a);
    let about = world.subject(if kind < 23 { &shipment } else { &lot_name });
    let known = world
        .told
        .iter()
        .rev()
        .filter(|(record, ..)| record.subjects().contains(&about));
    let record = known
        .map(|(record, ..)| record.id().to_string())
        .nth(b / 2)
        .unwrap_or_default();
    let (at, spot) = (
        day(on),
        if b == 1 {
            place("DEDUI")
        } else {
            json!({"name": "on the way"})
        },
    );
    let whom = if a == 3 {
        json!({"partner": "partner:@M:Y"})
    } else {
        json!({"party": format!("@{other}")})
    };
    let event = json!({"shipment": shipment, "place": spot, "at": at, "mode": "rail"});
    let with = |more: Value| {
        let mut body = event.clone();
        body.as_object_mut().unwrap().remove("mode");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let made = json!({"number": format!("L{a}"), "product": "product:@M:P", "quantity": kg(value), "place": spot, "at": at, "origin": "CN", "maker": whom});
    let leg = json!({"from": place("CNXIA"), "to": place("DEDUI"), "mode": "rail"});
    let content = |received: bool| {
        let mut content = json!({"subject": lot(taken), "quantity": kg(value / 4)});
        if received {
            content["received_in"] = json!(format!("shipment:@{}:S{}", NAMES[b % 3], b % 2));
        }
        json!([{"mark": "1", "kind": "CT", "contents": [content]}])
    };
    let (kind, body) = match kind {
        0..=4 => ("supply-chain.lot-made", made),
        5 | 6 => (
            "logistics.shipment-planned",
            json!({"number": format!("S{}", a % 2), "consignor": {"party": format!("@{who}")}, "consignee": whom, "legs": [leg]}),
        ),
        7..=9 => ("logistics.packed", with(json!({"packages": content(value % 3 == 0)}))),
        10 | 11 => ("logistics.departed", event),
        12 | 13 => ("logistics.arrived", event),
        14 | 15 => ("logistics.delivered", with(json!({"packages": 1}))),
        16 => ("logistics.handover-offered", with(json!({"to": whom, "packages": 1}))),
        17 => (
            "logistics.handover-accepted",
            json!({"shipment": shipment, "offer": record, "at": at, "packages": 1}),
        ),
        18 => (
            "logistics.handover-ended",
            json!({"shipment": shipment, "offer": record, "reason": "r"}),
        ),
        19 => (
            "logistics.custody-stated",
            with(json!({"from": {"party": format!("@{who}")}, "to": whom, "packages": 1})),
        ),
        20 => (
            "logistics.exception-raised",
            with(json!({"code": "delay", "packages": [], "note": "n"})),
        ),
        21 => (
            "logistics.corrected",
            json!({"shipment": shipment, "record": record, "reason": "did-not-occur", "note": "n"}),
        ),
        22 => (
            "logistics.corrected",
            json!({"shipment": shipment, "record": record, "reason": "remeasured", "at": at, "note": "n"}),
        ),
        23 => (
            "supply-chain.corrected",
            json!({"about": lot(a), "record": record, "reason": "remeasured", "quantity": kg(value), "note": "n"}),
        ),
        24 => (
            "supply-chain.corrected",
            json!({"about": lot(a), "record": record, "reason": "did-not-occur", "note": "n"}),
        ),
        25 => (
            "supply-chain.inspected",
            json!({"about": lot(a), "outcome": "passed", "inspector": whom, "at": at}),
        ),
        26 => (
            "supply-chain.recalled",
            json!({"about": [lot(a)], "hazard": "other", "reason": {"en": "r"}, "instruction": {"en": "i"}}),
        ),
        30 => {
            let event = captured::tests::observed(a, value % 3);
            let mut record = captured::read(&event.to_string()).unwrap();
            if value % 5 == 4 {
                record.epcs.clear();
            }
            ("supply-chain.event-captured", json!(record))
        }
        27 => ("supply-chain.confirmed", json!({"about": lot(a), "record": record})),
        _ => {
            let mut input = json!({"lot": lot(taken), "quantity": kg(value / 2)});
            if value % 3 == 0 {
                input["received_in"] = json!(shipment);
            }
            let output = json!({"number": format!("N{}", world.told.len()), "product": "product:@M:P", "quantity": kg(value / 3)});
            (
                "supply-chain.processed",
                json!({"inputs": [input], "outputs": [output], "place": spot, "at": at}),
            )
        }
    };
    (who, kind, body)
}

fn begin() -> World {
    let mut world = World::with(&NAMES);
    world
        .say(
            "",
            "M",
            "parties.partner-named",
            json!({"number": "Y", "profile": profile("Y")}),
        )
        .unwrap();
    let product = json!({"number": "P", "name": {"en": "Yarn"}, "unit": "KGM"});
    world.say("", "M", "supply-chain.product-defined", product).unwrap();
    let leg = json!({"from": place("CNXIA"), "to": place("DEDUI"), "mode": "rail"});
    for n in 0..3 {
        let (owner, other) = (NAMES[n], format!("@{}", NAMES[(n + 1) % 3]));
        let made = json!({"number": format!("L{n}"), "product": "product:@M:P", "quantity": amount(100, "KGM"), "place": place("CNXIA"), "at": day(1), "origin": "CN"});
        world.say("", owner, "supply-chain.lot-made", made).unwrap();
        let plan = json!({"number": format!("S{}", n % 2), "consignor": {"party": format!("@{owner}")}, "consignee": {"party": other}, "legs": [leg]});
        world.say("", owner, "logistics.shipment-planned", plan).unwrap();
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// `World::say` checks after every accepted record: canonical state within 16 KiB and 128 links, links that exist, mass kept.
    #[test]
    fn whatever_is_accepted_keeps_the_promises(said in prop::collection::vec(words(), 1..120)) {
        let mut world = begin();
        for words in &said {
            let (who, kind, body) = statement(words, &world);
            drop(world.say("", who, kind, body));
        }
    }

    /// `apply` is total: any statement on any state, allowed or not, gives a state.
    #[test]
    fn apply_never_fails(said in prop::collection::vec(words(), 1..40)) {
        let mut world = begin();
        for words in &said {
            let (who, kind, body) = statement(words, &world);
            drop(world.say("", who, kind, body.clone()));
            let Ok(payload) = world.payload(kind, &body) else { continue };
            let read = Payload::parse(&payload.kind(), &payload.body().to_string()).unwrap();
            prop_assert_eq!(&read, &payload);
            let Ok(touches) = payload.touches(&party(who)) else { continue };
            let record = world.sign(who, &payload, &touches);
            let alliance = world.alliance.clone();
            let at = At { height: 9, time: World::now(), alliance: &alliance };
            for (subject, entry) in &world.entries {
                let after = apply(Some(&entry.state), subject, &record, &payload, &at);
                prop_assert!(!after.to_canonical().is_empty());
                prop_assert!(!apply(None, subject, &record, &payload, &at).to_canonical().is_empty());
            }
        }
    }
}

/// States at their fullest stay below 16 KiB (`World::say` measures each): the longest names, every list full.
#[test]
#[expect(clippy::too_many_lines, reason = "one state after the other is filled")]
fn the_fullest_states_stay_within_the_limit() {
    let mut world = begin();
    let long = |n: usize| "货".repeat(13) + &format!("{n:02}");
    let name = "\u{1F600}".repeat(100);
    let spot = json!({"name": name, "locode": "CNXIA", "gln": "4012345000009"});
    for n in 0..32 {
        let profile = profile("Y");
        world
            .say(
                "",
                "M",
                "parties.partner-named",
                json!({"number": long(n), "profile": profile}),
            )
            .unwrap();
        let made = json!({"number": long(n), "product": "product:@M:P", "quantity": amount(5, "KGM"), "place": spot, "at": day(1), "origin": "CN"});
        world.say("", "M", "supply-chain.lot-made", made).unwrap();
    }
    let number = |n: usize| {
        long(n)
            .bytes()
            .map(|byte| {
                if byte.is_ascii_digit() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    let partner = |n: usize| json!({"partner": format!("partner:@M:{}", number(n))});
    let inputs: Vec<Value> = (0..30)
        .map(|n| json!({"lot": format!("lot:@M:{}", number(n)), "quantity": amount(1, "KGM")}))
        .collect();
    let output = json!([{"number": "ALL", "product": "product:@M:P", "quantity": amount(30, "KGM")}]);
    world
        .say(
            "",
            "M",
            "supply-chain.processed",
            json!({"inputs": inputs, "outputs": output, "place": spot, "at": day(2)}),
        )
        .unwrap();
    for n in 0..16 {
        let inspected = json!({"about": "lot:@M:ALL", "outcome": "passed", "at": day(3), "inspector": partner(n)});
        assert_eq!(world.say("", "M", "supply-chain.inspected", inspected).is_ok(), n < 8);
        let recalled =
            json!({"about": ["lot:@M:ALL"], "hazard": "serious", "reason": {"en": "r"}, "instruction": {"en": "i"}});
        world.say("", "M", "supply-chain.recalled", recalled).unwrap();
    }
    assert!(world.state("lot:@M:ALL").to_canonical().len() > 12_000);
    let leg = json!({"from": spot, "to": spot, "mode": "rail"});
    let plan = json!({"number": "S", "consignor": partner(1), "consignee": partner(2), "legs": [leg], "container": "CSQU3054383", "tracking": "货".repeat(13)});
    world.say("", "M", "logistics.shipment-planned", plan).unwrap();
    for n in 0..32 {
        let contents = json!([{"subject": format!("lot:@M:{}", number(n)), "quantity": amount(1, "KGM")}]);
        let packages = json!([{"mark": format!("{n}"), "kind": "CT", "contents": contents}]);
        drop(world.say(
            "",
            "M",
            "logistics.packed",
            json!({"shipment": "shipment:@M:S", "packages": packages, "place": spot, "at": day(4)}),
        ));
    }
    let mut holder = json!({"party": "@M"});
    for n in 3..9 {
        let stated = json!({"shipment": "shipment:@M:S", "from": holder, "to": partner(n), "place": spot, "at": day(5), "packages": 1});
        if world.say("", "M", "logistics.custody-stated", stated).is_ok() {
            holder = partner(n);
        }
    }
    for n in 0..20 {
        let event = json!({"shipment": "shipment:@M:S", "place": spot, "at": day(6), "mode": "rail"});
        world
            .say(
                "",
                "M",
                if n % 2 == 0 {
                    "logistics.departed"
                } else {
                    "logistics.arrived"
                },
                event,
            )
            .unwrap();
        let raised = json!({"shipment": "shipment:@M:S", "code": "delay", "packages": [], "place": spot, "at": day(6), "note": "n", "expected": "2026-02-01T00:00:00.000Z"});
        drop(world.say("", "M", "logistics.exception-raised", raised));
    }
    let delivered = json!({"shipment": "shipment:@M:S", "place": spot, "at": day(7), "packages": 1});
    world.say("", "M", "logistics.delivered", delivered).unwrap();
    assert!(world.state("shipment:@M:S").to_canonical().len() > 12_000);
}
