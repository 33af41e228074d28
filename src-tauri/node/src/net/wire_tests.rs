use super::*;
use std::collections::BTreeSet;

#[test]
fn the_table_holds_every_path_once_and_in_order() {
    let limits = Limits::default();
    for (place, row) in limits.table.iter().enumerate() {
        assert_eq!(row.path as usize, place);
        assert_eq!(limits.at(row.url).map(|found| found.path), Some(row.path));
        assert!(row.url.starts_with("/v1/"));
        assert!(row.method == Method::POST || row.request == 0);
        assert!(row.per_minute >= row.burst && row.burst > 0);
        assert!(row.within > limits.grace);
    }
    assert_eq!(limits.at("/v1/"), None);
}

#[test]
fn refusals_are_told_apart_by_their_code() {
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
    for refusal in Refusal::ALL {
        assert_eq!(Refusal::of(refusal.code()), Some(refusal));
        assert!((400..600).contains(&refusal.status()));
        assert!(refusal.status() < 500 || refusal.points() == 0);
    }
}
