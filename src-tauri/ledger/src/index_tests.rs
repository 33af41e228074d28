use std::collections::BTreeMap;

use super::*;
use jmt::mock::MockTreeStore;
use jmt::{KeyHash, Sha256Jmt};
use proptest::prelude::*;

/// Keys that meet deep in the tree: few different leading bits, then a tail.
fn key(seed: u16) -> Hash {
    let mut key = Hash::of(&seed.to_be_bytes());
    let shared = usize::from(seed % 7) * 2;
    key.0[..shared].fill(if seed.is_multiple_of(3) { 0xA5 } else { 0xA4 });
    key
}

fn batches() -> impl Strategy<Value = Vec<Vec<(u16, Vec<u8>)>>> {
    let change = (0_u16..400, proptest::collection::vec(any::<u8>(), 1..8));
    proptest::collection::vec(proptest::collection::vec(change, 1..40), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn roots_and_proofs_are_those_of_jmt(batches in batches(), asked in proptest::collection::vec(0_u16..800, 20)) {
        let theirs_store = MockTreeStore::default();
        let theirs = Sha256Jmt::new(&theirs_store);
        let mut ours: BTreeMap<NibblePath, Node> = BTreeMap::new();
        let mut held: BTreeMap<Hash, Vec<u8>> = BTreeMap::new();
        for (version, batch) in (0..).zip(&batches) {
            let changes: BTreeMap<Hash, Vec<u8>> = batch.iter().map(|(seed, value)| (key(*seed), value.clone())).collect();
            let values = changes.iter().map(|(key, value)| (KeyHash(key.0), Some(value.clone())));
            let (their_root, update_batch) = theirs.put_value_set(values, version).unwrap();
            theirs_store.write_tree_update_batch(update_batch).unwrap();
            let list: Vec<_> = changes.iter().map(|(key, value)| (*key, Hash::of(value))).collect();
            let update = update(&ours, &list).unwrap();
            prop_assert_eq!(update.root.0, their_root.0);
            for (path, node) in update.nodes {
                prop_assert_eq!(&Node::from_bytes(&node.to_bytes()).unwrap(), &node);
                ours.insert(path, node);
            }
            held.extend(changes);
            prop_assert_eq!(root(&ours).unwrap().0, their_root.0);
        }
        let version = batches.len() as u64 - 1;
        let root = root(&ours).unwrap();
        for key in asked.into_iter().map(key) {
            let found = prove(&ours, &key).unwrap();
            let (their_value, their_proof) = theirs.get_with_proof(KeyHash(key.0), version).unwrap();
            prop_assert_eq!(found.value, held.get(&key).map(|value| Hash::of(value)));
            prop_assert_eq!(&their_value, &held.get(&key).cloned());
            let count = serde_json::to_value(&their_proof).unwrap()["siblings"].as_array().unwrap().len();
            prop_assert_eq!(found.proof.siblings.len(), count);
            prop_assert_eq!(found.value.is_some_and(|value| found.proof.verify_presence(&root, &key, &value)), found.value.is_some());
            prop_assert_eq!(found.proof.verify_absence(&root, &key), found.value.is_none());
            prop_assert!(!found.proof.verify_presence(&root, &key, &Hash::of(b"another value")));
        }
    }

    #[test]
    fn no_bytes_make_a_node_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(node) = Node::from_bytes(&bytes) {
            prop_assert_eq!(node.to_bytes(), bytes);
        }
    }
}

#[test]
fn an_empty_index_proves_absence() {
    let store: BTreeMap<NibblePath, Node> = BTreeMap::new();
    let found = prove(&store, &key(1)).unwrap();
    assert_eq!((found.value, root(&store).unwrap()), (None, EMPTY));
    assert!(found.proof.verify_absence(&EMPTY, &key(1)));
}

#[test]
fn another_leaf_must_stand_in_our_way() {
    let mut store: BTreeMap<NibblePath, Node> = BTreeMap::new();
    let entries: Vec<_> = (0..50).map(|seed| (Hash::of(&[seed]), Hash::of(b"value"))).collect();
    store.extend(update(&store, &entries).unwrap().nodes);
    let root = root(&store).unwrap();
    let absent = Hash::of(b"absent");
    // The proof of a present key, told as an absence proof of ours with that key as the other leaf.
    for (key, value) in &entries {
        let mut proof = prove(&store, key).unwrap().proof;
        proof.leaf = Some(OtherLeaf {
            key: *key,
            value: *value,
        });
        let n = proof.siblings.len();
        let agrees = (0..n).all(|at| bit(key, at) == bit(&absent, at));
        assert_eq!(proof.verify_absence(&root, &absent), agrees);
        assert!(!proof.verify_absence(&root, key), "a leaf is not its own absence");
        assert!(!proof.verify_presence(&root, key, value), "presence has no other leaf");
    }
}
