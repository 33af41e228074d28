use super::*;
use crate::testing::vectors::CountingRng;

#[test]
fn opens_for_each_recipient_and_nobody_else() {
    let secret = |at: u8| RecipientSecret::from_bytes(&[at; 32]).unwrap();
    let readers = [secret(1).public(), secret(2).public()];
    let document = seal(b"contract", &[9; 32], &readers, &mut CountingRng(0)).unwrap();
    assert_eq!(*open(&document, &secret(1)).unwrap(), b"contract");
    assert_eq!(*open(&document, &secret(2)).unwrap(), b"contract");
    assert_eq!(open(&document, &secret(3)), Err(SealError::NotForThisKey));
    assert_eq!(
        seal(b"", &[9; 32], &[], &mut CountingRng(0)),
        Err(SealError::Recipients)
    );
    assert_eq!(
        seal(b"", &[9; 32], &[readers[0], readers[0]], &mut CountingRng(0)),
        Err(SealError::Recipients)
    );
    for at in 0..document.len() {
        let mut changed = document.clone();
        changed[at] ^= 1;
        // What is wrapped for the second reader does not concern the first, and the other way round.
        let opened = [open(&changed, &secret(1)), open(&changed, &secret(2))];
        assert!(opened.iter().any(Result::is_err), "byte {at}");
        assert!(
            opened.iter().flatten().all(|content| **content == *b"contract"),
            "byte {at}"
        );
    }
}
