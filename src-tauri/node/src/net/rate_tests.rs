use super::*;
use crate::net::wire::Limits;
use ledger::SecretKey;
use std::net::Ipv4Addr;

fn address(number: u32) -> Asker {
    Asker::Address(IpAddr::V4(Ipv4Addr::from_bits(number)))
}

#[test]
fn a_burst_then_one_for_each_share_of_the_minute() {
    let limits = Limits::default();
    let row = limits.row(Path::Head);
    let (mut rates, start) = (Rates::default(), Instant::now());
    for _ in 0..row.burst {
        assert_eq!(rates.take(address(1), row, start), Ok(()));
    }
    let each = Duration::from_secs(60) / row.per_minute;
    assert_eq!(rates.take(address(1), row, start), Err(each));
    assert_eq!(rates.take(address(1), row, start + each / 2), Err(each / 2));
    assert_eq!(rates.take(address(1), row, start + each), Ok(()));
    assert!(rates.take(address(1), row, start + each).is_err());
    assert_eq!(
        rates.take(address(2), row, start),
        Ok(()),
        "another has a bucket of his own"
    );
    assert_eq!(
        rates.take(address(1), limits.row(Path::Light), start),
        Ok(()),
        "and so has another path"
    );
}

#[test]
fn a_flood_of_askers_is_not_remembered_without_bound_and_the_busiest_stay() {
    let limits = Limits::default();
    let row = limits.row(Path::Peers);
    let (mut rates, now) = (Rates::default(), Instant::now());
    for _ in 0..row.burst {
        assert!(rates.take(address(u32::MAX), row, now).is_ok());
    }
    for number in 0..20_000 {
        assert!(rates.take(address(number), row, now).is_ok());
        assert!(rates.0.len() <= REMEMBERED);
    }
    assert!(rates.take(address(u32::MAX), row, now).is_err(), "it was not let off");
}

#[test]
fn strangers_of_one_household_share_members_do_not() {
    let key = SecretKey::from_seed(&[1; 32]).public();
    let six = |text: &str| text.parse::<IpAddr>().unwrap();
    let (a, b) = (six("2001:db8:1:2::1"), six("2001:db8:1:2:ffff::9"));
    assert_eq!(Asker::of(key, Role::Stranger, a), Asker::of(key, Role::Stranger, b));
    assert_ne!(
        Asker::of(key, Role::Stranger, a),
        Asker::of(key, Role::Stranger, six("2001:db8:1:3::1"))
    );
    assert_eq!(household(six("::ffff:192.0.2.1")), six("192.0.2.1"));
    assert_eq!(Asker::of(key, Role::Member, a), Asker::Key(key));
}
