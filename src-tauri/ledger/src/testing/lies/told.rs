//! What the lies are.

use serde_json::{Value, json};

use super::{Change, Lie, Places, add, good, lie, remove, replace};
use crate::evidence::Evidence;
use crate::ids::Subject;
use crate::testing::{MemoryLedger, party, sample};
use crate::validators::Clock;

pub(super) fn of_form(places: &Places<'_>, bytes: &[u8]) -> Vec<Lie> {
    let check = "canonical bytes";
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let raw = |name, text: String| Lie {
        change: Change::Text(text),
        ..lie(name, check, Vec::new())
    };
    let shipment = places.subject(&places.sample.shipment);
    let deep = (0..9).fold(json!(1), |inner, _| json!([inner]));
    vec![
        raw("a space after a comma", text.replacen(",\"blocks\"", ", \"blocks\"", 1)),
        raw("a line break at the end", format!("{text}\n")),
        raw(
            "a member twice",
            text.replacen("{\"about\"", "{\"about\":\"gs1:01/1\",\"about\"", 1),
        ),
        raw("a needless escape", text.replacen("Sample", "S\\u0061mple", 1)),
        raw(
            "a number with a fraction",
            text.replacen("\"amount\":125000", "\"amount\":125000.0", 1),
        ),
        raw("cut off", text[..text.len() / 2].to_owned()),
        lie("an unknown member", check, vec![add("/note", "")]),
        lie("no openings member", check, vec![remove("/openings")]),
        lie("another form", check, vec![replace("/form", "sealroad-evidence.2")]),
        lie(
            "a name with a text-direction override",
            check,
            vec![replace("/genesis/name", "a\u{202E}b")],
        )
        .told_raw(bytes),
        lie("a record at height 0", check, vec![replace("/records/0/height", 0)]),
        lie(
            "records not sorted",
            check,
            vec![
                replace("/records/0", places.value["records"][1].clone()),
                replace("/records/1", places.value["records"][0].clone()),
            ],
        ),
        lie(
            "a subject twice",
            check,
            vec![add("/subjects/0", places.value["subjects"][0].clone())],
        ),
        lie(
            "a value without a state",
            check,
            vec![replace(&format!("/subjects/{shipment}/state"), Value::Null)],
        ),
        lie(
            "an opening nine levels deep",
            check,
            vec![replace("/openings/0/value", deep)],
        ),
        lie(
            "a certificate without signatures",
            check,
            vec![replace("/commit/signatures", json!([]))],
        ),
        lie(
            "a small-order vote key",
            check,
            vec![replace(
                "/commit/signatures/0/key",
                crate::testing::vectors::small_order(),
            )],
        ),
    ]
}

pub(super) fn of_records(places: &Places<'_>) -> Vec<Lie> {
    let (booked, _) = places.record("logistics.booked.1");
    let (departed, record) = places.record("logistics.departed.1");
    let carrier = places.subject(&Subject::party(record.party()));
    let stranger = Subject::party(&party("stranger"));
    let from = format!("/subjects/{carrier}/state/keys/0");
    vec![
        lie(
            "a body changed after signing",
            "signature",
            vec![replace(&format!("/records/{booked}/record/body/boxes"), 41)],
        ),
        lie(
            "a signature of another record",
            "signature",
            vec![replace(
                &format!("/records/{booked}/record/proof/proofValue"),
                places.value[&"records"][departed]["record"]["proof"]["proofValue"].clone(),
            )],
        ),
        lie(
            "signed by a stranger's key",
            "mandate",
            vec![places.signed_again("stranger", |_| ())],
        ),
        lie(
            "spoken by a party that is not in the file",
            "mandate",
            vec![places.signed_again("stranger", |draft| draft.party = *stranger.owner().as_ref().unwrap())],
        ),
        lie(
            "a mandate for another kind",
            "mandate",
            vec![replace(&format!("{from}/kinds"), json!(["parties.*"]))],
        ),
        lie(
            "a mandate that begins with the block",
            "mandate",
            vec![replace(&format!("{from}/from"), 4)],
        ),
        lie(
            "a mandate revoked before",
            "mandate",
            vec![replace(&format!("{from}/revoked"), 3)],
        ),
        lie(
            "a mandate that ended before",
            "mandate",
            vec![replace(&format!("{from}/until"), "2026-01-01T00:00:39.999Z")],
        ),
        lie(
            "a mandate of a key without its last day",
            "mandate",
            vec![remove(&format!("{from}/until"))],
        ),
        lie(
            "a record of a block that is not in the file",
            "mandate",
            vec![remove("/blocks/3")],
        ),
    ]
}

/// Records that are not where the file says.
pub(super) fn of_places(places: &Places<'_>) -> Vec<Lie> {
    let (departed, _) = places.record("logistics.departed.1");
    let outside = vec![replace(&format!("/records/{departed}/height"), 5)];
    vec![
        lie("a record moved to the head", "inclusion", outside),
        lie(
            "a record at another place",
            "inclusion",
            vec![replace("/records/0/index", 2), remove("/records/1")],
        ),
        lie(
            "a path with one hash changed",
            "inclusion",
            vec![places.flipped("/records/0/path/0")],
        ),
        lie(
            "a path with one hash more",
            "inclusion",
            vec![add("/records/0/path/0", "00".repeat(32))],
        ),
        lie(
            "another body, signed again by its author",
            "inclusion",
            vec![places.signed_again("exporter", |draft| draft.body = json!({ "boxes": 41 }))],
        ),
    ]
}

pub(super) fn of_blocks(places: &Places<'_>) -> Vec<Lie> {
    let ledger = &places.sample.ledger;
    let few = |signers| serde_json::to_value(ledger.certificate(ledger.head(), signers)).unwrap();
    let mut later = ledger.head().clone();
    later.rules = crate::Hash::of(b"other rules");
    let stranger = MemoryLedger::new("Another", &["port"], Clock::System);
    let mut foreign = ledger.head().clone();
    foreign.validators = stranger.genesis.validators().hash();
    let certified = serde_json::to_value(stranger.certificate(&foreign, 1)).unwrap();
    vec![
        lie(
            "a block with another time",
            "history",
            vec![replace("/blocks/1/header/time", "2026-01-01T00:00:20.001Z")],
        ),
        lie(
            "a block with a wrong path",
            "history",
            vec![places.flipped("/blocks/0/path/0")],
        ),
        lie(
            "a head with other rules",
            "quorum",
            vec![replace("/head", serde_json::to_value(&later).unwrap())],
        ),
        lie(
            "a head whose certificate is of another block",
            "quorum",
            vec![replace(
                "/commit",
                serde_json::to_value(ledger.certificate(&later, 4)).unwrap(),
            )],
        ),
        lie("half of the validators", "quorum", vec![replace("/commit", few(2))]),
        lie(
            "a vote changed",
            "quorum",
            vec![places.flipped("/commit/signatures/0/signature")],
        ),
        lie("another round", "quorum", vec![replace("/commit/round", 1)]),
        lie(
            "another height in the certificate",
            "quorum",
            vec![replace("/commit/height", 4)],
        ),
        lie(
            "a genesis with another name",
            "quorum",
            vec![replace("/genesis/name", "Sample")],
        ),
        lie(
            "validators of another network",
            "quorum",
            vec![
                replace("/head", serde_json::to_value(&foreign).unwrap()),
                replace("/commit", certified),
            ],
        ),
        Lie {
            other_network: true,
            ..lie("true, but of another network than expected", "network", Vec::new())
        },
    ]
}

pub(super) fn of_subjects(places: &Places<'_>) -> Vec<Lie> {
    let at = |subject: &Subject| places.subject(subject);
    let (shipment, lot) = (at(&places.sample.shipment), at(&places.sample.lot));
    let (departed, _) = places.record("logistics.departed.1");
    let (origin, _) = places.record("supply-chain.origin.1");
    let value = format!("/subjects/{shipment}/value");
    let gone =
        |name| json!({ "proof": { "leaf": null, "siblings": [] }, "state": null, "subject": name, "value": null });
    vec![
        lie(
            "the departure withheld",
            "completeness",
            vec![remove(&format!("/records/{departed}")), remove("/blocks/3")],
        ),
        lie(
            "a record withheld and the count lowered",
            "completeness",
            vec![
                remove(&format!("/records/{departed}")),
                remove("/blocks/3"),
                replace(&format!("{value}/count"), 1),
            ],
        ),
        lie(
            "a turn changed",
            "completeness",
            vec![replace(&format!("{value}/turn"), 0)],
        ),
        lie(
            "a sibling changed",
            "completeness",
            vec![places.flipped(&format!("/subjects/{shipment}/proof/siblings/0"))],
        ),
        lie(
            "a sibling more",
            "completeness",
            vec![add(&format!("/subjects/{shipment}/proof/siblings/0"), "00".repeat(32))],
        ),
        lie(
            "a subject said to be absent",
            "completeness",
            vec![replace(
                &format!("/subjects/{shipment}"),
                gone(places.sample.shipment.as_str()),
            )],
        ),
        lie(
            "a record that writes nothing listed",
            "completeness",
            vec![remove(&format!("/subjects/{lot}"))],
        ),
        lie(
            "a block that holds no record shown",
            "completeness",
            vec![
                remove(&format!("/records/{origin}")),
                remove(&format!("/subjects/{lot}")),
            ],
        ),
    ]
}

/// Subjects of the file that do not belong together.
pub(super) fn of_closure(places: &Places<'_>) -> Vec<Lie> {
    let at = |subject: &Subject| places.subject(subject);
    let (shipment, lot) = (at(&places.sample.shipment), at(&places.sample.lot));
    let (origin, _) = places.record("supply-chain.origin.1");
    let shown = |subject: &Subject| {
        let subjects = vec![places.sample.ledger.shown_subject(subject)];
        let alone = Evidence {
            subjects,
            records: Vec::new(),
            ..places.good.clone()
        };
        let value: Value = serde_json::from_slice(&alone.to_bytes().unwrap()).unwrap();
        value["subjects"][0].clone()
    };
    let absent = Subject::owned("zebra", &party("exporter"), "none").unwrap();
    let container = Subject::code("container", "MSKU1234565").unwrap();
    let last = places.good.subjects.len();
    vec![
        lie(
            "a linked subject left out",
            "closure",
            vec![
                remove(&format!("/records/{origin}")),
                remove(&format!("/subjects/{lot}")),
                remove("/blocks/1"),
            ],
        ),
        lie("a subject over", "closure", vec![add("/subjects/0", shown(&container))]),
        lie(
            "an absent subject over",
            "closure",
            vec![add(&format!("/subjects/{last}"), shown(&absent))],
        ),
        lie(
            "about another subject",
            "closure",
            vec![replace("/about", absent.as_str())],
        ),
        lie(
            "about a subject that explains only a part",
            "closure",
            vec![replace("/about", places.sample.lot.as_str())],
        ),
        lie(
            "a state told otherwise",
            "state",
            vec![replace(&format!("/subjects/{shipment}/state/stage"), "arrived")],
        ),
        lie(
            "a mandate widened",
            "state",
            vec![replace(
                &format!(
                    "/subjects/{}/state/keys/0/kinds",
                    at(&Subject::party(&party("carrier")))
                ),
                json!(["*"]),
            )],
        ),
    ]
}

pub(super) fn of_the_rest(places: &Places<'_>) -> Vec<Lie> {
    let backwards = sample(
        &["carrier", "chamber", "exporter", "port"],
        Clock::System,
        [10, 20, 30, 60, 50],
    );
    let whole = good(&backwards).to_bytes().unwrap();
    let mut unknown = places.value["openings"][0].clone();
    unknown["record"] = json!(crate::Hash::of(b"nowhere"));
    vec![
        Lie {
            not_before: Some(6),
            ..lie("older than demanded", "freshness", Vec::new())
        },
        Lie {
            change: Change::Text(String::from_utf8(whole).unwrap()),
            ..lie("a block later than the head", "freshness", Vec::new())
        },
        lie(
            "an opening with another value",
            "openings",
            vec![replace("/openings/0/value/amount", 1)],
        ),
        lie(
            "an opening with another salt",
            "openings",
            vec![places.flipped("/openings/0/salt")],
        ),
        lie(
            "an opening of another name",
            "openings",
            vec![replace("/openings/0/name", "cost")],
        ),
        lie(
            "an opening of a record not in the file",
            "openings",
            vec![replace("/openings/0", unknown)],
        ),
    ]
}
