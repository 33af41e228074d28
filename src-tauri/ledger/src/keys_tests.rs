use super::*;
use crate::testing::{key, vectors::weak_keys};

#[test]
fn weak_keys_are_refused() {
    for (why, bytes) in weak_keys() {
        assert!(PublicKey::from_bytes(bytes).is_err(), "{why}");
    }
}

#[test]
fn a_key_is_one_text() {
    let public = key("carrier").public();
    let text = public.to_string();
    assert_eq!(text.len(), DID_LENGTH);
    assert!(text.starts_with("did:key:z6Mk"));
    assert_eq!(text.parse::<PublicKey>(), Ok(public));
    assert!(text.to_uppercase().parse::<PublicKey>().is_err());
}

#[test]
fn order_of_keys_is_order_of_texts() {
    let mut keys: Vec<PublicKey> = (0..50).map(|at| key(&format!("{at}")).public()).collect();
    keys.sort();
    let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert!(texts.is_sorted());
}

/// RFC 8032, 7.1, test 3.
#[test]
fn signs_as_the_rfc_does() {
    let seed = crate::hash::lower_hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7").unwrap();
    let secret = SecretKey::from_seed(&seed);
    assert_eq!(
        hex::encode(secret.public().as_bytes()),
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    );
    let signature = secret.sign(&[0xaf, 0x82]);
    assert_eq!(
        hex::encode(signature),
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    );
    assert!(verify_zip215(&secret.public(), &[0xaf, 0x82], &signature));
}

#[test]
fn a_changed_message_key_or_signature_does_not_verify() {
    let (secret, message) = (key("a"), b"message");
    let signature = secret.sign(message);
    assert!(!verify_zip215(&secret.public(), b"messagf", &signature));
    assert!(!verify_zip215(&key("b").public(), message, &signature));
    for at in 0..64 {
        let mut other = signature;
        other[at] ^= 1;
        assert!(!verify_zip215(&secret.public(), message, &other), "byte {at}");
    }
    // s + group order: the same equation, refused since s must be below the order.
    let mut order =
        crate::hash::lower_hex::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut carry = 0;
    for (digit, s) in order.iter_mut().zip(&signature[32..]) {
        let sum = u16::from(*digit) + u16::from(*s) + carry;
        [*digit, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    let mut malleable = signature;
    malleable[32..].copy_from_slice(&order);
    assert!(!verify_zip215(&secret.public(), message, &malleable));
}
