//! What is promised of parties.

mod keys;

use crate::testing::{Step, Story, party, profile, tell};
use serde_json::{Value, json};

fn with(name: &str, value: Value) -> Value {
    let mut body = json!({"profile": profile("M")});
    body["profile"][name] = value;
    body
}

fn grant(key: &str, kinds: Value) -> Value {
    json!({"key": format!("@{key}"), "label": "Clerk 2", "holder": "clerk", "kinds": kinds})
}

fn forms() -> Story {
    let updated = |name: &str, value: Value, rule| Step("", "M", "parties.updated", with(name, value), rule);
    let identifier = |scheme: &str, value: &str| json!([{"scheme": scheme, "value": value}]);
    Story(
        "a profile has the form its registers demand",
        vec![
            updated("name", json!({}), "shared.name-missing"),
            updated("name", json!({"en": ""}), "shared.text-length"),
            updated("name", json!({"en": "a\u{200B}b"}), "shared.text-characters"),
            updated("country", json!("XX"), "shared.country"),
            updated("roles", json!([]), "shared.list-length"),
            updated("roles", json!(["exporter", "manufacturer"]), "shared.sorted"),
            updated("colour", json!("red"), "shared.body"),
            updated("identifiers", identifier("gln", "4012345000008"), "parties.identifier"),
            updated(
                "identifiers",
                identifier("lei", "2138001CY61HDFJ5ZA28"),
                "parties.identifier",
            ),
            updated("identifiers", identifier("eori", "de123"), "parties.identifier"),
            updated("identifiers", identifier("cn-customs", "123"), "parties.identifier"),
            updated("identifiers", identifier("eori", "DE123456789012345"), ""),
            updated("identifiers", identifier("lei", "2138001CY61HDFJ5ZA27"), ""),
            Step("", "M", "parties.renamed", json!({}), "shared.kind-unknown"),
            Step(
                "",
                "S",
                "parties.updated",
                with("country", json!("CN")),
                "shared.not-registered",
            ),
            Step(
                "",
                "S/K",
                "parties.registered",
                with("country", json!("CN")),
                "shared.mandate",
            ),
            Step(
                "",
                "M",
                "parties.registered",
                with("country", json!("CN")),
                "shared.already-exists",
            ),
        ],
    )
}

fn mandates() -> Story {
    let revoke = |key: &str| json!({"key": format!("@{key}"), "reason": "left"});
    let mut past = grant("K", json!(["*"]));
    past["until"] = json!("2026-01-01T00:00:00.000Z");
    Story(
        "a key speaks within its mandate and no longer than that",
        vec![
            Step(
                "",
                "M/K",
                "parties.updated",
                with("country", json!("CN")),
                "shared.mandate",
            ),
            Step(
                "",
                "M",
                "parties.mandate-granted",
                grant("K", json!(["logistics.flown"])),
                "parties.kinds-pattern",
            ),
            Step("", "M", "parties.mandate-granted", past, "parties.until-past"),
            Step("", "M", "parties.mandate-granted", grant("K", json!(["parties.*"])), ""),
            Step(
                "",
                "M",
                "parties.mandate-granted",
                grant("K", json!(["logistics.*"])),
                "parties.key-known",
            ),
            Step(
                "",
                "M/K",
                "parties.mandate-granted",
                grant("S", json!(["*"])),
                "parties.root-only",
            ),
            Step("", "M/K", "parties.updated", with("country", json!("CN")), ""),
            Step("", "M/K", "supply-chain.product-defined", product(), "shared.mandate"),
            Step("", "M", "parties.mandate-revoked", revoke("M"), "parties.root-stays"),
            Step("", "M", "parties.mandate-revoked", revoke("S"), "parties.key-unknown"),
            Step("", "M/K", "parties.mandate-revoked", revoke("K"), ""),
            Step(
                "",
                "M/K",
                "parties.updated",
                with("country", json!("DE")),
                "shared.mandate",
            ),
            Step(
                "",
                "M",
                "parties.mandate-granted",
                grant("K", json!(["supply-chain.product-defined"])),
                "",
            ),
            Step("", "M/K", "supply-chain.product-defined", product(), ""),
        ],
    )
}

fn product() -> Value {
    json!({"number": "P", "name": {"en": "Cover"}, "unit": "H87"})
}

fn partners() -> Story {
    let named = |number: &str| json!({"number": number, "profile": profile("Yarn Ltd")});
    let linked = |partner: &str, party: &str| json!({"partner": partner, "party": party});
    Story(
        "a partner is named, and linked once it has come",
        vec![
            Step("", "M", "parties.partner-named", named("Y"), ""),
            Step("", "M", "parties.partner-named", named("Y"), "shared.already-exists"),
            Step(
                "",
                "M",
                "parties.partner-named",
                named(&"丝".repeat(40)),
                "shared.subject-long",
            ),
            Step(
                "",
                "B",
                "parties.partner-linked",
                linked("partner:@M:Y", "@C"),
                "shared.not-yours",
            ),
            Step(
                "",
                "M",
                "parties.partner-linked",
                linked("lot:@M:Y", "@C"),
                "shared.subject-type",
            ),
            Step(
                "",
                "M",
                "parties.partner-linked",
                linked("partner:@M:Y", "@S"),
                "shared.no-such-subject",
            ),
            Step(
                "",
                "M",
                "parties.partner-linked",
                linked("partner:@M:Y", "@M"),
                "parties.linked-to-itself",
            ),
            Step("", "M", "parties.partner-linked", linked("partner:@M:Y", "@C"), ""),
            Step(
                "",
                "M",
                "parties.partner-linked",
                linked("partner:@M:Y", "@B"),
                "parties.already-linked",
            ),
        ],
    )
}

/// Mandates fill the state, and then no more fit; a revocation always does.
fn full() -> Story {
    let mut steps = Vec::new();
    let kinds: Vec<&str> = crate::KINDS[..20]
        .iter()
        .map(|kind| kind.trim_end_matches(".1"))
        .collect();
    let mut kinds = kinds;
    kinds.sort_unstable();
    let label = "\"".repeat(60);
    for i in 0..14 {
        let key = crate::testing::key(&format!("k{i}")).public().to_string();
        let body = json!({"key": key, "label": label, "holder": "device", "kinds": kinds});
        steps.push(Step(
            "",
            "M",
            "parties.mandate-granted",
            body,
            if i < 11 { "" } else { "parties.mandates-full" },
        ));
    }
    let key = crate::testing::key("k0").public().to_string();
    steps.push(Step(
        "",
        "M",
        "parties.mandate-revoked",
        json!({"key": key, "reason": "lost"}),
        "",
    ));
    let long = "\u{1F600}".repeat(200);
    steps.push(Step(
        "",
        "M",
        "parties.updated",
        with("name", json!({"en": long, "zh": long, "de": long})),
        "",
    ));
    Story("mandates end at the limit of the state", steps)
}

pub(crate) fn stories() -> Vec<Story> {
    let mut stories = vec![forms(), mandates(), partners(), full()];
    stories.extend(keys::stories());
    stories
}

#[test]
fn stories_end_as_they_should() {
    stories().into_iter().for_each(|story| drop(tell(story)));
}

#[test]
fn the_root_key_is_the_party() {
    assert_eq!(party("M").root_key(), &crate::testing::key("M").public());
}
