use super::*;

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[test]
fn what_is_joined_comes_apart_again() {
    let messages = vec![bytes("a"), bytes("vote at height 7"), Bytes::from(vec![0; 1000])];
    let body = encode(messages.iter());
    assert_eq!(body.len(), 3 * LENGTH + 1 + 16 + 1000);
    assert_eq!(decode(&body, 1000), Ok(messages));
}

#[test]
fn a_body_cut_anywhere_but_between_messages_is_refused_whole() {
    let messages = [bytes("abc"), bytes("defg")];
    let body = encode(messages.iter());
    for cut in 1..body.len() {
        let expected = if cut == LENGTH + 3 {
            Ok(vec![bytes("abc")])
        } else {
            Err(FrameError::Cut)
        };
        assert_eq!(decode(&body.slice(..cut), 10), expected, "cut at {cut}");
    }
}

#[test]
fn bounds_are_kept_before_anything_is_taken() {
    assert_eq!(decode(&Bytes::new(), 10), Err(FrameError::Empty));
    assert_eq!(decode(&Bytes::from_static(&[0, 0, 0, 0]), 10), Err(FrameError::Empty));
    let huge = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 1, 2]);
    assert_eq!(decode(&huge, 10), Err(FrameError::TooLarge(0xffff_ffff)));
    assert_eq!(decode(&huge, usize::MAX), Err(FrameError::Cut));
    let eleven = encode([Bytes::from(vec![7; 11])].iter());
    assert_eq!(decode(&eleven, 10), Err(FrameError::TooLarge(11)));
    assert!(decode(&eleven, 11).is_ok());
    let many = vec![bytes("x"); MOST];
    assert_eq!(decode(&encode(many.iter()), 1).map(|found| found.len()), Ok(MOST));
    let one_more = vec![bytes("x"); MOST + 1];
    assert_eq!(decode(&encode(one_more.iter()), 1), Err(FrameError::TooMany));
}
