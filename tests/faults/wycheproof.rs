//! The vectors of Project Wycheproof, at the verifier of the ledger; the other two verifiers are held to the same in
//! `tests/python/test_wycheproof.py` and `ui/src/verify/tests/wycheproof.test.ts`.

use ledger::{PublicKey, verify_zip215};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    id: u32,
    did: String,
    key: String,
    message: String,
    signature: String,
    result: String,
    comment: String,
}

/// What ZIP-215 takes and RFC 8032 does not: R is y = 1 with the sign bit of x set.
const ONLY_ZIP_215: u32 = 151;

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The verdict; what has not the length of a signature has no place in a record or a certificate.
fn verdict(vector: &Vector) -> bool {
    let Ok(signature) = <[u8; 64]>::try_from(bytes(&vector.signature)) else {
        return false;
    };
    let key: PublicKey = vector.did.parse().unwrap();
    assert_eq!(key.as_bytes().as_slice(), bytes(&vector.key), "{}", vector.id);
    verify_zip215(&key, &bytes(&vector.message), &signature)
}

#[test]
fn every_vector_of_wycheproof_has_its_verdict() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wycheproof/ed25519.json");
    let vectors: Vec<Vector> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(vectors.len(), 151);
    let mut valid = 0;
    for vector in &vectors {
        let expected = vector.result == "valid" || vector.id == ONLY_ZIP_215;
        assert_eq!(verdict(vector), expected, "{}: {}", vector.id, vector.comment);
        valid += usize::from(expected);
    }
    println!("{valid} of {} are valid", vectors.len());
    // Each valid one with a bit of its message, or of its s, changed is not.
    for vector in vectors.iter().filter(|vector| vector.result == "valid") {
        let signature = <[u8; 64]>::try_from(bytes(&vector.signature)).unwrap();
        let key: PublicKey = vector.did.parse().unwrap();
        let (mut message, mut other) = (bytes(&vector.message), signature);
        message.push(0);
        other[40] ^= 1;
        assert!(!verify_zip215(&key, &message, &signature), "{}", vector.id);
        assert!(!verify_zip215(&key, &bytes(&vector.message), &other), "{}", vector.id);
    }
}
