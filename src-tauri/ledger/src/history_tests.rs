use super::*;
use crate::testing::Stored;
use proptest::prelude::*;

fn some(count: u64) -> Vec<Hash> {
    (0..count).map(|at| Hash::of(&at.to_be_bytes())).collect()
}

/// RFC 6962, 2.1, as it is written there.
fn by_the_rfc(ids: &[Hash]) -> Hash {
    match ids {
        [] => Hash::of(b""),
        [one] => leaf(one),
        many => {
            let split = many.len().next_power_of_two() / 2;
            node(&by_the_rfc(&many[..split]), &by_the_rfc(&many[split..]))
        }
    }
}

#[test]
fn three_ways_give_one_root_and_paths_hold() {
    let ids = some(70);
    let (mut stored, mut frontier) = (Stored::default(), Frontier::default());
    for count in 0..=ids.len() {
        let (size, so_far) = (count as u64, &ids[..count]);
        let root = by_the_rfc(so_far);
        assert_eq!(frontier.root(), root, "{count}");
        assert_eq!(stored_root(size, &stored).unwrap(), root);
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier.clone()));
        for (at, id) in (0..).zip(so_far) {
            let path = prove(size, at, &stored).unwrap();
            assert!(verify(id, at, size, &path, &root), "{at} of {count}");
            assert!(!verify(id, at + 1, size, &path, &root));
            assert!(!verify(&Hash::of(b"other"), at, size, &path, &root));
            let hashes = path.iter().map(|hash| StoredHash(hash.0)).collect();
            let theirs =
                tlog_tiles::check_record(&hashes, size, StoredHash(root.0), at, tlog_tiles::record_hash(&id.0));
            assert!(theirs.is_ok());
        }
        if let Some(id) = ids.get(count) {
            stored.push(size, id);
            frontier.push(id);
        }
    }
}

proptest! {
    #[test]
    fn a_path_made_longer_shorter_or_other_does_not_hold(count in 1_u64..100, at in 0_u64..100, cut in 0_usize..8) {
        let (ids, at) = (some(count), at % count);
        let mut stored = Stored::default();
        for (index, id) in (0..).zip(&ids) {
            stored.push(index, id);
        }
        let (path, root, id) = (prove(count, at, &stored).unwrap(), root(&ids), ids[at as usize]);
        let mut longer = path.clone();
        longer.push(root);
        prop_assert!(!verify(&id, at, count, &longer, &root));
        if let Some(cut) = (!path.is_empty()).then(|| cut % path.len()) {
            let (mut shorter, mut other) = (path.clone(), path.clone());
            shorter.remove(cut);
            other[cut].0[0] ^= 1;
            prop_assert!(!verify(&id, at, count, &shorter, &root));
            prop_assert!(!verify(&id, at, count, &other, &root));
        }
    }

    #[test]
    fn no_bytes_make_the_frontier_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some(frontier) = Frontier::from_bytes(&bytes) {
            prop_assert_eq!(frontier.to_bytes(), bytes);
        }
    }
}
