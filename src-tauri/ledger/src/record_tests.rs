use serde_json::{Value, json};

use super::*;
use crate::testing::vectors::CountingRng;
use crate::testing::{alliance, key, lies, time, vectors};

fn origin() -> Record {
    let sample = alliance();
    let records = sample.ledger.evidence(&sample.lot).records;
    records
        .into_iter()
        .map(|shown| shown.record)
        .find(|record| record.id() == sample.origin)
        .unwrap()
}

/// The origin record with one member changed; the signature stays.
fn changed(name: &str, value: Value) -> Result<Record, RecordError> {
    let mut record: Value = serde_json::from_str(origin().text()).unwrap();
    record[name] = value;
    Record::parse(&canonical::to_bytes(&record).unwrap())
}

#[test]
fn a_record_reads_back_and_verifies() {
    let record = origin();
    let again = Record::parse(record.bytes()).unwrap();
    assert_eq!(again, record);
    assert_eq!(again.id(), record.id());
    assert_eq!(again.verify_signature(), Ok(()));
    assert_eq!(again.kind().as_str(), "supply-chain.origin.1");
    assert_eq!(again.commits().len(), 1);
    let mut document: Value = serde_json::from_str(record.text()).unwrap();
    let mut proof = document.as_object_mut().unwrap().remove("proof").unwrap();
    proof.as_object_mut().unwrap().remove("proofValue");
    let parts = [&proof, &document].map(|value| Hash::of(&canonical::to_bytes(value).unwrap()).0);
    assert_eq!(record.signed_bytes()[..], parts.concat());
    assert_eq!(
        record.body_json().as_bytes(),
        canonical::to_bytes(&document["body"]).unwrap()
    );
}

#[test]
fn structure_is_checked_before_any_signature() {
    let subject = |name: &str| Subject::party(&crate::testing::party(name));
    let mut two = [subject("carrier"), subject("exporter")];
    two.sort();
    let reversed: Vec<_> = two.iter().rev().collect();
    let refused = [
        ("body", json!([])),
        ("claimed", json!("2026-01-01T00:00:00Z")),
        ("commits", json!([])),
        ("commits", Value::Null),
        ("commits", json!([{ "name": "A", "hash": Hash::of(b"") }])),
        ("kind", json!("origin.1")),
        ("kind", json!("supply-chain.origin.01")),
        ("network", json!("00")),
        ("nonce", json!("00")),
        ("nonce", json!("AA".repeat(16))),
        ("party", json!(vectors::small_order())),
        ("reads", json!(reversed)),
        ("reads", json!(origin().subjects())),
        ("refers", json!([Hash::of(b""), Hash::of(b"")])),
        ("seen", json!({ two[0].as_str(): 1 })),
        ("seen", json!([])),
        ("seen", json!({ origin().subjects()[0].as_str(): -1 })),
        ("subjects", json!([])),
        ("subjects", json!([two[0], two[0]])),
        ("subjects", json!(["lot:nobody:1"])),
        ("until", json!(time(0))),
        ("until", json!(time(30 * 86_400 + 1))),
        ("proof", json!({})),
        ("note", json!("unknown member")),
    ];
    for (name, value) in refused {
        assert!(changed(name, value.clone()).is_err(), "{name} {value}");
    }
    assert!(changed("until", json!(time(30 * 86_400))).is_ok());
    assert!(matches!(
        changed("body", json!({ "long": "x".repeat(65_536) })),
        Err(RecordError::TooLong(_))
    ));
    let unsigned = changed("body", json!({})).unwrap();
    assert_eq!(unsigned.verify_signature(), Err(RecordError::Signature));
}

#[test]
fn the_proof_names_one_suite_and_one_key() {
    let proof: Value = serde_json::from_str::<Value>(origin().text()).unwrap()["proof"].clone();
    let other = key("carrier").public();
    let refused = [
        ("cryptosuite", json!("eddsa-rdfc-2022")),
        ("type", json!("Ed25519Signature2020")),
        ("proofPurpose", json!("authentication")),
        ("verificationMethod", json!(other)),
        (
            "verificationMethod",
            json!(format!("{other}#{}", origin().key().multibase())),
        ),
        ("proofValue", json!("z1")),
        ("proofValue", json!("u1111")),
        ("created", json!(time(0))),
    ];
    for (name, value) in refused {
        let mut proof = proof.clone();
        proof[name] = value.clone();
        assert!(changed("proof", proof).is_err(), "{name} {value}");
    }
}

#[test]
fn many_at_once_get_the_verdict_of_each() {
    let good: Vec<Record> = lies::good(&alliance())
        .records
        .into_iter()
        .map(|shown| shown.record)
        .collect();
    assert_eq!(verify_batch(&good, &mut CountingRng(0)), vec![true; good.len()]);
    let mut mixed = good.clone();
    mixed.insert(1, changed("body", json!({})).unwrap());
    let single: Vec<bool> = mixed.iter().map(|record| record.verify_signature().is_ok()).collect();
    assert_eq!(verify_batch(&mixed, &mut CountingRng(0)), single);
    assert_eq!(single.iter().filter(|good| !**good).count(), 1);
    assert!(verify_batch(&[], &mut CountingRng(0)).is_empty());
}

/// The W3C vector of `eddsa-jcs-2022`: the same two hashes, joined and signed as we do it.
#[test]
fn signs_as_the_w3c_vector_does() {
    let Ok(corpus) = std::env::var("SEALROAD_CORPUS") else {
        println!("SEALROAD_CORPUS is not set: the W3C vector was not read");
        return;
    };
    let folder = std::path::Path::new(&corpus).join("vc/eddsa-jcs-2022");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut document: Value = serde_json::from_str(&read("signedJCS.json")).unwrap();
    let mut proof = document.as_object_mut().unwrap().remove("proof").unwrap();
    let value = proof.as_object_mut().unwrap().remove("proofValue").unwrap();
    let hashes = [&proof, &document].map(|part| Hash::of(&serde_json_canonicalizer::to_vec(part).unwrap()).0);
    assert_eq!(hex::encode(hashes.concat()), read("combinedHashJCS.txt").trim());
    let key: PublicKey = format!(
        "did:key:{}",
        proof["verificationMethod"].as_str().unwrap().split_once('#').unwrap().1
    )
    .parse()
    .unwrap();
    let signature: [u8; 64] = bs58::decode(&value.as_str().unwrap()[1..])
        .into_vec()
        .unwrap()
        .try_into()
        .unwrap();
    assert!(verify_zip215(&key, &hashes.concat(), &signature));
}

#[test]
fn subjects_of_the_alliance_are_public_codes() {
    let (party, vote) = (
        crate::testing::party("exporter"),
        crate::testing::vote_key("exporter").public(),
    );
    let z = |did: String| did.trim_start_matches("did:key:").to_owned();
    for (subject, text) in [
        (Subject::validators(), "alliance:validators".to_owned()),
        (
            Subject::member(&party),
            format!("alliance:member/{}", z(party.to_string())),
        ),
        (
            Subject::validator(&vote),
            format!("alliance:validator/{}", z(vote.to_string())),
        ),
    ] {
        assert_eq!(subject.as_str(), text);
        assert_eq!(text.parse::<Subject>().as_ref(), Ok(&subject));
        assert_eq!(subject.owner(), None);
        let crate::SubjectParts::Code { scheme, code } = subject.parts() else {
            panic!("{text} is owned");
        };
        assert_eq!(format!("{scheme}:{code}"), text);
    }
}

#[test]
fn subjects_are_of_two_forms() {
    let party = crate::testing::party("exporter");
    let lot = Subject::owned("lot", &party, "L 1/茶%").unwrap();
    assert!(lot.as_str().ends_with(":L%201/%E8%8C%B6%25"));
    let crate::SubjectParts::Owned {
        type_name,
        party: owner,
        local,
    } = lot.parts()
    else {
        panic!("not owned")
    };
    assert_eq!(
        (type_name, owner, crate::ids::decode(local).as_str()),
        ("lot", party, "L 1/茶%")
    );
    let code: Subject = "gs1:01/09506000134352/21/12345".parse().unwrap();
    assert_eq!(code.owner(), None);
    let long = format!("lot:{party}:{}", "x".repeat(200 - 61));
    assert!(long.parse::<Subject>().is_ok() && format!("{long}x").parse::<Subject>().is_err());
    let bad = [
        "",
        "gs1",
        "gs1:",
        "isbn:1",
        "gs1:a b",
        "gs1:é",
        "Lot:x:1",
        "l:x:1",
        &format!("-a:{party}:1"),
        &format!("lot:{party}"),
        &format!("lot:{party}:"),
        &format!("lot:{party}:a:b"),
    ];
    for text in bad {
        assert!(text.parse::<Subject>().is_err(), "{text}");
    }
}

#[test]
fn times_are_of_one_form() {
    for text in [
        "2000-01-01T00:00:00.000Z",
        "2024-02-29T23:59:59.999Z",
        "9999-12-31T23:59:59.999Z",
    ] {
        assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
    }
    let bad = [
        "1999-12-31T23:59:59.999Z",
        "2023-02-29T00:00:00.000Z",
        "2024-01-01T24:00:00.000Z",
        "2024-01-01T00:60:00.000Z",
        "2024-01-01T00:00:60.000Z",
        "2024-01-01T00:00:00Z",
        "2024-01-01t00:00:00.000Z",
        "2024-01-01T00:00:00.000+",
        "2024-1-01T00:00:00.0000Z",
    ];
    for text in bad {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
    assert_eq!(time(0).plus_millis(1).to_string(), "2026-01-01T00:00:00.001Z");
}
