//! What is promised of goods.

use crate::State;
use crate::testing::{Step, Story, World, amount, day, place, profile, tell};
use serde_json::{Value, json};

/// `body` with one member changed; a path of members and indices separated by points.
pub(crate) fn but(mut body: Value, path: &str, value: Value) -> Value {
    let pointer = format!("/{}", path.replace('.', "/"));
    if let Some(member) = body.pointer_mut(&pointer) {
        *member = value;
    } else {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
    }
    body
}

pub(crate) fn product(number: &str, unit: &str) -> Value {
    json!({"number": number, "name": {"en": "Cover", "zh": "被套"}, "unit": unit})
}

pub(crate) fn lot(number: &str, product: &str, quantity: Value) -> Value {
    json!({"number": number, "product": format!("product:@M:{product}"), "quantity": quantity, "place": place("CNXIA"), "at": day(5), "origin": "CN"})
}

pub(crate) fn serial(serial: &str, lot: &str) -> Value {
    json!({"serial": serial, "product": "product:@M:COVER", "gtin": "4006381333931", "lot": format!("lot:@M:{lot}"), "place": place("CNXIA"), "at": day(6)})
}

fn processed(inputs: Value, outputs: Value) -> Value {
    json!({"inputs": inputs, "outputs": outputs, "place": place("CNXIA"), "at": day(7)})
}

fn inspected(about: &str) -> Value {
    json!({"about": about, "outcome": "passed", "at": day(8)})
}

fn corrected(about: &str, record: &str, reason: &str) -> Value {
    json!({"about": about, "record": format!("#{record}"), "reason": reason, "note": "typed wrongly"})
}

fn recalled(about: &[&str]) -> Value {
    json!({"about": about, "hazard": "serious", "reason": {"en": "Cord"}, "instruction": {"en": "Stop selling"}})
}

/// Steps every story on goods begins with.
pub(crate) fn goods() -> Vec<Step> {
    let cover = but(product("COVER", "H87"), "gtin", json!("4006381333931"));
    vec![
        Step(
            "",
            "M",
            "parties.partner-named",
            json!({"number": "Y", "profile": profile("Yarn Ltd")}),
            "",
        ),
        Step("", "M", "supply-chain.product-defined", product("YARN", "KGM"), ""),
        Step(
            "",
            "M",
            "supply-chain.product-defined",
            but(cover, "net_grams", json!(500)),
            "",
        ),
        Step(
            "yarn",
            "M",
            "supply-chain.lot-made",
            lot("YARN", "YARN", amount(100, "KGM")),
            "",
        ),
        Step(
            "covers",
            "M",
            "supply-chain.lot-made",
            lot("COVERS", "COVER", amount(50, "H87")),
            "",
        ),
    ]
}

fn story(promise: &'static str, more: Vec<Step>) -> Story {
    let mut steps = goods();
    steps.extend(more);
    Story(promise, steps)
}

fn forms() -> Story {
    let made = |path: &str, value: Value, rule| {
        Step(
            "",
            "M",
            "supply-chain.lot-made",
            but(lot("L", "YARN", amount(1, "KGM")), path, value),
            rule,
        )
    };
    let defined = |path: &str, value: Value, rule| {
        Step(
            "",
            "M",
            "supply-chain.product-defined",
            but(product("P", "KGM"), path, value),
            rule,
        )
    };
    let piece = |path: &str, value: Value, rule| {
        Step(
            "",
            "M",
            "supply-chain.serial-made",
            but(serial("1", "COVERS"), path, value),
            rule,
        )
    };
    story(
        "goods have the form the standards demand",
        vec![
            defined("gtin", json!("4006381333932"), "supply-chain.gtin"),
            defined("hs", json!("63022"), "supply-chain.hs"),
            defined("net_grams", json!(5), "supply-chain.mass-twice"),
            made("place.locode", json!("CN1"), "shared.locode"),
            made("place.gln", json!("4012345000008"), "shared.gln"),
            made(
                "place.point",
                json!({"lat_e6": 90_000_001, "lon_e6": 0}),
                "shared.range",
            ),
            made("at.zone", json!("+15:00"), "shared.zone"),
            made("at.time", json!("2026-03-02T12:00:00.001Z"), "shared.time-future"),
            made("quantity.scale", json!(7), "shared.quantity-range"),
            made("quantity.value", json!(0), "shared.quantity-zero"),
            made("quantity", amount(1, "MTR"), "supply-chain.unit-differs"),
            made("product", json!("product:@M:NONE"), "shared.no-such-subject"),
            made("maker", json!({"partner": "lot:@M:Y"}), "shared.subject-type"),
            made("net_grams", json!(5), "supply-chain.mass-twice"),
            piece("serial", json!("a b"), "supply-chain.serial-characters"),
            piece("gtin", json!("96385074"), "supply-chain.gtin-differs"),
            piece("product", json!("product:@M:YARN"), "supply-chain.gtin-differs"),
            piece("lot", json!("lot:@M:YARN"), "supply-chain.product-differs"),
            piece("at", day(4), "shared.before-made"),
            Step(
                "",
                "M",
                "supply-chain.lot-made",
                lot("H", "COVER", json!({"value": 5, "scale": 1, "unit": "H87"})),
                "shared.quantity-whole",
            ),
        ],
    )
}

fn pieces() -> Story {
    let unpriced = |n: &str| but(serial(n, "FEW"), "product", json!("product:@M:COVER"));
    let bulk = json!({"serial": "1", "product": "product:@M:YARN", "lot": "lot:@M:YARN", "place": place("CNXIA"), "at": day(6)});
    story(
        "pieces come out of their lot, one unit each",
        vec![
            Step(
                "",
                "M",
                "supply-chain.lot-made",
                lot("FEW", "COVER", amount(1, "H87")),
                "",
            ),
            Step(
                "",
                "B",
                "supply-chain.serial-made",
                serial("9", "FEW"),
                "shared.not-yours",
            ),
            Step("", "M", "supply-chain.serial-made", bulk, "supply-chain.piece-unit"),
            Step("one", "M", "supply-chain.serial-made", unpriced("1"), ""),
            Step("", "M", "supply-chain.serial-made", unpriced("2"), "supply-chain.left"),
            Step(
                "",
                "M",
                "supply-chain.corrected",
                corrected("item:@M:COVER.1", "one", "did-not-occur"),
                "",
            ),
            Step(
                "",
                "M",
                "supply-chain.inspected",
                inspected("item:@M:COVER.1"),
                "supply-chain.never-made",
            ),
        ],
    )
}

fn processing() -> Story {
    let input = |value: i64| json!([{"lot": "lot:@M:YARN", "quantity": amount(value, "KGM")}]);
    let output = |number: &str, value: i64| json!([{"number": number, "product": "product:@M:COVER", "quantity": amount(value, "H87")}]);
    let step = |who, inputs: Value, outputs: Value, rule| {
        Step("", who, "supply-chain.processed", processed(inputs, outputs), rule)
    };
    let twice = |list: Value| json!([list[0], list[0]]);
    let explained = but(
        processed(input(10), output("C3", 21)),
        "difference",
        json!("water taken up"),
    );
    let foreign = but(input(10), "0.received_in", json!("shipment:@M:S"));
    story(
        "no more comes out than went in, and no more goes in than is left",
        vec![
            step("M", twice(input(1)), output("C1", 1), "supply-chain.input-twice"),
            step("M", input(1), twice(output("C1", 1)), "supply-chain.output-twice"),
            step("M", input(1), output("YARN", 1), "supply-chain.own-input"),
            step("B", input(1), output("C1", 1), "shared.not-yours"),
            step("M", foreign, output("C1", 1), "shared.no-such-subject"),
            step("M", input(101), output("C1", 1), "supply-chain.left"),
            step("M", input(10), output("C1", 21), "supply-chain.mass"),
            Step(
                "c1",
                "M",
                "supply-chain.processed",
                processed(input(10), output("C1", 20)),
                "",
            ),
            Step("", "M", "supply-chain.processed", explained, ""),
            step("M", input(81), output("C4", 1), "supply-chain.left"),
            step("M", input(80), output("C4", 1), ""),
            Step(
                "",
                "M",
                "supply-chain.corrected",
                but(
                    corrected("lot:@M:C1", "c1", "remeasured"),
                    "quantity",
                    amount(21, "H87"),
                ),
                "supply-chain.correct-upwards",
            ),
            Step(
                "",
                "M",
                "supply-chain.corrected",
                but(
                    corrected("lot:@M:C1", "c1", "remeasured"),
                    "quantity",
                    amount(19, "H87"),
                ),
                "",
            ),
        ],
    )
}

fn corrections() -> Story {
    let yarn = |reason: &str| corrected("lot:@M:YARN", "yarn", reason);
    let to = |value: i64| but(yarn("remeasured"), "quantity", amount(value, "KGM"));
    let step = |who, body: Value, rule| Step("", who, "supply-chain.corrected", body, rule);
    let used = processed(
        json!([{"lot": "lot:@M:YARN", "quantity": amount(40, "KGM")}]),
        json!([{"number": "C1", "product": "product:@M:COVER", "quantity": amount(1, "H87")}]),
    );
    story(
        "what was wrong is corrected by who said it, and never below what is gone",
        vec![
            step("M", yarn("incorrect-entry"), "supply-chain.correction-empty"),
            step("B", to(90), "supply-chain.correct-not-yours"),
            step(
                "M",
                corrected("lot:@M:YARN", "covers", "did-not-occur"),
                "supply-chain.correct-unknown",
            ),
            Step("", "M", "supply-chain.processed", used, ""),
            step("M", to(39), "supply-chain.correct-left"),
            step("M", yarn("did-not-occur"), "supply-chain.correct-used"),
            step("M", to(40), ""),
            Step("one", "M", "supply-chain.serial-made", serial("1", "COVERS"), ""),
            step(
                "M",
                but(
                    corrected("item:@M:COVER.1", "one", "remeasured"),
                    "quantity",
                    amount(1, "H87"),
                ),
                "supply-chain.correct-quantity",
            ),
            step(
                "M",
                but(
                    corrected("item:@M:COVER.1", "one", "incorrect-entry"),
                    "place",
                    place("CNCQI"),
                ),
                "",
            ),
            Step("seen", "B", "supply-chain.inspected", inspected("lot:@M:YARN"), ""),
            step(
                "M",
                corrected("lot:@M:YARN", "seen", "did-not-occur"),
                "supply-chain.correct-not-yours",
            ),
            step("B", corrected("lot:@M:YARN", "seen", "did-not-occur"), ""),
        ],
    )
}

fn inspections() -> Story {
    let about = || inspected("lot:@M:YARN");
    let by = |who: Value| but(about(), "inspector", who);
    let certificate = json!({"standard": "EN 71-3:2019", "number": "1", "issuer": "TÜV", "valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2026-01-01T00:00:00.000Z"});
    let step = |who, body: Value, rule| Step("", who, "supply-chain.inspected", body, rule);
    let confirmed = |record: &str, partner: bool| {
        let body = json!({"about": "lot:@M:YARN", "record": format!("#{record}")});
        if partner {
            but(body, "partner", json!("partner:@M:Y"))
        } else {
            body
        }
    };
    let linked = json!({"partner": "partner:@M:Y", "party": "@C"});
    let mut steps = vec![
        step(
            "B",
            but(about(), "outcome", json!("conditional")),
            "supply-chain.condition-missing",
        ),
        step(
            "B",
            but(about(), "certificate", certificate),
            "supply-chain.certificate-dates",
        ),
        step("B", but(about(), "at", day(4)), "shared.before-made"),
        step("B", by(json!({"party": "@C"})), "supply-chain.inspector-on-behalf"),
        step("B", by(json!({"party": "@B"})), ""),
        Step(
            "by-y",
            "M",
            "supply-chain.inspected",
            by(json!({"partner": "partner:@M:Y"})),
            "",
        ),
        Step(
            "",
            "C",
            "supply-chain.confirmed",
            confirmed("by-y", true),
            "supply-chain.confirm-not-you",
        ),
        Step("", "M", "parties.partner-linked", linked, ""),
        Step(
            "",
            "C",
            "supply-chain.confirmed",
            confirmed("by-y", false),
            "supply-chain.confirm-not-you",
        ),
        Step(
            "",
            "C",
            "supply-chain.confirmed",
            confirmed("yarn", true),
            "supply-chain.confirm-unknown",
        ),
        Step("", "C", "supply-chain.confirmed", confirmed("by-y", true), ""),
    ];
    for i in 0..9 {
        let rule = if i < 8 { "" } else { "supply-chain.statements-full" };
        steps.push(step("M", by(json!({"partner": "partner:@M:Y"})), rule));
    }
    steps.push(step("B", about(), ""));
    story("everybody may say what it saw, and the owner what others saw", steps)
}

fn recalls() -> Story {
    let ended = |record: &str| json!({"recall": format!("#{record}"), "about": ["lot:@M:YARN"], "reason": "repaired"});
    let step = |who, about: &[&str], rule| Step("", who, "supply-chain.recalled", recalled(about), rule);
    let mut steps = vec![
        step("B", &["lot:@M:YARN"], "shared.not-yours"),
        step("M", &["product:@M:YARN", "lot:@M:YARN"], "shared.sorted"),
        Step(
            "first",
            "M",
            "supply-chain.recalled",
            recalled(&["lot:@M:YARN", "product:@M:YARN"]),
            "",
        ),
        Step("", "B", "supply-chain.recall-ended", ended("first"), "shared.not-yours"),
        Step(
            "",
            "M",
            "supply-chain.recall-ended",
            ended("yarn"),
            "supply-chain.recall-unknown",
        ),
        Step("", "M", "supply-chain.recall-ended", ended("first"), ""),
        Step(
            "",
            "M",
            "supply-chain.recall-ended",
            ended("first"),
            "supply-chain.recall-unknown",
        ),
    ];
    for i in 0..17 {
        steps.push(step(
            "M",
            &["lot:@M:YARN"],
            if i < 16 { "" } else { "supply-chain.recalls-full" },
        ));
    }
    story("who made the goods calls them back", steps)
}

pub(crate) fn stories() -> Vec<Story> {
    vec![
        forms(),
        pieces(),
        processing(),
        super::captured::tests::story(),
        corrections(),
        inspections(),
        recalls(),
    ]
}

#[test]
fn stories_end_as_they_should() {
    stories().into_iter().for_each(|story| drop(tell(story)));
}

#[test]
fn a_statement_on_behalf_is_single_sourced_until_confirmed() {
    let mut world = World::with(&["M", "C", "B"]);
    for Step(label, who, kind, body, _) in goods() {
        world.say(label, who, kind, body).unwrap();
    }
    let made = but(lot("BY-C", "YARN", amount(5, "KGM")), "maker", json!({"party": "@C"}));
    world.say("made", "M", "supply-chain.lot-made", made).unwrap();
    let awaiting = |world: &World| match world.state("lot:@M:BY-C") {
        State::Lot(lot) => (lot.standing.awaiting.len(), lot.links.len()),
        _ => panic!("not a lot"),
    };
    assert_eq!(awaiting(&world), (1, 2));
    world
        .say(
            "",
            "C",
            "supply-chain.confirmed",
            json!({"about": "lot:@M:BY-C", "record": "#made"}),
        )
        .unwrap();
    assert_eq!(awaiting(&world), (0, 1));
}

#[test]
fn a_second_claim_to_one_label_shows() {
    let mut world = World::with(&["M", "B"]);
    let product = |number: &str| but(product(number, "H87"), "gtin", json!("4006381333931"));
    world
        .say("", "M", "supply-chain.product-defined", product("A"))
        .unwrap();
    world
        .say("", "M", "supply-chain.product-defined", product("A2"))
        .unwrap();
    let parties = |world: &World| match world.state("gs1:01/04006381333931") {
        State::Code(code) => code.parties(),
        _ => panic!("not a code"),
    };
    assert_eq!(parties(&world), 1);
    world
        .say("", "B", "supply-chain.product-defined", product("A"))
        .unwrap();
    assert_eq!(parties(&world), 2);
}
