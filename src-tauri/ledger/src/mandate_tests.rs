use serde_json::{Value, json};

use super::holds;
use crate::testing::{key, party, time};

fn asked(entry: &Value, signer: &str, kind: &str, height: u64, at: i64) -> bool {
    let state = json!({ "keys": [{ "key": "nonsense" }, entry] });
    holds(
        &state,
        &key(signer).public(),
        &party("root"),
        &kind.parse().unwrap(),
        height,
        time(at),
    )
}

#[test]
fn a_mandate_holds_in_its_time_for_its_kinds() {
    let with = |name: &str, value: Value| {
        let mut entry = json!({
            "key": key("clerk").public(), "kinds": ["logistics.*", "customs.declared"], "from": 5,
            "until": time(100), "revoked": 9, "role": "clerk"
        });
        entry[name] = value;
        entry
    };
    let plain = with("role", json!("clerk"));
    let departed = "logistics.departed.1";
    let cases = [
        (plain.clone(), "clerk", departed, 6, 50, true),
        (plain.clone(), "clerk", "customs.declared.2", 6, 50, true),
        (plain.clone(), "clerk", "customs.released.1", 6, 50, false),
        (plain.clone(), "other", departed, 6, 50, false),
        (plain.clone(), "clerk", departed, 5, 50, false),
        (plain.clone(), "clerk", departed, 9, 50, true),
        (plain.clone(), "clerk", departed, 10, 50, false),
        (plain.clone(), "clerk", departed, 6, 100, true),
        (plain, "clerk", departed, 6, 101, false),
        (with("until", Value::Null), "clerk", departed, 6, 101, true),
        (with("revoked", Value::Null), "clerk", departed, 99, 50, true),
        (with("kinds", json!(["*"])), "clerk", "customs.released.1", 6, 50, true),
        (
            with("kinds", json!(["*.*"])),
            "clerk",
            "customs.released.1",
            6,
            50,
            false,
        ),
        (
            with("kinds", json!(["customs.released.1"])),
            "clerk",
            "customs.released.1",
            6,
            50,
            false,
        ),
        (with("kinds", json!("*")), "clerk", "customs.released.1", 6, 50, false),
        (with("from", json!("1")), "clerk", departed, 6, 50, false),
        (with("key", json!(key("root").public())), "root", departed, 5, 50, true),
        (with("key", json!(key("root").public())), "root", departed, 4, 50, false),
    ];
    for (at, (entry, signer, kind, height, when, expected)) in cases.into_iter().enumerate() {
        assert_eq!(asked(&entry, signer, kind, height, when), expected, "case {at}");
    }
    assert!(!holds(
        &json!({}),
        &key("root").public(),
        &party("root"),
        &"a-a.bb.1".parse().unwrap(),
        1,
        time(0)
    ));
}
