use super::*;
use proptest::prelude::*;

fn some(count: usize) -> Vec<Hash> {
    (0..count).map(|at| Hash::of(&at.to_be_bytes())).collect()
}

/// CVE-2012-2459: under the bare rule (copy the last of an odd level) two lists have one root. Ours has the count beside the
/// root and refuses a path element equal to what it stands beside, so the longer list cannot be shown.
#[test]
fn two_lists_with_one_root_are_told_apart() {
    let honest = some(3);
    let mut forged = honest.clone();
    forged.push(honest[2]);
    assert_eq!(root(&honest), root(&forged), "the attack works on the bare rule");
    let root = root(&honest);
    let proof = prove(&forged, 3).unwrap();
    assert!(!proof.verify(&honest[2], &root), "the copied path element is refused");
    let as_header_says = InclusionProof { count: 3, ..proof };
    assert!(
        !as_header_says.verify(&honest[2], &root),
        "the header's count leaves no place for it"
    );
    assert!(
        prove(&honest, 2).unwrap().verify(&honest[2], &root),
        "the honest proof stands"
    );
}

#[test]
fn a_node_is_no_leaf() {
    let leaves = some(4);
    let upper = [node(&leaves[0], &leaves[1]), node(&leaves[2], &leaves[3])];
    assert_eq!(
        root(&upper),
        root(&leaves),
        "levels are not told apart by the rule alone"
    );
    let bytes = [upper[0].0, upper[1].0].concat();
    assert_ne!(leaf(&bytes), root(&leaves), "but no record's bytes have a node's hash");
}

#[test]
fn the_ends() {
    assert_eq!(root(&[]), Hash::of(b""));
    assert_eq!(root(&some(1)), some(1)[0]);
    assert_eq!(prove(&[], 0), None);
    assert!(
        !InclusionProof {
            index: 0,
            count: 0,
            path: vec![]
        }
        .verify(&Hash::of(b""), &Hash::of(b""))
    );
}

proptest! {
    #[test]
    fn every_leaf_is_proved_and_no_other(count in 1_usize..40, wrong in 0_usize..40) {
        let leaves = some(count);
        let root = root(&leaves);
        for (at, leaf) in leaves.iter().enumerate() {
            let proof = prove(&leaves, at).unwrap();
            prop_assert!(proof.verify(leaf, &root));
            prop_assert!(wrong % count == at || !proof.verify(&leaves[wrong % count], &root));
            let mut longer = proof.clone();
            longer.path.push(*leaf);
            prop_assert!(!longer.verify(leaf, &root));
            let shorter = InclusionProof { path: proof.path.iter().skip(1).copied().collect(), ..proof };
            prop_assert!(count == 1 || !shorter.verify(leaf, &root));
        }
    }
}
