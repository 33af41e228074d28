use super::*;
use crate::limits::ROUND;
use crate::testing::vectors::alliance::NOT_OF_ITS_FORM;
use crate::testing::vote_key;

fn network() -> Hash {
    Hash::of(b"network")
}

fn vote(kind: VoteKind, block: Option<Hash>) -> SignedVote {
    signed(SignedVote {
        block,
        height: 7,
        key: vote_key("port").public(),
        kind,
        round: 2,
        signature: [0; 64],
    })
}

fn signed(mut vote: SignedVote) -> SignedVote {
    vote.signature = vote_key("port").sign(&vote.signed_bytes(&network()));
    vote
}

fn proposal(block: Hash, proof_round: Option<u32>) -> SignedProposal {
    signed_proposal(SignedProposal {
        block,
        height: 7,
        key: vote_key("port").public(),
        proof_round,
        round: 2,
        signature: [0; 64],
    })
}

fn signed_proposal(mut proposal: SignedProposal) -> SignedProposal {
    proposal.signature = vote_key("port").sign(&proposal.signed_bytes(&network()));
    proposal
}

fn blocks() -> (Hash, Hash) {
    (Hash::of(b"one"), Hash::of(b"other"))
}

#[test]
fn what_is_signed_is_canonical_and_each_kind_has_its_domain() {
    let (one, _) = blocks();
    let id = network();
    let mut all = Vec::new();
    for kind in [VoteKind::Prevote, VoteKind::Precommit] {
        all.push(vote_bytes(kind, &id, 7, 2, Some(&one)));
        all.push(vote_bytes(kind, &id, 7, 2, None));
    }
    all.push(proposal_bytes(&id, 7, 2, &one, None));
    all.push(proposal_bytes(&id, 7, 2, &one, Some(1)));
    for bytes in &all {
        assert_eq!(crate::canonical::check(bytes, 2), Ok(()));
    }
    assert_eq!(all[2], crate::commit::precommit_bytes(&id, 7, 2, &one));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(
        text(&all[1]),
        format!(r#"{{"block":null,"domain":"sealroad-prevote.1","height":7,"network":"{id}","round":2}}"#)
    );
    assert_eq!(
        text(&all[5]),
        format!(
            r#"{{"block":"{one}","domain":"sealroad-proposal.1","height":7,"network":"{id}","proof_round":1,"round":2}}"#
        )
    );
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn votes_and_proposals_read_back_and_verify_in_their_network_only() {
    let (one, _) = blocks();
    for vote in [
        vote(VoteKind::Prevote, Some(one)),
        vote(VoteKind::Prevote, None),
        vote(VoteKind::Precommit, Some(one)),
        vote(VoteKind::Precommit, None),
    ] {
        assert!(vote.verify(&network()) && !vote.verify(&one));
        let bytes = vote.to_bytes();
        assert_eq!(SignedVote::parse(&bytes).as_ref(), Ok(&vote));
        let canonical = crate::canonical::to_bytes(&serde_json::to_value(&vote).unwrap());
        assert_eq!(canonical.unwrap(), bytes);
        assert!(
            !SignedVote {
                round: 3,
                ..vote.clone()
            }
            .verify(&network())
        );
        assert!(!SignedVote { height: 8, ..vote }.verify(&network()));
    }
    for proposal in [proposal(one, None), proposal(one, Some(1))] {
        assert!(proposal.verify(&network()) && !proposal.verify(&one));
        let bytes = proposal.to_bytes();
        assert_eq!(SignedProposal::parse(&bytes).as_ref(), Ok(&proposal));
        let canonical = crate::canonical::to_bytes(&serde_json::to_value(&proposal).unwrap());
        assert_eq!(canonical.unwrap(), bytes);
        let moved = SignedProposal {
            proof_round: Some(0),
            ..proposal
        };
        assert!(!moved.verify(&network()));
    }
    let text = String::from_utf8(vote(VoteKind::Prevote, None).to_bytes()).unwrap();
    for (from, to) in [
        (r#""block":null,"#, ""),
        (r#""height":7"#, r#""height":0"#),
        (r#""round":2"#, r#""round":1000001"#),
        ("prevote", "vote"),
        (r#","round":2"#, r#","note":"","round":2"#),
    ] {
        assert!(
            SignedVote::parse(text.replacen(from, to, 1).as_bytes()).is_err(),
            "{to}"
        );
    }
    let text = String::from_utf8(proposal(one, Some(1)).to_bytes()).unwrap();
    for to in [
        "",
        r#""proof_round":2,"#,
        r#""proof_round":3,"#,
        r#""proof_round":1000001,"#,
    ] {
        let changed = text.replacen(r#""proof_round":1,"#, to, 1);
        assert!(SignedProposal::parse(changed.as_bytes()).is_err(), "{to}");
    }
}

fn reads_back(double: &DoubleVote) {
    let bytes = double.to_bytes();
    assert_eq!(DoubleVote::parse(&bytes).as_ref(), Ok(double));
    let canonical = crate::canonical::to_bytes(&serde_json::to_value(double).unwrap());
    assert_eq!(canonical.unwrap(), bytes);
}

#[test]
fn two_votes_are_proof_whatever_their_order() {
    let (one, other) = blocks();
    for kind in [VoteKind::Prevote, VoteKind::Precommit] {
        let (one, other, nothing) = (vote(kind, Some(one)), vote(kind, Some(other)), vote(kind, None));
        for (left, right) in [(&one, &other), (&one, &nothing), (&other, &nothing)] {
            let double = DoubleVote::of_votes(left.clone(), right.clone());
            assert_eq!(double.verify(&network()), Ok(()));
            assert_eq!(double, DoubleVote::of_votes(right.clone(), left.clone()));
            assert_eq!(double.key(), &vote_key("port").public());
            assert_eq!((double.height(), double.round()), (7, 2));
            reads_back(&double);
        }
    }
    let (left, right) = (proposal(one, None), proposal(one, Some(0)));
    let double = DoubleVote::of_proposals(left.clone(), right.clone());
    assert_eq!(double.verify(&network()), Ok(()));
    assert_eq!(double, DoubleVote::of_proposals(right, left));
    reads_back(&double);
}

#[test]
fn a_proposal_rests_on_an_earlier_round_only() {
    let (one, other) = blocks();
    let parsed = |proof_round| {
        let double = DoubleVote::of_proposals(proposal(one, None), proposal(other, proof_round));
        DoubleVote::parse(&double.to_bytes()).map(|double| double.verify(&network()))
    };
    for proof_round in [None, Some(0), Some(1)] {
        assert_eq!(parsed(proof_round), Ok(Ok(())));
    }
    for proof_round in [Some(2), Some(3), Some(ROUND)] {
        assert!(
            matches!(parsed(proof_round), Err(DocumentError::Structure(_))),
            "{proof_round:?}"
        );
    }
}

#[test]
fn what_is_no_double_vote_says_why() {
    let (one, other) = blocks();
    let (first, second) = (vote(VoteKind::Prevote, Some(one)), vote(VoteKind::Prevote, Some(other)));
    let verdict = |second: SignedVote| DoubleVote::of_votes(first.clone(), second).verify(&network());
    let stranger = vote_key("stranger");
    let mut theirs = second.clone();
    theirs.key = stranger.public();
    theirs.signature = stranger.sign(&theirs.signed_bytes(&network()));
    assert_eq!(verdict(theirs), Err(DoubleVoteError::TwoKeys));
    let later = signed(SignedVote {
        height: 8,
        ..second.clone()
    });
    assert_eq!(verdict(later), Err(DoubleVoteError::TwoHeights));
    let later = signed(SignedVote {
        round: 3,
        ..second.clone()
    });
    assert_eq!(verdict(later), Err(DoubleVoteError::TwoRounds));
    let precommit = vote(VoteKind::Precommit, Some(other));
    assert_eq!(verdict(precommit), Err(DoubleVoteError::TwoKinds));
    assert_eq!(verdict(first.clone()), Err(DoubleVoteError::SameBytes));
    let mut forged = second.clone();
    forged.signature[40] ^= 1;
    assert_eq!(verdict(forged), Err(DoubleVoteError::BadSignature));
    let good = DoubleVote::of_votes(first, second);
    assert_eq!(good.verify(&other), Err(DoubleVoteError::BadSignature));
    let DoubleVote::Votes { first, second } = good else {
        panic!("two votes");
    };
    let swapped = DoubleVote::Votes {
        first: second,
        second: first.clone(),
    };
    assert_eq!(swapped.verify(&network()), Err(DoubleVoteError::Order));
    let mixed = format!(
        r#"{{"first":{},"form":"sealroad-double-vote.1","second":{}}}"#,
        String::from_utf8(first.to_bytes()).unwrap(),
        String::from_utf8(proposal(one, None).to_bytes()).unwrap()
    );
    assert!(DoubleVote::parse(mixed.as_bytes()).is_err());
}

#[test]
fn the_vectors_hold() {
    let files = crate::testing::vectors::files();
    let bytes = &files.iter().find(|(file, _)| *file == "votes.json").unwrap().1;
    let vectors: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let network: Hash = serde_json::from_value(vectors["network"].clone()).unwrap();
    for case in vectors["double_votes"].as_array().unwrap() {
        let document = serde_json::from_value::<DoubleVote>(case["document"].clone());
        let error = match document {
            Err(_) => Some(NOT_OF_ITS_FORM.to_owned()),
            Ok(document) => document.verify(&network).err().map(|error| error.to_string()),
        };
        assert_eq!(error.as_deref(), case["error"].as_str(), "{}", case["name"]);
    }
    for case in vectors["signed"].as_array().unwrap() {
        let signed = match &case["vote"] {
            serde_json::Value::Null => {
                let proposal: SignedProposal = serde_json::from_value(case["proposal"].clone()).unwrap();
                proposal.verify(&network).then(|| proposal.signed_bytes(&network))
            }
            vote => {
                let vote: SignedVote = serde_json::from_value(vote.clone()).unwrap();
                vote.verify(&network).then(|| vote.signed_bytes(&network))
            }
        };
        assert_eq!(signed.unwrap(), case["bytes"].as_str().unwrap().as_bytes());
    }
}
