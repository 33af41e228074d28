use super::*;
use crate::testing::{alliance, key};

#[test]
fn a_certificate_is_good_or_says_why_not() {
    let ledger = alliance().ledger;
    let (head, set) = (ledger.head().clone(), ledger.genesis.validators().clone());
    let good = ledger.certificate(&head, 4);
    assert_eq!(good.verify(&head, &set), Ok(()));
    assert_eq!(CommitCertificate::parse(&good.to_bytes()), Ok(good.clone()));
    assert_eq!(ledger.certificate(&head, 3).verify(&head, &set), Ok(()));
    assert_eq!(
        ledger.certificate(&head, 2).verify(&head, &set),
        Err(CommitError::TooLittleWeight)
    );
    let changed = |change: &dyn Fn(&mut CommitCertificate)| {
        let mut certificate = good.clone();
        change(&mut certificate);
        certificate.verify(&head, &set)
    };
    assert_eq!(changed(&|c| c.block = Hash::of(b"")), Err(CommitError::WrongBlock));
    assert_eq!(changed(&|c| c.height += 1), Err(CommitError::WrongHeight));
    assert_eq!(changed(&|c| c.round += 1), Err(CommitError::BadSignature));
    assert_eq!(
        changed(&|c| c.signatures.insert(0, c.signatures[0].clone())),
        Err(CommitError::SignerTwice)
    );
    let unknown = |c: &mut CommitCertificate| {
        c.signatures[0].key = key("nobody").public();
        c.signatures.sort_by_key(|one| one.key);
    };
    assert!(matches!(
        changed(&unknown),
        Err(CommitError::UnknownKey | CommitError::BadSignature)
    ));
    let mut other = head.clone();
    other.validators = Hash::of(b"");
    assert_eq!(
        ledger.certificate(&other, 4).verify(&other, &set),
        Err(CommitError::WrongSet)
    );
}

#[test]
fn what_is_written_directly_is_what_the_writer_writes() {
    let ledger = alliance().ledger;
    let certificate = ledger.certificate(ledger.head(), 4);
    let canonical = |value: &serde_json::Value| crate::canonical::to_bytes(value).unwrap();
    assert_eq!(
        certificate.to_bytes(),
        canonical(&serde_json::to_value(&certificate).unwrap())
    );
    assert_eq!(
        ledger.head().to_bytes(),
        canonical(&serde_json::to_value(ledger.head()).unwrap())
    );
    assert_eq!(
        ledger.genesis.to_bytes(),
        canonical(&serde_json::to_value(&ledger.genesis).unwrap())
    );
    let anchor = crate::Anchor::of(ledger.genesis.clone());
    assert_eq!(anchor.to_bytes(), canonical(&serde_json::to_value(&anchor).unwrap()));
    let quoted = crate::Genesis::new(
        r#"a "b" \c"#,
        crate::Profile::Solo,
        crate::Clock::Simulated,
        crate::testing::time(0),
        [0; 16],
        ledger.genesis.validators().clone(),
    )
    .unwrap();
    assert_eq!(quoted.to_bytes(), canonical(&serde_json::to_value(&quoted).unwrap()));
    assert_eq!(crate::Genesis::parse(&quoted.to_bytes()), Ok(quoted));
}
