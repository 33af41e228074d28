//! An author that signs one statement twice, with two good signatures, and shows half of the validators the one and half the other:
//! both have one RecordId. Ed25519 allows it to whoever holds the key; only the usual way of signing gives one signature.

use crate::{said, simulate};
use app::terminal::bench::traffic::Traffic;
use app::terminal::sim::{Plan, Scenario, genesis, run_with};
use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::Scalar;
use ledger::{Hash, Record};
use sha2::{Digest, Sha512};

/// The signature of RFC 8032 with another number in place of the one that follows from key and message.
fn sign_otherwise(seed: &[u8; 32], public: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let expanded: [u8; 64] = Sha512::digest(seed).into();
    let mut secret: [u8; 32] = expanded[..32].try_into().unwrap();
    secret[0] &= 248;
    secret[31] = (secret[31] & 63) | 64;
    let secret = Scalar::from_bytes_mod_order(secret);
    let number = Scalar::from_bytes_mod_order([7; 32]);
    let point = EdwardsPoint::mul_base(&number).compress().to_bytes();
    let challenge: [u8; 64] = Sha512::new()
        .chain_update(point)
        .chain_update(public)
        .chain_update(message)
        .finalize()
        .into();
    let scalar = number + Scalar::from_bytes_mod_order_wide(&challenge) * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&point);
    signature[32..].copy_from_slice(scalar.as_bytes());
    signature
}

/// The same record with another good signature.
fn other_face(record: &Record, seed: &[u8; 32]) -> Record {
    let text = |signature: &[u8; 64]| format!("z{}", bs58::encode(signature).into_string());
    let signature = sign_otherwise(seed, record.key().as_bytes(), record.signed_bytes());
    let other = record.text().replace(&text(record.signature()), &text(&signature));
    let other = Record::parse(other.as_bytes()).unwrap();
    assert!(other.verify_signature().is_ok());
    assert_eq!(other.id(), record.id());
    assert_ne!(other.bytes(), record.bytes());
    other
}

#[test]
fn a_two_faced_author_stops_nobody() {
    for (validators, seed) in [(4, 1), (4, 2), (7, 3)] {
        let plan = Plan {
            validators,
            patient_millis: 60_000,
            ..Plan::of(seed).with(Scenario::Lossy)
        };
        // Of the first firm's founding records: it needs nothing that comes before.
        let genesis = genesis(validators).unwrap();
        let mut traffic = Traffic::new(genesis.network(), genesis.created(), 1).unwrap();
        let record = traffic.founding_alliance(validators).unwrap()[0][0].clone();
        let key = *Hash::of(b"sealroad-bench 1 0").as_bytes();
        let other = other_face(&record, &key);
        let report = run_with(&plan, &[(record, other)]).unwrap();
        assert!(report.ok, "{}", said(&report));
        assert!(simulate(&plan).ok);
    }
}
