use super::*;
use ledger::SecretKey;

fn key(number: u16) -> PublicKey {
    let mut seed = [0; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed).public()
}

fn at(text: &str) -> Address {
    text.parse().unwrap()
}

fn failure(code: &str) -> Failure<'_> {
    Failure {
        code,
        points: 0,
        at_least: Duration::ZERO,
        draw: 0,
    }
}

fn book(now: Instant) -> Book {
    let book = Book::new(key(0));
    book.invite(key(1), &[at("one.example:1"), at("192.0.2.1:1")], now)
        .unwrap();
    book
}

#[test]
fn the_address_that_answered_is_tried_first() {
    let now = Instant::now();
    let book = book(now);
    book.reached(&key(1), &at("192.0.2.1:1"), now);
    assert_eq!(book.addresses(&key(1)), vec![at("192.0.2.1:1"), at("one.example:1")]);
    book.invite(key(1), &[at("new.example:1")], now).unwrap();
    assert_eq!(book.addresses(&key(1))[0], at("new.example:1"));
    book.invite(key(0), &[at("me.example:1")], now).unwrap();
    assert_eq!(book.view(now).len(), 1, "we are no peer of ours");
}

#[test]
fn waits_double_with_jitter_and_end_on_success_or_waking() {
    assert_eq!(back_off(0, 0), Duration::from_millis(125));
    assert_eq!(back_off(0, 125), Duration::from_millis(250));
    assert_eq!(back_off(3, 0), Duration::from_secs(1));
    for failures in [7, 20, u32::MAX] {
        assert_eq!(back_off(failures, 0), Duration::from_secs(15));
        assert!(
            (0..100_000)
                .step_by(777)
                .all(|draw| back_off(failures, draw) <= LONGEST_WAIT)
        );
    }
    let now = Instant::now();
    let book = book(now);
    let first = book.failed(key(1), &failure("net.unreachable"), now);
    assert_eq!(book.wait(&key(1), now), first);
    assert_eq!(book.wait(&key(1), now + first), Duration::ZERO);
    assert!(book.failed(key(1), &failure("net.unreachable"), now) > first);
    let told = Failure {
        at_least: Duration::from_secs(99),
        ..failure("net.rate")
    };
    assert_eq!(book.failed(key(1), &told, now), told.at_least);
    let mut woken = book.woken();
    assert!(!woken.has_changed().unwrap());
    book.wake();
    assert!(woken.has_changed().unwrap());
    woken.mark_unchanged();
    assert_eq!(book.wait(&key(1), now), Duration::ZERO);
    assert_eq!(book.failed(key(1), &failure("net.unreachable"), now), first);
    book.reached(&key(1), &at("one.example:1"), now);
    let view = &book.view(now)[0];
    assert_eq!(
        (view.failures, view.wait, view.seen),
        (0, Duration::ZERO, Some(Duration::ZERO))
    );
    assert_eq!(view.refused_by_them.get("net.unreachable"), Some(&3));
}

#[test]
fn whoever_breaks_limits_is_slowed_then_dropped_then_forgiven() {
    let now = Instant::now();
    let book = book(now);
    let refuse = |times: u32, refusal, now| (0..times).for_each(|_| book.refused_them(key(1), refusal, now));
    refuse(4, Refusal::TooLarge, now);
    assert_eq!(book.standing(&key(1), now), Standing::Heard);
    refuse(100, Refusal::Busy, now);
    assert_eq!(
        book.standing(&key(1), now),
        Standing::Heard,
        "our own fault costs nothing"
    );
    refuse(1, Refusal::TooLarge, now);
    assert_eq!(book.standing(&key(1), now), Standing::Slowed(SLOWED));
    assert_eq!(book.standing(&key(1), now + SLOWED), Standing::Heard);
    refuse(15, Refusal::TooLarge, now);
    assert_eq!(book.standing(&key(1), now), Standing::Dropped(DROPPED));
    assert!(serde_json::from_slice::<Vec<Told>>(&book.tell(now)).unwrap().is_empty());
    let later = now + DROPPED;
    assert_eq!(book.standing(&key(1), later), Standing::Heard);
    refuse(4, Refusal::TooLarge, later);
    assert_eq!(book.view(later + Duration::from_secs(30))[0].points, 10);
    let counts = &book.view(later)[0].refused_by_us;
    assert_eq!((counts["net.too-large"], counts["net.busy"]), (24, 100));
}

#[test]
fn peers_tell_each_other_within_bounds() {
    let now = Instant::now();
    let (teller, listener) = (book(now), Book::new(key(1)));
    teller.invite(key(2), &[at("two.example:2")], now).unwrap();
    assert_eq!(
        listener.learn(&teller.tell(now), now).unwrap(),
        1,
        "the listener is not its own peer"
    );
    assert_eq!(listener.learn(&teller.tell(now), now).unwrap(), 0);
    assert_eq!(listener.addresses(&key(2)), vec![at("two.example:2")]);
    assert_eq!(&listener.tell(now)[..], b"[]", "hearsay is not passed on");
    listener.reached(&key(2), &at("two.example:2"), now);
    assert_ne!(&listener.tell(now)[..], b"[]");
    for number in 3..2000 {
        teller.invite(key(number), &[at("x.example:2")], now).ok();
    }
    assert_eq!(teller.view(now).len(), PEERS);
    assert_eq!(
        serde_json::from_slice::<Vec<Told>>(&teller.tell(now)).unwrap().len(),
        TOLD
    );
    assert!(listener.learn(&teller.tell(now), now).is_ok());
    let told = |addresses: usize| serde_json::json!([{"key": key(9), "addresses": vec!["a.example:1"; addresses]}]);
    assert!(listener.learn(told(ADDRESSES).to_string().as_bytes(), now).is_ok());
    for bad in [
        told(ADDRESSES + 1).to_string(),
        "{}".to_owned(),
        "[".to_owned(),
        r#"[{"key":"did:key:z6Mk","addresses":[]}]"#.to_owned(),
        serde_json::json!([{"key": key(9), "addresses": ["http://x"]}]).to_string(),
    ] {
        assert!(listener.learn(bad.as_bytes(), now).is_err(), "{bad}");
    }
}

#[test]
fn strangers_cannot_fill_the_book() {
    let now = Instant::now();
    let book = book(now);
    for number in 2..3000 {
        let later = now + Duration::from_millis(u64::from(number));
        book.refused_them(key(number), Refusal::Rate, later);
        assert!(book.view(later).len() <= PEERS);
    }
    assert!(!book.addresses(&key(1)).is_empty(), "the invited stays");
    for number in 0..500_u32 {
        book.failed(key(1), &failure(&format!("their.code-{number}")), now);
    }
    let view = book.view(now).into_iter().find(|peer| peer.key == key(1)).unwrap();
    assert!(view.refused_by_them.len() <= CODES + 1);
    assert_eq!(view.refused_by_them.values().sum::<u64>(), 500);
}
