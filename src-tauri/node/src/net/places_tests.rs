use super::*;
use ledger::SecretKey;
use std::net::Ipv4Addr;

fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

fn key(seed: u8) -> PublicKey {
    SecretKey::from_seed(&[seed; 32]).public()
}

fn limits() -> Limits {
    Limits {
        connections: 4,
        of_address: 2,
        of_key: 2,
        ..Limits::default()
    }
}

#[test]
fn the_nameless_make_room_and_those_at_work_do_not() {
    let (places, limits) = (Arc::new(Places::default()), limits());
    let take = |last| places.take(address(last), &limits);
    let held: Vec<Place> = (1..=4).map(|last| take(last).unwrap()).collect();
    assert!(held[0].known(key(1), Role::Member, &limits));
    assert!(held[1].known(key(2), Role::Stranger, &limits));
    held[1].busy(true);
    assert_eq!(places.crowd().connections, 4);
    let fifth = take(5).unwrap();
    assert!(
        held[0].known(key(1), Role::Member, &limits),
        "the named are still there"
    );
    assert!(
        !places.inner().taken.contains_key(&held[2].id),
        "the oldest nameless went"
    );
    assert!(fifth.known(key(5), Role::Validator, &limits));
    assert!(held[3].known(key(4), Role::Stranger, &limits));
    let sixth = take(6).unwrap();
    assert!(!places.inner().taken.contains_key(&held[3].id), "then an idle stranger");
    assert!(sixth.known(key(6), Role::Member, &limits));
    assert!(take(7).is_none(), "nobody else has to go");
    held[1].busy(false);
    assert!(take(7).is_some());
    let crowd = places.crowd();
    assert_eq!((crowd.turned_away, crowd.made_room), (1, 3));
}

#[test]
fn an_address_crowds_out_only_itself() {
    let (places, limits) = (Arc::new(Places::default()), limits());
    let other = places.take(address(9), &limits).unwrap();
    let flood: Vec<Place> = (0..100).map(|_| places.take(address(1), &limits).unwrap()).collect();
    assert_eq!(places.crowd().connections, 3);
    assert!(places.inner().taken.contains_key(&other.id));
    drop(flood);
    assert_eq!(places.crowd().connections, 1);
}

#[test]
fn a_key_has_so_many_connections_and_its_idle_ones_go_first() {
    let (places, limits) = (Arc::new(Places::default()), limits());
    let one = places.take(address(1), &limits).unwrap();
    let two = places.take(address(2), &limits).unwrap();
    let three = places.take(address(3), &limits).unwrap();
    assert!(one.known(key(1), Role::Member, &limits) && two.known(key(1), Role::Member, &limits));
    one.busy(true);
    assert!(three.known(key(1), Role::Member, &limits));
    assert!(!places.inner().taken.contains_key(&two.id));
    three.busy(true);
    let four = places.take(address(4), &limits).unwrap();
    assert!(!four.known(key(1), Role::Member, &limits));
}

#[test]
fn strangers_have_half_of_the_places() {
    let (places, limits) = (Arc::new(Places::default()), limits());
    let held: Vec<Place> = (1..=3)
        .map(|last| places.take(address(last), &limits).unwrap())
        .collect();
    for (place, seed) in held.iter().zip(1..) {
        assert_eq!(place.known(key(seed), Role::Stranger, &limits), seed < 3);
        place.busy(true);
    }
    assert!(held[2].known(key(3), Role::Validator, &limits));
    held[0].busy(false);
    let another = places.take(address(4), &limits).unwrap();
    assert!(another.known(key(4), Role::Stranger, &limits));
    assert!(!places.inner().taken.contains_key(&held[0].id));
}
