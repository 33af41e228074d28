//! What is promised of shipments.

use crate::supply_chain::tests::{but, goods, lot, serial};
use crate::testing::{Step, Story, amount, day, place, tell};
use serde_json::{Value, json};

pub(crate) const S: &str = "shipment:@M:S";

fn plan(number: &str) -> Value {
    let leg = |from: &str, to: &str| json!({"from": place(from), "to": place(to), "mode": "rail"});
    json!({"number": number, "consignor": {"party": "@M"}, "consignee": {"party": "@B"},
        "legs": [leg("CNXIA", "PLMAA"), leg("PLMAA", "DEDUI")]})
}

fn packages(contents: Value) -> Value {
    json!([{"mark": "1/1", "kind": "CT", "contents": contents}])
}

fn packed(contents: Value) -> Value {
    json!({"shipment": S, "packages": packages(contents), "place": place("CNXIA"), "at": day(10)})
}

fn yarn(value: i64) -> Value {
    json!([{"subject": "lot:@M:YARN", "quantity": amount(value, "KGM")}])
}

fn event(locode: &str, at: u32) -> Value {
    json!({"shipment": S, "place": place(locode), "at": day(at), "mode": "rail"})
}

fn delivered(locode: &str, at: u32, packages: u32) -> Value {
    json!({"shipment": S, "place": place(locode), "at": day(at), "packages": packages})
}

fn offered(to: &str, at: u32) -> Value {
    json!({"shipment": S, "to": {"party": to}, "place": place("CNXIA"), "at": day(at), "packages": 1})
}

fn accepted(offer: &str, at: u32, packages: u32) -> Value {
    json!({"shipment": S, "offer": format!("#{offer}"), "at": day(at), "packages": packages})
}

fn stated(from: Value, to: Value, at: u32) -> Value {
    json!({"shipment": S, "from": from, "to": to, "place": place("CNXIA"), "at": day(at), "packages": 1})
}

fn step(who: &'static str, name: &'static str, body: Value, rule: &'static str) -> Step {
    labelled("", who, name, body, rule)
}

fn labelled(label: &'static str, who: &'static str, name: &'static str, body: Value, rule: &'static str) -> Step {
    let kind = ["logistics", name].join(".");
    Step(label, who, kind.leak(), body, rule)
}

fn planned() -> Vec<Step> {
    let mut steps = goods();
    steps.push(labelled("plan", "M", "shipment-planned", plan("S"), ""));
    steps
}

fn under_way() -> Vec<Step> {
    let mut steps = planned();
    steps.push(labelled("packed", "M", "packed", packed(yarn(10)), ""));
    steps
}

fn story(promise: &'static str, mut steps: Vec<Step>, more: Vec<Step>) -> Story {
    steps.extend(more);
    Story(promise, steps)
}

fn forms() -> Story {
    let wrong = |path: &str, value: Value, rule| step("M", "shipment-planned", but(plan("T"), path, value), rule);
    let packing = |body: Value, rule| step("M", "packed", body, rule);
    let package = |path: &str, value: Value, rule| packing(but(packed(yarn(1)), path, value), rule);
    let twice = |body: Value| json!([body["packages"][0], body["packages"][0]]);
    let two = json!([{"subject": "item:@M:COVER.1", "quantity": amount(2, "H87")}]);
    story(
        "shipments have the form the standards demand",
        planned(),
        vec![
            wrong("consignee", json!({"party": "@M"}), "logistics.same-parties"),
            wrong("legs.1.from", place("DEHAM"), "logistics.route"),
            wrong(
                "legs.0",
                but(
                    but(
                        plan("T")["legs"][0].clone(),
                        "departs",
                        json!("2026-01-02T00:00:00.000Z"),
                    ),
                    "arrives",
                    json!("2026-01-01T00:00:00.000Z"),
                ),
                "logistics.leg-times",
            ),
            wrong("container", json!("CSQU3054384"), "logistics.container"),
            wrong("tracking", json!("RR123456789CN"), "logistics.tracking"),
            package("packages.0.mark", json!("140123451122233342"), "logistics.sscc"),
            package("packages.0.kind", json!("box"), "logistics.package-kind"),
            package("packages", twice(packed(yarn(1))), "logistics.mark-twice"),
            package("packages.0.contents", two, "logistics.item-is-one"),
            package(
                "packages.0.contents.0.received_in",
                json!(S),
                "logistics.received-in-itself",
            ),
            step(
                "M",
                "handover-offered",
                but(offered("@C", 11), "to", json!({"partner": "partner:@M:Y"})),
                "logistics.offer-needs-key",
            ),
        ],
    )
}

fn packing() -> Story {
    let item = |received: Option<&str>| {
        let content = json!({"subject": "item:@M:COVER.1", "quantity": amount(1, "H87")});
        json!([received.map_or(content.clone(), |shipment| but(content, "received_in", json!(shipment)))])
    };
    let pack = |who, contents: Value, rule| step(who, "packed", packed(contents), rule);
    let undone =
        |lot: &str, record: &str| json!({"about": lot, "record": record, "reason": "did-not-occur", "note": "n"});
    let undo = undone("lot:@M:COVERS", "#covers");
    let steps = vec![
        pack("C", yarn(1), "logistics.custody"),
        pack(
            "M",
            but(yarn(1), "0.quantity.unit", json!("GRM")),
            "logistics.unit-differs",
        ),
        pack("M", yarn(101), "logistics.left"),
        pack(
            "M",
            but(yarn(1), "0.received_in", json!("shipment:@M:T")),
            "shared.no-such-subject",
        ),
        step("M", "shipment-planned", plan("T"), ""),
        pack(
            "M",
            but(yarn(1), "0.received_in", json!("shipment:@M:T")),
            "logistics.not-received",
        ),
        Step(
            "",
            "M",
            "supply-chain.lot-made",
            but(lot("NEW", "YARN", amount(1, "KGM")), "at", day(12)),
            "",
        ),
        pack(
            "M",
            but(yarn(1), "0.subject", json!("lot:@M:NEW")),
            "shared.before-made",
        ),
        Step("", "M", "supply-chain.serial-made", serial("1", "COVERS"), ""),
        pack("M", item(None), ""),
        step(
            "M",
            "packed",
            but(packed(item(None)), "shipment", json!("shipment:@M:T")),
            "logistics.item-packed",
        ),
        pack("M", yarn(100), ""),
        pack("M", yarn(1), "logistics.left"),
        Step("", "M", "supply-chain.corrected", undo, "supply-chain.correct-used"),
        Step(
            "gone",
            "M",
            "supply-chain.lot-made",
            lot("GONE", "YARN", amount(1, "KGM")),
            "",
        ),
        Step("", "M", "supply-chain.corrected", undone("lot:@M:GONE", "#gone"), ""),
        pack(
            "M",
            but(yarn(1), "0.subject", json!("lot:@M:GONE")),
            "logistics.never-made",
        ),
    ];
    story("what is packed is there and is ours", planned(), steps)
}

/// A shipment takes what its state can hold, and then no more.
fn filling() -> Story {
    let mut steps = Vec::new();
    let name = |i: usize| format!("{i:060}");
    let mut contents = Vec::new();
    for i in 0..50 {
        steps.push(Step(
            "",
            "M",
            "supply-chain.lot-made",
            lot(&name(i), "YARN", amount(1, "KGM")),
            "",
        ));
        contents.push(json!({"subject": format!("lot:@M:{}", name(i)), "quantity": amount(1, "KGM")}));
    }
    let body = |contents: &[Value]| {
        let of = |(i, part): (usize, &[Value])| json!({"mark": format!("{i}"), "kind": "CT", "contents": part});
        but(
            packed(json!([])),
            "packages",
            contents.chunks(30).enumerate().map(of).collect(),
        )
    };
    steps.push(step("M", "packed", body(&contents), "logistics.shipment-full"));
    steps.push(step("M", "packed", body(&contents[..25]), ""));
    let many: Vec<Value> = (0..64)
        .map(|i| json!({"subject": format!("lot:@M:{i}"), "quantity": amount(1, "KGM")}))
        .collect();
    steps.push(step("M", "packed", body(&many), "shared.subjects-many"));
    story("a shipment is full before its state is", planned(), steps)
}

fn movement() -> Story {
    let corrected = |record: &str, reason: &str| json!({"shipment": S, "record": format!("#{record}"), "reason": reason, "note": "n"});
    let at = |record: &str, at: u32| but(corrected(record, "incorrect-entry"), "at", day(at));
    story(
        "goods depart, arrive and are delivered in this order, by who holds them",
        planned(),
        vec![
            step("M", "departed", event("CNXIA", 10), "logistics.stage"),
            labelled("packed", "M", "packed", packed(yarn(10)), ""),
            step("C", "departed", event("CNXIA", 11), "logistics.custody"),
            step("M", "departed", event("CNXIA", 9), "logistics.time-order"),
            step("M", "departed", event("DEHAM", 11), "logistics.elsewhere"),
            labelled("dep", "M", "departed", event("CNXIA", 11), ""),
            step("M", "departed", event("CNXIA", 12), "logistics.stage"),
            labelled("arr", "M", "arrived", event("PLMAA", 20), ""),
            step("M", "delivered", delivered("PLMAA", 20, 1), "logistics.destination"),
            step(
                "M",
                "corrected",
                corrected("arr", "remeasured"),
                "logistics.correction-empty",
            ),
            step("M", "corrected", at("plan", 20), "logistics.correct-unknown"),
            step("C", "corrected", at("arr", 20), "logistics.correct-not-yours"),
            step(
                "M",
                "corrected",
                corrected("dep", "did-not-occur"),
                "logistics.correct-newest",
            ),
            step("M", "corrected", at("dep", 21), "logistics.time-order"),
            step("M", "corrected", corrected("arr", "did-not-occur"), ""),
            step("M", "arrived", event("DEDUI", 10), "logistics.time-order"),
            step("M", "arrived", event("DEDUI", 25), ""),
            step("M", "delivered", delivered("DEDUI", 25, 2), "logistics.packages-count"),
            labelled("pod", "M", "delivered", delivered("DEDUI", 25, 1), ""),
            step("M", "departed", event("DEDUI", 26), "logistics.custody"),
            step(
                "C",
                "confirmed",
                json!({"shipment": S, "record": "#pod"}),
                "logistics.confirm-not-you",
            ),
            step("B", "confirmed", json!({"shipment": S, "record": "#pod"}), ""),
            step(
                "B",
                "confirmed",
                json!({"shipment": S, "record": "#pod"}),
                "logistics.confirm-unknown",
            ),
        ],
    )
}

pub(crate) fn handover() -> Story {
    let end = |offer: &str| json!({"shipment": S, "offer": format!("#{offer}"), "reason": "no wagon"});
    story(
        "custody passes by two signatures, and the first answer wins",
        under_way(),
        vec![
            step("M", "handover-offered", offered("@M", 11), "logistics.handover-self"),
            step("C", "handover-offered", offered("@C", 11), "logistics.custody"),
            labelled("o1", "M", "handover-offered", offered("@C", 11), ""),
            step("M", "departed", event("CNXIA", 12), "logistics.offer-open"),
            step(
                "B",
                "handover-accepted",
                accepted("o1", 11, 1),
                "logistics.offer-not-to-you",
            ),
            step("B", "handover-ended", end("o1"), "logistics.offer-not-to-you"),
            step(
                "C",
                "handover-accepted",
                accepted("o1", 11, 2),
                "logistics.packages-count",
            ),
            step(
                "C",
                "handover-accepted",
                accepted("o1", 11, 0),
                "logistics.remark-missing",
            ),
            step("C", "handover-ended", end("o1"), ""),
            step("C", "handover-accepted", accepted("o1", 11, 1), "logistics.offer-gone"),
            labelled("o2", "M", "handover-offered", offered("@C", 12), ""),
            step("C", "handover-accepted", accepted("o2", 11, 1), "logistics.time-order"),
            step(
                "C",
                "handover-accepted",
                but(accepted("o2", 12, 0), "remark", json!("carton crushed")),
                "",
            ),
            step("M", "departed", event("CNXIA", 12), "logistics.custody"),
            step("C", "departed", event("CNXIA", 12), ""),
        ],
    )
}

fn without_keys() -> Story {
    let y = || json!({"partner": "partner:@M:Y"});
    let (m, c, b) = (
        || json!({"party": "@M"}),
        || json!({"party": "@C"}),
        || json!({"party": "@B"}),
    );
    let mut more = vec![
        step("M", "custody-stated", stated(y(), m(), 11), "logistics.custody-from"),
        step("M", "custody-stated", stated(m(), c(), 11), "logistics.both-have-keys"),
        step("M", "custody-stated", stated(m(), m(), 11), "logistics.handover-self"),
        step(
            "C",
            "custody-stated",
            stated(m(), y(), 11),
            "logistics.custody-statement",
        ),
        labelled("given", "M", "custody-stated", stated(m(), y(), 11), ""),
        step(
            "C",
            "custody-stated",
            stated(y(), c(), 11),
            "logistics.custody-statement",
        ),
        step("M", "departed", event("CNXIA", 11), ""),
        step("M", "arrived", event("CNXIA", 12), ""),
        step("B", "custody-stated", stated(y(), b(), 12), ""),
    ];
    // Between the buyer and the partner to and fro until five statements wait.
    for i in 0..4 {
        let (who, from, to) = if i % 2 == 0 { ("B", b(), y()) } else { ("M", y(), b()) };
        more.push(step(
            who,
            "custody-stated",
            stated(from, to, 13),
            if i < 3 { "" } else { "logistics.statements-full" },
        ));
    }
    story("one firm alone can say who holds its goods", under_way(), more)
}

fn exceptions() -> Story {
    let raised = || json!({"shipment": S, "code": "delay", "packages": [], "place": place("PLMAA"), "at": day(14), "note": "Gauge change"});
    let resolved = |record: &str| json!({"shipment": S, "exception": format!("#{record}"), "note": "moved on"});
    let mut more = vec![
        step("C", "exception-raised", raised(), "logistics.stranger"),
        labelled("late", "B", "exception-raised", raised(), ""),
        step(
            "B",
            "exception-resolved",
            resolved("plan"),
            "logistics.exception-unknown",
        ),
        step(
            "C",
            "exception-resolved",
            resolved("late"),
            "logistics.exception-resolver",
        ),
        step("M", "exception-resolved", resolved("late"), ""),
    ];
    for i in 0..11 {
        more.push(step(
            "B",
            "exception-raised",
            raised(),
            if i < 10 { "" } else { "logistics.exceptions-full" },
        ));
    }
    story("what goes wrong is said by who has a part in it", under_way(), more)
}

/// What arrived is the consignee's to use and to send on, as much as came.
fn received() -> Story {
    let receive = |value: i64| but(yarn(value), "0.received_in", json!(S));
    let use_up = |value: i64| {
        json!({"inputs": [{"lot": "lot:@M:YARN", "quantity": amount(value, "KGM"), "received_in": S}],
            "outputs": [{"number": "DYED", "product": "product:@M:YARN", "quantity": amount(1, "KGM")}],
            "place": place("DEDUI"), "at": day(27)})
    };
    let mut onward = plan("ON");
    onward["consignor"] = json!({"party": "@B"});
    onward["consignee"] = json!({"party": "@C"});
    let on = |value: i64| {
        but(
            but(packed(receive(value)), "shipment", json!("shipment:@B:ON")),
            "at",
            day(28),
        )
    };
    story(
        "goods that came are the consignee's to use and send on",
        under_way(),
        vec![
            Step(
                "",
                "B",
                "supply-chain.processed",
                use_up(1),
                "supply-chain.not-received",
            ),
            step("M", "departed", event("CNXIA", 11), ""),
            step("M", "arrived", event("DEDUI", 25), ""),
            step("M", "delivered", delivered("DEDUI", 25, 1), ""),
            Step(
                "",
                "C",
                "supply-chain.processed",
                use_up(1),
                "supply-chain.not-received",
            ),
            Step("", "B", "supply-chain.processed", use_up(11), "supply-chain.left"),
            Step("", "B", "supply-chain.processed", use_up(4), ""),
            step("B", "shipment-planned", onward, ""),
            step("B", "packed", on(7), "logistics.left"),
            step("B", "packed", on(6), ""),
            step("B", "packed", on(1), "logistics.left"),
        ],
    )
}

pub(crate) fn stories() -> Vec<Story> {
    vec![
        forms(),
        packing(),
        filling(),
        movement(),
        handover(),
        without_keys(),
        exceptions(),
        received(),
    ]
}

#[test]
fn stories_end_as_they_should() {
    stories().into_iter().for_each(|story| drop(tell(story)));
}
